"""What whoever runs the reports is told: a line a pack, a sign of life, and that the export was not renewed."""

import json
import os
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from helpers.core.calendar.period_names import period_name
from helpers.core.periods import CALENDAR_YEAR, CompanyYear
from helpers.errors import NotRenewedError, WorkbookError
from helpers.report import operation
from helpers.report.monthly import make_reports
from helpers.report.prepare import plan_packs
from helpers.report.requests import InputTotals, PackRequest, PackResult, ReportRequest, ReportResult
from helpers.settings.periods import Periods

PEOPLE = "salesperson_id,name,team\nS1,Ann,North\nS2,Bob,North\nS3,Cid,South\n"


def exports(tmp_path, monkeypatch, last_day, **files):
    monkeypatch.setenv("WORKBOOK_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "exports"
    folder.mkdir(exist_ok=True)
    rows = [f"A{day},1,2026-{day},C1,P1,1,100.00,S1" for day in ("08-03", "08-31", "09-01", last_day)]
    head = "order_id,line_no,order_date,customer_id,product_id,quantity,net_amount,salesperson_id\n"
    (folder / "order_lines.csv").write_text(head + "\n".join(rows) + "\n")
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text)
    return str(folder)


@pytest.mark.parametrize(
    ("last_day", "expected"), [("09-30", "2026-09"), ("09-30", "2026-08"), ("09-29", "2026-08")]
)
def test_a_renewed_export_is_reported(tmp_path, monkeypatch, last_day, expected):
    data = exports(tmp_path, monkeypatch, last_day)
    (pack,) = plan_packs(ReportRequest(data, out=tmp_path, expect=expected)).packs
    assert pack.month >= expected


@pytest.mark.parametrize(("last_day", "expected"), [("09-30", "2026-10"), ("09-15", "2026-09")])
def test_an_export_that_was_not_renewed_stops_the_run_and_says_how_far_it_goes(
    tmp_path, monkeypatch, last_day, expected
):
    data = exports(tmp_path, monkeypatch, last_day)
    with pytest.raises(
        NotRenewedError, match=f"not renewed: {expected} is expected.*of 2026-{last_day}"
    ) as told:
        make_reports(ReportRequest(data, out=tmp_path / "reports", expect=expected), lambda step: None)
    assert told.value.exit_code == 3
    assert not (tmp_path / "reports").exists()


def test_last_month_is_the_one_before_todays(monkeypatch):
    class January(operation.dt.date):
        @classmethod
        def today(cls):
            return cls(2027, 1, 31)

    monkeypatch.setattr(operation.dt, "date", January)
    assert str(operation.last_month(CALENDAR_YEAR)) == "2026-12"
    assert period_name(operation.last_month(CompanyYear.of(Periods(pattern="13x4")))) == "2027-P01"
    assert operation.parse_expected_month(" last-month ") == operation.LAST_MONTH
    assert operation.parse_expected_month("2026-10") == "2026-10"
    assert operation.parse_expected_month(None) == ""


@pytest.mark.parametrize("text", ["", "last month", "2026-13"])
def test_a_month_expected_that_is_none_is_refused_before_anything_is_read(text):
    """An empty one comes of a variable that is not set: nothing would be expected then, unsaid."""
    with pytest.raises(WorkbookError, match=r"Write a month as 2026-10, or last-month"):
        operation.parse_expected_month(text)


@pytest.mark.slow
def test_whoever_owns_no_customers_is_left_out_and_said(tmp_path, monkeypatch):
    data = exports(tmp_path, monkeypatch, "09-30", salespeople=PEOPLE)
    wanted = plan_packs(ReportRequest(data, scope="all", out=tmp_path))
    assert [pack.scope for pack in wanted.packs] == ["company", "team:North", "salesperson:S1"]
    assert wanted.empty == ("team:South", "salesperson:S2", "salesperson:S3")
    lines = operation.pack_lines(ReportResult((), {}, wanted.empty), "text")
    assert lines[0].endswith("team:South: no report: it owns no customers")


def test_what_was_read_is_counted_with_its_money_and_what_was_set_aside(tmp_path, monkeypatch):
    data = exports(tmp_path, monkeypatch, "09-30")
    file = Path(data) / "order_lines.csv"
    file.write_text(file.read_text() + "A9,1,2026-09-30,C1,P1,1,no number,S1\n")
    (Path(data) / "workbook.toml").write_text('[quarantine]\nmax_share = 0.5\n[report]\ncurrency = "CNY"\n')
    (pack,) = plan_packs(ReportRequest(data, out=tmp_path)).packs
    assert pack.read == InputTotals(rows=5, money="400.00", aside=1, currency="CNY")


def result():
    asked = PackRequest(
        "2026-09", Path("reports"), scope="team:North", read=InputTotals(1234, "5678.90", 2, "EUR")
    )
    return ReportResult(
        (PackResult(Path("reports/2026-09/north"), (), request=asked, seconds=61.25),),
        {"team:South": "no passphrase"},
    )


def test_a_pack_is_one_line_of_the_log():
    made, failed = operation.pack_lines(result(), "text")
    assert made.endswith(
        "2026-09 team:North: made in 61.2 s; 1,234 order lines read, EUR 5,678.90 in net sales, 2 set aside"
    )
    assert failed.endswith("team:South: no report: no passphrase")


def test_sales_whose_currency_nobody_declared_are_logged_without_one():
    asked = PackRequest("2026-09", Path("reports"), read=InputTotals(1, "5678.90", 0))
    (line,) = operation.pack_lines(ReportResult((PackResult(Path("reports"), (), request=asked),)), "text")
    assert "read, 5,678.90 in net sales" in line


def test_a_program_reads_the_log_as_json():
    made, failed = (json.loads(line) for line in operation.pack_lines(result(), "json"))
    told = ("event", "scope", "month", "outcome", "seconds", "rows", "money", "currency", "set_aside")
    assert {name: made[name] for name in told} == {
        "event": "pack", "scope": "team:North", "month": "2026-09", "outcome": "made", "seconds": 61.2, "rows": 1234,
        "money": "5678.90", "currency": "EUR", "set_aside": 2,
    }  # fmt: skip
    assert (failed["outcome"], failed["error"]) == ("failed", "no passphrase")


def test_the_sign_of_life_is_a_file_or_a_call(tmp_path, monkeypatch):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("WORKBOOK_HEARTBEAT", f"http://127.0.0.1:{server.server_address[1]}/ping/secret")
    place = operation.pop_heartbeat()
    assert "WORKBOOK_HEARTBEAT" not in os.environ
    assert operation.heartbeat(place) == ""
    assert asked == ["/ping/secret"]
    server.shutdown()
    server.server_close()
    missed = operation.heartbeat(place)
    assert "heartbeat was not given" in missed and "secret" not in missed
    assert operation.heartbeat(str(tmp_path / "alive")) == ""
    assert (tmp_path / "alive").read_text().startswith("20")
    assert operation.heartbeat("") == ""


def test_making_a_report_forgets_what_only_sending_needs(monkeypatch):
    monkeypatch.setenv("WORKBOOK_SMTP_PASSWORD", "secret")
    monkeypatch.setenv("WORKBOOK_WEBHOOK_SALES", "secret")
    monkeypatch.setenv("WORKBOOK_MASK_KEY", "kept")
    operation.drop_secrets()
    assert "secret" not in os.environ.values()
    assert os.environ["WORKBOOK_MASK_KEY"] == "kept"
