"""Every encrypted pack of a run for all scopes opens with a passphrase of its own."""

import io
import json
import os
from pathlib import Path

import msoffcrypto
import pytest

from helpers.errors import WorkbookError
from helpers.report.monthly import make_report, make_reports
from helpers.report.packs.encrypt import read_passphrases
from helpers.report.prepare import plan_packs
from helpers.report.requests import ReportRequest

LINES = """order_id,line_no,order_date,customer_id,product_id,quantity,net_amount,salesperson_id
A1,1,2026-08-03,Secret customer,P1,2,200.00,S1
A2,1,2026-09-30,Secret customer,P1,1,100.00,S1
"""


@pytest.fixture
def data(tmp_path, own_cache):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "order_lines.csv").write_text(LINES)
    return str(folder)


def lines(tmp_path, text):
    (tmp_path / "passphrases").write_text(text, encoding="utf-8")
    return tmp_path / "passphrases"


def test_a_line_for_each_scope_is_read(tmp_path):
    file = lines(tmp_path, "company = right horse battery\n\nteam:North and East = another = horse 马马\n")
    assert read_passphrases(file, everyone=True) == ("", {
        "company": "right horse battery", "team:North and East": "another = horse 马马",
    })  # fmt: skip


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
        read_passphrases(lines(tmp_path, text), everyone=True)


def test_all_scopes_without_a_file_are_refused():
    with pytest.raises(WorkbookError, match="--passphrase-file"):
        read_passphrases(None, everyone=True)


@pytest.mark.slow
def test_a_scope_without_a_passphrase_is_told_and_the_others_are_made(data, tmp_path):
    out = tmp_path / "reports"
    some = ReportRequest(
        data,
        scope="all",
        out=out,
        passphrases={"company": "right horse battery"},
        pages=("00_summary.ipynb",),
    )
    result = make_reports(some, lambda step: None)
    assert not result.complete
    assert "no line for salesperson:S1" in result.errors["salesperson:S1"]
    assert [path.parent.name for path in out.glob("*/*/index.html")] == ["company"]
    assert "Secret customer" not in (out / "2026-09" / "company" / "index.html").read_text()


def test_one_passphrase_for_all_scopes_is_refused(data, tmp_path):
    shared = ReportRequest(data, scope="all", out=tmp_path / "reports", passphrase="right horse battery")
    with pytest.raises(WorkbookError, match="its own"):
        make_reports(shared, lambda step: None)
    assert not list((tmp_path / "reports").rglob("*.html"))


def test_a_line_for_each_scope_serves_one_scope_too(data, tmp_path):
    file = lines(tmp_path, "company = right horse battery\nsalesperson:S1 = other horse battery\n")
    one, by_scope = read_passphrases(file)
    assert (one, by_scope) == read_passphrases(file, everyone=True)
    (pack,) = plan_packs(
        ReportRequest(data, scope="salesperson:S1", out=tmp_path, passphrases=by_scope)
    ).packs
    assert pack.passphrase == "other horse battery"
    assert pack.key == ""  # nothing in an encrypted pack may tell which passphrase it was
    with pytest.raises(WorkbookError, match="no line for company"):
        plan_packs(ReportRequest(data, out=tmp_path, passphrases={"salesperson:S1": "other horse battery"}))


@pytest.mark.parametrize(
    "text",
    [
        "salesperson:S1=correct horse battery",
        "team：华东 = correct horse battery",
        "company= correct horse battery\n",
        "correct horse\nbattery staple\n",
    ],
)
def test_lines_that_are_neither_scopes_nor_one_passphrase_are_refused(tmp_path, text):
    """Taken as it stands, such a line would lock a report with what its reader was never told."""
    (tmp_path / "file").write_text(text, encoding="utf-8")
    with pytest.raises(WorkbookError, match="neither one passphrase nor lines for scopes"):
        read_passphrases(tmp_path / "file")


def test_a_passphrase_that_looks_like_no_scope_is_one(tmp_path):
    assert read_passphrases(lines(tmp_path, "right = horse battery\n")) == ("right = horse battery", {})


@pytest.mark.skipif(not Path("/dev/fd").is_dir(), reason="pipes have no names here")
@pytest.mark.parametrize("text", ["right horse battery\n", "company = right horse battery\n"])
def test_a_passphrase_may_come_through_a_pipe(text):
    """As ``--passphrase-file <(a program that keeps secrets)``: what was read once is gone."""
    reader, writer = os.pipe()
    os.write(writer, text.encode())
    os.close(writer)
    one, by_scope = read_passphrases(Path(f"/dev/fd/{reader}"))
    os.close(reader)
    assert [one, *by_scope.values()][-1] == "right horse battery"


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
    assert [sorted(each) for each in manifest["inputs"]] == [["name"]] * len(manifest["inputs"])
