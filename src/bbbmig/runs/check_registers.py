"""What `bbbmig check` tells of a Greenlight or a table: what it knows of recordings, and whom its people are in Pod."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence

from bbbmig.domain.account_names import Account, Shape, shape_of
from bbbmig.domain.person import folded
from bbbmig.domain.recording import Recording
from bbbmig.domain.register_owners import RegisterOwners
from bbbmig.errors import BbbmigError, ExitCode
from bbbmig.report.messages import Check, Level
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.registers import greenlight_source, greenlights, table_source, tables

_EXAMPLES = 5


def greenlight_checks(name: str, recordings: Sequence[Recording]) -> Callable[[Adapters], Iterator[Check]]:
    """Return what looks into one Greenlight; it raises ConfigError, RemoteError or RemoteRefused if it cannot."""
    place = f"Greenlight {name}"

    def look(adapters: Adapters) -> Iterator[Check]:
        from bbbmig.greenlight import reader_of

        adapters.settings.need(f"greenlight.{name}")
        source = greenlight_source(adapters.settings, name)
        reader = reader_of(source)
        try:
            state = reader.state()
        finally:
            reader.close()
        session = {True: ", read-only session", False: ", session that can write", None: ""}[state.read_only]
        owners = greenlights(adapters)[f"greenlight.{name}"]
        yield _known(place, f"Greenlight {state.version} ({state.where}){session}", owners, recordings)
        if state.read_only is False:
            yield Check(
                place=place,
                level=Level.WRONG,
                what="the server let a write pass: the session is not read-only",
                hint="use an account with SELECT rights only (docs/owners.md), and report which server it is",
                exit_code=ExitCode.CONFIG,
            )
        if state.missing:
            yield Check(
                place=place,
                level=Level.NOTE,
                what=f"not there, or not granted: {', '.join(state.missing)}",
                hint="right for a Greenlight that is older than these; else docs/owners.md has the statements",
            )
        if not source.origin_servers:
            yield Check(
                place=place,
                level=Level.NOTE,
                what="no origin_servers: recordings of other servers whose room it does not know stay unknown_server",
                hint="origin_servers: the host names of this Greenlight's address, old ones included",
            )
        yield from people_checks(place, owners, adapters)

    return look


def table_checks(name: str, recordings: Sequence[Recording]) -> Callable[[Adapters], Iterator[Check]]:
    """Return what looks into one table, as `greenlight_checks`."""
    place = f"Table {name}"

    def look(adapters: Adapters) -> Iterator[Check]:
        adapters.settings.need(f"table.{name}")
        source = table_source(adapters.settings, name)
        owners = tables(adapters)[f"table.{name}"]
        owners.reach()
        preset = f"preset {source.preset} ({source.known.standing}), " if source.known else ""
        yield _known(place, f"{preset}{getattr(owners.reader, 'where', '')}", owners, recordings)
        yield from people_checks(place, owners, adapters)

    return look


def _known(place: str, what: str, owners: RegisterOwners, recordings: Sequence[Recording]) -> Check:
    """Say how many rooms there are, and of how many of the listed recordings the room is known."""
    register = owners.register(recordings)
    known = sum(register.knows(one) for one in recordings)
    said = f"{what}, {register.rooms} rooms; knows {known} of {len(recordings)} recordings"
    return Check(place=place, level=Level.OK, what=said)


def people_checks(place: str, owners: RegisterOwners, adapters: Adapters) -> Iterator[Check]:
    """Count who gets a name in Pod and how, and show by what their identifiers look like what becomes of five each."""
    accounts = list(owners.reader.accounts())
    try:
        naming = _Naming(owners, accounts, adapters)
    except BbbmigError as error:  # Pod has a line of its own
        yield Check(place=place, level=Level.NOTE, what=f"Pod was not asked: {error.message}", hint=error.hint)
        return
    by_rule = sum(bool(owners.names.by_rule(one)) for one in accounts)
    named = sum(bool(naming.name(one)) for one in accounts)
    yield Check(
        place=place,
        level=Level.OK,
        what=f"{len(accounts)} people: the rules name {by_rule}, their e-mail address in Pod {named - by_rule} more, "
        f"nothing the other {len(accounts) - named}",
    )
    shapes: dict[tuple[str, Shape], list[Account]] = defaultdict(list)
    for account in accounts:
        for field, value in owners.names.identifiers(account):
            shapes[field, shape_of(value)].append(account)
    empty = {field for field, shape in shapes if all(other is Shape.NOTHING for one, other in shapes if one == field)}
    for (field, shape), people in sorted(shapes.items(), key=lambda one: (one[0][0], -len(one[1]))):
        if field not in empty:
            examples = "; ".join(naming.example(one, field) for one in people[:_EXAMPLES])
            yield Check(place=place, level=Level.OK, what=f"{field} is {shape} for {len(people)}: {examples}")


class _Naming:
    """Names people as a run does, and says whether Pod has them."""

    def __init__(self, owners: RegisterOwners, accounts: Sequence[Account], adapters: Adapters) -> None:
        """Ask Pod about all addresses that count, if the settings have a Pod. Raise as Pod's adapter."""
        self._owners = owners
        self._adapters = adapters
        self._has_pod = adapters.settings.has("pod")
        self._by_email = owners.by_email(accounts)

    def name(self, account: Account) -> str:
        """Return the name in Pod, "" if nothing makes one."""
        return self._owners.names.name(account, self._by_email)

    def example(self, account: Account, field: str) -> str:
        """Say what a person has there, and who that is in Pod."""
        name = self.name(account)
        shown = getattr(account, field) or account.email or account.said
        if not name:
            return f"{shown} → nobody"
        if not self._has_pod:
            return f"{shown} → {name}"
        known = folded(name) in self._adapters.users.find([name])
        return f"{shown} → {name}, {'whom Pod has' if known else 'whom Pod does not have'}"
