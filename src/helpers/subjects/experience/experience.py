"""Experience shift: which customers turn from generalist to specialist, when, and what they buy."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from helpers.core.calendar.period_names import months_a_year
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import look_up, reindex_rows
from helpers.settings.playbook import CORNERS, Experience
from helpers.subjects.experience.evidence import EVIDENCE
from helpers.subjects.experience.scores import (
    USUAL_STRENGTH,
    Scores,
    score_history,
    scored_rows,
    strength_needed,
)
from helpers.subjects.experience.windows import ExperienceWindows

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
        `helpers.subjects.experience.scores.scored_rows`.
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
    order = ["moved", "moved_on", "score", "customer_id"]
    table = table.sort_values(order, ascending=[False, False, False, True], kind="stable")
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
