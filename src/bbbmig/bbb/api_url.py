"""Where the API is, from an address as people write it."""

from urllib.parse import urlsplit

from bbbmig.http import server_address

_APPLICATION = "bigbluebutton"


def api_base(url: str) -> str:
    """Return the address to which names of calls are appended, ending with "/".

    The address may be that of the host, of /bigbluebutton or of /bigbluebutton/api, of BigBlueButton or Scalelite,
    with or without a slash at its end; `bbb-conf --secret` prints the second form. Raise ConfigError when it is no
    address of http or https, or holds a query.
    """
    parts = server_address(url, what="a BigBlueButton server", example="https://bbb.example.org/")
    steps = parts.path.rstrip("/").split("/")
    if _APPLICATION in steps:
        steps = steps[: steps.index(_APPLICATION)]
    elif steps[-1] == "api":
        return f"{parts.scheme}://{parts.netloc}{'/'.join(steps)}/"
    return f"{parts.scheme}://{parts.netloc}{'/'.join([*steps, _APPLICATION, 'api'])}/"


def host_of(url: str) -> str:
    """Return the host, with its port if it has one, without user name and password: for messages and file names."""
    return urlsplit(url).netloc.rpartition("@")[2]
