"""What of an amount is tax or freight: several taxes side by side, rows with it and rows without, totals."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.findings.sold.unfinished import are_yes_or_no, says_yes

#: Rates of value added and sales tax that are or were usual, in percent.
RATES = (1, 2, 2.1, 3, 4, 4.8, 5, 5.5, 6, 7, 7.7, 8, 8.1, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23,
          24, 25, 27, 28)  # fmt: skip
#: Of all rows so many must show it, by so many rates at most.
_MOST, _FEW_RATES = 0.95, 3
#: So many rows show it.
_LOOKED_AT = 500
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
    r"(?i)(tax(es)?|vat|gst|price|amount)s?[ _-]*(is |are )?incl|incl\w*[ _-]*(of )?(tax|vat|gst)|"
    r"inkl\w*\.?[ _]?(mwst|ust)|brutto ?(preis|rechnung|kennzeichen)|\bttc\b|"
    r"是否含税|^含税(标志|标识|否)?$|税込(区分|フラグ)"
)
#: A column of so few words can tell rows with tax from those without.
_FEW = 10


def taxes(draft: Draft, column: str) -> list[str]:
    """Name the columns that are the tax together: one, or several that none of them is the sum of."""
    others = [
        each for each in draft.all_columns()
        if each != column and each not in draft.columns.values() and _ONE_OF_SEVERAL.match(each.strip())
        and draft.is_numeric(each)
    ]  # fmt: skip
    if not others or (
        not _ONE_OF_SEVERAL.match(column.strip())
        and draft.agree(" + ".join(map(draft.number_or_0, others)), draft.number_or_0(column))
    ):
        return [column]
    return [column, *others]


def tax_sql(draft: Draft, column: str) -> str:
    """Write the tax of a row, all taxes together."""
    listed = [draft.number_or_0(each) for each in taxes(draft, column)]
    return listed[0] if len(listed) == 1 else f"({' + '.join(listed)})"


def shown_by_tax(draft: Draft, amount: str, tax: str, met: str = "true") -> bool | None:
    """Whether amounts have the tax in them that stands beside, by rates that are usual; None where both may be.

    Rows may have different rates; one that fits as a tax on the amount and as one in it shows nothing.
    """
    rows = zip(draft.values(amount), draft.values(tax), draft.values(met), strict=True)
    told = [(float(one), float(other)) for one, other, so in rows if so and one and other][:_LOOKED_AT]
    if not told:
        return None
    onto = _explained(told, [each / 100 for each in RATES])
    within = _explained(told, [each / (100 + each) for each in RATES])
    return within if onto != within else None


def _explained(told: Sequence[tuple[float, float]], shares: Sequence[float]) -> bool:
    """Whether a few shares of the amounts explain nearly all taxes."""
    left = list(told)
    for _ in range(_FEW_RATES):
        counts = {share: sum(_near(one * share, other) for one, other in left) for share in shares}
        best = max(shares, key=counts.__getitem__)
        left = [(one, other) for one, other in left if not _near(one * best, other)]
    return len(told) - len(left) >= _MOST * len(told)


def _near(one: float, other: float) -> bool:
    return abs(one - other) <= 0.011 + 0.0001 * abs(other)


def find_taxed_rows(
    draft: Draft,
    net: str,
    less: str,
    column: str,
    has_tax: Callable[[str], bool | None],
) -> Iterator[Finding]:
    """Take the tax off the rows that have it in their amount, where others have not, as some column tells.

    Parameters
    ----------
    net, less
        The amount as it stands, and without its tax.
    column
        The amount's.
    has_tax
        Whether the rows that meet a condition have it, None where nothing shows.
    """
    for other in draft.all_columns():
        words = {each for each in draft.texts(other) if each}
        mapped = other in draft.columns.values() and other != draft.columns.get("channel")
        if mapped or not words or len({*draft.texts(other)}) > _FEW:
            continue
        word = draft.words(other)
        if _INCLUDED.search(other) and are_yes_or_no(words):
            taxed = sorted(filter(says_yes, words))
            why = "says"
        elif len(words) > 1 and not draft.is_numeric(other):
            proved = {each: has_tax(f"{word} = {draft.quoted([each])}") for each in sorted(words)}
            taxed = [each for each, told in proved.items() if told]
            if {*proved.values()} != {True, False}:
                continue
            why = "tells, by the tax beside them:"
        else:
            continue
        if taxed:
            met = f"{word} IN ({draft.quoted(taxed)})"
            rows, money = draft.money(met)
            yield Finding(
                f"{other} {why} {', '.join(taxed)} are with tax, the others without: {rows} rows with {shown(money)} "
                "are taken without it.",
                columns={"net_amount": None},
                derived={"net_amount": f"CASE WHEN {met} THEN {less} ELSE {net} END"},
                uses=(other, column),
            )
            return


def freight(draft: Draft, column: str) -> list[str]:
    """Name the amounts that the customer pays beside the goods, and that may be in a total."""
    return [
        each for each in draft.all_columns()
        if each != column and PAID_ON_TOP.search(each) and draft.is_numeric(each)
        and each not in draft.columns.values() and any(draft.values(draft.number_or_0(each)))
    ]  # fmt: skip


def find_freight_in(
    draft: Draft, net: str, column: str, roles: Mapping[str, str], has_tax: Callable[[str], bool | None]
) -> Iterator[Finding]:
    """Take freight, and the tax with it, off a total of which they are shown to be part."""
    paid = freight(draft, column)
    if not paid or "tax" not in roles:
        return
    goods = f"({net} - {' - '.join(map(draft.number_or_0, paid))})"
    if has_tax(goods) is True:
        made = f"{goods} - {tax_sql(draft, roles['tax'])}"
        before, after = draft.example(net, made, where=f"{net} <> 0")
        yield Finding(
            f"{column} is with {', '.join((*paid, *taxes(draft, roles['tax'])))}: the net amount is what is left; "
            f"{shown(before)} becomes {shown(after)}.",
            columns={"net_amount": None},
            derived={"net_amount": made},
            uses=(column, *paid, *taxes(draft, roles["tax"])),
        )
