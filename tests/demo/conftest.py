"""The demo, as a user runs it."""

from tests.commands.conftest import environment

__all__ = ["environment"]
