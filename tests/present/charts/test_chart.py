"""Charts are the same on every run, hold text as text, and cut no name without saying it in full."""

import re
import xml.etree.ElementTree as ElementTree

import numpy as np
import pandas as pd
import pytest

from helpers.present.charts.bars import paired_bars, share_bars
from helpers.present.charts.chart import Chart
from helpers.present.charts.curves import Band, pareto
from helpers.present.charts.heat import heat_map
from helpers.present.charts.lines import small_multiples, trend
from helpers.present.charts.waterfall import waterfall
from helpers.present.numbers import numbers

SPELL = numbers("en")
SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert(1)</script> [x](javascript:alert(1)) $a$ "quoted" & {month} \\alpha\x00\x1b'
LONG = "Société Générale de Distribution Électrique et Industrielle du Nord-Est et de l'Ouest"
CHINESE = "上海国际贸易零部件股份有限公司第二营业部（浦东新区）及其他全部关联公司和办事处"
MONTHS = pd.period_range("2024-11", "2026-10", freq="M")
WORDS = {"title": f"{CHINESE} carries it", "alt": "In words."}


def draw_shares(name):
    frame = pd.DataFrame({"label": [name, "Other"], "share": [0.6, 0.4], "wanted": [0.5, np.nan]})
    return share_bars(frame, fmt=SPELL.percent, target="wanted", target_label="policy", **WORDS)


def draw_pairs(name):
    frame = pd.DataFrame({"label": [name, "Other"], "this": [5.0, -1.0], "that": [4.0, np.nan]})
    return paired_bars(frame, names=("this year", name), fmt=SPELL.money_short, **WORDS)


def draw_bridge(name):
    frame = pd.DataFrame(
        {"label": ["Before", name, "After"], "value": [10.0, -3.0, 7.0], "kind": ["total", "step", "total"]}
    )
    return waterfall(frame, fmt=SPELL.money, fmt_step=SPELL.signed_money_short, **WORDS)


def draw_trend(name):
    frame = pd.DataFrame({"month": MONTHS, "this": np.arange(24.0), "that": [np.nan] * 12 + [3.0] * 12})
    series = [("this", name), ("that", "Plan")]
    return trend(frame, series, fmt=SPELL.money_short, fmt_month=SPELL.month_short, **WORDS)


def draw_multiples(name):
    frame = pd.concat(
        [pd.DataFrame({"group": group, "month": MONTHS, "value": 1.0}) for group in (name, "B")]
    )
    return small_multiples(frame, fmt=SPELL.money_short, fmt_month=SPELL.month_short, **WORDS)


def draw_pareto(name):
    bands = [Band("A", 1, 2, name), Band("B", 3, 5, "the rest")]
    return pareto(
        pd.Series([0.5, 0.8, 0.9, 0.95, 1.0]), bands, fmt_share=SPELL.percent, fmt_count=SPELL.count,
        count_label="Customers", share_label="Share", **WORDS,
    )  # fmt: skip


def draw_heat(name):
    frame = pd.DataFrame([[1.0, np.nan], [-2.0, 0.0]], index=[name, "B"], columns=["A", "B"])
    return heat_map(frame, fmt=SPELL.count, row_title="from", column_title="to", **WORDS)


DRAWERS = [draw_shares, draw_pairs, draw_bridge, draw_trend, draw_multiples, draw_pareto, draw_heat]


def texts(chart):
    return [element.text or "" for element in ElementTree.fromstring(chart.svg).iter(f"{SVG}text")]


@pytest.mark.parametrize("draw", DRAWERS)
def test_the_same_figures_give_the_same_bytes(draw):
    assert draw("A").svg == draw("A").svg


@pytest.mark.parametrize("draw", DRAWERS)
def test_text_from_the_data_is_never_markup(draw):
    chart = draw(HOSTILE)
    root = ElementTree.fromstring(chart.svg)
    allowed = {"svg", "g", "path", "rect", "text", "title", "desc", "defs", "clipPath", "use", "circle"}
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= allowed
    assert "<script" not in chart.svg
    assert any("<script>" in (element.text or "") for element in root.iter())


@pytest.mark.parametrize("draw", DRAWERS)
@pytest.mark.parametrize("name", [LONG, CHINESE])
def test_a_name_that_had_to_be_cut_is_there_in_full_on_hovering(draw, name):
    chart = draw(name)
    shown = "".join(texts(chart)).replace(" ", "")
    tooltips = [element.text for element in ElementTree.fromstring(chart.svg).iter(f"{SVG}title")][1:]
    assert name.replace(" ", "") in shown or name in tooltips


@pytest.mark.parametrize("draw", DRAWERS)
def test_no_chart_asks_for_anything_from_outside(draw):
    svg = draw("A").svg
    assert "http" not in svg.replace('xmlns="http://www.w3.org/2000/svg"', "")
    assert "url(#" not in svg or "url(#c" in svg


@pytest.mark.parametrize("draw", DRAWERS)
def test_nothing_is_placed_to_more_than_a_hundredth_of_a_pixel(draw):
    for element in ElementTree.fromstring(draw("A").svg).iter():
        for name in ("d", "x", "y", "width", "height", "transform"):
            assert not re.search(r"\.\d{3}", element.attrib.get(name, "")), element.attrib


def test_a_value_that_differs_in_its_last_bits_is_drawn_the_same():
    def drawn(value):
        frame = pd.DataFrame({"label": ["A", "B"], "this": [value, 2.0], "that": [4.0, 1.0]})
        return paired_bars(frame, names=("a", "b"), fmt=SPELL.money_short, **WORDS).svg

    assert drawn(3.0) == drawn(3.0 + 1e-12)


def test_ids_of_different_charts_never_meet():
    ids = [
        [
            element.attrib["id"]
            for element in ElementTree.fromstring(draw("A").svg).iter()
            if "id" in element.attrib
        ]
        for draw in DRAWERS
    ]
    every = [each for one in ids for each in one]
    assert every
    assert len(every) == len(set(every))


def test_a_chart_tells_its_finding_to_who_cannot_see_it():
    chart = draw_shares("A")
    root = ElementTree.fromstring(chart.svg)
    assert root.attrib["role"] == "img"
    assert root.find(f"{SVG}title").text == chart.title
    assert root.find(f"{SVG}desc").text == "In words."
    assert chart._repr_mimebundle_()["text/plain"] == f"{chart.title}\nIn words."


def test_colours_follow_the_page_and_fall_back_to_their_own():
    svg = draw_shares("A").svg
    assert "fill: var(--blue, #0b6fae)" in svg
    assert "fill: #0b6fae" not in svg


def test_a_bridge_that_ends_where_it_says_leaves_no_gap():
    frame = pd.DataFrame(
        {"label": list("abcd"), "value": [10.0, 5.0, -2.0, 13.0], "kind": ["total", "step", "step", "total"]}
    )
    from helpers.present.charts.waterfall import _levels

    assert _levels(frame["value"], frame["kind"].eq("total")).tolist() == [10, 15, 13, 13]


@pytest.mark.parametrize(
    "chart",
    [
        lambda: share_bars(pd.DataFrame({"label": [], "share": []}), fmt=SPELL.percent, **WORDS),
        lambda: share_bars(pd.DataFrame({"label": ["A"], "share": [0.0]}), fmt=SPELL.percent, **WORDS),
        lambda: share_bars(pd.DataFrame({"label": ["A"], "share": [np.nan]}), fmt=SPELL.percent, **WORDS),
        lambda: trend(
            pd.DataFrame({"month": MONTHS[:1], "a": [np.nan]}), [("a", "A")],
            fmt=SPELL.money_short, fmt_month=SPELL.month_short, **WORDS,
        ),
        lambda: heat_map(pd.DataFrame([[0.0]], index=["A"], columns=["B"]), fmt=SPELL.count, **WORDS),
    ],
)  # fmt: skip
def test_nothing_to_show_is_no_error(chart):
    assert isinstance(chart(), Chart)


def titles(chart):
    return [element.text for element in ElementTree.fromstring(chart.svg).iter(f"{SVG}title")][1:]


def blue_bars(chart):
    """Of each bar in the first colour, from top to bottom as drawn, where it lies and how long it is."""
    for element in ElementTree.fromstring(chart.svg).iter(f"{SVG}path"):
        if "fill: var(--blue" in element.attrib.get("style", ""):
            corners = re.findall(r"[ML] (\S+) (\S+)", element.attrib["d"])
            across, down = ([float(place) for place in places] for places in zip(*corners, strict=True))
            yield min(down), max(across) - min(across)


def test_each_bar_says_on_hovering_whose_it_is_and_how_much():
    assert titles(draw_shares("A")) == ["A: 60.0%", "Other: 40.0%", "policy: 50.0%"]
    assert titles(draw_pairs("A"))[:4] == [
        "A, this year: €5", "Other, this year: −€1", "A, A: €4", "Other, A: –"
    ]  # fmt: skip
    assert titles(draw_bridge("A")) == ["Before: €10", "A: −€3", "After: €7"]


def test_a_bar_is_as_long_as_its_amount_however_much_larger_another_is():
    amounts = [10.0, 400.0, 25_000.0]
    frame = pd.DataFrame({"label": ["A", "B", "C"], "this": amounts, "that": 0.0})
    chart = paired_bars(frame, names=("this year", "last year"), fmt=SPELL.money_short, **WORDS)
    lengths = [length for _, length in blue_bars(chart)]
    assert np.divide(lengths, max(lengths)) == pytest.approx(np.divide(amounts, max(amounts)), abs=1e-3)


def test_two_customers_of_one_name_have_a_bar_each_as_long_as_their_own_amount():
    amounts = [100.0, 90.0, 40.0]
    frame = pd.DataFrame({"label": ["Star Trading", "Huaxin", "Star Trading"], "this": amounts, "that": 0.0})
    for chart in (
        share_bars(frame, value="this", fmt=SPELL.money_short, **WORDS),
        paired_bars(frame, names=("this year", "last year"), fmt=SPELL.money_short, **WORDS),
    ):
        places, lengths = zip(*blue_bars(chart), strict=True)
        assert list(places) == sorted(set(places))
        assert np.divide(lengths, max(lengths)) == pytest.approx(np.divide(amounts, max(amounts)), abs=1e-3)


def test_each_month_of_a_line_says_its_value_on_hovering():
    said = titles(draw_trend("Sales"))
    assert said[:2] == ["Sales, Nov 2024: €0", "Sales, Dec 2024: €1"]
    assert len(said) == 24 + 12
    assert len(titles(draw_multiples("C"))) == 24 * 2


def test_a_month_without_a_value_breaks_the_line():
    values = [1.0, 2.0, np.nan, 4.0, 5.0, 6.0]
    frame = pd.DataFrame({"month": MONTHS[:6], "this": values})
    chart = trend(frame, [("this", "Sales")], fmt=SPELL.count, fmt_month=SPELL.month_short, **WORDS)
    drawn = [
        element.attrib["d"].count("L") + 1
        for element in ElementTree.fromstring(chart.svg).iter(f"{SVG}path")
        if "--blue" in element.attrib.get("style", "") and "C" not in element.attrib["d"]
    ]
    assert drawn == [2, 3]


def test_hovering_is_over_the_point_that_is_drawn():
    chart = draw_trend("Sales")
    root = ElementTree.fromstring(chart.svg)
    line = next(e.attrib["d"] for e in root.iter(f"{SVG}path") if e.attrib.get("d", "").count("L") == 23)
    circles = [(e.attrib["cx"], e.attrib["cy"]) for e in root.iter(f"{SVG}circle")][:24]
    assert circles == re.findall(r"[ML] (\S+) (\S+)", line)
