"""Rows and heads that look like something else: totals with their tax, days with dots, amounts whose head says tax."""

from __future__ import annotations

import pytest
from exports import proposed, written

from helpers.errors import WorkbookError
from helpers.intake import propose_map


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


def test_documents_without_a_currency_beside_those_of_one_are_asked_about(tmp_path):
    rows = [f"R{n},2026-03-0{n + 1},K{n % 2},P1,1,10.00,{'USD' if n == 1 else ''}" for n in range(4)]
    text = "\n".join(["Order No,Date,Customer No,Item,Qty,Net Amount,Currency Code", *rows])
    assert proposed(tmp_path, {"sales": text}, currency="USD").net == 40
    with pytest.raises(WorkbookError, match="currency is 'USD', for which there is no rate"):
        proposed(tmp_path, {"sales": text}, currency="EUR")


def test_the_number_of_a_document_is_no_name_of_a_customer(tmp_path):
    rows = [f"7{n},S{n},2026-03-0{n + 1},K1,P1,1,10.00" for n in range(6)]
    text = "\n".join(["Order No,Name,Date,Customer No,Item,Qty,Net Amount", *rows])
    found = proposed(tmp_path, {"sales": text})
    assert set(found.lines["customer_id"]) == {"K1"}


def test_which_of_two_amounts_of_each_month_counts_is_asked(tmp_path):
    heads = ",".join(
        f"{month} 2026 {what}" for month in ("Jan", "Feb", "Mar") for what in ("Actual", "Budget")
    )
    text = f"Customer,{heads}\nKestrel,1,9,2,9,3,9\nMill Lane,4,9,5,9,6,9\n"
    assert proposed(tmp_path, {"cmp": text}, net_amount=0).net == 21


def test_months_that_hold_those_before_them_are_no_sales_of_a_month(tmp_path):
    text = "Customer,YTD Jan 2026,YTD Feb 2026,YTD Mar 2026\nKestrel,1,3,6\nMill Lane,4,9,15\n"
    assert "unpivot" not in propose_map(written(tmp_path / "data", {"ytd": text}))
