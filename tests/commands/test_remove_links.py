"""`bbbmig remove-links`: when the old server goes, its links go from Pod, no others, and not for good."""

import json
import os
import pty
import re
import select
import time
from pathlib import Path

import pytest

from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.playback_url import record_id_in
from tests.commands.operator_at_work import Operator
from tests.commands.test_import_links import links_in
from tests.waiting import WAIT_S

YOUTUBE = "https://www.youtube.com/watch?v=abc"
TABLE = "import_video_externalrecording"


@pytest.fixture
def linked(operator: Operator, sample_pod: SamplePod) -> Operator:
    """An operator whose links are in Pod, beside one that a person made of something else."""
    assert operator.run("import-links", "--moodle", "none", "--range", "1:12").code == 0
    ((user,),) = (row.values() for row in sample_pod.rows("SELECT id FROM auth_user WHERE username = 'staffonly'"))
    site = sample_pod.rows("SELECT id FROM django_site LIMIT 1")[0]["id"]
    sample_pod.create(
        "import_video.ExternalRecording", name="Mine", source_url=YOUTUBE, type="youtube", owner_id=user, site_id=site
    )
    return operator


def urls_in(pod: SamplePod) -> set[str]:
    return {str(link["source_url"]) for link in links_in(pod)}


def moved(pod: SamplePod, to: str) -> None:
    """Let all links but the person's have another host."""
    for row in pod.rows(f"SELECT id, source_url FROM {TABLE} WHERE source_url NOT LIKE '%youtube%'"):
        url = re.sub(r"^https?://[^/]+", to, row["source_url"])
        pod.rows(f"UPDATE {TABLE} SET source_url = ? WHERE id = ?", url, row["id"])


def test_the_old_servers_links_go_and_come_back(linked: Operator, sample_pod: SamplePod, tmp_path: Path) -> None:
    before = links_in(sample_pod)
    file = tmp_path / "kept.json"
    ended = linked.json("remove-links", "--yes", "--even-unsafe", "--keep", str(file))
    assert ended.code == 0
    assert ended.end["words"].startswith(f"{len(before) - 1} external recordings deleted")
    assert urls_in(sample_pod) == {YOUTUBE}
    assert len(json.loads(file.read_text())) == len(before) - 1
    assert linked.json("import-links", "--restore", str(file)).counts == {"done": len(before) - 1}
    key = ("name", "source_url", "start_at", "type", "owner")
    assert sorted([str(link[k]) for k in key] for link in links_in(sample_pod)) == sorted(
        [str(link[k]) for k in key] for link in before
    )
    assert linked.json("import-links", "--moodle", "none", "--range", "1:12").counts.keys() == {"skipped"}


def test_what_it_deleted_is_not_created_again_unasked_and_the_plan_says_why(
    linked: Operator, sample_pod: SamplePod, tmp_path: Path
) -> None:
    links = len(links_in(sample_pod)) - 1
    linked.run("remove-links", "--yes", "--even-unsafe", "--keep", str(tmp_path / "kept.json"))
    ended = linked.json("import-links", "--moodle", "none", "--range", "1:12")
    said = [one["detail"] for one in ended.actions if one["reason"] == "removed in Pod since"]
    assert len(said) == links
    assert all(re.match(r"removed by remove-links \d{4}-\d\d-\d\d; --again creates", one) for one in said)
    assert urls_in(sample_pod) == {YOUTUBE}
    assert linked.json("import-links", "--moodle", "none", "--range", "1:12", "--again").counts["done"] == links


def test_a_dry_run_and_a_run_without_answer_delete_nothing(linked: Operator, sample_pod: SamplePod) -> None:
    before = links_in(sample_pod)
    dry = linked.run("remove-links", "--dry")
    assert (dry.code, "would be deleted" in dry.out) == (0, True)
    unasked = linked.process("remove-links")
    assert (unasked.code, "give --yes" in unasked.err) == (2, True)
    assert links_in(sample_pod) == before


def test_links_without_a_video_are_listed_and_kept_unless_it_is_said_otherwise(
    linked: Operator, sample_pod: SamplePod
) -> None:
    assert linked.run("claim", "--range", "1:12").code == 0
    claimed = {
        one["record_id"]
        for one in linked.json("claim", "--range", "1:12", "--dry").actions
        if one["reason"] == "already done"
    }
    before = links_in(sample_pod)
    unsafe = [
        one for one in before if one["source_url"] != YOUTUBE and record_id_in(str(one["source_url"])) not in claimed
    ]
    assert 0 < len(unsafe) < len(before) - 1
    dry = linked.run("remove-links", "--dry")
    assert f"of which {len(unsafe)} have no video in Pod would be deleted" in dry.last_line
    assert dry.out.count("no video in Pod: “") == len(unsafe)
    for one in unsafe:
        assert f"{one['owner']} ({record_id_in(str(one['source_url']))})" in dry.out
    ended = linked.run("remove-links", "--yes", "--keep", str(linked.folder / "kept.json"))
    assert (ended.code, f"{len(unsafe)} of {len(before) - 1} links are kept" in ended.err) == (3, True)
    assert sorted(urls_in(sample_pod)) == sorted({YOUTUBE, *(str(one["source_url"]) for one in unsafe)})
    again = linked.run("remove-links", "--yes", "-q")
    assert (again.code, "--even-unsafe" in again.err) == (3, True)
    assert linked.run("remove-links", "--yes", "--even-unsafe", "--keep", str(linked.folder / "rest.json")).code == 0
    assert urls_in(sample_pod) == {YOUTUBE}


def test_a_video_that_is_gone_from_pod_makes_its_link_unsafe_again(linked: Operator, sample_pod: SamplePod) -> None:
    assert linked.run("publish", "--range", "1:12", "--moodle", "all").code == 0
    count = re.compile(r"of which (\d+) have no video")
    published = count.search(linked.run("remove-links", "--dry").last_line)
    sample_pod.rows("DELETE FROM video_video")
    gone = count.search(linked.run("remove-links", "--dry").last_line)
    assert gone is not None
    assert int(gone[1]) == len(links_in(sample_pod)) - 1
    assert published is None or int(published[1]) < int(gone[1])


@pytest.mark.parametrize("answer", ["y", "n"])
def test_on_a_terminal_the_question_is_seen_and_the_answer_counts(
    linked: Operator, sample_pod: SamplePod, answer: str
) -> None:
    links = len(links_in(sample_pod)) - 1
    master, slave = pty.openpty()
    process = linked.start("remove-links", stdin=slave, stdout=slave, stderr=slave, env={"TERM": "xterm"})
    os.close(slave)
    try:
        assert f"Delete {links} external recordings" in read_until(master, "[y/N]: ")
        os.write(master, answer.encode() + b"\n")
        rest = read_until(master, "exit code 0")
        process.wait(WAIT_S)
    finally:
        os.close(master)
        process.kill()
        process.wait()
    assert process.returncode == 0
    assert ("nothing was deleted" in rest) == (answer == "n")
    assert len(links_in(sample_pod)) == (1 if answer == "y" else links + 1)


def read_until(master: int, words: str) -> str:
    """Read what a person sees, until these words are there."""
    seen, deadline = b"", time.monotonic() + WAIT_S
    while words not in seen.decode(errors="replace"):
        assert time.monotonic() < deadline, seen
        if select.select([master], [], [], 0.1)[0]:
            seen += os.read(master, 65536)
    return seen.decode(errors="replace").replace("\r\n", "")


def test_a_host_of_the_kept_list_counts_as_the_old_server(linked: Operator, sample_pod: SamplePod) -> None:
    assert linked.bbb is not None
    linked.set(bbb__url=linked.bbb.url.replace("127.0.0.1", "localhost"))
    assert linked.run("export-csv", "-").code == 0  # keeps the list, whose playbacks are at 127.0.0.1
    assert linked.run("remove-links", "--yes", "--even-unsafe", "--keep", str(linked.folder / "kept.json")).code == 0
    assert urls_in(sample_pod) == {YOUTUBE}


def test_links_on_an_unknown_host_are_told_of_and_go_when_it_is_named(linked: Operator, sample_pod: SamplePod) -> None:
    moved(sample_pod, "https://play.univ.example")
    links = len(links_in(sample_pod)) - 1
    ended = linked.run("remove-links", "--yes", "--even-unsafe")
    assert ended.code == 0
    assert f"{links} more links to recordings of that server" in ended.err
    assert "--prefix https://play.univ.example/" in ended.err
    assert len(links_in(sample_pod)) == links + 1
    keep = str(linked.folder / "kept.json")
    linked.run("remove-links", "--yes", "--even-unsafe", "--prefix", "https://play.univ.example/", "--keep", keep)
    assert urls_in(sample_pod) == {YOUTUBE}


def test_links_that_only_the_ledger_remembers_are_told_of(linked: Operator, sample_pod: SamplePod) -> None:
    links = len(links_in(sample_pod)) - 1
    sample_pod.rows(f"DELETE FROM {TABLE} WHERE source_url <> ?", YOUTUBE)
    ended = linked.run("remove-links", "--yes", "--even-unsafe")
    assert (ended.code, "nothing to do" in ended.out) == (0, True)
    assert f"{links} links that the ledger remembers" in ended.err
    assert "--prefix" in ended.err


@pytest.mark.parametrize("prefix", ["https://www.youtube.com/", "https://www.you", "www.youtube.com/"])
def test_an_address_of_another_server_is_refused(linked: Operator, sample_pod: SamplePod, prefix: str) -> None:
    before = links_in(sample_pod)
    ended = linked.run("remove-links", "--yes", "--even-unsafe", "--prefix", prefix)
    assert (ended.code, prefix in ended.err) == (2, True)
    assert links_in(sample_pod) == before


def test_a_file_of_an_earlier_run_is_never_overwritten(linked: Operator, sample_pod: SamplePod) -> None:
    file = linked.folder / "kept.json"
    file.write_text("precious")
    before = links_in(sample_pod)
    ended = linked.run("remove-links", "--yes", "--even-unsafe", "--keep", str(file))
    assert (ended.code, "exists already" in ended.err) == (4, True)
    assert (file.read_text(), links_in(sample_pod)) == ("precious", before)


def test_when_the_file_cannot_be_written_nothing_is_deleted(linked: Operator, sample_pod: SamplePod) -> None:
    before = links_in(sample_pod)
    assert (
        linked.run(
            "remove-links", "--yes", "--even-unsafe", "--keep", str(linked.folder / "nowhere" / "kept.json")
        ).code
        == 4
    )
    assert links_in(sample_pod) == before


def test_a_removal_that_breaks_off_is_remembered_as_far_as_it_came(
    linked: Operator, sample_pod: SamplePod, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bbbmig.apply.removing.LOT", 5)
    path = "/rest/external_recordings/delete/"
    sample_pod.fault("status", path=path, method="POST", status=500, skip=2)  # counting and deleting of the first lot
    keep = linked.folder / "kept.json"
    assert linked.run("remove-links", "--yes", "--even-unsafe", "--keep", str(keep)).code == 5
    sample_pod.heal()
    ids = {record_id_in(url) for url in urls_in(sample_pod)}
    ended = linked.json("import-links", "--moodle", "none", "--range", "1:12")
    removed = {one["record_id"] for one in ended.actions if one["reason"] == "removed in Pod since"}
    assert len(removed) == 5
    assert not removed & ids
