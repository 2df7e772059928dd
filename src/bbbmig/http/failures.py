"""What went wrong between here and a server, in words, without the address that may hold a secret."""

import contextlib
import ssl
from collections.abc import Iterator

import httpx

from bbbmig.domain.plain_text import one_line
from bbbmig.errors import RemoteError, RemoteRefused
from bbbmig.masking import masked


class Busy(RemoteError):
    """The server has too much to do now; `retry_after` is its header of that name, or ""."""

    def __init__(self, message: str, retry_after: str) -> None:
        """Keep when to come again."""
        super().__init__(message, hint="run again later; the server's logs say more")
        self.retry_after = retry_after


def is_refused(error: BaseException) -> bool:
    """Tell whether nothing listens at the address: a server that is down, or being restarted."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ConnectionRefusedError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


@contextlib.contextmanager
def translated(what: str) -> Iterator[None]:
    """Turn httpx's exceptions into RemoteError, in words, without the address that may hold a secret."""
    try:
        yield
    except httpx.ConnectTimeout as error:
        raise RemoteError(f"{what}: no connection within the time limit", hint=_REACH) from error
    except httpx.TimeoutException as error:
        why = str(error) if str(error).startswith("it was") else "no answer within the time limit"
        raise RemoteError(f"{what}: {why}", hint="raise timeout_s or try later") from error
    except httpx.ConnectError as error:
        if why := _bad_certificate(error):
            raise RemoteRefused(f"{what}: its certificate is not trusted ({why})", hint=_CERTIFICATE) from error
        raise RemoteError(f"{what}: cannot connect ({_said(error)})", hint=_REACH) from error
    except (httpx.NetworkError, httpx.ProtocolError) as error:
        raise RemoteError(f"{what}: the connection broke ({_said(error)})", hint="run again") from error
    except (httpx.InvalidURL, httpx.UnsupportedProtocol) as error:
        raise RemoteError(f"{what}: not an address of http or https") from error
    except httpx.DecodingError as error:
        raise RemoteError(f"{what}: the reply cannot be decompressed", hint="run again") from error
    except httpx.HTTPError as error:
        raise RemoteError(f"{what}: {type(error).__name__}") from error


def _said(error: Exception) -> str:
    """Return what an exception says, on one line and no longer than a person reads: it may quote what a server sent."""
    text = masked(one_line(str(error)))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _bad_certificate(error: BaseException | None) -> str:
    """Say what is wrong with a certificate, "" if that is not why no connection was made."""
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return error.verify_message or "it does not fit"
        error = error.__cause__ or error.__context__
    return ""


_LONGEST = 160
_CERTIFICATE = (
    "is the address right, and the certificate in date? If it is signed by an authority of your own, name its PEM file "
    "in ca_file of [bbb] or [pod], or in SSL_CERT_FILE"
)
_REACH = "is the address right, the server up, and the firewall open from this machine?"
