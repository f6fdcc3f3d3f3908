"""A Spark Connect server of the installed PySpark, in a process of its own, and lines to it: cut, or with TLS."""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

from processes import free_port, started, wait_for_port
from small_spark import SMALL_SPARK

import helpers

TOKEN = "for-these-tests-alone"


@contextmanager
def connect_server(folder: Path) -> Iterator[str]:
    """Start a small server on loopback that asks for a token; gives its address with that, and ends it."""
    import pyspark

    home = Path(pyspark.__file__).parent
    port = free_port()
    settings = SMALL_SPARK | {
        "spark.connect.grpc.binding.address": "127.0.0.1",
        "spark.connect.grpc.binding.port": str(port),
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.driver.host": "127.0.0.1",
        "spark.local.dir": str(folder),
        "spark.log.level": "ERROR",
        "spark.sql.warehouse.dir": str(folder / "warehouse"),
        "spark.ui.enabled": "false",
    }
    command = [str(home / "bin" / "spark-submit"), "--master", "local[2]"]
    command += ["--class", "org.apache.spark.sql.connect.service.SparkConnectServer"]
    for name, value in settings.items():
        command += ["--conf", f"{name}={value}"]
    environment = os.environ | {
        "SPARK_HOME": str(home),
        "SPARK_CONNECT_AUTHENTICATE_TOKEN": TOKEN,
        "PYSPARK_PYTHON": sys.executable,
        "PYTHONPATH": str(Path(helpers.__file__).parents[1]),  # the workers score with this package
    }
    log = folder / "server.log"
    with started(command, log, environment) as server:
        assert wait_for_port(port, server), f"Spark Connect did not start: {log.read_text()[-2000:]}"
        yield address_at(port)


def address_at(port: int) -> str:
    """Write the address of a port: to localhost, by this name, a token is sent without TLS."""
    return f"sc://localhost:{port}/;token={TOKEN}"


def port_of(address: str) -> int:
    """Read the port out of an address."""
    return urlsplit(address).port or 0


class Line:
    """What stands between client and server and can fall: to the client the server is gone then."""

    def __init__(self, address: str) -> None:
        self._to = port_of(address)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._open: list[socket.socket] = []
        self.address = address_at(self._listening.getsockname()[1])
        self.plain = self.address.split("/;")[0]
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Close what is open and take no more."""
        for one in (self._listening, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                ours, _ = self._listening.accept()
                theirs = socket.create_connection(("127.0.0.1", self._to))
                self._open += [ours, theirs]
                for one, other in ((ours, theirs), (theirs, ours)):
                    threading.Thread(target=_pass_on, args=(one, other), daemon=True).start()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while data := one.recv(65536):
            other.sendall(data)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)


@contextmanager
def tls_in_front(address: str, certificate: Path) -> Iterator[int]:
    """Listen with TLS before a server that speaks none, as a proxy does; gives the port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    context.set_alpn_protocols(["h2"])
    to = port_of(address)

    async def both_ways(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there = await asyncio.open_connection("127.0.0.1", to)
        await asyncio.gather(_pipe(reader, there[1]), _pipe(there[0], writer))

    loop = asyncio.new_event_loop()
    # All of it in a thread: a browser of other tests may have a loop in this one.
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    listen = asyncio.start_server(both_ways, "127.0.0.1", 0, ssl=context)
    listening = asyncio.run_coroutine_threadsafe(listen, loop).result()
    try:
        yield listening.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(_end(listening), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(listening: asyncio.Server) -> None:
    listening.close()
    lines = asyncio.all_tasks() - {asyncio.current_task()}
    for line in lines:
        line.cancel()
    await asyncio.gather(*lines, return_exceptions=True)


async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(OSError, ssl.SSLError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    with suppress(OSError, ssl.SSLError):
        writer.close()
