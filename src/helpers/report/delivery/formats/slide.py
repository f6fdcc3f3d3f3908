"""One slide to forward: the month's finding as its title, the headline figures, one picture."""

import io

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.opc.constants import RELATIONSHIP_TYPE
from pptx.util import Emu, Inches, Length, Pt

from helpers.present.charts.theme import BLUE, INK, MUTED, ORANGE
from helpers.present.table import display_width
from helpers.present.words import words
from helpers.report.delivery.formats.front import Front, Items, Tile
from helpers.report.delivery.formats.mail import day_after, normalise_zip

_WIDTH, _HEIGHT, _EDGE = Inches(13.333), Inches(7.5), Inches(0.6)
#: So wide may the findings beside the picture be together, in letters; a Chinese sign is two.
_ROOM = 560


def render_slide(front: Front, picture: bytes | None, month: str) -> bytes:
    """Return a PPTX file with one slide, always the same bytes; figures are text, the picture's too."""
    show = Presentation()
    show.slide_width, show.slide_height = _WIDTH, _HEIGHT
    page = show.slides.add_slide(show.slide_layouts[5])
    across = Emu(_WIDTH - 2 * _EDGE)
    title = page.shapes.title
    title.left, title.top, title.width, title.height = _EDGE, Inches(0.75), across, Inches(0.95)
    _write(title.text_frame, [(front.finding, 28 if len(front.finding) < 70 else 22, INK, True)])
    title.text_frame.vertical_anchor = MSO_ANCHOR.TOP
    _text(page, front.place, (_EDGE, Inches(0.35), across, Inches(0.4)), 13, MUTED)
    _tiles(page, front.tiles, across)
    figures = front.pictures[0].figures if front.pictures else ""
    if picture is not None and front.pictures:
        shape = page.shapes.add_picture(io.BytesIO(picture), _EDGE, Inches(3.15), height=Inches(3.3))
        if shape.width > across * 0.62:
            shape.width, shape.height = (
                Emu(int(across * 0.62)),
                Emu(int(shape.height * across * 0.62 / shape.width)),
            )
        shape._element.nvPicPr.cNvPr.set("descr", f"{front.pictures[0].title}. {figures}")
        left: Length = Emu(_EDGE + shape.width + Inches(0.3))
    else:
        left = _EDGE
    sentences = [row for block in front.blocks if isinstance(block, Items) for row in block.rows]
    beside = (left, Inches(3.15), Emu(_WIDTH - left - _EDGE), Inches(3.3))
    box = page.shapes.add_textbox(*beside)
    lines = [(f"• {sentence}", 13, INK, False) for sentence in _that_fit(sentences)]
    _write(box.text_frame, lines, space=6)
    _text(page, figures, (_EDGE, Inches(6.55), across, Inches(0.6)), 10, MUTED)
    properties = show.core_properties
    properties.title = front.finding[:250]
    properties.subject = front.place[:250]
    properties.author = front.company[:250]
    properties.language = words(front.language).html_lang
    properties.created = properties.modified = day_after(month).replace(tzinfo=None)
    properties.last_modified_by, properties.revision = "", 1
    package = show.part.package
    for name in [name for name, each in package._rels.items() if each.reltype == RELATIONSHIP_TYPE.THUMBNAIL]:
        package.drop_rel(name)  # the template's: a picture of another slide
    buffer = io.BytesIO()
    show.save(buffer)
    return normalise_zip(buffer.getvalue())


def _that_fit(sentences: list[str]) -> list[str]:
    """Return the first sentences, as many as there is room for; none is cut."""
    room, kept = _ROOM, []
    for sentence in sentences:
        room -= display_width(sentence)
        if room < 0:
            break
        kept.append(sentence)
    return kept


def _tiles(page: object, tiles: tuple[Tile, ...], across: Emu) -> None:
    """A table of one row: label, figure and note in each cell, its edge in the colour of its state."""
    if not tiles:
        return
    place = (_EDGE, Inches(1.75), across, Inches(1.2))
    table = page.shapes.add_table(1, len(tiles), *place).table  # type: ignore[attr-defined]
    table.first_row = table.horz_banding = False
    for cell, tile in zip(table.rows[0].cells, tiles, strict=True):
        cell.fill.background()
        cell.vertical_anchor = MSO_ANCHOR.TOP
        cell.margin_left = cell.margin_right = Inches(0.06)
        colour = {"ahead": BLUE, "behind": ORANGE}.get(tile.state, INK)
        _write(
            cell.text_frame,
            [(tile.label, 12, MUTED, False), (tile.value, 24, colour, True), (tile.note, 11, MUTED, False)],
        )


def _text(page: object, text: str, place: tuple[Length, ...], size: int, colour: str) -> None:
    if text:
        _write(page.shapes.add_textbox(*place).text_frame, [(text, size, colour, False)])  # type: ignore[attr-defined]


def _write(frame: object, lines: list[tuple[str, int, str, bool]], space: int = 0) -> None:
    frame.word_wrap = True  # type: ignore[attr-defined]
    for number, (text, size, colour, bold) in enumerate(line for line in lines if line[0]):
        paragraphs = frame.paragraphs  # type: ignore[attr-defined]
        paragraph = paragraphs[0] if number == 0 else frame.add_paragraph()  # type: ignore[attr-defined]
        paragraph.alignment = PP_ALIGN.LEFT
        paragraph.space_after = Pt(space)
        run = paragraph.add_run()
        run.text = text
        run.font.size, run.font.bold = Pt(size), bold
        run.font.color.rgb = RGBColor.from_string(colour.removeprefix("#").upper())
