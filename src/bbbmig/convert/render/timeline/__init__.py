"""What is shown when, from the files of a recording of any generation. Pure: files in, values out."""

from bbbmig.convert.render.timeline.reading import Recorded, read_recording, read_timeline

__all__ = ["Recorded", "read_recording", "read_timeline"]
