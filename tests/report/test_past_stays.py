"""What came later changes no page of an earlier month: rows of every table, new or another version of a record."""

from __future__ import annotations

import duckdb
import pytest

from helpers.intake import contracts
from helpers.report.monthly import make_report
from helpers.report.requests import ReportRequest
from workbook_sample import make_sample

#: A moment, or a day, that comes after the month's end: the same for the same day and row.
MACROS = """
    CREATE MACRO later(day) AS CAST(day AS TIMESTAMP) + to_days(CAST(
        greatest(1, datediff('day', CAST(day AS DATE), DATE '{end}') + 1 + hash(day, 7) % 40) AS INTEGER));
    CREATE MACRO day_later(day) AS CAST(later(day) AS DATE);
"""
#: By table, the rows that came later; ``t`` holds those of the month itself, with all columns of the contract.
LATER_ROWS = {
    "order_lines": """
        SELECT * REPLACE ('L' || order_id AS order_id, day_later(order_date) AS order_date,
            CASE WHEN line_no = '1' THEN customer_id ELSE 'NEW' || customer_id END AS customer_id,
            net_amount * 3 AS net_amount,
            'L' || product_id AS product_id, NULL AS enquiry_date) FROM t WHERE hash(order_id) % 5 = 0""",
    "customers": """
        SELECT * REPLACE ('Moved' AS region, 'Another' AS trade_class, 'S99' AS salesperson_id,
            day_later(valid_from) AS valid_from) FROM t
        UNION ALL SELECT * REPLACE ('NEW' || customer_id AS customer_id, day_later(valid_from) AS first_contact_date,
            NULL AS valid_from) FROM t QUALIFY row_number() OVER (PARTITION BY customer_id ORDER BY valid_from) = 1""",
    "products": """
        SELECT * REPLACE ('Another' AS category, 'service' AS offering_role, 'Renamed' AS name, 7 AS stock,
            day_later(launch_date) AS valid_from, day_later(launch_date) AS stock_date) FROM t
        UNION ALL SELECT * REPLACE ('L' || product_id AS product_id, day_later(launch_date) AS launch_date) FROM t""",
    "salespeople": """
        SELECT * REPLACE ('Another' AS team, 'Renamed' AS name, day_later(valid_from) AS valid_from)
            FROM t QUALIFY row_number() OVER (PARTITION BY salesperson_id ORDER BY valid_from) = 1
        UNION ALL SELECT 'S99', 'Newcomer', 'Another', 'Nowhere', day_later(DATE '2020-01-01')""",
    "targets": """
        SELECT * REPLACE (CAST(CAST(left(period, 4) AS INT) + 2 AS VARCHAR) || substr(period, 5) AS period,
            target * 3 AS target) FROM t
        UNION ALL SELECT * REPLACE (target * 5 AS target, day_later(DATE '2020-01-01') AS recorded_at) FROM t""",
    "invoices": """
        SELECT * REPLACE ('L' || invoice_id AS invoice_id, day_later(invoice_date) AS invoice_date,
            day_later(due_date) + 30 AS due_date) FROM t WHERE hash(invoice_id) % 5 = 0""",
    "payments": """
        SELECT * REPLACE (day_later(payment_date) AS payment_date, amount / 2 AS amount) FROM t
            WHERE hash(invoice_id) % 5 = 0""",
    "interactions": """
        SELECT * REPLACE (day_later(date) AS date, 'S99' AS salesperson_id) FROM t WHERE hash(customer_id) % 5 = 0""",
    "complaints": "SELECT * REPLACE (later(opened_at) AS opened_at) FROM t",
    "surveys": "SELECT * REPLACE (day_later(date) AS date) FROM t",
    "wallet_evidence": "SELECT * REPLACE (day_later(as_of) AS as_of, annual_purchases * 2 AS annual_purchases) FROM t",
    "prospects": """
        SELECT * REPLACE ('L' || prospect_id AS prospect_id, day_later(first_contact_date) AS first_contact_date,
            NULL AS converted_date, NULL AS converted_customer_id) FROM t""",
    "customer_aliases": """
        SELECT 'C00001' AS customer_id, 'C00002' AS same_as, day_later(DATE '2020-01-01') AS from_date,
            CAST(NULL AS VARCHAR) AS decision, 'us' AS decided_by, 'moved' AS reason""",
    "buying_groups": """
        SELECT 'C00001' AS customer_id, 'G1' AS group_id, 'Group' AS group_name,
            day_later(DATE '2020-01-01') AS valid_from""",
    "days_off": """
        SELECT day_later(DATE '2020-01-01') AS date, CAST(NULL AS VARCHAR) AS region, 'closed' AS kind,
            'Inventory' AS name, CAST(NULL AS DATE) AS announced_on""",
    "exchange_rates": """
        SELECT 'USD' AS currency, day_later(DATE '2020-01-01') AS date, CAST(NULL AS VARCHAR) AS month, 7.1 AS rate,
            CAST(NULL AS DECIMAL(18,4)) AS units, CAST(NULL AS VARCHAR) AS quotation,
            CAST(NULL AS DATE) AS announced_on""",
    "action_results": """
        SELECT strftime(day_later(DATE '2020-01-01') - INTERVAL 1 MONTH, '%Y-%m') AS month, 'C00001' AS customer_id,
            'grow' AS action, 'done' AS status, day_later(DATE '2020-01-01') AS date, 'called' AS note""",
    "quotes": """
        SELECT * REPLACE ('L' || quote_id AS quote_id, day_later(quote_date) AS quote_date, 'lost' AS status,
            day_later(quote_date) AS decided_at, NULL AS order_id) FROM t""",
    "deliveries": """
        SELECT * REPLACE ('L' || order_id AS order_id, day_later(promised_date) AS promised_date,
            day_later(promised_date) AS shipped_date, day_later(DATE '2020-01-01') AS recorded_on)
            FROM t WHERE hash(order_id) % 5 = 0""",
    "return_reasons": """
        SELECT * REPLACE ('L' || order_id AS order_id, 'later' AS reason, day_later(DATE '2020-01-01') AS recorded_on)
            FROM t""",
    "rebate_agreements": """
        SELECT 'R1' AS agreement_id, 'C00001' AS customer_id, CAST(NULL AS VARCHAR) AS group_id,
            day_later(DATE '2020-01-01') AS first_day, DATE '2099-12-31' AS last_day, 'net_sales' AS basis,
            'retroactive' AS counting, 0.0 AS bracket_from, 2.0 AS rate""",
    "rebate_payments": """
        SELECT 'R1' AS agreement_id, day_later(DATE '2020-01-01') AS payment_date, 7.0 AS amount""",
    "costs": "SELECT * REPLACE (day_later(date) AS date) FROM t",
}
#: What became of rows of the month only afterwards.
BECAME = {
    "complaints": "SELECT * REPLACE (coalesce(resolved_at, later(opened_at)) AS resolved_at) FROM t",
    "prospects": """
        SELECT * REPLACE (coalesce(converted_date, day_later(first_contact_date)) AS converted_date) FROM t""",
    "quotes": """
        SELECT * REPLACE (CASE WHEN decided_at IS NULL THEN 'lost' ELSE status END AS status,
            CASE WHEN decided_at IS NULL THEN 'price' ELSE reason END AS reason,
            coalesce(decided_at, day_later(quote_date)) AS decided_at) FROM t""",
    "deliveries": "SELECT * REPLACE (coalesce(shipped_date, day_later(promised_date)) AS shipped_date) FROM t",
}
#: Tables that were first supplied later: a report of the month goes on saying that they were not.
FIRST_SUPPLIED_LATER = (
    "surveys", "customer_aliases", "buying_groups", "days_off", "action_results", "rebate_agreements",
    "rebate_payments", "exchange_rates",
)  # fmt: skip


def write(folder, sample, *, later, end, rules=""):
    """Write the tables of the sample as Parquet with every column of the contract, with what came later or without."""
    folder.mkdir(parents=True)
    (folder / "workbook.toml").write_text((sample / "workbook.toml").read_text() + rules)
    with duckdb.connect() as engine:
        engine.execute(MACROS.format(end=end))
        for table in contracts.CONTRACTS:
            if not (sample / f"{table}.parquet").exists():
                if later:
                    engine.execute(f"COPY ({LATER_ROWS[table]}) TO '{folder / table}.parquet'")
                continue
            supplied = engine.execute(f"DESCRIBE FROM '{sample / table}.parquet'").fetchall()
            missing = {column.name for column in contracts.columns(table)} - {row[0] for row in supplied}
            more = "".join(f", CAST(NULL AS DATE) AS {name}" for name in sorted(missing))
            columns = ", ".join(column.name for column in contracts.columns(table))
            engine.execute(
                f"CREATE OR REPLACE TABLE t AS SELECT {columns} FROM (SELECT *{more} FROM '{sample / table}.parquet')"
            )
            of_then = BECAME.get(table, "FROM t") if later else "FROM t"
            came = f"UNION ALL ({LATER_ROWS[table]})" if later else ""
            if table in FIRST_SUPPLIED_LATER:
                of_then, came = (LATER_ROWS[table], "") if later else ("", "")
            if of_then:
                engine.execute(f"COPY (({of_then}) {came}) TO '{folder / table}.parquet'")


def pages(folder):
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in sorted(folder.rglob("*"))
        if file.is_file() and file.name != "manifest.json"
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    "rules",
    [
        pytest.param("", id="of the calendar"),
        # Days off that are known later would count here, and what came after the 25th did.
        pytest.param('\n[periods]\nclosing_day = 25\n[calendar]\ncountry = "CN"\n', id="closed on the 25th"),
    ],
)  # fmt: skip
def test_what_came_later_in_any_table_leaves_every_page_of_the_month_as_it_was(tmp_path, own_cache, rules):
    sample = make_sample(30, 14, 5, tmp_path / "sample")
    assert set(LATER_ROWS) == set(contracts.CONTRACTS)
    end, made = sample.last_month.to_timestamp(how="end").date(), {}
    if "closing_day" in rules:
        end = end.replace(day=25)
    for later in (False, True):
        exports = tmp_path / str(later) / "exports"
        write(exports, sample.folder, later=later, end=end, rules=rules)
        for scope in ("company", "salesperson:S01"):
            request = ReportRequest(
                str(exports), month=str(sample.last_month), scope=scope, out=exports.parent
            )
            pack = make_report(request, lambda step: None)
            assert not pack.failures
            made[later, scope] = pages(pack.folder)
    for scope in ("company", "salesperson:S01"):
        then, later = made[False, scope], made[True, scope]
        assert [name for name in sorted({*then, *later}) if then.get(name) != later.get(name)] == []
