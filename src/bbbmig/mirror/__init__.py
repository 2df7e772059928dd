"""A copy of what the old server publishes, laid out as its own `published/`: made, proven, and read instead of it."""
