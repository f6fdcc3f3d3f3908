"""Three years of order lines of customers of whom six in ten leave."""

from __future__ import annotations

import numpy as np
import pandas as pd
from builders import line

FIRST, DAYS = pd.Timestamp("2023-11-01"), 1096


CUSTOMERS = [{"customer_id": f"c{n:03}", "name": f"Customer {n}", "salesperson_id": "S1"} for n in range(150)]


CUSTOMERS.append({"customer_id": "p", "name": "Prospect", "salesperson_id": "S2"})


def orders():
    """Three years of customers who buy every two to seven weeks; six in ten leave at some time."""
    rng = np.random.default_rng(5)
    rows = []
    for person in CUSTOMERS[:-1]:
        gap, day = rng.uniform(14, 50), rng.uniform(0, 400)
        end = rng.uniform(300, DAYS) if rng.random() < 0.6 else DAYS
        while day < end:
            date = (FIRST + pd.Timedelta(days=int(day))).date().isoformat()
            rows.append(line(person["customer_id"], date, round(float(rng.uniform(50, 500)), 2)))
            day += max(1.0, rng.gamma(3, gap / 3))
    return list({(row["customer_id"], row["order_date"]): row for row in rows}.values())
