"""External recordings: links to recordings that lie elsewhere."""
