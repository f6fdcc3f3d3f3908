"""SQL of a map sees its columns and a stated list of functions: it opens no file, asks no table, reads no setting."""

from __future__ import annotations

import duckdb
import pytest

from helpers.errors import WorkbookError
from helpers.intake.map_sql import FUNCTIONS, check_map
from helpers.settings.config import PROJECT_FOLDER, parse_settings

HARMLESS = "a line that stands beside the data"


@pytest.fixture
def orders(shop):
    (shop.folder.parent / "outside.txt").write_text(HARMLESS, encoding="utf-8")
    (shop.folder.parent / "outside.csv").write_text(f"a\n{HARMLESS}\n", encoding="utf-8")
    shop.orders("A1,2026-01-05,007,1,P1,2,10.50")
    return shop


def refused(shop, sql: str, part: str = "derived") -> str:
    more = {"derived": {"channel": sql}} if part == "derived" else {part: sql}
    with pytest.raises(WorkbookError) as caught:
        shop.read(tables={"order_lines": more})
    return str(caught.value)


@pytest.mark.parametrize(
    "sql",
    [
        "(SELECT content FROM read_text('{outside}.txt'))",
        "(SELECT a FROM '{outside}.csv')",
        "(SELECT a FROM read_csv('{outside}.csv'))",
        "(SELECT string_agg(file, ' ') FROM glob('{outside}*'))",
        "(SELECT max(customer_id) FROM order_lines)",
        "(SELECT value FROM duckdb_settings() LIMIT 1)",
        "customer_id IN (SELECT a FROM '{outside}.csv')",
        "EXISTS (FROM read_text('{outside}.txt'))",
        "list_filter([1], x -> x > 0)",
        "current_setting('temp_directory')",
        "getvariable('memory')",
        "getenv('HOME')",
        "nextval('numbers')",
        "customer_id.lower()",
        "COLUMNS(*)",
        "*",
        "$1",
        "random()",
        "now()",
        "current_date",
    ],
)
def test_sql_that_asks_for_more_than_the_columns_names_its_key(orders, sql):
    said = refused(orders, sql.format(outside=orders.folder.parent / "outside"))
    assert said.startswith("tables.order_lines.derived.channel: SQL of a map may use the columns only")
    assert HARMLESS not in said


@pytest.mark.parametrize(
    "sql",
    [
        "1) FROM read_text('outside.txt') WHERE (true",
        "1), (2",
        "1) LIMIT (1",
        "1) ORDER BY (1",
        "1); SELECT (1",
    ],
)
def test_what_closes_the_bracket_around_it_is_no_expression(orders, sql):
    assert "must be one SQL expression" in refused(orders, sql)


def test_conditions_are_held_to_the_same(orders):
    query = "EXISTS (FROM 'outside.csv')"
    assert refused(orders, query, "where").startswith("tables.order_lines.where: SQL of a map may use")
    row = {"rule": "odd", "where": query, "because": "-"}
    with pytest.raises(WorkbookError, match=r"^tables.order_lines.exclude.odd: SQL of a map may use"):
        orders.read(tables={"order_lines": {"exclude": [row]}})
    orders.write("rates.csv", ["id,rate", "007,1"])
    for condition in (query, "current_date > '2020-01-01'"):
        lookup = {"files": ["rates.csv"], "on": {"customer_id": "id"}, "where": condition}
        with pytest.raises(WorkbookError, match=r"^tables.order_lines.lookups.r.where: SQL of a map may use"):
            orders.read(tables={"order_lines": {"lookups": {"r": lookup}}})


def test_the_key_of_a_lookup_is_held_to_the_same(orders):
    orders.write("rates.csv", ["id,rate", "x007,1"])
    lookup = {"files": ["rates.csv"], "on": {"'x' || customer_id": "id"}}
    table = orders.table(tables={"order_lines": {"lookups": {"r": lookup}, "columns": {"channel": "r.rate"}}})
    assert list(table["channel"]) == ["1"]
    for key in ("(SELECT content FROM read_text('outside.txt'))", "'x' || current_date"):
        with pytest.raises(WorkbookError, match=r"^tables.order_lines.lookups.r.on: SQL of a map may use"):
            orders.read(tables={"order_lines": {"lookups": {"r": lookup | {"on": {key: "id"}}}}})


def test_a_column_called_as_a_function_without_brackets_is_that_column(orders):
    orders.orders(
        "A1,2026-01-05,007,2,10.50,web", header="order_id,order_date,customer_id,quantity,net_amount,user"
    )
    table = orders.table(tables={"order_lines": {"derived": {"channel": "upper(user)"}}})
    assert list(table["channel"]) == ["WEB"]


def test_every_map_that_comes_with_the_project_is_allowed():
    import tomllib

    maps = sorted((PROJECT_FOLDER / "data" / "maps").rglob("*.toml"))
    assert len(maps) >= 4
    for path in maps:
        check_map(parse_settings(tomllib.loads(path.read_text(encoding="utf-8")), path.name).tables)


def test_every_function_listed_is_known_to_the_engine_and_to_the_reader():
    with duckdb.connect() as engine:
        rows = engine.execute("SELECT DISTINCT function_name FROM duckdb_functions()").fetchall()
    known = {name for (name,) in rows} | {
        "count_star",
        "currency_of",  # intake's own, as are the next five
        "half_even",
        "less_part_of",
        "number",
        "number_or_0",
        "without_tax",
        "dense_rank",
        "first_value",
        "lag",
        "last_value",
        "lead",
        "rank",
    }
    known |= {"row_number"}
    said = (PROJECT_FOLDER / "docs" / "guides" / "add-a-table.md").read_text(encoding="utf-8")
    for names in FUNCTIONS.values():
        assert set(names) <= known
        assert all(f"`{name}`" in said for name in names)


def test_the_engine_opens_the_inputs_and_nothing_beside_them(orders, monkeypatch):
    monkeypatch.setattr("helpers.intake.build.check_map", lambda tables: None)
    monkeypatch.setattr("helpers.intake.cleaning.mapping.check_names", lambda found, columns: None)
    said = refused(orders, f"(SELECT content FROM read_text('{orders.folder.parent / 'outside.txt'}'))")
    assert "disabled by configuration" in said


def test_files_with_marks_of_patterns_in_their_names_are_read(orders):
    orders.write("order_lines [a*]?.csv", (orders.folder / "order_lines.csv").read_bytes())
    (orders.folder / "order_lines.csv").unlink()
    assert list(orders.table()["order_id"]) == ["A1"]


def test_a_view_of_a_supplied_database_that_opens_a_file_is_refused(shop, tmp_path):
    (tmp_path / "outside.csv").write_text("a\n1\n", encoding="utf-8")
    path = tmp_path / "shop.duckdb"
    with duckdb.connect(str(path)) as made:
        made.execute(
            "CREATE TABLE t AS SELECT 'A1' order_id, '2026-01-05' order_date, '7' customer_id, 1 quantity"
        )
        made.execute(
            "CREATE VIEW order_lines AS SELECT t.*, o.a AS net_amount "
            f"FROM t, read_csv('{tmp_path / 'outside.csv'}') AS o"
        )
        made.execute("CREATE VIEW own AS SELECT *, 5 AS net_amount FROM t")
    with pytest.raises(
        WorkbookError, match=r"The table order_lines of the database shop.duckdb is a view that opens"
    ):
        shop.read(path)
    assert list(shop.table(data=path, tables={"order_lines": {"table": "own"}})["net_amount"]) == [5]
