"""What a sales manager would see at a glance: no silly sample."""

from __future__ import annotations

import pytest

from workbook_sample import names


def test_sales_neither_explode_nor_vanish(database):
    months = database.execute(
        "SELECT sum(net_amount)::DOUBLE FROM order_lines GROUP BY date_trunc('month', order_date)"
    ).fetchall()
    sales = [month for (month,) in months]
    assert len(sales) == 36
    assert max(sales) < 2.5 * min(sales)


def test_margins_are_those_of_a_trading_company(database):
    at_list, net = database.execute(
        """SELECT 1 - sum(cost_amount) / sum(list_amount), 1 - sum(cost_amount) / sum(net_amount)
        FROM order_lines"""
    ).fetchone()
    assert 0.20 < net < at_list < 0.45


def test_top_fifth_of_a_class_holds_about_three_quarters(database):
    shares = database.execute(
        """WITH sales AS (SELECT truth.trade_class, customer_id, sum(net_amount) AS net FROM order_lines
            JOIN truth USING (customer_id) WHERE order_date > '2025-10-31' GROUP BY ALL),
        ranked AS (SELECT *, percent_rank() OVER (PARTITION BY trade_class ORDER BY net DESC) AS place
            FROM sales)
        SELECT trade_class, sum(net) FILTER (place < 0.2) / sum(net), max(net) / sum(net)
        FROM ranked GROUP BY 1"""
    ).fetchall()
    assert len(shares) == 7
    for trade_class, top_fifth, top_one in shares:
        assert 0.6 < top_fifth < 0.9, trade_class
        assert top_one < 0.5, trade_class


def test_plan_is_within_reach(database):
    sales, target = database.execute(
        """SELECT (SELECT sum(net_amount) FROM order_lines),
            (SELECT sum(target) FROM targets WHERE scope_type = 'company' AND length(period) = 7
            AND period <= '2026-10')"""
    ).fetchone()
    assert float(sales / target) == pytest.approx(0.97, abs=0.15)


def test_plans_of_all_levels_add_up(database):
    """Company = teams = salespeople, to the month and to the year; years are the sums of their months."""
    apart = database.execute(
        """SELECT period FROM targets WHERE scope_type <> 'trade_class' GROUP BY period HAVING
        sum(target) FILTER (scope_type = 'company') <> sum(target) FILTER (scope_type = 'team')
        OR sum(target) FILTER (scope_type = 'company') <> sum(target) FILTER (scope_type = 'salesperson')"""
    ).fetchall()
    assert apart == []
    years = database.execute(
        """SELECT period[:4], sum(target) FILTER (length(period) = 4), sum(target) FILTER (length(period) = 7)
        FROM targets WHERE period >= '2024' GROUP BY 1"""
    ).fetchall()
    assert len(years) == 3
    assert all(year == months for _, year, months in years)


def test_every_salesperson_has_customers_and_sales(database):
    idle = """SELECT salesperson_id FROM salespeople WHERE salesperson_id NOT IN (
        SELECT salesperson_id FROM order_lines WHERE customer_id IS NOT NULL)"""
    assert database.execute(idle).fetchall() == []


def test_customers_of_a_leaver_go_to_the_successor(database):
    """Whoever stops selling in the middle of the data has no customer left at the end."""
    owners = database.execute(
        """WITH last AS (SELECT salesperson_id, max(order_date) AS day FROM order_lines
            WHERE quantity > 0 GROUP BY 1),
        present AS (SELECT DISTINCT ON (customer_id) customer_id, salesperson_id FROM customers
            ORDER BY customer_id, valid_from DESC)
        SELECT last.salesperson_id, count(customer_id) FROM last LEFT JOIN present USING (salesperson_id)
        WHERE day < '2026-08-01' GROUP BY 1"""
    ).fetchall()
    assert len(owners) >= 1
    assert all(customers == 0 for _, customers in owners)


def test_orders_carry_the_owner_that_the_customer_had_on_the_day(database):
    wrong = database.execute(
        """SELECT count(*) FROM order_lines l ASOF JOIN customers c
        ON l.customer_id = c.customer_id AND l.order_date >= c.valid_from
        WHERE l.quantity > 0 AND l.salesperson_id <> c.salesperson_id"""
    ).fetchone()
    assert wrong[0] == 0


def test_season_shows_the_new_year_pause(database):
    february, april = database.execute(
        """SELECT count(*) FILTER (month(order_date) = 2), count(*) FILTER (month(order_date) = 4)
        FROM order_lines JOIN truth USING (customer_id) WHERE trade_class = 'DIY shops'"""
    ).fetchone()
    assert 0.4 * april < february < 0.8 * april


def test_prices_rise_every_january(database):
    rises = database.execute(
        """WITH price AS (SELECT product_id, year(order_date) AS y, max(list_amount / quantity)::DOUBLE AS p
            FROM order_lines WHERE quantity > 0 GROUP BY ALL)
        SELECT b.y, avg(b.p / a.p - 1), stddev(b.p / a.p) FROM price a JOIN price b
        ON a.product_id = b.product_id AND b.y = a.y + 1 GROUP BY 1 ORDER BY 1"""
    ).fetchall()
    assert [year for year, *_ in rises] == [2024, 2025, 2026]
    assert all(0.015 < rise < 0.04 and spread < 0.001 for _, rise, spread in rises)


def test_products_are_not_sold_before_their_launch(database):
    early = """SELECT count(*) FROM order_lines JOIN products USING (product_id)
        WHERE order_date < launch_date"""
    assert database.execute(early).fetchone()[0] == 0


def test_stock_turns_over_a_few_times_a_year(database):
    turnover = database.execute(
        """SELECT sum(quantity) / stock FROM order_lines JOIN products USING (product_id)
        WHERE order_date > '2025-10-31' AND stock > 0 GROUP BY product_id, stock"""
    ).fetchall()
    rates = sorted(float(rate) for (rate,) in turnover)
    assert len(rates) > 50
    assert 3 < rates[len(rates) // 2] < 9
    assert rates[-1] < 30
    held = "SELECT offering_role, count(stock) FROM products GROUP BY 1"
    assert {role for role, count in database.execute(held).fetchall() if count == 0} == {"service", "support"}


def test_people_have_different_names_beyond_all_combinations():
    people = names.person_names(20_000)
    assert len(set(people)) == 20_000
    assert people[0] == "Wei Lin"
