"""Two books side by side add up by hand, and a scenario moves value and targets as it says."""

from decimal import Decimal

import pandas as pd
import pytest
from books import text_of

from helpers.book import open_book
from helpers.errors import WorkbookError
from helpers.subjects.compare.compare import comparison
from helpers.subjects.compare.scenario import scenario
from helpers.subjects.compare.views import customers_table, movements_table
from helpers.subjects.targets.attainment import Attainment
from helpers.subjects.value.learning.learning import HORIZONS
from helpers.subjects.value.lifetime import BOUNDS, LifetimeValue


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """September: A 10.01, B 20.02, and 0.03 of nobody; October: A 15.05, C 7.07, B 20.02."""
    folder = tmp_path_factory.mktemp("shop")
    rows = [
        "order_id,order_date,customer_id,quantity,net_amount",
        "1,2026-09-01,A,1,10.01", "2,2026-09-02,B,1,20.02", "3,2026-09-30,,1,0.03",
        "4,2026-10-01,A,1,15.05", "5,2026-10-05,C,1,7.07", "6,2026-10-30,B,1,20.02",
    ]  # fmt: skip
    (folder / "order_lines.csv").write_text("\n".join(rows))
    people = "customer_id,name,salesperson_id\nA,Anna,S1\nB,Bert,S1\nC,Carl,S2\n"
    (folder / "customers.csv").write_text(people)
    return folder


def test_two_months_differ_by_the_customers_named_to_the_penny(shop):
    apart = open_book(shop, month="2026-10").compare(open_book(shop, month="2026-09"), over="month")
    rows = apart.customers[["customer_id", "movement", "difference_amount"]].to_numpy().tolist()
    assert rows == [
        ["C", "only_this", 7.07],
        ["A", "more", 5.04],
        ["", "unassigned", -0.03],
        ["B", "same", 0.0],
    ]
    assert apart.movements["difference_amount"].sum().round(4) == 12.08  # 42.14 - 30.06
    assert apart.movements["customers"].tolist() == [1, 1, 1, 0]  # lines of nobody are no customer
    figures = apart.figures.set_index("figure")
    assert figures.loc["month_net_amount", "difference"] == 12.08
    assert apart.differs.to_numpy().tolist() == [["month", "2026-10", "2026-09"]]


def test_the_customers_listed_are_those_that_are_counted(shop):
    book = open_book(shop, month="2026-10")
    apart = book.compare(open_book(shop, month="2026-09"), over="month")
    listed = customers_table(apart, book.numbers)
    counts = apart.movements.set_index("movement")["customers"]
    assert listed.row_count == counts.sum() - counts["same"]  # whose line is nobody's is in neither
    assert "sales that name no customer" in text_of(movements_table(apart, book.numbers))


def test_what_two_books_differ_in_is_named(shop, tmp_path):
    path = tmp_path / "other.toml"
    path.write_text("[tiers]\na_percent = 60\n")
    mine = open_book(shop, month="2026-10")
    other = open_book(shop, month="2026-10", map=path, scope="salesperson:S1")
    apart = mine.compare(other)
    assert apart.differs.to_numpy().tolist() == [
        ["scope", "company", "salesperson:S1"],
        ["tiers.a_percent", "75.0", "60.0"],
    ]
    assert set(apart.customers.query("movement == 'only_this'")["customer_id"]) == {"C"}
    assert apart.movements.set_index("movement").loc["unassigned", "customers"] == 0


def test_amounts_in_two_currencies_are_not_compared(shop, tmp_path):
    path = tmp_path / "euro.toml"
    path.write_text('[report]\ncurrency = "EUR"\n')
    with pytest.raises(WorkbookError, match="cannot be compared"):
        open_book(shop, month="2026-10").compare(open_book(shop, month="2026-10", map=path))


def test_differences_of_any_size_are_exact():
    large, small = Decimal("90071992547409.9299"), Decimal("0.0001")
    found = comparison(("a", "b"), ({}, {}), ({"A": large}, {"A": large - small}), {}, [])
    assert found.customers["difference_amount"].tolist() == [0.0001]


def value_of(by_margin):
    """Two customers worth 100 and 50 at every horizon, each with a deviation of 3 and 4; margin rates 0.25 and none."""
    rows = pd.DataFrame(
        {"customer_id": ["A", "B"], "margin_rate": [0.25, None], "net_amount_lifetime": [1000.0, 10.0]}
    )
    for horizon in HORIZONS:
        rows[f"value_{horizon}"], rows[f"deviation_{horizon}"] = [100.0, 50.0], [3.0, 4.0]
    nothing = pd.DataFrame()
    return LifetimeValue(pd.Period("2026-10"), 3, 0.1, by_margin, rows, nothing, {}, nothing, nothing, None)


def attained():
    units = pd.DataFrame(
        {"period": ["month", "year"], "kind": "company", "id": None, "target_amount": [10.0, 100.0],
         "sales_amount": [9.0, 80.0], "forecast_amount": [9.0, 100.0], "low_amount": [9.0, 95.0],
         "high_amount": [9.0, 105.0]}
    )  # fmt: skip
    from helpers.core.scope import COMPANY

    return Attainment(pd.Period("2026-10"), COMPANY, units, pd.DataFrame(), pd.DataFrame())


SOLD = pd.Series({"A": 75.0, "B": 25.0})


def test_two_percent_more_on_prices_are_eight_percent_more_of_a_margin_of_a_quarter():
    found = scenario(value_of(by_margin=True), attained(), SOLD, price=0.02)
    year = found.value.set_index("horizon").loc["1"]
    assert year["value_amount"] == 150.0
    assert year["scenario_amount"] == pytest.approx(150 * 1.08)
    deviation = 1.08 * 5.0  # the root of 3 and 4, squared
    assert year["scenario_high_80"] - year["scenario_amount"] == pytest.approx(1.2815515655 * deviation)
    assert found.without_rate == 1  # B's margin is not known: that of all is taken
    plain = (
        scenario(value_of(by_margin=False), attained(), SOLD, price=0.02).value.set_index("horizon").loc["1"]
    )
    assert plain["scenario_amount"] == pytest.approx(150 * 1.02)


def test_a_lost_customer_takes_away_its_value_and_its_share_of_sales_to_come():
    found = scenario(value_of(by_margin=False), attained(), SOLD, volume=-0.1, lost=["B"])
    assert found.value.set_index("horizon").loc["1", "scenario_amount"] == pytest.approx(90.0)
    assert (found.lost_amount, found.lost_share) == (25.0, 0.25)
    month, year = found.targets.to_dict("records")
    assert month["scenario_amount"] == 9.0  # the month is over
    assert year["scenario_amount"] == pytest.approx(80 + 20 * 0.9 * 0.75)
    assert year["scenario_low_amount"] == pytest.approx(80 + 15 * 0.9 * 0.75)
    assert year["attainment_scenario"] == pytest.approx(0.935)


def test_a_scenario_that_cannot_be_is_refused(shop):
    book = open_book(shop, month="2026-10")
    with pytest.raises(WorkbookError, match="write 2 % more as"):
        book.scenario(price=-2)
    with pytest.raises(WorkbookError, match="price is 2; write 2 % more as"):
        book.scenario(price=2)
    with pytest.raises(WorkbookError, match="price is '2%'"):
        book.scenario(price="2%")
    with pytest.raises(WorkbookError, match="Z is no customer"):
        book.scenario(lost=["A", "Z"])
    with pytest.raises(WorkbookError, match="over is 'year'; write 'window' or 'month'"):
        book.compare(book, over="year")
    with pytest.raises(WorkbookError, match="'2026-09' is no book"):
        book.compare("2026-09")


def test_bounds_are_those_of_the_forecast():
    assert set(scenario(value_of(by_margin=False), attained(), SOLD).value) >= {"low_80", "scenario_low_80"}
    assert {"low_80", "high_80"} <= set(BOUNDS)
