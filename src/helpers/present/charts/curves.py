"""The Pareto and the Lorenz curve: how much of the sales how few customers bring."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd
import seaborn as sns
from matplotlib.axes import Axes

from helpers.present.charts import theme
from helpers.present.charts.chart import Chart, finish, label, set_tooltip

_TINTS = (0.2, 0.11, 0.05)
_MARKED = 0.34
_MOST_POINTS = 400


@dataclass(frozen=True)
class Band:
    """A tier on the curve: from which to which count of customers, and what to write on it."""

    name: str
    first: int
    last: int
    text: str


def pareto(
    cumulative_share: pd.Series,
    bands: Sequence[Band],
    *,
    title: str,
    alt: str,
    fmt_share: Callable[[float], str],
    fmt_count: Callable[[float], str],
    count_label: str,
    share_label: str,
    marked: str | None = None,
) -> Chart:
    """Cumulative share of sales over customers in order of sales, with the tiers as bands.

    Parameters
    ----------
    cumulative_share
        Share of all sales (0 to 1) of the first n customers, largest first; position n - 1. Its length is the
        count of customers.
    bands
        The tiers in order; ``first`` and ``last`` are ranks from 1.
    count_label, share_label
        What the axes count, with units.
    marked
        The tier whose band stands out; None: the first stands out most.
    """
    height, left, below, above = 350.0, 54.0, 50.0, 50.0
    count = len(cumulative_share)
    with theme.style():
        figure, axes = theme.framed(height, left, below, 24, above)
        width = theme.WIDTH - left - 24
        for number, band in enumerate(bands):
            start, end = max(band.first - 1, 0), band.last
            tint = _TINTS[min(number, len(_TINTS) - 1)]
            if marked is not None:
                tint = _MARKED if band.name == marked else _TINTS[-1]
            set_tooltip(
                axes.axvspan(start, end, color=theme.BLUE, alpha=tint, linewidth=0),
                f"{band.name}: {band.text}",
            )
            if (end - start) / max(count, 1) * width > theme.text_width(band.name, bold=True) + 4:
                place = axes.get_xaxis_transform()
                label(axes, (start + end) / 2, 1.02, band.name, ha="center", va="baseline", transform=place,
                      fontweight="bold")  # fmt: skip
        _key(axes, bands, width, height - below - above)
        shown = _thinned(cumulative_share)
        x, y = [0, *(shown.index + 1)], [0.0, *shown]
        _curve(axes, x, y, max(count, 1))
        axes.set_yticks([0, 0.25, 0.5, 0.75, 1])
        axes.yaxis.set_major_formatter(lambda value, position: fmt_share(value))
        axes.xaxis.set_major_formatter(lambda value, position: fmt_count(value))
        axes.locator_params(axis="x", integer=True, nbins=6)
        axes.grid(axis="y")
        label(axes, 1.0, -38 / (height - below - above), count_label, ha="right", va="baseline",
              transform=axes.transAxes, color=theme.MUTED, fontsize=theme.SMALL_SIZE)  # fmt: skip
        label(axes, -left / width, 1.14, share_label, 300, va="baseline", transform=axes.transAxes,
              color=theme.MUTED, fontsize=theme.SMALL_SIZE)  # fmt: skip
        return finish(figure, title, alt)


def lorenz(
    curve: pd.DataFrame,
    *,
    title: str,
    alt: str,
    fmt_share: Callable[[float], str],
    even_label: str,
    customers_label: str,
    share_label: str,
) -> Chart:
    """Draw the cumulative share of sales over the share of customers, smallest first, against all being alike.

    Parameters
    ----------
    curve
        ``customers_share`` and ``net_amount_share``, from (0, 0) to (1, 1), ascending.
    even_label
        What the straight line stands for.
    customers_label, share_label
        What the axes count.
    """
    side, left, below, above = 360.0, 54.0, 50.0, 34.0
    height, width = side + below + above, side
    with theme.style():
        figure = theme.figure(height)
        axes = figure.add_axes((left / theme.WIDTH, below / height, width / theme.WIDTH, side / height))
        steep = curve.iloc[::-1].reset_index(drop=True)  # the end is steep: it is kept in full
        shown = steep.iloc[_thinned(steep["net_amount_share"]).index]
        x, y = shown["customers_share"], shown["net_amount_share"]
        axes.fill_between(x, y, x, color=theme.BLUE, alpha=0.11, linewidth=0)
        axes.plot([0, 1], [0, 1], color=theme.FAINT, linewidth=1.5)
        _curve(axes, x, y, 1)
        ticks = [0, 0.25, 0.5, 0.75, 1]
        axes.set_xticks(ticks)
        axes.set_yticks(ticks)
        axes.xaxis.set_major_formatter(lambda value, position: fmt_share(value))
        axes.yaxis.set_major_formatter(lambda value, position: fmt_share(value))
        axes.grid()
        muted: dict[str, Any] = {"color": theme.MUTED, "fontsize": theme.SMALL_SIZE}
        label(axes, 0.47, 0.52, even_label, ha="right", va="bottom", **muted)
        label(
            axes, 1.0, -38 / side, customers_label, ha="right", va="baseline", transform=axes.transAxes,
            **muted,
        )  # fmt: skip
        label(
            axes, -left / width, 1 + 18 / side, share_label, 360, va="baseline", transform=axes.transAxes,
            **muted,
        )  # fmt: skip
        return finish(figure, title, alt)


def _curve(axes: Axes, x: Sequence[float] | pd.Series, y: Sequence[float] | pd.Series, right: float) -> None:
    """Draw a curve of shares up to 1 over what runs from 0 to ``right``."""
    sns.lineplot(
        x=x, y=y, estimator=None, sort=False, color=theme.BLUE, linewidth=2.5, clip_on=False, legend=False,
        ax=axes,
    )  # fmt: skip
    axes.set(xlim=(0, right), ylim=(0, 1), xlabel="", ylabel="")


def _key(axes: Axes, bands: Sequence[Band], width: float, height: float) -> None:
    """Draw what each tier holds, at the bottom right, where the curve never comes."""
    names = max((theme.text_width(band.name, bold=True) for band in bands), default=0.0)
    texts = max((theme.text_width(band.text) for band in bands), default=0.0)
    start = max(width - names - min(texts, 260.0) - 26, width * 0.35)
    for number, band in enumerate(reversed(bands)):
        line = (18 + 21 * number) / height
        label(
            axes, start / width, line, band.name, transform=axes.transAxes, fontweight="bold", va="baseline"
        )
        label(axes, (start + names + 12) / width, line, band.text, width - start - names - 14,
              transform=axes.transAxes, va="baseline")  # fmt: skip


def _thinned(curve: pd.Series) -> pd.Series:
    """At most so many points, the steep beginning in full: the eye sees the same, the page stays small."""
    curve = curve.reset_index(drop=True)
    if len(curve) <= _MOST_POINTS:
        return curve
    dense = _MOST_POINTS // 2
    step = (len(curve) - dense) / (_MOST_POINTS - dense)
    rest = {int(dense + step * (number + 1)) - 1 for number in range(_MOST_POINTS - dense)}
    return curve.iloc[sorted({*range(dense), *rest, len(curve) - 1})]
