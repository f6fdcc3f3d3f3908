"""What other cases need beyond init, answers, check and report: a function each, named in `cases.toml`."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
import sqlite3
import sys
import tempfile
import tomllib
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import duckdb
import openpyxl
import pandas as pd
from bs4 import BeautifulSoup

from handed.attacks import COMPANY, MONTH, sample
from handed.trial import CASES, HERE, PROJECT, NotHere, Trial, by_command, pages, texts

#: An upright sheet of one page in width needed a page a column or two, whatever its rows.
_ROWS_A_PAGE = 30


def prints_on_pages(trial: Trial) -> None:
    if not shutil.which("soffice") or not shutil.which("pdfinfo"):
        raise NotHere("no LibreOffice, or no pdfinfo")
    tables = sample() / "out" / COMPANY / "tables.xlsx"
    trial.run(
        "soffice",
        "--headless",
        f"-env:UserInstallation=file://{trial.work}/office",
        "--convert-to",
        "pdf",
        "--outdir",
        trial.work,
        tables,
    )
    _, text = trial.run("pdfinfo", trial.work / "tables.pdf")
    book = openpyxl.load_workbook(tables)
    upright = [
        each.title
        for each in book
        if each.page_setup.orientation != "landscape" or not each.sheet_properties.pageSetUpPr.fitToPage
    ]
    headless = [each.title for each in book.worksheets[1:] if not each.print_title_rows]
    trial.hold(f"upright or not to width: {upright}", "upright or not to width: []")
    trial.hold(f"without head row: {headless}", "without head row: []")
    pages = int((re.search(r"Pages:\s+(\d+)", text) or [0, 0])[1])
    needed = sum(math.ceil(sheet.max_row / _ROWS_A_PAGE) for sheet in book)
    trial.hold(
        f"{pages} pages for {len(book.sheetnames)} sheets",
        f"at most {needed} by their rows",
        0 < pages <= needed,
    )


def links_lead_somewhere(trial: Trial) -> None:
    dead = []
    for page in (sample() / "out").rglob("*.html"):
        for link in BeautifulSoup(page.read_text(encoding="utf-8"), "lxml").find_all("a", href=True):
            target = unquote(str(link["href"])).partition("#")[0]
            if target and ":" not in target and not (page.parent / target).exists():
                dead.append(f"{page.name}: {target}")
    trial.hold(f"links to nothing: {sorted(set(dead))[:5]}", "links to nothing: []")


def lookups(trial: Trial) -> None:
    by_command(trial)
    rows: dict[str, str] = {}
    for table, name, value in (
        ("invoices", "invoice_id", "due_date || ' ' || amount"),
        ("customers", "customer_id", "trade_class"),
    ):
        (path,) = (trial.work / "cache").glob(f"tables/*/{table}.parquet")
        rows |= dict(
            duckdb.sql(f"SELECT {name}, CAST({value} AS VARCHAR) FROM '{path}' ORDER BY 1").fetchall()
        )
    trial.hold(
        rows,
        {
            "INV1": "2026-04-04 418.1300",
            "INV2": "2026-04-05 165.0000",
            "3": "Specialist shops",
            "4": "Chains",
        },
    )


def papermill(trial: Trial) -> None:
    trial.case["answers"] = {"currency": "EUR", "same_codes": "no"}
    by_command(trial)
    for words, wanted in (
        (("05_customer_card", "-p", "customer", "1000"), ""),
        (("05_customer_card", "-p", "customer", "0012"), "0012"),
        (("05_customer_card", "-r", "customer", "0012"), ""),
        (("01_customer_composition", "-p", "month", "202610"), "202610"),
        (("01_customer_composition", "-y", "month: 2026_10"), "202610"),
    ):
        notebook, *parameters = words
        code, text = trial.run(sys.executable, "-m", "papermill", f"{notebook}.ipynb", trial.work / "out.ipynb",
                               "-p", "data", trial.data,
                               *parameters, at=PROJECT / "notebooks")  # fmt: skip
        said = (
            next((line for line in text.splitlines() if "WorkbookError" in line and wanted in line), "")
            if code
            else ""
        )
        bare = "ArrowNotImplementedError" in text or "AttributeError" in text or "ConversionException" in text
        trial.hold(f"{' '.join(words[1:])}: {said or f'exit {code}'}", "shown, or one sentence of the workbook",
                   not bare and (not code or bool(said and wanted)))  # fmt: skip


READINGS = {
    "曾氏五金": "zeng ceng zswj cswj", "朝阳机电": "chaoyang cyjd zhaoyang", "查氏建材": "zha",
    "仇记五金": "qiu", "单氏贸易": "shan ssmy",
    "翟记工具": "zhai", "区氏电器": "ou", "重庆长安工具": "chongqing cqca",
}  # fmt: skip
SEARCH = """
import json, sys
from helpers.book import open_book
index = open_book(sys.argv[1], month="2026-10").card_index()
print(json.dumps({word: [str(each) for each in index.select(search=word).to_dict("list").get("name", [])]
                  for word in sys.argv[2:]}))
"""


def pinyin(trial: Trial) -> None:
    by_command(trial)
    _, text = trial.run(sys.executable, "-c", SEARCH, trial.data, *" ".join(READINGS.values()).split())
    try:
        found = json.loads(text.splitlines()[-1])
    except ValueError:
        trial.hold(text[-300:], "customers", False)
        return
    for customer, word in ((each, word) for each, said in READINGS.items() for word in said.split()):
        trial.hold(f"{word}: {found[word]}", customer, any(customer in each for each in found[word]))


SHORT = """
from helpers.present.numbers import numbers
en, zh = numbers("en", "CNY"), numbers("zh", "CNY")
print([en.short(999999), *map(en.money_short, (999600, -999600, 999600000)),
       *map(zh.money_short, (99999999, 999960000))])
"""


def short_amounts(trial: Trial) -> None:
    _, text = trial.run(sys.executable, "-c", SHORT)
    said = text.strip().splitlines()[-1]
    trial.hold(said, "three digits and the next unit", not re.search(r"1000[KM]|10000万", said))


def ledgers(trial: Trial) -> None:
    """The case's totals are of databases that were not handed: the maps that ship, on ledgers recorded by us."""
    for program, currency, net in (
        ("tryton", "USD", None),
        ("gnucash", "EUR", "193.99"),
        ("ledgersmb", "USD", "48.43"),
    ):
        recorded = PROJECT / "tests" / "intake" / "erp"
        net = net or json.loads((recorded / f"{program}.json").read_text())["revenue"]
        book = trial.work / f"{program}.db"
        with closing(sqlite3.connect(book)) as connection:
            connection.executescript((recorded / f"{program}.sql").read_text(encoding="utf-8"))
        shipped = (PROJECT / "data" / "maps" / f"{program}.toml").read_text(encoding="utf-8")
        path = trial.work / f"{program}.toml"
        path.write_text(
            re.sub(r"(?m)^#? ?currency = .*$", f'currency = "{currency}"', shipped, count=1), encoding="utf-8"
        )
        code, text = trial.workbook("check", book, "--map", path, "--json")
        try:
            trial.hold(f"{json.loads(text[text.index('{') :])['net_amount']}", net)
        except ValueError:
            trial.hold(f"{program}: exit {code}: {text[-200:]}", net, False)


def one_time_buyers(trial: Trial) -> None:
    by_command(trial)
    trial.report(trial.work / "out", "--data", trial.data, *MONTH)
    read, book = texts(trial.work / "out" / COMPANY), trial.work / "out" / COMPANY / "tables.xlsx"
    worth = _sheet(book, ("Next 3 years", "Buys again"))
    customers = _sheet(book, ("Id", "State", "Last purchase"))
    # October is not over: value is told as of the end of September, of who had bought by then.
    days = duckdb.sql(
        "SELECT customer_id, order_date::DATE AS day, sum(net_amount::DECIMAL(18, 2)) AS net FROM "
        f"read_csv('{trial.data / 'order_lines.csv'}', all_varchar = true) GROUP BY ALL"
    ).df()
    known = days[(days["net"] > 0) & (days["day"] < "2026-10-01")]["customer_id"].nunique()
    trial.hold(
        f"{len(customers)} customers, {len(worth)} valued",
        f"{days['customer_id'].nunique()} customers, {known} valued",
    )
    expected = worth["Next 3 years"].astype("float64")
    trial.hold(
        f"without a value, or below 0: {sorted(worth.index[~(expected >= 0)])}",
        "without a value, or below 0: []",
    )
    never = [
        who for who in ("RET0", "RET1", "RET2", "RET3", "ZERO1") if customers["State"][who] == "Never bought"
    ]
    trial.hold(f"never bought: {never}", "never bought: ['RET0', 'RET1', 'RET2', 'RET3', 'ZERO1']")
    asked = customers.index[customers["Behaviour"] == "Enquiry only"]
    trial.hold(f"enquiry only: {sorted(asked)}", "enquiry only: []")
    last = pd.to_datetime(customers["Last purchase"]).reindex(worth.index)
    long_ago = worth[last < pd.Timestamp("2024-10-31")].astype({"Buys again": float})
    trial.hold(f"of {len(long_ago)} who bought over two years ago the likeliest to buy again: "
               f"{long_ago['Buys again'].max():.1%}", "not likely (96 % was said)",
               len(long_ago) > 10 and long_ago["Buys again"].max() < 0.5)  # fmt: skip
    trial.hold(
        f"9x % still a customer: {bool(re.search(r'9[0-9] ?% still a customer', read))}",
        "9x % still a customer: False",
    )


def _sheet(book: Path, heads: tuple[str, ...]) -> pd.DataFrame:
    """The table of a pack's workbook that has these heads, by its first column."""
    for sheet in openpyxl.load_workbook(book, read_only=True):
        rows = [row for row in sheet.iter_rows(values_only=True) if any(each is not None for each in row)]
        head = next((place for place, row in enumerate(rows) if set(heads) <= set(row)), None)
        if head is not None:
            return pd.DataFrame(rows[head + 1 :], columns=rows[head]).set_index(rows[head][0])
    raise ValueError(f"{book}: no table has {heads}")


def closed_on_the_25th(trial: Trial) -> None:
    """Hold the company's months and year against sums of its own days."""
    trial.map.write_text(
        '[report]\ncurrency = "GBP"\n[periods]\nclosing_day = 25\nyear_starts = 4\n', encoding="utf-8"
    )
    lines = trial.data / "order_lines.csv"

    def between(first: str, last: str) -> str:
        inside = f"FROM '{lines}' WHERE order_date BETWEEN '{first}' AND '{last}'"
        return str(duckdb.sql(f"SELECT sum(net_amount::DECIMAL(18,2)) {inside}").fetchall()[0][0])

    trial.hold(between("2026-09-26", "2026-10-25"), "10391.70")
    _code, text = trial.workbook("check", trial.data, "--json")
    months = {each["month"]: each["net_amount"] for each in json.loads(text[text.index("{") :])["months"]}
    keys = [each for each in months if each.endswith(("-10", "P07"))]
    trial.hold(
        {each: months[each] for each in keys},
        "10391.70 and 9028.50",
        {float(months[each]) for each in keys} >= {10391.70, 9028.50},
    )
    trial.case["report"] = {
        "words": ["--month", keys[-1]],
        "has": [f"{float(between('2026-03-26', '2026-10-25')) / 1000:.1f}K"],
    }
    pages(trial)


def _postgres(trial: Trial) -> Any:
    sys.path[:0] = [str(PROJECT / "tests"), str(PROJECT / "tests" / "intake" / "reading")]
    try:
        import optional
        import psycopg  # noqa: F401
        from test_postgres import Server
    except ImportError as error:
        raise NotHere(f"{error}") from None
    if not optional.initdb():
        raise NotHere("no PostgreSQL server")
    folder = Path(tempfile.mkdtemp(prefix="handed-postgres-"))
    if os.getuid() == 0:
        folder.chmod(0o755)
        shutil.chown(folder, "postgres")
    server = Server(folder)
    with server.connect() as owner:
        owner.execute("DROP TABLE order_lines, customers, secrets")
        owner.execute((CASES / trial.case["case"] / "trade.sql").read_text(encoding="utf-8"))
    return server


def one_table_of_postgres(trial: Trial) -> None:
    server = _postgres(trial)
    try:
        proposed = trial.work / "proposed.toml"
        code, text = trial.workbook("init", server.url("owner"), "--out", proposed)
        told = proposed.read_text(encoding="utf-8") if proposed.exists() else text
        trial.hold(f"exit {code}", "exit 0")
        trial.hold(f"maps order_lines: {'[tables.order_lines]' in told}", "maps order_lines: True")
        # Its rates are read now; what could not be read would stand there under those words.
        trial.hold(
            f"names tax: {bool(re.search('(Could not be read|Not recognised).*tax', told, re.S))}",
            "names tax: True",
        )
    finally:
        server.stop()


def columns_of_postgres(trial: Trial) -> None:
    server = _postgres(trial)
    try:
        for view in ("ratio", "nan", "money", "uuid", "range", "forever"):
            path = trial.work / f"{view}.toml"
            path.write_text(f'[report]\ncurrency = "EUR"\n[tables.order_lines]\ntable = "with_{view}"\n')
            _code, text = trial.workbook("check", server.url("owner"), "--map", path, "--json")
            found = json.loads(text[text.index("{") :]) if "{" in text else {}
            trial.hold(f"with_{view}: {found.get('order_lines')} lines, {found.get('net_amount', text[:200])}",
                       f"with_{view}: 2 lines, 30.0000")  # fmt: skip
    finally:
        server.stop()


def words(trial: Trial) -> None:
    """Look for each sentence of words.md on all pages of the sample's packs, all scopes; patterns in words.toml."""
    packs = Path(os.environ.get("HANDED_PACKS", "")) if os.environ.get("HANDED_PACKS") else trial.work / "out"
    if not os.environ.get("HANDED_PACKS"):
        trial.report(packs / trial.case["lang"], *MONTH, "--scope", "all", "--lang", trial.case["lang"])
    told = tomllib.loads((HERE / "words.toml").read_text(encoding="utf-8"))
    read = {
        each.name: texts(each) for each in (packs / trial.case["lang"] / "2026-10").iterdir() if each.is_dir()
    }
    for sentence in told[trial.case["lang"]]:
        for pack, text in read.items():
            for pattern in sentence["never"]:
                if seen := re.search(f".{{0,60}}(?:{pattern}).{{0,60}}", text):
                    trial.hold(f"{pack}: {seen[0]}", f"not: {sentence['said']}", False)
    trial.hold(
        f"{len(told[trial.case['lang']])} sentences, {len(read)} packs", "none of them said", bool(read)
    )
