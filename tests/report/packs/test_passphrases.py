"""Every encrypted pack of a run for all scopes opens with a passphrase of its own."""

import io
import json

import msoffcrypto
import pytest

from helpers.errors import WorkbookError
from helpers.report.monthly import make_report, make_reports
from helpers.report.packs.encrypt import passphrases_given
from helpers.report.requests import ReportRequest

LINES = """order_id,line_no,order_date,customer_id,product_id,quantity,net_amount,salesperson_id
A1,1,2026-08-03,Secret customer,P1,2,200.00,S1
A2,1,2026-09-30,Secret customer,P1,1,100.00,S1
"""


@pytest.fixture
def data(tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "order_lines.csv").write_text(LINES)
    return str(folder)


def lines(tmp_path, text):
    (tmp_path / "passphrases").write_text(text, encoding="utf-8")
    return tmp_path / "passphrases"


def test_a_line_for_each_scope_is_read(tmp_path):
    file = lines(tmp_path, "company = right horse battery\n\nteam:North and East = another = horse 马马\n")
    assert passphrases_given(file) == {
        "company": "right horse battery", "team:North and East": "another = horse 马马",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "company = right horse battery\nteam:A = right horse battery\n",
            "line 2: another scope has the same",
        ),
        ("company = short\n", "line 1: The passphrase is too short"),
        ("right horse battery\n", "line 1: expected SCOPE = PASSPHRASE"),
        ("\n", "is empty"),
    ],
)
def test_a_file_that_would_not_keep_scopes_apart_is_refused(tmp_path, text, said):
    with pytest.raises(WorkbookError, match=said):
        passphrases_given(lines(tmp_path, text))


def test_all_scopes_without_a_file_are_refused():
    with pytest.raises(WorkbookError, match="--passphrase-file"):
        passphrases_given(None)


def test_nothing_is_made_where_a_scope_has_no_passphrase_or_all_would_share_one(data, tmp_path):
    out = tmp_path / "reports"
    some = ReportRequest(data, scope="all", out=out, passphrases={"company": "right horse battery"})
    with pytest.raises(WorkbookError, match="no line for salesperson:S1"):
        make_reports(some, lambda step: None)
    shared = ReportRequest(data, scope="all", out=out, passphrase="right horse battery")
    with pytest.raises(WorkbookError, match="its own"):
        make_reports(shared, lambda step: None)
    assert not list(out.rglob("*.html"))


@pytest.mark.slow
def test_an_encrypted_report_shows_nothing_and_opens_with_its_passphrase(data, tmp_path):
    request = ReportRequest(data, scope="salesperson:S1", out=tmp_path, passphrase="right horse battery")
    pack = make_report(request, lambda step: None).folder
    assert sorted(path.name for path in pack.rglob("*")) == ["index.html", "manifest.json", "tables.xlsx"]
    assert all(b"Secret customer" not in path.read_bytes() for path in pack.iterdir())
    assert all(b"right horse" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    file = msoffcrypto.OfficeFile(io.BytesIO((pack / "tables.xlsx").read_bytes()))
    file.load_key(password="right horse battery", verify_password=True)


@pytest.mark.slow
def test_the_manifest_of_an_encrypted_company_pack_tells_no_figure(data, tmp_path):
    """Everybody who gets the pack can read it: neither sales by month nor how many rows were read stand there."""
    request = ReportRequest(data, out=tmp_path, passphrase="right horse battery")
    manifest = json.loads((make_report(request, lambda step: None).folder / "manifest.json").read_text())

    assert manifest["parameters"]["encrypted"]
    assert "history" not in manifest
    assert [sorted(each) for each in manifest["inputs"]] == [["name", "sha256"]] * len(manifest["inputs"])
