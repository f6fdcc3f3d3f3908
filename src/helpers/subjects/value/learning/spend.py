"""What a purchase of each customer brings: its own recent purchases, completed by a part of a usual one.

A customer's order size moves with its trade, so a purchase counts half of one a year later. New customers stock up:
where opening orders are larger than what follows, as the customers seen long enough tell, they count for less.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from helpers.core.amounts import round_significant

#: Purchases of usual size added to each customer's own: order sizes differ much more between customers than within.
USUAL_PURCHASES = 0.3
#: Customers taken to open with what they go on with, added to those whose opening was followed by more.
EVEN_OPENINGS = 20
#: Who bought this long (in years) after the first of all may have been a customer before the data begin.
_FIRST_QUARTER = 0.25


def joined_later(known: pd.DataFrame, year: float) -> np.ndarray:
    """Tell who was seen to join: not a customer from the first quarter of the data on."""
    observed = known["T"].to_numpy(dtype="float64")
    return np.asarray(observed < observed.max(initial=0.0) - _FIRST_QUARTER * year)


def opening_ratio(known: pd.DataFrame, year: float) -> float:
    """Return how much larger a purchase of the first month is than the later ones of the same customer; 1 or more."""
    bought, spent, opened, stocked = (
        known[name].to_numpy(dtype="float64")
        for name in ("purchases", "net_amount", "opening_purchases", "opening_amount")
    )
    seen = joined_later(known, year) & (bought > opened) & (stocked > 0) & (spent > stocked)
    logs = np.log((stocked / opened)[seen]) - np.log(((spent - stocked)[seen]) / (bought - opened)[seen])
    return round_significant(float(np.exp(max(logs.sum() / (seen.sum() + EVEN_OPENINGS), 0.0))))


def spend(known: pd.DataFrame, year: float) -> np.ndarray:
    """Return the net sales expected of a purchase of each customer of `helpers.subjects.value.learning.histories`.

    Never below nothing: whose returns outweigh its purchases is expected to bring a small part of a usual purchase.
    """
    bought, amount = (known[name].to_numpy(dtype="float64") for name in ("recent_purchases", "recent_amount"))
    opened = known["opening_amount"].to_numpy(dtype="float64") * 0.5 ** (known["T"].to_numpy() / year)
    too_much = np.clip(opened, 0.0, np.maximum(amount, 0.0)) * (1 - 1 / opening_ratio(known, year))
    amount = np.maximum(amount - np.where(joined_later(known, year), too_much, 0.0), 0.0)
    own = np.divide(amount, bought, out=np.zeros(len(known)), where=bought > 0)
    usual = float(own[own > 0].mean()) if (own > 0).any() else 0.0
    return round_significant((amount + USUAL_PURCHASES * usual) / (bought + USUAL_PURCHASES))


def outlying(known: pd.DataFrame, size: np.ndarray) -> np.ndarray:
    """Return how much larger than usual each customer's purchases are, in logarithms, as far as few purchases tell.

    Who bought once counts half, who bought often hardly: its own size is known.

    Parameters
    ----------
    size
        As from `spend`.
    """
    priced = size > 0
    logs = np.log(np.where(priced, size, 1.0))
    above = np.where(priced, logs - (np.median(logs[priced]) if priced.any() else 0.0), 0.0)
    return round_significant(above / (1 + known["recent_purchases"].to_numpy(dtype="float64")))


def margin_rates(known: pd.DataFrame, by_margin: bool) -> np.ndarray:
    """Return each customer's recent margin rate, drawn towards the common one by a mean purchase; 1 for sales."""
    sold, kept = (known[name].to_numpy(dtype="float64") for name in ("recent_costed", "recent_margin"))
    total = float(np.maximum(sold, 0.0).sum())
    if not by_margin or total <= 0:
        return np.ones(len(known))
    bought = known["recent_purchases"].to_numpy(dtype="float64")
    usual = float(np.divide(sold, bought, out=np.zeros(len(known)), where=bought > 0).clip(min=0).mean())
    common = float(kept.sum()) / total
    base = np.maximum(sold, 0.0) + usual
    return round_significant(np.clip((kept + usual * common) / np.maximum(base, 1e-9), -1.0, 1.0))
