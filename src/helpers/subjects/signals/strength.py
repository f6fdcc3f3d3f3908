"""The strength of a change in standard deviations of chance, so that signals can be compared.

Every function takes arrays, one entry a customer, and gives NaN if there is too little to say anything. Positive is the
direction asked about.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
#: No strength is larger: beyond this it is certain, and sums should not hang on one signal.
CERTAIN = 6.0
#: How many observations the pooled variance counts for beside a customer's own.
_POOL = 4.0


def quotient(over: Floats, under: Floats) -> Floats:
    """Divide where there is something to divide by; NaN elsewhere."""
    return np.divide(over, under, out=np.full(len(over), np.nan), where=under > 0)


def share_change(hits_now: Floats, n_now: Floats, hits_usual: Floats, n_usual: Floats) -> Floats:
    """Return the two-proportion z, one hit and one miss added to the pooled share; NaN below three observations."""
    pooled = (hits_now + hits_usual + 1) / (n_now + n_usual + 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.sqrt(pooled * (1 - pooled) * (1 / n_now + 1 / n_usual))
        z = (hits_now / n_now - hits_usual / n_usual) / error
    return np.where((n_now >= 3) & (n_usual >= 3), z, np.nan)


def fewer_than_others(hits: Floats, n: Floats) -> Floats:
    """Return by how many standard deviations a share is below that of all others; NaN below three observations.

    From the mid-p of Fisher's exact test, which holds for few others too.
    """
    # Exact, and so not quick: once for each pair of counts, of which there are few.
    pairs, place = np.unique(np.column_stack([hits, n]), axis=0, return_inverse=True)
    few = stats.hypergeom(n.sum(), hits.sum(), pairs[:, 1])
    chance = (few.cdf(pairs[:, 0]) - few.pmf(pairs[:, 0]) / 2)[place.reshape(-1)]
    return np.where(n >= 3, stats.norm.isf(np.clip(chance, 1e-12, 1 - 1e-12)), np.nan)


def mean_change(now: Sequence[Floats], usual: Sequence[Floats], least: int = 2) -> Floats:
    """Difference of two means over its error; each window is (n, sum, sum of squares).

    The variance is the customer's own within its windows, drawn towards that of all customers.
    """
    (n1, s1, q1), (n0, s0, q0) = now, usual
    with np.errstate(divide="ignore", invalid="ignore"):
        inside = np.where(n1 > 0, q1 - s1**2 / n1, 0) + np.where(n0 > 0, q0 - s0**2 / n0, 0)
        inside = np.maximum(inside, 0)
        free = np.maximum(n1 - 1, 0) + np.maximum(n0 - 1, 0)
        pool = inside.sum() / free.sum() if free.sum() > 0 else np.nan
        # Never nothing: customers who all order the same amount are no miracle.
        variance = np.maximum((inside + _POOL * pool) / (free + _POOL), 1e-9)
        z = (s1 / n1 - s0 / n0) / np.sqrt(variance * (1 / n1 + 1 / n0))
    known = (n1 >= least) & (n0 >= least) & np.isfinite(z)
    return np.where(known, z, np.nan)


def count_fall(now: Floats, expected: Floats, regularity: Floats, least: float = 3.0) -> Floats:
    """Fall of a count against what was expected of it (Anscombe); gaps that are regular make counts steadier."""
    z = 2 * (np.sqrt(expected + 0.375) - np.sqrt(now + 0.375)) / np.sqrt(2)
    return np.where(expected >= least, z * np.sqrt(np.clip(regularity, 1, 4)), np.nan)


def against_chance(z: Floats) -> Floats:
    """Set z against that of all customers: less their median, over their robust spread where that is above 1.

    What all customers do together (a price rise, a quiet season) is not a customer's signal, and data that vary more
    than the formula supposes do not raise more alarms.
    """
    known = z[np.isfinite(z)]
    if known.size < 10:
        return np.clip(z, -CERTAIN, CERTAIN)
    middle = np.median(known)
    spread = max(1.0, 1.4826 * float(np.median(np.abs(known - middle))))
    return np.clip((z - middle) / spread, -CERTAIN, CERTAIN)


def regularity(gaps: Floats, gap_sum: Floats, log_gap_sum: Floats) -> Floats:
    """Erlang k of each customer's gaps: 1 is pure chance, more is nearer to the clock.

    From log(mean) - mean(log), drawn towards that of all customers as if it had five gaps more (Minka's
    approximation to the maximum of the gamma likelihood).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        own = np.where(gaps > 1, np.log(gap_sum / gaps) - log_gap_sum / gaps, 0.0)
    many = gaps > 1
    overall = float((own * gaps)[many].sum() / (gaps[many] - 1).sum()) if many.any() else 0.577
    s = np.clip((gaps * own * many + 5 * overall) / (np.maximum(gaps - 1, 0) * many + 5), 0.01, 3.0)
    return np.clip((3 - s + np.sqrt((s - 3) ** 2 + 24 * s)) / (12 * s), 0.5, 12.0)


def from_chance(chance: Floats) -> Floats:
    """Turn a chance into standard deviations, 0 from one half on."""
    return np.clip(stats.norm.isf(np.clip(chance, 1e-12, 1)), 0, CERTAIN)
