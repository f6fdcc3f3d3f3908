"""The month's report: open the book, so that bad input is found first, then make the pack from the notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from helpers.book import Book, open_book
from helpers.report.front import Briefing, Headline
from helpers.report.pack import PackRequest, PackResult, Progress, make_pack
from helpers.views.bridge import bridge_findings, has_earlier_period
from helpers.views.composition import composition_findings
from helpers.views.numbers import Numbers
from helpers.views.records import reconciliation_findings


@dataclass(frozen=True)
class ReportRequest:
    """What ``workbook report`` was asked for; texts are as typed."""

    data: str | None = None
    map: Path | None = None
    month: str | None = None
    scope: str = "company"
    language: str | None = None
    out: Path = Path("reports")
    cell_timeout_seconds: int = 600


def make_report(request: ReportRequest, on_progress: Progress) -> PackResult:
    """Make the pack of one month and scope.

    Raises
    ------
    WorkbookError
        Data, map, month, scope or output are not usable; found before any notebook runs.
    """
    on_progress("Reading the data")
    data = _absolute(request.data)
    book = open_book(data, request.month, request.scope, request.map, request.language)
    pack = PackRequest(
        month=str(book.month),
        out=request.out,
        data=data,
        map=str(request.map.absolute()) if request.map else None,
        scope=request.scope if book.scope.kind == "company" else f"{book.scope.kind}:{book.scope.id}",
        folder=book.scope.slug,
        scope_label=book.scope.name,
        company=book.settings.report.company,
        language=book.numbers.words.language,
        cell_timeout_seconds=request.cell_timeout_seconds,
    )
    on_progress("Running the notebooks")
    return make_pack(pack, on_progress, lambda: briefing(book))


def briefing(book: Book) -> Briefing:
    """What the front page says: headline figures, findings, and the state of the data."""
    n = book.numbers
    composition, bridge = book.composition(), book.bridge()
    quality = (
        reconciliation_findings(book.tables, book.month, n).sentences if book.scope.kind == "company" else ()
    )
    return Briefing(
        headlines=_headlines(book, n),
        findings=composition_findings(composition, n).sentences + bridge_findings(bridge, n).sentences,
        quality=quality,
        inputs=book.tables.inputs,
    )


def _headlines(book: Book, n: Numbers) -> tuple[Headline, ...]:
    _ = n.words
    total = book.composition().total.iloc[0]
    bridge = book.bridge()
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


def _absolute(data: str | None) -> str | None:
    """A path as typed is below the caller's folder; notebooks run elsewhere. A database address stays as it is."""
    if not data or "://" in data:
        return data or None
    return str(Path(data).absolute())
