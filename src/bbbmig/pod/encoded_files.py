"""The files that Pod's encoder made: where they are, so that a sample of them can be read whole.

Pod's `pod/video_encode_transcript/rest_views.py` (4.1.0): `video_encodedfiles` lists the forms of one video, the
smallest first; their addresses are those by which whoever asked reached Pod.
"""

from urllib.parse import urlsplit

from bbbmig.pod.client import PodServer
from bbbmig.pod.json_row import Row

_FILM = "/rest/encodings_video/video_encodedfiles/"
_SOUND = "/rest/encodings_audio/audio_encodedfiles/"
_A_FILE = "video/mp4"
"""What Pod writes of forms that are a file each, sound alone included; others are lists and pieces for players."""


class EncodedFiles:
    """The encoded files of one Pod. All methods raise as `PodServer.get`."""

    def __init__(self, server: PodServer) -> None:
        """Use that Pod; nothing is sent yet."""
        self._server = server

    def largest(self, number: int) -> str:
        """Return the address of the largest form of a video that is a file, "" if Pod has none."""
        for route in (_FILM, _SOUND):
            files = self._of(route, number)
            if files:
                return files[-1]
        return ""

    def _of(self, route: str, number: int) -> list[str]:
        """Return the addresses of the files of one kind, below the address by which we reach Pod."""
        what = f"encoded files of video {number} in Pod"
        reply = self._server.send("GET", route, what=what, params={"video": number})
        rows = [Row(one, what) for one in (reply if isinstance(reply, list) else ())]
        parts = urlsplit(self._server.url)
        return [
            f"{parts.scheme}://{parts.netloc}{urlsplit(row.text('source_file')).path}"
            for row in rows
            if row.text("encoding_format") == _A_FILE and row.text("source_file")
        ]
