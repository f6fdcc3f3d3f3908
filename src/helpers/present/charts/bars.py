"""Bars: shares against what they should be, and this against that."""

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label, set_tooltip

ROW = 34.0
"""Height of a row in pixels: two lines of text and air."""
_LABEL_WIDTH = 215.0
#: So many pixels the longest bar has at least: a picture with longer texts behind the bars is wider.
_LEAST_BAR = 130.0


def share_bars(
    frame: pd.DataFrame,
    *,
    title: str,
    alt: str,
    fmt: Callable[[float], str],
    value: str = "share",
    target: str | None = None,
    target_label: str = "",
    target_key: str | None = None,
    note: str | None = None,
    highlight: str | None = None,
    aside: str | None = None,
    width: float = theme.WIDTH,
    row: float = ROW,
) -> Chart:
    """Horizontal bars of a share, with a mark where each should be.

    Parameters
    ----------
    frame
        One row a bar, from top to bottom; column ``label`` (text), the column named by ``value`` (0 to 1, or
        any amount) and, where asked for, those named by ``target`` (NaN: no mark), ``note`` (text written
        after the value) ``highlight`` (bool: in the second colour) and
        ``aside`` (bool: pale, what is no longer among them).
    fmt
        Value -> text, as in :meth:`helpers.present.numbers.Numbers.percent`.
    target_label, target_key
        What the mark stands for, said on hovering, and once above the bars (default: the same).
    width, row
        Of the picture (more, where notes are long) and of a row, in pixels.
    """
    notes = frame[note].fillna("").astype(str) if note else pd.Series("", index=frame.index)
    tails = [f"{fmt(size)}  {text}".strip() for size, text in zip(frame[value], notes, strict=True)]
    goals = frame[target].astype(float) if target else pd.Series(float("nan"), index=frame.index)
    colours = dict(enumerate((theme.BLUE, theme.ORANGE, theme.PALE)))
    marked = frame[highlight].astype(int) if highlight else pd.Series(0, index=frame.index)
    marked = marked.mask(frame[aside].astype(bool), 2) if aside else marked
    room = min(max((theme.text_width(tail) for tail in tails), default=0.0) + 14, 300.0)
    width = max(width, _left(frame["label"], width) + _LEAST_BAR + room)
    with theme.style():
        figure, axes, left = _rows(frame["label"], 26.0 if target else 6.0, row, width)
        rows = np.arange(len(frame))
        bars = _draw(axes, rows, frame[value], hue=marked.to_numpy(), palette=colours, width=0.5, dodge=False)
        per_pixel = _scale(axes, len(frame), pd.concat([frame[value], goals]), width - left, room)
        for bar, place in zip(bars, np.argsort(marked.to_numpy(), kind="stable"), strict=True):
            set_tooltip(bar, f"{frame['label'].iloc[place]}: {tails[place]}")
        ends = pd.concat([frame[value], goals], axis=1).max(axis=1).fillna(0.0).clip(lower=0.0)
        for place, (end, goal, tail) in enumerate(zip(ends, goals, tails, strict=True)):
            label(axes, end + 8 * per_pixel, place, tail, room, va="center")
            if pd.notna(goal):
                (mark,) = axes.plot([goal, goal], [place - 0.4, place + 0.4], color=theme.INK, linewidth=2.5)
                set_tooltip(mark, f"{target_label}: {fmt(goal)}")
        if target:
            _key_of_marks(figure, left, target_key or target_label)
        return finish(figure, title, alt)


def paired_bars(
    frame: pd.DataFrame,
    *,
    names: tuple[str, str],
    title: str,
    alt: str,
    fmt: Callable[[float], str],
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
    colours, inks = (theme.BLUE, theme.PALE), (theme.INK, theme.MUTED)
    both = pd.concat([frame[column] for column in values], ignore_index=True)
    rows, which = np.tile(np.arange(len(frame)), 2), np.repeat([0, 1], len(frame))
    with theme.style():
        figure, axes, left = _rows(frame["label"], 28.0, 46.0)
        bars = _draw(axes, rows, both, hue=which, palette=dict(enumerate(colours)), width=0.76, gap=0.1)
        room = max((theme.text_width(fmt(size)) for size in both), default=0.0) + 14
        per_pixel = _scale(axes, len(frame), both, theme.WIDTH - left, room)
        for bar, row, column, size in zip(bars, rows, which, both, strict=True):
            set_tooltip(bar, f"{frame['label'].iloc[row]}, {names[column]}: {fmt(size)}")
            middle, end = bar.get_y() + bar.get_height() / 2, max(bar.get_width(), 0.0) + 8 * per_pixel
            label(axes, end, middle, fmt(size), va="center", color=inks[column], fontsize=theme.SMALL_SIZE)
        _key(figure, left, tuple(zip(names, colours, strict=True)))
        return finish(figure, title, alt)


def bullets(
    frame: pd.DataFrame,
    *,
    title: str,
    alt: str,
    fmt: Callable[[float], str],
    fmt_share: Callable[[float], str],
    target_label: str,
    width: float = theme.WIDTH,
    row: float = ROW,
) -> Chart:
    """Draw a bar a row with a mark where it was to end; what fell short has another colour, and an arrow says so too.

    Parameters
    ----------
    frame
        One row a bar, from top to bottom: ``label`` (text), ``value`` and ``target`` (NaN or no more than 0: no mark,
        and neither short of it nor above).
    fmt, fmt_share
        Value -> text; value over target -> text.
    target_label, width, row
        As for `share_bars`.
    """
    goals = frame["target"].astype("float64").where(frame["target"] > 0)
    share = frame["value"] / goals
    arrows = np.where(share < 1, "▼", "▲")
    notes = [
        "" if pd.isna(part) else f"{arrow} {fmt_share(part)}"
        for arrow, part in zip(arrows, share, strict=True)
    ]
    shown = frame.assign(target=goals, note=notes, short=(share < 1).to_numpy())
    return share_bars(
        shown, title=title, alt=alt, fmt=fmt, value="value", target="target", target_label=target_label,
        target_key=f"{target_label} = 100%", note="note", highlight="short", width=width, row=row,
    )  # fmt: skip


def _draw(axes: Axes, rows: npt.ArrayLike, sizes: pd.Series, **look: Any) -> list[Rectangle]:
    """Draw horizontal bars, of no length for NaN; return them, one colour after the other."""
    if sizes.empty:
        return []
    # Without ticks of their own: seaborn would have them laid out, only to see whether they can be seen.
    axes.set(xticks=[], yticks=[])
    sns.barplot(
        x=sizes.fillna(0.0).to_numpy(float), y=rows, orient="y", native_scale=True,
        saturation=1, errorbar=None, legend=False, ax=axes, **look,
    )  # fmt: skip
    return [bar for bar in axes.patches if isinstance(bar, Rectangle)]


def _rows(
    labels: pd.Series, head: float, height: float = ROW, width: float = theme.WIDTH
) -> tuple[Figure, Axes, float]:
    """Make a figure with one row a label written at its left; returns the left edge of the bars in pixels."""
    left = _left(labels, width)
    body = max(len(labels), 1) * height
    figure = theme.figure(head + body + 6, width)
    total = head + body + 6
    axes = figure.add_axes((left / width, 6 / total, 1 - left / width, body / total))
    for row, text in enumerate(labels):
        label(axes, -left / (width - left), row, text, left - 16, 2,
              va="center", transform=axes.get_yaxis_transform(), linespacing=1.15)  # fmt: skip
    return figure, axes, left


def _left(labels: pd.Series, width: float) -> float:
    """Return how many pixels the labels at the left take in a picture of so many."""
    most = min(_LABEL_WIDTH, 0.4 * width)
    return min(most, max((theme.text_width(str(text)) for text in labels), default=0.0)) + 16


def _scale(axes: Axes, rows: int, values: pd.Series, width: float, room: float) -> float:
    """Set the scales: the first row on top, the longest bar with ``room`` pixels for its text.

    Returns
    -------
    float
        What a pixel stands for.
    """
    top = max(float(values.max()) if values.notna().any() else 0.0, 0.0)
    bottom = min(float(values.min()) if values.notna().any() else 0.0, 0.0)
    per_pixel = ((top - bottom) or 1.0) / max(width - room - 6, 40.0)
    axes.set(
        xlim=(bottom - 2 * per_pixel, bottom - 2 * per_pixel + width * per_pixel),
        ylim=(max(rows, 1) - 0.5, -0.5), xticks=[], yticks=[], xlabel="", ylabel="",
    )  # fmt: skip
    axes.spines["bottom"].set_visible(False)
    axes.plot([0, 0], [-0.5, rows - 0.5], color=theme.FAINT, linewidth=1)
    return per_pixel


def _key(figure: Figure, left: float, entries: tuple[tuple[str, str], ...]) -> None:
    """Name the colours once, above the bars and in their order; long names begin at the picture's edge."""
    axes = theme.pixels(figure)
    width, height = figure.get_figwidth() * 72, figure.get_figheight() * 72
    sizes = [theme.text_width(name, theme.SMALL_SIZE) for name, _colour in entries]
    if left + 2 + sum(sizes) + 42 * len(entries) > width:
        left = 0.0
    most = width / len(entries) - 30
    x = left + 2
    for (name, colour), size in zip(entries, sizes, strict=True):
        axes.plot([x + 1, x + 11], [height - 13] * 2, color=colour, linewidth=8, solid_capstyle="butt")
        label(
            axes, x + 18, height - 13, name, most, va="center", color=theme.MUTED, fontsize=theme.SMALL_SIZE
        )
        x += min(size, most) + 42


def _key_of_marks(figure: Figure, left: float, name: str) -> None:
    """Say what the upright marks stand for."""
    axes = theme.pixels(figure)
    height = figure.get_figheight() * 72
    axes.plot([left + 3] * 2, [height - 18, height - 4], color=theme.INK, linewidth=2.5)
    label(axes, left + 12, height - 11, name, figure.get_figwidth() * 72 - left - 20, va="center",
          color=theme.MUTED, fontsize=theme.SMALL_SIZE)  # fmt: skip
