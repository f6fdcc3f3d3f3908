"""Who the customer is: walk-in numbers, shared numbers, and columns of several business partners."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from helpers.intake.proposing.columns import find_column, is_date, is_identifier_head
from helpers.intake.proposing.findings.draft import FILE_NAME, SHEET_NAME, Draft, Finding, shown
from helpers.intake.proposing.findings.sold.numbers import companies
from helpers.intake.proposing.synonyms import CUSTOMER_NAME_WORDS, plain
from helpers.intake.proposing.toml import toml

WALK_IN = re.compile(
    r"(?i)^(?:(?:the )?(?:walk[- ]?ins?|guests?|cash|cash[- ]?sales?|pos|counter|over[- ]the[- ]counter|one[- ]?time|"
    r"anonymous|unknown|misc(?:ellaneous)?|sundry|various|retail|web[- ]?shop)"
    r"[- ]?(?:customers?|sales?|clients?|buyers?|checkout|account|debtors?)?|c\.?o\.?d\.? customer|public user|"
    r"barverkauf|barverkäufe|laufkundschaft|laufkunden?|diverse kunden|diverse|divers|gastkunde|gast|endkunde bar|"
    r"client (?:de )?(?:passage|comptoir|comptant)|clients? divers|ventes? (?:au )?comptoir|invité|"
    r"cliente (?:de )?(?:mostrador|contado|varios)|clientes varios|p[uú]blico (?:en )?general|consumidor final|"
    r"invitado|"
    r"(?:零售|现金|临时|门店|柜台|匿名|游客)(?:客户|顾客|客人|散客)?|散客.*|零售散客|个人散客|现金客户|其他客户|"
    r"一般客|店頭(?:客|販売)?|現金(?:客|販売)|諸口|ゲスト)$"
)
#: Columns that may identify the buyer.
_LIKELY = re.compile(
    r"(?i)market|shop|store|channel|buyer|customer|ship|city|region|name|店|平台|渠道|收货|地区|市场"
)
_MOST_LIKELY = 4
#: Whose number tells customers apart where a shop knows no more of them.
_PHONE = re.compile(r"(?i)phone|mobile|handy|telefon|téléphone|teléfono|\btel\b|手机|电话|電話")
_NOUGHT = re.compile(r"0+(\.0)?")
#: What tells customers apart as a number does, whatever its head: one word with a digit, or an address.
_NUMBER = re.compile(r"(?=.*[\d@])\S+")


def names_told(column: str, texts: Sequence[str]) -> list[str]:
    """Say what it means that the lines tell customers apart by their names; nothing where the column holds numbers."""
    if all(_NUMBER.fullmatch(text) for text in texts):
        return []
    return [
        f"# {toml(column)} holds customers' names, and no column holds their numbers: all lines of one name are one",
        "# customer's, and a customer whose name is written anew is another one. If the program can export the number",
        "# (customer no., account) too, add that column and name it as customer_id; else leave it so.",
    ]


def same_codes_lines(draft: Draft) -> list[str]:
    """Ask whether codes that differ in their spelling alone are one customer; nothing where none do."""
    column = draft.columns.get("customer_id")
    if column is None:
        return []
    differences, groups = draft.same_codes(column)
    if not groups:
        return []
    shown = "; ".join(" = ".join(group) for group in groups[:5]) + ("; ..." if len(groups) > 5 else "")
    return [
        "[customers]",
        f"#   {toml(differences)}  # yes, these are one customer each: {shown}",
        "#   []  # no, each spelling is another customer",
        f'same_codes = "?"  # {sum(map(len, groups))} codes are {len(groups)} but for spelling: are they one?',
        "",
    ]


def ask_customer(draft: Draft) -> Iterator[Finding]:
    """Ask who the customers are where no column names them, as in what marketplaces pay out: nobody, or a column's."""
    has_heading_question = any(
        'column = "?"' in line for key, block in draft.sample.blocks for line in block if key == "headings"
    )
    if has_heading_question or "customer_id" in draft.columns or "customer_id" in draft.derived:
        return  # headings between the rows may name them
    groups = {}
    for column in draft.unmapped:
        texts = {text for text in draft.texts(column) if text}
        if (
            1 < len(texts) < draft.sample.rows / 2
            and (not draft.is_numeric(column) or is_identifier_head(column) or _PHONE.search(column))
            and not all(map(is_date, texts))
        ):
            groups[column] = sorted(texts)[:3]
    likely = sorted(groups, key=lambda column: not _LIKELY.search(column))[:_MOST_LIKELY]
    answers = [("CAST(NULL AS VARCHAR)", "nobody: these are sales without a customer, in totals alone")]
    column_answers = [(draft.words(column), f"{column}: {', '.join(groups[column])}") for column in likely]
    column_answers += _named_by_parts(draft)
    # Names without a head are whose the rows are, as in a pivot table.
    answers = (
        [*column_answers, *answers]
        if likely and likely[0].startswith("column_")
        else [*answers, *column_answers]
    )
    yield Finding(questions={"customer_id": ("no column names a customer: who are they?", answers)})


def _named_by_parts(draft: Draft) -> Iterator[tuple[str, str]]:
    """Offer the names of sheets, files or folders of which each may be a customer's."""
    files = [PurePosixPath(file) for file, _, _ in draft.sample.parts]
    for what, sql, names in (
        ("sheet", SHEET_NAME, [sheet or "" for _, sheet, _ in draft.sample.parts]),
        ("file", f"regexp_extract({FILE_NAME}, '([^/]+?)[.][^./]+$', 1)", [file.stem for file in files]),
        (
            "folder",
            f"regexp_extract({FILE_NAME}, '^([^/]+)/', 1)",
            [file.parts[0] for file in files if len(file.parts) > 1],
        ),
    ):
        distinct = sorted({*names})
        if len(distinct) > 1 and not any(re.search("[0-9]", name) for name in distinct):
            yield sql, f"each {what} is a customer's: {', '.join(distinct[:3])}"


#: Heads of whose numbers they are: who orders, who is billed, who gets the goods.
_PARTNER_ROLE = re.compile(
    r"(?i)^(?:(?P<sold>sell|sold|order)|(?P<bill>bill|invoice)|(?P<ship>ship|deliver))(?:ing|ed)?[- _]?to"
    r"(?:[- _]?(?:customer|party|account|partner))?(?:[- _]?(?:no|id|code|number))?[.]?$|"
    r"^(?P<payer>payer|invoice account|rechnungsempfänger|regulierer|(付款|结算|开票)(方|客户|单位)(编码|编号|代码)?)$|"
    r"^(?P<goods>warenempfänger|(收货|送货)(方|客户|单位)(编码|编号|代码)?)$"
)
#: A name of a customer, not of who wrote or receives.
_NAMES = [word for word in CUSTOMER_NAME_WORDS if not re.search("contact|email|account|a/c", word)]
#: A number with so many names is a collective account, where nearly all others have one.
_MANY_NAMES, _ONE_NAME = 4, 0.8


def find_customer_role(draft: Draft) -> Iterator[Finding]:
    """Ask which partner is the customer, where sold-to, bill-to and ship-to differ."""
    customer = draft.columns.get("customer_id")
    if customer is None:
        return
    others = [
        column for column in draft.all_columns()
        if column != customer and _PARTNER_ROLE.match(column.strip()) and column not in draft.columns.values()
        and any(a and a != b for a, b in zip(draft.texts(column), draft.texts(customer), strict=True))
    ]  # fmt: skip
    if not others:
        return
    answers = []
    for column in (customer, *others):
        numbers = {text for text in draft.texts(column) if text}
        blank = sum(not text for text in draft.texts(column))
        blank_note = f", and {blank} rows without" if blank else ""
        answers.append((draft.sql(column), f"{column}: {len(numbers)} customers{blank_note}"))
    yield Finding(
        questions={
            "customer_id": (
                f"{', '.join((customer, *others))} are not the same: who is the customer?",
                answers,
            )
        },
        uses=(customer, *others),
    )


def _is_of_documents(draft: Draft, column: str) -> bool:
    """Whether a column is the number of documents, by what it is mapped to, or has digits and another text in each."""
    document = draft.columns.get("order_id")
    if document is None or column == document:
        return column == document
    pairs = {pair for pair in zip(draft.texts(document), draft.texts(column), strict=True) if pair[1]}
    texts = {text for _, text in pairs}
    return len(texts) == len(pairs) and all(any(letter.isdigit() for letter in text) for text in texts)


def find_shared_numbers(draft: Draft) -> Iterator[Finding]:
    """Ask about numbers under which several customers stand: of several companies, or of whoever buys once."""
    column = draft.columns.get("customer_id")
    if column is None:
        return
    taken = (column, draft.columns.get("product_id"))
    name = find_column(_NAMES, [candidate for candidate in draft.all_columns() if candidate not in taken])
    if name is None or _is_of_documents(draft, name):
        return
    names: dict[str, set[str]] = {}
    texts = list(zip(draft.texts(column), draft.texts(name), strict=True))
    for number, customer_name in texts:
        if number and customer_name:
            names.setdefault(number, set()).add(plain(customer_name))
    several = sorted(number for number, customer_name in names.items() if len(customer_name) > 1)
    if not several:
        return
    number_sql, name_sql = draft.words(column), draft.words(name)
    for company in (candidate for candidate in companies(draft) if candidate != name):
        within: dict[tuple[str, str], set[str]] = {}
        for (number, customer_name), company_text in zip(texts, draft.texts(company), strict=True):
            if number and customer_name:
                within.setdefault((company_text, number), set()).add(plain(customer_name))
        if all(len(customer_name) == 1 for customer_name in within.values()):
            combined = f"CASE WHEN {number_sql} <> '' THEN {draft.words(company)} || '-' || {number_sql} END"
            yield _number_question(
                draft, column,
                f"{len(several)} numbers, as {several[0]}, have another name ({name}) for each {company}",
                [(combined, f"each {company} has numbers of its own: {len(within)} customers"),
                 (draft.sql(column), f"one customer each, called otherwise: {len(names)} customers")],
            )  # fmt: skip
            return
    collective = [number for number in several if len(names[number]) >= _MANY_NAMES]
    if collective and len(several) <= (1 - _ONE_NAME) * len(names) + len(collective):
        condition = f"{number_sql} IN ({draft.quoted(collective)})"
        rows, money = draft.money(condition)
        several_names = sum(len(names[number]) for number in collective)
        yield _number_question(
            draft, column,
            f"{', '.join(collective)} has {several_names} names ({name}) in {rows} rows with {shown(money)}: whose?",
            [(f"CASE WHEN NOT ({condition}) THEN {draft.sql(column)} END",
              "nobody's, as an account for those who buy once: sales without customer"),
             (f"CASE WHEN {condition} THEN {number_sql} || ' ' || {name_sql} ELSE {draft.sql(column)} END",
              "each name is a customer"),
             (draft.sql(column), "one customer's")],
        )  # fmt: skip


def _number_question(draft: Draft, column: str, asks: str, answers: Sequence[tuple[str, str]]) -> Finding:
    return Finding(questions={"customer_id": (asks, answers)}, uses=(column,))


def find_walk_in_customers(draft: Draft) -> Iterator[Finding]:
    """Propose walk-in customers' numbers as lines without customer, with their share of rows and money."""
    column = draft.columns.get("customer_id")
    if column is None:
        return
    texts = draft.texts(column)
    has_several = len({each for each in texts if each}) > 1
    guests = {
        each for each in texts if each and (WALK_IN.match(each) or (_NOUGHT.fullmatch(each) and has_several))
    }
    name = find_column(CUSTOMER_NAME_WORDS, [each for each in draft.all_columns() if each != column])
    walk_in_names: dict[str, str] = {}
    if name is not None:
        for number, customer_name in zip(texts, draft.texts(name), strict=True):
            if number and WALK_IN.match(customer_name):
                walk_in_names.setdefault(number, customer_name)
        # A number that has other names too is a customer's.
        others = {
            number
            for number, customer_name in zip(texts, draft.texts(name), strict=True)
            if customer_name and not WALK_IN.match(customer_name)
        }
        walk_in_names = {
            number: customer_name for number, customer_name in walk_in_names.items() if number not in others
        }
    numbers = sorted(guests | set(walk_in_names))
    if not numbers:
        return
    rows, money = draft.money(f"{draft.words(column)} IN ({draft.quoted(numbers)})")
    _, total_money = draft.money("true")
    share = f", {rows / draft.sample.rows:.0%} of the rows" + (
        f" and {money / total_money:.0%} of the money" if money is not None and total_money else ""
    )
    listed = ", ".join(
        f"{each} ({walk_in_names[each]})" if each in walk_in_names else each for each in numbers
    )
    yield Finding(
        f"{column} {listed} is whoever buys without an account: {rows} rows with {shown(money)}{share}, counted as "
        "sales without customer and not as one customer.",
        nothing={"customer_id": numbers},
    )
