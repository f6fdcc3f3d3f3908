"""Match probability of two records: evidence added as log odds (Fellegi and Sunter), with caps.

The weights are set by hand, not learnt: companies have no labelled pairs, and readers can check them.
`benchmarks/same_customers.py` measures recall and precision on planted pairs.
"""

import datetime as dt
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA, Indel

from helpers.subjects.identity.candidates import FOLLOWS_DAYS, MOST_WITH_ONE_NUMBER, TOGETHER_DAYS

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

#: From here on a pair is strong: shown as what may be renumbering. From the lower one on it is listed for review.
STRONG: Final = 0.9
LISTED: Final = 0.5

#: Log odds that two records which share a key are one business, before anything else is known of them.
PRIOR: Final = -6.5
#: Names: equal without legal form; one slip apart; two slips in a long name; one holds the other; unlike.
SAME_NAME, ONE_SLIP, TWO_SLIPS, PART, UNLIKE = 5.0, 4.0, 3.0, 2.0, -2.0
#: Numbers and places that are the same, or not.
SAME_TAX, SAME_PHONE, SAME_ADDRESS, SAME_TOWN, SAME_SELLER, SAME_CLASS = 7.0, 5.0, 2.8, 0.5, 0.4, 0.3
OTHER_PHONE, OTHER_ADDRESS, OTHER_TOWN, OTHER_SELLER, OTHER_CLASS = -0.8, -0.7, -2.0, -0.3, -0.7
#: The later number begins when the earlier one stops: within its usual gaps; within a year; not; both are in use.
AT_ONCE, IN_A_YEAR, LATER, TOGETHER = 4.0, 2.7, -3.0, -4.0
#: What they buy a day: within twice as much, or beyond four times.
SAME_SIZE, OTHER_SIZE = 0.7, -0.8
#: No pair is stronger than this where names tell branches apart, towns differ, or both are in use at once, and no two
#: of tax number, phone and address speak against that.
NOT_STRONG: Final = 0.6
#: Nothing that is compared here makes anybody surer.
SUREST: Final = 0.99
#: Names of fewer characters have no slips: another letter is another name. Chinese characters tell more.
_SHORTEST, _SHORTEST_HAN, _LONG = 8, 5, 14


def compared(batch: pa.RecordBatch, month_end: dt.date) -> pd.DataFrame:
    """Return the listed pairs of a batch of `candidates`, with evidence and strength.

    Columns: customer_id (the number that was first in use), other_id; strength (0 to 1, rounded to 4 decimals); kind
    (``renumbered``: one stopped before the other began; ``double``: both are in use; ``unclear``: one never bought, or
    the gap is long); likeness of the names (0 to 1), name (``same``, ``slip``, ``part``, ``alike``, ``other``,
    ``none``); same_tax, same_phone, same_address, same_town, same_seller (``yes``, ``no``, ``unknown``); stopped and
    began (days); gap_days between them (below zero: both were in use).
    """
    pairs = batch.to_pandas()
    name, likeness = _names(pairs)
    follows = _succession(pairs, month_end)
    level = np.select(
        [name == "same", name == "slip", name == "slips", name == "part", (name == "other") & (likeness < 0.6)],
        [SAME_NAME - _log(pairs["name_count"]), ONE_SLIP - 0.5 * _log(pairs["name_count"]), TWO_SLIPS, PART, UNLIKE],
        0.0,
    )  # fmt: skip
    numbers = {
        "tax": (SAME_TAX, 0.0), "phone": (SAME_PHONE, OTHER_PHONE), "address": (SAME_ADDRESS, OTHER_ADDRESS),
    }  # fmt: skip
    same = {
        key: _known(pairs[f"same_{key}"])
        for key in (*numbers, "place", "town", "salesperson_id", "trade_class")
    }
    for key in numbers:  # shared by many: it says nothing, neither yes nor no
        same[key][0] = same[key][0] & (pairs[f"{key}_count"] <= MOST_WITH_ONE_NUMBER).to_numpy()
    logit = PRIOR + level + follows["weight"] + _sizes(pairs, follows)
    for key, (yes, no) in numbers.items():
        logit += np.where(same[key][0], yes - _log(pairs[f"{key}_count"]), np.where(same[key][1], no, 0.0))
    town = [
        np.where(same["town"][0] | same["town"][1], same["town"][side], same["place"][side])
        for side in (0, 1)
    ]
    for (yes, no), (is_same, differs) in (
        ((SAME_TOWN, OTHER_TOWN), town),
        ((SAME_SELLER, OTHER_SELLER), same["salesperson_id"]),
        ((SAME_CLASS, OTHER_CLASS), same["trade_class"]),
    ):
        logit += np.where(is_same, yes, np.where(differs, no, 0.0))
    strength = np.minimum(1 / (1 + np.exp(-logit)), SUREST)
    hard = sum(same[key][0].astype(int) for key in numbers)
    doubtful = (
        (same["town"][1] | (follows["kind"] == "double")) & (hard < 2) & ~(same["tax"][0] & (name != "other"))
    )
    branches = ~pairs["same_marks"].to_numpy(dtype=bool) & (likeness >= 0.5)
    strength = np.where(doubtful | branches, np.minimum(strength, NOT_STRONG), strength)
    strength = np.where(same["tax"][1], 0.0, strength)
    swap = follows["swap"].to_numpy()
    frame = pd.DataFrame(
        {
            "customer_id": np.where(swap, pairs["other_id"], pairs["customer_id"]),
            "other_id": np.where(swap, pairs["customer_id"], pairs["other_id"]),
            "strength": strength.round(4),
            "kind": follows["kind"],
            "name": np.where(name == "slips", "slip", name),
            "likeness": likeness.round(4),
            **{f"same_{key}": _reason_codes(same[key]) for key in numbers},
            "same_town": _reason_codes(town),
            "same_seller": _reason_codes(same["salesperson_id"]),
            "stopped": follows["stopped"],
            "began": follows["began"],
            "gap_days": follows["gap_days"],
        }
    )
    return frame[frame["strength"] >= LISTED]


def _names(pairs: pd.DataFrame) -> tuple[NDArray[np.object_], Floats]:
    """Return how two names relate, and their similarity from 0 to 1."""
    texts = {key: pairs[key].fillna("").tolist() for key in
             ("joined", "other_joined", "in_order", "other_in_order", "core", "other_core")}  # fmt: skip
    both = pairs["joined"].notna().to_numpy() & pairs["other_joined"].notna().to_numpy()

    def each(scorer: Any, key: str) -> Floats:
        found = process.cpdist(texts[key], texts[f"other_{key}"], scorer=scorer, workers=2)
        return np.asarray(found, dtype=np.float64)

    likeness = np.maximum(
        each(Indel.normalized_similarity, "joined"), each(Indel.normalized_similarity, "in_order")
    )
    slips = np.minimum(each(OSA.distance, "joined"), each(OSA.distance, "in_order"))
    lengths = [pairs[key].str.len().fillna(0).to_numpy() for key in ("joined", "other_joined")]
    length = np.minimum(*lengths)
    is_han = pairs["is_han"].fillna(value=False).to_numpy(dtype=bool)
    heads = [pairs[key].fillna("").str[:2] for key in ("joined", "other_joined")]
    # Another character at the head of a Chinese name is another town, not a slip: 苏州 and 广州.
    one = (slips <= 1) & np.where(
        is_han, (length >= _SHORTEST_HAN) & (heads[0] == heads[1]), length >= _SHORTEST
    )
    two = (slips <= 2) & (length >= _LONG) & ~is_han
    words = each(fuzz.token_set_ratio, "core") >= 100
    inside = each(fuzz.partial_ratio, "joined") >= 100
    blanks = [pairs[key].fillna("").str.count(" ").to_numpy() for key in ("core", "other_core")]
    few = np.minimum(*blanks)
    part = np.where(is_han, inside & (length >= _SHORTEST_HAN), words & (few >= 1) & (length >= _SHORTEST))
    kind = np.select(
        [~both, slips == 0, one, two, part, likeness >= 0.8],
        ["none", "same", "slip", "slips", "part", "alike"],
        "other",
    ).astype(object)
    return kind, np.where(both, np.where(slips == 0, 1.0, likeness), 0.0)


def _succession(pairs: pd.DataFrame, month_end: dt.date) -> pd.DataFrame:
    """Return, for each pair, which was first in use, whether one followed the other, and its weight."""
    first, other_first = (pd.to_datetime(pairs[key]) for key in ("first_purchase", "other_first_purchase"))
    last, other_last = (pd.to_datetime(pairs[key]) for key in ("last_purchase", "other_last_purchase"))
    bought = (first.notna() & other_first.notna()).to_numpy()
    # Who never bought comes second; of two that began on one day the one that stopped first, then the lower number.
    swap = ((other_first < first) | (first.isna() & other_first.notna())
            | ((first == other_first) & (other_last < last))).to_numpy()  # fmt: skip
    stopped, began = last.where(~swap, other_last), other_first.where(~swap, first)
    usual = pairs["mean_gap_days"].where(~swap, pairs["other_mean_gap_days"]).fillna(90.0).clip(lower=15.0)
    gap = (began - stopped).dt.days
    silent = (pd.Timestamp(month_end) - stopped).dt.days
    has_stopped = silent > np.maximum(1.5 * usual, 30)
    clear = bought & (gap >= -TOGETHER_DAYS).to_numpy()
    follows = clear & (gap <= FOLLOWS_DAYS).to_numpy() & has_stopped.to_numpy()
    soon = follows & (gap <= np.maximum(3 * usual, 60)).to_numpy()
    together = bought & (gap < -TOGETHER_DAYS).to_numpy()
    later = clear & (gap > FOLLOWS_DAYS).to_numpy()
    return pd.DataFrame(
        {
            "swap": swap,
            "kind": np.select([follows, together], ["renumbered", "double"], "unclear"),
            "weight": np.select([soon, follows, together, later], [AT_ONCE, IN_A_YEAR, TOGETHER, LATER], 0.0),
            "stopped": stopped,
            "began": began,
            "gap_days": gap.astype("float64"),
        }
    )


def _sizes(pairs: pd.DataFrame, follows: pd.DataFrame) -> Floats:
    """Return the weight of similar purchases per day, if one number followed the other."""
    amounts = pairs[["net_amount_day", "other_net_amount_day"]]
    known = (amounts > 0).all(axis=1).to_numpy() & (follows["kind"] == "renumbered").to_numpy()
    with np.errstate(all="ignore"):
        apart = np.abs(np.log(amounts.iloc[:, 0].to_numpy() / amounts.iloc[:, 1].to_numpy()))
    weights = np.where(apart <= np.log(2), SAME_SIZE, np.where(apart > np.log(4), OTHER_SIZE, 0.0))
    return np.where(known, weights, 0.0)


def _known(values: pd.Series) -> list[Flags]:
    """Return where a comparison says yes, and where it says no; neither if one side is missing."""
    return [(values == value).fillna(value=False).to_numpy(dtype=bool) for value in (True, False)]


def _reason_codes(same: list[Flags]) -> NDArray[np.object_]:
    return np.select([same[0], same[1]], ["yes", "no"], "unknown").astype(object)


def _log(count: pd.Series) -> Floats:
    """Return the penalty for a name or number shared by more records; 0 for two records."""
    return np.log(np.maximum(count.to_numpy(dtype=np.float64) - 1, 1))
