"""The front page of a pack taken apart: mails, slides and chats say what the page says, never another figure."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import nbformat
from bs4 import BeautifulSoup, NavigableString, Tag

from helpers.errors import WorkbookError
from helpers.report.requests import SUMMARY

_SVG = "{http://www.w3.org/2000/svg}"


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
    """Return the blocks of our own views: headline figures, findings, tables; other text becomes paragraphs."""
    page = BeautifulSoup(markup, "html.parser")
    for element in page.select('a, [aria-hidden="true"]'):
        element.decompose()  # links lead to pages that a mail does not have
    found: list[Block] = []
    for element in _find(page, "dl", "ul", "ol", "table", "p", "h1", "h2", "h3", "h4", "h5", "h6"):
        if element.name == "dl":
            found.append(Tiles(tuple(_tile(each) for each in _find(element, "div"))))
        elif element.name in ("ul", "ol"):
            found.append(Items(tuple(_text(each) for each in _find(element, "li"))))
        elif element.name == "table":
            found.append(_table(element))
        elif element.name == "p":
            found.append(Paragraph(_text(element)))
        else:
            found.append(Heading(_text(element), int(element.name[1])))
    return found


def _find(element: Tag, *tags: str) -> Iterator[Tag]:
    """Yield the outermost elements with these tags, without collapsed content: the pack has that."""
    for child in element.children:
        if isinstance(child, Tag) and child.name != "details":
            if child.name in tags:
                yield child
            else:
                yield from _find(child, *tags)


def _text(element: Tag) -> str:
    if element.name in ("style", "script", "svg"):
        return ""
    parts = (
        _text(child) if isinstance(child, Tag) else child if type(child) is NavigableString else ""
        for child in element.children
    )
    return "".join(parts).strip()


def _tile(element: Tag) -> Tile:
    texts = {
        "label" if each.name == "dt" else next(iter(_classes(each)), "note"): _text(each)
        for each in _find(element, "dt", "dd")
    }
    state = next((name for name in _classes(element) if name in ("ahead", "behind")), "")
    return Tile(texts.get("label", ""), texts.get("figure", ""), texts.get("note", ""), state)


def _classes(element: Tag) -> list[str]:
    return list(element.get_attribute_list("class")) if element.has_attr("class") else []


def _table(element: Tag) -> Table:
    caption = next((_text(each) for each in _find(element, "caption")), "")
    heads = [row for part in _find(element, "thead") for row in _find(part, "tr")]
    rows = [row for part in _find(element, "tbody") for row in _find(part, "tr")]
    return Table(
        caption,
        tuple(cell for row in heads[-1:] for cell in _cells(row)),
        tuple(tuple(_cells(row)) for row in rows),
        frozenset(number for number, row in enumerate(rows) if "wb-total" in _classes(row)),
    )


def _cells(row: Tag) -> Iterator[Cell]:
    for cell in _find(row, "th", "td"):
        yield Cell(_text(cell), "wb-number" in _classes(cell), "wb-short" in _classes(cell))
