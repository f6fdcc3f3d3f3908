"""What a customer has brought so far and lately is one figure where its whole history is of late."""

import pytest

from helpers.book import open_book


@pytest.fixture
def value(tmp_path, own_cache):
    rows = ["order_id,order_date,customer_id,quantity,net_amount,cost_amount"]
    for number, month in enumerate(
        f"{year}-{month:02}" for year in (2024, 2025, 2026) for month in range(1, 11)
    ):
        rows += [f"K{number}{who},{month}-1{who},C{who},1,100,70" for who in (1, 2, 3)]
        if month >= "2026-03":
            rows.append(f"N{number},{month}-28,NEW,1,250,")
    (tmp_path / "order_lines.csv").write_text("\n".join(rows) + "\n")
    return open_book(tmp_path, "2026-10").lifetime()


def test_a_history_without_costs_counts_at_the_rate_of_the_others_so_far_and_lately(value):
    new = value.customers.set_index("customer_id").loc["NEW"]
    assert new["history_amount"] == new["window_amount"] == pytest.approx(0.3 * 8 * 250)


def test_the_sum_so_far_is_that_of_its_customers_with_those_without_costs(value):
    assert value.customers["history_amount"].sum() == pytest.approx(3 * 30 * 30 + 600)
    assert value.groups["cohort"]["history_amount"].sum() == pytest.approx(3 * 30 * 30 + 600)
