"""The rows of a file as SQL: source values, text, type, verdict, in layers of SELECT that each row passes.

The same layers read a table row by row (`helpers.intake.cleaning.staging`) and column by column
(`helpers.intake.cleaning.sound_rows`); there, what a row that nothing is wrong with does not need is left out.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from helpers.core.periods import CompanyYear
from helpers.intake import contracts
from helpers.intake.cleaning import mapping
from helpers.intake.cleaning.lookups import JoinedLookup
from helpers.intake.cleaning.problems import (
    WRONG_YEAR,
    Problem,
    layer_name,
    line_problems,
    map_problems,
    mark_problems,
    plausible_years,
    rate_problems,
    value_problems,
)
from helpers.intake.layout.arrange import as_read_name
from helpers.intake.reading.readers import FILE_NAME, ROW, Relation
from helpers.intake.reading.sql import Connection, identifier, literal
from helpers.intake.values import codes, notations, rates, rules
from helpers.intake.values.moments import years_sql
from helpers.settings.config import Settings
from helpers.settings.source import TableMap, TableName, ValueFormat

#: Type on the engine by kind of column; all others are text.
TYPES = {
    "date": "DATE",
    "timestamp": "TIMESTAMP",
    "money": "DECIMAL(18,4)",
    "quantity": "DECIMAL(18,4)",
    "score": "DOUBLE",
}
#: No file has so many rows.
ROWS_A_FILE = 2**40
#: Nothing is said of a value but whether there is one: of typed values no reason is asked.
_THERE = "CASE WHEN {} IS NOT NULL THEN '' END"


@dataclass(frozen=True)
class Short:
    """What may be left out of the layers, because of a table's rows it is known.

    Attributes
    ----------
    as_read
        Text columns whose every value is read as it is written.
    exact
        Columns of numbers and dates whose every value is read by the engine's own cast.
    rounded
        Columns of numbers some of which have more decimals than are kept.
    ruled_out
        Numbers of problems that no row has.
    one_currency
        Whether all amounts are in the report's currency.
    """

    as_read: Collection[str] = ()
    exact: Collection[str] = ()
    rounded: Collection[str] = ()
    ruled_out: Collection[int] = ()
    one_currency: bool = False


@dataclass(frozen=True)
class Judged:
    """How the rows of a file (or of several that are alike) are read and judged.

    Attributes
    ----------
    file
        SQL of the file's number.
    source
        What stands after FROM: the file's columns, ``__row``, and one struct a lookup.
    found, types, values
        Standard column -> SQL over the source, the engine's type of it, and how it is read.
    problems
        Number -> why a row is not kept; the first that holds counts.
    recoded
        Column of customers' codes that may be read as another -> query of those that are.
    rates
        Currency -> its rate to the report's, as a literal; empty where there are no currencies.
    dated
        Currencies whose rates are by day: see `helpers.intake.values.rates`.
    """

    table: TableName
    relation: Relation
    file: str
    source: str
    mapped: TableMap
    found: dict[str, str]
    types: dict[str, str]
    values: dict[str, rules.Value]
    formats: dict[str, ValueFormat]
    rates: dict[str, str]
    recoded: dict[str, str]
    dated: frozenset[str] = frozenset()
    problems: dict[int, Problem] = field(default_factory=dict)

    @property
    def typed_source(self) -> frozenset[str]:
        """Numbers and dates that the source has as such, so that they are there or not and need no words for it."""
        return frozenset(
            name
            for name, value in self.values.items()
            if not self.formats[name].nothing and rules.is_typed(value.column.kind, self.types[name])
        )

    def named_in(self, sql: str) -> list[str]:
        """Name the standard columns that a condition over the layers needs."""
        if rates.RATE in sql:
            sql = f"{sql} {self._rate}"
        named = _named(sql, self.values)
        return _named(" ".join([sql, *(self.values[name].typed for name in named)]), self.values)

    @property
    def _rate(self) -> str:
        """SQL of the rate that a row's amounts are converted by, over its typed values."""
        return rates.rate_sql(
            '"__typed_currency"', identifier(f"__typed_{contracts.date_column(self.table)}")
        )

    def layers(self, names: Collection[str], short: Short | None = None) -> str:
        """Write the rows with some standard columns as read, as text and typed, and with the map's conditions."""
        conditions = [f"coalesce(CAST(({self.mapped.where or 'true'}\n) AS BOOLEAN), false) AS __wanted"]
        conditions += [
            f"coalesce(CAST(({as_read_name(n) if e.as_read else e.where}\n) AS BOOLEAN), false) AS __exclude_{n}"
            for n, e in enumerate(self.mapped.exclude)
        ]
        chosen = [(name, value) for name, value in self.values.items() if name in names]
        raw = [f"{self.found[name]}\n AS {layer_name('raw', value.column)}" for name, value in chosen]
        text = [f"{self._text(name, short)} AS {layer_name('text', value.column)}" for name, value in chosen]
        typed = [
            f"{self._typed(name, short)} AS {layer_name('typed', value.column)}" for name, value in chosen
        ]
        sql = f"(SELECT {', '.join(['*', *raw, *conditions])} FROM {self.source})"
        sql = f"(SELECT {', '.join(['*', *text])} FROM {sql})"
        sql = f"(SELECT {', '.join(['*', *typed])} FROM {sql})"
        is_dated = self.dated and set(_named(self._rate, self.values)) <= {*names}
        if not is_dated or (short is not None and short.one_currency):
            return sql
        return f"(SELECT *, {self._rate} AS {rates.RATE} FROM {sql})"

    def _text(self, name: str, short: Short | None) -> str:
        raw = layer_name("raw", self.values[name].column)
        if short is not None and name in short.as_read:
            return raw
        if short is not None and name in short.exact:
            return _THERE.format(raw)
        if short is not None and name in self.typed_source:
            number = f"CASE WHEN NOT isnan({raw}) THEN {raw} END" if rules.is_float(self.types[name]) else raw
            return _THERE.format(number)
        return rules.source_text(raw, self.types[name], self.formats[name])

    def _typed(self, name: str, short: Short | None) -> str:
        value = self.values[name]
        if short is not None and name in short.as_read:
            return layer_name("raw", value.column)
        if short is not None and name in short.exact:
            return f"TRY_CAST({layer_name('raw', value.column)} AS {TYPES[value.column.kind]})"
        return value.typed

    @property
    def row_key(self) -> str:
        """SQL of a number of its own for each row of the table."""
        return f"CAST({self.file} AS BIGINT) * {ROWS_A_FILE} + {ROW}"

    def only(self, condition: str) -> Judged:
        """Give those rows alone whose key meets a condition."""
        return replace(self, source=f"(SELECT * FROM {self.source} WHERE {self.row_key} {condition})")

    def sql(self) -> str:
        """Write the query of the staging table's columns, and of ``__file_name`` where the relation has it."""
        verdicts = " ".join(f"WHEN {p.condition} THEN {n}" for n, p in self.problems.items())
        faults = " ".join(f"WHEN {n} THEN {p.value}" for n, p in self.problems.items())
        packed = ", ".join(f"{column} := {column}" for column in self._quoted)
        result = [
            f"{self.file} AS __file",
            ROW,
            "__problem",
            f"CASE __problem {faults} END AS __value",
            f"CASE WHEN __problem > 0 AND __wanted THEN CAST(to_json(struct_pack({packed})) AS VARCHAR) END AS __raw",
            f"{self._amount} AS __amount",
            f"{self._is_rounded(None)} AS __rounded",
            f"{self.identity('md5_number')} AS __identity",
            *self._columns(None),
            *([FILE_NAME] if self.relation.many_files else []),
        ]
        sql = f"(SELECT *, CASE {verdicts} ELSE 0 END AS __problem FROM {self.layers(self.values)})"
        return f"SELECT {', '.join(result)} FROM {sql}"

    def short_sql(self, short: Short) -> str:
        """Write the query of rows that nothing is wrong with, or that the map filters out: as `sql`, without a hash."""
        filtered = [number for number, problem in self.problems.items() if problem.status == "filtered"]
        problem = f"CASE WHEN __wanted THEN 0 ELSE {filtered[0]} END" if filtered else "0"
        result = [
            f"{self.file} AS __file", ROW, f"{problem} AS __problem", "CAST(NULL AS VARCHAR) AS __value",
            "CAST(NULL AS VARCHAR) AS __raw", f"{self._amount} AS __amount",
            f"{self._is_rounded(short)} AS __rounded", *self._columns(short),
        ]  # fmt: skip
        return f"SELECT {', '.join(result)} FROM {self.layers(self.values, short)}"

    @property
    def _quoted(self) -> list[str]:
        return [identifier(column) for column in self.relation.columns]

    @property
    def _amount(self) -> str:
        amount = contracts.AMOUNT.get(self.table)
        return identifier(f"__typed_{amount}") if amount in self.values else _nothing("money")

    def rounded(self, name: str, short: Short | None) -> str:
        """Write the SQL of whether a number of a column has more decimals than are kept; empty where none can."""
        column, rounded = self.values[name].column, self.values[name].rounded
        if short is not None and name in short.exact:  # its text is as it is written
            return rounded.replace(layer_name("text", column), layer_name("raw", column))
        return rounded

    def _is_rounded(self, short: Short | None) -> str:
        asked = self.values if short is None else short.rounded
        conditions = [
            sql for name in self.values if name in asked for sql in [self.rounded(name, short)] if sql
        ]
        return f"coalesce({' OR '.join(conditions) or 'false'}, false)"

    def _columns(self, short: Short | None) -> list[str]:
        return [
            f"{self._converted(c, short) if c.name in self.values else _nothing(c.kind)} AS {identifier(c.name)}"
            for c in contracts.columns(self.table)
        ]

    def _converted(self, column: contracts.Column, short: Short | None) -> str:
        """Write the SQL of the final value: money in the report's currency, no date of a year that cannot be meant."""
        typed = layer_name("typed", column)
        if column.kind in ("date", "timestamp"):
            wrong = [n for n, p in self.problems.items() if p.rule == WRONG_YEAR and p.column == column.name]
            if short is not None and set(wrong) <= set(short.ruled_out):
                return typed
            return f"CASE WHEN NOT ({years_sql(typed, plausible_years(self.table, column.name))}) THEN {typed} END"
        if column.kind != "money" or not self.rates or (short is not None and short.one_currency):
            return typed
        # A product of two DECIMAL(18) overflows at a million; with 19 digits it has 37 on DuckDB and on Spark.
        by_code = {
            code: f"CAST({literal(rate)} AS DECIMAL(18,8))"
            for code, rate in self.rates.items()
            if rate != "1"
        } | dict.fromkeys(sorted(self.dated), rates.RATE)
        cases = " ".join(
            f"WHEN {literal(code)} THEN {rates.converted_sql(typed, rate)}" for code, rate in by_code.items()
        )
        return f'CASE "__typed_currency" {cases} ELSE {typed} END' if cases else typed

    def identity(self, function: str, alone: bool = True) -> str:
        """Write the SQL of the hash of what tells rows apart: the key, else the whole row as read.

        ``md5_number`` hashes the texts of the values. ``hash`` takes the values themselves, but for whole rows of a
        source that is not the table's only one, whose types may be others: where two rows have the same md5 they have
        the same hash too, and now and then where they have not.
        """
        keys = [name for name in contracts.key_columns(self.table) if name in self.values]
        own = alone and all(kind.split("(")[0] in _OWN_TEXT for kind in self.relation.columns.values())
        row = _hash(function, sorted(self._quoted), own)
        if not keys or (self.table == "order_lines" and "line_no" not in keys):
            return row
        keyed = _hash(function, [layer_name("typed", self.values[name].column) for name in keys], True)
        if self.table != "order_lines":
            return keyed
        return f'CASE WHEN "__typed_line_no" IS NULL THEN {row} ELSE {keyed} END'


def _nothing(kind: str) -> str:
    return f"CAST(NULL AS {TYPES.get(kind, 'VARCHAR')})"


def _named(sql: str, values: Mapping[str, rules.Value]) -> list[str]:
    layers = ("raw", "text", "typed")
    return [name for name, v in values.items() if any(layer_name(layer, v.column) in sql for layer in layers)]


#: Types of which two values have the same text if, and only if, they are the same.
_OWN_TEXT = ("VARCHAR", "DATE", "TIMESTAMP", "BOOLEAN", *rules.NUMBERS)


def _hash(function: str, columns: list[str], by_value: bool) -> str:
    if function == "hash" and by_value:
        return f"hash({', '.join(columns)})"
    parts = ", ".join(f"coalesce(CAST({column} AS VARCHAR), chr(0))" for column in columns)
    return f"{function}(concat_ws(chr(31), {parts}))"


def judge(
    connection: Connection,
    table: TableName,
    relation: Relation,
    source: str,
    file: str,
    mapped: TableMap,
    joined: list[JoinedLookup],
    formats: dict[str, ValueFormat],
    settings: Settings,
    dated: frozenset[str] = frozenset(),
) -> Judged:
    """Find out how a file's columns become the contract's, and which problems its rows may have.

    Raises
    ------
    WorkbookError
        A column is missing, or SQL of the map is wrong.
    """
    found = mapping.expressions(table, relation, mapped, joined)
    amount = contracts.AMOUNT.get(table)
    marks = formats[amount].currency_marks if amount and "currency" in formats else None
    if marks:
        found.setdefault("currency", "CAST(NULL AS VARCHAR)")
    names = (*relation.columns, *(lookup.name for lookup in joined))
    types = mapping.bind(connection, table, source, found, mapped, names)
    months_a_year = CompanyYear.of(settings.periods).length
    values = {
        c.name: rules.read_value(
            c, layer_name("raw", c), layer_name("text", c), types[c.name], formats[c.name], relation.typed_dates,
            months_a_year,
        )
        for c in contracts.columns(table)
        if c.name in found
    }  # fmt: skip
    if marks and amount:
        beside = notations.currency_sql(layer_name("text", values[amount].column), marks)
        own = values["currency"]
        values["currency"] = replace(own, typed=f"coalesce({own.typed}, {beside})")
    recoded, differences = {}, settings.customers.same_codes
    for name in codes.COLUMNS if differences else ():
        if name in values:
            own = values[name]
            as_read = rules.identifier_text(rules.source_text(found[name], types[name], formats[name]))
            recoded[name] = codes.recoded_sql(name, source, as_read, differences)
            values[name] = replace(own, typed=codes.one_code_sql(own.typed, differences))
    fixed = _rates(settings) if "currency" in values and table in contracts.AMOUNT else {}
    by_day = dated if fixed and contracts.date_column(table) else frozenset()
    return Judged(
        table, relation, file, source, mapped, found, types, values, formats,
        {code: rate for code, rate in fixed.items() if code not in by_day}, recoded, by_day,
    )  # fmt: skip


def problems_of(judged: Judged) -> list[Problem]:
    """List why rows of a file may be set aside, in the order in which they count."""
    return [
        *line_problems(judged.relation),
        *map_problems(judged.mapped),
        *value_problems(judged.table, judged.values, judged.formats),
        *mark_problems(judged.values, judged.formats),
        *rate_problems(judged.table, judged.values, judged.rates, judged.dated),
    ]


def _rates(settings: Settings) -> dict[str, str]:
    """Currency -> exact decimal literal of its rate to the report's currency."""
    rates = {code: format(Decimal(str(rate)), "f") for code, rate in settings.source.currency_rates.items()}
    return rates | {settings.report.currency: "1"}
