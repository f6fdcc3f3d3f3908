"""One customer, and the index of all (R5)."""

from __future__ import annotations

import difflib
from functools import cached_property

import pandas as pd

from helpers.analysis.behaviour import Behaviour
from helpers.analysis.card import Card, against_peers, missing_of, monthly, tier_history
from helpers.analysis.card_index import CardIndex, card_index
from helpers.analysis.grades import Grades
from helpers.errors import WorkbookError
from helpers.facts import card as facts_of
from helpers.questions.ranking import RankingQuestions


class CardQuestions(RankingQuestions):
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
        months, summaries = self.frame("customer_months"), self.frame("customer_summary")
        summaries = summaries[summaries["customer_id"] == customer_id]
        history = self._tier_history
        codes = history.reindex([customer_id]).iloc[0].fillna("none")
        grades, behaviour = self._grades, self._behaviour
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
        )

    def most_at_stake(self, count: int = 3) -> list[str]:
        """Return the customers most at stake: by net sales of the year, those silent for over twice their usual gap.

        Where too few are silent, the largest of the others fill up.
        """
        index = self._index.customers
        silent = index["gap_ratio"] > 2
        return [*index.loc[silent, "customer_id"], *index.loc[~silent, "customer_id"]][:count]

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
        )

    @cached_property
    def _grades(self) -> Grades:
        return self.grades()

    @cached_property
    def _behaviour(self) -> Behaviour:
        return self.behaviour()

    @cached_property
    def _tier_history(self) -> pd.DataFrame:
        rules, periods = self.settings.tiers, self.settings.periods
        frames = self.frame("customers"), self.frame("customer_months")
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
        owned = self.facts.table("customers")
        own = self._own_ids()
        if own is not None and not self.settings.privacy.show_company_shares:
            owned = owned.filter(owned.customer_id.isin(sorted(own)))
        return facts_of.class_categories(self.facts, owned)

    def _unknown(self, wanted: str) -> WorkbookError:
        own = self.frame("customers")[["customer_id", "name"]]
        called = {name: identity for identity, name in own.dropna().to_numpy()}
        near = difflib.get_close_matches(wanted, [*own["customer_id"], *called], n=5, cutoff=0.5)
        hint = ", ".join(f"{called[each]} ({each})" if each in called else each for each in near)
        hint = hint or "book.card_index().select(search=...) finds customers by a part of their name"
        return WorkbookError(f"There is no customer '{wanted}' in this report. Near matches: {hint}.")
