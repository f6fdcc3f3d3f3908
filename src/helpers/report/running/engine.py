"""A papermill engine that runs a notebook's cells in this very process: no kernel is started, no socket opened.

What cells show is kept as a Jupyter kernel would send it, so that papermill's own engine gives the same notebook.
Each notebook has a shell and names of its own; `helpers.report.running.worker` restores what else cells change.
"""

from __future__ import annotations

import atexit
import contextlib
import io
import re
import signal
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import ibis.expr.types as ir
import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from bs4 import BeautifulSoup
from ipykernel.jsonutil import encode_images, json_clean
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.interactiveshell import InteractiveShell
from matplotlib.artist import Artist
from matplotlib.figure import Figure
from nbformat import NotebookNode
from nbformat.v4 import new_output
from papermill.engines import Engine, NotebookExecutionManager, papermill_engines
from traitlets.config import Config

from helpers.present.charts import theme
from helpers.present.charts.chart import figure_to_svg
from helpers.present.custom.frames import frame_table
from helpers.present.numbers import numbers
from helpers.report.running.children import report_step
from helpers.report.running.scrub import heading_above
from helpers.settings.source import NO_CURRENCY

#: What a page takes of an output, the first that is there; the pages' template has a block for each.
_SHOWN = ("text/html", "text/markdown", "image/svg+xml", "image/png", "image/jpeg", "text/plain")
#: So many rows are shown of what is in the engine still: it may have millions.
_ROWS_OF_ENGINE = 10
#: No picture gives back more; arrays of figures are larger.
_MOST_PARTS = 1000
#: Pages run no script and fetch nothing: these would leave a hole.
_PROGRAMS = frozenset(("script", "iframe", "object", "embed", "video", "audio", "link"))
_FETCHED = re.compile(r"url\([\"']?(?!data:|#)", re.IGNORECASE)
_PERHAPS = re.compile(rf"<(?:{'|'.join(_PROGRAMS)})\b|\bsrc\s*=|url\(", re.IGNORECASE)


def _active_content(markup: str) -> str:
    """Return what of HTML runs a program or fetches something; empty if nothing does."""
    for element in BeautifulSoup(markup, "html.parser", on_duplicate_attribute="ignore").find_all():
        if element.name in _PROGRAMS:
            return str(element.name)
        for name, value in element.attrs.items():
            if (name == "src" and not str(value).startswith("data:")) or (
                name == "style" and _FETCHED.search(str(value))
            ):
                return f"{name} of {element.name}"
        if element.name == "style" and _FETCHED.search(element.get_text()):
            return "url() of style"
    return ""


def register_formatters(shell: InteractiveShell, language: str, heading: Callable[[], str]) -> None:
    """Have frames shown as the page's tables and figures as its pictures, which open ones are when their cell ends."""
    n = numbers(language or "en", NO_CURRENCY)

    def as_table(frame: pd.DataFrame | pd.Series) -> str:
        return frame_table(frame, heading() or n.words("Table"), n)._repr_mimebundle_()["text/html"]

    formatters = shell.display_formatter.formatters  # type: ignore[union-attr]
    for kind in (pd.DataFrame, pd.Series):
        formatters["text/html"].for_type(kind, as_table)

    def as_rows(table: ir.Table, include: object = None, exclude: object = None) -> dict[str, str]:
        first = table.limit(_ROWS_OF_ENGINE).to_pandas()
        caption = n.words("{caption}: the first {shown} rows", caption=heading(), shown=n.count(len(first)))
        return frame_table(first, caption, n)._repr_mimebundle_()

    shell.display_formatter.mimebundle_formatter.for_type(ir.Table, as_rows)  # type: ignore[union-attr]
    formatters["image/svg+xml"].for_type(Figure, _as_picture)
    mpl.use("module://matplotlib_inline.backend_inline")
    mpl.rcParams.update(theme.LOOK_OF_OWN)  # type: ignore[arg-type]


def show_open_figures() -> None:
    """Show the figures of pyplot that a cell has left open, in their order, and close them."""
    from matplotlib_inline.backend_inline import show

    if plt.get_fignums():
        show(close=True)


def _as_picture(figure: Figure) -> str:
    """Draw a figure, once: pyplot's is closed, so that the end of the cell does not show it again."""
    drawn = figure_to_svg(figure)
    plt.close(figure)
    return drawn


def is_plot_artist(value: Any) -> bool:
    """Whether a cell's value is what drawing gives back (axes, bars, lines): the picture itself is shown."""
    if isinstance(value, Artist):
        return not isinstance(value, Figure)
    if not isinstance(value, (list, tuple, np.ndarray)) or len(value) > _MOST_PARTS:
        return False
    return any(is_plot_artist(part) for part in getattr(value, "flat", value))


def unsupported_output(outputs: Iterable[NotebookNode]) -> str:
    """Say which output of a cell a page cannot show, and what it can; empty where there is none."""
    for output in outputs:
        data = output.get("data", {})
        if not data:
            continue
        first = next((kind for kind in _SHOWN if kind in data), None)
        programs = sorted(kind for kind in data if kind.startswith("application/"))
        if first is None or (first == "text/plain" and programs):
            return _refused(", ".join(sorted(data.keys() - {"text/plain"})))
        if first == "text/html" and _PERHAPS.search(data[first]) and (active := _active_content(data[first])):
            return _refused(f"HTML with {active}")
    return ""


def _refused(what: str) -> str:
    return (
        f"A page cannot show what this cell shows ({what}): it runs no program and fetches nothing. Show a frame, a "
        "picture of matplotlib or seaborn, a table or findings; or tag the cell 'interactive', which leaves it out of "
        "the page."
    )


NAME = "workbook"


class CellTimeoutError(BaseException):
    """A cell took too long. No ``except Exception`` of a cell holds it up."""


class InProcessEngine(Engine):
    """Runs cells one after another in one IPython shell, up to the first that fails."""

    @classmethod
    def execute_managed_notebook(
        cls,
        nb_man: NotebookExecutionManager,
        kernel_name: str,
        execution_timeout: int | None = None,
        **kwargs: Any,
    ) -> None:
        """Run the cells; the number and heading of each that begins are reported to the coordinating process."""
        global _executed
        _executed = nb_man.nb
        shell = _shell()
        register_formatters(shell, kwargs.get("readers_language", ""), lambda: shell.heading)
        for index, cell in enumerate(nb_man.nb.cells):
            if cell.cell_type != "code" or not cell.source.strip():
                continue
            number = cell.metadata.get("workbook_cell", 0)
            shell.heading = heading_above(nb_man.nb, number)
            report_step((number, shell.heading))
            nb_man.cell_start(cell, index)
            cell.execution_count = shell.execution_count
            with shell.capturing(cell.outputs), _at_most(execution_timeout):
                shell.run_cell(cell.source, store_history=True)
                show_open_figures()
            if refused := unsupported_output(cell.outputs):
                cell.outputs[:] = [output for output in cell.outputs if not unsupported_output([output])]
                cell.outputs.append(
                    new_output("error", ename="NotForPagesError", evalue=refused, traceback=[refused])
                )
            failed = any(output.output_type == "error" for output in cell.outputs)
            if failed:
                nb_man.cell_exception(cell, index)
            nb_man.cell_complete(cell, index)
            if failed:
                break
        shell.forget()


papermill_engines.register(NAME, InProcessEngine)
_executed: NotebookNode | None = None


def last_executed() -> NotebookNode | None:
    """Return, once, the notebook that ran last, as far as it came; None where none began."""
    global _executed
    notebook, _executed = _executed, None
    return notebook


class _Publisher(DisplayPublisher):
    """Keeps what ``display`` shows, where a kernel would send it."""

    shell: _Shell

    def publish(
        self,
        data: Any,
        metadata: Any = None,
        source: Any = None,
        *,
        transient: Any = None,
        update: bool = False,
        **kwargs: Any,
    ) -> None:
        identity = (transient or {}).get("display_id")
        output = _output("display_data", data, metadata)
        shown = self.shell.displayed.setdefault(identity, []) if identity else []
        for earlier in shown:
            earlier.data, earlier.metadata = output.data, output.metadata
        if not update:
            shown.append(output)
            self.shell.outputs.append(output)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear()


class _Hook(DisplayHook):
    """Keeps the value of a cell's last expression."""

    def __call__(self, result: Any = None) -> None:
        if not is_plot_artist(result):
            super().__call__(result)

    def write_output_prompt(self) -> None:
        pass

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        output = _output("execute_result", format_dict, md_dict)
        output.execution_count = self.prompt_count
        self.shell.outputs.append(output)  # type: ignore[union-attr]

    def finish_displayhook(self) -> None:
        self._is_active = False


class _Stream(io.TextIOBase):
    """Standard output or error of the cells."""

    def __init__(self, shell: _Shell, name: str) -> None:
        self._shell, self.name = shell, name

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        outputs = self._shell.outputs
        if text and outputs and outputs[-1].get("name") == self.name:
            outputs[-1].text += text
        elif text:
            outputs.append(new_output("stream", name=self.name, text=text))
        return len(text)


class _Shell(InteractiveShell):
    """The shell that a kernel has, without the kernel."""

    def __init__(self, **settings: Any) -> None:
        self.outputs: list[NotebookNode] = []
        self.displayed: dict[str, list[NotebookNode]] = {}
        self.heading = ""
        super().__init__(display_pub_class=_Publisher, displayhook_class=_Hook, **settings)

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        name = etype.__name__
        self.outputs.append(new_output("error", ename=name, evalue=str(evalue), traceback=list(stb)))

    def enable_gui(self, gui: str | None = None) -> None:
        """No window is ever opened."""

    def forget(self) -> None:
        """Let go of what the cells made: the process may run other notebooks."""
        atexit.unregister(self.atexit_operations)
        self.user_ns.clear()
        self.user_ns_hidden.clear()
        self.displayed.clear()
        self.outputs = []

    @contextlib.contextmanager
    def capturing(self, outputs: list[NotebookNode]) -> Iterator[None]:
        """Put into ``outputs`` all that is shown and written inside the block."""
        self.outputs = outputs
        streams = _Stream(self, "stdout"), _Stream(self, "stderr")
        with contextlib.redirect_stdout(streams[0]), contextlib.redirect_stderr(streams[1]):
            yield


def heading_now() -> str:
    """Return the heading above the cell that runs; empty where none does."""
    return _Shell.instance().heading if _Shell.initialized() else ""


def _shell() -> _Shell:
    """Return a new shell for a notebook, the only one of the process."""
    _Shell.clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    return _Shell.instance(config=config)


def _output(kind: str, data: dict[str, Any], metadata: dict[str, Any] | None) -> NotebookNode:
    clean = json_clean(encode_images(data))
    return new_output(kind, data=clean, metadata=json_clean(metadata or {}))


@contextlib.contextmanager
def _at_most(seconds: int | None) -> Iterator[None]:
    """Raise a CellTimeoutError inside the block after so long.

    Where there is no such alarm (Windows), or the cell never comes back to Python, the coordinating process ends
    this one.
    """
    if not seconds or not hasattr(signal, "setitimer"):
        yield
        return

    def too_long(*_: object) -> None:
        raise CellTimeoutError(f"The cell took longer than {seconds} seconds.")

    before = signal.signal(signal.SIGALRM, too_long)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
