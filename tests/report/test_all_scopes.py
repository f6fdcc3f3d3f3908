"""Every scope in one run; what nothing changed for is left; one pack that cannot be made stops no other."""

import pytest
from pack_files import contents

from helpers.report.monthly import make_report, make_reports
from helpers.report.requests import ReportRequest

LINES = """order_id,line_no,order_date,customer_id,product_id,quantity,net_amount,salesperson_id
A1,1,2026-08-03,C1,P1,2,200.00,S1
A2,1,2026-09-30,C2,P1,1,100.00,S2
"""


@pytest.mark.slow
def test_every_scope_has_a_pack_that_is_made_again_only_when_something_changed(tmp_path, own_cache):
    data = tmp_path / "exports"
    data.mkdir()
    (data / "order_lines.csv").write_text(LINES)
    reports = tmp_path / "reports"
    packs = reports / "2026-09"
    request = ReportRequest(data=str(data), scope="all", out=reports)
    first = make_reports(request, lambda step: None)
    assert first.complete
    assert [(pack.failures, pack.warnings) for pack in first.packs] == [
        ((), {})
    ] * 3  # a scope is one customer
    assert "September 2026" in first.packs[1].index.read_text(encoding="utf-8")
    assert [pack.unchanged for pack in first.packs] == [False, False, False]
    assert len(list(packs.glob("*/index.html"))) == 3

    second_pack = first.packs[1].folder
    alone = ReportRequest(data=str(data), scope="salesperson:S1", out=tmp_path / "alone")
    assert contents(make_report(alone, lambda step: None).folder) == contents(second_pack)

    (second_pack / "index.html").write_text("touched by hand")
    said = []
    again = make_reports(request, said.append)
    assert [pack.unchanged for pack in again.packs] == [True, False, True]
    assert sum("unchanged" in line for line in said) == 2
    assert "touched by hand" not in (second_pack / "index.html").read_text(encoding="utf-8")
