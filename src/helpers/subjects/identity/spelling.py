"""Normalization of names, tax numbers, phones and addresses for comparison.

Unicode normalization (width, accents) is done in Arrow, the rest in SQL over whole columns.
"""

from __future__ import annotations

from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

#: Legal forms as words, after accents, dots and case are gone: ``S.A.R.L.`` is ``sarl`` by then.
_LEGAL_WORDS: Final = (
    "joint stock company|limited liability company|public limited company|"
    "gmbh|mbh|ggmbh|ag|kg|kgaa|ohg|gbr|ug|eg|ev|ek|haftungsbeschrankt|"
    "ltd|limited|plc|llp|llc|lp|inc|incorporated|corp|corporation|co|company|cie|pty|pte|pvt|private|"
    "sa|sas|sasu|sarl|eurl|snc|sci|srl|spa|sl|slu|sau|sapi|sc|lda|ltda|eireli|"
    "bv|nv|vof|cv|bvba|ab|as|asa|aps|oy|oyj|hf|ehf|sp z o o|spzoo|sro|doo|kft|zrt|ooo|oao|zao|pao|"
    "sdn|bhd|pt|tbk|kk|yk|jsc|pjsc|se|holding|holdings|group|gruppe|groupe|grupo|gruppo"
)
_FILLERS: Final = "the|and|und|et|og|och|y|e|en|of|de|du|des|der|die|das|la|le|les"
#: Chinese forms, the longer before the shorter; those of a sole trader (商行 ...) only where a name ends.
_LEGAL_HAN: Final = (
    "集团股份有限公司|集团有限责任公司|集团有限公司|股份有限公司|有限责任公司|股份公司|有限公司|總公司|总公司|"
    "股份有限|有限合伙|普通合伙|特殊普通合伙|个人独资企业|个体工商户|株式会社|有限会社|合同会社|集团|公司"
)
_TRADER_HAN: Final = "商行|经营部|门市部|批发部|营业部|商店|经销部"

#: Words that, besides numbers, distinguish branches of one business; never a typing error.
_BRANCH_WORDS: Final = (
    "north|northern|south|southern|east|eastern|west|western|northeast|northwest|southeast|southwest|central|"
    "nord|sud|ost|est|ouest|oeste|norte|sur|este|mitte|centre|center|upper|lower|old|new|uptown|downtown|"
    "branch|filiale|filial|niederlassung|zweigstelle|zweigniederlassung|succursale|agence|sucursal|depot|outlet|"
    "hq|headquarters|warehouse|ii|iii|iv|vi|vii|viii|ix|[b-z]"
)

_FOLDED: Final = (("ß", "ss"), ("ø", "o"), ("æ", "ae"), ("œ", "oe"), ("đ", "d"), ("ł", "l"), ("ı", "i"))


def fold_texts(texts: pa.ChunkedArray | pa.Array) -> pa.Array:
    """Return texts in lower case, half width and without accents."""
    array = texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts
    array = pc.utf8_lower(pc.utf8_normalize(array.cast(pa.string()), form="NFKD"))
    array = pc.replace_substring_regex(array, pattern=r"\p{Mn}+", replacement="")
    for letter, plain in _FOLDED:
        array = pc.replace_substring(array, pattern=letter, replacement=plain)
    return pc.utf8_normalize(array, form="NFKC")


def _replaced(text: str, *steps: tuple[str, str]) -> str:
    """Return SQL that applies regular-expression replacements in order."""
    for pattern, by in steps:
        text = f"regexp_replace({text}, '{pattern}', '{by}', 'g')"
    return text


def name_sql(name: str) -> str:
    """Return the SQL of a folded name without legal form and punctuation; unchanged if nothing remains."""
    dotted = _replaced(name, (r"\b([a-z])\.", r"\1"), ("[''’`´]", ""), ("分公司", "分店"))
    plain = _replaced(dotted, (r"[^\p{L}\p{N}]+", " "))
    stripped = _replaced(
        dotted,
        (_LEGAL_HAN, " "),
        (r"[^\p{L}\p{N}]+", " "),
        (rf"({_TRADER_HAN})( |$)", " "),
        (rf"\b({_LEGAL_WORDS})\b", " "),
        (rf"^ *a |\b({_FILLERS})\b", " "),
    )
    return f"coalesce(nullif({_joined(stripped)}, ''), nullif({_joined(plain)}, ''))"


def _joined(text: str) -> str:
    """Return SQL that leaves one blank between words, and none between Chinese characters."""
    close = (r"(\p{Han}) +(\p{Han})", r"\1\2")
    return f"trim({_replaced(text, (' +', ' '), close, close)})"


def marks_sql(core: str) -> str:
    """Return the SQL of the parts of a `name_sql` that distinguish branches: numbers, branch words, 一店, 东 and 西."""
    numbers = _replaced(
        f"array_to_string(list_sort(regexp_extract_all({core}, '[0-9]+')), ' ')", (r"\b0+", "")
    )
    words = f"array_to_string(list_sort(regexp_extract_all({core}, '\\b({_BRANCH_WORDS})\\b')), ' ')"
    # 五金 (hardware) is the trade of half the customers, and no five.
    han = f"array_to_string(regexp_extract_all(replace({core}, '五金', ''), '[一二三四五六七八九十东南西北東]'), '')"
    shop = f"regexp_extract({core}, '([^商酒书饭药]{{0,4}})店$', 1)"
    branch = f"CASE WHEN {core} LIKE '%分店%' THEN '分' ELSE '' END"
    return f"concat_ws('/', {numbers}, {words}, {han}, {shop}, {branch})"


def tax_sql(tax: str) -> str:
    """Return the SQL of a normalized tax number; NULL if it cannot be one.

    Country letters in front of digits are dropped. Of a Chinese unified code (18 characters) and of the older number
    (15) the nine characters of the organisation code are used, which both contain.
    """
    bare = _replaced(tax, ("[^a-z0-9]+", ""))
    bare = (
        f"CASE WHEN regexp_full_match({bare}, '[a-z]{{2}}[0-9]{{5,}}') THEN substr({bare}, 3) ELSE {bare} END"
    )
    return f"""CASE WHEN length({bare}) < 5 OR regexp_full_match({bare}, '0*|1+|9+|x+|n+a*|(12345)6?7?8?9?0?')
        OR NOT regexp_matches({bare}, '[0-9]') THEN NULL
        WHEN regexp_full_match({bare}, '[0-9a-z]{{2}}[0-9]{{6}}[0-9a-z]{{10}}') THEN substr({bare}, 9, 9)
        WHEN regexp_full_match({bare}, '[0-9]{{6}}[0-9a-z]{{9}}') THEN substr({bare}, 7, 9) ELSE {bare} END"""


def phone_sql(phone: str) -> str:
    """Return the SQL of a normalized phone number: its last ten digits without extension; NULL: no number."""
    digits = _replaced(
        phone, ("(ext|extension|x|转|分机|durchwahl|poste)[ .:]*[0-9]+ *$", ""), ("[^0-9]+", "")
    )
    digits = f"right(ltrim({digits}, '0'), 10)"
    placeholder = f"regexp_full_match({digits}, '(0+|1+|9+|8+|1?2345678?9?0?)')"
    return f"CASE WHEN length({digits}) < 7 OR {placeholder} THEN NULL ELSE {digits} END"


def address_sql(address: str) -> str:
    """Return the SQL of an address without suite, floor or room; NULL without a house number."""
    rooms = (
        r"(#|\b(suite|ste|unit|apt|apartment|room|rm|floor|fl|flat|level|etage|stock|zimmer|top|piso|local|bureau|"
        r"lot|building|bldg|hall|stand|shop|p ?o ?box)\b)[ .:#-]*[a-z]?[0-9]*[a-z]?\b"
    )
    han = "([a-z]?[0-9一二三四五六七八九十]+ *(室|层|楼|单元|幢|栋|座|铺|档|号铺|房|f))+"
    words = (
        (r"strasse\b|str\b", "str"), (r"\bstreet\b", "st"), (r"\broad\b", "rd"), (r"\bavenue\b", "ave"),
        (r"\bboulevard\b", "blvd"), (r"\bdrive\b", "dr"), (r"\blane\b", "ln"),
    )  # fmt: skip
    bare = _replaced(address, (rooms, " "), (han, ""), (r"[0-9]+(st|nd|rd|th) (floor|fl)\b", " "), *words)
    bare = _replaced(bare, (r"[^\p{L}\p{N}]+", ""))
    return f"CASE WHEN length({bare}) < 6 OR NOT regexp_matches({bare}, '[0-9]') THEN NULL ELSE {bare} END"
