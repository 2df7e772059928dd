"""What commands get: the sections, each of which says what is missing when it is asked for and not complete."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, SecretStr

from bbbmig.settings.keys import NAMED, KeyPath, environment_name
from bbbmig.settings.local_sections import (
    ChooseSection,
    ConverterSection,
    LedgerSection,
    LogSection,
    MirrorSection,
    OwnersSection,
    PublishSection,
    QueueSection,
)
from bbbmig.settings.notify_section import NotifySection
from bbbmig.settings.owner_tables import GreenlightSection, TableSection
from bbbmig.settings.problems import not_there
from bbbmig.settings.sections import CATALOGUE, Sections
from bbbmig.settings.servers import BbbSection, MoodleSection, PodSection, RecorderSection

_One = TypeVar("_One", bound=BaseModel)


class Settings:
    """The settings of one run; `file` is the configuration that was read, if there was one.

    `log_asked`: somebody has said where the log is to be; it is no mere default.

    A command calls `need` once with all sections that it uses, so that everything missing is told at once; after
    that the attributes are there. Asking for an incomplete section raises ConfigError, too.
    """

    def __init__(
        self,
        sections: Sections,
        *,
        file: Path | None,
        missing: Sequence[KeyPath],
        places: Sequence[str],
        log_asked: bool = True,
    ) -> None:
        """Keep the complete sections, the keys that others lack, and the places that were looked at."""
        self.file = file
        self.log_asked = log_asked
        self._sections = sections
        self._missing = tuple(missing)
        self._places = tuple(places)

    @property
    def bbb(self) -> BbbSection:
        """`[bbb]`."""
        return self._whole("bbb", self._sections.bbb)

    @property
    def pod(self) -> PodSection:
        """`[pod]`."""
        return self._whole("pod", self._sections.pod)

    @property
    def recorder(self) -> RecorderSection:
        """`[recorder]`."""
        return self._whole("recorder", self._sections.recorder)

    @property
    def moodle(self) -> Mapping[str, MoodleSection]:
        """The complete sections `[moodle.NAME]` by name, in the order of their names; `need` tells of the others."""
        return dict(sorted(self._sections.moodle.items()))

    @property
    def greenlight(self) -> Mapping[str, GreenlightSection]:
        """The complete sections `[greenlight.NAME]`, as `moodle`."""
        return dict(sorted(self._sections.greenlight.items()))

    @property
    def table(self) -> Mapping[str, TableSection]:
        """The complete sections `[table.NAME]`, as `moodle`."""
        return dict(sorted(self._sections.table.items()))

    @property
    def moodles(self) -> tuple[str, ...]:
        """What `need` takes for each Moodle: "moodle.NAME", incomplete ones included."""
        return self._sections_of("moodle")

    @property
    def owner_sources(self) -> tuple[str, ...]:
        """What `need` takes for each owner source, whatever its kind: "greenlight.NAME", incomplete ones included."""
        return tuple(one for kind in NAMED for one in self._sections_of(kind))

    @property
    def converter(self) -> ConverterSection:
        """`[converter]`."""
        return self._sections.converter

    @property
    def choose(self) -> ChooseSection:
        """`[choose]`."""
        return self._sections.choose

    @property
    def publish(self) -> PublishSection:
        """`[publish]`."""
        return self._sections.publish

    @property
    def owners(self) -> OwnersSection:
        """`[owners]`."""
        return self._sections.owners

    @property
    def mirror(self) -> MirrorSection:
        """`[mirror]`."""
        return self._sections.mirror

    @property
    def ledger(self) -> LedgerSection:
        """`[ledger]`."""
        return self._sections.ledger

    @property
    def queue(self) -> QueueSection:
        """`[queue]`."""
        return self._sections.queue

    @property
    def log(self) -> LogSection:
        """`[log]`."""
        return self._sections.log

    @property
    def notify(self) -> NotifySection:
        """`[notify]`."""
        return self._sections.notify

    def has(self, name: str) -> bool:
        """Tell whether nothing is missing of what `need` would look for."""
        return not any(self._lacks(name))

    def need(self, *names: str) -> None:
        """Raise one ConfigError that lists every key missing of "bbb", "moodle.NAME" or "moodle.default.notice.user".

        "moodle" stands for at least one Moodle, all of them complete. A single key is missing, too, when it is empty.
        """
        lines = dict.fromkeys(line for name in names for line in self._lacks(name))
        if lines:
            raise not_there([*lines], self._places)

    def _lacks(self, name: str) -> Iterator[str]:
        """Yield a line for each key that is missing of one name."""
        path = tuple(name.split("."))
        if path == ("moodle",):
            if not self.moodles:
                yield "moodle.NAME: a section for a Moodle (docs/moodle.md)"
            for one in self.moodles:
                yield from self._lacks(one)
        elif path[0] in NAMED and f"{path[0]}.{path[1]}" not in self._sections_of(path[0]):
            known = ", ".join(one.partition(".")[2] for one in self._sections_of(path[0])) or "none"
            yield f"{path[0]}.{path[1]}: no such section (there are: {known})"
        else:
            missing = [key for key in self._missing if key[: len(path)] == path]
            if not missing and CATALOGUE.find(path) is not None and not self._value(path):
                missing = [path]
            for key in missing:
                dotted = ".".join(key)
                yield f"{dotted} ({environment_name(dotted)}): {CATALOGUE.meaning(key)}"

    def _sections_of(self, kind: str) -> tuple[str, ...]:
        """Return the sections of one kind of owner source, incomplete ones included."""
        incomplete = {path[1] for path in self._missing if path[0] == kind}
        return tuple(f"{kind}.{name}" for name in sorted({*getattr(self._sections, kind), *incomplete}))

    def _value(self, path: KeyPath) -> object:
        """Return the value of a key; None in a section that is not complete."""
        value: object = self._sections
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else getattr(value, step, None)
        return value.get_secret_value() if isinstance(value, SecretStr) else value

    def _whole(self, name: str, section: _One | None) -> _One:
        """Return a section. Raise ConfigError naming its missing keys when it is not complete."""
        if section is None:
            self.need(name)
            raise AssertionError(name)  # a section without missing keys is there
        return section
