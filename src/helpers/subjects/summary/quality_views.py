"""Views of data quality: a few sentences, each with the amount concerned."""

from helpers.engine.unmatched_ids import UnmatchedIds
from helpers.present.findings import Findings, findings
from helpers.present.numbers import Numbers
from helpers.present.reconciliation import (
    lines_sentence,
    other_tables_sentence,
    partial_month_notes,
    scope_note,
)
from helpers.subjects.summary.data_quality import DataQuality


def quality(result: DataQuality, n: Numbers) -> Findings:
    """Return whether all rows were read, and what is doubtful in the month's data."""
    partly = partial_month_notes(result.coverage, n)
    if result.scope.kind != "company":
        return findings(*partly, scope_note(n))
    return findings(
        *partly,
        lines_sentence(
            result.read,
            result.kept,
            result.aside,
            result.month,
            result.coverage.in_course,
            result.last_day,
            n,
        ),
        _unassigned(result, n),
        _aside(result, n),
        *_without_record(result.customers, "customers", n),
        *_without_record(result.products, "products", n),
        other_tables_sentence(result.other_tables_aside, n),
    )


def _unassigned(result: DataQuality, n: Numbers) -> str | None:
    if not result.unassigned_amount:
        return None
    _ = n.words
    amount, month = n.money_short(result.unassigned_amount), n.month(result.month)
    if result.month_amount <= 0 or result.unassigned_amount < 0:
        return _("{amount} of net sales in {month} name no customer: they count for the company alone.",
                 amount=amount, month=month)  # fmt: skip
    return _(
        "{amount} of net sales in {month} ({share}) name no customer: they count for the company alone.",
        amount=amount, month=month, share=n.percent(result.unassigned_amount / result.month_amount),
    )  # fmt: skip


def _aside(result: DataQuality, n: Numbers) -> str | None:
    if not result.aside_in_month:
        return None
    _, month = n.words, n.month(result.month)
    where = _("The command workbook check writes them to a file, each with its reason.")
    if result.aside_amount is None:
        sentence = _.ngettext(
            "{n} order line of {month} was set aside; its amount cannot be read.",
            "{n} order lines of {month} were set aside; their amounts cannot be read.",
            result.aside_in_month, month=month,
        )  # fmt: skip
    else:
        sentence = _.ngettext(
            "{n} order line of {month} was set aside: {amount} as read.",
            "{n} order lines of {month} were set aside: {amount} as read.",
            result.aside_in_month, month=month, amount=n.decimal(result.aside_amount, 2),
        )  # fmt: skip
    return _("{first} {second}", first=sentence, second=where)


def _without_record(found: UnmatchedIds | None, table: str, n: Numbers) -> list[str]:
    if found is None:
        return []
    _ = n.words
    values = {
        "ids": n.count(found.ids), "of_ids": n.count(found.of_ids), "lines": n.count(found.lines),
        "of_lines": n.count(found.of_lines), "share": n.percent(found.share), "table": table,
        "alike": n.count(found.alike), "used": found.example[0], "record": found.example[1],
    }  # fmt: skip
    sentence = (
        _(
            "{ids} of {of_ids} customers who bought have no record in the table customers: {lines} of {of_lines} order "
            "lines, {share} of net sales.", **values,
        )
        if table == "customers"
        else _(
            "{ids} of {of_ids} products sold have no record in the table products: {lines} of {of_lines} order lines, "
            "{share} of net sales.", **values,
        )
    )  # fmt: skip
    cause = {
        "zeros": _("{alike} of them have one with other zeros in front ({used} is {record} there): the command "
                   "workbook check says how to read both alike.", **values),
        "spelling": _("{alike} of them have one that is written otherwise ({used} is {record} there): write both alike "
                      "where they come from, or by derived in workbook.toml.", **values),
        "prefix": _("{alike} of them have one with other letters in front ({used} is {record} there): the command "
                    "workbook check says how to read both alike.", **values),
        "numbers": _("Its records have other numbers ({record}, here {used}): see that both tables give the same "
                     "number, and that both are exported whole.", **values),
        "absent": _("The others have one: the export of {table} may be older than the order lines.", **values),
    }.get(found.cause)  # fmt: skip
    return [_("{first} {second}", first=sentence, second=cause) if cause else sentence]
