"""Experience scores of customers at each month end, and the strength of their change.

Each piece of evidence is scaled from a generalist's value (0) to a specialist's (1), as the settings define, and
weighted by its observations: n observations weigh n / (n + half). Where classes differ (components, discounts, service,
days to decide), a customer is compared with its own class. Class medians and chance are estimated from customers of the
same month end, so that nothing depends on a later one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.frames.lookup import look_up
from helpers.settings.playbook import Experience
from helpers.subjects.experience.evidence import PARTS_READ, Evidence, evidence_of
from helpers.subjects.experience.windows import ExperienceWindows
from helpers.subjects.signals import strength
from helpers.subjects.signals.strength import Floats
from helpers.subjects.signals.windows import MonthlySums

#: Evidence, in whole pieces, below which a customer has no score.
ENOUGH_EVIDENCE = 1.0
#: Strengths that are used, where the settings give none; without enough who change, the one taken.
STRENGTHS, USUAL_STRENGTH = (2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 3.75, 4.0), 3.0
#: So many must have changed at the least strength for the others to be distinguished from chance.
_ENOUGH_CHANGED = 20
#: Customers who change the other way for one who turns, above which it is taken for chance.
_OTHER_WAY = 0.25
#: Customers below which a class is compared with the whole company.
SMALL_CLASS = 8


@dataclass(frozen=True)
class Scores:
    """Scores of all customers at all month ends.

    Attributes
    ----------
    customers, months
        What the arrays' columns and rows are.
    bought
        Whether the customer has bought in the 18 months before the month end; without, it is not judged.
    score
        0 to 1; NaN with too little evidence.
    shift
        Strength of all changes towards the specialist in the last 6 months against the 12 before, in standard
        deviations of chance.
    peers
        Evidence supplied -> the median of each customer's class at each month end, by class number; see ``classes``.
    classes
        The number of each customer's class.
    """

    customers: pd.Index
    months: list[pd.Period]
    bought: NDArray[np.bool_]
    score: Floats
    shift: Floats
    peers: dict[str, Floats]
    classes: NDArray[np.intp]


def score_history(windows: ExperienceWindows, trade_class: pd.Series, settings: Experience) -> Scores:
    """Score each customer at each month end; ``trade_class`` by customer_id."""
    customers, months = windows.customers, list(windows.months)
    label = look_up(customers, trade_class.astype("object").fillna(""), "")
    classes, names = pd.factorize(label)
    shape = (len(months), len(customers))
    weight, weighted, shifts = (np.zeros(shape) for _ in range(3))
    pieces = np.zeros(shape, dtype="int8")
    bought, peers = np.zeros(shape, dtype="bool"), {}
    for part in PARTS_READ:
        sums = windows.part(part)
        if part == "lines":
            for place, month in enumerate(months):
                bought[place] = sums.recent("lines", month) + sums.usual("lines", month) > 0
        for each in evidence_of(part):
            if not sums.has(each.over, each.under):
                continue
            medians = peers[each.name] = np.full((len(months), len(names)), np.nan)
            for place, month in enumerate(months):
                here = np.flatnonzero(bought[place])
                measured = _measured(each, sums, month, here)
                medians[place] = _class_medians(measured.value, classes[here], len(names))
                score = _between(each, measured.value, medians[place][classes[here]], settings)
                counts = np.where(np.isnan(score), 0.0, measured.n / (measured.n + each.half))
                weight[place, here] += counts
                weighted[place, here] += counts * np.nan_to_num(score)
                z = strength.against_chance(each.sign * measured.change)
                shifts[place, here] += np.nan_to_num(z)
                pieces[place, here] += np.isfinite(z)
        del sums  # before the next part's: they are the largest arrays of a report
    # Month end by month end into the arrays that are there: customers times month ends are many.
    for place in range(len(months)):
        _divide(weighted[place], weight[place], weight[place] >= ENOUGH_EVIDENCE)
        _divide(shifts[place], np.sqrt(pieces[place], dtype="float64"), pieces[place] > 0)
    return Scores(customers, months, bought, weighted, shifts, peers, classes)


def _divide(over: Floats, under: Floats, where: NDArray[np.bool_]) -> None:
    """Divide in place; NaN elsewhere."""
    np.divide(over, under, out=over, where=where)
    over[~where] = np.nan


def scored_rows(windows: ExperienceWindows, scores: Scores, settings: Experience) -> pd.DataFrame:
    """Return the scores of a few customers with all evidence, one row a customer and month end at which it is judged.

    Returns
    -------
    pandas.DataFrame
        customer_id, origin (month end), score, shift; each of `EVIDENCE` supplied (its value in the last 6 months),
        ``NAME_usual`` and ``NAME_score``; by customer_id and origin.
    """
    places = scores.customers.get_indexer(windows.customers)
    rows = [
        pd.DataFrame(
            {
                "customer_id": windows.customers,
                "origin": month.to_timestamp(how="end").normalize(),
                "score": scores.score[step, places],
                "shift": scores.shift[step, places],
            }
        )
        for step, month in enumerate(scores.months)
    ]
    for part in PARTS_READ:
        sums = windows.part(part)
        for each in (each for each in evidence_of(part) if each.name in scores.peers):
            for step, month in enumerate(scores.months):
                measured = _measured(each, sums, month, np.arange(len(places)))
                peers = scores.peers[each.name][step][scores.classes[places]]
                rows[step][each.name], rows[step][f"{each.name}_usual"] = measured.value, measured.usual
                rows[step][f"{each.name}_score"] = _between(each, measured.value, peers, settings)
    scored = [frame[scores.bought[step, places]] for step, frame in enumerate(rows)]
    return pd.concat(scored).sort_values(["customer_id", "origin"], kind="stable").reset_index(drop=True)


@dataclass(frozen=True)
class _Measured:
    """One piece of evidence at one month end, by customer."""

    value: Floats
    usual: Floats
    n: Floats
    change: Floats


def _measured(each: Evidence, sums: MonthlySums, month: pd.Period, here: NDArray[np.intp]) -> _Measured:
    read = [name for name in (each.under, each.over, each.square) if name]
    now, usual = ([window(name, month)[here] for name in read] for window in (sums.recent, sums.usual))
    n, hits, n_usual, hits_usual = *now[:2], *usual[:2]
    change = (
        strength.mean_change(now, usual)
        if each.square
        else strength.share_change(hits, n, hits_usual, n_usual)
    )
    return _Measured(strength.quotient(hits, n), strength.quotient(hits_usual, n_usual), n, change)


def _class_medians(values: Floats, classes: NDArray[np.intp], count: int) -> Floats:
    """Return each class's median; that of all customers if the class is small."""
    by_class = pd.Series(values).groupby(classes)
    numbers = range(count)
    medians, known = by_class.median().reindex(numbers), by_class.count().reindex(numbers)
    overall = float(pd.Series(values).median())
    return np.asarray(medians.where(known >= SMALL_CLASS, overall), dtype="float64")


def _between(each: Evidence, value: Floats, peers: Floats, settings: Experience) -> Floats:
    """Scale values from a generalist's (0) to a specialist's (1)."""
    start, end = each.ends(settings, peers)
    # Where the class's median is nothing there is nothing to fall from.
    span = np.subtract(end, start)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(span != 0, np.clip((value - start) / np.where(span != 0, span, 1), 0, 1), np.nan)


def strength_needed(shift: Floats) -> float:
    """Return the strength from which turning is more than chance, told from those who change the other way.

    Chance knows no direction, and specialists do not turn generalists again: who changes as much the other way shows
    how many turn by chance alone (as decoys do in target-decoy tests, Elias and Gygi 2007). The lowest of `STRENGTHS`
    from which on they are never more than a quarter of those who turn; the highest where none is; `USUAL_STRENGTH`
    where too few change at all. ``shift`` is of the whole company: `Scores.shift`.
    """
    scored = shift[:, np.isfinite(shift).any(axis=0)]
    if not scored.size:
        return USUAL_STRENGTH
    most, least = np.nanmax(scored, axis=0), np.nanmin(scored, axis=0)
    if (most >= STRENGTHS[0]).sum() < _ENOUGH_CHANGED:
        return USUAL_STRENGTH
    needed = STRENGTHS[-1]
    for limit in reversed(STRENGTHS):
        if (least <= -limit).sum() > _OTHER_WAY * (most >= limit).sum():
            break
        needed = limit
    return needed
