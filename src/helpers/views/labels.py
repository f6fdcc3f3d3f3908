"""What readers call dimensions, groups and movements."""

from __future__ import annotations

import pandas as pd

from helpers.analysis.bridge import MONTHS_BACK, Bridge
from helpers.analysis.groups import GROUP, UNASSIGNED
from helpers.analysis.price_volume_mix import PriceVolumeMix
from helpers.views.numbers import Numbers
from helpers.views.words import Words


def dimension(by: str, _: Words) -> str:
    """The name of a dimension, as it stands in a sentence."""
    return {
        "trade_class": _("trade class"),
        "region": _("region"),
        "size_class": _("customer size"),
        "industry": _("industry"),
        "acquisition_source": _("acquisition source"),
    }[by]


def dimension_heading(by: str, _: Words) -> str:
    """The name of a dimension, at the head of a column or a chart."""
    return {
        "trade_class": _("Trade class"),
        "region": _("Region"),
        "size_class": _("Customer size"),
        "industry": _("Industry"),
        "acquisition_source": _("Acquisition source"),
    }[by]


def groups(frame: pd.DataFrame, _: Words) -> pd.Series:
    """What the rows of an analysis' ``groups`` frame are called (columns kind and group)."""
    other = (
        frame["kind"].map({UNASSIGNED: _("No customer named"), "total": _("Total")}).fillna(_("Not recorded"))
    )
    return frame["group"].where(frame["kind"] == GROUP, other).astype("object")


def movement(name: str, _: Words) -> str:
    """The name of a movement of the bridge."""
    return {
        "new": _("New"),
        "reactivated": _("Reactivated"),
        "growing": _("Growing"),
        "shrinking": _("Shrinking"),
        "lost": _("Lost"),
        "unassigned": _("No customer named"),
    }[name]


def windows(result: Bridge | PriceVolumeMix, n: Numbers) -> tuple[str, str]:
    """What the earlier and this window are called: by their last month."""
    months = (n.month_short(result.month - MONTHS_BACK[result.against]), n.month_short(result.month))
    before, now = (
        n.words("{months} months to {month}", months=result.window_months, month=month) for month in months
    )
    return before, now
