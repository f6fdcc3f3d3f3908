"""Which forecaster the origins choose, and how it then does in the holdout: python benchmarks/models/choice.py.

The choice knows the calibration period alone; the holdout is opened once it is made.
"""

from __future__ import annotations

import time

from datasets import cdnow, grocery
from holdout import holdout_errors, typical_purchases

from helpers.subjects.value.forecast.forecast import CANDIDATES, choose_forecaster


def main() -> None:
    for data in (cdnow(), grocery()):
        started = time.process_time()
        choice = choose_forecaster(data.known, data.weeks)
        busy = time.process_time() - started
        print(f"\n### {data.name}: chosen is {choice.name} ({choice.why}), {busy:.1f} s of processor\n")
        print("| | loss | aggregate error % / MAE / RMSE / correlation, origins | the same, holdout |")
        print("|---|---|---|---|")
        for row in choice.mean_scores().itertuples():
            forecaster = CANDIDATES[row.name](data.known, data.weeks)
            typical = typical_purchases(forecaster, data)
            expected = forecaster.expected_purchases(data.summary, data.weeks)
            print(
                f"| {row.name} | {row.loss:.3f} | {100 * row.aggregate_error:+.1f} / {row.mae:.3f} / "
                f"{row.rmse:.3f} / {row.correlation:.3f} | {holdout_errors(expected, data.actual, typical)} |"
            )


if __name__ == "__main__":
    main()
