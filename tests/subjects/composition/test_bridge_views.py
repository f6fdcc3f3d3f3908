"""The bridge tells the story of the change, and tells none where there is nothing to compare with."""

import pandas as pd
import pytest
from frames import bridged

from helpers.present.charts.waterfall import _ground
from helpers.present.findings import Findings
from helpers.present.numbers import numbers
from helpers.subjects.composition.bridge_views import (
    bridge_chart,
    bridge_findings,
    bridge_sections,
    movers_table,
)

MONTH = pd.Period("2026-10", "M")
N = numbers("en", "EUR")


def months(*rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "month", "net_amount"])
    return frame.assign(
        month=pd.to_datetime(frame["month"]),
        cost_amount=float("nan"),
        net_amount_with_cost=float("nan"),
        purchase_days=1,
    )


def customers(**names):
    return pd.DataFrame(
        {"customer_id": list(names), "name": list(names.values()), "trade_class": "DIY shops"}
    )


@pytest.fixture
def change():
    rows = months(
        ("C1", "2025-03-01", 100.0), ("C1", "2026-03-01", 160.0),
        ("C2", "2025-03-01", 50.0),
        ("C3", "2026-03-01", 30.0),
    )  # fmt: skip
    people = customers(C1="Müller & Söhne", C2="<b>五金</b>", C3="New Shop")
    return bridged(people, rows, MONTH, first_month=pd.Period("2024-01", "M"))


def test_title_names_the_largest_gain_and_the_largest_loss(change):
    title = bridge_chart(change, N).title
    assert title == "Sales rose by €40: growing customers +€60, customers who stopped buying −€50"


def test_findings_name_the_customer_who_fell_most(change):
    assert (
        bridge_findings(change, N).sentences[-1] == "The largest single fall is <b>五金</b>: from €50 to €0."
    )


def test_names_are_data_and_never_markup(change):
    assert "<b>五金</b>" not in movers_table(change, N).html
    assert "&lt;b&gt;五金&lt;/b&gt;" in movers_table(change, N).html


def test_without_an_earlier_period_nobody_is_called_new():
    rows = months(("C1", "2026-03-01", 100.0), ("C1", "2026-10-01", 160.0))
    result = bridged(customers(C1="Müller"), rows, MONTH, first_month=pd.Period("2026-03", "M"))
    shown = bridge_sections(result, N)
    assert len(shown) == 1 and isinstance(shown[0], Findings)
    assert "nothing to compare with" in shown[0].sentences[0]


def test_columns_are_cut_off_only_where_steps_could_not_be_seen():
    is_total = pd.Series([True, False, True])
    small_step = pd.Series([1000.0, 1010.0, 1010.0])
    large_step = pd.Series([1000.0, 2000.0, 2000.0])
    before = pd.Series([0.0, 1000.0, 0.0])
    assert 900 <= _ground(before, small_step, is_total) < 1000
    assert _ground(before, large_step, is_total) == 0
