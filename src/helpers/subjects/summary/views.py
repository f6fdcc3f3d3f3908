"""The month on one page for readers: headline figures, the findings that matter most, the state of the data."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from helpers.present.charts.chart import Chart, plain
from helpers.present.charts.lines import trend
from helpers.present.findings import Findings, WeighedFinding, findings
from helpers.present.labels import per_week, year_runs, year_to_date
from helpers.present.numbers import Numbers
from helpers.settings.report.front_page import FrontPage
from helpers.subjects.summary.month_in_short import MonthInShort
from helpers.subjects.summary.quality_views import quality
from helpers.subjects.working_time.views import working_sentences
from helpers.subjects.working_time.working_time import WorkingTime

#: The state of the data in a line stands on the front page too.
__all__ = ["Headlines", "LinkedFindings", "headlines", "quality", "sales_chart", "top_findings"]


@dataclass(frozen=True)
class Headline:
    """A figure that everybody asks for first; ``state`` is ``ahead`` of its plan, ``behind`` it, or unknown (empty)."""

    label: str
    value: str
    note: str = ""
    state: str = ""


@dataclass(frozen=True)
class Headlines:
    """The headline figures; text is data, never markup."""

    rows: tuple[Headline, ...]
    label: str
    said: tuple[str, ...] = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        cells = "".join(
            (f'<div class="{row.state}">' if row.state else "<div>")
            + f'<dt>{_safe(row.label)}</dt><dd class="figure">{_safe(row.value)}</dd>'
            + (f'<dd class="note">{_safe(row.note)}</dd>' if row.note else "")
            + "</div>"
            for row in self.rows
        )
        said = "".join(f"<li>{_safe(sentence)}</li>" for sentence in self.said)
        said = f'<ul class="wb-findings">{said}</ul>' if said else ""
        markup = (
            f'<section aria-label="{_safe(self.label)}"><dl class="headlines">{cells}</dl>{said}</section>'
        )
        text = "\n".join(
            f"{row.label}: {row.value}" + (f" ({row.note})" if row.note else "") for row in self.rows
        )
        return {"text/html": markup, "text/plain": "\n".join([text, *map(plain, self.said)])}


@dataclass(frozen=True)
class LinkedFindings:
    """Findings, each with the notebook that shows more; a pack's page turns the link into one to its page."""

    rows: tuple[WeighedFinding, ...]
    more: str
    empty: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        if not self.rows:
            return {"text/html": f"<p>{_safe(self.empty)}</p>", "text/plain": self.empty}
        items = "".join(
            f"<li>{_safe(row.sentence)} "
            f'<a href="{_safe(row.page)}.ipynb" aria-label="{_safe(f"{self.more}: {row.sentence}")}">'
            f"{_safe(self.more)}</a></li>"
            for row in self.rows
        )
        text = "\n".join(plain(row.sentence) for row in self.rows)
        return {"text/html": f'<ol class="wb-findings findings">{items}</ol>', "text/plain": text}


def headlines(result: MonthInShort, n: Numbers, working: WorkingTime | None = None) -> Headlines:
    """The headline figures, each with its change and what it is of the target; unknown parts are left out.

    With ``working`` the month's change per working day stands beside it, and what was done about it below.
    """
    _ = n.words
    figures = result.figures.set_index("figure")
    labels = {
        "month": _("Net sales in {month}", month=n.month(result.month))
        if result.until is None
        else _(
            "Net sales in {month} so far, up to {day}", month=n.month(result.month), day=n.date(result.until)
        ),
        "year_to_date": _("January and February together")
        if working is not None and working.together and result.month.month == 2
        else year_to_date(result.year, result.month, _),
        "window": _("Last {months} months", months=result.window_months),
        "customers": _("Customers who bought"),
        "margin": _("Margin rate"),
    }
    rows = []
    for name, row in figures.iterrows():
        if name == "margin" and pd.isna(row["value"]):
            continue
        value = row["value"]
        text = {"customers": n.count(value), "margin": n.in_percent(value)}.get(
            str(name), n.money_short(value)
        )
        share = row["attainment_percent"]
        state = "" if pd.isna(share) else "behind" if share < 100 else "ahead"
        rows.append(Headline(labels[str(name)], text, _note(str(name), row, result, n, working), state))
    changes = figures["on_last_year_percent"]
    both = changes["month"], changes["year_to_date"]
    own = *year_runs(result.year, result.month, n), *per_week(result.year, result.month, *both, n)
    said = *own, *working_sentences(working, *both, n)
    return Headlines(tuple(rows), _("Headline figures"), said)


def _note(name: str, row: pd.Series, result: MonthInShort, n: Numbers, working: WorkingTime | None) -> str:
    _ = n.words
    if name == "customers":
        if result.moved is None:
            return ""
        new, back, lost = (n.count(number) for number in result.moved)
        return _(
            "{new} started buying, {back} reactivated, {lost} stopped buying in a year",
            new=new,
            back=back,
            lost=lost,
        )
    if name == "margin":
        return _("Last {months} months", months=result.window_months)
    month, year, share = row["on_last_month_percent"], row["on_last_year_percent"], row["attainment_percent"]
    parts = []
    days = result.until is not None
    if pd.notna(month):
        change = n.change_in_percent(month)
        parts.append(
            _("{change} on the same days of last month", change=change)
            if days
            else _("{change} on last month", change=change)
        )
    if pd.notna(year):
        change = n.change_in_percent(year)
        parts.append(
            _("{change} on the same days of last year", change=change)
            if days
            else _("{change} on last year", change=change)
        )
        before = {"month": "last_year_days", "year_to_date": "ytd_last_year_days"}.get(name)
        if working is not None and before and pd.notna(by_day := working.per_day(year, before)):
            parts.append(_("{change} per working day", change=n.change_in_percent(by_day)))
    if pd.notna(share):
        arrow = "▼" if share < 100 else "▲"
        parts.append(f"{arrow}\u00a0" + _("{share} of plan", share=n.in_percent(share)))
    return _.phrases(parts)


def top_findings(found: Sequence[WeighedFinding], settings: FrontPage, n: Numbers) -> LinkedFindings:
    """The findings about most money: at most a few of one page, as long as other pages have any.

    Equal amounts keep the order of the subjects.
    """
    _ = n.words
    ranked = sorted(found, key=lambda finding: -finding.amount)
    seen: dict[str, int] = {}
    first: list[WeighedFinding] = []
    rest: list[WeighedFinding] = []
    for finding in ranked:
        seen[finding.page] = seen.get(finding.page, 0) + 1
        (first if seen[finding.page] <= settings.findings_a_page else rest).append(finding)
    chosen = [*first, *rest][: settings.findings]
    return LinkedFindings(tuple(chosen), _("more"), _("Nothing stands out this month."))


def sales_chart(result: MonthInShort, n: Numbers) -> Chart | Findings:
    """Net sales by month against the same months a year earlier."""
    _ = n.words
    frame = result.history
    if len(frame) < 2:
        return findings(_("There are too few months to draw how sales go."))
    row = result.figures[result.figures["figure"] == "month"].iloc[0]
    amount, year = n.money_short(row["value"]), row["on_last_year_percent"]
    title = _("{month} brought {amount}", month=n.month(result.month), amount=amount)
    if pd.notna(year):
        title = _(
            "{month} brought {amount}, {change} on last year",
            month=n.month(result.month), amount=amount, change=n.change_in_percent(year),
        )  # fmt: skip
    if result.until is not None:
        title = _(
            "{month} has brought {amount} so far, up to {day}",
            month=n.month(result.month), amount=amount, day=n.date(result.until),
        )  # fmt: skip
    alt = _.clauses(
        f"{n.month_short(month.to_period('M'))} {n.money_short(value)}"
        for month, value in zip(frame["month"], frame["net_amount"], strict=True)
    )
    series = [("net_amount", _("This year"))]
    if frame["last_year_amount"].notna().any():
        series.append(("last_year_amount", _("A year earlier")))
    return trend(frame, series, title=title, alt=alt, spell=n.money_short, spell_month=n.month_short)


def _safe(text: str) -> str:
    return html.escape(plain(text))
