"""Views of trade: sales against expectations, by class and customer."""

import numpy as np
import pandas as pd

from helpers.core.amounts import to_units
from helpers.core.periods import year_to_date
from helpers.core.proposals import Likelihood
from helpers.present import labels
from helpers.present.charts.bars import bullets
from helpers.present.charts.chart import Chart
from helpers.present.charts.heat import heat_map
from helpers.present.charts.lines import trend
from helpers.present.findings import Findings, WeighedFinding, findings, weighed
from helpers.present.name_lists import MAX_ROWS, display_names, measures, truncated_table
from helpers.present.numbers import Numbers, share_or_times
from helpers.present.table import Column, Table, behind, table
from helpers.present.words import Words
from helpers.subjects.trade.trade import Trade
from helpers.subjects.working_time.views import to_date_sentence
from helpers.subjects.working_time.working_time import WorkingTime

PAGE = "06_trade_performance"
#: Number of customers in the chart.
_DRAWN = 10


def basis_label(basis: str, _: Words) -> str:
    """Return the label of an expectation's basis."""
    return {
        "customer": _("own target"), "trade_class": _("target of its class"), "plan": _("company target"),
        "trade_class_rounded": _("target of its class, rounded"), "plan_rounded": _("company target, rounded"),
        "last_year": _("last year"), "customers": _("sum of its customers"),
    }[basis]  # fmt: skip


def trade_findings(result: Trade, n: Numbers, working: WorkingTime | None = None) -> Findings:
    """Return sales of the year to date, their change per working day, and the largest gaps."""
    return findings(*_sentences(result, n, working))


def _sentences(result: Trade, n: Numbers, working: WorkingTime | None) -> list[str | None]:
    _ = n.words
    rows = result.customers
    if rows.empty:
        return [_("None of these customers has sales this year or last.")]
    expected = rows[rows["year_expected_amount"].notna()]
    now, before = _to_date(result)
    return [
        _less_than_last_year(rows, n),
        to_date_sentence(working, 100 * (now / before - 1) if before > 0 else float("nan"), n),
        *labels.fiscal_year_notes(result.year, result.month, n),
        _furthest(expected, n, behind=True),
        _furthest(expected, n, behind=False),
        _newcomers(rows, n),
    ]


def _less_than_last_year(rows: pd.DataFrame, n: Numbers) -> str | None:
    """Return how many customers bought less than a year ago."""
    before = rows[rows["year_previous_amount"] > 0]
    if before.empty:
        return None
    less = int((before["year_amount"] < before["year_previous_amount"]).sum())
    return n.words.ngettext(
        "{n} of {all} customers of last year has bought less this year than in the same months of it.",
        "{n} of {all} customers of last year have bought less this year than in the same months of it.",
        less, all=n.count(len(before)),
    )  # fmt: skip


def _furthest(expected: pd.DataFrame, n: Numbers, *, behind: bool) -> str | None:
    _ = n.words
    rows = expected.sort_values(["year_gap_amount", "customer_id"], ascending=[behind, True])
    if rows.empty or (rows["year_gap_amount"].iloc[0] < 0) != behind or rows["year_gap_amount"].iloc[0] == 0:
        return None
    row = rows.iloc[0]
    values = {
        "customer": display_names(rows).iloc[0], "sales": n.money_short(row["year_amount"]),
        "gap": n.money_short(abs(row["year_gap_amount"])),
    }  # fmt: skip
    if behind:
        return _(
            "Furthest behind is {customer}: {sales} in the year to date, {gap} less than expected.", **values
        )
    return _("Furthest ahead is {customer}: {sales} in the year to date, {gap} more than expected.", **values)


def _newcomers(rows: pd.DataFrame, n: Numbers) -> str | None:
    new = rows[rows["year_expected_amount"].isna() & (rows["year_amount"] > 0)]
    if new.empty:
        return None
    return n.words.ngettext(
        "{amount} came from {n} customer of whom nothing could be expected: no target, and new since last year.",
        "{amount} came from {n} customers of whom nothing could be expected: no target, and new since last year.",
        len(new), amount=n.money_short(new["year_amount"].sum()),
    )  # fmt: skip


def trade(result: Trade, n: Numbers) -> list[Chart | Table | Findings]:
    """Return months, classes and customers against expectations."""
    if result.customers.empty:
        return []
    return [
        trade_chart(result, n),
        *class_chart(result, n),
        behind(class_table(result, n)),
        behind_table(result, n),
        behind(expected_table(result, n)),
    ]


def trade_chart(result: Trade, n: Numbers) -> Chart:
    """Draw net sales by month and of a year earlier."""
    _ = n.words
    now, before = _to_date(result)
    title = _("Net sales of the year to date are {amount}", amount=n.money_short(now))
    if before > 0:
        title = _("Net sales of the year to date are {amount}, {change} on a year earlier",
                  amount=n.money_short(now), change=n.signed_percent(now / before - 1))  # fmt: skip
    alt = _.pairs(map(n.month_short, result.months["month"]), map(n.money_short, result.months["net_amount"]))
    series = [("net_amount", _("Net sales")), ("previous_amount", _("A year earlier"))]
    return trend(result.months, series, title=title, alt=alt, fmt=n.money_short, fmt_month=n.month_short)


def _to_date(result: Trade) -> tuple[float, float]:
    """Return net sales of the year to date and of a year earlier; NaN: not known."""
    year = result.months[year_to_date(result.month, result.year).holds(result.months["month"])]
    return year["net_amount"].sum(), year["previous_amount"].sum(min_count=len(year))


def class_chart(result: Trade, n: Numbers) -> list[Chart]:
    """Draw each trade class against its expectation; nothing without expectations."""
    _, rows = n.words, result.classes
    if not rows["year_expected_amount"].notna().any() or len(rows) < 2:
        return []
    short = int((rows["year_amount"] < rows["year_expected_amount"]).sum())
    title = _.ngettext(
        "{n} of {all} trade classes is below what is expected of the year to date",
        "{n} of {all} trade classes are below what is expected of the year to date",
        short, all=n.count(int(rows["year_expected_amount"].notna().sum())),
    )  # fmt: skip
    names = labels.value_labels(rows["trade_class"], _)
    frame = rows.assign(label=names, value=rows["year_amount"], target=rows["year_expected_amount"])
    alt = _.pairs(frame["label"], map(n.money_short, frame["value"]))
    return [
        bullets(
            frame, title=title, alt=alt, fmt=n.money_short, fmt_share=share_or_times(n, 0),
            target_label=_("Expected"),
        )
    ]  # fmt: skip


def _span_columns(rows: pd.DataFrame, result: Trade, n: Numbers) -> dict[str, Column]:
    _ = n.words
    columns = {
        "month_amount": Column(_("This month"), n.short),
        "month_expected_amount": Column(_("Expected in the month"), n.short),
        "year_amount": Column(labels.year_to_date(result.year, result.month, _), n.count),
        "year_previous_amount": Column(_("A year earlier"), n.short),
        "year_expected_amount": Column(_("Expected"), n.short),
        "basis": Column(_("Expected from")),
        "year_attainment": Column(_("Of expected"), n.percent.written(share_or_times(n))),
    }
    if rows["year_share"].notna().any():
        columns["year_share"] = Column(_("Of company sales"), n.percent)
        if "year_expected_share" in rows:
            columns["year_expected_share"] = Column(_("Expected share"), n.percent)
    return columns


def _with_basis(rows: pd.DataFrame, n: Numbers) -> pd.DataFrame:
    words = [None if pd.isna(basis) else basis_label(basis, n.words) for basis in rows["year_basis"]]
    return rows.assign(basis=pd.Series(words, index=rows.index, dtype="object"))


def class_table(result: Trade, n: Numbers) -> Table:
    """List the trade classes against their expectations."""
    _ = n.words
    rows = _with_basis(result.classes, n)
    rows = rows.assign(label=labels.value_labels(rows["trade_class"], _))
    columns = {"label": Column(_("Trade class")), **measures(n, "customers")}
    caption = _("Trade classes against what is expected, year to {month}, in {currency}",
                month=n.month(result.month), currency=n.currency)  # fmt: skip
    return table(rows, columns | _span_columns(rows, result, n), caption)


def expected_table(result: Trade, n: Numbers) -> Table:
    """List the largest customers against their expectations."""
    _ = n.words
    caption = _("Customers against what is expected, year to {month}, in {currency}",
                month=n.month(result.month), currency=n.currency)  # fmt: skip
    return _customer_table(result, result.customers, {}, caption, "", n)


def behind_table(result: Trade, n: Numbers) -> Table:
    """List the customers furthest behind their expectation."""
    _ = n.words
    rows = result.customers[result.customers["year_gap_amount"] < 0]
    rows = rows.sort_values(["year_gap_amount", "customer_id"])
    first = {"year_gap_amount": Column(_("Gap"), n.signed_count)}
    caption = _("Who is furthest behind what is expected, in {currency}", currency=n.currency)
    known = result.customers["year_expected_amount"].notna().any()
    empty = _("Nobody is behind what is expected.") if known else _("Nothing could be expected of anybody.")
    return _customer_table(result, rows, first, caption, empty, n)


def _customer_table(
    result: Trade, rows: pd.DataFrame, first: dict[str, Column], caption: str, empty: str, n: Numbers
) -> Table:
    spans = _span_columns(rows, result, n)
    if first:  # who is behind in the year: what is read first is how far, on what, and whose it is
        spans = {
            name: spans[name] for name in ("year_amount", "year_expected_amount", "basis", "year_attainment")
        }
    columns = {**measures(n, "customer"), **first, **spans, **measures(n, "salesperson_name")}
    return truncated_table(len(rows), _with_basis(rows.head(MAX_ROWS), n), columns, caption, n, empty=empty)


def months(result: Trade, n: Numbers, working: WorkingTime | None = None) -> list[Chart | Table]:
    """Draw the largest customers month by month, with a collapsed table of more."""
    shown = months_table(result, n)
    drawn = result.customers.head(_DRAWN)
    if drawn.empty:
        return [shown]
    _, wide = n.words, result.matrix.reindex(drawn["customer_id"])
    frame = pd.DataFrame(
        wide.to_numpy(dtype="float64"), index=display_names(drawn).astype(str),
        columns=[n.month_short(month) for month in pd.PeriodIndex(wide.columns)],
    )  # fmt: skip
    units = to_units(wide)  # a mean of floats may lie off equal ones
    down = (units[:, -1] * units.shape[1] < units.sum(axis=1)).sum()
    named = {"n": n.count(len(drawn)), "down": n.count(down), "month": frame.columns[-1]}
    title = _(
        "Largest customers: {down} of {n} bought less in {month} than in an average month shown", **named
    )
    if working is not None:
        days = 2 * np.array(working.by_month[-units.shape[1] :])  # halves, whole
        by_day = (units[:, -1] * days.sum() < units.sum(axis=1) * days[-1]).sum()
        title = _(
            "Largest customers: {down} of {n} bought less in {month} than in an average month shown, {by_day} per "
            "working day",
            by_day=n.count(by_day), **named,
        )  # fmt: skip
    alt = _.pairs(frame.index, map(n.money_short, frame.iloc[:, -1]))
    return [heat_map(frame, title=title, alt=alt, fmt=n.short), behind(shown)]


def months_table(result: Trade, n: Numbers) -> Table:
    """List the largest customers' net sales by month."""
    _ = n.words
    shown = result.customers.head(MAX_ROWS)
    wide = result.matrix.reindex(shown["customer_id"])
    names = {f"month_{place}_amount": month for place, month in enumerate(pd.PeriodIndex(wide.columns))}
    frame = pd.DataFrame({name: wide[month].to_numpy() for name, month in names.items()})
    frame.insert(0, "customer", display_names(shown).to_numpy())
    columns = measures(n, "customer")
    columns |= {name: Column(n.month_short(month), n.short) for name, month in names.items()}
    caption = _("Net sales by month, in {currency}", currency=n.currency)
    empty = _("None of these customers has sales this year or last.")
    return truncated_table(len(result.customers), frame, columns, caption, n, empty=empty)


def weighed_findings(result: Trade, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: the customers furthest behind, weighed by the gap."""
    expected = result.customers[result.customers["year_expected_amount"].notna()]
    return weighed(PAGE, (_furthest(expected, n, behind=True), -expected["year_gap_amount"].min()))
