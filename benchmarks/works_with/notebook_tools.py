"""What people open, convert and run the notebooks with."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import nbformat

from works_with.seen import MOST_SECONDS, PROJECT, Rows, Seen, Work, program, run, tests, version_of

NOTEBOOKS = sorted((PROJECT / "notebooks").glob("[0-9]*.ipynb"))
HERE = Path(sys.executable)
#: One with text and pictures, whose executed form a test holds against the pack's.
ONE = PROJECT / "notebooks" / "02_abc_tiering.ipynb"
#: Where Airflow's own processes talk to each other.
_PORT = 18974
_OUTPUTS = """() => window.jupyterapp.shell.currentWidget.content.model.toJSON().cells
  .flatMap(cell => cell.outputs ?? [])"""
#: Prints the notebooks that come back with other cells.
_AND_BACK = """
import sys, jupytext
def cells(notebook):
    return [(cell.cell_type, cell.source, cell.metadata.get("tags", [])) for cell in notebook.cells]
form, *paths = sys.argv[1:]
for path in paths:
    notebook = jupytext.read(path)
    if cells(jupytext.reads(jupytext.writes(notebook, form), form)) != cells(notebook):
        print(path.rpartition("/")[2])
"""
#: Around what docs/monthly.md says: due on the third of each month, so that of November is the sample's October.
_DAG = """
import pendulum
from airflow.sdk import DAG

with DAG(
    "monthly", schedule="15 6 3 * *", start_date=pendulum.datetime(2026, 10, 4),
    end_date=pendulum.datetime(2026, 11, 4), catchup=True, is_paused_upon_creation=False,
):
"""


def jupyterlab(work: Work) -> Rows:
    """Every notebook in a real JupyterLab, from top to bottom, and its controls."""
    passed = tests("tests/lab/test_notebooks_in_jupyterlab.py", "tests/lab/test_extend_in_jupyterlab.py")
    said = f"every notebook runs from top to bottom, controls move, an analyst extends it: {passed}"
    yield Seen("JupyterLab", version_of("jupyterlab", HERE), said)


def notebook_7(work: Work) -> Rows:
    """Notebooks in a real Notebook 7, all cells."""
    from playwright.sync_api import sync_playwright

    from works_with.pages import BROWSERS

    python = work.overlay("notebook-7", "notebook>=7,<8")
    home = work.made("notebook-7")
    for path in NOTEBOOKS:
        (home / path.name).write_bytes(path.read_bytes())
    environment = work.environment | {
        "JUPYTER_CONFIG_DIR": str(home / ".config"), "JUPYTER_RUNTIME_DIR": str(home / ".runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / ".settings"), "IPYTHONDIR": str(home / ".ipython"),
    }  # fmt: skip
    token = "for-this-alone"
    command = [
        str(python), "-m", "notebook", "--no-browser", "--allow-root", f"--IdentityProvider.token={token}",
        "--ServerApp.ip=127.0.0.1", "--ServerApp.port=0", "--JupyterNotebookApp.expose_app_in_browser=True",
        f"--ServerApp.root_dir={home}", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    path = program(*BROWSERS, package="chromium")
    with (
        subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True, cwd=home) as server,
        sync_playwright() as started,
    ):
        try:
            assert server.stderr is not None
            line = next(line for line in server.stderr if "http://127.0.0.1:" in line)
            address = line[line.index("http") :].split("/tree")[0].strip()
            browser = started.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
            page = browser.new_page()
            page.set_default_timeout(300_000)
            cells = 0
            for each in NOTEBOOKS:
                page.goto(f"{address}/notebooks/{each.name}?token={token}")
                page.wait_for_function(
                    "() => window.jupyterapp?.shell.currentWidget?.context?.sessionContext?.session?.kernel != null"
                )
                page.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
                outputs: list[dict[str, Any]] = page.evaluate(_OUTPUTS)
                errors = [output["evalue"] for output in outputs if output["output_type"] == "error"]
                assert outputs and not errors, f"{each.name}: {errors[:1]}"
                cells += len(outputs)
            browser.close()
        finally:
            server.kill()
    said = f"{len(NOTEBOOKS)} notebooks run from top to bottom, {cells} outputs, no error"
    yield Seen("Jupyter Notebook", version_of("notebook", python), said)


def voila(work: Work) -> Rows:
    """The explorer of tiers, as `make app` serves it."""
    passed = tests("tests/lab/test_notebooks_in_voila.py")
    said = f"served without code, its controls redraw, nothing can be changed: {passed}"
    yield Seen("Voila", version_of("voila", HERE), said)


def jupytext(work: Work) -> Rows:
    """Each notebook as text and back: cells and tags, by which papermill finds the parameters."""
    python = work.overlay("jupytext", "jupytext")
    version = version_of("jupytext", python)
    for form in ("py:percent", "md", "md:myst"):
        other = run([str(python), "-c", _AND_BACK, form, *map(str, NOTEBOOKS)]).strip()
        assert not other, f"as {form} come back with other cells or tags: {other}"
        yield Seen(
            "jupytext", version, f"{len(NOTEBOOKS)} notebooks as {form} and back: the same cells and tags"
        )


def marimo(work: Work) -> Rows:
    """Each notebook converted; how many run so, and why others do not."""
    python = work.overlay("marimo", "marimo")
    home, version = work.made("marimo"), version_of("marimo", python)
    command = [str(python), "-m", "marimo", "-q", "-y"]
    stopped: dict[str, str] = {}
    for path in NOTEBOOKS:
        app = home / f"{path.stem}.py"
        run([*command, "convert", str(path), "-o", str(app)], env=work.environment)
        if left := re.search(r"_unparsable_cell\(\s*r?\"+\s*(.+)", app.read_text(encoding="utf-8")):
            stopped[path.name] = f"marimo takes no cell with `{left[1].strip()}`"
            continue
        try:
            run(
                [*command, "export", "html", str(app), "-o", str(app.with_suffix(".html"))],
                env=work.environment,
            )
        except RuntimeError as error:
            stopped[path.name] = str(error)[-160:]
    said = (
        f"{len(NOTEBOOKS)} notebooks convert, {len(NOTEBOOKS) - len(stopped)} of them then run to their end"
    )
    why = "; ".join(
        f"{reason} ({list(stopped.values()).count(reason)})" for reason in dict.fromkeys(stopped.values())
    )
    yield Seen("marimo", version, f"{said}. {why}" if why else said)


def quarto(work: Work) -> Rows:
    """One notebook converted to a page."""
    path = program("quarto", package="none: quarto is not among Debian's")
    home = work.made("quarto")
    run([path, "render", str(ONE), "--to", "html", "--output-dir", str(home)])
    yield Seen(
        "Quarto", run([path, "--version"]).strip(), f"{ONE.name} becomes a page from its stored outputs"
    )


def papermill(work: Work) -> Rows:
    """The same notebook from the command line, from Python and from a YAML file shows the same."""
    home, version = work.made("papermill"), version_of("papermill", HERE)
    (home / "asked.yaml").write_text("month: 2026-10\nscope: salesperson:S01\n", encoding="utf-8")
    command = [str(HERE), "-m", "papermill", "--no-progress-bar", "--cwd", str(home), str(ONE)]
    python = "import papermill, sys; papermill.execute_notebook(*sys.argv[1:3], parameters={'month': '2026-10', " \
             "'scope': 'salesperson:S01'}, progress_bar=False)"  # fmt: skip
    ways = {
        "-p": [*command, "-p.ipynb", "-p", "month", "2026-10", "-p", "scope", "salesperson:S01"],
        "-r": [*command, "-r.ipynb", "-r", "month", "2026-10", "-r", "scope", "salesperson:S01"],
        "-f": [*command, "-f.ipynb", "-f", "asked.yaml"],
        "-y": [*command, "-y.ipynb", "-y", "{month: 2026-10, scope: 'salesperson:S01'}"],
        "Python": [str(HERE), "-c", python, str(ONE), "Python.ipynb"],
    }
    shown = {}
    for name, way in ways.items():
        way[way.index(f"{name}.ipynb")] = str(home / f"{name}.ipynb")
        run(way, env=work.environment, cwd=home)
        shown[name] = outputs(home / f"{name}.ipynb")
    assert all(each == shown["-p"] for each in shown.values()), "ways to run papermill show different things"
    yield Seen("papermill", version, f"{ONE.name} by {', '.join(ways)}: the same outputs")
    passed = tests(
        "tests/report/running/test_plain_papermill.py", "tests/test_parameters_that_are_no_text.py"
    )
    said = f"the pack's notebook; numbers, days and lists as parameters are shown or refused in a sentence: {passed}"
    yield Seen("papermill", version, said)


def airflow(work: Work) -> Rows:
    """Airflow's scheduler and LocalExecutor run a notebook as docs/monthly.md writes it, in the month that is due."""
    python = work.overlay("airflow", "apache-airflow", "apache-airflow-providers-papermill")
    home = work.made("airflow")
    said = (PROJECT / "docs" / "monthly.md").read_text(encoding="utf-8")
    (operator,) = re.findall(r"```python\n(from airflow.+?)```", said, re.DOTALL)
    for there, here in (
        ("/srv/customer-workbook/notebooks", PROJECT / "notebooks"),
        ("/srv/customer-workbook/reports", home),
    ):
        operator = operator.replace(there, str(here))
    (home / "dags").mkdir()
    dag = _DAG + textwrap.indent(operator.replace('"data": "/srv/exports", ', ""), "    ")
    (home / "dags" / "monthly.py").write_text(dag, encoding="utf-8")
    settings = {
        "CORE__LOAD_EXAMPLES": "False", "CORE__EXECUTOR": "LocalExecutor", "CORE__PARALLELISM": "1",
        "CORE__DAGS_FOLDER": str(home / "dags"), "CORE__EXECUTION_API_SERVER_URL": f"http://127.0.0.1:{_PORT}/execution/",
        "API__HOST": "127.0.0.1", "API__PORT": str(_PORT), "API__WORKERS": "1", "WORKERS__EXECUTION_API_TIMEOUT": "120",
    }  # fmt: skip
    environment = work.environment | {f"AIRFLOW__{name}": value for name, value in settings.items()}
    environment |= {"AIRFLOW_HOME": str(home), "PATH": f"{python.parent}{os.pathsep}{os.environ['PATH']}"}
    with (home / "log").open("wb") as log:
        server = subprocess.Popen(
            ["airflow", "standalone"],
            env=environment,
            cwd=home,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
        try:
            state = _ended(home / "airflow.db", server)
        finally:
            os.killpg(server.pid, signal.SIGTERM)
            server.wait(60)
    assert state == "success", f"the run ended as {state}"
    target = home / "02_abc_tiering_2026-10.ipynb"
    provider = version_of("apache-airflow-providers-papermill", python)
    versions = f"{version_of('apache-airflow', python)}, provider {provider}"
    said = f"scheduler and LocalExecutor run {ONE.name} as docs/monthly.md has it, for the month before it was due"
    yield Seen("Airflow", versions, f"{said}: {len(outputs(target))} outputs")


def _ended(database: Path, server: subprocess.Popen[bytes]) -> str:
    """Wait until Airflow's database says that a run of the DAG has ended, and how."""
    until = time.monotonic() + MOST_SECONDS
    while time.monotonic() < until and server.poll() is None:
        time.sleep(2)
        with (
            contextlib.suppress(sqlite3.Error),
            contextlib.closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as told,
        ):
            for (state,) in told.execute("SELECT state FROM dag_run WHERE state IN ('success', 'failed')"):
                return str(state)
    return "not ended" if server.poll() is None else "stopped"


LOOKS = {
    "JupyterLab": jupyterlab, "Notebook": notebook_7, "Voila": voila, "jupytext": jupytext, "marimo": marimo,
    "Quarto": quarto, "papermill": papermill, "Airflow": airflow,
}  # fmt: skip


def outputs(path: Path) -> list[str]:
    """What the cells of an executed notebook show, but for controls, whose ids are new each time."""
    notebook = nbformat.read(path, as_version=4)
    shown = [
        output.get("data", output.get("text"))
        for cell in notebook.cells
        if "interactive" not in cell.metadata.get("tags", ())
        for output in cell.get("outputs", ())
    ]
    errors = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", ())
        if output.output_type == "error"
    ]
    assert shown and not errors, f"{path.name} stopped: {errors[0].evalue}"
    return [json.dumps(each, sort_keys=True) for each in shown]
