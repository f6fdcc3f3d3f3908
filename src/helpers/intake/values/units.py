"""What a head says of the numbers below it: how many units one is, and of which currency, in many languages."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache

#: What stands in brackets at the end of a head.
BRACKETS = re.compile(r"\s*[(（\[【]([^()（）\[\]【】]*)[)）\]】]\s*$")

#: What a word beside a number says of its currency: word -> code.
CURRENCY_MARKS = {
    "元": "CNY", "人民币": "CNY", "人民币元": "CNY", "rmb": "CNY", "cny": "CNY", "eur": "EUR", "€": "EUR",
    "euro": "EUR", "euros": "EUR", "欧元": "EUR", "евро": "EUR",
    "usd": "USD", "us$": "USD", "美元": "USD", "美金": "USD", "ドル": "USD", "gbp": "GBP", "£": "GBP",
    "英镑": "GBP", "chf": "CHF", "sfr": "CHF", "jpy": "JPY", "日元": "JPY", "円": "JPY", "日圓": "JPY", "hkd": "HKD",
    "hk$": "HKD", "港币": "HKD", "港元": "HKD", "inr": "INR", "₹": "INR", "rs": "INR", "aud": "AUD", "cad": "CAD",
    "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN", "zł": "PLN", "mxn": "MXN", "brl": "BRL", "r$": "BRL",
    "krw": "KRW", "₩": "KRW", "원": "KRW", "sgd": "SGD", "twd": "TWD", "nt$": "TWD", "台币": "TWD", "新台币": "TWD",
    "zar": "ZAR", "try": "TRY", "₺": "TRY", "rub": "RUB", "руб": "RUB", "₽": "RUB", "kč": "CZK", "rp": "IDR",
    "₫": "VND", "vnđ": "VND", "đồng": "VND", "บาท": "THB", "฿": "THB", "грн": "UAH", "₴": "UAH", "₪": "ILS",
    **{code.lower(): code for code in ("AED", "ARS", "CLP", "COP", "CZK", "HUF", "IDR", "ILS", "MYR", "NZD", "PHP",
                                       "RON", "THB", "UAH", "VND")},
}  # fmt: skip
#: Marks that several currencies have, and fillers: they say that money is meant.
_OPEN_MARKS = ("$", "¥", "￥", "kr", "tl", "ft", "lei")

_SIZES: tuple[tuple[int | Decimal, str], ...] = (
    (Decimal("0.01"), "分 cents cent pence minor centimes"),
    (Decimal("0.1"), "角"),
    (100, "百 hundred hundreds"),
    (1_000, "千 k t tsd tausend thousand thousands 000 000s milliers millier miles mila migliaia mille tys тыс тысяч "
            "тис хил tis tisíc tisíce ezer e ribu rb nghìn ngàn พัน 천 duizend tusen tusind bin mii χιλ אלפי ألف "
            "tuhatta mil 1000 1.000"),
    (10_000, "万 萬 만"),
    (100_000, "lakh lakhs lac lacs"),
    (1_000_000, "百万 百萬 m mm mio mn mln million millions millones milhões milhoes milioni miljoen milyon mil mi "
                "млн juta jt triệu ล้าน 백만 millió milionů εκατ מיליון مليون milj"),
    (10_000_000, "crore crores cr"),
    (100_000_000, "亿 億 억"),
    (1_000_000_000, "bn billion billions mrd mld milliarden miliard млрд tỷ"),
)  # fmt: skip
#: What a word beside a number says of its size: word -> how many units one is.
MULTIPLES: dict[str, int | Decimal] = {}
for _times, _words in _SIZES:
    for _word in _words.split():
        MULTIPLES.setdefault(_word, _times)
#: Sizes that are words of other meanings unless a currency stands beside them, and those of which it decides.
_BESIDE_CURRENCY = {"e", "cr", "mil", "mi", "bin", "tis", "mila", "mille", "mii", "mm", "rb", "jt"}
_OF_CURRENCY = {("mil", "CZK"): 1_000_000, ("mil", "RON"): 1_000_000}
_FILLERS = {"in", "en", "di", "de", "of", "w", "v", "em", "i", "в", "à", "as", "x", "units", "unit", "单位"}
_WORD = r"[^\s,，、_/:：()（）\[\]-]+"
#: The last words of a head, which stand behind others.
_TAILS = [re.compile(rf"(?<=[\s,，_:-])(?:{_WORD}[\s,_-]+){{{count}}}{_WORD}$") for count in (2, 1, 0)]
#: Of Chinese and Japanese, whose words no blanks part.
_CJK_TAIL = re.compile(r"(?:[百千万亿萬億]+[元円]|美元|人民币|欧元|港币|日元)$")
#: Codes and marks of a currency that stand for it behind a head, without brackets and without a size.
_ALONE = {mark for mark in CURRENCY_MARKS if re.fullmatch("[a-z]{3}", mark)} | {"€", "£", "us$", "₹"}
_PER = re.compile(r"(?i)(?:\b(?:per|je|pro|por|pour|for|за)|/|每)\s*$")


@lru_cache(maxsize=4096)
def unit(head: str) -> tuple[int | Decimal, str | None, str]:
    """Take apart what a head says of its numbers, as ``销售额（万元）``, ``Sales k EUR`` or ``Сумма, тыс. руб.``.

    Returns
    -------
    tuple
        How many units one is; the currency's code or None; and what said so, empty where nothing does.
    """
    bare = head.strip()
    found = [(match[1], True) for match in re.finditer(r"[(（\[【]([^()（）\[\]【】]*)[)）\]】]", bare)]
    found += [(text, False) for text in _tails(bare)]
    for text, in_brackets in found:
        if (read := _read(text, in_brackets)) is not None:
            return *read, text.strip()
    return 1, None, ""


def without_unit(head: str) -> str:
    """Return a head without what stands behind it, not in brackets, of its size and currency."""
    for text in _tails(head.strip()):
        if _read(text, in_brackets=False) is not None:
            return head.strip()[: -len(text)].rstrip(" ,，_:-")
    return head


def _tails(head: str) -> list[str]:
    """List what may be a unit behind a head, the longest first."""
    matches = [*(pattern.search(head) for pattern in _TAILS), _CJK_TAIL.search(head)]
    return [
        match[0] for match in matches if match and match.start() and not _PER.search(head[: match.start()])
    ]


def _read(text: str, in_brackets: bool) -> tuple[int | Decimal, str | None] | None:
    """Read a text that says a size, a currency, or both, and nothing else."""
    words = [word.strip(".'’`()") for word in re.split(r"[\s,，、_/:：-]+", text.lower())]
    size: int | Decimal | None = None
    code: str | None = None
    name, has_mark = "", False
    said = [word for word in words if word and word not in _FILLERS]
    is_bare = len(said) == sum(map(bool, words))
    for word in said:
        parsed = _parts(word)
        if parsed is None or (parsed[0] and name) or (parsed[1] and has_mark):
            return None
        if parsed[0]:
            name, size = parsed[0], MULTIPLES[parsed[0]]
        if parsed[1]:
            has_mark, code = True, CURRENCY_MARKS.get(parsed[1])
    if name in _BESIDE_CURRENCY and (not has_mark or (name == "cr" and code not in (None, "INR"))):
        return None
    if size is None:
        alone = has_mark and code and (in_brackets or " ".join(said) in _ALONE)
        return (1, code) if alone else None
    if (
        is_bare
        and not has_mark
        and (name[0] == "1" or (len(name) == 1 and name.isascii() and not in_brackets))
    ):
        return None
    return _OF_CURRENCY.get((name, code or ""), size), code


def _parts(word: str) -> tuple[str, str] | None:
    """Part a word into a size and a currency: ``keur``, ``万元``, ``us$m``, ``тыс``, ``€``."""
    word = word.replace("'", "").replace("’", "")
    if word in MULTIPLES:
        return word, ""
    for mark in sorted((*CURRENCY_MARKS, *_OPEN_MARKS), key=len, reverse=True):
        for rest in (word.removesuffix(mark), word.removeprefix(mark)) if mark in word else ():
            if rest != word and (not rest or rest in MULTIPLES):
                return rest, mark
    return None
