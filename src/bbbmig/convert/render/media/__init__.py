"""The films and the sound of a recording: which file serves, how far it goes, when somebody had a camera."""
