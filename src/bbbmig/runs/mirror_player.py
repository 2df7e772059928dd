"""`mirror --player`: the player put where old addresses look for it."""

from pathlib import Path

from bbbmig.errors import ConfigError
from bbbmig.mirror.fetching import Fetching
from bbbmig.mirror.mirror import Mirror
from bbbmig.mirror.player import PATH, fetch_player, install_player
from bbbmig.runs.run import Run
from bbbmig.transfer.small_file import SmallFiles

FILE_TIMEOUT_S = 60.0
"""The longest silence of a server that sends a small file."""
FROM_SERVER = "server"


def put_player(run: Run, mirror: Mirror, source: str) -> None:
    """Put a build of bbb-playback in place, or that of the old server. Raise ConfigError, RemoteError, MachineError."""
    if source != FROM_SERVER:
        count = install_player(mirror.places, Path(source))
    else:
        if run.settings.bbb.offline:
            raise ConfigError("bbb.offline is set: the old server's player cannot be had", hint="--player DIR")
        fetching = Fetching(
            small=small_files(run),
            downloader=run.adapters.downloader,
            base=run.adapters.hosts.on_server(f"/{PATH}/"),
            cookies={},
            parts=mirror.places.parts,
            owner="player",
            stop=run.adapters.stop,
        )
        count = fetch_player(mirror.places, fetching)
    run.report.text(f"the player: {count} files in {mirror.places.directory / PATH}", player=count)


def small_files(run: Run) -> SmallFiles:
    """Put together what asks for small files."""
    adapters = run.adapters
    small = SmallFiles(
        lambda: adapters.hosts.trusted,
        adapters.downloader.throttle,
        timeout_s=FILE_TIMEOUT_S,
        connect_timeout_s=adapters.settings.bbb.connect_timeout_s,
    )
    adapters.callback(small.close)
    return small
