"""Data of the model tests: the public logs where they are, and a seeded stand-in where they are not."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from simulated import sample

from helpers.models import MBGCNBDk, purchase_summary
from helpers.settings.config import PROJECT_FOLDER

SHARED_DATA = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT_FOLDER.parent / "shared") / "data"


def _read(file: str, **options: object) -> pd.DataFrame:
    path = SHARED_DATA / file
    if not path.exists():
        pytest.skip(f"the public data set {file} is not beside the project")
    return pd.read_csv(path, **options)


@pytest.fixture(scope="session")
def cdnow() -> pd.DataFrame:
    log = _read("cdnow/cdnow_sample.csv", dtype={"customer_id": str, "date": str})
    log["date"] = pd.to_datetime(log["date"], format="%Y%m%d")
    return purchase_summary(log, "customer_id", "date", "1997-09-30", "W", "dollar_value")


@pytest.fixture(scope="session")
def grocery() -> pd.DataFrame:
    log = _read("grocery/grocery_elog.csv", parse_dates=["date"])
    return purchase_summary(log, "cust", "date", "2006-12-31", "W")


@pytest.fixture(scope="session")
def customers() -> pd.DataFrame:
    """1,500 simulated customers, regular buyers among them, times in weeks."""
    joined = np.random.default_rng(1).uniform(30, 60, 1500)
    model = MBGCNBDk(k=2).set_parameters(r=1.3, alpha=2.8, a=0.6, b=1.6)
    return sample(model, joined, seed=2)
