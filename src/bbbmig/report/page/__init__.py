"""Pages for people who decide: one HTML file each, which asks for nothing else, runs no script and prints on A4."""
