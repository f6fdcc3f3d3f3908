"""Of which an amount, a price, a cost or a number is: proved by what stands beside it, else asked with the money."""

from __future__ import annotations

import pandas as pd
import pytest
from exports import proposed

from helpers.intake import propose_map
from helpers.questions import open_questions

HEAD = "Order No,Order Date,Customer No,Item No,Qty"


def export(head, *tails):
    """Lines of one order each, of quantities 1, 2, 3 and so on; ``{n}`` in what stands behind is the quantity."""
    rows = [
        f"A{n},2026-03-0{n},C{n % 3},P{n},{n},{eval_in(tail, n)}" for n, tail in enumerate(tails, 1)
    ]  # fmt: skip
    return "\n".join([f"{HEAD},{head}", *rows])


def eval_in(tail, n):
    """Fill ``{119}`` with that number times the quantity."""
    import re

    return re.sub(r"\{([0-9.]+)\}", lambda found: f"{float(found[1]) * n:g}", tail)


def asked(folder, text, name="sales"):
    """Propose a map: what is asked, by the last part of the key, but for the currency."""
    (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    found = {each.key.rpartition(".")[2]: each for each in open_questions(propose_map(folder))}
    found.pop("currency", None)
    return found


@pytest.mark.parametrize(
    ("head", "tail", "net"),
    [
        ("单价(元/千个)", "1000", 15), ("Price per 100", "100", 15), ("Net price,per", "500,100", 75),
    ],
)  # fmt: skip
def test_a_price_of_many_pieces_is_divided(tmp_path, head, tail, net):
    assert proposed(tmp_path, {"sales": export(head, *[tail] * 5)}).net == net


def test_an_amount_a_hundredth_or_a_hundred_times_of_quantity_and_price_is_asked_about(tmp_path):
    found = asked(tmp_path, export("Unit Price,Amount", *["12.50,{1250}"] * 5))["net_amount"]
    assert [means for _, means in found.answers] == ["Amount: 1,250.00", "quantity x Unit Price: 12.50"]


@pytest.mark.parametrize(
    ("head", "tails"),
    [
        ("Amount,Tax,Taxes Included", ["{119},{19},true", "{100},{19},false"] * 3),
        ("Amount,VAT,Sales channel", ["{119},{19},shop", "{107},{7},shop", "{100},{19},trade"] * 2),
        ("金额,税率,是否含税", ["{113},13%,是", "{100},13%,否"] * 3),
        ("Gross Total,CGST Amount,SGST Amount,IGST Amount", ["{118},{9},{9},0", "{118},0,0,{18}"] * 3),
        ("Total,GST,PST", ["{112},{5},{7}"] * 6),
        ("Total,Shipping,Tax", ["{129},{10},{19}"] * 6),
    ],
)  # fmt: skip
def test_taxes_and_freight_are_taken_off_what_has_them(tmp_path, head, tails):
    found = proposed(tmp_path, {"sales": export(head, *tails)})
    assert found.asked == [] and found.net == 2100


@pytest.mark.parametrize(
    ("head", "tails"),
    [
        ("币别,原币金额,本币金额", ["CNY,{100},{100}", "USD,{15},{100}"]),
        ("Currency Code,Amount,Amount (LCY)", [",{100},{100}", "USD,{110},{100}"]),
    ],
)
def test_amounts_in_the_companys_own_currency_are_not_converted_again(tmp_path, head, tails):
    found = proposed(tmp_path, {"sales": export(head, *tails * 2)})
    assert found.net == 1000 and "the company's own currency" in found.text


def test_a_column_for_each_currency_is_one_amount_in_several(tmp_path):
    text = export("Amount (USD),Amount (EUR)", "{100},", ",{100}", ",{100}")
    rates = "[source.currency_rates]\nUSD = 0.5\n"
    found = proposed(tmp_path, {"sales": text}, more=rates, currency="EUR")
    assert found.net == 50 + 200 + 300


@pytest.mark.parametrize(
    ("head", "tail", "answers"),
    [
        ("金额,优惠券抵扣,积分抵扣,实付金额", "{100},{10},{5},{85}", ("实付金额: 85.00", "金额: 100.00")),
        ("Revenue,Direction", None, ("In is taken off: 700", "Out is taken off: -700", "all are added: 900")),
        ("Revenue,Row", None, ("before is taken off: 700", "all are added: 900")),
        ("Revenue,Return Reason", None, ("yes: 100.00 is taken off", "no: 100.00 was sold")),
        ("Revenue,Kind", None, ("yes: 100.00 is taken off", "no: 100.00 was sold")),
    ],
)
def test_which_amount_and_which_sign_counts_is_asked(tmp_path, head, tail, answers):
    words = {
        "Direction": ("Out", "In", "Out"),
        "Row": ("", "before", "after"),
        "Return Reason": ("", "Broken", ""),
        "Kind": ("Sale", "Correction", "Sale"),
    }
    tails = (
        [tail] * 3
        if tail
        else [f"{a},{w}" for a, w in zip((500, 100, 300), words[head.split(",")[1]], strict=True)]
    )
    found = asked(tmp_path, export(head, *tails))["net_amount"].answers
    assert [means.startswith(each) for (_, means), each in zip(found, answers, strict=True)] == [True] * len(
        answers
    )


@pytest.mark.parametrize(
    ("head", "words", "net"),
    [
        ("Billing Type", ("F2", "G2", "RE", "L2"), 100 - 200 - 300 + 400),
        ("VBTYP", ("M", "O", "M", "S"), 100 - 200 + 300 + 400),
        ("Document Type", ("Normal", "İade Faturası", "Nota di credito", "Возврат"), 100 - 200 - 300 - 400),
    ],
)
def test_types_of_documents_that_are_taken_off_have_their_minus(tmp_path, head, words, net):
    text = export(f"Amount,{head}", *(f"{{100}},{word}" for word in words))
    assert proposed(tmp_path, {"faktura": text}).net == net


@pytest.mark.parametrize(
    ("head", "words", "says"),
    [
        ("是否赠品", ("否", "是", "否"), "是否赠品 is said of 1 rows with 200.00"),
        ("Reason for rejection", ("", "Too late", ""), "Reason for rejection is said of 1 rows with 200.00"),
        ("Customer Group", ("Trade", "Staff", "Trade"), "Customer Group says Staff"),
        ("Description", ("Bolt", "Gift Card 50", "Nut"), "Description says Gift Card 50"),
        ("Billing Type", ("F2", "F8", "F2"), "Billing Type says F8"),
    ],
)
def test_what_is_given_rejected_or_sold_to_ones_own_is_asked_about(tmp_path, head, words, says):
    found = asked(tmp_path, export(f"Amount,{head}", *(f"{{100}},{word}" for word in words)))
    assert says in found["where"].asks


def test_what_was_paid_ahead_counts_with_the_invoice_that_takes_it_off_or_not_at_all(tmp_path):
    rows = ["R1,2026-01-05,K1,Anzahlung,1,300,Anzahlungsrechnung", "R2,2026-02-05,K1,Maschine,1,1000,Rechnung",
            "R2,2026-02-05,K1,abzgl. Anzahlung R1,-1,-300,Rechnung"]  # fmt: skip
    text = "\n".join(["Rechnungsnr,Rechnungsdatum,Kundennr,Artikel,Menge,Nettobetrag,Belegart", *rows])
    found = proposed(tmp_path, {"rechnungen": text}, where=0, more="[quarantine]\nmax_share = 1\n")
    assert found.net == 1000


def test_costs_have_the_sign_of_their_sales(tmp_path):
    (tmp_path / "below").mkdir()
    below = proposed(tmp_path / "below", {"sales": export("Revenue,COGS", *["{100},-{60}"] * 3)})
    assert sum(below.lines["cost_amount"]) == 360
    (tmp_path / "above").mkdir()
    text = export("Amount,Total Cost", "{100},{60}", "-{100},{60}", "{100},{60}")
    assert [means for _, means in asked(tmp_path / "above", text)["cost_amount"].answers] == [
        "yes: 120.00 is taken off the cost", "no: 120.00 is a cost of its own",
    ]  # fmt: skip


def test_an_amount_that_is_the_same_whatever_the_quantity_may_be_a_price(tmp_path):
    rows = [f"A{n},2026-03-0{n},C1,P{n % 2},{n},10" for n in range(1, 5)]
    found = asked(tmp_path, "\n".join([f"{HEAD},Amount", *rows]))["net_amount"]
    assert [means for _, means in found.answers] == [
        "yes, of one unit: 100.00 in all", "no, of the line: 40.00 in all",
    ]  # fmt: skip


def test_a_month_with_tax_in_its_amounts_is_not_taken_for_one_without(tmp_path):
    (tmp_path / "sales-01.csv").write_text(export("Amount", *["{100}"] * 2), encoding="utf-8")
    assert "files" in asked(tmp_path, export("Amount (incl. VAT)", *["{119}"] * 2), "sales-02")


@pytest.mark.parametrize(
    ("head", "first", "second"),
    [
        ("Order Date,Invoice Date", "2026-01-30", "2026-02-02"),
        ("Belegdatum,Buchungsdatum", "30.01.2026", "02.02.2026"),
    ],
)
def test_days_of_order_and_of_invoice_in_different_months_are_asked_about(tmp_path, head, first, second):
    rows = [f"A{n},{first if n == 1 else second},{second},C1,P1,1,{n}00" for n in range(1, 4)]
    found = asked(tmp_path, "\n".join([f"Order No,{head},Customer No,Item No,Qty,Amount", *rows]))[
        "order_date"
    ]
    assert "(100.00 of 1 rows in another month)" in found.asks


def test_texts_between_the_lines_are_no_sales(tmp_path):
    rows = ["A1,2026-01-05,C1,P1,5,500,Bolt", "A1,2026-01-05,C1,,,,Please deliver on Monday"]
    found = proposed(tmp_path, {"sales": "\n".join([f"{HEAD},Amount,Text", *rows])})
    assert found.net == 500 and "1 rows have no article, no quantity and no amount" in found.text


def test_a_cost_that_may_be_of_one_unit_is_asked_about(tmp_path):
    found = asked(tmp_path, export("Amount,Cost", *["{15},9"] * 4))["cost_amount"]
    assert [means for _, means in found.answers] == [
        "of the line: 27.00 for sales of 135.00", "of one unit: 81.00 for sales of 135.00",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "rows", "answers"),
    [
        ("Sell-to Customer No.,Bill-to Customer No.", ["K1,H", "K2,H", "K3,H"], ("1 customers", "3 customers")),
        ("Company,Customer No,Customer Name", ["A,K1,Ox", "A,K2,Elk", "B,K1,Fox", "B,K2,Owl"],
         ("4 customers", "2 customers")),
        ("Customer No,Customer Name", ["K1,Ox", "K2,Elk", "K3,Owl", "9,A", "9,B", "9,C", "9,D"],
         ("sales without customer", "each name is a customer", "one customer's")),
    ],
)  # fmt: skip
def test_whose_a_number_is_is_asked_where_several_may_be_meant(tmp_path, head, rows, answers):
    lines = [f"A{n},2026-03-0{n},{row},P1,1,10" for n, row in enumerate(rows, 1)]
    found = asked(tmp_path, "\n".join([f"Order No,Order Date,{head},Item No,Qty,Amount", *lines]))[
        "customer_id"
    ]
    assert [means.endswith(each) for (_, means), each in zip(found.answers, answers, strict=True)] == [
        True
    ] * len(answers)


def test_moments_of_universal_time_ask_whose_day_counts(tmp_path):
    rows = [f"A{n},2026-01-31T17:3{n}:00Z,K1,P1,1,100" for n in range(3)]
    text = "\n".join(["Order No,Created At,Customer No,Item No,Qty,Amount", *rows])
    found = proposed(tmp_path, {"orders": text}, time_zone=1)
    assert {str(day) for day in found.lines["order_date"]} == {"2026-02-01"}
    assert asked(tmp_path, text.replace("T17", "T10")) == {}


SALES = f"{HEAD},Amount\nA1,2026-01-05,C1,P1,1,100\n"
DUE = "Invoice No,Invoice Date,Due Date,Customer No,Amount"
DUES = [
    "I1,2026-01-05,2026-02-05,C1,100",
    "I2,2026-01-06,2026-02-06,C1,200",
    "I3,2026-01-07,2026-02-07,C1,300",
]


@pytest.mark.parametrize(
    ("head", "words", "owed"),
    [("Status", ("Open", "Void", "Paid"), 400), ("Type", ("Invoice", "Credit Note", "Invoice"), 200)],
)
def test_invoices_that_are_void_or_credit_notes_are_not_owed(tmp_path, head, words, owed):
    rows = [f"{row},{word}" for row, word in zip(DUES, words, strict=True)]
    found = proposed(tmp_path, {"sales": SALES, "invoices": "\n".join([f"{DUE},{head}", *rows])},
                     more="[quarantine]\nmax_share = 1\n")  # fmt: skip
    assert sum(pd.read_parquet(found.tables.path("invoices"))["amount"]) == owed


def test_what_is_left_of_invoices_is_asked_about_where_no_payments_are(tmp_path):
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    rows = [f"{row},{left}" for row, left in zip(DUES, (0, 50, 300), strict=True)]
    found = asked(tmp_path, "\n".join([f"{DUE},Balance", *rows]), "invoices")["amount"]
    assert "350.00" in found.answers[0][1] and "600.00" in found.answers[1][1]


PAID = "Payment Id,Invoice No,Payment Date,Customer No,Amount"


@pytest.mark.parametrize(
    ("head", "tails", "asks"),
    [
        ("Status", ("100,Succeeded", "200,Failed"), "Status says Failed in 1 rows with 200.00"),
        ("Type", ("100,Payment", "200,Chargeback"), "Type says Chargeback in 1 rows with 200.00, above 0"),
    ],
)
def test_payments_that_failed_or_went_back_are_asked_about(tmp_path, head, tails, asks):
    (tmp_path / "sales.csv").write_text(SALES, encoding="utf-8")
    rows = [f"Y{n},I{n},2026-02-0{n},C1,{tail}" for n, tail in enumerate(tails, 1)]
    found = asked(tmp_path, "\n".join([f"{PAID},{head}", *rows]), "payments")
    (question,) = found.values()
    assert asks in question.asks


def test_a_discount_for_paying_in_time_settles_its_invoice(tmp_path):
    rows = ["Y1,I1,2026-02-01,C1,98,2", "Y2,I2,2026-02-01,C1,196,4"]
    found = proposed(tmp_path, {"sales": SALES, "invoices": "\n".join([DUE, *DUES]),
                                "payments": "\n".join([f"{PAID},Discount taken", *rows])})  # fmt: skip
    assert sum(pd.read_parquet(found.tables.path("payments"))["settled_amount"]) == 300
