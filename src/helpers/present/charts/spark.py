"""The sparkline: how a figure went, as small as a word, without scale or axis."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from html import escape

import pandas as pd

from helpers.present.charts import theme
from helpers.present.charts.chart import plain

_WIDTH, _HEIGHT, _EDGE = 108.0, 26.0, 3.0


def sparkline(
    frame: pd.DataFrame,
    *,
    value: str,
    fmt: Callable[[float], str],
    fmt_month: Callable[[pd.Period], str],
    colour: str = theme.MUTED,
) -> str:
    """Draw one line over months, its last one marked, as SVG inside HTML; what each month is shows on hovering.

    Written by hand: there is neither scale nor text to lay out, and a page has one beside every headline figure.

    Parameters
    ----------
    frame
        One row a month, in order: ``month`` (datetime or period) and the column named by ``value``; NaN is left out.
    fmt, fmt_month
        Value and month -> text.
    colour
        One of the theme's.

    Returns
    -------
    str
        The markup, empty where fewer than two months are known. Hidden from screen readers, which read the figure.
    """
    known = frame.dropna(subset=[value])
    if len(known) < 2:
        return ""
    sizes: list[float] = known[value].astype("float64").tolist()
    low, high = min(sizes), max(sizes)
    across = (_WIDTH - 2 * _EDGE) / (len(sizes) - 1)
    up = (_HEIGHT - 2 * _EDGE) / ((high - low) or 1.0)
    points = [
        (_EDGE + place * across, _HEIGHT - _EDGE - (size - low) * up) for place, size in enumerate(sizes)
    ]
    texts = (
        f"{fmt_month(month if isinstance(month, pd.Period) else pd.Period(month, 'M'))}: {fmt(size)}"
        for month, size in zip(known["month"], sizes, strict=True)
    )
    look = f"var({theme.VARIABLES[colour]}, {colour})"
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg class="spark" viewBox="0 0 {_WIDTH:g} {_HEIGHT:g}" width="{_WIDTH:g}" height="{_HEIGHT:g}" '
        f'aria-hidden="true"><polyline points="{line}" style="fill: none; stroke: {look}; stroke-width: 1.6"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" style="fill: {look}"/>{"".join(_hovered(points, texts))}</svg>'
    )


def _hovered(points: Iterable[tuple[float, float]], texts: Iterable[str]) -> Iterable[str]:
    """Lay a circle around each point that says what it is."""
    for (x, y), text in zip(points, texts, strict=True):
        tooltip = f"<title>{escape(plain(text))}</title>"
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" style="fill: none; pointer-events: all">{tooltip}</circle>'
        )
