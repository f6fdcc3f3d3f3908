"""Who gets which pack: every recipient's scope, language, pages and masking held against the data of the month."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from helpers.core.calendar.period_names import period_name
from helpers.errors import WorkbookError
from helpers.report.delivery.recipients import Recipient, read_recipients
from helpers.report.requests import PackRequest, ReportRequest, report_notebooks
from helpers.settings.config import SAMPLE_FOLDER, load_settings, settings_beside
from helpers.settings.report import Delivery

FOLDER = "deliveries"
"""Below a month's folder: what was made to be sent."""
MAIL = "mail.eml"
"""The file of a recipient's mail."""


@dataclass(frozen=True)
class DeliverRequest:
    """What ``workbook deliver`` was asked for; texts are as typed.

    Attributes
    ----------
    report
        Data, map, month, folder of the reports and passphrases, as for ``workbook report``.
    recipients
        The table; None takes the settings'.
    only
        Names of recipients; empty: all.
    dry_run, again
        Say what would be done and do nothing; send what was sent before.
    """

    report: ReportRequest
    recipients: Path | None = None
    only: tuple[str, ...] = ()
    dry_run: bool = False
    again: bool = False
    passphrase: str = field(default="", repr=False)


@dataclass(frozen=True)
class PlannedDelivery:
    """A recipient and the pack that is theirs: not encrypted yet, where it stands or is to be made.

    ``until`` is the day that a month in course has reached: the whole month is another delivery.
    """

    recipient: Recipient
    pack: PackRequest
    passphrase: str = field(default="", repr=False)
    until: str = ""

    @property
    def form(self) -> dict[str, object]:
        """What identifies a delivery of a month, apart from its channel."""
        return {
            "month": self.pack.month, "scope": self.pack.scope, "language": self.pack.language,
            "pages": list(self.recipient.pages), "masked": self.recipient.mask, "encrypted": self.recipient.encrypt,
            "until": self.until,
        }  # fmt: skip


@dataclass(frozen=True)
class Plan:
    """The planned deliveries, and (name, reason) of the recipients who get nothing."""

    wishes: tuple[PlannedDelivery, ...]
    refused: tuple[tuple[str, str], ...] = ()


def read_recipient_settings(
    request: DeliverRequest,
) -> tuple[Delivery, tuple[Recipient, ...], tuple[tuple[str, str], ...]]:
    """Read settings and table; of recipients those that are asked for.

    Raises
    ------
    WorkbookError
        The table cannot be read, or somebody asked for does not stand in it.
    """
    data = request.report.data
    place = request.report.map or settings_beside(data or SAMPLE_FOLDER)
    whole = load_settings(place)
    settings = whole.delivery
    base = place.parent if place else Path(data) if data and "://" not in data else Path()
    table = request.recipients or (base if base.is_dir() else base.parent) / settings.recipients
    recipients, refused = read_recipients(table, report_notebooks(whole, place))
    if request.only:
        names = [*(one.name for one in recipients), *(name for name, _why in refused)]
        if lost := [name for name in request.only if name not in names]:
            raise WorkbookError(
                f"{table.name} has no recipient {', '.join(lost)}. There are: {', '.join(names)}."
            )
    return (
        settings,
        tuple(one for one in recipients if not request.only or one.name in request.only),
        tuple(one for one in refused if not request.only or one[0] in request.only),
    )


def plan_deliveries(
    request: DeliverRequest, recipients: tuple[Recipient, ...]
) -> tuple[tuple[PlannedDelivery, ...], tuple[tuple[str, str], ...]]:
    """Say which packs recipients get who are all masked, or all not; in a child whose environment says so.

    Returns
    -------
    tuple
        What each gets, and the names and reasons of those whose scope is not there or owns no customer.

    Raises
    ------
    WorkbookError
        Data, map or month are not usable.
    """
    from helpers.book import open_book
    from helpers.engine.cache.cache import start_run
    from helpers.report.prepare import OwningScopes, plan_packs

    start_run(None)  # the data are read once, and not again for every recipient
    report = request.report
    book = open_book(
        report.data, report.month, "company", str(report.map) if report.map else None, report.language
    )
    report = replace(report, month=period_name(book.month), passphrases={}, passphrase="")
    owning = OwningScopes(book)
    wishes: list[PlannedDelivery] = []
    refused: list[tuple[str, str]] = []
    for one in recipients:
        try:
            scope = book.facts.scope(one.scope)
            if scope not in owning:
                raise WorkbookError(
                    f"{one.scope} owns no customers in {period_name(book.month)}: there is nothing to report."
                )
        except WorkbookError as error:
            refused.append((one.name, f"{one.place}, column scope: {error}"))
            continue
        language = one.language or report.language or book.settings.report.language
        pack_request = replace(report, scope=one.scope, language=language, pages=one.pages, expect="")
        (pack,) = plan_packs(pack_request).packs
        placed = _placed(pack, one, book.settings.report.language)
        wishes.append(PlannedDelivery(one, placed, until=str(book.until or "")))
    return tuple(wishes), tuple(refused)


def _placed(pack: PackRequest, one: Recipient, language: str) -> PackRequest:
    """Set the folder of a pack: that of the reports if it is an ordinary one, else a folder for deliveries."""
    if pack.language == language and not one.mask and not one.pages:
        return pack
    pages = hashlib.sha256(",".join(one.pages).encode()).hexdigest()[:8] if one.pages else ""
    name = "-".join(part for part in (pack.language, "masked" if one.mask else "", pages) if part)
    return replace(pack, out=pack.out / pack.month / FOLDER / "packs" / name)


def with_passphrases(
    wishes: tuple[PlannedDelivery, ...], passphrases: Mapping[str, str], one_passphrase: str
) -> tuple[tuple[PlannedDelivery, ...], tuple[tuple[str, str], ...]]:
    """Assign each encrypted pack its scope's passphrase; return apart the recipients for whom there is none."""
    scopes = {wish.pack.scope for wish in wishes if wish.recipient.encrypt}
    known = dict.fromkeys(scopes, one_passphrase) if one_passphrase and len(scopes) == 1 else passphrases
    kept: list[PlannedDelivery] = []
    refused: list[tuple[str, str]] = []
    for wish in wishes:
        one = wish.recipient
        own = known.get(wish.pack.scope) or known.get(one.scope, "")
        if one.encrypt and not own:
            refused.append(
                (one.name, f"{one.place}, column encrypt: the passphrase file has no line for {wish.pack.scope}. "
                 "Name one with --passphrase-file that has: SCOPE = PASSPHRASE.")
            )  # fmt: skip
        else:
            kept.append(replace(wish, passphrase=own if one.encrypt else ""))
    return tuple(kept), tuple(refused)
