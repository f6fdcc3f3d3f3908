"""What plain libraries show in a cell, made fit for a page: pandas as tables, matplotlib as SVG, the rest refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import ibis.expr.types as ir
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from bs4 import BeautifulSoup
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from nbformat import NotebookNode

from helpers.present.charts import theme
from helpers.present.charts.chart import figure_to_svg
from helpers.present.custom.frames import frame_table
from helpers.present.numbers import numbers
from helpers.settings.source import NO_CURRENCY

#: What a page takes of an output, the first that is there; the pages' template has a block for each.
_SHOWN = ("text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain")
#: So many rows are shown of what is in the engine still: it may have millions.
_ROWS_OF_ENGINE = 10
#: No picture gives back more; arrays of figures are larger.
_MOST_PARTS = 1000
#: Pages run no script and fetch nothing: these would leave a hole.
_PROGRAMS = frozenset(("script", "iframe", "object", "embed", "video", "audio", "link"))
_FETCHED = re.compile(r"url\([\"']?(?!data:|#)", re.IGNORECASE)
_PERHAPS = re.compile(rf"<(?:{'|'.join(_PROGRAMS)})\b|\bsrc\s*=|url\(", re.IGNORECASE)


def _active_content(markup: str) -> str:
    """Return what of HTML runs a program or fetches something; empty if nothing does."""
    for element in BeautifulSoup(markup, "html.parser", on_duplicate_attribute="ignore").find_all():
        if element.name in _PROGRAMS:
            return str(element.name)
        for name, value in element.attrs.items():
            if (name == "src" and not str(value).startswith("data:")) or (
                name == "style" and _FETCHED.search(str(value))
            ):
                return f"{name} of {element.name}"
        if element.name == "style" and _FETCHED.search(element.get_text()):
            return "url() of style"
    return ""


def register_formatters(shell: InteractiveShell, language: str, heading: Callable[[], str]) -> None:
    """Have frames shown as the page's tables and figures as its pictures, which open ones are when their cell ends."""
    n = numbers(language or "en", NO_CURRENCY)

    def as_table(frame: pd.DataFrame | pd.Series) -> str:
        return frame_table(frame, heading() or n.words("Table"), n)._repr_mimebundle_()["text/html"]

    formatters = shell.display_formatter.formatters  # type: ignore[union-attr]
    for kind in (pd.DataFrame, pd.Series):
        formatters["text/html"].for_type(kind, as_table)

    def as_rows(table: ir.Table, include: object = None, exclude: object = None) -> dict[str, str]:
        first = table.limit(_ROWS_OF_ENGINE).to_pandas()
        caption = n.words("{caption}: the first {shown} rows", caption=heading(), shown=n.count(len(first)))
        return frame_table(first, caption, n)._repr_mimebundle_()

    shell.display_formatter.mimebundle_formatter.for_type(ir.Table, as_rows)  # type: ignore[union-attr]
    formatters["image/svg+xml"].for_type(Figure, _as_picture)
    mpl.use("module://matplotlib_inline.backend_inline")
    mpl.rcParams.update(theme.LOOK_OF_OWN)  # type: ignore[arg-type]


def show_open_figures() -> None:
    """Show the figures of pyplot that a cell has left open, in their order, and close them."""
    from matplotlib_inline.backend_inline import show

    if plt.get_fignums():
        show(close=True)


def _as_picture(figure: Figure) -> str:
    """Draw a figure, once: pyplot's is closed, so that the end of the cell does not show it again."""
    drawn = figure_to_svg(figure)
    plt.close(figure)
    return drawn


def is_plot_artist(value: Any) -> bool:
    """Whether a cell's value is what drawing gives back (axes, bars, lines): the picture itself is shown."""
    if isinstance(value, Artist):
        return not isinstance(value, Figure)
    if not isinstance(value, (list, tuple, np.ndarray)) or len(value) > _MOST_PARTS:
        return False
    return any(is_plot_artist(part) for part in getattr(value, "flat", value))


def unsupported_output(outputs: Iterable[NotebookNode]) -> str:
    """Say which output of a cell a page cannot show, and what it can; empty where there is none."""
    for output in outputs:
        data = output.get("data", {})
        if not data:
            continue
        first = next((kind for kind in _SHOWN if kind in data), None)
        programs = sorted(kind for kind in data if kind.startswith("application/"))
        if first is None or (first == "text/plain" and programs):
            return _refused(", ".join(sorted(data.keys() - {"text/plain"})))
        if first == "text/html" and _PERHAPS.search(data[first]) and (active := _active_content(data[first])):
            return _refused(f"HTML with {active}")
    return ""


def _refused(what: str) -> str:
    return (
        f"A page cannot show what this cell shows ({what}): it runs no program and fetches nothing. Show a frame, a "
        "picture of matplotlib or seaborn, a table or findings; or tag the cell 'interactive', which leaves it out of "
        "the page."
    )
