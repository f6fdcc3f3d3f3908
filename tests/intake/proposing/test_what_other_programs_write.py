"""Codes nobody explains, rows of two kinds, days as seconds: what programs that were not looked at before write."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from exports import proposed, written

from helpers.errors import WorkbookError
from helpers.intake import propose_map

DAYS = [f"2026-0{1 + n % 4}-1{n % 9}" for n in range(12)]
HEAD = "Order No,Order Date,Customer No,Item No,Qty,Amount"
WORTH = Decimal(sum(100 + n for n in range(12)))


def _lines(days: list[str], head: str = HEAD, more: str = "") -> str:
    return "\n".join(
        [head, *(f"S{n},{day},C{n % 4},A{n},1,{100 + n}.00{more}" for n, day in enumerate(days))]
    )


@pytest.mark.parametrize("unit", [1, 1000])
def test_days_as_seconds_since_1970_are_days(tmp_path, unit):
    seconds = [int(datetime.fromisoformat(f"{day}T10:00:00").replace(tzinfo=UTC).timestamp()) for day in DAYS]
    found = proposed(tmp_path, {"orders": _lines([str(each * unit) for each in seconds])})
    assert found.asked == [] and found.net == WORTH
    assert sorted(found.lines["order_date"].astype(str)) == sorted(DAYS)


def test_seconds_late_in_the_day_ask_whose_day_counts(tmp_path):
    seconds = [int(datetime.fromisoformat(f"{day}T23:00:00").replace(tzinfo=UTC).timestamp()) for day in DAYS]
    table = {"orders": _lines([str(each) for each in seconds])}
    found = proposed(tmp_path, table, time_zone="Asia/Shanghai")
    assert found.asked == ["tables.order_lines.time_zone"]
    assert min(found.lines["order_date"].astype(str)) == "2026-01-11"


@pytest.mark.parametrize(("mark", "asked"), [(".", 0), ("/", 1)])
def test_years_of_two_and_of_four_digits_in_one_column_are_the_same_years(tmp_path, mark, asked):
    """Both were read by the format of four digits, so that 26 was the year 26, or all were set aside."""
    low = [f"2026-0{1 + n % 4}-0{1 + n % 9}" for n in range(12)]
    days = [mark.join([day[8:], day[5:7], day[:4] if n % 2 else day[2:4]]) for n, day in enumerate(low)]
    found = proposed(tmp_path, {"orders": _lines(days)}, **({"date_format": 0} if asked else {}))
    assert len(found.asked) == asked
    assert sorted(found.lines["order_date"].astype(str)) == sorted(low)


def test_codes_of_documents_that_nothing_explains_are_asked_for(tmp_path):
    rows = [
        f"{'G' if n % 4 == 1 else 'R'},S{n},{day},C{n % 4},A{n},1,{100 + n}.00" for n, day in enumerate(DAYS)
    ]
    table = {"belege": "\n".join([f"Belegtyp,{HEAD}", *rows])}
    found = proposed(tmp_path, table, net_amount=0, quantity=0)
    assert found.net == WORTH - 2 * (101 + 105 + 109)


def test_known_codes_of_sales_are_asked_nothing(tmp_path):
    rows = [
        f"{'INV' if n % 4 else 'SO'},S{n},{day},C{n % 4},A{n},1,{100 + n}.00" for n, day in enumerate(DAYS)
    ]
    assert proposed(tmp_path, {"sales": "\n".join([f"Doc Type,{HEAD}", *rows])}).asked == []


def test_rows_of_sales_and_of_their_lines_are_asked_which_count(tmp_path):
    """Nothing was asked, and the check wanted SQL."""
    rows = []
    for n, day in enumerate(DAYS):
        head, key = f"S{n},{day},C{n % 4}", f"{100 + n}.00"
        rows += [
            f"{head},ALL,3,{key},Sale",
            f"{head},A1,1,40.00,Sale Line",
            f"{head},A2,2,{60 + n}.00,Sale Line",
        ]
    found = proposed(tmp_path, {"sales": "\n".join([f"{HEAD},Line Type", *rows])}, where=0)
    assert found.net == WORTH and len(found.lines) == 24


def test_credit_notes_of_an_article_at_two_prices_are_lines_of_their_own(tmp_path):
    """Once quantity and amount were made with a minus, rows that differ in them alone read as the same sale again."""
    rows = [
        f"S{n},{day},C{n % 4},A1,{1 + line},{(1 + line) * (10 + line)}.00,{'Gutschrift' if n == 3 else 'Rechnung'}"
        for n, day in enumerate(DAYS) for line in range(2)
    ]  # fmt: skip
    found = proposed(tmp_path, {"belege": "\n".join([f"{HEAD},Auftragsart", *rows])})
    assert found.asked == [] and found.net == 10 * 32


def test_sales_whose_days_and_customers_no_head_names_are_taken_by_their_values(tmp_path):
    """Such a file was taken for the list of products that its lines name, and nothing was read."""
    rows = [
        f"F{n},{day},X{n % 4},Firm {n % 4},A{n % 3},2,{50 + n}.00,{100 + 2 * n}.00"
        for n, day in enumerate(DAYS)
    ]
    heads = "Xf,Xg,Xh,Name,Article,Xi,Xj,Xk"
    assert "[tables.order_lines]" in propose_map(written(tmp_path, {"export": "\n".join([heads, *rows])}))


def test_customers_known_by_a_number_or_a_telephone_are_offered(tmp_path):
    rows = [f"S{n},{day},138000{n % 4},A{n % 3},1,{100 + n}.00" for n, day in enumerate(DAYS)]
    heads = HEAD.replace("Customer No", "Recipient phone")
    found = proposed(tmp_path, {"sales": "\n".join([heads, *rows])}, customer_id=1)
    assert found.lines["customer_id"].nunique() == 4


def test_a_tax_in_percent_is_a_rate(tmp_path):
    rows = [f"S{n},{day},C{n % 4},A{n % 3},1,{121 + n}.00,21%" for n, day in enumerate(DAYS)]
    heads = HEAD.replace("Amount", "Gross") + ",IVA"
    found = proposed(tmp_path, {"sales": "\n".join([heads, *rows])})
    assert abs(found.net - sum(Decimal(121 + n) / Decimal("1.21") for n in range(12))) < Decimal("0.01")


def test_records_called_by_words_are_refused(tmp_path):
    rows = ["Flag,SONum,Customer,Date", "Flag,Product,Quantity,Price"]
    rows += [line for n in range(4) for line in (f"SO,{n},Firm {n},2026-01-1{n}", f"Item,P{n},{n + 1},10.00")]
    (tmp_path / "so.csv").write_text("\n".join(rows), encoding="utf-8")
    with pytest.raises(WorkbookError, match="records of several kinds"):
        propose_map(tmp_path)


def test_ledgers_of_a_register_that_make_its_total_by_one_rate_tell_the_net_amount(tmp_path):
    """Tally names a column after each ledger: the rate of tax was asked, and the right one was no answer."""
    rows = (
        f"{n + 1}-Jan-26,Kestrel,Sales,S{n},{2 * n + 1} Nos,{(n + 1) * 118}.00 Dr,{(n + 1) * 100}.00 Cr,"
        f"{(n + 1) * 9}.00 Cr,{(n + 1) * 9}.00 Cr"
        for n in range(6)
    )
    heads = (
        "Date,Particulars,Voucher Type,Voucher No.,Quantity,Gross Total,Sales - Tools,Output CGST,Output SGST"
    )
    found = proposed(tmp_path, {"register": "\n".join([heads, *rows])})
    assert found.asked == [] and found.net == 2100


def test_deals_of_bitrix_are_sales_whose_stages_are_asked(tmp_path):
    """They were taken for customers, by the head ID alone."""
    rows = (
        f"{n},{'Сделка провалена' if n == 2 else 'Сделка успешна'},0{n + 1}.02.2026 09:10:00,0{n + 1}.02.2026,10.00,"
        f"Евро,Kestrel {n % 3},Иван"
        for n in range(6)
    )
    heads = "ID,Стадия сделки,Дата создания,Дата закрытия,Сумма,Валюта,Компания,Ответственный"
    found = proposed(tmp_path, {"DEAL": "\n".join([heads, *rows])}, net_amount=-1, where=1)
    assert found.net == 50
