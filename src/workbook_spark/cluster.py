"""A standalone cluster that has no worker for this run, and a Spark of this process that has ended.

Spark itself waits for workers without end, and says of an application that ended little more than that it did.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from helpers.errors import WorkbookError

_PATIENCE_SECONDS = 120
"""So long a run waits for the first worker, and for another when the last one is gone."""
_LOOK_SECONDS = 2
_WATCHING = threading.Lock()


@contextmanager
def watched(session: str) -> Iterator[None]:
    """Stop what is done within where a standalone cluster has given it no worker for two minutes.

    Raises
    ------
    WorkbookError
        It was stopped.
    """
    if not session.startswith("spark://") or not _WATCHING.acquire(blocking=False):
        yield  # no such cluster; or what is done is part of what is watched already
        return
    over, alone = threading.Event(), threading.Event()
    watch = threading.Thread(target=_watch, args=(over, alone), daemon=True)
    watch.start()
    try:
        yield
    except Exception:
        if not alone.is_set():
            raise
        raise WorkbookError(
            f"The cluster at {session} has had no worker for this run for {_PATIENCE_SECONDS} seconds: none is there, "
            "others have them all, or none has as much memory and as many cores as spark.executor.memory and "
            "spark.executor.cores (spark.options in workbook.toml) ask for. Nothing half done was kept: run again when "
            "there are some."
        ) from None
    finally:
        over.set()
        watch.join()
        _WATCHING.release()


def _watch(over: threading.Event, alone: threading.Event) -> None:
    waited = 0
    while not over.wait(_LOOK_SECONDS):
        waited = 0 if _has_workers() else waited + _LOOK_SECONDS
        if waited >= _PATIENCE_SECONDS:
            alone.set()
            _cancel()


def _has_workers() -> bool:
    """Whether an executor is there, or Spark not started yet."""
    from pyspark import SparkContext

    context = SparkContext._active_spark_context
    with suppress(Exception):  # Spark is just being started or has ended: not a matter of workers
        return context is None or context._jsc.sc().getExecutorMemoryStatus().size() > 1  # the driver is one
    return True


def _cancel() -> None:
    from pyspark import SparkContext

    if (context := SparkContext._active_spark_context) is not None:
        context.cancelAllJobs()


def has_ended() -> bool:
    """Whether the Spark that this process started is no more: stopped, or without its Java."""
    from pyspark import SparkContext

    context = SparkContext._active_spark_context
    if context is None:
        return False
    try:
        return bool(context._jsc.sc().isStopped())
    except Exception:  # nobody answers
        return True


def forget_what_ended() -> None:
    """Let go of a Spark that the cluster has ended, which PySpark would give out again.

    Raises
    ------
    WorkbookError
        Its Java is gone; PySpark starts but one a process.
    """
    from pyspark import SparkContext

    context, gateway = SparkContext._active_spark_context, SparkContext._gateway
    if context is None or gateway is None or not has_ended():
        return
    try:
        context.stop()
        gateway.jvm.System.nanoTime()
    except Exception:
        raise WorkbookError(
            "The Java that this process's Spark ran in has ended (memory may have run out: spark.driver.memory in "
            "spark.options). Start the process, or the notebook's kernel, anew."
        ) from None
