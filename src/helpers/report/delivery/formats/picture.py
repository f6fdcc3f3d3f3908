"""A chart of a page as PNG, for mails and slides: drawn from the SVG that the page shows, always to the same bytes.

Only what our charts are made of is drawn: paths of lines and curves, rectangles, marks in use, and texts.
"""

import io
import logging
import re
import xml.etree.ElementTree as ElementTree
from functools import lru_cache
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Outline
from matplotlib.transforms import Affine2D

_SVG = "{http://www.w3.org/2000/svg}"
#: A picture has twice the pixels of its size on a page: sharp on today's screens and on a slide.
_SCALE = 2
_NUMBERS = {"M": 2, "L": 2, "C": 6, "z": 0}
_CODES = {"M": [Outline.MOVETO], "L": [Outline.LINETO], "C": [Outline.CURVE4] * 3, "z": [Outline.CLOSEPOLY]}
_ALIGNED = {"middle": "center", "end": "right"}
#: What a face of the machine is called that has Chinese, in the order of preference; DejaVu Sans comes with matplotlib.
_FACES = (
    "DejaVu Sans", "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC",
    "WenQuanYi Micro Hei", "WenQuanYi Zen Hei", "SimHei", "Noto Sans SC", "Arial Unicode MS",
)  # fmt: skip


def render_png(svg: str) -> bytes | None:
    """Draw a chart; None where no font of this machine has a sign of its texts: boxes in place of names say nothing."""
    root = ElementTree.fromstring(svg)
    # That a face has no bold is nothing to tell: its signs are drawn in the weight that there is.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    faces = _faces_for("".join(element.text or "" for element in root.iter(f"{_SVG}text")))
    if faces is None:
        return None
    left, top, width, height = (float(number) for number in root.attrib["viewBox"].split())
    height, top = height + top, 0.0  # what stands above is the title, which the reader gets as text
    plain: Any = {"font.family": list(faces), "text.parse_math": False, "path.simplify": False}
    with mpl.rc_context(plain):
        figure = Figure(figsize=(width / 72, height / 72), dpi=72 * _SCALE, facecolor="white")
        FigureCanvasAgg(figure)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(left, left + width), ylim=(top + height, top))
        axes.set_axis_off()
        marks = {
            element.attrib["id"]: element for element in root.iter(f"{_SVG}path") if "id" in element.attrib
        }
        for element in _drawn(root):
            _draw(axes, element, marks)
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def _drawn(root: ElementTree.Element) -> list[ElementTree.Element]:
    """Everything that is to be seen, in the order of drawing: no title, and nothing that is only for hovering."""
    found = []
    for child in root:
        if child.tag in (f"{_SVG}defs", f"{_SVG}title", f"{_SVG}desc", f"{_SVG}circle"):
            continue
        if child.attrib.get("class") == "chart-title":
            continue
        found += [child, *_drawn(child)]
    return found


def _draw(axes: Any, element: ElementTree.Element, marks: dict[str, ElementTree.Element]) -> None:
    look = _look(element)
    order = {"zorder": len(axes.patches) + len(axes.texts), "transform": axes.transData, "clip_on": True}
    if element.tag == f"{_SVG}path":
        axes.add_patch(PathPatch(_outline(element.attrib["d"]), **_paint(look), **order))
    elif element.tag == f"{_SVG}rect":
        x, y, width, height = (float(element.attrib.get(name, 0)) for name in ("x", "y", "width", "height"))
        box = f"M {x} {y} L {x + width} {y} L {x + width} {y + height} L {x} {y + height} z"
        axes.add_patch(PathPatch(_outline(box), **_paint(look), **order))
    elif element.tag == f"{_SVG}use":
        mark = marks[element.attrib["href"].removeprefix("#")]
        place = Affine2D().translate(float(element.attrib.get("x", 0)), float(element.attrib.get("y", 0)))
        axes.add_patch(
            PathPatch(place.transform_path(_outline(mark.attrib["d"])), **_paint(_look(mark) | look), **order)
        )
    elif element.tag == f"{_SVG}text":
        moved = re.search(r"translate\((\S+) (\S+)\)", element.attrib.get("transform", ""))
        place_of = moved.groups() if moved else (element.attrib.get("x", "0"), element.attrib.get("y", "0"))
        axes.text(
            *map(float, place_of), element.text or "",
            fontsize=float(look.get("font-size", "12.5").removesuffix("px")),
            fontweight="bold" if int(look.get("font-weight", 400)) >= 600 else "normal",
            color=look.get("fill", "black"), ha=_ALIGNED.get(look.get("text-anchor", ""), "left"),
            va="baseline", **order,
        )  # fmt: skip


def _look(element: ElementTree.Element) -> dict[str, str]:
    """Return an element's style; of a colour with a variable its literal."""
    style = re.sub(r"var\(--[\w-]+,\s*([^)]+)\)", r"\1", element.attrib.get("style", ""))
    return dict(re.findall(r"([\w-]+):\s*([^;]+?)\s*(?:;|$)", style))


def _paint(look: dict[str, str]) -> dict[str, Any]:
    """Return matplotlib's words for a style; SVG fills with black what says nothing of filling."""
    whole = float(look.get("opacity", 1))
    fill, line = look.get("fill", "black"), look.get("stroke", "none")
    caps = {"round": "round", "square": "projecting"}
    width = float(look.get("stroke-width", "1").removesuffix("px"))
    return {
        "facecolor": fill if fill == "none" else mpl.colors.to_rgba(fill, whole * float(look.get("fill-opacity", 1))),
        "edgecolor": line if line == "none" else mpl.colors.to_rgba(line, whole * float(look.get("stroke-opacity", 1))),
        "linewidth": width if line != "none" else 0,
        "capstyle": caps.get(look.get("stroke-linecap", ""), "butt"),
        "joinstyle": "round" if look.get("stroke-linejoin") == "round" else "miter",
    }  # fmt: skip


def _outline(commands: str) -> Outline:
    points: list[tuple[float, float]] = []
    codes: list[Any] = []
    words = commands.split()
    while words:
        command = words.pop(0)
        numbers = [float(word) for word in words[: _NUMBERS[command]]]
        del words[: _NUMBERS[command]]
        points += zip(numbers[::2], numbers[1::2], strict=True) if numbers else [points[-1]]
        codes += _CODES[command]
    return Outline(points, codes)


@lru_cache
def _faces() -> dict[str, FT2Font]:
    """The fonts of this machine that may be used, by name."""
    known = {font.name for font in font_manager.fontManager.ttflist}
    return {name: font_manager.get_font(font_manager.findfont(name)) for name in _FACES if name in known}


def _faces_for(text: str) -> tuple[str, ...] | None:
    """Return the faces that together have every sign of a text, or None."""
    faces = _faces()
    missing = [
        sign
        for sign in set(text)
        if not sign.isspace() and not any(face.get_char_index(ord(sign)) for face in faces.values())
    ]
    return None if missing else tuple(faces)
