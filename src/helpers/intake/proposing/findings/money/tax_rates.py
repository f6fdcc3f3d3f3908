"""Rates of a tax: which are usual, which column holds them, and how they are written in words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from helpers.intake.proposing.layouts.heads import amount, decimal_mark

#: Rates of value added and sales tax that are or were usual, in percent.
RATES = (
    *(Decimal(rate) for rate in (*range(1, 26), 27, 28)),
    *map(Decimal, ("2.1", "4.8", "5.5", "7.7", "8.1")),
)
#: Heads of a tax and of its rates; a rate in words, as ``20% Standard``; and words for none.
TAX_HEAD = re.compile(
    r"(?i)(?<![^\W_])(tax|vat|gst|iva|tva|mwst|ust|btw|moms|mva|dph|ddv|pdv|kdv|ppn|áfa|alv|ндс|пдв|φπα|igv)(?![^\W_])|"
    r"steuer|税|稅|부가세|세율|מע\"מ|ภาษี|ضريبة|thuế"
)
RATE = re.compile(r"([0-9]{1,2}([.,][0-9]{1,2})?) ?[%％]")
UNTAXED = re.compile(
    r"(?i)0([.,]0+)?|zw\.?|np\.?|oo|exempt\w*|zero([ -]?rated)?|none|nil|no (vat|tax|gst)|out of scope|export|"
    r"reverse[ -]charge|(steuer)?frei|befreit|exon[eé]r[eé]\w*|esente|exento|isento|vrij(gesteld)?|без ндс|"
    r"не облагается|免税|免稅|不征税|非課税|不課税|対象外|면세|영세"
)
#: A list has so many rates, each beside so many amounts: a tax is always of one amount.
_FEW_RATES, _AMOUNTS_OF_ONE_RATE = 4, 3


def are_rates(texts: Sequence[str], beside: Sequence[str]) -> bool:
    """Whether what is called a tax is its rate: by a mark, or as one usual rate stands beside many amounts."""
    filled = [text for text in dict.fromkeys(texts) if text]
    if any(RATE.search(text) for text in filled):
        return all(RATE.search(text) or UNTAXED.fullmatch(text.strip()) for text in filled)
    values = {text: amount(text, decimal_mark(filled)) for text in filled}
    if not beside or len(filled) > _FEW_RATES or not {*values.values()} <= {Decimal(0), *RATES}:
        return False
    amounts: dict[str, set[str]] = {}
    for text, other in zip(texts, beside, strict=True):
        amounts.setdefault(text, set()).add(other.lstrip("-"))
    return any(values.values()) and all(len(amounts[text]) >= _AMOUNTS_OF_ONE_RATE for text in filled)
