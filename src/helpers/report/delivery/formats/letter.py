"""The body of a mail: the front page as HTML that no mail reader alters, and the same as plain text.

No script, no style sheet, no link, nothing fetched: tables and inline styles alone, since mail readers take all else
away. The figures of a picture stand in text below it, for readers that show no pictures.
"""

import html
from collections.abc import Iterator, Mapping

from helpers.present.charts.theme import BLUE, GRID, INK, MUTED, ORANGE
from helpers.present.numbers import join_signs
from helpers.present.words import Words, words
from helpers.report.delivery.formats.front import (
    Block,
    Cell,
    Front,
    Heading,
    Items,
    Paragraph,
    Picture,
    Table,
    Tile,
    Tiles,
)

_FONT = "font-family:-apple-system,'Segoe UI',Roboto,'PingFang SC','Microsoft YaHei',Arial,sans-serif"
_WIDTH = 720
#: Tiles in a row of a mail: more are too narrow on a phone.
_ACROSS = 3


def as_html(front: Front, cids: Mapping[str, str], notes: tuple[str, ...]) -> str:
    """Return the body as HTML; ``cids`` name the pictures that come with it, by their SVG; ``notes`` stand last."""
    parts = [_p(front.place, f"font-size:13px;color:{MUTED};margin:0 0 14px")]
    parts += [_block(block, cids) for block in front.blocks]
    return _page(parts, notes, front.place, words(front.language))


def as_text(front: Front, notes: tuple[str, ...]) -> str:
    """Return the body as plain text, all figures of pictures and tables in it."""
    return _lines(
        [
            front.place,
            "",
            *(line for block in front.blocks for line in _text(block, words(front.language))),
            *notes,
        ]
    )


def notice(sentence: str, place: str, notes: tuple[str, ...], spoken: Words) -> tuple[str, str]:
    """Return HTML and text of a mail that tells no figure: of an encrypted report only that it is there."""
    parts = [_p(place, f"font-size:13px;color:{MUTED};margin:0 0 14px"), _p(sentence, _SENTENCE)]
    return _page(parts, notes, place, spoken), _lines([place, "", sentence, "", *notes])


def chat_text(front: Front, most_bytes: int) -> str:
    """Return place, finding, headline figures and findings for a chat, cut at a whole line where it would be longer."""
    spoken = words(front.language)
    lines = [front.place, front.finding, "", *(_said(tile, spoken) for tile in front.tiles), ""]
    for block in front.blocks:
        if isinstance(block, Items):
            lines += list(_text(block, spoken))
    kept: list[str] = []
    size = 0
    for line in _lines(lines).splitlines(keepends=True):
        size += len(line.encode("utf-8"))
        if size > most_bytes - len("…".encode()):
            return "".join(kept).rstrip() + "\n…"
        kept.append(line)
    return "".join(kept).rstrip()


_SENTENCE = f"font-size:15px;line-height:1.5;color:{INK};margin:0 0 12px"
_CELL = f"padding:5px 8px;border-bottom:1px solid {GRID};vertical-align:top"


def _page(parts: list[str], notes: tuple[str, ...], title: str, spoken: Words) -> str:
    parts += [_p(note, f"font-size:13px;color:{MUTED};margin:14px 0 0") for note in notes]
    return (
        f'<!DOCTYPE html>\n<html lang="{spoken.html_lang}">\n<head><meta charset="utf-8">'
        f"<title>{_safe(title)}</title></head>\n"
        f'<body style="margin:0;padding:16px;background:#ffffff;color:{INK};{_FONT}">\n'
        f'<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:{_WIDTH}px">'
        '<tr><td>\n' + join_signs("\n".join(parts)) + "\n</td></tr></table>\n</body>\n</html>\n"
    )  # fmt: skip


def _block(block: Block, cids: Mapping[str, str]) -> str:
    if isinstance(block, Heading):
        size = {1: 24, 2: 18}.get(block.level, 16)
        level = min(block.level, 6)
        space = "22px 0 8px" if block.level > 1 else "0 0 6px"
        style = f"font-size:{size}px;line-height:1.3;margin:{space};color:{INK}"
        return f'<h{level} style="{style}">{_safe(block.text)}</h{level}>'
    if isinstance(block, Paragraph):
        return _p(block.text, _SENTENCE)
    if isinstance(block, Items):
        items = "".join(f'<li style="margin:0 0 6px">{_safe(row)}</li>' for row in block.rows)
        return f'<ul style="font-size:15px;line-height:1.5;margin:0 0 12px;padding-left:22px;color:{INK}">{items}</ul>'
    if isinstance(block, Tiles):
        return _tiles(block)
    if isinstance(block, Table):
        return _table(block)
    return _picture(block, cids)


def _picture(block: Picture, cids: Mapping[str, str]) -> str:
    parts = [_p(block.title, f"font-size:15px;font-weight:600;color:{INK};margin:0 0 6px")]
    if block.svg in cids:
        parts.append(
            f'<img src="cid:{_safe(cids[block.svg])}" width="{_WIDTH}" alt="{_safe(block.title)}" '
            'style="display:block;width:100%;height:auto;border:0">'
        )
    parts.append(_p(block.figures, f"font-size:13px;line-height:1.5;color:{MUTED};margin:6px 0 12px"))
    return "\n".join(parts)


def _tiles(block: Tiles) -> str:
    rows = []
    for start in range(0, len(block.rows), _ACROSS):
        cells = "".join(_tile(tile) for tile in block.rows[start : start + _ACROSS])
        rows.append(f"<tr>{cells}</tr>")
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 14px">'
        + "".join(rows) + "</table>"
    )  # fmt: skip


def _tile(tile: Tile) -> str:
    edge = {"ahead": BLUE, "behind": ORANGE}.get(tile.state, GRID)
    note = f'<br><span style="font-size:12px;color:{MUTED}">{_safe(tile.note)}</span>' if tile.note else ""
    return (
        f'<td width="33%" style="padding:8px 10px;border-left:3px solid {edge};vertical-align:top">'
        f'<span style="font-size:13px;color:{MUTED}">{_safe(tile.label)}</span><br>'
        f'<span style="font-size:22px;font-weight:600;color:{INK}">{_safe(tile.value)}</span>{note}</td>'
    )


def _table(block: Table) -> str:
    head = "".join(_cell(cell, "th", "font-weight:600") for cell in block.head)
    rows = ""
    for number, row in enumerate(block.rows):
        look = "font-weight:600" if number in block.totals else ""
        rows += "<tr>" + "".join(_cell(cell, "td", look) for cell in row) + "</tr>"
    return (
        _p(block.caption, f"font-size:13px;font-weight:600;color:{INK};margin:10px 0 4px")
        + '<table width="100%" cellpadding="0" cellspacing="0" '
        f'style="border-collapse:collapse;font-size:13px;line-height:1.4;color:{INK};margin:0 0 14px">'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _cell(cell: Cell, tag: str, look: str) -> str:
    side = "text-align:right" if cell.is_number else "text-align:left"
    whole = "white-space:nowrap" if tag == "td" and (cell.is_number or cell.is_short) else ""
    style = ";".join(part for part in (_CELL, side, whole, look) if part)
    return f'<{tag} style="{style}">{_safe(cell.text)}</{tag}>'


def _text(block: Block, spoken: Words) -> Iterator[str]:
    if isinstance(block, Heading):
        yield from ("", block.text, "=" * min(len(block.text), 60) if block.level == 1 else "")
    elif isinstance(block, Paragraph):
        yield from (block.text, "")
    elif isinstance(block, Items):
        yield from (f"- {row}" for row in block.rows)
        yield ""
    elif isinstance(block, Tiles):
        yield from (_said(tile, spoken) for tile in block.rows)
        yield ""
    elif isinstance(block, Table):
        yield block.caption
        heads = [cell.text for cell in block.head]
        for row in block.rows:
            first, *rest = [cell.text for cell in row]
            named = (
                spoken("{name}: {value}", name=head, value=text)
                for head, text in zip(heads[1:], rest, strict=False)
                if text
            )
            yield f"- {first}" + "".join(f" | {each}" for each in named)
        yield ""
    else:
        yield from (block.title, block.figures, "")


def _said(tile: Tile, spoken: Words) -> str:
    said = spoken("{name}: {value}", name=tile.label, value=tile.value)
    return said + (f" ({tile.note})" if tile.note else "")


def _lines(lines: list[str]) -> str:
    """Join lines; of several empty lines in a row one is kept."""
    kept: list[str] = []
    for line in lines:
        if line or (kept and kept[-1]):
            kept.append(line)
    return "\n".join(kept).strip() + "\n"


def _p(text: str, style: str) -> str:
    return f'<p style="{style}">{_safe(text)}</p>' if text else ""


def _safe(text: str) -> str:
    return html.escape(text)
