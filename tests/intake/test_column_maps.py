"""The map of a source: columns, derived values, lookups and filters, and errors that name the key to mend."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import duckdb
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


RATES = ["rep,rate,until,kind", "9,9,2026-01-05,old", "9,10,2026-02-05,new", "8,1,,new"]


@pytest.mark.parametrize(
    ("which", "rates"),
    [
        ({"where": "kind = 'new'"}, ["10", "1"]),
        ({"last_by": "until"}, ["10", "1"]),
        ({"take": {"rate": "max"}}, ["10.00000000", "1.00000000"]),
        ({"take": {"rate": "min"}}, ["9.00000000", "1.00000000"]),
        ({"take": {"rate": "sum"}}, ["19.00000000", "1.00000000"]),
        ({"take": {"rate": "count"}}, ["2", "1"]),
    ],
)
def test_of_several_rows_of_a_lookup_the_map_says_which_counts(sales, which, rates):
    sales.write("rates.csv", RATES)
    lookups = {"r": {"files": ["rates.csv"], "on": {"Rep": "rep"}, **which}}
    lines = sales.table(**mapped(lookups=lookups, columns=COLUMNS | {"channel": "r.rate"}))
    assert list(lines["channel"]) == [*rates, None]


def test_a_lookup_without_saying_which_row_names_the_ways_to_say_it(sales):
    sales.write("rates.csv", RATES)
    lookup = {"files": ["rates.csv"], "on": {"Rep": "rep"}}
    with pytest.raises(
        WorkbookError, match=r'2 rows with rep = .9.*where = "...", last_by = "COLUMN", or take'
    ):
        sales.read(**mapped(lookups={"r": lookup}))
    with pytest.raises(WorkbookError, match=r"lookups.r.where: 'nothing = 1' is not valid SQL here"):
        sales.read(**mapped(lookups={"r": lookup | {"where": "nothing = 1"}}))
    with pytest.raises(WorkbookError, match=r"r.last_by: not all values of kind in rates.csv are numbers"):
        sales.read(**mapped(lookups={"r": lookup | {"last_by": "kind"}}))


def test_blank_cells_are_as_above_where_declared(shop):
    shop.write("sales.csv", ["No,Day,Cust,Pieces,Sum,Cur", "A1,2026-01-05,1,1,10,USD", ",,,1,20,",
                             "A2,2026-01-06,2,1,5,EUR", ",,,1,6,"])  # fmt: skip
    table = {"files": ["sales.csv"], "columns": {**COLUMNS, "net_amount": "Sum", "currency": "Cur"}}
    source = {"currency_rates": {"USD": 0.5}}
    filled = table | {"fill_down": ["No", "Day", "Cust", "Cur"]}
    lines = shop.table(tables={"order_lines": filled}, source=source)
    assert list(lines["net_amount"]) == [5, 10, 5, 6]
    assert list(lines["customer_id"]) == ["1", "1", "2", "2"]
    half = table | {"fill_down": ["No", "Day", "Cust"]}
    with pytest.raises(WorkbookError, match=r"data row 2: the line has no currency.*order A1.*fill_down"):
        shop.read(tables={"order_lines": half}, source=source)


def test_sheets_that_are_one_table_are_read_together(shop):
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for month, amount in (("may_2026", 5), ("june_2026", "x"), ("notes", None)):
        sheet = book.create_sheet(month)
        for row in (
            [SALES[0].split(","), ["A1" + month, "2026-05-05", 1, 1, amount, 9]] if amount else [["a note"]]
        ):
            sheet.append(row)
    book.save(shop.folder / "sales.xlsx")
    table = {"files": ["sales.xlsx"], "sheet": ["*_2026"], "columns": COLUMNS | {"net_amount": "Each"}}
    with pytest.raises(WorkbookError, match=r"All 1 rows of the file sales.xlsx, sheet june_2026"):
        shop.read(tables={"order_lines": table})
    table["exclude"] = [{"rule": "void", "where": "Each = 'x'", "because": "Void."}]
    tables = shop.read(tables={"order_lines": table})
    assert tables.inputs[0].rows == 2
    with pytest.raises(
        WorkbookError, match=r"sales.xlsx has no sheet 'july'; its sheets are may_2026, june_2026, notes"
    ):
        shop.read(tables={"order_lines": table | {"sheet": ["july"]}})


@pytest.mark.parametrize("stored", ["VARCHAR", "DOUBLE", "DECIMAL(9,1)"])
def test_a_half_that_a_map_rounds_is_the_same_however_the_file_stores_it(shop, stored):
    duckdb.sql(
        "COPY (SELECT 'A' || place AS order_id, DATE '2026-01-05' AS order_date, 'C' AS customer_id, 1 AS quantity, "
        f"CAST(place - 0.5 AS {stored}) AS paid FROM range(-3, 6) AS rows(place)) TO '{shop.folder / 'sales.parquet'}'"
    )
    table = {"files": ["sales.parquet"], "derived": {"net_amount": 'CAST(number("paid") AS INTEGER)'}}
    lines = shop.table(tables={"order_lines": table}).set_index("order_id")["net_amount"]
    halves = {f"A{place}": Decimal(place) - Decimal("0.5") for place in range(-3, 6)}
    assert dict(lines) == {name: half.quantize(Decimal(1), ROUND_HALF_UP) for name, half in halves.items()}
