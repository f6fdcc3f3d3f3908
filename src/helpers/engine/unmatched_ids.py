"""Ids of order lines without a record (orphans): how many, how much, and the likely cause."""

from dataclasses import dataclass
from typing import Literal

import ibis.expr.types as ir

Cause = Literal["zeros", "spelling", "prefix", "absent", "numbers", "none"]
#: Digits and letters of full width, as Chinese input writes them, and the usual ones.
_FULL_WIDTH = {first: last for start, end in (("０", "９"), ("Ａ", "Ｚ"), ("ａ", "ｚ")) for first, last in zip(
    map(chr, range(ord(start), ord(end) + 1)),
    map(chr, range(ord(start) - 0xFEE0, ord(end) - 0xFEE0 + 1)),
    strict=True,
)}  # fmt: skip


@dataclass(frozen=True)
class UnmatchedIds:
    """Ids of order lines that no record holds, and what was sold under them.

    Attributes
    ----------
    ids, of_ids
        Different ids without a record, and in all.
    lines, of_lines
        Order lines with such an id, and with any.
    net_amount, of_net_amount
        Net sales of those lines, in the report's currency.
    cause
        Why most of them have none, as far as the ids tell: ``zeros`` (they are the same but for leading zeros),
        ``spelling`` (but for blanks, marks, capitals or full width), ``prefix`` (but for letters in front), ``numbers``
        (the records have other numbers), ``absent`` (most ids have a record, these have none), ``none`` (there is no
        record at all).
    alike
        Ids for which such a record is there.
    example
        An id of the lines and the record's that is likely meant; of ``numbers``, an id of each.
    """

    ids: int
    of_ids: int
    lines: int
    of_lines: int
    net_amount: float
    of_net_amount: float
    cause: Cause
    alike: int
    example: tuple[str, str]

    @property
    def share(self) -> float:
        """Share of net sales without a record; NaN where there are none."""
        return self.net_amount / self.of_net_amount if self.of_net_amount else float("nan")


def find_unmatched_ids(used: ir.Table, records: ir.Table) -> UnmatchedIds | None:
    """Match the ids of order lines with the records; None where every id has one.

    Parameters
    ----------
    used
        id (none NULL), lines, net_amount; an id in any number of rows.
    records
        id; in any number of rows.
    """
    known = records.select("id").distinct()
    by_id = used.group_by("id").agg(lines=used.lines.sum().cast("int64"), net_amount=used.net_amount.sum())
    joined = by_id.left_join(known.mutate(is_known=True), "id").select(
        "id", "lines", "net_amount", missing=lambda rows: rows.is_known.isnull()
    )
    sums = joined.agg(
        ids=joined.missing.sum(),
        of_ids=joined.count(),
        lines=joined.lines.sum(where=joined.missing),
        of_lines=joined.lines.sum(),
        net_amount=joined.net_amount.sum(where=joined.missing),
        of_net_amount=joined.net_amount.sum(),
    ).to_pyarrow().to_pylist()[0]  # fmt: skip
    if not sums["ids"]:
        return None
    missing = joined.filter(joined.missing)
    cause, alike, example = _cause(missing, known, sums["ids"])
    if cause == "numbers" and 2 * sums["ids"] <= sums["of_ids"]:
        cause = "absent"
    return UnmatchedIds(
        sums["ids"], sums["of_ids"], sums["lines"], sums["of_lines"], float(sums["net_amount"]),
        float(sums["of_net_amount"]), cause, alike, example,
    )  # fmt: skip


def _cause(missing: ir.Table, known: ir.Table, ids: int) -> tuple[Cause, int, tuple[str, str]]:
    """Find the first way of writing in which half of the ids have a record."""
    found: tuple[Cause, int, tuple[str, str]] = ("none", 0, ("", ""))
    for cause in ("zeros", "spelling", "prefix"):
        record = known.select(form=_form(known.id, cause), record="id")
        record = record.filter(record.form != "").group_by("form").agg(record=record.record.min())
        pairs = missing.select("id", form=_form(missing.id, cause)).inner_join(record, "form")
        first = pairs.agg(count=pairs.count(), id=pairs.id.min(), record=pairs.record.argmin(pairs.id))
        row = first.to_pyarrow().to_pylist()[0]
        if row["count"] > found[1]:
            found = (cause, row["count"], (row["id"], row["record"]))
        if 2 * found[1] >= ids:
            return found
    if found[1]:
        return found
    one = known.agg(record=known.id.min()).to_pyarrow().to_pylist()[0]["record"]
    if one is None:
        return found
    return "numbers", 0, (missing.agg(id=missing.id.min()).to_pyarrow().to_pylist()[0]["id"], one)


def _form(ids: ir.StringColumn, cause: str) -> ir.StringValue:
    """Write ids so that those are equal which differ in nothing but the cause."""
    if cause == "zeros":
        return ids.re_replace("^0+", "")
    plain = ids.translate("".join(_FULL_WIDTH), "".join(_FULL_WIDTH.values()))
    plain = plain.lower().re_replace("[^0-9a-z\u00c0-\U0010ffff]", "")
    if cause == "prefix":
        plain = plain.re_replace("^[^0-9]+", "")
    return plain.re_replace("(^|[^0-9])0+([0-9])", r"\1\2")
