"""What festivals and their days are called."""

from __future__ import annotations

from helpers.present.numbers import Numbers
from helpers.settings.calendar.rules import Festival


def festival_label(festival: Festival, n: Numbers) -> str:
    """Return what readers call a festival, as it stands at the beginning of a sentence."""
    _ = n.words
    return {
        "spring_festival": _("The Spring Festival"),
        "ramadan": _("The end of Ramadan"),
        "easter": _("Easter"),
        "golden_week": _("The Golden Week"),
    }[festival]


def days_text(days: float, n: Numbers) -> str:
    """Write a number of working days: whole, or with a half."""
    return n.count(days) if float(days).is_integer() else n.decimal(days, 1)
