"""Postings that DATEV exports: which are sales, of which year their days are, and what is asked about their tax."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from exports import answered

from helpers.errors import WorkbookError
from helpers.intake import propose_map, read_tables
from helpers.settings.config import load_settings

HEADS = (
    "Umsatz (ohne Soll/Haben-Kz);Soll/Haben-Kennzeichen;WKZ Umsatz;Kurs;Basis-Umsatz;WKZ Basis-Umsatz;Konto;"
    "Gegenkonto (ohne BU-Schlüssel);BU-Schlüssel;Belegdatum;Belegfeld 1;Belegfeld 2;Skonto;Buchungstext"
)
#: The fiscal year begins on 1 July 2025.
ABOUT = (
    '"EXTF";700;21;"Buchungsstapel";13;20260930101010000;;"RE";"";"";29098;55003;20250701;4;20250701;20260630;'
    '"Rechnungen";"WD";1;0;0;"EUR";;"";;;"{chart}";;;"";""'
)
ROWS = (
    '119,00;"S";"EUR";;;"";10001;8400;"";1508;"RE1";;;"Müller Söhne"',
    '1190;"S";"";;;"";10002;8400;"";0102;"RE2";;;""',
    '107,00;"H";"EUR";;;"";8300;10001;"";203;"RE3";;;"Bücher, von der anderen Seite gebucht"',
    '59,50;"H";"EUR";;;"";10001;8400;"";2802;"GS1";;;"Gutschrift"',
    '500,00;"S";"EUR";;;"";1200;10001;"";2802;"Z1";;;"Zahlung"',
    '200,00;"H";"EUR";;;"";70001;3400;"";0303;"ER1";;;"Einkauf"',
    '238,00;"S";"EUR";;;"";10003;8200;3;3006;"RE4";;;"Steuerschlüssel"',
    '100,00;"S";"EUR";;;"";10003;8125;"";3006;"RE5";;;"steuerfrei"',
)


def stapel(shop, *rows, chart="03", about=ABOUT):
    lines = [about.format(chart=chart), HEADS, *rows]
    shop.write("EXTF_Buchungsstapel.csv", "\r\n".join([*lines, ""]).encode("cp1252"))


def read(shop, answer=0):
    """Propose a map, answer what is asked of the tax; give the map, the lines, and the rules of rows set aside."""
    text = propose_map(shop.folder)
    path = shop.folder.parent / "workbook.toml"
    path.write_text(answered(text, net_amount=answer) + "\n[quarantine]\nmax_share = 1.0\n", encoding="utf-8")
    tables = read_tables(shop.folder, load_settings(path), shop.cache)
    aside = tables.folder / "quarantine" / "order_lines.parquet"
    rules = list(pd.read_parquet(aside)["rule"]) if aside.exists() else []
    return text, pd.read_parquet(tables.path("order_lines")), rules


@pytest.mark.parametrize("chart", ["03", ""])
def test_sales_are_read_net_signed_and_in_the_year_of_the_first_line(shop, chart):
    stapel(shop, *ROWS, chart=chart)
    text, lines, aside = read(shop)
    assert "Accounts of sales: 8400: 3 rows, 1,249.50" in text
    found = list(
        zip(
            lines["order_id"],
            lines["customer_id"],
            map(str, lines["order_date"]),
            lines["net_amount"],
            strict=True,
        )
    )
    assert found == [
        ("RE1", "10001", "2025-08-15", 100),
        ("RE2", "10002", "2026-02-01", 1000),
        ("GS1", "10001", "2026-02-28", -50),
        ("RE3", "10001", "2026-03-02", 100),
        ("RE4", "10003", "2026-06-30", 200),
        ("RE5", "10003", "2026-06-30", 100),
    ]
    assert aside == ["not_sales", "not_sales"]


def test_accounts_of_the_chart_skr_04_with_more_digits(shop):
    rows = [row.replace("10001;8400", "1000100;440000") for row in ROWS if "10001;8400" in row]
    stapel(shop, *rows, chart="04", about=ABOUT.replace(";20250701;4;", ";20250701;6;"))
    _, lines, _ = read(shop)
    assert list(lines["net_amount"]) == [100, -50]


def test_amounts_that_hold_no_tax_are_taken_as_they_stand(shop):
    stapel(shop, *ROWS)
    _, lines, _ = read(shop, 1)
    assert sum(lines["net_amount"]) == Decimal("1694.50")


def test_what_a_key_of_taxes_means_is_not_guessed(shop):
    stapel(shop, *ROWS, '116,00;"S";"EUR";;;"";10003;8200;5;3006;"RE6";;;"16 %"')
    _, lines, aside = read(shop)
    assert "RE6" not in set(lines["order_id"])
    assert "tax_key_not_known" in aside


def test_a_day_outside_the_period_has_no_year_and_is_set_aside(shop):
    about = ABOUT.replace("20250701;20260630", "20251001;20251231")
    stapel(shop, *(row.replace(";1508;", ";0110;") for row in ROWS[:1]), ROWS[1], about=about)
    _, lines, aside = read(shop)
    assert list(map(str, lines["order_date"])) == ["2025-10-01"]
    assert aside == ["wrong_date"]


def test_a_first_line_without_a_fiscal_year_is_refused(shop):
    stapel(shop, *ROWS, about=ABOUT.replace("20250701;4", ";4"))
    with pytest.raises(WorkbookError, match=r"EXTF_Buchungsstapel\.csv .*says no fiscal year"):
        propose_map(shop.folder)
