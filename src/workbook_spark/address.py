"""Addresses of Spark: whether anybody listens there, and how they are written where others read them."""

from __future__ import annotations

import re
import socket

from helpers.errors import WorkbookError

_ANSWER_SECONDS = 5
_PORTS = {"spark": 7077, "sc": 15002}
_ADDRESS = re.compile(
    r"(?P<scheme>\w+)://(?:[^/;?#@]*@)?(?P<host>\[[^]]*\]|[^/;?#:]*)(?::(?P<port>[^/;?#]*))?"
)


def plain(address: str) -> str:
    """Leave out all but scheme, host and port: what stands behind them may be a token, however it is written."""
    found = _ADDRESS.match(address)
    if found is None:
        return "the address of this process's session"
    port = found["port"]
    return f"{found['scheme']}://{found['host']}" + (f":{port}" if port and port.isdigit() else "")


def see_that_it_answers(address: str) -> str:
    """Find out at once what Spark would try for a minute; gives this machine's own address on the way there.

    Of several masters (``spark://ONE:7077,TWO:7077``) one has to answer.
    """
    scheme, _, rest = address.partition("://")
    hosts = rest.split(",") if scheme == "spark" else [rest]
    for host in hosts:
        found = _ADDRESS.match(f"{scheme}://{host}")
        try:
            assert found is not None
            place = found["host"].strip("[]"), int(found["port"] or _PORTS[scheme])
            with socket.create_connection(place, _ANSWER_SECONDS) as line:
                return str(line.getsockname()[0])
        except (OSError, ValueError, OverflowError):
            continue
    raise WorkbookError(
        f"Nothing answers at {plain(address)}. See that Spark runs there, and that host and port of spark.session "
        "in workbook.toml are right."
    )
