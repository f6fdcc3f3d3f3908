"""Tax in amounts, told by what stands once for a document, by rates in words, and by flags in further languages."""

from __future__ import annotations

from decimal import Decimal

import pytest
from exports import proposed

#: Orders of two lines each, without tax: every amount times 1.2 is in whole cents.
LINES = [
    (f"R{n // 2}", f"2026-01-{10 + n // 2}", f"C{n % 3}", f"A{n}", 1, Decimal(10 + 5 * n)) for n in range(12)
]
NET = sum(line[-1] for line in LINES)
HEADS = "Order No,Order Date,Customer No,Item No,Qty"


def of_order(number: str) -> Decimal:
    return sum((line[-1] for line in LINES if line[0] == number), Decimal(0))


def sales(heads: str, cells) -> dict[str, str]:
    rows = [",".join(map(str, [*line[:5], *cells(line)])) for line in LINES]
    return {"sales": "\n".join([f"{HEADS},{heads}", *rows])}


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.parametrize(
    ("heads", "of_net"),
    [
        ("Amount,Document Net,Document Tax", lambda net: (net, net * Decimal("0.2"))),
        ("Amount,VAT total,Invoice value", lambda net: (net * Decimal("0.2"), net * Decimal("1.2"))),
        ("Betrag,Rechnungsnetto,MwSt gesamt", lambda net: (net, net * Decimal("0.2"))),
        ("金额,单据税额", lambda net: (net * Decimal("0.13"),)),
    ],
)
def test_what_a_document_comes_to_tells_whether_its_lines_are_with_tax(tmp_path, heads, of_net, inside):
    """Totals and taxes of documents on each line were named and not looked at: amounts with tax counted as net."""
    times = Decimal("1.13" if "金额" in heads else "1.2") if inside else 1
    found = proposed(tmp_path, sales(heads, lambda line: (line[-1] * times, *of_net(of_order(line[0])))))
    assert (found.net, found.asked) == (NET, [])


def test_the_total_of_a_file_of_orders_tells_it_of_their_lines(tmp_path):
    orders = {
        line[0]: (*line[:3], of_order(line[0]) * Decimal("0.2"), of_order(line[0]) * Decimal("1.2"))
        for line in LINES
    }
    heads = "\n".join(
        ["Order No,Order Date,Customer No,Tax,Total", *(",".join(map(str, x)) for x in orders.values())]
    )
    items = "\n".join(
        ["Order No,SKU,Qty,Amount", *(f"{x[0]},{x[3]},1,{x[5] * Decimal('1.2')}" for x in LINES)]
    )
    files = {"orders": heads, "order_lines": items}
    assert proposed(tmp_path, files).net == NET


@pytest.mark.parametrize(("answer", "net"), [(0, NET), (1, NET - 12)])
def test_a_tax_of_documents_that_fits_no_rate_is_asked_about(tmp_path, answer, net):
    taxes = sales(
        "Amount,Tax of document", lambda line: (line[-1], Decimal("1.90") + int(line[0][1:]) % 2 / Decimal(5))
    )
    found = proposed(tmp_path, taxes, net_amount=answer)
    assert found.net == net


@pytest.mark.parametrize(
    ("heads", "words"),
    [
        ("Gross Amount,VAT Code", ("Standard 20%", "Exempt")),
        ("Wartość brutto,Stawka VAT", ("20%", "zw.")),
        ("Montant TTC,Taux TVA", ("20 %", "exonéré")),
        ("价税合计,税率", ("20%", "免税")),
        ("Bruttobetrag,Steuersatz", ("20 %", "steuerfrei")),
    ],
)
def test_a_rate_in_words_is_taken_out_of_each_line(tmp_path, heads, words):
    """Beside exempt lines no rate was read, and one rate was asked for all of them."""
    rate = lambda line: int(line[0][1:]) % 2  # noqa: E731
    cells = lambda line: (line[-1] * (1 if rate(line) else Decimal("1.2")), words[rate(line)])  # noqa: E731
    found = proposed(tmp_path, sales(heads, cells))
    assert (found.net, found.asked) == (NET, [])


@pytest.mark.parametrize(
    ("head", "yes", "no"),
    [
        ("IVA inclusa", "Sì", "No"),
        ("TVA comprise", "oui", "non"),
        ("btw inbegrepen", "ja", "nee"),
        ("税込フラグ", "1", "0"),
    ],
)
def test_a_flag_says_which_amounts_are_with_tax_in_further_languages(tmp_path, head, yes, no):
    taxed = lambda line: int(line[0][1:]) % 2  # noqa: E731
    cells = lambda line: (line[-1] * (Decimal("1.2") if taxed(line) else 1), 20, yes if taxed(line) else no)  # noqa: E731
    assert proposed(tmp_path, sales(f"Amount,VAT rate,{head}", cells)).net == NET


@pytest.mark.parametrize(("answer", "parts"), [(0, 100), (1, 1)])
@pytest.mark.parametrize("head", ["je", "Basis", "计价基数"])
def test_of_how_many_pieces_a_price_is_is_asked(tmp_path, head, answer, parts):
    """A column of 1, 100 and 1,000 beside the price was left aside: sales were a hundred times too large."""
    text = "\n".join(
        [
            f"{HEADS},Unit Price,{head}",
            *(f"R{n},2026-01-1{n},C1,A{n},{100 * n},2.00,100" for n in range(1, 8)),
        ]
    )
    assert proposed(tmp_path, {"sales": text}, net_amount=answer).net == Decimal(5600) / parts
