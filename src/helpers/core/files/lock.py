"""One process at a time does a piece of work that several need: the others wait for its result."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.core.files.private import private_folder, private_mode

try:
    import fcntl
except ImportError:  # Windows knows no such locks
    fcntl = None  # type: ignore[assignment]

CAN_LOCK = fcntl is not None


def lock(handle: int, *, wait: bool = True) -> bool:
    """Lock an open file until it is closed; a process that ends, however it ends, gives it up.

    False where another process holds it and we do not ``wait``. Where the system knows no such locks, nobody waits.
    """
    if fcntl is not None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if wait:
                raise
            return False
    return True


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``; without locks (Windows) work is done twice, with the same result."""
    private_folder(path.parent)
    handle = os.open(path, os.O_RDWR | os.O_CREAT, private_mode() & 0o666)
    try:
        lock(handle)
        yield
    finally:
        os.close(handle)
