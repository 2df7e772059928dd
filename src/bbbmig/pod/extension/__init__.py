"""The one file that a stock Esup-Pod needs for external recordings over REST, and how to install it there."""

from importlib import resources

FILE_NAME = "bbbmig_urls.py"
"""What the file must be called, in `pod/custom/` of Pod's tree."""
VERSION = "1.2"
"""What `GET /rest/external_recordings/version/` says; equal to the file's own VERSION."""
SETTINGS_LINES = (
    "# external recordings over REST, for bbbmig: pod/custom/bbbmig_urls.py",
    'ROOT_URLCONF = "pod.custom.bbbmig_urls"',
)
"""The two lines for `pod/custom/settings_local.py`."""


def source() -> str:
    """Return the text of the file."""
    return resources.files(__name__).joinpath(FILE_NAME).read_text(encoding="utf-8")
