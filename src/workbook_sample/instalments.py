"""Invoices that are due in parts: planted into a sample where it is asked for, with what is paid of each part.

Off by default: the sample that is committed has none. A share of the larger invoices is due in three parts. Most
payments name the part that they are for; some name none, some bring two parts at once, some bring the last part before
the one that was due.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa

from workbook_sample.process import Ints, Span, workday
from workbook_sample.write import as_words, dates, money

#: Of an invoice each part's share in percent, and by how many days it is due after the invoice's own due day.
PARTS = ((30, -20), (40, 0), (30, 30))
#: Only invoices of at least so many fen are due in parts.
LEAST_FEN = 300_000
#: Of the payments that name their part; of the invoices of which two parts are paid at once, and of which the last is
#: paid before the second.
NAMED_SHARE, AT_ONCE_SHARE, TURNED_SHARE = 0.8, 0.1, 0.1
_NUMBERS = [str(number + 1) for number in range(len(PARTS))]


def plant_instalments(
    rng: np.random.Generator,
    invoices: dict[str, pa.Array],
    payments: dict[str, pa.Array],
    span: Span,
    share: float,
) -> tuple[dict[str, pa.Array], dict[str, pa.Array], dict[str, pa.Array]]:
    """Make a share of the larger invoices due in parts; who pays late pays each part as late.

    Returns
    -------
    dict, dict, dict
        Invoices and payments with ``instalment``, and the truth: invoice_id, instalment, amount and paid_amount (of
        what names the invoice, by the end of the data) of each part.
    """
    bills, paid = _frame(invoices), _frame(payments)
    chosen = (bills["amount"] >= LEAST_FEN) & (rng.random(len(bills)) < share)
    some = bills[chosen].reset_index(drop=True)
    parts = _parts(some)
    delay = (
        paid.groupby("invoice_id")["payment_date"].min().reindex(some["invoice_id"])
        - some["due_date"].to_numpy()
    )
    made = _payments(rng, parts, delay.to_numpy(), span)
    whole = bills[~chosen].assign(instalment=None)
    kept = paid[~paid["invoice_id"].isin(some["invoice_id"])].assign(instalment=None)
    every = pd.concat([whole, parts[[*bills, "instalment"]]]).sort_values(
        ["invoice_id", "instalment"], kind="stable"
    )
    money_in = pd.concat([kept, made[kept.columns]]).sort_values("payment_date", kind="stable")
    truth = parts.assign(paid=_paid(parts, made))
    return (
        _columns(every, ("invoice_date", "due_date")),
        _columns(money_in, ("payment_date",)),
        {
            "invoice_id": as_words(truth["invoice_id"].tolist()),
            "instalment": as_words(truth["instalment"].tolist()),
            "amount": money(truth["amount"].to_numpy()),
            "paid_amount": money(truth["paid"].to_numpy()),
        },
    )


def _frame(columns: dict[str, pa.Array]) -> pd.DataFrame:
    """Return columns with days since 1970 and money in fen."""
    found = {}
    for name, values in columns.items():
        if name.endswith("_date"):
            found[name] = values.cast(pa.int32()).to_numpy().astype(np.int64)
        elif name == "amount":
            found[name] = np.rint(values.cast(pa.float64()).to_numpy() * 100).astype(np.int64)
        else:
            found[name] = np.asarray(values.cast(pa.string()).to_pylist(), dtype=object)
    return pd.DataFrame(found)


def _columns(frame: pd.DataFrame, days: tuple[str, ...]) -> dict[str, pa.Array]:
    def column(name: str) -> pa.Array:
        if name == "amount":
            return money(frame[name].to_numpy(dtype=np.int64))
        if name in days:
            return dates(frame[name].to_numpy(dtype=np.int64))
        return as_words([None if pd.isna(each) else str(each) for each in frame[name]])

    return {str(name): column(str(name)) for name in frame}


def _parts(some: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each part: the last has what rounding left."""
    rows = some.loc[some.index.repeat(len(PARTS))].reset_index(drop=True)
    place = np.tile(np.arange(len(PARTS)), len(some))
    share, later = (np.array(each)[place] for each in zip(*PARTS, strict=True))
    amount = rows["amount"] * share // 100
    last = place == len(PARTS) - 1
    whole = amount.where(~last, 0).groupby(rows["invoice_id"], sort=False).transform("sum")
    return rows.assign(
        amount=amount.where(~last, rows["amount"] - whole),
        due_date=np.maximum(rows["due_date"] + later, rows["invoice_date"]),
        instalment=[_NUMBERS[each] for each in place],
    )


def _payments(rng: np.random.Generator, parts: pd.DataFrame, delay: Ints, span: Span) -> pd.DataFrame:
    """Draw a payment for each part of the invoices that were paid on, as late as the invoice itself was."""
    count = len(delay)
    turned, at_once = rng.random(count) < TURNED_SHARE, rng.random(count) < AT_ONCE_SHARE
    named = rng.random(len(parts)) < NAMED_SHARE
    number = np.repeat(np.arange(count), len(PARTS))
    late = np.nan_to_num(delay.astype(np.float64)).astype(np.int64)[number]
    day = workday(np.maximum(parts["due_date"].to_numpy() + late, parts["invoice_date"].to_numpy() + 1))
    by_part = day.reshape(count, len(PARTS))
    by_part[turned, 1:] = by_part[turned, :0:-1]
    amount = parts["amount"].to_numpy().reshape(count, len(PARTS)).copy()
    both = at_once & ~turned
    amount[both, 0] += amount[both, 1]
    amount[both, 1] = 0
    rows = pd.DataFrame(
        {
            "payment_date": by_part.ravel(), "invoice_id": parts["invoice_id"], "customer_id": parts["customer_id"],
            "amount": amount.ravel(),
            # Who pays out of turn says what for.
            "instalment": parts["instalment"].where(named | turned[number]),
        }
    )  # fmt: skip
    there = (
        ~np.isnan(delay.astype(np.float64))[number]
        & (rows["amount"] > 0)
        & (rows["payment_date"] <= span.end_day)
    )
    return rows[there]


def _paid(parts: pd.DataFrame, made: pd.DataFrame) -> Ints:
    """Reckon what is paid of each part, payment by payment: those named take theirs, the rest goes to the earliest."""
    of = dict(iter(made.groupby("invoice_id", sort=False)))
    found = []
    for number, rows in parts.groupby("invoice_id", sort=False):
        sizes = rows["amount"].tolist()
        own, free = [0] * len(sizes), 0
        for amount, name in of[number][["amount", "instalment"]].to_numpy().tolist() if number in of else []:
            place = None if pd.isna(name) else _NUMBERS.index(name)
            taken = 0 if place is None else min(amount, sizes[place] - own[place])
            if place is not None:
                own[place] += taken
            free += amount - taken
        for place, size in enumerate(sizes):
            more = min(free, size - own[place])
            free -= more
            own[place] += more
        found += own
    return np.array(found, dtype=np.int64)
