"""The answer to "may we switch it off?", in one of three sentences."""

from bbbmig.domain.choices import Language
from bbbmig.domain.recording_state import Safety
from bbbmig.domain.status import ServerStatus, Verdict
from bbbmig.report import language as write
from bbbmig.report import status_words as words


def answer(status: ServerStatus, language: Language) -> str:
    """Return the answer in one sentence."""
    match status.verdict:
        case Verdict.YES:
            given_up = status.classes[Safety.GIVEN_UP].count
            given = words.GIVEN[language][not write.is_one(given_up, language)] if given_up else ""
            return words.YES[language].format(
                kept=recordings(status.kept.count, language),
                given=given.format(number=write.number(given_up, language)),
            )
        case Verdict.NOT_YET:
            lost = status.lost
            said = words.NOT_YET[language][not write.is_one(lost.count, language)]
            return said.format(lost=recordings(lost.count, language), hours=write.hours(lost.hours, language)) + _pace(
                status, language
            )
        case Verdict.CANNOT_SAY:
            return _cannot_say(status, language)


def _pace(status: ServerStatus, language: Language) -> str:
    if status.ready_on is None:
        return ""
    return words.PACE[language].format(day=write.day(status.ready_on, language, weekday=True))


def _cannot_say(status: ServerStatus, language: Language) -> str:
    unsure = status.unsure.count
    if unsure:
        return words.CANNOT_SAY[language].format(unsure=recordings(unsure, language))
    if not status.states:
        return words.NOTHING_LISTED[language]
    return words.LIST_NOT_WHOLE[language].format(lost=write.number(status.facts.lost, language))


def recordings(count: int, language: Language) -> str:
    """Write how many recordings: "1 recording", "12,480 recordings"."""
    return write.counted(count, words.RECORDINGS[language], language)
