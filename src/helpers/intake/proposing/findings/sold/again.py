"""Sales that stand there again: for each payment or state, as an earlier version, in a second system or ledger.

Nothing of it is decided by a head alone. Rows say the same sale where what the map reads of them is the same; what then
differs between them is why they are there again, and it is asked which of them count, with the money of each answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from helpers.intake.proposing.columns import words_of
from helpers.intake.proposing.findings.documents import counts_rows
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
#: So many columns that differ are named.
_SHOWN = 3
#: Heads of a log's operations, and their words: made, changed, gone.
_OPERATION = re.compile(r"(?i)\bop\b|operation|action|change|\bcdc\b|event|\bdml\b|变更|操作|变动")
_MADE = {"i", "c", "r", "insert", "inserted", "create", "created", "new", "add", "新增", "新建", "插入"}
_CHANGED = {"u", "update", "updated", "change", "changed", "modify", "修改", "更新", "变更"}
_GONE = {"d", "delete", "deleted", "remove", "removed", "删除"}
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


def find_again(draft: Draft) -> Iterator[Finding]:
    """Ask which rows count, where some say again what others say."""
    looks: tuple[Callable[[Draft], Finding | None], ...] = (_logged, _ended, _outdated, _copied, _mirrored)
    for look in looks:
        # A table has one condition.
        if any("where = " in line for finding in draft.findings for line in finding.settings):
            return
        if (found := look(draft)) is not None:
            yield found


def _asked(draft: Draft, asks: str, answers: Sequence[tuple[str, str]], *uses: str) -> Finding:
    """Write the question which rows count, each answer with the money that it leaves."""
    listed = []
    for where, means in answers:
        rows, money = draft.money(where)
        listed.append(f"#   {toml(where)}  # {means}: {rows} rows, {shown(money)}")
    return Finding(settings=(*listed, f'where = "?"  # {asks}'), uses=uses)


def _line(draft: Draft) -> str | None:
    """Write what a line is known by in the SQL of the map: its document, with its number there or its product."""
    names = ("line_no",) if "line_no" in draft.columns else ("product_id",)
    keys = [draft.sql(draft.columns[name]) for name in ("order_id", *names) if name in draft.columns]
    return ", ".join(keys) if "order_id" in draft.columns else None


def _latest(draft: Draft, key: str, columns: Sequence[str]) -> tuple[str, str]:
    """Write that a row is the last of those of one key, and by what: the first column of days, else as rows stand."""
    days = next(((sql, column) for column in columns if (sql := day_sql(draft, column))), None)
    by, called = (f"{days[0]} DESC, ", days[1]) if days else ("", "the order of the rows")
    return f"row_number() OVER (PARTITION BY {key} ORDER BY {by}{ROW} DESC) = 1", called


def _logged(draft: Draft) -> Finding | None:
    """A log of changes has a line again each time that it was changed, and once more when it was deleted."""
    key = _line(draft)
    for column in draft.all_columns():
        words = {each for each in draft.texts(column) if each}
        plainly = {each.strip().lower() for each in words}
        name = column.replace("_", " ")
        if (
            key is None
            or column in draft.columns.values()
            or not _OPERATION.search(name)
            or not plainly <= _MADE | _CHANGED | _GONE
            or not plainly & (_CHANGED | _GONE)
        ):
            continue
        gone = draft.quoted(sorted(each for each in words if each.strip().lower() in _GONE) or ["D"])
        last = f"{_latest(draft, key, draft.left)[0]} AND {draft.words(column)} NOT IN ({gone})"
        return _asked(
            draft,
            f"{column} says {', '.join(sorted(words))}, as a log of changes does: which rows are sales?",
            [
                (last, "of each line as it is at last, unless deleted"),
                ("true", "each row is a sale of its own"),
            ],
            column,
        )
    return None


def _ended(draft: Draft) -> Finding | None:
    """A history has a line again with each change; a day says until when a row was so."""
    key = _line(draft)
    for column in draft.all_columns():
        if key is None or column in draft.columns.values() or not _UNTIL.match(column.strip()):
            continue
        word = draft.words(column)
        now = f"({word} = '' OR {word} LIKE '%9999%' OR {word} LIKE '2999%')"
        both, _ = draft.money(
            f"NOT {now} AND count(*) FILTER (WHERE {now}) OVER (PARTITION BY {key}) > 0"
        )  # fmt: skip
        if both:
            return _asked(
                draft,
                f"{column} ended {both} rows of lines that stand there again: which rows are sales?",
                [(now, "those that are not ended"), ("true", "each row is a sale of its own")],
                column,
            )
    return None


def _outdated(draft: Draft) -> Finding | None:
    """A flag says which rows are so."""
    for column in draft.all_columns():
        words = set(draft.texts(column))
        if column in draft.columns.values() or not _CURRENT.match(column.replace("_", " ").strip()):
            continue
        yes = sorted(filter(says_yes, words))
        if len(words) > 1 and yes and are_yes_or_no(words):
            met = f"{draft.words(column)} IN ({draft.quoted(yes)})"
            return _asked(
                draft,
                f"{column} says no, or nothing, in some rows: are they sales?",
                [(met, "no: only those with yes"), ("true", "yes: all of them")],
                column,
            )
    return None


def _copied(draft: Draft) -> Finding | None:
    """A join has a line again for each payment, parcel or tag, and a log for each state."""
    if "order_id" not in draft.columns:
        return None
    # A line may stand there for each of those who share a commission.
    seller = draft.columns.get("salesperson_id")
    beside = [
        draft.roles[role] for role in ("price", "price_with_tax", "gross", "discount") if role in draft.roles
    ]
    # A line of one number and amount is one, whatever of it went with each parcel.
    part = draft.columns.get("quantity") if {"line_no", "net_amount"} <= draft.columns.keys() else None
    same = list(
        dict.fromkeys(each for each in (*draft.columns.values(), *beside) if each not in (seller, part))
    )
    orders = draft.texts(draft.columns["order_id"])
    others = [
        column
        for column in draft.all_columns()
        if column not in same and not counts_rows(draft.texts(column), orders)
    ]
    rows = range(draft.sample.rows)
    texts = {column: draft.texts(column) for column in (*same, *others)}
    before: dict[tuple[str, ...], int] = {}
    times: Counter[tuple[str, ...]] = Counter()
    differ: list[set[str]] = []
    for row in rows:
        key = tuple(texts[column][row] for column in same)
        times[key] += 1
        if key in before and texts[draft.columns["order_id"]][row]:
            changed = {column for column in others if texts[column][row] != texts[column][before[key]]}
            differ += [changed] if changed else []
        before[key] = row
    always = [column for column in others if differ and all(column in each for each in differ)]
    several = "product_id" not in draft.columns and any(_ARTICLES & {*words_of(column)} for column in always)
    if (
        not always
        or several
        or not (
            len(differ) >= max(_LEAST_REPEATED, _MANY_REPEATED * draft.sample.rows)
            or _whole_documents(times, same.index(draft.columns["order_id"]))
            or any(_adds_up(draft, column) for column in others)
        )
    ):
        return None
    key_sql = ", ".join(draft.sql(column) for column in same)
    states = [column for column in always if {*ROLES["status"]} & {*words_of(column)}]
    answers = []
    last, by = _latest(draft, key_sql, always)
    if states or by in always:
        answers.append((last, f"once, as it is at last by {by}"))
    first = f"row_number() OVER (PARTITION BY {key_sql} ORDER BY {ROW}) = 1"
    alone = f", with {part} of that row alone" if any(part in each for each in differ) else ""
    answers += [(first, f"once, as it stands there first{alone}"), ("true", "each row is a sale of its own")]
    named = ", ".join(always[:_SHOWN]) + (" ..." if len(always) > _SHOWN else "")
    _, money = draft.money(f"NOT ({first})")
    return _asked(
        draft,
        f"{len(differ)} rows with {shown(money)} are those above them again but for {named}: are they sales too?",
        answers,
        *always,
    )


def _adds_up(draft: Draft, column: str) -> bool:
    """Whether a number adds up to the amount of the lines in each document that has several: parts of a payment."""
    net, document = draft.any_reading("net_amount"), draft.document()
    if net is None or not draft.is_numeric(column) or column in draft.columns.values():
        return False
    several, adding = draft.one(
        "SELECT count(*), count(*) FILTER (WHERE abs(parts - whole) <= 0.02) FROM (SELECT sum(part) AS parts, "
        f"max(net) AS whole FROM (SELECT ({net}) AS net, {draft.number(column)} AS part, {document} AS document FROM "
        "sample) GROUP BY document HAVING count(*) > 1 AND min(net) = max(net))"
    )
    return bool(several) and several == adding


def _whole_documents(times: Counter[tuple[str, ...]], order: int) -> bool:
    """Whether documents with several lines stand there as a whole again, and no document does in part."""
    lines: dict[str, list[int]] = {}
    for key, count in times.items():
        lines.setdefault(key[order], []).append(count)
    again = [counts for counts in lines.values() if max(counts) > 1]
    return any(len(counts) > 1 for counts in again) and all(len(set(counts)) == 1 for counts in again)


def _mirrored(draft: Draft) -> Finding | None:
    """Two systems, ledgers or currencies have the sales of one another."""
    columns = draft.columns
    needed = {"order_date", "customer_id"}
    if not needed <= {*columns} or not ({"product_id", "quantity"} & {*columns}):
        return None
    whose = [
        columns[name] for name in ("order_date", "customer_id", "product_id", "quantity") if name in columns
    ]
    amount = draft.values(draft.any_reading("net_amount") or "NULL")
    told = {
        columns[name]
        for name in (*needed, "order_id", "line_no", "product_id", "quantity", "net_amount")
        if name in columns
    }
    candidates = {column: draft.texts(column) for column in draft.all_columns() if column not in told}
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
    told_by = list(zip(*(draft.texts(each) for each in whose), strict=True))
    sales = [*zip(told_by, amount, strict=True)]
    ways: list[Sequence[tuple[object, ...]]] = [sales]
    ways += [[*zip(numbers, told_by, strict=True)]] if numbers else []
    for column, words in candidates.items():
        if not 2 <= len({*words}) <= _FEW or not all(words):
            continue
        named = column if column == FILE_NAME else draft.words(column)
        for keys in ways:
            held: dict[str, Counter[tuple[object, ...]]] = {word: Counter() for word in words}
            for word, key in zip(words, keys, strict=True):
                held[word][key] += 1
            pairs = [
                pair for pair in combinations(sorted(held), 2) if _in_other(*(held[word] for word in pair))
            ]
            if pairs:
                mirrored = sorted({word for pair in pairs for word in pair})
                return _asked(
                    draft,
                    f"{column} says {', '.join(mirrored)}, whose rows are sales of one another again: which count?",
                    [
                        (f"{named} NOT IN ({draft.quoted(o for o in mirrored if o != word)})",
                         f"{word}, and not {', '.join(o for o in mirrored if o != word)}")
                        for word in mirrored
                    ] + [("true", "all: each row is a sale of its own")],
                    column,
                )  # fmt: skip
    return None


def _in_other(one: Counter[tuple[object, ...]], other: Counter[tuple[object, ...]]) -> bool:
    """Whether one of two has nothing that the other has not, and enough for that to be no chance."""
    return min(one.total(), other.total()) >= _LEAST_REPEATED and (not one - other or not other - one)
