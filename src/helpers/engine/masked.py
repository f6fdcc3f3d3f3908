"""Standard tables with pseudonyms for customers: joined on the engine, so that no fact ever holds a name."""

import hashlib
import hmac

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.mask import DOCUMENTS, ID_COLUMNS, SENSITIVE, pseudonym
from helpers.errors import WorkbookError

#: An agreement is often called after its customer.
_MASKED = (*ID_COLUMNS, "agreement_id")


def pseudonyms(tables: list[ir.Table], key: str) -> pd.DataFrame:
    """Return ``real`` and ``masked`` for every customer id in the tables, in the order of ids.

    Raises
    ------
    WorkbookError
        Two customers would get one pseudonym, and their figures would be put together.
    """
    found: set[str] = set()
    for table in tables:
        for column in _MASKED:
            if column in table.columns:
                ids = table.select(real=column).distinct().to_pyarrow()["real"].to_pylist()
                found.update(one for one in ids if one is not None)
    real = sorted(found)
    frame = pd.DataFrame({"real": real, "masked": [pseudonym(key, one) for one in real]}, dtype="str")
    if frame["masked"].duplicated().any():
        raise WorkbookError("Two customers would get the same pseudonym: choose another WORKBOOK_MASK_KEY.")
    return frame


def mask_table(name: str, table: ir.Table, names: ir.Table) -> ir.Table:
    """Return a standard table with each customer's id, and name, replaced; ``names`` is that of `pseudonyms`."""
    columns = table.columns
    for column in _MASKED:
        if column in columns:
            pairs = names.select(**{f"real_{column}": "real", f"masked_{column}": "masked"})
            table = table.left_join(pairs, table[column] == pairs[f"real_{column}"])
            table = table.mutate(**{column: table[f"masked_{column}"]})
    if name == "customers":
        removed = {column: ibis.null("string") for column in SENSITIVE if column in columns}
        table = table.mutate(name=table.customer_id, **removed)
    if name == "targets":
        pairs = names.select(real_scope="real", masked_scope="masked")
        table = table.left_join(pairs, table.scope_id == pairs.real_scope)
        own = table.scope_type == "customer"
        table = table.mutate(scope_id=own.ifelse(table.masked_scope, table.scope_id))
    if name == "buying_groups":
        table = table.mutate(group_name=table.group_id)
    return table.select(*columns)


def mask_documents(table: ir.Table, key: str) -> ir.Table:
    """Return a table with pseudonyms for document numbers; a number has the same pseudonym in all tables.

    By the number of an order whoever has the books would know the customer.
    """
    own = hmac.new(key.encode(), b"documents", hashlib.sha256).hexdigest()
    found = [column for column in DOCUMENTS if column in table.columns]
    return table.mutate(
        **{name: "D-" + (ibis.literal(own) + table[name]).hexdigest("sha256").substr(0, 16) for name in found}
    )


def pseudonym_table(frame: pd.DataFrame) -> ir.Table:
    """Return pseudonyms as a table of the engine."""
    return ibis.memtable(frame, schema=ibis.schema({"real": "string", "masked": "string"}))
