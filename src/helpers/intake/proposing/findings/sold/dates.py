"""Which of several days of a sale counts: that of the order, of the delivery, of the invoice, or of the books."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from helpers.intake.proposing.columns import is_date, words_of
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.synonyms import COLUMN_WORDS
from helpers.intake.reading.sql import literal
from helpers.intake.values import moments

_DAYS = {"orderdate", *COLUMN_WORDS["order_date"]}


def find_other_days(draft: Draft) -> Iterator[Finding]:
    """Ask which day counts, where two columns of days put some sales into different months."""
    own = draft.columns.get("order_date")
    if own is None or own not in draft.sample.columns:
        return
    days = _months(draft.texts(own))
    amounts = draft.values(draft.any_reading("net_amount") or "0")
    answers, told = [], []
    for column in draft.left:
        if not _DAYS & {*words_of(column)} or not any(map(is_date, draft.texts(column)[:20])):
            continue
        others = _months(draft.texts(column))
        rows = zip(days, others, amounts, strict=True)
        moved = [Decimal(amount or 0) for day, other, amount in rows if day and other and day != other]
        lacking = sum(not text for text in draft.texts(column))
        if moved:
            told.append(f"{column} ({shown(sum(moved, Decimal(0)))} of {len(moved)} rows in another month)")
            answers.append(
                (draft.sql(column), f"{column}" + (f", blank in {lacking} rows" if lacking else ""))
            )
    if answers:
        yield Finding(
            columns={"order_date": None},
            questions={"order_date": (
                f"beside {own} stands {', '.join(told)}: which day says the month of a sale?",
                [(draft.sql(own), own), *answers],
            )},
            uses=(own,),
        )  # fmt: skip


def form_of(texts: Sequence[str]) -> str:
    """Give the format of days that are not ISO 8601's; blank where all are, or where they can be read in two ways."""
    unclear = [text for text in dict.fromkeys(texts) if text and not moments.is_iso_date(text)]
    forms = [form for form, _ in moments.formats_of(unclear)] if unclear else []
    dotted = [form for form in forms if form.startswith("%d.%m.")]
    return dotted[0] if dotted else forms[0] if len(forms) == 1 else ""


def _months(texts: Sequence[str]) -> list[str]:
    """Give the month of each day, as ``2026-01``; blank where there is none, or where it can be read in two ways."""
    form = form_of(texts)
    return [
        text[:7] if moments.is_iso_date(text) else moments.month_of(text, form) if text and form else ""
        for text in texts
    ]


def day_sql(draft: Draft, column: str) -> str:
    """Write what rows are ordered by after the days of a column; blank where it holds others, or none that are sure."""
    texts = [text for text in dict.fromkeys(draft.texts(column)) if text]
    if not texts or not all(map(is_date, texts)):
        return ""
    if all(map(moments.is_iso_date, texts)):
        return draft.words(column)
    form = form_of(texts)
    sql = f"try_strptime({draft.words(column)}, {literal(form)})"
    read = bool(form) and form != "serial" and draft.values(sql).count(None) == draft.texts(column).count("")
    return sql if read else ""
