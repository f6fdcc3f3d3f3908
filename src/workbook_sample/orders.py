"""Orders of the sample: lines with their prices, cancellations, returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from workbook_sample import traits
from workbook_sample.catalogue import Catalogue
from workbook_sample.process import NEVER, Flags, Floats, Ints, Population, Span, pick, workday
from workbook_sample.write import dates, ids, labels, money, salesperson_ids

CHANNELS = ("sales visit", "phone", "e-mail", "web shop", "trade fair")
_CHANNEL_SHARES = (0.22, 0.26, 0.27, 0.22, 0.03)
CANCELLED_SHARE = 0.012
RETURNED_SHARE = 0.018
WITHOUT_CUSTOMER_SHARE = 0.004
#: Big projects: share of orders, and how much bigger they are.
PROJECT_SHARE, PROJECT_FACTOR = 0.03, 4.0
_ORDER_SPREAD, _LINE_SPREAD = 0.4, 0.6


@dataclass(frozen=True)
class Orders:
    """One entry an order, by date.

    Attributes
    ----------
    number
        The order's number in the whole sample, from 1.
    customer
        Position of the customer in the chunk.
    day, enquiry_day, cancel_day
        Days since 1970-01-01; no enquiry is NEVER, and only where ``cancelled`` the last one counts.
    channel
        Position in ``CHANNELS``.
    net_fen
        Net amount in hundredths of a CNY, before returns.
    cancelled
        Whether the order is cancelled in full.
    anonymous
        Whether its lines have no customer id.
    pieces_year
        One entry a product: pieces sold in the last twelve months of the data, before corrections.
    """

    number: Ints
    customer: Ints
    day: Ints
    enquiry_day: Ints
    channel: Ints
    net_fen: Ints
    cancel_day: Ints
    cancelled: Flags
    anonymous: Flags
    pieces_year: Ints


@dataclass(frozen=True)
class _Lines:
    """One entry a line: position of its order, number within it from 0, product, quantity, amounts in fen."""

    order: Ints
    line: Ints
    product: Ints
    quantity: Ints
    list_fen: Ints
    net_fen: Ints
    cost_fen: Ints


def mean_order_value(people: Population) -> Floats:
    """Expect the value of one order of each customer, at first-year prices, discount deducted."""
    project = 1 + PROJECT_SHARE * (PROJECT_FACTOR - 1)
    noise = np.exp((_ORDER_SPREAD**2 + _LINE_SPREAD**2) / 2)
    return (1 + people.further_lines) * people.line_value * project * noise * (1 - people.discount)


def draw_orders(
    rng: np.random.Generator,
    people: Population,
    purchases: tuple[Ints, Ints],
    catalogue: Catalogue,
    span: Span,
    first_number: int,
) -> tuple[Orders, dict[str, pa.Array]]:
    """Draw the orders of one chunk and their lines in the columns of the contract.

    A line's value is drawn around the customer's usual line and then rounded to whole pieces of the product;
    the discount is the customer's own, deepened by an experience shift.
    """
    order_of = np.argsort(purchases[1], kind="stable")
    customer, day = purchases[0][order_of], purchases[1][order_of]
    n = day.size
    orders_factor = np.exp(_ORDER_SPREAD * rng.standard_normal(n))
    orders_factor[rng.random(n) < PROJECT_SHARE] *= PROJECT_FACTOR
    lines = _draw_lines(rng, people, customer, day, orders_factor, catalogue, span)
    cancel_day = workday(day + rng.integers(3, 21, n))
    orders = Orders(
        number=first_number + np.arange(n),
        customer=customer,
        day=day,
        enquiry_day=_enquiry_days(rng, people, customer, day),
        channel=rng.choice(len(CHANNELS), n, p=_CHANNEL_SHARES),
        net_fen=np.bincount(lines.order, weights=lines.net_fen, minlength=n).astype(np.int64),
        cancel_day=cancel_day,
        cancelled=(rng.random(n) < CANCELLED_SHARE) & (cancel_day <= span.end_day),
        anonymous=rng.random(n) < WITHOUT_CUSTOMER_SHARE,
        pieces_year=_pieces(lines, day > span.end_day - 365, catalogue),
    )
    return orders, _columns(people, catalogue, orders, _with_corrections(rng, lines, orders, span))


def _pieces(lines: _Lines, recent: Flags, catalogue: Catalogue) -> Ints:
    """Count the pieces of each product in the recent orders."""
    weights = np.where(recent[lines.order], lines.quantity, 0)
    return np.bincount(lines.product, weights, catalogue.launch.size).astype(np.int64)


def _with_corrections(
    rng: np.random.Generator, lines: _Lines, orders: Orders, span: Span
) -> tuple[_Lines, Ints, Flags]:
    """Add cancellations and returns: all lines by date, the day of each, and which stand on a credit note.

    A cancellation repeats the whole order with the opposite sign under the same order_id and further line
    numbers; a return takes back some pieces of a line, on a credit note of its own.
    """
    again = np.flatnonzero(orders.cancelled[lines.order])
    back = np.flatnonzero((rng.random(lines.order.size) < RETURNED_SHARE) & ~orders.cancelled[lines.order])
    pieces = np.ceil(lines.quantity[back] * rng.uniform(0.05, 0.7, back.size)).astype(np.int64)
    back_day = workday(orders.day[lines.order[back]] + rng.integers(4, 60, back.size))
    in_time = back_day <= span.end_day
    back, pieces, back_day = back[in_time], pieces[in_time], back_day[in_time]

    row = np.concatenate([np.arange(lines.order.size), again, back])
    quantity = np.concatenate([lines.quantity, -lines.quantity[again], -pieces])
    day = np.concatenate([orders.day[lines.order], orders.cancel_day[lines.order[again]], back_day])
    lines_of_order = np.bincount(lines.order, minlength=orders.day.size)
    further = np.zeros(row.size, dtype=np.int64)
    further[lines.order.size : lines.order.size + again.size] = lines_of_order[lines.order[again]]
    credit_note = np.arange(row.size) >= lines.order.size + again.size
    line = lines.line[row] + further
    sort = np.lexsort((line, lines.order[row], day))
    row, quantity, day, line, credit_note = (
        row[sort],
        quantity[sort],
        day[sort],
        line[sort],
        credit_note[sort],
    )
    part = quantity / lines.quantity[row]
    corrected = _Lines(
        order=lines.order[row],
        line=line,
        product=lines.product[row],
        quantity=quantity,
        list_fen=np.rint(lines.list_fen[row] * part).astype(np.int64),
        net_fen=np.rint(lines.net_fen[row] * part).astype(np.int64),
        cost_fen=np.rint(lines.cost_fen[row] * part).astype(np.int64),
    )
    return corrected, day, credit_note


def _columns(
    people: Population, catalogue: Catalogue, orders: Orders, rows: tuple[_Lines, Ints, Flags]
) -> dict[str, pa.Array]:
    """Lay the lines out in the columns of the contract; corrections have no enquiry."""
    lines, day, credit_note = rows
    order = lines.order
    customer = orders.customer[order]
    numbers = pa.concat_arrays([ids("A", orders.number, 7), ids("R", orders.number, 7)])
    no_enquiry = (orders.enquiry_day[order] == NEVER) | (lines.quantity < 0)
    owner = people.owner_at(customer, orders.day[order])
    return {
        "order_id": numbers.take(pa.array(order + orders.day.size * credit_note)),
        "order_date": dates(day),
        "customer_id": labels(customer, ids("C", people.number + 1, 5), orders.anonymous[order]),
        "line_no": labels(lines.line, [str(i + 1) for i in range(int(lines.line.max(initial=0)) + 1)]),
        "product_id": labels(lines.product, catalogue.frame["product_id"].tolist()),
        "quantity": money(lines.quantity * 100),
        "net_amount": money(lines.net_fen),
        "list_amount": money(lines.list_fen),
        "cost_amount": money(lines.cost_fen),
        "currency": labels(np.zeros(order.size, dtype=np.int64), ["CNY"]),
        "salesperson_id": labels(owner, salesperson_ids(owner)),
        "enquiry_date": dates(orders.enquiry_day[order], no_enquiry),
        "channel": labels(orders.channel[order], CHANNELS),
    }


def _draw_lines(
    rng: np.random.Generator,
    people: Population,
    customer: Ints,
    day: Ints,
    orders_factor: Floats,
    catalogue: Catalogue,
    span: Span,
) -> _Lines:
    """Draw the lines of each order; a product drawn twice for one order is one line."""
    narrowing = 1 - 0.45 * people.shifted(customer, day)
    count = 1 + rng.poisson(people.further_lines[customer] * narrowing)
    order = np.repeat(np.arange(count.size), count)
    product = _draw_products(rng, people, customer[order], day[order], catalogue)
    _, kept = np.unique(order * catalogue.launch.size + product, return_index=True)
    order, product = order[kept], product[kept]
    start = np.searchsorted(order, np.arange(count.size))
    line = np.arange(order.size) - start[order]

    price_index, cost_index = catalogue.indices(span.first.year, day)
    price = np.rint(catalogue.price_fen[product] * price_index[order]).astype(np.int64)
    cost = np.rint(catalogue.cost_fen[product] * cost_index[order]).astype(np.int64)
    value = people.line_value[customer[order]] * 100 * orders_factor[order]
    # A line dropped as a repetition leaves its value to the others.
    value *= (count / np.bincount(order, minlength=count.size))[order]
    value *= np.exp(_LINE_SPREAD * rng.standard_normal(order.size))
    pieces = value / catalogue.price_fen[product]
    quantity = np.maximum(1, np.floor(pieces + rng.random(order.size))).astype(np.int64)
    quantity = np.where(quantity > 40, quantity // 10 * 10, quantity)
    discount = people.discount[customer] + traits.SHIFT_DISCOUNT * people.shifted(customer, day)
    discount += 0.02 * (orders_factor > PROJECT_FACTOR) + 0.012 * rng.standard_normal(customer.size)
    discount = np.clip(np.rint(discount * 200) / 200, 0, 0.34)
    list_fen = price * quantity
    return _Lines(
        order=order,
        line=line,
        product=product,
        quantity=quantity,
        list_fen=list_fen,
        net_fen=np.rint(list_fen * (1 - discount[order])).astype(np.int64),
        cost_fen=cost * quantity,
    )


def _draw_products(
    rng: np.random.Generator, people: Population, customer: Ints, day: Ints, catalogue: Catalogue
) -> Ints:
    """Draw a product a line: the role by class and experience shift, then a favourite or a popular one."""
    shares = traits.ROLE_SHARES[people.trade_class[customer]]
    shares = shares * np.power(traits.SHIFTED_ROLES[None, :], people.shifted(customer, day)[:, None])
    role = pick(rng, shares, np.arange(customer.size))
    chance = rng.random(customer.size)
    popular = np.empty(customer.size, dtype=np.int64)
    for index, cumulative in enumerate(catalogue.popularity):
        chosen = role == index
        popular[chosen] = np.searchsorted(cumulative, chance[chosen])
    count = catalogue.count[role]
    # Favourites: each customer comes back to a handful of products of its own in every role.
    favourite = (
        people.number[customer] * 7919 + np.floor(6 * chance**2).astype(np.int64) * 11 + role
    ) % count
    place = np.where(rng.random(customer.size) < 0.45, favourite, np.minimum(popular, count - 1))
    product = catalogue.first[role] + place
    return np.where(catalogue.launch[product] > day, catalogue.first[role], product)


def _enquiry_days(rng: np.random.Generator, people: Population, customer: Ints, day: Ints) -> Ints:
    """Draw the day of the enquiry, or NEVER: deciding takes two weeks, or four days after a shift."""
    mean = 14 - 10 * people.shifted(customer, day)
    enquiry = day - np.minimum(rng.gamma(1.5, mean / 1.5), 120).astype(np.int64)
    return np.where(rng.random(day.size) < 0.6, workday(enquiry), NEVER)
