"""Growth at constant rates: sales in other currencies at the average rates of a year earlier.

Sales of a month are converted back into their own currency, at the rates used, and then at the average rate of the same
month a year earlier. The difference is the exchange effect; the rest of the change is growth.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.periods import CALENDAR_YEAR, CompanyYear, Span


@dataclass(frozen=True)
class Exchange:
    """Exchange effects on sales, as of a month.

    Attributes
    ----------
    month
        The report's month.
    currencies
        Codes of the other currencies with sales in the months used.
    unknown
        Those of them of which there is no rate of a year earlier, in the month or the year to date: growth at constant
        rates is then not known.
    held_days
        Days of the month on which something was sold in a currency at the rate of an earlier day, for want of its own.
    """

    month: pd.Period
    currencies: tuple[str, ...]
    unknown: tuple[str, ...]
    held_days: int


def exchange_shares(rates: pd.DataFrame, span: Span, year: CompanyYear = CALENDAR_YEAR) -> pd.DataFrame:
    """Return the exchange share of an amount: 1 less last year's average rate over the day's rate.

    Parameters
    ----------
    rates
        currency, day, rate, of_day: `helpers.intake.values.rates`, of the report's months alone.
    span
        The months whose days are returned.
    year
        The company's year and months, in which the days lie.

    Returns
    -------
    pandas.DataFrame
        currency, day, exchange_share (0: the rate is what it was; NaN: there was none a year earlier), held
        (whether the rate is that of an earlier day); by currency and day.
    """
    rates = rates.assign(rate=rates["rate"].astype("float64"), day=pd.to_datetime(rates["day"]))
    starts = year.counts_in(rates["day"])
    months = starts.dt.to_period("M").rename("month")
    averages = rates.groupby(["currency", months], sort=True)["rate"].mean()
    inside = span.holds(starts)
    here = rates[inside]
    before = pd.MultiIndex.from_arrays([here["currency"], months[inside] - year.length])
    share = 1 - averages.reindex(before).to_numpy(dtype="float64") / here["rate"].to_numpy()
    # An average of equal rates is that rate but for the last bits: no rate is published with so many digits.
    share = np.where(np.abs(share) < 1e-12, 0.0, share)
    return pd.DataFrame(
        {
            "currency": here["currency"].to_numpy(), "day": here["day"].to_numpy(), "exchange_share": share,
            "held": here["of_day"].notna().to_numpy(),
        }
    )  # fmt: skip


def constant_changes(
    table: pd.DataFrame, effects: pd.DataFrame, spans: dict[str, tuple[Span, str, str]]
) -> pd.DataFrame:
    """Add each group's change in percent at constant rates; NaN if the change or a rate is unknown.

    Parameters
    ----------
    table
        kind, group, and the amounts that ``spans`` names.
    effects
        kind, group, month, exchange_amount (NaN: not known); the row of kind ``total`` is their sum.
    spans
        New column -> the months, the column of their amount, and that of the amount a year earlier.
    """
    added = {}
    for column, (span, now, before) in spans.items():
        inside = effects[span.holds(effects["month"])]
        values = []
        for kind, group, amount, earlier in table[["kind", "group", now, before]].itertuples(index=False):
            own = inside
            if kind != "total":
                same = inside["group"].isna() if pd.isna(group) else inside["group"] == group
                own = inside[(inside["kind"] == kind) & same]
            exchange = own["exchange_amount"].sum(skipna=False) if len(own) else 0.0
            known = earlier > 0 and not pd.isna(exchange)
            values.append(100 * (amount - exchange - earlier) / earlier if known else float("nan"))
        added[column] = values
    return table.assign(**added)


def exchange_of(effects: pd.DataFrame, month: pd.Period, ytd: Span, held_days: int) -> Exchange:
    """Return the currencies of the effects, and which of their rates are missing.

    Parameters
    ----------
    effects
        month, currency, exchange_amount.
    ytd
        The year to date: rates missing in it are reported.
    """
    here = effects[ytd.holds(effects["month"])]
    lacking = here.loc[here["exchange_amount"].isna(), "currency"]
    return Exchange(month, tuple(sorted(set(effects["currency"]))), tuple(sorted(set(lacking))), held_days)
