"""The bridge: how one total became another."""

import math
from collections.abc import Callable, Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes

from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label, set_tooltip
from helpers.present.numbers import Numbers

#: Height of a row of the sideways picture in pixels.
_ROW = 21.0


def waterfall(
    frame: pd.DataFrame,
    *,
    title: str,
    alt: str,
    fmt: Callable[[float], str],
    fmt_step: Callable[[float], str],
    cut_label: Callable[[float], str] | None = None,
    width: float = theme.WIDTH,
) -> Chart:
    """Draw the steps from a first total to a last, from top to bottom: their names are long.

    Parameters
    ----------
    frame
        One row a bar: ``label`` (text), ``value`` and ``kind``: ``"total"`` stands on the ground, ``"step"`` adds
        its (signed) value to what came before. ``strong`` (bool), where there is such a column: the name is set in
        bold; else those of totals are.
    fmt, fmt_step
        Value -> text, for totals and for (signed) steps.
    cut_label
        Where the steps are small against the totals, cut the bars off at a level and say so in these words; None:
        bars always stand on zero.
    width
        Of the picture, in pixels.
    """
    is_total, before, after, low, top, ground = _placed(frame, cuts=cut_label is not None)
    strong = frame["strong"].astype(bool) if "strong" in frame else is_total
    texts = [
        fmt(value) if total else fmt_step(value)
        for value, total in zip(frame["value"], is_total, strict=True)
    ]
    with theme.style():
        left = min(0.45 * width, max(theme.text_width(str(name), bold=True) for name in frame["label"])) + 12
        room = max(theme.text_width(text, bold=True) for text in texts) + 14
        foot, body = (18.0 if ground else 2.0), len(frame) * _ROW
        figure = theme.figure(body + foot, width)
        axes = figure.add_axes((left / width, foot / (body + foot), 1 - left / width, body / (body + foot)))
        per_pixel = ((top - low) or 1.0) / max(width - left - room - 4, 40.0)
        axes.set(
            xlim=(low - 2 * per_pixel, low + (width - left - 2) * per_pixel), ylim=(len(frame) - 0.5, -0.5),
            xticks=[], yticks=[],
        )  # fmt: skip
        axes.spines["bottom"].set_visible(False)
        axes.plot([ground, ground], [-0.5, len(frame) - 0.5], color=theme.FAINT, linewidth=1)
        for place, (start, end, total, value) in enumerate(
            zip(before, after, is_total, frame["value"], strict=True)
        ):
            colour = theme.MUTED if total else theme.GAIN if value >= 0 else theme.LOSS
            begin = max(start, ground)
            (bar,) = axes.barh(place, end - begin, left=begin, height=0.62, color=colour)
            set_tooltip(bar, f"{frame['label'].iloc[place]}: {texts[place]}")
            if total and ground:
                _tear(axes, place, ground + 14 * per_pixel, 4 * per_pixel)
            if place + 1 < len(frame):
                axes.plot([end, end], [place + 0.31, place + 0.69], color=theme.FAINT, linewidth=1)
            label(axes, max(start, end) + 6 * per_pixel, place, texts[place], room, va="center",
                  fontweight="bold" if total else "normal")  # fmt: skip
            label(axes, -left / (width - left), place, frame["label"].iloc[place], left - 12, va="center",
                  transform=axes.get_yaxis_transform(),
                  fontweight="bold" if strong.iloc[place] else "normal")  # fmt: skip
        if cut_label and ground:
            label(axes, 0, -4 / body, cut_label(ground), width - left, va="top", transform=axes.transAxes,
                  color=theme.MUTED, fontsize=theme.SMALL_SIZE)  # fmt: skip
        return finish(figure, title, alt)


def change_title(change: float, parts: Mapping[str, float], n: Numbers) -> str:
    """Say how much sales changed, and the part that raised them most and the one that lowered them most.

    Parameters
    ----------
    parts
        What a reader calls each part -> its signed amount.
    """
    _ = n.words
    ends = (max(parts, key=lambda name: parts[name]), min(parts, key=lambda name: parts[name]))
    main = [name for name in dict.fromkeys(ends) if parts[name] != 0]
    if not main:
        return _("Sales did not change")
    parts_named = _.phrases(f"{name} {n.signed_money_short(parts[name])}" for name in main)
    if change > 0:
        return _("Sales rose by {amount}: {who}", amount=n.money_short(change), who=parts_named)
    return _("Sales fell by {amount}: {who}", amount=n.money_short(-change), who=parts_named)


def change_waterfall(
    rows: Sequence[tuple[str, float, str]],
    title: str,
    n: Numbers,
    *,
    strong: Sequence[bool] | None = None,
    width: float = theme.WIDTH,
) -> Chart:
    """Draw how one amount of money became another.

    Parameters
    ----------
    rows
        Label, amount and ``"total"`` or ``"step"`` of each bar, as for `waterfall`.
    strong
        Which labels are bold; None: those of totals.
    width
        Of the picture, in pixels.
    """
    _, frame = n.words, pd.DataFrame(rows, columns=["label", "value", "kind"])
    texts = (
        n.money_short(value) if kind == "total" else n.signed_money_short(value)
        for _label, value, kind in rows
    )
    return waterfall(
        frame if strong is None else frame.assign(strong=strong),
        title=title, alt=_.pairs(frame["label"], texts), fmt=n.money_short, fmt_step=n.signed_money_short,
        cut_label=lambda level: _("Bars are cut off below {amount}", amount=n.money_short(level)), width=width,
    )  # fmt: skip


def _placed(
    frame: pd.DataFrame, *, cuts: bool
) -> tuple[pd.Series, pd.Series, pd.Series, float, float, float]:
    """Return which bars are totals, where each begins and ends, the lowest and highest level, and the ground.

    ``cuts`` lets the ground be above zero; the lowest level is the ground then.
    """
    is_total = frame["kind"].eq("total")
    after = _levels(frame["value"], is_total)
    before = after.shift(1, fill_value=0.0).where(~is_total, 0.0)
    reached = pd.concat([before, after])
    top, low = float(reached.max()), min(float(reached.min()), 0.0)
    ground = _ground(before, after, is_total) if cuts and low == 0 else 0.0
    return is_total, before, after, ground or low, top, ground


def _ground(before: pd.Series, after: pd.Series, is_total: pd.Series) -> float:
    """Return where to cut the bars off so that the steps can be told apart; 0 where they can be from zero.

    The level is rounded down to two digits, and lies below every step by the height of all steps together.
    """
    reached = pd.concat([before[~is_total], after])
    lowest, highest = float(reached.min()), float(reached.max())
    ground = lowest - 0.8 * (highest - lowest)
    if highest <= lowest or ground < 0.4 * highest:
        return 0.0
    digit = 10.0 ** (math.floor(math.log10(ground)) - 1)
    return math.floor(ground / digit) * digit


def _tear(axes: Axes, place: float, level: float, slant: float) -> None:
    """Draw a gap across a bar's foot: it is longer than it is shown."""
    axes.plot([level - slant, level + slant], [place + 0.36, place - 0.36], color=theme.PAPER, linewidth=4,
              solid_capstyle="butt")  # fmt: skip


def _levels(values: pd.Series, is_total: pd.Series) -> pd.Series:
    """Return the level after each column: a total sets it, a step adds to it."""
    base = values.where(is_total).ffill().fillna(0.0)
    steps = values.where(~is_total, 0.0).groupby(is_total.cumsum()).cumsum()
    return base + steps
