"""Files that belong together: documents beside their lines, products beside what they cost."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from helpers.intake import contracts
from helpers.intake.proposing.columns import find_column, is_date, is_number, match_columns, words_of
from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.proposing.samples import Sample
from helpers.intake.proposing.synonyms import COLUMN_WORDS, ROLES, plain
from helpers.intake.proposing.toml import toml
from helpers.settings.source import TableName

#: Names of the two lookups; heads of the first are read as if they stood on the lines.
DOCUMENT, PRODUCT = "document", "product"
#: What a lookup can declare of where it is read.
_PLACES = ("files = ", "table = ", 'sheet = "')
#: So many of the lines' keys must be found on the other side; of tables of which only the beginning is known, fewer.
_FOUND, _FOUND_OF_PART = 0.9, 0.3
#: Columns of other tables -> the order lines' column whose values they name, where their heads do not tell.
_NAMED = {
    "customer_id": "customer_id", "product_id": "product_id", "order_id": "order_id", "invoice_id": "order_id",
    "salesperson_id": "salesperson_id",
}  # fmt: skip
#: What names something has so many values at least, of so many letters or digits: counts from 1 on are found anywhere.
_FEWEST, _SHORTEST = 5, 3


@dataclass(frozen=True)
class Joined:
    """Another file whose columns stand beside the lines."""

    name: str
    file: Sample
    """The file itself."""
    sample: Sample
    """Its rows as they join the lines, one a line."""
    lines: tuple[str, ...]
    """The lookup, in the map."""


def join_documents(lines: Sample, others: Sequence[Sample]) -> Joined | None:
    """Find the file of the documents that some lines belong to: it has the date or the customer that they lack."""
    found, _, _ = match_columns("order_lines", lines.filled)
    missing = [name for name in ("order_date", "customer_id") if name not in found]
    if (
        not missing
        or "quantity" not in found
        or not any(is_number(each) for each in lines.filled[found["quantity"]])
    ):
        return None
    for other in others:
        theirs, _, _ = match_columns("order_lines", other.filled)
        dated = "order_date" in theirs and any(map(is_date, other.filled[theirs["order_date"]][:20]))
        if other is lines or not set(missing) <= set(theirs) or ("order_date" in missing and not dated):
            continue
        for key in _keys(lines, found):
            for own in _their_keys(key, other, theirs):
                joined = _joined(DOCUMENT, lines, key, other, own)
                if joined is not None:
                    return joined
    return None


def _keys(lines: Sample, found: dict[str, str]) -> list[str]:
    words = {
        *COLUMN_WORDS["order_id"],
        "orderid",
        "parent",
        "parentid",
        "headerid",
        "documentid",
        "saleid",
        "invoiceid",
    }
    keys = [column for column in lines.columns if words & set(words_of(column))]
    return list(dict.fromkeys([*([found["order_id"]] if "order_id" in found else []), *keys]))


def _their_keys(key: str, other: Sample, theirs: dict[str, str]) -> list[str]:
    same = [column for column in other.columns if plain(column) == plain(key)]
    ids = [
        column
        for column in other.columns
        if plain(column) in ("id", "name", "number", "no", f"{plain(key)}id")
    ]
    return list(dict.fromkeys([*same, *([theirs["order_id"]] if "order_id" in theirs else []), *ids]))


def named_by_lines(
    table: TableName, sample: Sample, found: Mapping[str, str], left: Sequence[str], lines: Draft
) -> dict[str, str]:
    """Find columns of another table by the order lines' customers, products and documents that stand in them.

    Parameters
    ----------
    found
        Standard column -> column, as their heads told.
    left
        Columns that nothing is made of.

    Returns
    -------
    dict
        Standard column -> column; none where several columns hold the same.
    """
    more: dict[str, str] = {}
    key = contracts.KEYS.get(table, ("",))[0]
    for each in contracts.columns(table):
        column = lines.columns.get(_NAMED.get(each.name, ""), "")
        theirs = _codes(lines.sample.filled.get(column, ()))
        if each.name in found or not theirs:
            continue
        fitting = [
            other
            for other in left
            if other not in more.values()
            and _names(_codes(sample.filled[other]), theirs)
            and (each.name != key or len(sample.filled[other]) == len({*sample.filled[other]}))
        ]
        if len(fitting) == 1:
            more[each.name] = fitting[0]
    return more


def _codes(texts: Sequence[str]) -> set[str]:
    return {text.strip() for text in texts}


def _names(values: set[str], theirs: set[str]) -> bool:
    """Whether most values of the shorter of two lists stand in the other."""
    fewer = min(len(values), len(theirs))
    if fewer < _FEWEST or min(map(len, values & theirs), default=0) < _SHORTEST:
        return False
    return len(values & theirs) >= _FOUND * fewer


def join_products(lines: Sample, product: str, others: Sequence[Sample]) -> tuple[Joined, str] | None:
    """Find a file of products with the cost of one; give it and the cost's column."""
    for other in others:
        theirs, _, _ = match_columns("products", other.filled)
        cost = find_column((*ROLES["unit_cost"], *COLUMN_WORDS["cost_amount"]), list(other.columns))
        key = theirs.get("product_id")
        if key is None or cost is None or not all(map(is_number, other.filled[cost][:100])):
            continue
        joined = _joined(PRODUCT, lines, product, other, key)
        if joined is not None:
            return joined, cost
    return None


def _joined(name: str, lines: Sample, key: str, other: Sample, own: str) -> Joined | None:
    keys = other.filled[own]
    wanted = {each for each in lines.columns[key] if each}
    if len(set(keys)) < len(keys) or not wanted or name in lines.columns:
        return None
    known = sum(each in set(keys) for each in wanted) / len(wanted)
    if known < (_FOUND if lines.whole and other.whole else _FOUND_OF_PART):
        return None
    if not all(line.startswith(_PLACES) for line in other.settings):
        return None
    row = {each: place for place, each in enumerate(other.columns[own]) if each}
    cells = {
        column: [texts[row[each]] if each in row else "" for each in lines.columns[key]]
        for column, texts in other.columns.items()
    }
    written = (
        f"[tables.order_lines.lookups.{name}]",
        *other.settings,
        f"on = {{ {toml(key)} = {toml(own)} }}",
    )
    return Joined(name, other, replace(other, columns=cells), written)


def find_product_cost(draft: Draft) -> Iterator[Finding]:
    """Derive the cost of lines that have none: quantity x what the file of products says that one costs."""
    if PRODUCT not in draft.joined or draft.expression("cost_amount") or "quantity" not in draft.columns:
        return
    cost = find_column(
        (*ROLES["unit_cost"], *COLUMN_WORDS["cost_amount"]), list(draft.joined[PRODUCT].columns)
    )
    column = f"{PRODUCT}.{cost}"
    filled = sum(bool(each) for each in draft.texts(column))
    yield Finding(
        f"The lines have no cost: it is quantity x {cost} of {draft.joined[PRODUCT].name}, known for {filled} of "
        f"{draft.sample.rows} rows; the cost of today, also for sales of long ago.",
        derived={"cost_amount": f"{draft.number(draft.columns['quantity'])} * {draft.number(column)}"},
    )
