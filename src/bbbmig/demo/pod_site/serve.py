"""Start the sample Pod in this process: `python -m pod_site.serve --directory DIRECTORY …`.

Once it answers, `ready.json` in the directory has {"url", "pid", "tokens": {user name: token}, "recorder": path}.
It ends when its standard input does, so that it cannot outlive whoever started it, unless that is /dev/null.
"""

import argparse
import json
import os
import secrets
import signal
import sys
import threading
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


def main() -> None:
    """Read the command line, set up Django, serve."""
    parser = argparse.ArgumentParser(description="a sample Esup-Pod, on this machine only")
    parser.add_argument("--directory", type=Path, required=True, help="where everything that it writes goes")
    parser.add_argument("--port", type=int, default=0, help="default: a free one")
    parser.add_argument("--database", default="", help="mysql://… or postgresql://…; default: SQLite in the directory")
    parser.add_argument("--end-with-stdin", action="store_true", help="end as soon as standard input does")
    options = parser.parse_args()
    directory = options.directory.absolute()
    for folder in ("recorder/bbb", "media", "custom"):
        (directory / folder).mkdir(parents=True, exist_ok=True)
    os.environ.update(
        SAMPLE_POD_DIRECTORY=str(directory),
        SAMPLE_POD_DATABASE=options.database,
        DJANGO_SETTINGS_MODULE="pod.settings",
    )
    sys.path.insert(0, str(HERE))
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    if options.end_with_stdin:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    serve(directory, options.port)


def _end_with_stdin() -> None:
    """Wait for the end of standard input, then end."""
    sys.stdin.buffer.read()
    os._exit(0)


def serve(directory: Path, port: int) -> None:
    """Make the tables and rows if there are none, listen, say so, answer for ever."""
    import django  # noqa: PLC0415 - Django reads its settings when it is imported

    django.setup()
    from django.core.wsgi import get_wsgi_application  # noqa: PLC0415

    from .control import Control  # noqa: PLC0415 - as above
    from .http_server import make_server  # noqa: PLC0415

    tokens = prepare()
    server = make_server(port, Control(get_wsgi_application(), tokens))
    ready: dict[str, Any] = {
        "url": f"http://127.0.0.1:{server.server_address[1]}",
        "pid": os.getpid(),
        "tokens": tokens,
        "recorder": str(directory / "recorder" / "bbb"),
    }
    part = directory / "ready.json.part"
    part.write_text(json.dumps(ready), encoding="utf-8")
    part.rename(directory / "ready.json")
    server.serve_forever()


def prepare() -> dict[str, str]:
    """Make tables and rows in a new database; give everybody's token."""
    from django.contrib.auth.models import User  # noqa: PLC0415 - after django.setup()
    from django.core.management import call_command  # noqa: PLC0415
    from django.db import connection  # noqa: PLC0415
    from rest_framework.authtoken.models import Token  # noqa: PLC0415

    from .http_server import tune_sqlite  # noqa: PLC0415
    from .seed import seed  # noqa: PLC0415

    tune_sqlite()
    if User._meta.db_table not in connection.introspection.table_names():  # noqa: SLF001 - Django's interface
        call_command("migrate", run_syncdb=True, verbosity=0)
    if not User.objects.exists():
        seed({name: secrets.token_hex(20) for name in ("admin", "stu", "staffonly")})
    return dict(Token.objects.values_list("user__username", "key"))


if __name__ == "__main__":
    main()
