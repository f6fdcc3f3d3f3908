"""docs/extend.md taken apart into its blocks, and a small shop in which they are done."""

import re
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.settings.config import PROJECT_FOLDER

BLOCK = re.compile(
    r"<!-- (?P<kind>file|page|run):? ?(?P<what>.*?) ?-->\n```(?P<form>\w+)\n(?P<text>.*?)```", re.DOTALL
)
MONTHS = [f"2025-{month:02}" for month in range(1, 13)] + [f"2026-{month:02}" for month in range(1, 11)]


def blocks(kind):
    doc = (PROJECT_FOLDER / "docs" / "extend.md").read_text(encoding="utf-8")
    return [each for each in BLOCK.finditer(doc) if each["kind"] == kind]


def notebook(found):
    cells = []
    for each in found:
        cell = (new_markdown_cell if each["form"] == "markdown" else new_code_cell)(each["text"].strip())
        cell.metadata["tags"] = [tag for tag in each["what"].split()[1:] if each["kind"] == "page"]
        cells.append(cell)
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return new_notebook(cells=cells, metadata={"kernelspec": kernel})


def write_shop(folder: Path) -> Path:
    """Eight customers of two salespeople; C1 and C5 leave the web shop in May 2026. Pages and settings: the doc's."""
    rows = ["order_id,order_date,customer_id,line_no,product_id,quantity,net_amount,channel"]
    for number, month in enumerate(MONTHS):
        for customer in range(1, 9):
            leaves = customer in (1, 5) and month >= "2026-05"
            channel = "web shop" if customer % 4 == 1 and not leaves else "phone"
            rows.append(
                f"O{number}-{customer},{month}-{customer + 3:02},C{customer},1,P1,1,{customer}00.10,{channel}"
            )
    (folder / "order_lines.csv").write_text("\n".join(rows))
    people = [f"C{each},Customer {each},Class,{'S1' if each <= 4 else 'S2'}" for each in range(1, 9)]
    (folder / "customers.csv").write_text("customer_id,name,trade_class,salesperson_id\n" + "\n".join(people))
    (folder / "workbook.toml").write_text(
        "\n".join(each["text"] for each in blocks("file")), encoding="utf-8"
    )
    pages = {name for each in blocks("page") if (name := each["what"].split()[0])}
    for name in pages:
        (folder / name).parent.mkdir(exist_ok=True)
        nbformat.write(
            notebook([each for each in blocks("page") if each["what"].split()[0] == name]), folder / name
        )
    nbformat.write(notebook(blocks("run")), folder / "questions.ipynb")
    return folder
