"""Data of the model tests: the public logs where they are, and a seeded stand-in where they are not."""

import numpy as np
import pandas as pd
import pytest
from optional import SHARED_DATA
from simulated import sample, summary_of

from helpers.models import MBGCNBDk


def _read(file: str, **options: object) -> pd.DataFrame:
    path = SHARED_DATA / file
    if not path.exists():
        pytest.skip(f"the public data set {file} is not beside the project")
    return pd.read_csv(path, **options)


@pytest.fixture(scope="session")
def cdnow() -> pd.DataFrame:
    log = _read("cdnow/cdnow_sample.csv", dtype={"customer_id": str, "date": str})
    log["date"] = pd.to_datetime(log["date"], format="%Y%m%d")
    known = log[log["date"] <= "1997-09-30"]
    summary = summary_of(known, "customer_id", "date", "1997-09-30")
    spent = known.groupby(["customer_id", "date"])["dollar_value"].sum().round(4)
    repeats = spent[spent.groupby("customer_id").cumcount() > 0]
    return summary.assign(monetary_value=repeats.groupby("customer_id").mean())


@pytest.fixture(scope="session")
def grocery() -> pd.DataFrame:
    log = _read("grocery/grocery_elog.csv", parse_dates=["date"])
    return summary_of(log, "cust", "date", "2006-12-31")


@pytest.fixture(scope="session")
def customers() -> pd.DataFrame:
    """1,500 simulated customers, regular buyers among them, times in weeks."""
    joined = np.random.default_rng(1).uniform(30, 60, 1500)
    model = MBGCNBDk(k=2).set_parameters(r=1.3, alpha=2.8, a=0.6, b=1.6)
    return sample(model, joined, seed=2)
