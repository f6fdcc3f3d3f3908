"""What a subject proposes to do: who, what, by when and for how much; why is written for those that are shown.

A company of a million customers has as many proposals, of which a page shows a few: a sentence costs more than all that
the choice of them needs.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first, look_up

#: What a proposal's money is: net sales, margin, or money that is the seller's own (an unpaid invoice).
Unit = Literal["sales", "margin", "money"]
#: What the figure beside an action is: of a year what is likely to be lost, or to be won; money that is overdue, over a
#: limit, or owed; net sales that came in the month a year earlier; what a customer costs more than it brings; goods
#: that are not shipped, or came back; what open quotes are expected to bring.
Measure = Literal[
    "at_risk", "to_win", "overdue", "over_limit", "owed", "missing", "loss", "waiting", "returned", "quoted"
]

#: Where the figure that a reader is told is not the value: what it is, and how large.
DISPLAYED = ("measure", "shown_amount")


@dataclass(frozen=True)
class Proposals:
    """Proposed actions of one subject.

    Attributes
    ----------
    rows
        One row an action, in the subject's order, numbered from 0: customer_id, kind, value_amount (money at stake in
        a year, by which actions are ranked), due_date; where a reader is told another figure, ``measure`` (a
        `Measure`) and ``shown_amount``.
    about
        The row that each reason is written from, in the order of ``rows``.
    unit
        What ``value_amount`` is; the list of all actions puts it into one.
    write
        Rows of ``about`` -> one sentence each, complete in itself, in the report's language.
    """

    rows: pd.DataFrame
    about: pd.DataFrame
    write: Callable[[pd.DataFrame], Sequence[str]]
    unit: Unit = "sales"

    def without(self, ids: Collection[str]) -> Proposals:
        """Return the actions about other customers than these."""
        other = ~self.rows["customer_id"].isin(list(ids))
        if other.all():
            return self
        rows = self.rows[other].reset_index(drop=True)
        return replace(self, rows=rows, about=self.about[other.to_numpy()])

    def reasons(self, places: Sequence[int]) -> list[str]:
        """Write the reasons of the rows at these places."""
        return list(self.write(self.about.iloc[list(places)]))

    def worded(self) -> pd.DataFrame:
        """Return all actions with ``reason``, the largest value first, then by customer_id."""
        rows = self.rows.assign(reason=pd.Series(self.reasons(range(len(self.rows))), dtype="object"))
        ordered = largest_first(rows, "value_amount")
        return ordered.reset_index(drop=True)


@dataclass(frozen=True)
class Likelihood(Answer):
    """How likely each customer is to be lost, and with it what is expected to be lost.

    The rule of the front page: findings and actions about customers who may leave are weighed by the expected
    loss, that is net sales of a year times the probability of leaving, never by the whole sales. So a large customer
    who buys as ever, with four complaints, weighs a few percent of its sales, and a smaller one who has fallen
    silent may come before it.

    Attributes
    ----------
    probability
        Probability of leaving by customer_id (`helpers.subjects.churn.churn.ChurnScores`), 0 to 1.
    unscored
        Of customers without a probability: they have been silent for so long that they are no longer scored. Most of
        their sales are lost whatever is done, so this is the share that can still be won or lost.
    winnable
        Share of what a customer buys elsewhere that is expected to be won in a year: growth is weighed as losses are.
    """

    probability: pd.Series = field(default_factory=lambda: pd.Series(dtype="float64"))
    unscored: float = 0.1
    winnable: float = 0.2

    def expected_loss(self, customer_ids: pd.Series, amounts: pd.Series) -> pd.Series:
        """Return amounts (in a year, money) times the probability, row by row; negative amounts lose nothing."""
        likely = look_up(customer_ids, self.probability.astype("float64"), self.unscored)
        return (amounts.astype("float64").clip(lower=0) * likely).round(4)
