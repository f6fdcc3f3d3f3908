"""Rebates and costs of serving of the sample: agreements with the largest customers, what was paid, and freight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from workbook_sample.process import Ints, Span, day_of
from workbook_sample.write import as_words, dates, money

#: Of the customers of a chunk so many have an agreement, the largest; never more than that.
AGREEING_SHARE, MOST_AGREEING = 0.04, 20
#: Freight is so much an order, in fen, and this share of what it is worth; drawn around it.
FREIGHT_FEN, FREIGHT_SHARE = 4_500, 0.012
#: Months up to the end of the data that have costs.
COST_MONTHS = 24
_ADVANCE_SHARE = 0.4
#: The forms of agreements, one after the other: basis, counting, what it is paid in, months by which it begins later
#: than the year, days by which it begins within a month, brackets (percent of last year's sales, or of growth), rates.
FORMS: tuple[tuple[str, str, str, int, int, tuple[int, ...], tuple[float, ...]], ...] = (
    ("net_sales", "retroactive", "credit", 0, 0, (70, 100, 125), (1.0, 2.0, 3.0)),
    ("growth", "retroactive", "money", 0, 0, (0, 8, 20), (0.5, 1.5, 2.5)),
    ("net_sales", "marginal", "goods", 0, 0, (40, 80, 120), (1.0, 2.5, 4.0)),
    ("net_sales", "retroactive", "money", 3, 15, (50, 90, 110), (0.8, 1.6, 2.4)),
)


@dataclass
class _Rows:
    """What is written: agreements a row a bracket, payments, and the truth a row an agreement."""

    agreements: list[dict[str, Any]]
    payments: list[dict[str, Any]]
    truth: list[dict[str, Any]]


def draw_terms(
    rng: np.random.Generator, lines: dict[str, pa.Array], customers: dict[str, pa.Array], span: Span
) -> dict[str, dict[str, pa.Array]]:
    """Draw agreements, payments and costs of one chunk, from the orders that are there already.

    Nobody buys otherwise because of an agreement: it follows from the orders, and so does what it earns
    (``truth/rebates``), reckoned here in whole fen by the plain rule of each form.
    """
    sold = _lines(lines)
    groups = _groups(customers)
    year = (span.first + span.months - 1).year
    years = [each for each in (year - 1, year) if day_of(pd.Period(f"{each - 1}-01", "M")) >= span.start_day]
    by_customer = sold[sold["day"] > span.end_day - 365].groupby("customer")["fen"].sum()
    ranked = by_customer.sort_values(ascending=False, kind="stable").index
    count = min(max(1, round(AGREEING_SHARE * len(customers["customer_id"]))), MOST_AGREEING)
    rows = _Rows([], [], [])
    parties: list[tuple[str | None, str | None]] = [
        (str(each), None) for each in ranked[:count] if each not in groups
    ]
    heads = sorted(groups, key=lambda head: -int(by_customer.reindex(groups[head]).fillna(0).sum()))
    parties[2:2] = [(None, head) for head in heads[:1]]
    for place, (customer, group) in enumerate(parties):
        members = [customer] if group is None else groups[group]
        for each in years:
            _agree(rng, rows, sold[sold["customer"].isin(members)], (customer, group), place, each, span)
    return {
        "rebate_agreements": _agreement_columns(rows.agreements),
        "rebate_payments": {
            "agreement_id": as_words([row["agreement_id"] for row in rows.payments]),
            "payment_date": dates(_ints(rows.payments, "day")),
            "amount": money(_ints(rows.payments, "fen")),
            "kind": as_words([row["kind"] for row in rows.payments]),
        },
        "costs": _costs(rng, sold, span),
        "truth/rebates": {
            "agreement_id": as_words([row["agreement_id"] for row in rows.truth]),
            "sales_amount": money(_ints(rows.truth, "sales")),
            "base_amount": money(_ints(rows.truth, "base")),
            "earned_amount": money(_ints(rows.truth, "earned")),
        },
    }


def _lines(lines: dict[str, pa.Array]) -> pd.DataFrame:
    """Return customer, order, day and net amount in fen of the lines with a customer."""
    frame = pd.DataFrame(
        {
            "customer": lines["customer_id"].cast(pa.string()).to_pandas(),
            "order": lines["order_id"].to_pandas(),
            "day": lines["order_date"].cast(pa.int32()).to_numpy(),
            "fen": np.rint(lines["net_amount"].cast(pa.float64()).to_numpy() * 100).astype(np.int64),
        }
    )
    return frame[frame["customer"].notna()]


def _groups(customers: dict[str, pa.Array]) -> dict[str, list[str]]:
    """Return the members of each group whose branches say in every record that they belong to it."""
    frame = pd.DataFrame(
        {name: customers[name].cast(pa.string()).to_pandas() for name in ("customer_id", "parent_id")}
    )
    belongs = frame.groupby("customer_id")["parent_id"].agg(["nunique", "count", "size", "first"])
    steady = belongs[(belongs["nunique"] == 1) & (belongs["count"] == belongs["size"])]["first"]
    heads = sorted(set(steady) - set(belongs[belongs["count"] > 0].index))
    return {head: [head, *sorted(steady[steady == head].index)] for head in heads}


def _agree(
    rng: np.random.Generator,
    rows: _Rows,
    sold: pd.DataFrame,
    party: tuple[str | None, str | None],
    place: int,
    year: int,
    span: Span,
) -> None:
    """Draw one agreement of a year, with what was paid under it and what it earned by the end of the data."""
    basis, counting, paid_in, months, days, percents, rates = FORMS[place % len(FORMS)]
    start = pd.Period(f"{year}-01", "M") + months
    first, last = day_of(start) + days, day_of(start + 12) + days - 1
    shift = day_of(start) - day_of(start - 12)
    base = int(sold.loc[(sold["day"] >= first - shift) & (sold["day"] <= last - shift), "fen"].sum())
    if base <= 0 or first > span.end_day:
        return
    key = f"{year}-{party[0] or party[1]}"
    round_to = 1_000_000 if base > 20_000_000 else 100_000
    starts = [
        percent if basis == "growth" else base * percent // 100 // round_to * round_to for percent in percents
    ]
    for bracket, rate in zip(starts, rates, strict=True):
        rows.agreements.append(
            {
                "agreement_id": key, "customer_id": party[0], "group_id": party[1], "first": first, "last": last,
                "basis": basis, "counting": counting, "from": bracket * (100 if basis == "growth" else 1),
                "rate": round(rate * 100), "paid_in": paid_in,
            }
        )  # fmt: skip
    inside = sold[(sold["day"] >= first) & (sold["day"] <= min(last, span.end_day))]
    edges = [base + base * each // 100 if basis == "growth" else each for each in starts]
    earned = _earned(int(inside["fen"].sum()), edges, rates, counting)
    rows.truth.append({"agreement_id": key, "sales": int(inside["fen"].sum()), "base": base if basis == "growth" else 0,
                       "earned": earned})  # fmt: skip
    paid_day = last + int(rng.integers(35, 70))
    if paid_day <= span.end_day and earned > 0:
        rows.payments.append({"agreement_id": key, "day": paid_day, "fen": earned, "kind": paid_in})
    elif rng.random() < _ADVANCE_SHARE and earned > 0:
        part = round(earned * rng.uniform(0.3, 0.6))
        rows.payments.append({"agreement_id": key, "day": span.end_day - 60, "fen": part, "kind": paid_in})


def _earned(sales: int, starts: list[int], rates: tuple[float, ...], counting: str) -> int:
    """Return what sales in fen earn, in fen, by rates in percent; half a fen is rounded up."""
    per_mille = [round(rate * 10) for rate in rates]
    reached = [place for place, start in enumerate(starts) if start <= sales]
    if not reached or sales <= 0:
        return 0
    if counting == "retroactive":
        thousandths = sales * per_mille[reached[-1]]
    else:
        ends = [*starts[1:], sales]
        thousandths = sum((min(sales, ends[place]) - starts[place]) * per_mille[place] for place in reached)
    return (2 * thousandths + 1000) // 2000


def _costs(rng: np.random.Generator, sold: pd.DataFrame, span: Span) -> dict[str, pa.Array]:
    """Draw the freight of each customer and month with an order, booked on the month's last day."""
    first = day_of(span.first + max(span.months - COST_MONTHS, 0))
    sent = sold[(sold["day"] >= first) & (sold["fen"] > 0)]
    month = pd.to_datetime(sent["day"], unit="D").dt.to_period("M")
    sums = sent.groupby(["customer", month], sort=True).agg(orders=("order", "nunique"), fen=("fen", "sum"))
    wanted = FREIGHT_FEN * sums["orders"].to_numpy() + FREIGHT_SHARE * sums["fen"].to_numpy()
    fen = np.rint(wanted * np.exp(0.25 * rng.standard_normal(len(sums)))).astype(np.int64)
    days = np.array([day_of(each + 1) - 1 for each in sums.index.get_level_values(1)], dtype=np.int64)
    return {
        "date": dates(days),
        "customer_id": as_words(list(sums.index.get_level_values(0))),
        "kind": as_words(["freight"] * len(sums)),
        "amount": money(fen),
    }


def _agreement_columns(rows: list[dict[str, Any]]) -> dict[str, pa.Array]:
    nothing = pa.nulls(len(rows), pa.string())
    return {
        **{
            name: as_words([row[name] for row in rows])
            for name in ("agreement_id", "customer_id", "group_id")
        },
        "first_day": dates(_ints(rows, "first")),
        "last_day": dates(_ints(rows, "last")),
        "basis": as_words([row["basis"] for row in rows]),
        "counting": as_words([row["counting"] for row in rows]),
        "bracket_from": money(_ints(rows, "from")),
        "rate": money(_ints(rows, "rate")),
        "category": nothing,
        "product_id": nothing,
        "paid_in": as_words([row["paid_in"] for row in rows]),
        "recorded_at": pa.nulls(len(rows), pa.date32()),
    }


def _ints(rows: list[dict[str, Any]], name: str) -> Ints:
    return np.array([row[name] for row in rows], dtype=np.int64)
