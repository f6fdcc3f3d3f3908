"""Who may read the cache: its owner alone, since it holds customers.

But where its owner has let others write to the folder (workers of Spark that run as another user), it is made for them
too: what we write below it has the folder's own rights.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.settings.config import cache_folder


def private_mode() -> int:
    """Return the rights of a folder of the cache; those of a file are the same without execution."""
    try:
        rights = cache_folder().stat().st_mode
    except OSError:
        return 0o700
    is_shared = rights & (stat.S_IWGRP | stat.S_IWOTH) and not rights & stat.S_ISVTX  # as /tmp has
    return stat.S_IMODE(rights) & 0o777 if is_shared else 0o700


def private_folder(path: Path) -> None:
    """Make a folder and those above it, unless they are there; from the first moment nobody else may enter."""
    if not path.is_dir():
        private_folder(path.parent)
        path.mkdir(0o700, exist_ok=True)
        make_private(path)


def make_private(path: Path) -> None:
    """Set the rights of the cache on a file or folder of ours; what another user's process wrote stays as it is."""
    mode = private_mode() if path.is_dir() else private_mode() & 0o666
    try:
        if stat.S_IMODE(path.stat().st_mode) != mode:
            path.chmod(mode)
    except PermissionError:
        pass


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
