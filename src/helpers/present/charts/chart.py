"""`Chart`: a finished picture as SVG that is the same on every run, and the way from a figure to it."""

import hashlib
import io
import json
import re
import warnings
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from typing import Any

import matplotlib as mpl
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import Collection
from matplotlib.figure import Figure
from matplotlib.text import Text

from helpers.present.charts import theme

_SVG = "{http://www.w3.org/2000/svg}"
_TEXTUAL = (f"{_SVG}text", f"{_SVG}title")
_HREF = "{http://www.w3.org/1999/xlink}href"
#: Ids under which the drawing carries what is shown on hovering: the words of one mark, or a JSON list, one for each.
_TOOLTIP, _TOOLTIPS = "tooltip:", "tooltips:"
#: Where an element stands and how large it is; two decimals are a hundredth of a pixel.
_PLACED = ("d", "x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height", "points", "transform")
_POINT = re.compile(r"[ML] (\S+) (\S+)")
_HOVER_RADIUS = 9
_DECIMALS = re.compile(r"-?\d+\.\d{3,}")
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

ElementTree.register_namespace("", "http://www.w3.org/2000/svg")


@dataclass(frozen=True)
class Chart:
    """A finished picture.

    Attributes
    ----------
    svg
        Inline SVG with its own title; ids are unique to its content, colours follow the page's CSS variables.
    title
        The finding, in a sentence.
    alt
        What a reader who cannot see the picture should know: the figures in words.
    """

    svg: str
    title: str
    alt: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """SVG for whoever can show it, the words for everyone else."""
        return {"image/svg+xml": self.svg, "text/plain": f"{self.title}\n{self.alt}".strip()}


def plain(text: object) -> str:
    """Text from the data, fit for one line of XML: no control characters, white space collapsed."""
    return " ".join(_UNPRINTABLE.sub("", str(text)).split())


def label(
    axes: Axes,
    x: float,
    y: float,
    text: object,
    width: float | None = None,
    lines: int = 1,
    **properties: Any,
) -> Text:
    """Write text from the data into a chart, wrapped to ``width`` pixels; the whole shows on hovering.

    ``properties`` are matplotlib's for text (``ha``, ``va``, ``color``, ``transform`` ...).
    """
    whole = plain(text)
    size = properties.setdefault("fontsize", theme.TEXT_SIZE)
    bold = properties.get("fontweight") == "bold"
    shown = [whole] if width is None else theme.wrap(whole, width, size, lines, bold)
    artist = axes.text(x, y, "\n".join(shown), **properties)
    if " ".join(shown) != whole and "".join(shown) != whole:
        set_tooltip(artist, whole)
    return artist


def set_tooltip(mark: Artist, *texts: object) -> None:
    """Show a text on hovering over a mark; on a line or a collection of marks one for each point, in their order."""
    if isinstance(mark, Collection) or len(texts) > 1:
        mark.set_gid(_TOOLTIPS + json.dumps([plain(text) for text in texts], ensure_ascii=False))
    else:
        mark.set_gid(_TOOLTIP + plain(*texts))


def finish(figure: Figure, title: str, alt: str) -> Chart:
    """Turn a figure drawn inside :func:`helpers.present.charts.theme.style` into a `Chart`.

    The title is set above the figure; the report takes it out again and sets it as the page's text.
    """
    title, alt = plain(title), plain(alt)
    root, width, height = _saved(figure)
    _tidy(root)
    lines = theme.wrap(title, width - 8, theme.TITLE_SIZE, lines=3, bold=True)
    head = len(lines) * theme.TITLE_SIZE * 1.35 + 10
    body = list(root)
    for child in body:
        root.remove(child)
    look = f"max-width: 100%; height: auto; font-family: var(--font, {theme.FONT_STACK})"
    # On a phone a picture is shown whole; only what is wider than others scrolls there.
    kind = "chart wide" if width > theme.WIDE_FROM else "chart"
    _frame(root, -head, width, height + head, {"class": kind, "style": look})
    ElementTree.SubElement(root, f"{_SVG}title").text = title
    ElementTree.SubElement(root, f"{_SVG}desc").text = alt
    # Paper of its own: JupyterLab and code hosts may show the picture on a dark ground.
    paper = {"class": "paper", "y": f"{-head:g}", "width": f"{width:g}", "height": f"{height + head:g}"}
    ElementTree.SubElement(root, f"{_SVG}rect", paper | {"style": _with_variables(f"fill: {theme.PAPER}")})
    root.append(_heading(lines, head))
    root.extend(body)
    return Chart(_with_own_ids(root), title, alt)


def figure_to_svg(figure: Figure) -> str:
    """Turn a figure that somebody drew with matplotlib or seaborn into SVG for a page: the same on every run.

    Its colours are its own, so it keeps its white paper on a dark page; letters are the reader's fonts. The title of
    the figure, or of its first axes, is its accessible name.
    """
    titles = [figure.get_suptitle(), *(axes.get_title() for axes in figure.axes)]
    name = next((plain(title) for title in titles if title), "")
    with mpl.rc_context(theme.TEXT_OF_OWN), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        root, width, height = _saved(figure, facecolor=theme.PAPER, bbox_inches="tight", pad_inches=0.15)
    _tidy(root, own_colours=True)
    look = f"max-width: 100%; height: auto; font-family: {theme.FONT_STACK}"
    _frame(root, 0, width, height, ({"aria-label": name} if name else {}) | {"style": look})
    return _with_own_ids(root)


def _saved(figure: Figure, **how: Any) -> tuple[ElementTree.Element, float, float]:
    """Save a figure without a word of when and by what; return its SVG, and how wide and high it is."""
    buffer = io.StringIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    figure.savefig(buffer, format="svg", metadata=nothing, **how)
    root = ElementTree.fromstring(buffer.getvalue())
    width, height = (float(number) for number in root.attrib["viewBox"].split()[2:])
    return root, width, height


def _frame(root: ElementTree.Element, top: float, width: float, height: float, more: dict[str, str]) -> None:
    """Say what of the drawing is seen, how large, and whatever ``more`` there is, in place of what matplotlib says."""
    seen = {"viewBox": f"0 {top:g} {width:g} {height:g}", "width": f"{width:g}", "height": f"{height:g}"}
    root.attrib.clear()
    root.attrib.update(seen | {"role": "img"} | more)


def _heading(lines: list[str], head: float) -> ElementTree.Element:
    """Return the title as a group above the figure."""
    group = ElementTree.Element(f"{_SVG}g", {"class": "chart-title"})
    for number, line in enumerate(lines, start=1):
        baseline = -head + number * theme.TITLE_SIZE * 1.35
        look = f"font-size: {theme.TITLE_SIZE:g}px; font-weight: 600; fill: {theme.INK}"
        place = {"x": "0", "y": f"{baseline:g}", "style": _with_variables(look)}
        ElementTree.SubElement(group, f"{_SVG}text", place).text = line
    return group


def _tidy(root: ElementTree.Element, *, own_colours: bool = False) -> None:
    """Take out what matplotlib says of itself, unused ids and fonts; put in CSS variables and tooltips."""
    for parent in list(root.iter()):
        for child in list(parent):
            if child.tag == f"{_SVG}metadata" or child.find(f"{_SVG}style") is not None:
                parent.remove(child)
    used = {
        reference
        for element in root.iter()
        for value in element.attrib.values()
        for reference in re.findall(r"#([\w.-]+)", value)
    }
    for element in root.iter():
        element.text = element.text if element.tag in _TEXTUAL else None
        element.tail = None
        if _HREF in element.attrib:
            element.attrib["href"] = element.attrib.pop(_HREF)
        if "style" in element.attrib:
            css = _without_fonts(element.attrib["style"])
            element.attrib["style"] = css if own_colours else _with_variables(css)
        if element.attrib.get("transform", "").startswith("rotate(-0 "):
            del element.attrib["transform"]
        for name in element.attrib.keys() & set(_PLACED):
            placed = " ".join(element.attrib[name].split())
            element.attrib[name] = _DECIMALS.sub(lambda number: _short(number[0]), placed)
        identity = element.attrib.get("id", "")
        if identity.startswith(_TOOLTIP):
            _add_title(element, identity.removeprefix(_TOOLTIP))
        elif identity.startswith(_TOOLTIPS):
            _add_titles(element, json.loads(identity.removeprefix(_TOOLTIPS)))
        if identity not in used:
            element.attrib.pop("id", None)


def _add_title(element: ElementTree.Element, text: str) -> None:
    title = ElementTree.Element(f"{_SVG}title")
    title.text = text
    element.insert(0, title)


def _add_titles(group: ElementTree.Element, texts: list[str]) -> None:
    """Set the text of each mark of a collection, and of a circle around each point of a line that has one."""
    marks = group.findall(f"./{_SVG}path")
    points = _POINT.findall(marks[0].attrib["d"])
    if len(marks) == 1 and len(points) == len(texts):
        around = ElementTree.SubElement(group, f"{_SVG}g", {"style": "fill: none; pointer-events: all"})
        circle = {"r": f"{_HOVER_RADIUS}"}
        marks = [
            ElementTree.SubElement(around, f"{_SVG}circle", {"cx": x, "cy": y} | circle) for x, y in points
        ]
    for mark, text in zip(marks, texts, strict=True):
        _add_title(mark, text)


def _short(number: str) -> str:
    """Write a coordinate with two decimals at most."""
    short = f"{float(number):.2f}".rstrip("0").rstrip(".")
    return "0" if short == "-0" else short


def _with_variables(css: str) -> str:
    """Replace the theme's literals by CSS variables that fall back to them."""
    return re.sub(r"#[0-9a-f]{6}\b", lambda match: _variable(match[0]), css)


def _without_fonts(css: str) -> str:
    """Drop font families: letters are the reader's."""
    css = re.sub(r"font-family:[^;]*;?\s*", "", css)
    return re.sub(r"(font:[^;]*?\d+(?:\.\d+)?px)[^;]*", r"\1 inherit", css) if "font:" in css else css


def _variable(colour: str) -> str:
    name = theme.VARIABLES.get(colour)
    return f"var({name}, {colour})" if name else colour


def _with_own_ids(root: ElementTree.Element) -> str:
    """Number the ids, for matplotlib's hash more decimals than are shown, and prefix them with a hash of the content.

    So two charts on one page never share one.
    """
    ids = [element.attrib["id"] for element in root.iter() if "id" in element.attrib]
    _rename(root, {identity: str(number) for number, identity in enumerate(ids)})
    svg = ElementTree.tostring(root, encoding="unicode")
    prefix = "c" + hashlib.sha256(svg.encode()).hexdigest()[:10] + "-"
    _rename(root, {str(number): f"{prefix}{number}" for number in range(len(ids))})
    return ElementTree.tostring(root, encoding="unicode")


def _rename(root: ElementTree.Element, names: dict[str, str]) -> None:
    """Give elements other ids, where others refer to them too."""
    for element in root.iter():
        for name, value in element.attrib.items():
            if name == "id":
                element.attrib[name] = names[value]
            elif name in ("href", "clip-path") and value.startswith(("#", "url(#")):
                element.attrib[name] = re.sub(r"#([\w.-]+)", lambda match: "#" + names[match[1]], value)
            elif name == "style" and "url(#" in value:
                element.attrib[name] = re.sub(
                    r"url\(#([\w.-]+)", lambda match: "url(#" + names[match[1]], value
                )
