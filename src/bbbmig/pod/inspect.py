"""What `bbbmig check` says of Pod: everything that can be looked at from outside, and what to do about it."""

import contextlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from bbbmig.domain.person import folded
from bbbmig.domain.target import User
from bbbmig.errors import ExitCode, RemoteError, RemoteRefused
from bbbmig.pod import extension
from bbbmig.pod.client import PodServer
from bbbmig.pod.errors import NotAllowed, TokenRefused
from bbbmig.pod.links import ExtensionVersion, Links
from bbbmig.pod.recorder import Recorder, RecorderInfo
from bbbmig.pod.sites import PodSite, all_sites, chosen_site, is_domain_of
from bbbmig.pod.users import Users

MADE_FOR = ((3, 8), (5, 0))
"""Versions of Esup-Pod that bbbmig is made for: from the first, before the second."""


class Severity(StrEnum):
    """How much a problem matters."""

    ERROR = "error"
    """Nothing that needs Pod can work."""
    WARNING = "warning"
    """Some commands cannot work, or something is not as one would expect."""


class Token(StrEnum):
    """What Pod lets the token do. REST asks for staff and no more, and does not tell who is a superuser."""

    ACCEPTED = "accepted"
    UNKNOWN = "unknown to Pod"
    NOT_STAFF = "its user is not staff"
    NOT_TRIED = "not tried"


class ExtensionState(StrEnum):
    """Whether our file is in Pod."""

    PRESENT = "present"
    OLD = "old"
    ABSENT = "absent"
    NOT_TRIED = "not tried"


@dataclass(frozen=True, slots=True, kw_only=True)
class PodProblem:
    """Something that a person should look at.

    `subject` is "address", "version", "token", "site", "administrator", "recorder" or "extension". `exit_code` is the
    one that an error of this kind ends a command with.
    """

    subject: str
    severity: Severity
    what: str
    hint: str
    exit_code: ExitCode = ExitCode.REMOTE_REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class PodState:
    """What was found; None and "" for what could not be found out, for which there is a problem."""

    url: str
    version: str = ""
    token: Token = Token.NOT_TRIED
    site: PodSite | None = None
    administrator: User | None = None
    recorder: RecorderInfo | None = None
    extension_state: ExtensionState = ExtensionState.NOT_TRIED
    extension: ExtensionVersion | None = None
    problems: tuple[PodProblem, ...] = ()


def inspect_pod(server: PodServer, *, administrator: str, site: str = "", recorder_id: int | None = None) -> PodState:
    """Look at a Pod; never raises for what it can report.

    `administrator` is a user name, `site` a domain, name or id ("": that of the server), `recorder_id` None if no
    recorder is set.
    """
    look = _Look(server)
    version = look.version()
    if version is None:
        return PodState(url=server.url, problems=tuple(look.problems))
    token, sites = look.token()
    if sites is None:
        return PodState(url=server.url, version=version, token=token, problems=tuple(look.problems))
    chosen = look.site(sites, site or server.site)
    state, found = look.extension(chosen)
    return PodState(
        url=server.url,
        version=version,
        token=token,
        site=chosen,
        administrator=look.administrator(administrator),
        recorder=look.recorder(recorder_id, chosen),
        extension_state=state,
        extension=found,
        problems=tuple(look.problems),
    )


@dataclass(slots=True)
class _Look:
    """The steps of an inspection; each adds its problems."""

    server: PodServer
    problems: list[PodProblem] = field(default_factory=list)

    def version(self) -> str | None:
        """Reach Pod; None if nothing answers there, "" if it does not tell its version."""
        try:
            version = self.server.version()
        except RemoteError as error:
            self._add("address", error.message, error.hint, exit_code=error.exit_code)
            return None
        except RemoteRefused as error:
            self._add("address", error.message, error.hint, Severity.WARNING)
            return ""
        numbers = tuple(int(number) for number in re.findall("[0-9]+", version)[:2])
        if not MADE_FOR[0] <= numbers < MADE_FOR[1]:
            self._warn("version", f"Pod is of version {version}", "bbbmig is made for Esup-Pod 3.8 and 4: try it first")
        return version

    def token(self) -> tuple[Token, list[PodSite] | None]:
        """Use the token for the first time, to read the sites."""
        try:
            return Token.ACCEPTED, all_sites(self.server)
        except (RemoteError, RemoteRefused) as error:
            self._add("token", error.message, error.hint, exit_code=error.exit_code)
            if isinstance(error, TokenRefused):
                return Token.UNKNOWN, None
            return Token.NOT_STAFF if isinstance(error, NotAllowed) else Token.NOT_TRIED, None

    def site(self, sites: list[PodSite], wanted: str) -> PodSite | None:
        """Find the site of the settings."""
        with self._reported("site", Severity.ERROR if wanted else Severity.WARNING):
            found = chosen_site(self.server, sites, wanted)
            if not wanted and not is_domain_of(found.domain, self.server.host):
                self._warn(
                    "site",
                    f"Pod's site is {found.domain}, but it answers at {self.server.host}",
                    "correct the domain in Pod's administration, /admin/sites/site/, if it is not an alias of this one",
                )
            return found
        return None

    def administrator(self, username: str) -> User | None:
        """Find the user who gets what nobody else does."""
        with self._reported("administrator"):
            found = Users(self.server).find([username]).get(folded(username.strip()))
            if found is None:
                self._add("administrator", f"Pod has no user {username!r}", "set pod.administrator to one that exists")
            elif not found.is_staff:
                hint = (
                    "give them staff status in Pod's administration, /admin/auth/user/: only staff see external videos"
                )
                self._add("administrator", f"{found.username} is not staff in Pod", hint)
            return found
        return None

    def recorder(self, number: int | None, site: PodSite | None) -> RecorderInfo | None:
        """Find the recorder of the settings."""
        if number is None:
            return None
        with self._reported("recorder"):
            found = Recorder(self.server, number).info()
            if site is not None and site.id not in found.sites:
                hint = "add the site to the recorder in Pod's administration, or its files cannot be claimed there"
                self._add("recorder", f"recorder {number} ({found.name}) is not one of {site.domain}", hint)
            return found
        return None

    def extension(self, site: PodSite | None) -> tuple[ExtensionState, ExtensionVersion | None]:
        """Ask our file for its version; import-links is the only command that needs it."""
        with self._reported("extension", Severity.WARNING):
            found = Links(self.server).version()
            if found is None:
                self._warn("extension", "Pod has no route for external recordings", f"for import-links: {_INSTALL}")
                return ExtensionState.ABSENT, None
            if _numbers(found.version) < _numbers(extension.VERSION):
                what = f"bbbmig's file in Pod is of version {found.version}, this bbbmig brings {extension.VERSION}"
                self._warn("extension", what, _INSTALL)
                return ExtensionState.OLD, found
            self._look_at(found, site)
            return ExtensionState.PRESENT, found
        return ExtensionState.NOT_TRIED, None

    def _look_at(self, found: ExtensionVersion, site: PodSite | None) -> None:
        """Say what would hide the links that are made."""
        if not found.page:
            what = 'this Pod does not show "My external videos": nobody would see the links'
            self._warn("extension", what, "set USE_IMPORT_VIDEO = True in Pod's settings_local.py")
        if site is not None and found.site != site.id and not self.server.site:
            what = f"Pod makes links on site {found.site}, and answers as {site.domain} (site {site.id})"
            self._warn("extension", what, f'set pod.site = "{site.domain}"')

    @contextlib.contextmanager
    def _reported(self, subject: str, severity: Severity = Severity.ERROR) -> Iterator[None]:
        """Make a problem of an error."""
        try:
            yield
        except (RemoteError, RemoteRefused) as error:
            self._add(subject, error.message, error.hint, severity, exit_code=error.exit_code)

    def _add(
        self,
        subject: str,
        what: str,
        hint: str,
        severity: Severity = Severity.ERROR,
        *,
        exit_code: ExitCode = ExitCode.REMOTE_REFUSED,
    ) -> None:
        self.problems.append(PodProblem(subject=subject, severity=severity, what=what, hint=hint, exit_code=exit_code))

    def _warn(self, subject: str, what: str, hint: str) -> None:
        self._add(subject, what, hint, Severity.WARNING)


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall("[0-9]+", version))


_INSTALL = "`bbbmig pod-extension` prints the file, and how to install it"
