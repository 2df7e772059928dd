"""Users and what Pod keeps about them."""
