"""How long a recording really is, for those who cannot see it: `playback/duration` of its metadata.xml."""

from bbbmig.domain.conversion import Presentation
from bbbmig.errors import RecordingFailed
from bbbmig.metadata_xml import NAME, read_metadata
from bbbmig.xml import XmlError

_HINT = "without its length a video of it cannot be checked; is it still published?"


def recording_length_s(presentation: Presentation) -> float:
    """Return the length of a presentation in seconds, from its folder.

    Raise RecordingFailed when it is not to be had: then no video of it can be checked.
    """
    what = f"{NAME} of {presentation.record_id}"
    if presentation.folder is None:
        raise RecordingFailed(f"{what}: it has not been fetched", hint=_HINT)
    try:
        length_s = read_metadata(presentation.folder / NAME).duration_s
    except OSError as error:
        raise RecordingFailed(f"{what}: {error.strerror}", hint=_HINT) from error
    except XmlError as error:
        raise RecordingFailed(f"{what}: {error}", hint=_HINT) from error
    if length_s <= 0:
        raise RecordingFailed(f"{what} does not say how long it is", hint=_HINT)
    return length_s
