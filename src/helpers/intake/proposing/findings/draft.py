"""The draft of one table of a map: its sample on the engine, on which each proposal is evaluated first."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from itertools import count
from typing import Any

import duckdb
import pyarrow as pa

from helpers.intake import contracts
from helpers.intake.proposing.columns import find_column, is_identifier_head, is_number
from helpers.intake.proposing.findings.money.tax_rates import TAX_HEAD, are_rates
from helpers.intake.proposing.samples import Sample
from helpers.intake.proposing.synonyms import ROLES
from helpers.intake.proposing.values import format_lines
from helpers.intake.reading.readers import ROW
from helpers.intake.reading.sql import identifier, literal
from helpers.intake.values import codes, macros
from helpers.intake.values.units import unit
from helpers.settings.source import CodeDifference, TableName, ValueFormat

#: What the SQL of a map calls the file that a row is of.
FILE_NAME, SHEET_NAME = "file_name", "sheet_name"
#: Of all rows that can be compared so many must agree.
_AGREES = 0.95
#: What a document comes to before its own discount.
_SUBTOTAL = re.compile(r"(?i)sub[ _-]?total|zwischensumme|sous[ -]?total|小计|小計")
#: An amount with tax, by a word of its head; and what is called so and is none.
_GROSS = re.compile(
    r"(?i)^(?!.*(preis|price|prix|precio|weight|gewicht|poids|peso|margin|marge|profit|ertrag))"
    r"(.*\s)?(brutto|gross|ttc|inkl\.? (mwst|ust|moms)|incl\.? (vat|gst|tax)|iva incl\w*)(\s.*)?$"
)
#: What is worked out of one column by a macro of the map, with the column.
_OF_COLUMN = re.compile(r'\b(?:number|number_or_0|currency_of)\("(?:[^"]|"")*"(?:\."(?:[^"]|"")*")?\)')


@cache
def _engine() -> duckdb.DuckDBPyConnection:
    """One for all drafts of a process: to open one takes longer than most findings on a small table."""
    # A second thread costs more than so few rows do.
    return duckdb.connect(config={"threads": 1})


def shown(amount: Decimal | None) -> str:
    """Write an amount for a comment."""
    return "no amount" if amount is None else f"{amount:,.2f}"


#: How an expression with a minus in some rows begins behind its condition: see :func:`negated_where`.
NEGATED = " THEN -("


def negated_where(where: str, expression: str) -> str:
    """Write an expression with a minus before it in rows that meet a condition."""
    return f"CASE WHEN {where}{NEGATED}{expression}) ELSE {expression} END"


@dataclass(frozen=True)
class Doubt:
    """Rows that a person must decide to set aside or keep: an ``exclude`` whose condition is a question."""

    rule: str
    asks: str
    answers: Sequence[tuple[str, str]]
    """Conditions to choose from, each with what it means."""
    reason: str


@dataclass(frozen=True)
class Finding:
    """An observation in the values of a table, and the lines of the map that follow from it."""

    observation: str = ""
    """One sentence for a comment."""
    settings: tuple[str, ...] = ()
    """Lines below ``[tables.NAME]``."""
    columns: Mapping[str, str | None] = field(default_factory=dict)
    """Standard column -> column of the source; None removes a proposed one, as what is derived or asked does."""
    derived: Mapping[str, str] = field(default_factory=dict)
    """Standard column -> SQL."""
    questions: Mapping[str, tuple[str, Sequence[tuple[str, str]]]] = field(default_factory=dict)
    """Standard column -> the question, and the SQL of each answer with what it means."""
    exclude: tuple[tuple[str, str, str], ...] = ()
    """Rule, condition and sentence of rows that are set aside."""
    doubts: tuple[Doubt, ...] = ()
    nothing: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Standard column -> values that mean a missing one."""
    uses: tuple[str, ...] = ()
    """Columns of the source that the finding uses."""
    spread: tuple[str, str] | None = None
    """Where the net amount is the line's less its part of an amount of the document: SQL of both."""


@dataclass
class Draft:
    """A table as proposed so far; findings are added one after another and see those before them."""

    table: TableName
    sample: Sample
    columns: dict[str, str]
    unmapped: list[str]
    joined: Mapping[str, Sample] = field(default_factory=dict)
    """Lookup -> its sample, row by row as it joins the table's."""
    lookups: list[str] = field(default_factory=list)
    """Lines of the map that declare them."""
    comments: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    derived: dict[str, str] = field(default_factory=dict)
    questions: dict[str, tuple[str, Sequence[tuple[str, str]]]] = field(default_factory=dict)
    amounts: tuple[str, ...] = ()
    """Columns whose values are the document's, repeated on each of its lines."""
    spread: tuple[str, str] | None = None
    """As of the finding that the net amount is by."""

    def __post_init__(self) -> None:
        self._answers: dict[str, list[Any]] = {}
        self._read: dict[str, str] = {}
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
        if "tax" in self.roles and "rate" not in self.roles and self._are_rates(self.roles["tax"]):
            self.roles["rate"] = self.roles.pop("tax")
        if "rate" not in self.roles:
            named = [
                name for name in self.all_columns() if name not in self._mapped() and TAX_HEAD.search(name)
            ]
            rate = next(filter(self._are_rates, named), None)
            self.roles |= {"rate": rate} if rate else {}
        if "gross" not in self.roles:
            named = [
                name for name in self.all_columns() if name not in self._mapped() and _GROSS.search(name)
            ]
            gross = next(filter(self.is_numeric, named), None)
            self.roles |= {"gross": gross} if gross else {}
        self.format_lines = self._format_lines()
        self._connection = _engine().cursor()
        macros.define(self._connection, self._form())
        table: dict[str, Any] = {name: pa.array(self.texts(name)) for name in self.sample.columns}
        for lookup, sample in self.joined.items():
            table[lookup] = pa.StructArray.from_arrays(
                [pa.array([cell or None for cell in cells]) for cells in sample.columns.values()],
                list(sample.columns),
            )
        for index, name in enumerate((FILE_NAME, SHEET_NAME)):
            if self.sample.parts and name not in table:
                table[name] = pa.array([part[index] for part in self.sample.parts for _ in range(part[2])])
        table[ROW] = pa.array(range(1, self.sample.rows + 1))
        self._rows = pa.table(table)
        self._connection.register("sample", self._rows)

    def _are_rates(self, column: str) -> bool:
        base = self.columns.get("net_amount") or self.roles.get("gross") or self.roles.get("price")
        return are_rates(self.texts(column), self.texts(base) if base else ())

    def _mapped(self) -> set[str]:
        return set(self.columns.values())

    def all_columns(self) -> list[str]:
        """Name the columns there are: the sample's own, and ``lookup.column`` of what is joined to it."""
        inner = [f"{lookup}.{name}" for lookup, sample in self.joined.items() for name in sample.columns]
        return [*self.sample.columns, *inner]

    def texts(self, column: str) -> list[str]:
        """Return the texts of a column, row by row."""
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
        """Return the SQL of a standard column of numbers as proposed so far."""
        if name in self.derived:
            return self.derived[name]
        return self.number(self.columns[name]) if name in self.columns else None

    def first_reading(self, name: str) -> str | None:
        """Return the SQL of a standard column of numbers as proposed, or of the first answer to its question."""
        question = self.questions.get(name)
        return self.expression(name) or (question[1][0][0] if question else None)

    def first_text_reading(self, name: str) -> str | None:
        """Return the SQL of a standard column of words or days as proposed, or of an answer that names a column."""
        _, answers = self.questions.get(name, ("", ()))
        from_question = next((sql for sql, _ in answers if not sql.startswith("CAST(NULL")), None)
        column = self.columns.get(name)
        return (
            self.derived.get(name)
            or (column and (self.words(column) if name == "customer_id" else self.sql(column)))
            or from_question
        )

    def document(self) -> str | None:
        """Write the number of the document that a row is of."""
        return self.sql(self.columns["order_id"]) if "order_id" in self.columns else None

    def values(self, expression: str) -> list[Any]:
        """Compute an expression of the map for each row of the sample."""
        if expression not in self._answers:
            rows = self.fetch_rows(f"SELECT ({expression}\n) FROM sample ORDER BY {ROW}")
            self._answers[expression] = [value for (value,) in rows]
        return self._answers[expression]

    def fetch_row(self, query: str) -> tuple[Any, ...]:
        """Return the first row of a query over the table ``sample``."""
        return self._execute(query).fetchone() or ()

    def fetch_rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return all rows of a query over the table ``sample``."""
        return self._execute(query).fetchall()

    def _execute(self, query: str) -> duckdb.DuckDBPyConnection:
        return self._connection.execute(_OF_COLUMN.sub(self._worked_out, query))

    def _worked_out(self, found: re.Match[str]) -> str:
        """Name the column of the sample that holds what is worked out of another: to read a number takes long."""
        name = self._read.get(found[0])
        if name is None:
            taken = [each.lower() for each in self._rows.column_names]
            name = self._read[found[0]] = next(each for n in count() if (each := f"__{n}") not in taken)
            answer = self._connection.execute(f"SELECT {found[0]} AS it FROM sample ORDER BY {ROW}").arrow()
            self._rows = self._rows.append_column(name, pa.table(answer)["it"])
            self._connection.register("sample", self._rows)
        return identifier(name)

    def agree(self, left: str, right: str, where: str = "true") -> bool:
        """Whether two expressions are the same amount, to a cent or so, in nearly all rows where both are one."""
        is_close = "abs(one - other) <= 0.011 + 0.0001 * abs(other)"
        compared = "one IS NOT NULL AND other IS NOT NULL AND other <> 0 AND met"
        # Some expressions have windows, which neither an aggregate nor a condition can hold.
        count, same = self.fetch_row(
            f"SELECT count(*) FILTER (WHERE {compared}), count(*) FILTER (WHERE {compared} AND {is_close}) FROM "
            f"(SELECT ({left}) AS one, ({right}) AS other, ({where}) AS met FROM sample)"
        )
        return bool(count) and same >= _AGREES * count

    def example(self, *expressions: str, where: str = "true") -> list[Decimal]:
        """Return the values of some expressions in the first row in which all of them are amounts."""
        filled = " AND ".join(f"value_{place} IS NOT NULL" for place, _ in enumerate(expressions))
        listed = ", ".join(f"value_{place}" for place, _ in enumerate(expressions))
        values = ", ".join(f"({expression}) AS value_{place}" for place, expression in enumerate(expressions))
        found = self.fetch_row(
            f"SELECT {listed} FROM (SELECT {values}, ({where}) AS met, {ROW} FROM sample) WHERE {filled} AND met "
            f"ORDER BY {ROW} LIMIT 1"
        )
        return list(found)

    def money(self, where: str) -> tuple[int, Decimal | None]:
        """Count the rows of the sample that meet a condition, and add up their net amounts."""
        amount = self.expression(contracts.AMOUNT.get(self.table, "")) or "NULL"
        count, total = self.fetch_row(
            f"SELECT count(*) FILTER (WHERE met), sum(amount) FILTER (WHERE met) FROM "
            f"(SELECT ({where}) AS met, ({amount}) AS amount FROM sample)"
        )
        return count, total

    def signs(self, where: str, expression: str) -> tuple[int, int, Decimal | None]:
        """Count the rows that meet a condition with values above 0, and below 0; and add all their values up."""
        # Some expressions have windows, which neither an aggregate nor a condition can hold.
        above, below, total = self.fetch_row(
            "SELECT count(*) FILTER (WHERE met AND value > 0), count(*) FILTER (WHERE met AND value < 0), "
            f"sum(value) FILTER (WHERE met) FROM (SELECT ({where}) AS met, ({expression}) AS value FROM sample)"
        )
        return above, below, total

    def gives_total(self, expression: str, but_subtotals: bool = False) -> bool:
        """Whether lines add up to what some column says that their document is; a subtotal, if it alone says it."""
        document = self.document()
        totals = [column for column in self.amounts if column not in self.columns.values()]
        if but_subtotals:
            totals = [c for c in totals if re.search("(?i)total", _SUBTOTAL.sub("", c))] or totals
        if document is None:
            return False
        for column in totals:
            found = self.fetch_row(
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
        texts = [text for text in dict.fromkeys(self.texts(column)) if text][:200]
        return bool(texts) and sum(map(is_number, texts)) >= _AGREES * len(texts)

    def add(self, findings: Iterable[Finding]) -> None:
        """Add findings to the draft."""
        for finding in findings:
            self.findings.append(finding)
            changed = {**dict.fromkeys((*finding.derived, *finding.questions)), **finding.columns}
            for name, column in changed.items():
                previous = self.columns.pop(name, None)
                if previous is not None and previous not in self.unmapped:
                    self.unmapped.append(previous)
                if column is not None:
                    self.columns[name] = column
                    self.unmapped = [
                        unmapped_column for unmapped_column in self.unmapped if unmapped_column != column
                    ]
            self.derived |= finding.derived
            if "net_amount" in changed:
                self.spread = finding.spread
            self.questions |= finding.questions
            self.unmapped = [
                unmapped_column for unmapped_column in self.unmapped if unmapped_column not in finding.uses
            ]

    def quoted(self, words: Iterable[str]) -> str:
        """Write texts as a list of SQL."""
        return ", ".join(map(literal, words))

    def words_for_nothing(self) -> list[str]:
        """Return the words that the table declares as missing values."""
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
            candidates = [
                each for each in self.unmapped if self.is_numeric(each) and not is_identifier_head(each)
            ]
            values |= {f"left {each}": [text for text in self.texts(each) if text] for each in candidates}
            kinds |= {f"left {each}": "money" for each in candidates}
        lines = format_lines(kinds, values, self.sample.typed_dates)
        return lines if self.sample.postings is None else ['decimal = ","  # as DATEV writes numbers']

    def _form(self) -> ValueFormat:
        declared = tomllib.loads("\n".join(self.format_lines))
        settings = {
            key: value for key, value in declared.items() if value != "?" and key in ValueFormat.model_fields
        }
        if "currency_marks" in settings:  # a mark of several currencies is one of them
            settings["currency_marks"] = dict.fromkeys(settings["currency_marks"], "XXX")
        return ValueFormat(**settings)


Finder = Callable[[Draft], Iterable[Finding]]
