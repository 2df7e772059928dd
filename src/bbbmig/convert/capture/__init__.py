"""Converters that film a browser, and what they share."""
