"""The currency and the size of amounts: by a column, marks beside numbers, heads and titles; else it is asked."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from helpers.intake import contracts
from helpers.intake.layout.named_currency import currency_named, currency_titled
from helpers.intake.proposing.columns import COMPANY_CURRENCY, currency_code, find_column
from helpers.intake.proposing.findings.draft import FILE_NAME, SHEET_NAME, Draft, Finding, shown
from helpers.intake.proposing.findings.joins import CURRENCY_WORDS, CUSTOMER
from helpers.intake.proposing.findings.sold.status import document_word
from helpers.intake.proposing.synonyms import plain, titles_of
from helpers.intake.proposing.toml import toml
from helpers.intake.reading.sql import literal
from helpers.intake.values import notations
from helpers.intake.values.units import unit, without_unit

#: Heads that say whose books a row is in, and how many books there may be.
_COMPANY = re.compile(
    r"(?i)\bcompany\b|\bentity\b|subsidiary|mandant|buchungskreis|bukrs|gesellschaft|société|filiale|sociedad|empresa|"
    r"公司|账套|核算组织|会社"
)
_FEW = 12
#: What says behind the head of an amount that it is in a document's currency, where the company's stands beside it.
_FOREIGN = re.compile(
    r"(?i)[\s_,(]*(?:in )?(?:(?:foreign|transaction|document|original|source) curr(?:ency|\.)?|\bfcy?\b|"
    r"fremdwährung|belegwährung|en devise|moneda extranjera|原币|外币|外貨)\)?\s*$"
)
#: From so many columns, and in nearly all rows, it is how a sheet is laid out.
_SEVERAL, _MOST = 2, 0.95
#: What reads the currency off a mark beside a number, in the SQL of the map.
_BY_MARK = "currency_of"


def find_columns_per_currency(draft: Draft) -> Iterator[Finding]:
    """Make one amount of a column for each currency, of which each row fills one."""
    groups: dict[str, dict[str, str]] = {}
    for column in draft.all_columns():
        code = unit(column)[1]
        if code and draft.is_numeric(column) and column not in draft.amounts:
            groups.setdefault(plain(without_unit(column)), {}).setdefault(code, column)
    for columns in groups.values():
        if draft.columns.get("net_amount") not in columns.values() or len(columns) < _SEVERAL:
            continue
        filled = [f"coalesce({draft.number(column)}, 0) <> 0" for column in columns.values()]
        filled_count = " + ".join(f"({condition})::INT" for condition in filled)
        single, rows = draft.fetch_row(
            f"SELECT count(*) FILTER (WHERE {filled_count} = 1), count(*) FROM sample"
        )
        if single < _MOST * rows:
            continue
        cases = list(zip(columns, filled, columns.values(), strict=True))
        amounts = " ".join(f"WHEN {condition} THEN {draft.number(column)}" for _, condition, column in cases)
        codes = " ".join(f"WHEN {condition} THEN {literal(code)}" for code, condition, _ in cases)
        yield Finding(
            f"Each row fills one of {', '.join(columns.values())}: its amount, in the currency of that head.",
            derived={"net_amount": f"CASE {amounts} END", "currency": f"CASE {codes} END"},
            uses=tuple(columns.values()),
        )
        return


def find_currency(draft: Draft) -> Iterator[Finding]:
    """Say in which currency each line is: its column read by code or word, else what the heads say."""
    if "currency" not in draft.kinds or "currency" in draft.derived:
        return
    column = draft.columns.get("currency")
    if column is not None:
        if own_currency := _in_company_currency(draft, column):
            yield own_currency
            return
        words = sorted({word for word in draft.texts(column) if word and word.upper() != currency_code(word)})
        if words:
            yield Finding(
                f"{column} names currencies by words: {', '.join(words)}.",
                derived={"currency": _by_words(draft.words(column), _codes(words), draft.sql(column))},
                uses=(column,),
            )
        blank = sum(not word for word in draft.texts(column))
        by_document = document_word(draft, column)
        if blank and by_document != draft.words(column) and not words:
            yield Finding(
                f"{column} is blank in {blank} rows of documents that have one: it is the document's.",
                derived={"currency": f"nullif({by_document}, '')"},
                uses=(column,),
            )
        elif blank and blank < draft.sample.rows:
            yield Finding(
                f"{column} is blank in {blank} rows: blank is the report's currency, unless filled down."
            )
        return
    if own_currency := _named_alike_in_company_currency(draft):
        yield own_currency
        return
    from_head = heads_currency(draft)
    if from_head is not None and draft.table != "exchange_rates":
        code, head = from_head
        yield Finding(f"{head} is in {code}.", derived={"currency": literal(code)})
        return
    if by_name := _named_by_files(draft):
        yield by_name
        return
    if "net_amount" in draft.derived or "net_amount" in draft.questions:
        yield from _marks_of_computed(draft)
    yield from _by_customers(draft)


def _by_customers(draft: Draft) -> Iterator[Finding]:
    """Ask whether amounts are in the currencies in which the customers are billed, where lines say none."""
    record = draft.joined.get(CUSTOMER)
    column = record and find_column(CURRENCY_WORDS, list(record.columns))
    words = sorted({*record.columns[column]} - {""}) if record and column else []
    if len({*map(currency_code, words)}) < _SEVERAL or amounts_marks(draft):
        return
    code = draft.words(f"{CUSTOMER}.{column}")
    if any(word != currency_code(word) for word in words):
        code = _by_words(code, _codes(words))
    answers = [
        (f"nullif({code}, '')", f"each in its customer's: {', '.join(words)}"),
        ("CAST(NULL AS VARCHAR)", "all in the report's"),
    ]
    yield Finding(
        questions={
            "currency": (
                f"lines say no currency, and {column} of the customers several: in which is an amount?",
                answers,
            )
        }
    )


def _named_by_files(draft: Draft) -> Finding | None:
    """Say by the titles above the head, or the name of a row's file, folder or sheet, in which currency it is."""
    titled = {*map(currency_titled, titles_of(draft.sample.comments))} - {None}
    if len(titled) == 1:
        code = str(titled.pop())
        return Finding(f"The title says that all is in {code}.", derived={"currency": literal(code)})
    files, sheets = zip(
        *[part[:2] for part in draft.sample.parts] or [(draft.sample.file, draft.sample.sheet)], strict=True
    )
    column, names = FILE_NAME, files
    if any(currency_named(sheet or "") for sheet in sheets):
        column, names = SHEET_NAME, sheets
    named = [currency_named(name or "") for name in names]
    words = dict(sorted(found for found in named if found is not None))
    if not words:
        return None
    codes = sorted({*words.values()})
    if len(codes) < _SEVERAL and None not in named:
        return Finding(f"The name says that all is in {codes[0]}.", derived={"currency": literal(codes[0])})
    said = f"regexp_extract({column}, '^(?:.*[^A-Za-z])?({'|'.join(words)})(?:[^A-Za-z]|$)', 1)"
    # Where every name says a currency, one to come that says none stops the run: it is no code.
    other = None if None in named else column
    return Finding(
        f"What a file, a folder or a sheet is called says the currency of its rows: {', '.join(codes)}.",
        derived={"currency": _by_words(said, words, other)},
    )


def _codes(words: Iterable[str]) -> dict[str, str]:
    return {word: currency_code(word) or word for word in words}


def _by_words(said: str, codes: Mapping[str, str], other: str | None = None) -> str:
    """Write the SQL of the code that each word means; of other words ``other``, or none."""
    cases = " ".join(f"WHEN {literal(word)} THEN {literal(code)}" for word, code in codes.items())
    return f"CASE {said} {cases}{f' ELSE {other}' if other else ''} END"


def _in_company_currency(draft: Draft, column: str) -> Finding | None:
    """Take amounts that are in the company's own currency for that, whatever a column says of the document's."""
    name = contracts.AMOUNT.get(draft.table, "")
    net = draft.columns.get(name)
    if net is None or (len({*draft.texts(column)}) < 2 and not COMPANY_CURRENCY.search(net)):
        return None
    codes = {code for each in draft.texts(column) if (code := currency_code(each))}

    named = {each: plain(_FOREIGN.sub("", each)) for each in draft.all_columns()}
    foreign = {each for each in named if _FOREIGN.search(each) and draft.is_numeric(each)}

    def is_own(head: str) -> bool:
        """Whether a head is of one currency beside a column that says several: the one that the company counts in."""
        beside = any(named[head] == named[each] for each in foreign) and head not in foreign
        return beside or bool(COMPANY_CURRENCY.search(head)) or unit(head)[1] in codes

    if is_own(net):
        own_column, amount = net, draft.number(net)
    else:
        candidates = (
            each for each in draft.all_columns() if is_own(each) and each not in draft.columns.values()
            and draft.is_numeric(each) and each not in draft.amounts
        )  # fmt: skip
        own_column = next(
            (each for each in candidates if _equals_in_own_currency(draft, net, each, column)), ""
        )
        amount = draft.number(own_column) if own_column else ""
    if not own_column:
        return None
    code = unit(own_column)[1]
    return Finding(
        f"{own_column} is in the company's own currency, and {column} is the document's: no line is converted.",
        derived={name: amount, "currency": literal(code) if code else "CAST(NULL AS VARCHAR)"},
        uses=(own_column, net, column),
    )


def _named_alike_in_company_currency(draft: Draft) -> Finding | None:
    """Take the column called as the amount is, in the company's currency, where no column says the document's."""
    name = contracts.AMOUNT.get(draft.table, "")
    net = draft.columns.get(name)
    if net is None:
        return None
    for column in draft.all_columns():
        if (
            column in (net, *draft.amounts)
            or not COMPANY_CURRENCY.search(column)
            or plain(COMPANY_CURRENCY.sub("", column)) != plain(net)
            or not draft.is_numeric(column)
        ):
            continue
        own, other = draft.number(column), draft.number(net)
        (differ,) = draft.fetch_row(
            f"SELECT count(*) FILTER (WHERE abs(({own}) - ({other})) > 0.01) FROM sample"
        )
        if differ:
            return Finding(
                f"{net} differs from {column} in {differ} rows: it is in the documents' currencies, and {column}, the "
                "company's, counts.",
                derived={name: own, "currency": "CAST(NULL AS VARCHAR)"},
                uses=(column, net),
            )
    return None


def _equals_in_own_currency(draft: Draft, net: str, own: str, column: str) -> bool:
    """Whether an amount is the other where the currency is one of them, blank or named."""
    word = draft.words(column)
    return any(
        draft.agree(draft.number(own), draft.number(net), f"{word} = {draft.quoted([code])}")
        for code in sorted({*draft.texts(column)})
    )


def _marks_of_computed(draft: Draft) -> Iterator[Finding]:
    """Take the currency from the marks beside numbers that the map computes with: the result shows them no more."""
    for column in _amount_columns(draft):
        marks = {
            mark for text in draft.texts(column) if text and (mark := notations.mark_of(text)) is not None
        }
        if marks:
            yield Finding(
                f"The numbers of {column} are marked {', '.join(sorted(marks))}: so is the currency of each line.",
                derived={"currency": f"{_BY_MARK}({draft.sql(column)})"},
            )
            return


def _amount_columns(draft: Draft) -> list[str]:
    columns = {column for name, column in draft.columns.items() if draft.kinds[name] == "money"}
    columns |= {draft.roles[role] for role in ("price", "gross", "price_with_tax") if role in draft.roles}
    used = {column for finding in draft.findings for column in finding.uses} & {*draft.all_columns()}
    return sorted(columns | {column for column in used if draft.is_numeric(column)})


def _amount_texts(draft: Draft) -> list[str]:
    return [text for column in _amount_columns(draft) for text in dict.fromkeys(draft.texts(column)) if text]


def heads_currency(draft: Draft) -> tuple[str, str] | None:
    """Return the one currency that the heads of amounts name, and such a head; None where they name none or several."""
    columns = [column for name, column in draft.columns.items() if draft.kinds[name] == "money"]
    columns += [column for finding in draft.findings for column in finding.uses]
    columns += [column for role, column in draft.roles.items() if role not in ("status", "cancelled", "rate")]
    named = [(code, column) for column in columns if (code := unit(column)[1])]
    return named[0] if len({code for code, _ in named}) == 1 else None


def amounts_marks(draft: Draft) -> set[tuple[str, str]]:
    """Return the marks of currency beside amounts that mean one currency, with its code."""
    found = set()
    for text in _amount_texts(draft):
        mark = notations.mark_of(text)
        if mark is not None and mark not in notations.UNSURE_MARKS:
            code = notations.SURE_MARKS.get(mark, mark.upper())
            found.add((mark, "CNY" if code == "RMB" else code))
    return found


def report_currency(drafts: Sequence[Draft]) -> tuple[str | None, list[str]]:
    """Return the report's currency, None where it is asked, and its lines: what all sources say, or what each says."""
    codes: dict[str, str] = {}
    blank = 0
    for draft in drafts:
        if draft.table == "exchange_rates":
            continue
        column = draft.columns.get("currency")
        code = draft.sql(column) if column is not None else draft.derived.get("currency")
        if (from_head := heads_currency(draft)) is not None and column is None:
            codes.setdefault(from_head[0], f"{from_head[1]} is in it")
        elif code is not None and code.startswith("'"):
            codes.setdefault(
                code.strip("'"), f"all rows of {draft.sample.file or draft.sample.name} are in it"
            )
        elif code is not None and not code.startswith(_BY_MARK):
            amount = draft.expression(contracts.AMOUNT.get(draft.table, "")) or "NULL"
            counted = draft.fetch_rows(
                "SELECT coalesce(upper(code), ''), count(*) FILTER (WHERE amount IS DISTINCT FROM 0), sum(amount) "
                f"FROM (SELECT ({code}) AS code, ({amount}) AS amount FROM sample) GROUP BY 1 ORDER BY 1"
            )
            if draft.table == "order_lines":
                blank = sum(count for currency, count, _ in counted if not currency)
            for currency, count, total in counted:
                if currency:
                    codes.setdefault(currency, f"{count} rows, {shown(total)} in it")
        if code is None or code.startswith(("'", _BY_MARK)):
            for mark, currency in sorted(amounts_marks(draft)):
                codes.setdefault(currency, f"{mark} stands beside amounts")
    if len(codes) == 1 and blank:
        ((code, why),) = codes.items()
        asks = f"{blank} rows have no currency: are they in {code} too, or in the company's own? Then write its code"
        return None, [f"#   {toml(code)}  # {why}, and the others are too", f'currency = "?"  # {asks}']
    if len(codes) == 1:
        ((code, why),) = codes.items()
        return code, [f"currency = {toml(code)}  # {why}"]
    if not codes:
        asks = "the currency of the report, as EUR or CNY: nothing here tells"
        company_columns = [
            f"{column} ({', '.join(words)})"
            for draft in drafts if draft.table == "order_lines"
            for column in draft.all_columns() if _COMPANY.search(column) and column not in draft.columns.values()
            if 1 < len(words := sorted({*draft.texts(column)} - {""})) <= _FEW
        ]  # fmt: skip
        more = (
            f". If {company_columns[0]} has books in several, say a line's under derived: currency"
            if company_columns
            else ""
        )
        return None, [f'currency = "?"  # {asks}{more}']
    listed = [f"#   {toml(code)}  # {why}" for code, why in sorted(codes.items())]
    return None, [
        *listed,
        'currency = "?"  # which is the report\'s? The others need a rate under [source.currency_rates], '
        "or rates by day or month in a table exchange_rates",
    ]


#: Kana, characters that only Japan writes so, and words of its books.
_JAPANESE = re.compile("[\u3040-\u30ff売発伝単価収払円込済対県実変営]|取引先|日付|勘定|税区分|品番|顧客")


def is_chinese(columns: Sequence[str]) -> bool:
    """Whether most heads are Chinese, and none is Japanese."""
    chinese = [head for head in columns if any("\u4e00" <= letter <= "\u9fff" for letter in head)]
    return not any(map(_JAPANESE.search, columns)) and 2 * len(chinese) > len(columns)


#: Currencies that are one country's.
_COUNTRIES = {
    "CNY": "CN", "JPY": "JP", "KRW": "KR", "TWD": "TW", "HKD": "HK", "VND": "VN", "INR": "IN", "TRY": "TR", "GBP": "GB",
    "PLN": "PL", "SEK": "SE", "BRL": "BR",
}  # fmt: skip


def calendar_lines(currency: str | None, chinese: bool) -> list[str]:
    """Offer, as a comment, the calendar of the country whose currency the report has; else of the heads' language."""
    country = "CN" if currency is None and chinese else _COUNTRIES.get(currency or "")
    if country is None:
        return []
    why = f"the currency is {currency}" if currency else "the heads are Chinese"
    return [
        f"# Working days, and holidays that move, as of a country ({why}); without it nothing is counted by them:",
        "# [calendar]",
        f'# country = "{country}"',
        "",
    ]
