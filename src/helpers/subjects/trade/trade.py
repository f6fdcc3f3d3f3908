"""Each customer's purchases of the month and year to date, against expectations."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from helpers.core.amounts import from_units, sum_by, to_units
from helpers.core.disclosure import disclosed_growth, disclosed_share, disclosed_total
from helpers.core.frames.answer import Answer
from helpers.core.frames.lookup import index_positions, largest_first, look_up
from helpers.core.periods import (
    CALENDAR_YEAR,
    CompanyYear,
    Span,
    trailing_year,
    up_to_month,
    year_ago,
    year_to_date,
)
from helpers.engine.months.windows import Window
from helpers.subjects.targets.plan import monthly_plans, plans_for

SPANS = ("month", "year")
#: Bases of an expectation, best first.
BASES = ("customer", "trade_class", "plan", "last_year")
#: Those that tell of others' sales, and what they are called where a scope gets them rounded.
ROUNDED_BASES = {"trade_class": "trade_class_rounded", "plan": "plan_rounded"}
#: Customers who first bought later than this many months into last year's span have no full comparison.
NEW_MONTHS = 2
#: Months in a customer's row.
#: Trade is used over two years and compared with the previous year each month.
MONTHS_LOOKED_AT = 36


@dataclass(frozen=True)
class Trade(Answer):
    """Sales of the month and of the year to date against expectations.

    Attributes
    ----------
    customers
        One row a customer with sales or an expectation, by sales of the year to date: customer_id, name, trade_class,
        salesperson_name; for each span (``month``: the report's month, ``year``: the year to date) SPAN_amount,
        SPAN_previous_amount (a year earlier), SPAN_expected_amount (NaN: nothing to expect it from), SPAN_basis
        (`BASES`, of a scope `ROUNDED_BASES` for two of them; None), SPAN_gap_amount (sales - expected),
        SPAN_attainment (sales / expected), SPAN_share (of the company's sales), SPAN_expected_share (expected, of what
        is expected of the company); shares are NaN if the scope may not see them.
    classes
        The same columns by trade_class (NaN: not recorded), customers counted; of the company a class's own target
        is its expectation where one is given, else what is expected of its customers adds up.
    months
        month (datetime64), net_amount, previous_amount: all of the scope's sales over the last 24 months.
    matrix
        Net sales by customer_id (index, as in ``customers``) and each of the last 12 months (columns, period[M]).
    """

    month: pd.Period
    customers: pd.DataFrame
    classes: pd.DataFrame
    months: pd.DataFrame
    matrix: pd.DataFrame
    year: CompanyYear = CALENDAR_YEAR


def required_measures(month: pd.Period) -> dict[str, Window]:
    """Return the measures of each customer that `trade` needs beside its months: the first with net sales above 0."""
    return {"since": Window("net_amount", up_to_month(month), "first")}


def trade(
    customers: pd.DataFrame,
    by_customer: pd.DataFrame,
    sold: pd.DataFrame,
    unassigned_months: pd.DataFrame,
    targets: pd.DataFrame,
    month: pd.Period,
    first_month: pd.Period,
    keep: set[str] | None = None,
    *,
    show_company_shares: bool = True,
    after_day: tuple[pd.Series, pd.DataFrame] | None = None,
    year: CompanyYear = CALENDAR_YEAR,
) -> Trade:
    """Compare each customer's sales with its expectation.

    Expected is the customer's own target; else its sales a year earlier times what the target of its trade class asks
    for over the class's sales then; else the same with the company's target; else its sales a year earlier as they
    were. A scope gets the growth that the target of a class or the company asks for rounded (`disclosed_growth`):
    with all its digits it would tell what others sold. Who has no target and bought nothing a year earlier, or came
    in the course of that span (more than `NEW_MONTHS` after its first month), has no expectation: a part of a year
    is not a measure of a year.

    Parameters
    ----------
    customers, unassigned_months, targets
        Facts of these names, the whole company's; targets of metric ``net_sales`` are used.
    by_customer
        customer_id and the column of `required_measures`, the whole company's.
    sold
        Net sales of the last `MONTHS_LOOKED_AT`, the whole company's: see `windows.amounts_by_month`.
    month, first_month
        The report's, and the first of the data: a year that the data do not hold is not a year without sales.
    keep
        Customers of the scope; None: the company.
    show_company_shares
        Whether a scope may see its share of the company: rounded (`disclosed_share`), never to the cent.
    after_day
        Of a month that is not over: net sales of the month a year earlier after the day that it has reached, which are
        not compared with; by customer, and month and net_amount of those without a customer.
    """
    people = customers.set_index("customer_id").sort_index()
    table = pd.DataFrame(index=people.index)
    for column in ("name", "trade_class", "salesperson_name"):
        table[column] = people[column]
    nobody = pd.Series(
        to_units(unassigned_months["net_amount"]), pd.PeriodIndex(unassigned_months["month"], freq="M")
    )
    everyone = sold.sum() + nobody.reindex(sold.columns, fill_value=0)
    sums = sold.take(index_positions(sold.index, table.index))
    since = look_up(table.index, by_customer.set_index("customer_id")["since"])
    compared, all_compared = sums, everyone
    if after_day is not None:
        compared, all_compared = _without_rest(sums, everyone, year_ago(month), *after_day)
    to_date = year_to_date(month, year)
    for name, span in (("month", Span(month, month)), ("year", to_date)):
        both = (sums, compared), (everyone, all_compared)
        _add_span(table, *both, targets, since, name, span, first_month, tells_all=keep is None)
    if keep is not None and not show_company_shares:
        table[[f"{name}_{kind}share" for name in SPANS for kind in ("", "expected_")]] = np.nan
    own = table if keep is None else table[table.index.isin(keep)]
    own = own[(own["year_amount"] != 0) | own["year_expected_amount"].notna()]
    own = largest_first(own.reset_index(), "year_amount")
    own = own.reset_index(drop=True)
    in_all, all_before = everyone, all_compared
    if keep is not None:
        in_all, all_before = (rows[rows.index.isin(keep)].sum() for rows in (sold, compared))
    shown = sold.loc[:, trailing_year(month).months()]
    matrix = from_units(shown.take(index_positions(sold.index, pd.Index(own["customer_id"]))))
    classes = _classes(own, targets if keep is None else targets.iloc[:0], month, to_date)
    if keep is not None:  # rounded once the classes are added up
        for frame in (own, classes):
            for column in frame.columns[frame.columns.str.endswith("_share")]:
                frame[column] = disclosed_share(frame[column])
    return Trade(
        month=month,
        customers=own,
        classes=classes,
        months=_months(in_all, all_before, month, first_month),
        matrix=matrix.rename_axis(index=None),
        year=year,
    )


def _without_rest(
    sums: pd.DataFrame, everyone: pd.Series, month: pd.Period, rest: pd.Series, nobody: pd.DataFrame
) -> tuple[pd.DataFrame, pd.Series]:
    """Return customers' and total sums, less the sales of one month after a day."""
    units = to_units(rest.reindex(sums.index).fillna(0.0))
    without = nobody[Span(month, month).holds(nobody["month"])]
    sums = sums.copy()
    sums[month] = sums[month].to_numpy() - units
    amount = int(to_units(rest).sum()) + int(to_units(without["net_amount"]).sum())
    return sums, everyone.where(everyone.index != month, everyone - amount)


def targets_by(targets: pd.DataFrame, scope_type: str, span: Span) -> pd.Series:
    """Return the target of a span for each scope_id, in money to the cent; only if every month is planned."""
    return plans_for(monthly_plans(targets, scope_type), span).dropna().round(2)


def _add_span(
    table: pd.DataFrame,
    sums: tuple[pd.DataFrame, pd.DataFrame],
    everyone: tuple[pd.Series, pd.Series],
    targets: pd.DataFrame,
    since: pd.Series,
    name: str,
    span: Span,
    first_month: pd.Period,
    *,
    tells_all: bool,
) -> None:
    """Add the columns of one span; ``since`` is the month of each customer's first purchase.

    Unless it ``tells_all``, shares and growth are those that a scope may know. ``sums`` and ``everyone`` are of the
    span, and of the compared part of the previous year.
    """
    spans = (span, span.year_back())
    amount, before = (
        from_units(monthly.loc[:, part.months()].sum(axis=1))
        for monthly, part in zip(sums, spans, strict=True)
    )
    known = first_month <= span.year_back().first
    before = before if known else before * np.nan
    company, company_before = (
        monthly.reindex(part.months(), fill_value=0) for monthly, part in zip(everyone, spans, strict=True)
    )
    class_before = sums[1].loc[:, spans[1].months()].groupby(table["trade_class"]).sum()
    whole = _sum_of_months if tells_all else _disclosed_months
    wholes = [whole(by_month) for _, by_month in class_before.iterrows()]
    of_class = look_up(table["trade_class"], pd.Series(wholes, class_before.index, dtype="float64"))
    company_target = float(targets_by(targets, "company", span).get("", np.nan))
    plan = company_target / whole(company_before) if known and company_before.sum() > 0 else np.nan
    class_target = look_up(table["trade_class"], targets_by(targets, "trade_class", span))
    asked = pd.DataFrame({"trade_class": class_target / of_class.where((of_class > 0) & known), "plan": plan})
    if not tells_all:
        asked = asked.apply(disclosed_growth)
    old = since <= (span.year_back().first + NEW_MONTHS).to_timestamp()
    base = before.where((before > 0) & old)
    options = {
        "customer": look_up(table.index, targets_by(targets, "customer", span)),
        "trade_class": base * asked["trade_class"],
        "plan": base * asked["plan"],
        "last_year": base,
    }
    expected = pd.Series(np.nan, index=table.index)
    basis = pd.Series(None, index=table.index, dtype="object")
    for option in BASES:
        values = options[option].astype("float64")
        basis = basis.where(expected.notna() | values.isna(), option)
        expected = expected.fillna(values)
    if not tells_all:
        basis = basis.replace(ROUNDED_BASES)
    expected_of_all = company_before if known else company_before * 0
    if np.isfinite(company_target):
        planned = monthly_plans(targets, "company").reindex(columns=span.months()).sum()
        expected_of_all = pd.Series(to_units(planned), planned.index)
    table[f"{name}_amount"], table[f"{name}_previous_amount"] = amount, before
    table[f"{name}_expected_amount"], table[f"{name}_basis"] = expected.round(4), basis
    _add_comparison(table, name)
    for kind, part, by_month in (("", amount, company), ("expected_", expected, expected_of_all)):
        of_all = company_target if kind and tells_all and np.isfinite(company_target) else whole(by_month)
        table[f"{name}_{kind}share"] = part / of_all if of_all > 0 else np.nan


def _sum_of_months(units: pd.Series) -> float:
    return float(from_units(units.sum()))


def _disclosed_months(units: pd.Series) -> float:
    return disclosed_total(from_units(units))


def _add_comparison(table: pd.DataFrame, name: str) -> None:
    amount, expected = table[f"{name}_amount"], table[f"{name}_expected_amount"]
    table[f"{name}_gap_amount"] = (amount - expected).round(4)
    table[f"{name}_attainment"] = amount / expected.where(expected > 0)


def _classes(own: pd.DataFrame, targets: pd.DataFrame, month: pd.Period, year: Span) -> pd.DataFrame:
    columns = [f"{name}_{kind}amount" for name in SPANS for kind in ("", "previous_", "expected_")]
    sums = sum_by(own, "trade_class", columns)
    sums["customers"] = own.groupby("trade_class", dropna=False, sort=True).size()
    for name, span in (("month", Span(month, month)), ("year", year)):
        plan = targets_by(targets, "trade_class", span).reindex(sums.index)
        sums[f"{name}_expected_amount"] = plan.fillna(sums[f"{name}_expected_amount"])
        basis = pd.Series(
            np.where(plan.notna(), "trade_class", "customers"), index=sums.index, dtype="object"
        )
        sums[f"{name}_basis"] = basis.where(sums[f"{name}_expected_amount"].notna(), None)
        _add_comparison(sums, name)
        shares = own.groupby("trade_class", dropna=False, sort=True)[f"{name}_share"]
        sums[f"{name}_share"] = shares.sum(min_count=1)
    sums = sums.reset_index()
    return largest_first(sums, "year_amount", then="trade_class", ignore_index=True)


def _months(sums: pd.Series, compared: pd.Series, month: pd.Period, first_month: pd.Period) -> pd.DataFrame:
    span = pd.period_range(max(month - 23, first_month), month, freq="M")
    before = [
        from_units(compared.get(year_ago(each), 0)) if year_ago(each) >= first_month else np.nan
        for each in span
    ]
    now = from_units(sums.reindex(span, fill_value=0).to_numpy())
    return pd.DataFrame({"month": span.to_timestamp(), "net_amount": now, "previous_amount": before})
