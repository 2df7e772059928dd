"""Figures of the last run of each command, as Prometheus reads them (the textfile collector of its node exporter).

https://prometheus.io/docs/instrumenting/exposition_formats/
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile
from prometheus_client.parser import text_string_to_metric_families

from bbbmig.domain.run_news import Event, RunNews
from bbbmig.errors import ConfigError

_HELP = {
    "bbbmig_run_began_timestamp_seconds": "When the last run of a command began",
    "bbbmig_run_ended_timestamp_seconds": "When the last run of a command ended",
    "bbbmig_run_succeeded_timestamp_seconds": "When a run of a command ended with exit code 0",
    "bbbmig_run_seconds": "How long the last run of a command took",
    "bbbmig_run_exit_code": "The exit code of the last run of a command",
    "bbbmig_run_recordings": "Recordings of the last run of a command, by what came out",
    "bbbmig_state_recordings": "Recordings of the old server, by how safe they are in Pod",
    "bbbmig_state_hours": "Hours of recordings of the old server, by how safe they are in Pod",
}
_SUCCEEDED = "bbbmig_run_succeeded_timestamp_seconds"


class _Sample(NamedTuple):
    """One line of the file."""

    name: str
    labels: dict[str, str]
    value: float


def write_metrics(file: Path, news: RunNews) -> None:
    """Put the figures of this run in place of those of the last one of this command; those of others stay.

    The file appears whole, and is readable for everybody: it names nobody. Raise ConfigError if it cannot be written,
    or is not such a file.
    """
    if news.event is Event.START:
        return
    try:
        kept = [one for one in _read(file) if not _replaced(one, news)]
        registry, gauges = CollectorRegistry(), dict[str, Gauge]()
        for name, labels, value in [*kept, *_samples(news)]:
            if name not in gauges:
                gauges[name] = Gauge(name, _HELP.get(name, name), sorted(labels), registry=registry)
            gauges[name].labels(**labels).set(value)
        write_to_textfile(str(file), registry)
    except (OSError, ValueError) as error:
        said = error.strerror if isinstance(error, OSError) else f"it holds something else ({error})"
        raise ConfigError(f"cannot write {file}: {said}", hint="[notify] metrics_file, --metrics-file") from error


def _replaced(one: _Sample, news: RunNews) -> bool:
    """Tell whether this run says it anew."""
    if one.labels.get("server") != news.server:
        return False
    if "state" in one.labels:
        return bool(news.states)
    return one.labels.get("command") == news.command and (one.name != _SUCCEEDED or news.event is Event.SUCCESS)


def _samples(news: RunNews) -> Iterator[_Sample]:
    """Yield the figures of a run that has ended."""
    of = {"command": news.command, "server": news.server}
    began = news.began.timestamp()
    yield _Sample("bbbmig_run_began_timestamp_seconds", of, began)
    yield _Sample("bbbmig_run_ended_timestamp_seconds", of, began + news.seconds)
    yield _Sample("bbbmig_run_seconds", of, round(news.seconds, 3))
    yield _Sample("bbbmig_run_exit_code", of, int(news.exit_code))
    if news.event is Event.SUCCESS:
        yield _Sample(_SUCCEEDED, of, began + news.seconds)
    for status, count in news.counts.items():
        yield _Sample("bbbmig_run_recordings", {**of, "status": status}, count)
    for state, (count, hours) in news.states.items():
        yield _Sample("bbbmig_state_recordings", {"server": news.server, "state": state}, count)
        yield _Sample("bbbmig_state_hours", {"server": news.server, "state": state}, round(hours, 3))


def _read(file: Path) -> list[_Sample]:
    """Read the lines of a file of ours; none if there is no file."""
    text = file.read_text(encoding="utf-8") if file.exists() else ""
    found = [_Sample(*one[:3]) for family in text_string_to_metric_families(text) for one in family.samples]
    if any(one.name not in _HELP for one in found):
        raise ValueError("figures of another program")
    return found
