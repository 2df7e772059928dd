"""The converter "screen": any Chromium, filmed in real time.

converter   the port's side: a job's folder, sound, checks
session     what runs for each job: X server, browser, ffmpeg
devtools    how the browser is told what to do
player      what it is told
check       what is missing on this machine
"""

from bbbmig.convert.capture.screen.check import check_screen
from bbbmig.convert.capture.screen.converter import Screen

__all__ = ["Screen", "check_screen"]
