"""Rows and heads that look like something else: totals with their tax, days with dots, amounts whose head says tax."""

from __future__ import annotations

import pytest
from exports import proposed


@pytest.mark.parametrize(("answer", "net"), [(0, 80), (1, 96)])
def test_totals_of_documents_and_their_tax_among_the_lines_are_asked_about(tmp_path, answer, net):
    rows = ["Date,Document Number,Name,Item,Quantity,Amount,Account"]
    for number, lines in enumerate(((30, 20), (30,))):
        total = sum(lines)
        said = f"2026-03-0{number + 5},I{number},K{number}"
        rows.append(f"{said},,1,{total * 1.2:.2f},Receivable")
        rows += [f"{said},P{place},1,{amount}.00,Sales" for place, amount in enumerate(lines)]
        rows.append(f"{said},,1,{total * 0.2:.2f},Tax")
    assert proposed(tmp_path, {"sales": "\n".join(rows)}, where=answer).net == net


def test_days_with_dots_below_a_head_that_is_not_known_are_days(tmp_path):
    rows = [f"B{n},{n + 10}.01.2026,K{n % 2},P1,{n + 1},{n + 1}.50" for n in range(4)]
    text = "\n".join(["Faktura,Fakt.-Dat.,Auftraggeber,Material,Fakt.Menge,Nettowert", *rows])
    found = proposed(tmp_path, {"sales": text})
    assert str(min(found.lines["order_date"]))[:10] == "2026-01-10"


def test_quantity_times_a_price_with_tax_is_not_the_net_amount(tmp_path):
    rows = [f"F{n},2026-03-0{n + 1},红星,P1,{n + 1},11.30,{(n + 1) * 11.3:.2f},13%" for n in range(6)]
    text = "\n".join(["发票号,开票日期,客户简称,存货编码,数量,含税单价,价税合计,税率", *rows])
    found = proposed(tmp_path, {"发票": text})
    assert round(found.net, 2) == 210
