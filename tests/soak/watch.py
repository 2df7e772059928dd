"""Sees all that happens to names in folders, as the system tells it (inotify): nothing is too short to be seen."""

import contextlib
import ctypes
import hashlib
import os
import select
import struct
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from bbbmig.domain.file_names import short_id_in

_MODIFY, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE, _OVERFLOW = 0x2, 0x40, 0x80, 0x100, 0x200, 0x4000
_KINDS = {_MODIFY: "written", _MOVED_FROM: "gone", _MOVED_TO: "there", _CREATE: "there", _DELETE: "gone"}
_ALL = _MODIFY | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE
_HEAD = struct.Struct("iIII")
_OURS = ".bbbmig"
"""Where unfinished files lie: watched as soon as it appears, in each folder, under the word of that folder and this."""


@dataclass(frozen=True, slots=True)
class Event:
    """A name appears ("there"), disappears ("gone"), or what it names is "written"."""

    folder: str
    kind: str
    name: str


@dataclass(slots=True)
class Watcher:
    """Watches folders, each under a word of its own, and looks into each file of `whole` as soon as it has its name.

    `digests` are the SHA-256 of what was there at that moment; `wrong` says what must never happen to finished files.
    """

    folders: Mapping[str, Path]
    whole: str
    events: list[Event] = field(default_factory=list)
    digests: dict[str, str] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    _libc: ctypes.CDLL = field(default_factory=lambda: ctypes.CDLL(None, use_errno=True))
    _stack: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def __enter__(self) -> Self:
        """Begin to watch."""
        libc = self._libc
        queue = libc.inotify_init1(os.O_CLOEXEC)
        readable, written = os.pipe()
        watched: dict[int, str] = {}
        for word, path in self.folders.items():
            number = libc.inotify_add_watch(queue, bytes(path), _ALL)
            assert number > 0, os.strerror(ctypes.get_errno())
            watched[number] = word
        thread = threading.Thread(target=self._watch, args=(queue, readable, watched), name="watcher")
        for close in (queue, readable):
            self._stack.callback(os.close, close)
        self._stack.callback(thread.join)
        self._stack.callback(os.close, written)
        thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Watch no more."""
        self._stack.close()

    def seen(self, since: int, wanted: Callable[[Event], bool]) -> int:
        """Count the events that are wanted, from that place in the list on."""
        return sum(wanted(event) for event in self.events[since:])

    def _watch(self, queue: int, ending: int, watched: dict[int, str]) -> None:
        while ending not in (ready := select.select([queue, ending], [], [])[0]) or queue in ready:
            told = os.read(queue, 1 << 16)
            place = 0
            while place < len(told):
                number, mask, _, length = _HEAD.unpack_from(told, place)
                place += _HEAD.size + length
                if mask & _OVERFLOW:
                    self.wrong.append("the system had more to tell than it could keep")
                    continue
                name = os.fsdecode(told[place - length : place].rstrip(b"\0"))
                kind = next((word for bit, word in _KINDS.items() if mask & bit), "")
                if not kind:
                    continue  # a folder of ours is gone
                if name == _OURS and kind == "there":
                    folder = self.folders[watched[number]] / _OURS
                    watched[self._libc.inotify_add_watch(queue, bytes(folder), _ALL)] = watched[number] + _OURS
                self._note(Event(watched[number], kind, name))
            with self.changed:
                self.changed.notify_all()

    def _note(self, event: Event) -> None:
        self.events.append(event)
        if event.folder != self.whole or event.name == _OURS:
            return
        if not short_id_in(event.name) or event.kind != "there" or event.name in self.digests:
            self.wrong.append(f"{event.name} is {event.kind}")
            return
        content = (self.folders[self.whole] / event.name).read_bytes()
        self.digests[event.name] = hashlib.sha256(content).hexdigest()
