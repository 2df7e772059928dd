"""Who does not look gets news: the start and the end of runs, as `[notify]` and `--metrics-file` say."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from bbbmig.domain.choices import Language
from bbbmig.domain.run_news import Event, RunNews
from bbbmig.errors import BbbmigError, ExitCode
from bbbmig.report import news_words
from bbbmig.report.messages import Check, Level
from bbbmig.settings.notify_section import NotifySection
from bbbmig.transfer.whole_file import ensure_writable

log = logging.getLogger(__name__)

_Way = tuple[str, Callable[[RunNews], None]]


@dataclass(kw_only=True)
class Notifier:
    """Tells of one run. What cannot be told is a warning: it never changes how the run ends."""

    command: str
    server: str
    section: NotifySection
    metrics_file: Path | None = None
    began: datetime = field(default_factory=lambda: datetime.now(UTC))
    clock: float = field(default_factory=time.monotonic)

    def start(self) -> None:
        """Tell that the run begins."""
        self._tell(self._news(Event.START))

    def end(
        self,
        exit_code: ExitCode,
        *,
        counts: Mapping[str, int],
        states: Mapping[str, tuple[int, float]],
        words: str,
        troubles: Sequence[str],
    ) -> None:
        """Tell how it ended."""
        event = Event.SUCCESS if exit_code is ExitCode.DONE else Event.FAILURE
        seconds = time.monotonic() - self.clock
        news = replace(self._news(event), seconds=seconds, exit_code=exit_code, counts=counts, states=states)
        self._tell(replace(news, words=words, troubles=tuple(troubles)))

    def checks(self) -> Iterator[Check]:
        """Send a test by every way that is configured; yield how that went."""
        news = replace(self._news(Event.SUCCESS), words="bbbmig check --notify")
        for place, send in self._ways(is_test=True):
            try:
                send(news)
            except BbbmigError as error:
                yield Check(
                    place="Notify", level=Level.WRONG, what=error.message, hint=error.hint, exit_code=error.exit_code
                )
            else:
                yield Check(place="Notify", level=Level.OK, what=f"a test went to {place}")

    def _tell(self, news: RunNews) -> None:
        for place, send in self._ways():
            try:
                send(news)
            except BbbmigError as error:
                log.warning("no news went to %s: %s (%s)", place, error.message, error.hint)

    def _ways(self, *, is_test: bool = False) -> Iterator[_Way]:
        """Yield the ways that are configured; a test leaves figures alone, and is always mailed."""
        url, metrics = self.section.url.get_secret_value(), self.metrics_file or self.section.metrics_file
        if url:
            yield self._by_watcher(url)
        if self.section.mail_to:
            yield self._by_mail(always=is_test or self.section.mail_when == "always")
        if metrics is not None and is_test:
            yield str(metrics), lambda _: ensure_writable(metrics)
        elif metrics is not None:
            yield str(metrics), lambda news: _write_metrics(metrics, news)

    def _by_watcher(self, url: str) -> _Way:
        from bbbmig.notify.watcher import Watcher

        watcher = Watcher(url, self.section.style, token=self.section.url_token.get_secret_value())
        language = Language(self.section.language)

        def send(news: RunNews) -> None:
            title, text = news_words.subject(news, language), news_words.text(news, language)
            watcher.tell(news, title=title, text=f"{title}\n{text}" if self.section.style == "healthchecks" else text)

        return watcher.host, send

    def _by_mail(self, *, always: bool) -> _Way:
        from bbbmig.notify.mail import Mailer

        section, language = self.section, Language(self.section.language)
        mailer = Mailer(
            by=section.mail_by,
            sender=section.mail_from or section.mail_to[0],
            recipients=section.mail_to,
            password=section.mail_password.get_secret_value(),
        )

        def send(news: RunNews) -> None:
            if news.event is Event.FAILURE or (always and news.event is Event.SUCCESS):
                mailer.send(news_words.subject(news, language), news_words.text(news, language))

        return ", ".join(section.mail_to), send

    def _news(self, event: Event) -> RunNews:
        from bbbmig.notify.watcher import this_host

        return RunNews(event=event, command=self.command, server=self.server, host=this_host(), began=self.began)


def _write_metrics(file: Path, news: RunNews) -> None:
    from bbbmig.notify.metrics import write_metrics

    write_metrics(file, news)
