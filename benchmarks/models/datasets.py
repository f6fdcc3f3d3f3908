"""The public purchase logs of the benchmark, from the folder of shared data beside the project, and the sample's."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from helpers.settings.config import PROJECT_FOLDER
from helpers.subjects.value.forecast.backtest import PurchaseHistories, purchase_histories

SHARED_FOLDER = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT_FOLDER.parent / "shared")


@dataclass(frozen=True)
class Dataset:
    """One log, cut into calibration and holdout.

    Attributes
    ----------
    known
        The calibration period.
    summary
        The same as the models read it, in weeks.
    actual
        Purchases of each of those customers in the holdout.
    weeks
        Length of the holdout.
    """

    name: str
    known: PurchaseHistories
    summary: pd.DataFrame
    actual: pd.Series
    weeks: float


def cut(name: str, whole: PurchaseHistories, calibrated_until: str) -> Dataset:
    """Cut at a day; the holdout is all that follows."""
    cutoff = pd.Timestamp(calibrated_until)
    origin = whole.origin(cutoff, (whole.observed_until - cutoff).days / whole.unit_days)
    return Dataset(name, whole.until(cutoff), origin.summary, origin.actual, origin.periods)


def cdnow() -> Dataset:
    """Read CDNOW's published sample: 2,357 customers, calibration to 1997-09-30, holdout to 1998-06-30."""
    log = pd.read_csv(SHARED_FOLDER / "data/cdnow/cdnow_sample.csv", dtype={"customer_id": str})
    log["date"] = pd.to_datetime(log["date"].astype(str), format="%Y%m%d")
    return cut("CDNOW", purchase_histories(log, "customer_id", "date", "1998-06-30"), "1997-09-30")


def grocery() -> Dataset:
    """Read an online grocer's log: 1,525 customers, calibration to 2006-12-31, holdout to 2007-12-30."""
    log = pd.read_csv(SHARED_FOLDER / "data/grocery/grocery_elog.csv", parse_dates=["date"])
    return cut("grocery", purchase_histories(log, "cust", "date", "2007-12-30"), "2006-12-31")


def resellers() -> PurchaseHistories:
    """Read AdventureWorks' sales to resellers: 635 of them over three years, most with an order a quarter."""
    log = pd.read_parquet(SHARED_FOLDER / "data/adventureworks_dw/FactResellerSales.parquet")
    return purchase_histories(log, "ResellerKey", "OrderDate", log["OrderDate"].max())


def online_retail() -> PurchaseHistories:
    """Read a gift wholesaler's year: lines with a customer, without cancellations."""
    log = pd.read_parquet(SHARED_FOLDER / "data/online_retail_y1/online_retail_2009_2010.parquet")
    log = log[log["Customer ID"].notna() & (log["Quantity"] > 0)]
    return purchase_histories(log, "Customer ID", "InvoiceDate", log["InvoiceDate"].max())


def sample() -> PurchaseHistories:
    """Read the made-up sample company's orders, without credit notes and lines without a customer."""
    log = pd.read_parquet(PROJECT_FOLDER / "data/sample/order_lines.parquet")
    log = log[log["customer_id"].notna() & ~log["order_id"].str.startswith("R")]
    return purchase_histories(log, "customer_id", "order_date", log["order_date"].max())
