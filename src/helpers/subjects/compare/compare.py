"""Comparison of two books: what differs, their figures, and the customers behind the difference in sales."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import pandas as pd

from helpers.core.frames.answer import Answer

Over = Literal["window", "month"]
#: customer_id of the lines without a customer.
UNASSIGNED = ""


@dataclass(frozen=True)
class Comparison(Answer):
    """Comparison of two books; a difference is this book's figure less the other's.

    Attributes
    ----------
    this, other
        Name of each book: month, scope, and data and settings if they differ.
    figures
        One row a figure: figure, this_value, other_value, difference, change (relative to the other; NaN if that is not
        above 0). Money and counts; NaN if a book cannot say it.
    customers
        One row a customer with net sales in either book, the largest difference first, then by customer_id:
        customer_id (`UNASSIGNED`: lines without a customer), name, movement (``only_this``, ``only_other``, ``more``,
        ``less``, ``same``, of lines without a customer ``unassigned``), this_amount, other_amount, difference_amount.
        They add up to the difference of net sales, exactly.
    movements
        The same by movement: movement, customers (of ``unassigned`` none), difference_amount.
    differs
        Differences: what (``month``, ``scope``, ``data``, or a key of the settings), this, other.
    """

    this: str
    other: str
    figures: pd.DataFrame
    customers: pd.DataFrame
    movements: pd.DataFrame
    differs: pd.DataFrame


MOVEMENTS = ("only_this", "more", "same", "less", "only_other", "unassigned")


def comparison(
    names: tuple[str, str],
    figures: tuple[Mapping[str, float | None], Mapping[str, float | None]],
    sold: tuple[Mapping[str, Decimal], Mapping[str, Decimal]],
    name_of: Mapping[str, str],
    differs: Sequence[tuple[str, str, str]],
) -> Comparison:
    """Compare the figures of two books.

    Parameters
    ----------
    figures
        Figure -> value of each book; None if it cannot be said.
    sold
        Net sales by customer_id of each book, exact; `UNASSIGNED` for lines without a customer.
    name_of
        Name by customer_id.
    differs
        What differs, this book's and the other's.
    """
    this, other = sold
    found = sorted(_rows(this, other, name_of), key=lambda row: (-abs(row[-1]), row[0]))
    rows = pd.DataFrame(found, columns=_CUSTOMERS)
    by_movement = [
        (kind, 0 if kind == "unassigned" else len(part), sum(part["difference_amount"], Decimal(0)))
        for kind in MOVEMENTS
        if len(part := rows[rows["movement"] == kind])
    ]
    difference = sum(this.values(), Decimal(0)) - sum(other.values(), Decimal(0))
    if sum((amount for _kind, _count, amount in by_movement), Decimal(0)) != difference:
        raise AssertionError("the customers do not add up to the difference")  # exact decimals: cannot be
    money = ["this_amount", "other_amount", "difference_amount"]
    movements = pd.DataFrame(by_movement, columns=["movement", "customers", "difference_amount"])
    return Comparison(
        *names,
        _figures(*figures),
        rows.astype(dict.fromkeys(money, "float64")),
        movements.astype({"difference_amount": "float64"}),
        pd.DataFrame(differs, columns=["what", "this", "other"]),
    )


_CUSTOMERS = ["customer_id", "name", "movement", "this_amount", "other_amount", "difference_amount"]


def _rows(
    this: Mapping[str, Decimal], other: Mapping[str, Decimal], name_of: Mapping[str, str]
) -> Iterator[tuple[Any, ...]]:
    for customer in {*this, *other}:
        mine, theirs = this.get(customer, Decimal(0)), other.get(customer, Decimal(0))
        if customer == UNASSIGNED:
            movement = "unassigned"
        elif customer not in other:
            movement = "only_this"
        elif customer not in this:
            movement = "only_other"
        else:
            movement = "same" if mine == theirs else "more" if mine > theirs else "less"
        yield customer, name_of.get(customer), movement, mine, theirs, mine - theirs


def _figures(this: Mapping[str, float | None], other: Mapping[str, float | None]) -> pd.DataFrame:
    frame = pd.DataFrame(
        {
            "figure": list(this),
            "this_value": list(this.values()),
            "other_value": [other.get(name) for name in this],
        }
    ).astype({"this_value": "float64", "other_value": "float64"})
    difference = (frame["this_value"] - frame["other_value"]).round(4)
    return frame.assign(
        difference=difference, change=difference / frame["other_value"].where(frame["other_value"] > 0)
    )


def different_settings(this: Any, other: Any, path: str = "") -> Iterator[tuple[str, str, str]]:
    """Yield each key with different values in two settings: dotted key, this value, other value."""
    if isinstance(this, dict) and isinstance(other, dict):
        for key in dict.fromkeys([*this, *other]):
            yield from different_settings(
                this.get(key), other.get(key), f"{path}.{key}" if path else str(key)
            )
    elif this != other:
        yield path, str(this), str(other)
