"""The converters of the settings: those that can work on this machine, and what keeps the others from it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bbbmig.convert.capture.bbb_recorder import BbbRecorder
from bbbmig.convert.capture.bbb_recorder_check import check_bbb_recorder
from bbbmig.convert.capture.capture import Filming
from bbbmig.convert.capture.screen.check import check_screen
from bbbmig.convert.capture.screen.converter import Screen
from bbbmig.convert.render.converter import RenderConverter
from bbbmig.convert.render.libraries import check_libraries
from bbbmig.convert.render.options import Options
from bbbmig.domain.conversion import Converter
from bbbmig.domain.trusted_hosts import TrustedHosts
from bbbmig.errors import ConfigError
from bbbmig.settings import ConverterSection

Trusted = Callable[[], TrustedHosts]


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """One converter of the settings: `converter` is None when `problems` keep it from working here."""

    name: str
    converter: Converter | None
    problems: tuple[ConfigError, ...] = ()


def installed(section: ConverterSection, trusted: Trusted | None = None) -> list[Installed]:
    """Look for the converters of the settings, in their order; they ask hosts that are `trusted`."""
    return [_LOOK[name](section, trusted) for name in section.order]


def usable(section: ConverterSection, trusted: Trusted) -> Sequence[Converter]:
    """Return the converters that can work here, the best first."""
    return [one.converter for one in installed(section, trusted) if one.converter is not None]


def _render(section: ConverterSection, _trusted: Trusted | None) -> Installed:
    """Look for our own renderer's libraries."""
    problems = check_libraries()
    if problems:
        return Installed(name="render", converter=None, problems=problems)
    own = section.render
    options = Options(
        webcams=own.webcams,
        height=own.height,
        sound=own.sound,
        quality=own.quality,
        captions=own.captions,
        # Pod 4.1's encoder, without USE_PODFILE, ends with an error at a track of subtitles, and says for ever that it
        # encodes (seen: Track.objects.get_or_create in pod/video_encode_transcript/Encoding_video_model.py).
        caption_tracks=False,
        chat=own.chat,
    )
    converter = RenderConverter(
        options,
        work=section.directory,
        limit_factor=section.time_limit_factor,
        limit_extra_s=section.time_limit_margin_s,
    )
    return Installed(name="render", converter=converter)


def _bbb_recorder(section: ConverterSection, _trusted: Trusted | None) -> Installed:
    """Look for bbb-recorder; without its directory in the settings it is not wanted."""
    own = section.bbb_recorder
    if own.directory is None:
        problem = ConfigError(
            "not installed", hint="set converter.bbb_recorder.directory to use it (docs/operations.md)"
        )
        return Installed(name="bbb-recorder", converter=None, problems=(problem,))
    problems = check_bbb_recorder(own.directory, work=section.directory, node=own.node)
    if problems:
        return Installed(name="bbb-recorder", converter=None, problems=problems)
    converter = BbbRecorder(own.directory, _filming(section), node=own.node)
    return Installed(name="bbb-recorder", converter=converter)


def _screen(section: ConverterSection, trusted: Trusted | None) -> Installed:
    """Look for a browser and an X server."""
    problems = check_screen(work=section.directory, browser=section.screen.browser)
    if problems:
        return Installed(name="screen", converter=None, problems=problems)
    converter = Screen(_filming(section), browser=section.screen.browser, trusted=trusted)
    return Installed(name="screen", converter=converter)


def _filming(section: ConverterSection) -> Filming:
    """Return what both converters that film a browser are told."""
    return Filming(
        work=section.directory,
        logs=section.directory / "logs",
        tolerance_s=section.duration_tolerance_s,
        tolerance_ratio=section.duration_tolerance_percent / 100,
        limit_factor=section.time_limit_factor,
        limit_extra_s=section.time_limit_margin_s,
    )


_LOOK: dict[str, Callable[[ConverterSection, Trusted | None], Installed]] = {
    "render": _render,
    "bbb-recorder": _bbb_recorder,
    "screen": _screen,
}
