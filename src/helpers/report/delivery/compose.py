"""What a recipient gets, made from their pack: the mail, the files that go with it, and the words for a chat."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from helpers.core.calendar.period_names import is_numbered, parse_period
from helpers.present.numbers import Numbers
from helpers.present.words import words
from helpers.report.delivery.channels.webhook import MOST_BYTES
from helpers.report.delivery.formats.front import Front, read_front
from helpers.report.delivery.formats.letter import as_html, as_text, chat_text, notice
from helpers.report.delivery.formats.mail import (
    Attachment,
    Letter,
    front_file,
    mail_bytes,
    pack_zip,
    standalone_page,
)
from helpers.report.delivery.formats.pdf import render_pdf
from helpers.report.delivery.formats.picture import render_png
from helpers.report.delivery.formats.slide import render_slide
from helpers.report.delivery.plan import MAIL, PlannedDelivery
from helpers.settings.report import Delivery

_PDF = "application/pdf"
_PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
#: From whom mails are that nobody sends: they are opened and sent on by hand.
_NOBODY = "reports@example.invalid"
_GROWS = 1.4
"""By how much a file grows in a mail, with room for its text."""


@dataclass(frozen=True)
class Message:
    """Everything for one recipient: files by name (the mail too, where there is an address), and the chat's text.

    ``notes`` are for whoever sends: what was left out, and why.
    """

    files: Mapping[str, bytes]
    chat: str = ""
    notes: tuple[str, ...] = ()


def compose(wish: PlannedDelivery, pack: Path, settings: Delivery) -> Message:
    """Make what a recipient gets of a pack that stands in ``pack`` and is not encrypted.

    Of an encrypted pack only the encrypted files go out: no mail, subject, slide or chat tells a figure or a name.
    """
    of_month = parse_period(wish.pack.month)
    spoken = words(wish.pack.language, thirteen=is_numbered(of_month))
    month = Numbers(spoken).month(of_month)
    label = wish.pack.scope_label or spoken("Whole company")
    name = f"customer-report-{wish.pack.month}"
    room = settings.max_megabytes * 1e6 / _GROWS if wish.recipient.email else float("inf")
    if wish.recipient.encrypt:
        attached, left_out = _attached(wish, pack, name, settings, room)
        place = f"{spoken('Customer report')} · {month}"
        sentence = spoken(
            "The report of {month} is in the attachment. It opens with your passphrase.", month=month
        )
        if not attached:
            sentence = spoken("The report of {month} is made. It is not attached.", month=month)
        html, text = notice(sentence, place, left_out, spoken)
        return _message(
            wish, settings, Letter("", "", place, text, html, wish.pack.month), attached, sentence, left_out
        )
    front = read_front(pack, wish.pack.company, label, month, wish.pack.language)
    notes: list[str] = []
    drawn = [(picture.svg, render_png(picture.svg)) for picture in front.pictures]
    pictures = [(svg, data) for svg, data in drawn if data is not None]
    if len(pictures) < len(drawn):
        notes.append(
            "pictures left out: no font of this machine has all their signs (install one with Chinese)"
        )
    extras, body = _extras(front, pack, dict(pictures), name, wish, settings)
    taken = sum(len(each.data) for each in extras) + sum(len(data) for _svg, data in pictures)
    attached, left_out = _attached(wish, pack, name, settings, room - taken)
    domain = (settings.sender or _NOBODY).rpartition("@")[2].rstrip("> ")
    cids = {svg: f"picture-{number}@{domain}" for number, (svg, _data) in enumerate(pictures, start=1)}
    letter = Letter(
        "", "", front.place, as_text(front, left_out), as_html(front, cids, left_out),
        wish.pack.month, tuple((cids[svg], data) for svg, data in pictures),
    )  # fmt: skip
    kind = wish.recipient.webhook.partition(":")[0]
    chat = chat_text(front, MOST_BYTES[kind]) if kind else ""
    return _message(wish, settings, letter, [*attached, *extras], chat, (*notes, *body, *left_out))


def _message(
    wish: PlannedDelivery,
    settings: Delivery,
    letter: Letter,
    files: list[Attachment],
    chat: str,
    notes: tuple[str, ...],
) -> Message:
    made = {each.name: each.data for each in files}
    if wish.recipient.email:
        addressed = replace(
            letter, sender=settings.sender or _NOBODY, to=wish.recipient.email, attachments=tuple(files)
        )
        made[MAIL] = mail_bytes(addressed)
    return Message(made, chat if wish.recipient.webhook else "", notes)


def _attached(
    wish: PlannedDelivery, pack: Path, name: str, settings: Delivery, room: float
) -> tuple[list[Attachment], tuple[str, ...]]:
    """Return the pack or the front page, whatever fits; and what the reader is told of what does not."""
    if settings.attach == "nothing":
        return [], ()
    spoken = words(wish.pack.language)
    if settings.attach == "pack":
        whole = pack_zip(pack, name, wish.passphrase, spoken)
        if len(whole.data) <= room:
            return [whole], ()
    front = front_file(pack, name, wish.passphrase, spoken)
    note = (
        spoken("The whole report is too large for a mail: here is its front page.")
        if settings.attach == "pack"
        else ""
    )
    if len(front.data) <= room:
        return [front], tuple(filter(None, [note]))
    return [], (spoken("The report is too large for a mail and is not attached."),)


def _extras(
    front: Front,
    pack: Path,
    pictures: Mapping[str, bytes],
    name: str,
    wish: PlannedDelivery,
    settings: Delivery,
) -> tuple[list[Attachment], tuple[str, ...]]:
    """Return PDF and slide, and why one is not there."""
    found: list[Attachment] = []
    notes: list[str] = []
    if settings.pdf:
        page = standalone_page((pack / "index.html").read_text(encoding="utf-8"))
        data = render_pdf(page, wish.pack.month)
        if isinstance(data, bytes):
            found.append(Attachment(f"{name}.pdf", _PDF, data))
        else:
            notes.append(data)
    if settings.slide:
        first = front.pictures[0].svg if front.pictures else ""
        found.append(
            Attachment(f"{name}.pptx", _PPTX, render_slide(front, pictures.get(first), wish.pack.month))
        )
    return found, tuple(notes)
