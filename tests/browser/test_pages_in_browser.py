"""Pages of a pack as a reader's browser shows them."""

from itertools import pairwise

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from helpers.present.charts.bars import share_bars
from helpers.present.numbers import numbers
from helpers.present.table import Column, table
from helpers.present.words import words
from helpers.report.pages.html import PageLink, Pages, Place
from helpers.report.pages.pages import front_page
from helpers.report.requests import Failure

pytestmark = pytest.mark.browser

HOSTILE = "<script>window.hacked=1</script><img src=x onerror='window.hacked=1'>"
LONG = "Societe Generale de Distribution Electrique et Industrielle du Nord-Est et de l'Ouest 上海国际贸易"


def shown(result):
    bundle = result._repr_mimebundle_()
    return new_code_cell("", outputs=[new_output("display_data", data=bundle)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A page and a front page, made from a notebook that need not run."""
    import pandas as pd

    fmt = numbers("en")
    frame = pd.DataFrame({"label": [HOSTILE, LONG, "[x](javascript:alert(1))"], "share": [0.2, 0.5, 0.3]})
    chart = share_bars(frame, title=f"{LONG} carries half", alt="In words.", fmt=fmt.percent)
    columns = {"label": Column("Name"), "share": Column("Share", fmt.percent, bar=True)}
    columns |= {f"wide{n}": Column(f"A wide column {n}", fmt.count) for n in range(12)}
    rows = frame.assign(**{f"wide{n}": 1234567 for n in range(12)})
    total = {"label": "Total", "share": 1.0}
    long = pd.DataFrame({"label": [f"Region {place}" for place in range(40)], "share": 0.025})
    notebook = new_notebook(
        cells=[
            new_markdown_cell(f"# Composition\n\n{HOSTILE} [x](javascript:window.hacked=1)"),
            new_markdown_cell("## Who carries it?"), shown(chart),
            new_markdown_cell("## And in figures?"),
            shown(table(rows, columns, "Shares", total=total, sortable=True)),
            shown(table(long, {name: columns[name] for name in long}, "Regions", total=total)),
            new_code_cell("", outputs=[
                new_output("display_data", data={"text/html": "<script>window.hacked=1</script><b>raw</b>"}),
                new_output("stream", name="stdout", text="wide " * 200),
            ]),
        ]
    )  # fmt: skip
    links = (PageLink("01_composition.html", "Composition"), PageLink("02_long.html", LONG))
    pages = Pages(words("en"), Place("Example & Sons", "October 2026", "Whole company"), links)
    failure = Failure("02_long.ipynb", 3, "Where", "ValueError", HOSTILE * 3)
    target = tmp_path_factory.mktemp("pages")
    nbformat.validate(notebook)
    (target / "01_composition.html").write_text(pages.notebook(notebook, links[0]), encoding="utf-8")
    front = front_page(pages, words("en"), [failure], {link.file: "Lead" for link in links}, "company")
    (target / "index.html").write_text(front, encoding="utf-8")
    return target


@pytest.fixture(params=["index.html", "01_composition.html"])
def file(request, folder):
    return (folder / request.param).as_uri()


def open_page(browser, address, **settings):
    page = browser.new_context(**settings).new_page()
    page.seen, page.said = [], []
    page.on("request", lambda request: page.seen.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(address)
    return page


def test_a_page_asks_for_nothing_and_runs_nothing_from_the_data(browser, file):
    page = open_page(browser, file)
    asked = [url for url in page.seen if not url.startswith("data:")]
    assert asked == [file]
    assert page.evaluate("window.hacked") is None
    # The policy says so when it stops the script that a cell wrote as raw HTML; there is nothing else to say.
    assert all("Content Security Policy" in said for said in page.said)
    assert len(page.said) == (1 if "composition" in file else 0)


@pytest.mark.parametrize("width", [360, 390, 768, 1280])
def test_no_page_scrolls_sideways(browser, file, width):
    page = open_page(browser, file, viewport={"width": width, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_wide_tables_scroll_in_a_box_that_the_keyboard_reaches(browser, folder):
    """Beside a phone, where each row is a card."""
    page = open_page(
        browser, (folder / "01_composition.html").as_uri(), viewport={"width": 768, "height": 800}
    )
    box = page.locator(".wb-table").first
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    box.focus()
    assert page.evaluate("document.activeElement.className") == "wb-table"


def test_headings_and_landmarks_lead_through_the_page(browser, file):
    page = open_page(browser, file)
    assert page.locator("h1").count() == 1
    assert page.locator("main").count() == 1
    assert page.locator("header").count() == 1
    levels = page.eval_on_selector_all("h1,h2,h3,h4", "all => all.map(each => Number(each.tagName[1]))")
    assert levels[0] == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))


def test_every_anchor_of_the_contents_works(browser, folder):
    page = open_page(browser, (folder / "01_composition.html").as_uri())
    anchors = page.eval_on_selector_all(".contents a", "all => all.map(each => each.getAttribute('href'))")
    assert anchors == ["#who-carries-it", "#and-in-figures"]
    for anchor in anchors:
        assert page.locator(anchor).count() == 1


CONTRAST = """() => {
  const parse = text => text.match(/[\\d.]+/g).slice(0, 3).map(Number);
  const linear = v => (v /= 255) <= .04045 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const light = rgb => { const [r, g, b] = rgb.map(linear);
    return .2126 * r + .7152 * g + .0722 * b; };
  const paper = light(parse(getComputedStyle(document.body).backgroundColor));
  return [...document.querySelectorAll("p, h1, h2, li, a, td, th, dt, dd, figcaption, caption, svg text")]
    .filter(each => each.textContent.trim() && each.getClientRects().length && !each.closest(".skip"))
    .map(each => { const style = getComputedStyle(each);
      const ink = light(parse(each.tagName === "text" ? style.fill : style.color));
      const ratio = (Math.max(ink, paper) + .05) / (Math.min(ink, paper) + .05);
      return [ratio, each.tagName, each.textContent.slice(0, 40)]; })
    .filter(([ratio]) => ratio < 4.5);
}"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_can_be_read_in_light_and_in_dark(browser, file, scheme):
    page = open_page(browser, file, color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor") != "rgb(255, 255, 255)"
    assert dark == (scheme == "dark")


def test_print_is_dark_on_white_even_for_a_reader_in_the_dark(browser, file):
    page = open_page(browser, file, color_scheme="dark")
    page.emulate_media(media="print", color_scheme="dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"


def test_a_click_on_a_head_sorts_and_the_total_stays_last(browser, folder):
    page = open_page(browser, (folder / "01_composition.html").as_uri())
    first = page.locator("tbody tr").first.locator("td").first
    assert first.inner_text() == "20.0%"
    page.get_by_role("button", name="Share").click()
    assert first.inner_text() == "50.0%"
    assert page.locator("tbody tr").last.locator("th").inner_text() == "Total"
    assert page.locator("th[aria-sort=descending]").count() == 1
    page.get_by_role("button", name="Share").click()
    assert first.inner_text() == "20.0%"


def test_the_total_of_a_table_that_scrolls_is_in_sight_and_on_paper_it_is_below_all_rows(browser, folder):
    page = open_page(browser, (folder / "01_composition.html").as_uri())
    box, total = page.locator(".wb-table", has_text="Regions"), page.locator(".wb-total > th").last

    def below(one, other):
        return one.bounding_box()["y"] - other.bounding_box()["y"]

    assert below(total, box) + total.bounding_box()["height"] <= box.bounding_box()["height"]
    assert below(total, page.get_by_text("Region 39")) < 0, "not all rows are in sight"
    page.emulate_media(media="print")
    assert below(total, page.get_by_text("Region 39")) > 0


def test_text_in_charts_does_not_reach_beyond_the_chart(browser, folder):
    page = open_page(browser, (folder / "01_composition.html").as_uri())
    outside = page.evaluate(
        """() => [...document.querySelectorAll("svg.chart")].flatMap(svg => {
        const box = svg.getBoundingClientRect();
        return [...svg.querySelectorAll("text")].filter(text => { const own = text.getBoundingClientRect();
          return own.left < box.left - 1 || own.right > box.right + 1; }).map(text => text.textContent); })"""
    )
    assert outside == []
