"""Growth at constant rates: sales in other currencies at the average rates of a year earlier.

Sales of a month are converted back into their own currency, at the rates used, and then at the average rate of the same
month a year earlier. The difference is the exchange effect; the rest of the change is growth.
"""

from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from helpers.core.frames.groups import GROUP, NOT_RECORDED, UNASSIGNED
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, Span
from helpers.engine.connection import to_pandas
from helpers.engine.store import FactStore
from helpers.intake.values.rates import FILE


@dataclass(frozen=True)
class Exchange:
    """Exchange effects on sales, as of a month.

    Attributes
    ----------
    unknown
        Codes of other currencies of which there is no rate of a year earlier, in the month or the year to date: growth
        at constant rates is then not known.
    held_days
        Days of the month on which something was sold in a currency at the rate of an earlier day, for want of its own.
    """

    month: pd.Period
    unknown: tuple[str, ...]
    held_days: int


def exchange_shares(rates: pd.DataFrame, span: Span, year: CompanyYear = CALENDAR_YEAR) -> pd.DataFrame:
    """Return the exchange share of an amount: 1 less last year's average rate over the day's rate.

    Parameters
    ----------
    rates
        currency, day, rate, of_day: `helpers.intake.values.rates`, of the report's months alone.
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
    return Exchange(month, tuple(sorted(set(lacking))), held_days)


# Ibis columns, not pandas: `isnull` is Ibis' name.
# ruff: noqa: PD003


def has_rates(facts: FactStore) -> bool:
    """Return whether sales have currencies with changing rates."""
    return facts.tables.has("order_lines", "currency") and (facts.tables.folder / FILE).exists()


def exchange_effects(
    facts: FactStore, days: ir.Table, people: ir.Table, span: Span
) -> tuple[pd.DataFrame, int]:
    """Return the exchange effect by group, month and currency, and the days that use an earlier day's rate.

    Parameters
    ----------
    days
        The fact `currency_days`, of the scope.
    people
        customer_id and group.
    span
        The months looked at; it ends with the report's.

    Returns
    -------
    pandas.DataFrame
        kind, group (as in a composition), month, currency, exchange_amount (NaN: of a currency without a rate a year
        earlier).
    int
        Days of the last month on which something was sold at the rate of an earlier day.
    """
    rates = pd.read_parquet(facts.tables.folder / FILE)
    rates = rates[pd.to_datetime(rates["day"]) <= facts.year.ends(facts.month)]
    sold = _with_shares(days, rates, span, facts.year)
    people = people.select("group", label_of="customer_id")
    joined = sold.left_join(people, sold.customer_id == people.label_of)
    kind = ibis.cases(
        (joined.customer_id.isnull(), UNASSIGNED), (joined.group.isnull(), NOT_RECORDED), else_=GROUP
    )
    joined, keys = joined.mutate(kind=kind), ["kind", "group", "month", "currency"]
    # Sums of decimals do not depend on the order of threads.
    sums = joined.group_by(keys).agg(
        exchange_amount=(joined.net_amount.cast("float64") * joined.share)
        .cast("decimal(28, 8)")
        .sum()
        .cast("float64"),
        unknown=joined.count(where=~joined.known),
    )
    found = to_pandas(sums.order_by([ibis.asc(key, nulls_first=False) for key in keys]))
    found["exchange_amount"] = found["exchange_amount"].round(4).where(found.pop("unknown") == 0)
    held_lines = sold.filter(sold.held, sold.month == ibis.date(span.last.to_timestamp().date()))
    return found, int(held_lines.day.nunique().to_pyarrow().as_py())


def _with_shares(days: ir.Table, rates: pd.DataFrame, span: Span, year: CompanyYear) -> ir.Table:
    """Return the days of some months in currencies that have rates, with ``share`` (0: not ``known``) and ``held``."""
    shares = exchange_shares(rates, span, year)
    schema = ibis.schema(
        {"rate_of": "string", "rate_day": "date", "exchange_share": "float64", "is_held": "boolean"}
    )
    by_day = shares.assign(day=shares["day"].dt.date).set_axis(schema.names, axis=1)
    known = ibis.memtable(by_day, schema=schema)
    first, last = (month.to_timestamp().date() for month in (span.first, span.last))
    inside = days.filter(days.month.between(ibis.date(first), ibis.date(last)))
    inside = inside.filter(inside.currency.isin(sorted(set(rates["currency"])) or [""]))
    joined = inside.left_join(known, [inside.currency == known.rate_of, inside.day == known.rate_day])
    is_known = (~joined.exchange_share.isnan()).fill_null(False)
    return joined.select(
        *days.columns, known=is_known, share=is_known.ifelse(joined.exchange_share, 0.0),
        held=joined.is_held.fill_null(False),
    )  # fmt: skip
