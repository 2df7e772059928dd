"""`init`: asks for what a run needs, tries each answer, and writes the settings; goes on where the file ends."""

import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from bbbmig.domain.choices import Language
from bbbmig.domain.recording import Recording
from bbbmig.errors import BbbmigError, ConfigError
from bbbmig.report import init_words as words
from bbbmig.report.messages import Check, Level
from bbbmig.runs.adapters import Adapters
from bbbmig.runs.check import bbb_checks, moodle_checks, pod_checks
from bbbmig.runs.check_machine import guarded, recorder_checks
from bbbmig.runs.check_registers import greenlight_checks
from bbbmig.runs.shipped import shipped
from bbbmig.settings import load
from bbbmig.settings.config_text import ConfigText, read_config
from bbbmig.transfer.whole_file import write_whole

_MODE = 0o640
_DRIVERS = {"mysql": "mysql", "mariadb": "mysql", "postgresql": "postgresql", "postgres": "postgresql"}
_FILE = "sqlite"


class Person(Protocol):
    """Who answers."""

    def ask(self, question: str, *, usual: str = "", hidden: bool = False) -> str:
        """Return an answer, without blanks around it; `usual` if there is none. A hidden one is not shown."""
        ...

    def say(self, text: str) -> None:
        """Say something."""
        ...


@dataclass(kw_only=True)
class _Interview:
    """One settings file and who answers for it; every answer is written at once."""

    person: Person
    file: Path
    config: ConfigText
    language: Language

    def answered(self, key: str) -> bool:
        """Tell whether a person has answered before; then it is said, and left."""
        section, _, name = key.rpartition(".")
        if self.config.get(section, name) is None:
            return False
        self.person.say(words.HERE[self.language].format(key=key))
        return True

    def ask(self, key: str, *, usual: str = "", hidden: bool = False, may_be_empty: bool = False) -> str:
        """Return the answer to the question of a key."""
        question = words.QUESTIONS[key][self.language] + (words.HIDDEN[self.language] if hidden else "")
        while not (answer := self.person.ask(question, usual=usual, hidden=hidden)) and not may_be_empty:
            self.person.say(words.EMPTY[self.language])
        return answer

    def try_out(self, answers: dict[str, str | int], look: Callable[[Adapters], Iterator[Check]], place: str) -> bool:
        """Try answers (by dotted key) beside what the file has; show what came out. Return whether they are kept."""
        self.person.say(words.TRYING[self.language])
        wrong = False
        for one in self._checks(answers, look, place):
            mark = {Level.OK: "ok", Level.NOTE: "note", Level.WRONG: "!"}[one.level]
            self.person.say(f"  {mark:4} {one.what}" + (f"\n       → {one.hint}" if one.hint else ""))
            wrong |= one.level is Level.WRONG
        return not wrong or self.person.ask(words.KEEP[self.language]).lower() in words.YES[self.language]

    def _checks(
        self, answers: dict[str, str | int], look: Callable[[Adapters], Iterator[Check]], place: str
    ) -> Iterator[Check]:
        """Yield what `check` says of them."""
        try:
            self.write({})  # so that nobody else's file is read beside the answers
            settings = load(self.file, overrides=dict(answers))
            with Adapters(settings, dry=True) as adapters:
                yield from guarded(place, look, adapters)
        except BbbmigError as error:
            yield Check(place=place, level=Level.WRONG, what=error.message, hint=error.hint)

    def write(self, answers: dict[str, str | int]) -> None:
        """Write answers into the file, which appears whole, readable for its owner and group. Raise ConfigError."""
        for key, value in answers.items():
            section, _, name = key.rpartition(".")
            if self.config.get(section, name) is None:
                self.config.set(section, name, value)
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            mode = self.file.stat().st_mode & 0o777 if self.file.exists() else _MODE
            write_whole(self.file, self.config.text, mode=mode)
            self.file.chmod(mode)
        except OSError as error:
            raise ConfigError(
                f"{self.file} cannot be written: {error.strerror}", hint="bbbmig --config FILE init names another"
            ) from error


def init(file: Path, person: Person, language: Language) -> None:
    """Ask what the file does not answer yet, and write it. Raise ConfigError if it cannot be read or written."""
    interview = _Interview(
        person=person,
        file=file,
        config=read_config(file, shipped("config")["config.example.toml"]),
        language=language,
    )
    person.say(words.HELLO[language].format(file=file))
    try:
        for step in (_old_server, _pod, _recorder, _owners):
            step(interview)
    except (KeyboardInterrupt, EOFError):
        if file.exists():
            person.say("\n" + words.STOPPED[language].format(file=file))
        raise KeyboardInterrupt from None
    program = Path(sys.executable).with_name("bbbmig")
    named = f"{program if program.exists() else f'{sys.executable} -m bbbmig'} --config {file}"
    commands = {"check": "check", "survey": "survey", "links": "import-links --dry --range 1:10"}
    typed = {what: f"{named} {command}" for what, command in commands.items()}
    person.say(words.DONE[language].format(file=file, **typed))


def _old_server(interview: _Interview) -> None:
    """Ask for the old server."""
    _server(interview, "bbb", ("url", "secret"), bbb_checks([]), "BigBlueButton")


def _pod(interview: _Interview) -> None:
    """Ask for Pod."""
    _server(interview, "pod", ("url", "token", "administrator"), pod_checks, "Pod")


def _server(
    interview: _Interview,
    section: str,
    names: Sequence[str],
    look: Callable[[Adapters], Iterator[Check]],
    place: str,
) -> None:
    """Ask for the keys of a server until what they say can be kept; what was typed before is proposed again."""
    open_keys = [key for key in (f"{section}.{name}" for name in names) if not interview.answered(key)]
    answers: dict[str, str | int] = {}
    while open_keys:
        for key in open_keys:
            hidden = key.endswith(("secret", "token"))
            answers[key] = interview.ask(key, usual=str(answers.get(key, "")), hidden=hidden)
        if interview.try_out(answers, look, place):
            interview.write(answers)
            return


def _recorder(interview: _Interview) -> None:
    """Ask for the recorder's directory; without one, there are links only."""
    if interview.answered("recorder.directory"):
        return
    answers: dict[str, str | int] = {}
    while True:
        usual = str(answers.get("recorder.directory", ""))
        directory = interview.ask("recorder.directory", usual=usual, may_be_empty=True)
        if not directory:
            return
        answers["recorder.directory"] = directory
        if not interview.answered("recorder.id"):
            answers["recorder.id"] = _number(interview, "recorder.id", usual=str(answers.get("recorder.id", 1)))

        def look(adapters: Adapters) -> Iterator[Check]:
            yield from recorder_checks(adapters)
            yield from pod_checks(adapters)

        if interview.try_out(answers, look, "Recorder"):
            interview.write(answers)
            return


def _number(interview: _Interview, key: str, *, usual: str) -> int:
    """Ask for a number."""
    while not (answer := interview.ask(key, usual=usual)).isdecimal():
        interview.person.say(words.NUMBER[interview.language])
    return int(answer)


def _owners(interview: _Interview) -> None:
    """Ask who knows whose recordings are, and for that database."""
    if any(interview.config.values.get(kind) for kind in ("moodle", "greenlight", "table")):
        return
    while (kind := interview.ask("owners", usual="none").lower()) not in words.OWNERS:
        interview.person.say(words.ONE_OF[interview.language].format(words="moodle, greenlight, none"))
    section = words.OWNERS[kind]
    if not section:
        return
    look = moodle_checks("default") if section == "moodle" else greenlight_checks("default", list[Recording]())
    address = ""
    while True:
        address = interview.ask("database", usual=_without_password(address))
        try:
            answers = {f"{section}.default.{key}": value for key, value in _database(address).items()}
        except ValueError:
            interview.person.say(words.NOT_A_DATABASE[interview.language])
            continue
        if answers[f"{section}.default.driver"] != _FILE and f"{section}.default.password" not in answers:
            password = interview.ask("password", hidden=True, may_be_empty=True)
            answers |= {f"{section}.default.password": password} if password else {}
        if interview.try_out(answers, look, section.capitalize()):
            interview.write(answers)
            return


def _without_password(address: str) -> str:
    """Return an address as it may be shown."""
    parts = urlsplit(address)
    return address.replace(f":{parts.password}@", "@", 1) if parts.password else address


def _database(address: str) -> dict[str, str | int]:
    """Take the address of a database apart, by the keys of the settings. Raise ValueError if it is not one."""
    parts = urlsplit(address)
    kind, name = parts.scheme.partition("+")[0], parts.path.strip("/")
    if kind == _FILE and name:
        return {"driver": _FILE, "database": f"/{unquote(name)}"}
    if kind not in _DRIVERS or not name:
        raise ValueError(address)
    found: dict[str, str | int] = {"driver": _DRIVERS[kind], "database": unquote(name)}
    found["host"] = parts.hostname or "localhost"
    found |= {"port": parts.port} if parts.port else {}
    found |= {"user": unquote(parts.username)} if parts.username else {}
    return found | ({"password": unquote(parts.password)} if parts.password else {})
