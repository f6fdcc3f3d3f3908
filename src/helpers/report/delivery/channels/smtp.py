"""A mail through one's own server; what the server answers is the receipt."""

import contextlib
import datetime as dt
import email.utils
import os
import smtplib
import ssl
from email.errors import MessageError
from email.headerregistry import Address

from helpers.errors import WorkbookError
from helpers.settings.report import Delivery

USER, PASSWORD = "WORKBOOK_SMTP_USER", "WORKBOOK_SMTP_PASSWORD"
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_SECONDS = 60


def address(text: str) -> Address:
    """Read ``name@example.com`` or ``Name <name@example.com>``.

    Raises
    ------
    WorkbookError
        It is no address, or one that only few servers take (signs beyond ASCII).
    """
    name, opened, rest = text.strip().rpartition("<")
    spec = rest.removesuffix(">") if opened else text.strip()
    try:
        found = Address(display_name=name.strip().strip('"'), addr_spec=spec)
    except (MessageError, ValueError, IndexError):
        found = Address()
    if (
        not (found.username and found.domain and text.isprintable() and spec.isascii())
        or spec.count("@") != 1
    ):
        raise WorkbookError(f"'{text}' is no mail address. Write it as name@example.com.")
    return found


class Server:
    """The server of ``[delivery]``; a connection is made for the first mail and kept for the others.

    User and password are taken out of the environment, so that no process that is started later has them.
    """

    def __init__(self, settings: Delivery) -> None:
        host, _, port = (
            settings.smtp.rpartition(":")
            if ":" in settings.smtp.rpartition("]")[2]
            else (settings.smtp, "", "")
        )
        self._host = host.strip("[]")
        self._port = int(port or _PORTS[settings.security])
        self._security = settings.security
        self._user = os.environ.pop(USER, "")
        self._password = os.environ.pop(PASSWORD, "")
        self._connection: smtplib.SMTP | None = None

    def send(self, mail: bytes, sender: str, to: str) -> str:
        """Send a mail with the date of now in place of its own; returns what the server answered to it.

        Raises
        ------
        WorkbookError
            The server is not there, does not trust us, or did not take the mail.
        """
        try:
            connection = self._usable() or self._connected()
            largest = int(connection.esmtp_features.get("size") or 0)
            if largest and len(mail) > largest:
                raise WorkbookError(
                    f"The mail of {len(mail) / 1e6:.1f} MB is larger than {self._host} takes ({largest / 1e6:.1f} MB): "
                    "set max_megabytes under [delivery]."
                )
            for ask, address in ((connection.mail, sender), (connection.rcpt, to)):
                code, reply = ask(address)
                if code not in (250, 251):
                    connection.rset()
                    raise WorkbookError(f"{self._host} refused {address}: {code} {_text(reply)}")
            code, reply = connection.data(with_current_date(mail))
            if code != 250:
                raise WorkbookError(f"{self._host} did not take the mail: {code} {_text(reply)}")
            return f"{code} {_text(reply)}"
        except smtplib.SMTPAuthenticationError as error:
            self._connection = None
            raise WorkbookError(
                f"{self._host} did not accept {USER} and {PASSWORD}: {error.smtp_code}."
            ) from None
        except ssl.SSLError as error:
            self._connection = None
            raise WorkbookError(
                f"The way to {self._host} cannot be encrypted: {error.reason or error}. "
                "A certificate of one's own authority is trusted through SSL_CERT_FILE."
            ) from None
        except (smtplib.SMTPException, OSError) as error:
            self._connection = None
            why = getattr(error, "strerror", None) or str(error)
            raise WorkbookError(f"{self._host}:{self._port} cannot be used: {why}") from None

    def close(self) -> None:
        """End the connection."""
        if self._connection is not None:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
            self._connection = None

    def _usable(self) -> smtplib.SMTP | None:
        """Return the connection that is there, unless the server has ended it meanwhile."""
        with contextlib.suppress(smtplib.SMTPException, OSError):
            if self._connection is not None and self._connection.noop()[0] == 250:
                return self._connection
        self._connection = None
        return None

    def _connected(self) -> smtplib.SMTP:
        if self._security == "none" and self._password:
            raise WorkbookError(
                'A password is not sent over a connection that is not encrypted: set security = "starttls" or '
                f'"tls" under [delivery], or leave {PASSWORD} out.'
            )
        trusted = ssl.create_default_context()
        if self._security == "tls":
            connection: smtplib.SMTP = smtplib.SMTP_SSL(
                self._host, self._port, timeout=_SECONDS, context=trusted
            )
        else:
            connection = smtplib.SMTP(self._host, self._port, timeout=_SECONDS)
        try:
            connection.ehlo()
            if self._security == "starttls":
                connection.starttls(context=trusted)
                connection.ehlo()
            if self._user or self._password:
                connection.login(self._user, self._password)
        except BaseException:
            connection.close()
            raise
        self._connection = connection
        return connection


def with_current_date(mail: bytes) -> bytes:
    """Return the mail with the date of its sending: one that is weeks old is taken for spam."""
    head, parted, body = mail.partition(b"\r\n\r\n")
    now = email.utils.format_datetime(dt.datetime.now(dt.UTC)).encode("ascii")
    lines = [b"Date: " + now if line.startswith(b"Date: ") else line for line in head.split(b"\r\n")]
    return b"\r\n".join(lines) + parted + body


def _text(reply: bytes | str) -> str:
    text = reply.decode("utf-8", "replace") if isinstance(reply, bytes) else reply
    return " ".join(text.split())[:200]
