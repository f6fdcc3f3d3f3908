"""Servers that tests start: a port for each, when it listens, and none left behind."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

_START_SECONDS = 120


def free_port(host: str = "127.0.0.1") -> int:
    """Return a port of an address of loopback at which nobody listens."""
    with socket.socket() as taken:
        taken.bind((host, 0))
        port: int = taken.getsockname()[1]
        return port


def wait_for_port(port: int, server: subprocess.Popen, host: str = "127.0.0.1") -> bool:
    """Wait until a server on a busy machine takes connections; False where it ended, or takes none in two minutes."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with suppress(OSError):
            socket.create_connection((host, port), 5).close()
            return True
        threading.Event().wait(0.1)
    return False


@contextmanager
def started(
    command: Sequence[str], log: Path, environment: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a program with a process group of its own, and end all of that in the end."""
    with log.open("w") as said:
        server = subprocess.Popen(
            command, cwd=log.parent, env=environment, stdout=said, stderr=subprocess.STDOUT, start_new_session=True
        )  # fmt: skip
    try:
        yield server
    finally:
        kill(server)


def kill(server: subprocess.Popen) -> None:
    """End a program and what it started, as when its machine loses power."""
    with suppress(ProcessLookupError):
        os.killpg(server.pid, signal.SIGKILL)
    server.wait()
