"""Folders and files of users, which a Pod has with USE_PODFILE = True."""
