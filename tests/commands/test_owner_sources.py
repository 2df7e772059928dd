"""A new source of owners: a class with four names beside Moodle's, and one line in `runs`."""

from collections.abc import Iterable, Iterator, Sequence

import pytest

from bbbmig.demo.recordings import UNKNOWN_SERVER
from bbbmig.domain.owner import Confidence, Finding, Owner, Ownership
from bbbmig.domain.recording import Recording
from bbbmig.runs import owner_sources
from tests.commands.operator_at_work import Ended, Operator


class Letters:
    """A toy: whoever wrote the letter is the owner; there is none for the first recording."""

    name = "letters lab"

    def serves(self, server: str) -> bool:
        return server == UNKNOWN_SERVER

    def reach(self) -> None:
        """Need nothing."""

    def usernames(self) -> set[str]:
        return {"scribe"}

    def find(self, recordings: Sequence[Recording], *, among: Iterable[Recording]) -> Iterator[Ownership]:
        assert {one.record_id for one in recordings} <= {one.record_id for one in among}
        for one in recordings[1:]:
            owner = Owner(username="scribe", why="wrote a letter", confidence=Confidence.CERTAIN)
            yield Ownership(record_id=one.record_id, finding=Finding.FOUND, owners=(owner,), source=self.name)
        yield Ownership(record_id=recordings[0].record_id, finding=Finding.NOBODY, detail="no letter")


@pytest.fixture
def letters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(owner_sources, "SOURCES", [*owner_sources.SOURCES, lambda _: {"letters.lab": Letters()}])


def of_the_lab(ended: Ended) -> list[tuple[str, list[str]]]:
    return sorted(
        (one["ownership"]["finding"], [owner["username"] for owner in one["ownership"]["owners"]])
        for one in ended.objects
        if one["type"] == "recording" and one["origin_server_name"] == UNKNOWN_SERVER
    )


@pytest.mark.usefixtures("letters")
@pytest.mark.parametrize("name", ["all", "letters", "lab", "letters.lab"])
def test_a_new_source_answers_for_its_servers(operator: Operator, name: str) -> None:
    ended = operator.json("export-csv", "-", "--owners-from", name)
    assert of_the_lab(ended) == [("found", ["scribe"]), ("nobody", [])]


@pytest.mark.usefixtures("letters")
def test_a_new_source_that_is_not_asked_is_not_an_unknown_server(operator: Operator) -> None:
    ended = operator.json("export-csv", "-", "--moodle", "default", "--moodle", "health")
    assert of_the_lab(ended) == [("not_searched", []), ("not_searched", [])]


def test_without_it_its_server_is_unknown(operator: Operator) -> None:
    ended = operator.json("export-csv", "-", "--owners-from", "moodle")
    assert of_the_lab(ended) == [("unknown_server", []), ("unknown_server", [])]
