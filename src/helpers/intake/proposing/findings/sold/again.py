"""Repeated rows of one sale: for each payment or state, as an earlier version, in a second system or ledger.

A head alone decides nothing. Rows are of the same sale where all columns that the map reads are the same; the columns
in which they differ show why they repeat. Which of them count is asked, with the money of each answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from itertools import combinations

from helpers.intake.proposing.columns import head_variants
from helpers.intake.proposing.findings.documents import DOCUMENT_HEAD, OTHER_ACCOUNT, counts_rows
from helpers.intake.proposing.findings.draft import FILE_NAME, Draft, Finding, shown
from helpers.intake.proposing.findings.sold.dates import day_sql
from helpers.intake.proposing.findings.sold.unfinished import are_yes_or_no, says_yes
from helpers.intake.proposing.synonyms import COLUMN_WORDS, ROLES
from helpers.intake.proposing.toml import toml
from helpers.intake.reading.readers import ROW

#: So many rows, and so large a share, must repeat others for it to be how the export is made; of documents with several
#: lines that are all there again, any.
_LEAST_REPEATED, _MANY_REPEATED = 3, 0.1
#: A column of so few words can say which system, ledger or kind of currency a row is of.
_FEW = 6
#: Columns in which articles are named: without a number of theirs, lines that differ in them are of several.
_ARTICLES = {"name", "description", *COLUMN_WORDS["product_id"], *COLUMN_WORDS["name"]}
#: How many of the differing columns are named.
_SHOWN = 3
#: Heads of a log's operations, and their words: made, changed, gone.
_OPERATION = re.compile(r"(?i)\bop\b|operation|action|change|\bcdc\b|event|\bdml\b|变更|操作|变动")
_CREATED = {"i", "c", "r", "insert", "inserted", "create", "created", "new", "add", "新增", "新建", "插入"}
_CHANGED = {"u", "update", "updated", "change", "changed", "modify", "修改", "更新", "变更"}
_DELETED = {"d", "delete", "deleted", "remove", "removed", "删除"}
#: Heads of a day on which a row ceased to be so, and of flags of rows that are so.
_UNTIL = re.compile(
    r"(?i)^(row|record|version)?[ _]?(valid|effective|gültig|valide|válid[oa]|active)[ _]?(to|until|till|through|bis|"
    r"end|jusqu'au|hasta)([ _]?(date|time|dt|ts))?$|^(dw|dbt|row|record|eff|scd)[ _]?(valid[ _]?to|end)"
    r"([ _]?(date|dt))?$|^(有效期?至|失效(日期|时间)|有效截止日?期?|生效结束日期)$"
)
_CURRENT = re.compile(
    r"(?i)^(is|row|record)?[ _]?(is)?[ _]?(current|latest|active|newest|enabled|aktuell|aktiv|actuel|actif|activ[oa])"
    r"[ _]?(flag|ind|indicator|record|row|version|yn)?$|^(是否)?(最新|当前|有效|启用|生效)(版本|标志|标识|状态)?$"
)


def find_repeated_rows(draft: Draft) -> Iterator[Finding]:
    """Ask which rows count, where some repeat others; not of a journal, which has a row for each account."""
    if any(doubt.rule == OTHER_ACCOUNT for finding in draft.findings for doubt in finding.doubts):
        return
    detectors: tuple[Callable[[Draft], Finding | None], ...] = (
        _change_log,
        _ended_rows,
        _outdated_rows,
        _joined_rows,
        _mirrored_rows,
    )
    for detect in detectors:
        # A table has one condition.
        if any("where = " in line for finding in draft.findings for line in finding.settings):
            return
        if (found := detect(draft)) is not None:
            yield found


def _rows_question(draft: Draft, question: str, answers: Sequence[tuple[str, str]], *uses: str) -> Finding:
    """Write the question which rows count, each answer with the money that it leaves."""
    listed = []
    for condition, means in answers:
        rows, money = draft.money(condition)
        listed.append(f"#   {toml(condition)}  # {means}: {rows} rows, {shown(money)}")
    return Finding(settings=(*listed, f'where = "?"  # {question}'), uses=uses)


def _line_key(draft: Draft) -> str | None:
    """Write what a line is known by in the SQL of the map: its document, with its number there or its product."""
    names = ("line_no",) if "line_no" in draft.columns else ("product_id",)
    keys = [draft.sql(draft.columns[name]) for name in ("order_id", *names) if name in draft.columns]
    return ", ".join(keys) if "order_id" in draft.columns else None


def _latest(draft: Draft, key: str, columns: Sequence[str]) -> tuple[str, str]:
    """Return the condition that a row is the last of its key, and the order: by the first column of days, else rows."""
    days = next(((sql, column) for column in columns if (sql := day_sql(draft, column))), None)
    order, order_name = (f"{days[0]} DESC, ", days[1]) if days else ("", "the order of the rows")
    return f"row_number() OVER (PARTITION BY {key} ORDER BY {order}{ROW} DESC) = 1", order_name


def _change_log(draft: Draft) -> Finding | None:
    """A log of changes has a line again each time that it was changed, and once more when it was deleted."""
    key = _line_key(draft)
    for column in draft.all_columns():
        words = {text for text in draft.texts(column) if text}
        operations = {text.strip().lower() for text in words}
        name = column.replace("_", " ")
        if (
            key is None
            or column in draft.columns.values()
            or not _OPERATION.search(name)
            or not operations <= _CREATED | _CHANGED | _DELETED
            or not operations & (_CHANGED | _DELETED)
        ):
            continue
        deleted = draft.quoted(sorted(text for text in words if text.strip().lower() in _DELETED) or ["D"])
        last = f"{_latest(draft, key, draft.unmapped)[0]} AND {draft.words(column)} NOT IN ({deleted})"
        return _rows_question(
            draft,
            f"{column} says {', '.join(sorted(words))}, as a log of changes does: which rows are sales?",
            [
                (last, "of each line as it is at last, unless deleted"),
                ("true", "each row is a sale of its own"),
            ],
            column,
        )
    return None


def _ended_rows(draft: Draft) -> Finding | None:
    """A history has a line again with each change; a day says until when a row was so."""
    key = _line_key(draft)
    for column in draft.all_columns():
        if key is None or column in draft.columns.values() or not _UNTIL.match(column.strip()):
            continue
        word = draft.words(column)
        is_current = f"({word} = '' OR {word} LIKE '%9999%' OR {word} LIKE '2999%')"
        superseded, _ = draft.money(
            f"NOT {is_current} AND count(*) FILTER (WHERE {is_current}) OVER (PARTITION BY {key}) > 0"
        )  # fmt: skip
        if superseded:
            return _rows_question(
                draft,
                f"{column} ended {superseded} rows of lines that stand there again: which rows are sales?",
                [(is_current, "those that are not ended"), ("true", "each row is a sale of its own")],
                column,
            )
    return None


def _outdated_rows(draft: Draft) -> Finding | None:
    """A flag says which rows are so."""
    for column in draft.all_columns():
        words = set(draft.texts(column))
        if column in draft.columns.values() or not _CURRENT.match(column.replace("_", " ").strip()):
            continue
        yes = sorted(filter(says_yes, words))
        if len(words) > 1 and yes and are_yes_or_no(words):
            condition = f"{draft.words(column)} IN ({draft.quoted(yes)})"
            return _rows_question(
                draft,
                f"{column} says no, or nothing, in some rows: are they sales?",
                [(condition, "no: only those with yes"), ("true", "yes: all of them")],
                column,
            )
    return None


def _joined_rows(draft: Draft) -> Finding | None:
    """A join has a line again for each payment, parcel or tag, and a log for each state."""
    if "order_id" not in draft.columns:
        return None
    # A line may stand there for each of those who share a commission.
    seller = draft.columns.get("salesperson_id")
    price_columns = [
        draft.roles[role] for role in ("price", "price_with_tax", "gross", "discount") if role in draft.roles
    ]
    # A line of one number and amount is one, whatever of it went with each parcel.
    quantity = draft.columns.get("quantity") if {"line_no", "net_amount"} <= draft.columns.keys() else None
    compared = list(
        dict.fromkeys(
            name
            for name in (*draft.columns.values(), *price_columns, *_read_by_sql(draft))
            if name not in (seller, quantity)
        )
    )
    orders = draft.texts(draft.columns["order_id"])
    others = [
        column
        for column in draft.all_columns()
        if column not in compared and not counts_rows(draft.texts(column), orders)
    ]
    rows = range(draft.sample.rows)
    texts = {column: draft.texts(column) for column in (*compared, *others)}
    last_row: dict[tuple[str, ...], int] = {}
    occurrences: Counter[tuple[str, ...]] = Counter()
    differences: list[set[str]] = []
    for row in rows:
        key = tuple(texts[column][row] for column in compared)
        occurrences[key] += 1
        if key in last_row and texts[draft.columns["order_id"]][row]:
            changed = {column for column in others if texts[column][row] != texts[column][last_row[key]]}
            differences += [changed] if changed else []
        last_row[key] = row
    always_differ = [
        column for column in others if differences and all(column in name for name in differences)
    ]
    several = "product_id" not in draft.columns and any(
        _ARTICLES & {*head_variants(column)} for column in always_differ
    )
    if (
        not always_differ
        or several
        or not (
            len(differences) >= max(_LEAST_REPEATED, _MANY_REPEATED * draft.sample.rows)
            or _repeats_whole_documents(occurrences, compared.index(draft.columns["order_id"]))
            or any(_is_part_of_payment(draft, column) for column in others)
        )
    ):
        return None
    key_sql = ", ".join(draft.sql(column) for column in compared)
    states = [column for column in always_differ if {*ROLES["status"]} & {*head_variants(column)}]
    answers = []
    last, order_name = _latest(draft, key_sql, always_differ)
    if states or order_name in always_differ:
        answers.append((last, f"once, as it is at last by {order_name}"))
    first = f"row_number() OVER (PARTITION BY {key_sql} ORDER BY {ROW}) = 1"
    quantity_note = (
        f", with {quantity} of that row alone" if any(quantity in name for name in differences) else ""
    )
    answers += [
        (first, f"once, as it stands there first{quantity_note}"),
        ("true", "each row is a sale of its own"),
    ]
    named = ", ".join(always_differ[:_SHOWN]) + (" ..." if len(always_differ) > _SHOWN else "")
    _, money = draft.money(f"NOT ({first})")
    return _rows_question(
        draft,
        f"{len(differences)} rows with {shown(money)} are those above them again but for {named}: are they sales too?",
        answers,
        *always_differ,
    )


def _read_by_sql(draft: Draft) -> list[str]:
    """List the columns of which the quantity or amount is made, or is asked."""
    answers = (draft.questions[name][1] for name in ("quantity", "net_amount") if name in draft.questions)
    sql = [draft.derived.get(name, "") for name in ("quantity", "net_amount")] + [
        each for a in answers for each, _ in a
    ]
    return [column for column in draft.all_columns() if any(draft.sql(column) in each for each in sql)]


def _is_part_of_payment(draft: Draft, column: str) -> bool:
    """Whether a number adds up to the amount of the lines in each document that has several: parts of a payment."""
    net, document = draft.first_reading("net_amount"), draft.document()
    if net is None or not draft.is_numeric(column) or column in draft.columns.values():
        return False
    several, adding = draft.fetch_row(
        "SELECT count(*), count(*) FILTER (WHERE abs(parts - whole) <= 0.02) FROM (SELECT sum(part) AS parts, "
        f"max(net) AS whole FROM (SELECT ({net}) AS net, {draft.number(column)} AS part, {document} AS document FROM "
        "sample) GROUP BY document HAVING count(*) > 1 AND min(net) = max(net))"
    )
    return bool(several) and several == adding


def _repeats_whole_documents(times: Counter[tuple[str, ...]], order: int) -> bool:
    """Whether documents with several lines are repeated as a whole, and none in part."""
    lines: dict[str, list[int]] = {}
    for key, count in times.items():
        lines.setdefault(key[order], []).append(count)
    again = [counts for counts in lines.values() if max(counts) > 1]
    return any(len(counts) > 1 for counts in again) and all(len(set(counts)) == 1 for counts in again)


def _mirrored_rows(draft: Draft) -> Finding | None:
    """Two systems, ledgers or currencies have the sales of one another."""
    columns = draft.columns
    needed = {"order_date", "customer_id"}
    if not needed <= {*columns} or not ({"product_id", "quantity"} & {*columns}):
        return None
    sale_columns = [
        columns[name] for name in ("order_date", "customer_id", "product_id", "quantity") if name in columns
    ]
    amounts = draft.values(draft.first_reading("net_amount") or "NULL")
    known_columns = {
        columns[name]
        for name in (*needed, "order_id", "line_no", "product_id", "quantity", "net_amount")
        if name in columns
    }
    known_columns |= {*_read_by_sql(draft)}
    candidates = {
        column: draft.texts(column) for column in draft.all_columns() if column not in known_columns
    }
    numbers = draft.texts(columns["order_id"]) if "order_id" in columns else []
    files = [name for name, _, count in draft.sample.parts for _ in range(count)]
    if (
        numbers
        and files
        and FILE_NAME not in candidates
        and len({*zip(numbers, files, strict=True)}) == len({*numbers})
    ):
        candidates[FILE_NAME] = (
            files  # files that overlap have the same numbers, and are told apart when they are read
        )
    # The same sale under numbers of their own; or the same document with amounts of its own.
    sale_keys = list(zip(*(draft.texts(each) for each in sale_columns), strict=True))
    what_is_sold = [key[2:] for key in sale_keys]
    sales = [*zip(sale_keys, amounts, strict=True)]
    key_sets: list[Sequence[tuple[object, ...]]] = [sales]
    key_sets += [[*zip(numbers, sale_keys, strict=True)]] if numbers else []
    headed = any(doubt.rule == DOCUMENT_HEAD for finding in draft.findings for doubt in finding.doubts)
    for column, words in candidates.items():
        if not 2 <= len({*words}) <= _FEW or not all(words):
            continue
        if not headed and (found := _kinds_of_one_sum(draft, column, words, numbers, amounts)):
            return found
        column_sql = column if column == FILE_NAME else draft.words(column)
        for keys in key_sets:
            counts_by_word: dict[str, Counter[tuple[object, ...]]] = {word: Counter() for word in words}
            for word, key, sold in zip(words, keys, what_is_sold, strict=True):
                if any(sold):  # of a document's head, or its tax, nothing says what was sold
                    counts_by_word[word][key] += 1
            pairs = [
                pair
                for pair in combinations(
                    sorted(word for word, counted in counts_by_word.items() if counted), 2
                )
                if _is_contained(*(counts_by_word[word] for word in pair))
            ]
            if pairs:
                mirrored = sorted({word for pair in pairs for word in pair})
                return _rows_question(
                    draft,
                    f"{column} says {', '.join(mirrored)}, whose rows are sales of one another again: which count?",
                    [
                        (f"{column_sql} NOT IN ({draft.quoted(o for o in mirrored if o != word)})",
                         f"{word}, and not {', '.join(o for o in mirrored if o != word)}")
                        for word in mirrored
                    ] + [("true", "all: each row is a sale of its own")],
                    column,
                )  # fmt: skip
    return None


def _kinds_of_one_sum(
    draft: Draft, column: str, words: Sequence[str], numbers: Sequence[str], amounts: Sequence[Decimal | None]
) -> Finding | None:
    """Ask about rows of two kinds that add up to the same in each document, as those of sales and of their lines."""
    sums: dict[str, dict[str, Decimal]] = {}
    for word, number, amount in zip(words, numbers, amounts, strict=bool(numbers)):
        if amount:
            of_word = sums.setdefault(word, {})
            of_word[number] = of_word.get(number, Decimal(0)) + amount
    of_one_sum = [
        pair for pair in combinations(sorted(sums), 2)
        if len(sums[pair[0]]) >= _LEAST_REPEATED and sums[pair[0]] == sums[pair[1]]
    ]  # fmt: skip
    lines = Counter(words)
    if column == FILE_NAME or not of_one_sum or lines[of_one_sum[0][0]] == lines[of_one_sum[0][1]]:
        return None
    several, one = sorted(of_one_sum[0], key=lines.__getitem__, reverse=True)
    without = sorted({*words} - {*sums})
    answers = [
        (
            f"{draft.words(column)} NOT IN ({draft.quoted([left_out, *without])})",
            f"{word}, and not {left_out}",
        )
        for word, left_out in ((several, one), (one, several))
    ]
    asks = f"{column} says {several} and {one}, which come to the same in each document: which count?"
    return _rows_question(draft, asks, [*answers, ("true", "all: each row is a sale of its own")], column)


def _is_contained(left: Counter[tuple[object, ...]], right: Counter[tuple[object, ...]]) -> bool:
    """Whether one of two contains the other, and both have enough rows for that not to be chance."""
    return min(left.total(), right.total()) >= _LEAST_REPEATED and (not left - right or not right - left)
