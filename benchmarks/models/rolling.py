"""Choosing from rolling origins on data that no one looked at when the procedure was made.

    python benchmarks/models/rolling.py

From each of four days of the past the choice is made with what was known then, and judged by what came after.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from datasets import online_retail, resellers, sample

from helpers.subjects.value.forecast.backtest import Origin, PurchaseHistories
from helpers.subjects.value.forecast.forecast import CANDIDATES, choose_forecaster, forecast_errors

HORIZON_WEEKS = 26.0
CELLS = "aggregate error % / MAE / RMSE / correlation / loss"


def evenly_spread(histories: PurchaseHistories, weeks: float, count: int = 4) -> list[Origin]:
    """Look back from ``count`` days, the earliest first.

    From half of the history, or two horizons before its end if that is later, to one horizon before its end, or a
    quarter of the history if that is shorter. What is judged is the horizon, or what of it is observed.
    """
    span, horizon = histories.span_days, weeks * histories.unit_days
    earliest, latest = max(span / 2, span - 2 * horizon), span - min(horizon, span / 4)
    days = np.unique(np.floor(np.linspace(earliest, latest, count)).astype(int)).tolist()
    return [
        histories.origin(
            histories.first_day + pd.Timedelta(days=after), min(horizon, span - after) / histories.unit_days
        )
        for after in days
    ]


def judged(histories: PurchaseHistories) -> pd.DataFrame:
    """One row an origin and forecaster: all candidates, and the one that was chosen there."""
    rows = []
    for origin in evenly_spread(histories, HORIZON_WEEKS):
        known = histories.until(origin.cutoff)
        choice = choose_forecaster(known, origin.periods)
        forecasters = {name: make(known, origin.periods) for name, make in CANDIDATES.items()}
        for name, forecaster in {**forecasters, "chosen": choice.forecaster}.items():
            expected = forecaster.expected_purchases(origin.summary, origin.periods)
            typical = getattr(forecaster, "typical_purchases", forecaster.expected_purchases)
            errors = forecast_errors(expected, origin.actual, typical(origin.summary, origin.periods))
            rows.append({"name": name, "cutoff": origin.cutoff, "choice": choice.name, **errors})
    return pd.DataFrame(rows)


def main() -> None:
    for title, histories in (
        ("AdventureWorks resellers", resellers()),
        ("Online Retail, year 1", online_retail()),
        ("the sample", sample()),
    ):
        table = judged(histories)
        chosen = table[table["name"] == "chosen"]
        days = ", ".join(f"{row.cutoff.date()} {row.choice}" for row in chosen.itertuples())
        print(f"\n#### {title}, {len(histories.customers):,} customers. Chosen: {days}\n")
        print(f"| mean over origins | {CELLS} |\n|---|---|")
        means = table.groupby("name").mean(numeric_only=True).sort_values("loss")
        # The mean of signed errors would hide what they are at each origin.
        apart = table["aggregate_error"].abs().groupby(table["name"]).mean()
        for row in means.itertuples():
            print(
                f"| {row.Index} | {100 * row.aggregate_error:+.1f} (without sign {100 * apart[row.Index]:.1f}) / "
                f"{row.mae:.3f} / {row.rmse:.3f} / {row.correlation:.3f} / {row.loss:.3f} |"
            )


if __name__ == "__main__":
    main()
