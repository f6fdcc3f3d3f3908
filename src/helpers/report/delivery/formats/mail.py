"""One mail as the standard library writes it, the same bytes for the same report: nothing is by chance or by clock."""

from __future__ import annotations

import datetime as dt
import email.policy
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.utils import format_datetime

from helpers.present.charts.chart import plain
from helpers.report.delivery.channels.smtp import address


class _Subject(UniqueUnstructuredHeader, BaseHeader):  # type: ignore[misc]  # as the registry joins them
    """A subject that comes back letter by letter.

    The standard library (3.11) encodes word by word what is longer than a line, and loses a space between two that it
    encodes; here what is not ASCII is encoded whole, with its spaces.
    """

    def fold(self, *, policy: Policy) -> str:
        if self.isascii():
            return super().fold(policy=policy)
        encoded = Header(str(self), "utf-8", policy.max_line_length, self.name)
        return f"{self.name}: {encoded.encode(linesep=policy.linesep)}{policy.linesep}"


_HEADS = HeaderRegistry()
_HEADS.map_to_type("subject", _Subject)
#: Lines end as on the way to a server, none is longer than servers take, and all is ASCII: every server takes it.
POLICY = email.policy.SMTP.clone(cte_type="7bit", header_factory=_HEADS)


@dataclass(frozen=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    kind: str
    data: bytes


@dataclass(frozen=True)
class Letter:
    """What a mail is made of; ``pictures`` are PNG files by their content ID."""

    sender: str
    to: str
    subject: str
    text: str
    html: str
    month: str
    pictures: Sequence[tuple[str, bytes]] = ()
    attachments: Sequence[Attachment] = ()


def mail_bytes(letter: Letter) -> bytes:
    """Return the mail as bytes; its Message-ID names the content, its Date is the day after the month's end.

    Raises
    ------
    WorkbookError
        An address is none.
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = address(letter.sender)
    message["To"] = address(letter.to)
    message["Subject"] = plain(letter.subject)
    message["Date"] = format_datetime(day_after(letter.month))
    message.set_content(letter.text)
    message.add_alternative(letter.html, subtype="html")
    body = message.get_payload()[1]  # type: ignore[index]
    for cid, picture in letter.pictures:
        name = f"{cid.partition('@')[0]}.png"
        body.add_related(picture, "image", "png", cid=f"<{cid}>", disposition="inline", filename=name)  # type: ignore[union-attr]
    for each in letter.attachments:
        main, _, kind = each.kind.partition("/")
        message.add_attachment(each.data, maintype=main, subtype=kind, filename=each.name)
    mark = hashlib.sha256(repr(letter).encode("utf-8", "surrogatepass")).hexdigest()
    message["Message-ID"] = f"<{mark[:32]}@{letter.sender.rpartition('@')[2].rstrip('>')}>"
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"={mark[:24]}={number}=")
    return message.as_bytes(policy=POLICY)


def day_after(month: str) -> dt.datetime:
    """Return the first moment after a month, in UTC.

    A period of a year of thirteen is counted from 1 January here, whenever the company's year begins.

    >>> day_after("2026-12").isoformat()
    '2027-01-01T00:00:00+00:00'
    """
    if month[5] == "P":
        return dt.datetime(int(month[:4]), 1, 1, tzinfo=dt.UTC) + dt.timedelta(weeks=4 * int(month[6:]))
    year, number = (int(part) for part in month.split("-"))
    return dt.datetime(year + number // 12, number % 12 + 1, 1, tzinfo=dt.UTC)
