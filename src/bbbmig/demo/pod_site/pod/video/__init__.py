"""Videos that Pod holds itself."""
