#!/usr/bin/env bash
# statsforecast, and customers who buy nothing in some months, so that their tables have no row for those
#
# One would guess: each row has its month, and the frequency is given (freq="MS"), so a month without a row is taken for
# nothing sold or for not known, or is refused. December's season comes in December.
#
# What really happens: the rows of a customer are taken one after the other as if they were months in a row; the months are
# used for the dates of the forecast alone, which begin after the last. For a customer who buys 100 a month and 900 each
# December and bought nothing in June and July, the 900 of Christmas are forecast twice, once for February, and the next
# year comes to 2,800 in place of 1,800. No word is said. With the months filled in, December is the only peak.
#
# Seen with statsforecast 2.1.1, pandas 2.3.3 (see the output below); Python 3.11.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check "statsforecast==2.1.1" "pandas==2.3.3"
"$folder/venv/bin/python" - <<'PYTHON'
import pandas as pd
from statsforecast import StatsForecast
from statsforecast.models import SeasonalNaive

months = pd.date_range("2024-01-01", "2025-12-01", freq="MS")
sales = pd.DataFrame({"unique_id": "A", "ds": months, "y": [900.0 if month.month == 12 else 100.0 for month in months]})
silent = sales["ds"].isin(pd.to_datetime(["2025-06-01", "2025-07-01"]))


def forecast(known):
    year = StatsForecast(models=[SeasonalNaive(season_length=12)], freq="MS").forecast(df=known, h=12)
    return year["SeasonalNaive"].sum(), year.loc[year["SeasonalNaive"] > 500, "ds"].dt.month_name().tolist()


skipped, filled = forecast(sales[~silent]), forecast(sales.assign(y=sales["y"].mask(silent, 0.0)))
print(f"rows of months with sales alone: the next year {skipped[0]:,.0f}, peaks in {skipped[1]}")
print(f"months without sales as nought: the next year {filled[0]:,.0f}, peaks in {filled[1]}")
assert filled == (1_800, ["December"])
assert skipped == (2_800, ["February", "December"]), "no longer so: the months that are not there are seen"
PYTHON
# rows of months with sales alone: the next year 2,800, peaks in ['February', 'December']
# months without sales as nought: the next year 1,800, peaks in ['December']
