"""From inexperienced generalist to experienced specialist: a score, its evidence over time, and who is turning (R16).

Each piece of evidence lies between what a generalist and what a specialist does (0 and 1, the ends are settings) and
counts as far as there is something to judge it by: n observations count n / (n + half) of a whole. Where classes
differ by nature (components, discounts, service, days to decide), a customer is held against its own class.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.analysis import signals_strength as strength
from helpers.analysis.lookup import look_up
from helpers.playbook_settings import CORNERS, Experience

EVIDENCE = (
    "purchasing_share", "application_share", "service_share", "component_share", "discount", "decision_days",
)  # fmt: skip
#: Evidence -> hits or sum, count, number of observations that count for a half, direction of a specialist.
_SUMS = {
    "purchasing_share": ("purchasing_contacts", "role_contacts", 3, 1),
    "application_share": ("application_contacts", "topic_contacts", 3, -1),
    "service_share": ("service_lines", "role_lines", 15, -1),
    "component_share": ("component_lines", "role_lines", 8, 1),
    "discount": ("discount_sum", "discount_n", 3, 1),
    "decision_days": ("decision_sum", "decision_n", 2, -1),
}
_NEEDS = {
    "purchasing_share": "interactions.contact_role", "application_share": "interactions.topic",
    "service_share": "products.offering_role", "component_share": "products.offering_role",
    "discount": "order_lines.list_amount", "decision_days": "order_lines.enquiry_date",
}  # fmt: skip
#: Evidence, in whole pieces, below which a customer has no score.
ENOUGH_EVIDENCE = 1.0
#: Strengths that are looked at, where the settings give none; without enough who change, the one taken.
STRENGTHS, USUAL_STRENGTH = (2.0, 2.25, 2.5, 2.75, 3.0, 3.25, 3.5, 3.75, 4.0), 3.0
#: So many must have changed at the least strength for the others to be told apart from chance.
_ENOUGH_CHANGED = 20
#: Customers who change the other way for one who turns, above which it is taken for chance.
_OTHER_WAY = 0.25
#: Customers below which a class is held against the whole company.
SMALL_CLASS = 8


@dataclass(frozen=True)
class ExperienceShift:
    """Experience as of a month.

    Attributes
    ----------
    month, settings
        The report's month and the ends of the scale.
    history
        One row per customer who has turned and month end at which it has bought in the 18 months before (of all
        customers these are the most rows of any result: `score_history` returns them): customer_id, origin
        (month end), score (0 to 1; NaN with too little evidence), shift (strength of all changes towards the
        specialist in the last 6 months against the 12 before, in standard deviations of chance), each evidence
        of `EVIDENCE` supplied (its value in the last 6 months), ``NAME_usual`` and ``NAME_score``.
    customers
        The report's month end with name, group, score_year_ago, score_change, moved (towards the specialist in
        the last 12 months), moved_on (first month end at which it showed; NaT), corner (one of `CORNERS`; NaN
        without a score or a product of known age), mature_share (of net sales with known product age),
        net_amount (12 months); those who moved first, the latest first, then by score.
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
        """The customers who have turned towards the specialist within the last 12 months."""
        return self.customers[self.customers["moved"]].reset_index(drop=True)


def experience_shift(
    customers: pd.DataFrame,
    history: pd.DataFrame,
    maturity: pd.DataFrame,
    month: pd.Period,
    settings: Experience | None = None,
    keep: Collection[str] | None = None,
) -> ExperienceShift:
    """Score every customer's experience at each month end of the history.

    Parameters
    ----------
    customers, history, maturity
        The facts customers, experience_history and product_maturity, of the whole company.
    settings
        ``[experience]``; None takes the defaults.
    keep
        Customers of the result; None keeps all.
    """
    settings = settings or Experience()
    columns = [name for name in ("name", "trade_class") if name in customers]
    who = customers.set_index("customer_id")[columns].reindex(columns=["name", "trade_class"])
    scored = score_history(history, who["trade_class"], settings)
    needed = strength_needed(scored) if settings.shift_strength is None else settings.shift_strength
    if keep is not None:
        scored = scored[scored["customer_id"].isin(list(keep))].reset_index(drop=True)
        maturity = maturity[maturity["customer_id"].isin(list(keep))]
    table = _now(scored, month, needed, settings.shift_points).assign(
        # Looked up rather than joined: where nobody is named, the two sides have nothing to be joined by.
        name=lambda rows: who["name"].reindex(rows["customer_id"]).to_numpy(),
        group=lambda rows: who["trade_class"].reindex(rows["customer_id"]).to_numpy(),
    )
    ages = maturity.set_index("customer_id")[["young_amount", "mature_amount", "unknown_amount"]]
    table[list(ages.columns)] = ages.reindex(table["customer_id"]).to_numpy(dtype="float64")
    table["net_amount"] = table[list(ages.columns)].sum(axis=1).round(4)
    known = table[["young_amount", "mature_amount"]].clip(lower=0).sum(axis=1)
    table["mature_share"] = table["mature_amount"].clip(lower=0) / known.where(known > 0)
    experienced = table["score"] >= settings.experienced_from
    corner = np.where(experienced, "experienced_", "inexperienced_") + np.where(
        table["mature_share"] >= 0.5, "mature", "young"
    ).astype("object")
    table["corner"] = pd.Series(corner, index=table.index).where(
        table["score"].notna() & table["mature_share"].notna()
    )
    order = ["moved", "moved_on", "score", "customer_id"]
    table = table.sort_values(order, ascending=[False, False, False, True], kind="stable").reset_index(
        drop=True
    )
    return ExperienceShift(
        month=month,
        settings=settings,
        history=scored[scored["customer_id"].isin(table.loc[table["moved"], "customer_id"])].reset_index(
            drop=True
        ),
        customers=table,
        corners=_corners(table, settings),
        strength=needed,
        absent={name: _NEEDS[name] for name in EVIDENCE if name not in scored},
        maturity_known=bool((known > 0).any()),
    )


def score_history(history: pd.DataFrame, trade_class: pd.Series, settings: Experience) -> pd.DataFrame:
    """Score each customer at each month end; see `ExperienceShift.history`.

    Classes and chance are judged among the customers of the same month end, so that no row depends on a later one.
    """
    table = history[["customer_id", "origin"]].copy()
    label = look_up(history["customer_id"], trade_class.astype("object").fillna(""), "")
    origins = pd.factorize(table["origin"])[0]
    classes, names = pd.factorize(label)
    of_class = origins * len(names) + classes
    by_origin = list(pd.Series(origins).groupby(origins).indices.values())
    weight, weighted = np.zeros(len(table)), np.zeros(len(table))
    shifts, pieces = np.zeros(len(table)), np.zeros(len(table))
    for name, (over, under, half, sign) in _SUMS.items():
        if f"{over}_recent" not in history or f"{under}_recent" not in history:
            continue
        hits, n, hits_usual, n_usual = (
            history[f"{part}_{window}"].to_numpy(dtype="float64")
            for window in ("recent", "usual")
            for part in (over, under)
        )
        value = np.divide(hits, n, out=np.full(len(n), np.nan), where=n > 0)
        table[name] = value
        table[f"{name}_usual"] = np.divide(
            hits_usual, n_usual, out=np.full(len(n), np.nan), where=n_usual > 0
        )
        score = _between(name, value, _class_median(table[name], of_class, origins), settings)
        table[f"{name}_score"] = score
        counts = np.where(np.isnan(score), 0.0, n / (n + half))
        weight += counts
        weighted += counts * np.nan_to_num(score)
        z = sign * _change(name, history, (hits, n, hits_usual, n_usual))
        for rows in by_origin:
            z[rows] = strength.against_chance(z[rows])
        shifts += np.nan_to_num(z)
        pieces += np.isfinite(z)
    enough = weight >= ENOUGH_EVIDENCE
    table["score"] = np.divide(weighted, weight, out=np.full(len(table), np.nan), where=enough)
    table["shift"] = np.divide(shifts, np.sqrt(pieces), out=np.full(len(table), np.nan), where=pieces > 0)
    return table


def _change(name: str, history: pd.DataFrame, sums: tuple[np.ndarray, ...]) -> np.ndarray:
    hits, n, hits_usual, n_usual = sums
    if name not in ("discount", "decision_days"):
        return strength.share_change(hits, n, hits_usual, n_usual)
    square = {"discount": "discount_square", "decision_days": "decision_square"}[name]
    now, usual = (history[f"{square}_{window}"].to_numpy(dtype="float64") for window in ("recent", "usual"))
    return strength.mean_change((n, hits, now), (n_usual, hits_usual, usual))


def _class_median(values: pd.Series, of_class: np.ndarray, origins: np.ndarray) -> np.ndarray:
    """Median of the customer's class at the month end; of all customers where the class has few."""
    by_class = values.groupby(of_class)
    medians, whole = by_class.median(), values.groupby(origins).median()
    few = (by_class.count() < SMALL_CLASS).reindex(of_class).to_numpy()
    return np.where(few, whole.reindex(origins).to_numpy(), medians.reindex(of_class).to_numpy())


def _between(name: str, value: np.ndarray, peers: np.ndarray, s: Experience) -> np.ndarray:
    """Where a value lies between a generalist's (0) and a specialist's (1)."""
    if name in ("purchasing_share", "application_share"):
        first, last = getattr(s, name)
        start, end = np.full(len(value), first), np.full(len(value), last)
    elif name in ("component_share", "discount"):
        points = s.component_points if name == "component_share" else s.discount_points
        start, end = peers, peers + points
    else:
        start, end = peers, peers * (s.service_ratio if name == "service_share" else s.decision_ratio)
    # Where the class's median is nothing there is nothing to fall from.
    span = end - start
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(span != 0, np.clip((value - start) / np.where(span != 0, span, 1), 0, 1), np.nan)


def _now(scored: pd.DataFrame, month: pd.Period, needed: float, shift_points: float) -> pd.DataFrame:
    end = month.to_timestamp(how="end").normalize()
    table = scored[scored["origin"] == end].reset_index(drop=True)
    earlier = (month - 12).to_timestamp(how="end").normalize()
    before = scored[scored["origin"] == earlier].set_index("customer_id")["score"]
    # Looked up rather than mapped: a map of nothing has no type of its own.
    table["score_year_ago"] = before.reindex(table["customer_id"]).to_numpy(dtype="float64")
    table["score_change"] = table["score"] - table["score_year_ago"]
    shows = first_shown(scored[scored["origin"] > earlier], needed)
    rise = (
        table["score"] - scored.groupby("customer_id")["score"].min().reindex(table["customer_id"]).to_numpy()
    )
    table["moved_on"] = pd.to_datetime(shows.reindex(table["customer_id"]).to_numpy())
    # It must have lasted, too: one odd half-year is not a change of mind.
    table["moved"] = table["moved_on"].notna() & (rise >= shift_points)
    table["moved_on"] = table["moved_on"].where(table["moved"])
    return table


def first_shown(scored: pd.DataFrame, needed: float) -> pd.Series:
    """First month end at which each customer's changes are strong enough, by customer_id; the others are left out."""
    shown = scored[scored["shift"] >= needed]
    return shown.groupby("customer_id")["origin"].min()


def strength_needed(scored: pd.DataFrame) -> float:
    """Return the strength from which turning is more than chance, told from those who change the other way.

    Chance knows no direction, and specialists do not turn generalists again: who changes as much the other way shows
    how many turn by chance alone (as decoys do in target-decoy tests, Elias and Gygi 2007). The lowest of `STRENGTHS`
    from which on they are never more than a quarter of those who turn; the highest where none is; `USUAL_STRENGTH`
    where too few change at all. ``scored`` is of the whole company.
    """
    by_customer = scored.groupby("customer_id")["shift"]
    most, least = by_customer.max().dropna().to_numpy(), by_customer.min().dropna().to_numpy()
    if (most >= STRENGTHS[0]).sum() < _ENOUGH_CHANGED:
        return USUAL_STRENGTH
    needed = STRENGTHS[-1]
    for limit in reversed(STRENGTHS):
        if (least <= -limit).sum() > _OTHER_WAY * (most >= limit).sum():
            break
        needed = limit
    return needed


def _corners(table: pd.DataFrame, settings: Experience) -> pd.DataFrame:
    rows = []
    experienced = table["score"] >= settings.experienced_from
    for corner in CORNERS:
        who = experienced if corner.startswith("experienced") else ~experienced & table["score"].notna()
        column = f"{corner.rsplit('_', 1)[1]}_amount"
        rows.append(
            {
                "corner": corner,
                "customers": int((table["corner"] == corner).sum()),
                "net_amount": round(float(table.loc[who, column].sum()), 4),
            }
        )
    return pd.DataFrame(rows)
