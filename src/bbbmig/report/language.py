"""Numbers, dates and plurals as English and French write them."""

from datetime import datetime

from bbbmig.domain.choices import Language

NO_BREAK = "\u00a0"
_THIN = "\u202f"
_THOUSANDS = {Language.EN: ",", Language.FR: _THIN}
_POINT = {Language.EN: ".", Language.FR: ","}
_MONTHS = {
    Language.EN: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
    Language.FR: [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
}
_DAYS = {
    Language.EN: ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"],
    Language.FR: ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"],
}
_FEW = 10.0
"""Below so many, a number of hours has a digit behind its point."""
_TINY = 0.05


def number(value: float, language: Language, *, digits: int = 0) -> str:
    """Write a number: 12,480 in English, 12 480 with a thin blank in French; `digits` behind the point."""
    text = f"{value:,.{digits}f}"
    return text.replace(",", "\0").replace(".", _POINT[language]).replace("\0", _THOUSANDS[language])


def is_one(value: float, language: Language) -> bool:
    """Tell whether a noun stands in the singular: French says 0 enregistrement, English 0 recordings."""
    return abs(value) < 2 if language is Language.FR else value == 1  # noqa: PLR2004 - grammar


def counted(value: int, forms: tuple[str, str], language: Language) -> str:
    """Write how many of something there are; `forms` are its singular and plural."""
    return f"{number(value, language)}{NO_BREAK}{forms[0] if is_one(value, language) else forms[1]}"


def hours(value: float, language: Language) -> str:
    """Write hours: 48 h, 3.5 h, 0.1 h; less than three minutes but more than nothing are <0.1 h."""
    if 0 < value < _TINY:
        return f"<{number(0.1, language, digits=1)}{NO_BREAK}h"
    digits = 1 if 0 < value < _FEW and round(value, 1) != round(value) else 0
    return f"{number(value, language, digits=digits)}{NO_BREAK}h"


def percent(part: float, whole: float, language: Language) -> str:
    """Write a share: 99.5 % is never 100 %, and 0.04 % is never 0 %."""
    share = 100 * part / whole if whole else 0.0
    rounded = round(share)
    if (rounded in (0, 100) and share != rounded) or (share != rounded and (share > 99 or share < 1)):  # noqa: PLR2004
        shown = min(max(share, 0.1), 99.9)
        text = number(shown, language, digits=1)
    else:
        text = number(rounded, language)
    return f"{text}{NO_BREAK}%" if language is Language.FR else f"{text}%"


def day(moment: datetime, language: Language, *, weekday: bool = False) -> str:
    """Write the day of a moment here: 13 June 2027, vendredi 13 juin 2027."""
    here = moment.astimezone()
    first = "1er" if here.day == 1 and language is Language.FR else str(here.day)
    name = f"{_DAYS[language][here.weekday()]} " if weekday else ""
    return f"{name}{first}{NO_BREAK}{_MONTHS[language][here.month - 1]} {here.year}"


def moment(moment: datetime, language: Language) -> str:
    """Write a moment here: 13 June 2027, 14:30; 13 juin 2027 à 14 h 30."""
    here = moment.astimezone()
    if language is Language.FR:
        return f"{day(moment, language)} à {here.hour}{NO_BREAK}h{NO_BREAK}{here.minute:02d}"
    return f"{day(moment, language)}, {here:%H:%M}"
