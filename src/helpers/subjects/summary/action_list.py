"""The list of actions proposed by all subjects: one row a customer, limited by capacity."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up
from helpers.core.proposals import DISPLAYED, Likelihood, Proposals, Unit

#: Calls to the customers behind a missed month, which come first, in the order of the bridge.
CALL = "call"
#: Kinds that are covered by one talk with the customer.
TALKS = (CALL, "visit", "win_back", "keep")
#: Least share of the customer's largest action for another one to be shown.
_WORTH_WORDS = 0.01


@dataclass(frozen=True)
class ActionList(Answer):
    """Proposed actions by customer.

    Attributes
    ----------
    actions
        One row a customer, whom to call first, then the largest value, then customer_id: customer_id, name,
        salesperson_id, salesperson_name (missing where nobody owns it), value_amount (the largest of its actions, in
        ``unit``: they are about the same money, so they are not added up), due_date (the earliest), place (among the
        owner's, from 1), within (whether the owner can do it: ``place`` is at most the limit).
    owners
        One row an owner, by name, then id: salesperson_id, salesperson_name, listed, value_amount (of those),
        more (customers beyond the limit), more_amount.
    limit
        Number of customers that a salesperson can see to.
    proposed
        What the subjects proposed, in their order and in ``unit``; `worded` takes the reasons from it. Their rows
        have measure and shown_amount: what a reader is told.
    unit
        ``margin``: what a year's margin is expected to gain or not to lose; ``sales``: net sales, where no line has a
        cost. Money that is not paid is as much of either.
    """

    actions: pd.DataFrame
    owners: pd.DataFrame
    limit: int
    proposed: tuple[Proposals, ...] = ()
    unit: Unit = "sales"

    def worded(self, chosen: pd.DataFrame) -> pd.DataFrame:
        """Return kinds and reasons for a few rows of ``actions``.

        Returns
        -------
        pandas.DataFrame
            The rows with kinds and reasons (tuples, the largest value first, none twice; of talks the first alone;
            first the reason of each of these kinds, then what else is said), and measure and shown_amount of the
            first kind.
        """
        rows = ranked(_rows_of(self.proposed, chosen["customer_id"]))
        firsts = rows.drop_duplicates("customer_id").set_index("customer_id")
        for column in DISPLAYED:
            chosen = chosen.assign(**{column: look_up(chosen["customer_id"], firsts[column])})
        # Two subjects often say the same of a customer in other words: the first reason of each kind goes before the
        # rest.
        talk_or_kind = rows["kind"].where(~rows["kind"].isin(TALKS), "talk")
        more = rows.assign(kind=talk_or_kind).duplicated(["customer_id", "kind"])
        grouped = pd.concat([rows[~more], rows[more]]).groupby("customer_id", sort=False)
        for name, column, read in (("kinds", "kind", _kinds), ("reasons", "reason", _unique_reasons)):
            texts = {customer: read(values) for customer, values in grouped[column]}
            values = [texts[customer] for customer in chosen["customer_id"]]
            chosen = chosen.assign(**{name: pd.Series(values, chosen.index, dtype="object")})
        return chosen


def ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Sort rows of actions: calls first, then largest value."""
    by_value = rows.sort_values("value_amount", ascending=False, kind="stable")
    return by_value.sort_values("kind", key=lambda kinds: kinds != CALL, kind="stable")


def action_list(
    proposed: Sequence[Proposals],
    customers: pd.DataFrame,
    limit: int,
    likely: Likelihood | None = None,
    margins: pd.Series | None = None,
) -> ActionList:
    """Merge the proposals of subjects into one unit.

    Growth is weighed by one less the churn probability, and left out for customers likelier to leave than to stay, or
    to be won back. Actions without value, or under a hundredth of the customer's largest action, are left out.

    Parameters
    ----------
    proposed
        By subject. Equal values keep the order of the subjects. Customers that are not in ``customers`` are left
        out: they are of another scope.
    customers
        The fact of this name, of the scope.
    limit
        Customers a salesperson can see to in a month; the owner's own, or those nobody owns.
    likely
        How likely customers are to be lost; None: growth is not weighed.
    margins
        Margin over net sales by customer_id, by which net sales become margin; None: no cost is known, and all is net
        sales. Nothing is gained by sales below cost.
    """
    proposed = [each if margins is None else _in_margin(each, margins) for each in proposed]
    proposed = _sensible([each if likely is None else _weighed(each, likely) for each in proposed])
    proposed = [replace(each, rows=_told(each.rows)) for each in proposed]
    known = [name for name in ("name", "salesperson_id", "salesperson_name") if name in customers]
    people = customers.set_index("customer_id")[known].sort_index()
    rows = [each.rows for each in proposed]
    # By number: texts take long to sort and to group.
    codes = np.concatenate(
        [np.zeros(0, "int64"), *(people.index.get_indexer(pd.Index(each["customer_id"])) for each in rows)]
    )
    amounts = [each["value_amount"].to_numpy(dtype="float64") for each in rows]
    days = [each["due_date"].to_numpy(dtype="datetime64[ns]") for each in rows]
    both = pd.DataFrame(
        {
            "value_amount": np.concatenate([np.zeros(0), *amounts]),
            "due_date": np.concatenate([np.zeros(0, "datetime64[ns]"), *days]),
        }
    )
    grouped = both[codes >= 0].groupby(codes[codes >= 0], sort=True)
    joined = grouped["value_amount"].max().to_frame().assign(due_date=grouped["due_date"].min())
    calls = [each.loc[each["kind"] == CALL, "customer_id"] for each in rows]
    positions = list(
        dict.fromkeys(people.index.get_indexer(pd.Index([each for some in calls for each in some])))
    )
    turn = pd.Series(range(len(positions)), positions).reindex(joined.index, fill_value=len(positions))
    joined = joined.iloc[np.lexsort((-joined["value_amount"].to_numpy(), turn.to_numpy()))]
    places, joined = joined.index.to_numpy(dtype="int64"), joined.reset_index(drop=True)
    for number, column in enumerate(("name", "salesperson_id", "salesperson_name")):
        values = people[column] if column in people else pd.Series(np.nan, index=people.index)
        joined.insert(number, column, values.astype("object").to_numpy()[places])
    joined.insert(0, "customer_id", people.index.take(places))
    owner = pd.factorize(joined["salesperson_id"].fillna(""))[0]
    joined["place"] = joined.groupby(owner).cumcount() + 1
    joined["within"] = joined["place"] <= limit
    unit: Unit = "sales" if margins is None else "margin"
    return ActionList(joined, _owners(joined), limit, tuple(proposed), unit)


def _in_margin(proposed: Proposals, margins: pd.Series) -> Proposals:
    """Convert net sales to margin."""
    if proposed.unit != "sales" or proposed.rows.empty:
        return proposed
    rows = proposed.rows
    rate = look_up(rows["customer_id"], margins.astype("float64"), 0.0).clip(lower=0, upper=1)
    worth = (rows["value_amount"] * rate).round(4)
    return replace(proposed, rows=rows.assign(value_amount=worth), unit="margin")


def _weighed(proposed: Proposals, likely: Likelihood) -> Proposals:
    """Weigh growth by the probability that the customer stays."""
    rows = proposed.rows
    grows = rows["kind"].eq("grow")
    if not grows.any():
        return proposed
    leaving = look_up(rows["customer_id"], likely.probability.astype("float64"), 1 - likely.unscored)
    worth = rows["value_amount"].where(~grows, (rows["value_amount"] * (1 - leaving)).round(4))
    return replace(proposed, rows=rows.assign(value_amount=worth, likelier_lost=grows & (leaving > 0.5)))


def _told(rows: pd.DataFrame) -> pd.DataFrame:
    """Add measure and amount shown to readers: the subject's own, else the value."""
    measure = rows["kind"].eq("grow").map({True: "to_win", False: "at_risk"}).astype("object")
    amount = rows["value_amount"].astype("float64")
    if "measure" in rows:
        has_measure = rows["measure"].notna()
        measure = rows["measure"].where(has_measure, measure)
        amount = rows["shown_amount"].where(has_measure, amount)
    return rows.assign(measure=measure, shown_amount=amount)


def _sensible(proposed: Sequence[Proposals]) -> list[Proposals]:
    """Drop growth for customers about to leave, and actions of negligible value."""
    every = pd.concat([each.rows for each in proposed]) if proposed else pd.DataFrame()
    if every.empty:
        return list(proposed)
    largest = every.groupby("customer_id")["value_amount"].max()
    to_keep = set(every.loc[every["kind"].isin(TALKS), "customer_id"])
    gone = set(every.loc[every["kind"].eq("win_back"), "customer_id"])
    kept = []
    for each in proposed:
        rows = each.rows
        worth_it = rows["value_amount"] >= _WORTH_WORDS * look_up(rows["customer_id"], largest, 0.0)
        owed = ~rows["kind"].isin([*TALKS, "grow"])  # an answer is, whatever the customer is worth
        is_call = rows["kind"].eq(CALL)
        worth_it &= (owed | (rows["value_amount"] > 0)) & ~(
            rows["kind"].eq("grow") & rows["customer_id"].isin(gone)
        )
        worth_it |= is_call
        if "likelier_lost" in rows:
            worth_it &= ~(rows["likelier_lost"] & rows["customer_id"].isin(to_keep))
            rows = rows.drop(columns="likelier_lost")
        about = each.about[worth_it.to_numpy()].reset_index(drop=True)
        kept.append(replace(each, rows=rows[worth_it].reset_index(drop=True), about=about))
    return kept


def _rows_of(proposed: Sequence[Proposals], customer_ids: pd.Series) -> pd.DataFrame:
    """Return customer_id, kind, value_amount, shown amount and reason of proposals for some customers."""
    columns = ["customer_id", "kind", "value_amount", *DISPLAYED]
    parts = [pd.DataFrame(columns=[*columns, "reason"])]
    for each in proposed:
        places = np.flatnonzero(each.rows["customer_id"].isin(customer_ids)).tolist()
        found = each.rows.iloc[places][columns].astype({"customer_id": "object"})
        parts.append(found.assign(reason=pd.Series(each.reasons(places), found.index, dtype="object")))
    filled = [part for part in parts if len(part)]
    return pd.concat(filled, ignore_index=True) if filled else parts[0]


def _kinds(values: pd.Series) -> tuple[str, ...]:
    """Return each kind once; of the kinds that one talk settles only the first, that of most value."""
    kinds = _unique(values)
    talks = [kind for kind in kinds if kind in TALKS]
    return tuple(kind for kind in kinds if kind not in talks[1:])


def _unique_reasons(values: pd.Series) -> tuple[str, ...]:
    """Return each reason once, without those contained in another one."""
    reasons = [(reason, reason.strip().rstrip(".。")) for reason in _unique(values)]
    return tuple(
        reason
        for reason, words in reasons
        if not any(
            other != reason and re.search(rf"(?<!\w){re.escape(words)}(?!\w)", other) for other, _ in reasons
        )
    )


def _unique(values: pd.Series) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))


def _owners(joined: pd.DataFrame) -> pd.DataFrame:
    keys = ["salesperson_id", "salesperson_name"]
    amount = joined["value_amount"].astype("float64")
    frame = joined[keys].assign(
        listed=joined["within"].astype("int64"),
        value_amount=amount.where(joined["within"], 0.0),
        more=(~joined["within"].astype(bool)).astype("int64"),
        more_amount=amount.where(~joined["within"].astype(bool), 0.0),
    )
    sums = frame.groupby(keys, dropna=False, sort=True).sum().reset_index()
    return sums.sort_values(["salesperson_name", "salesperson_id"], kind="stable").reset_index(drop=True)
