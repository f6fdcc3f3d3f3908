"""Actions as rows of customer and kind, the key by which they are found again in later months."""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.core.frames.lookup import look_up
from helpers.core.proposals import DISPLAYED
from helpers.subjects.summary.action_list import TALKS, ActionList, ranked


def list_actions(result: ActionList, *, reasons: bool = True) -> pd.DataFrame:
    """Return the actions of a list, one row a customer and kind.

    Call, visit, win_back and keep are one talk with the customer, named by the call, else by the one of most value.

    Returns
    -------
    pandas.DataFrame
        customer_id, kind (together unique); name, salesperson_id, salesperson_name, place (of the customer among its
        owner's), within (as in `ActionList`); value_amount (money at stake in a year, the largest of the proposals),
        measure and told_amount (the amount shown for it), due_date (the earliest); with ``reasons`` also
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
            kind="", value_amount=0.0, due_date=pd.Timestamp(0), measure="", told_amount=0.0
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
        value_amount=("value_amount", "max"), measure=("measure", "first"), told_amount=("told_amount", "first"),
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
