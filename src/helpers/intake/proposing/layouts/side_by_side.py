"""Items of an order, or tables of the same heads, that stand side by side: proposed as rows."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import combinations, pairwise, product

from helpers.errors import WorkbookError
from helpers.intake.layout.file_patterns import common_start
from helpers.intake.layout.periods import period_of
from helpers.intake.layout.stacking import columns_of
from helpers.intake.proposing.columns import find_column, match_columns
from helpers.intake.proposing.layouts.blocks import Block, Layout
from helpers.intake.proposing.layouts.heads import is_date, is_number
from helpers.intake.proposing.layouts.parted import Parted, role_of
from helpers.intake.proposing.synonyms import COLUMN_WORDS, ROLES, listed, plain
from helpers.intake.values.units import unit

#: The place of an item in a head, and of a column among those of one head.
_PLACE = re.compile("(?<![0-9])[0-9]{1,2}(?![0-9])")
_MARKS = " _-./:#()[]（）"
#: So many columns and rows make a table.
_WIDTH, _ROWS = 2, 3
#: So much of a row, and so many of the rows, are filled in a table.
_FULL = 0.8
#: What stands side by side in a document too, and is no item of it.
_NO_ITEMS = re.compile(
    r"(?i)tax|vat|discount|coupon|ship|freight|fee|pay|due|instal|address|phone|contact|rep\b|seller|agent|commission|"
    r"steuer|mwst|rabatt|versand|zahl|fällig|provision|taxe|tva|remise|livr|écheance|impuesto|iva\b|descuento|env[ií]o|"
    r"vencim|税|折扣|优惠|运费|付款|收款|业务员|佣金|値引|送料|支払"
)
#: What an item is called: a unit or a currency beside two amounts of one line is none.
_ITEMS = (
    *COLUMN_WORDS["product_id"],
    *COLUMN_WORDS["name"],
    *listed("name title description goods 商品 货品 产品 品名"),
)
#: What the amount of an item is called, beside the amount of a line.
_MONEY = ("price", "price_with_tax", "gross", "document")


def propose_side_by_side(layout: Layout, parted: Parted, called: str) -> None:
    """Make rows of groups of columns whose heads are the same but for a number, or for a title above them.

    Raises
    ------
    WorkbookError
        Two tables stand side by side that have totals or headings of their own.
    """
    _refuse_unrelated(parted, called)
    texts = {name: [row[n] for row in parted.rows if row[n]] for n, name in enumerate(parted.names)}
    for patterns in _candidates(parted.names):
        names = _new_names(patterns, parted.names)
        first = {
            name: texts[columns[0]]
            for name, (pattern, columns) in zip(names, patterns.items(), strict=True)
            if not _NO_ITEMS.search(pattern)
        }
        roles, left, _ = match_columns("order_lines", first)
        has_amount = {"quantity", "net_amount"} & {*roles} or any(
            find_column(ROLES[each], left) for each in _MONEY
        )
        is_table = {"order_date", "customer_id"} <= {*roles}
        has_item = find_column(_ITEMS, list(first)) is not None
        has_item = has_item or ({"quantity", "net_amount"} == {*roles} and _are_places(parted, patterns))
        if not has_amount or not (has_item or is_table):
            continue
        if is_table and {*parted.kinds} - {"line", "blank"}:
            raise WorkbookError(
                f"{called} has tables side by side ({', '.join(next(iter(patterns.values())))}) with rows between that "
                "are none of theirs, as totals. Put one below the other, or each on a sheet of its own, and save."
            )
        values: dict[str, str | bool | int | list[str]] = dict(zip(names, patterns, strict=True))
        # One document a row: the place of an item is then its line's number.
        stacked = {column for columns in patterns.values() for column in columns}
        document = next(
            (name for name in parted.names if role_of(name, ("order_id",)) and name not in stacked), None
        )
        if document is not None and len({*texts[document]}) == len(texts[document]):
            values["line_no"] = "*"
        about = "tables of the same heads" if is_table else "items of one document"
        layout.blocks.append(Block("side_by_side", values, f"{about} stand side by side: each is a row"))
        return


def _are_places(parted: Parted, patterns: Mapping[str, Sequence[str]]) -> bool:
    """Whether columns are of several warehouses or shops, of which half of the rows at least leave some blank or 0.

    What was ordered and what was delivered of a line stand beside each other too, and are filled both.
    """
    partly = 0
    for columns in patterns.values():
        if any(_PLACE.search(name) for name in columns):
            return False
        places = [parted.names.index(name) for name in columns]
        partly = sum(
            0 < sum(bool(re.search("[1-9]", row[place])) for place in places) < len(places)
            for row in parted.rows
        )
    return 2 * partly >= len(parted.of("line"))


def _refuse_unrelated(parted: Parted, called: str) -> None:
    """Stop at two tables of other heads with a blank column between: their rows have nothing to do with each other.

    Raises
    ------
    WorkbookError
        Rows of one go on where the other has ended, or both name the same in other rows.
    """
    bounds = [
        n for n, name in enumerate(parted.names)
        if re.fullmatch("column_[0-9]+", name) and not any(row[n] for row in parted.rows)
    ]  # fmt: skip
    edges = [-1, *bounds, len(parted.names)]
    tables = [range(start + 1, end) for start, end in pairwise(edges) if end - start > _WIDTH]
    for left, right in combinations(tables, 2):
        heads = [[re.sub(r" \([0-9]+\)$", "", parted.names[n]) for n in each] for each in (left, right)]
        if heads[0] == heads[1]:
            continue  # one table in two parts
        if (
            _goes_on(parted, left, right)
            or _goes_on(parted, right, left)
            or _names_otherwise(parted, left, right)
        ):
            first, second = (", ".join(parted.names[n] for n in each) for each in (left, right))
            raise WorkbookError(
                f"{called} has two tables side by side ({first}; {second}), whose rows have nothing to do with each "
                "other. Put each on a sheet of its own, and save."
            )


def _goes_on(parted: Parted, one: range, other: range) -> bool:
    """Whether a table has full rows, as many as a table needs, below the last row of another full table."""
    full = [
        [sum(bool(row[c]) for c in each) >= _FULL * len(each) for row in parted.rows] for each in (one, other)
    ]
    last = max((n for n, row in enumerate(parted.rows) if any(row[c] for c in other)), default=-1)
    is_table = last + 1 >= _ROWS and sum(full[1]) >= _FULL * (last + 1)
    return is_table and sum(full[0][last + 1 :]) >= _ROWS


def _names_otherwise(parted: Parted, one: range, other: range) -> bool:
    """Whether a column of each table has mostly the texts of the other's, and in other rows."""
    for first, second in product(one, other):
        pairs = [(row[first], row[second]) for row in parted.rows if row[first] and row[second]]
        values = {text for text, _ in pairs if not is_number(text) and not is_date(text)}
        shared = values & {text for _, text in pairs}
        if (
            len(shared) >= _ROWS
            and 2 * len(shared) >= len(values)
            and 2 * sum(a == b for a, b in pairs) < len(pairs)
        ):
            return True
    return False


def _candidates(names: Sequence[str]) -> Iterator[dict[str, list[str]]]:
    """Yield sets of patterns, each with the columns that fit it, that have the same places."""
    for found in (_numbered(names), _titled(names), _worded(names)):
        by_places: dict[tuple[str, ...], dict[str, list[str]]] = {}
        for pattern in dict.fromkeys(found):
            columns = columns_of(pattern, names)
            if len(columns) > 1:
                by_places.setdefault(tuple(columns), {})[pattern] = list(columns.values())
        for patterns in sorted(by_places.values(), key=len, reverse=True):
            if len(patterns) > 1:
                yield patterns


def _numbered(names: Sequence[str]) -> Iterator[str]:
    for name in names:
        places = [*_PLACE.finditer(name)]
        if len(places) == 1 and period_of(name) is None:
            yield f"{name[: places[0].start()]}*{name[places[0].end() :]}"


def _worded(names: Sequence[str]) -> Iterator[str]:
    """Yield what begins or ends with the word for a quantity or an amount: ``Menge Berlin``, ``Berlin Qty``."""
    for name in names:
        words = name.split(" ")
        if len(words) > 1 and unit(name) == (1, None, ""):
            for word, pattern in ((words[0], f"{words[0]} *"), (words[-1], f"* {words[-1]}")):
                if role_of(word, ("quantity", "net_amount")):
                    yield pattern


def _titled(names: Sequence[str]) -> Iterator[str]:
    yield from (f"*/{name.rpartition('/')[2]}" for name in names if "/" in name)


def _new_names(patterns: Collection[str], names: Sequence[str]) -> list[str]:
    """Name the new columns by what patterns have beside the place, without what all begin with."""
    bare = [
        re.sub(r"[\s_\-./]+", lambda found: found[0][0], each.replace("*", "").strip(_MARKS))
        for each in patterns
    ]
    start = re.sub(r"[^\W\d_]*$", "", common_start([each.lower() for each in bare]))
    short = [each[len(start) :].strip(_MARKS) for each in bare]
    taken = {plain(name) for name in names}
    return [one if one and plain(one) not in taken else other for one, other in zip(short, bare, strict=True)]
