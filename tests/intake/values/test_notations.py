"""Numbers and dates as exports write them: read where the map declares it, refused with the setting to declare else."""

from __future__ import annotations

import datetime
import tomllib
from decimal import Decimal

import pytest
from babel.dates import format_date
from exports import answered

from helpers.errors import WorkbookError
from helpers.intake import propose_map, reconciliation_text
from helpers.intake.proposing.values import date_lines
from helpers.intake.values.moments import formats_of
from helpers.intake.values.notations import SURE_MARKS
from helpers.settings.config import load_settings

DAY = datetime.date(2026, 3, 5)


def amounts(shop, *texts, **source):
    shop.orders(*[f'A{n},2026-01-05,7,1,P,1,"{text}"' for n, text in enumerate(texts)])
    return [str(amount.normalize()) for amount in shop.table(source=source)["net_amount"]]


@pytest.mark.parametrize(
    ("text", "declared", "amount"),
    [
        ("1 234,50", {"decimal": ",", "numbers": ["blank"]}, "1234.5"),
        ("1\u00a0234,50", {"decimal": ",", "numbers": ["blank"]}, "1234.5"),
        ("12\u202f008,25", {"decimal": ",", "numbers": ["blank"]}, "12008.25"),
        ("1'234'567.5", {"decimal": ".", "numbers": ["apostrophe"]}, "1234567.5"),
        ("1’234.5", {"numbers": ["apostrophe"]}, "1234.5"),
        ("1,50,000.25", {"decimal": ".", "numbers": ["lakh"]}, "150000.25"),
        ("(1,851.75)", {"decimal": ".", "numbers": ["parentheses"]}, "-1851.75"),
        ("($1,851.75)", {"decimal": ".", "numbers": ["parentheses"], "currency_marks": {"$": "EUR"}}, "-1851.75"),
        ("617.25-", {"numbers": ["minus_behind"]}, "-617.25"),
        ("−617.25", {"numbers": ["minus_sign"]}, "-617.25"),
        ("-€ 617.25", {"currency_marks": {"€": "EUR"}}, "-617.25"),
        ("617,25 EUR", {"decimal": ",", "currency_marks": {"EUR": "EUR"}}, "617.25"),
        ("１，２３４．５０", {"decimal": ".", "numbers": ["full_width"]}, "1234.5"),
        ("١٬٢٣٤٫٥٠", {"decimal": ".", "numbers": ["native_digits"]}, "1234.5"),
        ("\u200f-۱٬۲۳۴٫۵۰", {"decimal": ".", "numbers": ["native_digits"]}, "-1234.5"),
        ("१,२३,४५६.५०", {"decimal": ".", "numbers": ["lakh", "native_digits"]}, "123456.5"),
        ("12.5 %", {"numbers": ["percent"]}, "0.125"),
        ("1.2万", {"numbers": ["wan"]}, "1.2E+4"),
        ("2亿", {"numbers": ["wan"]}, "2E+8"),
        ("12 Nos", {"numbers": ["unit"]}, "12"),
        ("1,200.50 Cr", {"decimal": ".", "numbers": ["credit_minus"]}, "-1200.5"),
        ("1,200.50 Dr", {"decimal": ".", "numbers": ["credit_minus"]}, "1200.5"),
        ("1,200.50 Dr", {"decimal": ".", "numbers": ["debit_minus"]}, "-1200.5"),
    ],
)  # fmt: skip
def test_a_declared_notation_is_read_to_the_penny(shop, text, declared, amount):
    assert amounts(shop, text, "1.5" if declared.get("decimal") != "," else "1,5", **declared)[0] == amount


@pytest.mark.parametrize(
    ("text", "declared"),
    [
        ("1,2345.00", {"decimal": ".", "numbers": ["lakh"]}),
        ("1 23", {"numbers": ["blank"]}),
        ("1 234'567", {"numbers": ["blank", "apostrophe"]}),
        ("(-5)", {"numbers": ["parentheses"]}),
        ("5-6", {"numbers": ["minus_behind"]}),
        ("6€17", {"currency_marks": {"€": "EUR"}}),
        ("$5", {"currency_marks": {"€": "EUR"}}),
        ("5 %", {"numbers": ["blank"]}),
        ("12 34 Nos", {"numbers": ["unit"]}),
        ("2万5千", {"numbers": ["wan"]}),
        ("5万8", {"numbers": ["wan"]}),
        ("两万五", {"numbers": ["wan"]}),
        ("12.5", {"decimal": ","}),
        ("2.50", {"decimal": ","}),
        ("1,5", {"decimal": "."}),
        ("1½", {"numbers": ["full_width"]}),
        ("5²", {"numbers": ["full_width"]}),
    ],
)
def test_a_slip_is_no_number_in_any_notation(shop, text, declared):
    shop.orders("A1,2026-01-05,7,1,P,-1,-1", f'A2,2026-01-05,7,1,P,1,"{text}"')
    assert list(shop.quarantine(source=declared)["rule"]) == ["wrong_type"]


@pytest.mark.parametrize(
    ("written", "cure"),
    [
        ("(5.00)", "parentheses"), ("5.00-", "minus_behind"), ("−5.00", "minus_sign"), ("1 234.00", "blank"),
        ("1'234.00", "apostrophe"), ("５.00", "full_width"), ("٥٫٢٥", "native_digits"), ("5 %", "percent"),
        ("5万", "wan"), ("5 Cr", "credit_minus"),
        ("$5.00", "currency_marks"), ("5.00 CAD", "currency_marks"), ("1,234.00", 'decimal = "."'), ("5 pcs", "unit"),
    ],
)  # fmt: skip
def test_a_notation_not_declared_stops_however_few_have_it(shop, written, cure):
    shop.orders(*[f"A{n},2026-01-05,7,1,P,1,1.25" for n in range(500)],
                f'B1,2026-01-05,7,1,P,1,"{written}"', f'B2,2026-01-05,7,1,P,1,"{written}"')  # fmt: skip
    with pytest.raises(WorkbookError, match=r"order_lines.csv, data row 501.*2 rows are written so") as error:
        shop.read(max_share=0.05)
    assert cure in str(error.value)


def test_columns_of_one_table_may_have_notations_of_their_own(shop):
    shop.orders("A1,2026-01-05,7,1,P,2.5,1.234", 'A2,2026-01-05,7,1,P,1,"1,5"')
    formats = {"net_amount": {"decimal": ","}}
    lines = shop.table(tables={"order_lines": {"formats": formats}})
    assert list(lines["net_amount"]) == [1234, Decimal("1.5")]
    assert list(lines["quantity"]) == [Decimal("2.5"), 1]


def test_numbers_that_can_all_be_read_in_two_ways_stop(shop):
    shop.orders("A1,2026-01-05,7,1,P,1,1.234", "A2,2026-01-05,7,1,P,1,850")
    with pytest.raises(
        WorkbookError, match=r"column net_amount: '1.234' can mean 1234 \(decimal = \",\"\) or 1.234"
    ):
        shop.read()
    assert shop.table(source={"decimal": "."})["net_amount"].sum() == Decimal("851.234")
    shop.orders(
        "A1,2026-01-05,7,1,P,1,1.234", "A2,2026-01-05,7,1,P,1,0.850"
    )  # a zero in front groups nothing
    assert shop.table()["net_amount"].sum() == Decimal("2.084")


def test_a_mark_beside_an_amount_is_the_currency_of_its_line(shop):
    shop.orders("A1,2026-01-05,7,1,P,1,$10", "A2,2026-01-05,7,1,P,1,10 €", "A3,2026-01-05,7,1,P,1,10")
    source = {"currency_marks": {"$": "USD", "€": "EUR"}, "currency_rates": {"USD": 0.5}}
    assert list(shop.table(source=source)["net_amount"]) == [5, 10, 10]
    assert "several currencies" in reconciliation_text(shop.read(source=source))
    source.pop("currency_rates")
    assert list(shop.quarantine(source=source)["rule"]) == ["no_rate"]


def test_a_mark_against_the_currency_of_the_line_is_set_aside(shop):
    header = "order_id,order_date,customer_id,line_no,product_id,quantity,net_amount,currency"
    shop.orders("A1,2026-01-05,7,1,P,1,$10,EUR", "A2,2026-01-05,7,1,P,1,€10,EUR", header=header)
    found = shop.quarantine(
        source={"currency_marks": {"$": "USD", "€": "EUR"}, "currency_rates": {"USD": 0.5}}
    )
    assert list(found["rule"]) == ["two_currencies"]


def test_every_known_mark_is_of_one_currency():
    assert all(len(code) == 3 and code.isupper() for code in SURE_MARKS.values())


@pytest.mark.parametrize(
    ("written", "date_format"),
    [
        ("46086", "serial"), ("46086.75", "serial"), ("05-Mar-2026", "%d-%b-%Y"), ("Mar 5, 2026", "%b %d, %Y"),
        ("5 March 2026", "%d %B %Y"), ("3/5/2026 2:15:00 PM", "%m/%d/%Y %I:%M:%S %p"), ("20260305", "%Y%m%d"),
    ],
)  # fmt: skip
def test_a_declared_form_of_dates_is_read(shop, written, date_format):
    shop.orders(f'A1,"{written}",7,1,P,2,10')
    assert list(shop.table(source={"date_format": date_format})["order_date"]) == [DAY]


@pytest.mark.parametrize(
    "written", ["2026-03-05 10:14:00 +0800", "2026-03-05T23:59:00Z", "2026-03-05 00:10:00+08"]
)
def test_a_zone_behind_the_time_does_not_move_the_day(shop, written):
    shop.orders(f"A1,{written},7,1,P,2,10")
    assert list(shop.table()["order_date"]) == [DAY]


def test_a_day_alone_is_a_moment_and_its_end_no_offset(shop):
    """The -23 of 2003-10-23 could be taken for a zone, and all days of a column of moments would be missing."""
    shop.orders("A1,2026-03-05,7,1,P,2,10")
    shop.write(
        "complaints.csv", ["customer_id,opened_at", "7,2003-10-23", "7,2026-3-5", "7,2026-03-05 10:14:00-08"]
    )
    opened = shop.table("complaints")["opened_at"]
    assert [str(moment) for moment in opened] == [
        "2003-10-23 00:00:00", "2026-03-05 00:00:00", "2026-03-05 10:14:00",
    ]  # fmt: skip


def test_the_day_of_a_declared_zone_counts(shop):
    shop.orders("A1,2026-03-04T16:30:00Z,7,1,P,2,10", "A2,2026-03-05,7,1,P,2,10")
    assert set(shop.table(source={"time_zone": "Asia/Shanghai"})["order_date"]) == {DAY}
    assert set(shop.table()["order_date"]) == {datetime.date(2026, 3, 4), DAY}


def test_a_month_without_a_day_counts_on_its_last_day(shop):
    shop.orders("A1,2026-02,7,1,P,2,10")
    assert list(shop.table(source={"date_format": "%Y-%m"})["order_date"]) == [datetime.date(2026, 2, 28)]


def test_two_forms_in_one_column_are_read_in_the_declared_order(shop):
    shop.orders("A1,05-Mar-2026,7,1,P,2,10", "A2,05/03/2026,7,1,P,2,10")
    source = {"date_format": ["%d-%b-%Y", "%d/%m/%Y"]}
    assert set(shop.table(source=source)["order_date"]) == {DAY}
    shop.orders(
        *[f"A{n},05-Mar-2026,7,1,P,2,10" for n in range(100)],
        "B1,05/03/2026,7,1,P,1,1",
        "B2,15/03/2026,7,1,P,1,1",
    )
    with pytest.raises(
        WorkbookError, match=r"data row 101: order_date is '05/03/2026', and 2 rows.*date_format = \["
    ):
        shop.read(source={"date_format": "%d-%b-%Y"}, max_share=0.05)


def test_two_forms_that_read_another_day_are_refused(shop):
    with pytest.raises(WorkbookError, match=r"can be read as %d/%m/%Y and as %m/%d/%Y"):
        shop.read(source={"date_format": ["%d/%m/%Y", "%m/%d/%Y"]})


@pytest.mark.parametrize(
    ("written", "date_format", "calendar", "day"),
    [
        ("05/03/2569", "%d/%m/%Y", "buddhist", DAY), ("29/02/2567", "%d/%m/%Y", "buddhist", datetime.date(2024, 2, 29)),
        ("115/03/05", "%Y/%m/%d", "republic", DAY), ("113/02/29", "%Y/%m/%d", "republic", datetime.date(2024, 2, 29)),
        ("99/12/31", "%Y/%m/%d", "republic", datetime.date(2010, 12, 31)), ("2569-03-05", None, "buddhist", DAY),
    ],
)  # fmt: skip
def test_years_of_a_declared_calendar_are_put_into_ours(shop, written, date_format, calendar, day):
    shop.orders(f"A1,{written},7,1,P,2,10")
    source = {"calendar": calendar} | ({"date_format": date_format} if date_format else {})
    assert list(shop.table(source=source)["order_date"]) == [day]


@pytest.mark.parametrize(
    ("written", "date_format", "meant"),
    [
        ("115/01/05", "%Y/%m/%d", r"Taiwan \(115 \+ 1911 = 2026\)"),
        ("05/01/2569", "%d/%m/%Y", r"Thailand \(2569 - 543 = 2026"),
    ],
)
def test_a_calendar_not_declared_stops_and_is_named(shop, written, date_format, meant):
    shop.orders(f"A1,{written},7,1,P,2,10", f"A2,{written},8,1,P,2,10")
    with pytest.raises(
        WorkbookError, match=rf"order_date is '{written}', a year outside 1970 to 2099.*{meant}.*calendar ="
    ):
        shop.read(source={"date_format": date_format})


def test_one_slip_of_a_year_is_set_aside_with_its_row(shop):
    shop.orders(*[f"O{n},2026-0{n}-05,C1,1,P1,1,{n}" for n in range(1, 9)], "O9,0026-03-05,C1,1,P1,1,50")
    found = shop.quarantine()
    assert list(found["rule"]) == ["wrong_year"]
    assert list(found["row_number"]) == [9]
    assert shop.table()["net_amount"].sum() == 36


def test_words_for_nothing_are_nothing_where_declared_and_no_customer_where_not(shop):
    shop.orders("A1,2026-01-05,NULL,1,P,1,5", "A2,2026-01-05,无,1,P,1,6", "A3,2026-01-05,7,1,-,1,7")
    with pytest.raises(
        WorkbookError, match=r"data row 1: customer_id is 'NULL', in 2 rows.*nothing = \[\"NULL\", \"无\"\]"
    ):
        shop.read()
    lines = shop.table(source={"nothing": ["null", "无", "-"]})
    assert list(lines["customer_id"]) == [None, None, "7"]
    assert list(lines["product_id"]) == ["P", "P", None]
    assert list(shop.table(source={"nothing": []})["customer_id"]) == ["NULL", "无", "7"]


def test_unreadable_amounts_are_unknown_and_not_nought(shop):
    shop.orders("A1,2026-01-05,7,1,P,1,5", "A2,2026-01-05,7,1,P,1,five", "A3,2026-01-05,7,1,P,x,9")
    text = reconciliation_text(shop.read())
    assert "3 rows read, 14.0000 and 1 without a readable amount" in text
    assert text.count("0.0000") == 0 or "  0.0000" not in text


# --- losses of one kind
# ----------------------------------------------------------------------------------------------


def test_all_of_one_file_set_aside_stops(shop):
    shop.orders(*[f"A{n},2026-01-05,7,1,P,1,5" for n in range(300)], name="order_lines_1.csv")
    shop.orders(*[f"B{n},2026-02-05,7,1,P,?,5" for n in range(2)], name="order_lines_2.csv")
    with pytest.raises(
        WorkbookError, match=r"All 2 rows of the file order_lines_2.csv of order_lines are set aside"
    ):
        shop.read(max_share=0.05)


def test_all_of_one_month_set_aside_stops(shop):
    shop.orders(
        *[f"A{n},2026-01-05,7,1,P,1,5" for n in range(300)], *[f"B{n},2026-02-05,7,1,P,?,5" for n in range(2)]
    )
    with pytest.raises(WorkbookError, match=r"All 2 rows of 2026-02 of order_lines.*quantity is '\?'"):
        shop.read(max_share=0.05)


def test_all_of_one_currency_set_aside_stops(shop):
    header = "order_id,order_date,customer_id,line_no,product_id,quantity,net_amount,currency"
    rows = [f"A{n},2026-01-05,7,1,P,1,5,EUR" for n in range(300)] + [
        f"B{n},2026-01-05,7,1,P,1,5,SEK" for n in range(2)
    ]
    shop.orders(*rows, header=header)
    with pytest.raises(WorkbookError, match=r"All 2 rows in SEK of order_lines.*no rate"):
        shop.read(max_share=0.05)


def test_all_returns_set_aside_stop_even_if_it_is_one(shop):
    shop.orders(*[f"A{n},2026-01-05,7,1,P,1,5" for n in range(300)], "B1,2026-01-05,7,1,P,1,(5)")
    with pytest.raises(
        WorkbookError, match=r"All 1 rows with a negative net_amount.*data row 301: net_amount is '\(5\)'"
    ):
        shop.read(max_share=0.05)


# --- proposals
# ---------------------------------------------------------------------------------------------------


def proposed(shop, *rows, header="Order No,Order Date,Customer Code,Item No,Qty,Net Amount", **answers):
    shop.write("orders.csv", [header, *rows])
    text = propose_map(shop.folder / "orders.csv")
    (shop.folder / "workbook.toml").write_text(answered(text, **answers), encoding="utf-8")
    settings = load_settings(shop.folder / "workbook.toml").model_dump(mode="json", exclude_unset=True)
    return text, settings["tables"]


def test_notations_are_proposed_with_examples_and_then_read(shop):
    text, tables = proposed(
        shop,
        'F1,2026-09-03,K1,A1,2,"1,234.50"', 'F2,2026-09-03,K1,A1,-3,"(1,851.75)"', "F3,2026-09-03,K1,A1,3,1 851.75",
        "F4,2026-09-03,K1,A1,-1,617.25-", "F5,2026-09-03,K1,A1,-1,−617.25", "F6,2026-09-03,K1,A1,1,617.25 €",
        "F7,2026-09-03,NULL,A1,1,1.2万",
    )  # fmt: skip
    assert "(1,851.75): is negative" in text
    assert 'currency_marks = { "€" = "EUR" }' in text
    assert shop.table(data=shop.folder / "orders.csv", tables=tables)["net_amount"].sum() == Decimal(
        "12617.25"
    )


def test_a_mark_of_several_currencies_is_asked_about(shop):
    text, tables = proposed(
        shop, 'F1,2026-09-03,K1,A1,2,"$1,234.50"', "F2,2026-09-03,K1,A1,2,$3.00", currency_marks=0
    )
    assert '#   "AUD"  # $ is that' in text and 'currency_marks = { "$" = "?" }' in text
    lines = shop.table(data=shop.folder / "orders.csv", tables=tables, report={"currency": "USD"})
    assert lines["net_amount"].sum() == Decimal("1237.50")


@pytest.mark.parametrize(
    ("written", "line"),
    [
        (["05-Mar-2026", "15-Sep-2026"], 'date_format = "%d-%b-%Y"'), (["Mar 5, 2026"], 'date_format = "%b %d, %Y"'),
        (["46086", "46280"], 'date_format = "serial"'), (["2026-03"], "a month only"),
        (["3/5/2026 2:15:00 PM", "9/15/2026 2:15:00 PM"], 'date_format = "%m/%d/%Y %I:%M:%S %p"'),
        (["05-Oct-2024", "25/10/2024"], 'date_format = ["%d-%b-%Y", "%d/%m/%Y"]'),
        (["115/03/15"], 'calendar = "republic"'), (["15/03/2569"], 'calendar = "buddhist"'),
        (["2026-03-05", "25/03/2026"], 'date_format = ["%Y-%m-%d", "%d/%m/%Y"]'),
    ],
)  # fmt: skip
def test_the_form_of_dates_is_proposed_with_an_example(shop, written, line):
    text, tables = proposed(shop, *[f'F{n},"{day}",K1,A1,2,5' for n, day in enumerate(written)])
    assert line in text
    assert len(shop.table(data=shop.folder / "orders.csv", tables=tables)) == len(written)


def test_credit_notes_without_a_minus_get_one(shop):
    header = "Type,Order No,Order Date,Customer Code,Item No,Qty,Net Amount"
    rows = ["Sales Invoice,F1,2026-09-03,K1,A1,2,50.00", "Credit Note,F2,2026-09-04,K1,A1,1,20.00"]
    text, tables = proposed(shop, *rows, header=header)
    assert "Type says Credit Note" in text
    lines = shop.table(data=shop.folder / "orders.csv", tables=tables)
    assert list(lines["net_amount"]) == [50, -20]
    assert list(lines["quantity"]) == [2, -1]


def test_customers_are_told_apart_by_name_where_there_is_no_number(shop):
    text, tables = proposed(
        shop, "F1,2026-09-03,Acme,A1,2,5", header="Order No,Order Date,Customer Name,Item No,Qty,Net Amount"
    )
    assert '"Customer Name" holds customers\' names, and no column holds their numbers' in text
    assert "name it as customer_id; else leave it so" in text
    assert list(shop.table(data=shop.folder / "orders.csv", tables=tables)["customer_id"]) == ["Acme"]


@pytest.mark.parametrize(
    ("customer", "is_number"), [("ABB001", True), ("Abbey Tools", False), ("a@b.example", True)]
)
def test_what_a_column_a_c_holds_is_told_by_its_values(shop, customer, is_number):
    text, tables = proposed(
        shop, f"F1,2026-09-03,{customer},A1,2,5", header="Invoice,Date,A/C,Item No,Qty,Net Amount"
    )
    assert tables["order_lines"]["columns"]["customer_id"] == "A/C"
    assert ("holds customers' names" not in text) == is_number


@pytest.mark.parametrize("language", ["es", "fr", "it", "de", "pt"])
def test_months_are_read_by_their_names_in_the_language_of_the_export(shop, language):
    days = [datetime.date(2026, month, 2 + month) for month in range(1, 13)]
    every = []
    for written in ("d-MMM-yyyy", "dd MMM yyyy", "d MMMM yyyy"):
        texts = [format_date(day, written, locale=language) for day in days]
        (line,) = date_lines(texts)
        every += [(text, tomllib.loads(line)["date_format"]) for text in texts]
    shop.orders(*[f"A{n},{text},7,1,P,1,1.25" for n, (text, _) in enumerate(every)])
    found = shop.table(source={"date_format": list(dict.fromkeys(form for _, form in every))})
    assert (
        list(found.sort_values("order_id", key=lambda ids: ids.str[1:].astype(int))["order_date"]) == days * 3
    )


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("3 de enero de 2026", "2026-01-03"), ("1er février 2026", "2026-02-01"), ("15. März 2026", "2026-03-15"),
        ("9 de maio de 2026", "2026-05-09"), ("03-GEN-26", "2026-01-03"), ("13-Sept-2026", "2026-09-13"),
    ],
)  # fmt: skip
def test_what_stands_beside_the_name_of_a_month_is_no_hindrance(shop, written, day):
    ((form, read),) = formats_of([written])
    assert read == day
    shop.orders(f"A1,{written},7,1,P,1,1.25")
    assert str(shop.table(source={"date_format": form})["order_date"][0]) == day


def test_a_word_that_names_no_month_is_no_date(shop):
    shop.orders("A1,3 ene 2026,7,1,P,1,1.25", "A2,3 lun 2026,7,1,P,1,1.25")
    assert list(shop.quarantine(source={"date_format": "%d %b %Y"})["rule"]) == ["wrong_date"]
