"""Exchange rates: which way round they are quoted is asked, as both readings are rates that may be."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from helpers.intake.layout.currencies import currency_heads
from helpers.intake.proposing.findings.draft import Draft, Finding


def find_rates(draft: Draft) -> Iterator[Finding]:
    """Say that a column a currency is read so, and ask for the direction of those whose head is no pair."""
    if draft.table != "exchange_rates":
        return
    heads = currency_heads(list(draft.sample.columns))
    wide = heads and not {"currency", "rate"} <= set(draft.columns)
    alone = [name for name, match in heads.items() if not match[3]]
    if wide:
        yield Finding(
            f"{', '.join(heads)}: one column a currency; each cell becomes a row by itself, without a line of the map.",
            columns=dict.fromkeys(draft.columns.keys() & {"currency", "rate"}),
            uses=tuple(heads),
        )
    if (wide and not alone) or "quotation" in draft.columns:
        return
    answers = ["'direct'", "'indirect'"]
    if wide:
        name = alone[0]
        if len(alone) < len(heads):  # pairs say it themselves
            answers = [f"coalesce(quotation, {answer})" for answer in answers]
        code, rate = heads[name][2], _first(draft.texts(name))
    else:
        code, rate = (_first(_said(draft, name)) for name in ("currency", "rate"))
    units = _first(_said(draft, "units"), "1")
    asks = "how the rates are quoted: many lie so near 1 that both ways round may be meant"
    yield Finding(
        questions={
            "quotation": (
                asks,
                [
                    (answers[0], f"{units} {code} is {rate} of the report's currency"),
                    (answers[1], f"{units} of the report's currency is {rate} {code}"),
                ],
            )
        },
    )


def _said(draft: Draft, name: str) -> Sequence[Any]:
    """Give the values of a standard column, as they are proposed to be read."""
    if name in draft.derived:
        return draft.values(draft.derived[name])
    return draft.texts(draft.columns[name]) if name in draft.columns else []


def _first(values: Sequence[Any], nothing: str = "...") -> str:
    return next((str(each) for each in values if each), nothing)
