"""What people read of a run that they did not look at: the subject and the text of a mail or a message."""

from collections.abc import Iterator

from bbbmig.domain.choices import Language
from bbbmig.domain.plain_text import one_line
from bbbmig.domain.run_news import MOST_TROUBLES, Event, RunNews
from bbbmig.errors import ExitCode
from bbbmig.masking import masked
from bbbmig.report.language import number

_HEADS = {
    Language.EN: {
        Event.START: "{command} has begun",
        Event.SUCCESS: "{command}: all is well",
        Event.FAILURE: "{command}: {why}",
    },
    Language.FR: {
        Event.START: "{command} a commencé",
        Event.SUCCESS: "{command} : tout va bien",
        Event.FAILURE: "{command} : {why}",
    },
}
_WHY = {
    Language.EN: {
        ExitCode.BUG: "a bug in bbbmig, please report it",
        ExitCode.PARTIAL: "somebody should have a look",
        ExitCode.CONFIG: "settings or this machine are not right",
        ExitCode.REMOTE_FAILED: "a server failed for now",
        ExitCode.REMOTE_REFUSED: "a server refused, somebody must act",
        ExitCode.LOCKED: "another run was at work",
        ExitCode.INTERRUPTED: "it was interrupted",
        ExitCode.TERMINATED: "it was stopped",
    },
    Language.FR: {
        ExitCode.BUG: "un bogue de bbbmig, merci de le signaler",
        ExitCode.PARTIAL: "quelqu'un devrait y jeter un œil",
        ExitCode.CONFIG: "un réglage, ou cette machine, ne convient pas",
        ExitCode.REMOTE_FAILED: "un serveur ne répond pas pour le moment",
        ExitCode.REMOTE_REFUSED: "un serveur refuse, quelqu'un doit agir",
        ExitCode.LOCKED: "une autre exécution était en cours",
        ExitCode.INTERRUPTED: "interrompu",
        ExitCode.TERMINATED: "arrêté",
    },
}
_WORDS = {
    Language.EN: {
        "server": "Old server",
        "host": "Machine",
        "began": "Begun",
        "took": "Took",
        "minutes": "min",
        "counts": "Recordings",
        "states": "In Pod",
        "hours": "h",
        "troubles": "What to look at",
        "more": "and others: bbbmig status names them",
        "end": "Last line",
    },
    Language.FR: {
        "server": "Ancien serveur",
        "host": "Machine",
        "began": "Début",
        "took": "Durée",
        "minutes": "min",
        "counts": "Enregistrements",
        "states": "Dans Pod",
        "hours": "h",
        "troubles": "À regarder",
        "more": "et d'autres : bbbmig status les nomme",
        "end": "Dernière ligne",
    },
}
_STATES = {
    Language.FR: {
        "done": "faits",
        "planned": "prévus",
        "skipped": "laissés",
        "failed": "échoués",
        "postponed": "remis à plus tard",
        "safe_with_owner": "à l'abri, chez son propriétaire",
        "safe_unclaimed": "à l'abri, à revendiquer",
        "given_up": "abandonnés",
        "link_only": "un lien seulement",
        "not_started_or_unknown": "pas encore",
    }
}


def subject(news: RunNews, language: Language) -> str:
    """Return a line that says which command of which server it is, and how it went."""
    why = _WHY[language].get(news.exit_code, "")
    return f"bbbmig {_HEADS[language][news.event].format(command=news.command, why=why)} ({news.server})"


def text(news: RunNews, language: Language) -> str:
    """Return the lines below it, without secrets and control characters."""
    return "\n".join(one_line(masked(line)) if line else "" for line in _lines(news, language)) + "\n"


def _lines(news: RunNews, language: Language) -> Iterator[str]:
    words, colon = _WORDS[language], " : " if language is Language.FR else ": "
    yield f"{words['server']}{colon}{news.server}"
    yield f"{words['host']}{colon}{news.host}"
    yield f"{words['began']}{colon}{news.began.astimezone():%Y-%m-%d %H:%M}"
    if news.event is Event.START:
        return
    yield f"{words['took']}{colon}{number(news.seconds / 60, language, digits=1)} {words['minutes']}"
    names = _STATES.get(language, {})
    for key, named in (("counts", news.counts), ("states", {name: count for name, (count, _) in news.states.items()})):
        if shown := {name: count for name, count in named.items() if count}:
            of = {name: news.states[name][1] for name in shown if name in news.states}
            yield f"{words[key]}{colon}" + ", ".join(
                f"{names.get(name, name.replace('_', ' '))} {number(count, language)}"
                + (f" ({number(of[name], language)} {words['hours']})" if name in of else "")
                for name, count in shown.items()
            )
    yield f"{words['end']}{colon}{news.words}"
    if news.troubles:
        yield ""
        yield f"{words['troubles']}{colon}".rstrip()
        yield from (f"- {line}" for line in news.troubles)
        if len(news.troubles) >= MOST_TROUBLES:
            yield f"- {words['more']}"
