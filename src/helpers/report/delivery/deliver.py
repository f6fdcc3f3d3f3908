"""``workbook deliver``: make what is missing, send what was not sent, and keep a record of it."""

import hashlib
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, Literal

from helpers.core.files.private import exclusive_lock
from helpers.core.files.publish import replaced_folder
from helpers.core.mask import ON, is_masked, usable_key
from helpers.errors import WorkbookError
from helpers.report.delivery.channels.smtp import Server
from helpers.report.delivery.channels.webhook import pop_addresses, post
from helpers.report.delivery.plan import (
    FOLDER,
    MAIL,
    DeliverRequest,
    Plan,
    PlannedDelivery,
    plan_deliveries,
    read_recipient_settings,
    with_passphrases,
)
from helpers.report.delivery.recipients import Recipient
from helpers.report.monthly import make_pack_if_changed, with_absolute_paths, write_month_list
from helpers.report.packs.deliveries import append_delivery, read_deliveries
from helpers.report.packs.pack import Progress
from helpers.report.packs.unchanged import is_unchanged
from helpers.report.requests import PackResult
from helpers.report.running.children import ChildError, Children
from helpers.settings.report import Delivery

UNSENT = "[delivery] names no mail server, it is not sent"
Status = Literal["sent", "written", "before", "would", "failed"]


@dataclass(frozen=True)
class Outcome:
    """The result for one recipient and channel; status ``would``: a dry run, ``before``: it had been sent already."""

    recipient: str
    status: Status
    message: str

    @property
    def is_well(self) -> bool:
        """Whether nothing is left to be done."""
        return self.status != "failed"


def deliver(request: DeliverRequest, on_progress: Progress) -> tuple[Outcome, ...]:
    """Deliver the packs of a month; one recipient that fails does not stop the others.

    Raises
    ------
    WorkbookError
        Data, settings, month or the table of recipients are not usable.
    """
    request = replace(request, report=with_absolute_paths(request.report))
    settings, recipients, refused = read_recipient_settings(request)
    server = Server(settings)
    addresses = pop_addresses()
    outcomes = [Outcome(name, "failed", why) for name, why in refused]
    plan = _plan(request, recipients)
    outcomes += [Outcome(name, "failed", why) for name, why in plan.refused]
    if request.dry_run:
        return (*outcomes, *(each for wish in plan.wishes for each in _would(wish, settings, request)))
    for masked in (False, True):
        group = [wish for wish in plan.wishes if wish.recipient.mask is masked]
        if not group:
            continue
        with Children() as children:
            _mask(children, masked)
            children.environment.update(group[0].pack.environment)
            for wish in group:
                on_progress(wish.recipient.name)
                outcomes += _delivered(wish, request, settings, server, addresses, children)
    server.close()
    if stand := [wish.pack for wish in plan.wishes if wish.pack.out == request.report.out]:
        with Children() as children:
            write_month_list(stand, on_progress, children)
    return tuple(outcomes)


def _mask(children: Children, masked: bool) -> None:
    """Let children read the data masked; a run that is masked as a whole stays so."""
    if masked:
        children.environment[ON] = "1"


def _plan(request: DeliverRequest, recipients: tuple[Recipient, ...]) -> Plan:
    """Hold the recipients against the data, in children: those that are masked apart from the others."""
    recipients = tuple(replace(one, mask=one.mask or is_masked()) for one in recipients)
    wishes: list[PlannedDelivery] = []
    refused: list[tuple[str, str]] = []
    for masked in (False, True):
        group = tuple(one for one in recipients if one.mask is masked)
        if not group:
            continue
        if masked and (why := _no_mask_key()):
            refused += [(one.name, f"{one.place}, column mask: {why}") for one in group]
            continue
        with Children() as children:
            _mask(children, masked)
            try:
                found, not_there = children.call(plan_deliveries, request, group)
            except ChildError as error:
                raise WorkbookError(f"The data could not be read. {error}") from None
        wishes += found
        refused += not_there
    kept, locked = with_passphrases(tuple(wishes), request.report.passphrases, request.passphrase)
    order = [one.name for one in recipients]
    return Plan(tuple(sorted(kept, key=lambda wish: order.index(wish.recipient.name))), (*refused, *locked))


def _no_mask_key() -> str:
    try:
        usable_key()
    except WorkbookError as error:
        return str(error)
    return ""


def _ways(wish: PlannedDelivery, settings: Delivery) -> list[tuple[str, str]]:
    """Return how a pack goes out, and to where."""
    ways = [("smtp", wish.recipient.email)] if wish.recipient.email and settings.smtp else []
    return ways + ([("webhook", wish.recipient.webhook)] if wish.recipient.webhook else [])


def _would(wish: PlannedDelivery, settings: Delivery, request: DeliverRequest) -> list[Outcome]:
    one, form = wish.recipient, wish.form
    month = f"{form['month']}" + f" up to {wish.until}" * bool(wish.until)
    what = f"{form['scope']}, {month}, {form['language']}"
    what += ", masked" * one.mask + ", encrypted" * one.encrypt
    what += f", pages {', '.join(name[:2] for name in one.pages)}" * bool(one.pages)
    found = []
    for way, to in _ways(wish, settings):
        before = "" if request.again else _before(request.report.out, wish, way, to)
        outcome = before or f"would be sent to {to}"
        found.append(Outcome(one.name, "before" if before else "would", f"{what}: {outcome}"))
    if found and one.email and not settings.smtp:
        found.append(Outcome(one.name, "would", f"{what}: a mail to {one.email} would be written; {UNSENT}"))
    return found or [Outcome(one.name, "would", f"{what}: files would be written, nothing is sent")]


def _delivered(
    wish: PlannedDelivery,
    request: DeliverRequest,
    settings: Delivery,
    server: Server,
    addresses: dict[str, str],
    children: Children,
) -> list[Outcome]:
    """Deliver one recipient's pack on all its channels, under a lock, so that two runs do not both send it."""
    name, out = wish.recipient.name, request.report.out
    folder = out / wish.pack.month / FOLDER
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with exclusive_lock(folder / ".lock"):
            ways = _ways(wish, settings)
            unsent = bool(wish.recipient.email and not settings.smtp)
            before = {
                (way, to): outcome
                for way, to in ways
                if not request.again and (outcome := _before(out, wish, way, to))
            }
            outcomes = [Outcome(name, "before", outcome) for outcome in before.values()]
            if ways and len(before) == len(ways):
                return outcomes
            composed = _made(wish, settings, children, folder)
            target = folder / slug(name)
            with replaced_folder(target) as draft:
                for file, data in composed.files.items():
                    (draft / file).write_bytes(data)
            notes = "".join(f"; {note}" for note in composed.notes)
            if not ways:
                made = {file: hashlib.sha256(data).hexdigest() for file, data in composed.files.items()}
                append_delivery(out, {"event": "written", "recipient": name, **wish.form, "files": made})
                return [Outcome(name, "written", f"{target}{notes}")]
            for way, to in ways:
                if (way, to) not in before:
                    if way == "smtp":
                        content = composed.files[MAIL]
                        send = partial(server.send, content, settings.sender, to)
                    else:
                        content = composed.chat.encode("utf-8")
                        send = partial(post, to, composed.chat, addresses)
                    outcomes.append(_sent(wish, out, way, to, content, send, notes))
            return outcomes + [Outcome(name, "written", f"{target / MAIL}: {UNSENT}")] * unsent
    except (WorkbookError, ChildError, OSError) as error:
        return [Outcome(name, "failed", str(error))]


def _made(wish: PlannedDelivery, settings: Delivery, children: Children, folder: Path) -> Any:
    """Make the pack, unless an unchanged one is there already, and compose the message from it.

    A pack that is sent encrypted is made in a temporary folder, so that nothing readable is left behind.
    """
    pack = wish.pack
    if not wish.recipient.encrypt or is_unchanged(pack.out / pack.month / pack.folder, pack.key):
        return children.call(_composed, wish, _whole(make_pack_if_changed(pack, children)), settings)
    with tempfile.TemporaryDirectory(prefix=".encrypting-", dir=folder) as private:
        private_pack = replace(pack, out=Path(private))
        return children.call(_composed, wish, _whole(make_pack_if_changed(private_pack, children)), settings)


def _composed(wish: PlannedDelivery, pack: Path, settings: Delivery) -> Any:
    from helpers.report.delivery.compose import compose  # pandas and pictures: only children need them

    return compose(wish, pack, settings)


def _whole(pack: PackResult) -> Path:
    if pack.failures:
        stopped = ", ".join(failure.notebook for failure in pack.failures)
        raise WorkbookError(f"not sent: {stopped} stopped; {pack.index} says where and why")
    return pack.folder


def _sent(
    wish: PlannedDelivery, out: Path, way: str, to: str, content: bytes, send: Callable[[], str], notes: str
) -> Outcome:
    """Send, with a line on record before and after: a run that ends in between is seen by the next."""
    line = _line(wish, way, to) | {
        "recipient": wish.recipient.name, "content": hashlib.sha256(content).hexdigest(), "key": wish.pack.key,
    }  # fmt: skip
    append_delivery(out, {"event": "sending", **line})
    try:
        receipt = send()
    except WorkbookError as error:
        append_delivery(out, {"event": "failed", **line, "error": str(error)})
        return Outcome(wish.recipient.name, "failed", str(error))
    append_delivery(out, {"event": "sent", **line, "receipt": receipt})
    return Outcome(wish.recipient.name, "sent", f"sent to {to}: {receipt}{notes}")


def _line(wish: PlannedDelivery, way: str, to: str) -> dict[str, Any]:
    return {**wish.form, "by": way, "to": to}


def _before(out: Path, wish: PlannedDelivery, way: str, to: str) -> str:
    """Say when the same was sent before, or may have been; empty where it was not."""
    wanted = _line(wish, way, to)
    sending: dict[str, Any] | None = None
    sent: dict[str, Any] | None = None
    for line in read_deliveries(out):
        if all((line.get(name) or None) == (value or None) for name, value in wanted.items()):
            sending = line if line.get("event") == "sending" else None
            sent = line if line.get("event") == "sent" else sent
    if sending:
        return (
            f"may have been sent to {to} on {sending['recorded']}: no answer is on record; --again sends it"
        )
    if sent:
        other = "" if sent.get("key") == wish.pack.key else ", and its report would be another now"
        return f"sent to {to} on {sent['recorded']} already{other}; --again sends it again"
    return ""


def slug(name: str) -> str:
    """Return a folder name for a recipient: names are data and may hold anything."""
    readable = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40].strip("-")
    return "-".join(
        part
        for part in (readable, hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:8])
        if part
    )
