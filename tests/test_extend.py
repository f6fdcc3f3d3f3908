"""What docs/extend.md shows is done as it stands there, on a small shop of its own."""

import datetime as dt
import pickle
import re
import tomllib
from dataclasses import replace

import nbformat
import pandas as pd
import pytest
from extend_doc import BLOCK, write_shop
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from helpers.book import book_of_page, open_book
from helpers.errors import WorkbookError
from helpers.report.packs.unchanged import pack_key
from helpers.report.requests import report_notebooks
from helpers.report.running.children import Children
from helpers.report.running.run import run_notebook
from helpers.settings.config import PROJECT_FOLDER, load_settings
from helpers.settings.report import OwnSignal
from helpers.subjects.own.page_output import export, propose, tell
from helpers.subjects.own.signals import measure, signal_rows
from helpers.subjects.own.views import own_table


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    return write_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(scope="module")
def ran(shop, tmp_path_factory):
    """Run a notebook of the shop in the way of a pack: name, scope, language -> run and executed notebook."""
    folder = tmp_path_factory.mktemp("ran")
    with Children(1) as children:

        def run(path, scope="company", language="en"):
            out = folder / f"{scope[-2:]}-{language}-{path.name}"
            parameters = {"data": str(shop), "month": "2026-10", "scope": scope, "language": language}
            done = run_notebook(children, path, out, parameters, run_folder=None)
            return done, nbformat.read(done.executed, as_version=4)

        yield run


def shown(executed, kind):
    outputs = [output for cell in executed.cells for output in cell.get("outputs", [])]
    return [output["data"][kind] for output in outputs if kind in output.get("data", {})]


def captions(run):
    return [table.caption for _heading, table in pickle.loads(run.tables)]


def test_every_block_of_the_doc_is_run_or_of_a_shell():
    doc = (PROJECT_FOLDER / "docs" / "extend.md").read_text(encoding="utf-8")
    assert doc.count("```") == 2 * len(BLOCK.findall(doc))


def test_questions_of_ones_own_are_answered(shop, ran):
    run, executed = ran(shop / "questions.ipynb")
    assert run.failure is None
    assert len(shown(executed, "image/svg+xml")) == 1  # the plot of an answer's frame
    assert "What the difference of net sales is made of" in captions(run)
    assert "Value of the customers in the currency of the data, with the 80% range" in captions(run)


def test_a_page_of_ones_own_is_in_the_pack_in_both_languages(shop, ran):
    settings = load_settings(shop / "workbook.toml")
    own = [path for path in report_notebooks(settings, shop / "workbook.toml") if path.parent.name == "pages"]
    assert [path.name for path in own] == ["20_web_shop.ipynb", "21_own_signals.ipynb"]

    run, executed = ran(own[0])
    assert run.failure is None
    assert captions(run) == [
        "Sales by channel",
        "Where orders come from",
        "Proposed actions",
        "Sales by channel",
    ]
    assert [file.path.name for file in run.files] == ["20_web_shop-channels.csv"]
    assert run.files[0].path.read_bytes().startswith(b"\xef\xbb\xbfchannel,sales,orders\r\nphone,")
    assert "Net sales by channel" in shown(executed, "image/svg+xml")[0]

    _, chinese = ran(own[0], scope="salesperson:S2", language="zh")
    assert chinese.cells[2].source.startswith("# 网店")
    assert not any("Web shop" in cell.source for cell in chinese.cells if cell.cell_type == "markdown")
    texts = "".join(shown(chinese, "text/plain"))
    assert "Customer 5" in texts  # S2's own
    assert "Customer 1" not in texts  # is S1's


def test_a_signal_of_ones_own_is_noticed_where_it_was_made_to_be(shop, ran):
    book = open_book(shop, month="2026-10")
    noticed = book.own_signals().noticed
    assert noticed["customer_id"].tolist() == ["C5", "C1"]  # the larger first
    assert noticed["value"].tolist() == [0.0, 0.0]
    assert noticed["usual"].tolist() == [6.0, 6.0]
    assert open_book(shop, month="2026-10", scope="salesperson:S1").own_signals().noticed[
        "customer_id"
    ].tolist() == ["C1"]
    assert open_book(shop, month="2026-04").own_signals().noticed.empty  # what came later was not known
    run, executed = ran(shop / "pages" / "21_own_signals.ipynb")
    assert run.failure is None
    assert "web shop orders: 0 in six months, 6 in the six before" in "".join(shown(executed, "text/plain"))


def test_a_signal_whose_words_do_not_stand_in_the_data_says_so_in_place_of_nobody(shop):
    book = open_book(shop, month="2026-10")
    web_shop = book.settings.signals["web_shop"]
    otherwise = web_shop.model_copy(
        update={name: getattr(web_shop, name).replace("web shop", "Web") for name in ("value", "usual")}
    )
    assert "Customer 5" in own_table(book.own_signals(), "web_shop", web_shop, book.numbers).text
    settings = book.settings.model_copy(update={"signals": {"web_shop": otherwise}})
    result = replace(book, settings=settings).own_signals()
    assert "It measures 0 for everybody" in own_table(result, "web_shop", otherwise, book.numbers).text
    few = web_shop.model_copy(update={"notice": "value > 1000"})
    result = replace(
        book, settings=book.settings.model_copy(update={"signals": {"web_shop": few}})
    ).own_signals()
    assert "It is noticed of nobody" in own_table(result, "web_shop", few, book.numbers).text


def test_segments_and_states_are_those_that_the_doc_writes(shop):
    book = open_book(shop, month="2026-10")
    # A year's purchases are from 1,201 to 9,601: nobody reaches the doc's 500,000.
    segments = book.behaviour().segments
    assert set(segments.loc[segments["customers"] > 0, "segment"]) == {"usual"}
    assert {"key", "key_and_returning_goods"} <= {rule.segment for rule in book.settings.segments.rules}
    assert (book.settings.churn.overdue_gaps, book.settings.churn.lapsed_times) == (2.5, 3)


def test_a_signal_that_names_a_usual_that_it_does_not_measure_is_refused():
    rules = {
        "label": "Few",
        "value": "sum(net_amount)",
        "notice": "value < usual / 2",
        "sentence": "{value:money}",
    }
    with pytest.raises(ValueError, match="give usual, or it is never known"):
        OwnSignal(**rules)
    with pytest.raises(ValueError, match="give usual"):
        OwnSignal(**rules | {"notice": "value < 3", "sentence": "{value}, usually {usual}"})
    assert OwnSignal(**rules, usual="sum(net_amount) / 2").notice == "value < usual / 2"


def test_what_is_divided_by_nothing_is_noticed_of_nobody(shop):
    tables = open_book(shop, month="2026-10").tables
    signal = OwnSignal(label="", value="sum(net_amount) / 0", notice="value > 0", sentence="{value}")
    assert measure(signal, signal_rows("order_lines", tables, dt.date(2026, 10, 31))).empty


@pytest.mark.parametrize(
    ("cell", "message"),
    [
        ("open_book(scope='company')", "This page is of salesperson:S1: it may not open scope 'company'"),
        ("open_book('elsewhere')", "it may not open data 'elsewhere'"),
        ("open_book(month='2026-11')", "may not open the later 2026-11"),
    ],
)
def test_a_page_of_a_scope_opens_nothing_else(shop, cell, message):
    page = {"data": str(shop), "month": "2026-10", "scope": "salesperson:S1", "language": "en"}
    with book_of_page(page), pytest.raises(WorkbookError, match=re.escape(message)):
        eval(cell, {"open_book": open_book})
    with book_of_page(page):
        assert repr(open_book()) == "Book(2026-10, salesperson:S1)"
        assert repr(open_book(month="2026-09")) == "Book(2026-09, salesperson:S1)"


def test_what_a_page_cannot_show_is_an_error_and_not_a_hole(shop, ran):
    path = shop / "hole.ipynb"
    script = "from IPython.display import HTML\nHTML('<div><script>draw()</script></div>')"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Hole"), new_code_cell(script)]), path)
    run, _ = ran(path)
    assert run.failure.error == "NotForPagesError"
    assert "HTML with script" in run.failure.message
    kept = nbformat.read(run.executed, as_version=4).cells[-1].outputs
    assert [output.output_type for output in kept] == ["error"], (
        "what is refused stays in no file of the pack"
    )
    widget = "import ipywidgets\nipywidgets.IntSlider()"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Hole"), new_code_cell(widget)]), path)
    assert "jupyter.widget" in ran(path)[0].failure.message


def test_plain_pandas_and_matplotlib_show_as_in_jupyterlab(shop, ran):
    cells = [
        "import pandas as pd\nimport matplotlib.pyplot as plt\nfrom decimal import Decimal",
        "pd.DataFrame({('a', 'x'): [1, 2], ('a', 'y'): [Decimal('1.5'), None]}, pd.Index(['q', '<b>'], name='k'))",
        "plt.plot([1, 2]); plt.title('first'); plt.figure(); plt.bar(['网店'], [3], hatch='//'); plt.title('second')",
        "figure, axes = plt.subplots()\naxes.imshow([[1, 2]])\nfigure",
        "pd.Series(range(250)).rename('many')",
        "pd.DataFrame({'name': ['src=http://x', '<script>']})",
    ]
    path = shop / "plain.ipynb"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Plain"), *map(new_code_cell, cells)]), path)
    run, executed = ran(path)
    assert run.failure is None
    pictures = shown(executed, "image/svg+xml")
    assert [re.search('aria-label="([^"]*)"', each)[1] for each in pictures[:2]] == ["first", "second"]
    assert len(pictures) == 3  # a figure that ends its cell is not shown a second time
    assert "网店" in pictures[1]
    assert set(re.findall(r"url\(#([\w-]+)\)", pictures[1])) <= set(re.findall(r'id="([\w-]+)"', pictures[1]))
    tables = [table for _heading, table in pickle.loads(run.tables)]
    assert tables[0].heads == ("k", "a / x", "a / y")
    assert tables[0].rows == (("q", 1, 1.5), ("<b>", 2, None))
    assert len(tables[1].rows) == 250  # the Excel file has all, the page the first
    assert "the first 100 of 250 rows" in "".join(shown(executed, "text/html"))


def test_what_lies_beside_a_page_is_found_and_makes_packs_anew(shop, ran):
    (shop / "own").mkdir()
    (shop / "own" / "mine.py").write_text("RATE = 0.5\n")
    (shop / "own" / "budget.csv").write_text("a\n1\n")
    page = shop / "own" / "beside.ipynb"
    cell = "import pandas as pd\nfrom mine import RATE\nprint(pd.read_csv('budget.csv')['a'].sum() * RATE)"
    nbformat.write(new_notebook(cells=[new_markdown_cell("# Beside"), new_code_cell(cell)]), page)
    run, executed = ran(page)
    assert run.failure is None
    assert executed.cells[-1].outputs[0]["text"] == "0.5\n"
    book = open_book(shop, month="2026-10")
    before = pack_key(book, "company", str(shop), None, [page])
    (shop / "own" / "budget.csv").write_text("a\n2\n")
    assert pack_key(book, "company", str(shop), None, [page]) != before


def test_findings_actions_and_files_are_checked(shop):
    book = open_book(shop, month="2026-10", scope="salesperson:S1")
    good = {
        "customer_id": ["C1"],
        "kind": "visit",
        "value_amount": 5,
        "due_date": "2026-11-05",
        "reason": "Ask.",
    }
    assert "Customer 1" in propose(book, pd.DataFrame(good)).text
    for change, message in [
        ({"customer_id": ["C5"]}, "'C5', is no customer of Book(2026-10, salesperson:S1)"),
        ({"kind": "ring"}, "'ring', is no kind of action; kinds are call, visit"),
        ({"value_amount": -1}, "'-1', is not money"),
        ({"due_date": "soon"}, "'soon', is no day"),
        ({"reason": " "}, "is no sentence"),
    ]:
        with pytest.raises(WorkbookError, match=re.escape(message)):
            propose(book, pd.DataFrame(good | change))
    with pytest.raises(WorkbookError, match="is no name for a file"):
        export(book, pd.DataFrame(good), "../out.csv", "Out")
    assert b"'=1+1" in export(book, pd.DataFrame({"a": ["=1+1"]}), "a.csv", "A").full_list.content()
    with pytest.raises(WorkbookError, match="not money"):
        tell("A finding.", amount=-1)


SIGNAL = {"label": "X", "value": "sum(net_amount)", "notice": "value > 1", "sentence": "{value:money}"}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"value": "sum(net)"}, "signals.x.value: net in 'sum(net)' is no column here; there are order_id"),
        ({"value": "net_amount"}, "signals.x.value: 'net_amount' cannot be computed"),
        ({"value": "max(channel)"}, "signals.x.value: 'max(channel)' gives VARCHAR, not a number"),
        ({"value": "sum((SELECT 1))"}, "a query within it is not allowed"),
        ({"value": "read_csv('x')"}, "the function read_csv is not among those"),
        (
            {"value": "sum(list_amount)"},
            "list_amount in 'sum(list_amount)' is no column here",
        ),  # not supplied
        ({"notice": "value"}, "signals.x.notice: 'value' gives DOUBLE, not a condition"),
        ({"notice": "usal > 1"}, "usal in 'usal > 1' is no column here; there are value, usual"),
        ({"table": "surveys"}, "signals.x.table: the table surveys is not supplied"),
        ({"sentence": "{valu}"}, "'{valu}' is no figure of a signal"),
        ({"sentence": "{value:euro}"}, "'{value:euro}' is no figure of a signal"),
    ],
)
def test_a_signal_that_cannot_be_measured_is_refused_with_its_key(shop, tmp_path, change, message):
    own = "\n".join(
        f"{key} = {value!r}" if "'" not in value else f'{key} = "{value}"'
        for key, value in (SIGNAL | change).items()
    )
    path = tmp_path / "workbook.toml"
    path.write_text(f"[signals.x]\n{own}", encoding="utf-8")
    assert tomllib.loads(path.read_text())
    with pytest.raises(WorkbookError, match=re.escape(message)):
        open_book(shop, month="2026-10", map=path)


def test_a_signal_may_not_take_the_name_of_one_of_the_workbook(shop, tmp_path):
    path = tmp_path / "workbook.toml"
    path.write_text("[signals.silence]\n" + "\n".join(f'{key} = "{value}"' for key, value in SIGNAL.items()))
    with pytest.raises(WorkbookError, match=r"signals\.silence: the workbook has a signal of this name"):
        open_book(shop, month="2026-10", map=path)


@pytest.mark.parametrize(
    ("names", "message"),
    [
        ((), "there is no notebook"),
        (("00_summary.ipynb",), "is called as a page of the workbook"),
        (("my page.ipynb",), "cannot be the name of a page"),
    ],
)
def test_a_folder_of_pages_that_cannot_be_is_refused(tmp_path, names, message):
    (tmp_path / "workbook.toml").write_text('[pages]\nfolder = "own"')
    with pytest.raises(WorkbookError, match="there is no folder own beside"):
        report_notebooks(load_settings(tmp_path / "workbook.toml"), tmp_path / "workbook.toml")
    (tmp_path / "own").mkdir()
    for name in names:
        (tmp_path / "own" / name).write_text("{}")
    with pytest.raises(WorkbookError, match=message):
        report_notebooks(load_settings(tmp_path / "workbook.toml"), tmp_path / "workbook.toml")
