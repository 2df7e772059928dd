"""What a web server is told: how it plays the mirror, and where old addresses lead now."""
