"""Every key of the settings, read off the models: for messages, for guesses at what was meant, for the documents."""

import difflib
import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from bbbmig.settings.field_types import is_secret

KeyPath = tuple[str, ...]
"""The steps of a key: `("pod", "token")` for `token` in `[pod]`."""

PREFIX = "BBBMIG_"
ANY = "NAME"
"""Stands for the name that a section of an owner source has."""
NAMED = ("moodle", "greenlight", "table")
"""Kinds of sections of which there may be many."""

OLD_NAMES = {
    "SCRIPT_BBB_SERVER_URL": "bbb.url",
    "SCRIPT_BBB_SECRET_KEY": "bbb.secret",
    "SCRIPT_PLAYBACK_URL_23": "bbb.playback_url",
    "SCRIPT_RECORDER_ID": "recorder.id",
    "SCRIPT_ADMIN_ID": "pod.administrator",
    "SCRIPT_INFORM": "moodle.NAME.notice.html",
    "MOODLE_DB_TYPE": "moodle.NAME.driver",
    "DB_PARAMS": "moodle.NAME",
    "IGNORED_SERVERS": "bbb.ignored_servers",
    "SITE_DOMAIN": "pod.site",
    "DEFAULT_RECORDER_PATH": "recorder.pod_directory",
    "IMPORT_VIDEO_BBB_RECORDER_PLUGIN": "converter.bbb_recorder.directory",
    "IMPORT_VIDEO_BBB_RECORDER_PATH": "converter.directory",
}
"""Names in the script `migrate_bbb_recordings` of Esup-Pod and in Pod's settings, and the key that replaced each."""


@dataclass(frozen=True, slots=True)
class Key:
    """One key: `path` with NAME for the name of an owner source, and what its model says of it."""

    path: KeyPath
    field: FieldInfo

    @property
    def dotted(self) -> str:
        """Write it as in messages: `pod.token`."""
        return ".".join(self.path)

    @property
    def secret(self) -> bool:
        """Tell whether its value must never be shown."""
        return is_secret(self.field)

    @property
    def required(self) -> bool:
        """Tell whether a section that is used must have it; some have a default that depends on the machine."""
        return self.field.is_required() and not self.default_in_words

    @property
    def default_in_words(self) -> str:
        """Return the default for a reader where the model's own is none or cannot be read."""
        extra = self.field.json_schema_extra
        return str(extra.get("default", "")) if isinstance(extra, dict) else ""


def environment_name(dotted: str) -> str:
    """Return the environment variable of a key: `BBBMIG_POD__TOKEN` for `pod.token`."""
    return PREFIX + dotted.upper().replace(".", "__")


def keys_of(model: type[BaseModel], above: KeyPath = ()) -> Iterator[Key]:
    """Yield every key below a model, in the order of the source."""
    for name, field in model.model_fields.items():
        path = (*above, field.alias or name)
        inner, many = _section_in(field.annotation)
        if inner is None:
            yield Key(path, field)
        else:
            yield from keys_of(inner, (*path, ANY) if many else path)


def _section_in(annotation: Any) -> tuple[type[BaseModel] | None, bool]:  # noqa: ANN401 - a type, or a form of types
    """Find the model in an annotation, and whether there may be many of it by name."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation, False
    if get_origin(annotation) is dict:
        return _section_in(get_args(annotation)[1])[0], True
    if get_origin(annotation) in (types.UnionType, Union):
        for choice in get_args(annotation):
            if (found := _section_in(choice))[0] is not None:
                return found
    return None, False


class Catalogue:
    """All keys of a model, for looking them up."""

    def __init__(self, model: type[BaseModel]) -> None:
        """Read the model."""
        self.keys: Mapping[KeyPath, Key] = {key.path: key for key in keys_of(model)}
        self.sections = {path[:length] for path in self.keys for length in range(1, len(path))}

    def find(self, path: KeyPath) -> Key | None:
        """Return the key at that path, whatever the name of the owner source; None if there is none."""
        return self.keys.get(general(path))

    def is_section(self, path: KeyPath) -> bool:
        """Tell whether that path is a table and not a value."""
        return general(path) in self.sections

    def is_secret(self, path: KeyPath) -> bool:
        """Tell whether the value at that path must never be shown."""
        key = self.find(path)
        return key is not None and key.secret

    def meaning(self, path: KeyPath) -> str:
        """Say what a key is, in one sentence."""
        key = self.find(path)
        return (key.field.description or "") if key else ""

    def meant(self, path: KeyPath) -> str:
        """Guess which dotted key was meant by an unknown one; "" when nothing comes near."""
        *above, last = path
        if old := self._old_name(last):
            return old
        flat = {name.replace(".", "_"): name for name in (key.dotted for key in self.keys.values())}
        if exact := flat.get("_".join(path).lower()):  # BBBMIG_BBB_URL: one _ where two are needed
            return exact
        section = general(tuple(above))
        beside = [one[len(section)] for one in (*self.keys, *self.sections) if _is_in(one, section)]
        if near := difflib.get_close_matches(last.lower(), beside, n=1):
            return ".".join((*above, near[0]))
        if elsewhere := [key.dotted for key in self.keys.values() if key.path[-1] == last.lower()]:
            return elsewhere[0] if len(elsewhere) == 1 else ""
        near = difflib.get_close_matches("_".join(path).lower(), [*flat], n=1, cutoff=0.8)
        return flat[near[0]] if near else ""

    @staticmethod
    def _old_name(name: str) -> str:
        """Return the key that replaced one of the old script's."""
        upper = name.upper()
        near = [upper] if upper in OLD_NAMES else []
        if not near and upper.startswith("SCRIPT_"):
            near = difflib.get_close_matches(upper, [*OLD_NAMES], n=1, cutoff=0.7)
        return OLD_NAMES[near[0]] if near else ""


def general(path: KeyPath) -> KeyPath:
    """Put NAME for the name of a Moodle, or of another owner source."""
    return (path[0], ANY, *path[2:]) if len(path) > 1 and path[0] in NAMED else path


def _is_in(path: KeyPath, section: KeyPath) -> bool:
    return len(path) == len(section) + 1 and path[: len(section)] == section
