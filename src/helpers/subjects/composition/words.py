"""Labels of the bridge's movements and of the compared windows."""

import pandas as pd

from helpers.present import labels
from helpers.present.numbers import Numbers
from helpers.present.words import Words
from helpers.subjects.composition.bridge import Bridge, base_distance
from helpers.subjects.composition.composition import Composition
from helpers.subjects.composition.price_volume_mix import PriceVolumeMix


def movement(name: str, _: Words) -> str:
    """Return the label of a movement of the bridge."""
    return {
        "new": _("Started buying"),
        "reactivated": _("Reactivated"),
        "growing": _("Growing"),
        "shrinking": _("Shrinking"),
        "lost": _("Stopped buying"),
        "unassigned": _("No customer named"),
    }[name]


def grouped_then(result: Composition, n: Numbers) -> str | None:
    """Return a note that customers count in their recorded groups; empty for today's grouping."""
    if result.grouping == "now":
        return None
    return n.words(
        "Each month counts by the {dimension} that was on record at its end, not by today's.",
        dimension=labels.dimension_name(result.by, n.words),
    )


def windows(result: Bridge | PriceVolumeMix, n: Numbers) -> tuple[str, str]:
    """Return the labels of the earlier and this window, by their last month."""
    months = (
        n.month_short(result.month - base_distance(result.against, result.month)),
        n.month_short(result.month),
    )
    before, now = (
        n.words("{months} months to {month}", months=result.window_months, month=month) for month in months
    )
    return before, now


def window_caption(result: Composition, n: Numbers) -> str:
    """Return the caption of a table of the window's net sales."""
    return n.words(
        "Net sales of the {months} months to {month} by {dimension}, in {currency}",
        months=result.window_months, month=n.month(result.month), dimension=labels.dimension_name(result.by, n.words),
        currency=n.currency,
    )  # fmt: skip


def incomplete(result: Composition, n: Numbers) -> str | None:
    """Say that the data do not reach back over the window; None where they do."""
    if result.window_complete:
        return None
    return n.words(
        "The data do not reach back over the whole window of {months} months: the figures cover what there is.",
        months=result.window_months,
    )


def change_clause(change_percent: float, n: Numbers) -> str:
    """Say the change on the year before behind a figure; nothing where it is not known."""
    if pd.isna(change_percent):
        return ""
    return n.words(", {change} on the year before", change=n.change_in_percent(change_percent))


def against_plan(total: pd.Series, result: Composition, n: Numbers) -> str | None:
    """Say how much of the plan is reached; None without one."""
    _ = n.words
    if pd.isna(total["attainment_ytd_percent"]):
        return None
    return _(
        "The year to date stands at {share}; {month} alone at {monthly}.",
        share=labels.share_of_plan(total["attainment_ytd_percent"] / 100, n), month=n.month(result.month),
        monthly=labels.share_of_plan(total["attainment_month_percent"] / 100, n),
    )  # fmt: skip
