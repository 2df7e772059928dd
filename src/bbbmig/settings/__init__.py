"""The settings: read from the environment, systemd's credentials and a TOML file, or given by a program, and checked.

Commands get them; adapters get plain values.
"""

from bbbmig.settings.loading import load
from bbbmig.settings.local_sections import ConverterSection, LedgerSection, LogSection, OwnersSection, PublishSection
from bbbmig.settings.owner_tables import AccountNamesSection, GreenlightSection, TableSection
from bbbmig.settings.servers import BbbSection, MoodleSection, NoticeSection, PodSection, RecorderSection
from bbbmig.settings.settings import Settings

__all__ = [
    "AccountNamesSection",
    "BbbSection",
    "ConverterSection",
    "GreenlightSection",
    "LedgerSection",
    "LogSection",
    "MoodleSection",
    "NoticeSection",
    "OwnersSection",
    "PodSection",
    "PublishSection",
    "RecorderSection",
    "Settings",
    "TableSection",
    "load",
]
