"""The facts that signals are told by: evidence by month, what it comes to at month ends, rhythm and wallets."""

import datetime as dt
from collections.abc import Collection, Sequence

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.calendar.period_names import months_a_year
from helpers.core.periods import CALENDAR_YEAR, CompanyYear, trailing_year, year_ago
from helpers.engine.as_of import MONEY, current_rows, known_until, line_month
from helpers.engine.fact import Fact, by_customer, company_only, monthly_fact
from helpers.engine.facts import Facts, sampled, sampled_ids
from helpers.engine.months.monthly import HistorySource, Monthly
from helpers.engine.months.working_days import Lull, find_lulls, silent_days
from helpers.settings.source import TableName
from helpers.subjects.churn.panel import MAX_ORIGINS, UNSAMPLED_ORIGINS
from helpers.subjects.signals import catalogue
from helpers.subjects.signals import evidence as signals_sources
from helpers.subjects.signals.windows import RECENT_MONTHS, Members, evidence_at, months_before

_TABLES: tuple[TableName, ...] = ("products", "interactions", "complaints", "surveys", "invoices", "payments")
#: Years since its launch from which a product counts as mature.
MATURE_YEARS = 5
_LINES = HistorySource("order_lines")
# A product is looked up for lines of any month, by what held then; a later row of it may number categories anew.
_ROLES = HistorySource("products", ("product_id", "offering_role", "valid_from"), whole=True)
_CATEGORIES = HistorySource("products", ("product_id", "category", "valid_from"), whole=True)
#: What of the standard tables each part of the evidence is made of. An answer to a complaint counts in its own month.
_MADE_OF = {
    "lines": (_LINES,),
    "roles": (_LINES, _ROLES),
    "decisions": (_LINES,),
    "contacts": (HistorySource("interactions"),),
    "complaints": (HistorySource("complaints", ("customer_id", "opened_at")),),
    "resolved": (HistorySource("complaints", ("customer_id", "opened_at", "resolved_at"), by="resolved_at"),),
    "surveys": (HistorySource("surveys"),),
    "due": (HistorySource("invoices"),),
    "settled": (HistorySource("invoices"), HistorySource("payments")),
    "paid": (HistorySource("invoices"), HistorySource("payments")),
}

#: What a part is that no source supplies.
_NO_PART = ibis.schema({"customer_id": "string", "month": "date"})


def _sources(f: Facts, after: pd.Period | None) -> signals_sources.Sources:
    present: dict[str, ir.Table] = {name: f.standard(name) for name in _TABLES if f.tables.has(name)}
    if "products" in present:
        present["products"] = f.all_rows("products")
    return signals_sources.Sources(
        f.lines_after(after),
        f.table("order_days"),
        f.table("linked_payments"),
        f.tables.supplied,
        present,
        f.year,
    )


def _part(name: str) -> Fact:
    """Return the fact of one part of the evidence; without a measure and a row where no source supplies it."""

    def rows(f: Facts, after: pd.Period | None) -> ir.Table:
        since = None if after is None else (after + 1).to_timestamp().date()
        part = signals_sources.evidence_part(name, _sources(f, after), f.month_end, since)
        return ibis.memtable([], schema=_NO_PART) if part is None else part

    return monthly_fact(Monthly(rows, _MADE_OF[name]), order=("customer_id", "month"), scoped=by_customer)


def _quotes(f: Facts) -> ir.Table:
    """Not by month: a later row of a quote opens it again, or moves its decision, also where a month has passed."""
    if not f.tables.has("quotes"):
        return ibis.memtable([], schema=_NO_PART)
    return signals_sources.quote_months(f.table("quote_rows"), f.year)


def parts(f: Facts, names: Collection[str] = signals_sources.PARTS) -> dict[str, ir.Table]:
    """Return the parts of the evidence that are supplied, each a fact ``evidence_PART`` of its own."""
    tables = {name: f.table(f"evidence_{name}") for name in names}
    return {
        name: rows for name, rows in tables.items() if len(rows.columns) > 2
    }  # more than customer and month


def _category_months(f: Facts, after: pd.Period | None) -> ir.Table:
    if not f.tables.has("products", "category"):
        schema = {"customer_id": "string", "category": "int32", "month": "date", "lines": "int64"}
        return ibis.memtable([], schema=ibis.schema(schema))
    return signals_sources.category_months(
        f.lines_after(after),
        f.all_rows("products"),
        f.year.months,
        dated=f.tables.has("products", "valid_from"),
    )


def categories(f: Facts) -> ir.Table | None:
    """Return the fact category_months; None if products have no categories."""
    return f.table("category_months") if f.tables.has("products", "category") else None


def _recent_evidence(f: Facts) -> ir.Table:
    """Everybody's evidence at the last `UNSAMPLED_ORIGINS` month ends."""
    members = Members.from_table(f.table("customers"))
    return evidence_at(parts(f), members, f.month_ends(UNSAMPLED_ORIGINS), categories(f))


def _evidence(f: Facts) -> ir.Table:
    both = f.table("recent_evidence")
    return both.filter(both.origin == ibis.date(f.month_ends(1)[-1]))


def signal_features(evidence: ir.Table, year: CompanyYear) -> ir.Table:
    """Turn `evidence_at` into what is learnt from: customer_id, origin, and each of `catalogue.features` supplied.

    All float64; NULL if nothing is known.
    """
    evidence = evidence.mutate(last_day=known_until(evidence.origin, year.months))
    values = {
        name: feature.value(evidence)
        for name, feature in catalogue.features().items()
        if set(feature.reads) <= set(evidence.columns)
    }
    return evidence.select("customer_id", "origin", **values)


def learnt_sums() -> set[str]:
    """Return the sums of the evidence that features are made of; at past month ends no others are requested."""
    return {catalogue.stem(name) for feature in catalogue.features().values() for name in feature.reads}


def _past_signals(f: Facts) -> ir.Table:
    """Features of the customers that are learnt from, at the month ends before those of `recent_evidence`."""
    members = Members.from_table(sampled_ids(f))
    ends = f.month_ends(MAX_ORIGINS)[:-UNSAMPLED_ORIGINS]
    found = evidence_at(parts(f), members, ends or f.month_ends(1), categories(f), measures=learnt_sums())
    return signal_features(found if ends else found.limit(0), f.year)


def _signal_panel(f: Facts) -> ir.Table:
    """Features at the month ends of the purchase panel, of the same customers."""
    return f.table("past_signals").union(signal_features(f.table("recent_evidence"), f.year))


def rhythm(
    occasions: ir.Table, origin: dt.date, lulls: Sequence[Lull] = (), year: CompanyYear = CALENDAR_YEAR
) -> ir.Table:
    """Gaps between purchase occasions and the size of an occasion in two windows, one row per buyer.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, last_purchase (DATE), gaps, gap_sum, gap_square (days), log_gap_sum, silence_days (to the origin),
        with lulls trading_silence_days (their days only for what is bought in them); size_n, size_sum, size_square
        (natural logs of the net amount of an occasion) as ``_recent`` (the last `RECENT_MONTHS`) and ``_year_ago`` (the
        same months of the previous year).
    """
    month = year.month_with(origin)
    before = occasions.date.lag().over(group_by="customer_id", order_by="date")
    rows = occasions.mutate(
        gap=occasions.date.delta(before, unit="day"),
        size=occasions.net_amount.cast("float64").ln().cast("decimal(18, 10)"),
        age=months_before(line_month(occasions.date, year.months), month.to_timestamp().date()),
    )
    rows = rows.mutate(
        log_gap=rows.gap.cast("float64").ln().cast("decimal(18, 10)"),
        square=(rows["size"].cast("float64") * rows["size"].cast("float64")).cast("decimal(18, 10)"),
    )
    sums: dict[str, ir.Value] = {
        "last_purchase": rows.date.max(),
        "gaps": rows.gap.count().cast("float64"),
        "gap_sum": rows.gap.sum().cast("float64").fill_null(0.0),
        "gap_square": (rows.gap * rows.gap).sum().cast("float64").fill_null(0.0),
        "log_gap_sum": rows.log_gap.sum().cast("float64").fill_null(0.0),
    }
    for window, back in (("recent", 0), ("year_ago", months_a_year(month))):
        inside = (rows.age >= back) & (rows.age < back + RECENT_MONTHS)
        sums |= {
            f"size_n_{window}": rows.count(where=inside).cast("float64"),
            f"size_sum_{window}": rows["size"].sum(where=inside).cast("float64").fill_null(0.0),
            f"size_square_{window}": rows.square.sum(where=inside).cast("float64").fill_null(0.0),
        }
    result = rows.group_by("customer_id").agg(**sums)
    silence = ibis.date(origin).delta(result.last_purchase, unit="day").cast("float64")
    result = result.mutate(silence_days=silence)
    if not lulls:
        return result
    return result.mutate(trading_silence_days=silent_days(result.last_purchase, ibis.date(origin), lulls))


def maturity(lines: ir.Table, products: ir.Table | None, month_end: dt.date, first_day: dt.date) -> ir.Table:
    """Net sales of the 12 months by age of the product: customer_id, young_amount, mature_amount, unknown_amount.

    Mature: launched `MATURE_YEARS` years before the month end or earlier. Unknown: no launch date.
    """
    recent = lines.filter(lines.order_date >= ibis.date(first_day))
    bought = recent.filter(recent.customer_id.notnull())  # noqa: PD004
    if products is None:
        joined = bought.mutate(launch_date=ibis.null("date"))
    else:
        current = current_rows(products, "product_id", month_end)
        launched = current.select(launched_product="product_id", launch_date="launch_date")
        joined = bought.left_join(launched, bought.product_id == launched.launched_product)
    last_day = 28 if (month_end.month, month_end.day) == (2, 29) else month_end.day
    line_between = ibis.date(dt.date(month_end.year - MATURE_YEARS, month_end.month, last_day))
    mature = (joined.launch_date <= line_between).fill_null(False)
    young = (joined.launch_date > line_between).fill_null(False)
    net = joined.net_amount
    return joined.group_by("customer_id").agg(
        young_amount=net.sum(where=young).cast(MONEY).fill_null(0),
        mature_amount=net.sum(where=mature).cast(MONEY).fill_null(0),
        unknown_amount=net.sum(where=~mature & ~young).cast(MONEY).fill_null(0),
    )


def _year_ago(f: Facts) -> dt.date:
    return f.year.closes(year_ago(f.month))


def _year_ago_evidence(f: Facts) -> ir.Table:
    """Evidence of the customers that are learnt from as of a year ago: what signals then told."""
    stems = {name for each in catalogue.SIGNALS for name in each.measure.reads}
    ids = Members.from_table(sampled_ids(f))
    return evidence_at(
        parts(f), ids, [year_ago(f.month).to_timestamp(how="end").date()], categories(f), measures=stems
    )


def _year_ago_rhythm(f: Facts) -> ir.Table:
    bought = sampled(f.table("purchase_occasions"), f.sampled_share)
    return rhythm(bought.filter(bought.date <= ibis.date(_year_ago(f))), _year_ago(f), find_lulls(f), f.year)


def _maturity(f: Facts) -> ir.Table:
    products = f.standard("products") if f.tables.has("products", "launch_date") else None
    first = f.year.opens(trailing_year(f.month).first)
    return maturity(f.lines, products, f.month_end, first)


def wallet_changes(evidence: ir.Table | None, lines: ir.Table, month_end: dt.date) -> ir.Table:
    """Share of wallet at a customer's latest estimate and at the previous one by the same method.

    Returns
    -------
    ibis.expr.types.Table
        customer_id, method, as_of, previous_as_of (DATE, half a year before or more), share and previous_share
        (net sales of the 365 days up to the estimate / the estimate, float64). One row per customer with two such
        estimates: the latest by date, of several the first method by name.
    """
    schema = {
        "customer_id": "string", "method": "string", "as_of": "date", "previous_as_of": "date",
        "share": "float64", "previous_share": "float64",
    }  # fmt: skip
    if evidence is None:
        return ibis.memtable([], schema=ibis.schema(schema))
    known = evidence.filter((evidence.as_of <= ibis.date(month_end)) & (evidence.annual_purchases > 0))
    known = known.group_by(["customer_id", "method", "as_of"]).agg(annual=known.annual_purchases.min())
    sold = lines.select(buyer="customer_id", day="order_date", net_amount="net_amount")
    joined = known.left_join(sold, known.customer_id == sold.buyer)
    age = joined.as_of.delta(joined.day, unit="day")
    within = (age >= 0) & (age < 365)
    amounts = joined.group_by(["customer_id", "method", "as_of", "annual"]).agg(
        sold=joined.net_amount.sum(where=within).cast("float64").fill_null(0.0)
    )
    shares = amounts.mutate(wallet_share=amounts.sold / amounts.annual.cast("float64"))
    earlier = shares.select(
        who="customer_id", how="method", previous_as_of="as_of", previous_share="wallet_share"
    )
    pairs = shares.inner_join(earlier, [shares.customer_id == earlier.who, shares.method == earlier.how])
    pairs = pairs.filter(pairs.as_of.delta(pairs.previous_as_of, unit="day") >= 182)
    latest_first = [pairs.as_of.desc(), pairs.method.asc(), pairs.previous_as_of.desc()]
    ranked = pairs.mutate(place=ibis.row_number().over(group_by="customer_id", order_by=latest_first))
    chosen = ranked.filter(ranked.place == 0)
    return chosen.select(
        "customer_id", "method", "as_of", "previous_as_of", "previous_share", share="wallet_share"
    )


FACTS: dict[str, Fact] = {
    "wallet_changes": Fact(
        lambda f: wallet_changes(f.optional("wallet_evidence"), f.table("order_days"), f.month_end),
        order=("customer_id",),
        scoped=by_customer,
    ),
    **{f"evidence_{name}": _part(name) for name in _MADE_OF},
    "evidence_quotes": Fact(_quotes, order=("customer_id", "month"), scoped=by_customer),
    "category_months": monthly_fact(
        Monthly(_category_months, made_of=(_LINES, _CATEGORIES)),
        order=("customer_id", "category", "month"),
        scoped=by_customer,
    ),
    "recent_evidence": Fact(
        _recent_evidence, order=("customer_id", "origin"), scoped=by_customer, materialized="process"
    ),
    "evidence": Fact(_evidence, order=("customer_id",), scoped=by_customer, materialized="view"),
    "past_signals": Fact(
        _past_signals, order=("customer_id", "origin"), scoped=by_customer, materialized="process"
    ),
    "signal_panel": Fact(
        _signal_panel, order=("customer_id", "origin"), scoped=by_customer, materialized="view"
    ),
    "rhythm": Fact(
        lambda f: rhythm(f.table("purchase_occasions"), f.coverage.day, find_lulls(f), f.year),
        order=("customer_id",),
        scoped=by_customer,
    ),
    "year_ago_evidence": Fact(
        _year_ago_evidence, order=("customer_id",), scoped=company_only, materialized="process"
    ),
    "year_ago_rhythm": Fact(_year_ago_rhythm, order=("customer_id",), scoped=company_only),
    "year_ago_wallet_changes": Fact(
        lambda f: wallet_changes(
            f.optional("wallet_evidence"), f.table("order_days"), f.year.last_day(year_ago(f.month))
        ),
        order=("customer_id",),
        scoped=company_only,
    ),
    "product_maturity": Fact(_maturity, order=("customer_id",), scoped=by_customer),
}
