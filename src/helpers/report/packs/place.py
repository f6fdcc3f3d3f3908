"""Put a pack into place whole: built beside it, swapped in by renaming, safe to kill at any moment."""

from __future__ import annotations

import contextlib
import ctypes
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from helpers.errors import WorkbookError

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of Linux."""
_renameat2 = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
"""Python's ``os`` does not offer it."""
_ABANDONED_SECONDS = 24 * 3600
"""Where files cannot be locked, a working folder this old counts as left behind."""


@contextlib.contextmanager
def folder_in_place(target: Path) -> Iterator[Path]:
    """Make an empty folder that becomes ``target`` when the block ends well, else disappears.

    While it is built it stands in a hidden folder beside the target, whose lock tells others that its owner
    lives. Leftovers of runs that were killed are removed first; a pack that was just being replaced is put
    back.

    Raises
    ------
    WorkbookError
        The folder cannot be made or moved; before the block runs if it cannot be written at all.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clean_up(target)
        work, lock = _working_folder(target)
    except OSError as error:
        raise WorkbookError(
            f"The report cannot be written to {target}: {error.strerror or error}. Choose a folder that you "
            "may write to, or free some space."
        ) from None
    try:
        new = work / "new"
        new.mkdir()
        yield new
        _swap(new, target, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(lock)


def _working_folder(target: Path) -> tuple[Path, int]:
    """Make a hidden folder beside the target and lock it; try again if a cleaner was faster."""
    while True:
        work = target.parent / f".{target.name}-{secrets.token_hex(4)}"
        work.mkdir()
        with contextlib.suppress(FileNotFoundError):
            lock = _lock(work)
            if lock is not None and (work / "lock").exists():
                return work, lock


def _lock(work: Path) -> int | None:
    """Lock a working folder for this process; None if its owner lives."""
    handle = os.open(work / "lock", os.O_RDWR | os.O_CREAT)
    if fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(handle)
            return None
    return handle


def _clean_up(target: Path) -> None:
    """Remove the working folders of runs that were killed; put back a pack they had moved aside."""
    for work in target.parent.glob(f".{target.name}-????????"):
        with contextlib.suppress(FileNotFoundError):
            if fcntl is None and time.time() - work.stat().st_mtime < _ABANDONED_SECONDS:
                continue
            lock = _lock(work)
            if lock is None:
                continue
            for old in sorted(work.glob("old-*")):
                if not target.exists():
                    old.rename(target)
            shutil.rmtree(work, ignore_errors=True)
            os.close(lock)


def _exchanged(new: Path, target: Path) -> bool:
    """Let two folders change places in one step, so that no reader ever finds none; False where that cannot be done.

    It cannot where there is no target yet, and it is known on Linux alone, on most of its file systems.
    """
    if _renameat2 is None:
        return False
    names = os.fsencode(new), os.fsencode(target)
    return bool(_renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)


def _swap(new: Path, target: Path, work: Path) -> None:
    """Move the new folder to the target, in exchange for what stands there.

    Where the system cannot exchange two folders, what stands there moves aside first: for that moment there is none.
    """
    for attempt in range(100):
        if _exchanged(new, target):
            return
        with contextlib.suppress(FileNotFoundError):
            target.rename(work / f"old-{attempt}")
        try:
            new.rename(target)
            return
        except OSError as error:
            if not target.exists():
                raise WorkbookError(f"The report cannot be moved to {target}: {error.strerror}.") from None
    raise WorkbookError(f"Other runs keep writing {target}; let them end and try again.")
