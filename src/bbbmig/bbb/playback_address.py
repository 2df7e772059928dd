"""The addresses that links get: those that the server gives, unless only another one answers.

Pod understands two forms of presentations' addresses (docs/facts/bbb-api.md#addresses-of-presentations). Others
(`/presentation/2.3.0/…` of a renamed proxy, 0.9) are written in one of both if that answers here; the same holds for a
host that is dead or private, for which the server's own is asked. What never answered is never written.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from bbbmig.bbb.media import MediaFinder
from bbbmig.domain import playback_url
from bbbmig.domain.playback_url import Form
from bbbmig.domain.recording import Recording
from bbbmig.domain.trusted_hosts import host_and_port

log = logging.getLogger(__name__)

_TRIES = 3
"""So many recordings of a kind are asked for: one alone may be missing on a server that has the others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostState:
    """What became of a host that recordings name and that is not the server's own.

    `trouble` is "" if it answers; else `example` is the address of a recording that names it, and `instead` the one
    on the server's own host that answers, "" if none does.
    """

    host: str
    recordings: int
    trouble: str = ""
    example: str = ""
    instead: str = ""


class PlaybackAddresses:
    """Decides addresses of links; presentations get `form` where it answers, with "auto" only if they need one."""

    def __init__(self, finder: MediaFinder, form: Literal["auto"] | Form) -> None:
        """Ask through that finder, each kind of address once."""
        self._finder = finder
        self._hosts = finder.hosts
        self._form: Form | None = None if form == "auto" else form
        self._troubles: dict[str, str] = {}
        self._answered: dict[str, bool] = {}
        self._films: dict[str, bool] = {}
        self._tried: Counter[str] = Counter()
        self._said: set[str] = set()

    def presentation(self, url: str, record_id: str) -> str:
        """Return the address of a presentation. Raise RemoteError if the server has to be asked and fails."""
        if not self._hosts.is_address(url):
            return url
        given = self._hosts.absolute(url)
        is_right = playback_url.known_to_pod(given) and self._form in (None, playback_url.form_of(given))
        if is_right:
            return self.located(given, record_id)
        if self._is_film(given, record_id):
            return self.located(given, record_id)
        forms: tuple[Form, ...] = ("2.3", "2.0") if self._form is None else (self._form,)
        places = self._hosts.candidates(given)[1 if self._trouble(given) else 0 :] or (given,)
        for written in (playback_url.presentation_url(place, record_id, form) for place in places for form in forms):
            if self._answers(written, record_id, player=True):
                needed = "its player answers; what is protected asks for its token besides"
                self._say(f"addresses such as {given} are written as {written}: {needed}")
                return written
        self._say(f"{given}: no form that Pod knows as a presentation answers; such addresses are kept as they are")
        return self.located(given, record_id)

    def located(self, url: str, record_id: str) -> str:
        """Return an address as it is, or with the server's own host if only that answers. Raises as `presentation`."""
        given = self._hosts.absolute(url)
        trouble = self._trouble(given) if self._hosts.is_address(url) else ""
        if not trouble:
            return given
        here = self._hosts.on_server(given)
        player = playback_url.known_to_pod(here)
        if here != given and self._answers(here, record_id, player=player) and self._is_here(given, record_id):
            self._say(f"{_host(given)}: {trouble}; links lead to {_host(here)}, which answers", given)
            return here
        self._say(f"{_host(given)}: {trouble}; its addresses are kept, since {_host(here)} has nothing there", given)
        return given

    def states(self, recordings: Iterable[Recording]) -> Iterator[HostState]:
        """Look at each host that recordings name and that is not the server's own, most common first."""
        counts: Counter[str] = Counter()
        examples: dict[str, tuple[str, Recording, bool]] = {}
        for recording in recordings:
            for playback in recording.playbacks:
                url = self._hosts.absolute(playback.url)
                if playback.url and self._hosts.is_address(url) and not self._hosts.is_servers(url):
                    is_presentation = playback.type == "presentation"
                    counts[_host(url)] += 1
                    examples.setdefault(_host(url), (url, recording, is_presentation))
        for host, count in counts.most_common():
            url, recording, is_presentation = examples[host]
            trouble = self._trouble(url)
            if not trouble:
                yield HostState(host=host, recordings=count)
                continue
            find = self.presentation if is_presentation else self.located
            found = find(url, recording.record_id)
            instead = found if _host(found) != host else ""
            yield HostState(host=host, recordings=count, trouble=trouble, example=url, instead=instead)

    def _trouble(self, url: str) -> str:
        """Say what keeps the host of an address from answering, "" if it does; each host is asked once."""
        if self._hosts.is_servers(url):
            return ""
        host = _host(url)
        if host not in self._troubles:
            self._troubles[host] = self._finder.host_trouble(url)
        return self._troubles[host]

    def _is_film(self, url: str, record_id: str) -> bool:
        """Tell whether addresses of this kind are films themselves, as those of proxies may be; one is asked."""
        if self._trouble(url):
            return False
        kind = url.replace(record_id, "*").rpartition("/")[0]
        if kind not in self._films:
            self._films[kind] = self._finder.is_film(url)
        return self._films[kind]

    def _is_here(self, given: str, record_id: str) -> bool:
        """Tell whether a recording whose address was not asked is on the server; one that cannot be reached must be.

        Players are static pages, which answer for recordings that are elsewhere, too.
        """
        host, _ = host_and_port(given)
        if host in self._hosts.trusted.common or not playback_url.known_to_pod(given):
            return True
        return self._finder.has_presentation(record_id)

    def _answers(self, url: str, record_id: str, *, player: bool) -> bool:
        """Tell whether addresses of this kind answer; a few recordings are tried until one does."""
        kind = url.replace(record_id, "*")
        if not self._answered.get(kind) and self._tried[kind] < (1 if player else _TRIES):
            self._tried[kind] += 1
            self._answered[kind] = self._finder.answers(url, player=player)
        return self._answered.get(kind, False)

    def _say(self, text: str, url: str = "") -> None:
        """Say something once: of a host, or of all addresses that differ only in their recording."""
        key = _host(url) if url else text.partition(": its player")[0][-80:]
        if key not in self._said:
            self._said.add(key)
            log.warning("%s", text) if url else log.info("%s", text)


class GivenAddresses:
    """The addresses of links where the old server is not asked: as it gave them, or on the host that plays the mirror.

    `base` is the address of that host, "" if there is none. Nothing is asked: whoever names it says that it answers.
    """

    def __init__(self, base: str, form: Literal["auto"] | Form) -> None:
        """Write addresses below that one, presentations in that form."""
        self._base = base.rstrip("/")
        self._form: Form = "2.3" if form == "auto" else form

    def presentation(self, url: str, record_id: str) -> str:
        """Return the address of a presentation."""
        if self._base:
            return playback_url.presentation_url(self._base, record_id, self._form)
        return url if playback_url.known_to_pod(url) else playback_url.presentation_url(url, record_id, self._form)

    def located(self, url: str, record_id: str) -> str:
        """Return the address of another playback, without its token."""
        plain = playback_url.without_token(url)
        if not self._base:
            return plain
        return self._base + playback_url.path_in_mirror(plain, record_id)

    def states(self, recordings: Iterable[Recording]) -> Iterator[HostState]:  # noqa: ARG002 - as PlaybackAddresses
        """Look at no host."""
        return iter(())


def _host(url: str) -> str:
    """Name the host of an address, with its port if that is not the usual one."""
    host, port = host_and_port(url)
    return host if port in (80, 443) else f"{host}:{port}"
