"""Queries on lifetime value and its uncertainty."""

from dataclasses import replace

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.frames.lookup import look_up
from helpers.core.scope import COMPANY
from helpers.engine.cache.encoded_rows import MONEY, id_ranges
from helpers.engine.fact import by_customer
from helpers.engine.scoring import score_fact
from helpers.engine.store import FactStore
from helpers.subjects.customer_rows import CustomerRows, OfCustomers
from helpers.subjects.net_margin.queries import NetMarginQueries
from helpers.subjects.queries import SubjectQueries
from helpers.subjects.sales.purchase_summary import purchase_fit
from helpers.subjects.tiers.queries import TierQueries
from helpers.subjects.value.cohorts import AliveHistory, Cohorts, alive_history, cohorts
from helpers.subjects.value.contribution import COLUMNS as LEFT
from helpers.subjects.value.contribution import ContributionValue, by_contribution
from helpers.subjects.value.learning.histories import PAID_COLUMNS, known_at, ledger
from helpers.subjects.value.learning.learning import LearnedValue, learn
from helpers.subjects.value.learning.recalibration import AS_IT_IS, COLUMNS, PurchaseScorer, Recalibration
from helpers.subjects.value.lifetime import CARD_COLUMNS, LifetimeValue, lifetime

#: What a purchase model says of every customer.
SCORES = ibis.schema({"customer_id": "string", "p_alive": "float64", "expected_purchases": "float64"})


class ValueQueries(NetMarginQueries, TierQueries):
    """Lifetime value, cohorts, the history of P(alive), and purchase scores of every customer."""

    def lifetime(self, horizon_years: int | None = None) -> LifetimeValue:
        """Return lifetime value; see `helpers.subjects.value.lifetime`.

        Parameters
        ----------
        horizon_years
            1, 3 or 5; the settings' unless given.

        Examples
        --------
        >>> book.lifetime(5).equity[["horizon", "value_amount", "low_80", "high_80"]].round(-5)
          horizon  value_amount      low_80      high_80
        0       1    20400000.0  16700000.0   24200000.0
        1       3    53500000.0  37000000.0   70100000.0
        2       5    79200000.0  47500000.0  111000000.0
        3    open   177100000.0  75000000.0  279200000.0
        """
        rules, customers = self.settings.value, self.frame("customers")
        tiers = self.tiers(self.main_dimension).customers.set_index("customer_id")["tier"]
        horizon = horizon_years or min((1, 3, 5), key=lambda years: abs(years - rules.headline_years))
        learned = learned_value(self)
        value = lifetime(
            learned, customers, self._months(*_measured(learned is not None and learned.by_margin)),
            self._over, tiers, self.dimensions, horizon,
            rules.discount_rate_year, rules.small_share, self.facts.coverage.first_whole, self.year,
        )  # fmt: skip
        return replace(value, in_course=self._in_course)

    def _value_rows(self) -> CustomerRows:
        """Return what each customer is worth over the settings' horizon, what of it is left, whether it is margin."""

        def worth() -> OfCustomers:
            value = self.lifetime()
            return _value_of(value, self.lifetime_left(value))

        return self._customer_rows("value", worth)

    def lifetime_left(self, value: LifetimeValue) -> ContributionValue | None:
        """Return what rebates and service leave of ``value``; None if no cost but that of goods is known.

        See `helpers.subjects.value.contribution`.

        Examples
        --------
        >>> left = book.lifetime_left(book.lifetime(1)).equity
        >>> left.loc[left["horizon"] == "1", ["value_amount", "left_amount"]].round(-5)
           value_amount  left_amount
        0    20400000.0   18100000.0
        """
        rows = self._margin_rows() if value.by_margin else None
        if rows is None:
            return None
        charged = rows.columns("net_amount", "margin_amount", "contribution_amount").reset_index()
        charged = charged.assign(charged_amount=charged["margin_amount"] - charged["contribution_amount"])
        counted, shared = tuple(rows.of_all["counted"]), rows.of_all["shared"]
        # Of data shorter than the window that is what they have: it stands for a year.
        there = (self.month - self.facts.coverage.months[0]).n + 1
        months = min(self.settings.periods.window_months, there)
        partly = tuple(
            (kind, pd.Period(first, "M"), pd.Period(last, "M")) for kind, first, last in rows.of_all["partly"]
        )
        return by_contribution(value, charged, counted, months, shared, partly)

    def cohorts(self, value: LifetimeValue) -> Cohorts:
        """Return cohort curves of the customers of ``value``; see `helpers.subjects.value.cohorts`.

        Examples
        --------
        >>> book.cohorts(book.lifetime()).curves[["cohort", "age_months", "customers"]].head(2)
           cohort  age_months  customers
        0  2024-1           3          8
        1  2024-1           6          8
        """
        return cohorts(
            value.customers, self._months(*_measured(value.by_margin), "purchase_days"), value.month,
            value.by_margin, self.year,
        )  # fmt: skip

    def alive_history(self, value: LifetimeValue, customer_ids: list[str]) -> AliveHistory:
        """Return how P(alive) of these customers went; see `helpers.subjects.value.cohorts`.

        Examples
        --------
        >>> book.alive_history(book.lifetime(), ["C00003"]).months["C00003"].tail(2).round(2).tolist()
        [0.97, 0.91]
        """
        months = self.facts.frame_of_customers("purchase_months", customer_ids, self.scope)
        return alive_history(value.learned, months, customer_ids, value.month, year=self.year)

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
        1      C00002     0.98               10.91
        2      C00003     0.91               11.98
        """
        scorer = PurchaseScorer(purchase_fit(self).learned, weeks, alive_recalibration(self))
        many = self.facts.buyers >= self.settings.spark.score_on_engine_from
        everybody = score_fact(self.facts, "customer_summary", COLUMNS, scorer, SCORES, on_workers=many)
        return everybody if self.scope == COMPANY else by_customer(everybody, self.scope, self.facts)


def _value_of(value: LifetimeValue, left: ContributionValue | None) -> OfCustomers:
    table = value.customers[list(CARD_COLUMNS)].assign(**dict.fromkeys(LEFT, float("nan")))
    if left is not None:
        known = left.customers.set_index("customer_id")
        of = zip(LEFT, ("left_amount", "low_80", "high_80"), strict=True)
        table = table.assign(**{name: look_up(table["customer_id"], known[own]).array for name, own in of})
    return OfCustomers(
        table,
        {
            "horizon_years": value.horizon_years,
            "by_margin": value.by_margin,
            "is_rough": value.learned is None or value.learned.fallback is not None,
        },
    )


def _measured(by_margin: bool) -> tuple[str, ...]:
    """Return the columns of customer_months from which margins, or net sales, are computed."""
    return MONEY if by_margin else MONEY[:1]


def learned_value(opened: SubjectQueries) -> LearnedValue | None:
    """Return the fitted forecast of the company's customers, computed once for all scopes."""
    facts, rules, month = opened.facts, opened.settings.value, opened._over
    return opened._cache.get_or_compute(
        "lifetime_value",
        lambda: learn(
            facts.sampled_frame("purchase_months"), facts.sampled_frame("customer_months", PAID_COLUMNS),
            month, rules.discount_rate_year, rules.origins,
            everybody=(lambda: _everybody(facts, month)) if facts.sampled_share < 1 else None,
            fit=purchase_fit(opened) if month == opened.month else None,
            year=facts.year,
        ),
    )  # fmt: skip


def alive_recalibration(opened: SubjectQueries) -> Recalibration:
    """Return the recalibration of P(alive), learnt once for the whole company."""
    learned = learned_value(opened)
    return AS_IT_IS if learned is None else learned.alive


def _everybody(facts: FactStore, month: pd.Period) -> pd.DataFrame:
    """Return every customer's history at the month end, in parts: all months at once do not fit into memory."""
    parts = []
    for first, last in id_ranges(facts):
        bought = facts.frame_between("purchase_months", first, last)
        paid = facts.frame_between("customer_months", first, last, PAID_COLUMNS)
        parts.append(known_at(ledger(bought, paid, month, facts.year), month))
    return pd.concat(parts)
