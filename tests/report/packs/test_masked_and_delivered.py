"""Masked packs name no customer; what was made is on record."""

import hashlib
import json

import pytest
from pack_files import text_of
from report_notebooks import brief, request_for, write

from helpers.book import open_book
from helpers.core.mask import pseudonym
from helpers.errors import WorkbookError
from helpers.report.monthly import make_report
from helpers.report.packs.pack import make_pack
from helpers.report.requests import ReportRequest

KEY = "a key of tests, long enough"


@pytest.fixture
def masking(monkeypatch):
    monkeypatch.setenv("WORKBOOK_MASK", "1")
    monkeypatch.setenv("WORKBOOK_MASK_KEY", KEY)


def test_masking_changes_no_figure_and_keeps_customers_apart(monkeypatch):
    plain = open_book(month="2026-10").frame("customer_summary").set_index("customer_id")["net_amount"]
    monkeypatch.setenv("WORKBOOK_MASK", "1")
    monkeypatch.setenv("WORKBOOK_MASK_KEY", KEY)
    masked = open_book(month="2026-10").frame("customer_summary").set_index("customer_id")["net_amount"]
    assert plain.rename(lambda one: pseudonym(KEY, one)).sort_index().equals(masked.sort_index())


def test_a_pseudonym_is_the_same_in_every_month(masking):
    months = [set(open_book(month=month).frame("customers")["name"]) for month in ("2026-09", "2026-10")]
    assert months[0] and months[0] <= months[1]
    assert pseudonym(KEY, "C1") != pseudonym("another key of tests, long enough", "C1")


def test_masking_without_a_key_is_refused_before_any_work(monkeypatch):
    monkeypatch.setenv("WORKBOOK_MASK", "1")
    monkeypatch.delenv("WORKBOOK_MASK_KEY", raising=False)
    with pytest.raises(WorkbookError, match="WORKBOOK_MASK_KEY"):
        open_book()


@pytest.mark.slow
def test_a_masked_pack_holds_no_customers_name_or_id(tmp_path, monkeypatch):
    customers = open_book().frame("customers")
    monkeypatch.setenv("WORKBOOK_MASK", "1")
    monkeypatch.setenv("WORKBOOK_MASK_KEY", KEY)
    text = text_of(make_report(ReportRequest(out=tmp_path), lambda step: None).folder)
    assert any(pseudonym(KEY, one) in text for one in customers["customer_id"])
    assert KEY not in text
    assert [one for one in [*customers["name"].dropna(), *customers["customer_id"]] if one in text] == []


def test_every_pack_made_is_on_record_with_its_hashes(tmp_path):
    book = write(tmp_path, "01_small.ipynb")
    for _ in range(2):
        folder = make_pack(request_for(tmp_path / "out", [book]), briefing=brief).folder
    lines = [json.loads(line) for line in (tmp_path / "out" / "deliveries.jsonl").read_text().splitlines()]
    assert [(line["month"], line["scope"]) for line in lines] == [("2026-10", "company")] * 2
    assert lines[1]["inputs"] == {"order_lines.csv": "0" * 64}
    for name, digest in lines[1]["outputs"].items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
    assert lines[1]["manifest"] == hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
