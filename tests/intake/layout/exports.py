"""Order lines, written as the reports of programs lay them out for people."""

from __future__ import annotations

import csv
import datetime
import random
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from pathlib import Path

import openpyxl

WORDS = {
    "en": {
        "filter": "Filter",
        "head": ["Date", "Order No", "Customer", "Product", "Qty", "Amount"], "total": "Grand Total", "sub": "{} Total",
        "for": "Total for {}", "titles": ["Northfield Trading", "Sales by Customer", "1 Jan 2026 to 30 Jun 2026"],
        "footer": "Printed 2026-07-01 by A. Clerk", "page": "Page {}",
        "classes": ["Builders", "Shops", "Web"], "label": "Customer: ", "note": "Delivered to the yard",
    },
    "zh": {
        "filter": "条件",
        "head": ["日期", "单据编号", "客户名称", "产品编码", "数量", "金额"], "total": "合计",
        "sub": "{} 小计", "for": "{} 小计",
        "titles": ["北田贸易有限公司", "客户销售明细表", "期间：2026-01-01 至 2026-06-30"], "footer": "制单：李某",
        "page": "第 {} 页", "classes": ["建筑", "门店", "网店"], "label": "客户名称：", "note": "送到仓库",
    },
    "de": {
        "filter": "Filter",
        "head": ["Date", "Order No", "Customer", "Product", "Qty", "Amount"], "total": "Gesamtsumme", "sub": "{} Summe",
        "for": "Summe für {}", "titles": ["Nordfeld GmbH", "Umsatz je Kunde", "01.01.2026 bis 30.06.2026"],
        "footer": "Gedruckt am 01.07.2026", "page": "Seite {}", "classes": ["Bau", "Handel", "Netz"],
        "label": "Customer: ", "note": "An die Rampe geliefert",
    },
}  # fmt: skip
CUSTOMERS = ("Total Tools Ltd", "合计建材", "Brookfield & Sons", "Kestrel", "Mill Lane 24", "Summe Bau")


@dataclass(frozen=True)
class Line:
    day: str
    order: str
    customer: str
    product: str
    pieces: int
    amount: Decimal


def order_lines(count: int = 200, seed: int = 7) -> list[Line]:
    """Lines of about half as many orders, some with the same product twice, by day."""
    rng = random.Random(seed)
    lines: list[Line] = []
    number = 0
    while len(lines) < count:
        number += 1
        day = datetime.date(2026, 1, 2) + datetime.timedelta(days=number * 180 * 2 // count)
        customer = rng.choice(CUSTOMERS)
        for product in rng.sample(["P10", "P11", "P12", "P13"], rng.choice([1, 1, 2, 3])):
            pieces = rng.choice([-2, 1, 3, 8, 12])
            amount = (pieces * Decimal(rng.randint(500, 90000)) / 100).quantize(Decimal("0.01"))
            lines.append(Line(day.isoformat(), f"S{5000 + number}", customer, product, pieces, amount))
    return lines


OPTIONS = ("titles", "two_rows", "pages", "groups", "months", "total", "wordless", "first_only", "footer",
           "empty_column", "blanks", "notes", "order_total", "labels", "classes", "long_title", "numbered")  # fmt: skip


def laid_out(lines: list[Line], options: set[str], language: str, rng: random.Random) -> list[list[str]]:
    """Write lines with the options asked for: titles, a head of two rows, page heads, groups by customer and more."""
    words = WORDS[language]
    head = list(words["head"])
    grouped = bool(options & {"groups", "labels", "classes"})
    rows: list[list[str]] = []

    def put(line: Line, first: bool) -> list[str]:
        once = first or "first_only" not in options
        cells = [
            line.day if once else "",
            line.order if once else "",
            line.customer if once else "",
            line.product,
        ]
        if grouped:
            cells[2] = ""
        return [*cells, str(line.pieces), str(line.amount)]

    def total(text: str, of: list[Line], place: int = 0) -> list[str]:
        cells = [""] * 6
        cells[place] = text
        return [*cells[:4], str(sum(line.pieces for line in of)), str(sum(line.amount for line in of))]

    ordered = sorted(lines, key=lambda line: line.customer) if grouped else lines
    place = 2 if grouped and rng.random() < 0.5 else 0
    for customer, of_customer in groupby(ordered, key=lambda line: line.customer if grouped else ""):
        part = list(of_customer)
        if grouped:
            if "classes" in options and (shown := CUSTOMERS.index(customer) % 3) == 0:
                rows.append([*[""] * place, words["classes"][shown], *[""] * (5 - place)])
            label = f"{words['label']}{customer}" if "labels" in options else customer
            rows.append([*[""] * place, label, *[""] * (5 - place)])
        for month, of_month in groupby(part, key=lambda line: line.day[:7] if "months" in options else ""):
            inner = list(of_month)
            last = ""
            for line in inner:
                rows.append(put(line, line.order != last))
                last = line.order
                if "notes" in options and rng.random() < 0.05:
                    rows.append(
                        ["", "", "", words["note"], "", ""]
                        if rng.random() < 0
                        else [words["note"], *[""] * 5]
                    )
            if month:
                rows.append(total(words["sub"].format(month), inner))
        if "blanks" in options:
            rows.append([""] * 6)
        if grouped:
            rows.append(total(words["for"].format(customer), part, place))
    if "total" in options:
        rows.append(total(words["total"], lines))
    elif "wordless" in options:
        rows.append(total("", lines))
    if "order_total" in options:
        sums: dict[str, Decimal] = {}
        for line in lines:
            sums[line.order] = sums.get(line.order, Decimal(0)) + line.amount
        shown = set[str]()
        for row in rows:
            order = row[1]
            row.append(str(sums[order]) if order and order not in shown else "")
            shown.add(order)
    if "numbered" in options:
        count = 0
        for row in rows:
            count += bool(row[3])
            row.insert(0, str(count) if row[3] else "")
    if "order_total" in options:
        head.append("单据总额" if language == "zh" else "Document total")
    if "numbered" in options:
        head.insert(0, "序号" if language == "zh" else "No.")
    top = [head]
    if "two_rows" in options:
        cut = 5 if "numbered" in options else 4
        top = [
            [*head[:cut], "Sales" if language != "zh" else "销售", *[""] * (len(head) - cut - 1)],
            [*[""] * cut, *head[cut:]],
        ]
    if "pages" in options:
        size = rng.choice([37, 50])
        pages = [rows[start : start + size] for start in range(0, len(rows), size)]
        rows = []
        for number, page in enumerate(pages, 1):
            rows += [*(top if number > 1 else []), *page]
            if rng.random() < 0.7:
                rows.append([words["page"].format(number), *[""] * 5])
    rows = top + rows
    if "long_title" in options:
        rows = [*([f"{words['filter']} {n}", "*"] for n in range(9)), [], *rows]
    if "titles" in options:
        rows = [
            *([text, *[""] * 5] for text in words["titles"][: rng.choice([1, 2, 3])]),
            *([[""] * 6] * rng.choice([0, 1])),
            *rows,
        ]
    if "footer" in options:
        rows += [[""] * 6, [words["footer"], *[""] * 5]]
    if "empty_column" in options:
        rows = [["", *row] for row in rows]
    return rows


def write_csv(path: Path, rows: list[list[str]], delimiter: str, ragged: bool) -> None:
    """Write rows as text; ``ragged``: without the separators behind the last cell of a row."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        for row in rows:
            cells = list(row)
            while ragged and cells and not cells[-1]:
                cells.pop()
            writer.writerow(cells)


def write_xlsx(path: Path, rows: list[list[str]]) -> None:
    """Write rows as a sheet, with numbers and days as such."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append([_typed(cell) for cell in row])
    book.save(path)


def _typed(cell: str) -> object:
    if cell and cell.lstrip("-").replace(".", "", 1).isdigit():
        return float(cell)
    try:
        return datetime.date.fromisoformat(cell)
    except ValueError:
        return cell or None
