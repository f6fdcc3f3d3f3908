"""What is lost in one direction stops the run, however small its share: a kind of rows, or all of them."""

import pytest

from helpers.errors import WorkbookError

PLAIN = "order_id,order_date,customer_id,line_no,product_id,quantity,net_amount"
SOLD = [f"A{n},2026-01-05,7,1,P,1,5" for n in range(300)]


def refused(shop, *rows, header=PLAIN, more="", share=0.05, **sections):
    """Read an export of 300 good lines (``more`` ends each of them) and these; gives the message that stops it."""
    shop.orders(*[line + more for line in SOLD], *rows, header=header)
    with pytest.raises(WorkbookError) as stop:
        shop.read(max_share=share, **sections)
    return str(stop.value)


def test_all_credit_notes_in_a_currency_without_a_rate_stop(shop):
    message = refused(
        shop,
        "B1,2026-01-05,7,1,P,-1,-5,USD",
        "B2,2026-01-06,7,1,P,-1,-6,USD",
        header=f"{PLAIN},currency",
        more=",EUR",
    )
    assert "All 2 rows in USD of order_lines are set aside" in message
    assert "add it to [source.currency_rates] in workbook.toml" in message


def test_all_returns_set_aside_for_their_quantity_stop(shop):
    message = refused(shop, "B1,2026-01-05,7,1,P,?,-5", "B2,2026-02-05,7,1,P,?,-6", "C1,2026-02-05,7,1,P,1,6")
    assert "All 2 rows with a negative net_amount of order_lines are set aside" in message
    assert "data row 301: quantity is '?'" in message


def test_all_rows_of_one_salesperson_set_aside_stop(shop):
    message = refused(
        shop, "B1,2026-01-05,7,1,P,?,5,anna", "B2,2026-01-06,7,1,P,?,6,anna",
        header=f"{PLAIN},salesperson_id", more=",bert",
    )  # fmt: skip
    assert "All 2 rows of the salesperson anna of order_lines are set aside" in message


@pytest.mark.parametrize("head", ["Belegart", "单据 类型", 'Doc "kind"'])
def test_all_rows_of_one_type_of_document_set_aside_stop(shop, head):
    quoted = '"' + head.replace('"', '""') + '"'
    message = refused(
        shop, "B1,2026-01-05,7,1,P,?,5,Storno", "B2,2026-01-06,7,1,P,?,6,Storno",
        header=f"{PLAIN},{quoted}", more=",Rechnung",
    )  # fmt: skip
    assert f"All 2 rows whose {head} is 'Storno' of order_lines are set aside" in message


def test_single_slips_are_no_kind(shop):
    """Two bad rows with the same remark, among as many remarks as rows, are slips and go to quarantine."""
    good = [f"{line},remark {n}" for n, line in enumerate(SOLD)]
    shop.orders(*good, "B1,2026-01-05,7,1,P,?,5,odd", "B2,2026-01-06,7,1,P,?,6,odd", header=f"{PLAIN},Remark")
    assert len(shop.quarantine(max_share=0.05)) == 2


def test_a_kind_of_which_one_row_is_kept_is_no_loss(shop):
    shop.orders(
        *[f"{line},Rechnung" for line in SOLD], "B1,2026-01-05,7,1,P,?,5,Storno", "B2,2026-01-06,7,1,P,?,6,Storno",
        "B3,2026-01-06,7,1,P,1,6,Storno", header=f"{PLAIN},Belegart",
    )  # fmt: skip
    assert len(shop.quarantine(max_share=0.05)) == 2


def test_nothing_left_of_the_order_lines_is_one_sentence_with_the_cure(shop):
    shop.orders(
        "A1,2026-09-01,c1,1,P,1,100,CNY", "A2,2026-10-01,c2,1,P,1,200,USD", header=f"{PLAIN},currency"
    )
    with pytest.raises(WorkbookError) as stop:
        shop.read(max_share=1)
    assert "No row of order_lines is left: all 2 are set aside (no_rate 2)" in str(stop.value)
    assert "add it to [source.currency_rates] in workbook.toml" in str(stop.value)


def test_nothing_left_by_the_map_names_the_setting(shop):
    shop.orders(*SOLD[:2])
    with pytest.raises(WorkbookError, match=r"all 2 are set aside \(filtered 2\).*where and exclude under"):
        shop.read(tables={"order_lines": {"where": "order_id = 'Z'"}})


def test_nothing_left_of_another_table_stops_too(shop):
    shop.orders(*SOLD)
    shop.write("surveys.csv", ["date,customer_id,score", "2026-01-01,7,good", "2026-01-02,7,bad"])
    with pytest.raises(WorkbookError, match="surveys"):
        shop.read(max_share=1)


def test_money_is_told_by_file_too(shop):
    shop.orders(*SOLD, name="order_lines_1.csv")
    shop.orders("B1,2026-02-05,7,1,P,1,7", "B2,2026-02-05,7,1,P,?,7", name="order_lines_2.csv")
    import pandas as pd

    folder = shop.read(max_share=0.05).folder
    frame = pd.read_parquet(folder / "reconciliation_by_file.parquet")
    found = {(row.file, row.status): (row.rows, float(row.amount)) for row in frame.itertuples()}
    assert found == {
        ("order_lines_1.csv", "kept"): (300, 1500.0), ("order_lines_2.csv", "kept"): (1, 7.0),
        ("order_lines_2.csv", "quarantined"): (1, 7.0),
    }  # fmt: skip
