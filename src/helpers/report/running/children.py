"""Child processes, forked from one warmed server, that answer one call after another.

The server is the standard library's *forkserver*: a process of its own with one thread, in which
`helpers.report.running.warm` has been imported, so that a child has pandas, matplotlib, Ibis and IPython from its first
moment. Where processes cannot be forked, every child starts cold (``spawn``): slower, the same result.

This module imports nothing heavy: the process that coordinates has little to do but to wait.
"""

from __future__ import annotations

import contextlib
import gc
import multiprocessing
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.context import BaseContext
from multiprocessing.util import Finalize
from pathlib import Path
from typing import Any, TypeVar, cast

from helpers.errors import end_where_no_thread_begins
from helpers.report.running.starting import environment_of_children, interrupts_ignored, short_socket_paths

_CAN_FORK = "forkserver" in multiprocessing.get_all_start_methods() and sys.platform != "darwin"
"""On macOS system libraries that have been used do not survive a fork."""
_LARGEST_BYTES = 1024**3
"""A child that holds more is not called again."""

Result = TypeVar("Result")


class ChildError(Exception):
    """A child ended without a result.

    Attributes
    ----------
    step
        The last step that it reported; None if it reported none.
    hung
        Whether it was killed because a step took too long.
    """

    def __init__(self, message: str, step: Any = None, *, hung: bool = False) -> None:
        super().__init__(message)
        self.step, self.hung = step, hung


class Children:
    """Runs functions in child processes, as many at once as ``limit``; any thread may ask for one.

    A child that has answered waits for the next call, so that what it has read serves again. One that died, hung or
    has grown large is not used again. As a context manager it ends all children with the block.
    """

    def __init__(self, limit: int | None = None) -> None:
        self.limit = max(1, limit or cores())
        self.environment: dict[str, str] = {}
        """What children find in their environment besides that of this process."""
        self._slots = threading.Semaphore(self.limit)
        self._idle: list[_Child] = []
        self._running: set[_Child] = set()
        self._ended = False
        self._context: BaseContext = multiprocessing.get_context("forkserver" if _CAN_FORK else "spawn")
        # Before the standard library waits for its children, which it does when the program ends.
        self._at_exit = Finalize(self, _end_all, (self._idle, self._running), exitpriority=10)
        if _CAN_FORK:
            self._context.set_forkserver_preload(["helpers.report.running.warm"])
            from multiprocessing import resource_tracker  # neither is there on Windows
            from multiprocessing.forkserver import ensure_running

            resource_tracker.ensure_running()  # which lets interrupts through again, where it is started
            with environment_of_children(), interrupts_ignored(), short_socket_paths():
                ensure_running()

    def __enter__(self) -> Children:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End all children, those too that somebody waits for, and start no more."""
        self._ended = True
        self._at_exit()

    def call(
        self, function: Callable[..., Result], /, *arguments: Any, seconds_a_step: float | None = None
    ) -> Result:
        """Return what ``function`` returns in a child, or raise what it raises.

        Parameters
        ----------
        function, arguments
            What is called: picklable. In the child `report_step` says which step begins.
        seconds_a_step
            A child that reports no further step for so long is killed.

        Raises
        ------
        ChildError
            The child died, or was killed because a step took too long.
        """
        with self.lease() as one:
            return one.call(function, *arguments, seconds_a_step=seconds_a_step)

    @contextlib.contextmanager
    def lease(self) -> Iterator[Lease]:
        """Keep one child for several calls, one after another; waits until one is free."""
        with self._slots:
            one = Lease(self)
            try:
                yield one
            finally:
                one.give_back()

    def _take(self) -> _Child:
        if self._ended:
            raise ChildError("The report was stopped.")
        try:
            child = self._idle.pop()
        except IndexError:
            child = _Child(self._context, self.environment)
        self._running.add(child)
        if self._ended:  # while it started
            self._leave(child, usable=False)
            raise ChildError("The report was stopped.")
        return child

    def _leave(self, child: _Child, *, usable: bool) -> None:
        self._running.discard(child)
        if usable and not self._ended:
            self._idle.append(child)
        else:
            child.end()


class Lease:
    """One child process reserved for several calls (`Children.lease`); if it dies, another one takes its place."""

    limit = 1

    def __init__(self, children: Children) -> None:
        self._children = children
        self._child: _Child | None = None

    def call(
        self, function: Callable[..., Result], /, *arguments: Any, seconds_a_step: float | None = None
    ) -> Result:
        """As `Children.call`."""
        if self._child is None:
            self._child = self._children._take()
        usable = False
        try:
            result, usable = self._child.answer((function, arguments), seconds_a_step)
            if isinstance(result, _Raised):
                raise result.error
            return cast(Result, result)
        finally:
            if not usable:
                self._children._leave(self._child, usable=False)
                self._child = None

    def stop(self) -> None:
        """As `Children.stop`, whose child this is."""
        self._children.stop()

    def give_back(self) -> None:
        """Let others have the child."""
        if self._child is not None:
            self._children._leave(self._child, usable=True)
            self._child = None


@contextlib.contextmanager
def stopped_on_interrupt(children: Children | Lease, pool: Executor) -> Iterator[None]:
    """End children and what waits for them in a pool where the block is stopped, by Ctrl-C or an error of its own."""
    try:
        yield
    except BaseException as error:
        pool.shutdown(wait=False, cancel_futures=True)
        if not isinstance(error, Exception):
            children.stop()
        raise


@dataclass
class _Raised:
    """What a function raised."""

    error: BaseException


class _Child:
    """A process that answers one call after another."""

    def __init__(self, context: BaseContext, environment: dict[str, str]) -> None:
        self._environment = environment
        self._connection, theirs = context.Pipe()
        self._process = context.Process(target=_serve, args=(theirs,))  # type: ignore[attr-defined]
        # Of a thread that Ctrl-C does not reach: a child whose start is broken off halfway tells of it in a traceback.
        try:
            with environment_of_children(), ThreadPoolExecutor(1) as starter:
                starter.submit(self._start).result()
        except KeyboardInterrupt:
            if self._process.pid is not None:
                self.end()
            raise
        except (EOFError, ConnectionError):  # of the server that children are forked from
            raise ChildError("No process can be started, most often because memory ran out.") from None
        theirs.close()

    def _start(self) -> None:
        # From a server that is deaf to interrupts children inherit it.
        with contextlib.nullcontext() if _CAN_FORK else interrupts_ignored():
            self._process.start()

    def answer(self, work: Any, seconds_a_step: float | None) -> tuple[Any, bool]:
        """Return the result (`_Raised` where the function raised), and whether the child can be called again."""
        with tempfile.TemporaryDirectory(prefix="workbook-", ignore_cleanup_errors=True) as private:
            try:
                self._connection.send((private, {**os.environ, **self._environment}, work))
            except OSError:
                self._process.join()
                raise ChildError(_last_words(self._process.exitcode, Path(private))) from None
            return self._followed(seconds_a_step, Path(private))

    def _followed(self, seconds: float | None, private: Path) -> tuple[Any, bool]:
        step = None
        while True:
            if not self._connection.poll(seconds):
                self.end()
                raise ChildError(f"It took longer than {seconds:g} seconds.", step, hung=True)
            try:
                kind, value = self._connection.recv()
            except (EOFError, ConnectionResetError):
                self._process.join()
                raise ChildError(_last_words(self._process.exitcode, private), step) from None
            if kind == "step":
                step = value
            else:
                return value

    def end(self) -> None:
        """End the process at once; nothing of what it holds is needed."""
        self.kill()
        self._process.join()
        self._connection.close()

    def kill(self) -> None:
        """Kill the process, and leave its connection to whoever waits for an answer."""
        self._process.kill()


def _end_all(*groups: Collection[_Child]) -> None:
    """Kill children that may be waited for in other threads: those find them dead."""
    for child in [child for group in groups for child in group]:
        child.kill()


def cores() -> int:
    """Number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def report_step(step: Any) -> None:
    """Tell the coordinating process, from within a child, which step begins; elsewhere does nothing."""
    if _connection is not None:
        _connection.send(("step", step))


_connection: Connection | None = None
_private: Path | None = None
"""Of the call that is being answered."""


def _last_words(exit_code: int | None, private: Path) -> str:
    """Say how a child ended: with which code or signal, and the last line on its standard error."""
    complaints = private / "stderr"
    text = complaints.read_text(encoding="utf-8", errors="replace") if complaints.exists() else ""
    lines = text.strip().splitlines()
    how = f"by signal {-exit_code}" if exit_code is not None and exit_code < 0 else f"with code {exit_code}"
    return f"It ended {how}" + (f": {lines[-1]}" if lines else ", most often because memory ran out.")


def _serve(connection: Connection) -> None:
    """Be a child: call the function, hand back its result or its error, and wait for the next."""
    global _connection
    _connection = connection
    end_where_no_thread_begins()
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # What was imported before the fork is never thrown away: collections need not look at it.
    gc.freeze()
    while True:
        try:
            private, environment, (function, arguments) = connection.recv()
        except EOFError:
            os._exit(0)  # nothing of what was imported or opened here needs to be taken down
        _settle(Path(private), environment)
        try:
            result = function(*arguments)
        except Exception as error:
            result = _Raised(error)
        sys.stderr.flush()
        connection.send(("result", (result, _bytes_in_memory() < _LARGEST_BYTES)))


def _bytes_in_memory() -> int:
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:  # not Linux: it is not known
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _end_with_parent() -> None:
    """Wait until the coordinating process is gone, however it went; then leave nothing behind."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    if _private is not None:
        shutil.rmtree(_private, ignore_errors=True)
    os._exit(1)


def _settle(private: Path, environment: dict[str, str]) -> None:
    """Take on the environment of the caller of today (the server's is older), and a private folder to be in.

    The user's IPython start-up files and history stay out; what writes to the process's standard output would
    write into the command's.
    """
    global _private
    _private = private
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
