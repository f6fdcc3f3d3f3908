"""What the rows of a table say together: a column that is wrong as a whole, or more rows set aside than may be."""

from __future__ import annotations

from itertools import compress

from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.cleaning.problems import AMBIGUOUS, NO_RATE_OF_DAY, WRONG_YEAR
from helpers.intake.cleaning.staging import Stage
from helpers.intake.reading.readers import ROW
from helpers.intake.reading.sql import Connection, identifier, literal
from helpers.intake.values import moments
from helpers.settings.source import TableMap

#: A sum of DECIMAL(18,4) is below it.
MOST = 10**14


def location(stage: Stage, file: int, row: int | None) -> str:
    """Name the file and the data row."""
    name = stage.relations[file].name
    return name if row is None else f"{name}, data row {row}"


def check_columns(connection: Connection, stage: Stage) -> None:
    """Stop where a column as a whole is not what the contract says, or dates can be read in two ways."""
    faults = connection.execute(
        f"SELECT __problem, count(*), min((__file, {ROW}, __value)) FROM {stage.name} WHERE __problem > 0 "
        f"GROUP BY 1 ORDER BY 1"
    ).fetchall()
    for number, count, (file, row, value) in faults:
        problem = stage.problems[number - 1]
        if problem.status != "quarantined" or problem.column is None:
            continue
        where = f"{location(stage, file, row)}, column {problem.column}"
        if problem.rule == AMBIGUOUS:
            raise WorkbookError(moments.ambiguous_date_message(where, stage.table, value))
        right = connection.execute(f"SELECT count({identifier(problem.column)}) FROM {stage.name}").fetchone()
        if right == (0,) and problem.rule == WRONG_YEAR:
            raise WorkbookError(f"{where}: {problem.sentence.format(value)} {moments.year_cure(value)}.")
        if right == (0,):
            raise WorkbookError(
                f"{where}: {problem.sentence.format(value)} So it is in all {count} rows that could be "
                f"read: the column "
                f"is not what {stage.table} needs. Map another one under [tables.{stage.table}.columns] "
                f"in workbook.toml."
            )
    if stage.table == "order_lines" and connection.execute(
        f"SELECT count(*) FROM {stage.name}"
    ).fetchone() == (0,):
        names = ", ".join(relation.name for relation in stage.relations)
        raise WorkbookError(f"{names}: there is a header but no order line. Export it again, with its rows.")


def check_rates(connection: Connection, stage: Stage) -> None:
    """Stop where a row is of a day that its currency has no rate of, or rates differ: an amount is never guessed.

    Raises
    ------
    WorkbookError
        The message names the first such row with its file, how many there are, and what helps.
    """
    if stage.table == "exchange_rates":
        _check_one_rate(connection, stage)
    number = next((n for n, p in enumerate(stage.problems, 1) if p.rule == NO_RATE_OF_DAY), None)
    if number is None:
        return
    aside = [n for n, p in enumerate(stage.problems, 1) if p.rule == NO_RATE_OF_DAY]
    found = connection.execute(
        f"SELECT count(*), min((__file, {ROW}, __value)) FROM {stage.name} "
        f"WHERE __problem IN ({', '.join(map(str, aside))})"
    ).fetchone()
    if not found or not found[0]:
        return
    count, (file, row, value) = found
    raise WorkbookError(
        f"{location(stage, file, row)}, column currency: exchange_rates has no rate of {value}; so it is in {count:,} "
        f"rows of {stage.table}. Add the rate of the day or of its month; or let the rate of an earlier day stand in "
        "for some days (that of an earlier month never does): rates_hold_days = 4 under [source] in workbook.toml "
        "covers weekends and a holiday."
    )


def _check_one_rate(connection: Connection, stage: Stage) -> None:
    """Stop where a currency has two rates of one time that are known from one day on: nobody knows which is meant."""
    repeated = [
        n for n, p in enumerate(stage.problems, 1) if p.rule == "duplicate"
    ]  # those that Spark has marked
    value = "rate / coalesce(CAST(units AS DOUBLE), 1)"
    found = connection.execute(
        f"SELECT currency, min(({value}, __file, {ROW})), max(({value}, __file, {ROW})) FROM {stage.name} "
        f"WHERE __problem IN ({', '.join(map(str, [0, *repeated]))}) GROUP BY currency, date, month, announced_on, "
        f"quotation HAVING max({value}) > (1 + 1e-9) * min({value}) ORDER BY currency, date, month LIMIT 1"
    ).fetchone()
    if not found:
        return
    currency, (least, *one), (most, *other) = found
    raise WorkbookError(
        f"exchange_rates: {currency} is {least:g} in {location(stage, *one)}, and {most:g} for the same time in "
        f"{location(stage, *other)}. Leave one of them, or give the day from which the later one is known in "
        "announced_on."
    )


def check_payments(connection: Connection, stage: Stage, invoices: str | None, own: str) -> None:
    """Stop where a payment has no currency and its invoice is in another one than the report's.

    Parameters
    ----------
    invoices
        What stands after FROM for the kept invoices; None: there are none, or they name no currency.
    own
        The report's currency.
    """
    if stage.table != "payments" or invoices is None or "invoice_id" not in stage.supplied:
        return
    foreign = f"SELECT bills.invoice_id FROM {invoices} AS bills WHERE bills.currency <> {literal(own)}"
    found = connection.execute(
        f"SELECT count(*), min((__file, {ROW}, invoice_id)) FROM {stage.name} "
        f"WHERE __problem = 0 AND currency IS NULL AND invoice_id IN ({foreign})"
    ).fetchone()
    if not found or not found[0]:
        return
    count, (file, row, invoice) = found
    raise WorkbookError(
        f"{location(stage, file, row)}, column currency: the payment has none, and its invoice {invoice} is in another "
        f"currency than {own}; so it is in {count:,} rows. Map the column with the payments' currency, or say it: "
        f"currency = \"'{own}'\" under [tables.payments.derived] in workbook.toml."
    )


def unknown_parts(connection: Connection, stage: Stage, invoices: str) -> list[str]:
    """Say of how many payments the invoice has parts, and none of the name that they give; ``invoices``: after FROM."""
    if stage.table != "payments" or not {"invoice_id", "instalment"} <= stage.supplied:
        return []
    parts = f"SELECT invoice_id, instalment FROM {invoices} WHERE instalment IS NOT NULL"
    found = connection.execute(
        f"SELECT count(*), min((__file, {ROW}, invoice_id, instalment)) FROM {stage.name} WHERE __problem = 0 AND "
        f"instalment IS NOT NULL AND invoice_id IN (SELECT invoice_id FROM ({parts})) "
        f"AND (invoice_id, instalment) NOT IN ({parts})"
    ).fetchone()
    if not found or not found[0]:
        return []
    count, (file, row, number, part) = found
    return [
        f"{stage.table}: {count:,} rows name a part that their invoice does not have, the first in "
        f"{location(stage, file, row)}: part {part} of invoice {number}. They settle its parts by due date; write the "
        "instalment as the invoices do."
    ]


def check_parts(connection: Connection, stage: Stage, mapped: TableMap) -> None:
    """Stop where rows of one invoice are not clearly its parts, or parts of it say different things.

    Raises
    ------
    WorkbookError
        One number has other due dates or amounts and no ``instalment`` (the rows set aside as repeats would be lost),
        an invoice is there as a whole and in parts, or its parts have other customers, days or currencies.
    """
    if stage.table != "invoices":
        return
    repeated = ", ".join(str(n) for n, each in enumerate(stage.problems, 1) if each.rule == "duplicate")
    if repeated and mapped.same_number is None:
        row = f"(due_date, amount, __file, {ROW})"
        found = connection.execute(
            f"SELECT invoice_id, instalment, min({row}), max({row}) FROM {stage.name} "
            f"WHERE __problem IN (0, {repeated}) AND invoice_id IN "
            f"(SELECT invoice_id FROM {stage.name} WHERE __problem IN ({repeated})) GROUP BY invoice_id, instalment "
            "HAVING count(DISTINCT due_date) > 1 OR count(DISTINCT amount) > 1 ORDER BY 1, 2 LIMIT 1"
        ).fetchone()
        if found:
            number, part, *rows = found
            called = f"Invoice {number}" if part is None else f"Instalment {part} of invoice {number}"
            one, other = (
                f"{amount:,.2f} due on {due} in {location(stage, *at)}" for due, amount, *at in rows
            )
            raise WorkbookError(
                f"{called} is {one}, and {other}. Are they parts, each due by itself? Then map instalment, or number "
                'them: instalment = "dense_rank() OVER (PARTITION BY NUMBER ORDER BY DUE, AMOUNT)" with your columns, '
                "under [tables.invoices.derived] in workbook.toml. If they are the same again, say which counts: "
                'same_number = "first" or "last" under [tables.invoices].'
            )
    if "instalment" not in stage.supplied:
        return
    told = [name for name in ("customer_id", "invoice_date", "currency") if name in stage.supplied]
    differ = [f"count(DISTINCT {name}) > 1" for name in told]
    found = connection.execute(
        f"SELECT invoice_id, count(instalment) < count(*), min((__file, {ROW})), max((__file, {ROW})), "
        f"{', '.join(differ)} FROM {stage.name} WHERE __problem = 0 GROUP BY invoice_id HAVING count(instalment) > 0 "
        f"AND (count(instalment) < count(*) OR {' OR '.join(differ)}) ORDER BY 1 LIMIT 1"
    ).fetchone()
    if not found:
        return
    number, is_mixed, one, other, *others = found
    where = f"Invoice {number} ({location(stage, *one)} to {location(stage, *other)})"
    if is_mixed:
        raise WorkbookError(
            f"{where} has rows with an instalment and one without: the whole beside its parts would count twice. Leave "
            "it out by where under [tables.invoices] in workbook.toml, or give it an instalment if it is a part too."
        )
    raise WorkbookError(
        f"{where} is in parts that differ in {', '.join(compress(told, others))}: parts are of one customer, one "
        "invoice date and one currency. Give invoices of their own numbers of their own, or map the date of the "
        "invoice itself."
    )


def check_sums(connection: Connection, stage: Stage) -> None:
    """Stop where a number's sum would not fit into DECIMAL(18,4), in which all sums are made.

    Raises
    ------
    WorkbookError
        The message names the column, the sum and the largest number with its place.
    """
    for column in contracts.columns(stage.table):
        if column.kind not in ("money", "quantity") or column.name not in stage.supplied:
            continue
        name = identifier(column.name)
        size = f"abs(CAST({name} AS DECIMAL(38,4)))"
        kept = f"FROM {stage.name} WHERE __problem = 0 AND {name} IS NOT NULL"
        (total,) = connection.execute(f"SELECT sum({size}) {kept}").fetchone() or (None,)
        if total is None or total < MOST:
            continue
        ((largest, file, row),) = connection.execute(
            f"SELECT max(({size}, -__file, -{ROW})) {kept}"
        ).fetchone() or ((0, 0, 0),)
        raise WorkbookError(
            f"{stage.table}: {column.name} adds up to {total:,.4f} without regard to signs, and sums are exact "
            f"below {MOST:,} only. The largest is {largest:,.4f} in {location(stage, -file, -row)}: correct it, or "
            f"exclude such rows in the map with a reason; a currency of small units can be converted by "
            "source.currency_rates."
        )


def check_share(connection: Connection, stage: Stage, max_share: float) -> None:
    """Stop where more rows break rules than allowed; exclusions and overlapping files do not count."""
    counts = dict(connection.execute(f"SELECT __problem, count(*) FROM {stage.name} GROUP BY 1").fetchall())
    by_status: dict[str, int] = {"quarantined": 0, "kept": counts.pop(0, 0), "excluded": 0, "filtered": 0}
    rules_broken: dict[str, int] = {}
    for number, count in sorted(counts.items()):
        problem = stage.problems[number - 1]
        if number != stage.overlap:
            by_status[problem.status] += count
            if problem.status == "quarantined":
                rules_broken[problem.rule] = rules_broken.get(problem.rule, 0) + count
    judged = by_status["kept"] + by_status["quarantined"]
    if not judged or by_status["quarantined"] <= max_share * judged:
        return
    number = max(
        (n for n in counts if stage.problems[n - 1].status == "quarantined"), key=lambda n: counts[n]
    )
    file, row, value = connection.execute(
        f"SELECT __file, {ROW}, __value FROM {stage.name} WHERE __problem = {number} ORDER BY __file, "
        f"{ROW} LIMIT 1"
    ).fetchone() or (0, 0, "")
    listed = ", ".join(f"{rule} {count}" for rule, count in rules_broken.items())
    raise WorkbookError(
        f"{by_status['quarantined']} of {judged} rows of {stage.table} break a rule ({listed}), more than "
        f"the "
        f"{max_share:.1%} that quarantine.max_share allows. For example {location(stage, file, row)}: "
        f"{stage.problems[number - 1].sentence.format(value)} Correct the data or the map, exclude such "
        f"rows in the map "
        "with a reason, or raise quarantine.max_share in workbook.toml."
    )
