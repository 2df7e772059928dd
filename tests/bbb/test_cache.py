"""The cache: whole lists only, one at a time, nothing secret."""

import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bbbmig.bbb.cache import Cache, Draft, Entry, _without_tokens
from bbbmig.bbb.listing import cached_listing, list_recordings
from bbbmig.demo.bbb_faults import Fault
from bbbmig.demo.bbb_server import SECRET
from bbbmig.errors import BbbmigError, ConfigError
from tests.bbb.conftest import Connect, ListFrom
from tests.bbb.replies import in_pieces
from tests.bbb_server import ServeBbb

URL = "https://bbb.univ.example"


def keep(cache: Cache, text: bytes = b"<response/>") -> Entry:
    with cache.draft() as draft:
        part = draft.write("", [text])
        entry = Entry(taken_at=datetime(2026, 1, 2, tzinfo=UTC), checksum="sha1", calls=1, parts=(part,))
        return cache.keep(draft, entry)


def everything_in(directory: Path) -> Iterator[tuple[Path, bytes]]:
    return ((path, path.read_bytes()) for path in directory.rglob("*") if path.is_file())


def test_a_list_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    kept = keep(Cache(tmp_path, URL), b"<response>1</response>")
    found = Cache(tmp_path, f"{URL}/bigbluebutton/api/").current()
    assert found == kept
    assert b"".join(found.chunks(found.parts[0])) == b"<response>1</response>"
    assert (found.taken_at, found.checksum) == (datetime(2026, 1, 2, tzinfo=UTC), "sha1")


def test_servers_do_not_share_a_list(tmp_path: Path) -> None:
    keep(Cache(tmp_path, URL))
    for other in ("https://bbb2.univ.example", "http://bbb.univ.example", "https://bbb.univ.example:8443"):
        with pytest.raises(ConfigError, match="no list of recordings"):
            Cache(tmp_path, other).current()


def test_user_names_and_passwords_of_addresses_are_not_kept(tmp_path: Path) -> None:
    keep(Cache(tmp_path, "https://user:pa55word@bbb.univ.example"))
    assert Cache(tmp_path, URL).current().checksum == "sha1"
    assert not any(b"pa55word" in text or "pa55word" in str(path) for path, text in everything_in(tmp_path))


def test_a_new_list_replaces_the_old_one(tmp_path: Path) -> None:
    cache = Cache(tmp_path, URL)
    keep(cache, b"<response>old</response>")
    kept = keep(cache, b"<response>new</response>")
    assert [path for path in cache.directory.iterdir() if path.is_dir()] == [kept.folder]


def test_a_list_that_failed_leaves_the_old_one(tmp_path: Path) -> None:
    cache = Cache(tmp_path, URL)
    kept = keep(cache)
    with pytest.raises(ConfigError, match="No space left"), cache.draft() as draft:
        draft.write("", _full_disk())
    assert cache.current() == kept
    assert [path for path in cache.directory.iterdir() if path.is_dir()] == [kept.folder]


def test_what_killed_runs_left_is_removed_after_a_day(tmp_path: Path) -> None:
    cache = Cache(tmp_path, URL)
    keep(cache)
    abandoned, running = cache.directory / "abandoned", cache.directory / "running"
    for folder, age_s in ((abandoned, 25 * 3600), (running, 60)):
        folder.mkdir()
        os.utime(folder, (time.time() - age_s,) * 2)
    keep(cache)
    assert not abandoned.exists()
    assert running.exists()


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    kept = keep(Cache(tmp_path, URL))
    assert kept.folder.stat().st_mode & 0o077 == 0
    assert kept.folder.parent.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("by", [-1, 1, 5000])
def test_a_reply_that_was_changed_or_lost_is_noticed(tmp_path: Path, by: int) -> None:
    entry = keep(Cache(tmp_path, URL))
    path = entry.folder / entry.parts[0].file
    kept = path.read_bytes()
    path.write_bytes(kept[:by] if by < 0 else kept + b" " * by)
    with pytest.raises(ConfigError, match="was changed"):
        list(entry.chunks(entry.parts[0]))
    path.unlink()
    with pytest.raises(ConfigError, match="cannot read"):
        list(entry.chunks(entry.parts[0]))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 99}'])
def test_a_manifest_that_cannot_be_read_says_what_to_do(tmp_path: Path, text: str) -> None:
    cache = Cache(tmp_path, URL)
    keep(cache)
    (cache.directory / "list.json").write_text(text)
    with pytest.raises(ConfigError) as refused:
        cache.current()
    assert refused.value.hint == "run once without --cache"
    keep(cache)
    assert cache.current().calls == 1


def test_a_disk_that_does_not_take_it_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(ConfigError, match="cannot keep the list of recordings"), Cache(tmp_path / "file", URL).draft():
        pytest.fail("there is no room for a draft")


def test_a_full_disk_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="No space left"):
        Draft(tmp_path).write("", _full_disk())


def _full_disk() -> Iterator[bytes]:
    yield b"<response>"
    raise OSError(28, "No space left on device")


def test_tokens_and_checksums_never_reach_the_disk(serve_bbb: ServeBbb, list_from: ListFrom, tmp_path: Path) -> None:
    listing = list_from(serve_bbb(flavour="scalelite-protected"))
    assert all(recording.protected for recording in listing.recordings)
    kept = list(everything_in(tmp_path))
    assert any(b"token=***" in text for _, text in kept)
    for path, text in kept:
        assert b"token=" not in text.replace(b"token=***", b"")
        assert b"checksum=" not in text
        assert SECRET.encode() not in text + str(path).encode()


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.sampled_from(["<a>", "</a>", "token=0123abcd", "&amp;", "x" * 50]), max_size=30), st.integers(1, 70))
def test_no_piece_of_a_token_slips_through(parts: list[str], size: int) -> None:
    """Property: wherever the network cuts a reply, all tokens are masked and all the rest is kept."""
    text = "".join(f"{part}<b/>" for part in parts)
    masked = b"".join(_without_tokens(in_pieces(text.encode(), size)))
    assert masked == text.replace("token=0123abcd", "token=***").encode()


def test_a_text_without_end_is_not_held_back_without_end() -> None:
    taken = 0

    def endless() -> Iterator[bytes]:
        nonlocal taken
        for _ in range(64):
            taken += 1
            yield b"x" * (1 << 16)

    first = next(_without_tokens(endless()))
    assert len(first) == 1 << 20
    assert taken == 16


def test_a_failed_listing_keeps_the_last_good_one(serve_bbb: ServeBbb, connect: Connect, tmp_path: Path) -> None:
    sample = serve_bbb()
    cache = Cache(tmp_path, sample.url)
    good = list_recordings(connect(sample), cache)
    sample.faults = [Fault(kind="502")]
    with pytest.raises(BbbmigError):
        list_recordings(connect(sample), cache)
    assert cached_listing(cache).recordings == good.recordings
