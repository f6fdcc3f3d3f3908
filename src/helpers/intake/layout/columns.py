"""Columns by their names: found in whatever case they are written, or the nearest named."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from helpers.errors import WorkbookError


def find_column(name: str, columns: Iterable[str], file: str, place: str) -> str:
    """Return the column of that name, in whatever case it is written.

    Raises
    ------
    WorkbookError
        There is none; the message lists the nearest names.
    """
    columns = list(columns)
    found = name if name in columns else next((c for c in columns if c.lower() == name.lower()), None)
    if found is None:
        check_named_once(name, columns, file)
        raise WorkbookError(f"{place}: {file} has no column '{name}'. {near_matches(name, columns)}")
    return found


def near_matches(name: str, columns: Iterable[str]) -> str:
    """Return a sentence with the columns most like a name, or with all where none is."""
    columns = list(columns)
    lowered = {column.lower(): column for column in columns}
    near = [lowered[match] for match in difflib.get_close_matches(name.lower(), lowered, n=3, cutoff=0.5)]
    has = ", ".join(" ".join(name.split()) for name in columns)  # a head may hold line breaks
    return f"Near: {', '.join(near)}." if near else f"It has: {has}."


def check_named_once(name: str, columns: Iterable[str], file: str) -> None:
    """Stop where the file has two columns of that name: which is meant must be said."""
    numbered = [column for column in columns if column.lower().startswith(f"{name.lower()} (")]
    if f"{name.lower()} (1)" in (column.lower() for column in numbered):
        raise WorkbookError(
            f"{file} has two columns called '{name}': map {' or '.join(numbered)}, the first or the second of them."
        )
