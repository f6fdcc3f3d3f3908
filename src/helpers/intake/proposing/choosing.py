"""Choose the standard table of each file: by its name, its columns, and the other files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from helpers.intake import contracts
from helpers.intake.layout.currencies import currency_heads
from helpers.intake.proposing.by_values import are_sales
from helpers.intake.proposing.columns import find_column, is_number, match_columns
from helpers.intake.proposing.findings.joins import Joined, join_documents
from helpers.intake.proposing.findings.sold.dates import has_date_source
from helpers.intake.proposing.layouts.heads import is_date
from helpers.intake.proposing.samples import Sample
from helpers.intake.proposing.synonyms import (
    COLUMN_WORDS,
    CUSTOMER_NAME_WORDS,
    ROLES,
    TABLE_WORDS,
    plain,
)
from helpers.settings.source import TABLE_NAMES, TableName

_MONEY = re.compile(
    r"(?i)(sales|revenue|turnover|umsatz|ventes|ventas|vendite|销售额|売上)( amount| value)?$"
)
#: What Excel calls a sheet in Brazil is no plan.
_DEFAULT_SHEET = re.compile(r"^plan[0-9]+$")
#: So many columns of numbers are those of a table.
_SEVERAL = 3
_CHARGES = re.compile(r"(?i)refunded|\bfees?\b")


def best_table(sample: Sample) -> TableName | None:
    """Find the table that a sample fits best, by name, needed columns, and columns at all."""
    if sample.postings is not None:
        return "order_lines"
    scores = {table: fit(table, sample) for table in TABLE_NAMES}
    best = max(scores, key=scores.__getitem__)
    return best if scores[best] > 0 else None


def fit(table: TableName, sample: Sample) -> float:
    """Rate how well a sample fits a table; 0 where it does not."""
    mapped, unmapped, _ = match_columns(table, sample.filled)
    needed = [column.name for column in contracts.columns(table) if column.required]
    if table == "buying_groups":
        needed += contracts.NEEDED_COLUMNS[table]
    if table in ("customers", "products", "invoices") and _is_order_lines(sample):
        return 0.0
    if table in ("customers", "products") and (_is_document_list(sample) or _has_months(sample)):
        return 0.0
    if table == "order_lines":
        unmapped_heads = [*unmapped]
        if "order_date" not in mapped and has_date_source(sample):
            mapped["order_date"] = ""
        if "customer_id" not in mapped and find_column(CUSTOMER_NAME_WORDS, unmapped_heads):
            mapped["customer_id"] = ""
        has_price = "quantity" in mapped and find_column(
            (*ROLES["price"], *ROLES["price_with_tax"]), unmapped_heads
        )
        if has_price or find_column(ROLES["gross"], unmapped_heads):
            mapped["net_amount"] = ""
    share = sum(name in mapped for name in needed) / len(needed)
    name = _DEFAULT_SHEET.sub("", plain(Path(sample.name).stem))
    name_score = max(
        (len(word) / len(name) for word in TABLE_WORDS[table] if name and word in name), default=0
    )
    if table in ("days_off", "costs", "exchange_rates") and not name_score:
        return 0.0  # a day and a kind, or a currency and a rate, stand in files of every sort
    if table == "exchange_rates" and currency_heads(sample.columns):
        return 2 + name_score
    return share + name_score + len(mapped) / 10 if share + name_score >= 0.75 else 0.0


def _has_days(sample: Sample, mapped: Mapping[str, str]) -> bool:
    return "order_date" in mapped or has_date_source(sample)


def _is_order_lines(sample: Sample) -> bool:
    """Whether rows are of a day, a product and a quantity: lines of sales, whatever the file is called."""
    mapped, _, _ = match_columns("order_lines", sample.filled)
    return _has_days(sample, mapped) and {"product_id", "quantity"} <= set(mapped)


def _has_months(sample: Sample) -> bool:
    """Whether months stood side by side: what they hold is asked, where their heads do not say it."""
    return any(key == "unpivot" for key, _ in sample.blocks)


def _is_document_list(sample: Sample) -> bool:
    """Whether rows are documents or payments, of which a customer has several, with day and amount."""
    mapped, unmapped, _ = match_columns("order_lines", sample.filled)
    customer = mapped.get("customer_id") or find_column(CUSTOMER_NAME_WORDS, unmapped)
    if customer is None or not _has_days(sample, mapped) or not _has_money(sample, mapped, unmapped):
        return False
    numbers = sample.filled[customer]
    return len(numbers) > len(set(numbers))


def _has_money(sample: Sample, found: Mapping[str, str], left: Sequence[str]) -> bool:
    """Whether some column is an amount of a row or of a document, or two are its debit and credit.

    Or most of what no head tells is numbers, as with a column a product or a shop: which of them count is asked. Where
    documents are told by texts with their days, one column of numbers is enough.
    """
    numbers = sum(is_amount(sample.filled[name]) for name in left)
    if (numbers >= _SEVERAL and 2 * numbers > len(left)) or (numbers and "order_date" not in found):
        return True
    sides = find_column(ROLES["debit"], left) and find_column(ROLES["credit"], left)
    named = find_column((*ROLES["gross"], *ROLES["document"]), left) or any(map(_MONEY.search, left))
    return bool("net_amount" in found or named or sides)


def is_amount(texts: Sequence[str]) -> bool:
    """Whether texts are numbers, as far as looked at."""
    values = list(dict.fromkeys(texts))[:200]
    return bool(values) and all(map(is_number, values))


def find_documents(chosen: dict[TableName, list[Sample]], others: list[Sample]) -> dict[int, Joined]:
    """Find the files of lines whose documents are in another file, and join them.

    Returns
    -------
    dict
        Of each sample of lines, by its ``id``, what is joined to it.
    """
    samples = [*(sample for each in chosen.values() for sample in each), *others]
    joins = {}
    for sample in samples:
        joined = join_documents(sample, samples)
        if joined is not None:
            joins[id(sample)] = joined
            for group in (*chosen.values(), others):
                group[:] = [each for each in group if each is not joined.file and each is not sample]
            chosen.setdefault("order_lines", []).append(sample)
    return joins


def choose_order_lines(chosen: dict[TableName, list[Sample]], others: list[Sample]) -> None:
    """Use a table with dates, customers and amounts, as a list of invoices, for order lines where none is better.

    Else a table whose values show order lines, whatever its heads are.
    """
    other_tables = ("customers", "products", "targets", "payments")
    # What a payment provider lists, with its fees and refunds, are the sales of a shop where nothing else is.
    charges = [each for each in chosen.get("payments", ()) if any(map(_CHARGES.search, each.columns))]
    for samples in (others, *(each for table, each in chosen.items() if table not in other_tables), charges):
        for sample in list(samples):
            mapped, unmapped, _ = match_columns("order_lines", sample.filled)
            has_customer = "customer_id" in mapped or find_column(CUSTOMER_NAME_WORDS, unmapped)
            if (
                _has_days(sample, mapped)
                and ("order_id" in mapped or has_customer)
                and (_has_money(sample, mapped, unmapped) or _has_months(sample))
            ):
                chosen.setdefault("order_lines", []).append(sample)
        if "order_lines" in chosen:
            chosen_ids = {id(sample) for sample in chosen["order_lines"]}
            samples[:] = [each for each in samples if id(each) not in chosen_ids or _is_ledger(each)]
            if samples is charges:
                del chosen["payments"]
            return
    # A file without a head that tells may have been taken for the products or customers that its rows name.
    groups = [others, *(each for table, each in chosen.items() if table in ("customers", "products"))]
    by_values = [each for group in groups for each in group if are_sales(each)]
    for group in groups if by_values else []:
        group[:] = [each for each in group if each not in by_values]
    if by_values:
        chosen["order_lines"] = by_values


def move_ledgers(chosen: dict[TableName, list[Sample]]) -> None:
    """Take lists of documents with the days on which they are due for invoices, where another file has the sales."""
    lines = chosen.get("order_lines", [])
    due = [each for each in lines if find_column(COLUMN_WORDS["due_date"], [*each.columns])]
    ledgers = [each for each in due if len(lines) > 1 and not _is_order_lines(each)]
    if ledgers and any(_is_order_lines(each) for each in lines if each not in ledgers):
        chosen.setdefault("invoices", []).extend(ledgers)
        chosen["order_lines"] = [each for each in lines if each not in ledgers]


def _is_ledger(sample: Sample) -> bool:
    """Whether a list of invoices says when each is due: receivables beside sales."""
    mapped, _, _ = match_columns("invoices", sample.filled)
    return {column.name for column in contracts.columns("invoices") if column.required} <= set(mapped)


def lacks_head(first: Sample, second: Sample) -> bool:
    """Whether a file or sheet has no head: what stands there in its place reads as a row of the other's table."""
    if len(first.columns) != len(second.columns):
        return False
    names = [re.sub(r" \([0-9]+\)$", "", name) for name in second.columns]  # two heads alike are numbered
    columns = list(zip(names, first.filled.values(), strict=True))
    kinds = [[all(map(reads, texts)) for reads in (is_date, is_number)] for _, texts in columns if texts]
    heads = [[reads(head) for reads in (is_date, is_number)] for head, texts in columns if texts]
    return kinds == heads and any(map(any, heads))
