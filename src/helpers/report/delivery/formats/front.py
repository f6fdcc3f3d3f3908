"""The front page of a pack taken apart: mails, slides and chats say what the page says, never another figure."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from pathlib import Path

import nbformat

from helpers.errors import WorkbookError
from helpers.report.notebooks import SUMMARY

_SVG = "{http://www.w3.org/2000/svg}"
_VOID = ("br", "col", "hr", "img", "input", "link", "meta", "wbr")


@dataclass(frozen=True)
class Heading:
    """A heading of the page and its level, 1 to 6."""

    text: str
    level: int


@dataclass(frozen=True)
class Paragraph:
    """Plain text."""

    text: str


@dataclass(frozen=True)
class Tile:
    """A headline figure; ``state`` is ``ahead``, ``behind`` or empty."""

    label: str
    value: str
    note: str = ""
    state: str = ""


@dataclass(frozen=True)
class Tiles:
    """The headline figures, in their order."""

    rows: tuple[Tile, ...]


@dataclass(frozen=True)
class Items:
    """Findings, one sentence each."""

    rows: tuple[str, ...]


@dataclass(frozen=True)
class Cell:
    """A cell of a table as it is shown; ``is_short``: it is not broken into lines."""

    text: str
    is_number: bool = False
    is_short: bool = False


@dataclass(frozen=True)
class Table:
    """A table as it is shown: caption, heads, rows; ``totals`` are the numbers of the rows that sum others."""

    caption: str
    head: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    totals: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Picture:
    """A chart: its SVG, the finding in its title, and its figures in words."""

    svg: str
    title: str
    figures: str


Block = Heading | Paragraph | Tiles | Items | Table | Picture


@dataclass(frozen=True)
class Front:
    """The front page of a pack: who it is for, and its blocks from top to bottom."""

    company: str
    scope: str
    month: str
    language: str
    blocks: tuple[Block, ...]

    @property
    def place(self) -> str:
        """What the page says at its head: company, scope and month."""
        return " · ".join(part for part in (self.company, self.scope, self.month) if part)

    @property
    def finding(self) -> str:
        """The month's finding in a sentence: the first chart's title, else the first finding, else the page's title."""
        charts = [picture.title for picture in self.pictures]
        findings = [block.rows[0] for block in self.blocks if isinstance(block, Items) and block.rows]
        titles = [block.text for block in self.blocks if isinstance(block, Heading)]
        return [*charts, *findings, *titles, self.place][0]

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """The headline figures."""
        return next((block.rows for block in self.blocks if isinstance(block, Tiles)), ())

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The charts, in their order."""
        return tuple(block for block in self.blocks if isinstance(block, Picture))


def read_front(pack: Path, company: str, scope: str, month: str, language: str) -> Front:
    """Take the front page from the executed notebook of a pack that is not encrypted.

    Raises
    ------
    WorkbookError
        The pack has no front page that ran.
    """
    path = pack / "notebooks" / SUMMARY
    if not path.is_file():
        raise WorkbookError(f"{pack} has no executed {SUMMARY}: its front page cannot be sent.")
    notebook = nbformat.read(path, as_version=4)
    blocks: list[Block] = []
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            blocks += _prose(cell.source)
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if "image/svg+xml" in data:
                blocks.append(_picture(data["image/svg+xml"]))
            elif "text/html" in data:
                blocks += blocks_of(data["text/html"])
            elif "text/plain" in data:
                blocks.append(Paragraph(" ".join(data["text/plain"].split())))
    return Front(company, scope, month, language, tuple(blocks))


def _prose(source: str) -> Iterator[Block]:
    for part in re.split(r"\n\s*\n", source.strip()):
        text = " ".join(part.split())
        mark = re.match(r"(#{1,6}) ", text)
        if mark:
            yield Heading(text[mark.end() :], len(mark[1]))
        elif text:
            yield Paragraph(text)


def _picture(svg: str) -> Picture:
    root = ElementTree.fromstring(svg)
    return Picture(svg, root.findtext(f"{_SVG}title") or "", root.findtext(f"{_SVG}desc") or "")


def blocks_of(markup: str) -> list[Block]:
    """Take apart what our own views show: headline figures, findings, tables; other text becomes paragraphs."""
    reader = _Reader()
    reader.feed(markup)
    reader.close()
    return reader.blocks()


@dataclass
class _Element:
    tag: str
    classes: tuple[str, ...]
    children: list[_Element | str]

    def find(self, *tags: str) -> Iterator[_Element]:
        for child in self.children:
            # What lies behind a click stays there: the pack has it.
            if isinstance(child, _Element) and child.tag != "details":
                if child.tag in tags:
                    yield child
                else:
                    yield from child.find(*tags)

    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text() for child in self.children)
        return (
            " ".join("".join(parts).split(" ")).strip() if self.tag not in ("style", "script", "svg") else ""
        )


class _Reader(HTMLParser):
    """A tree of elements; links lead to pages that a mail does not have, so that they and their words are left out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._root = _Element("", (), [])
        self._open = [self._root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        element = _Element(tag, tuple((values.get("class") or "").split()), [])
        if tag != "a" and values.get("aria-hidden") != "true":
            self._open[-1].children.append(element)
        if tag not in _VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if any(element.tag == tag for element in self._open[1:]):
            while self._open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)

    def blocks(self) -> list[Block]:
        found: list[Block] = []
        for element in self._root.find("dl", "ul", "ol", "table", "p", "h1", "h2", "h3", "h4", "h5", "h6"):
            if element.tag == "dl":
                found.append(Tiles(tuple(_tile(each) for each in element.find("div"))))
            elif element.tag in ("ul", "ol"):
                found.append(Items(tuple(each.text() for each in element.find("li"))))
            elif element.tag == "table":
                found.append(_table(element))
            elif element.tag == "p":
                found.append(Paragraph(element.text()))
            else:
                found.append(Heading(element.text(), int(element.tag[1])))
        return found


def _tile(element: _Element) -> Tile:
    texts = {
        "label" if each.tag == "dt" else each.classes[0] if each.classes else "note": each.text()
        for each in element.find("dt", "dd")
    }
    state = next((name for name in element.classes if name in ("ahead", "behind")), "")
    return Tile(texts.get("label", ""), texts.get("figure", ""), texts.get("note", ""), state)


def _table(element: _Element) -> Table:
    caption = next((each.text() for each in element.find("caption")), "")
    heads = [row for part in element.find("thead") for row in part.find("tr")]
    rows = [row for part in element.find("tbody") for row in part.find("tr")]
    return Table(
        caption,
        tuple(cell for row in heads[-1:] for cell in _cells(row)),
        tuple(tuple(_cells(row)) for row in rows),
        frozenset(number for number, row in enumerate(rows) if "wb-total" in row.classes),
    )


def _cells(row: _Element) -> Iterator[Cell]:
    for cell in row.find("th", "td"):
        yield Cell(cell.text(), "wb-number" in cell.classes, "wb-short" in cell.classes)
