"""Bars: shares against what they should be, and this against that."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label

ROW = 34.0
"""Height of a row in pixels: two lines of text and air."""
_LABEL_WIDTH = 215.0


def share_bars(
    frame: pd.DataFrame,
    *,
    title: str,
    alt: str,
    spell: Callable[[float], str],
    value: str = "share",
    target: str | None = None,
    target_label: str = "",
    note: str | None = None,
    highlight: str | None = None,
) -> Chart:
    """Horizontal bars of a share, with a mark where each should be.

    Parameters
    ----------
    frame
        One row a bar, from top to bottom; column ``label`` (text), the column named by ``value`` (0 to 1, or
        any amount) and, where asked for, those named by ``target`` (NaN: no mark), ``note`` (text written
        after the value) and ``highlight`` (bool: in the second colour).
    spell
        Value -> text, as in :meth:`helpers.present.numbers.Numbers.percent`.
    target_label
        What the mark stands for, said once above the bars.
    """
    with theme.style():
        head = 26.0 if target else 6.0
        figure, axes, left = _rows(frame["label"], head)
        targets = frame[target] if target else pd.Series(float("nan"), index=frame.index)
        notes = frame[note].fillna("").astype(str) if note else pd.Series("", index=frame.index)
        tails = [f"{spell(size)}  {text}".strip() for size, text in zip(frame[value], notes, strict=True)]
        room = min(max((theme.text_width(tail) for tail in tails), default=0.0) + 14, 300.0)
        _scale(axes, pd.concat([frame[value], targets]), theme.WIDTH - left, room)
        marked = frame[highlight] if highlight else pd.Series(False, index=frame.index)
        sizes = frame[value].fillna(0.0)
        colours = [theme.ORANGE if flag else theme.BLUE for flag in marked]
        axes.barh(range(len(frame)), sizes, height=0.5, color=colours)
        axes.plot([0, 0], [-0.5, len(frame) - 0.5], color=theme.FAINT, linewidth=1)
        per_pixel = (axes.get_xlim()[1] - axes.get_xlim()[0]) / (theme.WIDTH - left)
        for row, (size, goal, tail) in enumerate(zip(sizes, targets, tails, strict=True)):
            end = max(size, goal, 0.0) if pd.notna(goal) else max(size, 0.0)
            label(axes, end + 8 * per_pixel, row, tail, room, va="center")
            if pd.notna(goal):
                axes.plot([goal, goal], [row - 0.4, row + 0.4], color=theme.INK, linewidth=2.5)
        if target:
            _key_of_marks(figure, left, target_label)
        return finish(figure, title, alt)


def paired_bars(
    frame: pd.DataFrame,
    *,
    names: tuple[str, str],
    title: str,
    alt: str,
    spell: Callable[[float], str],
    values: tuple[str, str] = ("this", "that"),
) -> Chart:
    """Draw two bars a row, this against that (this year and last, sales and plan), the second pale.

    Parameters
    ----------
    frame
        One row a pair, from top to bottom; column ``label`` and the two columns named by ``values``.
    names
        What the two are, said once above the bars.
    """
    first, second = values
    with theme.style():
        figure, axes, left = _rows(frame["label"], 28.0, 46.0)
        both = pd.concat([frame[first], frame[second]])
        room = max((theme.text_width(spell(size)) for size in both), default=0.0) + 14
        _scale(axes, both, theme.WIDTH - left, room)
        per_pixel = (axes.get_xlim()[1] - axes.get_xlim()[0]) / (theme.WIDTH - left)
        rows = pd.Series(range(len(frame)), dtype=float)
        for column, offset, colour, ink in (
            (first, -0.19, theme.BLUE, theme.INK),
            (second, 0.19, theme.PALE, theme.MUTED),
        ):
            axes.barh(rows + offset, frame[column].fillna(0.0), height=0.34, color=colour)
            for row, size in enumerate(frame[column]):
                end = max(size, 0.0) if pd.notna(size) else 0.0
                place = end + 8 * per_pixel
                label(
                    axes, place, row + offset, spell(size), va="center", color=ink, fontsize=theme.SMALL_SIZE
                )
        axes.plot([0, 0], [-0.5, len(frame) - 0.5], color=theme.FAINT, linewidth=1)
        _key(figure, left, ((names[0], theme.BLUE), (names[1], theme.PALE)))
        return finish(figure, title, alt)


def _rows(labels: pd.Series, head: float, height: float = ROW) -> tuple[Figure, Axes, float]:
    """Make a figure with one row a label written at its left; returns the left edge of the bars in pixels."""
    left = min(_LABEL_WIDTH, max((theme.text_width(str(text)) for text in labels), default=0.0)) + 16
    body = max(len(labels), 1) * height
    figure = theme.figure(head + body + 6)
    total = head + body + 6
    axes = figure.add_axes((left / theme.WIDTH, 6 / total, 1 - left / theme.WIDTH, body / total))
    axes.set_ylim(max(len(labels), 1) - 0.5, -0.5)
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines["bottom"].set_visible(False)
    for row, text in enumerate(labels):
        label(axes, -left / (theme.WIDTH - left), row, text, left - 16, 2,
              va="center", transform=axes.get_yaxis_transform(), linespacing=1.15)  # fmt: skip
    return figure, axes, left


def _scale(axes: Axes, values: pd.Series, width: float, room: float) -> None:
    """Set the horizontal scale so that the longest bar leaves ``room`` pixels for its text."""
    top = max(float(values.max()) if values.notna().any() else 0.0, 0.0)
    bottom = min(float(values.min()) if values.notna().any() else 0.0, 0.0)
    span = (top - bottom) or 1.0
    per_pixel = span / max(width - room - 6, 40.0)
    axes.set_xlim(bottom - 2 * per_pixel, bottom - 2 * per_pixel + width * per_pixel)


def _key(figure: Figure, left: float, entries: tuple[tuple[str, str], ...]) -> None:
    """Name the colours once, above the bars and in their order."""
    axes = _over(figure)
    height = figure.get_figheight() * 72
    x = left + 2
    for name, colour in entries:
        axes.plot([x + 1, x + 11], [height - 13] * 2, color=colour, linewidth=8, solid_capstyle="butt")
        label(axes, x + 18, height - 13, name, 240, va="center", color=theme.MUTED, fontsize=theme.SMALL_SIZE)
        x += min(theme.text_width(name, theme.SMALL_SIZE), 240) + 42


def _key_of_marks(figure: Figure, left: float, name: str) -> None:
    """Say what the upright marks stand for."""
    axes = _over(figure)
    height = figure.get_figheight() * 72
    axes.plot([left + 3] * 2, [height - 18, height - 4], color=theme.INK, linewidth=2.5)
    label(axes, left + 12, height - 11, name, theme.WIDTH - left - 20, va="center",
          color=theme.MUTED, fontsize=theme.SMALL_SIZE)  # fmt: skip


def _over(figure: Figure) -> Axes:
    """Axes over the whole figure whose unit is the pixel, from the bottom left."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, theme.WIDTH)
    axes.set_ylim(0, figure.get_figheight() * 72)
    axes.axis("off")
    return axes
