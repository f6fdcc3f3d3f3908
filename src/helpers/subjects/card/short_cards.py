"""Short cards of the customers that a report names, with their order lines of twelve months."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from helpers.present.charts.chart import plain
from helpers.present.labels import money_name
from helpers.present.name_lists import display_names
from helpers.present.numbers import Numbers
from helpers.subjects.card.card_index import NOT_RECORDED, CardIndex
from helpers.subjects.card.index_views import facet_heading, value_label

if TYPE_CHECKING:
    from helpers.subjects.card.queries import CardQueries

#: Latest order lines that a short card shows.
MOST_LINES = 100
#: Least number of cards in a pack: the largest customers are added to those that its pages name.
LEAST_CARDS = 100


@dataclass(frozen=True)
class ShortCard:
    """One customer's card as plain texts, which can be passed between processes.

    Attributes
    ----------
    customer_id, title
        The customer, and the heading of the card.
    facts
        Label and value of each figure.
    heads, lines
        The columns of its order lines (the last two are figures), and the lines, the latest first.
    note
        How many lines there are.
    """

    customer_id: str
    title: str
    facts: tuple[tuple[str, str], ...]
    heads: tuple[str, ...]
    lines: tuple[tuple[str, ...], ...]
    note: str


def short_cards(book: CardQueries, named: Sequence[str], least: int = LEAST_CARDS) -> tuple[ShortCard, ...]:
    """Return the cards of the named customers and of the largest others, largest first.

    Customers outside the book's scope are ignored.

    Examples
    --------
    >>> cards = short_cards(book, ["C00003", "nobody's"], least=0)
    >>> [(card.customer_id, len(card.lines) > 0) for card in cards]
    [('C00003', True)]
    """
    n, index = book.numbers, book.card_index()
    people = index.customers
    chosen = people[(people["customer_id"].isin(list(named))) | (people.index < least)]
    figures = book.customer_figures().reindex(chosen["customer_id"])
    rows = chosen.assign(**{name: figures[name].to_numpy() for name in figures.columns})
    lines = book.recent_lines(chosen["customer_id"].tolist(), MOST_LINES)
    heads, texts = _lines(lines, n)
    measure = money_name(book.has_costs, n.words)
    positions = lines.groupby("customer_id", sort=False).indices
    counts = lines.groupby("customer_id", sort=False)["lines"].first()
    return tuple(
        ShortCard(
            customer_id=row["customer_id"],
            title=f"{name} · {plain(row['customer_id'])}" if name != row["customer_id"] else name,
            facts=tuple(_facts(row, index, n, measure)),
            heads=heads,
            lines=tuple(texts[place] for place in positions.get(row["customer_id"], ())),
            note=_note(int(counts.get(row["customer_id"], 0)), n),
        )
        for row, name in zip(rows.to_dict("records"), map(plain, display_names(rows)), strict=True)
    )


def decimals_of(quantities: Iterable[float]) -> int:
    """Return how many decimals (at most four) show these quantities exactly."""
    return max(
        (next((d for d in range(4) if round(each, d) == each), 4) for each in map(float, quantities)),
        default=0,
    )


def _note(count: int, n: Numbers) -> str:
    _ = n.words
    if not count:
        return _("No order line in 12 months.")
    if count <= MOST_LINES:
        return _.ngettext("{n} order line in 12 months", "{n} order lines in 12 months", count)
    return _("The latest {shown} of {all} order lines in 12 months", shown=MOST_LINES, all=n.count(count))


def _facts(row: dict[Any, Any], index: CardIndex, n: Numbers, measure: str) -> list[tuple[str, str]]:
    """Return label and value of each figure that is known."""
    _ = n.words
    facts = [
        (facet_heading(facet, _), plain(value_label(facet, row[facet], n)))
        for facet in index.facets
        if facet not in ("sales_band", "credit_band") and not pd.isna(row[facet]) and row[facet] != NOT_RECORDED
    ]  # fmt: skip
    figures: list[tuple[str, str, Callable[[Any], str]]] = [
        ("salesperson_name", _("Salesperson"), plain),
        ("net_amount", _("Net sales of 12 months"), n.money_short),
        ("last_purchase", _("Last purchase"), n.date),
        ("probability", _("Probability of leaving"), n.percent.to(0)),
        ("risk_amount", _("At stake in a year ({measure})", measure=measure), n.money_short),
        ("history_amount", _("Brought so far ({measure})", measure=measure), n.money_short),
        ("value_amount", _("Still expected ({measure})", measure=measure), n.money_short),
        ("left_amount", _("Of it left after rebates and service"), n.money_short),
        ("balance_amount", _("Balance"), n.money_short),
        ("overdue_amount", _("Overdue"), n.money_short),
        ("credit_limit", _("Credit limit"), n.money_short),
    ]
    return facts + [
        (head, fmt(row[name])) for name, head, fmt in figures if name in row and not pd.isna(row[name])
    ]


def _lines(lines: pd.DataFrame, n: Numbers) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Return headings and texts of order lines, without columns that are empty."""
    _ = n.words
    columns: dict[str, tuple[str, Any]] = {
        "order_date": (_("Day"), n.date),
        "order_id": (_("Order"), plain),
        "product": (_("Product"), plain),
        "quantity": (_("Quantity"), lambda value: n.decimal.to(decimals_of([value]))(value)),
        "net_amount": (_("Net sales"), n.count),
    }
    known = {name: column for name, column in columns.items() if name in lines and lines[name].notna().any()}
    texts = [_format_values(lines[name], fmt) for name, (_head, fmt) in known.items()]
    return tuple(head for head, _spell in known.values()), list(zip(*texts, strict=True))


def _format_values(values: pd.Series, fmt: Callable[[Any], str]) -> list[str]:
    """Format values, each distinct value once: a year's lines have few days and quantities."""
    texts = {value: fmt(value) for value in values.dropna().drop_duplicates()}
    return ["" if pd.isna(value) else texts[value] for value in values]
