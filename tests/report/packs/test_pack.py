"""A pack: complete, the same on every run, and honest about what failed."""

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell
from report_notebooks import PARAMETERS, brief, broken_briefing, request_for, tagged, write

from helpers.errors import WorkbookError
from helpers.report.packs import pack as packs
from helpers.report.packs.pack import make_pack
from helpers.report.requests import numbered_notebooks
from helpers.report.running.starting import SOURCE_FOLDER
from helpers.settings.config import NOTEBOOKS_FOLDER


def test_a_pack_holds_pages_executed_notebooks_and_a_manifest(pack):
    result, _ = pack
    files = {
        path.relative_to(result.folder).as_posix() for path in result.folder.rglob("*") if path.is_file()
    }
    assert files == {
        "index.html", "01_composition.html", "02_failing.html", "manifest.json", "tables.xlsx",
        "notebooks/01_composition.ipynb", "notebooks/02_failing.ipynb",
    }  # fmt: skip
    assert result.folder.parts[-2:] == ("2026-10", "company")


def test_a_failing_cell_is_named_with_its_heading_and_error(pack):
    result, said = pack
    (failure,) = result.failures
    assert (failure.notebook, failure.cell, failure.heading) == ("02_failing.ipynb", 5, "Where it breaks")
    assert (failure.error, failure.message) == ("ValueError", "no <b>such</b> column")
    front = result.index.read_text(encoding="utf-8")
    assert "02_failing.ipynb stopped at cell 5" in front
    assert "no &lt;b&gt;such&lt;/b&gt; column" in front
    assert any("02_failing.ipynb stopped at cell 5" in line for line in said)


def test_a_failing_notebook_leaves_the_others_whole(pack):
    result, _ = pack
    page = (result.folder / "01_composition.html").read_text(encoding="utf-8")
    assert "seen 2026-10 company" in page
    assert "<table" in page


def test_what_is_interactive_is_left_out(pack):
    result, _ = pack
    executed = (result.folder / "notebooks" / "01_composition.ipynb").read_text(encoding="utf-8")
    assert "never run in a report" not in executed


def test_nothing_of_this_machine_is_in_pages_or_notebooks(pack, tmp_path):
    result, _ = pack
    for path in result.folder.rglob("*"):
        if path.is_file() and path.suffix != ".xlsx":
            text = path.read_text(encoding="utf-8")
            assert "/somewhere/private" not in text, path
            assert str(result.folder.parents[2]) not in text, path
            assert "papermill" not in text or path.name == "manifest.json", path
    assert "secret of this machine" in result.warnings["01_composition.ipynb"]


def test_the_manifest_tells_what_went_in_and_what_came_out(pack):
    result, _ = pack
    text = (result.folder / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    assert text == json.dumps(manifest, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert manifest["inputs"] == [{"name": "order_lines.csv", "sha256": "0" * 64, "bytes": 123, "rows": 10}]
    assert manifest["parameters"]["data"] == "sample"
    assert manifest["versions"]["pandas"]
    for output in manifest["outputs"]:
        content = (result.folder / output["name"]).read_bytes()
        assert hashlib.sha256(content).hexdigest() == output["sha256"]
    assert len(manifest["outputs"]) == 6


RUN_ELSEWHERE = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from helpers.report.running.children import Children
from report_notebooks import brief, request_for
from helpers.report.packs.pack import make_pack
notebooks = sorted(Path(sys.argv[2]).glob("*.ipynb"))
request = request_for(Path(sys.argv[1]), notebooks, data="/another/place/sample")
make_pack(request, briefing=brief, children=Children(1))
"""


@pytest.mark.slow
def test_another_folder_time_zone_and_process_give_the_same_bytes(pack, notebooks, tmp_path):
    result, _ = pack
    elsewhere = tmp_path / "else" / "where"
    elsewhere.mkdir(parents=True)
    here = str(Path(__file__).parents[1])
    settings = {
        "TZ": "Pacific/Auckland",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "PYTHONPATH": str(SOURCE_FOLDER),
    }
    subprocess.run(
        [sys.executable, "-c", RUN_ELSEWHERE, str(tmp_path / "out"), str(notebooks[0].parent), here],
        cwd=elsewhere, check=True,
        env=os.environ | settings,
    )  # fmt: skip
    other = tmp_path / "out" / "2026-10" / "company"
    compared = [path for path in result.folder.rglob("*") if path.suffix in (".html", ".ipynb", ".xlsx")]
    assert len(compared) == 6
    for path in compared:
        assert path.read_bytes() == (other / path.relative_to(result.folder)).read_bytes(), path.name


def test_a_cell_that_never_ends_is_stopped_and_named(tmp_path):
    endless = write(
        tmp_path, "01_endless.ipynb",
        new_markdown_cell("# Endless"), new_code_cell("while True:\n    pass"), new_code_cell("1"),
    )  # fmt: skip
    result = make_pack(request_for(tmp_path / "out", [endless], cell_timeout_seconds=2))
    (failure,) = result.failures
    assert (failure.cell, failure.heading, failure.error) == (2, "Endless", "CellTimeoutError")
    assert "2 seconds" in failure.message


def test_a_kernel_that_dies_is_a_failure_of_its_notebook(tmp_path):
    dying = write(tmp_path, "01_dying.ipynb", new_code_cell("import os\nos._exit(3)"))
    result = make_pack(request_for(tmp_path / "out", [dying]))
    assert result.failures[0].error == "DeadKernelError"
    assert result.index.exists()


def test_a_new_pack_replaces_the_old_one_whole(tmp_path):
    book = write(tmp_path, "01_small.ipynb", new_markdown_cell("# Small"))
    old = tmp_path / "out" / "2026-10" / "company"
    old.mkdir(parents=True)
    (old / "left_over.html").write_text("old")
    result = make_pack(request_for(tmp_path / "out", [book]))
    assert result.folder == old
    assert not (old / "left_over.html").exists()
    assert [path.name for path in old.parent.iterdir()] == ["company"]


def test_an_output_that_cannot_be_written_is_told_before_any_work(tmp_path):
    blocked = tmp_path / "a_file"
    blocked.write_text("in the way")

    def never():
        raise AssertionError("work began")

    with pytest.raises(WorkbookError, match="cannot be written"):
        make_pack(request_for(blocked, [tmp_path / "01_none.ipynb"]), briefing=never)


def test_an_error_of_the_data_leaves_no_pack_and_no_rest(tmp_path):
    book = write(tmp_path, "01_small.ipynb", new_markdown_cell("# Small"))
    with pytest.raises(WorkbookError, match="empty"):
        make_pack(request_for(tmp_path / "out", [book]), briefing=broken_briefing)
    assert list((tmp_path / "out" / "2026-10").iterdir()) == []


def test_only_numbered_notebooks_make_the_report(tmp_path):
    for name in ("02_b.ipynb", "01_a.ipynb", "scratch.ipynb"):
        write(tmp_path, name)
    assert [path.name for path in numbered_notebooks(tmp_path)] == ["01_a.ipynb", "02_b.ipynb"]
    with pytest.raises(WorkbookError, match="no numbered notebook"):
        numbered_notebooks(tmp_path / "none")


def test_executed_notebooks_are_valid_and_say_only_the_names_of_paths(pack):
    result, _ = pack
    notebook = nbformat.read(result.folder / "notebooks" / "01_composition.ipynb", as_version=4)
    nbformat.validate(notebook)
    (injected,) = [cell for cell in notebook.cells if "injected-parameters" in cell.metadata.get("tags", [])]
    assert "data = 'sample'" in injected.source


def test_a_summary_that_fails_still_gives_a_front_page_that_says_so_and_leads_on(notebooks, tmp_path):
    failing = write(
        tmp_path, "00_summary.ipynb",
        new_markdown_cell("# The month on one page"),
        tagged("parameters", PARAMETERS),
        new_markdown_cell("## What stands out?"),
        new_code_cell("raise ValueError('no such column')"),
    )  # fmt: skip
    result = make_pack(request_for(tmp_path / "out", [failing, notebooks[0]]), briefing=brief)
    front = result.index.read_text(encoding="utf-8")
    assert [failure.notebook for failure in result.failures] == ["00_summary.ipynb"]
    assert front.count("<h1") == 1
    assert "00_summary.ipynb stopped at cell 4, under “What stands out?”: ValueError: no such column" in front
    assert 'href="01_composition.html"' in front
    assert 'href="tables.xlsx"' in front


def test_who_learns_comes_first_and_then_whose_rows_the_card_reads():
    pages = numbered_notebooks(NOTEBOOKS_FOLDER)
    turns = [notebook.stem[:2] for notebook in sorted(pages, key=packs._turn)]
    assert turns[:4] == ["04", "03", "02", "07"]
