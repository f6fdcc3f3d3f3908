"""What programs of further countries write: their heads, totals, days and words, and what their amounts are."""

from __future__ import annotations

from decimal import Decimal

import pytest
from exports import proposed, written

from helpers.intake import propose_map
from helpers.intake.reading.encodings import proposed_encoding
from helpers.intake.values.moments import date_readings

SPANISH = "Comprobante,Fecha elaboración,Nombre tercero,Código,Cantidad,Valor unitario"


def _lines(tails, day="2026-0{m}-15"):
    return [
        f"F{n},{day.format(m=1 + n % 3)},Cliente {n % 4},P{n % 5},{n + 1},{10 + n}.00{tail}"
        for n, tail in enumerate(tails)
    ]


@pytest.mark.parametrize("discount", [0, 5])
@pytest.mark.parametrize("subtotal", [True, False])
def test_an_amount_called_gross_that_is_before_discount_holds_no_tax(tmp_path, subtotal, discount):
    """Valor bruto is before the discount, and IVA is on top: a fifth was taken off sales without a word."""
    tails, net = [], Decimal(0)
    for n in range(12):
        gross = Decimal((n + 1) * (10 + n))
        less = gross * discount * (n % 2) / 100
        own = f",{gross - less}" if subtotal else ""
        tails.append(f",{gross},{less}{own},{(gross - less) * 19 / 100:.2f}")
        net += gross - less
    heads = f"{SPANISH},Valor bruto,Descuento{',Subtotal' if subtotal else ''},IVA"
    found = proposed(tmp_path, {"ventas": "\n".join([heads, *_lines(tails)])})
    assert found.net == net


def test_a_column_of_tax_that_holds_the_same_rates_beside_many_amounts_is_the_rate(tmp_path):
    heads = "N. doc.,Data doc.,Cliente,Cod. articolo,Q.tà,Prezzo unitario,Importo con iva,Iva"
    tails = [
        f",{(n + 1) * (10 + n) * Decimal('1.1' if n % 2 else '1.22')},{10 if n % 2 else 22}"
        for n in range(12)
    ]
    found = proposed(tmp_path, {"righe": "\n".join([heads, *_lines(tails)])})
    assert abs(found.net - sum((n + 1) * (10 + n) for n in range(12))) < Decimal("0.01")


def test_a_discount_written_in_percent_that_is_taken_off_already_is_not_asked(tmp_path):
    heads = "N. doc.,Data doc.,Cliente,Cod. articolo,Q.tà,Prezzo unitario,Sconto,Importo,Iva"
    tails = [
        f",{'10%' if n % 2 else ''},{(n + 1) * (10 + n) * (Decimal('0.9') if n % 2 else 1)},22"
        for n in range(12)
    ]
    text = propose_map(written(tmp_path / "data", {"righe": "\n".join([heads, *_lines(tails)])}))
    assert "Sconto is taken off Importo already" in text


def test_a_total_beside_an_amount_and_a_tax_of_a_fifth_tells_that_it_is_without(tmp_path):
    """A fifth of an amount may be 20 % on it or 25 % in it: only what they make together tells."""
    heads = "Fiş No,Tarih,Cari Hesap,Malzeme Kodu,Miktar,Birim Fiyat,Tutar,KDV Tutarı,Genel"
    nets = [Decimal((n + 1) * 7) for n in range(12)]
    found = proposed(
        tmp_path,
        {"satislar": "\n".join([heads, *_lines(f",{net},{net / 5},{net * 6 / 5}" for net in nets)])},
    )
    assert found.asked == [] and found.net == sum(nets)
    assert found.lines["customer_id"].nunique() == 4


def test_what_came_back_beside_what_was_sold_on_a_line_is_asked_about(tmp_path):
    heads = (
        "Số chứng từ,Ngày hạch toán,Mã khách hàng,Mã hàng,Số lượng bán,Đơn giá,Doanh số bán,Giá trị trả lại"
    )
    tails = [f",{0 if n == 5 else (n + 1) * (10 + n)},{90 if n == 5 else 0}" for n in range(12)]
    lines = [*_lines(tails), ",,,,,Tổng cộng,1,90"]
    found = proposed(tmp_path, {"ban hang": "\n".join([heads, *lines])}, net_amount=0)
    assert found.net == sum((n + 1) * (10 + n) for n in range(12) if n != 5) - 90


def test_voided_documents_of_a_finnish_program_are_no_sales(tmp_path):
    heads = "Laskun numero,Laskun päivä,Asiakas,Tuotekoodi,Määrä,Yksikköhinta,Summa ilman ALV,Laskun tila"
    tails = [f",{(n + 1) * (10 + n)},{'Mitätöity' if n == 3 else 'Lähetetty'}" for n in range(12)]
    found = proposed(tmp_path, {"laskut": "\n".join([heads, *_lines(tails)])})
    assert found.asked == []
    assert found.net == sum((n + 1) * (10 + n) for n in range(12) if n != 3)


def test_a_polish_file_of_windows_is_not_read_as_western_and_its_corrections_are_asked_about(tmp_path):
    heads = "Typ dokumentu;Numer;Data wystawienia;Kontrahent;Symbol towaru;Ilość;Cena netto;Wartość netto"
    rows = [
        f"{'KFS' if n == 4 else 'FS'};{n};1{n % 9}.01.2026;Paweł Wójcik {n % 3};P{n};{n + 1};10,00;{10 * (n + 1)},00"
        for n in range(12)
    ]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sprzedaz.csv").write_bytes("\n".join([heads, *rows]).encode("cp1250"))
    text = propose_map(tmp_path / "data")
    assert 'encoding = "cp1250"' in text and "KFS is taken off: 680.00 in all" in text


@pytest.mark.parametrize("text", ["2026.01.05.", "2026. 1. 5.", "5. 1. 2026", "2026.01.05. 12:30"])
def test_days_with_a_point_behind_them_or_blanks_within_are_read(text):
    assert "2026-01-05" in {day for _, day in date_readings(text)}


def test_an_amount_in_the_code_of_a_currency_beside_the_documents_is_the_companys_own(tmp_path):
    heads = "Factura,Fecha,Cliente,Clave,Cantidad,Precio,Importe,Moneda,Importe MXN"
    amounts = [((n + 1) * (10 + n), n % 3 == 1) for n in range(12)]
    tails = [f",{each},{'USD' if usd else 'MXN'},{each * (17 if usd else 1)}" for each, usd in amounts]
    found = proposed(tmp_path, {"facturas": "\n".join([heads, *_lines(tails)])})
    assert found.net == sum(each * (17 if usd else 1) for each, usd in amounts)
    assert found.settings.report.currency == "MXN"


def test_a_flag_that_says_voided_is_seen_by_its_yes_in_swedish(tmp_path):
    heads = "Fakturanr,Fakturadatum,Kundnr,Artikelnr,Antal,À-pris,Belopp exkl. moms,Makulerad"
    tails = [f",{(n + 1) * (10 + n)},{'Ja' if n == 4 else 'Nej'}" for n in range(12)]
    found = proposed(tmp_path, {"fakturarader": "\n".join([heads, *_lines(tails)])})
    assert found.net == sum((n + 1) * (10 + n) for n in range(12) if n != 4)


def test_an_amount_is_with_tax_by_a_word_of_its_head_wherever_that_stands(tmp_path):
    """No answer to the question which column is the amount took the tax off."""
    heads = "Belegnr,Datum,Kundennr,Artikelnr,Menge,Einzelpreis brutto,Gesamt brutto,USt-Satz"
    tails = [f",{Decimal('1.19') * (n + 1) * (10 + n)},19%" for n in range(12)]
    found = proposed(tmp_path, {"journal": "\n".join([heads, *_lines(tails)])})
    assert found.net == sum((n + 1) * (10 + n) for n in range(12))


def test_documents_and_lines_are_joined_by_a_head_that_both_files_have(tmp_path):
    lines = [f"D{n // 2},P{n % 5},{n + 1},{10 + n},{(n + 1) * (10 + n)}" for n in range(12)]
    documents = [f"D{n},2026-0{1 + n % 3}-15,CL{n % 3}" for n in range(6)]
    found = proposed(
        tmp_path,
        {
            "documents": "\n".join(["Clé interne,Date du document,Code client", *documents]),
            "lignes": "\n".join(["Clé interne,Code article,Quantité,PV HT,Montant net HT", *lines]),
        },
    )
    assert found.net == sum((n + 1) * (10 + n) for n in range(12))
    assert found.lines["customer_id"].nunique() == 3


def test_the_main_line_of_a_document_names_no_item_by_a_word_for_none(tmp_path):
    heads = "Type,Document Number,Date,Name,Item,Quantity,Item Rate,Amount"
    rows = []
    for n in range(8):
        rows.append(f"Invoice,INV{n},2026-01-1{n},C{n % 3} Inc,- None -,,,{30 + 3 * n}.00")
        rows += [
            f"Invoice,INV{n},2026-01-1{n},C{n % 3} Inc,P{k},{k},{10 + n}.00,{k * (10 + n)}.00" for k in (1, 2)
        ]
    found = proposed(tmp_path, {"SavedSearch": "\n".join([heads, *rows])}, where=0)
    assert found.net == sum(30 + 3 * n for n in range(8))


@pytest.mark.parametrize(
    ("encoding", "heads", "kinds", "customer"),
    [
        ("cp1253", "Παραστατικό;Τύπος παραστατικού;Ημερομηνία;Πελάτης;Κωδικός είδους;Ποσότητα;Τιμή;Καθαρή αξία",
         ("Τιμολόγιο", "Πιστωτικό Τιμολόγιο"), "Παπαδόπουλος ΑΕ"),
        ("cp1255", "מס' חשבונית;סוג מסמך;תאריך;שם לקוח;מק\"ט;כמות;מחיר ליחידה;סה\"כ מחיר",
         ("חשבונית מס", "חשבונית זיכוי"), "ברק שיווק"),
        ("cp1256", "رقم الفاتورة;نوع المستند;التاريخ;العميل;رمز الصنف;الكمية;سعر الوحدة;المبلغ",
         ("فاتورة", "إشعار دائن"), "شركة النور"),
        ("cp874", "เลขที่เอกสาร;ประเภท;วันที่;ชื่อลูกค้า;รหัสสินค้า;จำนวน;ราคาต่อหน่วย;มูลค่าสินค้า",
         ("ใบกำกับภาษี", "ใบลดหนี้"), "ห้างหุ้นส่วน กุ้ง"),
    ],
)  # fmt: skip
def test_credit_notes_in_the_scripts_of_windows_are_taken_off(tmp_path, encoding, heads, kinds, customer):
    """The file was read as Russian: no word of it said anything, and credit notes counted as sales."""
    rows = [
        f"{n};{kinds[n == 5]};{n + 1:02}/01/2026;{customer} {n % 3};P{n};{n + 1};10.00;{10 * (n + 1)}.00"
        for n in range(12)
    ]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sales.csv").write_bytes("\n".join([heads, *rows]).encode(encoding))
    text = propose_map(tmp_path / "data")
    assert (
        f'encoding = "{encoding}"' in text
        and f"says {kinds[1]} in 1 rows with 60.00, without a minus" in text
    )


@pytest.mark.parametrize(("encoding", "text"), [("cp1250", "Vevő;Erdősi Bt"), ("cp1252", "Operações;Camões"),
                                                ("cp1251", "дата;контрагент"), ("gb18030", "单号;鑫磊")])  # fmt: skip
def test_encodings_of_neighbours_are_told_by_how_letters_stand(tmp_path, encoding, text):
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    assert proposed_encoding(tmp_path / "a.csv") == encoding


def test_jumlah_is_how_many_where_its_price_makes_the_amount(tmp_path):
    """The number of pieces was asked about as an amount, and no answer was the right one."""
    heads = "No. Pesanan,Waktu Pesanan Dibuat,Username (Pembeli),SKU Induk,Jumlah,Harga,Total Harga,Status Pesanan"
    tails = [f",{(n + 1) * (10 + n)}.00,{'Batal' if n == 3 else 'Selesai'}" for n in range(12)]
    found = proposed(tmp_path, {"pesanan": "\n".join([heads, *_lines(tails)])})
    assert found.asked == [] and found.lines["customer_id"].nunique() == 4
    assert found.net == sum((n + 1) * (10 + n) for n in range(12) if n != 3)


@pytest.mark.parametrize("behind", ["(Foreign Currency)", "(FC)", "in transaction currency"])
@pytest.mark.parametrize("is_first", [True, False])
def test_an_amount_beside_that_in_a_foreign_currency_is_the_companys(tmp_path, behind, is_first):
    """A rate was asked for, by which amounts that are the company's already would have been converted again."""
    own, foreign = ["Amount", f"Amount {behind}"][:: 1 if is_first else -1]
    heads = f"Document Number,Date,Name,Item,Quantity,Item Rate,{own},{foreign},Currency"
    tails = []
    for n in range(12):
        amounts = [4 * (n + 1), (5 if n % 3 == 1 else 4) * (n + 1)][:: 1 if is_first else -1]
        tails.append(f",{amounts[0]}.00,{amounts[1]}.00,{'GBP' if n % 3 == 1 else 'USD'}")
    found = proposed(tmp_path, {"sales": "\n".join([heads, *_lines(tails)])})
    assert found.net == sum(4 * (n + 1) for n in range(12))


@pytest.mark.parametrize("head", ["退税额", "Returns allowed", "Return window", "Refund policy", "Retour km"])
def test_what_is_only_called_like_a_return_takes_nothing_off(tmp_path, head):
    heads = f"Invoice,Date,Customer,Item,Quantity,Unit Price,Amount,{head}"
    found = proposed(
        tmp_path,
        {"sales": "\n".join([heads, *_lines(f",{(n + 1) * (10 + n)},{7 * n % 5}" for n in range(12))])},
    )
    assert found.asked == [] and found.net == sum((n + 1) * (10 + n) for n in range(12))
