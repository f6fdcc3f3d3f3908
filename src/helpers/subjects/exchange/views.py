"""Views of exchange rates: a sentence on the exchange effect in growth."""

import pandas as pd

from helpers.core.periods import year_ago
from helpers.present.findings import findings
from helpers.present.numbers import Numbers
from helpers.subjects.exchange.exchange import Exchange


def exchange_sentences(
    result: Exchange | None, month: tuple[float, float], ytd: tuple[float, float], n: Numbers
) -> list[str]:
    """Return the exchange effect in growth; nothing if there is one currency or rates do not change.

    Parameters
    ----------
    month, ytd
        Change of net sales on last year in percent: reported, and at constant rates. NaN: unknown.
    """
    if result is None:
        return []
    unknown = len(result.unknown) and n.words(
        "Growth at constant rates is not known: of {currencies} there is no rate of a year earlier.",
        currencies=n.words.listed(result.unknown),
    )
    held_note = result.held_days and n.words.ngettext(
        "On {n} day of {month} with sales in another currency no rate was published: the last one before it stands in.",
        "On {n} days of {month} with sales in another currency no rate was published: the last one before each stands "
        "in.",
        result.held_days, month=n.month(result.month),
    )  # fmt: skip
    return [*findings(*_grown(result, month, ytd, n), unknown, held_note).sentences]


def _grown(result: Exchange, month: tuple[float, float], ytd: tuple[float, float], n: Numbers) -> list[str]:
    _ = n.words
    sentences = []
    for (raw, constant), template in (
        (month, _(
            "At the average rates of {earlier} sales of {month} changed by {constant} on last year, reported {raw}: "
            "{points} of that is exchange."
        )),
        (ytd, _(
            "The year to date changed by {constant} at the rates of the same months last year, reported {raw}: "
            "{points} of that is exchange."
        )),
    ):  # fmt: skip
        if not (pd.isna(raw) or pd.isna(constant)):
            values = {
                "earlier": n.month(year_ago(result.month)), "month": n.month(result.month),
                "raw": n.change_in_percent(raw), "constant": n.change_in_percent(constant),
                "points": n.in_points(raw - constant),
            }  # fmt: skip
            sentences.append(template.format_map(values))
    return sentences[:1] if month == ytd else sentences
