"""`bbbmig demo`: sample servers on this machine, and the real commands run against them, explained in plain words."""

import contextlib
import csv
import json
import shlex
import shutil
import subprocess
import sys
import textwrap
import threading
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bbbmig.demo.bbb_server import SampleBbb
from bbbmig.demo.greenlight_sample import create_sample_greenlight
from bbbmig.demo.media import make_media
from bbbmig.demo.moodle_sample import create_sample_moodle
from bbbmig.demo.pod_server import SamplePod
from bbbmig.demo.recordings import GREENLIGHT, IGNORED_SERVER, MOODLE, MOODLE_2, sample_recordings
from bbbmig.domain.selection import newest_first
from bbbmig.errors import ConfigError, ExitCode

_WIDTH = 100
_ADMINISTRATOR = "admin"


class Tour:
    """Leads through the commands; everything that is written lies in `folder`."""

    def __init__(self, folder: Path) -> None:
        """Decide on the folder, which must be empty or new."""
        self.folder = folder
        self.config = folder / "bbbmig.toml"
        self._stop = threading.Event()

    def run(self, *, keep: bool) -> ExitCode:
        """Show it all. With `keep` the servers go on until Ctrl-C. Raise ConfigError if something is missing here."""
        _make_folder(self.folder)
        self._say(f"Everything of this demo lies in {self.folder} and on loopback addresses of this machine.")
        with self._servers() as (bbb, pod):
            self._settings(bbb, pod)
            self._show(bbb, pod)
            self._farewell(keep=keep)
            if keep:
                self._wait(bbb, pod)
        return ExitCode.DONE

    @contextlib.contextmanager
    def _servers(self) -> Iterator[tuple[SampleBbb, SamplePod]]:
        """Start the old server and the new one, write the Moodles."""
        recordings = sample_recordings()
        self._say(
            "First the small films and slides of its recordings are made; a busy machine needs a minute for them."
        )
        media = make_media(self.folder / "bbb-media", recordings, presentations=True)
        for name, server in (("moodle", MOODLE), ("moodle2", MOODLE_2)):
            create_sample_moodle(self.folder / f"{name}.sqlite", recordings, server=server)
        create_sample_greenlight(self.folder / "greenlight.sqlite", recordings)
        with SampleBbb(recordings, flavour="bbb-2.6", media=media) as bbb, SamplePod(self.folder / "pod") as pod:
            self._title("The cast")
            self._say(
                f"An old BigBlueButton at {bbb.url} with {len(recordings)} recordings of every shape; "
                f"an Esup-Pod at {pod.url} (a small one that behaves as the real one does), with the one file "
                "installed that bbbmig ships; two Moodles whose teachers held the sessions, "
                "and a Greenlight with rooms that people own and share. The settings are in "
                f"{self.config.name}; they look just like yours will."
            )
            yield bbb, pod

    def _settings(self, bbb: SampleBbb, pod: SamplePod) -> None:
        """Write the settings file."""

        def text(value: object) -> str:
            return json.dumps(str(value), ensure_ascii=False)  # a TOML basic string is written the same way

        def moodle(name: str, server: str, file: str) -> str:
            path = text(self.folder / file)
            return f'[moodle.{name}]\ndriver = "sqlite"\ndatabase = {path}\norigin_servers = [{text(server)}]\n'

        self.config.write_text(
            f"[bbb]\nurl = {text(bbb.url)}\nsecret = {text(bbb.secret)}\nignored_servers = [{text(IGNORED_SERVER)}]\n"
            f"cache_directory = {text(self.folder / 'cache')}\n"
            f"[pod]\nurl = {text(pod.url)}\ntoken = {text(pod.token)}\nadministrator = {text(_ADMINISTRATOR)}\n"
            'site = "pod.localhost"\n'
            f"[recorder]\nid = 1\ndirectory = {text(pod.recorder_directory)}\n"
            + moodle("default", MOODLE, "moodle.sqlite")
            + moodle("health", MOODLE_2, "moodle2.sqlite")
            + f'[greenlight.default]\ndriver = "sqlite"\ndatabase = {text(self.folder / "greenlight.sqlite")}\n'
            + f"origin_servers = [{text(GREENLIGHT)}]\n"
            + f"[converter]\ndirectory = {text(self.folder / 'work')}\n"
            + f"[mirror]\ndirectory = {text(self.folder / 'mirror')}\n"
            + f"[ledger]\nurl = {text('sqlite:///' + str(self.folder / 'ledger.sqlite'))}\n"
            + f"[log]\nfile = {text(self.folder / 'bbbmig.log')}\n",
            encoding="utf-8",
        )
        self.config.chmod(0o600)

    def _show(self, bbb: SampleBbb, pod: SamplePod) -> None:
        """Run the commands in the order in which an administrator would."""
        self._title("1. Is everything in place?")
        self._command("check")
        self._title("2. What is there, and whose is it?")
        self._command("export-csv", str(self.folder / "recordings.csv"), "--moodle", "all")
        self._look_at_the_list()
        self._say(
            "And a page for whoever decides: what is there, what each way of moving it costs, what is to be decided "
            "before. Nothing was measured yet, so the figures are ranges."
        )
        self._command("survey", "--html", str(self.folder / "survey.html"), "--quiet")
        self._title("3. Links: every teacher finds the old recordings in Pod, under My external videos")
        self._say("First a dry run, for the five newest recordings: nothing is changed.")
        self._command("import-links", "--moodle", "all", "--dry", "--range", "1:5")
        self._say("Now for real, for all of them.")
        self._command("import-links", "--moodle", "all")
        self._look_at_links(pod)
        self._say("Once more: what Pod has is left alone. That is how it can run by cron for weeks.")
        self._command("import-links", "--moodle", "all", "--quiet")
        self._copy_first(bbb)
        self._title("5. Files: a video of each recording, to be claimed in Pod")
        self._say(
            "Videos are downloaded. Presentations, which are pages of a player and no video, are drawn anew: slides, "
            "whiteboard, pointer, camera and sound. That takes a minute."
        )
        self._command("claim", "--jobs", "2")
        self._look_at_files(pod)
        self._title("6. May the old server be switched off?")
        self._say(
            "Pod is asked for every video and every file; what bbbmig remembers is not believed. Not yet: some "
            "recordings are hidden, some have nothing that can be played, and of some only a link is in Pod. The page "
            "is for whoever decides, the lists beside it name the recordings behind every number."
        )
        page, lists = str(self.folder / "status.html"), str(self.folder / "status")
        self._command("status", "--html", page, "--lists", lists, may_end=(ExitCode.DONE, ExitCode.PARTIAL))
        self._say(f"The pages are {page} and {self.folder / 'survey.html'}; with --lang fr they are in French.")

    def _copy_first(self, bbb: SampleBbb) -> None:
        """Copy the old server, switch it off, and publish a lecture from the copy."""
        self._title("4. Copy first: the old server may go before everything is converted")
        self._say("bbbmig mirror copies all that it publishes, and proves that nothing is missing.")
        self._command("mirror", "--jobs", "2", "--quiet")
        self._command("mirror", "--verify", "--quiet")
        bbb.pause()
        self._say(
            f"Now the old server is switched off: nobody answers at {bbb.url} any more. A lecture goes to its "
            "moderator as a draft all the same, from the copy."
        )
        videos = (
            one
            for one in newest_first(sample_recordings())
            if one.playback("video") and one.origin.server_name == MOODLE
        )
        self._command("publish", "--moodle", "all", "--meeting", next(videos).record_id)
        bbb.resume()

    def _command(self, *arguments: str, may_end: Sequence[ExitCode] = (ExitCode.DONE,)) -> None:
        """Show a command line and run it, in a process of its own as a user would; it may end with these codes."""
        self._write(f"\n$ {self._line(*arguments)}\n")
        command = [sys.executable, "-m", "bbbmig", "--config", str(self.config), *arguments]
        ended = subprocess.run(command, check=False, cwd=self.folder)  # noqa: S603 - our own program
        if ended.returncode not in may_end:
            raise ConfigError(
                f"the demo stops: {arguments[0]} ended with exit code {ended.returncode}",
                hint=f"what it did lies in {self.folder}, its log in bbbmig.log there",
            )

    def _line(self, *arguments: str) -> str:
        """Write a command line that can be copied."""
        program = "bbbmig" if shutil.which("bbbmig") else f"{sys.executable} -m bbbmig"
        return f"{program} --config {shlex.quote(str(self.config))} {shlex.join(arguments)}"

    def _look_at_the_list(self) -> None:
        """Show a few rows of the CSV."""
        with (self.folder / "recordings.csv").open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        found = [row for row in rows if row["owners"]]
        self._say(
            f"{len(rows)} rows, {len(found)} with an owner. A spreadsheet opens it (recordings.csv); for example:"
        )
        for row in found[:4]:
            name = row["recording_name"] or row["meeting_name"]
            self._write(f"    {row['start_date']}  {textwrap.shorten(name, 44, placeholder='…'):44}  {row['owners']}\n")

    def _look_at_links(self, pod: SamplePod) -> None:
        """Ask Pod for what it has now."""
        reply = pod.client().get("/rest/external_recordings/", params={"page_size": 5000}).json()
        people = Counter(row["owner__username"] for row in reply["results"])
        shown = ", ".join(f"{name} {count}" for name, count in people.most_common(4))
        self._say(
            f"Pod now has {reply['count']} external recordings for {len(people)} people ({shown}, …). "
            f"{_ADMINISTRATOR} keeps those of which nobody knows whose they are."
        )

    def _look_at_files(self, pod: SamplePod) -> None:
        """Let Pod's cron job find the files."""
        pod.check_directory()
        waiting = pod.client().get("/rest/recordingfiletreatment/").json()["count"]
        self._say(
            f"Pod's own cron job (recorder checkDirectory) has looked: {waiting} files wait on the claim page, with "
            "the dates of the recordings. Whoever opens it takes theirs with one click. They can be played; the "
            "longest was a presentation:"
        )
        longest = max(pod.recorder_directory.iterdir(), key=lambda file: file.stat().st_size)
        self._write(f"    {longest}\n")

    def _farewell(self, *, keep: bool) -> None:
        """Say what to do next."""
        self._title("Go on by hand")
        if not keep:
            self._say("bbbmig demo --keep leaves the servers running, so that you can try these yourself:")
        for arguments in (
            ("import-links", "--moodle", "all", "--dry", "--since", "2023-01-01", "--json"),
            ("claim", "--dry", "--verbose"),
            ("export-csv", "-", "--cache"),
        ):
            self._write(f"    {self._line(*arguments)}\n")
        self._say(
            "For your own servers: write what `bbbmig print config` prints into a file, fill in [bbb], and begin with "
            "bbbmig check."
        )

    def _wait(self, bbb: SampleBbb, pod: SamplePod) -> None:
        """Serve until Ctrl-C."""
        self._say(
            f"The servers run until you press Ctrl-C: BigBlueButton {bbb.url}, Pod {pod.url} "
            f"(user {_ADMINISTRATOR}, password {_ADMINISTRATOR})."
        )
        with contextlib.suppress(KeyboardInterrupt):
            self._stop.wait()

    def _title(self, text: str) -> None:
        """Begin a chapter."""
        self._write(f"\n{text}\n{'─' * len(text)}\n")

    def _say(self, text: str) -> None:
        """Say something in plain words."""
        self._write("\n" + textwrap.fill(text, _WIDTH) + "\n")

    def _write(self, text: str) -> None:
        """Write at once, so that it stands before what the commands print."""
        sys.stdout.write(text)
        sys.stdout.flush()


def _make_folder(folder: Path) -> None:
    """Make the folder. Raise ConfigError if something is in it: nobody's files are mixed with the demo's."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        full = any(folder.iterdir())
    except OSError as error:
        raise ConfigError(f"cannot use {folder}: {error.strerror}", hint="name another folder") from error
    if full:
        raise ConfigError(f"{folder} is not empty", hint="name a new folder, or remove what is in it")
