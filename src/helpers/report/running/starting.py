"""What holds while a process starts: its environment, who hears Ctrl-C, where the server's socket lies."""

import contextlib
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

SOURCE_FOLDER = Path(__file__).resolve().parents[3]
_LONGEST_FOLDER = 60
"""In bytes: a socket's path has about 100, of which the standard library's names below the folder take some 35."""
_starting = threading.Lock()


@contextlib.contextmanager
def environment_of_children() -> Iterator[None]:
    """Set, while a process starts, what it must know before its first line: hashes as ever, where our code is."""
    search = [str(SOURCE_FOLDER), *filter(None, [os.environ.get("PYTHONPATH")])]
    # The children share the cores among themselves: no library starts threads of its own in one.
    wanted = {"PYTHONHASHSEED": "0", "PYTHONPATH": os.pathsep.join(search), "OMP_NUM_THREADS": "1"}
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


@contextlib.contextmanager
def interrupts_ignored() -> Iterator[None]:
    """Let what is started here be deaf to Ctrl-C, which reaches all processes of a terminal.

    The coordinating process ends the others; of themselves they would each tell where they were just then.
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextlib.contextmanager
def short_socket_paths() -> Iterator[None]:
    """Let the server's socket lie in a folder with a short name, where the folder for temporary files has a long one.

    The standard library makes a folder below it that nobody else may enter, and does so once for a process.
    """
    usual = tempfile.tempdir
    if len(os.fsencode(tempfile.gettempdir())) > _LONGEST_FOLDER:
        short = (
            folder for folder in ("/tmp", "/var/tmp", "/dev/shm") if os.access(folder, os.W_OK | os.X_OK)
        )
        tempfile.tempdir = next(short, tempfile.tempdir)
    try:
        yield
    finally:
        tempfile.tempdir = usual
