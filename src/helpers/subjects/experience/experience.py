"""Experience shift: which customers turn from generalist to specialist, when, and what they buy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import largest_first, look_up, reindex_rows
from helpers.settings.analysis import CORNERS, Experience
from helpers.subjects.experience.evidence import (
    EVIDENCE,
    PARTS_READ,
    Evidence,
    ExperienceWindows,
    evidence_of,
)
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
    """One kind of evidence at one month end: arrays with an entry a customer."""

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


_AGES = ("young_amount", "mature_amount", "unknown_amount")


@dataclass(frozen=True)
class ExperienceShift(Answer):
    """Experience as of a month.

    Attributes
    ----------
    month, settings
        The report's month and the ends of the scale.
    history
        Customers who have turned, at each month end at which they are judged: see
        `helpers.subjects.experience.experience.scored_rows`.
    customers
        Every customer who has bought in the 18 months before the month end: customer_id, score, shift, name, group,
        score_year_ago, score_change, moved (towards the specialist in the last 12 months), moved_on (first month end
        at which it showed; NaT), young_amount, mature_amount, unknown_amount, net_amount (12 months, by age of the
        product and all), mature_share (of net sales with known product age), corner (one of `CORNERS`; NaN without a
        score or a product of known age); those who moved first, the latest first, then by score.
    corners
        corner, customers, net_amount (of the experienced or inexperienced customers, with young or mature
        products: a customer's sales may fall on both).
    absent
        Evidence -> the column that it needs.
    maturity_known
        Whether any product sold has a known age.
    strength
        From which strength of all changes together a customer counts as turned (`strength_needed`).
    """

    month: pd.Period
    settings: Experience
    history: pd.DataFrame
    customers: pd.DataFrame
    corners: pd.DataFrame
    absent: dict[str, str]
    maturity_known: bool
    strength: float = USUAL_STRENGTH

    @property
    def movers(self) -> pd.DataFrame:
        """Customers who turned specialist within the last 12 months, with their evidence."""
        moved = self.customers[self.customers["moved"]]
        end = self.month.to_timestamp(how="end").normalize()
        now = self.history[self.history["origin"] == end].set_index("customer_id")
        return moved.join(
            now[now.columns.difference(moved.columns, sort=False)], on="customer_id"
        ).reset_index(drop=True)

    def of(self, customer_ids: Collection[str] | None) -> ExperienceShift:
        """Return the same for some customers; None: all."""
        if customer_ids is None:
            return self
        own = list(customer_ids)
        customers = self.customers[self.customers["customer_id"].isin(own)].reset_index(drop=True)
        return replace(
            self,
            customers=customers,
            history=self.history[self.history["customer_id"].isin(own)].reset_index(drop=True),
            corners=_corners(customers, self.settings),
            maturity_known=_maturity_known(customers),
        )


def experience_shift(
    customers: pd.DataFrame,
    windows: ExperienceWindows,
    maturity: pd.DataFrame,
    month: pd.Period,
    settings: Experience | None = None,
) -> ExperienceShift:
    """Score every customer's experience at each month end, and find those who have turned.

    Parameters
    ----------
    customers, maturity
        The facts customers and product_maturity, of the whole company.
    windows
        The evidence of all customers at each month end, the report's last.
    settings
        ``[experience]``; None takes the defaults.
    """
    settings = settings or Experience()
    columns = [name for name in ("name", "trade_class") if name in customers]
    people = customers.set_index("customer_id")[columns].reindex(columns=["name", "trade_class"])
    scores = score_history(windows, people["trade_class"], settings)
    needed = strength_needed(scores.shift) if settings.shift_strength is None else settings.shift_strength
    table = _now(scores, needed, settings.shift_points)
    for column, name in (("name", "name"), ("group", "trade_class")):
        # Looked up rather than joined: where nobody is named, the two sides have nothing to be joined by.
        table[column] = look_up(table["customer_id"], people[name]).array
    _add_maturity(table, maturity, settings)
    table = largest_first(table, "moved", "moved_on", "score")
    table = table.reset_index(drop=True)
    movers = table.loc[table["moved"], "customer_id"].tolist()
    return ExperienceShift(
        month=month,
        settings=settings,
        history=scored_rows(windows.only(movers), scores, settings),
        customers=table,
        corners=_corners(table, settings),
        strength=needed,
        absent={each.name: each.needs for each in EVIDENCE if each.name not in scores.peers},
        maturity_known=_maturity_known(table),
    )


def _now(scores: Scores, needed: float, shift_points: float) -> pd.DataFrame:
    """Return the customers judged at the last month end, with their scores then and a year ago."""
    here = np.flatnonzero(scores.bought[-1])
    year_ago = len(scores.months) - months_a_year(scores.months[-1]) - 1
    table = pd.DataFrame(
        {
            "customer_id": scores.customers[here],
            "score": scores.score[-1, here],
            "shift": scores.shift[-1, here],
            "score_year_ago": scores.score[year_ago, here] if year_ago >= 0 else np.nan,
        }
    )
    table["score_change"] = table["score"] - table["score_year_ago"]
    later = max(year_ago + 1, 0)
    shown = scores.shift[later:, here] >= needed
    ends = pd.DatetimeIndex([month.to_timestamp(how="end").normalize() for month in scores.months[later:]])
    # It must have lasted, too: one odd half-year is not a change of mind.
    rise = table["score"] - _lowest(scores.score[:, here])
    table["moved"] = shown.any(axis=0) & (rise >= shift_points).to_numpy()
    table["moved_on"] = pd.Series(ends[shown.argmax(axis=0)], table.index).where(table["moved"])
    return table


def _lowest(scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return each customer's lowest score; NaN if it has none."""
    known = np.where(np.isnan(scores), np.inf, scores)
    lowest = known.min(axis=0, initial=np.inf)
    return np.where(np.isfinite(lowest), lowest, np.nan)


def _add_maturity(table: pd.DataFrame, maturity: pd.DataFrame, settings: Experience) -> None:
    ages = maturity.set_index("customer_id")[[*_AGES]]
    table[[*_AGES]] = reindex_rows(pd.Index(table["customer_id"]), ages).to_numpy(dtype="float64")
    table["net_amount"] = table[[*_AGES]].sum(axis=1).round(4)
    known = _of_known_age(table)
    table["mature_share"] = table["mature_amount"].clip(lower=0) / known.where(known > 0)
    experienced = table["score"] >= settings.experienced_from
    corner = np.where(experienced, "experienced_", "inexperienced_") + np.where(
        table["mature_share"] >= 0.5, "mature", "young"
    ).astype("object")
    table["corner"] = pd.Series(corner, index=table.index).where(
        table["score"].notna() & table["mature_share"].notna()
    )


def _of_known_age(table: pd.DataFrame) -> pd.Series:
    return table[["young_amount", "mature_amount"]].clip(lower=0).sum(axis=1)


def _maturity_known(table: pd.DataFrame) -> bool:
    return bool((_of_known_age(table) > 0).any())


def _corners(table: pd.DataFrame, settings: Experience) -> pd.DataFrame:
    rows = []
    experienced = table["score"] >= settings.experienced_from
    for corner in CORNERS:
        members = experienced if corner.startswith("experienced") else ~experienced & table["score"].notna()
        column = f"{corner.rsplit('_', 1)[1]}_amount"
        rows.append(
            {
                "corner": corner,
                "customers": int((table["corner"] == corner).sum()),
                "net_amount": round(float(table.loc[members, column].sum()), 4),
            }
        )
    return pd.DataFrame(rows)
