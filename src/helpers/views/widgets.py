"""The controls of the explorers: one look for all notebooks, redrawn into HTML without a kernel-side Output widget.

``ipywidgets.Output`` captures through the front end and can hang where there is none (papermill, nbval); an HTML
widget whose value is replaced does not, and redraws in one message.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import ipywidgets


class Drawn(Protocol):
    """What an explorer can show: a Chart, a Table or Findings."""

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]: ...


def choice(label: str, options: Mapping[str, Any] | Sequence[Any], value: Any = None) -> ipywidgets.Dropdown:
    """Drop-down list; ``options`` maps what is shown to what is meant."""
    pairs = (
        list(options.items())
        if isinstance(options, Mapping)
        else [(str(option), option) for option in options]
    )
    chosen = value if value is not None else pairs[0][1]
    return ipywidgets.Dropdown(
        options=pairs, value=chosen, description=label, style={"description_width": "initial"}
    )


def slider(label: str, low: int, high: int, value: int, step: int = 1) -> ipywidgets.IntSlider:
    """Slider over whole numbers that redraws on release, not while it is dragged."""
    return ipywidgets.IntSlider(
        value=value, min=low, max=high, step=step, description=label,
        continuous_update=False, style={"description_width": "initial"},
    )  # fmt: skip


def explorer(draw: Callable[..., Sequence[Drawn]], **controls: ipywidgets.ValueWidget) -> ipywidgets.VBox:
    """Controls above what ``draw`` makes of their values; drawn again on every change.

    An error in ``draw`` is shown in place as one sentence, so that the controls stay usable.
    """
    canvas = ipywidgets.HTML()

    def redraw(_: Any = None) -> None:
        try:
            drawn = draw(**{name: control.value for name, control in controls.items()})
            canvas.value = "".join(_as_html(item) for item in drawn)
        except Exception as error:  # an explorer never dies on a choice; it says what was wrong with it
            canvas.value = f"<p>{html.escape(f'{type(error).__name__}: {error}')}</p>"

    for control in controls.values():
        control.observe(redraw, names="value")
    redraw()
    return ipywidgets.VBox(
        [ipywidgets.HBox(list(controls.values()), layout={"flex_flow": "row wrap"}), canvas]
    )


def _as_html(item: Drawn) -> str:
    bundle = item._repr_mimebundle_()
    return (
        bundle.get("text/html")
        or bundle.get("image/svg+xml")
        or f"<pre>{html.escape(bundle['text/plain'])}</pre>"
    )
