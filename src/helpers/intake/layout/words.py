"""Words of rows that are no data: totals, page numbers, signatures."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

#: exact: the cell says no more; part: it names what it is the total of; weak: it may as well be a name.
Strength = Literal["exact", "part", "weak"]

_LATIN = (
    "grand total", "sub total", "subtotal", "sub-total", "totals", "total", "running total", "page total",
    "report total", "carried forward", "brought forward", "gesamtsumme", "zwischensumme", "endsumme",
    "gesamtergebnis", "summe", "gesamt", "ergebnis", "übertrag", "total général", "sous-total", "sous total",
    "total general", "suma total", "suma", "subtotale",
    "totale generale", "totale", "totaal", "subtotaal", "razem", "ogółem", "итого", "всего", "toplam", "genel toplam",
    "result", "overall result", "sum", "celkem", "spolu", "összesen", "yhteensä", "summa", "totalt", "i alt", "łącznie",
    "ukupno", "σύνολο", "tổng cộng", "tổng", "cộng", "jumlah", "รวม", "รวมทั้งสิ้น",
    'סה"כ', "סה״כ", "الإجمالي", "المجموع",
    "opening balance", "closing balance", "balance brought forward", "balance carried forward", "anfangssaldo",
    "endsaldo", "saldo inicial", "saldo final",
)  # fmt: skip
_CHINESE = (
    "承前页", "过次页", "上页结转", "转下页", "合计", "小计", "总计", "总合计", "累计", "共计",
    "汇总", "期初余额", "期末余额", "期初結存", "計", "合計", "小計", "総計", "總計", "总额合计",
    "합계", "소계", "총계",
)  # fmt: skip
#: What may stand before a Chinese word and leave it a total of its own: 本页合计, 本月累计.
_BEFORE = "(?:本页|本月|本年|本期|本日|当前|全部|单据|客户)?"
_EXACT = re.compile(rf"(?:{'|'.join(map(re.escape, _LATIN))}|{_BEFORE}(?:{'|'.join(_CHINESE)}))")
_WORD = "|".join(map(re.escape, _LATIN))
_PART = re.compile(
    rf"(?P<before>(?:{_WORD})\s+(?:for|of|für|pour|por|para|per|voor|dla|za|pro|för|de|di|av|af)\s+).+|"
    rf".*\S(?P<after>[\s:：\-]+(?:{_WORD}))|.*\S(?P<behind>\s*(?:{'|'.join(_CHINESE)}))"
)
_WEAK = re.compile(rf"(?P<before>(?:{_WORD})[\s:：\-]+).+|(?P<chinese>(?:{'|'.join(_CHINESE)})[\s:：\-]+).+")
_LETTER = re.compile(r"[^\W\d_]")
#: Lines of a page that are of no row: its number, who made and signed it, when.
FOOTER = re.compile(
    r"(?i).*\b(page|seite|página|pagina|strona)\s*:?\s*[0-9]+.*|.*第\s*[0-9]+\s*[页頁].*|"
    r"[-–\s]*[0-9]+\s*(/|of|von)\s*[0-9]+[-–\s]*|"
    r".*(制单|制表|审核|复核|打印|经办|主管|签字|盖章|会计|出纳|作成|承認)\s*(人|者|日期|时间)?\s*[:：].*|"
    r".*\b(printed|created|generated|exported|prepared|approved|checked|signature|signed|gedruckt|erstellt|imprimé|"
    r"impreso|accrual basis|cash basis|end of report|continued|confidential)\b.*"
)


#: Rows of figures about the rows above, which are no sum of them; Max may be a name as well.
_STATISTICS = re.compile(
    r"averages?|avg|mean|median|max(imum)?|min(imum)?|count|std\.? ?dev(iation)?|ø|durchschnitt|mittelwert|anzahl|"
    r"moyenne|médiane|nombre|promedio|media|mediana|m[ií]nimo|m[aá]ximo|média|conteo|gemiddelde|aantal|średnia|liczba|среднее|"
    r"средняя|количество|ortalama|átlag|průměr|medel(värde)?|genomsnitt|gennemsnit|gjennomsnitt|keskiarvo|rata-rata|"
    r"trung bình|μέσος όρος|평균|최대|최소|ค่าเฉลี่ย|平均[値值数]?|均值|中位数|最[大小][値值]?|最[高低]|个数|計数|计数"
)


def is_statistic(text: str) -> bool:
    """Whether a cell reads as the name of a figure about other rows: an average, a largest value, a count."""
    return _STATISTICS.fullmatch(bare(text)) is not None


def bare(text: str) -> str:
    """Return a cell without what is put around a word: colons, stars, blanks within Chinese words; in small letters."""
    text = re.sub(r"(?<=[\u3040-\u9fff\uac00-\ud7af])\s+(?=[\u3040-\u9fff\uac00-\ud7af])", "", text.strip())
    return re.sub(r"^[\s:：*=()（）\-]+|[\s:：*=()（）\-.]+$", "", text).lower()


@lru_cache(maxsize=100_000)
def total_word(text: str) -> Strength | None:
    """Whether a cell reads as that of a total, and how surely."""
    if re.fullmatch(r"\*{1,4}|[∑Σ]", text.strip()):
        return "exact"  # so the lists of SAP mark totals
    if _LETTER.search(text) is None:  # as numbers and days, which most cells are
        return None
    plain = bare(text)
    if not plain or len(plain) > 80:
        return None
    if _EXACT.fullmatch(plain):
        return "exact"
    if _PART.fullmatch(plain):
        return "part"
    return "weak" if _WEAK.fullmatch(plain) else None


def is_starred(text: str) -> bool:
    """Whether a cell is an amount behind the star of a total, as the lists of SAP have it: ``* 1.330,50``."""
    return text.startswith("*") and re.fullmatch(r"\*{1,9}\s*[-\d.,' ]+", text) is not None


def total_pattern(text: str) -> tuple[str, str] | None:
    """Return what makes a cell a total, as it is written: ``("before", "Total for ")``, ``("after", " 小计")``."""
    plain = text.strip()
    match = _PART.fullmatch(plain.lower()) or _WEAK.fullmatch(plain.lower())
    if match is None:
        return None
    groups = match.groupdict()
    for name, kind in (("before", "before"), ("chinese", "before"), ("after", "after"), ("behind", "after")):
        if groups.get(name):
            start, end = match.span(name)
            return kind, plain[start:end]
    return None


_ALONE = (
    *_LATIN,
    *_CHINESE,
    *(f"{before}{word}" for before in ("本页", "本月", "本年") for word in ("合计", "小计", "累计")),
)


def spellings() -> list[str]:
    """List the words that stand alone, as the check of staged rows looks for them."""
    words = dict.fromkeys(
        form + end for word in _ALONE for form in (word, word.title(), word.upper(), word.capitalize())
        for end in ("", ":", "：")
    )  # fmt: skip
    return list(words)
