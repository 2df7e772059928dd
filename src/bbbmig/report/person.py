"""What a person has in Pod of their recordings: lines and a CSV that can be sent to them, in English or French."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from bbbmig.domain.choices import Language
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.recording_state import RecordingState, Safety
from bbbmig.domain.spreadsheet_cells import safe_row
from bbbmig.report import language as write
from bbbmig.report import status_words as words
from bbbmig.report.show_lines import video_address
from bbbmig.report.status_sentence import recordings
from bbbmig.transfer.whole_file import opened

EN, FR = Language.EN, Language.FR
DELIMITER = ";"
COLUMNS: Mapping[Language, Sequence[str]] = {
    EN: ("title", "date", "hours", "state", "address"),
    FR: ("titre", "date", "heures", "état", "adresse"),
}
_THERE = {
    EN: ("{name}: {count}, {safe} of them in Pod"),
    FR: ("{name} : {count}, dont {safe} dans Pod"),
}


def cells(state: RecordingState, *, pod: str, language: Language) -> list[str]:
    """Return what is to be known of one recording: title, day, hours, what has become of it, where it is."""
    one = state.recording
    length = write.hours(state.length_s / 3600, language) if state.length_s else ""
    return [
        one_line(one.title) if one.title != one.record_id else words.UNTITLED[language],
        write.day(one.start, language) if one.start else "",
        length,
        words.WHY[state.why][language],
        video_address(state, pod) if state.safety in (Safety.SAFE, Safety.UNCLAIMED) else "",
    ]


def line(state: RecordingState, *, pod: str, language: Language) -> str:
    """Return the same in one line."""
    title, *rest = cells(state, pod=pod, language=language)
    return ", ".join(filter(None, (f"“{title}”" if language is EN else f"« {title} »", *rest)))


def summary(name: str, states: Iterable[RecordingState], language: Language) -> str:
    """Say how many recordings somebody has, and how many of them are in Pod."""
    states = list(states)
    safe = sum(state.safety in (Safety.SAFE, Safety.UNCLAIMED) for state in states)
    count = recordings(len(states), language)
    return _THERE[language].format(name=one_line(name), count=count, safe=write.number(safe, language))


def write_csv(path: Path, states: Iterable[RecordingState], *, pod: str, language: Language) -> None:
    """Write the CSV, with the mark by which spreadsheets know its encoding. Raise ConfigError if it cannot be."""
    with opened(path, encoding="utf-8-sig") as stream:
        rows = csv.writer(stream, delimiter=DELIMITER)
        rows.writerow(COLUMNS[language])
        rows.writerows(safe_row(cells(state, pod=pod, language=language)) for state in states)
