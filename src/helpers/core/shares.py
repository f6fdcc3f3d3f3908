"""Shares of a total, and shares rounded so that they still add to 100.0 %."""

from __future__ import annotations

from typing import Any

import numpy as np

from helpers.core.amounts import to_units

TENTHS = 1000
"""Tenths of a percent in the whole."""


def shares(amounts: Any) -> np.ndarray:
    """Return each amount over the total, as fractions; all NaN where the total is zero or negative.

    A negative amount (more returned than bought) has a negative share: the shares still add to 1.
    """
    units = to_units(amounts)
    total = int(units.sum())
    return units / total if total > 0 else np.full(len(units), np.nan)


def shown_percent(amounts: Any) -> np.ndarray:
    """Return shares in percent to one decimal that add to exactly 100.0, by the largest-remainder method.

    Every share is rounded down to a tenth; the tenths left over go to the largest remainders, the first in
    order where remainders are equal. Whole numbers throughout, so equal inputs give equal outputs on every
    machine. All NaN where the total is zero or negative.

    References
    ----------
    Hamilton's (Hare-Niemeyer) method: Balinski & Young, *Fair Representation*, 1982.
    """
    units = [int(value) for value in to_units(amounts)]
    total = sum(units)
    if total <= 0:
        return np.full(len(units), np.nan)
    parts = [divmod(value * TENTHS, total) for value in units]
    tenths = np.array([whole for whole, _ in parts], dtype="int64")
    left = TENTHS - int(tenths.sum())
    by_remainder = sorted(range(len(parts)), key=lambda position: -parts[position][1])
    tenths[by_remainder[:left]] += 1
    return tenths / 10
