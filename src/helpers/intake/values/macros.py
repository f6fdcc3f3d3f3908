"""What the SQL of a map may call beside the engine's own functions: numbers as they are declared, amounts without tax.

``number(x)``
    The number in a column, read in the notation that the table declares; NULL where it is none.
``number_or_0(x)``
    The same, and 0 where the cell is blank.
``currency_of(x)``
    The currency that a mark beside the number in a column names, as the table declares; NULL where there is none.
``without_tax(amount, rate)``
    ``amount / (1 + rate)``, exact; halves go to the even digit at the fourth decimal. 13 % is 0.13.
``less_part_of(amount, whole, document)``
    The amount less the line's part of what stands once for its document, as a discount: by value, in rows of the file's
    order. Parts are differences of running parts rounded to the cent, so that they add up to the whole.
"""

from __future__ import annotations

from helpers.intake.reading.readers import ROW
from helpers.intake.reading.sql import Connection
from helpers.intake.values import rules
from helpers.intake.values.notations import currency_sql, number_sql
from helpers.settings.source import ValueFormat

#: Decimals enough for prices and rates, and room for the product of three of them.
_NUMBER = "DECIMAL(26,6)"


def define(connection: Connection, form: ValueFormat) -> None:
    """Make the functions known to the engine; ``form`` is how the table's numbers are written."""
    text = rules.source_text("CAST(value AS VARCHAR)", "VARCHAR", form)
    if form.decimal or form.numbers or form.currency_marks:
        number = number_sql(text, form, _NUMBER)
    else:
        number = f"CASE WHEN NOT contains({text}, '_') THEN TRY_CAST({text} AS {_NUMBER}) END"
    number = f"CASE WHEN typeof(value) = 'VARCHAR' THEN {number} ELSE TRY_CAST(value AS {_NUMBER}) END"
    functions = {"number(value)": number}
    functions["number_or_0(value)"] = f"CASE WHEN {text} IS NULL THEN 0 ELSE number(value) END"
    marked = (
        currency_sql("CAST(value AS VARCHAR)", form.currency_marks or {}) if form.currency_marks else "NULL"
    )
    functions["currency_of(value)"] = marked
    # In whole millionths and hundred-millionths: a quotient of decimals would be a float on the engine.
    amount, parts = (
        "CAST(abs(amount) * 1000000 AS HUGEINT) * 1000000",
        "CAST((1 + rate) * 100000000 AS HUGEINT)",
    )
    whole, rest = f"(({amount}) // ({parts}))", f"(({amount}) % ({parts}))"
    up = f"CASE WHEN 2 * {rest} > {parts} OR (2 * {rest} = {parts} AND {whole} % 2 = 1) THEN 1 ELSE 0 END"
    functions["without_tax(amount, rate)"] = (
        f"sign(amount) * CAST({whole} + {up} AS DECIMAL(30,0)) * CAST(0.0001 AS DECIMAL(5,4))"
    )
    within = "OVER (PARTITION BY document)"
    running = f"sum(amount) OVER (PARTITION BY document ORDER BY {ROW} ROWS UNBOUNDED PRECEDING)"
    share = f"coalesce(max(whole) {within}, 0) * {{}} / nullif(sum(amount) {within}, 0)"
    until, before = (
        f"CAST(round({share.format(each)}, 2) AS DECIMAL(18,2))"
        for each in (running, f"({running} - amount)")
    )
    functions["less_part_of(amount, whole, document)"] = f"amount - ({until} - {before})"
    connection.execute(
        "; ".join(f"CREATE OR REPLACE TEMP MACRO {head} AS ({body})" for head, body in functions.items())
    )
