"""The heat map: a figure for every pair of row and column, darker where there is more."""

from __future__ import annotations

import math
from collections.abc import Callable

import pandas as pd
from matplotlib.colors import to_rgba
from matplotlib.patches import Rectangle

from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label


def heat_map(
    frame: pd.DataFrame,
    *,
    title: str,
    alt: str,
    spell: Callable[[float], str],
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
    cell_width = min((theme.WIDTH - left) / max(columns, 1), 130.0)
    cell_height, head = 36.0, 44.0 + (20.0 if column_title or row_title else 0.0)
    height = head + max(rows, 1) * cell_height + 4
    values = frame.to_numpy(dtype=float)
    top = float(frame.abs().max().max()) or 1.0
    with theme.style():
        figure = theme.figure(height)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set_xlim(0, theme.WIDTH)
        axes.set_ylim(0, height)
        axes.axis("off")
        for column, name in enumerate(frame.columns):
            middle = left + (column + 0.5) * cell_width
            label(axes, middle, height - head + 8, name, cell_width - 8, 2, ha="center", va="bottom",
                  color=theme.MUTED, fontsize=theme.SMALL_SIZE, linespacing=1.15)  # fmt: skip
        for row, name in enumerate(frame.index):
            middle = height - head - (row + 0.5) * cell_height
            label(axes, 0, middle, name, left - 16, 2, va="center", linespacing=1.15)
            for column in range(columns):
                value = float(values[row, column])
                if math.isnan(value):
                    continue
                x = left + column * cell_width
                colour = theme.BLUE if value >= 0 else theme.ORANGE
                edge = theme.INK if outline_diagonal and row == column else "none"
                box = (x + 1, middle - cell_height / 2 + 1), cell_width - 2, cell_height - 2
                axes.add_patch(_cell(*box, colour, 0.04 + 0.36 * abs(value) / top, edge))
                label(axes, x + cell_width / 2, middle, spell(value), ha="center", va="center")
        if column_title:
            label(axes, left, height - 12, column_title, theme.WIDTH - left, va="center", color=theme.MUTED,
                  fontsize=theme.SMALL_SIZE)  # fmt: skip
        if row_title:
            label(axes, 0, height - head + 8, row_title, left - 12, 2, va="bottom", color=theme.MUTED,
                  fontsize=theme.SMALL_SIZE)  # fmt: skip
        return finish(figure, title, alt)


def _cell(
    corner: tuple[float, float], width: float, height: float, colour: str, tint: float, edge: str
) -> Rectangle:
    line = 1.5 if edge != "none" else 0
    return Rectangle(corner, width, height, facecolor=to_rgba(colour, tint), edgecolor=edge, linewidth=line)
