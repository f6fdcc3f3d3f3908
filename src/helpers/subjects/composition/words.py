"""What readers call the movements of the bridge, and the spans that are compared."""

from __future__ import annotations

from helpers.present.numbers import Numbers
from helpers.present.words import Words
from helpers.subjects.composition.bridge import MONTHS_BACK, Bridge
from helpers.subjects.composition.price_volume_mix import PriceVolumeMix


def movement(name: str, _: Words) -> str:
    """The name of a movement of the bridge: words of two periods, which no state of customers has."""
    return {
        "new": _("Started buying"),
        "reactivated": _("Reactivated"),
        "growing": _("Growing"),
        "shrinking": _("Shrinking"),
        "lost": _("Stopped buying"),
        "unassigned": _("No customer named"),
    }[name]


def windows(result: Bridge | PriceVolumeMix, n: Numbers) -> tuple[str, str]:
    """What the earlier and this window are called: by their last month."""
    months = (n.month_short(result.month - MONTHS_BACK[result.against]), n.month_short(result.month))
    before, now = (
        n.words("{months} months to {month}", months=result.window_months, month=month) for month in months
    )
    return before, now
