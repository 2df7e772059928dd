"""A sample BigBlueButton or Scalelite on loopback: it checks checksums, lists, plays, and fails in every known way.

`python -m bbbmig.demo.bbb_server --port 8090 --recordings 10000` starts it in a process of its own.
"""

import argparse
import bisect
import hashlib
import hmac
import re
import threading
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from http import HTTPStatus
from types import TracebackType
from typing import Self

from bbbmig.demo import bbb_replies
from bbbmig.demo.bbb_faults import Fault
from bbbmig.demo.bbb_http import Loopback, Request, Response, page
from bbbmig.demo.bbb_playback import NO_MEDIA, Media, SamplePlaybacks
from bbbmig.demo.bbb_replies import FLAVOURS, failed
from bbbmig.demo.bbb_scalelite import PROXY_TIMEOUT_S, Puma, Site, belongs_to, tenant_of
from bbbmig.demo.recordings import many_recordings, sample_recordings
from bbbmig.domain.recording import Recording

SECRET = "bbb-sample-secret"  # noqa: S105 - of the sample

_API = "/bigbluebutton/api"
_ALGORITHMS = {40: "sha1", 64: "sha256", 96: "sha384", 128: "sha512"}
_CHECKSUM = re.compile(r"(?:^|&)checksum=([0-9a-f]*)")
_HEAD = b"<response><returncode>SUCCESS</returncode><recordings>"
_TAIL = b"</recordings></response>"


class SampleBbb:
    """The server, running inside `with`. `requests` is what came in, `faults` what goes wrong; both may be changed.

    `playbacks` is what answers for everything but the API. `unlisted` are recordIDs that are left out of a list of
    everything. `most_at_once` is how many calls had to be answered at the same time.

    `flavour` is a key of `bbb_replies.FLAVOURS`, `algorithms` overrides the checksums that it takes. `raw` holds XML
    to send for a recordID instead of the ordinary. Playback addresses that are paths get the server's own host.

    `site` is how a Scalelite is set up.
    """

    def __init__(  # noqa: PLR0913 - all that a server can be is said at once
        self,
        recordings: Iterable[Recording],
        *,
        secret: str = SECRET,
        flavour: str = "bbb-2.2",
        algorithms: Sequence[str] = (),
        media: Media = NO_MEDIA,
        raw: Mapping[str, bytes] | None = None,
        site: Site = Site(),  # noqa: B008 - it cannot be changed
        port: int = 0,
    ) -> None:
        """Prepare every reply; nothing is answered yet."""
        self.secret = secret
        self.flavour = FLAVOURS[flavour]
        self.algorithms = tuple(algorithms) or self.flavour.algorithms
        self.requests: list[Request] = []
        self.faults: list[Fault] = []
        self.unlisted: set[str] = set()
        self.most_at_once = 0
        self._now = 0
        self._http = Loopback(self._respond, port)
        self.base = f"http://127.0.0.1:{self._http.server_port}"
        self.url = f"{self.base}{_API}"
        self._recordings = {recording.record_id: recording for recording in map(self._as_listed, recordings)}
        self._ids = sorted(self._recordings)
        self._xml = {
            record_id: bbb_replies.recording_xml(recording, self.flavour)
            for record_id, recording in self._recordings.items()
        } | dict(raw or {})
        self.playbacks = SamplePlaybacks(self._recordings, media, self.flavour)
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._site = site
        self._puma = Puma(site, self._stopping)

    def __enter__(self) -> Self:
        """Begin to answer."""
        self._http.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Stop; replies that are being delayed end at once."""
        self._stopping.set()
        self._http.stop()
        self._puma.stop()

    def pause(self) -> None:
        """Answer nobody any more, as a server that is switched off, until `resume`."""
        self._http.stop()

    def resume(self) -> None:
        """Answer again, at the same address."""
        self._http = Loopback(self._respond, self._http.server_port)
        self._http.start()

    @property
    def recordings(self) -> tuple[Recording, ...]:
        """Return the recordings with the addresses under which this server plays them."""
        return tuple(self._recordings.values())

    @property
    def asked_for(self) -> list[str]:
        """Return the recordID parameter of every getRecordings so far, "" for calls without."""
        return [r.parameters.get("recordID", "") for r in self.requests if r.path == f"{_API}/getRecordings"]

    def _as_listed(self, recording: Recording) -> Recording:
        """Put this server's host before addresses that are paths; protected ones have paths of their own."""
        playbacks = []
        for playback in recording.playbacks:
            path = f"/recording/{recording.record_id}/{playback.type}" if self.flavour.protected else playback.url
            playbacks.append(replace(playback, url=self.base + path if path.startswith("/") else path))
        return replace(recording, playbacks=tuple(playbacks), protected=self.flavour.protected)

    def _respond(self, request: Request) -> Response:
        """Answer one request, whichever part of the server it is for."""
        with self._lock:
            self.requests.append(request)
        static = request.path.startswith("/playback/presentation/")
        if self.flavour.rails and not static:
            return self._puma.answer(lambda: self._answer(request))
        return self._answer(request)

    def _answer(self, request: Request) -> Response:
        """Answer as the application does, once it has a thread."""
        if request.path.startswith(_API):
            return self._call(request.path.removeprefix(_API).strip("/"), request)
        return self._refused_to_tenant(request) or self.playbacks.respond(request)

    def _refused_to_tenant(self, request: Request) -> Response | None:
        """Refuse what belongs to another tenant than the host's, and everything of recordings to the host of none."""
        tenants = self._site.tenants
        recording = next((self._recordings[part] for part in request.path.split("/") if part in self._recordings), None)
        if not tenants or recording is None or request.path.startswith("/playback/"):
            return None
        tenant = tenant_of(request, tenants)
        if tenant is None:
            return _xml(failed("checksumError", "Checksums do not match"))
        return None if belongs_to(recording, tenant) else page("recording_not_found", HTTPStatus.NOT_FOUND)

    def _call(self, call: str, request: Request) -> Response:
        """Answer a call of the API."""
        if not call:
            return _xml("<response><returncode>SUCCESS</returncode><version>2.0</version></response>")
        tenants = self._site.tenants
        tenant = tenant_of(request, tenants) if tenants else ""
        if tenant is None or not self._is_signed(call, request.query, tenants.get(tenant, self.secret)):
            return _xml(failed("checksumError", "Checksums do not match"))
        if call != "getRecordings":
            return _xml(failed("unsupportedRequest", "This request is not supported."))
        with self._lock:
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)
        try:
            return self._get_recordings(request.parameters, tenant)
        finally:
            with self._lock:
                self._now -= 1

    def _is_signed(self, call: str, query: str, secret: str) -> bool:
        """Check the checksum over the query string as it was sent; its length tells the algorithm."""
        found = _CHECKSUM.search(query)
        given = found[1] if found else ""
        algorithm = _ALGORITHMS.get(len(given), "")
        if algorithm not in self.algorithms:
            return False
        signed = f"{call}{_CHECKSUM.sub('', query)}{secret}"
        return hmac.compare_digest(given, hashlib.new(algorithm, signed.encode()).hexdigest())

    def _get_recordings(self, parameters: Mapping[str, str], tenant: str) -> Response:
        """List what matches, or fail as arranged."""
        wanted = [prefix for prefix in parameters.get("recordID", "").split(",") if prefix]
        states = parameters.get("state", "published,unpublished").split(",")
        ids = [i for i in self._matching(wanted) if self._state(i) in states or "any" in states]
        if tenant:
            ids = [i for i in ids if belongs_to(self._recordings[i], tenant)]
        self._puma.compute(self._site.seconds_per_recording * len(ids))
        good = self._listed(ids, asked_for_ids=bool(wanted or "meetingID" in parameters))
        with self._lock:
            fault = next((fault for fault in self.faults if fault.strikes(wanted, len(ids))), None)
        if fault is None:
            return good
        self._stopping.wait(fault.delay_s)
        return fault.spoil(good)

    def _matching(self, wanted: Sequence[str]) -> Iterable[str]:
        """Find recordIDs by their beginnings, in the server's order; all if none is given."""
        if not wanted:
            found: Iterable[str] = [i for i in self._ids if i not in self.unlisted]
        else:
            found = dict.fromkeys(
                i
                for prefix in wanted
                for i in self._ids[bisect.bisect_left(self._ids, prefix) : bisect.bisect_right(self._ids, f"{prefix}~")]
            )
        return sorted(found, key=lambda i: i[-13:], reverse=True) if self.flavour.scalelite else found

    def _state(self, record_id: str) -> str:
        """Return the state by which the server filters: that of the directory, whatever the element says."""
        return "published" if self._recordings[record_id].published else "unpublished"

    def _listed(self, ids: Sequence[str], *, asked_for_ids: bool) -> Response:
        """Put the prepared elements together."""
        flavour = self.flavour
        if flavour.filtered and not asked_for_ids:
            return _xml(failed("missingParameters", "param meetingID or recordID must be included."))
        if not flavour.fetch_all and not asked_for_ids:
            return _xml(bbb_replies.NOT_EVERYTHING)
        if not ids:
            return _xml(bbb_replies.NOTHING_SCALELITE if flavour.scalelite else bbb_replies.NOTHING_BBB)
        elements = [self._xml[i] for i in ids]
        if flavour.protected:
            elements = [self.playbacks.with_tokens(element) for element in elements]
        return Response(body=(_HEAD, *elements, _TAIL), content_type="text/xml")


def _xml(text: str) -> Response:
    """Return a reply of the API."""
    return Response(body=(text.encode(),), content_type="text/xml")


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until interrupted; the first line of the output is the address of the API."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument(
        "--recordings", type=int, metavar="N", help="so many ordinary ones, else the sample's few dozen"
    )
    parser.add_argument("--flavour", choices=sorted(FLAVOURS), default="bbb-2.6")
    parser.add_argument("--seconds-per-recording", type=float, default=0.0, metavar="S", help="how slowly it lists")
    parser.add_argument("--proxy-timeout", type=float, default=PROXY_TIMEOUT_S, metavar="S", help="of its nginx")
    options = parser.parse_args(arguments)
    recordings = sample_recordings() if options.recordings is None else many_recordings(options.recordings)
    with SampleBbb(
        recordings,
        flavour=options.flavour,
        port=options.port,
        site=Site(seconds_per_recording=options.seconds_per_recording, proxy_timeout_s=options.proxy_timeout),
    ) as server:
        print(server.url, server.secret, flush=True)  # noqa: T201 - what this program is started for
        threading.Event().wait()


if __name__ == "__main__":
    main()
