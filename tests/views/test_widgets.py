"""The explorers redraw when a control moves, and survive a choice that cannot be drawn."""

from helpers.views.widgets import choice, explorer, slider


class Note:
    def __init__(self, text):
        self.text = text

    def _repr_mimebundle_(self, include=None, exclude=None):
        return {"text/plain": self.text}


def test_moving_a_slider_draws_the_new_value():
    cutoff = slider("A up to", 50, 95, 75)
    box = explorer(lambda cutoff: [Note(f"A = {cutoff} %")], cutoff=cutoff)
    assert "A = 75 %" in box.children[1].value
    cutoff.value = 80
    assert "A = 80 %" in box.children[1].value


def test_text_from_data_is_escaped_in_the_canvas():
    box = explorer(lambda: [Note("<script>alert(1)</script>")])
    assert "<script>" not in box.children[1].value


def test_choice_shows_labels_and_gives_values():
    control = choice("By", {"Trade class": "trade_class", "Region": "region"}, "region")
    assert control.value == "region"
    assert [label for label, _ in control.options] == ["Trade class", "Region"]


def test_a_choice_that_fails_says_so_and_leaves_the_controls_alive():
    control = choice("n", {"one": 1, "none": 0})
    box = explorer(lambda n: [Note(str(1 // n))], n=control)
    control.value = 0
    assert "ZeroDivisionError" in box.children[1].value
    control.value = 1
    assert "<pre>1</pre>" in box.children[1].value
