"""Outcomes of last month's actions: what the data show, the feedback, and how often actions came true."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first, look_up
from helpers.core.proposals import DISPLAYED
from helpers.subjects.summary.action_list import TALKS, ActionList, ranked

#: Kinds that came true if the customer bought at all, or at least as much as in an average earlier month.
BOUGHT, BOUGHT_AS_EVER = ("visit", "win_back"), ("call", "keep", "grow")
#: Least number of actions for a test against chance.
FEWEST_TO_TELL = 10
_RARE = 0.05


@dataclass(frozen=True)
class SinceList:
    """What the data show for the customers since the last month end.

    Attributes
    ----------
    bought
        Net sales by customer (rows) and month (columns: the months before, the last one is the report's).
    contacts, visits
        Contacts that the seller sought, and visits, in the report's month, by customer; None: not supplied.
    overdue_before, overdue_still
        Overdue at the last month end, and the part unpaid now, by customer; None: not supplied.
    open_before, closed
        Complaints open at the last month end, and how many were resolved, by customer; None: not supplied.
    """

    bought: pd.DataFrame
    contacts: pd.Series | None = None
    visits: pd.Series | None = None
    overdue_before: pd.Series | None = None
    overdue_still: pd.Series | None = None
    open_before: pd.Series | None = None
    closed: pd.Series | None = None


@dataclass(frozen=True)
class Outcomes(Answer):
    """Outcomes of a month's list of actions.

    Attributes
    ----------
    month
        Month of the report that had the list.
    rows
        One row an action, in the list's order: customer_id, name, kind, value_amount, due_date, salesperson_id,
        salesperson_name; bought_amount (in the report's month), average_amount (of the months before; NaN: too few),
        contacts, visits, overdue_amount, paid_amount, complaints, closed (NaN: not supplied, or nothing to pay or
        close); status, date, note (as fed back); hit (1, 0; NaN: the data do not tell), by_chance (in which share
        of the months before it came true; NaN: not told), added (a call that a salesperson's own list had, as fed back:
        it is not one of the list's).
    kinds
        One row a kind, the most actions first: kind, listed (without the added ones), fed_back, done (as fed back),
        told (of which the data tell), hit, hit_percent, chance_told, chance_hits (of those of which
        ``by_chance`` is known), chance_percent, verdict (``more``, ``less``, ``same`` than in the months before; empty:
        too few to tell).
    unmatched
        Number of feedback rows without a proposed action.
    """

    month: pd.Period
    rows: pd.DataFrame
    kinds: pd.DataFrame
    unmatched: int = 0


def outcomes(month: pd.Period, listed: pd.DataFrame, since: SinceList, feedback: pd.DataFrame) -> Outcomes:
    """Compute the outcome of each action of a list.

    Parameters
    ----------
    month
        Month of the report that had the list.
    listed
        customer_id, name, kind, value_amount, due_date, salesperson_id, salesperson_name, perhaps added.
    since
        What the data show.
    feedback
        customer_id, action, status, date, note; an action once.
    """
    rows = listed.reset_index(drop=True)
    rows = rows.assign(added=rows["added"].astype(bool) if "added" in rows else False)
    months = since.bought.reindex(rows["customer_id"]).fillna(0.0).to_numpy(dtype="float64")
    now, before = months[:, -1], months[:, :-1]
    average = before.mean(axis=1) if before.shape[1] >= 3 else np.full(len(rows), np.nan)
    rows = rows.assign(bought_amount=now, average_amount=average)
    for column, values in (("contacts", since.contacts), ("visits", since.visits)):
        rows[column] = (
            np.nan if values is None else look_up(rows["customer_id"], values.astype("float64"), 0.0)
        )
    for before_column, part, was, rest in (
        ("overdue_amount", "paid_amount", since.overdue_before, since.overdue_still),
        ("complaints", "closed", since.open_before, since.closed),
    ):
        rows[before_column] = rows[part] = np.nan
        if was is not None and rest is not None:
            before_it = look_up(rows["customer_id"], was.astype("float64"), 0.0)
            after = look_up(rows["customer_id"], rest.astype("float64"), 0.0)
            received = (before_it - after).clip(lower=0) if before_column == "overdue_amount" else after
            rows[before_column] = before_it.where(before_it > 0)
            rows[part] = received.round(4).where(before_it > 0)
    answers = feedback.rename(columns={"action": "kind"})[["customer_id", "kind", "status", "date", "note"]]
    rows = rows.merge(answers, on=["customer_id", "kind"], how="left", validate="one_to_one")
    rows["hit"] = _hits(rows)
    rows["by_chance"] = _by_chance(rows, before)
    return Outcomes(month, rows, _by_kind(rows))


def _hits(rows: pd.DataFrame) -> pd.Series:
    """Return 1 or 0 by action; NaN if not known."""
    kind, share_true = rows["kind"], pd.Series(np.nan, rows.index)
    bought = rows["bought_amount"] > 0
    share_true = share_true.where(~kind.isin(BOUGHT), bought.astype("float64"))
    as_ever = (bought & (rows["bought_amount"] >= rows["average_amount"])).astype("float64")
    share_true = share_true.where(~(kind.isin(BOUGHT_AS_EVER) & rows["average_amount"].notna()), as_ever)
    paid = (rows["paid_amount"] >= rows["overdue_amount"]).astype("float64")
    share_true = share_true.where(~(kind.eq("collect") & rows["overdue_amount"].notna()), paid)
    closed = (rows["closed"] >= rows["complaints"]).astype("float64")
    return share_true.where(~(kind.eq("answer_complaint") & rows["complaints"].notna()), closed)


def _by_chance(rows: pd.DataFrame, before: np.ndarray) -> pd.Series:
    """Return the share of earlier months in which the same would have come true for the customer."""
    share = pd.Series(np.nan, rows.index)
    if before.shape[1] < 3:
        return share
    share = share.where(~rows["kind"].isin(BOUGHT), (before > 0).mean(axis=1))
    average = rows["average_amount"].to_numpy()[:, None]
    return share.where(~rows["kind"].isin(BOUGHT_AS_EVER), ((before > 0) & (before >= average)).mean(axis=1))


def _by_kind(rows: pd.DataFrame) -> pd.DataFrame:
    found = []
    for kind, group in rows.groupby("kind", sort=True):
        judged = group[group["hit"].notna()]
        chance = judged[judged["by_chance"].notna()]
        found.append({
            "kind": kind, "listed": int((~group["added"]).sum()), "fed_back": int(group["status"].notna().sum()),
            "done": int(group["status"].eq("done").sum()), "told": len(judged),
            "hit": int(judged["hit"].sum()),
            "hit_percent": 100 * judged["hit"].mean() if len(judged) else np.nan,
            "chance_told": len(chance), "chance_hits": int(chance["hit"].sum()),
            "chance_percent": 100 * chance["by_chance"].mean() if len(chance) else np.nan,
            "verdict": verdict(chance["by_chance"].to_numpy(), int(chance["hit"].sum())),
        })  # fmt: skip
    columns = ["kind", "listed", "fed_back", "done", "told", "hit", "hit_percent", "chance_told",
               "chance_hits", "chance_percent", "verdict"]  # fmt: skip
    frame = pd.DataFrame(found, columns=columns)
    return largest_first(frame, "listed", then="kind", ignore_index=True)


def verdict(chances: np.ndarray, hits: int) -> str:
    """Compare the number that came true with chance: a two-sided exact test at 5%.

    Parameters
    ----------
    chances
        By action the probability that it comes true by itself.
    hits
        How many did.

    Returns
    -------
    str
        ``more``, ``less`` or ``same``; empty if there are fewer than `FEWEST_TO_TELL`.
    """
    if len(chances) < FEWEST_TO_TELL:
        return ""
    by_itself = stats.poisson_binom(chances)
    if 2 * by_itself.sf(hits - 1) < _RARE:
        return "more"
    return "less" if 2 * by_itself.cdf(hits) < _RARE else "same"


def list_actions(result: ActionList, *, reasons: bool = True) -> pd.DataFrame:
    """Return the actions of a list, one row a customer and kind.

    Call, visit, win_back and keep are one talk with the customer, named by the call, else by the one of most value.

    Returns
    -------
    pandas.DataFrame
        customer_id, kind (together unique); name, salesperson_id, salesperson_name, place (of the customer among its
        owner's), within (as in `ActionList`); value_amount (money at stake in a year, the largest of the proposals),
        measure and shown_amount (the amount shown for it), due_date (the earliest); with ``reasons`` also
        reasons (tuple of sentences, the largest value first, none twice). In the order of the list's customers, then
        a call, then the largest value first.
    """
    parts = [
        each.rows[["customer_id", "kind", "value_amount", "due_date", *DISPLAYED]].assign(
            by=number, row=np.arange(len(each.rows))
        )
        for number, each in enumerate(result.proposed)
        if len(each.rows)
    ]
    people = result.actions[
        ["customer_id", "name", "salesperson_id", "salesperson_name", "place", "within"]
    ].assign(turn=np.arange(len(result.actions)))
    if not parts or people.empty:
        empty = people.assign(
            kind="", value_amount=0.0, due_date=pd.Timestamp(0), measure="", shown_amount=0.0
        )
        empty = empty.head(0)
        return (empty.assign(reasons=None) if reasons else empty).drop(columns="turn")
    rows = pd.concat(parts, ignore_index=True).astype({"customer_id": "object"})
    rows = rows[rows["customer_id"].isin(people["customer_id"])]
    rows = ranked(rows).reset_index(drop=True)
    talks = rows["kind"].isin(TALKS)
    of_talk = rows[talks].drop_duplicates("customer_id").set_index("customer_id")["kind"]
    rows["kind"] = rows["kind"].where(~talks, look_up(rows["customer_id"], of_talk))
    grouped = rows.groupby(["customer_id", "kind"], sort=False)
    found = grouped.agg(
        value_amount=("value_amount", "max"), measure=("measure", "first"), shown_amount=("shown_amount", "first"),
        due_date=("due_date", "min"),
    ).reset_index()  # fmt: skip
    if reasons:
        texts = np.empty(len(rows), dtype=object)
        for number, of_one in rows.groupby("by", sort=True):
            places = of_one["row"].tolist()
            texts[of_one.index.to_numpy()] = result.proposed[int(str(number))].reasons(places)
        texts_of = pd.Series(texts, rows.index).groupby([rows["customer_id"], rows["kind"]], sort=False)
        found["reasons"] = [tuple(dict.fromkeys(values)) for _, values in texts_of]
    joined = people.merge(found, on="customer_id", how="inner", validate="one_to_many")
    joined = ranked(joined).sort_values("turn", kind="stable")
    return joined.drop(columns="turn").reset_index(drop=True)
