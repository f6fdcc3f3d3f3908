"""Customers as records, what they buy elsewhere, and those who are not customers yet."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from workbook_sample import names, traits
from workbook_sample.orders import mean_order_value
from workbook_sample.process import NEVER, Flags, Floats, Ints, Population, Span, spread
from workbook_sample.staff import Staff
from workbook_sample.write import as_words, dates, ids, labels, money, salesperson_ids

#: Method of finding out a customer's total purchases: spread of its error (log), share of the evidence.
METHODS: dict[str, tuple[float, float]] = {
    "stated": (0.25, 0.30),
    "plan": (0.22, 0.12),
    "commitment": (0.18, 0.08),
    "resale": (0.35, 0.14),
    "stock_turnover": (0.40, 0.12),
    "accounts": (0.08, 0.08),
    "third_party": (0.55, 0.16),
}
RECLASSED_SHARE, RESIZED_SHARE, WITH_PARENT_SHARE, BLANK_SHARE = 0.03, 0.08, 0.03, 0.04
#: To which trade class a customer of each class may move.
NEXT_CLASS = np.array([1, 0, 3, 2, 3, 2, 3])
LOST_PROSPECTS_A_CONVERTED_ONE = 2.0


def purchases_year(people: Population) -> Floats:
    """Expect what each customer buys from us in a year, in CNY at prices of the first year."""
    return people.purchase_rate_month * 12 * mean_order_value(people)


def customer_rows(rng: np.random.Generator, people: Population, span: Span) -> dict[str, pa.Array]:
    """Draw the customers table: a row from the first contact on, and one for each later change.

    The salesperson, the trade class and the size class may change, each at most once; some records have gaps.
    """
    n = len(people)
    day = span.start_day + rng.integers(30, max(span.days, 31), (2, n))
    reclassed = np.where(rng.random(n) < RECLASSED_SHARE, day[0], NEVER)
    resized = np.where(rng.random(n) < RESIZED_SHARE, day[1], NEVER)
    up = np.where(rng.random(n) < 0.6, 1, -1)
    next_size = np.clip(people.size_class + up, 0, len(traits.SIZE_CLASSES) - 1)
    moments = np.stack([people.first_contact, people.owner_change, reclassed, resized])
    happens = moments > people.first_contact
    happens[0] = True
    happens &= moments <= span.end_day
    what, customer = np.nonzero(happens)
    rows = pd.DataFrame({"customer": customer, "day": moments[what, customer]}).drop_duplicates()
    rows = rows.sort_values(["customer", "day"])
    customer, valid_from = rows["customer"].to_numpy(), rows["day"].to_numpy()

    trade_class = np.where(
        valid_from >= reclassed[customer],
        NEXT_CLASS[people.trade_class[customer]],
        people.trade_class[customer],
    )
    size_class = np.where(valid_from >= resized[customer], next_size[customer], people.size_class[customer])
    owner = people.owner_at(customer, valid_from)
    year = purchases_year(people)
    limit = np.ceil(year * (traits.TERMS_DAYS[people.trade_class] + 45) / 365 * 1.3 / 5000) * 5000
    interest = np.clip(np.rint(1 + 0.5 * people.size + 0.6 * rng.standard_normal(n)), 0, 2).astype(np.int64)
    # A branch belongs to another customer of the chunk; who has a parent is nobody's parent.
    parent = rng.integers(0, max(n // 10, 1), n)
    has_parent = (rng.random(n) < WITH_PARENT_SHARE) & (np.arange(n) >= n // 10)
    blank = rng.random((3, n)) < BLANK_SHARE
    customers = ids("C", people.number + 1, 5)
    return {
        "customer_id": labels(customer, customers),
        "name": labels(
            customer, as_words(names.company_names(people.number, people.region, people.trade_class))
        ),
        "trade_class": labels(trade_class, traits.TRADE_CLASSES),
        "region": labels(people.region[customer], traits.REGIONS),
        "industry": labels(people.industry[customer], traits.INDUSTRIES, blank[0, customer]),
        "size_class": labels(size_class, traits.SIZE_CLASSES),
        "salesperson_id": labels(owner, salesperson_ids(owner)),
        "acquisition_source": labels(people.source[customer], traits.SOURCES, blank[1, customer]),
        "first_contact_date": dates(people.first_contact[customer]),
        "credit_limit": money(np.rint(limit[customer] * 100)),
        "interest_level": labels(interest[customer], traits.INTEREST_LEVELS, blank[2, customer]),
        "parent_id": labels(parent[customer], customers, ~has_parent[customer]),
        "valid_from": dates(valid_from),
    }


def wallet_rows(rng: np.random.Generator, people: Population, span: Span) -> dict[str, pa.Array]:
    """Draw estimates of what a customer buys in all in a year, by seven methods of unequal quality."""
    wallet = purchases_year(people) / people.wallet_share
    counts = rng.choice(4, len(people), p=[0.55, 0.25, 0.13, 0.07])
    customer, _ = spread(counts)
    begin = people.active_from[customer]
    end = np.minimum(people.leave[customer], span.end_day)
    as_of = begin + (rng.random(customer.size) * np.maximum(end - begin, 0)).astype(np.int64)
    shares = np.array([share for _, share in METHODS.values()])
    method = rng.choice(len(METHODS), customer.size, p=shares / shares.sum())
    error = np.array([spread_ for spread_, _ in METHODS.values()])[method]
    estimate = wallet[customer] * np.exp(error * rng.standard_normal(customer.size))
    # One method gives one figure a day.
    keys = (as_of * len(people) + customer) * len(METHODS) + method
    _, sort = np.unique(keys, return_index=True)
    return {
        "customer_id": labels(customer[sort], ids("C", people.number + 1, 5)),
        "as_of": dates(as_of[sort]),
        "annual_purchases": money(np.maximum(np.rint(estimate[sort] / 1000), 1) * 100_000),
        "method": labels(method[sort], tuple(METHODS)),
    }


def prospect_rows(
    rng: np.random.Generator, people: Population, span: Span, first_number: int
) -> dict[str, pa.Array]:
    """Draw prospects: four fifths of the new customers, and twice as many who never bought."""
    known = np.flatnonzero(~people.existing & (rng.random(len(people)) < 0.8))
    lost = rng.integers(0, len(people), int(rng.poisson(known.size * LOST_PROSPECTS_A_CONVERTED_ONE)))
    like = np.concatenate([known, lost])
    converted = np.arange(like.size) < known.size
    contact = np.where(
        converted, people.first_contact[like], span.start_day + rng.integers(0, span.days, like.size)
    )
    sort = np.argsort(contact, kind="stable")
    like, converted, contact = like[sort], converted[sort], contact[sort]
    grade = _grades(rng, converted, people.size[like])
    owner = people.owner_at(like, contact)
    return {
        "prospect_id": ids("P", first_number + np.arange(like.size), 5),
        "first_contact_date": dates(contact),
        "source": labels(people.source[like], traits.SOURCES),
        "grade": labels(grade, ("A", "B", "C")),
        "trade_class": labels(people.trade_class[like], traits.TRADE_CLASSES),
        "salesperson_id": labels(owner, salesperson_ids(owner)),
        "converted_customer_id": labels(like, ids("C", people.number + 1, 5), ~converted),
        "converted_date": dates(people.active_from[like], ~converted),
    }


def _grades(rng: np.random.Generator, converted: Flags, size: Floats) -> Ints:
    """Grade A, B or C (0, 1, 2): a guess beforehand, right more often than not."""
    promise = 0.7 * converted + 0.4 * size + rng.standard_normal(size.size)
    return np.searchsorted([-0.8, 0.2], -promise).astype(np.int64)


def truth_rows(people: Population, span: Span) -> dict[str, pa.Array]:
    """Tell what the process decided about each customer; see data/README.md.

    Chances and rates are rounded: the last digits of a logarithm differ between kinds of processors.
    """
    never = people.shift == NEVER
    quiet = people.pause_from == NEVER
    return {
        "customer_id": ids("C", people.number + 1, 5),
        "trade_class": labels(people.trade_class, traits.TRADE_CLASSES),
        "existing_at_start": pa.array(people.existing),
        "active_from": dates(people.active_from),
        "dropout_date": dates(people.leave),
        "left_within_data": pa.array(people.leave <= span.end_day),
        "leaving_reason": labels(people.reason, traits.REASONS),
        "leaving_chance_month": pa.array(np.round(people.leaving_month, 9)),
        "fades_before_leaving": pa.array(people.fades),
        "purchase_rate_month": pa.array(np.round(people.purchase_rate_month, 9)),
        "regularity_k": pa.array(people.regularity),
        "shift_start_date": dates(np.where(never, 0, people.shift), never),
        "pause_start_date": dates(np.where(quiet, 0, people.pause_from), quiet),
        "pause_end_date": dates(np.where(quiet, 0, people.pause_to), quiet),
        "purchases_year_amount": pa.array(np.round(purchases_year(people), 2)),
        "wallet_year_amount": pa.array(np.round(purchases_year(people) / people.wallet_share, 2)),
    }


def product_rows(catalogue_frame: pd.DataFrame, stock: Ints, counted_on: int) -> dict[str, pa.Array]:
    """Lay out the products table with the pieces on hand on a day; services have no stock."""
    service = catalogue_frame["offering_role"].isin(["service", "support"]).to_numpy()
    pieces = money(stock * 100)
    return {
        "product_id": as_words(catalogue_frame["product_id"].tolist()),
        "name": as_words(catalogue_frame["name"].tolist()),
        "category": as_words(catalogue_frame["category"].tolist()),
        "offering_role": as_words(catalogue_frame["offering_role"].tolist()),
        "launch_date": dates(catalogue_frame["launch"].to_numpy()),
        "stock": pc.if_else(pa.array(service), pa.scalar(None, pieces.type), pieces),
        "stock_date": dates(np.full(len(catalogue_frame), counted_on), service),
    }


def salespeople_rows(staff: Staff) -> dict[str, pa.Array]:
    """Lay out the salespeople table, history rows included."""
    frame = staff.frame
    return {
        **{
            column: as_words(frame[column].tolist())
            for column in ("salesperson_id", "name", "team", "region")
        },
        "valid_from": dates(frame["valid_from"].to_numpy()),
    }
