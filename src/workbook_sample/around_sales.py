"""What surrounds the sample's sales: quotes before orders, deliveries after them, reasons of returns.

Drawn from what is there already, each from a stream of its own: no other table changes by a byte. The process decides
how often quotes are won and whether a delivery comes in time and in full. Returns are as frequent everywhere, and
buying reacts to none of it: a report that says that late deliveries cost sales tells chance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from workbook_sample.catalogue import Catalogue
from workbook_sample.orders import Orders
from workbook_sample.process import Floats, Ints, Population, Span, spread, workday
from workbook_sample.write import dates, ids, labels, money, salesperson_ids

#: Share of orders that a quote came before, and how often a quote is won.
QUOTED_SHARE, WIN_CHANCE = 0.18, 0.55
#: Share of customers who only ask for prices, how many quotes they have a year, and of how many orders one came before.
PRICE_ONLY_SHARE, PRICE_ONLY_YEAR, PRICE_ONLY_QUOTED = 0.04, 10, 0.03
LOST_REASONS = ("price", "delivery time", "competitor", "project dropped", "no answer")
_LOST_SHARES = (0.38, 0.14, 0.22, 0.12, 0.14)
EXPIRED_SHARE, EXPIRES_DAYS = 0.2, 60
#: How often an order is late as a whole, a line of it late or short, and how much a customer's own share differs.
LATE_ORDER, LATE_LINE, SHORT_LINE, LATE_SPREAD = 0.05, 0.04, 0.03, 0.6
RETURN_REASONS = ("wrong item ordered", "damaged", "defect", "too late", "overstock")
_RETURN_SHARES = (0.3, 0.2, 0.25, 0.1, 0.15)
REASON_MISSING = 0.15

Columns = dict[str, pa.Array]


def draw_around_sales(
    random: Callable[[int], np.random.Generator],
    people: Population,
    orders: Orders,
    lines: Columns,
    catalogue: Catalogue,
    span: Span,
    next_quote: int,
) -> tuple[dict[str, Columns], int]:
    """Draw the tables quotes, deliveries and return_reasons of a chunk, and the truth; returns how many quotes.

    Parameters
    ----------
    random
        Gives the stream of a subject; those from 20 on are this module's.
    """
    price_only = random(20).random(len(people)) < PRICE_ONLY_SHARE
    quotes = _draw_quotes(random(21), people, orders, price_only, catalogue, span, next_quote)
    late = LATE_ORDER * np.exp(LATE_SPREAD * random(22).standard_normal(len(people)) - LATE_SPREAD**2 / 2)
    tables = {
        "quotes": quotes,
        "deliveries": _draw_deliveries(random(23), orders, lines, catalogue, late, span),
        "return_reasons": _draw_reasons(random(24), lines),
        "truth/around_sales": {
            "customer_id": ids("C", people.number + 1, 5),
            "only_asks_prices": pa.array(price_only),
            "late_order_chance": pa.array(np.round(late, 6)),
        },
    }
    return tables, len(quotes["quote_id"])


def _draw_quotes(
    rng: np.random.Generator,
    people: Population,
    orders: Orders,
    price_only: np.ndarray,
    catalogue: Catalogue,
    span: Span,
    first_number: int,
) -> Columns:
    """Draw quotes: some that an order came of, and as many lost ones as the chance to win leaves."""
    share = np.where(price_only, PRICE_ONLY_QUOTED, QUOTED_SHARE)[orders.customer]
    won = np.flatnonzero((rng.random(orders.day.size) < share) & ~orders.anonymous)
    won_day = orders.day[won] - np.minimum(rng.gamma(1.6, 7, won.size), 90).astype(np.int64)
    bought = np.bincount(orders.customer[won], minlength=len(people))
    expected = bought * (1 - WIN_CHANCE) / WIN_CHANCE
    expected = np.where(price_only, PRICE_ONLY_YEAR * span.months / 12, expected)
    lost, _ = spread(rng.poisson(expected))
    begin = np.maximum(people.first_contact, span.start_day)[lost]
    end = np.clip(people.leave, begin.min(initial=span.start_day) + 1, span.end_day)[lost]
    lost_day = begin + (rng.random(lost.size) * np.maximum(end - begin, 1)).astype(np.int64)
    expires = rng.random(lost.size) < EXPIRED_SHARE
    wait = np.where(expires, EXPIRES_DAYS, np.minimum(rng.gamma(1.6, 16, lost.size), 180)).astype(np.int64)
    usual = (
        np.exp(0.5 * rng.standard_normal(lost.size))
        * people.line_value[lost]
        * (1 + people.further_lines[lost])
    )

    customer = np.concatenate([orders.customer[won], lost])
    day = workday(np.concatenate([won_day, lost_day]))
    decided = workday(np.concatenate([orders.day[won], lost_day + wait]))
    decided = np.maximum(decided, day)
    fen = np.concatenate(
        [np.rint(orders.net_fen[won] * rng.uniform(1, 1.08, won.size)), np.rint(usual * 100)]
    )
    status = np.concatenate([np.zeros(won.size, dtype=np.int64), np.where(expires, 2, 1)])
    order = np.concatenate([won, np.zeros(lost.size, dtype=np.int64)])
    reason = rng.choice(len(LOST_REASONS), customer.size, p=_LOST_SHARES)
    product = rng.integers(0, catalogue.launch.size, customer.size)
    product = np.where(catalogue.launch[product] > day, 0, product)
    keep = np.flatnonzero((day >= span.start_day) & (day <= span.end_day))
    keep = keep[np.argsort(day[keep], kind="stable")]
    customer, day, decided, fen, status, order, reason, product = (
        values[keep] for values in (customer, day, decided, fen, status, order, reason, product)
    )
    is_open = decided > span.end_day
    owner = people.owner_at(customer, day)
    return {
        "quote_id": ids("Q", first_number + np.arange(customer.size), 6),
        "quote_date": dates(day),
        "customer_id": labels(customer, ids("C", people.number + 1, 5)),
        "product_id": labels(product, catalogue.frame["product_id"].tolist()),
        "amount": money(fen.astype(np.int64)),
        "status": labels(np.where(is_open, 3, status), ("won", "lost", "expired", "open")),
        "decided_at": dates(decided, is_open),
        "reason": labels(reason, LOST_REASONS, is_open | (status != 1)),
        "salesperson_id": labels(owner, salesperson_ids(owner)),
        "order_id": labels(order, ids("A", orders.number, 7), is_open | (status != 0))
        if orders.number.size
        else pa.nulls(customer.size, pa.string()),
    }


def _draw_deliveries(
    rng: np.random.Generator, orders: Orders, lines: Columns, catalogue: Catalogue, late: Floats, span: Span
) -> Columns:
    """Draw what was promised and shipped of every line of goods of orders that are not cancelled."""
    place, quantity, product = _goods(orders, lines, catalogue)
    lead = 5 + rng.integers(0, 3, orders.day.size) * 5
    order_late = rng.random(orders.day.size) < late[orders.customer]
    promised = _next_workday(orders.day + lead)[place]
    slips = order_late[place] | (rng.random(place.size) < LATE_LINE * (1 + 2 * (product % 17 == 0)))
    delay = np.where(
        slips, 1 + rng.gamma(1.5, 5, place.size).astype(np.int64), -rng.integers(0, 3, place.size)
    )
    shipped = np.maximum(_next_workday(promised + delay), orders.day[place] + 1)
    short = (rng.random(place.size) < SHORT_LINE) & (quantity > 1)
    first = np.where(short, np.maximum(quantity * 6 // 10, 1), quantity)
    rest_shipped = _next_workday(
        np.maximum(shipped, promised) + 2 + rng.gamma(1.5, 6, place.size).astype(np.int64)
    )
    row = np.concatenate([np.arange(place.size), np.flatnonzero(short)])
    pieces = np.concatenate([first, (quantity - first)[short]])
    day = np.concatenate([shipped, rest_shipped[short]])
    order_rows = np.lexsort((day, row))
    row, pieces, day = row[order_rows], pieces[order_rows], day[order_rows]
    goods = _goods_rows(orders, lines, catalogue)
    return {
        "order_id": pc.take(lines["order_id"], pa.array(goods[row])),
        "line_no": pc.take(lines["line_no"], pa.array(goods[row])),
        "promised_date": dates(promised[row]),
        "shipped_date": dates(day, day > span.end_day),
        "quantity": money(pieces * 100),
    }


def _goods_rows(orders: Orders, lines: Columns, catalogue: Catalogue) -> Ints:
    """Say which lines are goods of an order that stands: not services, corrections, or of a cancelled order."""
    role = catalogue.frame["offering_role"].isin(["service", "support"]).to_numpy()
    product = np.asarray(lines["product_id"].indices)
    positive = pc.greater(lines["quantity"], 0).to_numpy(zero_copy_only=False)
    standing = ~orders.cancelled[_orders_of(orders, lines)]
    rows: Ints = np.flatnonzero(positive & ~role[product] & standing)
    return rows


def _orders_of(orders: Orders, lines: Columns) -> Ints:
    number = pc.cast(pc.utf8_slice_codeunits(lines["order_id"], 1), pa.int64()).to_numpy(zero_copy_only=False)
    return number - (orders.number[0] if orders.number.size else 0)


def _goods(orders: Orders, lines: Columns, catalogue: Catalogue) -> tuple[Ints, Ints, Ints]:
    rows = _goods_rows(orders, lines, catalogue)
    place = _orders_of(orders, lines)[rows]
    quantity = pc.cast(pc.take(lines["quantity"], pa.array(rows)), pa.float64()).to_numpy(
        zero_copy_only=False
    )
    return place, quantity.astype(np.int64), np.asarray(lines["product_id"].indices)[rows]


def _next_workday(day: Ints) -> Ints:
    """Move Saturdays and Sundays to the Monday after (1970-01-01 was a Thursday)."""
    weekday = (day + 3) % 7
    return day + np.where(weekday > 4, 7 - weekday, 0)


def _draw_reasons(rng: np.random.Generator, lines: Mapping[str, pa.Array]) -> Columns:
    """Draw why each line of a credit note came back; some never say."""
    number = lines["order_id"].cast(pa.string())
    back = np.flatnonzero(pc.starts_with(number, "R").to_numpy(zero_copy_only=False))
    said = back[rng.random(back.size) >= REASON_MISSING]
    rows = pa.array(said)
    return {
        "order_id": pc.take(number, rows),
        "line_no": pc.take(lines["line_no"].cast(pa.string()), rows),
        "reason": labels(rng.choice(len(RETURN_REASONS), said.size, p=_RETURN_SHARES), RETURN_REASONS),
    }
