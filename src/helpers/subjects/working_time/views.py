"""Views of working days: the change per working day, and the effect of moving festivals."""

import pandas as pd

from helpers.core.periods import year_ago
from helpers.present.findings import findings
from helpers.present.numbers import Numbers
from helpers.settings.periods import Festival
from helpers.subjects.working_time.working_time import Aligned, Shift, WorkingTime


def festival_label(festival: Festival, n: Numbers) -> str:
    """Return the label of a festival at the start of a sentence."""
    _ = n.words
    return {
        "spring_festival": _("The Spring Festival"), "ramadan": _("The end of Ramadan"),
        "easter": _("Easter"), "golden_week": _("The Golden Week"),
        "august": _("The holidays of August"),
    }[festival]  # fmt: skip


def days_text(days: float, n: Numbers) -> str:
    """Return a number of working days, or of weeks, as text: whole, or with one decimal."""
    return n.count(days) if float(days).is_integer() else n.decimal(days, 1)


def working_sentences(
    result: WorkingTime | None, change_percent: float, ytd_change_percent: float, n: Numbers
) -> list[str]:
    """Return the effect of working days and festivals; nothing without a calendar.

    Parameters
    ----------
    change_percent, ytd_change_percent
        Of net sales of the month, and of the year to date, on last year; NaN: unknown.
    """
    if result is None:
        return []
    provisional = len(result.provisional) and n.words(
        "The working days of {years} are provisional: which weekends are worked in place of days off is not known yet.",
        years=n.words.listed(map(str, result.provisional)),
    )
    shifted: list[str | None] = [_shifted(result, each, n) for each in result.shifts]
    by_trade = _by_trade(result, change_percent, ytd_change_percent, n)
    if result.aligned is not None:
        shifted, by_trade = [_aligned(result, result.aligned, n)], None
    found = findings(
        _per_day(result, change_percent, n),
        *shifted,
        _together(result, ytd_change_percent, n),
        by_trade,
        provisional,
    )
    return [*found.sentences]


def _per_day(result: WorkingTime, change_percent: float, n: Numbers) -> str | None:
    _ = n.words
    change = result.per_day(change_percent)
    values = {
        "month": n.month(result.month), "days": days_text(result.days, n),
        "earlier": n.month(year_ago(result.month)), "before": days_text(result.last_year_days, n),
    }  # fmt: skip
    if pd.isna(change):
        return _("{month} had {days} working days, {earlier} {before}.", **values)
    if result.days == result.last_year_days and result.until is None:
        return _("{month} and {earlier} had {days} working days each: they compare as they are.", **values)
    values |= {"change": _risen(change, n), "raw": _risen(change_percent, n)}
    if result.until is not None:
        return _(
            "Up to {day}, {month} had {days} working days, {earlier} up to the same day {before}: per working day "
            "sales {change}, in all they {raw}.",
            day=n.date(result.until), **values,
        )  # fmt: skip
    return _(
        "{month} had {days} working days, {earlier} {before}: per working day sales {change}, in all they {raw}.",
        **values,
    )


def _risen(change_percent: float, n: Numbers) -> str:
    """Return a change as a predicate: ``rose 4.0%``."""
    _, change = n.words, n.in_percent(abs(change_percent))
    if change == n.in_percent(0.0):
        return _("stayed the same")
    return _("rose {change}", change=change) if change_percent > 0 else _("fell {change}", change=change)


def _shifted(result: WorkingTime, shift: Shift, n: Numbers) -> str | None:
    _ = n.words
    named = shift.now or shift.before
    if named is None:
        return None
    values = {
        "festival": festival_label(named.festival, n),
        "month": n.month(result.month), "days": n.count(shift.days),
        "earlier": n.month(year_ago(result.month)), "before": n.count(shift.days_before),
    }  # fmt: skip
    if shift.now is None:
        return _("{festival} had {before} days of {earlier} in its reach, and has none of {month}.", **values)
    return _(
        "{festival} ({day}) is felt from {first} to {last}: that is {days} days of {month}, and was {before} of "
        "{earlier}.",
        day=n.date(shift.now.day), first=n.date(shift.now.first), last=n.date(shift.now.last), **values,
    )  # fmt: skip


def _aligned(result: WorkingTime, aligned: Aligned, n: Numbers) -> str | None:
    _, change = n.words, aligned.change_percent
    if not result.days or not aligned.days:
        return None
    values = {
        "festival": festival_label(aligned.now.festival, n), "day": n.date(aligned.now.day),
        "before": n.date(aligned.before.day), "month": n.month(result.month), "first": n.date(aligned.first),
        "last": n.date(aligned.last), "days": days_text(result.days, n), "earlier": days_text(aligned.days, n),
    }  # fmt: skip
    if pd.isna(change):
        return _(
            "{festival} is on {day}, last year it was on {before}: {month} is compared with {first} to {last} too, the "
            "days that lie as far from it. Nothing was sold on those.",
            **values,
        )
    by_day = 100 * ((1 + change / 100) * aligned.days / result.days - 1)
    return _(
        "{festival} is on {day}, last year it was on {before}: {month} is compared with {first} to {last} too, the "
        "days that lie as far from it. Sales {raw} on those, per working day ({days} against {earlier}) they {change}.",
        raw=_risen(change, n),
        change=_risen(by_day, n),
        **values,
    )


def _together(result: WorkingTime, ytd_change_percent: float, n: Numbers) -> str | None:
    _ = n.words
    if not result.together:
        return None
    if result.month.month == 1:
        return _("January is to be read with February: at the end of February the two are compared as one.")
    change = result.per_day(ytd_change_percent, "ytd_last_year_days")
    if pd.isna(change):
        return None
    return _(
        "January and February are compared together: they had {days} working days, last year {before}; per working "
        "day sales {change}, in all they {raw}.",
        raw=_risen(ytd_change_percent, n), change=_risen(change, n),
        days=days_text(result.ytd_days, n), before=days_text(result.ytd_last_year_days, n),
    )  # fmt: skip


def to_date_sentence(result: WorkingTime | None, change_percent: float, n: Numbers) -> str | None:
    """Return the change of the year to date per working day beside it; None without a calendar, or where they agree."""
    if result is None or pd.isna(change_percent):
        return None
    if result.together:
        return _together(result, change_percent, n)
    change = result.per_day(change_percent, "ytd_last_year_days")
    if pd.isna(change) or result.ytd_days == result.ytd_last_year_days:
        return None
    return n.words(
        "The year to date had {days} working days, that of last year {before}: per working day sales {change}, in all "
        "they {raw}.",
        days=days_text(result.ytd_days, n), before=days_text(result.ytd_last_year_days, n), change=_risen(change, n),
        raw=_risen(change_percent, n),
    )  # fmt: skip


def _by_trade(
    result: WorkingTime, change_percent: float, ytd_change_percent: float, n: Numbers
) -> str | None:
    """Return the change without the trade lost to a moving festival; None if none moved or nothing is known.

    Trade is not lost evenly over the reach, so for months compared together only their total is used.
    """
    _ = n.words
    moved = [each.now or each.before for each in result.shifts]
    known = [each for each in moved if each is not None and result.lost.get(each.festival)]
    if not known or (result.together and result.month.month == 1):
        return None
    change, factor = (
        (ytd_change_percent, result.ytd_trade_change)
        if result.together
        else (change_percent, result.trade_change)
    )
    if pd.isna(change) or pd.isna(factor):
        return None
    values = {
        "festival": festival_label(known[0].festival, n),
        "lost": n.percent(result.lost[known[0].festival], 0),
        "change": _risen(100 * ((1 + change / 100) * factor - 1), n),
    }
    if result.together:
        return _(
            "{festival} took {lost} of trade in its reach in the years before: with that taken out, sales per working "
            "day of January and February together {change}.",
            **values,
        )
    return _(
        "{festival} took {lost} of trade in its reach in the years before: with that taken out, sales per working day "
        "{change}.",
        **values,
    )


def silence_sentences(result: WorkingTime | None, n: Numbers) -> list[str]:
    """Return the days that do not count as silence; nothing without a calendar or a festival nearby."""
    if result is None:
        return []
    return [
        n.words(
            "{festival}, {first} to {last}: a day without an order counts as {share} of a day of silence; to rest as "
            "all others do is no sign of leaving.",
            festival=festival_label(each.festival, n), first=n.date(each.first), last=n.date(each.last),
            share=n.percent(1 - lost, 0),
        )
        for each, lost in result.quiet
    ]  # fmt: skip
