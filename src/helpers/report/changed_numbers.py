"""Which numbers of a report are others than they were, and what the changelog says of it: after an upgrade, say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from helpers.report.pages.excel import FILE, HEAD_ROW
from helpers.settings.config import PROJECT_FOLDER

_MOST_NAMED = 20
_SECTION = re.compile(r"^## (\S+).*$", re.MULTILINE)
_CHANGES = re.compile(r"^### Numbers that change\n(.*?)(?=^#|\Z)", re.MULTILINE | re.DOTALL)


def changed_numbers(before: Path, after: Path) -> tuple[str, ...]:
    """Compare the tables of two packs, a sentence for each cell that is another: ``SHEET: ROW, COLUMN: 200, now 250``.

    The first are named and the others counted. Rows are told apart by their first cell, those that read alike by their
    order.
    """
    then, now = _tables(before / FILE), _tables(after / FILE)
    sentences = [
        sentence for sheet in dict.fromkeys([*then, *now]) for sentence in _of_sheet(sheet, then, now)
    ]
    rest = len(sentences) - _MOST_NAMED
    return tuple(sentences[:_MOST_NAMED]) + ((f"and {rest:,} more",) if rest > 0 else ())


def changes_since(version: str, changelog: Path = PROJECT_FOLDER / "CHANGELOG.md") -> tuple[str, ...]:
    """Return what the changelog tells of numbers that changed after a version, the latest first."""
    try:
        text = changelog.read_text(encoding="utf-8")
    except OSError:  # installed without it
        return ()
    found: list[str] = []
    heads = list(_SECTION.finditer(text))
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        if head[1] == version:
            break
        changes = _CHANGES.search(text[head.start() : following.start() if following else None])
        if changes:
            items = re.split(r"^- ", changes[1], flags=re.MULTILINE)
            found += [f"{head[1]}: {' '.join(item.split())}" for item in items if item.strip()]
    return tuple(found)


_Table = dict[tuple[str, int], dict[str, Any]]


def _tables(path: Path) -> dict[str, _Table]:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    return {name: _table(book.get_sheet_by_name(name).to_python()) for name in book.sheet_names}


def _table(rows: list[list[Any]]) -> _Table:
    """Return a sheet's rows by their first cell and how often it stood there before; cells by their column's head."""
    heads = [str(head) for head in rows[HEAD_ROW]] if len(rows) > HEAD_ROW else []
    found: _Table = {}
    seen: dict[str, int] = {}
    for row in rows[HEAD_ROW + 1 :]:
        if row:
            label = str(row[0])
            seen[label] = seen.get(label, 0) + 1
            found[label, seen[label]] = dict(zip(heads[1:], row[1:], strict=False))
    return found


def _of_sheet(sheet: str, then: dict[str, _Table], now: dict[str, _Table]) -> Iterator[str]:
    if sheet not in then or sheet not in now:
        yield f"{sheet}: {'is new' if sheet in now else 'is no longer there'}"
        return
    old, new = then[sheet], now[sheet]
    for row in dict.fromkeys([*old, *new]):
        label = f"{sheet}: {row[0]}"
        if row not in old or row not in new:
            yield f"{label}: {'is new' if row in new else 'is no longer there'}"
            continue
        for column in dict.fromkeys([*old[row], *new[row]]):
            before, after = old[row].get(column, ""), new[row].get(column, "")
            if before != after:
                yield f"{label}, {column}: {_said(before)}, now {_said(after)}"


def _said(value: Any) -> str:
    return f"{value:,.10g}" if isinstance(value, float) else str(value) or "nothing"
