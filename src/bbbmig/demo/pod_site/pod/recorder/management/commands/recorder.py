"""`manage.py recorder checkDirectory`, as Pod's cron calls it."""

from django.core.management.base import BaseCommand, CommandParser
from pod.recorder.check_directory import check_directory


class Command(BaseCommand):
    """Look for dropped files."""

    def add_arguments(self, parser: CommandParser) -> None:
        """Take the name of the task."""
        parser.add_argument("task", choices=("checkDirectory",))

    def handle(self, **_: object) -> None:
        """Look once, and say what was found."""
        for line in check_directory():
            self.stdout.write(line)
