"""Pictures that stand beside others: what they show, and that no reader needs colour to read them."""

import re
from functools import partial

import pandas as pd

from helpers.present.charts.bars import bullets
from helpers.present.charts.lines import sparkline
from helpers.present.charts.waterfall import waterfall

MONTHS = pd.period_range("2026-08", "2026-10", freq="M")


def said(chart):
    return re.findall(r"<title>(.*?)</title>", chart if isinstance(chart, str) else chart.svg)


def test_a_sparkline_says_every_month_on_hovering_and_leaves_out_what_is_unknown():
    frame = pd.DataFrame({"month": MONTHS, "value": [3.0, None, 5.0]})
    draw = partial(sparkline, value="value", fmt=lambda it: f"{it:.0f} <b>", fmt_month=str)
    assert said(draw(frame)) == ["2026-08: 3 &lt;b&gt;", "2026-10: 5 &lt;b&gt;"]
    assert draw(frame.head(2)) == ""


def test_a_sparkline_of_equal_months_is_flat():
    frame = pd.DataFrame({"month": MONTHS, "value": [2.0, 2.0, 2.0]})
    drawn = sparkline(frame, value="value", fmt=str, fmt_month=str)
    points = re.search(r'points="([^"]+)"', drawn)[1].split()
    assert len({point.split(",")[1] for point in points}) == 1


def test_a_bullet_that_fell_short_says_so_by_an_arrow_too():
    frame = pd.DataFrame(
        {"label": ["Shops", "Chains", "New"], "value": [8.0, 12.0, 3.0], "target": [10.0, 10.0, None]}
    )
    chart = bullets(
        frame, title="t", alt="a", fmt="{:.0f}".format, fmt_share="{:.0%}".format, target_label="Plan", width=400
    )  # fmt: skip
    assert {"Shops: 8 ▼ 80%", "Chains: 12 ▲ 120%", "New: 3"} <= set(said(chart))
    assert 'width="400"' in chart.svg


def test_a_bridge_names_every_step_in_its_row():
    rows = [("Plan", 100.0, "total"), ("A long name of a customer", -30.0, "step"), ("Sales", 70.0, "total")]
    frame = pd.DataFrame(rows, columns=["label", "value", "kind"])
    chart = waterfall(
        frame, title="t", alt="a", fmt="{:.0f}".format, fmt_step="{:+.0f}".format, width=500,
        cut_label=lambda level: f"cut below {level:.0f}",
    )  # fmt: skip
    assert {"Plan: 100", "A long name of a customer: -30", "Sales: 70"} <= set(said(chart))
    assert "cut below 46" in chart.svg
