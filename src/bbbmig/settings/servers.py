"""The sections about servers: BigBlueButton, Pod with its recorder, and each Moodle."""

from pathlib import PurePosixPath
from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator

from bbbmig.domain.database_names import IDENTIFIER, QUALIFIED, TABLE_PREFIX, Driver
from bbbmig.domain.username_rule import Case, UserField
from bbbmig.settings.database_section import DatabaseSection
from bbbmig.settings.field_types import (
    Hosts,
    Key,
    LocalPath,
    Mode,
    PathOrNone,
    Pattern,
    RemoteDirectory,
    Seconds,
    Section,
    Text,
    WebAddress,
    WebAddressOrNone,
)


class BbbSection(Section):
    """`[bbb]`: the BigBlueButton or Scalelite that is to be emptied."""

    url: WebAddress = Field(
        description="Address of the server; `/bigbluebutton` and `/api`, as `bbb-conf --secret` prints, may be left out"
    )
    secret: Key = Field(description="The server's shared secret, as `bbb-conf --secret` prints it")
    checksum: Literal["auto", "sha1", "sha256", "sha384", "sha512"] = Field(
        default="auto", description="How calls are signed; `auto` tries until the server accepts one"
    )
    ignored_servers: Hosts = Field(
        default=(),
        description="Host names in `bbb-origin-server-name` whose recordings are left alone (no Moodle of yours)",
    )
    hosts: Hosts = Field(
        default=(),
        description="Other hosts with files of this server, also internal ones, such as `media.univ.fr` or "
        "`10.0.0.5:8443`; hosts that many recordings name are asked without, at public addresses only",
    )
    playback_url: Literal["auto", "2.0", "2.3"] = Field(
        default="auto",
        description="Form of presentations' addresses given to Pod, where it answers; `auto` keeps them as they are "
        "if Pod knows their form",
    )
    playback_base: WebAddressOrNone = Field(
        default="",
        description="Address of the server that plays the mirror (`bbbmig print nginx`), such as "
        "`https://bbb-archive.univ.fr`: links in Pod get it instead of the old server's; empty: they do not",
    )
    offline: bool = Field(
        default=False,
        description="Ask the old server for nothing: every command works with the mirror, its list included",
    )
    timeout_s: Seconds = Field(default=240.0, description="Longest silence while the server makes its list")
    connect_timeout_s: Seconds = Field(default=10.0, description="Longest wait for a connection")
    ca_file: PathOrNone = Field(
        default=None,
        description="PEM file of the authority that signed its certificate, if the system does not know it",
        json_schema_extra={"default": "none"},
    )
    connections: Annotated[int, Field(ge=1, le=8)] = Field(
        default=2,
        description="Calls at a time while the server is listed in parts: a Scalelite has three threads for all",
    )
    cache_directory: LocalPath = Field(
        description="Where `--cache` keeps the server's replies",
        json_schema_extra={"default": "`$CACHE_DIRECTORY`, or `~/.cache/bbbmig`"},
    )


class PodSection(Section):
    """`[pod]`: the Esup-Pod that receives."""

    url: WebAddress = Field(description="Address of Pod")
    token: Key = Field(description="REST token of a Pod user with staff rights (Pod's administration, *Tokens*)")
    administrator: Text = Field(description="User name in Pod of whoever gets recordings whose owner is not known")
    site: str = Field(
        default="", description="Domain of the site in Pod that receives, if Pod has several; empty: Pod's default"
    )
    timeout_s: Seconds = Field(default=120.0, description="Longest silence of Pod")
    patience_s: Annotated[float, Field(ge=0, allow_inf_nan=False)] = Field(
        default=120.0,
        description="How long `import-links`, `claim` and `publish` wait for a Pod that is being restarted (it refuses "
        "connections, or its proxy answers 502 or 503) before they end with exit code 5",
    )
    connect_timeout_s: Seconds = Field(default=10.0, description="Longest wait for a connection")
    ca_file: PathOrNone = Field(
        default=None,
        description="PEM file of the authority that signed its certificate, if the system does not know it",
        json_schema_extra={"default": "none"},
    )
    create_users: bool = Field(default=True, description="Create owners whom Pod does not know yet")
    make_staff: bool = Field(
        default=True, description="Give owners staff rights; without them Pod does not show them *My external videos*"
    )


class RecorderSection(Section):
    """`[recorder]`: the recorder in Pod whose directory receives video files."""

    id: int = Field(ge=1, description="The recorder's number in Pod's administration")
    directory: LocalPath = Field(description="The recorder's directory as this machine sees it")
    pod_directory: RemoteDirectory = Field(
        default_factory=lambda data: PurePosixPath(data.get("directory", "/")),
        validate_default=True,
        description="The same directory as Pod sees it",
        json_schema_extra={"default": "that of `directory`"},
    )
    mode: Mode = Field(
        default=0o644,
        description="Rights of the files, octal and in quotes; Pod must be able to read and move them",
        json_schema_extra={"default": '`"0644"`'},
    )
    owner: str = Field(default="", description="User who is to own the files; empty: whoever runs bbbmig")
    group: str = Field(default="", description="Group that is to own the files; empty: that of the directory's rules")

    @field_validator("pod_directory")
    @classmethod
    def _short_enough(cls, path: PurePosixPath) -> PurePosixPath:
        """Leave room for a readable name: Pod keeps paths of at most 200 characters.

        docs/facts/pod-rest.md#files-of-a-recorder
        """
        if len(str(path)) > 150:  # noqa: PLR2004 - leaves a name of 49
            raise ValueError("must be at most 150 characters long, since Pod takes paths of 200 with the file's name")
        return path


class NamesSection(Section):
    """`[moodle.NAME.names]`: from people of Moodle to user names in Pod."""

    field: UserField = Field(
        default=UserField.USERNAME, description="Field of Moodle's users: `username`, `idnumber` or `email`"
    )
    pattern: Pattern = Field(
        default="",
        description="Regular expression that the whole field must match; its first group is the name. Empty: all of it",
    )
    case: Case = Field(default=Case.KEEP, description="What becomes of capitals: `keep`, `lower` or `upper`")


class NoticeSection(Section):
    """`[moodle.NAME.notice]`: the message in Moodle's activities."""

    enabled: bool = Field(default=False, description="Add the message with `import-links`, not only by `moodle-notice`")
    user: str = Field(default="", description="Database account that may write the message (docs/moodle.md)")
    password: SecretStr = Field(default=SecretStr(""), description="Its password")
    html: str = Field(
        default="", description="The message, in HTML; `{pod}`, `{migrated}` and `{closes}` in it are replaced"
    )
    migrated: str = Field(default="", description="What stands for `{migrated}`: when recordings were moved, in words")
    closes: str = Field(default="", description="What stands for `{closes}`: until when the old server answers")


class MoodleSection(DatabaseSection):
    """`[moodle.NAME]`: one Moodle's database."""

    driver: Driver = Field(description="Kind of database; `mysql` for MariaDB, too; `sqlite` for the demo")
    database: Text = Field(description="Name of the database; for `sqlite` the path of the file")
    user: str = Field(default="", description="Account that may read (docs/moodle.md)")
    prefix: Annotated[str, Field(pattern=f"^{TABLE_PREFIX}$")] = Field(
        default="mdl_", description="Moodle's `$CFG->prefix`"
    )
    schema_: Annotated[str, Field(pattern=f"^({IDENTIFIER})?$")] = Field(
        default="", alias="schema", description="PostgreSQL: Moodle's `$CFG->dboptions['dbschema']`, if not `public`"
    )
    config_view: Annotated[str, Field(pattern=f"^({QUALIFIED})?$")] = Field(
        default="bbbmig_config",
        description="View that shows the few settings of Moodle that are needed: "
        "`bbbmig_view.bbbmig_config` where docs/grants made it",
    )
    origin_servers: Hosts = Field(
        default=(), description="Host names of this Moodle, as recordings carry them in `bbb-origin-server-name`"
    )
    default_moderators: str | None = Field(
        default=None,
        description='Who is moderator where a teacher did not say, for example `"0,3"` (docs/moodle.md)',
        json_schema_extra={"default": "what the database says"},
    )
    most_moderators: int = Field(
        default=20, ge=1, description='Most owners of one recording; a rule that names more means "everybody"'
    )
    inherited_roles: bool = Field(
        default=False, description="Let roles in categories and the whole site count for people not seen in the session"
    )
    names: NamesSection = NamesSection()
    notice: NoticeSection = NoticeSection()
