"""What whoever runs the reports wants to know of a run: a line for each pack, and a sign of life."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from helpers.errors import WorkbookError
from helpers.report.requests import PackResult, ReportResult

if TYPE_CHECKING:
    import pandas as pd

    from helpers.core.periods import CompanyYear

_OF_SENDING = ("WORKBOOK_SMTP_", "WORKBOOK_WEBHOOK_")
LogForm = Literal["text", "json"]
LAST_MONTH = "last-month"
"""The month before today's, for ``--expect``."""
HEARTBEAT = "WORKBOOK_HEARTBEAT"
"""The variable with the address that is asked for, or the file that is written, when a run is whole."""


def parse_expected_month(text: str | None) -> str:
    """Return the month that ``--expect`` means: as written, or `LAST_MONTH`, of which the company's months tell."""
    if text is None:
        return ""
    if text.strip() == LAST_MONTH:
        return LAST_MONTH
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2]|P(0[1-9]|1[0-3]))", text.strip()):
        raise WorkbookError(
            f"--expect '{text}' is not understood. Write a month as 2026-10, or {LAST_MONTH}."
        )
    return text.strip()


def last_month(year: CompanyYear) -> pd.Period:
    """Return the month before today's; of a year of thirteen, the period."""
    return year.month_of(dt.date.today()) - 1


def log_line(form: LogForm, event: str, text: str, **values: Any) -> str:
    """Return a line of the log: as text, or as JSON with the time and what the line is about."""
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    if form == "json":
        return json.dumps({"time": now, "event": event, "message": text, **values}, ensure_ascii=False)
    return f"{now} {text}"


def pack_lines(result: ReportResult, form: LogForm) -> list[str]:
    """Return a log line for each pack made, each scope that failed, and each scope without customers."""
    lines = [_of_pack(pack, form) for pack in result.packs]
    lines += [
        log_line(form, "pack", f"{scope}: no report: {why}", scope=scope, outcome="failed", error=why)
        for scope, why in result.errors.items()
    ]
    return lines + [
        log_line(form, "pack", f"{scope}: no report: it owns no customers", scope=scope, outcome="left out")
        for scope in result.empty
    ]


def _of_pack(pack: PackResult, form: LogForm) -> str:
    request, read = pack.request, pack.request.read if pack.request else None
    outcome = "stopped" if pack.failures else "unchanged" if pack.unchanged else "made"
    values: dict[str, Any] = {
        "folder": str(pack.folder),
        "outcome": outcome,
        "seconds": round(pack.seconds, 1),
    }
    if request:
        values |= {"month": request.month, "scope": request.scope, "language": request.language}
    if read:
        values |= {"rows": read.rows, "money": read.money, "currency": read.currency, "set_aside": read.aside}
    text = f"{values.get('month', '')} {values.get('scope', '')}: {outcome} in {values['seconds']} s"
    if read:
        money = f"{read.currency} {Decimal(read.money):,.2f}".strip()
        text += f"; {read.rows:,} order lines read, {money} in net sales, {read.aside:,} set aside"
    return log_line(form, "pack", text, **values)


def pop_heartbeat() -> str:
    """Take the address or file out of the environment: the address may be a secret, which no notebook is to have."""
    return os.environ.pop(HEARTBEAT, "").strip()


def drop_secrets() -> None:
    """Take out of the environment what sending needs and making a report does not: no notebook's process has it."""
    for name in [name for name in os.environ if name.startswith(_OF_SENDING)]:
        del os.environ[name]


def heartbeat(place: str) -> str:
    """Say at an address or in a file (none: nowhere) that a run was whole; returns what went wrong.

    A run does not fail for it: that the sign does not come is what the other side watches for.
    """
    if not place:
        return ""
    try:
        if "://" in place:
            from helpers.report.delivery.channels.webhook import (
                request,
            )  # the network: nothing else here needs it

            request(place, None, HEARTBEAT)
        else:
            Path(place).write_text(
                dt.datetime.now(dt.UTC).isoformat(timespec="seconds") + "\n", encoding="utf-8"
            )
    except (WorkbookError, OSError) as error:
        return f"The heartbeat was not given: {error}"
    return ""
