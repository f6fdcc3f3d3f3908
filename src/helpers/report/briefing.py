"""What the front page of a month's pack says, from the book."""

from __future__ import annotations

from helpers.analysis.bridge import Bridge
from helpers.analysis.composition import Composition
from helpers.book import Book
from helpers.report.front import Briefing, Headline
from helpers.views.bridge import bridge_findings, has_earlier_period
from helpers.views.composition import composition_findings
from helpers.views.numbers import Numbers
from helpers.views.records import reconciliation_findings


def briefing(book: Book) -> Briefing:
    """What the front page says: headline figures, findings, and the state of the data."""
    n = book.numbers
    composition, bridge = book.composition(), book.bridge()  # once: they are what takes the time
    quality = (
        reconciliation_findings(book.tables, book.month, n).sentences if book.scope.kind == "company" else ()
    )
    return Briefing(
        headlines=_headlines(book, composition, bridge, n),
        findings=composition_findings(composition, n).sentences + bridge_findings(bridge, n).sentences,
        quality=quality,
        inputs=book.tables.inputs,
    )


def _headlines(book: Book, composition: Composition, bridge: Bridge, n: Numbers) -> tuple[Headline, ...]:
    _ = n.words
    total = composition.total.iloc[0]
    moved = bridge.groups.iloc[-1]

    def against(change: float, attainment: float) -> str:
        parts = [_("{change} on last year", change=n.change_in_percent(change))] if change == change else []
        parts += [_("{share} of plan", share=n.in_percent(attainment))] if attainment == attainment else []
        return _.phrases(parts)

    return (
        Headline(
            _("Net sales in {month}", month=n.month(book.month)),
            n.money_short(total["month_net_amount"]),
            against(total["month_change_year_percent"], total["attainment_month_percent"]),
        ),
        Headline(
            _("Year to date"),
            n.money_short(total["ytd_net_amount"]),
            against(total["ytd_change_percent"], total["attainment_ytd_percent"]),
        ),
        Headline(
            _("Last {months} months", months=book.settings.periods.window_months),
            n.money_short(total["net_amount"]),
            against(total["change_percent"], total["attainment_percent"]),
        ),
        Headline(
            _("Customers who bought"),
            n.count(total["customers"]),
            _("{new} new, {back} reactivated, {lost} lost in a year",
              new=n.count(moved["new_customers"]), back=n.count(moved["reactivated_customers"]),
              lost=n.count(moved["lost_customers"])) if has_earlier_period(bridge) else "",
        ),
    )  # fmt: skip
