"""Shapes of where a table stands in its file: titles, heads of two rows, groups, totals, blanks that mean as above."""

from __future__ import annotations

import random
from decimal import Decimal
from functools import partial
from itertools import groupby
from typing import Any

from .export import ADDITIVE, Export, Row

Cells = list[Any]
OPTIONS = ("titles", "two_rows", "pages", "groups", "labelled_groups", "months", "documents", "total", "wordless_total",
           "first_only", "pivot", "footer", "blank_rows", "empty_column", "notes", "numbered",
           "short_rows")  # fmt: skip
#: Of these a table has at most one.
APART = ({"groups", "labelled_groups"}, {"months", "documents"}, {"total", "wordless_total"}, {"first_only", "groups"},
         {"first_only", "labelled_groups"}, {"pivot", "groups", "labelled_groups", "first_only", "months"},
         {"pivot", "notes"})  # fmt: skip
#: What a document says once.
OF_DOCUMENT = (
    "document",
    "day",
    "customer",
    "name",
    "status",
    "kind",
    "currency",
    "person",
    "cancelled",
    "due",
    "remark",
)
#: Words around a table, by language; titles are parted by ``|``.
_WORDS = {
    "en": """
        total= Grand Total
        sub= {} Total
        for= Total for {}
        titles= Northfield Trading | Sales by Customer | 1 Jan 2026 to 30 Jun 2026
        footer= Printed 2026-07-01 by A. Clerk
        page= Page {}
        label= Customer:
        note= Delivered to the yard
        over= Sales
        number= No.
    """,
    "zh": """
        total= 合计
        sub= {} 小计
        for= {} 小计
        titles= 北田贸易有限公司 | 客户销售明细表 | 期间：2026-01-01 至 2026-06-30
        footer= 制单：李某
        page= 第 {} 页
        label= 客户名称：
        note= 送到仓库
        over= 销售
        number= 序号
    """,
    "de": """
        total= Gesamtsumme
        sub= {} Summe
        for= Summe für {}
        titles= Nordfeld GmbH | Umsatz je Kunde | 01.01.2026 bis 30.06.2026
        footer= Gedruckt am 01.07.2026
        page= Seite {}
        label= Kunde:
        note= An die Rampe geliefert
        over= Verkauf
        number= Pos.
    """,
    "fr": """
        total= Total général
        sub= {} Total
        for= Total pour {}
        titles= Nordchamp SARL | Ventes par client
        footer= Imprimé le 01/07/2026
        page= Page {}
        label= Client :
        note= Livré au dépôt
        over= Ventes
        number= Ligne
    """,
    "es": """
        total= Total general
        sub= {} Total
        for= Total para {}
        titles= Campo Norte SL | Ventas por cliente
        footer= Impreso el 01/07/2026
        page= Página {}
        label= Cliente:
        note= Entregado en almacén
        over= Ventas
        number= Línea
    """,
    "ja": """
        total= 合計
        sub= {} 小計
        for= {} 小計
        titles= 北田商事株式会社 | 得意先別売上明細表
        footer= 作成者：佐藤
        page= 第 {} 頁
        label= 得意先名：
        note= 倉庫へ納品
        over= 売上
        number= 行番号
    """,
}
WORDS: dict[str, dict[str, Any]] = {
    language: dict(line.strip().split("= ", 1) for line in text.strip().splitlines())
    for language, text in _WORDS.items()
}
for _words in WORDS.values():
    _words["titles"] = _words["titles"].split(" | ")


def _choose(option: str, export: Export) -> None:
    export.layout.add(option)


LAYOUTS = {option: partial(_choose, option) for option in OPTIONS}


def text(export: Export, role: str, row: Row, place: int, typed: bool) -> Any:
    """Write a cell: as a workbook holds it where it is ``typed``, else as text."""
    value = row.get(f"shown_{role}", row.get(role, ""))
    if role == "day":
        if export.date is not None:
            return export.date(value, place)
        return value if typed else value.isoformat()
    if value == "" and role in ("person", "listed"):
        return export.nothing
    if role in ("due", "shipped"):
        return (
            (export.date(value, place) if export.date else value)
            if typed or export.date
            else value.isoformat()
        )
    if isinstance(value, Decimal):
        money = role not in ("pieces", "percent", "rate")
        if role == "pieces" and "pieces_word" in export.layout:
            return f"{value} Nos"
        if export.number is None and not (money and export.money("", {"currency": "?"}).strip()):
            return (int(value) if value == int(value) else float(value)) if typed else f"{value:f}"
        written = export.number(value) if export.number and role != "pieces" else f"{value:f}"
        return export.money(written, row) if money else written
    return value


def laid_out(export: Export, typed: bool) -> list[Cells]:
    """Write an export's lines as the rows of a report."""
    options, rng = export.layout, export.rng
    words = WORDS[export.language]
    columns = list(export.columns)
    pivot, grouped = "pivot" in options, bool(options & {"groups", "labelled_groups", "pivot"})
    outer = [each for each in ("customer", "name") if each in columns]
    if pivot:  # rows' fields on the left, each where it changes
        columns = [*outer, *(each for each in OF_DOCUMENT if each in columns and each not in outer),
                   *(each for each in columns if each not in OF_DOCUMENT)]  # fmt: skip
    elif grouped:
        columns = [each for each in columns if each not in ("customer", "name")]
    width = len(columns)
    rows: list[Cells] = []
    by = export.by

    def line(row: Row, place: int, first: bool) -> Cells:
        blank = () if first or not options & {"first_only", "pivot"} else OF_DOCUMENT
        if "currency_first" in options and not first:
            blank = (*blank, "currency")
        return ["" if role in blank else text(export, role, row, place, typed) for role in columns]

    def total(label: str, of: list[Row]) -> Cells:
        sums: Row = {"currency": of[0].get("currency", "")}
        for role in columns:
            if role in ADDITIVE:
                sums[role] = sum((row[role] for row in of if row[role] != ""), Decimal(0))
                if any(f"shown_{role}" in row for row in of):
                    sums[f"shown_{role}"] = sum((row[f"shown_{role}"] for row in of), Decimal(0))
        cells = [
            "" if role == "currency" else text(export, role, sums, 0, typed) if role in ADDITIVE else ""
            for role in columns
        ]
        cells[0] = label
        return cells

    ordered = sorted(export.rows, key=lambda row: str(row[by])) if grouped else export.rows
    place = 0
    for customer, of_customer in groupby(ordered, key=lambda row: str(row[by]) if grouped else ""):
        part = list(of_customer)
        if grouped and not pivot:
            label = f"{words['label']} {customer}" if "labelled_groups" in options else customer
            rows.append([label, *[""] * (width - 1)])

        def block(row: Row) -> str:
            if "months" in options:
                return f"{row['day']:%Y-%m}"
            return row["document"] if "documents" in options else ""

        for name, of_block in groupby(part, key=block):
            inner, last = list(of_block), ""
            for row in inner:
                rows.append(line(row, place, row["document"] != last))
                if pivot and row is not part[0]:
                    rows[-1][: len(outer)] = [""] * len(outer)
                last = row["document"]
                place += 1
                if "notes" in options and rng.random() < 0.04:
                    rows.append([words["note"], *[""] * (width - 1)])
            if name and ("months" in options or len(inner) > 1):
                rows.append(total(words["sub"].format(name), inner))
        if "blank_rows" in options and rng.random() < 0.6:
            rows.append([""] * width)
        if grouped:
            rows.append(total(words["for"].format(customer), part))
    if options & {"total", "wordless_total"}:
        rows.append(total(words["total"] if "total" in options else "", export.rows))
    head = [export.shown_head(role) for role in columns]
    if "numbered" in options:
        head.insert(0, words["number"])
        count = 0
        for cells in rows:
            line_row = columns.index("product") < len(cells) and cells[columns.index("product")] != ""
            count += line_row
            cells.insert(0, (count if typed else str(count)) if line_row else "")
    return _around(head, rows, options, words, rng)


def _around(
    head: Cells, rows: list[Cells], options: set[str], words: dict[str, Any], rng: random.Random
) -> list[Cells]:
    """Put titles, page heads and signatures around rows."""
    width = len(head)
    top = [head]
    if "two_rows" in options:
        cut = width - 2
        top = [[*head[:cut], words["over"], ""], [*[""] * cut, *head[cut:]]]
    if "pages" in options:
        size = rng.choice([37, 50])
        pages = [rows[start : start + size] for start in range(0, len(rows), size)]
        rows = []
        for number, page in enumerate(pages, 1):
            rows += [*(list(each) for each in (top if number > 1 else [])), *page]
            if rng.random() < 0.7:
                rows.append([words["page"].format(number), *[""] * (width - 1)])
    rows = top + rows
    if "titles" in options:
        titles = words["titles"][: rng.choice([1, 2, 3])]
        rows = [
            *([each, *[""] * (width - 1)] for each in titles),
            *([[""] * width] * rng.choice([0, 1])),
            *rows,
        ]
    if "footer" in options:
        rows = [*rows, [""] * width, [words["footer"], *[""] * (width - 1)]]
    if "empty_column" in options:
        rows = [["", *row] for row in rows]
    if "short_rows" in options:
        for row in rows:
            while row and row[-1] == "":
                row.pop()
    return rows
