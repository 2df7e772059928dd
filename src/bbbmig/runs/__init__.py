"""The application without a command line: the frame of every run, what the settings build, one file a use case."""
