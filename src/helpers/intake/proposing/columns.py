"""Match the columns of an export to the standard columns, by their heads and values."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from helpers.intake import contracts
from helpers.intake.proposing.synonyms import (
    COLUMN_WORDS,
    CUSTOMER_NAME_WORDS,
    MONTH_WORDS,
    ROLES,
    plain,
)
from helpers.intake.proposing.toml import toml
from helpers.intake.values import moments, notations
from helpers.intake.values.rules import WORDS_FOR_NOTHING
from helpers.intake.values.units import CURRENCY_MARKS, without_unit
from helpers.settings.source import TableName

#: How many distinct values of a column are checked, and the share of them that must be of its kind.
_MAX_VALUES = 200
_MIN_SHARE = 0.6
#: A value is checked for each standard column that its head may mean: results are cached.
_CACHE_SIZE = 16_384
_PLAIN_NUMBER = re.compile(r"[-+]?[0-9]*[.,]?[0-9]+([eE][-+]?[0-9]+)?")
#: Tables of records, whose key other tables name.
_RECORDS = ("customers", "products", "salespeople")
_NUMBERS = ("money", "quantity", "score")
#: Kinds whose values say whether a column is one.
_CHECKED_KINDS = ("code", "date", "timestamp", *_NUMBERS)
#: What a pivot table writes before the head of a column that it adds up.
_PIVOT_PREFIX = re.compile(
    r"(?i)^\s*(?:sum of|summe von|somme de|suma de|求和项\s*[:：]|合計\s*[/／])\s*(?=\S)"
)
#: What says behind a head that no tax is in its amounts.
_WITHOUT_TAX = re.compile(
    r"(?i)[\s,(]+(?:exkl|excl|excluding|ex|without|ohne|hors|sans|sin|zzgl)\.?\s*(?:vat|gst|tax|mwst|ust|tva|iva|btw|"
    r"moms|dph|kdv)\.?\)?\s*$|[\s,(]+(?:s/|bez|без|(?:netto|neto|ht|excl\.?|exkl\.?)(?=\)?\s*$))\s*(?:iva|vat|dph|ндс)?\)?\s*$"
)
#: The currency in which a company keeps its books, as heads call it.
_OWN_CURRENCY = (
    r"(?:company|local|base|home|functional|house)(?: code)?[\s_-]*curr(?:ency)?\b|hauswährung|devise locale|"
    "moneda local|本币|本位币|自社通貨"
)
#: Heads of amounts in it.
COMPANY_CURRENCY = re.compile(rf"(?i)\blcy\b|{_OWN_CURRENCY}|^base[ _](net|grand|amount|total)")
#: What says behind a head that its amounts are in it.
_IN_OWN_CURRENCY = re.compile(rf"(?i)[\s_,(]+(?:in|en)[\s_]+(?:lc|(?:the )?(?:{_OWN_CURRENCY}))\)?\s*$")
#: Heads that mean an order number or a buyer in one program only, which its other heads identify.
_PROGRAM_HEADS = (
    (("lineitemquantity", "lineitemprice"), {"order_id": "name", "customer_id": "email"}),  # Shopify
    (("itemprice", "quantitypurchased"), {"net_amount": "itemprice", "customer_id": "buyeremail"}),  # Amazon
    (("accountreference", "nominalacref"), {"order_id": "reference"}),  # Sage 50
    (("nominalcode", "details"), {"product_id": "details"}),
    (("nc", "tc"), {"order_id": "ref", "customer_id": "ac"}),
    (("inventoryitemcode", "unitamount"), {"product_id": "inventoryitemcode"}),  # Xero
    (("nopesanan", "statuspesanan"), {"customer_id": "username"}),  # Shopee
    (("id", "quantity (items)"), {"order_id": "id"}),  # ERPNext
    (("customer", "particulars"), {"product_id": "particulars"}),  # Tally, once its parties are headings
    (("amountrefunded", "captured"), {"order_id": "id"}),  # Stripe
    (("source", "amount", "fee", "net"), {"order_id": "id", "net_amount": "amount"}),
    (("productsales", "promotionalrebates"), {"net_amount": "productsales"}),  # Amazon's report of a month
    (("source", "contact", "reference"), {"order_id": "reference", "customer_id": "contact"}),  # Xero
    (("стадиясделки",), {"order_id": "id", "net_amount": "сумма", "customer_id": "компания"}),  # Bitrix24
    (("balancetransactionid",), {"net_amount": "gross"}),
    (
        ("gross", "fee", "net", "transactionid"),
        {"net_amount": "gross", "order_id": "transactionid"},
    ),  # PayPal
    (("itemprice", "amazonorderid"), {"net_amount": "itemprice", "customer_id": "buyeremail"}),
)
#: Heads of numbers that name something.
_NUMBER_OF = re.compile(
    r"(?i)(\b|_)(no|nr|number|num|id|code|key)\.?$|(nummer|numéro|número|numero)$|[#№]$|(?-i:[a-z](?:Id|ID|No|Nr|Key|Code|Number))$|\bn[º°]\.?$|[编单序款行]号$|编码$|代码$|番号$|コード$"
)
#: Roles of numbers that say something of one unit.
_PER_UNIT = ("price", "price_with_tax", "unit_cost", "price_per", "pack_size", "rate")
#: What a record's key is called in the tables of a database, where no column says of what it is the key.
_KEY_WORDS = ("id", "key", "code", "no", "number", "nr", "编码", "编号", "代码")


#: For how many pieces a price is, as heads say it.
_PIECES = re.compile(
    r"(?i)(?:\b(?:per|je|pro|por|pour|for|of)|/|每)\s*(10|100|1[,.]?000|10[,.]?000|hundred|thousand|hundert|tausend|mille|"
    r"[百千万](?![元圆]))\s*(?:pcs?|pieces|stück|stk|units?|ea|个|件|只|支|米|块)?\b"
)
_MANY = {"hundred": 100, "hundert": 100, "百": 100, "thousand": 1000, "tausend": 1000, "mille": 1000, "千": 1000,
         "万": 10_000}  # fmt: skip


def units_per_price(head: str) -> int:
    """Return of how many units a price or cost is, by its head: ``Price per 100`` and ``单价(元/千个)``; else 1."""
    found = _PIECES.search(head)
    if found is None:
        return 1
    word = re.sub("[,.]", "", found[1].lower())
    return _MANY.get(word) or int(word)


def is_identifier_head(head: str) -> bool:
    """Whether a head says that the numbers below it name something: ``No.``, ``编号``."""
    return _NUMBER_OF.search(head) is not None


def without_pieces(head: str) -> str:
    """Return a head without the number of units that its price is for."""
    return _PIECES.sub("", head).strip(" ,(/_")


@lru_cache(maxsize=4096)
def head_variants(column: str) -> tuple[str, ...]:
    """Return the variants of a head to compare: whole, without a currency behind it, the part behind a slash.

    "Sum of", as pivot tables write it, is no part of it, and "excl. VAT" behind it need not be.
    A column of the documents' file, ``document.Date``, is compared as if it stood on the lines.
    """
    column = _PIVOT_PREFIX.sub("", column.removeprefix("document."))
    variants = [
        plain(column),
        plain(without_unit(column)),
        plain(without_unit(_WITHOUT_TAX.sub("", column))),
    ]
    variants.append(plain(_IN_OWN_CURRENCY.sub("", column)))
    if "/" in column:
        variants += [plain(column.rpartition("/")[2]), plain(without_unit(column.rpartition("/")[2]))]
    if (of_one := without_pieces(column)) != column and of_one:
        variants.append(plain(of_one))
    return tuple(dict.fromkeys(variants))


def signed_columns(columns: Iterable[str]) -> list[str]:
    """Return the columns, by their heads, whose numbers are negative for a return: amounts and quantities.

    A price is none unless it alone is left: quantity x price is below 0 where one of them is.
    """
    other_words = {
        word
        for table in ("order_lines", "customers", "products")
        for each in contracts.columns(table)
        if each.kind not in _NUMBERS
        for word in (plain(each.name), *COLUMN_WORDS[each.name])
    }
    candidates = [
        each for each in columns if not (other_words & {*head_variants(each)} or _NUMBER_OF.search(each))
    ]
    prices = {word for role in _PER_UNIT for word in ROLES[role]}
    return [each for each in candidates if not prices & {*head_variants(each)}] or candidates


def find_column(words: Collection[str], columns: Sequence[str]) -> str | None:
    """Return the first column that is called by one of the words, in the order of the words."""
    by_variant: dict[str, str] = {}
    for rank in range(7):
        for column in columns:
            variants = head_variants(column)
            if rank < len(variants):
                by_variant.setdefault(variants[rank], column)
    return next((by_variant[word] for word in words if word in by_variant), None)


def match_columns(
    table: TableName, columns: Mapping[str, Sequence[str]], not_amounts: Collection[str] = ()
) -> tuple[dict[str, str], list[str], list[str]]:
    """Match each standard column to a column of the source.

    Parameters
    ----------
    columns
        Column -> its texts without blanks.
    not_amounts
        Columns that are not amounts, whatever their heads are.

    Returns
    -------
    tuple
        Standard column -> column; the columns that are left; and comments on columns whose values are not what
        their heads say.
    """
    columns_by_variant: dict[str, list[str]] = {}
    variants = [
        (rank, variant, column) for column in columns for rank, variant in enumerate(head_variants(column))
    ]
    # One called so goes before one of which a part is: 金额, of months made rows, before 合计/金额, their total.
    for _, variant, column in sorted(variants, key=lambda each: each[0]):
        columns_by_variant.setdefault(variant, []).append(column)
    mapped: dict[str, str] = {}
    mismatches: dict[str, str] = {}
    heads = {*columns_by_variant, *map(str.lower, columns)}
    standard = contracts.columns(table)
    # A column that bears the standard name goes before one that bears a synonym.
    found = sorted(
        (rank, place, word)
        for place, each in enumerate(standard)
        for rank, word in enumerate(_head_words(each.name, heads))
        if word in columns_by_variant
    )
    for _, place, word in found:
        each = standard[place]
        for source in columns_by_variant[word] if each.name not in mapped else ():
            if source in mapped.values() or (each.kind == "money" and source in not_amounts):
                continue
            problem = type_mismatch(each, columns[source])
            if problem is None:
                mapped[each.name] = source
                break
            mismatches.setdefault(source, f"# {each.name} is not {toml(source)}: {problem}.")
    if table == "order_lines" and plain(mapped.get("order_date", "")) in MONTH_WORDS:
        others = [column for column in columns if column not in mapped.values()]
        if any(texts and all(map(_is_day, texts[:20])) for texts in map(columns.__getitem__, others)):
            month = mapped.pop("order_date")
            mismatches[month] = f"# order_date is not {toml(month)}: days stand beside it."
    key = contracts.KEYS.get(table, ("",))[0]
    if table in _RECORDS and key not in mapped:
        # A record's key says of itself that it is one: each of its values stands there once.
        keys = (columns_by_variant.get(word, [""])[0] for word in _KEY_WORDS)
        key_column = next(
            (each for each in keys if each and each not in mapped.values() and _are_unique(columns[each])),
            None,
        )
        mapped |= {key: key_column} if key_column else {}
    ordered = {each.name: mapped[each.name] for each in contracts.columns(table) if each.name in mapped}
    unmapped = [column for column in columns if column not in mapped.values()]
    return ordered, unmapped, [comment for source, comment in mismatches.items() if source in unmapped]


#: What columns of other tables are called too, as those of lines are; a quote's amount is without tax.
_AS_IN_LINES = {
    "invoice_id": "order_id",
    "invoice_date": "order_date",
    "quote_date": "order_date",
}


def match_documents(
    table: TableName, columns: Mapping[str, Sequence[str]], mapped: Mapping[str, str], unmapped: Sequence[str]
) -> dict[str, str]:
    """Match what a list of documents calls as lines do: number, day and customer."""
    matched: dict[str, str] = {}
    if table in _RECORDS:
        return matched
    words = {name: COLUMN_WORDS[in_lines] for name, in_lines in _AS_IN_LINES.items()}
    words["customer_id"] = CUSTOMER_NAME_WORDS
    if table == "quotes":
        words["amount"] = COLUMN_WORDS["net_amount"]
    for each in contracts.columns(table):
        if each.name in words and each.name not in mapped:
            left = [column for column in unmapped if column not in matched.values()]
            column = find_column(words[each.name], left)
            if column is not None and type_mismatch(each, columns[column]) is None:
                matched[each.name] = column
    return matched


def _are_unique(texts: Sequence[str]) -> bool:
    return len(texts) == len(set(texts)) > 0


def _head_words(name: str, heads: set[str]) -> tuple[str, ...]:
    own_words = (plain(name), *COLUMN_WORDS[name])
    program_words = [
        words[name] for markers, words in _PROGRAM_HEADS if name in words and {*markers} <= heads
    ]
    return (*program_words, *own_words)


def type_mismatch(column: contracts.Column, texts: Sequence[str]) -> str | None:
    """Return why the values do not fit a column's type; None where they do, or where there are none."""
    if column.kind not in _CHECKED_KINDS and column.name != "name":
        return None
    values = _first_distinct(texts)
    if not values:
        return None
    shown = ", ".join(values[:3])
    if column.kind == "code" and not _mostly(currency_code(text) is not None for text in values):
        return f"it holds {shown}, no codes of currencies"
    if column.kind in _NUMBERS and not _mostly(is_number(text) for text in values):
        return f"it holds {shown}, no numbers"
    if column.kind in ("date", "timestamp") and not _mostly(is_date(text) for text in values):
        return f"it holds {shown}, no dates"
    if column.name == "name" and all(re.fullmatch(r"[0-9]+(\.0)?", text) for text in values):
        return f"it holds whole numbers only ({shown}), the keys of another table"
    return None


def _first_distinct(texts: Sequence[str]) -> list[str]:
    """Return the first distinct values that are not empty, at most `_MAX_VALUES`."""
    found: dict[str, None] = {}
    for text in texts:
        if text not in WORDS_FOR_NOTHING:
            found[text] = None
            if len(found) == _MAX_VALUES:
                break
    return list(found)


def _mostly(matches: Iterator[bool]) -> bool:
    results = list(matches)
    return sum(results) >= _MIN_SHARE * len(results)


def currency_code(text: str) -> str | None:
    """Return the code of a currency that a value names by code, word or sign."""
    if re.fullmatch(r"[A-Za-z]{3}", text.strip()):
        code = text.strip().upper()
        return "CNY" if code == "RMB" else code
    return CURRENCY_MARKS.get(text.strip().lower()) or notations.SURE_MARKS.get(text.strip())


@lru_cache(maxsize=_CACHE_SIZE)
def is_number(text: str) -> bool:
    """Whether a text is a number in some notation."""
    text = moments.in_ascii(text)
    found, mark = notations.notations_of(text)
    bare = text if mark is None else text.replace(mark, "")
    return bool(found) or bool(
        _PLAIN_NUMBER.fullmatch(text) or re.fullmatch(r"[-+]?\s*[0-9][0-9.,]*\s*", bare.strip())
    )


@lru_cache(maxsize=_CACHE_SIZE)
def is_date(text: str) -> bool:
    """Whether a text is a date in some form."""
    text = moments.in_ascii(text)
    return (
        moments.is_iso_date(text)
        or bool(moments.date_readings(text))
        or bool(_OTHER_CALENDAR.fullmatch(text))
        or moments.calendar_of([text]) == "japanese"
        or bool(moments.DAY_OF_REPUBLIC.fullmatch(text))
    )


def _is_day(text: str) -> bool:
    return is_date(text) and not is_number(text)


_OTHER_CALENDAR = re.compile(r"(?:民[国國] ?)?[0-9]{2,4}[./年-][0-9]{1,2}([./月-][0-9]{1,2}日?)?([ T].*)?")
