"""How secrets are taken out of texts that people and logs see; standard library only, so that everybody can use it."""

import re

_SECRET_PARAMETER = re.compile(r"(?i)\b(checksum|token|secret|password|sig|signature)=[^&\s\"'<>]+")
_USER_INFO = re.compile(r"(?<=://)[^/?#\s\"'<>]+@")
_AUTHORIZATION = re.compile(r"(?i)\b(authorization['\"]?\s*[:=,]\s*b?['\"]?\s*(?:token|basic|bearer))\s+[^\s'\",]+")


def masked(text: str) -> str:
    """Hide checksums, tokens and passwords of the addresses in a text: a signed URL is a key to a server.

    What an `Authorization` header holds is hidden, too.
    """
    return _AUTHORIZATION.sub(r"\1 ***", _USER_INFO.sub("***@", _SECRET_PARAMETER.sub(r"\1=***", text)))
