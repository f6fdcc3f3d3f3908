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
        longest = max((theme.text_width(name) for _column, name in series), default=0.0)
        names = min(max(longest + 14, _NAMES[0]), _NAMES[1])
        figure, axes = theme.framed(_HEIGHT, _SCALE, _AXIS, names, 10)
        ends = []
        for number, (column, name) in enumerate(series):
            colour = theme.SERIES[number % len(theme.SERIES)]
            known = _line(axes, frame["month"], frame[column], colour, fmt, fmt_month, name)
            if len(known):
                last = float(known.iloc[-1])
                axes.plot([known.index[-1]], [last], "o", color=colour, markersize=6)
                ends.append((last, name, fmt(last), colour))
        axes.set_ylim(*_vertical_range(frame[[column for column, _ in series]].melt()["value"], from_zero))
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
    groups = dict.fromkeys(frame["group"])
    columns = max(1, min(_BESIDE, len(groups)))
    rows = max(1, math.ceil(len(groups) / columns))
    gap, cell_height, head = 22.0, 132.0, 38.0
    width, body = (theme.WIDTH - gap * (columns - 1)) / columns, cell_height - head - _AXIS
    height = rows * cell_height + 4
    low, high = _vertical_range(frame["value"], True)
    small: dict[str, Any] = {"color": theme.MUTED, "fontsize": theme.SMALL_SIZE, "va": "top"}
    with theme.style():
        # One pair of axes in pixels: a pair for each group takes four times as long.
        figure = theme.figure(height)
        axes = theme.pixels(figure)
        for number, (group, part) in enumerate(frame.groupby("group", sort=False)):
            row, column = divmod(number, columns)
            left, bottom = column * (width + gap), height - (row + 1) * cell_height + _AXIS
            months, values = part["month"].reset_index(drop=True), part["value"].reset_index(drop=True)
            ground, floor = (bottom + (level - low) / (high - low) * body for level in (0.0, low))
            x = left + (values.index + 0.3) / max(len(values) - 0.4, 1.0) * width
            y = bottom + (values.astype(float) - low) / (high - low) * body
            axes.fill_between(x, y, ground, color=theme.BLUE, alpha=0.14, linewidth=0)
            _line(axes, months, values, theme.BLUE, fmt, fmt_month, str(group), at=(pd.Series(x), y))
            axes.plot(x[-1:], y.tail(1), "o", color=theme.BLUE, markersize=5)
            axes.plot([left, left + width], [ground, ground], color=theme.GRID, linewidth=1, zorder=0)
            # At the picture's edges: below two points beside one another names of months would touch.
            for place, side, edge in ((len(months) - 1, "right", left + width), (0, "left", left)):
                label(axes, edge, floor - 8, fmt_month(_period(months.iloc[place])), ha=side, **small)
            above = bottom + body
            label(axes, left, above + 21, str(group), width, va="bottom", fontsize=theme.SMALL_SIZE)
            label(axes, left, above + 6, fmt(values.iloc[-1]), width, va="bottom", fontweight="bold")
        return finish(figure, title, alt)


def _line(
    axes: Axes,
    months: pd.Series,
    values: pd.Series,
    colour: str,
    fmt: Callable[[float], str],
    fmt_month: Callable[[pd.Period], str],
    name: str,
    at: tuple[pd.Series, pd.Series] | None = None,
) -> pd.Series:
    """Draw a line that NaN breaks, with what each month is on hovering; return its known values by place.

    ``at`` is where the points lie, if not at the months' numbers and the values themselves.
    """
    values = values.reset_index(drop=True).astype(float)
    known = values.dropna()
    # seaborn (0.13.2) joins what a missing month parts: each stretch without one is a line of its own.
    stretch = values.isna().cumsum()[known.index]
    before = len(axes.lines)
    units = stretch if stretch.ne(stretch.min()).any() else None
    sns.lineplot(
        x=known.index if at is None else at[0][known.index], y=known if at is None else at[1][known.index],
        units=units, estimator=None, sort=False, color=colour, legend=False, ax=axes,
    )  # fmt: skip
    for line, (_, points) in zip(axes.lines[before:], known.groupby(stretch), strict=True):
        when = (fmt_month(_period(months.iloc[place])) for place in points.index)
        set_tooltip(
            line, *(f"{name}, {month}: {fmt(value)}" for month, value in zip(when, points, strict=True))
        )
    return known


def _period(month: Any) -> pd.Period:
    return month if isinstance(month, pd.Period) else pd.Period(month, "M")


def _vertical_range(values: pd.Series, from_zero: bool) -> tuple[float, float]:
    """From zero (or the lowest, if that is below or asked for) to the highest, with a little air."""
    present = values.dropna()
    top = float(present.max()) if len(present) else 1.0
    low = float(present.min()) if len(present) else 0.0
    if from_zero:
        top, low = max(top, 0.0), min(low, 0.0)
    span = (top - low) or abs(top) or 1.0
    return low - (0.05 * span if low else 0.0), top + 0.05 * span


def _months(axes: Axes, months: pd.Series, fmt_month: Callable[[pd.Period], str]) -> None:
    """Name the last month, and those before as far as they have room."""
    count = len(months)
    axes.set_xlim(-0.3 if count > 1 else -1, count - 0.7 if count > 1 else 1)
    axes.set(xticks=[], xlabel="", ylabel="")
    if not count:
        return
    for place in range(count - 1, -1, -max(1, math.ceil((count - 1) / 4))):
        height = axes.get_position().height * axes.figure.get_figheight() * 72  # type: ignore[union-attr]
        label(axes, place, -8 / height, fmt_month(_period(months.iloc[place])), ha="center", va="top",
              color=theme.MUTED, transform=axes.get_xaxis_transform(), fontsize=theme.SMALL_SIZE)  # fmt: skip


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
