"""The public purchase logs of the benchmark, from the folder of shared data beside the project."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.settings.config import PROJECT_FOLDER
from helpers.subjects.sales.purchase_summary import WEEK_DAYS

sys.path.append(str(PROJECT_FOLDER / "tests" / "models"))
from simulated import summary_of

SHARED_FOLDER = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT_FOLDER.parent / "shared")


@dataclass(frozen=True)
class Dataset:
    """One log, cut into calibration and holdout.

    Attributes
    ----------
    summary
        The calibration period as the models read it, in weeks.
    actual
        Purchase days of each of those customers in the holdout.
    weeks
        Length of the holdout.
    """

    name: str
    summary: pd.DataFrame
    actual: pd.Series
    weeks: float


def cut(name: str, log: pd.DataFrame, customer: str, calibrated_until: str, end: str) -> Dataset:
    """Cut a log with a column ``date`` at a day; the holdout is all that follows, to ``end``."""
    after, last = pd.Timestamp(calibrated_until), pd.Timestamp(end)
    summary = summary_of(log, customer, "date", calibrated_until)
    later = log.loc[(log["date"] > after) & (log["date"] <= last), [customer, "date"]].drop_duplicates()
    actual = later.groupby(customer).size().reindex(summary.index, fill_value=0)
    return Dataset(name, summary, actual, (last - after).days / WEEK_DAYS)


def cdnow() -> Dataset:
    """Read CDNOW's published sample: 2,357 customers, calibration to 1997-09-30, holdout to 1998-06-30."""
    log = pd.read_csv(SHARED_FOLDER / "data/cdnow/cdnow_sample.csv", dtype={"customer_id": str})
    log["date"] = pd.to_datetime(log["date"].astype(str), format="%Y%m%d")
    return cut("CDNOW", log, "customer_id", "1997-09-30", "1998-06-30")


def grocery() -> Dataset:
    """Read an online grocer's log: 1,525 customers, calibration to 2006-12-31, holdout to 2007-12-30."""
    log = pd.read_csv(SHARED_FOLDER / "data/grocery/grocery_elog.csv", parse_dates=["date"])
    return cut("grocery", log, "cust", "2006-12-31", "2007-12-30")
