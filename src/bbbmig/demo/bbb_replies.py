"""getRecordings as BigBlueButton 1.1 to 3.0 and Scalelite 1.0 to 1.8 answer it: same recordings, different shapes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from xml.sax.saxutils import escape

from bbbmig.domain.recording import Playback, Recording

TOKEN = "{token}"  # noqa: S105 - the place where a fresh one is put
"""Stands in prepared replies of protected servers for the single-use token, which each reply has anew."""

_ALL = ("sha1", "sha256", "sha384", "sha512")


@dataclass(frozen=True, slots=True, kw_only=True)
class Flavour:
    """How one kind of server answers.

    `player` is the form of its own presentation addresses. `fetch_all` False: a call without ids gets "no recordings"
    (allowFetchAllRecordings); `filtered`: it is refused (GET_RECORDINGS_API_FILTERED). `internal_id`, `sizes` and
    `breakouts` say which elements exist. `rails`: files pass through Scalelite's application (1.2 and later), which
    calls them all text/html for who accepts `*/*` alone.
    """

    algorithms: tuple[str, ...] = _ALL
    scalelite: bool = False
    rails: bool = False
    protected: bool = False
    fetch_all: bool = True
    filtered: bool = False
    player: str = "2.3"
    internal_id: bool = True
    sizes: bool = True
    element_per_format: bool = False
    pretty: bool = False


FLAVOURS: Mapping[str, Flavour] = {
    "bbb-1.1": Flavour(algorithms=("sha1",), player="0.9", internal_id=False, sizes=False),
    "bbb-2.0": Flavour(algorithms=("sha1", "sha256"), player="2.0", sizes=False, element_per_format=True),
    "bbb-2.2": Flavour(algorithms=("sha1", "sha256"), player="2.0", pretty=True),
    "bbb-2.5.7": Flavour(algorithms=("sha256",)),
    "bbb-2.6": Flavour(),
    "bbb-2.6-ids-only": Flavour(fetch_all=False),
    "bbb-3.0": Flavour(),
    "scalelite-1.0": Flavour(scalelite=True, algorithms=("sha1",)),
    "scalelite": Flavour(scalelite=True, rails=True, algorithms=("sha1", "sha256", "sha512")),
    "scalelite-filtered": Flavour(scalelite=True, rails=True, filtered=True, algorithms=("sha1", "sha256", "sha512")),
    "scalelite-protected": Flavour(scalelite=True, rails=True, protected=True, algorithms=("sha1", "sha256", "sha512")),
}

NOTHING_BBB = (
    "<response><returncode>SUCCESS</returncode><recordings></recordings><messageKey>noRecordings</messageKey>"
    "<message>There are no recordings for the meeting(s).</message></response>"
)
NOTHING_SCALELITE = (
    "<response>\n  <returncode>SUCCESS</returncode>\n  <recordings>\n  </recordings>\n"
    "  <messageKey>noRecordings</messageKey>\n  <message>There are not recordings for the meetings</message>\n"
    "</response>\n"
)
NOT_EVERYTHING = (
    "<response><returncode>SUCCESS</returncode><messageKey>noRecordings</messageKey>"
    "<message>No recordings found. This may occur if you attempt to retrieve all recordings.</message></response>"
)


def failed(key: str, message: str) -> str:
    """Return a refusal."""
    return (
        f"<response><returncode>FAILED</returncode><messageKey>{key}</messageKey>"
        f"<message>{escape(message)}</message></response>"
    )


def recording_xml(recording: Recording, flavour: Flavour) -> bytes:
    """Return the element, or elements, of a recording; its playback addresses are whole."""
    if flavour.element_per_format and len(recording.playbacks) > 1:
        parts = [_element(recording, (playback,), flavour) for playback in recording.playbacks]
    else:
        parts = [_element(recording, recording.playbacks, flavour)]
    return "".join(parts).encode()


def _element(recording: Recording, playbacks: Iterable[Playback], flavour: Flavour) -> str:
    """Write one `<recording>`, its children in the server's order."""
    children = _scalelite(recording) if flavour.scalelite else _bigbluebutton(recording, flavour)
    formats = "".join(_format(recording, playback, flavour) for playback in playbacks)
    data = "" if flavour.scalelite or not flavour.sizes else "<data/>"
    return f"<recording>{''.join(children)}<playback>{formats}</playback>{data}</recording>"


def _bigbluebutton(recording: Recording, flavour: Flavour) -> Iterator[str]:
    """Write what comes before `<playback>` in BigBlueButton."""
    name = _twice(recording.meeting_name)
    yield _tag("recordID", recording.record_id)
    yield _tag("meetingID", recording.meeting_id or recording.record_id)
    if flavour.internal_id and recording.meeting_id:
        yield _tag("internalMeetingID", recording.record_id)
    yield f"<name>{name}</name>"
    if flavour.sizes:
        yield _tag("isBreakout", "true" if recording.breakout_parent else "false")
    yield _tag("published", str(recording.published).lower())
    yield _tag("state", recording.state)
    yield from _times(recording)
    if flavour.sizes:
        yield _tag("rawSize", (recording.size or 0) * 7)
    internal = {"meetingId": escape(recording.meeting_id), "meetingName": name, "isBreakout": "false"}
    yield _wrapped("metadata", {**_metadata(recording), **(internal if recording.meeting_id else {})})
    if recording.breakout_parent:
        yield f"<breakout>{_tag('parentId', recording.breakout_parent)}<sequence>1</sequence></breakout>"
    if recording.breakout_rooms:
        rooms = "".join(_tag("breakoutRoom", room) for room in recording.breakout_rooms)
        yield f"<breakoutRooms>{rooms}</breakoutRooms>"
    if flavour.sizes and recording.size is not None:
        yield _tag("size", recording.size)


def _scalelite(recording: Recording) -> Iterator[str]:
    """Write what comes before `<playback>` in Scalelite: no breakout rooms, no sizes, no internal metadata."""
    yield _tag("recordID", recording.record_id)
    yield _tag("meetingID", recording.meeting_id)
    yield _tag("internalMeetingID", recording.record_id)
    yield _tag("name", recording.meeting_name)
    yield _tag("published", str(recording.published).lower())
    if recording.protected:
        yield _tag("protected", "true")
    yield _tag("state", recording.state)
    yield from _times(recording)
    yield _wrapped("metadata", {key: text or _EMPTY_SCALELITE for key, text in _metadata(recording).items()})


_EMPTY_SCALELITE = "\n          <![CDATA[]]>\n        "


def _times(recording: Recording) -> Iterator[str]:
    """Write start, end and participants, those that are known."""
    for tag, moment in (("startTime", recording.start), ("endTime", recording.end)):
        if moment is not None:
            yield _tag(tag, round(moment.timestamp() * 1000))
    if recording.participants is not None:
        yield _tag("participants", recording.participants)


def _metadata(recording: Recording) -> dict[str, str]:
    """Return the client's metadata, escaped for XML; an old Moodle plug-in named its origin otherwise."""
    origin = recording.origin
    old = origin.name == "Moodle" and origin.version.startswith("2.")
    named = {
        "bn-origin" if old else "bbb-origin": origin.name,
        "bbb-origin-version": origin.version,
        "bbb-origin-server-name": origin.server_name,
        "bbb-context": origin.context,
        "bbb-context-id": origin.context_id,
        "bbb-context-label": origin.context_label,
        "bbb-recording-name": recording.recording_name,
    }
    named = {key: text for key, text in named.items() if text}
    if origin.name == "Moodle":
        named |= {"bbb-recording-description": recording.description, "bbb-recording-tags": ""}
    return {key: escape(text) for key, text in {**named, **recording.metadata}.items()}


def _format(recording: Recording, playback: Playback, flavour: Flavour) -> str:
    """Write one `<format>`; BigBlueButton 2.2 pretty-prints addresses of what was renamed or published later."""
    url = escape(f"{playback.url}?token={TOKEN}" if recording.protected else playback.url)
    if flavour.pretty:
        url = f"\n            {url}\n          "
    length = "" if playback.length_min is None else _tag("length", playback.length_min)
    if flavour.scalelite:
        return f"<format>{_tag('type', playback.type)}<url>{url}</url>{length}</format>"
    size = "" if playback.size is None or not flavour.sizes else _tag("size", playback.size)
    preview = _preview(recording, playback) if playback.type == "presentation" and not recording.protected else ""
    return (
        f"<format>{_tag('type', playback.type)}<url>{url}</url><processingTime>7177</processingTime>"
        f"{length}{size}{preview}</format>"
    )


def _preview(recording: Recording, playback: Playback) -> str:
    """Write three thumbnails, as every presentation has them."""
    start = recording.record_id[-13:]
    base = "/".join(playback.url.split("/", 3)[:3])
    folder = f"{base}/presentation/{recording.record_id}/presentation/d2d9a672040fbde2a47a10bf6c37b6a4b5ae187f-{start}"
    images = "".join(
        f'<image alt="Bienvenue" height="136" width="176">{folder}/thumbnails/thumb-{number}.png</image>'
        for number in (1, 2, 3)
    )
    return f"<preview><images>{images}</images></preview>"


def _twice(text: str) -> str:
    """Escape a name as BigBlueButton does: its ampersands twice (#10956)."""
    return escape(text.replace("&", "&amp;"))


def _tag(tag: str, value: object) -> str:
    """Write an element that holds a text."""
    return f"<{tag}>{escape(str(value))}</{tag}>"


def _wrapped(tag: str, escaped: Mapping[str, str]) -> str:
    """Write an element that holds elements."""
    return f"<{tag}>{''.join(f'<{key}>{text}</{key}>' for key, text in escaped.items())}</{tag}>"
