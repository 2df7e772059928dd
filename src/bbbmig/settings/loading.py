"""Read every place, merge them, and say everything that is wrong at once."""

import logging
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bbbmig.settings.keys import OLD_NAMES, KeyPath, environment_name
from bbbmig.settings.paths import defaults, log_file, read_file, search_path
from bbbmig.settings.problems import Explainer, not_valid
from bbbmig.settings.sections import CATALOGUE, Sections
from bbbmig.settings.settings import Settings
from bbbmig.settings.sources import (
    SECRETS_VARIABLE,
    Layer,
    SettingProblem,
    from_defaults,
    from_environment,
    from_overrides,
    from_secrets,
    from_toml,
)

log = logging.getLogger(__name__)

_READ_BY_OTHERS = 0o004


def load(
    path: Path | None = None,
    *,
    overrides: Mapping[str, object] | None = None,
    environ: Mapping[str, str] | None = None,
) -> Settings:
    """Read the settings from the caller, the environment, the secrets directory and a file, strongest first.

    `overrides` maps dotted keys ("bbb.timeout_s") to values; None is ignored. Without `path` the file is looked for
    as docs/configuration.md says, and there need not be one. Raise ConfigError with everything that is wrong: keys
    that do not exist, values that cannot be right. Keys that are only missing are told by `Settings.need`.
    """
    environ = os.environ if environ is None else environ
    problems: list[SettingProblem] = []
    layers = [
        from_overrides(overrides or {}),
        from_environment(environ, CATALOGUE, problems),
        from_secrets(environ, CATALOGUE, problems),
    ]
    read = read_file(path, environ)
    if read is not None:
        layers.append(from_toml(*read))
        _warn_if_open(read[0], layers[-1])
    _warn_of_old_names(environ)
    log_asked = False
    for layer in layers:
        if (found := layer.find(("log", "file"))) is not None:
            log_asked |= found[0] != "auto"
            if found[0] == "auto":
                layer.values["log"]["file"] = log_file(environ)
    sections, missing = _merged([*layers, from_defaults(defaults(environ))], problems)
    file = read[0] if read else None
    log.debug("settings: %s", file or "no configuration file")
    return Settings(sections, file=file, missing=missing, places=_places(file, environ), log_asked=log_asked)


def _merged(layers: Sequence[Layer], problems: Sequence[SettingProblem]) -> tuple[Sections, list[KeyPath]]:
    """Return the sections that are complete, and the keys that the others lack. Raise ConfigError for any problem."""
    explainer = Explainer(CATALOGUE, layers)
    missing: list[KeyPath] = []
    wrong: list[SettingProblem] = []
    try:
        sections = Sections(*layers)
    except ValidationError as error:
        missing, wrong = explainer.missing(error), explainer.wrong(error)
    if problems or wrong:
        begun = [key for key in missing if any(layer.find(key[:-1]) for layer in layers[:-1])]
        raise not_valid(
            [*problems, *wrong, *(SettingProblem(".".join(key), "missing", environment_of(key)) for key in begun)]
        )
    if missing:
        for layer in layers:
            for key in missing:
                _drop(layer.values, key[:-1])
        sections = Sections(*layers)
    return sections, missing


def environment_of(key: KeyPath) -> str:
    """Name the first place where a missing key may be given."""
    return f"for example {environment_name('.'.join(key))}"


def _drop(values: dict[str, Any], section: KeyPath) -> None:
    """Take a section out."""
    *above, last = section
    for step in above:
        values = values.get(step, {})
    values.pop(last, None)


def _places(file: Path | None, environ: Mapping[str, str]) -> list[str]:
    """Say where settings were looked for."""
    secrets = environ.get(SECRETS_VARIABLE)
    return [
        "the environment",
        f"the secrets directory {secrets}" if secrets else f"no secrets directory (${SECRETS_VARIABLE})",
        str(file) if file else f"no file, since none of {', '.join(map(str, search_path(environ)))} exists",
    ]


def _warn_if_open(file: Path, layer: Layer) -> None:
    """Warn of a file that holds secrets and that everybody on this machine may read."""
    try:
        readable = file.stat().st_mode & _READ_BY_OTHERS
    except OSError:  # gone since it was read
        return
    secrets = [".".join(path) for path, value in layer.leaves() if CATALOGUE.is_secret(path) and _holds_one(value)]
    if readable and secrets:
        names = ", ".join(secrets)
        log.warning("%s holds %s and can be read by everybody on this machine: chmod o-r %s", file, names, file)


def _holds_one(value: object) -> bool:
    """Tell whether a value is a secret: not an empty one, nor an address without a password."""
    return bool(value) and ("://" not in str(value) or "@" in str(value))


def _warn_of_old_names(environ: Mapping[str, str]) -> None:
    """Warn of settings of the old script in the environment: they are not read."""
    for name in sorted(environ.keys() & OLD_NAMES.keys()):
        log.warning("%s in the environment is not read: use %s", name, environment_name(OLD_NAMES[name]))
