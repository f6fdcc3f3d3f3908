"""Files that belong together: documents beside their lines, products beside what they cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from helpers.intake import contracts
from helpers.intake.proposing.columns import (
    currency_code,
    find_column,
    head_variants,
    is_date,
    is_number,
    match_columns,
)
from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.proposing.samples import Sample
from helpers.intake.proposing.synonyms import COLUMN_WORDS, CUSTOMER_NAME_WORDS, ROLES, plain
from helpers.intake.proposing.toml import toml
from helpers.settings.source import TableName

#: Names of the lookups; heads of the first are read as if they stood on the lines.
DOCUMENT, PRODUCT, CUSTOMER = "document", "product", "customer_record"
#: Heads of what one of a product costs, and of the currency in which a customer is billed.
COST_WORDS = (*ROLES["unit_cost"], *COLUMN_WORDS["cost_amount"])
CURRENCY_WORDS = ("currency", *COLUMN_WORDS["currency"])
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
    line_columns, _, _ = match_columns("order_lines", lines.filled)
    missing = [name for name in ("order_date", "customer_id") if name not in line_columns]
    if (
        not missing
        or "quantity" not in line_columns
        or not any(is_number(text) for text in lines.filled[line_columns["quantity"]])
    ):
        return None
    for document_file in others:
        mapped, _, _ = match_columns("order_lines", document_file.filled)
        has_dates = "order_date" in mapped and any(
            map(is_date, document_file.filled[mapped["order_date"]][:20])
        )
        if find_column(CUSTOMER_NAME_WORDS, list(document_file.columns)):
            mapped.setdefault("customer_id", "")
        if (
            document_file is lines
            or not set(missing) <= set(mapped)
            or ("order_date" in missing and not has_dates)
        ):
            continue
        heads = {*map(plain, document_file.columns)}
        counted = {
            line_columns.get(name) for name in ("quantity", "net_amount", "list_amount", "cost_amount")
        }
        shared = [
            column for column in lines.columns if plain(column) in heads and column not in counted
        ]  # two amounts alike are of no one document
        for key in dict.fromkeys([*_line_keys(lines, line_columns), *shared]):
            for document_key in _key_candidates(key, document_file, mapped):
                joined = _join(DOCUMENT, lines, key, document_file, document_key)
                if joined is not None:
                    return joined
    return None


def _line_keys(lines: Sample, found: dict[str, str]) -> list[str]:
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
    keys = [column for column in lines.columns if words & set(head_variants(column))]
    return list(dict.fromkeys([*([found["order_id"]] if "order_id" in found else []), *keys]))


def _key_candidates(key: str, document_file: Sample, mapped: dict[str, str]) -> list[str]:
    same = [column for column in document_file.columns if plain(column) == plain(key)]
    ids = [
        column
        for column in document_file.columns
        if plain(column) in ("id", "name", "number", "no", f"{plain(key)}id")
    ]
    return list(dict.fromkeys([*same, *([mapped["order_id"]] if "order_id" in mapped else []), *ids]))


def match_codes_of_lines(
    table: TableName, sample: Sample, mapped: Mapping[str, str], unmapped: Sequence[str], lines: Draft
) -> dict[str, str]:
    """Match columns of another table that hold the customers, products or documents of the order lines.

    Parameters
    ----------
    mapped
        Standard column -> column, as matched by heads.
    unmapped
        Columns that are matched to nothing.

    Returns
    -------
    dict
        Standard column -> column; none where several columns hold the same codes.
    """
    matched: dict[str, str] = {}
    key = contracts.KEYS.get(table, ("",))[0]
    for standard in contracts.columns(table):
        line_column = lines.columns.get(_NAMED.get(standard.name, ""), "")
        line_codes = _codes(lines.sample.filled.get(line_column, ()))
        if standard.name in mapped or not line_codes:
            continue
        candidates = [
            column
            for column in unmapped
            if column not in matched.values()
            and _hold_same_codes(_codes(sample.filled[column]), line_codes)
            and (standard.name != key or len(sample.filled[column]) == len({*sample.filled[column]}))
        ]
        if len(candidates) == 1:
            matched[standard.name] = candidates[0]
    return matched


def _codes(texts: Sequence[str]) -> set[str]:
    return {text.strip() for text in texts}


def _hold_same_codes(codes: set[str], line_codes: set[str]) -> bool:
    """Whether most values of the shorter of two lists are in the other."""
    common, fewer = codes & line_codes, min(len(codes), len(line_codes))
    return (
        fewer >= _FEWEST and min(map(len, common), default=0) >= _SHORTEST and len(common) >= _FOUND * fewer
    )


def join_records(
    lines: Sample, mapped: Mapping[str, str], chosen: Mapping[TableName, Sequence[Sample]]
) -> list[Joined]:
    """Find the files of products and customers that say what lines do not: what one costs, and in which currency.

    Parameters
    ----------
    mapped
        Standard column -> column of the lines.
    chosen
        Standard table -> its samples.
    """
    found = []
    own_heads = {word for column in lines.columns for word in head_variants(column)}
    wanted: tuple[tuple[str, TableName, str, Sequence[str], Callable[[str], object]], ...] = (
        (PRODUCT, "products", "product_id", COST_WORDS, is_number),
        (CUSTOMER, "customers", "customer_id", CURRENCY_WORDS, currency_code),
    )
    for name, table, key, words, is_value in wanted:
        if mapped.get(key) not in lines.columns or own_heads & {*words}:
            continue
        for sample in chosen.get(table, ()):
            columns, _, _ = match_columns(table, sample.filled)
            column = find_column(words, list(sample.columns))
            if key not in columns or column is None or not all(map(is_value, sample.filled[column][:100])):
                continue
            joined = _join(name, lines, mapped[key], sample, columns[key])
            if joined is not None:
                found.append(joined)
                break
    return found


def _join(name: str, lines: Sample, key: str, lookup_file: Sample, lookup_key: str) -> Joined | None:
    keys = lookup_file.filled[lookup_key]
    needed = {each for each in lines.columns[key] if each}
    # What stands in several files alike is one there: see `helpers.intake.cleaning.lookups`.
    rows = zip(*lookup_file.columns.values(), strict=True)
    several = len({file for file, _, _ in lookup_file.parts}) > 1
    count = len({*rows}) if several else len(keys)
    if len(set(keys)) < count or not needed or name in lines.columns:
        return None
    share_found = sum(each in set(keys) for each in needed) / len(needed)
    if share_found < (_FOUND if lines.is_complete and lookup_file.is_complete else _FOUND_OF_PART):
        return None
    if not all(line.startswith(_PLACES) for line in lookup_file.settings):
        return None
    row = {each: place for place, each in enumerate(lookup_file.columns[lookup_key]) if each}
    cells = {
        column: [texts[row[each]] if each in row else "" for each in lines.columns[key]]
        for column, texts in lookup_file.columns.items()
    }
    settings = (
        f"[tables.order_lines.lookups.{name}]",
        *lookup_file.settings,
        f"on = {{ {toml(key)} = {toml(lookup_key)} }}",
    )
    return Joined(name, lookup_file, replace(lookup_file, columns=cells), settings)


def find_product_cost(draft: Draft) -> Iterator[Finding]:
    """Derive the cost of lines that have none: quantity x what the file of products says that one costs."""
    if PRODUCT not in draft.joined or draft.expression("cost_amount") or "quantity" not in draft.columns:
        return
    cost = find_column(COST_WORDS, list(draft.joined[PRODUCT].columns))
    column = f"{PRODUCT}.{cost}"
    filled = sum(bool(text) for text in draft.texts(column))
    yield Finding(
        f"The lines have no cost: it is quantity x {cost} of {draft.joined[PRODUCT].name}, known for {filled} of "
        f"{draft.sample.rows} rows; the cost of today, also for sales of long ago.",
        derived={"cost_amount": f"{draft.number(draft.columns['quantity'])} * {draft.number(column)}"},
    )
