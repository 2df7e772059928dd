"""Pod's own BigBlueButton meetings."""
