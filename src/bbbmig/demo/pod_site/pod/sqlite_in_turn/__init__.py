"""SQLite for Django, whose writers take turns."""
