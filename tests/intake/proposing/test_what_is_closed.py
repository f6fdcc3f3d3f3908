"""A status or a day of the customer file that says closed is proposed with what it does; other statuses are not."""

import pytest
from exports import proposed

SALES = "Order No,Order Date,Customer No,Item No,Qty,Amount\n" + "\n".join(
    f"A{n},2026-0{1 + n % 9}-15,C{n % 4},P{n},{n + 1},{10 * n + 10}.00" for n in range(12)
)


def customers(head, *cells):
    rows = [f"C{n},Customer {n},East,{cell}" for n, cell in enumerate(cells)]
    return {"sales": SALES, "customers": "\n".join([f"Customer No,Customer Name,Region,{head}", *rows])}


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("Status", ("Active", "Closed", "Active", "Active")),
        ("经营状态", ("存续", "注销", "存续", "吊销")),
        ("客户状态", ("正常", "已停业", "正常", "冻结")),
    ],
)
def test_a_status_that_says_closed_is_mapped_and_said(tmp_path, head, cells):
    found = proposed(tmp_path, customers(head, *cells))
    assert f'status = "{head}"' in found.text
    assert "nobody is warned of them or visits them" in found.text
    assert "Taken for open:" in found.text


@pytest.mark.parametrize(
    ("head", "cells"),
    [("Closed", ("no", "yes", "no", "no")), ("是否停业", ("否", "是", "否", "否")), ("Gesperrt", ("", "x", "", "")),
     ("注销", ("", "√", "", ""))],
)  # fmt: skip
def test_a_column_called_closed_is_read_by_its_yes(tmp_path, head, cells):
    found = proposed(tmp_path, customers(head, *cells))
    assert "THEN 'closed' END" in found.text
    assert f"{head}: 1 customers are closed" in found.text


@pytest.mark.parametrize(
    ("head", "cells"),
    [
        ("Status", ("A", "B", "A", "A")),
        ("License", ("L-1", "L-2", "L-3", "L-4")),
        ("Closed", ("no", "no", "no", "no")),
    ],
)
def test_a_status_that_says_nothing_of_closing_is_left_aside(tmp_path, head, cells):
    found = proposed(tmp_path, customers(head, *cells))
    assert "status =" not in found.text
    assert f'#   "{head}"' in found.text


@pytest.mark.parametrize("head", ["Closed Date", "停业日期", "Closed on", "Closed"])
def test_a_day_of_closing_is_mapped(tmp_path, head):
    found = proposed(tmp_path, customers(head, "", "2026-05-03", "", ""))
    assert f'closed_date = "{head}"' in found.text
