"""Numbers under which anybody buys: a guest, a walk-in, cash sales; they are no one customer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.intake.proposing.columns import find_column, is_date
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.synonyms import CUSTOMER_NAME_WORDS
from helpers.intake.proposing.toml import toml

GUEST = re.compile(
    r"(?i)^(?:(?:the )?(?:walk[- ]?ins?|guests?|cash|cash[- ]?sales?|pos|counter|over[- ]the[- ]counter|one[- ]?time|"
    r"anonymous|unknown|misc(?:ellaneous)?|sundry|various|retail|web[- ]?shop)"
    r"[- ]?(?:customers?|sales?|clients?|buyers?|checkout|account|debtors?)?|c\.?o\.?d\.? customer|public user|"
    r"barverkauf|barverkäufe|laufkundschaft|laufkunden?|diverse kunden|diverse|gastkunde|gast|endkunde bar|"
    r"client (?:de )?(?:passage|comptoir|comptant)|clients? divers|ventes? (?:au )?comptoir|invité|"
    r"cliente (?:de )?(?:mostrador|contado|varios)|clientes varios|p[uú]blico (?:en )?general|consumidor final|"
    r"invitado|"
    r"(?:零售|现金|临时|门店|柜台|匿名|游客)(?:客户|顾客|客人|散客)?|散客.*|零售散客|个人散客|现金客户|其他客户|"
    r"一般客|店頭(?:客|販売)?|現金(?:客|販売)|諸口|ゲスト)$"
)
#: Columns that may stand for who buys.
_LIKELY = re.compile(
    r"(?i)market|shop|store|channel|buyer|customer|ship|city|region|name|店|平台|渠道|收货|地区|市场"
)
_MOST_LIKELY = 4
_NOUGHT = re.compile(r"0+(\.0)?")


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
    asked = any(
        'column = "?"' in line for key, block in draft.sample.blocks for line in block if key == "headings"
    )
    if asked or "customer_id" in draft.columns or "customer_id" in draft.derived:
        return  # headings between the rows may name them
    groups = {}
    for column in draft.left:
        texts = {each for each in draft.texts(column) if each}
        if (
            1 < len(texts) < draft.sample.rows / 2
            and not draft.is_numeric(column)
            and not all(map(is_date, texts))
        ):
            groups[column] = sorted(texts)[:3]
    likely = sorted(groups, key=lambda column: not _LIKELY.search(column))[:_MOST_LIKELY]
    answers = [("CAST(NULL AS VARCHAR)", "nobody: these are sales without a customer, in totals alone")]
    named = [(draft.words(column), f"{column}: {', '.join(groups[column])}") for column in likely]
    # Names without a head are whose the rows are, as in a pivot table.
    answers = [*named, *answers] if likely and likely[0].startswith("column_") else [*answers, *named]
    yield Finding(questions={"customer_id": ("no column names a customer: who are they?", answers)})


def find_guests(draft: Draft) -> Iterator[Finding]:
    """Propose numbers of guests as lines without customer, with their share of rows and money."""
    column = draft.columns.get("customer_id")
    if column is None:
        return
    texts = draft.texts(column)
    counted = len({each for each in texts if each}) > 1
    guests = {each for each in texts if each and (GUEST.match(each) or (_NOUGHT.fullmatch(each) and counted))}
    name = find_column(CUSTOMER_NAME_WORDS, [each for each in draft.all_columns() if each != column])
    named: dict[str, str] = {}
    if name is not None:
        for number, called in zip(texts, draft.texts(name), strict=True):
            if number and GUEST.match(called):
                named.setdefault(number, called)
        # A number that has other names too is a customer's.
        others = {
            number
            for number, called in zip(texts, draft.texts(name), strict=True)
            if called and not GUEST.match(called)
        }
        named = {number: called for number, called in named.items() if number not in others}
    every = sorted(guests | set(named))
    if not every:
        return
    rows, money = draft.money(f"{draft.words(column)} IN ({draft.quoted(every)})")
    _, whole = draft.money("true")
    share = f", {rows / draft.sample.rows:.0%} of the rows" + (
        f" and {money / whole:.0%} of the money" if money is not None and whole else ""
    )
    listed = ", ".join(f"{each} ({named[each]})" if each in named else each for each in every)
    yield Finding(
        f"{column} {listed} is whoever buys without an account: {rows} rows with {shown(money)}{share}, counted as "
        "sales without customer and not as one customer.",
        nothing={"customer_id": every},
    )
