"""``[learning]`` of ``workbook.toml``: from how many customers is learnt what is then said of all."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Learning(BaseModel):
    """``[learning]``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    most_customers: Annotated[int, Field(ge=100)] = 20_000
    """Models are fitted and tested on at most about so many customers, drawn by a hash of their ids; all are scored."""
