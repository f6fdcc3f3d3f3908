"""How values are written in a proposed map."""

from __future__ import annotations

import json
from typing import Any


def toml(value: Any) -> str:
    """Write a text, a number, a truth value or a list of them as TOML does."""
    return json.dumps(value, ensure_ascii=False)
