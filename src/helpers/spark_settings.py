"""The part of ``workbook.toml`` that says where Spark is and how its tables are known: ``[spark]``."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Spark(BaseModel):
    """``[spark]``: used where ``[source]`` says ``engine = "spark"``; explained in docs/spark.md."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    session: str = ""
    """``local[4]``, ``spark://HOST:7077``, ``yarn``, ``sc://HOST:15002`` (Spark Connect), or ``active``: the session
    that this process has. Default: the active session where there is one, else ``local[*]``."""
    options: dict[str, str] = {}
    """Spark's own settings for a session that is started here: ``"spark.executor.memory" = "8g"``."""
    snapshot: str = ""
    """Names the state of the source's tables, such as the date of last night's load. Then the same name means the same
    data, and Spark is not asked whether they changed; without it one scan of each table finds out."""
    score_on_engine_from: Annotated[int, Field(ge=0)] = 2_000_000
    """From so many customers on, purchase models are applied on Spark's workers instead of in pandas."""
