"""How secrets are taken out of texts that people and logs see; standard library only, so that everybody can use it."""

import re

_NAMES = (
    r"checksum|(?:[a-z]+[-_]?)?token|(?:[a-z]+[-_]?)?secret|password|passwd|pwd|api[-_]?key|sig|signature|session(?:id)?"
    r"|jsessionid|key-pair-id"
)
_SECRET_PARAMETER = re.compile(
    rf"(?i)(?:(?<![a-z0-9])|(?<=%[0-9a-f]{{2}}))({_NAMES})(=|%3d|%253d)(?:(?!%26|%2526)[^&\s\"'<>])+"
)
_JSON = re.compile(rf"(?i)([\"'])({_NAMES})\1(\s*:\s*)(?:\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|[^\s,}}\]]+)")
_USER_INFO = re.compile(r"(?<=://)(?:[^/?#\s\"'<>]{0,256}|[^/?#\s\"'<>@:]{1,128}:[^\s\"'<>]{0,256})@")
_AUTHORIZATION = re.compile(
    r"(?i)\b((?:proxy-)?authorization['\"]?\s{0,9}[:=,]\s{0,9}b?['\"]?\s{0,9}(?:token|basic|bearer|digest)?)\s+[^\s'\",]+"
)
_COOKIE = re.compile(r"(?i)\b((?:set-)?cookie['\"]?\s{0,9}[:=,]\s{0,9}b?['\"]?)[^\r\n'\"]+")


def masked(text: str) -> str:
    """Hide checksums, tokens and passwords of the addresses in a text: a signed URL is a key to a server.

    What headers (`Authorization`, `Cookie`) and JSON say under such names is hidden, too.
    """
    text = _COOKIE.sub(r"\1***", _AUTHORIZATION.sub(r"\1 ***", text))
    return _SECRET_PARAMETER.sub(r"\1\2***", _JSON.sub(r"\1\2\1\3\1***\1", _USER_INFO.sub("***@", text)))
