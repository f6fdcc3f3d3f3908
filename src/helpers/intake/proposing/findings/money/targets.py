"""Targets: of which time each is, whose it is, and of what."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.intake.layout.periods import period_of
from helpers.intake.proposing.columns import find_column
from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.proposing.synonyms import COLUMN_WORDS

#: Whose targets are, by the columns that name them.
_SCOPES = {
    "salesperson": "salesperson_id",
    "customer": "customer_id",
    "team": "team",
    "trade_class": "trade_class",
}
_STANDARD = re.compile("(FY)?20[0-9]{2}(-(Q[1-4]|P?[01][0-9]))?")


def ask_metric(draft: Draft) -> Iterator[Finding]:
    """Ask what targets are of, where no column says it."""
    if "metric" not in draft.columns:
        answers = [
            ("'net_sales'", "sales in the report's currency"),
            ("'other'", "something else: pages leave it out"),
        ]
        yield Finding(questions={"metric": ("no column says what the targets are of", answers)})


def find_scope(draft: Draft) -> Iterator[Finding]:
    """Take the column that names a salesperson, customer, team or class for whose targets are."""
    if {"scope_type", "scope_id"} & {*draft.columns}:
        return
    for scope, name in _SCOPES.items():
        column = find_column(COLUMN_WORDS[name], draft.unmapped)
        if column is not None:
            yield Finding(
                f"Each target is of a {scope}, by {column}.",
                columns={"scope_id": column},
                derived={"scope_type": f"'{scope}'"},
            )
            return


def find_month(draft: Draft) -> Iterator[Finding]:
    """Write months and days as the standard's months: ``2026年1月`` and ``2026-01-31`` are 2026-01."""
    column = draft.columns.get("period")
    texts = [text for text in dict.fromkeys(draft.texts(column)) if text] if column else []
    periods = [period_of(text) for text in texts]
    if column is None or all(map(_STANDARD.fullmatch, texts)):
        return
    if column in ("quarter", "year"):  # as they stood side by side
        word = draft.words(column)
        quarter = f" || '-Q' || CAST(CAST(substr({word}, 6, 2) AS INTEGER) / 3 AS INTEGER)"
        yield Finding(
            derived={"period": f"substr({word}, 1, 4){quarter if column == 'quarter' else ''}"},
            uses=(column,),
        )
        return
    year_first = all(re.fullmatch(r"20[0-9]{2}\D+[0-9]{1,2}(\D.*)?", text) for text in texts)
    if year_first and all(period and period.kind in ("month", "day") for period in periods):
        year, month = (
            f"regexp_extract({draft.words(column)}, '^(20[0-9]{{2}})[^0-9]+([0-9]{{1,2}})', {group})"
            for group in (1, 2)
        )
        sql = f"{year} || '-' || lpad({month}, 2, '0')"
        yield Finding(
            f"{column} is written as {texts[0]}: the month of it.",
            derived={"period": sql},
            uses=(column,),
        )
