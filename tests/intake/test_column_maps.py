"""The map of a source: columns, derived values, lookups and filters, and errors that name the key to mend."""

from __future__ import annotations

import pytest

from helpers.errors import WorkbookError

SALES = [
    "No,Day,Cust,Pieces,Each,Rep",
    "A1,2026-01-05,1,2,1.5,9",
    "A2,2026-01-06,2,1,3,8",
    "A3,2026-01-07,3,1,3,",
]
COLUMNS = {"order_id": "No", "order_date": "Day", "customer_id": "Cust", "quantity": "Pieces"}
AMOUNT = {"net_amount": "TRY_CAST(Pieces AS DECIMAL(18,4)) * TRY_CAST(Each AS DECIMAL(18,4))"}


def mapped(**more):
    table = {"files": ["sales.csv"], "columns": COLUMNS, "derived": AMOUNT} | more
    return {"tables": {"order_lines": table}}


@pytest.fixture
def sales(shop):
    shop.write("sales.csv", SALES)
    shop.write("reps.csv", ["id,who,area", "9,Ann,1", "8,Bob,2"])
    shop.write("areas.csv", ["id,area", "1,North", "2,South"])
    return shop


def test_columns_are_renamed_and_amounts_derived(sales):
    lines = sales.table(**mapped())
    assert list(lines["net_amount"]) == [3, 3, 3]
    assert list(lines["order_id"]) == ["A1", "A2", "A3"]


def test_where_leaves_rows_out_and_counts_them(sales):
    assert list(sales.table(**mapped(where="Cust <> '2'"))["order_id"]) == ["A1", "A3"]


def test_chained_lookups_join_at_most_one_row(sales):
    lookups = {
        "person": {"files": ["reps.csv"], "on": {"Rep": "id"}},
        "area": {"files": ["areas.csv"], "on": {"person.area": "id"}},
    }
    lines = sales.table(
        **mapped(
            lookups=lookups,
            columns=COLUMNS | {"channel": "area.area"},
            derived=AMOUNT | {"salesperson_id": "upper(person.who)"},
        )
    )
    assert list(lines["channel"]) == ["North", "South", None]
    assert list(lines["salesperson_id"]) == ["ANN", "BOB", None]


def test_lookup_whose_key_is_not_unique_is_an_error(sales):
    sales.write("reps.csv", ["id,who", "9,Ann", "9,Ben", "8,Bob"])
    with pytest.raises(
        WorkbookError, match=r"tables.order_lines.lookups.person: reps.csv has 2 rows with id = '9'"
    ):
        sales.read(**mapped(lookups={"person": {"files": ["reps.csv"], "on": {"Rep": "id"}}}))


def test_lookup_with_an_unknown_column_or_file_is_an_error(sales):
    with pytest.raises(WorkbookError, match=r"lookups.person.on: reps.csv has no column 'ids'. Near: id"):
        sales.read(**mapped(lookups={"person": {"files": ["reps.csv"], "on": {"Rep": "ids"}}}))
    with pytest.raises(
        WorkbookError, match=r"lookups.person.files: no file is called 'rep.csv'. There are: areas.csv"
    ):
        sales.read(**mapped(lookups={"person": {"files": ["rep.csv"], "on": {"Rep": "id"}}}))


def test_lookup_called_like_a_column_is_an_error(sales):
    with pytest.raises(
        WorkbookError, match=r"sales.csv has a column of that name; call the lookup otherwise"
    ):
        sales.read(**mapped(lookups={"rep": {"files": ["reps.csv"], "on": {"Rep": "id"}}}))


def test_mapped_column_that_is_not_there_lists_near_ones(sales):
    with pytest.raises(
        WorkbookError,
        match=r"tables.order_lines.columns.quantity: sales.csv has no column 'Peices'. Near: Pieces",
    ):
        sales.read(**mapped(columns=COLUMNS | {"quantity": "Peices"}))


def test_map_to_a_column_that_is_not_standard_lists_near_ones(sales):
    with pytest.raises(
        WorkbookError, match=r"'order_day' is no standard column of order_lines. Near: order_date"
    ):
        sales.read(**mapped(columns=COLUMNS | {"order_day": "Day"}))


@pytest.mark.parametrize(
    ("part", "key"),
    [
        ({"derived": {"net_amount": "Pieces *"}}, "tables.order_lines.derived.net_amount"),
        ({"derived": {"net_amount": "1); DROP TABLE x; --"}}, "tables.order_lines.derived.net_amount"),
        ({"where": "Nowhere = 1"}, "tables.order_lines.where"),
        (
            {"exclude": [{"rule": "odd", "where": "no such", "because": "-"}]},
            "tables.order_lines.exclude.odd",
        ),
    ],
)
def test_bad_sql_names_its_key(sales, part, key):
    with pytest.raises(WorkbookError, match=key.replace(".", r"\.")):
        sales.read(**mapped(**part))


def test_sql_that_fails_on_a_row_proposes_try_cast(sales):
    sales.write("sales.csv", [*SALES, "A4,2026-01-05,1,two,1.5,9"])
    with pytest.raises(WorkbookError, match=r"sales.csv cannot be read into order_lines.*'two'.*TRY_CAST"):
        sales.read(**mapped(derived={"net_amount": "CAST(Pieces AS INTEGER) * 2"}))


def test_pattern_takes_all_files_that_match(shop):
    for month in ("01", "02"):
        shop.write(f"sales-{month}.csv", [SALES[0], f"A{month},2026-{month}-05,1,2,1.5,9"])
    assert len(shop.table(**mapped(files=["sales-*.csv"]))) == 2


def test_file_outside_the_data_folder_is_refused(sales):
    with pytest.raises(WorkbookError, match="leads out of the data folder"):
        sales.read(**mapped(files=["../sales.csv"]))


def test_mapped_table_without_a_file_says_how_to_name_it(shop):
    shop.write("sales.csv", SALES)
    with pytest.raises(
        WorkbookError, match=r"maps the table customers, but no file is called like it.*There are: sales.csv"
    ):
        shop.read(tables=mapped()["tables"] | {"customers": {"columns": {"name": "x"}}})


def test_folder_without_order_lines_says_what_there_is(shop):
    shop.write("reps.csv", ["id", "1"])
    shop.write("areas.csv", ["id", "1"])
    with pytest.raises(WorkbookError, match=r"No file holds the order lines; there are: areas.csv, reps.csv"):
        shop.read()


def test_one_file_of_any_name_is_taken_for_the_order_lines(shop):
    path = shop.orders("A1,2026-01-05,007,1,P1,2,10.50", name="export.csv")
    assert shop.read(path).has("order_lines")
    assert shop.read([path]).has("order_lines")
