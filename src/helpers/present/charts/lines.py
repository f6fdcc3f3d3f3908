"""Lines over months: one picture with a few, or a small one for each group."""

import math
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label, plain, set_tooltip

_HEIGHT = 250.0
_AXIS = 26.0
"""Room for the months below."""
_SCALE = 62.0
"""Room for the figures at the left."""
_NAMES = (90.0, 150.0)
"""Room for the names and figures at the right, at least and at most."""
_BESIDE = 3
"""So many small pictures stand beside each other."""


def trend(
    frame: pd.DataFrame,
    series: Sequence[tuple[str, str]],
    *,
    title: str,
    alt: str,
    fmt: Callable[[float], str],
    fmt_month: Callable[[pd.Period], str],
    from_zero: bool = True,
) -> Chart:
    """Draw a few lines over the same months, each named at its end with its last value.

    Parameters
    ----------
    frame
        One row a month, in order: ``month`` (datetime or period) and the columns of ``series``; NaN breaks a
        line.
    series
        Column and the name a reader knows it by; the first is what the chart is about.
    from_zero
        Start the scale at zero (or below); False fits it to the values.
    """
    with theme.style():
        figure = theme.figure(_HEIGHT)
        longest = max((theme.text_width(name) for _column, name in series), default=0.0)
        names = min(max(longest + 14, _NAMES[0]), _NAMES[1])
        axes = figure.add_axes(
            (
                _SCALE / theme.WIDTH,
                _AXIS / _HEIGHT,
                1 - (_SCALE + names) / theme.WIDTH,
                1 - (_AXIS + 10) / _HEIGHT,
            )
        )
        ends = []
        for number, (column, name) in enumerate(series):
            colour = theme.SERIES[number % len(theme.SERIES)]
            known = _line(axes, frame["month"], frame[column], colour, fmt, fmt_month, name)
            if len(known):
                last = float(known.iloc[-1])
                axes.plot([known.index[-1]], [last], "o", color=colour, markersize=6)
                ends.append((last, name, fmt(last), colour))
        _vertical_scale(axes, frame[[column for column, _ in series]].melt()["value"], from_zero)
        _months(axes, frame["month"], fmt_month)
        _figures(axes, fmt)
        _name_ends(axes, ends, names - 12)
        return finish(figure, title, alt)


def small_multiples(
    frame: pd.DataFrame,
    *,
    title: str,
    alt: str,
    fmt: Callable[[float], str],
    fmt_month: Callable[[pd.Period], str],
) -> Chart:
    """Draw the same months for many groups, a small picture each, with the group's name and last value above.

    Parameters
    ----------
    frame
        Columns ``group``, ``month`` (datetime or period), ``value``: the groups in the order shown, each
        with the same months in order. All stand on one scale from zero, so that sizes compare.
    """
    groups = list(dict.fromkeys(frame["group"]))
    columns = max(1, min(_BESIDE, len(groups)))
    rows = max(1, math.ceil(len(groups) / columns))
    gap, cell_height, head = 22.0, 132.0, 38.0
    width = (theme.WIDTH - gap * (columns - 1)) / columns
    height = rows * cell_height + 4
    with theme.style():
        figure = theme.figure(height)
        for number, group in enumerate(groups):
            row, column = divmod(number, columns)
            part = frame[frame["group"] == group].reset_index(drop=True)
            bottom = height - (row + 1) * cell_height + _AXIS
            axes = figure.add_axes(
                (column * (width + gap) / theme.WIDTH, bottom / height, width / theme.WIDTH,
                 (cell_height - head - _AXIS) / height)
            )  # fmt: skip
            values = part["value"]
            axes.fill_between(range(len(part)), values, 0, color=theme.BLUE, alpha=0.14, linewidth=0)
            _line(axes, part["month"], values, theme.BLUE, fmt, fmt_month, group, clip_on=False)
            axes.plot([len(part) - 1], values.tail(1), "o", color=theme.BLUE, markersize=5, clip_on=False)
            _vertical_scale(axes, frame["value"], True)
            _months(axes, part["month"], fmt_month, ends_only=True)
            axes.set_yticks([])
            axes.axhline(0, color=theme.GRID, linewidth=1)
            unit = 1 / (cell_height - head - _AXIS)
            above = axes.transAxes
            last = fmt(values.iloc[-1]) if len(values) else ""
            label(
                axes, 0, 1 + 21 * unit, group, width, transform=above, va="bottom", fontsize=theme.SMALL_SIZE
            )
            label(axes, 0, 1 + 6 * unit, last, width, transform=above, va="bottom", fontweight="bold")
        return finish(figure, title, alt)


def _line(
    axes: Axes,
    months: pd.Series,
    values: pd.Series,
    colour: str,
    fmt: Callable[[float], str],
    fmt_month: Callable[[pd.Period], str],
    name: str,
    **look: Any,
) -> pd.Series:
    """Draw a line that NaN breaks, with what each month is on hovering; return its known values by place."""
    values = values.reset_index(drop=True).astype(float)
    known = values.dropna()
    # seaborn (0.13.2) joins what a missing month parts: each stretch without one is a line of its own.
    stretch = values.isna().cumsum()[known.index]
    before = len(axes.lines)
    units = stretch if stretch.ne(stretch.min()).any() else None
    sns.lineplot(
        x=known.index, y=known, units=units, estimator=None, sort=False, color=colour, legend=False, ax=axes,
        **look,
    )  # fmt: skip
    for line, (_, points) in zip(axes.lines[before:], known.groupby(stretch), strict=True):
        when = (fmt_month(_period(months.iloc[place])) for place in points.index)
        set_tooltip(
            line, *(f"{name}, {month}: {fmt(value)}" for month, value in zip(when, points, strict=True))
        )
    return known


def _period(month: Any) -> pd.Period:
    return month if isinstance(month, pd.Period) else pd.Period(month, "M")


def _vertical_scale(axes: Axes, values: pd.Series, from_zero: bool) -> None:
    """From zero (or the lowest, if that is below or asked for) to the highest, with a little air."""
    present = values.dropna()
    top = float(present.max()) if len(present) else 1.0
    low = float(present.min()) if len(present) else 0.0
    if from_zero:
        top, low = max(top, 0.0), min(low, 0.0)
    span = (top - low) or abs(top) or 1.0
    axes.set_ylim(low - (0.05 * span if low else 0.0), top + 0.05 * span)


def _months(
    axes: Axes, months: pd.Series, fmt_month: Callable[[pd.Period], str], ends_only: bool = False
) -> None:
    """Name the first and the last month, and those between as far as they have room."""
    count = len(months)
    axes.set_xlim(-0.3 if count > 1 else -1, count - 0.7 if count > 1 else 1)
    axes.set(xticks=[], xlabel="", ylabel="")
    if not count:
        return
    step = count - 1 if ends_only else max(1, math.ceil((count - 1) / 4))
    places = sorted({*range(count - 1, -1, -max(step, 1)), *((0,) if ends_only else ())})
    for place in places:
        side = "center" if not ends_only else "left" if place == 0 else "right"
        height = axes.get_position().height * axes.figure.get_figheight() * 72  # type: ignore[union-attr]
        label(axes, place, -8 / height, fmt_month(_period(months.iloc[place])), ha=side, va="top", color=theme.MUTED,
              transform=axes.get_xaxis_transform(), fontsize=theme.SMALL_SIZE)  # fmt: skip


def _figures(axes: Axes, fmt: Callable[[float], str]) -> None:
    """Few figures at the left, as the reader's language writes them, on fine lines."""
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
    axes.yaxis.set_major_formatter(lambda value, position: fmt(value))
    axes.grid(axis="y")
    axes.spines["bottom"].set_visible(False)


def _name_ends(axes: Axes, ends: list[tuple[float, str, str, str]], width: float) -> None:
    """Write name and last value at the end of each line, moved apart where they would touch."""
    low, high = axes.get_ylim()
    height = axes.get_position().height * _HEIGHT
    per_pixel = (high - low) / height
    room = 31 * per_pixel
    places: list[float] = []
    for value, *_ in sorted(ends):
        places.append(max(value, places[-1] + room) if places else max(value, low + room / 2))
    over = (places[-1] + room / 2 - high) if places else 0.0
    if over > 0:
        for index in range(len(places) - 1, -1, -1):
            limit = places[index + 1] - room if index + 1 < len(places) else high - room / 2
            places[index] = min(places[index], limit)
    for place, (_, name, text, colour) in zip(places, sorted(ends), strict=True):
        x = axes.get_xlim()[1]
        label(
            axes, x, place + 1 * per_pixel, name, width, va="bottom", fontsize=theme.SMALL_SIZE,
            color=colour,
        )  # fmt: skip
        label(axes, x, place - 2 * per_pixel, text, width, va="top", fontweight="bold", color=colour)


_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_EDGE = 108.0, 26.0, 3.0


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
    across = (_SPARK_WIDTH - 2 * _SPARK_EDGE) / (len(sizes) - 1)
    up = (_SPARK_HEIGHT - 2 * _SPARK_EDGE) / ((high - low) or 1.0)
    points = [
        (_SPARK_EDGE + place * across, _SPARK_HEIGHT - _SPARK_EDGE - (size - low) * up)
        for place, size in enumerate(sizes)
    ]
    texts = (
        f"{fmt_month(month if isinstance(month, pd.Period) else pd.Period(month, 'M'))}: {fmt(size)}"
        for month, size in zip(known["month"], sizes, strict=True)
    )
    look = f"var({theme.VARIABLES[colour]}, {colour})"
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg class="spark" viewBox="0 0 {_SPARK_WIDTH:g} {_SPARK_HEIGHT:g}" width="{_SPARK_WIDTH:g}" '
        f'height="{_SPARK_HEIGHT:g}" aria-hidden="true">'
        f'<polyline points="{line}" style="fill: none; stroke: {look}; stroke-width: 1.6"/>'
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.6" style="fill: {look}"/>{"".join(_hovered(points, texts))}</svg>'
    )


def _hovered(points: Iterable[tuple[float, float]], texts: Iterable[str]) -> Iterable[str]:
    """Lay a circle around each point that says what it is."""
    for (x, y), text in zip(points, texts, strict=True):
        tooltip = f"<title>{escape(plain(text))}</title>"
        yield (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5" style="fill: none; pointer-events: all">{tooltip}</circle>'
        )
