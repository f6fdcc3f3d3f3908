"""The two public purchase logs of the benchmark, from the folder of shared data beside the project."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.config import PROJECT_FOLDER
from helpers.models import purchase_summary

SHARED_FOLDER = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT_FOLDER.parent / "shared")


@dataclass(frozen=True)
class Dataset:
    """One log, cut into calibration and holdout.

    Attributes
    ----------
    summary
        The calibration period as the models read it, in weeks.
    actual
        Purchases of each of those customers in the holdout.
    weeks
        Length of the holdout.
    """

    name: str
    summary: pd.DataFrame
    actual: pd.Series
    weeks: float


def _cut(name: str, log: pd.DataFrame, calibrated_until: str, until: str, value: str | None) -> Dataset:
    summary = purchase_summary(log, "customer", "date", calibrated_until, "W", value)
    whole = purchase_summary(log, "customer", "date", until, "W")
    actual = whole["frequency"].reindex(summary.index) - summary["frequency"]
    weeks = (pd.Timestamp(until) - pd.Timestamp(calibrated_until)).days / 7
    return Dataset(name, summary, actual, weeks)


def cdnow() -> Dataset:
    """Read CDNOW's published sample: 2,357 customers, calibration to 1997-09-30, holdout to 1998-06-30."""
    log = pd.read_csv(SHARED_FOLDER / "data/cdnow/cdnow_sample.csv", dtype={"customer_id": str})
    log["date"] = pd.to_datetime(log["date"].astype(str), format="%Y%m%d")
    log = log.rename(columns={"customer_id": "customer"})
    return _cut("CDNOW", log, "1997-09-30", "1998-06-30", "dollar_value")


def grocery() -> Dataset:
    """Read an online grocer's log: 1,525 customers, calibration to 2006-12-31, holdout to 2007-12-30."""
    log = pd.read_csv(SHARED_FOLDER / "data/grocery/grocery_elog.csv", parse_dates=["date"])
    return _cut("grocery", log.rename(columns={"cust": "customer"}), "2006-12-31", "2007-12-30", None)
