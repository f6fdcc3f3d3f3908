"""Decisions are lines of the analysts' own file: nothing that stands there is lost."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from helpers.errors import WorkbookError
from helpers.subjects.identity.decisions import (
    Decision,
    decisions_file,
    read_decisions,
    withdraw_decision,
    write_decision,
)

SAME = Decision("C17", "C412", dt.date(2026, 4, 1), "same", "Li", 'moved, "new owner"')
OTHER = Decision("C18", "C77", dt.date(2026, 4, 1), "different", "Li", "two shops")


def test_a_decision_is_written_with_day_person_and_reason_and_read_again(tmp_path: Path) -> None:
    path = decisions_file(tmp_path)
    write_decision(path, SAME)
    write_decision(path, OTHER)
    assert read_decisions(path) == [SAME.row, OTHER.row]
    assert [file.name for file in tmp_path.iterdir()] == ["customer_aliases.csv"]


@pytest.mark.parametrize(
    ("encoding", "end"), [("utf-8", "\n"), ("utf-8-sig", "\r\n"), ("gb18030", "\r\n"), ("gb18030", "\n")]
)
def test_rows_written_by_hand_stay_to_the_byte(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "customer_aliases.csv"
    by_hand = end.join(
        ["same_as;customer_id;reason;my note", 'C2;C1;搬家;"line one', 'line two; still it"', "", "C4;C3;;"]
    )
    raw = by_hand.encode(encoding)
    path.write_bytes(raw)
    write_decision(path, SAME)
    rows = read_decisions(path)
    assert [row["my note"].replace("\r", "") for row in rows if row.get("customer_id") == "C1"] == [
        "line one\nline two; still it"
    ]
    assert rows[-1]["customer_id"] == "C17" and rows[-1]["from_date"] == "2026-04-01"
    withdraw_decision(path, SAME)
    left = path.read_bytes().decode(encoding)
    for line in by_hand.split(end):
        assert line in left


def test_a_file_that_has_all_columns_is_only_added_to(tmp_path: Path) -> None:
    path = tmp_path / "customer_aliases.csv"
    raw = "customer_id,same_as,from_date,decision,decided_by,reason,x\r\nC1,C2,2026-01-01,,Wang,旧系统,1".encode()
    path.write_bytes(raw)
    write_decision(path, OTHER)
    assert path.read_bytes().startswith(raw + b"\r\n")
    withdraw_decision(path, OTHER)
    assert path.read_bytes() == raw + b"\r\n"


def test_an_empty_file_with_a_byte_order_mark_is_begun_like_one_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "customer_aliases.csv"
    path.write_bytes(b"\xef\xbb\xbf\r\n")
    write_decision(path, SAME)
    assert read_decisions(path) == [SAME.row]


@pytest.mark.parametrize("mark", ["\v", "\f", "\x85", "\u2028"])
def test_a_mark_at_which_no_line_ends_parts_no_row(tmp_path: Path, mark: str) -> None:
    path = tmp_path / "customer_aliases.csv"
    raw = (
        "customer_id,same_as,from_date,decision,decided_by,reason\n"
        f"C1,C2,2026-01-01,same,Li,one{mark}two\nC3,C4,2026-01-01,same,Li,\n"
    ).encode()
    path.write_bytes(raw)
    write_decision(path, SAME)
    assert path.read_bytes().startswith(raw)
    withdraw_decision(path, SAME)
    assert path.read_bytes() == raw


def test_taking_back_takes_the_last_row_that_says_so_and_no_other(tmp_path: Path) -> None:
    path = decisions_file(tmp_path)
    write_decision(path, SAME)
    write_decision(path, OTHER)
    withdraw_decision(path, SAME)
    assert read_decisions(path) == [OTHER.row]
    with pytest.raises(WorkbookError, match="no such decision any more"):
        withdraw_decision(path, SAME)


def test_a_pair_is_decided_once_a_day_whichever_number_comes_first(tmp_path: Path) -> None:
    path = decisions_file(tmp_path)
    write_decision(path, SAME)
    with pytest.raises(WorkbookError, match="decision about C17 and C412 from 2026-04-01 on"):
        write_decision(path, Decision("C412", "C17", SAME.from_date, "different"))
    write_decision(path, Decision("C412", "C17", dt.date(2026, 9, 1), "different"))
    assert len(read_decisions(path)) == 2


def test_what_cannot_be_understood_is_refused_and_stays(tmp_path: Path) -> None:
    path = tmp_path / "customer_aliases.csv"
    path.write_text("old,new\nC1,C2\n")
    with pytest.raises(WorkbookError, match=r"no column customer_id in its first row \(old,new\)"):
        write_decision(path, SAME)
    assert path.read_text() == "old,new\nC1,C2\n"
    with pytest.raises(WorkbookError, match="two customer numbers that differ"):
        write_decision(path, Decision("C1", "C1", SAME.from_date, "same"))
    with pytest.raises(WorkbookError, match="is no folder"):
        decisions_file(path)
