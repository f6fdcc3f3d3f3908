"""What the contracts of the standard tables are written in: one function a kind of column, and what all share.

``kind`` (in a column's metadata) says how a source's value is read into it: see :mod:`helpers.intake.values.rules`.
"""

from __future__ import annotations

import warnings
from typing import Annotated, Any

import ibis.expr.datatypes as dt

with warnings.catch_warnings():
    # Where PySpark is installed, Pandera imports its pandas layer, which we never use, and which complains of pandas 3.
    warnings.filterwarnings("ignore", category=FutureWarning, message="PySpark does not yet")
    import pandera.ibis as pa

#: Money and quantities: sums do not depend on the order in which threads add them.
Decimal18 = Annotated[dt.Decimal, 18, 4, True]

#: A moment without time zone, as the source writes it.
Microseconds = Annotated[dt.Timestamp, None, 6, True]


#: A calendar year, quarter or month, or a year, quarter or period of the company's year, which may have other than 12.
_PERIOD = "^([0-9]{4}(-(Q[1-4]|0[1-9]|1[0-2]))?|FY[0-9]{4}(-(Q[1-4]|P(0[1-9]|[1-9][0-9])))?)$"


def _column(kind: str, unit: str | None, description: str, required: bool, **checks: Any) -> Any:
    return pa.Field(
        nullable=not required,
        description=description,
        metadata={"kind": kind, "unit": unit, "required": required},
        **checks,
    )


def identifier(description: str, required: bool = False) -> Any:
    """Declare an identifier: text, without blanks around it; whole numbers lose a trailing ``.0``."""
    return _column("id", None, description, required)


def text(description: str, required: bool = False) -> Any:
    """Declare a text, as the source has it."""
    return _column("text", None, description, required)


def code(description: str, required: bool = False) -> Any:
    """Declare a currency code: three capital letters."""
    return _column("code", "ISO 4217", description, required, str_matches="^[A-Z]{3}$")


def choice(description: str, values: list[str], required: bool = False) -> Any:
    """Declare one word of a closed list."""
    return _column("choice", None, f"{description}: {', '.join(values)}", required, isin=values)


def period(description: str) -> Any:
    """Declare a year, quarter or month, of the calendar or of the company."""
    return _column("period", None, description, True, str_matches=_PERIOD)


def month(description: str, required: bool = True) -> Any:
    """Declare a month, as 2026-10."""
    return _column(
        "month", None, description, required, str_matches="^[0-9]{4}-(0[1-9]|1[0-2]|P(0[1-9]|1[0-3]))$"
    )


def date(description: str, required: bool = False) -> Any:
    """Declare a day."""
    return _column("date", "day", description, required)


def timestamp(description: str, required: bool = False) -> Any:
    """Declare a moment without time zone."""
    return _column("timestamp", "microsecond", description, required)


def money(description: str, required: bool = False) -> Any:
    """Declare an amount in the report's currency."""
    return _column("money", "report currency", description, required)


def quantity(description: str, required: bool = False) -> Any:
    """Declare a number of units."""
    return _column("quantity", "units", description, required)


def score(description: str, required: bool = False) -> Any:
    """Declare an answer on a scale."""
    return _column("score", "points", description, required)


class StandardTable(pa.DataFrameModel):
    """What all contracts share: exactly these columns, in this order."""

    class Config:
        """Nothing more than the contract's columns."""

        strict = True
        ordered = True
