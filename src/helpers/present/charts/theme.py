"""How charts and tables look: a few colours, one type, and figures that no global state can change.

Colours are CSS variables with a literal fallback. In a report page the variables follow light and dark mode;
in JupyterLab, on a code host or in an office document the fallback shows. Every mark colour has a contrast of
at least 3:1 against both papers, and the pairs that mean something differ for colour-blind readers too (blue
against vermilion, never red against green).
"""

import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, cast

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font, LoadFlags

# Literals as they stand in a figure; `chart.finish` puts the variable around them.
INK: Final = "#1c2126"
MUTED: Final = "#5c6670"
FAINT: Final = "#8b949d"
GRID: Final = "#dfe3e7"
PAPER: Final = "#ffffff"
BLUE: Final = "#0b6fae"
ORANGE: Final = "#c8510a"
GREEN: Final = "#0a8467"
PURPLE: Final = "#8a5fb0"
PALE: Final = "#a9c6dc"

#: CSS variable -> its literal in a figure, and its colour on dark paper.
_PALETTE: Final = {
    "--ink": (INK, "#e8ebee"), "--muted": (MUTED, "#a7b0b9"), "--faint": (FAINT, "#7d8791"),
    "--line": (GRID, "#353c43"), "--paper": (PAPER, "#16191d"), "--blue": (BLUE, "#58a9e0"),
    "--orange": (ORANGE, "#f08a4b"), "--green": (GREEN, "#3fbf9c"), "--purple": (PURPLE, "#b795d8"),
    "--pale": (PALE, "#3f6480"),
}  # fmt: skip
#: Literal -> name of the CSS variable.
VARIABLES: Final = {light: name for name, (light, _dark) in _PALETTE.items()}
#: The same names on dark paper; the report's style sheet takes them from here.
DARK: Final = {name: dark for name, (_light, dark) in _PALETTE.items()}
#: The same as declarations, for pages around that are dark themselves (JupyterLab, Voila, VS Code).
DARK_VARIABLES: Final = "".join(f"{name}:{colour};" for name, colour in DARK.items())

#: This and what it is set against (last period, plan, policy); further series in this order.
SERIES: Final = (BLUE, ORANGE, GREEN, PURPLE, MUTED)
GAIN: Final = BLUE
LOSS: Final = ORANGE

#: The reader's own fonts: nothing is loaded, and Chinese shows wherever the reader can read it.
FONT_STACK: Final = (
    "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', 'Noto Sans', 'PingFang SC', "
    "'Microsoft YaHei', 'Noto Sans CJK SC', 'Source Han Sans SC', 'WenQuanYi Micro Hei', Arial, sans-serif"
)

WIDTH: Final = 480.0
"""Width of a chart in CSS pixels, so that two stand beside each other and a phone leaves text of a size to read;
figures are laid out in pixels at 72 per inch."""
WIDE_FROM: Final = 1.5 * WIDTH
"""A wider chart takes a page's width, and on a phone scrolls."""
TEXT_SIZE: Final = 12.5
SMALL_SIZE: Final = 11.5
TITLE_SIZE: Final = 15.0

_RC: Final = {
    "figure.dpi": 72,
    "savefig.dpi": 72,
    "font.family": ["DejaVu Sans"],  # ships with matplotlib: measures are the same on every machine
    "font.size": TEXT_SIZE,
    "text.color": INK,
    "text.parse_math": False,  # a customer may be called "$ Save $"
    "axes.labelcolor": MUTED,
    "axes.edgecolor": GRID,
    "axes.linewidth": 1.0,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.spines.left": False,
    "axes.facecolor": "none",
    "axes.axisbelow": True,
    "axes.formatter.limits": (-6, 13),  # 1750000 at the axis, never 1.75 and 1e6 in the corner
    "axes.grid": False,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "savefig.edgecolor": "none",
    "grid.color": GRID,
    "grid.linewidth": 1.0,
    "xtick.color": GRID,
    "ytick.color": GRID,
    "xtick.labelcolor": MUTED,
    "ytick.labelcolor": MUTED,
    "xtick.major.size": 0,
    "ytick.major.size": 0,
    "xtick.labelsize": SMALL_SIZE,
    "ytick.labelsize": SMALL_SIZE,
    "lines.linewidth": 2.0,
    "lines.solid_capstyle": "round",
    "lines.solid_joinstyle": "round",
    "patch.linewidth": 0,
    "path.simplify": True,
    "svg.fonttype": "none",  # text stays text: searchable, sharp, in the reader's fonts
    "svg.hashsalt": "customer-workbook",
    "svg.id": None,
}

#: How letters of a picture that somebody else draws are written: as the theme's are.
TEXT_OF_OWN: Final = {name: _RC[name] for name in ("svg.fonttype", "svg.hashsalt", "svg.id")}
#: What pictures of a page of one's own start with; their cells may set anything else.
LOOK_OF_OWN: Final = _RC | {"figure.figsize": (WIDTH / 72, WIDTH / 144), "figure.facecolor": PAPER}


@lru_cache
def _look() -> dict[str, Any]:
    """Matplotlib's defaults (but for the backend, which is not the look's) with the theme's settings."""
    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(_RC)  # type: ignore[arg-type]
        return {name: value for name, value in dict.items(mpl.rcParams) if not name.startswith("backend")}


@contextmanager
def style() -> Iterator[None]:
    """Set everything about the look for the length of a ``with`` block; the caller's settings come back.

    Drawing and :func:`helpers.present.charts.chart.finish` both have to happen inside.
    """
    with mpl.rc_context(), warnings.catch_warnings():
        dict.update(cast(dict[str, Any], mpl.rcParams), _look())  # checked once, not for every chart
        # Chinese is shown with the reader's fonts; that the measuring font lacks it does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing from font", category=UserWarning)
        yield


def figure(height: float, width: float = WIDTH) -> Figure:
    """Make a figure of so many pixels, without pyplot: nothing leaks between cells."""
    return Figure(figsize=(width / 72, height / 72), dpi=72)


def framed(height: float, left: float, below: float, right: float, above: float) -> tuple[Figure, Axes]:
    """Make a figure with axes that leave so many pixels free on each side."""
    whole = figure(height)
    inside = (left / WIDTH, below / height, 1 - (left + right) / WIDTH, 1 - (below + above) / height)
    return whole, whole.add_axes(inside)


def pixels(figure: Figure) -> Axes:
    """Return axes over the whole figure whose unit is the pixel, from the bottom left."""
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, figure.get_figwidth() * 72)
    axes.set_ylim(0, figure.get_figheight() * 72)
    axes.axis("off")
    return axes


@lru_cache
def _measuring_font(bold: bool) -> FT2Font:
    name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    font = FT2Font(str(Path(mpl.get_data_path()) / "fonts" / "ttf" / name))
    font.set_size(100, 72)
    return font


@lru_cache(maxsize=4096)
def _advance(character: str, bold: bool) -> float:
    """Width of a character in units of the text size; full-width characters take one."""
    if unicodedata.east_asian_width(character) in "WF":
        return 1.0
    if unicodedata.combining(character):
        return 0.0
    font = _measuring_font(bold)
    if not font.get_char_index(ord(character)):
        return 1.0
    glyph = font.load_char(ord(character), flags=LoadFlags.NO_HINTING)
    return float(glyph.linearHoriAdvance / 65536 / 100)


def text_width(text: str, size: float = TEXT_SIZE, bold: bool = False) -> float:
    """Width of a line in pixels, a little on the wide side for the fonts readers have."""
    return sum(_advance(character, bold) for character in text) * size


def ellipsise(text: str, width: float, size: float = TEXT_SIZE, bold: bool = False) -> str:
    """Return the text, cut with an ellipsis where it is wider than ``width`` pixels."""
    if text_width(text, size, bold) <= width:
        return text
    while text and text_width(text + "…", size, bold) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def wrap(text: str, width: float, size: float = TEXT_SIZE, lines: int = 2, bold: bool = False) -> list[str]:
    """Break a text into at most ``lines`` lines of ``width`` pixels; the last is cut with an ellipsis.

    Breaks at spaces, after hyphens, and between any two full-width characters; a word wider than a line is broken
    anywhere.
    """
    result: list[str] = []
    rest = " ".join(text.split())
    while rest and len(result) < lines - 1:
        if text_width(rest, size, bold) <= width:
            break
        cut = _break_at(rest, width, size, bold)
        result.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    if rest or not result:
        result.append(ellipsise(rest, width, size, bold))
    return result


def _break_at(text: str, width: float, size: float, bold: bool) -> int:
    """Where to break the first line: after the last space, hyphen or full-width character that still fits."""
    used, fits, good = 0.0, 1, 0
    for position, character in enumerate(text):
        used += _advance(character, bold) * size
        if used > width:
            if character == " ":
                return position
            break
        fits = position + 1
        after = text[position + 1 : position + 2]
        wide = unicodedata.east_asian_width(character) in "WF"
        # No line of Chinese starts with closing punctuation.
        if character in " -" or (wide and unicodedata.category(after or " ") not in ("Po", "Pe", "Pf")):
            good = position + 1
    return good or fits
