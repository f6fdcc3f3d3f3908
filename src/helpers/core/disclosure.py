"""Disclosure control: what a team or a salesperson may know of the company, rounded in one place.

Where ``[privacy] show_company_shares`` allows anything: shares of the company's money (`disclosed_share`, of
`disclosed_total`), parts of its customers in steps of 5 % (`disclosed_part`), numbers of others' customers as about
so many (`disclosed_count`), means of others in two digits (`disclosed_mean`); money of the company, never. What a
target asks for over last year's sales is told in steps of 2 % (`disclosed_growth`), whatever is allowed.
"""

import math

import numpy as np
import pandas as pd

#: Growths that a scope is told apart lie so far from each other, and totals of one month.
_APART, _MONTHS_APART = 1.02, 1.05


def disclosed_total(by_month: pd.Series) -> float:
    """Return the total of some months of the company as a scope may reckon with it, the same for all scopes.

    A rounded share leaves the total open, but not fifty of them beside the fifty amounts: each says between which two
    amounts it lies, and together they say where. So what a scope is told is a share of this total, which is all that
    can be found out, from however many shares, by however many people. It is the sum of what is told of each month,
    which is off by up to two and a half percent: were the year to date rounded by itself, the packs of ten months would
    tell it to a third of a percent, each between which two amounts it lies. A year is off by a percent at most in
    nineteen of twenty. NaN where nothing is above zero.

    Parameters
    ----------
    by_month
        Money of each month; what is zero or less counts as nothing.

    Examples
    --------
    >>> disclosed_total(pd.Series([6654321.07, 6712345.67])), disclosed_total(pd.Series([6700000.0, 6700000.0]))
    (13304063.1, 13304063.1)
    """
    total = sum(_nearest_step(month, _MONTHS_APART) for month in by_month if month > 0)
    return round(total, 2) if total else math.nan


def _nearest_step(value: float, apart: float = _APART) -> float:
    """Return the power of ``apart`` that is nearest to a value above 0."""
    return float(apart ** round(math.log(value, apart)))


def disclosed_growth(growth: pd.Series) -> pd.Series:
    """Return what a target asks for over last year's sales as a scope may know it: off by up to a percent.

    With all its digits it tells the sales from the target, or the target, which is a round sum, from about the sales.

    Examples
    --------
    >>> disclosed_growth(pd.Series([1.2752199231, 1.0, 0.0])).round(4).tolist()
    [1.2682, 1.0, 0.0]
    """
    # Of a million customers few ask for another growth: those of a class share one.
    told = {each: _nearest_step(each) for each in growth.unique() if each > 0}
    return growth.map(lambda each: told.get(each, each))


#: Steps of a share that a scope is told in, from fine to coarse: tenths of a percent, then more.
_STEPS = np.array([0.001, 0.002, 0.005, 0.01, 0.02, 0.05])


#: A scope is told of others together only where they are so many.
MIN_OTHERS = 5


def disclosed_count(count: pd.Series) -> pd.Series:
    """Return numbers of customers or cases of the company as a scope is told them: about, to one digit, tens at least.

    Below `MIN_OTHERS` nothing (NaN).

    Examples
    --------
    >>> disclosed_count(pd.Series([294, 55, 18, 7, 4])).tolist()
    [300.0, 60.0, 20.0, 10.0, nan]
    """
    known = count.to_numpy(dtype="float64", na_value=np.nan)
    step = 10 ** np.maximum(np.floor(np.log10(np.maximum(np.nan_to_num(known), 1))), 1)
    told = np.maximum(np.floor(known / step + 0.5) * step, step)
    return pd.Series(np.where(known >= MIN_OTHERS, told, np.nan), count.index, name=count.name)


def disclosed_part(part: pd.Series) -> pd.Series:
    """Return parts of the company's customers as a scope is told them: in steps of 5 %, since k / n tells n.

    Examples
    --------
    >>> disclosed_part(pd.Series([18 / 55, 251 / 294])).tolist()
    [0.35, 0.85]
    """
    known = part.to_numpy(dtype="float64", na_value=np.nan)
    return pd.Series(np.floor(known * 20 + 0.5) / 20, part.index, name=part.name)


def disclosed_mean(mean: pd.Series, others: pd.Series | int = MIN_OTHERS) -> pd.Series:
    """Return means, medians and rates of others as a scope is told them: two digits, of `MIN_OTHERS` at least.

    Parameters
    ----------
    others
        How many customers of others each is of; below that it is NaN.

    Examples
    --------
    >>> disclosed_mean(pd.Series([23_791.64, 0.571988, -3.526]), pd.Series([9, 5, 4])).tolist()
    [24000.0, 0.57, nan]
    """
    known = mean.to_numpy(dtype="float64", na_value=np.nan)
    size = np.where(np.nan_to_num(known) != 0, np.abs(np.nan_to_num(known)), 1.0)
    digit = 10 ** (np.floor(np.log10(size)) - 1)
    told = np.round(np.floor(known / digit + 0.5) * digit, 12)
    enough = np.broadcast_to(others, told.shape) >= MIN_OTHERS
    return pd.Series(np.where(enough, told, np.nan), mean.index, name=mean.name)


def disclosed_share(share: pd.Series) -> pd.Series:
    """Return shares of the company as a team or a salesperson may know them: rounded, so that none tells the total.

    Whoever knows its own money and its share of the company's knows the company's. So a share is rounded to a step that
    leaves the total open by a percent to either side at least: a tenth of a percent up to 5 %, more above. Where more
    than one is told beside its amount, they are shares of `disclosed_total`.

    Examples
    --------
    >>> disclosed_share(pd.Series([0.03840518787669414, 0.1234, 0.4567])).tolist()
    [0.038, 0.125, 0.46]
    """
    known = share.to_numpy(dtype="float64", na_value=np.nan)
    enough = np.searchsorted(_STEPS, np.nan_to_num(np.abs(known)) * 0.02 * (1 - 1e-9))
    step = _STEPS[np.minimum(enough, len(_STEPS) - 1)]
    return pd.Series(np.round(np.round(known / step) * step, 6), share.index, name=share.name)
