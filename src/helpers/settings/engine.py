"""``[engine]``, ``[learning]`` and ``[spark]`` of ``workbook.toml``: memory, what models see, where Spark is."""

import re
from typing import Annotated

from pydantic import Field, field_validator

from helpers.settings.source import Section

_SESSION = re.compile(r"|active|yarn|local(\[.*\]|-cluster\[.*\])?|(spark|sc|k8s)://.+")


class Engine(Section):
    """``[engine]``: what the embedded engine may take."""

    memory_gigabytes: Annotated[float, Field(gt=0)] | None = None
    """What one engine may take; more is spilled to the cache folder. Default: 3, or 40 % of the memory if that is less.
    The environment variable ``WORKBOOK_MEMORY`` (such as ``2GB``) goes before it. A report runs several at once."""


class Learning(Section):
    """``[learning]``: on how many customers models are fitted."""

    most_customers: Annotated[int, Field(ge=100)] = 20_000
    """Models are fitted and tested on at most about so many customers, by a hash of their ids; all are scored."""


class Spark(Section):
    """``[spark]``: used where ``[source]`` says ``engine = "spark"``; explained in docs/spark.md."""

    session: str = ""
    """``local[4]``, ``spark://HOST:7077``, ``yarn``, ``sc://HOST:15002`` (Spark Connect), or ``active``: the session
    that this process has. Default: the active session where there is one, else ``local[*]``. The token of Spark
    Connect stands better in the environment variable ``SPARK_CONNECT_AUTHENTICATE_TOKEN`` than here."""
    options: dict[str, str] = {}
    """Spark's own settings for a session that is started here: ``"spark.executor.memory" = "8g"``."""
    snapshot: str = ""
    """Names the state of the source's tables, such as the date of last night's load. Then the same name means the same
    data, and Spark is not asked whether they changed; without it one scan of each table finds out."""
    score_on_engine_from: Annotated[int, Field(ge=0)] = 2_000_000
    """From so many customers on, purchase models are applied on Spark's workers instead of in pandas."""

    @field_validator("session")
    @classmethod
    def _known(cls, session: str) -> str:
        """Keep what is none of these from Spark, whose message would show it, with the token that may be in it."""
        if not _SESSION.fullmatch(session):
            raise ValueError("must be local[4], spark://HOST:7077, yarn, sc://HOST:15002 or active")
        return session
