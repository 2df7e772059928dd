"""What the other applications share."""
