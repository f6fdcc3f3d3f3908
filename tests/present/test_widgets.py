"""The explorers: views follow the controls they name, choices are kept and linked, and the static page reads."""

import pytest

from helpers.errors import WorkbookError
from helpers.present.widgets import (
    Explorer,
    dropdown,
    has_front_end,
    multi_select,
    radio,
    reset_choices,
    slider,
)
from helpers.present.words import words

EN = words("en")
LIVE = "application/vnd.jupyter.widget-view+json"


class Note:
    def __init__(self, text):
        self.text = text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.text}


@pytest.fixture(autouse=True)
def _nothing_chosen_yet():
    reset_choices()


def made(views, key="test", language="en", **controls):
    return Explorer((key,), controls, views, words(language))


def test_moving_a_slider_draws_the_new_value():
    box = made([lambda cutoff: Note(f"A = {cutoff} %")], cutoff=slider("A up to", 50, 95, 75))
    assert "A = 75 %" in box.canvases[0].value
    box.controls["cutoff"].value = 80
    assert "A = 80 %" in box.canvases[0].value


@pytest.mark.parametrize("value", [2, 75, 120])
def test_a_slider_stands_at_the_value_that_the_report_has_however_far_it_lies(value):
    box = made([lambda cutoff: Note(f"A = {cutoff} %")], cutoff=slider("A up to", 50, 95, value))
    assert f"A = {value} %" in box.canvases[0].value
    assert box.controls["cutoff"].min <= 50 and box.controls["cutoff"].max >= 95


def test_picking_a_class_draws_every_view_that_follows_it_and_no_other():
    sampled = []

    def chart(group):
        sampled.append("chart")
        return Note(f"chart of {group}")

    def table(group, rows):
        sampled.append("table")
        return Note(f"{rows} of {group}")

    def apart(rows):
        sampled.append("apart")
        return Note("apart")

    box = made([chart, table, apart], group=radio("Class", ["A", "C"]), rows=slider("Rows", 1, 9, 3))
    sampled.clear()
    box.controls["group"].value = "C"
    assert sampled == ["chart", "table"]
    assert [canvas.value for canvas in box.canvases[:2]] == ["<pre>chart of C</pre>", "<pre>3 of C</pre>"]


def test_a_view_with_others_follows_the_controls_that_no_view_names():
    box = made(
        [lambda rows, **only: Note(f"{rows} {sorted(only.items())}")],
        rows=slider("Rows", 1, 9, 3), region=dropdown("Region", ["East", "West"]),
    )  # fmt: skip
    box.controls["region"].value = "West"
    assert "3 [(&#x27;region&#x27;, &#x27;West&#x27;)]" in box.canvases[0].value


def test_a_view_that_names_no_control_there_is_fails_at_once():
    with pytest.raises(KeyError, match="regoin"):
        made([lambda regoin: Note(regoin)], region=dropdown("Region", ["East"]))


def test_controls_of_one_name_move_together():
    first = made([lambda tier: Note(tier)], "first", tier=radio("Tier", ["A", "B", "C"]))
    second = made([lambda tier: Note(tier)], "second", tier=dropdown("Tier", ["A", "C"]))
    first.controls["tier"].value = "C"
    assert second.canvases[0].value == "<pre>C</pre>"
    second.controls["tier"].value = "A"
    assert first.canvases[0].value == "<pre>A</pre>"
    first.controls["tier"].value = "B"  # which the other does not offer: it stays where it is
    assert second.canvases[0].value == "<pre>A</pre>"


def test_running_the_cell_again_keeps_the_choices_and_ends_the_former_explorer():
    former = made([lambda a: Note(str(a))], a=slider("A", 1, 9, 3))
    former.controls["a"].value = 7
    again = made([lambda a: Note(str(a))], a=slider("A", 1, 9, 3))
    assert again.canvases[0].value == "<pre>7</pre>"
    again.controls["a"].value = 8
    assert former.canvases[0].value == "<pre>7</pre>"


def test_a_choice_that_the_new_data_do_not_offer_starts_anew():
    made([lambda a: Note(str(a))], a=slider("A", 1, 9, 8))
    box = made([lambda a: Note(str(a))], a=slider("A", 1, 9, 8))
    box.controls["a"].value = 9
    smaller = made([lambda a: Note(str(a))], a=slider("A", 1, 5, 3))
    assert smaller.controls["a"].value == 3


def test_start_anew_puts_every_control_back_and_draws_once():
    sampled = []
    box = made(
        [lambda a, tier: sampled.append((a, tier)) or Note("")],
        a=slider("A", 1, 9, 3), tier=radio("Tier", ["A", "C"]),
    )  # fmt: skip
    box.controls["a"].value, box.controls["tier"].value = 5, "C"
    sampled.clear()
    box.start_anew()
    assert sampled == [(3, "A")]


def test_text_from_data_is_escaped():
    box = made([lambda: Note("<script>alert(1)</script>")])
    assert "<script>" not in box.canvases[0].value


def test_choice_shows_labels_and_gives_values():
    control = dropdown("By", {"Trade class": "trade_class", "Region": "region"}, "region")
    assert control.value == "region"
    assert [label for label, _ in control.options] == ["Trade class", "Region"]


def test_a_choice_that_fails_says_so_once_and_leaves_the_controls_alive():
    control = dropdown("n", {"one": 1, "none": 0})
    box = made([lambda n: Note(str(1 // n)), lambda n: Note(str(2 // n))], n=control)
    control.value = 0
    assert box.note.value.count("ZeroDivisionError") == 1
    control.value = 1
    assert box.note.value == ""
    assert "<pre>1</pre>" in box.canvases[0].value


def test_an_error_that_the_reader_can_act_on_is_told_in_its_own_words():
    def view(n):
        raise WorkbookError("Tiers by margin need the column cost_amount.")

    box = made([view], n=slider("n", 1, 2, 1))
    assert "Tiers by margin need the column cost_amount." in box.note.value
    assert "WorkbookError" not in box.note.value


def test_without_a_front_end_the_choices_and_what_they_show_are_plain(monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.delenv("SERVER_SOFTWARE", raising=False)
    box = made(
        [lambda tier: Note(f"tier {tier}")], language="zh",
        tier=radio("分级", {"全部": "", "A": "A"}), regions=multi_select("地区", {"East": "E", "West": "W"}),
    )  # fmt: skip
    shown = box._repr_mimebundle_()
    assert not has_front_end()
    assert LIVE not in shown
    assert shown["text/plain"].startswith("已选择：分级：全部。")
    assert "tier " in shown["text/plain"]
    assert "<pre>tier </pre>" in shown["text/html"]
    assert "VBox" not in shown["text/plain"] + shown["text/html"]


@pytest.mark.parametrize(
    ("name", "value"), [("JPY_SESSION_NAME", "notebooks/02.ipynb"), ("SERVER_SOFTWARE", "voila/0.5")]
)
def test_where_a_server_started_the_kernel_the_controls_are_live(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    assert LIVE in made([lambda: Note("here")])._repr_mimebundle_()
