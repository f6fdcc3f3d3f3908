"""Quoting: text from data and settings enters SQL as an identifier or a literal, never as SQL."""

from __future__ import annotations

import glob


def identifier(name: str) -> str:
    """Give a column or table name, quoted."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """Give a text value, quoted."""
    return "'" + text.replace("'", "''") + "'"


def file_literal(path: object) -> str:
    """Give a file name for the engine's readers, which would otherwise take ``*`` and ``[`` for patterns."""
    return literal(glob.escape(str(path)))
