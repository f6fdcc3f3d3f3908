"""The heat map: a figure for every pair of row and column, darker where there is more."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, to_rgba
from matplotlib.patches import Rectangle

from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label

#: A map of more columns than this is drawn wider, so that their heads and figures have room.
_MANY, _WIDE = 6, 980.0


def heat_map(
    frame: pd.DataFrame,
    *,
    title: str,
    alt: str,
    fmt: Callable[[float], str],
    row_title: str = "",
    column_title: str = "",
    outline_diagonal: bool = False,
) -> Chart:
    """Write a figure in every cell, on a tint that grows with it; the ink can be read on every tint.

    Parameters
    ----------
    frame
        Values; index and columns are the labels in the order shown. NaN leaves a cell empty.
    outline_diagonal
        Mark where row and column are the same place (unchanged, in a movement matrix).
    """
    rows, columns = frame.shape
    longest = max((theme.text_width(str(name)) for name in frame.index), default=0.0)
    left = min(215.0, longest) + 16
    width, lines = (theme.WIDTH, 2) if columns <= _MANY else (_WIDE, 3)
    cell_width = min((width - left) / max(columns, 1), 130.0)
    cell_height, head = 36.0, 14.0 + 15.0 * lines + (20.0 if column_title or row_title else 0.0)
    height = head + max(rows, 1) * cell_height + 4
    muted: dict[str, Any] = {"color": theme.MUTED, "fontsize": theme.SMALL_SIZE}
    with theme.style():
        figure = theme.figure(height, width)
        place = (left / width, 4 / height, max(columns, 1) * cell_width / width, 1 - (head + 4) / height)
        axes = figure.add_axes(place)
        _cells(axes, frame.astype(float), fmt)
        axes.set(
            xlim=(0, max(columns, 1)), ylim=(max(rows, 1), 0), xticks=[], yticks=[], xlabel="", ylabel=""
        )
        above, beside = axes.get_xaxis_transform(), axes.get_yaxis_transform()
        x, y = 1 / (max(columns, 1) * cell_width), 1 / (max(rows, 1) * cell_height)  # a pixel of the axes
        for column, name in enumerate(frame.columns):
            label(axes, column + 0.5, 1 + 8 * y, name, cell_width - 4, lines, ha="center", va="bottom", transform=above,
                  linespacing=1.15, **muted)  # fmt: skip
        for row, name in enumerate(frame.index):
            label(
                axes, -left * x, row + 0.5, name, left - 16, 2, va="center", transform=beside,
                linespacing=1.15,
            )  # fmt: skip
        known = frame.notna().to_numpy()
        for same in range(min(rows, columns) if outline_diagonal else 0):
            if known[same, same]:
                inset = 1 / cell_width, 1 / cell_height
                corner, size = (same + inset[0], same + inset[1]), (1 - 2 * inset[0], 1 - 2 * inset[1])
                axes.add_patch(Rectangle(corner, *size, fill=False, edgecolor=theme.INK, linewidth=1.5))
        if column_title:
            label(axes, 0, 1 + (head - 12) * y, column_title, width - left, va="center",
                  transform=axes.transAxes, **muted)  # fmt: skip
        if row_title:
            label(
                axes, -left * x, 1 + 8 * y, row_title, left - 12, 2, va="bottom", transform=axes.transAxes,
                **muted,
            )  # fmt: skip
        return finish(figure, title, alt)


def _cells(axes: Axes, frame: pd.DataFrame, fmt: Callable[[float], str]) -> None:
    """Tint the cells in blue, below zero in orange, and write the figures in them."""
    if frame.empty:
        return
    top = float(frame.abs().max().max()) or 1.0
    texts = frame.map(lambda value: "" if pd.isna(value) else fmt(value))
    ends = [
        to_rgba(theme.ORANGE, 0.4),
        to_rgba(theme.ORANGE, 0.04),
        to_rgba(theme.BLUE, 0.04),
        to_rgba(theme.BLUE, 0.4),
    ]
    tints = LinearSegmentedColormap.from_list("tints", list(zip((0.0, 0.4999, 0.5, 1.0), ends, strict=True)))
    sns.heatmap(
        frame, vmin=-top, vmax=top, cmap=tints, annot=texts, fmt="", annot_kws={"color": theme.INK}, cbar=False,
        linewidths=2, linecolor=theme.PAPER, xticklabels=False, yticklabels=False, ax=axes,
    )  # fmt: skip
