"""Corrupted inputs: a small company's export, damaged in a thousand ways, read in this process (`make fuzz`).

    .venv/bin/python benchmarks/fuzz.py --inputs 1000 --seed 21

Of every input it holds
- no traceback: what cannot be read is one `WorkbookError` of one paragraph;
- no row unaccounted: the rows of each file, as the standard library reads them, are kept or set aside;
- no silent sum: every row kept has the amount that its cells say, to 0.0001, and so has every row set aside whose
  amount could be read. The cells are those that were written, so that no reader of ours has a part in it.

Every so many inputs the facts of the last month are computed too, so that what intake lets through stops no page.
"""

from __future__ import annotations

import argparse
import collections
import csv
import io
import json
import os
import random
import re
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from helpers.book import open_book
from helpers.errors import WorkbookError
from helpers.intake import read_tables, reconciliation
from helpers.settings.config import parse_settings
from helpers.subjects.registry import FACTS

Table = list[list[str]]
AMOUNTS = {
    "order_lines": "net_amount",
    "invoices": "amount",
    "payments": "amount",
    "targets": "target",
    "wallet_evidence": "annual_purchases",
}
#: Cells that nobody would look for.
CELLS = (
    "1e300", "-1e300", "99999999999999.9999", "100000000000000", "123456789012345678901234567890", "1.23456",
    "0.1234567891", "-0.00004", "NaN", "nan", "inf", "-inf", "Infinity", "1_000", "1,234.50", "1.234,50", "(12.00)",
    "12-", "12 Cr", "+7", "--5", "0x1F", "1e5", "1e-7", "¥12", "12元", "$5", "1 234,5", "１２３", "999", "-1", "١٢٣",
    "0026-03-05", "9999-12-31", "2026-02-30", "2026-13-01", "20260305", "46000", "115/01/05", "2569-01-05",
    "03/04/2026", "2026-03-05T23:59:60", "2026-03-05 25:00", "0000-00-00", "1900-01-00", "soon",
    "", " ", "\t", "\u00a0", "\u3000", "\ufeff", "-", "NULL", "\\N", "#N/A", "#DIV/0!", "None", "TRUE", "=1+1", "'5",
    "\u202e12", "e\u0301", "\U0001f600", "\ud800".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
    "a" * 300, 'say "so"', "a;b", "a|b", "line\nbreak", "cr\rcr", "\0", "\x1a", "<b>&amp;</b>", "0012", "12.0", "007.0",
)  # fmt: skip
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


def company(random_: random.Random) -> dict[str, Table]:
    """Write a company's tables: heads first, then rows; every amount has two decimals."""
    customers = [f"C{number:03d}" for number in range(12)]
    months = [f"2026-{month:02d}" for month in range(1, 10)]
    lines: Table = [
        [
            "order_id",
            "line_no",
            "order_date",
            "customer_id",
            "product_id",
            "quantity",
            "net_amount",
            "cost_amount",
        ]
    ]
    owed: Table = [["invoice_id", "customer_id", "invoice_date", "due_date", "amount"]]
    paid: Table = [["payment_date", "invoice_id", "amount"]]
    for number in range(150):
        day = f"{random_.choice(months)}-{random_.randint(1, 28):02d}"
        cents = random_.randint(-5_000, 90_000)
        who, amount = random_.choice(customers), f"{cents / 100:.2f}"
        lines.append(
            [f"A{number}", "1", day, who, f"P{number % 7}", str(random_.randint(1, 9)), amount,
             f"{cents * 0.6 / 100:.2f}"]
        )  # fmt: skip
        if number % 3 == 0:
            owed.append([f"I{number}", who, day, f"{day[:8]}28", amount])
            paid.append([f"{day[:8]}28", f"I{number}", amount])
    return {
        "order_lines": lines,
        "customers": [
            ["customer_id", "name", "trade_class", "salesperson_id", "credit_limit"],
            *([who, f"Customer {who}", random_.choice(["Shops", "Others"]), "S1", "5000.00"] for who in customers),
        ],
        "products": [
            ["product_id", "name", "category", "launch_date", "stock"],
            *([f"P{n}", f"Drill {n}", "Drills", "2020-01-01", "7"] for n in range(7)),
        ],
        "salespeople": [["salesperson_id", "name", "team"], ["S1", "Ann", "North"], ["S2", "Bo", "South"]],
        "targets": [
            ["period", "scope_type", "scope_id", "metric", "target"],
            *([f"2026-{month:02d}", "company", "", "net_sales", "9000.00"] for month in range(1, 13)),
        ],
        "invoices": owed,
        "payments": paid,
        "interactions": [
            ["date", "customer_id", "kind"],
            *([f"{month}-11", who, "visit"] for month in months for who in customers[:4]),
        ],
        "complaints": [
            ["opened_at", "customer_id", "category", "resolved_at"],
            *([f"{month}-03 09:30:00", "C001", "late", f"{month}-09 10:00:00"] for month in months),
        ],
        "surveys": [
            ["date", "customer_id", "score", "scale_min", "scale_max"],
            *([f"{month}-20", who, str(random_.randint(0, 10)), "0", "10"] for month in months for who in customers),
        ],
        "wallet_evidence": [
            ["customer_id", "as_of", "annual_purchases", "method"],
            *([who, "2026-05-05", "90000.00", "stated"] for who in customers[:6]),
        ],
        "prospects": [
            ["prospect_id", "first_contact_date", "source", "converted_customer_id", "converted_date"],
            *([f"X{n}", "2026-03-03", "fair", "", ""] for n in range(5)),
        ],
    }  # fmt: skip


# What happens to cells and rows: the independent reader knows what was written.


def _some_cells(table: Table, random_: random.Random) -> None:
    for _ in range(random_.choice([1, 1, 2, 5, 20])):
        row = random_.randrange(1, len(table))
        table[row][random_.randrange(len(table[row]))] = random_.choice(CELLS)


def _a_column(table: Table, random_: random.Random) -> None:
    place, cell = random_.randrange(len(table[0])), random_.choice(CELLS)
    for row in table[1:]:
        row += [""] * (len(table[0]) - len(row))
        row[place] = cell


def _an_amount(table: Table, random_: random.Random) -> None:
    numbers = [
        n for n, name in enumerate(table[0]) if "amount" in name or name in ("quantity", "target", "score")
    ]
    place = random_.choice(numbers or [len(table[0]) - 1])
    for row in random_.sample(table[1:], min(random_.choice([1, 3, 40]), len(table) - 1)):
        row += [""] * (len(table[0]) - len(row))
        row[place] = random_.choice([*CELLS[:35], str(random_.random() * 10 ** random_.randint(-9, 17))])


def _repeated_rows(table: Table, random_: random.Random) -> None:
    table += [list(row) for row in random_.sample(table[1:], min(random_.randint(1, 9), len(table) - 1))]


def _rows_out(table: Table, random_: random.Random) -> None:
    del table[random_.randrange(1, len(table) + 1) :]


def _heads(table: Table, random_: random.Random) -> None:
    head, place = table[0], random_.randrange(len(table[0]))
    head[place] = random_.choice(
        [head[0], "", " ", head[place].upper(), f"{head[place]} ", "x" * 200, "a\nb", "1", "__row"]
    )


def _short_and_long_rows(table: Table, random_: random.Random) -> None:
    for _ in range(random_.randint(1, 4)):
        row = random_.choice(table[1:])
        row += ["more"] * random_.randint(1, 3) if random_.random() < 0.5 else []
        del row[random_.randrange(1, len(row) + 1) :]


def _total_rows(table: Table, random_: random.Random) -> None:
    blank = [""] * len(table[0])
    table.insert(
        random_.randrange(1, len(table) + 1),
        random_.choice([blank, ["Total", *blank[1:-1], "99.00"], list(table[0])]),
    )


def _swapped_columns(table: Table, random_: random.Random) -> None:
    one, other = random_.sample(range(len(table[0])), 2)
    for row in table[1:]:
        row += [""] * (len(table[0]) - len(row))
        row[one], row[other] = row[other], row[one]


def _all_set_aside(table: Table, random_: random.Random) -> None:
    for row in table[1:]:
        row[random_.randrange(len(row))] = random_.choice(["soon", "", "#N/A", "1e300"])


CELLWISE: tuple[Callable[[Table, random.Random], None], ...] = (
    _some_cells, _some_cells, _some_cells, _an_amount, _an_amount, _a_column, _repeated_rows, _rows_out, _heads,
    _short_and_long_rows, _total_rows, _swapped_columns, _all_set_aside,
)  # fmt: skip


# What happens to the bytes of a file: cells are no longer known one by one.


def _flipped(data: bytes, random_: random.Random) -> bytes:
    found = bytearray(data)
    for _ in range(random_.choice([1, 3, 30])):
        found[random_.randrange(len(found))] = random_.randrange(256)
    return bytes(found)


def _cut(data: bytes, random_: random.Random) -> bytes:
    return data[: random_.randrange(len(data))]


def _pieced(data: bytes, random_: random.Random) -> bytes:
    at = random_.randrange(len(data))
    return (
        data[:at]
        + random_.choice([b"\0", b"\0" * 50, b'"', b"\xff\xfe", b"\r", b"\n\n\n", b"\x1a", b",,,,"])
        + data[at:]
    )


def _large_cell(data: bytes, random_: random.Random) -> bytes:
    at = data.index(b"\n") + 1
    return data[:at] + b"x" * 10_000_000 + data[at:]


def _nothing(data: bytes, random_: random.Random) -> bytes:
    return random_.choice(
        [b"", b"\n", b"\xef\xbb\xbf", b"   ", data[: data.index(b"\n") + 1] if b"\n" in data else b""]
    )


def _other_encoding(data: bytes, random_: random.Random) -> bytes:
    text = data.decode("utf-8").replace("Customer", "客户")
    return text.encode(
        random_.choice(["utf-16", "utf-16-le", "gb18030", "big5", "utf-32", "utf-8-sig", "cp1252"]), "replace"
    )


def _what_it_is_not(data: bytes, random_: random.Random) -> bytes:
    heads = (b"PK\x03\x04", b"PAR1", b"SQLite format 3\0", b"\x1f\x8b", b"\xd0\xcf\x11\xe0")
    return random_.choice(
        [*(head + data for head in heads), b"<html><body>Sign in</body></html>", b'{"error": 500}']
    )


BYTEWISE = (_flipped, _cut, _pieced, _pieced, _nothing, _other_encoding, _what_it_is_not)


def write_text(table: Table) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(table)
    return text.getvalue().encode("utf-8", "replace")


def write_excel(table: Table) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in table:
        sheet.append([re.sub(r"[\0-\x08\x0b\x0c\x0e-\x1f]", "", cell) for cell in row])
    found = io.BytesIO()
    book.save(found)
    return found.getvalue()


def write_parquet(table: Table) -> bytes:
    width = len(table[0])
    rows = [(row + [""] * width)[:width] for row in table[1:]]
    found = io.BytesIO()
    names = [name or f"column{n}" for n, name in enumerate(table[0])]
    pq.write_table(
        pa.table([pa.array([row[n] for row in rows], pa.string()) for n in range(width)], names=names), found
    )
    return found.getvalue()


def zipped(data: bytes, name: str) -> bytes:
    found = io.BytesIO()
    with zipfile.ZipFile(found, "w") as archive:
        archive.writestr(name, data)
    return found.getvalue()


class Input:
    """One corrupted export in a folder; ``written`` holds the cells of the tables whose cells are known."""

    def __init__(self, number: int, seed: int, folder: Path) -> None:
        self.random = random.Random(f"{seed}-{number}")
        self.tables = company(self.random)
        self.folder, self.done = folder, [f"input {number}"]
        self.written: dict[str, Table] = dict(self.tables)
        self.max_share = self.random.choice([0.01, 1, 1, 1, 1, 1])
        folder.mkdir(parents=True)
        self._write()

    def _write(self) -> None:
        chosen = self.random
        wanted = ["order_lines", *chosen.sample(list(self.tables)[1:], chosen.randint(0, 11))]
        self.tables = {name: table for name, table in self.tables.items() if name in wanted}
        self.written = dict(self.tables)
        hit = ["order_lines"] if chosen.random() < 0.5 else [chosen.choice(wanted)]
        if chosen.random() < 0.2:
            hit = chosen.sample(wanted, min(3, len(wanted)))
        bytewise = chosen.random() < 0.35
        for name, table in self.tables.items():
            kind = chosen.choices(["csv", "xlsx", "parquet"], [6, 1, 1])[0]
            if name in hit and not bytewise:
                for damage in chosen.sample(CELLWISE, chosen.choice([1, 1, 2])):
                    if len(table) > 1:
                        damage(table, chosen)
                        self.done.append(f"{name}.{kind}: {damage.__name__.strip('_')}")
                if kind != "csv":  # those writers have their own notion of such cells
                    self.written.pop(name)
            data = {"csv": write_text, "xlsx": write_excel, "parquet": write_parquet}[kind](table)
            if name in hit and bytewise:
                damage = chosen.choice(BYTEWISE)
                if damage is _other_encoding and kind != "csv":
                    damage = _cut
                if kind == "csv" and chosen.random() < 0.03:
                    damage = _large_cell
                self.done.append(f"{name}.{kind}: {damage.__name__.strip('_')}")
                self.written.pop(name)
                data = damage(data, chosen)
                if chosen.random() < 0.05:
                    data, kind = zipped(data, f"{name}.{kind}"), "zip"
            (self.folder / f"{name}.{kind}").write_bytes(data)


def exact(cell: str) -> Decimal | None:
    """Read a plain number to four decimals; None where it is none, or too large for the column."""
    if not _PLAIN.fullmatch(cell.strip()):
        return None
    value = Decimal(cell.strip())
    if abs(value) >= Decimal(10) ** 14:
        return None
    return value.quantize(Decimal("0.0001"), ROUND_HALF_UP)


def wrong(given: Input, tables: Any) -> Iterator[str]:
    """Name what is not accounted for in the tables that were read from an input."""
    accounts = reconciliation(tables)
    for name in tables.supplied:
        kept = pd.read_parquet(tables.path(name))
        aside_file = tables.folder / "quarantine" / f"{name}.parquet"
        aside = (
            pd.read_parquet(aside_file)
            if aside_file.exists()
            else pd.DataFrame(columns=["row_number", "amount"])
        )
        rows = accounts[accounts["table"] == name]
        read = int(rows["rows"].sum())
        if read != len(kept) + len(aside):
            yield f"{name}: {read} rows read, {len(kept)} kept and {len(aside)} set aside"
        if name not in given.written:
            continue
        cells = given.written[name][1:]
        if read != len(cells):
            yield f"{name}: {len(cells)} rows written, {read} read"
            continue
        amount = AMOUNTS.get(name)
        if amount is None or amount not in given.written[name][0]:
            continue
        place = given.written[name][0].index(amount)
        says = [exact(row[place]) if place < len(row) else None for row in cells]
        kept_sum = sum(kept[amount], Decimal(0))
        numbers = set(aside["row_number"])
        expected = [value for number, value in enumerate(says, 1) if number not in numbers]
        if None in expected:
            unread = cells[next(n - 1 for n, v in enumerate(says, 1) if v is None and n not in numbers)]
            yield f"{name}: a row is kept whose amount is no plain number: {unread}"
        elif sum(expected, Decimal(0)) != kept_sum:
            yield f"{name}: the rows kept say {sum(expected, Decimal(0))}, kept is {kept_sum}"
        for number, value in zip(aside["row_number"], aside["amount"], strict=True):
            of_row = says[number - 1]
            if not pd.isna(value) and of_row != value and value is not None:
                yield f"{name}: data row {number} says {of_row}, set aside with {value}"


def outcome(given: Input, cache: Path, *, facts: bool) -> tuple[str, list[str]]:
    """Read an input: what became of it (``read``, ``refused``, ``traceback``), and what is wrong with that."""
    settings = {"quarantine": {"max_share": given.max_share}, "report": {"currency": "CNY"}}
    try:
        tables = read_tables(given.folder, parse_settings(settings, "workbook.toml"), cache)
        faults = list(wrong(given, tables))
        if facts:
            (given.folder / "workbook.toml").write_text(
                f"[quarantine]\nmax_share = {given.max_share}\n[report]\ncurrency = 'CNY'\n"
            )
            book = open_book(given.folder)
            for name in FACTS:
                book.facts.table(name).count().to_pyarrow()
    except WorkbookError as error:
        text = str(error)
        return "refused", [f"more than a paragraph: {text!r}"] if "\n" in text or len(
            text
        ) > 2500 or not text else []
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        return "traceback", ["".join(traceback.format_exception(error)[-3:])]
    return "read", faults


def run(
    inputs: int, seed: int, facts_every: int, say: Callable[[str], None], first: int = 0
) -> dict[str, Any]:
    """Try so many inputs; the count of each outcome, and every fault with what was done to the input."""
    counts: collections.Counter[str] = collections.Counter()
    faults: list[str] = []
    with tempfile.TemporaryDirectory(prefix="fuzz-") as work:
        os.environ["WORKBOOK_CACHE"] = f"{work}/cache"
        for number in range(first, first + inputs):
            given = Input(number, seed, Path(work) / f"{number}")
            what, found = outcome(
                given, Path(work) / "cache", facts=facts_every > 0 and number % facts_every == 0
            )
            counts[what] += 1
            counts["faults"] += len(found)
            for each in found:
                faults.append(f"{'; '.join(given.done)}: {each}")
                say(faults[-1])
    return {"inputs": inputs, "seed": seed, **counts, "messages": faults}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=21)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument(
        "--facts-every", type=int, default=20, help="compute all facts of every so manyth input"
    )
    asked = parser.parse_args()
    began = time.perf_counter()
    found = run(
        asked.inputs, asked.seed, asked.facts_every, lambda text: print(text, file=sys.stderr), asked.first
    )
    found.pop("messages")
    print(json.dumps({**found, "seconds": round(time.perf_counter() - began)}))
    return 1 if found["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
