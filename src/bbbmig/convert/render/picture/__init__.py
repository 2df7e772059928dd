"""Pictures: the frames of the film, one after another, each made of what changed since the one before."""
