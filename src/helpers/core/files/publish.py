"""Files and folders that appear whole or not at all: written beside their place, then moved there in one step.

`published_file` and `published_folder` are for the cache: private from the first byte, and where another process was
faster, what it wrote stays, since who has opened it must not find other bytes in it. `replaced_file` and
`replaced_folder` are for what readers are to find anew.
"""

import contextlib
import ctypes
import errno
import os
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from helpers.core.files.integrity import seal, seal_before_move
from helpers.core.files.private import CAN_LOCK, lock, make_private, private_folder
from helpers.errors import WorkbookError

CACHE_NOT_WRITTEN = "The cache {path} cannot be written: {reason}. Free space, or set WORKBOOK_CACHE."

#: What a system says where a disk is full, or is not to be written to.
NO_ROOM = tuple(getattr(errno, name, -1) for name in ("ENOSPC", "EDQUOT", "EFBIG", "EROFS"))
_HERE, _EXCHANGE = -100, 2
"""AT_FDCWD and RENAME_EXCHANGE of Linux."""
_renameat2 = getattr(ctypes.CDLL(None), "renameat2", None) if sys.platform == "linux" else None
"""Python's ``os`` does not offer it."""
_ABANDONED_SECONDS = 24 * 3600
"""Where files cannot be locked, a working folder this old counts as left behind."""


@contextlib.contextmanager
def published_file(path: Path) -> Iterator[Path]:
    """Yield an empty private file that is at ``path`` when the block ends well, else gone.

    Raises
    ------
    WorkbookError
        It cannot be written or moved.
    """
    with _explained(path):
        private_folder(path.parent)
        with _draft_of(path) as draft:
            yield draft
            make_private(draft)
            with seal_before_move(draft, path) as first:
                if first:
                    draft.replace(path)


@contextlib.contextmanager
def replaced_file(path: Path, rights: int = 0o600) -> Iterator[Path]:
    """Yield an empty file that replaces ``path`` when the block ends well, else gone.

    It has these rights, as far as the process gives them (umask).

    Raises
    ------
    OSError
        It cannot be written or moved.
    """
    with _draft_of(path, rights) as draft:
        yield draft
        draft.replace(path)


@contextlib.contextmanager
def published_folder(path: Path, *, made: bool = True) -> Iterator[Path]:
    """Yield an empty private folder that is at ``path`` when the block ends well, else gone.

    ``made`` False: whoever writes makes the folder itself, as Spark does.

    Raises
    ------
    WorkbookError
        It cannot be written or moved.
    """
    draft = path.parent / f".{path.stem}-{secrets.token_hex(8)}"
    with _explained(path):
        try:
            private_folder(draft if made else draft.parent)
            yield draft
            for written in (draft, *draft.rglob("*")):
                make_private(written)
            seal(draft, path)
            try:
                draft.rename(path)
            except OSError:
                if not path.is_dir():  # else another process was faster
                    raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextlib.contextmanager
def replaced_folder(target: Path) -> Iterator[Path]:
    """Make an empty folder that becomes ``target`` when the block ends well, else disappears.

    While it is built it stands in a hidden folder beside the target, whose lock tells others that its owner
    lives. Leftovers of runs that were killed are removed first; a folder that was just being replaced is put
    back.

    Raises
    ------
    WorkbookError
        The folder cannot be made or moved; before the block runs if it cannot be written at all.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        _clean_up(target)
        work, handle = _working_folder(target)
    except OSError as error:
        raise _not_written(target, error) from None
    try:
        new = work / "new"
        new.mkdir()
        yield new
        _swap(new, target, work)
    except OSError as error:
        if error.errno not in NO_ROOM:
            raise
        raise _not_written(target, error) from None
    finally:
        shutil.rmtree(work, ignore_errors=True)
        os.close(handle)


def _not_written(target: Path, error: OSError) -> WorkbookError:
    return WorkbookError(
        f"The report cannot be written to {target}: {error.strerror or error}. Choose a folder that you may write to, "
        "or free some space."
    )


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say of an error in writing what it was that could not be written, and the way out."""
    try:
        yield
    except ConnectionError:
        raise  # of this process to Spark
    except OSError as error:
        raise WorkbookError(CACHE_NOT_WRITTEN.format(path=path, reason=error.strerror or error)) from None


@contextlib.contextmanager
def _draft_of(path: Path, rights: int = 0o600) -> Iterator[Path]:
    draft = path.parent / f".{path.stem}-{secrets.token_hex(8)}.tmp"
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, rights))
    try:
        yield draft
    finally:
        draft.unlink(missing_ok=True)


def _working_folder(target: Path) -> tuple[Path, int]:
    """Make a hidden folder beside the target and lock it; try again if a cleaner was faster."""
    while True:
        work = target.parent / f".{target.name}-{secrets.token_hex(4)}"
        work.mkdir()
        with contextlib.suppress(FileNotFoundError):
            try:
                handle = _lock(work)
            except OSError:
                shutil.rmtree(work, ignore_errors=True)
                raise
            if handle is not None and (work / "lock").exists():
                return work, handle


def _lock(work: Path) -> int | None:
    """Lock a working folder for this process; None if its owner lives."""
    handle = os.open(work / "lock", os.O_RDWR | os.O_CREAT)
    if lock(handle, wait=False):
        return handle
    os.close(handle)
    return None


def _clean_up(target: Path) -> None:
    """Remove the working folders of runs that were killed; put back a folder they had moved aside."""
    for work in target.parent.glob(f".{target.name}-????????"):
        with contextlib.suppress(FileNotFoundError):
            if not CAN_LOCK and time.time() - work.stat().st_mtime < _ABANDONED_SECONDS:
                continue
            handle = _lock(work)
            if handle is None:
                continue
            for old in sorted(work.glob("old-*")):
                if not target.exists():
                    old.rename(target)
            shutil.rmtree(work, ignore_errors=True)
            os.close(handle)


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
