"""What goes out is the front page, figure for figure, in forms that mail readers and offices open."""

import email
import io
import re
import zipfile
from email import policy

import matplotlib.image
import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pptx import Presentation

from helpers.errors import WorkbookError
from helpers.present.charts import theme
from helpers.present.charts.bars import share_bars
from helpers.present.numbers import numbers
from helpers.report.delivery.channels.smtp import address
from helpers.report.delivery.formats import pdf
from helpers.report.delivery.formats.front import Items, Picture, Table, Tiles, blocks_of
from helpers.report.delivery.formats.letter import as_html, as_text, chat_text
from helpers.report.delivery.formats.mail import Attachment, Letter, mail_bytes, pack_zip, standalone_page
from helpers.report.delivery.formats.picture import render_png
from helpers.report.delivery.formats.slide import render_slide
from helpers.settings.config import PROJECT_FOLDER

#: What a mail reader's sanitiser takes away, with its content or its looks.
TAKEN_AWAY = re.compile(
    r"<(script|style|link|svg|form|iframe|object)\b|\bclass=|\bon\w+=|href=|var\(|https?:", re.I
)

WORDS = [
    "客户月报",
    "华东大区",
    "张伟",
    "2026年10月",
    "Müller",
    "Söhne",
    "Shanghai",
    "report",
    "CN¥7.12M",
    "&",
    "(93",
    "%",
    "–",
]


def letter(front, **changes):
    pictures = [
        (f"picture-{number}@example.com", render_png(each.svg)) for number, each in enumerate(front.pictures)
    ]
    cids = {each.svg: cid for each, (cid, _) in zip(front.pictures, pictures, strict=True)}
    parts = {
        "sender": "三强 <reports@example.com>", "to": "jun@example.com", "subject": "October\r\nBcc: all@example.com",
        "text": as_text(front, ()), "html": as_html(front, cids, ()), "month": "2026-10", "pictures": pictures,
        "attachments": [Attachment("报告.zip", "application/zip", b"PK")],
    }  # fmt: skip
    return Letter(**(parts | changes))


def shown_figures(front):
    """Every tile, finding and cell of the page, and every figure of its charts."""
    for block in front.blocks:
        if isinstance(block, Tiles):
            yield from (text for tile in block.rows for text in (tile.label, tile.value))
        elif isinstance(block, Items):
            yield from block.rows
        elif isinstance(block, Table):
            yield from (cell.text for row in block.rows for cell in row if cell.text)
        elif isinstance(block, Picture):
            yield from re.split("; ", block.figures)


def test_the_front_page_is_taken_apart_as_readers_see_it(front):
    kinds = {type(block) for block in front.blocks}
    assert {Tiles, Items, Table, Picture} <= kinds
    assert front.finding == front.pictures[0].title
    assert all(tile.label and tile.value for tile in front.tiles)
    assert not any(
        "more" in row.split()[-1:] for block in front.blocks if isinstance(block, Items) for row in block.rows
    )


def test_text_from_the_data_stays_text():
    (items,) = blocks_of(
        "<ul><li>Birch &lt;b&gt;Ltd&lt;/b&gt; &amp; Sons <a href='x.html'>more</a></li></ul>"
    )
    assert items.rows == ("Birch <b>Ltd</b> & Sons",)


def test_what_lies_behind_a_click_is_left_to_the_pack():
    assert (
        blocks_of(
            "<details><summary>All</summary><table><tbody><tr><td>1</td></tr></tbody></table></details>"
        )
        == []
    )


def test_every_figure_of_the_page_stands_in_the_mails_text_and_html(front):
    text, markup = as_text(front, ()), as_html(front, {}, ())
    plain = "".join(each for each in re.split(r"<[^>]+>", markup))
    for figure in shown_figures(front):
        assert figure in text
        assert figure in plain.replace("&amp;", "&").replace("&#x27;", "'").replace("&lt;", "<").replace(
            "&quot;", '"'
        )


def test_a_mail_readers_sanitiser_finds_nothing_to_take_away(front):
    assert TAKEN_AWAY.search(as_html(front, {}, ()).replace("<title>", "")) is None


def test_a_mail_has_text_html_pictures_and_files_and_one_recipient(front):
    raw = mail_bytes(letter(front))
    mail = email.message_from_bytes(raw, policy=policy.default)
    assert (mail["To"], mail["Bcc"], mail["From"]) == ("jun@example.com", None, "三强 <reports@example.com>")
    assert front.finding in mail.get_body(("plain",)).get_content()
    markup = mail.get_body(("html",)).get_content()
    pictures = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert len(pictures) == len(front.pictures)
    assert all(f'src="cid:{part["Content-ID"][1:-1]}"' in markup for part in pictures)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["报告.zip"]
    assert raw.isascii()
    assert max(map(len, raw.split(b"\r\n"))) <= 78


@pytest.mark.hypothesis
@given(st.lists(st.sampled_from(WORDS), min_size=2, max_size=14).map(" ".join))
@example("Customer 10月达成率 (93 %) 客户月报 – 张伟")
@example("华东大区 CN¥7.12M 张伟 Zhang 张伟 客户月报 10月达成率")
def test_subjects_of_several_scripts_are_read_letter_by_letter(subject):
    sent = mail_bytes(Letter("a@example.com", "b@example.com", subject, "", "", "2026-10"))
    assert email.message_from_bytes(sent, policy=policy.default)["Subject"] == subject
    assert max(map(len, sent.split(b"\r\n"))) <= 78


def test_the_same_month_gives_the_same_bytes_and_another_content_another_id(front):
    first, other = mail_bytes(letter(front)), mail_bytes(letter(front, text="other"))
    assert first == mail_bytes(letter(front))
    ids = [email.message_from_bytes(raw, policy=policy.default)["Message-ID"] for raw in (first, other)]
    assert ids[0] != ids[1]
    assert email.message_from_bytes(first)["Date"] == "Sun, 01 Nov 2026 00:00:00 +0000"


@pytest.mark.parametrize(
    "text", ["", "jun", "jun@", "@example.com", "a@b@c.de", "jün@example.com", "a@x.com, b@x.com"]
)
def test_what_is_no_address_is_refused(text):
    with pytest.raises(WorkbookError, match="no mail address"):
        address(text)


def chart():
    import pandas as pd

    frame = pd.DataFrame({"label": ["Specialist shops", "专业店"], "share": [0.75, 0.25]})
    return share_bars(frame, title="Specialists carry it", alt="In words", fmt=numbers("en").percent)


def test_a_picture_is_the_pages_chart_in_its_colours():
    data = render_png(chart().svg)
    assert data == render_png(chart().svg)
    picture = (matplotlib.image.imread(io.BytesIO(data))[:, :, :3] * 255).round().astype(int)
    blue = (picture == np.array([0x0B, 0x6F, 0xAE])).all(axis=2)
    rows = blue.sum(axis=1)
    long, short = rows.max(), rows[len(rows) // 2 :].max()
    assert short / long == pytest.approx(1 / 3, abs=0.02)
    assert picture.shape[1] == 2 * theme.WIDTH


def test_no_picture_is_better_than_boxes_in_place_of_names():
    assert render_png(chart().svg.replace("专业店", "\U00013000\U000130b8")) is None


def test_the_slide_says_finding_tiles_and_figures_as_text(front):
    data = render_slide(front, render_png(front.pictures[0].svg), "2026-10")
    assert data == render_slide(front, render_png(front.pictures[0].svg), "2026-10")
    (page,) = Presentation(io.BytesIO(data)).slides
    assert page.shapes.title.text_frame.text == front.finding
    texts = [shape.text_frame.text for shape in page.shapes if shape.has_text_frame]
    cells = [
        cell.text_frame.text for shape in page.shapes if shape.has_table for cell in shape.table.rows[0].cells
    ]
    assert front.place in texts
    assert front.pictures[0].figures in texts
    assert [cell.split("\n")[:2] for cell in cells] == [[tile.label, tile.value] for tile in front.tiles]
    for shape in page.shapes:
        assert shape.left >= 0
        assert shape.left + shape.width <= 12192120
        assert shape.top + shape.height <= 6858000


def test_a_slide_without_a_picture_has_the_figures_all_the_same(front):
    (page,) = Presentation(io.BytesIO(render_slide(front, None, "2026-10"))).slides
    assert any(
        shape.has_text_frame and front.pictures[0].figures == shape.text_frame.text for shape in page.shapes
    )


def test_a_chat_gets_whole_lines_within_its_limit(front):
    whole, short = chat_text(front, 20_000), chat_text(front, 300)
    assert front.finding in whole
    assert all(row in whole for block in front.blocks if isinstance(block, Items) for row in block.rows)
    assert len(short.encode("utf-8")) <= 300
    assert short.endswith("\n…")
    assert set(short.splitlines()[:-1]) <= set(whole.splitlines())


def pack(tmp_path):
    folder = tmp_path / "pack"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "notebooks" / "00_summary.ipynb").write_text("{}")
    (folder / "manifest.json").write_text('{"ended": "now"}')
    (folder / "01.html").write_text("<main>One</main>")
    (folder / "index.html").write_text(
        '<a class="skip" href="#content">Skip</a><main id="content"><ol><li>A finding <a href="01.html">more</a></li>'
        '</ol>\n<nav class="chapters"><a href="01.html">One</a></nav>\n<nav class="months"><a href="../x">All</a></nav>'
        "\n</main>"
    )
    return folder


def test_a_zip_has_pages_and_not_when_they_were_made(tmp_path):
    from helpers.present.words import words

    made = pack_zip(pack(tmp_path), "report", "", words())
    (tmp_path / "pack" / "manifest.json").write_text('{"ended": "later"}')
    assert made == pack_zip(tmp_path / "pack", "report", "", words())
    with zipfile.ZipFile(io.BytesIO(made.data)) as archive:
        assert archive.namelist() == ["01.html", "index.html"]
        assert b"../x" not in archive.read("index.html")


def test_a_front_page_alone_leads_nowhere(tmp_path):
    page = (pack(tmp_path) / "index.html").read_text()
    assert re.findall(r'href="([^"]*)"', standalone_page(page)) == ["#content"]
    assert "A finding" in standalone_page(page)


@pytest.mark.slow
@pytest.mark.skipif(pdf.browser() is None, reason="needs a browser")
def test_the_front_page_is_printed_to_the_same_bytes():
    page = f"<h1>October</h1>{PROJECT_FOLDER.name}"
    first = pdf.render_pdf(page, "2026-10")
    assert isinstance(first, bytes) and first.startswith(b"%PDF")
    assert b"D:20261101000000" in first
    assert first == pdf.render_pdf(page, "2026-10")


def test_a_pdf_does_not_depend_on_the_clock_and_on_how_the_browser_counts():
    form = "/CreationDate (D:2026{day}031500+00'00')\n/ID (node{a:08}) /Names [(node{a:08}) 1 0 R (node{b:08}) 2 0 R]"
    first, second = (
        pdf.normalise_pdf(form.format(day=day, a=a, b=b).encode(), "2026-10")
        for day, a, b in (("1203", 184, 190), ("1204", 185, 191))
    )
    assert first == second
    assert b"/Names [(node00000001) 1 0 R (node00000002) 2 0 R]" in first


def test_without_a_browser_one_line_says_so(monkeypatch):
    monkeypatch.setattr(pdf, "browser", lambda: None)
    assert "no browser" in pdf.render_pdf("<h1>October</h1>", "2026-10")


def test_a_name_that_leads_to_a_card_stays_on_a_front_page_that_stands_alone():
    page = '<main><td><a href="cards.html#card-C1">Smith</a></td><p>All 57: <a href="tables.xlsx">tables.xlsx</a></p>'
    assert standalone_page(page) == "<main><td>Smith</td><p>All 57: tables.xlsx</p>"
