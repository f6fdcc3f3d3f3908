"""Numbers as people and programs write them: the SQL that reads what a map declares, and nothing beside it.

A number is taken apart from outside inwards: marks of currency, words, signs in odd places; what is left must be digits
with one kind of separator in the right places, else it is no number.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import NamedTuple

from helpers.intake.reading.sql import literal
from helpers.intake.values.moments import ascii_sql, in_ascii, scripts_of
from helpers.settings.source import Notation, ValueFormat

_BLANK = "[ \u00a0\u2009\u202f]"
_APOSTROPHE = "['\u2019]"
#: Between a mark and its number; the signs and digits there, of other scripts too: their mark is read before they are.
_GAP = r"[ \x{a0}\x{2009}\x{202f}\x{3000}]*"
_SIGN, _DIGIT = "[-+(－＋（−]", "[0-9０-９٠-٩۰-۹०-९]"
_DASHES = "\u2212\u2013\u2012\uff0d\u25b2\u25b3"  # the triangles are the minus of Japanese accounts
#: Signs of currencies that mean one currency each; $ and ¥ are of several.
SURE_MARKS = {
    "€": "EUR", "£": "GBP", "₹": "INR", "₩": "KRW", "₫": "VND", "฿": "THB", "₽": "RUB", "₺": "TRY", "₪": "ILS",
    "US$": "USD", "HK$": "HKD", "A$": "AUD", "NT$": "TWD", "S$": "SGD", "CA$": "CAD",
    "zł": "PLN", "Kč": "CZK", "R$": "BRL", "Ft": "HUF", "₴": "UAH", "руб.": "RUB", "руб": "RUB",
    "원": "KRW", "円": "JPY", "CN¥": "CNY", "RMB": "CNY", "元": "CNY", "Rs.": "INR", "Rs": "INR",
    "Rp.": "IDR", "Rp": "IDR", "₱": "PHP", "₦": "NGN", "lei": "RON",
}  # fmt: skip
UNSURE_MARKS = {
    "$": ("USD", "CAD", "AUD"),
    "¥": ("CNY", "JPY"),
    "￥": ("CNY", "JPY"),
    "kr": ("SEK", "NOK", "DKK"),
}


class Seen(NamedTuple):
    """A notation as it is recognised in a text: what the map would declare, and its shape."""

    setting: str
    shape: re.Pattern[str]


#: Words behind a number that multiply it, and are no unit to leave out: 200K, 1.2 Mio.
_MULTIPLE = "[0-9] *([kKMB]|(?i:mio|mn|mrd|bn|tsd|lakhs?|lacs?|crores?))[.]?$"
#: Nearly all numbers are written so, with nothing to find in them.
_PLAIN = re.compile(r"[0-9]+([.][0-9]+)?")
_DIGITS = r"[0-9][0-9.,' \u2019\u00a0\u2009\u202f]*"
#: Currency codes that stand beside amounts.
_CODES = ("AED|ARS|AUD|BGN|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EUR|GBP|HKD|HUF|IDR|INR|JPY|KRW|MXN|"
          "MYR|NOK|NZD|PHP|PLN|RMB|RON|RUB|SEK|SGD|THB|TRY|TWD|USD|VND|ZAR")  # fmt: skip
_MARK = "|".join([*map(re.escape, sorted({*SURE_MARKS, *UNSURE_MARKS}, key=len, reverse=True)), _CODES])
#: In the order in which they are looked for; several may hold of one text.
SEEN: tuple[Seen, ...] = (
    Seen("minus_sign", re.compile(rf"[^0-9]*[{_DASHES}][^{_DASHES}]*[0-9].*|.*[0-9][{_DASHES}]")),
    Seen("parentheses", re.compile(rf"[^0-9()]*\([^()]*{_DIGITS}[^()]*\)[^0-9()]*")),
    Seen("minus_behind", re.compile(rf"[^-]*[0-9][^-]*[-{_DASHES}]\s*")),
    Seen("percent", re.compile(r".*[0-9]\s*[%％]\)?")),
    Seen("wan", re.compile(r".*[0-9]\s*[万亿萬億](元)?")),
    Seen("credit_minus", re.compile(r"(?i).*[0-9]\s*(Cr|Dr)\.?")),
    Seen("blank", re.compile(rf".*[0-9]{_BLANK}[0-9]{{3}}(?![0-9]).*")),
    Seen("apostrophe", re.compile(rf".*[0-9]{_APOSTROPHE}[0-9]{{3}}(?![0-9]).*")),
    Seen("lakh", re.compile(r"[^0-9]*[0-9]{1,2}(,[0-9]{2})+,[0-9]{3}(?![0-9]).*")),
)


def notations_of(text: str) -> tuple[set[str], str | None]:
    """Find the notations that a number is written in, and the currency mark beside it; none where it is no number."""
    if _PLAIN.fullmatch(text):
        return set(), None
    scripts, text = scripts_of(text), in_ascii(text)
    mark = mark_of(text)
    found = {*scripts, *(seen.setting for seen in SEEN if seen.shape.fullmatch(text))}
    if not re.search("[0-9]", text):
        return set(), None
    bare = text.strip() if mark is None else re.sub(re.escape(mark), "", text, count=1, flags=re.IGNORECASE)
    bare = re.sub(rf"(?i)[{_DASHES}()%％万亿萬億元+\s-]|\b(cr|dr)\b\.?", "", bare)
    if re.fullmatch(r"[0-9.,'\u2019]+", bare):
        return found, mark
    unit = re.fullmatch(r"-?[0-9][0-9.,]*\s*([^\W\d_]{1,8}\.?)", text.strip())
    times = re.search(_MULTIPLE, text.strip())
    return ({"unit"}, None) if unit and mark is None and not times else (set(), None)


def mark_of(text: str) -> str | None:
    """Return the currency sign or code that stands before or behind a number."""
    if _PLAIN.fullmatch(text):
        return None
    text = in_ascii(text)
    found = re.fullmatch(
        rf"(?i)[-+({_DASHES}\s]*(?P<before>{_MARK})\s*[-+({_DASHES}]?\s*[0-9].*|"
        rf".*[0-9)]\s*(?P<behind>{_MARK})[-)\s]*",
        text,
    )
    return None if found is None else found["before"] or found["behind"]


def number_shape(form: ValueFormat) -> str:
    """Return the regular expression of a bare number: digits, one kind of separator, and decimals."""
    point = form.decimal or "."
    declared = set(form.numbers or ())
    groups = [f"[{',' if point == '.' else '.'}]"] if form.decimal else []
    groups += [_BLANK] if "blank" in declared else []
    groups += [_APOSTROPHE] if "apostrophe" in declared else []
    whole = ["[0-9]+"] + [f"[0-9]{{1,3}}(?:{group}[0-9]{{3}})+" for group in groups]
    if "lakh" in declared:
        whole.append("[0-9]{1,2}(?:,[0-9]{2})*,[0-9]{3}")
    return f"[+-]?(?:{'|'.join(whole)})?(?:[{point}][0-9]+)?"


def number_sql(text: str, form: ValueFormat, target: str) -> str:
    """Write the SQL of a number in the declared notations; NULL where it is written otherwise."""
    declared = set(form.numbers or ())
    text = ascii_sql(text, declared)
    bare = _bare(text, declared, form.currency_marks or {})
    point = form.decimal or "."
    shape = number_shape(form).replace("'", "''")
    separators = "[ \u00a0\u2009\u202f''\u2019" + ("." if point == "," else ",") + "]"
    digits = f"replace(regexp_replace({bare}, '{separators}', '', 'g'), '{point}', '.')"
    if not declared and bare == text:  # nothing but a decimal mark is declared
        digits = f"replace(replace({text}, '{',' if point == '.' else '.'}', ''), '{point}', '.')"
    value = f"CASE WHEN regexp_full_match({bare}, '{shape}') THEN TRY_CAST({digits} AS {target}) END"
    if "percent" in declared:
        exact = f"TRY_CAST(TRY_CAST({digits} AS DECIMAL(24,8)) / 100 AS {target})"
        whole = f"CASE WHEN regexp_full_match({bare}, '{shape}') THEN {exact} END"
        value = f"CASE WHEN regexp_matches({text}, '[%％][)]?$') THEN {whole} ELSE {value} END"
    if "wan" in declared:
        times = f"CASE WHEN regexp_matches({text}, '[亿億]') THEN 100000000 ELSE 10000 END"
        big = f"TRY_CAST(TRY_CAST({digits} AS DECIMAL(18,8)) * {times} AS {target})"
        whole = f"CASE WHEN regexp_full_match({bare}, '{shape}') THEN {big} END"
        value = f"CASE WHEN regexp_matches({text}, '[万亿萬億]元?$') THEN {whole} ELSE {value} END"
    return value


def _bare(text: str, declared: Collection[Notation | str], marks: Mapping[str, str]) -> str:
    """Write the SQL of a number without what is declared to stand around it, its minus in front."""
    bare = text
    if "minus_sign" in declared:
        bare = f"translate({bare}, '{_DASHES}', '{'-' * len(_DASHES)}')"
    if marks:
        either = "|".join(re.escape(mark) for mark in sorted(marks, key=len, reverse=True)).replace("'", "''")
        bare = rf"regexp_replace({bare}, '^([-+(]?){_GAP}(?:{either}){_GAP}', '\1', 'i')"
        bare = rf"regexp_replace({bare}, '{_GAP}(?:{either})([-)]?)$', '\1', 'i')"
    if "wan" in declared:
        bare = rf"regexp_replace({bare}, '([0-9]) *[万亿萬億]元?$', '\1')"
    if "percent" in declared:
        bare = rf"regexp_replace({bare}, '([0-9])[ \x{{a0}}]*[%％]([)]?)$', '\1\2')"
    for setting, plus, minus in (("credit_minus", "Dr", "Cr"), ("debit_minus", "Cr", "Dr")):
        if setting in declared:
            bare = rf"regexp_replace({bare}, '([0-9]) *{plus}[.]?$', '\1', 'i')"
            bare = rf"regexp_replace({bare}, '^(.*[0-9]) *{minus}[.]?$', '-\1', 'i')"
    if "unit" in declared:
        word = rf"regexp_replace({bare}, '([0-9]) *\p{{L}}+[.]?$', '\1')"
        bare = f"CASE WHEN regexp_matches({bare}, '{_MULTIPLE}') THEN {bare} ELSE {word} END"
    if "minus_behind" in declared:
        bare = rf"regexp_replace({bare}, '^([^-]*[0-9][.]?) *-$', '-\1')"
    if "parentheses" in declared:
        bare = rf"regexp_replace({bare}, '^[(] *([^()-]+?) *[)]$', '-\1')"
    return bare


def currency_sql(text: str, marks: Mapping[str, str]) -> str:
    """Write the SQL of the currency that a mark beside a number names; NULL where there is none."""
    cases = []
    for mark in sorted(marks, key=len, reverse=True):
        shape = re.escape(mark).replace("'", "''")
        before, behind = (
            rf"^{_SIGN}?{_GAP}{shape}[^\p{{L}}]*{_DIGIT}.*$",
            rf"^.*({_DIGIT}|[)）]){_GAP}{shape}[-)－）]?$",
        )
        beside = f"(?i){before}|{behind}"
        cases.append(f"WHEN regexp_matches({text}, '{beside}') THEN {literal(marks[mark])}")
    return f"CASE {' '.join(cases)} END"


def declaration(texts: Collection[str]) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Find the notations of numbers, and the marks of currency, each with the texts that have it."""
    notations: dict[str, list[str]] = {}
    marks: dict[str, list[str]] = {}
    for text in texts:
        found, mark = notations_of(text)
        for setting in sorted(found):
            notations.setdefault(setting, []).append(text)
        if mark is not None:
            marks.setdefault(mark, []).append(text)
    return notations, marks
