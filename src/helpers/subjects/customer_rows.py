"""What a subject says of each customer, in a file: who shows three customers, or a column of all, reads just that.

A report writes the subject's table of customers beside the facts when the page that asks it of everybody has run
(`helpers.subjects.summary.gather.Subject.rows`). The customer card and its index take from there the rows and columns
that they show, and hold no subject as a whole in memory; what is not there they have computed, once.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

#: One customer is found by reading so many.
_CUSTOMERS_AT_ONCE = 20_000
_OF_ALL = b"of_all"


class OfCustomers(NamedTuple):
    """What a subject says of customers: a table with customer_id, and what it says of all of them, by name."""

    table: pd.DataFrame
    of_all: dict[str, Any]


@dataclass(frozen=True)
class CustomerRows:
    """A subject's table of customers in a file, by customer_id; a customer may have no row, or several.

    Attributes
    ----------
    path
        The Parquet file.
    """

    path: Path

    @cached_property
    def of_all(self) -> dict[str, Any]:
        """What the subject says of all customers."""
        found: dict[str, Any] = json.loads(pq.read_schema(self.path).metadata[_OF_ALL])
        return found

    def columns(self, *names: str) -> pd.DataFrame:
        """Return columns of all customers, their index the customer_id; those of texts are categorical."""
        schema = pq.read_schema(self.path)
        texts = [name for name in names if pa.types.is_large_string(schema.field(name).type)]
        read = pq.read_table(self.path, columns=["customer_id", *names], read_dictionary=texts)
        return read.to_pandas(split_blocks=True).set_index("customer_id")

    def of(self, customer_id: str) -> pd.DataFrame:
        """Return the rows of one customer, in the order in which the subject had them."""
        found = pq.read_table(self.path, filters=[("customer_id", "=", customer_id)])
        rows = found.to_pandas()
        for name in (field.name for field in found.schema if pa.types.is_list(field.type)):
            rows[name] = rows[name].map(tuple)  # they come back as arrays
        return rows

    def row(self, customer_id: str) -> pd.Series | None:
        """Return the row of one customer; None where it has none."""
        rows = self.of(customer_id)
        return rows.iloc[0] if len(rows) else None


def read_rows(path: Path) -> CustomerRows:
    """Open a file of `write_rows`; one that was cut short is an OSError or a ValueError."""
    rows = CustomerRows(path)
    rows.of_all  # noqa: B018  a file that was cut short cannot say this
    return rows


def write_rows(customers: OfCustomers, draft: Path) -> None:
    """Write the rows in the order of ids, part by part: a copy of all of them would take as much memory as they do."""
    table = pa.Table.from_pandas(customers.table.astype({"customer_id": "str"}), preserve_index=False)
    order = pc.sort_indices(table["customer_id"])  # stable: rows of one customer stay in their order
    table = table.replace_schema_metadata(
        {**table.schema.metadata, _OF_ALL: json.dumps(customers.of_all).encode()}
    )
    texts = [field.name for field in table.schema if pa.types.is_large_string(field.type)]
    texts.remove("customer_id")
    with pq.ParquetWriter(draft, table.schema, compression="lz4", use_dictionary=texts) as file:
        for start in range(0, max(len(order), 1), _CUSTOMERS_AT_ONCE):
            file.write_table(table.take(order[start : start + _CUSTOMERS_AT_ONCE]))
