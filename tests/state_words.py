"""Reads the pages of a pack as a reader does, and collects the counts that each word for a state of customers has."""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

from bs4 import BeautifulSoup, Tag
from openpyxl import load_workbook

from helpers.subjects.card.index_views import MOST_ROWS

#: What the pages call a state -> how a sentence may say it.
ENGLISH = {
    "Active": "active", "Won back": "won back", "Slowing": "slowing",
    "Order overdue": "order overdue|order is overdue|orders are overdue", "At risk": "at risk", "Lapsed": "lapsed",
    "Lost": "lost", "Never bought": "never bought",
}  # fmt: skip
CHINESE = dict.fromkeys(
    ("活跃", "已挽回", "购买放缓", "到期未购", "有流失风险", "沉寂", "流失", "从未购买"), r"(?!x)x"
)
#: Heads of columns that count customers, and of tables that tell of another day.
_COUNTED, _EARLIER = {"Customers", "客户数"}, {"A month ago", "一个月前"}
_ALL = {"All", "Total", "全部", "合计"}
Places = dict[str, dict[int, list[str]]]
#: Pages that show the states.
PAGES = ("index", "04_", "05_")


def counts_in(pack: Path, words: dict[str, str] = ENGLISH) -> Places:
    """Return word -> count -> where it stands, over all pages, the workbook of tables and the list of customers."""
    found: Places = defaultdict(lambda: defaultdict(list))
    for page in sorted(pack.glob("*.html")):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for useless in soup.find_all(["style", "script"]):
            useless.decompose()
        for table in soup.find_all("table"):
            rows = [[_said(cell) for cell in row.find_all(["th", "td"])] for row in table.find_all("tr")]
            _of_table(rows, words, f"{page.stem}, table", found)
            table.decompose()
        said = [_said(soup)] + [str(tag["aria-label"]) for tag in soup.find_all(attrs={"aria-label": True})]
        for text in said:
            _of_text(text, words, f"{page.stem}, text", found)
    book = load_workbook(pack / "tables.xlsx", read_only=True)
    for sheet in book:
        rows = [
            ["" if cell is None else str(cell) for cell in row] for row in sheet.iter_rows(values_only=True)
        ]
        _of_table(rows, words, f"tables.xlsx, {sheet.title}", found)
    book.close()
    if (pack / "customers.csv").exists():
        with (pack / "customers.csv").open(encoding="utf-8-sig", newline="") as lines:
            listed = list(csv.DictReader(lines))
        for column in listed[0] if listed else ():
            for value, count in Counter(row[column] for row in listed).items():
                if value in words:
                    found[value][count].append(f"customers.csv, {column}")
    return found


def said_twice(found: Places) -> dict[str, dict[int, list[str]]]:
    """Return the words that have more than one count."""
    return {word: dict(counts) for word, counts in found.items() if len(counts) > 1}


def _of_table(rows: list[list[str]], words: dict[str, str], place: str, found: Places) -> None:
    heads: list[str] = []
    for row in rows:
        if _COUNTED & set(row) or (set(row) & set(words) and not _numbers(row)):
            heads = row
            continue
        if not heads or len(row) != len(heads):
            continue
        by_head = dict(zip(heads, row, strict=True))
        for word in words:
            if word in by_head and _number(by_head[word]) is not None and set(row) & _ALL:
                found[word][_number(by_head[word]) or 0].append(place)
        counted = next((_number(by_head[head]) for head in _COUNTED if head in by_head), None)
        if counted is not None and not _EARLIER & set(heads):
            for word in set(row[:2]) & set(words):
                found[word][counted].append(place)


def _of_text(text: str, words: dict[str, str], place: str, found: Places) -> None:
    for word, phrases in words.items():
        patterns = (
            rf"\b{word}\s*[:·：]\s*(\d+(?:,\d{{3}})*)(?![\d.,%])",
            rf"(?<![\d.,])(\d+(?:,\d{{3}})*)\s+(?:{phrases})\b",
            rf"(?<![\d.,])(?<!of )(\d+(?:,\d{{3}})*)\s+customers?\s+(?:is|are|was|were|has|have)\s+(?:{phrases})\b",
            rf"(?<![\d.,])(\d+(?:,\d{{3}})*)\s+(?:is|are|was|were|has|have)\s+(?:{phrases})\b",
        )
        for pattern in patterns:
            for match in re.finditer(pattern, text):
                found[word][int(match[1].replace(",", ""))].append(f"{place}: “{match[0]}”")


def _said(tag: Tag) -> str:
    return re.sub(r"\s+", " ", tag.get_text(" ")).strip()


def _numbers(row: list[str]) -> list[int]:
    return [found for found in map(_number, row) if found is not None]


def _number(cell: str) -> int | None:
    text = cell.replace(",", "").strip()
    return int(text) if text.isdigit() else None


def assert_one_count_each(found, states, words) -> None:
    """Every word for a state has the count of the model of states, wherever it stands, and stands on its pages."""
    assert said_twice(found) == {}
    counts = dict(zip(words, states.counts.reindex([
        "active", "won_back", "slowing", "overdue", "at_risk", "lapsed", "lost", "never_bought"
    ]), strict=True))  # fmt: skip
    for word, places in found.items():
        assert list(places) == [counts[word]], word
    shown = {place for places in found.values() for where in places.values() for place in where}
    for page in PAGES:
        assert any(place.startswith(page) for place in shown), f"{page} shows no state"
    # Who fits on the page is in no list beside it.
    listed = any(place.startswith("customers.csv") for place in shown)
    assert listed == (len(states.customers) > MOST_ROWS)
    assert any(place.startswith("tables.xlsx") for place in shown)
