"""How the probability that a customer is still one went, month end by month end."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.subjects.value.learning.histories import known_at, ledger
from helpers.subjects.value.learning.learning import LearnedValue


@dataclass(frozen=True)
class AliveHistory(Answer):
    """P(alive) over time.

    Attributes
    ----------
    months
        month (first of the month) and a column a customer_id, in the order requested: P(alive) at the month end, from
        what was known of the customer by then, with the parameters of the report's month; NaN before it bought.
    """

    months: pd.DataFrame


def alive_history(
    learned: LearnedValue | None,
    purchase_months: pd.DataFrame,
    customer_ids: list[str],
    month: pd.Period,
    months: int = 24,
    year: CompanyYear = CALENDAR_YEAR,
) -> AliveHistory:
    """Return P(alive) of some customers at each of the last ``months`` month ends."""
    chosen = purchase_months[purchase_months["customer_id"].isin(customer_ids)]
    nothing = pd.DataFrame(
        {name: pd.Series(dtype="float64") for name in ("net_amount", "net_amount_with_cost", "cost_amount")}
    ).assign(customer_id=pd.Series(dtype="str"), month=pd.Series(dtype="datetime64[us]"))
    book = ledger(chosen, nothing, month, year)
    rows = []
    for back in range(months - 1, -1, -1):
        row: dict[str, object] = {"month": (month - back).to_timestamp()}
        known = known_at(book, month - back)
        if learned is not None and len(known):
            said = learned.alive.of(learned.model.p_alive(known).to_numpy())
            row |= dict(zip(map(str, known.index), said, strict=True))
        rows.append(row)
    frame = pd.DataFrame(rows).reindex(columns=["month", *customer_ids])
    return AliveHistory(frame.astype(dict.fromkeys(customer_ids, "float64")))
