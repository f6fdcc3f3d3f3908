"""Purchase scores of all customers as a table: for those who are too many to be looked at in pandas."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from helpers.core.scope import COMPANY
from helpers.engine.fact import own_customers
from helpers.engine.scoring import scored
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.sales.purchase_model import purchase_fit
from helpers.subjects.value.scores import COLUMNS, PurchaseScorer

_SCHEMA = ibis.schema({"customer_id": "string", "p_alive": "float64", "expected_purchases": "float64"})


class ScoreQueries(SubjectQueries):
    """What a purchase model says of every customer."""

    def purchase_scores(self, weeks: float = 52) -> ir.Table:
        """Return P(alive) and the purchases expected in the next ``weeks``, one row a customer of the scope.

        Learnt from the company's customers (sampled where there are more than ``learning.most_customers``), applied to
        all: from ``spark.score_on_engine_from`` customers on by Spark's workers, where Spark is the engine.

        Returns
        -------
        ibis.expr.types.Table
            customer_id, p_alive, expected_purchases (NULL: never bought); ask it for what you need.

        Examples
        --------
        >>> scores = book.purchase_scores().filter(_.customer_id <= "C00003")
        >>> scores.order_by("customer_id").execute().round(2)
          customer_id  p_alive  expected_purchases
        0      C00001     0.00                0.00
        1      C00002     0.99               10.91
        2      C00003     0.94               11.98
        """
        scorer = PurchaseScorer(purchase_fit(self).learned, weeks)
        many = self.facts.buyers >= self.settings.spark.score_on_engine_from
        everybody = scored(self.facts, "customer_summary", COLUMNS, scorer, _SCHEMA, on_workers=many)
        return everybody if self.scope == COMPANY else own_customers(everybody, self.scope, self.facts)
