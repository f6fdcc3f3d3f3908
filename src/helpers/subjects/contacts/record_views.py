"""Views of customer records: completeness and freshness, by owner."""

import pandas as pd

from helpers.present.charts.bars import share_bars
from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings, findings, needs_data
from helpers.present.name_lists import MAX_ROWS, display_names, largest, measures, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind
from helpers.present.words import Words
from helpers.subjects.contacts.records import Records


def field_label(field: str, _: Words) -> str:
    """Return the label of a field of the customer record."""
    return {
        "name": _("Name"), "trade_class": _("Trade class"), "region": _("Region"), "industry": _("Industry"),
        "size_class": _("Customer size"), "salesperson_id": _("Salesperson"),
        "acquisition_source": _("Acquisition source"), "first_contact_date": _("First contact"),
        "credit_limit": _("Credit limit"), "interest_level": _("Interest level"),
    }[field]  # fmt: skip


def records(result: Records | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return completeness and freshness; None if the table is not supplied."""
    _ = n.words
    if result is None:
        return [needs_data(_("This section needs the table customers."))]
    if result.owners.empty:
        return [findings(_("There is no customer record."))]
    return [
        records_findings(result, n),
        *_fields_chart(result, n),
        behind(_owners_table(result, n)),
        behind(_gaps_table(result, n)),
    ]


def records_findings(result: Records, n: Numbers) -> Findings:
    """Return how complete and fresh the records are, and the field that is missing most."""
    _ = n.words
    first = pd.notna(result.completeness) and _(
        "{share} of the fields of customer records are filled in.", share=n.percent(result.completeness),
    )  # fmt: skip
    worst = len(result.fields) and result.fields["missing"].iloc[0] and _(
        "{field} is missing most often, for {share} of the customers.",
        field=field_label(result.fields["field"].iloc[0], _),
        share=n.percent(result.fields["share"].iloc[0]),
    )  # fmt: skip
    fresh = _(
        "How fresh records are cannot be told: this needs the column valid_from or the table interactions."
    )
    if result.dated:
        fresh = _("{share} of the records changed, or saw a contact, within {months} months.",
                  share=n.percent(result.fresh), months=n.count(result.fresh_months))  # fmt: skip
    unknown = result.unknown and _.ngettext(
        "{n} customer who bought has no record.",
        "{n} customers who bought have no record.",
        result.unknown,
    )  # fmt: skip
    return findings(first, worst, fresh, unknown)


def _owners_table(result: Records, n: Numbers) -> Table:
    _ = n.words
    rows = largest(result.owners, result.owners["stale_amount"])
    names = display_names(rows, "salesperson_id", "salesperson_name").fillna(_("Nobody"))
    columns = {
        "owner": Column(_("Salesperson")),
        **measures(n, "customers"),
        "completeness": Column(_("Filled in"), n.percent),
        "complete": Column(_("Complete records"), n.count),
        "fresh": Column(_("Fresh"), n.percent),
        "stale_amount": Column(_("Sales of the others"), n.count),
    }
    caption = _("Customer records by salesperson, amounts in {currency}", currency=n.currency)
    return truncated_table(
        len(result.owners), rows.assign(owner=names), columns, caption, n, cut="people", by="stale_amount"
    )


def _fields_chart(result: Records, n: Numbers) -> list[Chart]:
    """Draw the share of missing values by field; nothing if none is missing."""
    _, rows = n.words, result.fields[result.fields["missing"] > 0]
    if rows.empty:
        return []
    frame = rows.assign(
        label=[field_label(field, _) for field in rows["field"]],
        note=[_("of the customers: {share}", share=n.percent(share, 0)) for share in rows["share"]],
    )
    alt = _.pairs(frame["label"], map(n.count, frame["missing"]))
    title = _.ngettext(
        "Customer records have gaps in {n} field", "Customer records have gaps in {n} fields", len(frame)
    )
    return [share_bars(frame, title=title, alt=alt, fmt=n.count, value="missing", note="note")]


def _gaps_table(result: Records, n: Numbers) -> Table:
    _ = n.words
    shown = result.gaps.head(MAX_ROWS)
    frame = shown.assign(
        missing=[_.phrases(field_label(field, _) for field in fields) for fields in shown["missing"]],
        last=["" if pd.isna(day) else n.date(day) for day in shown["last_known"]],
    )
    columns = {
        **measures(n, "customer", "net_amount", bar="net_amount"),
        "missing": Column(_("Missing")),
        "last": Column(_("Last change or contact")),
        **measures(n, "salesperson_name"),
    }
    caption = _("Records to complete or refresh, by sales in {currency}", currency=n.currency)
    empty = _("Every record is complete and fresh.")
    return truncated_table(len(result.gaps), frame, columns, caption, n, empty=empty)
