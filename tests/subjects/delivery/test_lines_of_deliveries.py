"""Deliveries joined with their lines once for all months say what looking into each shipment says."""

import random

import ibis
import pandas as pd
import pytest
from builders import line

from helpers.engine.connection import to_pandas
from helpers.subjects.delivery.lines import LINES, changed_orders, delivery_lines

DAYS = [f"2026-{month}-{day:02}" for month in ("08", "09", "10", "11") for day in range(1, 29, 3)]


def world(seed: int) -> tuple[list[dict], list[dict]]:
    """Return order lines, of one day or several, some under one number or none, and what was sent of them, if any."""
    chance = random.Random(seed)
    lines, deliveries = [], []
    for order in (f"O{number}" for number in range(80)):
        day, customer = chance.choice(DAYS), chance.choice(["a", "b", "c", None])
        for number in range(chance.randint(1, 3)):
            quantity = chance.choice([10, 10, 10, 3, 0, -2]) if chance.random() < 0.3 else 10
            own_day = chance.choice(DAYS) if chance.random() < 0.15 else day
            no = chance.choice(["1", None]) if chance.random() < 0.1 else str(number)
            lines.append(
                line(customer, own_day, 7 * quantity, order, quantity=quantity, line_no=no, product_id="p")
            )
            for _ in range(chance.choice([0, 1, 1, 1, 1, 2, 3])):
                promised, shipped, recorded = (
                    chance.choice(DAYS) if chance.random() < share else None for share in (0.9, 0.8, 0.15)
                )
                named = chance.choice(["9", None]) if chance.random() < 0.05 else no
                row = {
                    "order_id": order,
                    "line_no": named,
                    "promised_date": promised,
                    "shipped_date": shipped,
                }
                deliveries.append({**row, "quantity": chance.choice([10, 10, 4, 6]), "recorded_on": recorded})
    return lines, deliveries


@pytest.mark.parametrize("seed", range(4))
def test_each_month_end_says_of_every_line_what_its_shipments_say(facts_of, seed):
    lines, deliveries = world(seed)
    for month in ("2026-08", "2026-09", "2026-11"):
        facts = facts_of(month, order_lines=lines, deliveries=deliveries)
        changed = changed_orders(facts.table("order_days"))
        end = facts.year.last_day(facts.month)
        told = delivery_lines(
            facts.optional("deliveries"), facts.lines, changed, end, facts.year.months, by_line=True
        )
        assert rows_of(facts.table("delivery_lines")) == rows_of(told)
        assert len(rows_of(told)) > 10


def rows_of(table: ibis.Table) -> list[tuple]:
    frame = to_pandas(table.select(*LINES)).astype(object)
    return sorted(map(tuple, frame.where(pd.notna(frame), "").astype(str).to_numpy()))


def test_all_months_share_what_is_joined_once(facts_of):
    lines, deliveries = world(9)
    joined = []
    for month in ("2026-09", "2026-11"):
        facts = facts_of(month, order_lines=lines, deliveries=deliveries)
        facts.table("delivery_lines")
        path = facts.history_folder / "named_deliveries.parquet"
        joined.append((path, path.stat().st_mtime_ns))
    assert joined[0] == joined[1]
