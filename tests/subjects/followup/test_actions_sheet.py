"""All actions as a sheet that a salesperson fills in."""

import io
import tomllib
from itertools import cycle

import openpyxl
import pandas as pd
import pytest

from helpers.intake import read_tables
from helpers.intake.proposing.propose import propose_map
from helpers.present.actions import KINDS, propose
from helpers.present.numbers import numbers
from helpers.present.words import LOCALES
from helpers.settings.config import parse_settings
from helpers.subjects.followup.outcomes import list_actions
from helpers.subjects.followup.sheet import STATUSES, actions_sheet, status_label
from helpers.subjects.summary.action_list import action_list

MONTH = pd.Period("2026-10", "M")
DUE = pd.Timestamp("2026-11-14")


def proposed(*rows):
    """Proposals of one subject: (customer, kind, money at stake, why)."""
    about = pd.DataFrame(rows, columns=["customer_id", "kind", "value", "why"])
    return propose(about, about["kind"], about["value"], DUE, lambda row, _: row["why"], numbers())


def listed(*subjects, limit=12):
    customers = pd.DataFrame({
        "customer_id": ["C1", "C2", "C3", "C4"], "name": ["=Wei & Co", None, "North", "South"],
        "salesperson_id": ["S1", "S1", None, None], "salesperson_name": ["Ann", "Ann", None, None],
    })  # fmt: skip
    return action_list(subjects, customers, limit)


LIST = listed(
    proposed(("C1", "visit", 900.0, "Not visited for long."), ("C2", "grow", 50.0, "Buys little here.")),
    proposed(
        ("C1", "keep", 800.0, "Buys less."), ("C1", "collect", 300.0, "Pays late."), ("C3", "grow", 5.0, "x")
    ),
)


def test_an_action_is_a_customer_and_a_kind_and_one_talk_is_one_action():
    rows = list_actions(LIST)
    assert list(zip(rows["customer_id"], rows["kind"], strict=True)) == [
        ("C1", "visit"), ("C1", "collect"), ("C2", "grow"), ("C3", "grow"),
    ]  # fmt: skip
    assert rows["value_amount"].tolist() == [900.0, 300.0, 50.0, 5.0]
    assert rows["reasons"].tolist()[0] == ("Not visited for long.", "Buys less.")


def test_beyond_what_one_person_can_do_there_are_the_others_too():
    few = listed(*LIST.proposed, limit=1)
    assert list_actions(few)[["customer_id", "within"]].to_numpy().tolist() == [
        ["C1", True], ["C1", True], ["C2", False], ["C3", True],
    ]  # fmt: skip


def test_the_sheet_has_every_action_with_all_reasons_and_room_for_what_became_of_it():
    data = actions_sheet(LIST, MONTH, numbers("en", "CNY"))
    sheet = openpyxl.load_workbook(io.BytesIO(data)).active
    rows = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert rows[0][:3] == ["Month", "Customer number", "Action"]
    assert rows[0][-3:] == ["Status", "Date", "Note"]
    assert len(rows) == 5
    assert rows[1][:3] == ["2026-10", "C1", "visit"]
    assert "Not visited for long; Buys less" in rows[1]
    assert rows[1][-3:] == [None, None, None]
    (words,) = [each for each in sheet.data_validations.dataValidation if each.type == "list"]
    assert words.formula1 == '"done,not done,dropped"'
    assert rows[1][rows[0].index("How much")] == "CN¥900 sales a year at risk"
    assert [row[rows[0].index("Amount, CNY")] for row in rows[1:3]] == [900, 300]
    name = sheet.cell(2, rows[0].index("Customer") + 1)
    assert (name.value, name.data_type) == ("=Wei & Co", "s")


def test_the_sheet_is_the_same_bytes_each_time_and_speaks_chinese():
    assert actions_sheet(LIST, MONTH, numbers("zh", "CNY")) == actions_sheet(
        LIST, MONTH, numbers("zh", "CNY")
    )
    sheet = openpyxl.load_workbook(io.BytesIO(actions_sheet(LIST, MONTH, numbers("zh", "CNY")))).active
    heads = [cell.value for cell in sheet[1]]
    assert heads[:3] == ["月份", "客户编号", "行动代码"]
    assert heads[-3:] == ["状态", "日期", "备注"]
    assert [each.formula1 for each in sheet.data_validations.dataValidation if each.type == "list"] == [
        '"已完成,未完成,已放弃"'
    ]


@pytest.mark.parametrize("language", LOCALES)
def test_a_filled_in_sheet_is_read_as_what_became_of_each_action(language, tmp_path):
    """Its heads, its actions and the words of its drop-down stand in intake once more."""
    n = numbers(language, "CNY")
    every = listed(*(proposed((f"C{1 + at % 4}", kind, 9.0, "Why.")) for at, kind in enumerate(KINDS)))
    book = openpyxl.load_workbook(io.BytesIO(actions_sheet(every, MONTH, n)))
    said = []
    for row, status in zip(book.active.iter_rows(min_row=2), cycle(STATUSES), strict=False):
        row[-3].value, row[-2].value = status_label(status, n.words), DUE.to_pydatetime()
        row[-1].value = f"note {len(said)}"
        said.append(("2026-10", row[1].value, row[2].value, status, DUE, f"note {len(said)}"))
    assert {action for _, _, action, *_ in said} == {*KINDS}
    data = tmp_path / "data"
    data.mkdir()
    book.save(data / "actions.xlsx")
    lines = "order_id,order_date,customer_id,quantity,net_amount\n1,2026-10-05,C1,1,9\n"
    (data / "order_lines.csv").write_text(lines, encoding="utf-8")
    settings = tomllib.loads(propose_map(data)) | {"report": {"currency": "CNY"}}
    tables = read_tables(data, parse_settings(settings, "x"), tmp_path / "cache")
    read = pd.read_parquet(tables.path("action_results")).astype({"date": "datetime64[s]"})
    assert sorted(read.itertuples(index=False, name=None)) == sorted(said)
