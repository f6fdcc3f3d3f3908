"""Sessions on a Spark Connect server: opened, kept and left, and what it means when one is refused or gone."""

from __future__ import annotations

import atexit
import os
import re
import warnings
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.errors import WorkbookError
from workbook_spark.address import plain, see_that_it_answers

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_PATIENCE: dict[str, Any] = {"max_retries": 6, "max_backoff": 5000}
"""How often, and after how many milliseconds at most, a server is asked again where it does not answer: for some half a
minute in all. PySpark's own rule is ten minutes."""
_CONNECTED: dict[tuple[str, str], SparkSession] = {}
"""Address and token of the environment -> the session that this process has there."""
_NO_LINE = "(?i)handshake failed|verification check failed"
"""What is said where client and server cannot agree on TLS: to ask again does not help."""
_ROOTS = "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH"
_TOKEN = "SPARK_CONNECT_AUTHENTICATE_TOKEN"


def connected(address: str) -> SparkSession:
    """Return the session of this process on a server.

    Raises
    ------
    WorkbookError
        The client is not installed, nothing answers, or what answers lets nobody in: the token, the certificate, or no
        Spark Connect at all.
    """
    if find_spec("grpc") is None:
        raise WorkbookError(
            f"The address {plain(address)} is one of Spark Connect, whose client is not installed: install "
            "pyspark[connect], which customer-workbook[spark] brings."
        )
    key = address, os.environ.get(_TOKEN, "")
    if (known := _CONNECTED.pop(key, None)) is not None:
        if _still_there(known):
            _CONNECTED[key] = known
            return known
        _leave(known)
    see_that_it_answers(address)
    from pyspark.sql.connect.session import SparkSession as Remote

    try:
        # By no builder: `pyspark.sql`'s makes all of the process Spark Connect's from then on, and that of Spark
        # Connect makes this the active session of whoever has none.
        session: Any = Remote(address)
        made_ready(session)
    except Exception as error:  # gRPC's and Spark's own; the message may name a token
        raise WorkbookError(
            refused(error, address)
            or f"Spark Connect at {plain(address)} answers, but opens no session ({type(error).__name__}). See that it "
            "is a Spark Connect server of Spark 4, that it is written sc://HOST:PORT/;name=value;name=value, that "
            "use_ssl=true stands there if it speaks TLS, and that you may use it."
        ) from None
    _CONNECTED[key] = session
    return session


def made_ready(session: Any) -> None:
    """Give a session the patience and the settings of the workbook's, and see that it is left in the end."""
    from pyspark.sql.connect.client.retries import DefaultPolicy

    class Patience(DefaultPolicy):
        def can_retry(self, e: BaseException) -> bool:
            return super().can_retry(e) and not re.search(_NO_LINE, str(e))

    # In the interpreter's last moments, when PySpark would do it, gRPC waits for a thread that is no longer there.
    atexit.register(_leave, session)
    session.client.set_retry_policies([Patience(**_PATIENCE)])
    settle(session)


def settle(own: SparkSession) -> None:
    """Set what the workbook's expressions count on, in its own session."""
    # They are written so that nothing overflows or divides by zero; where they did it must not pass for NULL.
    own.conf.set("spark.sql.ansi.enabled", "true")
    own.conf.set("spark.sql.session.timeZone", "UTC")


def refused(error: BaseException | None, address: str) -> str | None:
    """Say why a server lets nobody in, and the way out; None where that is not what an error is about."""
    where = f"Spark Connect at {plain(address)}"
    while error is not None:
        status, said = _status(error), str(error)
        if status == "UNAUTHENTICATED":
            return (
                f"{where} does not let this user in: its token is missing, wrong or no longer good. Set {_TOKEN}, or "
                "write it behind the address: ;use_ssl=true;token=..."
            )
        if status == "UNAVAILABLE" and re.search("(?i)hostname verification|peer name", said):
            return (
                f"{where} shows a certificate that is of another host: name the host as the certificate does."
            )
        if status == "UNAVAILABLE" and (why := re.search('CERTIFICATE_VERIFY_FAILED: ([^:"]*)', said)):
            return (
                f"{where} shows a certificate that this machine does not trust ({why[1]}). Where an authority of your "
                f"own signed it, put the certificate of that into a PEM file and name it in {_ROOTS}{_named_already()}."
            )
        if status == "UNAVAILABLE" and "WRONG_VERSION_NUMBER" in said:
            return (
                f"{where} does not speak TLS, which use_ssl=true or a token asks for: name the port where it does. A "
                "token is sent without TLS to localhost alone."
            )
        error = error.__cause__ or error.__context__
    return None


def _named_already() -> str:
    named = os.environ.get(_ROOTS, "")
    if not named:
        return ""
    return (
        f" (which names {named}; it is not that one)" if Path(named).is_file() else f" ({named} is no file)"
    )


def is_gone(error: BaseException | None) -> bool:
    """Whether an error, or what it came of, is that nobody answers: PySpark's own, or gRPC's."""
    while error is not None:
        if _status(error) == "UNAVAILABLE" or "[INVALID_HANDLE.SESSION_" in str(error):
            return True
        if isinstance(error, ValueError) and "closed channel" in str(error):  # whoever owned it stopped it
            return True
        error = error.__cause__ or error.__context__
    return False


def _status(error: BaseException) -> str:
    code = getattr(error, "getGrpcStatusCode", None) or getattr(error, "code", None)
    return getattr(code(), "name", "") if callable(code) else ""


def _still_there(session: SparkSession) -> bool:
    """Whether the server knows a session of this process: it may have been started anew in between."""
    try:
        return session.conf.get("spark.sql.session.timeZone") == "UTC"
    except Exception:  # whatever is wrong with it, another will do
        return False


def _leave(session: Any) -> None:
    """End a session on the server, if that answers, and close the connection."""
    from pyspark.sql.connect.client.retries import DefaultPolicy

    with suppress(Exception), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session.client.set_retry_policies([DefaultPolicy(max_retries=0)])
        session.client.release_session()
    with suppress(Exception):
        session.client.close()
