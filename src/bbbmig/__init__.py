"""Move every recording of a BigBlueButton or Scalelite server into Esup-Pod."""

__version__ = "0.1.0"
