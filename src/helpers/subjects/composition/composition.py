"""Customer composition: net sales by a dimension, against last year, plan and policy."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, rounded_percent, shares, to_units
from helpers.core.disclosure import disclosed_share
from helpers.core.frames import groups
from helpers.core.frames.answer import Answer
from helpers.core.frames.groups import AMOUNTS, GROUP, NOT_RECORDED, UNASSIGNED
from helpers.core.frames.lookup import look_up
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, Span, trailing, year_ago, year_to_date
from helpers.engine.months.windows import Window
from helpers.subjects.exchange.exchange import Exchange
from helpers.subjects.targets import plan


@dataclass(frozen=True)
class Composition(Answer):
    """Net sales by the values of one dimension, as of a month.

    Money is in the report's currency, ``share`` columns are fractions, ``percent`` and ``points`` columns in percent.
    NaN means unknown or undefined, never zero: no data so far back, no plan, policy or cost, a share of no sales.

    Attributes
    ----------
    by, month, window_months
        The dimension, the report's month, the length of the trailing window that ends with it.
    window_complete
        Whether the data reach back to the first month of the window.
    groups
        One row per group, in the order in which they are listed: ``group`` (NaN unless kind is ``group``),
        ``kind`` (``group``; ``not_recorded``: customers without a value; ``unassigned``: lines without a
        customer id), and:

        - the window: customers (with net sales > 0), net_amount, share, share_percent (shown to 0.1, adding
          to 100.0);
        - the same window a year ago: customers_previous, net_amount_previous, share_previous,
          share_percent_previous, change_amount, change_percent (NaN if the previous year was not positive),
          share_change_points (of the exact shares);
        - the month: month_net_amount, last_month_net_amount, month_last_year_net_amount,
          month_change_percent (on last month), month_change_year_percent;
        - the year to date: ytd_net_amount, ytd_previous_net_amount, ytd_change_percent;
        - policy: policy_percent, gap_points (share - policy; negative: below policy), gap_amount (net_amount
          - policy x total; negative: so much is missing at the present total);
        - plan: plan_amount, plan_month_amount, plan_ytd_amount, attainment_percent, attainment_month_percent,
          attainment_ytd_percent (NaN if the month is not over: plans are of whole months);
        - margin in the window, on lines with a cost: margin_amount, margin_percent, cost_known_percent (how
          much of net sales has a cost);
        - company_share_percent, company_difference_points (own exact share - the company's), where the
          company's shares were given.
    total
        One row with the same columns for all groups together.
    history
        month, kind, group, net_amount, trailing_net_amount, trailing_share: ``history_months`` months that end with the
        report's month. Months before the data begin are left out; trailing figures are NaN if the window reaches back
        beyond the data.
    until, year, grouping
        The day that a month in course has reached, as months compared with; the company's; ``now`` or ``then``.
    exchange: `CompositionQueries._at_constant_rates`; None in one currency.
    """

    by: str
    month: pd.Period
    window_months: int
    window_complete: bool
    groups: pd.DataFrame
    total: pd.DataFrame
    history: pd.DataFrame
    until: dt.date | None = None
    year: CompanyYear = CALENDAR_YEAR
    exchange: Exchange | None = None
    grouping: str = "now"

    def company_shares(self) -> pd.DataFrame:
        """Return kind, group, share: all that a scoped report may know of the company. Rounded, and no money."""
        return self.groups[["kind", "group"]].assign(share=disclosed_share(self.groups["share"]))


def required_months(month: pd.Period, window_months: int, history_months: int) -> Span:
    """Return the months that `composition` needs."""
    first = trailing(month, window_months).year_back().first
    return Span(min(first, month - (history_months + window_months - 2)), month)


def activity_windows(month: pd.Period, window_months: int, until: dt.date | None = None) -> dict[str, Window]:
    """Return the windows by which `active_customers` counts; ``until`` is the day that a partial month has reached."""
    window = trailing(month, window_months)
    previous = Window("net_amount", window.year_back(), until=until)
    return {"net_amount": Window("net_amount", window), "net_amount_previous": previous}


def active_customers(by_customer: pd.DataFrame, customers: pd.DataFrame, by: str) -> pd.DataFrame:
    """Count the customers with net sales > 0 by group (NaN: not recorded).

    Parameters
    ----------
    by_customer
        customer_id and the columns of `activity_windows`.
    customers
        The fact of this name, or a part of its rows.

    Returns
    -------
    pandas.DataFrame
        group, customers, customers_previous.
    """
    group = look_up(by_customer["customer_id"], customers.set_index("customer_id")[by])
    active = pd.DataFrame(
        {
            "customers": by_customer["net_amount"] > 0,
            "customers_previous": by_customer["net_amount_previous"] > 0,
        }
    )
    return active.groupby(group.rename("group"), dropna=False, sort=True).sum().reset_index()


def composition(
    sold: pd.DataFrame,
    active: pd.DataFrame,
    month: pd.Period,
    first_month: pd.Period,
    by: str = "trade_class",
    window_months: int = 12,
    policy: Mapping[str, float] | None = None,
    order: Sequence[str] | None = None,
    unassigned: pd.DataFrame | None = None,
    targets: pd.DataFrame | None = None,
    plan_scope: tuple[str, str | None] = ("company", None),
    history_months: int = 24,
    company_shares: pd.DataFrame | None = None,
    after_day: pd.DataFrame | None = None,
    until: dt.date | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> Composition:
    """Compute net sales by group.

    Parameters
    ----------
    sold
        group (NaN: not recorded), month and the sums of `AMOUNTS`, of the months of `required_months`: what the fact
        customer_months of the company or one scope adds up to.
    active
        As `active_customers` returns it.
    month, first_month
        The report's month, and the first of the data, company-wide. What lies before it is unknown, not zero.
    by
        ``trade_class``, ``region``, ``size_class``, ``industry``, ``acquisition_source`` or ``channel``.
    window_months, history_months
        Lengths in months.
    policy
        Share in percent that company policy wants, by group; groups that it does not name have no policy.
    order
        Groups in the order in which they are listed; others follow by sales.
    targets
        The fact of this name; the total is compared with the net_sales targets of ``plan_scope``, groups by trade class
        (company only) against those of each class.
    plan_scope
        scope_type and scope_id of the total's targets.
    company_shares
        `Composition.company_shares` of the company's composition, to be shown beside a scope's own.
    until, after_day
        Of a month that is not over: the day that it has reached; and as ``sold``, with ``kind``, the net sales of the
        months compared with after it, which are left out. ``year`` is the company's.
    """
    window = trailing(month, window_months)
    months = _labelled(sold, unassigned, required_months(month, window_months, history_months))
    index = groups.group_order(months, pd.Series(window.holds(months["month"])), order or (), policy or ())
    months["place"] = groups.group_positions(index, months)
    spans = _spans(month, window, year_to_date(month, year))
    table = _money_by_period(months, index, month, spans, first_month)
    if after_day is not None:
        _subtract_days_after(table, after_day, index, spans, month)
    named = with_kind(active)
    table["customers"] = 0
    table.iloc[groups.group_positions(index, named), -1] = named["customers"]
    table["customers_previous"] = np.nan
    if first_month <= year_ago(window.first):
        table["customers_previous"] = 0.0
        table.iloc[groups.group_positions(index, named), -1] = named["customers_previous"].astype("float64")
    table = pd.concat([table, _total(table)])
    _add_shares_and_changes(table)
    _add_policy(table, policy or {})
    _add_plan(table, targets, plan_scope, by, spans)
    table[[name for name in COLUMNS if until and name.startswith("attainment")]] = np.nan
    _add_margin(table)
    _add_company_shares(table, company_shares)
    rows = table[COLUMNS].reset_index()
    return Composition(
        by=by,
        month=month,
        window_months=window_months,
        window_complete=first_month <= window.first,
        groups=rows[rows["kind"] != "total"].reset_index(drop=True),
        total=rows[rows["kind"] == "total"].reset_index(drop=True),
        history=_history(months, index, month, window_months, history_months, first_month),
        until=until,
        year=year,
    )


COLUMNS = [
    "customers", "net_amount", "share", "share_percent",
    "customers_previous", "net_amount_previous", "share_previous", "share_percent_previous",
    "change_amount", "change_percent", "share_change_points",
    "month_net_amount", "last_month_net_amount", "month_last_year_net_amount",
    "month_change_percent", "month_change_year_percent",
    "ytd_net_amount", "ytd_previous_net_amount", "ytd_change_percent",
    "policy_percent", "gap_points", "gap_amount",
    "plan_amount", "plan_month_amount", "plan_ytd_amount",
    "attainment_percent", "attainment_month_percent", "attainment_ytd_percent",
    "margin_amount", "margin_percent", "cost_known_percent",
    "company_share_percent", "company_difference_points",
]  # fmt: skip


def _labelled(sold: pd.DataFrame, unassigned: pd.DataFrame | None, span: Span) -> pd.DataFrame:
    """Return kind, group, month and `AMOUNTS` of all sales in a span."""
    months = with_kind(sold)
    if unassigned is not None:
        nobody = unassigned.loc[span.holds(unassigned["month"]), ["month", *AMOUNTS]]
        months = pd.concat([months, nobody.assign(kind=UNASSIGNED, group=None)], ignore_index=True)
    return months


def with_kind(rows: pd.DataFrame) -> pd.DataFrame:
    """Add the kind of group of each row: ``group``, or not recorded."""
    return rows.assign(kind=np.where(rows["group"].notna(), GROUP, NOT_RECORDED))


#: Sums that end with the report's month: 0, not NaN, if there are no customers.
PRESENT = ("net_amount", "month_net_amount", "ytd_net_amount")


def _spans(month: pd.Period, window: Span, year: Span) -> dict[str, Span]:
    one = Span(month, month)
    return {
        "net_amount": window, "net_amount_previous": window.year_back(),
        "month_net_amount": one, "last_month_net_amount": one.back(1),
        "month_last_year_net_amount": one.year_back(),
        "ytd_net_amount": year, "ytd_previous_net_amount": year.year_back(),
    }  # fmt: skip


def _money_by_period(
    months: pd.DataFrame, index: pd.MultiIndex, month: pd.Period, spans: dict[str, Span], begin: pd.Period
) -> pd.DataFrame:
    """Return net sales by group in each span; NaN for a span that begins before the data."""
    columns: dict[str, np.ndarray] = {}
    for column, span in spans.items():
        sums = np.nan_to_num(_sum_over(months, len(index), span, "net_amount"))
        is_unknown = span.last < month and span.first < begin
        columns[column] = np.full(len(index), np.nan) if is_unknown else sums
    for name in ("net_amount_with_cost", "cost_amount"):
        columns[name] = _sum_over(months, len(index), spans["net_amount"], name)
    return pd.DataFrame(columns, index=index)


def _subtract_days_after(
    table: pd.DataFrame, after: pd.DataFrame, index: pd.MultiIndex, spans: dict[str, Span], month: pd.Period
) -> None:
    """Subtract from each past span its last month's sales after the day that the report's month has reached."""
    after = after.assign(place=groups.group_positions(index, after))
    for column, span in spans.items():
        if span.last < month:
            rest = _sum_over(after, len(index), Span(span.last, span.last), "net_amount")
            table[column] = (table[column] - np.nan_to_num(rest)).round(4)


def _sum_over(months: pd.DataFrame, size: int, span: Span, column: str) -> np.ndarray:
    """Return exact sums by position in a span; NaN if no amount is known."""
    inside = span.holds(months["month"])
    places, amounts = months["place"].to_numpy(dtype="int64")[inside], months[column].to_numpy()[inside]
    units = np.zeros(size, dtype="int64")
    np.add.at(units, places, to_units(amounts))
    known = np.bincount(places[~np.isnan(amounts)], minlength=size) > 0
    return np.where(known, from_units(units), np.nan)


def _total(table: pd.DataFrame) -> pd.DataFrame:
    """Return the sum of the rows; NaN if all are NaN."""
    total = {}
    for column in table.columns:
        known = table[column].notna().any() or (table.empty and column in PRESENT)
        total[column] = from_units(int(to_units(table[column]).sum())) if known else np.nan
    total["customers"] = int(table["customers"].sum())
    return pd.DataFrame([total], index=pd.MultiIndex.from_tuples([("total", None)], names=["kind", "group"]))


def _percent(part: pd.Series, base: pd.Series) -> pd.Series:
    return 100 * part / base.where(base > 0)


def _add_shares_and_changes(table: pd.DataFrame) -> None:
    body = (table.index.get_level_values("kind") != "total").nonzero()[0]
    for amount, share, percent in (
        ("net_amount", "share", "share_percent"),
        ("net_amount_previous", "share_previous", "share_percent_previous"),
    ):
        amounts = table[amount].to_numpy()[body]
        full_share = 1.0 if len(body) and to_units(amounts).sum() > 0 else np.nan
        table[share] = np.append(shares(amounts), full_share)
        table[percent] = np.append(rounded_percent(amounts), 100 * full_share)
    net, before = table["net_amount"], table["net_amount_previous"]
    table["change_amount"] = (net - before).round(4)
    table["change_percent"] = _percent(net - before, before)
    table["share_change_points"] = 100 * (table["share"] - table["share_previous"])
    this, last = table["month_net_amount"], table["last_month_net_amount"]
    year = table["month_last_year_net_amount"]
    table["month_change_percent"] = _percent(this - last, last)
    table["month_change_year_percent"] = _percent(this - year, year)
    ytd, ytd_before = table["ytd_net_amount"], table["ytd_previous_net_amount"]
    table["ytd_change_percent"] = _percent(ytd - ytd_before, ytd_before)


def _add_policy(table: pd.DataFrame, policy: Mapping[str, float]) -> None:
    targets = np.array([policy.get(name, np.nan) if kind == GROUP else np.nan for kind, name in table.index])
    total = table["net_amount"].iloc[-1]
    table["policy_percent"] = targets.astype("float64")
    table["gap_points"] = 100 * table["share"] - targets
    table["gap_amount"] = (table["net_amount"] - targets / 100 * total).round(4) if total > 0 else np.nan


def _add_plan(
    table: pd.DataFrame,
    targets: pd.DataFrame | None,
    plan_scope: tuple[str, str | None],
    by: str,
    spans: dict[str, Span],
) -> None:
    actual = {"": "net_amount", "_month": "month_net_amount", "_ytd": "ytd_net_amount"}
    owners: list[tuple[str, str | None] | None] = []
    for kind, name in table.index:
        by_class = kind == GROUP and by == "trade_class" and plan_scope[0] == "company"
        owners.append(plan_scope if kind == "total" else ("trade_class", name) if by_class else None)
    plans = [plan.monthly_plan(targets, *key) if key and targets is not None else None for key in owners]
    for suffix, name in actual.items():
        planned = [np.nan if it is None else plan.plan_for(it, spans[name]) for it in plans]
        table[f"plan{suffix}_amount"] = planned
        table[f"attainment{suffix}_percent"] = _percent(table[name], table[f"plan{suffix}_amount"])


def _add_margin(table: pd.DataFrame) -> None:
    costed = table["net_amount_with_cost"]
    table["margin_amount"] = (costed - table["cost_amount"]).round(4)
    table["margin_percent"] = _percent(table["margin_amount"], costed)
    table["cost_known_percent"] = _percent(costed, table["net_amount"])


def _add_company_shares(table: pd.DataFrame, company: pd.DataFrame | None) -> None:
    known: dict[tuple[str, str | None], float] = {}
    if company is not None:
        known = dict(zip(groups.group_keys(company["kind"], company["group"]), company["share"], strict=True))
    shares_there = [known.get(key, np.nan) for key in groups.group_keys(*zip(*table.index, strict=True))]
    table["company_share_percent"] = 100 * np.array(shares_there, dtype="float64")
    table["company_difference_points"] = 100 * table["share"] - table["company_share_percent"]


def _history(
    months: pd.DataFrame,
    index: pd.MultiIndex,
    month: pd.Period,
    window_months: int,
    history_months: int,
    begin: pd.Period,
) -> pd.DataFrame:
    """Return net sales of each month by group, and the trailing window's share at each month end."""
    every = pd.period_range(min(begin, month), month, freq="M")
    rows = months["place"].to_numpy("int64")
    columns = every.get_indexer(pd.PeriodIndex(months["month"], freq="M"))
    units = np.zeros((len(index), len(every)), dtype="int64")
    inside = columns >= 0
    np.add.at(units, (rows[inside], columns[inside]), to_units(months["net_amount"])[inside])
    sums = np.cumsum(np.pad(units, ((0, 0), (window_months, 0))), axis=1)
    sums = np.pad(sums, ((0, 0), (1, 0)))
    trailing_units = (sums[:, window_months:] - sums[:, :-window_months])[:, 1:].astype("float64")
    trailing_units[:, : window_months - 1] = np.nan
    totals = trailing_units.sum(axis=0)
    fractions = np.divide(
        trailing_units, totals, out=np.full_like(trailing_units, np.nan), where=np.nan_to_num(totals) > 0
    )
    kept, size = every[keep := slice(max(0, len(every) - history_months), None)], len(index)
    return pd.DataFrame(
        {
            "month": np.repeat(kept.to_timestamp().to_numpy(), size),
            "kind": np.tile(index.get_level_values("kind").to_numpy(), len(kept)),
            "group": np.tile(index.get_level_values("group").to_numpy(), len(kept)),
            "net_amount": from_units(units[:, keep]).T.ravel(),
            "trailing_net_amount": from_units(trailing_units[:, keep]).T.ravel(),
            "trailing_share": fractions[:, keep].T.ravel(),
        }
    )
