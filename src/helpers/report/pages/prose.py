"""A notebook's own text (its markdown) in the report's language, block by block from the catalog."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import nbformat
from nbformat import NotebookNode

from helpers.present.words import Words

_MARK = re.compile(r"\s*(#{1,6}|[-*+]|\d+[.)])\s+")


@dataclass(frozen=True)
class _Block:
    """A heading, a paragraph or a list item: its mark, its text on one line, its lines as they stand."""

    mark: str
    text: str
    lines: tuple[str, ...]


def translate_notebook(path: Path, words: Words | None) -> NotebookNode:
    """Read a notebook, translate its markdown, and write it back where that changed anything.

    A block without a translation stays as it is; results are in the language in which the notebook was run. Without
    ``words`` all stays as it was written: a page of one's own says what its writer says, also where the catalog knows
    the same words for something else.
    """
    notebook = nbformat.read(path, as_version=4)
    changed = False
    for cell in notebook.cells:
        if words is not None and cell.cell_type == "markdown":
            source = translate(cell.source, words)
            changed, cell.source = changed or source != cell.source, source
    if changed:
        nbformat.write(notebook, path)
    return notebook


def translate(source: str, words: Words) -> str:
    """Return markdown with each heading, paragraph and list item in another language."""
    lines: list[str] = []
    for block in _blocks(source):
        text = words.gettext(block.text) if block.text else ""
        lines += block.lines if text == block.text else [block.mark + text]
    return "\n".join(lines)


def extract(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """Yield what of a notebook is to be translated; a method of ``pybabel extract``.

    Cells tagged ``interactive`` are not in the report, and stay as the analyst wrote them.
    """
    notebook = nbformat.reads(fileobj.read().decode("utf-8"), as_version=4)
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type == "markdown" and "interactive" not in cell.metadata.get("tags", []):
            for block in _blocks(cell.source):
                if block.text:
                    yield number, None, block.text, []


def _blocks(source: str) -> Iterator[_Block]:
    """Take markdown apart; blank lines come as blocks without text, so that joining gives the source again."""
    gathered: list[str] = []
    for line in source.split("\n"):
        is_heading = line.lstrip().startswith("#")
        if gathered and (not line.strip() or _MARK.match(line)):
            yield _block(gathered)
            gathered = []
        if not line.strip():
            yield _Block("", "", (line,))
        elif is_heading:
            yield _block([line])
        else:
            gathered.append(line)
    if gathered:
        yield _block(gathered)


def _block(lines: list[str]) -> _Block:
    whole = "\n".join(lines)
    found = _MARK.match(whole)
    mark = found[0] if found else ""
    return _Block(mark, " ".join(whole[len(mark) :].split()), tuple(lines))
