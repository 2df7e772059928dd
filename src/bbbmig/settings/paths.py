"""Where things are on this machine: the configuration file, and the folders that have a default.

systemd names folders in `$STATE_DIRECTORY`, `$CACHE_DIRECTORY`, `$LOGS_DIRECTORY` (systemd.exec, "Environment");
for people it is the XDG base directories.
"""

import grp
import pwd
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bbbmig.errors import ConfigError
from bbbmig.settings.sources import FILE_VARIABLE

SYSTEM_FILE = Path("/etc/bbbmig/config.toml")


def search_path(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Return the files that are looked for when none is named; the first that exists is read, and no other."""
    return (Path("bbbmig.toml"), _xdg(environ, "XDG_CONFIG_HOME", ".config") / "config.toml", SYSTEM_FILE)


def read_file(path: Path | None, environ: Mapping[str, str]) -> tuple[Path, bytes] | None:
    """Read the file that was named, by option or `$BBBMIG_CONFIG`, else the first of `search_path`; None without any.

    Raise ConfigError when a file that was named, or one that exists, cannot be read.
    """
    said = path or (Path(environ[FILE_VARIABLE]) if environ.get(FILE_VARIABLE) else None)
    for file in (said,) if said else search_path(environ):
        try:
            return file, file.read_bytes()
        except (FileNotFoundError, NotADirectoryError) as error:
            if said:
                source = "--config" if path else f"${FILE_VARIABLE}"
                raise ConfigError(f"{file} does not exist", hint=f"it was named by {source}") from error
        except OSError as error:
            hint = _who_may_read(file)
            raise ConfigError(f"{file} cannot be read: {error.strerror}", hint=hint) from error
    return None


def _who_may_read(file: Path) -> str:
    """Say how to run as somebody who may read a file, whose owner or group may be made for bbbmig."""
    try:
        about = file.stat()
        owner, group = pwd.getpwuid(about.st_uid).pw_name, grp.getgrgid(about.st_gid).gr_name
    except (OSError, KeyError):
        return "check that the user running bbbmig may read it"
    return f"it belongs to {owner}, group {group}: run bbbmig as one who may read it, as in sudo -u bbbmig bbbmig …"


def defaults(environ: Mapping[str, str]) -> dict[str, Any]:
    """Return the defaults that depend on the machine, nested like the file; sections without any are there, too."""
    cache = _systemd(environ, "CACHE_DIRECTORY") or _xdg(environ, "XDG_CACHE_HOME", ".cache")
    return {
        "bbb": {"cache_directory": cache},
        "pod": {},
        "recorder": {},
        "converter": {"directory": cache / "work"},
        "ledger": {"url": f"sqlite:///{_state(environ) / 'ledger.sqlite'}"},
        "log": {"file": log_file(environ)},
    }


def log_file(environ: Mapping[str, str]) -> Path:
    """Return the log file that `auto` means."""
    return (_systemd(environ, "LOGS_DIRECTORY") or _state(environ)) / "bbbmig.log"


def _state(environ: Mapping[str, str]) -> Path:
    return _systemd(environ, "STATE_DIRECTORY") or _xdg(environ, "XDG_STATE_HOME", ".local/state")


def _systemd(environ: Mapping[str, str], variable: str) -> Path | None:
    """Return the first of the folders that systemd names, with colons between."""
    first = environ.get(variable, "").partition(":")[0]
    return Path(first) if first else None


def _xdg(environ: Mapping[str, str], variable: str, below_home: str) -> Path:
    """Return our folder in an XDG base directory; a relative one is ignored, as the specification asks."""
    base = Path(environ.get(variable, ""))
    home = Path(environ.get("HOME") or Path("~").expanduser())
    return (base if base.is_absolute() else home / below_home) / "bbbmig"
