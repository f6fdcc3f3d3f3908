"""The draft of one table of a map: its sample on the engine, on which what is proposed is computed before it is."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow as pa

from helpers.intake import contracts
from helpers.intake.proposing.columns import find_column, is_number, numbers_something
from helpers.intake.proposing.samples import Sample
from helpers.intake.proposing.synonyms import ROLES, unit
from helpers.intake.proposing.values import format_lines
from helpers.intake.reading.readers import ROW
from helpers.intake.reading.sql import identifier, literal
from helpers.intake.values import codes, macros
from helpers.settings.source import CodeDifference, TableName, ValueFormat

#: What the SQL of a map calls the file that a row is of.
FILE_NAME, SHEET_NAME = "file_name", "sheet_name"
#: Of all rows that can be compared so many must agree.
_AGREES = 0.95


def shown(amount: Decimal | None) -> str:
    """Write an amount for a comment."""
    return "no amount" if amount is None else f"{amount:,.2f}"


def turned_sign(where: str, expression: str) -> str:
    """Write an expression with a minus before it in rows that meet a condition."""
    return f"CASE WHEN {where} THEN -({expression}) ELSE {expression} END"


@dataclass(frozen=True)
class Doubt:
    """Rows of which a person must say whether they are set aside: an ``exclude`` whose condition is a question."""

    rule: str
    asks: str
    answers: Sequence[tuple[str, str]]
    """Conditions to choose from, each with what it means."""
    because: str


@dataclass(frozen=True)
class Finding:
    """What was seen in the values of a table, and the lines that the map gets by it."""

    saw: str = ""
    """One sentence for a comment."""
    settings: tuple[str, ...] = ()
    """Lines below ``[tables.NAME]``."""
    columns: Mapping[str, str | None] = field(default_factory=dict)
    """Standard column -> column of the source; None takes a proposed one back."""
    derived: Mapping[str, str] = field(default_factory=dict)
    """Standard column -> SQL."""
    questions: Mapping[str, tuple[str, Sequence[tuple[str, str]]]] = field(default_factory=dict)
    """Standard column -> what is asked, and the SQL of each answer with what it means."""
    exclude: tuple[tuple[str, str, str], ...] = ()
    """Rule, condition and sentence of rows that are set aside."""
    doubts: tuple[Doubt, ...] = ()
    nothing: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Standard column -> values that say that there is none."""
    uses: tuple[str, ...] = ()
    """Columns of the source that the finding has made use of."""
    spread: tuple[str, str] | None = None
    """Where the net amount is the line's less its part of an amount of the document: SQL of both."""


@dataclass
class Draft:
    """A table as far as it is proposed; findings are added one after the other and see those before them."""

    table: TableName
    sample: Sample
    columns: dict[str, str]
    left: list[str]
    joined: Mapping[str, Sample] = field(default_factory=dict)
    """Lookup -> its sample, row by row as it joins the table's."""
    lookups: list[str] = field(default_factory=list)
    """Lines of the map that declare them."""
    comments: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    derived: dict[str, str] = field(default_factory=dict)
    questions: dict[str, tuple[str, Sequence[tuple[str, str]]]] = field(default_factory=dict)
    amounts: tuple[str, ...] = ()
    """Columns whose values are the document's and stand on each of its lines."""
    spread: tuple[str, str] | None = None
    """As of the finding that the net amount is by."""

    def __post_init__(self) -> None:
        self._answers: dict[str, list[Any]] = {}
        self.kinds = {column.name: column.kind for column in contracts.columns(self.table)}
        self.roles = {
            role: found
            for role, words in ROLES.items()
            if (
                found := find_column(
                    words, [name for name in self.all_columns() if name not in self._mapped()]
                )
            )
        }
        self.format_lines = self._format_lines()
        # A second thread costs more than so few rows do.
        self._connection = duckdb.connect(config={"threads": 1})
        macros.define(self._connection, self._form())
        table: dict[str, Any] = {name: pa.array(self.texts(name)) for name in self.sample.columns}
        for lookup, sample in self.joined.items():
            table[lookup] = pa.StructArray.from_arrays(
                [pa.array([cell or None for cell in cells]) for cells in sample.columns.values()],
                list(sample.columns),
            )
        for place, name in enumerate((FILE_NAME, SHEET_NAME)):
            if self.sample.parts and name not in table:
                table[name] = pa.array([part[place] for part in self.sample.parts for _ in range(part[2])])
        table[ROW] = pa.array(range(1, self.sample.rows + 1))
        self._connection.register("sample", pa.table(table))

    def _mapped(self) -> set[str]:
        return set(self.columns.values())

    def all_columns(self) -> list[str]:
        """Name the columns there are: the sample's own, and ``lookup.column`` of what is joined to it."""
        inner = [f"{lookup}.{name}" for lookup, sample in self.joined.items() for name in sample.columns]
        return [*self.sample.columns, *inner]

    def texts(self, column: str) -> list[str]:
        """Give the texts of a column, row by row."""
        if column in self.sample.columns:
            return self.sample.columns[column]
        lookup, _, name = column.partition(".")
        return self.joined[lookup].columns[name]

    def sql(self, column: str) -> str:
        """Write a column in the SQL of the map."""
        if column in self.sample.columns:
            return identifier(column)
        lookup, _, name = column.partition(".")
        return f"{identifier(lookup)}.{identifier(name)}"

    def words(self, column: str) -> str:
        """Write a column as text in the SQL of the map, never NULL."""
        return f"trim(coalesce(CAST({self.sql(column)} AS VARCHAR), ''))"

    def number(self, column: str) -> str:
        """Write a column as a number in the SQL of the map, in whole units where its head says thousands."""
        return f"number({self.sql(column)}){self._times(column)}"

    def number_or_0(self, column: str) -> str:
        """Write a column as :meth:`number` does, and as 0 where it is blank."""
        return f"number_or_0({self.sql(column)}){self._times(column)}"

    def _times(self, column: str) -> str:
        times = 1 if column == self.columns.get("quantity") else unit(column)[0]
        return f" * {times}" if times != 1 else ""

    def expression(self, name: str) -> str | None:
        """Write a standard column of numbers as it is proposed so far."""
        if name in self.derived:
            return self.derived[name]
        return self.number(self.columns[name]) if name in self.columns else None

    def any_reading(self, name: str) -> str | None:
        """Write a standard column of numbers as it is proposed, or as the first answer where it is asked for."""
        asked = self.questions.get(name)
        return self.expression(name) or (asked[1][0][0] if asked else None)

    def any_words(self, name: str) -> str | None:
        """Write a standard column of words or days as it is proposed, or as an answer that names one."""
        _, answers = self.questions.get(name, ("", ()))
        asked = next((sql for sql, _ in answers if not sql.startswith("CAST(NULL")), None)
        own = self.columns.get(name)
        return (
            self.derived.get(name)
            or (own and (self.words(own) if name == "customer_id" else self.sql(own)))
            or asked
        )

    def document(self) -> str | None:
        """Write the number of the document that a row is of."""
        return self.sql(self.columns["order_id"]) if "order_id" in self.columns else None

    def values(self, expression: str) -> list[Any]:
        """Compute an expression of the map for each row of the sample."""
        if expression not in self._answers:
            rows = self._connection.execute(f"SELECT ({expression}\n) FROM sample ORDER BY {ROW}").fetchall()
            self._answers[expression] = [value for (value,) in rows]
        return self._answers[expression]

    def one(self, query: str) -> tuple[Any, ...]:
        """Answer a query over the table ``sample``."""
        return self._connection.execute(query).fetchone() or ()

    def all(self, query: str) -> list[tuple[Any, ...]]:
        """Answer a query over the table ``sample``, with all its rows."""
        return self._connection.execute(query).fetchall()

    def agree(self, one: str, other: str, where: str = "true") -> bool:
        """Whether two expressions are the same amount, to a cent or so, in nearly all rows where both are one."""
        near = "abs(one - other) <= 0.011 + 0.0001 * abs(other)"
        compared = "one IS NOT NULL AND other IS NOT NULL AND other <> 0 AND met"
        # Some expressions have windows, which neither an aggregate nor a condition can hold.
        count, same = self.one(
            f"SELECT count(*) FILTER (WHERE {compared}), count(*) FILTER (WHERE {compared} AND {near}) FROM "
            f"(SELECT ({one}) AS one, ({other}) AS other, ({where}) AS met FROM sample)"
        )
        return bool(count) and same >= _AGREES * count

    def example(self, *expressions: str, where: str = "true") -> list[Decimal]:
        """Give the values of some expressions in the first row in which all of them are amounts."""
        filled = " AND ".join(f"value_{place} IS NOT NULL" for place, _ in enumerate(expressions))
        listed = ", ".join(f"value_{place}" for place, _ in enumerate(expressions))
        made = ", ".join(f"({each}) AS value_{place}" for place, each in enumerate(expressions))
        found = self.one(
            f"SELECT {listed} FROM (SELECT {made}, ({where}) AS met, {ROW} FROM sample) WHERE {filled} AND met "
            f"ORDER BY {ROW} LIMIT 1"
        )
        return list(found)

    def money(self, where: str) -> tuple[int, Decimal | None]:
        """Count the rows of the sample that meet a condition, and add up their net amounts."""
        amount = self.expression(contracts.AMOUNT.get(self.table, "")) or "NULL"
        count, total = self.one(
            f"SELECT count(*) FILTER (WHERE met), sum(amount) FILTER (WHERE met) FROM "
            f"(SELECT ({where}) AS met, ({amount}) AS amount FROM sample)"
        )
        return count, total

    def signs(self, where: str, expression: str) -> tuple[int, int, Decimal | None]:
        """Count the rows that meet a condition with values above 0, and below 0; and add all their values up."""
        # Some expressions have windows, which neither an aggregate nor a condition can hold.
        above, below, total = self.one(
            "SELECT count(*) FILTER (WHERE met AND value > 0), count(*) FILTER (WHERE met AND value < 0), "
            f"sum(value) FILTER (WHERE met) FROM (SELECT ({where}) AS met, ({expression}) AS value FROM sample)"
        )
        return above, below, total

    def gives_total(self, expression: str) -> bool:
        """Whether lines add up to what some column says that their document is."""
        document = self.document()
        totals = [column for column in self.amounts if column not in self.columns.values()]
        if document is None:
            return False
        for column in totals:
            found = self.one(
                "SELECT count(*), count(*) FILTER (WHERE abs(given - added) <= 0.02) FROM "
                f"(SELECT max({self.number(column)}) AS given, sum(__line) AS added FROM "
                f"(SELECT *, ({expression}) AS __line FROM sample) GROUP BY {document}) "
                "WHERE given IS NOT NULL AND added IS NOT NULL AND given <> 0"
            )
            if found[0] and found[1] >= _AGREES * found[0]:
                return True
        return False

    def same_codes(self, column: str) -> tuple[list[CodeDifference], list[list[str]]]:
        """Find codes that differ in their spelling alone: see :func:`helpers.intake.values.codes.probable`."""
        return codes.probable(self._connection, f"SELECT {self.sql(column)} AS code FROM sample")

    def is_numeric(self, column: str) -> bool:
        """Whether a column holds numbers, nearly throughout."""
        texts = [each for each in dict.fromkeys(self.texts(column)) if each][:200]
        return bool(texts) and sum(map(is_number, texts)) >= _AGREES * len(texts)

    def add(self, findings: Iterable[Finding]) -> None:
        """Take findings into the draft."""
        for finding in findings:
            self.findings.append(finding)
            for name, column in finding.columns.items():
                taken = self.columns.pop(name, None)
                if taken is not None and taken not in self.left:
                    self.left.append(taken)
                if column is not None:
                    self.columns[name] = column
                    self.left = [each for each in self.left if each != column]
            for name, expression in finding.derived.items():
                self.derived[name] = expression
            if "net_amount" in (*finding.columns, *finding.derived):
                self.spread = finding.spread
            self.questions |= finding.questions
            self.left = [each for each in self.left if each not in finding.uses]

    def quoted(self, words: Iterable[str]) -> str:
        """Write texts as a list of SQL."""
        return ", ".join(map(literal, words))

    def words_for_nothing(self) -> list[str]:
        """Give the words that the table declares to say that there is no value."""
        declared = tomllib.loads("\n".join(self.format_lines)).get("nothing", [])
        return [str(word) for word in declared]

    def _format_lines(self) -> list[str]:
        kinds = dict(self.kinds)
        values = {
            name: [each for each in self.texts(column) if each] for name, column in self.columns.items()
        }
        for role, column in self.roles.items():
            if role not in ("status", "cancelled") and self.is_numeric(column):
                kinds[f"role {role}"] = "money"
                values[f"role {role}"] = [each for each in self.texts(column) if each]
        if self.table == "order_lines" and not {"net_amount", "role price", "role gross"} & {*values}:
            asked = [each for each in self.left if self.is_numeric(each) and not numbers_something(each)]
            values |= {f"left {each}": [text for text in self.texts(each) if text] for each in asked}
            kinds |= {f"left {each}": "money" for each in asked}
        lines = format_lines(kinds, values, self.sample.typed_dates)
        return lines if self.sample.postings is None else ['decimal = ","  # as DATEV writes numbers']

    def _form(self) -> ValueFormat:
        declared = tomllib.loads("\n".join(self.format_lines))
        known = {
            key: value for key, value in declared.items() if value != "?" and key in ValueFormat.model_fields
        }
        if "currency_marks" in known:  # a mark of several currencies is one of them
            known["currency_marks"] = dict.fromkeys(known["currency_marks"], "XXX")
        return ValueFormat(**known)


Finder = Callable[[Draft], Iterable[Finding]]
