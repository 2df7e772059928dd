"""The notice in Moodle's activities: appended by the database server, recognised by its mark, taken out to the byte.

Texts are never written back as they were read: the server appends and cuts, under a lock that keeps a teacher's
change from getting lost in between. What a person wrote inside a notice is put where the notice stood. What is written
is remembered by the caller, lot by lot; should that fail, the mark in the text tells as much.
"""

import itertools
import logging
import time
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Self

import sqlalchemy as sa

from bbbmig.database.driver_errors import CannotConnect
from bbbmig.domain.notice import Change, Noticed
from bbbmig.domain.notice_text import MARK, Notice
from bbbmig.errors import RemoteError, RemoteRefused
from bbbmig.moodle.config import MoodleSource
from bbbmig.moodle.notice_connection import WritingConnection
from bbbmig.moodle.notice_edit import NO_TEXTS, ActivityText, Edit, adding, removing
from bbbmig.moodle.tables import FOR_NOTICE, MoodleTables

log = logging.getLogger(__name__)

LOT = 100
"""Activities in one transaction: locked for some milliseconds."""
CACHE_AHEAD_S = 3600

_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)


class MoodleNotice:
    """The activities of one Moodle, seen by the account that may write to them. Use it in a `with`."""

    def __init__(self, source: MoodleSource) -> None:
        """Keep the source, whose user is the account of `docs/grants/…-notice.sql`; nothing is connected yet."""
        self.source = source
        self._connection = WritingConnection(source)
        self._tables = MoodleTables(source, FOR_NOTICE)
        self._sees_courses = False
        self._purges = False

    @property
    def name(self) -> str:
        """Return the Moodle's name in the settings."""
        return self.source.name

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def check(self) -> bool:
        """Make sure that this account may write notices; tell whether it may empty the courses' caches, too.

        Raise ConfigError, RemoteError or RemoteRefused when it may not write, or cannot connect.
        """
        b, c, cm, m = (self._tables[name] for name in ("bigbluebuttonbn", "course", "course_modules", "modules"))
        nothing = sa.false()
        writes = sa.update(b).values(intro=b.c.intro, timemodified=0).where(nothing)
        try:
            self._try(sa.select(b.c.id, b.c.course, b.c.introformat).where(nothing), writes)
        except RemoteRefused as error:
            who = self.source.database.user or "this account"
            raise RemoteRefused(
                f"moodle {self.source.name}: {who} may not write notices ({error.message})",
                hint="notice.user: an account of its own, made with docs/grants/mysql-notice.sql or "
                "postgresql-notice.sql; see docs/moodle.md",
            ) from error
        self._sees_courses = self._may(
            sa.select(cm.c.showdescription, cm.c.instance, m.c.name).join_from(cm, m, m.c.id == cm.c.module)
        )
        self._purges = self._sees_courses and self._may(sa.update(c).values(cacherev=c.c.cacherev))
        return self._purges

    def find(self) -> list[int]:
        """Find the activities whose text has the mark, whoever put it there: a copied activity has it as well."""
        b = self._tables["bigbluebuttonbn"]
        with self._connection.transaction() as connection:
            query = sa.select(b.c.id).where(b.c.intro.contains(MARK, autoescape=True)).order_by(b.c.id)
            return list(connection.scalars(query))

    def add(
        self,
        activities: Iterable[int],
        notice: Notice,
        *,
        earlier: Collection[int] = (),
        own_texts: Mapping[str, str] = NO_TEXTS,
        dry: bool = False,
    ) -> Iterator[tuple[Noticed, ...]]:
        """Append the notice to activities that lack it, one lot after another; with `dry`, only say what would be.

        `earlier` are activities that were given it before: those that lack it now are left alone, for somebody
        took it out. `own_texts` are those that bbbmig wrote before, by their fingerprints: they tell what a person
        wrote inside a notice. A lot is written when it is given: write it down before asking for the next. Raise
        RemoteRefused or RemoteError at once when this account cannot write, RemoteError later when the server fails:
        what was given before stays, and the next run goes on from there.
        """
        self.check()

        def decide(text: ActivityText) -> Edit:
            return adding(text, notice, again=text.activity in earlier, own_texts=own_texts)

        return self._lots(activities, decide, dry=dry)

    def remove(
        self, activities: Iterable[int], *, own_texts: Mapping[str, str] = NO_TEXTS, dry: bool = False
    ) -> Iterator[tuple[Noticed, ...]]:
        """Take the notice out of activities, one lot after another: as `add`, with the same errors."""
        self.check()
        return self._lots(activities, lambda text: removing(text, own_texts=own_texts), dry=dry)

    def _may(self, statement: sa.Select[Any] | sa.Update) -> bool:
        """Try a statement in a way that reads and changes no row."""
        try:
            self._try(statement.where(sa.false()))
        except RemoteRefused as error:
            log.info("%s", error.message)
            return False
        return True

    def _try(self, *statements: sa.Executable) -> None:
        with self._connection.transaction() as connection:
            for statement in statements:
                connection.execute(statement)

    def _lots(
        self, activities: Iterable[int], decide: Callable[[ActivityText], Edit], *, dry: bool
    ) -> Iterator[tuple[Noticed, ...]]:
        """Do one lot after another; one that fails is tried once more, with a new connection."""
        rest = iter(sorted(set(activities)))
        while lot := list(itertools.islice(rest, LOT)):
            try:
                done = self._lot(lot, decide, dry=dry)
            except RemoteError as error:
                self.close()
                if isinstance(error, CannotConnect):
                    raise
                log.warning("%s; trying again", error.message)
                done = self._lot(lot, decide, dry=dry)
            yield done

    def _lot(self, lot: Sequence[int], decide: Callable[[ActivityText], Edit], *, dry: bool) -> tuple[Noticed, ...]:
        """Read, decide and write in one transaction."""
        b = self._tables["bigbluebuttonbn"]
        query = sa.select(b.c.id, b.c.course, b.c.intro, b.c.introformat).where(b.c.id.in_(_IDS)).order_by(b.c.id)
        with self._connection.transaction() as connection:
            rows = connection.execute(query if dry else query.with_for_update(), {"ids": lot}).all()
            edits = {row.id: decide(ActivityText(*row)) for row in rows}
            changed = [edit for edit in edits.values() if edit.append or edit.cuts]
            shown = self._shown_on_course_pages(connection, [edit.noticed.activity for edit in changed])
            if not dry:
                self._write(connection, changed)
                if self._purges:
                    self._empty_caches(connection, {edits[number].noticed.course for number in shown})
        stale = set() if self._purges else shown
        return tuple(_noticed(number, edits, stale) for number in lot)

    def _write(self, connection: sa.Connection, edits: Iterable[Edit]) -> None:
        """Change the texts, with one statement for all activities whose change is the same."""
        b = self._tables["bigbluebuttonbn"]
        same: dict[tuple[str, tuple[tuple[str, str], ...], bool], list[int]] = defaultdict(list)
        for edit in edits:
            same[edit.append, edit.cuts, edit.empty].append(edit.noticed.activity)
        now = int(time.time())
        for (append, cuts, empty), ids in same.items():
            text: sa.ColumnElement[Any] = sa.func.coalesce(b.c.intro, "")
            for old, new in cuts:
                text = sa.func.replace(text, old, new)
            if append:
                text += append
            values = {"intro": None if empty else text, "timemodified": now}
            connection.execute(sa.update(b).where(b.c.id.in_(ids)).values(values))

    def _shown_on_course_pages(self, connection: sa.Connection, activities: Sequence[int]) -> set[int]:
        """Tell which activities show their text on their course's page; if that may not be read, any may."""
        if not activities or not self._sees_courses:
            return set(activities)
        cm, m = self._tables["course_modules"], self._tables["modules"]
        query = sa.select(cm.c.instance).join_from(cm, m, m.c.id == cm.c.module)
        ours = (m.c.name == "bigbluebuttonbn", cm.c.showdescription == 1, cm.c.instance.in_(_IDS))
        return set(connection.scalars(query.where(*ours), {"ids": activities}))

    def _empty_caches(self, connection: sa.Connection, courses: Iterable[int | None]) -> None:
        """Make Moodle build these courses' pages anew: the next revision, as its own code counts them."""
        c, now = self._tables["course"], int(time.time())
        revision = sa.case((c.c.cacherev < now, now), (c.c.cacherev > now + CACHE_AHEAD_S, now), else_=c.c.cacherev + 1)
        if ids := sorted(filter(None, courses)):
            connection.execute(sa.update(c).where(c.c.id.in_(ids)).values(cacherev=revision))


def _noticed(number: int, edits: Mapping[int, Edit], stale: set[int]) -> Noticed:
    if number not in edits:
        return Noticed(activity=number, change=Change.GONE)
    return replace(edits[number].noticed, stale=number in stale)
