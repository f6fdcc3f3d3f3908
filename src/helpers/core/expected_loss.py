"""What a year's sales of a customer are worth to an action: only what is likely to be lost without it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up


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
