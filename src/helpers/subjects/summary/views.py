"""Views of the front page: headline figures, main findings, data quality."""

import html
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from helpers.present.charts import theme
from helpers.present.charts.bars import share_bars
from helpers.present.charts.chart import Chart, plain
from helpers.present.charts.lines import sparkline
from helpers.present.findings import Findings, WeighedFinding, findings
from helpers.present.labels import fiscal_year_notes, per_week_note, share_of_plan, year_to_date
from helpers.present.numbers import Numbers
from helpers.settings.report import FrontPage
from helpers.subjects.churn.state_views import WORRY, state_label
from helpers.subjects.exchange.views import exchange_sentences
from helpers.subjects.summary.month_in_short import (
    MONTH_ENDS,
    ComplaintsHeadline,
    MonthInShort,
    ReceivablesHeadline,
)
from helpers.subjects.summary.quality_views import quality
from helpers.subjects.working_time.views import working_sentences
from helpers.subjects.working_time.working_time import WorkingTime

#: Data quality in a line, for the front page.
__all__ = ["Headlines", "LinkedFindings", "base_chart", "headlines", "quality", "top_findings"]

_BASE_WIDTH, _BASE_ROW = 400.0, 25.0


@dataclass(frozen=True)
class Headline:
    """A headline figure.

    Attributes
    ----------
    label, value, note
        Its label, value, and comparison.
    state
        ``ahead`` of its plan or better than a year ago, ``behind`` it or worse; empty: unknown.
    verdict
        The state in words with an arrow, since colour alone is not accessible.
    drawn
        A sparkline of its history.
    """

    label: str
    value: str
    note: str = ""
    state: str = ""
    verdict: str = ""
    drawn: str = ""


@dataclass(frozen=True)
class Headlines:
    """The headline figures; text is data, never markup."""

    rows: tuple[Headline, ...]
    label: str
    sentences: tuple[str, ...] = ()

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        cells = "".join(map(_tile, self.rows))
        items = "".join(f"<li>{_safe(sentence)}</li>" for sentence in self.sentences)
        items = f'<ul class="wb-findings">{items}</ul>' if items else ""
        markup = (
            f'<section aria-label="{_safe(self.label)}"><dl class="headlines">{cells}</dl>{items}</section>'
        )
        text = "\n".join(
            f"{row.label}: {row.value}" + (f" ({', '.join(notes)})" if (notes := _notes(row)) else "")
            for row in self.rows
        )
        return {"text/html": markup, "text/plain": "\n".join([text, *map(plain, self.sentences)])}


def _notes(row: Headline) -> list[str]:
    return [text for text in (row.verdict, row.note) if text]


def _tile(row: Headline) -> str:
    note = "".join(
        f'<span class="{kind}">{_safe(text)}</span> '
        for kind, text in (("verdict", row.verdict), ("against", row.note))
        if text
    )
    return (
        (f'<div class="{row.state}">' if row.state else "<div>")
        + f'<dt>{_safe(row.label)}</dt><dd class="figure">{_safe(row.value)}</dd>'
        + (f'<dd class="drawn">{row.drawn}</dd>' if row.drawn else "")
        + (f'<dd class="note">{note.rstrip()}</dd>' if note else "")
        + "</div>"
    )


@dataclass(frozen=True)
class LinkedFindings:
    """Findings with the notebook that shows more; a pack turns the links into links to its pages."""

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


def headlines(
    result: MonthInShort,
    n: Numbers,
    working: WorkingTime | None = None,
    owed: ReceivablesHeadline | None = None,
    complaints: ComplaintsHeadline | None = None,
) -> Headlines:
    """Return the headline figures with change and attainment; unknown parts are left out.

    With ``working`` the month's change per working day is added. The months together give way to overdue and open
    figures if both are known, so that there are six figures at most.
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
        if (name == "margin" and pd.isna(row["value"])) or (name == "window" and owed and complaints):
            continue
        value = row["value"]
        text = {"customers": n.count(value), "margin": n.in_percent(value)}.get(
            str(name), n.money_short(value)
        )
        share = row["attainment_percent"]
        state = "" if pd.isna(share) else "behind" if share < 100 else "ahead"
        verdict = "" if pd.isna(share) else _arrow(share >= 100, share_of_plan(share / 100, n))
        drawn = _drawn(result.history, "net_amount", n.money_short, n, state) if name == "month" else ""
        rows.append(
            Headline(
                labels[str(name)], text, _note(str(name), row, result, n, working), state, verdict, drawn
            )
        )
    changes = figures["on_last_year_percent"]
    both = changes["month"], changes["year_to_date"]
    own = (
        *fiscal_year_notes(result.year, result.month, n),
        *per_week_note(result.year, result.month, *both, n, in_course=result.until is not None),
    )
    sentences = [*own, *working_sentences(working, *both, n)]
    if result.exchange is not None:
        constant = figures["constant_percent"]
        month, ytd = ((changes[name], constant[name]) for name in ("month", "year_to_date"))
        sentences += exchange_sentences(result.exchange, month, ytd, n)
    rows += [*_overdue(owed, n), *_open(complaints, n)]
    return Headlines(tuple(rows), _("Headline figures"), tuple(sentences))


def _arrow(up: bool, text: str) -> str:
    return ("▲" if up else "▼") + "\u00a0" + text


def _drawn(months: pd.DataFrame, value: str, fmt: Callable[[float], str], n: Numbers, state: str) -> str:
    colour = {"ahead": theme.BLUE, "behind": theme.ORANGE}.get(state, theme.MUTED)
    return sparkline(months, value=value, fmt=fmt, fmt_month=n.month_short, colour=colour)


def _on_a_year_ago(
    months: pd.DataFrame, value: str, fmt: Callable[[float], str], n: Numbers
) -> tuple[str, str]:
    """Return the state of a figure that should be low, and its value a year earlier."""
    if (
        len(months) < MONTH_ENDS
        or pd.isna(then := months[value].iloc[0])
        or pd.isna(now := months[value].iloc[-1])
    ):
        return "", ""
    text = n.words("from {value} a year ago", value=fmt(then))
    return ("" if fmt(now) == fmt(then) else "behind" if now > then else "ahead"), text


def _overdue(owed: ReceivablesHeadline | None, n: Numbers) -> list[Headline]:
    if owed is None:
        return []
    _ = n.words
    value, over = n.money_short(owed.overdue_amount), n.money_short(owed.over_90_amount)
    parts = [_("{amount} over 90 days late", amount=over)] if owed.over_90_amount > 0 else []
    days, fmt = owed.months["dso_days"], n.decimal.to(0)
    state, before = _on_a_year_ago(owed.months, "dso_days", fmt, n)
    verdict = ""
    if len(days) and pd.notna(days.iloc[-1]):
        verdict = _("{days} days outstanding", days=fmt(days.iloc[-1]))
        verdict = _arrow(state == "behind", verdict) if state else verdict
    drawn = _drawn(owed.months, "dso_days", fmt, n, state)
    note = _.phrases([*filter(None, [before]), *parts])
    return [Headline(_("Overdue"), value, note, state, verdict, drawn)]


def _open(complaints: ComplaintsHeadline | None, n: Numbers) -> list[Headline]:
    if complaints is None:
        return []
    _ = n.words
    state, before = _on_a_year_ago(complaints.months, "open", n.count, n)
    verdict = _arrow(state == "behind", before) if state else before
    note = ""
    if pd.notna(complaints.longest_days):
        days = round(complaints.longest_days)
        note = _.ngettext("the oldest for {n} day", "the oldest for {n} days", days)
    drawn = _drawn(complaints.months, "open", n.count, n, state)
    return [Headline(_("Open complaints"), n.count(complaints.open), note, state, verdict, drawn)]


def _note(name: str, row: pd.Series, result: MonthInShort, n: Numbers, working: WorkingTime | None) -> str:
    _ = n.words
    if name == "customers":
        months = _("Last {months} months", months=result.window_months)
        if result.moved is None:
            return months
        new, reactivated, lost = (n.count(number) for number in result.moved)
        return _(
            "{months}: {new} new, {reactivated} reactivated after {lapse} months or more, {lost} stopped",
            months=months, new=new, reactivated=reactivated, lapse=n.count(result.lapse_months), lost=lost,
        )  # fmt: skip
    if name == "margin":
        return _("Last {months} months", months=result.window_months)
    month, year = row["on_last_month_percent"], row["on_last_year_percent"]
    parts: list[str] = []
    days = result.until is not None

    def per_day(change: float, before: str | None) -> list[str]:
        by_day = working.per_day(change, before) if working is not None and before else float("nan")
        return [_("{change} per working day", change=n.change_in_percent(by_day))] if pd.notna(by_day) else []

    if pd.notna(month):
        change = n.change_in_percent(month)
        parts.append(
            _("{change} on the same days of last month", change=change)
            if days
            else _("{change} on last month", change=change)
        )
        parts += per_day(month, "last_month_days" if name == "month" else None)
    if pd.notna(year):
        change = n.change_in_percent(year)
        parts.append(
            _("{change} on the same days of last year", change=change)
            if days
            else _("{change} on last year", change=change)
        )
        if pd.notna(constant := row.get("constant_percent", float("nan"))):
            parts.append(_("{change} at constant rates", change=n.change_in_percent(constant)))
        parts += per_day(year, {"month": "last_year_days", "year_to_date": "ytd_last_year_days"}.get(name))
    aligned = working.aligned if working is not None and name == "month" else None
    if aligned is not None and pd.notna(aligned.change_percent):
        change = n.change_in_percent(aligned.change_percent)
        parts.append(_("{change} on the days as far from the festival", change=change))
    return _.phrases(parts)


def base_chart(months: pd.DataFrame, n: Numbers) -> Chart | Findings:
    """Draw customers by state at the month end, with the change on the previous month end.

    Parameters
    ----------
    months
        As `helpers.subjects.summary.queries.SummaryQueries.state_months` returns it.
    """
    _ = n.words
    if months.empty:
        return findings(_("No customer has bought lately: nobody can be judged."))
    now = months.iloc[-1]
    change = now - months.iloc[-2] if len(months) > 1 else now * np.nan
    frame = pd.DataFrame(
        {
            "label": [state_label(state, _) for state in months.columns],
            "value": now.to_numpy(),
            "note": ["" if pd.isna(it) else _("({change})", change=n.signed_count(it)) for it in change],
            "worry": [state in WORRY for state in months.columns],
            "gone": months.columns == "lost",
        }
    )
    worry = int(now[list(WORRY)].sum())
    title = _("State of the base: {n} in doubt (slowing, overdue, at risk or lapsed)", n=n.count(worry))
    if len(months) > 1:
        title = _(
            "{title}, {before} a month ago", title=title, before=n.count(months.iloc[-2][list(WORRY)].sum())
        )
    alt = _.pairs(frame["label"], map(n.count, frame["value"]))
    return share_bars(frame, title=title, alt=alt, fmt=n.count, value="value", note="note", highlight="worry",
                      aside="gone", width=_BASE_WIDTH, row=_BASE_ROW)  # fmt: skip


def top_findings(
    found: Sequence[WeighedFinding],
    settings: FrontPage,
    n: Numbers,
    already_shown: Collection[str | None] = (),
) -> LinkedFindings:
    """Return the findings with the largest amounts, at most a few of one page.

    Ties keep the order of the subjects; findings in ``already_shown`` are left out.
    """
    _ = n.words
    left = [finding for finding in found if finding.sentence not in already_shown]
    ranked = sorted(left, key=lambda finding: -finding.amount)
    seen: dict[str, int] = {}
    first: list[WeighedFinding] = []
    rest: list[WeighedFinding] = []
    for finding in ranked:
        seen[finding.page] = seen.get(finding.page, 0) + 1
        (first if seen[finding.page] <= settings.findings_a_page else rest).append(finding)
    chosen = [*first, *rest][: settings.findings]
    return LinkedFindings(tuple(chosen), _("more"), _("Nothing stands out this month."))


def _safe(text: str) -> str:
    return html.escape(plain(text))
