"""Which forecaster the origins choose, and how it then does in the holdout: python benchmarks/models/choice.py.

The choice knows the calibration period alone; the holdout is opened once it is made.
"""

from __future__ import annotations

import pandas as pd
from datasets import SHARED_FOLDER
from holdout import holdout_errors

from helpers.analysis.forecast import CANDIDATES, choose_forecaster
from helpers.analysis.origins import PurchaseHistories, purchase_histories


def logs() -> dict[str, tuple[PurchaseHistories, str]]:
    """Name -> all purchases to the holdout's end, and the last day of the calibration."""
    cdnow = pd.read_csv(SHARED_FOLDER / "data/cdnow/cdnow_sample.csv", dtype={"customer_id": str})
    cdnow["date"] = pd.to_datetime(cdnow["date"].astype(str), format="%Y%m%d")
    grocery = pd.read_csv(SHARED_FOLDER / "data/grocery/grocery_elog.csv", parse_dates=["date"])
    return {
        "CDNOW": (purchase_histories(cdnow, "customer_id", "date", "1998-06-30"), "1997-09-30"),
        "grocery": (purchase_histories(grocery, "cust", "date", "2007-12-30"), "2006-12-31"),
    }


def main() -> None:
    for name, (whole, calibrated_until) in logs().items():
        cutoff = pd.Timestamp(calibrated_until)
        known = whole.until(cutoff)
        weeks = (whole.observed_until - cutoff).days / 7
        choice = choose_forecaster(known, weeks)
        holdout = whole.origin(cutoff, weeks)
        print(f"\n### {name}: chosen is {choice.name} ({choice.why})\n")
        print("| | loss | aggregate error % / MAE / RMSE / correlation, origins | the same, holdout |")
        print("|---|---|---|---|")
        for row in choice.mean_scores().itertuples():
            forecaster = CANDIDATES[row.name](known)
            forecast = forecaster.expected_purchases(holdout.summary, weeks)
            print(
                f"| {row.name} | {row.loss:.3f} | {100 * row.aggregate_error:+.1f} / {row.mae:.3f} / "
                f"{row.rmse:.3f} / {row.correlation:.3f} | {holdout_errors(forecast, holdout.actual)} |"
            )


if __name__ == "__main__":
    main()
