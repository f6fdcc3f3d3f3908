"""The encrypted page opens with the right passphrase, in a real browser, from a file, and with no other."""

import io

import msoffcrypto
import openpyxl
import pytest

from helpers.errors import WorkbookError
from helpers.present.words import words
from helpers.report.packs.encrypt import check_passphrase, encrypt_pack, read_passphrases
from helpers.report.pages.excel import write_excel
from helpers.report.pages.html import PageLink, Pages, Place

PASSPHRASE = "right horse battery 马"


@pytest.fixture(scope="module")
def locked(tmp_path_factory):
    folder = tmp_path_factory.mktemp("locked")
    links = (PageLink("01_one.html", "One"),)
    pages = Pages(words("en"), Place("Example", "October 2026", "Whole company"), links)
    common = {
        "body": "",
        "leads": {"01_one.html": ""},
        "tables": "tables.xlsx",
        "files": [],
        "months": "",
    }
    secret = "Shanghai Secret Ltd <script>window.hacked=1</script>"
    front = pages.render("index.html.j2", title="Customer report", failures=(secret,), **common)
    (folder / "index.html").write_text(front, encoding="utf-8")
    second = pages.render("page.html.j2", title="One", current="01_one.html", contents=[], body="Second page",
                          failure_text="")  # fmt: skip
    (folder / "01_one.html").write_text(second, encoding="utf-8")
    (folder / "notebooks").mkdir()
    (folder / "notebooks" / "01_one.ipynb").write_text("Shanghai Secret Ltd")
    write_excel([], folder / "tables.xlsx", "Shanghai Secret Ltd", words("en"))
    encrypt_pack(folder, PASSPHRASE, words("en"))
    return folder


def test_nothing_readable_is_left(locked):
    assert sorted(path.name for path in locked.rglob("*")) == ["index.html", "tables.xlsx"]
    assert all(b"Shanghai" not in path.read_bytes() for path in locked.iterdir())


def test_the_excel_file_opens_with_the_passphrase_alone(locked):
    file = msoffcrypto.OfficeFile(io.BytesIO((locked / "tables.xlsx").read_bytes()))
    file.load_key(password=PASSPHRASE, verify_password=True)
    opened = io.BytesIO()
    file.decrypt(opened)
    assert openpyxl.load_workbook(opened).active["A1"].value == "Shanghai Secret Ltd"
    with pytest.raises(msoffcrypto.exceptions.InvalidKeyError):
        file.load_key(password="wrong", verify_password=True)


@pytest.mark.browser
def test_the_page_opens_with_the_right_passphrase_and_with_no_other(browser, locked):
    page = browser.new_context().new_page()
    seen, said = [], []
    page.on("request", lambda request: seen.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto((locked / "index.html").as_uri())
    page.fill("#passphrase", "wrong horse battery")
    page.click("button")
    page.get_by_text("The passphrase is wrong").wait_for()
    page.fill("#passphrase", PASSPHRASE)
    page.click("button")
    page.get_by_text("Shanghai Secret Ltd <script>").wait_for()
    page.locator("a[href='01_one.html']").first.click()
    page.get_by_text("Second page").wait_for()
    page.go_back()
    page.get_by_text("Shanghai Secret Ltd").wait_for()
    assert page.evaluate("window.hacked") is None
    assert said == []
    assert [url for url in seen if not url.startswith(("data:", "file:"))] == []


def test_a_passphrase_comes_from_a_file_or_the_environment_and_is_not_short(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_PASSPHRASE", "from the environment")
    assert read_passphrases(None) == ("from the environment", {})
    assert read_passphrases(None) == ("", {})  # no process that is started later has it
    (tmp_path / "secret").write_text("from the file itself\n")
    assert read_passphrases(tmp_path / "secret") == ("from the file itself", {})
    with pytest.raises(WorkbookError, match="too short"):
        check_passphrase("short")
