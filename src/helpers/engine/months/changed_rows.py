"""Which rows of a standard table are others now, by name: the tables of then are held against those of now."""

from collections.abc import Collection, Mapping
from pathlib import Path

import ibis
import ibis.expr.types as ir
import pandas as pd

from helpers.core.calendar.fiscal_periods import FiscalPeriods
from helpers.core.files.integrity import is_intact
from helpers.engine.connection import connect, from_parquet
from helpers.engine.months.monthly import month_of
from helpers.intake.known import own_months

KEYS: Mapping[str, tuple[str, ...]] = {
    "order_lines": ("order_id", "line_no"),
    "customers": ("customer_id", "valid_from"),
    "products": ("product_id", "valid_from"),
    "salespeople": ("salesperson_id", "valid_from"),
    "targets": ("metric", "scope_type", "scope_id", "period", "recorded_at"),
    "invoices": ("invoice_id", "instalment"),
    "payments": ("invoice_id", "customer_id", "payment_date"),
    "interactions": ("customer_id", "date", "kind"),
    "complaints": ("customer_id", "opened_at"),
    "surveys": ("customer_id", "date", "question"),
    "wallet_evidence": ("customer_id", "as_of", "method"),
    "prospects": ("prospect_id",),
    "customer_aliases": ("customer_id", "same_as", "from_date"),
    "buying_groups": ("customer_id", "valid_from"),
    "days_off": ("date", "region"),
    "action_results": ("month", "customer_id", "action", "date"),
    "quotes": ("quote_id", "product_id"),
    "deliveries": ("order_id", "line_no", "promised_date", "shipped_date"),
    "return_reasons": ("order_id", "line_no"),
    "rebate_agreements": ("agreement_id", "bracket_from", "product_id", "category", "recorded_at"),
    "rebate_payments": ("agreement_id", "payment_date", "kind"),
    "costs": ("customer_id", "order_id", "date", "kind"),
    "exchange_rates": ("currency", "date", "month", "announced_on"),
}
"""What a row is called by; columns that a table lacks are left out."""
_MOST_ROWS = 10_000
"""More changed rows of one month than this are not fetched: nobody reads them, and the counts tell."""
_MOST_NAMED = 5


def changed_rows(
    before: Path,
    after: Path,
    months: Mapping[str, Collection[str]],
    cache: Path,
    own: FiscalPeriods | None = None,
) -> dict[str, str]:
    """Name the rows that were added, removed or changed.

    Parameters
    ----------
    before, after
        Folders of cleaned tables (`helpers.intake`), as they lie in the cache.
    months
        By table the months (``YYYY-MM``, or ``""`` for rows without one) in which something changed.

    Returns
    -------
    dict of str
        By ``table, month``, a part of a sentence: ``1 changed: A1 1 (net_amount 200.0000, now 250.0000)``. Rows pair
        up by `KEYS`; a month with more than 10,000 other rows is left out, and so is a table that is not in both as it
        was written.
    """
    engine = connect(cache)
    found = {}
    for name, some in months.items():
        files = [folder / f"{name}.parquet" for folder in (before, after)]
        if not all(is_intact(file) for file in files):
            continue
        old, new = (from_parquet(engine, file) for file in files)
        columns = sorted({*old.columns} & {*new.columns})
        for month in sorted(some):
            of = own_months(name, own)
            then, now = (_texts(table.filter(month_of(table, of) == month), columns) for table in (old, new))
            gone = then.difference(now, distinct=False).limit(_MOST_ROWS + 1).to_pandas()
            come = now.difference(then, distinct=False).limit(_MOST_ROWS + 1).to_pandas()
            if max(len(gone), len(come)) <= _MOST_ROWS:
                found[f"{name}, {month}"] = _in_words(
                    gone, come, [key for key in KEYS[name] if key in columns]
                )
    return found


def _texts(table: ir.Table, columns: list[str]) -> ir.Table:
    return table.select(**{name: table[name].cast("string").fill_null(ibis.literal("")) for name in columns})


def _in_words(gone: pd.DataFrame, come: pd.DataFrame, keys: list[str]) -> str:
    """Pair rows by key; of several with one key (a table may repeat it) the first with the first."""
    rows = []
    for frame in (gone, come):
        ordered = frame.sort_values(list(frame.columns), kind="stable")
        rows.append(
            ordered.assign(nth=ordered.groupby(keys, sort=False).cumcount()).set_index([*keys, "nth"])
        )
    then, now = rows
    both = then.index.intersection(now.index, sort=False)
    parts = [
        (
            "changed",
            [_change(key, then.loc[key], now.loc[key]) for key in sorted(both)[:_MOST_NAMED]],
            len(both),
        ),
        *(
            (word, [_name(key) for key in sorted(only)[:_MOST_NAMED]], len(only))
            for word, only in (
                ("removed", then.index.difference(both)),
                ("added", now.index.difference(both)),
            )
        ),
    ]
    return "; ".join(
        f"{count:,} {word}: {', '.join(names)}"
        + (f" and {count - len(names):,} more" if count > len(names) else "")
        for word, names, count in parts
        if count
    )


def _name(key: tuple[object, ...]) -> str:
    return " ".join(str(part) for part in key[:-1] if part != "")


def _change(key: tuple[object, ...], then: pd.Series, now: pd.Series) -> str:
    others = [
        f"{name} {then[name] or 'empty'}, now {now[name] or 'empty'}"
        for name in then.index
        if then[name] != now[name]
    ]
    return f"{_name(key)} ({'; '.join(others)})"
