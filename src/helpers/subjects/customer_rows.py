"""Results by customer in a file, of which callers read a few rows or columns.

When a report computes a subject for all customers, it writes the subject's table to a Parquet file next to the facts
(`helpers.subjects.summary.gather.Subject.rows`). The customer card and its index read from there only the rows and
columns they show. A file that does not exist yet is computed once.
"""

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

#: Size of a row group: what is read to find one customer.
_CUSTOMERS_AT_ONCE = 20_000
_OF_ALL = b"of_all"


class OfCustomers(NamedTuple):
    """A table with customer_id, and values by name that hold for all customers."""

    table: pd.DataFrame
    of_all: dict[str, Any]


@dataclass(frozen=True)
class CustomerRows:
    """A subject's table of customers in a file, by customer_id; a customer may have no row, or several."""

    path: Path

    @cached_property
    def of_all(self) -> dict[str, Any]:
        """Values that hold for all customers."""
        found: dict[str, Any] = json.loads(pq.read_schema(self.path).metadata[_OF_ALL])
        return found

    def columns(self, *names: str) -> pd.DataFrame:
        """Return columns of all customers, indexed by customer_id; text columns are categorical."""
        schema = pq.read_schema(self.path)
        texts = [name for name in names if pa.types.is_large_string(schema.field(name).type)]
        read = pq.read_table(self.path, columns=["customer_id", *names], read_dictionary=texts)
        return read.to_pandas(split_blocks=True).set_index("customer_id")

    def of(self, customer_id: str) -> pd.DataFrame:
        """Return the rows of one customer, in their original order."""
        found = pq.read_table(self.path, filters=[("customer_id", "=", customer_id)])
        rows = found.to_pandas()
        for name in (field.name for field in found.schema if pa.types.is_list(field.type)):
            rows[name] = rows[name].map(tuple)  # they come back as arrays
        return rows

    def row(self, customer_id: str) -> pd.Series | None:
        """Return the row of one customer; None if it has none."""
        rows = self.of(customer_id)
        return rows.iloc[0] if len(rows) else None


def read_rows(path: Path) -> CustomerRows:
    """Open a file written by `write_rows`; a truncated file raises OSError or ValueError."""
    rows = CustomerRows(path)
    rows.of_all  # noqa: B018  raises if the file was truncated
    return rows


def write_rows(customers: OfCustomers, draft: Path) -> None:
    """Write the rows sorted by customer_id, in batches: a sorted copy of all of them would double the memory."""
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
