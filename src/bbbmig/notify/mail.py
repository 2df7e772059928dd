"""A mail at the end of a run: by the machine's own sendmail, or by an SMTP server."""

import contextlib
import smtplib
import socket
import ssl
import subprocess
from collections.abc import Iterator, Sequence
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from urllib.parse import unquote, urlsplit

from bbbmig.errors import ConfigError, RemoteError, RemoteRefused
from bbbmig.http.client import trusted_authorities

SENDMAIL = "sendmail"
_PROGRAMS = ("/usr/sbin/sendmail", "/usr/lib/sendmail")
_TIMEOUT_S = 20.0
_PORTS = {"smtp": 25, "smtps": 465}


class Mailer:
    """Sends mails. `by` is "sendmail", the path of such a program, or `smtp://[USER@]HOST[:PORT]`, `smtps://…`.

    With smtp, STARTTLS is used where the server offers it, and always where there is a password.
    """

    def __init__(self, *, by: str, sender: str, recipients: Sequence[str], password: str = "") -> None:
        """Keep how to send; nothing is sent yet."""
        self._by = by
        self._sender = sender
        self._recipients = tuple(recipients)
        self._password = password

    @property
    def where(self) -> str:
        """Name the way, for messages."""
        return (urlsplit(self._by).hostname or "") if "://" in self._by else self._by

    def send(self, subject: str, text: str) -> None:
        """Send a mail. Raise ConfigError, RemoteError or RemoteRefused if it is not taken."""
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = ", ".join(self._recipients)
        message["Subject"] = " ".join(subject.split())
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid(domain=socket.getfqdn() or "localhost")
        message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no answers from who is away
        message.set_content(text)
        if "://" in self._by:
            self._by_smtp(message)
        else:
            self._by_program(message)

    def _by_smtp(self, message: EmailMessage) -> None:
        parts = urlsplit(self._by)
        host, port = parts.hostname or "", parts.port or _PORTS[parts.scheme]
        with _smtp_errors(self.where), self._connected(parts.scheme, host, port) as smtp:
            if parts.username and self._password:
                smtp.login(unquote(parts.username), self._password)
            smtp.send_message(message)

    @contextlib.contextmanager
    def _connected(self, scheme: str, host: str, port: int) -> Iterator[smtplib.SMTP]:
        """Connect, encrypted as far as the server can, and certainly before a password is sent."""
        if scheme == "smtps":
            with smtplib.SMTP_SSL(host, port, timeout=_TIMEOUT_S, context=trusted_authorities()) as smtp:
                yield smtp
            return
        with smtplib.SMTP(host, port, timeout=_TIMEOUT_S) as smtp:
            smtp.ehlo()
            if smtp.has_extn("starttls"):
                smtp.starttls(context=trusted_authorities())
                smtp.ehlo()
            elif self._password:
                raise RemoteRefused(
                    f"mail: {host} offers no encryption, and a password is not sent without",
                    hint='[notify] mail_by = "smtps://…", or a server of your own without password',
                )
            yield smtp

    def _by_program(self, message: EmailMessage) -> None:
        usual = next((one for one in _PROGRAMS if Path(one).exists()), _PROGRAMS[0])
        program = usual if self._by == SENDMAIL else self._by
        command = [program, "-t", "-oi"]
        try:
            done = subprocess.run(  # noqa: S603 - a list, no shell
                command, input=bytes(message), capture_output=True, timeout=_TIMEOUT_S, check=False
            )
        except FileNotFoundError as error:
            raise ConfigError(
                f"mail: there is no {program}", hint='apt install msmtp-mta, or mail_by = "smtp://…"'
            ) from error
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ConfigError(f"mail: {program} cannot be used: {error}", hint="[notify] mail_by") from error
        if done.returncode:
            said = done.stderr.decode(errors="replace").strip().splitlines()[-1:] or [f"exit code {done.returncode}"]
            raise RemoteRefused(f"mail: {program}: {said[0]}", hint="try it by hand: sendmail -t")


@contextlib.contextmanager
def _smtp_errors(host: str) -> Iterator[None]:
    """Turn what smtplib raises into our errors."""
    try:
        yield
    except smtplib.SMTPAuthenticationError as error:
        raise RemoteRefused(f"mail: {host} refuses user or password", hint="[notify] mail_by, mail_password") from error
    except smtplib.SMTPRecipientsRefused as error:
        raise RemoteRefused(
            f"mail: {host} takes no mail for {', '.join(error.recipients)}", hint="[notify] mail_to"
        ) from error
    except smtplib.SMTPResponseException as error:
        said = error.smtp_error.decode(errors="replace") if isinstance(error.smtp_error, bytes) else error.smtp_error
        raise RemoteRefused(f"mail: {host}: {error.smtp_code} {said}", hint="[notify] mail_from, mail_by") from error
    except ssl.SSLCertVerificationError as error:
        raise RemoteRefused(f"mail: {host}: {error.verify_message}", hint="is its certificate right?") from error
    except (OSError, smtplib.SMTPException) as error:
        raise RemoteError(f"mail: {host} cannot be reached: {error}", hint="[notify] mail_by") from error
