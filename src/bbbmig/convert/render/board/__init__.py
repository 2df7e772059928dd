"""Drawings of the whiteboards as Skia pictures: the classic one, and both generations of tldraw."""
