"""Colours that can be told apart, and text that fits where it is put."""

import matplotlib as mpl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from matplotlib.figure import Figure

from helpers.present.charts import theme


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("colour", theme.SERIES)
def test_marks_stand_out_from_white_and_from_dark_paper(colour):
    dark = theme.DARK[theme.VARIABLES[colour]]
    assert contrast(colour, theme.PAPER) >= 3
    assert contrast(dark, theme.DARK["--paper"]) >= 3


@pytest.mark.parametrize("ink", [theme.INK, theme.MUTED])
def test_text_can_be_read_on_both_papers(ink):
    assert contrast(ink, theme.PAPER) >= 4.5
    assert contrast(theme.DARK[theme.VARIABLES[ink]], theme.DARK["--paper"]) >= 4.5


def test_every_colour_has_a_counterpart_on_dark_paper():
    assert set(theme.VARIABLES.values()) == set(theme.DARK)


def test_the_look_leaves_the_callers_settings_alone():
    before = dict(mpl.rcParams)
    with theme.style():
        assert mpl.rcParams["svg.fonttype"] == "none"
    assert dict(mpl.rcParams) == before


@given(st.text(max_size=120), st.floats(min_value=60, max_value=400), st.integers(min_value=1, max_value=3))
def test_wrapped_lines_are_never_wider_or_more_than_asked_for(text, width, lines):
    wrapped = theme.wrap(text, width, lines=lines)
    assert 1 <= len(wrapped) <= lines
    assert all(theme.text_width(line) <= width for line in wrapped)


def test_chinese_breaks_between_characters_and_counts_full_width():
    assert theme.text_width("上海国际", 10) == 40
    assert theme.wrap("上海国际贸易零部件股份有限公司", 80, 10, lines=2) == [
        "上海国际贸易零部",
        "件股份有限公司",
    ]


def test_english_breaks_between_words():
    assert theme.wrap("International parts dealers", 100, lines=2) == ["International", "parts dealers"]


def test_nothing_is_lost_when_all_lines_fit():
    assert " ".join(theme.wrap("one two three four", 60, lines=4)) == "one two three four"


def test_millions_at_an_axis_are_written_in_full():
    with theme.style():
        figure = Figure()
        axes = figure.subplots()
        axes.barh(["Web"], [1_808_063])
        figure.canvas.draw()
        labels = [label.get_text() for label in axes.get_xticklabels()]
        assert axes.xaxis.get_offset_text().get_text() == ""
    assert "1000000" in labels
