"""``[engine]`` and ``[learning]`` of ``workbook.toml``: how much memory is taken, and how many customers models see."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Engine(BaseModel):
    """``[engine]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    memory_gigabytes: Annotated[float, Field(gt=0)] | None = None
    """What one engine may take; more is spilled to the cache folder. Default: 3, or 40 % of the memory if that is less.
    The environment variable ``WORKBOOK_MEMORY`` (such as ``2GB``) goes before it. A report runs several at once."""


class Learning(BaseModel):
    """``[learning]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    most_customers: Annotated[int, Field(ge=100)] = 20_000
    """Models are fitted and tested on at most about so many customers, by a hash of their ids; all are scored."""
