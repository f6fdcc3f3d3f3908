"""What of an amount is tax or freight: several taxes side by side, rows with it and rows without, totals."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial

from helpers.intake.proposing.columns import is_identifier_head
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.findings.money.tax_rates import RATE, RATES, TAX_HEAD
from helpers.intake.proposing.findings.sold.unfinished import are_yes_or_no, says_yes

#: Of all rows so many must show it, by so many rates at most.
_MOST, _FEW_RATES = 0.95, 3
_CENT, _LARGE = 0.011, 1000
#: Sums of rounded lines may be off by so much; so many documents of several lines tell what stands once for each.
_CENTS, _SEVERAL = Decimal("0.05"), 2
#: From so many rows on three rates explain no taxes by chance.
_MANY = 10
#: What is added before a tax is cut to a whole number, where it is cut, rounded or raised.
_WHOLE = (1e-7, 0.5, 1 - 1e-7)
#: So many rows show it.
_MAX_ROWS = 500
#: Taxes of which a line may bear several: of a union and a state, of a country and a town, on goods and in their place.
_ONE_OF_SEVERAL = re.compile(
    r"(?i)^((c|s|i|ut)gst|gst|hst|pst|qst|tps|tvq|cess|(state|county|city|local|district|special)[ _]?tax|"
    r"(valor|vl|vlr)?[ _.]*(ipi|icms[ _-]?st|st|fcp))([ _]?(amount|amt|value|total))?\.?$"
)
#: What the customer pays beside the goods.
PAID_ON_TOP = re.compile(
    r"(?i)shipping|freight|delivery|handling|postage|versand|fracht|\bport\b|livraison|envío|frete|运费|送料"
)
#: Heads whose yes says that tax is in the amount.
_INCLUDED = re.compile(
    r"(?i)(tax(es)?|vat|gst|price|amount|iva|tva|mwst|ust|btw|moms|kdv|ндс|ppn|dph)s?[ _.-]*(is |are )?"
    r"(in[ck]l|inbegr|compris|dahil|включ|zahrn)|"
    r"in[ck]l\w*\.?[ _-]*(of |di |de )?(tax|vat|gst|iva|tva|mwst|ust|btw|moms|dph)|"
    r"brutto ?(preis|rechnung|kennzeichen)|\bttc\b|с ндс|"
    r"是否含税|^含税(标志|标识|否)?$|税込(区分|フラグ)"
)
#: Heads that say by themselves that an amount is without tax.
SAYS_NET = re.compile(
    r"(?i)\b(net|netto|neto|untaxed|taxable|excl\w*|h\.?t\.?)\b|net|"
    r"不含税|无税|未税|净|税抜|sin iva|imponible|montant ht|ilman alv|verotta|f[aă]r[aă] tva|áfa nélkül|bez (dph|ндс)"
)
#: A column of so few words can tell rows with tax from those without.
_FEW = 10


def taxes(draft: Draft, column: str) -> list[str]:
    """Name the columns that are the tax together: one, or several that none of them is the sum of."""
    other_taxes = [
        name for name in draft.all_columns()
        if name != column and name not in draft.columns.values() and _ONE_OF_SEVERAL.match(name.strip())
        and draft.is_numeric(name)
    ]  # fmt: skip
    if not other_taxes or (
        not _ONE_OF_SEVERAL.match(column.strip())
        and draft.agree(" + ".join(map(draft.number_or_0, other_taxes)), draft.number_or_0(column))
    ):
        return [column]
    return [column, *other_taxes]


def tax_sql(draft: Draft, column: str) -> str:
    """Write the tax of a row, all taxes together."""
    listed = [draft.number_or_0(name) for name in taxes(draft, column)]
    return listed[0] if len(listed) == 1 else f"({' + '.join(listed)})"


def rate_sql(draft: Draft, column: str) -> str | None:
    """Write a tax rate as a share; None where 1 can be 1 % or the whole."""
    written = [text for text in draft.texts(column) if text]
    if not draft.is_numeric(column):  # 23%, zw.: what is no percentage is no tax
        if not any(map(RATE.search, written)):
            return None
        share = f"replace(regexp_extract({draft.words(column)}, '{RATE.pattern}', 1), ',', '.')"
        return f"coalesce(CAST(nullif({share}, '') AS DECIMAL(4,2)), 0) * 0.01"
    values = [value for value in draft.values(draft.number(column)) if value is not None]
    if not values or max(values) > 100 or min(values) < 0:
        return None
    if any(text.endswith(("%", "％")) for text in written) or max(values) < 1:
        return draft.number_or_0(column)
    return f"{draft.number_or_0(column)} * 0.01" if max(values) > 1 else None


def includes_tax_by_rates(draft: Draft, amount: str, tax: str, condition: str = "true") -> bool | None:
    """Whether amounts have the tax in them that stands beside, by rates that are usual; None where both may be.

    Rows may have different rates; one that fits as a tax on the amount and as one in it shows nothing.
    """
    rows = zip(draft.values(amount), draft.values(tax), draft.values(condition), strict=True)
    pairs = [
        (float(base), float(tax_value)) for base, tax_value, is_met in rows if is_met and base and tax_value
    ][:_MAX_ROWS]
    return _rates_show(pairs)


def _rates_show(pairs: Sequence[tuple[float, float]]) -> bool | None:
    """Whether amounts have their taxes in them, by usual rates."""
    if not pairs:
        return None
    directions = (
        [float(rate / 100) for rate in RATES],
        [float(rate / (100 + rate)) for rate in RATES],
    )
    # Yen and won have no cents: their taxes are cut, rounded or raised to whole numbers, all in one way.
    whole = all(base.is_integer() and tax_value.is_integer() for base, tax_value in pairs)
    ways: list[tuple[float, Callable[[float, float], bool]]] = []
    if whole and len(pairs) >= _MANY:
        ways = [(1, partial(_is_whole_tax, up)) for up in _WHOLE]
    unit = 1.0 if whole and 2 * sum(abs(base) >= _LARGE for base, _ in pairs) > len(pairs) else _CENT
    ways.append((_MOST, partial(_is_close, unit)))
    for most, is_tax in ways:
        excluded, included = (_few_rates_explain(pairs, each, most, is_tax) for each in directions)
        if excluded != included:
            return included
    return None


def tax_of_documents(draft: Draft, net: str) -> tuple[str, bool | None] | None:
    """Find the tax that stands once for a document, and whether it is in the lines' amounts; None where there is none.

    By what the lines of documents add up to beside amounts of the documents, else by the rates that it would be.
    """
    document = draft.document()
    candidates = [
        name for name in draft.all_columns()
        if name not in draft.columns.values() and not is_identifier_head(name) and draft.is_numeric(name)
    ]  # fmt: skip
    named = [
        name for name in candidates
        if TAX_HEAD.search(name) and name != draft.roles.get("rate") and not are_yes_or_no(draft.texts(name))
    ]  # fmt: skip
    if document is None or not named:
        return None
    listed = ", ".join(f"max({sql}), min({sql})" for sql in map(draft.number, candidates))
    documents = draft.fetch_rows(
        f"SELECT sum(__line), count(*), {listed} FROM (SELECT *, ({net}) AS __line FROM sample) GROUP BY {document}"
    )
    if sum(lines > 1 for _, lines, *_ in documents) < _SEVERAL:
        return None
    sums = [row[0] or Decimal(0) for row in documents]
    once = {
        name: [row[2 + 2 * place] or Decimal(0) for row in documents]
        for place, name in enumerate(candidates)
        if all(row[2 + 2 * place] == row[3 + 2 * place] for row in documents)
    }
    for name in named:
        if not any(taxes_once := once.get(name, [])):
            continue
        if any(_are_alike(sums, other) and SAYS_NET.search(each) for each, other in once.items()):
            return name, False
        for sign in (1, -1):
            made = [amount + sign * tax for amount, tax in zip(sums, taxes_once, strict=True)]
            if any(_are_alike(made, other) for each, other in once.items() if each != name):
                return name, sign < 0
        pairs = [(float(amount), float(tax)) for amount, tax in zip(sums, taxes_once, strict=True)]
        return name, _rates_show([pair for pair in pairs if all(pair)])
    return None


def _are_alike(first: Sequence[Decimal], second: Sequence[Decimal]) -> bool:
    close = sum(abs(one - other) <= _CENTS for one, other in zip(first, second, strict=True))
    return close >= _MOST * len(first)


def _few_rates_explain(
    pairs: Sequence[tuple[float, float]],
    shares: Sequence[float],
    most: float,
    is_tax: Callable[[float, float], bool],
) -> bool:
    """Whether a few shares of the amounts explain nearly all taxes."""
    unexplained = list(pairs)
    for _ in range(_FEW_RATES):
        counts = {share: sum(is_tax(base * share, tax) for base, tax in unexplained) for share in shares}
        best = max(shares, key=counts.__getitem__)
        unexplained = [(base, tax) for base, tax in unexplained if not is_tax(base * best, tax)]
    return len(pairs) - len(unexplained) >= most * len(pairs)


def _is_close(unit: float, left: float, right: float) -> bool:
    return abs(left - right) <= unit + 0.0001 * abs(right)


def _is_whole_tax(up: float, exact: float, tax: float) -> bool:
    return math.floor(abs(exact) + up) == abs(tax)


def find_taxed_rows(
    draft: Draft,
    net: str,
    untaxed: str,
    column: str,
    has_tax: Callable[[str], bool | None],
) -> Iterator[Finding]:
    """Take the tax off the rows that have it in their amount, where others have not, as some column tells.

    Parameters
    ----------
    net, untaxed
        The amount as it stands, and without its tax.
    column
        The amount's.
    has_tax
        Whether the rows that meet a condition have it, None where nothing shows.
    """
    for flag_column in draft.all_columns():
        words = {text for text in draft.texts(flag_column) if text}
        mapped = flag_column in draft.columns.values() and flag_column != draft.columns.get("channel")
        if mapped or not words or len({*draft.texts(flag_column)}) > _FEW:
            continue
        word = draft.words(flag_column)
        if _INCLUDED.search(flag_column) and are_yes_or_no(words):
            taxed = sorted(filter(says_yes, words))
            why = "says"
        elif len(words) > 1 and not draft.is_numeric(flag_column):
            tax_by_word = {text: has_tax(f"{word} = {draft.quoted([text])}") for text in sorted(words)}
            taxed = [text for text, result in tax_by_word.items() if result]
            if {*tax_by_word.values()} != {True, False}:
                continue
            why = "tells, by the tax beside them:"
        else:
            continue
        if taxed:
            condition = f"{word} IN ({draft.quoted(taxed)})"
            rows, money = draft.money(condition)
            yield Finding(
                f"{flag_column} {why} {', '.join(taxed)} are with tax, the others without: {rows} rows with "
                f"{shown(money)} are taken without it.",
                derived={"net_amount": f"CASE WHEN {condition} THEN {untaxed} ELSE {net} END"},
                uses=(flag_column, column),
            )
            return


def freight(draft: Draft, column: str) -> list[str]:
    """Name the amounts that the customer pays beside the goods, and that may be in a total."""
    return [
        name for name in draft.all_columns()
        if name != column and PAID_ON_TOP.search(name) and draft.is_numeric(name)
        and name not in draft.columns.values() and any(draft.values(draft.number_or_0(name)))
    ]  # fmt: skip


def find_included_freight(
    draft: Draft, net: str, column: str, roles: Mapping[str, str], has_tax: Callable[[str], bool | None]
) -> Iterator[Finding]:
    """Take freight, and the tax with it, off a total of which they are shown to be part."""
    freight_columns = freight(draft, column)
    if not freight_columns or "tax" not in roles:
        return
    goods = f"({net} - {' - '.join(map(draft.number_or_0, freight_columns))})"
    if has_tax(goods) is True:
        untaxed = f"{goods} - {tax_sql(draft, roles['tax'])}"
        before, after = draft.example(net, untaxed, where=f"{net} <> 0")
        yield Finding(
            f"{column} is with {', '.join((*freight_columns, *taxes(draft, roles['tax'])))}: the net amount is what is "
            f"left; {shown(before)} becomes {shown(after)}.",
            derived={"net_amount": untaxed},
            uses=(column, *freight_columns, *taxes(draft, roles["tax"])),
        )


def taxed_beside(draft: Draft, gross: str) -> tuple[str, Decimal] | None:
    """Find the column that makes an amount with tax by one rate, and together with columns that no head knows.

    Of ledgers side by side, as in a register of Tally: the sides of the booking may be written otherwise.
    """
    named = {*draft.roles.values(), *draft.amounts, gross}
    numeric = [
        n for n in draft.unmapped if n not in named and draft.is_numeric(n) and not is_identifier_head(n)
    ]
    absolute = {name: f"abs({draft.number_or_0(name)})" for name in numeric}
    added = " + ".join(absolute.values())
    if len(numeric) < 2 or not draft.agree(added, f"abs({draft.number(gross)})"):
        return None
    pairs = ((name, rate) for name in numeric for rate in RATES)
    return next(
        (
            (name, rate)
            for name, rate in pairs
            if draft.agree(f"{absolute[name]} * {1 + rate / 100:.6g}", f"abs({draft.number(gross)})")
        ),
        None,
    )
