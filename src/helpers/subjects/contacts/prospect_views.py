"""Views of prospects: conversion by source and grade, and open prospects."""

import pandas as pd

from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings, findings, needs_data
from helpers.present.name_lists import MAX_ROWS, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.subjects.contacts.prospects import Prospects


def prospects(result: Prospects | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return conversion and open prospects; None if the table is not supplied."""
    _ = n.words
    if result is None:
        return [needs_data(_("This section needs the table prospects."))]
    if result.groups.empty:
        return [findings(_("Nobody here has prospects."))]
    return [prospects_findings(result, n), behind(_groups_table(result, n)), _open_table(result, n)]


def prospects_findings(result: Prospects, n: Numbers) -> Findings:
    """Return how many prospects convert, and the source with the highest conversion."""
    _ = n.words
    totals = result.groups.iloc[0]
    first = _("Prospects on record: {prospects}, of whom {converted} ordered so far and {open} did not.",
              prospects=n.count(totals["prospects"]), converted=n.count(totals["converted"]),
              open=n.count(totals["open"]))  # fmt: skip
    year = pd.notna(totals["within_365"]) and _(
        "Within a year of the first contact {share} order, with open ones counted as long as they are known.",
        share=n.percent(totals["within_365"]),
    )  # fmt: skip
    backwards = result.backwards and _.ngettext(
        "{n} prospect ordered before its first contact on record; it counts as ordered at once.",
        "{n} prospects ordered before their first contact on record; they count as ordered at once.",
        result.backwards,
    )  # fmt: skip
    return findings(first, year, backwards)


def _groups_table(result: Prospects, n: Numbers) -> Table:
    _ = n.words
    kinds = {"source": _("Source"), "grade": _("Grade"), "total": _("All")}
    rows = result.groups
    frame = rows.assign(
        kind=rows["kind"].map(kinds),
        group=[
            "" if kind == "total" else _.value(name) if isinstance(name, str) else _("Not recorded")
            for kind, name in zip(rows["kind"], rows["group"], strict=True)
        ],
    )
    columns = {
        "kind": Column(_("By")),
        "group": Column(_("Group")),
        "prospects": Column(_("Prospects"), n.count),
        "converted": Column(_("Ordered"), n.count),
        "within_180": Column(_("Within 180 days"), n.percent),
        "within_365": Column(_("Within 365 days"), n.percent),
        "median_days": Column(_("Half order within, days"), n.decimal.to(0)),
    }
    return table(frame, columns, _("How many prospects order, and how soon"))


def _open_table(result: Prospects, n: Numbers) -> Table:
    _ = n.words
    shown = result.open.head(MAX_ROWS)
    shown = shown.assign(**{name: shown[name].map(_.value) for name in ("source", "trade_class")})
    columns = {
        "prospect_id": Column(_("Prospect")),
        "grade": Column(_("Grade")),
        "source": Column(_("Source")),
        "trade_class": Column(_("Trade class")),
        "first_contact_date": Column(_("First contact"), n.date),
        "age_days": Column(_("Days ago"), n.count),
        "salesperson": Column(_("Salesperson")),
    }
    caption, empty = _("Open prospects, grade A and the newest first"), _("No prospect is open.")
    return truncated_table(len(result.open), shown, columns, caption, n, cut="first", empty=empty)
