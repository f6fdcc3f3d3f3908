"""Candidate pairs for record linkage: records that share a rare key (blocking), joined by the engine.

A key is a tax number, a phone, an address, a name without its legal form (in any word order), a name with any one
character deleted (so that names one edit apart share a key), or a rare word of names.
"""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc
from ibis.backends.sql import SQLBackend

from helpers.engine.connection import temporary_cursor

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


#: Numbers, phones and addresses shared by more records are not keys (a group's, a market hall's).
MOST_WITH_ONE_NUMBER: Final = 20
#: The same of names; of names with a character left out; and of words.
MOST_WITH_ONE_NAME, MOST_NEAR, MOST_WITH_ONE_WORD = 60, 40, 20
#: Days between the end of an old number and the start of a new one, and days of overlap, that still match.
FOLLOWS_DAYS: Final = 366
TOGETHER_DAYS: Final = 45
_ROWS_A_BATCH: Final = 400_000

#: What `compared` needs of each customer, by column.
RECORD: Final = pa.schema(
    [
        ("customer_id", pa.string()), ("name", pa.string()), ("tax_number", pa.string()), ("phone", pa.string()),
        ("address", pa.string()), ("place", pa.string()), ("town", pa.string()), ("salesperson_id", pa.string()),
        ("trade_class", pa.string()), ("first_purchase", pa.date32()), ("last_purchase", pa.date32()),
        ("mean_gap_days", pa.float64()), ("net_amount_day", pa.float64()),
    ]
)  # fmt: skip


@contextmanager
def candidates(engine: SQLBackend, records: pa.Table) -> Iterator[Iterator[pa.RecordBatch]]:
    """Yield batches of pairs that share a key, with both records' compared columns.

    Left out are pairs with different tax numbers, with names that distinguish branches, and pairs that share only a
    name if both are in use at once or the later began more than a year after.

    Parameters
    ----------
    engine
        The memory is the engine's, and what is made in it is gone at the end.
    records
        One row a customer, of `RECORD`'s columns, by customer_id.
    """
    texts = ("name", "tax_number", "phone", "address", "place", "town")
    for name in texts:
        place = records.schema.get_field_index(name)
        records = records.set_column(place, name, fold_texts(records[name]))
    with temporary_cursor(engine) as own:
        own.register("raw_records", records)
        for statement in _STATEMENTS:
            own.execute(statement)
        yield iter(own.execute(_COMPARED).arrow(_ROWS_A_BATCH))


def _count(column: str) -> str:
    count = f"count(*) OVER (PARTITION BY {column})"
    return f"CASE WHEN {column} IS NULL THEN 0 ELSE {count} END::INTEGER AS {column}_count"


_KNOWN = f"""
CREATE TEMP TABLE identity_records AS
WITH named AS (
    SELECT customer_id, row_number() OVER (ORDER BY customer_id)::INTEGER AS i, {name_sql("name")} AS core,
           {tax_sql("tax_number")} AS tax, {phone_sql("phone")} AS phone,
           {address_sql("address")} AS street, nullif(trim(place), '') AS place,
           nullif(trim(town), '') AS town, salesperson_id, trade_class,
           first_purchase, last_purchase, mean_gap_days, net_amount_day
    FROM raw_records),
known AS (
    SELECT * EXCLUDE (street), street || coalesce('|' || town, '') AS address, replace(core, ' ', '') AS joined,
           array_to_string(list_sort(string_split(core, ' ')), ' ') AS in_order, {marks_sql("core")} AS marks,
           regexp_matches(core, '\\p{{Han}}') AS is_han
    FROM named)
SELECT *, {_count("in_order")}, {_count("tax")}, {_count("phone")}, {_count("address")} FROM known
"""

_WORDS = """SELECT hash('word', word) AS k, i FROM (
    SELECT DISTINCT i, word FROM (
        SELECT i, unnest(string_split(core, ' ')) AS word FROM identity_records WHERE NOT is_han
        UNION ALL
        SELECT i, unnest([substr(joined, place::INTEGER, 3) FOR place IN range(1, length(joined) - 1)])
        FROM identity_records WHERE is_han AND length(joined) >= 3)
    WHERE length(word) >= 4 OR (length(word) = 3 AND regexp_matches(word, '\\p{Han}')))"""

_NEAR = """SELECT hash('near', k) AS k, i FROM (
    SELECT DISTINCT i, unnest([substr(joined, 1, place::INTEGER) || substr(joined, place::INTEGER + 2)
                               FOR place IN range(0, length(joined))] || [joined]) AS k
    FROM identity_records WHERE length(joined) BETWEEN 5 AND 60)"""


def _shared(keys: str, most: int) -> str:
    """Return the SQL of pairs of records that share a key held by at most so many records."""
    return f"""
INSERT INTO identity_pairs
WITH keys AS MATERIALIZED ({keys}),
few AS MATERIALIZED (SELECT k, list(i) AS members FROM keys GROUP BY k HAVING count(*) BETWEEN 2 AND {most}),
blocks AS (SELECT unnest(members) AS i, members FROM few),
pairs AS (SELECT DISTINCT i, j FROM (SELECT i, unnest(members) AS j FROM blocks) WHERE i < j)
SELECT i, j FROM pairs JOIN identity_records a USING (i)
    JOIN (SELECT * RENAME (i AS j) FROM identity_records) b USING (j)
WHERE {_WORTH}"""


_ONE_NUMBER = " OR ".join(
    f"coalesce(a.{column} = b.{column} AND a.{column}_count <= {MOST_WITH_ONE_NUMBER}, FALSE)"
    for column in ("tax", "phone", "address")
)
_STARTED = "greatest(a.first_purchase, b.first_purchase)"
_STOPPED = "CASE WHEN a.first_purchase <= b.first_purchase THEN a.last_purchase ELSE b.last_purchase END"
_BETWEEN = f"date_diff('day', {_STOPPED}, {_STARTED})"
_FOLLOWS = f"coalesce({_BETWEEN} BETWEEN -{TOGETHER_DAYS} AND {FOLLOWS_DAYS}, FALSE)"
_WORTH = f"""coalesce(a.tax = b.tax, TRUE)
    AND ({_ONE_NUMBER} OR (a.marks IS NOT DISTINCT FROM b.marks AND {_FOLLOWS}))"""

_STATEMENTS: Final = (
    _KNOWN,
    "CREATE TEMP TABLE identity_pairs (i INTEGER, j INTEGER)",
    *itertools.starmap(
        _shared,
        [
            *(
                (
                    f"SELECT hash('{column}', {column}) AS k, i FROM identity_records "
                    f"WHERE {column} IS NOT NULL",
                    most,
                )
                for column, most in (
                    ("tax", MOST_WITH_ONE_NUMBER),
                    ("phone", MOST_WITH_ONE_NUMBER),
                    ("address", MOST_WITH_ONE_NUMBER),
                    ("in_order", MOST_WITH_ONE_NAME),
                )
            ),
            (_NEAR, MOST_NEAR),
            (_WORDS, MOST_WITH_ONE_WORD),
        ],
    ),
)


def _same(column: str) -> str:
    return f"a.{column} = b.{column} AS same_{column}"


_COMPARED: Final = f"""
SELECT a.customer_id, b.customer_id AS other_id, a.joined, b.joined AS other_joined,
    a.in_order, b.in_order AS other_in_order, a.core, b.core AS other_core, a.is_han OR b.is_han AS is_han,
    a.marks IS NOT DISTINCT FROM b.marks AS same_marks,
    greatest(a.in_order_count, b.in_order_count) AS name_count, a.tax_count, a.phone_count, a.address_count,
    {_same("tax")}, {_same("phone")}, {_same("address")}, {_same("place")}, {_same("town")}, {_same("salesperson_id")},
    {_same("trade_class")},
    a.first_purchase, b.first_purchase AS other_first_purchase, a.last_purchase, b.last_purchase AS other_last_purchase,
    a.mean_gap_days, b.mean_gap_days AS other_mean_gap_days, a.net_amount_day, b.net_amount_day AS other_net_amount_day
FROM (SELECT DISTINCT i, j FROM identity_pairs) JOIN identity_records a USING (i)
    JOIN (SELECT * RENAME (i AS j) FROM identity_records) b USING (j)
ORDER BY a.customer_id, other_id
"""
