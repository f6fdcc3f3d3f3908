"""What the sample's trade classes are like: every number of the process that is chosen, not drawn.

The tables are read together: position ``i`` of every array is trade class ``TRADE_CLASSES[i]``.
"""

from __future__ import annotations

from typing import Final

import numpy as np

TRADE_CLASSES: Final = (
    "International parts dealers",
    "International goods dealers",
    "Regional electrical shops",
    "Specialist shops",
    "Volume and chain shops",
    "DIY shops",
    "Other",
)
REGIONS: Final = (
    "East China",
    "South China",
    "North China",
    "Southwest China",
    "Europe",
    "North America",
    "Southeast Asia",
)
CHINESE_REGIONS: Final = 4
"""The first four regions: their companies have Chinese names."""
SALES_AREAS: Final = ("East and North China", "South and Southwest China", "Export")
AREA_OF_REGION: Final = np.array([0, 1, 0, 1, 2, 2, 2])
INDUSTRIES: Final = (
    "Construction",
    "Electrical installation",
    "Metalworking",
    "Woodworking",
    "Machine repair",
    "Household",
)
SIZE_CLASSES: Final = ("small", "medium", "large", "key")
SOURCES: Final = ("trade fair", "referral", "web enquiry", "cold call", "former distributor")
INTEREST_LEVELS: Final = ("low", "medium", "high")
ROLES: Final = ("core", "component", "accessory", "service", "support")
REASONS: Final = (
    "complaint",
    "price",
    "competitor",
    "closure",
    "no need",
    "one-off purchase",
    "experience shift",
)
COMPLAINT, PRICE, COMPETITOR, CLOSURE, NO_NEED, ONE_OFF, EXPERIENCE = range(len(REASONS))

#: Share of customers in each trade class.
CLASS_SHARES: Final = np.array([0.07, 0.08, 0.29, 0.22, 0.07, 0.19, 0.08])
#: The share of sales, in percent, that the sample company's policy wants of each trade class.
POLICY_PERCENT: Final = (12, 13, 24, 25, 20, 5, 1)
#: Share of each region in a trade class.
REGION_SHARES: Final = np.array(
    [
        [0.08, 0.08, 0.04, 0.02, 0.34, 0.20, 0.24],
        [0.08, 0.10, 0.04, 0.02, 0.28, 0.24, 0.24],
        [0.42, 0.26, 0.18, 0.12, 0.01, 0.00, 0.01],
        [0.34, 0.24, 0.16, 0.10, 0.08, 0.04, 0.04],
        [0.32, 0.24, 0.16, 0.08, 0.10, 0.06, 0.04],
        [0.36, 0.24, 0.18, 0.12, 0.05, 0.03, 0.02],
        [0.30, 0.22, 0.14, 0.12, 0.08, 0.06, 0.08],
    ]
)
INDUSTRY_SHARES: Final = np.array(
    [
        [0.05, 0.10, 0.25, 0.10, 0.50, 0.00],
        [0.25, 0.15, 0.20, 0.20, 0.10, 0.10],
        [0.15, 0.65, 0.05, 0.05, 0.05, 0.05],
        [0.20, 0.15, 0.30, 0.25, 0.10, 0.00],
        [0.30, 0.20, 0.10, 0.15, 0.05, 0.20],
        [0.10, 0.10, 0.00, 0.15, 0.00, 0.65],
        [0.25, 0.15, 0.15, 0.15, 0.15, 0.15],
    ]
)
#: Purchases a month of an average customer.
PURCHASES_MONTH: Final = np.array([1.5, 0.9, 1.05, 1.15, 1.9, 0.75, 0.55])
#: Further lines an order after the first, of an average customer.
FURTHER_LINES: Final = np.array([5.0, 3.6, 3.0, 3.4, 5.0, 2.4, 2.0])
#: Value of a typical line at the list prices of the first year, in CNY.
LINE_VALUE: Final = np.array([2300.0, 2900.0, 1150.0, 1550.0, 2300.0, 800.0, 900.0])
#: Discount on the list price of a typical customer.
DISCOUNT: Final = np.array([0.16, 0.13, 0.08, 0.10, 0.17, 0.07, 0.05])
#: Chance a month that a typical customer leaves for good.
LEAVING_MONTH: Final = np.array([0.009, 0.011, 0.010, 0.009, 0.007, 0.015, 0.018])
#: Change of the purchase rate a year, for the whole class.
TREND_YEAR: Final = np.array([0.03, 0.00, 0.01, 0.04, 0.03, -0.03, 0.00])
#: Terms of payment in days.
TERMS_DAYS: Final = np.array([60, 60, 30, 30, 90, 30, 14])
#: Erlang shapes of the gaps between purchases, and each shape's share: chains order nearly by the clock.
REGULARITIES: Final = np.array([1, 2, 3, 4, 6])
REGULARITY_SHARES: Final = np.array(
    [
        [0.10, 0.30, 0.30, 0.20, 0.10],
        [0.25, 0.40, 0.20, 0.10, 0.05],
        [0.30, 0.40, 0.20, 0.10, 0.00],
        [0.25, 0.40, 0.20, 0.10, 0.05],
        [0.00, 0.15, 0.25, 0.30, 0.30],
        [0.45, 0.35, 0.15, 0.05, 0.00],
        [0.60, 0.30, 0.10, 0.00, 0.00],
    ]
)
#: Purchase rate of each calendar month against the year's mean, January first.
SEASONS: Final = np.array(
    [
        [1.00, 0.92, 1.05, 1.02, 1.00, 0.98, 0.95, 0.92, 1.04, 1.05, 1.05, 1.02],
        [0.95, 0.88, 1.02, 1.00, 0.98, 0.96, 0.92, 0.96, 1.08, 1.12, 1.10, 1.03],
        [0.86, 0.70, 1.06, 1.08, 1.10, 1.06, 0.98, 0.96, 1.06, 1.06, 1.06, 1.02],
        [0.90, 0.76, 1.08, 1.06, 1.04, 1.02, 0.96, 0.94, 1.06, 1.06, 1.08, 1.04],
        [0.92, 0.78, 1.02, 1.02, 1.06, 1.08, 0.94, 0.92, 1.02, 1.06, 1.14, 1.04],
        [0.78, 0.72, 1.16, 1.26, 1.24, 1.08, 0.96, 0.92, 1.02, 1.02, 0.96, 0.88],
        [0.94, 0.84, 1.04, 1.04, 1.04, 1.02, 0.98, 0.96, 1.04, 1.04, 1.04, 1.02],
    ]
)
#: What each class buys, as share of lines by offering role (core, component, accessory, service, support).
ROLE_SHARES: Final = np.array(
    [
        [0.12, 0.60, 0.20, 0.05, 0.03],
        [0.52, 0.12, 0.28, 0.04, 0.04],
        [0.34, 0.20, 0.36, 0.06, 0.04],
        [0.38, 0.16, 0.32, 0.08, 0.06],
        [0.48, 0.08, 0.38, 0.04, 0.02],
        [0.42, 0.05, 0.47, 0.04, 0.02],
        [0.36, 0.18, 0.36, 0.06, 0.04],
    ]
)
#: How an experience shift, once complete, multiplies those shares: bare components, no service.
SHIFTED_ROLES: Final = np.array([0.55, 2.2, 0.6, 0.12, 0.10])
#: Discount, as share of the list price, that a complete experience shift adds.
SHIFT_DISCOUNT: Final = 0.10
#: Days from the first sign of an experience shift until it is complete.
SHIFT_DAYS: Final = 330
#: Price rise on 1 January, by position in the list of years; the list repeats.
PRICE_RISES: Final = (0.025, 0.035, 0.03, 0.02)
COST_RISES: Final = (0.03, 0.03, 0.035, 0.02)
