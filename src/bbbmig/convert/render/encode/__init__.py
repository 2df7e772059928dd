"""Frames and sound into a file: H.264 and AAC in mp4, or the recording's own sound in mkv."""
