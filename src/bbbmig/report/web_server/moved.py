"""Old playback addresses to Pod's videos: a file for nginx, one for Apache, a table."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

from bbbmig.domain.redirects import PAGE, Leads, Redirect, old_paths
from bbbmig.domain.spreadsheet_cells import safe_row
from bbbmig.report.sentences import day

COLUMNS = ("record_id", "title", "date", "old_address", "new_address", "leads")
_SLUG = re.compile(r"/video/[0-9A-Za-z_-]+/")
_BUCKET = 2
_SMALLEST_HASH = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """Where addresses lead: `pod` is its address, `rest` the address of the mirror's host.

    `rest` is "" where the mirror is played by the very server that reads the file; None where there is no mirror.
    """

    pod: str
    rest: str | None

    def of(self, redirect: Redirect) -> str:
        """Return where a recording leads in Pod, "" if it does not."""
        return self.pod.rstrip("/") + redirect.path if _SLUG.fullmatch(redirect.path) else ""

    def elsewhere(self, path: str) -> str:
        """Return where a path leads that does not lead to Pod; "": it stays."""
        return PAGE if self.rest is None else self.rest.rstrip("/") + path if self.rest else ""


def nginx(redirects: Sequence[Redirect], destination: Destination) -> Iterator[str]:
    """Yield the lines of a file that nginx includes beside its servers; see `report.web_server.nginx`."""
    known = [(one.recording.record_id, url) for one in redirects if (url := destination.of(one))]
    size = _SMALLEST_HASH
    while size < 2 * len(known):
        size *= 2
    default = PAGE if destination.rest is None else destination.elsewhere("$request_uri")
    yield _NGINX.format(size=size, default=default)
    yield from (f'    "{record_id}" "{url}";' for record_id, url in sorted(known))
    yield "}"


def apache(redirects: Sequence[Redirect], destination: Destination) -> Iterator[str]:
    """Yield the lines of a file that a virtual host of Apache includes.

    Rules are gone through one after another, so those of other first characters are skipped at once.
    """
    yield _APACHE
    known = sorted((one.recording.record_id, url) for one in redirects if (url := destination.of(one)))
    for start, several in groupby(known, key=lambda one: one[0][:_BUCKET]):
        rules = list(several)
        yield f'RewriteCond "%{{ENV:BBBMIG}}" "!^{re.escape(start)}"'
        yield f'RewriteRule "^" "-" [S={len(rules)}]'
        for record_id, url in rules:
            yield f'RewriteCond "%{{ENV:BBBMIG}}" "={record_id}"'
            yield f'RewriteRule "^" "{url}" [R=302,L,QSD,NE]'
    if destination.rest != "":
        rest = PAGE if destination.rest is None else destination.rest.rstrip("/") + "%{REQUEST_URI}"
        yield 'RewriteCond "%{ENV:BBBMIG}" "!^$"'
        yield f'RewriteRule "^" "{rest}" [R=302,L,NE]'


def table(redirects: Iterable[Redirect], destination: Destination, hosts: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a CSV: every old address on each of these hosts, and where it leads."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in redirects:
        recording, url = one.recording, destination.of(one)
        leads = Leads.ELSEWHERE if one.leads is Leads.TO_POD and not url else one.leads
        for path in old_paths(recording):
            for host in hosts:
                new = url or destination.elsewhere(path) or host + path
                row = (recording.record_id, recording.title, day(recording.start), host + path, new, leads)
                writer.writerow(safe_row([str(value) for value in row]))
        yield buffer.getvalue().rstrip("\n")
        buffer.seek(0)
        buffer.truncate()


_NGINX = """\
# Old playback addresses, made by `bbbmig redirects nginx`. Include it in the http block (a file of conf.d is), and have
# each server of the old addresses say:
#     if ($bbbmig_target) {{ return 302 $bbbmig_target; }}
map_hash_bucket_size 128;
map_hash_max_size {size};

map $uri $bbbmig_recording {{
    default "";
    "~^/playback/presentation/(?:[0-9.]+/)?playback\\.html$" $arg_meetingId;
    "~^/playback/presentation/2\\.3/(?<bbbmig_a>[^/]+)/?$" $bbbmig_a;
    "~^/(?:playback/)?video/(?<bbbmig_b>[^/]+)/?(?:index\\.html)?$" $bbbmig_b;
    "~^/(?:recording/)?screenshare/(?<bbbmig_c>[^/]+)/?(?:index\\.html)?$" $bbbmig_c;
    "~^/podcast/(?<bbbmig_d>[^/]+)/(?:audio\\.ogg)?$" $bbbmig_d;
    "~^/recording/(?<bbbmig_e>[^/]+)/(?:presentation|video|screenshare|podcast)$" $bbbmig_e;
}}

map $bbbmig_recording $bbbmig_target {{
    "" "";
    default "{default}";"""

_APACHE = """\
# Old playback addresses, made by `bbbmig redirects apache`. Include it in each virtual host of the old addresses,
# behind "RewriteEngine On".
RewriteCond "%{QUERY_STRING}" "(?:^|&)meetingId=([0-9A-Za-z._-]+)"
RewriteRule "^/playback/presentation/(?:[0-9.]+/)?playback\\.html$" "-" [E=BBBMIG:%1]
RewriteRule "^/playback/presentation/2\\.3/([^/]+)/?$" "-" [E=BBBMIG:$1]
RewriteRule "^/(?:playback/)?video/([^/]+)/?(?:index\\.html)?$" "-" [E=BBBMIG:$1]
RewriteRule "^/(?:recording/)?screenshare/([^/]+)/?(?:index\\.html)?$" "-" [E=BBBMIG:$1]
RewriteRule "^/podcast/([^/]+)/(?:audio\\.ogg)?$" "-" [E=BBBMIG:$1]
RewriteRule "^/recording/([^/]+)/(?:presentation|video|screenshare|podcast)$" "-" [E=BBBMIG:$1]"""
