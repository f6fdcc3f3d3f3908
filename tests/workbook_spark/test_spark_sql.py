"""Intake's SQL in Spark's dialect: what sqlglot leaves to us."""

from __future__ import annotations

import duckdb
import pytest

from helpers.errors import WorkbookError
from workbook_spark.sql import date_pattern, to_spark


def test_format_of_a_date_takes_one_digit_or_two_as_it_does_elsewhere():
    assert date_pattern("%d/%m/%Y %H:%M") == "d/M/yyyy H:m"


def test_letters_of_a_format_are_letters_and_not_directives():
    assert date_pattern("%Y年%m月%d日") == "yyyy'年'M'月'd'日'"


def test_directive_that_spark_has_no_like_of_is_named():
    with pytest.raises(WorkbookError, match="%j is not known to Spark"):
        date_pattern("%Y-%j")


@pytest.mark.parametrize(
    ("duckdb", "spark"),
    [
        ("SELECT t[5]", "SELECT SUBSTRING(t, 5, 1)"),
        (
            r"SELECT regexp_replace(t, '^([0-9]+)\.0$', '\1')",
            r"SELECT REGEXP_REPLACE(t, '^([0-9]+)\\.0$', '$1')",
        ),
        ("SELECT regexp_full_match(t, '[A-Z]{3}')", r"SELECT t RLIKE '\\A(?:[A-Z]{3})\\z'"),
        ("SELECT trunc(x)", "SELECT RINT(x)"),
        ("SELECT md5_number(t)", "SELECT MD5(t)"),
        ("SELECT log(x), log(2, x), ln(x)", "SELECT LOG(10, x), LOG(2, x), LN(x)"),
        (
            "SELECT regexp_replace(t, '-', '')",
            r"SELECT REGEXP_REPLACE(t, '\\A(?<head>(?s:.*?))(-)(?<rest>(?s:.*))', CONCAT('$', '{head}$', '{rest}'))",
        ),
        ("SELECT regexp_replace(t, '-', '', 'g')", "SELECT REGEXP_REPLACE(t, '-', '')"),
        ("SELECT regexp_replace(t, '^eur', '', 'i')", "SELECT REGEXP_REPLACE(t, '(?iu)^eur', '')"),
        ("SELECT regexp_matches(t, 'eur', 'i')", "SELECT t RLIKE '(?iu)eur'"),
        ("SELECT regexp_extract(t, '(eur)', 1, 'i')", "SELECT REGEXP_EXTRACT(t, '(?iu)(eur)')"),
        ("SELECT regexp_full_match(t, 'eur', 'i')", r"SELECT t RLIKE '\\A(?:(?iu)eur)\\z'"),
        ("SELECT dayname(d)", "SELECT DATE_FORMAT(d, 'EEEE')"),
        ("SELECT CAST(x AS INTEGER)", "SELECT CAST(CAST(x AS DECIMAL(38, 0)) AS INT)"),
        ("SELECT TRY_CAST(t AS BIGINT)", "SELECT TRY_CAST(TRY_CAST(t AS DECIMAL(38, 0)) AS BIGINT)"),
    ],
)
def test_what_spark_calls_otherwise_is_put_right(duckdb, spark):
    assert to_spark(duckdb) == spark


@pytest.mark.spark
def test_days_of_the_week_and_months_between_two_days_are_numbered_alike_on_both_engines(spark_session):
    """Of sixty days, a turn of the year among them, and days seven weeks and two and a half years before each."""
    shown = ", ".join(
        f"cast({expression} as bigint) AS n{number}"
        for number, expression in enumerate((
            "dayofweek(d)", "weekday(d)", "isodow(d)", "extract(dow FROM d)", "date_part('isodow', d)",
            *(f"date_diff('{unit}', {since}, d)" for unit in ("day", "week", "month", "quarter", "year")
              for since in ("d - 50", "d - 913")),
        ))
    )  # fmt: skip
    days = "SELECT unnest(range(DATE '2026-12-01', DATE '2027-01-30', INTERVAL 1 day))::DATE AS d"
    known = duckdb.sql(f"SELECT {shown} FROM ({days}) ORDER BY d")
    table = "(SELECT date_add(DATE'2026-12-01', n) AS d FROM (SELECT explode(sequence(0, 59)) AS n))"
    asked = to_spark(f"SELECT {shown} FROM days ORDER BY d").replace("FROM days", f"FROM {table}")
    assert [tuple(row) for row in spark_session.sql(asked).collect()] == known.fetchall()


@pytest.mark.spark
def test_what_a_map_casts_names_and_finds_in_texts_is_alike_on_both_engines(spark_session):
    """Whole numbers of amounts, texts, long numbers and what is true; a logarithm; a day and a month; any capitals."""
    expressions = (
        *(f"CAST({x}::DECIMAL(9, 2) AS INTEGER)" for x in ("2.7", "2.5", "-2.5", "0.4", "12.75")),
        "CAST('12.7' AS INTEGER)", "TRY_CAST('0012' AS BIGINT)", "TRY_CAST('n/a' AS BIGINT)",
        "CAST('12345678901234567' AS BIGINT)", "CAST(12345678901234569 AS BIGINT)",
        "CAST(2.7::DOUBLE AS BIGINT)", "CAST(1 = 1 AS INTEGER)", "CAST(log(1000.0) AS INTEGER)",
        "dayname(DATE '2026-02-01')", "monthname(DATE '2026-02-01')",
        "regexp_replace('12,50 Eur', ' *EUR$', '', 'i')", "regexp_replace('ЕВРО 7', '^евро *', '', 'i')",
        "regexp_replace('A-1-2', '-', '/')", "regexp_replace('A-1-2', '-', '/', 'g')",
        "regexp_replace('0:10:05', '([0-9])[0-9]|x', '<\\1>')", "regexp_replace('EUR 5 EUR', 'eur', '$', 'i')",
        "regexp_replace('eur EUR', 'Eur', '7', 'gi')", "regexp_replace('baa', 'a*$', '7')",
        "regexp_replace('abc', 'x*', '-')",
        r"regexp_replace('A-12', '[0-9]', '<\0>')", "dayname(try_strptime('01.02.2026', '%d.%m.%Y'))",
        "dayofweek(try_strptime('01.02.2026', '%d.%m.%Y'))",
        "date_diff('month', DATE '2026-01-31', TRY_CAST('2026-03-01' AS DATE))",
        "regexp_replace('a' || chr(10) || 'a', 'a', 'b')", "regexp_replace('none', '-', '/')",
        "regexp_matches('Müller GMBH', 'MÜLLER gmbh', 'i')", "regexp_matches('12 eur', 'EUR')",
    )  # fmt: skip
    asked = "SELECT " + ", ".join(
        f"{expression} AS n{number}" for number, expression in enumerate(expressions)
    )
    (on_spark,) = spark_session.sql(to_spark(asked)).collect()
    assert tuple(on_spark) == duckdb.sql(asked).fetchone()
