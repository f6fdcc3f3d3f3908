"""What the styles of an .xlsx file show of a number: red, with a minus, with a currency beside it, struck through."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
#: The parts of a number format: quoted, escaped, a gap, filled up, in brackets, or one character.
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|[_*].|\[([^\]]*)\]|(.)')
_SECTIONS = re.compile(r';(?=(?:[^"]*"[^"]*")*[^"]*$)')
#: Colours that are red, as red, green and blue of two hexadecimal digits each.
RED = "[89a-f][0-9a-f][0-3][0-9a-f][0-3][0-9a-f]"
_RED = re.compile(f"(?i)(?:[0-9a-f]{{2}})?{RED}")
#: Red among the colours by number of old files.
RED_BY_NUMBER = ("2", "10", "16")
#: Formats without a code of their own: percentages, fractions, dates and times, text.
_NO_AMOUNTS = {str(each) for each in (9, 10, 12, 13, *range(14, 37), 45, 46, 47, 49, *range(50, 59))}
_BELOW = re.compile(r"^[-−(]|[-−]$")


@dataclass(frozen=True)
class Style:
    """What a style adds to the number of its cell."""

    below: bool = False
    """An amount above 0 is shown as one below: in red, with a minus or in parentheses."""
    beside: str = ""
    """Text beside the number: a currency, ``Cr``, a unit."""
    struck: bool = False


#: One that adds nothing.
PLAIN = Style()


def styles_of(archive: zipfile.ZipFile) -> dict[int, Style]:
    """Return the styles that add something, by the number under which cells name them."""
    try:
        root = ElementTree.fromstring(archive.read("xl/styles.xml"))
    except (KeyError, ElementTree.ParseError):
        return {}
    formats = {each.get("numFmtId"): each.get("formatCode") or "" for each in root.iter(f"{_MAIN}numFmt")}
    fonts = [_font(each) for each in root.iterfind(f"{_MAIN}fonts/{_MAIN}font")]
    found = {}
    for number, each in enumerate(root.iterfind(f"{_MAIN}cellXfs/{_MAIN}xf")):
        font = int(each.get("fontId") or 0)
        red, struck = fonts[font] if font < len(fonts) else (False, False)
        form = each.get("numFmtId") or "0"
        style = style_of(red, struck, form, formats.get(form))
        if style != PLAIN:
            found[number] = style
    return found


def style_of(red: bool, struck: bool, form: str, code: str | None) -> Style:
    """Return what a font and a number format add: ``form`` is the format's number, ``code`` its code if it has one."""
    code = code if code is not None else "0%" if form in _NO_AMOUNTS else ""
    below, beside = of_positive(code)
    return Style((red and not _is_no_amount(code)) or below, beside, struck)


def _font(font: ElementTree.Element) -> tuple[bool, bool]:
    """Tell of a font whether it is red, and whether it strikes through."""
    colour, strike = font.find(f"{_MAIN}color"), font.find(f"{_MAIN}strike")
    red = colour is not None and (
        bool(_RED.fullmatch(colour.get("rgb") or "")) or colour.get("indexed") in RED_BY_NUMBER
    )
    return red, strike is not None and strike.get("val") not in ("0", "false")


def of_positive(code: str) -> tuple[bool, str]:
    """Tell what a number format makes of an amount above 0: whether it is shown as below 0, and the text beside it.

    Dates, percentages and formats with conditions of their own add nothing.
    """
    sections = _SECTIONS.split(code)
    if not code or any(re.search(r"\[[<>=]", section) for section in sections):
        return False, ""
    if _is_no_amount(code):
        return False, ""
    tokens = list(_tokens(sections[0].replace("General", "0")))
    shown = "".join(
        "0" if kind == "bare" and text in "0#?.,E+" else text for kind, text in tokens if kind != "colour"
    )
    around = re.sub(r"0+[^\S ]*", "0", shown).strip()
    text = " ".join(re.sub(r"[-−()]", " ", part).strip() for part in around.split("0")).strip()
    red = any(kind == "colour" and text.lower() == "red" for kind, text in tokens)
    return red or bool(_BELOW.search(around)), text


def _is_no_amount(code: str) -> bool:
    """Whether a number format is one of dates, percentages or texts."""
    tokens = _tokens(_SECTIONS.split(code)[0].replace("General", "0"))
    return any(kind == "bare" and text in "yYmMdDhHsS@%" for kind, text in tokens)


def _tokens(section: str) -> Iterator[tuple[str, str]]:
    """Take a section of a number format apart: texts, colours, and characters that stand bare."""
    for quoted, escaped, bracket, bare in _TOKEN.findall(section):
        if bracket.startswith("$"):
            yield "text", bracket[1:].partition("-")[0]
        elif bracket:
            yield "colour", bracket
        elif bare:
            yield "bare", bare
        elif quoted or escaped:
            yield "text", quoted or escaped
