"""Orders of the sample: lines with their prices, cancellations, returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from helpers.sample import traits
from helpers.sample.catalogue import Catalogue
from helpers.sample.process import Floats, Ints, Population, Span, pick
from helpers.sample.write import dates, ids, labels, money

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
    """One entry an order, by date: number, customer, day, enquiry day, net amount, cancelled or not."""

    number: Ints
    customer: Ints
    day: Ints
    net_fen: Ints
    cancelled: np.ndarray
    anonymous: np.ndarray


@dataclass(frozen=True)
class _Lines:
    """One entry a line: position of its order, number within it, product, quantity, amounts in fen."""

    order: Ints
    line: Ints
    product: Ints
    quantity: Ints
    list_fen: Ints
    net_fen: Ints
    cost_fen: Ints


def mean_order_value(people: Population) -> Floats:
    """Expected value of one order of each customer, at the prices of the first year, discount deducted."""
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

    A line's value is drawn around the customer's usual line and then rounded to whole pieces of the product; the
    discount is the customer's own, deepened by an experience shift. Cancellations repeat the whole order with
    the opposite sign under the same order_id; returns are part of a line, on a credit note of its own (R...).
    """
    order_of = np.argsort(purchases[1], kind="stable")
    customer, day = purchases[0][order_of], purchases[1][order_of]
    n = day.size
    orders_factor = np.exp(_ORDER_SPREAD * rng.standard_normal(n))
    orders_factor[rng.random(n) < PROJECT_SHARE] *= PROJECT_FACTOR
    lines = _draw_lines(rng, people, customer, day, orders_factor, catalogue, span)
    cancel_day = day + rng.integers(2, 21, n)
    cancelled = (rng.random(n) < CANCELLED_SHARE) & (cancel_day <= span.end_day)
    anonymous = rng.random(n) < WITHOUT_CUSTOMER_SHARE
    enquiry = _enquiry_days(rng, people, customer, day)
    channel = rng.choice(len(CHANNELS), n, p=_CHANNEL_SHARES)
    orders = Orders(
        number=first_number + np.arange(n),
        customer=customer,
        day=day,
        net_fen=np.bincount(lines.order, weights=lines.net_fen, minlength=n).astype(np.int64),
        cancelled=cancelled,
        anonymous=anonymous,
    )

    again = np.flatnonzero(cancelled[lines.order])
    back, share = _returned(rng, lines, cancelled)
    back_day = day[lines.order[back]] + rng.integers(4, 60, back.size)
    back, share, back_day = (values[back_day <= span.end_day] for values in (back, share, back_day))
    rows = np.concatenate([np.arange(lines.order.size), again, back])
    sign = np.concatenate([np.ones(lines.order.size), -np.ones(again.size), -share])
    order = lines.order[rows]
    credit = np.arange(rows.size) >= lines.order.size + again.size
    line = lines.line[rows] + 1
    lines_of_order = np.bincount(lines.order, minlength=n)
    repeated = (np.arange(rows.size) >= lines.order.size) & ~credit
    line = np.where(repeated, line + lines_of_order[order], line)
    row_day = np.concatenate([day[lines.order], cancel_day[lines.order[again]], back_day])
    sort = np.lexsort((line, order, row_day))
    rows, sign, order, credit, line, row_day = (
        values[sort] for values in (rows, sign, order, credit, line, row_day)
    )
    quantity = np.rint(sign * lines.quantity[rows]).astype(np.int64)
    part = quantity / lines.quantity[rows]
    names = pa.concat_arrays([ids("A", orders.number, 7), ids("R", orders.number, 7)])
    return orders, {
        "order_id": names.take(pa.array(order + n * credit)),
        "order_date": dates(row_day),
        "customer_id": labels(customer[order], ids("C", people.number + 1, 5), anonymous[order]),
        "line_no": labels(line, [str(i) for i in range(int(line.max(initial=0)) + 1)]),
        "product_id": labels(lines.product[rows], catalogue.frame["product_id"].tolist()),
        "quantity": money(quantity * 100),
        "net_amount": money(np.rint(lines.net_fen[rows] * part)),
        "list_amount": money(np.rint(lines.list_fen[rows] * part)),
        "cost_amount": money(np.rint(lines.cost_fen[rows] * part)),
        "currency": labels(np.zeros(rows.size), ["CNY"]),
        "salesperson_id": _salespeople(people, customer[order], day[order]),
        "enquiry_date": dates(enquiry[order], (enquiry < 0)[order]),
        "channel": labels(channel[order], CHANNELS),
    }


def _salespeople(people: Population, customer: Ints, day: Ints) -> pa.Array:
    owner = people.owner_at(customer, day)
    return labels(owner, ids("S", np.arange(int(owner.max(initial=0)) + 1) + 1, 2))


def _draw_lines(
    rng: np.random.Generator,
    people: Population,
    customer: Ints,
    day: Ints,
    orders_factor: Floats,
    catalogue: Catalogue,
    span: Span,
) -> _Lines:
    """Draw the lines of each order; a product drawn twice for one order is one line, as the first draw has it."""
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
    favourite = (people.number[customer] * 7919 + np.floor(6 * chance**2).astype(np.int64) * 11 + role) % count
    place = np.where(rng.random(customer.size) < 0.45, favourite, np.minimum(popular, count - 1))
    product = catalogue.first[role] + place
    return np.where(catalogue.launch[product] > day, catalogue.first[role], product)


def _enquiry_days(rng: np.random.Generator, people: Population, customer: Ints, day: Ints) -> Ints:
    """The day of the enquiry, or -1: a decision takes about two weeks, and four days after an experience shift."""
    mean = 14 - 10 * people.shifted(customer, day)
    enquiry = day - np.minimum(rng.gamma(1.5, mean / 1.5), 120).astype(np.int64)
    return np.where(rng.random(day.size) < 0.6, enquiry, -1)


def _returned(rng: np.random.Generator, lines: _Lines, cancelled: np.ndarray) -> tuple[Ints, Floats]:
    """Which lines are returned in part or whole, and which share of the pieces."""
    back = np.flatnonzero((rng.random(lines.order.size) < RETURNED_SHARE) & ~cancelled[lines.order])
    pieces = np.ceil(lines.quantity[back] * rng.uniform(0.05, 0.7, back.size))
    return back, pieces / lines.quantity[back]
