"""Every reply ends: in time, within its size, at some rate; and what others plant is left alone."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from bbbmig.errors import MachineError, RemoteError, Stopped
from bbbmig.http import Oversized, make_client, request, within
from bbbmig.transfer.download import Downloader, Limits
from bbbmig.transfer.leftovers import remove_leftovers
from bbbmig.transfer.own_folder import FOLDER, own_folder
from bbbmig.transfer.partial_file import Origin, Part, digest, note_of, part_of
from bbbmig.transfer.wanted import TooSlow, Wanted

Talk = Callable[[socket.socket, threading.Event], None]
Speak = Callable[[Talk], str]
HEAD = b'HTTP/1.1 200 OK\r\nContent-Type: video/mp4\r\nETag: "1"\r\nContent-Length: 1000000\r\n\r\n'
ENDLESS = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n\r\n"
FILM_BEGINS = b"\x1aE\xdf\xa3" + bytes(600)
LONG_S = 60.0
"""Far longer than any limit here: what takes so long was not ended by its limit."""


@pytest.fixture
def speak() -> Iterator[Speak]:
    """A server that does with each connection what a test says, until the test ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve(talk: Talk) -> str:
        def run() -> None:
            while not ended.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection: socket.socket) -> None:
            with connection:
                try:
                    connection.recv(65536)
                    talk(connection, ended)
                except OSError:
                    pass  # the client hung up

        threading.Thread(target=run, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}/film.mp4"

    yield serve
    ended.set()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()


def dripping(after: bytes) -> Talk:
    """Send a beginning, and then a byte now and then, for ever: never silent, never whole."""

    def talk(connection: socket.socket, ended: threading.Event) -> None:
        connection.sendall(after)
        while not ended.wait(0.05):
            connection.sendall(b"x")

    return talk


def flooding(connection: socket.socket, ended: threading.Event) -> None:
    connection.sendall(ENDLESS)
    while not ended.is_set():
        connection.sendall(b"<event/>" * 8192)


@pytest.mark.parametrize("sent", [b"HTTP/1.1 200 OK\r\nX-Slow: ", ENDLESS], ids=["in its head", "in its body"])
def test_a_reply_that_drips_ends_with_its_whole_time(speak: Speak, sent: bytes) -> None:
    began = time.monotonic()
    with make_client(timeout_s=LONG_S) as client, pytest.raises(RemoteError, match="not whole after 1 s"):
        request(client, "GET", speak(dripping(sent)), what="metadata.xml", attempts=1, whole_s=1.0)
    assert time.monotonic() - began < LONG_S / 2


def test_a_reply_that_drips_ends_when_somebody_wants_to_stop(speak: Speak) -> None:
    stop = threading.Event()
    threading.Timer(0.3, stop.set).start()
    with make_client(timeout_s=LONG_S) as client, pytest.raises(Stopped), within(None, stop):
        client.get(speak(dripping(ENDLESS)))


def test_a_reply_without_end_is_not_read_into_memory(speak: Speak) -> None:
    with make_client(timeout_s=LONG_S) as client, pytest.raises(Oversized, match="more than 1 MiB"):
        request(client, "GET", speak(flooding), what="metadata.xml", most_bytes=1 << 20)


def test_the_stricter_of_two_limits_holds(speak: Speak) -> None:
    with make_client(timeout_s=LONG_S) as client, within(0.5), pytest.raises(httpx.ReadTimeout), within(LONG_S):
        client.get(speak(dripping(ENDLESS)))


def test_a_film_of_which_hardly_anything_comes_is_given_up_and_kept(
    speak: Speak, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bbbmig.http.waits.FIRST_WAIT_S", 0.005)
    part = tmp_path / "film.part"
    limits = Limits(least_bytes_per_s=1000, slow_s=0.5)
    with Downloader(timeout_s=LONG_S, limits=limits) as downloader, pytest.raises(TooSlow, match="bytes came in"):
        downloader.fetch([speak(dripping(HEAD + FILM_BEGINS))], part)
    assert part.stat().st_size >= len(FILM_BEGINS)


def test_a_side_file_that_drips_ends_with_its_whole_time(speak: Speak, tmp_path: Path) -> None:
    began = time.monotonic()
    wanted = Wanted(url=speak(dripping(HEAD + FILM_BEGINS)), limits=Limits(whole_s=1.0))
    with Downloader(timeout_s=LONG_S) as downloader, pytest.raises(RemoteError):
        downloader.fetch_one(wanted, Part(tmp_path / "cursor.part"))
    assert time.monotonic() - began < LONG_S / 2


def planted(recorder: Path, how: str) -> tuple[Path, Path]:
    """A file of somebody else, and the name of our unfinished file that leads to it."""
    secret = recorder.parent / "secret"
    secret.write_bytes(b"of somebody else")
    secret.chmod(0o600)
    part = part_of(recorder / "film 2023-05-06 14h30 1a2b3c4d5e6f.mp4")
    own_folder(recorder)
    (os.link if how == "second name" else os.symlink)(secret, part)
    return secret, part


@pytest.mark.parametrize("how", ["link", "second name"])
def test_a_planted_name_is_neither_read_nor_written(tmp_path: Path, how: str) -> None:
    recorder = tmp_path / "recorder"
    recorder.mkdir()
    secret, path = planted(recorder, how)
    note_of(path).write_text('{"address": "x", "etag": "y", "settled": 16}')
    part = Part(path)
    assert part.size == 0
    assert part.resumable("http://x") is None
    part.forget()
    assert (secret.read_bytes(), secret.stat().st_mode & 0o777) == (b"of somebody else", 0o600)


@pytest.mark.parametrize("how", ["link", "second name"])
def test_what_was_planted_beside_as_0_1_0_named_it_is_not_carried_over(tmp_path: Path, how: str) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"of somebody else")
    target = tmp_path / "film 2023-05-06 14h30 1a2b3c4d5e6f.mp4"
    old = tmp_path / f".{target.name}.part"
    (os.link if how == "second name" else os.symlink)(secret, old)
    remove_leftovers(tmp_path, targets=[target])
    assert not os.path.lexists(old)
    assert not part_of(target).exists()
    assert secret.read_bytes() == b"of somebody else"


def test_what_0_1_0_left_is_gone_on_with(tmp_path: Path) -> None:
    target = tmp_path / "film 2023-05-06 14h30 1a2b3c4d5e6f.mp4"
    old = tmp_path / f".{target.name}.part"
    old.write_bytes(b"half")
    note_of(old).write_text("{}")
    assert remove_leftovers(tmp_path, targets=[target]) == []
    assert part_of(target).read_bytes() == b"half"
    assert note_of(part_of(target)).read_text() == "{}"


@pytest.mark.parametrize("kind", ["link", "file", "writable"])
def test_a_folder_of_ours_that_is_not_ours_is_refused(tmp_path: Path, kind: str) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    ours = tmp_path / FOLDER
    if kind == "link":
        ours.symlink_to(elsewhere)
    elif kind == "file":
        ours.touch()
    else:
        ours.mkdir()
        ours.chmod(0o777)
    with pytest.raises(MachineError, match=r"\.bbbmig"):
        own_folder(tmp_path)
    assert list(elsewhere.iterdir()) == []


def test_a_directory_that_is_not_mounted_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(MachineError, match="No such file"):
        own_folder(tmp_path / "not-mounted")
    assert list(tmp_path.iterdir()) == []


def test_what_another_machine_works_on_is_left_alone(tmp_path: Path) -> None:
    busy, dead, nameless = (
        tmp_path / f"film 2023-05-06 14h30 {sign}.mp4" for sign in ("1a2b3c4d5e6f", "6f5e4d3c2b1a", "no sign")
    )
    own_folder(tmp_path)
    parts = [part_of(one, holder="other-host") for one in (busy, dead, nameless)]
    for part in parts:
        part.write_bytes(b"half")
    assert remove_leftovers(tmp_path, busy={"1a2b3c4d5e6f"}) == [parts[1]]
    assert [part.exists() for part in parts] == [True, False, True]
    assert set(remove_leftovers(tmp_path)) == {parts[0], parts[2]}


def test_nobody_goes_on_with_what_a_frozen_program_of_this_machine_still_writes(tmp_path: Path) -> None:
    path = part_of(tmp_path / "film 2023-05-06 14h30 1a2b3c4d5e6f.mp4")
    url = "https://bbb.univ.fr/film.mp4"
    frozen = Part(path)
    frozen.begin(Origin(address=digest(url), etag='"1"', total=8))
    with frozen.opened(anew=True) as file:
        frozen.write(file, b"half")
        assert Part(path).resumable(url) is None
    assert Part(path).resumable(url) is not None
