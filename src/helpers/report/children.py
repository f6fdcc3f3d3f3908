"""Child processes, each forked from one warmed server, each for one piece of work that is private to it.

The server is the standard library's *forkserver*: a process of its own with one thread, in which
`helpers.report.warm` has been imported, so that a child has pandas, matplotlib, Ibis and IPython from its first
moment. Where processes cannot be forked, every child starts cold (``spawn``): slower, the same result.

This module imports nothing heavy: the process that coordinates has little to do but to wait.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from pathlib import Path
from typing import Any, TypeVar

SOURCE_FOLDER = Path(__file__).resolve().parents[2]
_CAN_FORK = "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
"""On macOS system libraries that have been used do not survive a fork."""
_starting = threading.Lock()

Result = TypeVar("Result")


class ChildError(Exception):
    """A child ended without a result.

    Attributes
    ----------
    step
        The last step that it told of; None if it told of none.
    hung
        Whether it was killed because a step took too long.
    """

    def __init__(self, message: str, step: Any = None, *, hung: bool = False) -> None:
        super().__init__(message)
        self.step, self.hung = step, hung


class Children:
    """Runs functions in child processes, as many at once as ``limit``; any thread may ask for one.

    As a context manager it ends, when the block raises, all children that still run.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.limit = max(1, limit or cores())
        self.environment: dict[str, str] = {}
        """What children find in their environment besides that of this process."""
        self._slots = threading.Semaphore(self.limit)
        self._running: set[multiprocessing.process.BaseProcess] = set()
        self._ended = False
        self._context: BaseContext = multiprocessing.get_context("forkserver" if _CAN_FORK else "spawn")
        if _CAN_FORK:
            self._context.set_forkserver_preload(["helpers.report.warm"])
            from multiprocessing.forkserver import ensure_running  # not there on Windows

            with _environment_of_children():
                ensure_running()

    def __enter__(self) -> Children:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._ended = True
        if kind is not None:
            for process in list(self._running):
                process.kill()

    def call(
        self,
        function: Callable[..., Result],
        /,
        *arguments: Any,
        seconds_a_step: float | None = None,
    ) -> Result:
        """Return what ``function`` returns in a child, or raise what it raises.

        Parameters
        ----------
        function, arguments
            What is called: picklable. In the child `told` tells of a step.
        seconds_a_step
            A child that tells of no further step for so long is killed.

        Raises
        ------
        ChildError
            The child died, or was killed because a step took too long.
        """
        with (
            self._slots,
            tempfile.TemporaryDirectory(prefix="workbook-", ignore_cleanup_errors=True) as private,
        ):
            if self._ended:
                raise ChildError("The report was stopped.")
            receiver, sender = self._context.Pipe(duplex=False)
            work = (function, arguments)
            process = self._context.Process(  # type: ignore[attr-defined]
                target=_serve, args=(sender, private, {**os.environ, **self.environment}, work)
            )
            with _environment_of_children():
                process.start()
            sender.close()
            self._running.add(process)
            try:
                return _result_of(process, receiver, seconds_a_step, Path(private))
            finally:
                receiver.close()
                process.kill()
                process.join()
                self._running.discard(process)


def cores() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def told(step: Any) -> None:
    """Tell the coordinating process, from within a child, which step begins; elsewhere does nothing."""
    if _connection is not None:
        _connection.send(("step", step))


_connection: Connection | None = None


def _result_of(
    process: multiprocessing.process.BaseProcess, receiver: Connection, seconds: float | None, private: Path
) -> Any:
    """Follow a child until it ends."""
    step = None
    while True:
        if not receiver.poll(seconds):
            raise ChildError(f"It took longer than {seconds:g} seconds.", step, hung=True)
        try:
            kind, value = receiver.recv()
        except (EOFError, ConnectionResetError):
            process.join()
            raise ChildError(_last_words(process.exitcode, private), step) from None
        if kind == "step":
            step = value
        elif kind == "result":
            return value
        else:
            raise value


def _last_words(exit_code: int | None, private: Path) -> str:
    """Say how a child ended: with which code or signal, and the last line on its standard error."""
    said = (private / "stderr").read_text(encoding="utf-8", errors="replace").strip().splitlines()
    how = f"by signal {-exit_code}" if exit_code is not None and exit_code < 0 else f"with code {exit_code}"
    return f"It ended {how}" + (f": {said[-1]}" if said else ", most often because memory ran out.")


@contextlib.contextmanager
def _environment_of_children() -> Iterator[None]:
    """Set, while a process starts, what it must know before its first line: hashes as ever, where our code is."""
    search = [str(SOURCE_FOLDER), *filter(None, [os.environ.get("PYTHONPATH")])]
    wanted = {"PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(search)}
    with _starting:
        before = {name: os.environ.get(name) for name in wanted}
        os.environ.update(wanted)
        try:
            yield
        finally:
            for name, value in before.items():
                if value is None:
                    del os.environ[name]
                else:
                    os.environ[name] = value


def _serve(
    sender: Connection, private: str, environment: dict[str, str], work: tuple[Callable[..., Any], Any]
) -> None:
    """Be the child: call the function, hand back its result or its error."""
    global _connection
    _connection = sender
    threading.Thread(target=_end_with_parent, args=(private,), daemon=True).start()
    _settle(Path(private), environment)
    function, arguments = work
    try:
        message = pickle.dumps(("result", function(*arguments)))
    except Exception as error:
        message = pickle.dumps(("error", error))
    sender.send_bytes(message)
    sender.close()
    sys.stderr.flush()
    os._exit(0)  # nothing of what was imported or opened here needs to be taken down


def _end_with_parent(private: str) -> None:
    """Wait until the coordinating process is gone, however it went; then leave nothing behind."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    shutil.rmtree(private, ignore_errors=True)
    os._exit(1)


def _settle(private: Path, environment: dict[str, str]) -> None:
    """Take on the environment of the caller of today (the server's is older), and a private folder to be in.

    The user's IPython start-up files and history stay out; what writes to the process's standard output would
    write into the command's.
    """
    os.environ.clear()
    os.environ.update(environment)
    os.environ["IPYTHONDIR"] = str(private / "ipython")
    os.environ["MPLBACKEND"] = "agg"
    os.environ["PYTHONHASHSEED"] = "0"  # for what a cell may start
    if hasattr(time, "tzset"):
        time.tzset()
    scratch = private / "scratch"
    scratch.mkdir()
    os.chdir(scratch)
    sys.stdout.flush()
    with open(os.devnull, "wb") as nowhere, (private / "stderr").open("wb") as complaints:  # noqa: PTH123
        os.dup2(nowhere.fileno(), 1)
        os.dup2(complaints.fileno(), 2)
