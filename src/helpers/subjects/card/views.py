"""The customer card as a page; a part that is not supplied is one line."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from helpers.core.periods import year_ago
from helpers.present import labels
from helpers.present.charts import theme
from helpers.present.charts.chart import plain
from helpers.present.findings import Findings, findings
from helpers.present.name_lists import display_names
from helpers.present.numbers import MISSING, Numbers
from helpers.present.table import details
from helpers.present.words import Words
from helpers.subjects.card import part_views as card_parts
from helpers.subjects.card.card import Card
from helpers.subjects.card.part_views import CardPart, needs
from helpers.subjects.grading import behaviour_views as behaviour
from helpers.subjects.grading import grade_views as grades
from helpers.subjects.grading import words as rule_words
from helpers.subjects.tiers.views import tier_label

if TYPE_CHECKING:
    from helpers.subjects.card.queries import CardQueries

STYLE: Final = f"""
body[data-jp-theme-light="false"] .wb-card, .vscode-dark .wb-card {{ {theme.DARK_VARIABLES} }}
.wb-card {{ color: var(--ink, {theme.INK}); background: var(--paper, {theme.PAPER}); max-width: 52rem;
  font: {theme.TEXT_SIZE + 0.5:g}px/1.5 var(--font, {theme.FONT_STACK}); border-top: 2px solid var(--ink, {theme.INK});
  padding: .6em 0; margin: 1.2em 0 2em }}
.wb-card h3 {{ margin: 0 0 .3em; font-size: 1.25em }}
.wb-card h4 {{ margin: 1em 0 .2em; font-size: 1em; break-after: avoid }}
.wb-card p, .wb-card ul {{ margin: .2em 0; max-width: none; break-inside: avoid }}
.wb-card dl {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(11em, 1fr));
  gap: .3em 1.2em; margin: .5em 0 }}
.wb-card dt {{ color: var(--muted, {theme.MUTED}); font-weight: 400 }}
.wb-card dd {{ margin: 0 }}
.wb-card .wb-needs {{ color: var(--muted, {theme.MUTED}) }}
.wb-card svg {{ max-width: 100%; height: auto; display: block }}
"""
#: So many contacts, complaints and categories are listed; the sentence above them counts all.
_MOST = 5


@dataclass(frozen=True)
class CardPage:
    """A rendered card: ``html`` for pages, ``text`` otherwise."""

    html: str
    text: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/html": f"<style>{STYLE}</style>{self.html}", "text/plain": self.text}


Provider = Callable[[Card, Numbers], tuple[str, CardPart]]


def customer_card(book: CardQueries, customer_id: str) -> CardPage:
    """Show one customer's card.

    Raises
    ------
    WorkbookError
        There is no such customer in the book's scope.

    Examples
    --------
    >>> print(customer_card(book, "C00003").text.splitlines()[0])
    无锡屿辰德配件经营部 · C00003
    """
    return card_page(book.card(customer_id), book.numbers)


def card_page(card: Card, n: Numbers) -> CardPage:
    """Render a card: the customer's record, then the parts in the order of `PROVIDERS`."""
    _ = n.words
    name = plain(card.customer_id if pd.isna(card.record["name"]) else card.record["name"])
    title = f"{name} · {plain(card.customer_id)}"
    facts = [(head, plain(value)) for head, value in _who(card, n)]
    body = "".join(
        f"<div><dt>{html.escape(head)}</dt><dd>{html.escape(value)}</dd></div>" for head, value in facts
    )
    blocks, lines = [f"<h3>{html.escape(title)}</h3><dl>{body}</dl>"], [title]
    lines += [f"{head}: {value}" for head, value in facts]
    for provider in PROVIDERS:
        heading, part = provider(card, n)
        kind = ' class="wb-needs"' if part.needs else ""
        paragraphs = "".join(f"<p{kind}>{html.escape(plain(each))}</p>" for each in part.sentences)
        blocks.append(f"<h4>{html.escape(heading)}</h4>{part.svg}{paragraphs}")
        lines += [heading, *(f"  {plain(each)}" for each in part.sentences)]
    label = html.escape(_("Customer card of {name}", name=name))
    return CardPage(
        f'<section class="wb-card" aria-label="{label}">{"".join(blocks)}</section>', "\n".join(lines)
    )


def _who(card: Card, n: Numbers) -> list[tuple[str, str]]:
    _, record = n.words, card.record

    def text(column: str) -> str:
        return MISSING if pd.isna(record[column]) else str(_.value(record[column]))

    owner = record["salesperson_id"] if pd.isna(record["salesperson_name"]) else record["salesperson_name"]
    first = record["first_contact_date"]
    return [
        *((labels.dimension_heading(name, _), text(name)) for name in _DIMENSIONS),
        (_("Salesperson"), MISSING if pd.isna(owner) else str(owner)),
        (_("Credit limit"), n.money(record["credit_limit"])),
        (_("Interest"), text("interest_level")),
        (_("First contact"), MISSING if pd.isna(first) else n.date(first)),
        *([(_("Business"), _closed(record, n))] if record.get("closed", False) else []),
        *([(_("Earlier numbers"), _.phrases(card.merged))] if card.merged else []),
        *(
            [(_("Accounts"), _accounts(card.branches, n))]
            if card.branches is not None and len(card.branches) > 1
            else []
        ),
    ]


def _closed(record: pd.Series, n: Numbers) -> str:
    day = record["closed_date"]
    return n.words("closed") if pd.isna(day) else n.words("closed since {day}", day=n.date(day))


def _accounts(branches: pd.DataFrame, n: Numbers) -> str:
    """Name the largest accounts of a group with their net sales, and count the others."""
    shown = branches.head(_MOST)
    named = [
        f"{name} ({number}) {n.money_short(amount)}"
        for name, number, amount in zip(
            display_names(shown), shown["customer_id"], shown["net_amount"], strict=True
        )
    ]
    rest = len(branches) - len(shown)
    return n.words.phrases([*named, *([n.words.ngettext("{n} more", "{n} more", rest)] if rest else [])])


_DIMENSIONS = ("trade_class", "region", "size_class", "industry", "acquisition_source")


def _grade(card: Card, n: Numbers) -> tuple[str, CardPart]:
    _, grade, segment = n.words, card.grade, card.segment
    first = _(
        "{grade}: {why}. Purchases so far: {amount}, level {level}.",
        grade=grades.grade_label(grade["grade"], _),
        why=rule_words.why(grade, card.grade_rules, card.window_months, n),
        amount=n.money_short(grade["lifetime_amount"]),
        level=grades.level_label(grade["level"], _),
    )
    second = _(
        "Buys as: {segment}; {why}.",
        segment=behaviour.segment_label(segment["segment"], _),
        why=rule_words.why(segment, card.segment_rules, card.window_months, n),
    )
    return _("Grade and why"), CardPart((first, second))


def _purchases(card: Card, n: Numbers) -> tuple[str, CardPart]:
    _, heading = n.words, n.words("Purchases and rhythm")
    if card.summary is None or pd.isna(card.summary["last_purchase"]):
        return heading, CardPart((_("It has not bought yet."),))
    summary = card.summary
    sold = _(
        "Net sales of {months} months: {amount}; the year before {before}.", months=card.window_months,
        amount=n.money_short(summary["net_amount"]), before=n.money_short(summary["net_amount_previous"]),
    )  # fmt: skip
    silent = int(summary["silence_days"])
    last = n.date(summary["last_purchase"])
    if pd.isna(summary["mean_gap_days"]):
        rhythm = _("Bought once, on {last}; silent for {silent} days.", last=last, silent=n.count(silent))
    else:
        rhythm = _(
            "Buys every {gap} days on average, last on {last}; silent for {silent} days at the month end.",
            gap=n.count(summary["mean_gap_days"]), last=last, silent=n.count(silent),
        )  # fmt: skip
    return heading, CardPart((sold, rhythm), svg=_bars(card.months, n, sold))


def _bars(months: pd.DataFrame, n: Numbers, alt: str) -> str:
    """Draw net sales by month as bars; negative months are below the line."""
    values = months["net_amount"].tolist()
    top, low = max([*values, 1.0]), min([*values, 0.0])
    width, height = theme.WIDTH, 96.0
    step, zero = width / len(values), 76 * top / (top - low) + 2
    fill = f"var(--blue, {theme.BLUE})"
    marks = []
    for place, (month, value) in enumerate(zip(months["month"], values, strict=True)):
        size = 76 * abs(value) / (top - low)
        tip = html.escape(f"{n.month_short(month)}: {n.money_short(value)}")
        y = zero - size if value > 0 else zero
        marks.append(
            f'<rect x="{place * step:.1f}" y="{y:.1f}" width="{step * 0.7:.1f}" height="{size:.1f}"'
            f' style="fill: {fill}"><title>{tip}</title></rect>'
        )
    text = f"fill: var(--muted, {theme.MUTED}); font-size: {theme.SMALL_SIZE:g}px"
    first, last = (html.escape(n.month_short(month)) for month in months["month"].iloc[[0, -1]])
    return (
        f'<svg role="img" aria-label="{html.escape(alt)}" viewBox="0 0 {width:g} {height:g}" width="{width:g}">'
        f'{"".join(marks)}<text x="0" y="92" style="{text}">{first}</text>'
        f'<text x="{width:g}" y="92" text-anchor="end" style="{text}">{last}</text></svg>'
    )


def _tiers(card: Card, n: Numbers) -> tuple[str, CardPart]:
    _, tiers = n.words, card.tiers
    changed = tiers["tier"] != tiers["tier"].shift()
    steps = [
        _("{tier} from {month}", tier=tier_label(tier, _), month=n.month_short(month))
        for month, tier in zip(tiers.loc[changed, "month"], tiers.loc[changed, "tier"], strict=True)
    ]
    return _("Tier in its class"), CardPart((n.words.phrases(steps),))


def _products(card: Card, n: Numbers) -> tuple[str, CardPart]:
    _, heading = n.words, n.words("Products and gaps")
    if card.categories is None:
        return heading, needs("products (category)", n)
    bought = card.categories[card.categories["net_amount"] > 0]
    gaps = card.categories[card.categories["gap"]]
    if bought.empty:
        first = _(
            "It bought no product of a known category in the {months} months.", months=card.window_months
        )
    else:
        first = _("Buys most: {names}.", names=_.listed(_with_money(bought.head(_MOST), n)))
    if gaps.empty:
        second = _("No category that half of its class buys is missing.")
    else:
        second = _("Most of its class buys, it does not: {names}.", names=_.listed(
            _("{name} ({value})", name=plain(_.value(name)), value=n.percent(share, 0))
            for name, share in zip(gaps["category"].head(_MOST), gaps["peers_share"].head(_MOST), strict=True)
        ))  # fmt: skip
    return heading, CardPart((first, second))


def _with_money(bought: pd.DataFrame, n: Numbers) -> list[str]:
    pairs = zip(bought["category"], bought["net_amount"], strict=True)
    return [f"{plain(n.words.value(name))} {n.money_short(amount)}" for name, amount in pairs]


def _contacts(card: Card, n: Numbers) -> tuple[str, CardPart]:
    _, heading = n.words, n.words("Contacts")
    if card.contacts is None:
        return heading, needs("interactions", n)
    if card.contacts.empty:
        return heading, CardPart((_("No contact is recorded."),))
    recent = card.contacts["month"] > year_ago(card.month).to_timestamp()
    count = _.ngettext("{n} contact in 12 months.", "{n} contacts in 12 months.", int(recent.sum()))
    latest = _latest(card.contacts, "date", ("kind", "contact_role", "topic"), n)
    return heading, CardPart((count, *latest))


def _complaints(card: Card, n: Numbers) -> tuple[str, CardPart]:
    _, heading = n.words, n.words("Complaints")
    if card.complaints is None:
        return heading, needs("complaints", n)
    if card.complaints.empty:
        return heading, CardPart((_("It has never complained."),))
    unresolved = int(card.complaints["resolved"].isna().sum())
    count = _.ngettext(
        "{n} complaint, {still} not settled.", "{n} complaints, {still} not settled.",
        len(card.complaints), still=n.count(unresolved),
    )  # fmt: skip
    latest = _latest(card.complaints, "opened", ("category", "severity"), n)
    return heading, CardPart((count, *latest))


def _latest(frame: pd.DataFrame, day: str, columns: Sequence[str], n: Numbers) -> list[str]:
    """Return a line for each of the latest rows: the day and the values."""
    return [
        n.words.phrases(
            [
                n.date(row[day]),
                *(plain(n.words.value(row[name])) for name in columns if not pd.isna(row[name])),
            ]
        )
        for row in frame.head(_MOST).to_dict("records")
    ]


def _completeness(card: Card, n: Numbers) -> tuple[str, CardPart]:
    _ = n.words
    if not card.missing:
        return _("Record"), CardPart((_("The record is complete."),))
    names = [_field(name, _) for name in card.missing]
    return _("Record"), CardPart((_("The record lacks: {names}.", names=_.listed(names)),))


def _field(name: str, _: Words) -> str:
    if name in _DIMENSIONS:
        return labels.dimension_name(name, _)
    return {
        "name": _("name"), "salesperson_id": _("salesperson"), "first_contact_date": _("first contact"),
        "credit_limit": _("credit limit"), "interest_level": _("interest"),
    }[name]  # fmt: skip


#: The parts of a card in order; a subject adds its own here.
PROVIDERS: tuple[Provider, ...] = (
    _grade, _purchases, card_parts.value, card_parts.churn, card_parts.signals, card_parts.receivables,
    card_parts.contribution, _tiers, _products, card_parts.sales_documents, _contacts, _complaints, _completeness,
)  # fmt: skip


def customer_cards(book: CardQueries, customer_ids: Iterable[str]) -> list[CardPage | Findings]:
    """Show the cards of several customers, all but the first collapsed; a sentence if there are none."""
    cards = [customer_card(book, each) for each in customer_ids]
    if not cards:
        return [findings(book.numbers.words("There are no customers to pick from."))]
    rest = (replace(card, html=details(card.text.partition("\n")[0], card.html)) for card in cards[1:])
    return [cards[0], *rest]
