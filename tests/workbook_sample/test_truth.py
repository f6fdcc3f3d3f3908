"""The truth beside the sample agrees with its records, and its signals stand in them."""

from __future__ import annotations

import numpy as np
import pytest


def test_nobody_buys_after_the_true_dropout_date(database):
    late = """SELECT count(*) FROM order_lines JOIN truth USING (customer_id)
        WHERE quantity > 0 AND order_date > dropout_date"""
    assert database.execute(late).fetchone()[0] == 0
    left = "SELECT avg(left_within_data::INT) FROM truth"
    assert 0.2 < database.execute(left).fetchone()[0] < 0.4


def test_nobody_buys_before_joining_or_in_a_pause(database):
    wrong = """SELECT count(*) FROM order_lines JOIN truth USING (customer_id) WHERE quantity > 0
        AND (order_date < active_from OR (order_date >= pause_start_date AND order_date < pause_end_date))"""
    assert database.execute(wrong).fetchone()[0] == 0
    assert database.execute("SELECT count(pause_start_date) FROM truth").fetchone()[0] > 5


def test_customer_who_pauses_comes_back(database):
    back = """SELECT count(DISTINCT customer_id) FROM order_lines JOIN truth USING (customer_id)
        WHERE order_date >= pause_end_date"""
    paused = database.execute("SELECT count(pause_start_date) FROM truth").fetchone()[0]
    assert database.execute(back).fetchone()[0] > 0.7 * paused


def test_purchases_come_at_the_true_rate(database):
    """Over all customers without pause, shift or fading, purchases a month are as the truth says."""
    bought, expected = database.execute(
        """WITH still AS (FROM truth WHERE existing_at_start AND dropout_date > '2026-10-31'
            AND pause_start_date IS NULL),
        bought AS (SELECT count(*) AS n FROM (SELECT DISTINCT order_id FROM order_lines
            JOIN still USING (customer_id) WHERE quantity > 0))
        SELECT (SELECT n FROM bought), sum(purchase_rate_month) * 36 FROM still"""
    ).fetchone()
    assert bought == pytest.approx(expected, rel=0.06)


def test_gaps_are_as_regular_as_the_truth_says(database):
    """The coefficient of variation of Erlang-k gaps is 1 / sqrt(k); season adds a little."""
    gaps = database.execute(
        """WITH days AS (SELECT DISTINCT customer_id, regularity_k, order_date FROM order_lines
            JOIN truth USING (customer_id) WHERE quantity > 0 AND purchase_rate_month BETWEEN 0.8 AND 2
            AND pause_start_date IS NULL AND dropout_date > '2027-06-01'),
        gaps AS (SELECT *, order_date - lag(order_date) OVER (PARTITION BY customer_id ORDER BY order_date)
            AS gap FROM days)
        SELECT regularity_k, avg(variation) FROM (SELECT regularity_k, customer_id,
            stddev(gap) / avg(gap) AS variation FROM gaps GROUP BY ALL HAVING count(gap) > 20)
        GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    regularity, variation = (np.array(column, dtype=float) for column in zip(*gaps, strict=True))
    assert regularity.tolist() == [1, 2, 3, 4, 6]
    np.testing.assert_allclose(variation, 1 / np.sqrt(regularity), atol=0.09)
    assert (np.diff(variation) < 0).all()


def test_complaints_rise_before_leaving(database):
    near, far = database.execute(
        """SELECT count(*) FILTER (dropout_date - opened_at::DATE < 180),
            count(*) FILTER (dropout_date - opened_at::DATE BETWEEN 180 AND 360)
        FROM complaints JOIN truth USING (customer_id)
        WHERE dropout_date BETWEEN '2025-01-01' AND '2026-10-31'"""
    ).fetchone()
    assert near > 3 * far


def test_payment_slows_before_leaving(database):
    near, far = database.execute(
        """SELECT avg(payment_date - due_date) FILTER (dropout_date - invoice_date < 60),
            avg(payment_date - due_date) FILTER (dropout_date - invoice_date > 200)
        FROM invoices JOIN payments USING (invoice_id) JOIN truth ON truth.customer_id = invoices.customer_id
        WHERE left_within_data"""
    ).fetchone()
    assert near > far + 8


def test_experience_shift_deepens_discounts_and_unbundles_service(database):
    before, after = database.execute(
        """SELECT 1 - sum(net_amount) / sum(list_amount),
            avg((offering_role IN ('service', 'support'))::INT), avg((offering_role = 'component')::INT),
            count(*) / count(DISTINCT order_id), avg(order_date - enquiry_date)
        FROM order_lines JOIN truth USING (customer_id) JOIN products USING (product_id)
        WHERE quantity > 0 AND (order_date < shift_start_date OR order_date > shift_start_date + 330)
        AND shift_start_date IS NOT NULL GROUP BY order_date > shift_start_date
        ORDER BY order_date > shift_start_date"""
    ).fetchall()
    discount, service, component, lines_an_order, decision_days = zip(before, after, strict=True)
    assert discount[1] > discount[0] + 0.06
    assert service[1] < service[0] / 3
    assert component[1] > component[0] * 1.5
    assert lines_an_order[1] < lines_an_order[0] * 0.8
    assert decision_days[1] < decision_days[0] / 2


def test_purchasing_contacts_replace_engineering_in_a_shift(database):
    before, after = database.execute(
        """SELECT avg((contact_role = 'purchasing')::INT) - avg((contact_role = 'engineering')::INT)
        FROM interactions JOIN truth USING (customer_id)
        WHERE date < shift_start_date OR date > shift_start_date + 330
        GROUP BY date > shift_start_date ORDER BY date > shift_start_date"""
    ).fetchall()
    assert before[0] < 0 < after[0]


def test_sellers_attention_falls_while_buyers_engagement_rises(database):
    quarters = database.execute(
        """WITH loyal AS (FROM truth WHERE NOT existing_at_start AND active_from < '2025-05-01'
            AND dropout_date > '2027-03-01')
        SELECT count(*) FILTER (kind IN ('visit', 'training')), count(*) FILTER (kind = 'enquiry')
        FROM interactions JOIN loyal USING (customer_id) WHERE date >= active_from
        AND date < active_from + 540 GROUP BY (date - active_from) // 180
        ORDER BY (date - active_from) // 180"""
    ).fetchall()
    attention, engagement = zip(*quarters, strict=True)
    assert attention[0] > 1.5 * attention[2]
    assert engagement[0] < engagement[2]


def test_wallet_evidence_scatters_around_the_true_wallet(database):
    methods = database.execute(
        """SELECT method, median(ln(annual_purchases / wallet_year_amount)),
            stddev(ln(annual_purchases / wallet_year_amount))
        FROM wallet_evidence JOIN truth USING (customer_id)
        WHERE annual_purchases > 20000 GROUP BY 1"""
    ).fetchall()
    error = {method: spread for method, _, spread in methods}
    assert len(error) == 7
    assert error["accounts"] < error["stated"] < error["third_party"]
    assert all(abs(centre) < 0.15 for _, centre, _ in methods)


def test_quotes_are_won_as_often_as_the_truth_says_and_rarely_by_who_only_asks_for_prices(
    generated, database
):
    rates = f"""SELECT only_asks_prices, avg((status = 'won')::INT), count(DISTINCT customer_id) FROM quotes
        JOIN read_parquet('{generated.folder}/truth/around_sales.parquet') USING (customer_id)
        WHERE status <> 'open' GROUP BY 1 ORDER BY 1"""
    (_, usual, _), (_, asking, askers) = database.execute(rates).fetchall()
    assert usual == pytest.approx(0.55, abs=0.02)
    assert asking < 0.15
    assert askers > 30


def test_an_order_is_late_more_often_with_who_the_truth_says_and_is_shipped_but_for_the_end(
    generated, database
):
    late = f"""SELECT ntile(2) OVER (ORDER BY late_order_chance) AS half, customer_id
        FROM read_parquet('{generated.folder}/truth/around_sales.parquet')"""
    shares = f"""SELECT half, avg((shipped_date > promised_date)::INT) FROM ({late})
        JOIN (SELECT DISTINCT order_id, customer_id FROM order_lines) USING (customer_id)
        JOIN deliveries USING (order_id) GROUP BY 1 ORDER BY 1"""
    (_, seldom), (_, often) = database.execute(shares).fetchall()
    assert often > 1.2 * seldom
    waiting = "SELECT avg((shipped_date IS NULL)::INT) FROM deliveries WHERE promised_date < '2026-09-01'"
    assert database.execute(waiting).fetchone()[0] < 0.002
