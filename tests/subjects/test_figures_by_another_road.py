"""The weightiest figures again, in plain Python from the words of the page *Method*, on small made-up companies.

Nothing of the package is asked for a figure here: not for months, tiers, movements nor who was a customer's owner. What
a company sells has returns, orders cancelled in full, lines without customer, customers without class, and new owners.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest
from books import book_on
from builders import line

from helpers.core.calendar.period_names import parse_period
from helpers.settings.config import Settings

BEGIN, END = dt.date(2024, 1, 1), dt.date(2026, 10, 10)
#: Settings of the calendar, the report's month, and how many of them a year has.
CALENDARS: dict[str, tuple[dict[str, Any], str, int]] = {
    "calendar": ({"complete_until": "2026-10-31"}, "2026-10", 12),
    "year from April": ({"complete_until": "2026-10-31", "year_starts": 4}, "2026-10", 12),
    "thirteen periods": ({"pattern": "13x4"}, "2026-P10", 13),
}


def place(day: dt.date, kind: str) -> int:
    """The month of a day, counted on; of thirteen periods the years of 2024 to 2026 begin on these Sundays."""
    if kind != "thirteen periods":
        return day.year * 12 + day.month - 1
    years = {2024: dt.date(2023, 12, 31), 2025: dt.date(2024, 12, 29), 2026: dt.date(2026, 1, 4)}
    year = max(number for number, first in years.items() if first <= day)
    return year * 13 + min((day - years[year]).days // 28, 12)  # the last one of a year of 53 weeks has five


def company(seed: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    chance = random.Random(seed)
    records, lines = [], []
    for who in [f"c{number:02}" for number in range(16)]:
        record = {
            "customer_id": who,
            "trade_class": chance.choice(["Shops", "DIY", None]),
            "valid_from": "2020-01-01",
        }
        records.append(record | {"salesperson_id": chance.choice(["s1", "s2"])})
        if chance.random() < 0.3:
            records.append(
                record | {"salesperson_id": "s2", "trade_class": "Shops", "valid_from": "2026-07-15"}
            )
        day, gap = BEGIN + dt.timedelta(chance.randrange(700)), chance.choice([9, 30, 90])
        stops = day + dt.timedelta(chance.choice([200, 500, 2000]))
        while day <= min(END, stops):
            net, order = Decimal(chance.randrange(0, 90_000)) / 100, f"{who}@{day}"
            buyer = who if chance.random() < 0.97 else None
            lines.append(line(buyer, str(day), net, order, line_no="1"))
            back = day + dt.timedelta(chance.randrange(1, 50))
            if back <= END and chance.random() < 0.2:
                number, part = (order, 1) if chance.random() < 0.5 else (f"R{order}", chance.choice([1, 2]))
                lines.append(line(buyer, str(back), -net / part, number, line_no="2", quantity=-1))
            day += dt.timedelta(chance.randrange(1, 2 * gap) + (400 if chance.random() < 0.02 else 0))
    lines.append(line("c00", str(END), 50, "last"))
    return lines, records


def purchase_months(lines: list[dict[str, Any]], kind: str) -> dict[str, list[int]]:
    """In which months each customer had a day of positive net sales, without orders cancelled in full."""
    orders: dict[str, list[Decimal]] = defaultdict(list)
    for each in lines:
        orders[each["order_id"]].append(Decimal(each["net_amount"]))
    days: dict[tuple[str, dt.date], Decimal] = defaultdict(Decimal)
    for each in lines:
        if each["customer_id"] and (len(orders[each["order_id"]]) == 1 or sum(orders[each["order_id"]])):
            day = dt.date.fromisoformat(each["order_date"])
            days[each["customer_id"], day] += Decimal(each["net_amount"])
    months: dict[str, list[int]] = defaultdict(list)
    for (who, day), net in sorted(days.items()):
        if net > 0:
            months[who].append(place(day, kind))
    return months


def movement(before: Decimal, now: Decimal, bought: list[int], last: int) -> str:
    earlier, later = [each for each in bought if each <= last], [each for each in bought if each > last]
    if now > 0 >= before and not earlier:
        return "new"
    if now > 0 >= before and later and later[0] - earlier[-1] > 12:
        return "reactivated"
    if before > 0 >= now:
        return "lost"
    return "growing" if now > before else "shrinking"


def tiers(sold: dict[str, Decimal], classes: dict[str, str | None]) -> dict[str, str]:
    found = {}
    for trade_class in set(classes.values()):
        own = {who: net for who, net in sold.items() if who and net > 0 and classes[who] == trade_class}
        before = Decimal(0)
        for who in sorted(own, key=lambda each: (-own[each], each)):
            share = before / sum(own.values())
            found[who] = "A" if share < Decimal("0.75") else "B" if share < Decimal("0.95") else "C"
            before += own[who]
    return found


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "kind"), enumerate(CALENDARS))
def test_sales_movements_and_tiers_are_those_of_plain_sums(facts_of, seed, kind):
    periods, name, a_year = CALENDARS[kind]
    lines, records = company(seed)
    settings = Settings(periods=periods)
    facts = facts_of(parse_period(name), settings, order_lines=lines, customers=records)
    now = place(END, kind)
    begins = now - now % a_year if kind != "year from April" else now - (now - 3) % 12
    current = {each["customer_id"]: each for each in records}
    months = purchase_months(lines, kind)

    def sold(first: int, last: int, owner: str | None) -> dict[str, Decimal]:
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for each in lines:
            who = each["customer_id"] or ""
            own = owner is None or (who and current[who]["salesperson_id"] == owner)
            if own and first <= place(dt.date.fromisoformat(each["order_date"]), kind) <= last:
                sums[who] += Decimal(each["net_amount"])
        return sums

    for scope, owner in (("company", None), ("salesperson:s2", "s2")):
        book = book_on(facts, scope)
        total = book.composition().total.iloc[0]
        for column, first in (("month", now), ("ytd", begins), ("", now - a_year + 1)):
            found = total[f"{column}_net_amount".lstrip("_")]
            assert found == pytest.approx(float(sum(sold(first, now, owner).values()))), column
        window, previous = sold(now - a_year + 1, now, owner), sold(now - 2 * a_year + 1, now - a_year, owner)
        moved = {
            who: movement(previous[who], window[who], months[who], now - a_year)
            for who in {*window, *previous} - {""}
            if previous[who] != window[who]
        }
        bridge = book.bridge().customers
        assert dict(zip(bridge["customer_id"], bridge["movement"], strict=True)) == moved
        ranked = book.tiers().customers.set_index("customer_id")["tier"].to_dict()
        own = tiers(window, {who: record["trade_class"] for who, record in current.items()})
        assert {who: tier for who, tier in ranked.items() if tier != "none"} == own
