"""One mail as the standard library writes it, the same bytes for the same report: nothing is by chance or by clock."""

import datetime as dt
import email.policy
import hashlib
import io
import re
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import Policy
from email.utils import format_datetime
from pathlib import Path

from helpers.present.charts.chart import plain
from helpers.present.words import Words
from helpers.report.delivery.channels.smtp import address
from helpers.report.packs.encrypt import encrypt_pack, encrypted_page


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


HTML, ZIP = "text/html", "application/zip"
#: What stays with whoever made the pack: when and where that was, and the notebooks, which say the same as the pages.
_STAYS = ("manifest.json", "notebooks")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_NAVIGATION = re.compile(r'<nav class="(?:chapters|months)".*?</nav>\s*', re.DOTALL)
_MONTHS = re.compile(r'<nav class="months".*?</nav>\s*', re.DOTALL)
#: A customer's name and where the rest of a list is say something without their link too.
_NAME = re.compile(r'<a href="(?:cards\.html#|tables\.xlsx)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
_LINK = re.compile(r'\s*<a href="(?!#)[^"]*"[^>]*>.*?</a>', re.DOTALL)


def pack_zip(pack: Path, name: str, passphrase: str, words: Words) -> Attachment:
    """Return the pages, tables and lists of a pack as a zip, always the same bytes but where it is encrypted."""
    with tempfile.TemporaryDirectory(prefix="workbook-deliver-") as work:
        folder = Path(work) / "pack"
        shutil.copytree(pack, folder, ignore=shutil.ignore_patterns(*_STAYS))
        index = folder / "index.html"
        index.write_text(_MONTHS.sub("", index.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
        if passphrase:
            encrypt_pack(folder, passphrase, words)
        return Attachment(f"{name}.zip", ZIP, zip_folder(folder))


def front_file(pack: Path, name: str, passphrase: str, words: Words) -> Attachment:
    """Return the front page as one HTML file of its own, without links to the other pages of the pack."""
    page = standalone_page((pack / "index.html").read_text(encoding="utf-8"))
    if passphrase:
        page = encrypted_page({"index.html": page}, passphrase, words)
    return Attachment(f"{name}.html", HTML, page.encode("utf-8"))


def standalone_page(page: str) -> str:
    """Return a front page without links to other files; names that lead to cards stay as text."""
    head, parted, body = _NAVIGATION.sub("", page).partition("<main")
    return head + parted + _LINK.sub("", _NAME.sub(r"\1", body))


def zip_folder(folder: Path) -> bytes:
    """Return a folder as a zip whose bytes depend on names and content alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            _put(archive, path.relative_to(folder).as_posix(), path.read_bytes())
    return buffer.getvalue()


def normalise_zip(data: bytes) -> bytes:
    """Return an archive (as office files are) with its parts in the same order and without the time of its making."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            _put(after, name, before.read(name))
    return buffer.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # the same on Windows
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, data)
