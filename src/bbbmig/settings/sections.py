"""All sections of the configuration, and the catalogue of their keys."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from bbbmig.settings.keys import Catalogue
from bbbmig.settings.local_sections import (
    ChooseSection,
    ConverterSection,
    LedgerSection,
    LogSection,
    MirrorSection,
    OwnersSection,
    PublishSection,
    QueueSection,
)
from bbbmig.settings.notify_section import NotifySection
from bbbmig.settings.owner_tables import GreenlightSection, TableSection
from bbbmig.settings.servers import BbbSection, MoodleSection, PodSection, RecorderSection
from bbbmig.settings.sources import Layer

EVERY = "all"
"""What `--owners-from` takes for every section: no section may be called so."""


def _named(what: str, option: str) -> AfterValidator:
    """Return what checks the names of sections of one kind."""

    def check(name: str) -> str:
        if re.fullmatch(r"[a-z0-9]+(_[a-z0-9]+)*", name) is None:
            raise ValueError(f"the name of {what} must be made of small letters, digits and single underscores")
        if name == EVERY:
            raise ValueError(f"must be another name, since {option} all means every one")
        return name

    return AfterValidator(check)


MoodleName = Annotated[str, _named("a Moodle", "--moodle")]
GreenlightName = Annotated[str, _named("a Greenlight", "--owners-from")]
TableName = Annotated[str, _named("a table", "--owners-from")]
"""A name must fit into that of an environment variable."""


class Sections(BaseSettings):
    """The whole configuration, merged by pydantic-settings from layers, the strongest first; nothing else is read."""

    model_config = SettingsConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    bbb: BbbSection | None = None
    pod: PodSection | None = None
    recorder: RecorderSection | None = None
    moodle: dict[MoodleName, MoodleSection] = Field(default_factory=dict)
    greenlight: dict[GreenlightName, GreenlightSection] = Field(default_factory=dict)
    table: dict[TableName, TableSection] = Field(default_factory=dict)
    mirror: MirrorSection = MirrorSection()
    converter: ConverterSection
    choose: ChooseSection = ChooseSection()
    publish: PublishSection = PublishSection()
    owners: OwnersSection = OwnersSection()
    ledger: LedgerSection
    queue: QueueSection = QueueSection()
    log: LogSection = LogSection()
    notify: NotifySection = NotifySection()

    def __init__(self, *layers: Layer) -> None:
        """Merge the layers. Raise pydantic's ValidationError with all that is missing or wrong."""
        super().__init__(layers=layers)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read our layers only: pydantic's own sources do not tell where a value stood, nor of unknown names."""
        del settings_cls, env_settings, dotenv_settings, file_secret_settings
        layers: tuple[Layer, ...] = init_settings()["layers"]
        return layers


CATALOGUE = Catalogue(Sections)
