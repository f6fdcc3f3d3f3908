"""Queries for the customer card and the card index."""

import difflib
from collections.abc import Sequence
from functools import cached_property

import pandas as pd

from helpers.core.disclosure import MIN_OTHERS, disclosed_part
from helpers.core.frames.lookup import largest_first, look_up
from helpers.core.mask import mask_key
from helpers.errors import WorkbookError
from helpers.subjects.card import facts as facts_of
from helpers.subjects.card.card import Card, compare_with_class, missing_fields, monthly, sales_documents
from helpers.subjects.card.card_index import EXPECTED, NO_TIER, CardIndex, card_index
from helpers.subjects.churn.queries import ChurnQueries
from helpers.subjects.grading.queries import GradingQueries
from helpers.subjects.grading.rules import outcomes_in_order
from helpers.subjects.receivables.queries import ReceivableQueries
from helpers.subjects.signals.queries import SignalQueries
from helpers.subjects.value.queries import ValueQueries

#: Fields of the customer record in the index.
_OF_CUSTOMERS = (
    "customer_id", "name", "trade_class", "region", "industry", "size_class", "salesperson_name", "credit_limit",
    "interest_level",
)  # fmt: skip


class CardQueries(ReceivableQueries, ChurnQueries, GradingQueries, SignalQueries, ValueQueries):
    """The customer card and the card index, from cached results by customer (`CustomerRows`) and facts."""

    def card_index(self) -> CardIndex:
        """Return all customers of this scope with their facets; see `helpers.subjects.card.card_index`.

        Examples
        --------
        >>> europe = book.card_index().select({"tier": ["A"], "region": ["Europe"]}, search="co")
        >>> europe[["customer_id", "trade_class", "state"]].head(2)
          customer_id trade_class   state
        0      C00143       Other  active
        """
        return self._index

    def card(self, customer_id: str) -> Card:
        """Return one customer's results; see `helpers.subjects.card.card.Card`.

        Raises
        ------
        WorkbookError
            There is no such customer in this scope; near ids and names are listed.

        Examples
        --------
        >>> book.card("C00003").grade["grade"]
        'general'
        """
        customer_id = self._counted_as(self._as_id(customer_id))
        facts, settings, only = self.facts, self.settings, [customer_id]
        known = facts.frame_of_customers("customers", only, self.scope)
        if known.empty:
            raise self._unknown_customer(customer_id)
        record = known.iloc[0]
        summaries = facts.frame_of_customers("customer_summary", only)
        value = self._value_rows()
        states = self._state_rows()
        risk = self._risk_rows()
        owed = self._receivable_rows()
        grade, segment = self._grade_rows().row(customer_id), self._behaviour_rows().row(customer_id)
        assert grade is not None
        assert segment is not None
        state = states.row(customer_id)
        assert state is not None  # every customer has all three
        return Card(
            customer_id=customer_id,
            month=self.month,
            window_months=settings.periods.window_months,
            record=record,
            summary=summaries.iloc[0] if len(summaries) else None,
            grade=grade,
            grade_rules=settings.grades.rules,
            segment=segment,
            segment_rules=settings.segments.rules,
            months=monthly(
                facts.frame_of_customers("customer_months", only), self.month, settings.periods.history_months
            ),
            tiers=self._tiers_of(customer_id),
            categories=self._categories(customer_id, record["trade_class"]),
            contacts=facts_of.contacts(facts, only),
            complaints=facts_of.complaints(facts, only),
            missing=missing_fields(record),
            value=value.row(customer_id),
            horizon_years=value.of_all["horizon_years"],
            value_by_margin=value.of_all["by_margin"],
            value_is_rough=value.of_all["is_rough"],
            risk=risk.row(customer_id),
            state=state,
            risk_months=states.of_all["horizon_months"],
            risk_method=states.of_all["method"],
            warn_probability=risk.of_all["warn_probability"],
            risk_by_margin=risk.of_all["by_margin"],
            signals=self._signal_rows()
            .of(customer_id)
            .sort_values("strength", ascending=False, kind="stable", ignore_index=True),
            receivables=None if owed is None else owed.row(customer_id),
            has_invoices=owed is not None,
            rebate=None if (earned := self._rebate_rows()) is None else earned.row(customer_id),
            net_margin=None if (left := self._margin_rows()) is None else left.row(customer_id),
            merged=tuple(
                sorted(old for old, now in self.facts.merged.items() if self._counted_as(now) == customer_id)
            ),
            branches=self._branches(customer_id),
            around=sales_documents(self.facts, customer_id),
        )

    def _counted_as(self, number: str) -> str:
        return self.facts.counted.get(number, number)

    def _branches(self, customer_id: str) -> pd.DataFrame | None:
        """Return customer_id, name and net_amount of a group's accounts; None if customers are accounts."""
        facts = self.facts.accounts
        if facts is None:
            return None
        units = self.facts.units
        ids = units.loc[units["counts_as"] == customer_id, "customer_id"].tolist() or [customer_id]
        rows = facts.frame_of_customers("customers", ids, self.scope)[["customer_id", "name"]]
        sold = facts.frame_of_customers("customer_summary", ids, self.scope).set_index("customer_id")[
            "net_amount"
        ]
        rows["net_amount"] = look_up(rows["customer_id"], sold, 0.0)
        return largest_first(rows, "net_amount", ignore_index=True)

    def customer_figures(self) -> pd.DataFrame:
        """Return, by customer_id, the figures that short cards show besides the index: risk, value and debt.

        Examples
        --------
        >>> book.customer_figures().loc["C00003"].index.tolist()
        ['risk_amount', 'history_amount', 'value_amount', 'left_amount', 'balance_amount', 'overdue_amount']
        """
        parts = [
            self._risk_rows().columns("risk_amount"),
            self._value_rows().columns("history_amount", "value_amount", "left_amount"),
        ]
        owed = self._receivable_rows()
        if owed is not None:
            parts.append(owed.columns("balance_amount", "overdue_amount"))
        return pd.concat(parts, axis=1)

    def recent_lines(self, customer_ids: Sequence[str], most: int) -> pd.DataFrame:
        """Return order lines of customers of this scope; see `helpers.subjects.card.facts.recent_lines`.

        If customers are masked, order ids are dropped: they would identify the customer.

        Examples
        --------
        >>> book.recent_lines(["C00003"], most=2)[["order_date", "product", "net_amount"]]
          order_date             product  net_amount
        0 2026-10-07  Angle grinder G160    -1458.30
        1 2026-09-10    Hammer drill D30     2444.67
        """
        own = set(self.frame("customers")["customer_id"])
        lines = facts_of.recent_lines(self.facts, [each for each in customer_ids if each in own], most)
        return lines.drop(columns="order_id") if mask_key() else lines

    def most_at_stake(self, count: int = 3) -> list[str]:
        """Return the customers at risk, overdue or lapsed with the most margin at stake (`risk_list`).

        If these are too few, customers with the largest sales of the window follow.

        Examples
        --------
        >>> book.most_at_stake(3)
        ['C00068', 'C00311', 'C00038']
        """
        warned = list(self._at_stake().head(count).index)
        rest = self._index.customers["customer_id"].head(len(warned) + count)
        return [*warned, *rest[~rest.isin(warned)]][:count]

    def _at_stake(self) -> pd.Series:
        """Return risk_amount by customer_id of those at risk, overdue or lapsed, the largest first."""
        state = self._state_rows().columns("state")["state"].astype("str")
        risk = self._risk_rows().columns("risk_amount")["risk_amount"]
        found = risk[
            look_up(risk.index, state.isin(["at_risk", "overdue", "lapsed"]), False).to_numpy(dtype=bool)
        ]
        return found.sort_values(ascending=False, kind="stable")

    def _as_id(self, customer: object) -> str:
        """Return the customer's id as text; a whole number (papermill parses digits) is matched if unambiguous."""
        if isinstance(customer, str):
            return customer
        own = self.frame("customers")["customer_id"]
        digits = own.str.replace("_", "")
        # YAML reads a number that begins with 0 as octal: 0012 arrives as 10.
        octal = digits.where(digits.str.fullmatch("0[0-7]+"), "-1").map(lambda text: int(text, 8))
        number = customer if isinstance(customer, int) and customer >= 0 else None
        candidates = own[(digits.str.lstrip("0") == str(customer).lstrip("0")) | (octal == number)]
        if (
            isinstance(customer, int)
            and not isinstance(customer, bool)
            and candidates.tolist() == [str(customer)]
        ):
            return str(customer)
        near = ", ".join(candidates) or "none"
        raise WorkbookError(
            f"customer arrived as {customer!r}, which is no text; ids that can be meant: {near}. Give it as text "
            f"(papermill -r customer {next(iter(candidates), 'ID')}, or quotes in YAML)."
        )

    def _tiers_of(self, customer_id: str) -> pd.DataFrame:
        """Return month and tier at each of the last month ends."""
        rows = self._tier_history()
        months, found = rows.of_all["months"], rows.row(customer_id)
        tiers = [NO_TIER] * len(months) if found is None else [found[month] for month in months]
        return pd.DataFrame({"month": pd.PeriodIndex(months, freq="M"), "tier": tiers})

    def _categories(self, customer_id: str, trade_class: object) -> pd.DataFrame | None:
        sales = facts_of.category_sales(self.facts, [customer_id])
        if sales is None:
            return None
        peers = self._peers
        return compare_with_class(
            sales[["category", "net_amount"]], peers[peers["trade_class"] == trade_class]
        )

    @cached_property
    def _index(self) -> CardIndex:
        rules, worth = self.settings.segments, self._value_rows()
        results = (
            self._tier_rows().columns("tier"),
            self._state_rows().columns("state"),
            self._grade_rows().columns("grade"),
            self._behaviour_rows().columns("segment", "gap_ratio"),
            self._risk_rows().columns("probability"),
            worth.columns(*EXPECTED),
        )
        return card_index(
            self.month, self._frame("customers", self.scope, _OF_CUSTOMERS),
            self._frame("customer_summary", self.scope, ("customer_id", "net_amount", "last_purchase")), results,
            outcomes_in_order(rules.rules, rules.otherwise),
            (worth.of_all["horizon_years"], worth.of_all["by_margin"]),
        )  # fmt: skip

    @cached_property
    def _peers(self) -> pd.DataFrame:
        """Buyers by class and category: of the company if its shares may be shown, else of the scope."""
        own = self._own_ids()
        if own is None:
            return self.facts.frame("class_categories")
        if not self.settings.privacy.show_company_shares:
            return facts_of.peers_among(self.facts, sorted(own))
        peers = self.facts.frame("class_categories")
        own_sizes = self.frame("customers")["trade_class"].value_counts()
        others = peers["customers"] - look_up(peers["trade_class"], own_sizes, 0)
        peers = peers[(others >= MIN_OTHERS).to_numpy()]
        return peers.assign(buyers=disclosed_part(peers["buyers"] / peers["customers"]) * peers["customers"])

    def _unknown_customer(self, customer: str) -> WorkbookError:
        own = self.frame("customers")[["customer_id", "name"]]
        id_of = {name: identity for identity, name in own.dropna().to_numpy()}
        near = difflib.get_close_matches(customer, [*own["customer_id"], *id_of], n=5, cutoff=0.5)
        hint = ", ".join(f"{id_of[each]} ({each})" if each in id_of else each for each in near)
        hint = hint or "book.card_index().select(search=...) finds customers by a part of their name"
        return WorkbookError(f"There is no customer '{customer}' in this report. Near matches: {hint}.")
