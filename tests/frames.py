"""Facts in small: frames built from a few rows, as `Facts.frame` hands them out."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import strategies as st

OCTOBER = pd.Period("2026-10", "M")


def months(*rows: tuple[str, str, float]) -> pd.DataFrame:
    """(customer, "2026-10", net sales), ...: the fact customer_months, without list prices and costs."""
    frame = pd.DataFrame(rows, columns=["customer_id", "month", "net_amount"])
    frame["month"] = pd.to_datetime(frame["month"] + "-01").astype("datetime64[us]")
    frame["net_amount"] = frame["net_amount"].astype("float64")
    return frame.assign(
        cost_amount=np.nan,
        net_amount_with_cost=np.nan,
        purchase_days=(frame["net_amount"] > 0).astype("int64"),
    )


def customers(**classes: str | None) -> pd.DataFrame:
    """customer=class, ...: the fact customers, served by nobody."""
    nobody = pd.array([None] * len(classes), dtype="str")
    return pd.DataFrame(
        {
            "customer_id": pd.array(list(classes), dtype="str"),
            "name": pd.array([f"Customer {name}" for name in classes], dtype="str"),
            "trade_class": pd.array(list(classes.values()), dtype="str"),
            "salesperson_id": nobody,
            "salesperson_name": nobody,
        }
    )


#: Three years of a small company: customer-months with amounts to the ten-thousandth, returns among them.
company_months = st.lists(
    st.tuples(
        st.sampled_from("abcdefgh"),
        st.integers(0, 40).map(lambda back: str(OCTOBER - back)),
        st.integers(-(10**9), 10**10).map(lambda units: units / 10_000),
    ),
    max_size=40,
    unique_by=lambda row: row[:2],
).map(lambda rows: months(*rows))
