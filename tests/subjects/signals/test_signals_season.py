"""Silence that is fair to the season: what recurs every year is no sign, and a dead month is not a busy one."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from helpers.subjects.signals.measures import busy_days, silent_every_year

OCTOBER = pd.Period("2026-10", "M")


def bought(**months: list[str]) -> pd.DataFrame:
    rows = [(name, pd.Timestamp(month), 1) for name, days in months.items() for month in days]
    return pd.DataFrame(rows, columns=["customer_id", "month", "purchase_days"])


def silent(months: pd.DataFrame, **last: str) -> dict[str, bool]:
    days = pd.to_datetime(pd.Series(last))
    told = silent_every_year(months, OCTOBER, days, months["month"].min().to_period("M"))
    return dict(zip(days.index, told.tolist(), strict=True))


def test_who_never_buys_in_these_months_is_only_in_its_season():
    spring = [f"{year}-{month:02}" for year in (2024, 2025, 2026) for month in (2, 3, 4, 5)]
    steady = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)] + ["2026-05"]
    new = ["2026-03", "2026-05"]
    told = silent(
        bought(gardener=spring, steady=steady, new=new),
        gardener="2026-05-20", steady="2026-05-20", new="2026-05-20",
    )  # fmt: skip
    assert told == {"gardener": True, "steady": False, "new": False}


def test_one_autumn_with_an_order_is_enough_to_miss_the_next():
    spring = [f"{year}-{month:02}" for year in (2024, 2025, 2026) for month in (2, 3, 4, 5)]
    assert silent(bought(a=[*spring, "2024-09"]), a="2026-05-20") == {"a": False}


def test_silence_of_over_eleven_months_is_not_explained_by_itself():
    assert silent(bought(a=["2024-01", "2024-02"]), a="2024-02-10") == {"a": False}


def test_days_of_a_dead_season_count_for_less_and_a_year_adds_up_to_its_days():
    months = [f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)]
    rows = bought(a=[*months, *[f"2026-{month:02}" for month in range(1, 11)]])
    rows["purchase_days"] = np.where(rows["month"].dt.month.isin([7, 8]), 0, 60)
    label = pd.Series({"a": "class"})

    def days(start: str, end: str) -> float:
        start_day, end_day = (pd.Series({"a": pd.Timestamp(day)}) for day in (start, end))
        return float(busy_days(rows, label, OCTOBER, [(start_day, end_day)])[0][0])

    assert days("2025-07-01", "2025-09-01") == pytest.approx(2 * 30.4375 * 20 / (100 + 20))
    assert days("2025-09-01", "2025-11-01") == pytest.approx(2 * 30.4375 * 140 / 120)
    assert days("2025-03-15", "2026-03-15") == pytest.approx(365.25)
    span = tuple(pd.Series({"a": pd.Timestamp(day)}) for day in ("2026-07-01", "2026-09-01"))
    (short,) = busy_days(rows[rows["month"] >= "2026-01"], label, OCTOBER, [span])
    assert short[0] == pytest.approx(2 * 30.4375)  # under a year of data tells no season
