"""Recorders: machines that drop files into a directory, from which users claim them."""
