"""One customer, and the index of all (R5)."""

from __future__ import annotations

import difflib
from functools import cached_property

import pandas as pd

from helpers.analysis.behaviour import Behaviour
from helpers.analysis.card import Card, against_peers, missing_of, monthly, row_of, tier_history
from helpers.analysis.card_index import CardIndex, card_index
from helpers.analysis.grades import Grades
from helpers.analysis.leaving import Leaving
from helpers.analysis.leaving_list import RiskList
from helpers.analysis.lifetime import LifetimeValue
from helpers.analysis.receivables import Receivables
from helpers.analysis.signals import Signals
from helpers.errors import WorkbookError
from helpers.facts import card as facts_of
from helpers.questions.leaving import LeavingQuestions
from helpers.questions.money import MoneyQuestions
from helpers.questions.ranking import RankingQuestions
from helpers.questions.signals import SignalQuestions
from helpers.questions.value import ValueQuestions


class CardQuestions(MoneyQuestions, LeavingQuestions, RankingQuestions, SignalQuestions, ValueQuestions):
    """The customer card and the card index; what all cards share is computed once a book."""

    def card_index(self) -> CardIndex:
        """Return all customers of this scope with what they can be picked by; see `helpers.analysis.card_index`.

        Examples
        --------
        >>> book.card_index().select({"tier": ["A"], "region": ["Europe"]}, search="elec")  # doctest: +SKIP
        """
        return self._index

    def card(self, customer_id: str) -> Card:
        """Return what is known of one customer; see `helpers.analysis.card.Card`.

        Raises
        ------
        WorkbookError
            There is no such customer in this scope; near ids and names are listed.

        Examples
        --------
        >>> book.card("C00003").grade["grade"]  # doctest: +SKIP
        """
        customers = self.frame("customers")
        found = customers[customers["customer_id"] == customer_id]
        if found.empty:
            raise self._unknown(customer_id)
        record = found.iloc[0]
        months, summaries = self._months(), self.frame("customer_summary")
        summaries = summaries[summaries["customer_id"] == customer_id]
        history = self._tier_history
        codes = history.reindex([customer_id]).iloc[0].fillna("none")
        grades, behaviour = self._grades, self._behaviour
        value, seen, risk, owed = (
            self._card_value,
            self._card_leaving,
            self._card_risk,
            self._card_receivables,
        )
        only = [customer_id]
        return Card(
            customer_id=customer_id,
            month=self.month,
            window_months=self.settings.periods.window_months,
            record=record,
            summary=summaries.iloc[0] if len(summaries) else None,
            grade=grades.customers[grades.customers["customer_id"] == customer_id].iloc[0],
            grade_rules=grades.rules,
            segment=behaviour.customers[behaviour.customers["customer_id"] == customer_id].iloc[0],
            segment_rules=behaviour.rules,
            months=monthly(
                months[months["customer_id"] == customer_id],
                self.month,
                self.settings.periods.history_months,
            ),
            tiers=pd.DataFrame({"month": codes.index, "tier": codes.to_numpy()}),
            categories=self._categories(customer_id, record["trade_class"]),
            contacts=facts_of.contacts(self.facts, only),
            complaints=facts_of.complaints(self.facts, only),
            missing=missing_of(record),
            value=row_of(value.customers, customer_id),
            horizon_years=value.horizon_years,
            value_by_margin=value.by_margin,
            value_is_rough=value.learned is None or value.learned.fallback is not None,
            risk=row_of(risk.everyone, customer_id),
            risk_months=seen.horizon_months,
            risk_method=seen.method,
            warn_probability=risk.warn_probability,
            risk_by_margin=risk.has_margin,
            signals=self._card_signals.of(customer_id),
            receivables=None if owed is None else row_of(owed.customers, customer_id),
            has_invoices=owed is not None,
        )

    def most_at_stake(self, count: int = 3) -> list[str]:
        """Return the customers most at stake: of those warned of, by margin at risk (`risk_list`).

        Where too few are warned of, the others with the largest sales of the window fill up.

        Examples
        --------
        >>> book.most_at_stake(5)  # doctest: +SKIP
        """
        warned = list(self._card_risk.customers["customer_id"])
        rest = self._index.customers["customer_id"]
        return [*warned, *rest[~rest.isin(warned)]][:count]

    def _categories(self, customer_id: str, trade_class: object) -> pd.DataFrame | None:
        sales = facts_of.category_sales(self.facts, [customer_id])
        if sales is None:
            return None
        peers = self._peers
        return against_peers(sales[["category", "net_amount"]], peers[peers["trade_class"] == trade_class])

    @cached_property
    def _index(self) -> CardIndex:
        return card_index(
            self.frame("customers"),
            self.frame("customer_summary"),
            self.tiers(self.main_dimension),
            self._grades,
            self._behaviour,
            self._card_leaving,
        )

    @cached_property
    def _grades(self) -> Grades:
        return self.grades()

    @cached_property
    def _behaviour(self) -> Behaviour:
        return self.behaviour()

    @cached_property
    def _card_value(self) -> LifetimeValue:
        return self.lifetime()

    @cached_property
    def _card_leaving(self) -> Leaving:
        return self.leaving()

    @cached_property
    def _card_risk(self) -> RiskList:
        return self.risk_list(self._card_leaving)

    @cached_property
    def _card_signals(self) -> Signals:
        return self.signals()

    @cached_property
    def _card_receivables(self) -> Receivables | None:
        return self.receivables()

    @cached_property
    def _tier_history(self) -> pd.DataFrame:
        rules, periods = self.settings.tiers, self.settings.periods
        frames = self.frame("customers"), self._months()
        return tier_history(
            *frames,
            self.month,
            self.main_dimension,
            periods.window_months,
            rules.cutoffs,
            rules.history_months,
        )

    @cached_property
    def _peers(self) -> pd.DataFrame:
        """Who buys what in each class: of the company where its shares may be shown, else of the own customers."""
        owned, own = self.facts.table("customers"), self._own_ids()
        if own is None or self.settings.privacy.show_company_shares:
            return self._company_answer(
                "class_categories", lambda: facts_of.class_categories(self.facts, owned)
            )
        return facts_of.class_categories(self.facts, owned.filter(owned.customer_id.isin(sorted(own))))

    def _unknown(self, wanted: str) -> WorkbookError:
        own = self.frame("customers")[["customer_id", "name"]]
        called = {name: identity for identity, name in own.dropna().to_numpy()}
        near = difflib.get_close_matches(wanted, [*own["customer_id"], *called], n=5, cutoff=0.5)
        hint = ", ".join(f"{called[each]} ({each})" if each in called else each for each in near)
        hint = hint or "book.card_index().select(search=...) finds customers by a part of their name"
        return WorkbookError(f"There is no customer '{wanted}' in this report. Near matches: {hint}.")
