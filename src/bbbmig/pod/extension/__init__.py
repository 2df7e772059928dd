"""The one file that a stock Esup-Pod needs, and where it lies in this package."""
