"""What an analyst does: open a notebook in JupyterLab, run all of it, move a control, see the answer change."""

from __future__ import annotations

import base64

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from helpers.settings.config import NOTEBOOKS_FOLDER

pytestmark = [pytest.mark.browser, pytest.mark.slow]
NOTEBOOKS = sorted(path.name for path in NOTEBOOKS_FOLDER.glob("[0-9]*.ipynb"))
#: Text and pictures, learning, a page of widgets; the others in `make test-all`, and every one through nbval.
OF_ALL_KINDS = ("00_summary.ipynb", "04_churn_signals.ipynb", "05_customer_card.ipynb")
_READY = "() => window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel != null"
_RUN = "() => window.jupyterapp.commands.execute('notebook:run-all-cells')"
_OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
  .flatMap(cell => cell.outputs ?? [])"""
_SAVE = """([name, notebook]) => window.jupyterapp.serviceManager.contents.save(name,
  {type: 'notebook', format: 'json', content: notebook})"""
_TO_END = """() => {
  const notebook = window.jupyterapp.shell.currentWidget.content;
  notebook.activeCellIndex = notebook.widgets.findIndex(cell => (cell.model.getMetadata('tags') ?? [])
    .includes('interactive') && cell.model.type === 'code');
  return notebook.scrollToItem(notebook.activeCellIndex, 'start');
}"""


def run_all(page, lab, name):
    page.goto(lab.format(name))
    page.wait_for_function(_READY)
    page.evaluate(_RUN)
    return page.evaluate(_OUTPUTS)


def run_made(page, lab, name, notebook):
    """Save a notebook that a test has made, and run it."""
    page.goto(lab.format(""))
    page.wait_for_function("() => window.jupyterapp?.serviceManager.isReady")
    page.evaluate(_SAVE, [name, notebook])
    return run_all(page, lab, name)


def changed(page, selector, before):
    """Wait until what is drawn is another picture, and return it."""
    page.wait_for_function(
        "([selector, before]) => document.querySelector(selector)?.innerHTML !== before",
        arg=[selector, before],
    )
    return page.locator(selector).first.inner_html()


@pytest.mark.parametrize(
    "name",
    [name if name in OF_ALL_KINDS else pytest.param(name, marks=pytest.mark.long) for name in NOTEBOOKS],
)
def test_every_notebook_runs_from_top_to_bottom_without_an_error(page, lab, name):
    outputs = run_all(page, lab, name)
    assert outputs
    assert [each.get("evalue") for each in outputs if each["output_type"] == "error"] == []
    assert [each["text"] for each in outputs if each.get("name") == "stderr"] == []


def test_lines_between_tiers_follow_slider_and_class_follows_drop_down(page, lab):
    run_all(page, lab, "02_abc_tiering.ipynb")
    page.evaluate(_TO_END)
    drawing = ".widget-html-content:has(svg)"
    page.wait_for_selector(drawing)
    first = page.locator(drawing).first.inner_html()
    page.locator(".noUi-handle").first.press("ArrowRight")
    second = changed(page, drawing, first)
    page.locator(".widget-dropdown select").first.select_option(index=1)
    third = changed(page, drawing, second)
    assert len({first, second, third}) == 3
    assert all("<svg" in sampled for sampled in (first, second, third))


def test_running_the_cell_again_loses_no_choice(page, lab):
    run_all(page, lab, "02_abc_tiering.ipynb")
    page.evaluate(_TO_END)
    drawing = ".wb-explorer .widget-html-content:has(svg)"
    page.wait_for_selector(drawing)
    readout = page.locator(".wb-explorer .widget-readout").first
    expected = str(int(readout.inner_text()) - 1)
    first = page.locator(drawing).first.inner_html()
    page.locator(".wb-explorer .noUi-handle").first.press("ArrowLeft")
    second = changed(page, drawing, first)  # the kernel has taken it in
    page.locator(".wb-explorer input[type=radio]").nth(3).check()
    changed(page, drawing, second)
    page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-cell')")
    page.wait_for_function("() => document.querySelectorAll('.wb-explorer').length === 1")
    page.wait_for_selector(drawing)
    assert readout.inner_text() == expected
    assert page.locator(".wb-explorer input[type=radio]").nth(3).is_checked()


def test_cards_are_searched_filtered_and_exported(page, lab):
    run_all(page, lab, "05_customer_card.ipynb")
    page.evaluate(_TO_END)
    listing = ".widget-html-content:has(table)"
    page.wait_for_selector(listing)
    everyone = page.locator(listing).first.inner_html()
    page.locator(".widget-select-multiple select").first.select_option(index=0)
    some = changed(page, listing, everyone)
    page.locator(".widget-text input").first.fill("zzzz nobody")
    changed(page, ".widget-html-content:has(.wb-empty), .widget-html-content:has(table)", some)
    page.locator(".widget-text input").first.fill("")
    page.wait_for_selector(listing)
    page.get_by_role("button", name="Export CSV").click()
    link = page.locator(".widget-html-content a[download$='.csv']")
    content = base64.b64decode(link.get_attribute("href").split(",", 1)[1]).decode("utf-8-sig")
    heads, *rows = content.splitlines()
    assert heads.count(",") > 5
    assert 0 < len(rows) < 400


def test_a_step_clicked_leads_to_customers_a_customer_to_its_card_and_the_card_to_its_lines(page, lab):
    cells = ["from helpers.book import open_book; from helpers.subjects import explorers"]
    cells += ["explorers.composition(open_book())"]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    made = new_notebook(cells=[new_code_cell(each) for each in cells], metadata={"kernelspec": kernel})
    run_made(page, lab, "clicks.ipynb", made)
    listed = ".wb-explorer .wb-view table:has([data-customer])"
    page.wait_for_selector(listed)
    movers = page.locator(listed).first.inner_html()
    step = page.locator(
        ".wb-explorer svg :has(> title)", has=page.locator("title", has_text="Stopped buying")
    )
    step.first.click()
    changed(page, listed, movers)
    assert "Stopped buying" in page.locator(listed).first.locator("caption").inner_text()
    stopped = page.locator(listed).first.inner_html()
    page.get_by_label("Cut by").select_option(label="Channel")
    page.locator(".wb-explorer .wb-view tbody tr", has_text="web shop").first.click()
    changed(page, listed, stopped)
    assert "web shop" in page.locator(listed).first.locator("caption").inner_text()
    name = page.locator(f"{listed} [data-customer]").first
    name.press("Enter")
    card = page.locator(".wb-beside .wb-card")
    card.wait_for()
    assert name.inner_text() in card.inner_text()
    left, right = (each.bounding_box() for each in (page.locator(listed).first, card))
    assert right["x"] > left["x"] + 200, "the card stands beside the list, not below it"
    lines = ".wb-beside > :last-child table"
    newest = page.locator(lines).inner_html()
    page.get_by_label("Largest first").check()
    changed(page, lines, newest)
    page.get_by_role("button", name="Export its order lines").click()
    link = page.locator(".widget-html-content a[download^='order-lines-']")
    content = base64.b64decode(link.get_attribute("href").split(",", 1)[1]).decode("utf-8-sig")
    assert page.locator(lines).locator("tbody tr").count() <= len(content.splitlines()) - 1
