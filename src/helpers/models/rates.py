"""Rates of counts: their intervals, whether one is above or below others by more than chance, several at once."""

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy import stats

from helpers.core.frames.lookup import look_up

#: A difference is told where so few in a hundred lists would show any by chance: the share of false ones among them.
FALSE_SHARE = 0.05
#: Standard errors on either side of a 95 % interval.
NORMAL_95 = float(stats.norm.ppf(0.975))


def wilson(hits: npt.ArrayLike, trials: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the 95 % interval of shares (Wilson 1927); NaN where there is nothing to count.

    Examples
    --------
    >>> [round(float(end[0]), 3) for end in wilson([3], [10])]
    [0.108, 0.603]
    """
    k, n = np.asarray(hits, dtype="float64"), np.asarray(trials, dtype="float64")
    with np.errstate(invalid="ignore", divide="ignore"):
        share, square = k / n, NORMAL_95**2 / n
        middle = (share + square / 2) / (1 + square)
        half = NORMAL_95 * np.sqrt(share * (1 - share) / n + square / (4 * n)) / (1 + square)
    return np.clip(middle - half, 0, 1), np.clip(middle + half, 0, 1)


def poisson(events: npt.ArrayLike, exposure: npt.ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return the ends of the exact 95 % interval of events a unit (Garwood 1936); NaN where there is no unit.

    Examples
    --------
    >>> [round(float(end[0]), 4) for end in poisson([5], [100])]
    [0.0162, 0.1167]
    """
    k, n = np.asarray(events, dtype="float64"), np.asarray(exposure, dtype="float64")
    units = np.where(n > 0, n, np.nan)
    low = np.where(k > 0, stats.chi2.ppf(0.025, 2 * np.maximum(k, 0.5)), 0.0) / 2 / units
    return low, stats.chi2.ppf(0.975, 2 * k + 2) / 2 / units


def more_than_others(events: pd.Series, exposure: pd.Series, group: pd.Series) -> pd.Series:
    """Return how likely each has so many events or more by chance, at the rate of the others of its group.

    Given the events of the whole group, each one's are binomial by its share of the units: an exact test of two rates.
    NaN without a group, without units, or where nobody else has any.
    """
    # Not `transform`, which fails where no text names a group (pandas 3.1).
    sums = pd.DataFrame({"events": events, "of": exposure}).groupby(group).sum()
    k, n = events.to_numpy("float64"), exposure.to_numpy("float64")
    all_events, units = (look_up(group, sums[name]).to_numpy("float64") for name in ("events", "of"))
    enough = (n > 0) & (units > n)
    with np.errstate(invalid="ignore", divide="ignore"):
        chance = stats.binom.sf(k - 1, all_events, n / units)
    return pd.Series(np.where(enough, chance, np.nan), events.index)


def fewer_than_share(hits: pd.Series, trials: pd.Series, share: pd.Series) -> pd.Series:
    """Return how likely each has so few hits or fewer by chance, at a share (binomial); NaN where that is not known."""
    k, n, p = (each.to_numpy("float64") for each in (hits, trials, share))
    return pd.Series(np.where(n > 0, stats.binom.cdf(k, n, p), np.nan), hits.index)


def significant(chances: pd.Series) -> pd.Series:
    """Say which of many are too unlikely for chance: Benjamini and Hochberg (1995), 5 % false ones among them."""
    known = chances.notna()
    if not known.any():
        return pd.Series(False, chances.index)
    adjusted = stats.false_discovery_control(chances[known].to_numpy("float64"))
    found = pd.Series(False, chances.index)
    found[known] = adjusted < FALSE_SHARE
    return found


def same_share(
    trials: pd.Series, hits: pd.Series, trials_before: pd.Series, hits_before: pd.Series
) -> pd.Series:
    """Return how likely two shares differ so much by chance (Fisher's exact test); NaN where either is of nothing."""
    found = [
        float(stats.fisher_exact([[k, n - k], [k_before, n_before - k_before]]).pvalue)
        if n and n_before
        else np.nan
        for n, k, n_before, k_before in zip(trials, hits, trials_before, hits_before, strict=True)
    ]
    return pd.Series(found, trials.index, dtype="float64")


def differ(hits: pd.Series, trials: pd.Series) -> bool:
    """Say whether the shares of several groups differ by more than chance (chi-squared test, 5 %).

    Examples
    --------
    >>> differ(pd.Series([30, 34]), pd.Series([60, 60])), differ(pd.Series([20, 40]), pd.Series([60, 60]))
    (False, True)
    """
    counts = np.array([hits, trials - hits], dtype="float64")
    if counts.shape[1] < 2 or not counts.sum(axis=0).all() or not counts.sum(axis=1).all():
        return False
    return bool(stats.chi2_contingency(counts).pvalue < FALSE_SHARE)
