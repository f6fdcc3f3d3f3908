"""What docs/extend.md shows, done by an analyst in JupyterLab: questions, a page, a signal, a comparison."""

import pytest
from extend_doc import blocks, notebook, write_shop
from nbformat.v4 import new_code_cell
from test_notebooks_in_jupyterlab import run_made

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_an_analyst_extends_the_workbook_in_jupyterlab(page, lab, tmp_path):
    (tmp_path / "shop").mkdir()
    shop = write_shop(tmp_path / "shop")
    mine = notebook([*blocks("run"), *(each for each in blocks("page") if not each["what"].endswith(" zh"))])
    for cell in mine.cells:
        cell.source = cell.source.replace("open_book()", "open_book(data)")
    mine.cells.insert(0, new_code_cell(f"data = {str(shop)!r}"))
    outputs = run_made(page, lab, "extend.ipynb", mine)
    assert [output for output in outputs if output["output_type"] == "error"] == []
    shown = "".join("".join(output.get("data", {}).get("text/html", "")) for output in outputs)
    assert "What the difference of net sales is made of" in shown
    assert "One of the three largest of the web shop." in shown
    # Pictures of pandas and seaborn, drawn by the kernel's own backend.
    assert sum("image/png" in output.get("data", {}) for output in outputs) == 2
    # The last complete month is September: the signal of one's own, in sight at the end.
    page.get_by_text("web shop orders: 1 in six months, 6 in the six before").first.wait_for()
