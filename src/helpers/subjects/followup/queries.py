"""Queries on the outcomes of last month's actions."""

from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Self

import numpy as np
import pandas as pd

from helpers.core.calendar.period_names import period_name
from helpers.core.frames.lookup import look_up
from helpers.core.periods import Span
from helpers.core.scope import COMPANY
from helpers.engine.months.windows import UNITS
from helpers.errors import WorkbookError
from helpers.subjects.followup.outcomes import Outcomes, SinceList, list_actions, outcomes
from helpers.subjects.followup.sheet import STATUSES
from helpers.subjects.summary.action_list import CALL, TALKS
from helpers.subjects.summary.gather import proposed
from helpers.subjects.summary.queries import SummaryQueries

#: Number of earlier months to compare with.
_MONTHS_BEFORE = 12
_KEPT = [
    "customer_id", "kind", "value_amount", "due_date", "salesperson_id", "salesperson_name", "within",
    "overdue_amount",
]  # fmt: skip


class FollowUpQueries(SummaryQueries):
    """What became of last month's actions."""

    def outcomes(self) -> Outcomes | None:
        """Return the outcomes of last month's list; see `helpers.subjects.followup.outcomes`.

        The list is the company's of then, of the customers that are the scope's now: of each salesperson as many
        customers as one can see to, and what else was reported back. None if the data hold no month before, nothing was
        to be done, or ``[front_page] follow_up`` does not want it.

        Examples
        --------
        >>> print(book.outcomes())
        None
        """
        before = self.month - 1
        listed_count = self.settings.front_page.follow_up
        if listed_count is None:
            listed_count = self.tables.has("action_results")
        if not listed_count or before < self.facts.coverage.months[0]:
            return None
        listed = self._previous_actions
        owned = self.frame("customers")[["customer_id", "name", "salesperson_id", "salesperson_name"]]
        people = owned[["customer_id", "name"]]
        listed = listed.merge(people, on="customer_id", how="inner", validate="many_to_one")
        feedback = self.frame("action_feedback")
        feedback = feedback[feedback["month"] == period_name(before)]
        feedback, calls = match_listed_kinds(feedback, listed, owned)
        if len(calls):
            days = pd.Series(pd.NaT, calls.index, dtype="datetime64[ns]")
            calls = calls.assign(due_date=days, added=True)
            listed = listed.assign(added=False)
            listed = pd.concat([listed, calls], ignore_index=True) if len(listed) else calls
        if listed.empty:
            return None
        answered = pd.MultiIndex.from_frame(feedback[["customer_id", "action"]])
        proposed_then = pd.MultiIndex.from_frame(listed[["customer_id", "kind"]])
        seen_to = listed[listed["within"].astype(bool) | proposed_then.isin(answered)]
        if seen_to.empty:
            return None
        result = outcomes(before, seen_to, self._since(listed), feedback)
        return replace(result, unmatched=int((~answered.isin(proposed_then)).sum()))

    @cached_property
    def _previous_actions(self) -> pd.DataFrame:
        """The company's list at the end of last month, computed once for all scopes and languages."""
        return self._cache.in_file("listed-before.parquet", self._previous_list, _write, pd.read_parquet)

    def _previous_list(self) -> pd.DataFrame:
        """Compute last month's list from the data as of its end."""
        try:
            book = self._month_before()
        except WorkbookError:  # a month without order lines has no report
            return pd.DataFrame({name: pd.Series(dtype="object") for name in _KEPT})
        rows = list_actions(book.action_list(proposed(book)), reasons=False)
        overdue = pd.Series(np.nan, rows.index)
        if book.tables.has("invoices"):
            owed = (
                book.frame("receivables")
                .dropna(subset="customer_id")
                .set_index("customer_id")["overdue_amount"]
            )
            overdue = look_up(rows["customer_id"], owed, 0.0)
        return rows.assign(overdue_amount=overdue)[_KEPT].reset_index(drop=True)

    def _month_before(self) -> Self:
        facts = self.facts.at(self.month - 1)
        return replace(self, month=self.month - 1, scope=COMPANY, facts=facts, tables=facts.tables)

    def _since(self, listed: pd.DataFrame) -> SinceList:
        """Return what the data show for the listed customers since the end of last month."""
        month, first = self.month, max(self.facts.coverage.months[0], self.month - _MONTHS_BEFORE)
        bought = self._by_month("net_amount", Span(first, month)) / UNITS
        start, begins = month.to_timestamp(), pd.Timestamp(self.year.first_day(month))
        has = self.tables.has
        contacts = visits = overdue = opened = closed = None
        if has("interactions"):
            rows = self.frame("contact_months")
            rows = rows[rows["month"] == start].set_index("customer_id")
            contacts, visits = rows["contacts"], rows["visits"]
        if has("invoices"):
            items = self.frame("open_items")
            items = items[items["due_date"] < begins - pd.Timedelta(days=1)]
            overdue = items.groupby("customer_id")["open_amount"].sum()
        if has("complaints", "resolved_at"):
            cases = self.frame("complaint_cases")
            cases = cases[
                (cases["opened_at"] < begins)
                & (cases["resolved_at"].isna() | (cases["resolved_at"] >= begins))
            ]
            opened = cases.groupby("customer_id").size()
            closed = cases[cases["resolved_at"].notna()].groupby("customer_id").size()
        was = (
            None
            if overdue is None
            else listed.drop_duplicates("customer_id").set_index("customer_id")["overdue_amount"]
        )
        return SinceList(bought, contacts, visits, was, overdue, opened, closed)


def match_listed_kinds(
    feedback: pd.DataFrame, listed: pd.DataFrame, people: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Rename talks in the feedback to the kinds of the company's list, and return calls that it lacks.

    The customers behind a missed plan depend on the scope: a salesperson's list may have a call where the company's has
    a visit, or none.
    """
    talks = listed[listed["kind"].isin(TALKS)].set_index("customer_id")["kind"]
    talked = feedback["action"].isin(TALKS) & feedback["customer_id"].isin(talks.index)
    action = feedback["action"].mask(talked, look_up(feedback["customer_id"], talks))
    # Two talks that the list has as one: what was said last, and as in `action_feedback` done before not done.
    feedback = feedback.assign(action=action, turn=feedback["status"].map(STATUSES.index))
    feedback = feedback.sort_values(
        ["date", "turn"], ascending=[False, True], na_position="last", kind="stable"
    )
    feedback = feedback.drop_duplicates(["customer_id", "action"])
    feedback = feedback.drop(columns="turn").sort_index()
    not_reached = feedback.loc[feedback["action"].eq(CALL) & ~talked, "customer_id"]
    calls = people[people["customer_id"].isin(not_reached)]
    return feedback, calls.assign(kind=CALL, value_amount=0.0, within=True, overdue_amount=np.nan)


def _write(rows: pd.DataFrame, path: Path) -> None:
    rows.to_parquet(path, index=False)
