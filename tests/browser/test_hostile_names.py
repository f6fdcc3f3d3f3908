"""Customers with hostile names and ids, through a whole report: text everywhere, on pages and in Excel."""

import csv

import openpyxl
import pytest

from helpers.report.monthly import make_report
from helpers.report.requests import ReportRequest

pytestmark = pytest.mark.slow

NAMES = (
    "<script>window.hacked=1;alert(1)</script>",
    "[x](javascript:alert(1))",
    '=HYPERLINK("http://example.org/x")',
    "../../x",
    "a\u202etxt.exe\u202c & <img src=x onerror=alert(1)>",
    "Long name " * 400,
    "{{7*7}} ${alert(1)} $x$ `rm`",
)
"""A name each for customers whose sales differ, so that each stands in some table."""


@pytest.fixture(scope="module")
def pack(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WORKBOOK_CACHE", str(folder / "cache"))
        data = folder / "exports"
        data.mkdir()
        ids = [f"=C{number}" for number in range(len(NAMES))]
        with (data / "customers.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(["customer_id", "name", "region", "salesperson_id"])
            writer.writerows(
                [one, name, "<b>East</b>", "../../S1"] for one, name in zip(ids, NAMES, strict=True)
            )
        with (data / "order_lines.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(
                ["order_id", "line_no", "order_date", "customer_id", "product_id", "quantity", "net_amount"]
            )
            for month in range(16):
                for place, one in enumerate(ids):
                    if month % (place + 1) == 0:
                        day = f"{2025 + (month + 5) // 12}-{(month + 5) % 12 + 1:02d}-1{place}"
                        amount = f"{1000 - 100 * place + 10 * month}.00"
                        writer.writerow([f"{month}-{place}", 1, day, one, "<i>P</i>", 1 + place, amount])
        request = ReportRequest(
            str(data), month="2026-09", scope="salesperson:../../S1", out=folder / "reports"
        )
        result = make_report(request, lambda step: None)
    assert result.failures == ()
    assert result.folder.parent == folder / "reports" / "2026-09"
    return result.folder


def test_every_name_is_text_in_excel_and_none_is_a_formula_or_a_link(pack):
    book = openpyxl.load_workbook(pack / "tables.xlsx")
    cells = [cell for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d"}  # "f" would be a formula
    assert all(cell.hyperlink is None or not cell.hyperlink.target for cell in cells)  # only within the file
    shown = "\n".join(str(cell.value) for cell in cells)
    assert [name for name in NAMES if name[:20] not in shown] == []


@pytest.mark.browser
def test_no_page_runs_follows_or_fetches_a_name(browser, pack):
    seen_text = ""
    for path in sorted(pack.glob("*.html")):
        page = browser.new_context(viewport={"width": 360, "height": 740}).new_page()
        seen, said = [], []
        page.on("request", lambda request, seen=seen: seen.append(request.url))
        page.on("console", lambda message, said=said: said.append(message.text))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        page.on("dialog", lambda dialog, said=said: (said.append("a dialog opened"), dialog.dismiss()))
        page.goto(path.as_uri())
        assert [url for url in seen if not url.startswith("data:")] == [path.as_uri()], path.name
        assert said == [], path.name
        assert page.evaluate("window.hacked") is None, path.name
        wrong = page.eval_on_selector_all(
            "a",
            "all => all.map(a => a.getAttribute('href')).filter(h => /^(javascript|http|\\\\.\\\\.)/i.test(h))",
        )
        assert wrong == [], path.name
        assert page.locator("img[src=x], main i:text-is('P'), main b:text-is('East')").count() == 0, path.name
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path.name
        seen_text += page.evaluate("document.body.textContent")
        page.context.close()
    assert [name for name in NAMES[:5] if name not in seen_text] == []
