"""Order lines of a small shop, as text."""

from __future__ import annotations

HEADER = "order_id,order_date,customer_id,line_no,product_id,quantity,net_amount"


ORDERS = (
    HEADER,
    "1,2026-01-10,17850.0,1,p1,1,100.10",
    "2,2026-02-30,c2,1,p1,1,5",  # no such day
    "3,2026-02-01,c2,1,p1,1_0,6",  # no number
    "4,2026-02-02T10:00:00,　c3 ,1,p1,2,-7.00005",
    "1,2026-01-11,17850.0,1,p1,1,100.10",  # the same line again, a day later
    "5,2026-03-01,,,p2,1,8",
    "6,2026-03-02,c4,1,p2,,9",
)
