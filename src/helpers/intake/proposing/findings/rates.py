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
    is_wide = heads and not {"currency", "rate"} <= set(draft.columns)
    unpaired = [name for name, match in heads.items() if not match[3]]
    if is_wide:
        yield Finding(
            f"{', '.join(heads)}: one column a currency; each cell becomes a row by itself, without a line of the map.",
            columns=dict.fromkeys(draft.columns.keys() & {"currency", "rate"}),
            uses=tuple(heads),
        )
    if (is_wide and not unpaired) or "quotation" in draft.columns:
        return
    answers = ["'direct'", "'indirect'"]
    if is_wide:
        name = unpaired[0]
        if len(unpaired) < len(heads):  # pairs say it themselves
            answers = [f"coalesce(quotation, {answer})" for answer in answers]
        code, rate = heads[name][2], _first_value(draft.texts(name))
    else:
        code, rate = (_first_value(_column_values(draft, name)) for name in ("currency", "rate"))
    units = _first_value(_column_values(draft, "units"), "1")
    question = "how the rates are quoted: many lie so near 1 that both ways round may be meant"
    yield Finding(
        questions={
            "quotation": (
                question,
                [
                    (answers[0], f"{units} {code} is {rate} of the report's currency"),
                    (answers[1], f"{units} of the report's currency is {rate} {code}"),
                ],
            )
        },
    )


def _column_values(draft: Draft, name: str) -> Sequence[Any]:
    """Return the values of a standard column, as they are proposed to be read."""
    if name in draft.derived:
        return draft.values(draft.derived[name])
    return draft.texts(draft.columns[name]) if name in draft.columns else []


def _first_value(values: Sequence[Any], default: str = "...") -> str:
    return next((str(value) for value in values if value), default)
