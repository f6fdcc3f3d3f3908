"""A real pack of the sample in a reader's browser: usable by everyone, on a phone and on paper.

Every page is opened once and looked at from all sides: opening is what takes time.
"""

import subprocess

import optional
import pytest

from helpers.report.pages.html import style_sheet

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAPER_WIDTH = 680
"""A4 less its margins, in pixels of a page."""


def opened(browser, address, **settings):
    page = browser.new_context(**settings).new_page()
    page.seen, page.said = [], []
    page.on("request", lambda request: page.seen.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(address)
    return page


def serious(page, **options):
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(page, **options).response["violations"]
    return [
        (each["id"], [node["target"] for node in each["nodes"]][:3])
        for each in found
        if each["impact"] in ("serious", "critical")
    ]


#: The headings of questions that begin at the same height as the one before, and whether a table of either is open.
BESIDE_EACH_OTHER = """() => [...document.querySelectorAll("main > section")].flatMap((each, place, all) => {
    const before = all[place - 1];
    if (!before || each.offsetTop !== before.offsetTop) return [];
    const table = [before, each].some(one => one.querySelector(":scope > .wb-table"));
    return [[each.querySelector("h2").textContent, table]];
})"""


@pytest.fixture(scope="module")
def visits(browser, salespersons_pack):
    """What was found on each page, and on those above the pack, by file."""
    optional.need("axe")
    reports = salespersons_pack.parents[1]
    above = [reports / "index.html", *(reports / "months").glob("*.html")]
    pages = [*sorted(salespersons_pack.glob("*.html")), *above]
    found = {}
    for path in pages:
        page = opened(browser, path.as_uri(), color_scheme="light")
        seen = {"light": serious(page)}
        page.emulate_media(color_scheme="dark")
        # What does not depend on colours is the same in the dark: looked at once.
        seen["dark"] = serious(page, options={"runOnly": ["color-contrast"]})
        page.emulate_media(media="print")
        seen["cut rows"] = page.eval_on_selector_all(
            "tr", "rows => rows.filter(row => getComputedStyle(row).breakInside !== 'avoid').length"
        )
        seen["heads"] = set(
            page.eval_on_selector_all("thead", "all => all.map(each => getComputedStyle(each).display)")
        )
        page.set_viewport_size({"width": PAPER_WIDTH, "height": 1000})
        seen["too wide for paper"] = page.eval_on_selector_all(
            "table, svg",
            "(all, width) => all.filter(e => e.getBoundingClientRect().right > width + 1).length",
            PAPER_WIDTH,
        )
        page.emulate_media(media="screen")
        page.set_viewport_size({"width": 1280, "height": 900})
        page.eval_on_selector_all("details", "all => all.forEach(each => { each.open = true })")
        seen["cut at 1280"] = page.eval_on_selector_all(
            ".wb-table, .scroll",
            "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel)",
        )
        page.eval_on_selector_all("main details", "all => all.forEach(each => { each.open = false })")
        page.set_viewport_size({"width": 1440, "height": 900})
        seen["beside"] = page.evaluate(BESIDE_EACH_OTHER)
        page.set_viewport_size({"width": 360, "height": 740})
        seen["width"] = page.evaluate("document.documentElement.scrollWidth")
        seen["charts cut"] = page.eval_on_selector_all(
            ".chart .scroll:has(svg:not(.wide))",
            "all => all.filter(e => e.scrollWidth > e.clientWidth + 1).map(e => e.ariaLabel)",
        )
        seen["asked"] = [url for url in page.seen if not url.startswith("data:") and url != path.as_uri()]
        seen["said"] = page.said
        found[path.relative_to(reports).as_posix()] = seen
        page.context.close()
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault_for_a_reader_who_does_not_see_it_as_we_do(visits, scheme):
    assert len(visits) >= 5
    assert {name: seen[scheme] for name, seen in visits.items() if seen[scheme]} == {}


def test_no_page_asks_for_anything_or_complains(visits):
    assert {name: seen for name, seen in visits.items() if seen["asked"] or seen["said"]} == {}


def test_no_page_scrolls_sideways_on_a_phone(visits):
    assert {name: seen["width"] for name, seen in visits.items() if seen["width"] > 360} == {}


def test_a_phone_shows_charts_whole_but_those_of_many_columns(visits):
    assert {name: seen["charts cut"] for name, seen in visits.items() if seen["charts cut"]} == {}


def test_at_1280_pixels_no_column_and_no_chart_is_cut(visits):
    assert {name: seen["cut at 1280"] for name, seen in visits.items() if seen["cut at 1280"]} == {}


def test_at_1440_pixels_questions_answered_by_pictures_stand_in_pairs_and_tables_take_the_width(visits):
    pairs = {name: seen["beside"] for name, seen in visits.items() if seen["beside"]}
    assert any("06_" in name for name in pairs)
    assert not any(table for pair in pairs.values() for _question, table in pair)


def test_every_name_leads_to_a_card_that_is_there_and_opens(browser, salespersons_pack):
    page = opened(browser, (salespersons_pack / "04_churn_signals.html").as_uri())
    links = page.eval_on_selector_all(
        "a[href^='cards.html']", "all => all.map(each => each.getAttribute('href'))"
    )
    assert len(links) > 5
    first = page.locator("main a[href^='cards.html']:visible").first
    name = first.inner_text()
    first.click()
    card = page.locator("details.card[open]")
    assert name in card.locator("summary").inner_text()
    assert card.locator("tbody tr").count() > 0
    there = set(
        page.eval_on_selector_all(
            "details.card", "all => all.map(each => 'cards.html#' + encodeURIComponent(each.id))"
        )
    )
    assert set(links) <= there


def test_on_paper_no_row_is_cut_and_heads_are_repeated(visits):
    assert {name: seen["cut rows"] for name, seen in visits.items() if seen["cut rows"]} == {}
    assert set().union(*(seen["heads"] for seen in visits.values())) == {"table-header-group"}


def test_on_paper_no_table_or_chart_is_wider_than_the_page(visits):
    assert {name: seen for name, seen in visits.items() if seen["too wide for paper"]} == {}


def test_on_paper_every_page_of_a_long_table_begins_with_its_heads(browser, salespersons_pack, tmp_path):
    optional.need("pdftotext")
    page = opened(browser, (salespersons_pack / "cards.html").as_uri())
    page.eval_on_selector_all("details.card", "all => all.forEach(each => { each.open = true })")
    longest = "[...document.querySelectorAll('.card table')].sort((a, b) => b.rows.length - a.rows.length)[0]"
    names = page.evaluate(
        f"[...{longest}.querySelectorAll('td:nth-child(2)')].map(each => each.textContent.trim())"
    )
    names = [name for name in names if name]
    head = page.evaluate(f"{longest}.querySelector('thead th:nth-child(2)').textContent.trim()")
    page.pdf(path=tmp_path / "page.pdf", format="A4")
    read = subprocess.run(
        ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, check=True
    )
    sheets = read.stdout.decode().split("\f")
    of_table = [sheet for sheet in sheets if sum(name in sheet for name in names) > 1]
    assert len(of_table) > 1, "the table must be long enough to see anything"
    assert [sheet[:200] for sheet in of_table if head not in sheet] == []


def test_on_paper_a_table_that_goes_on_has_two_rows_at_least_on_each_sheet(browser, tmp_path):
    optional.need("pdftotext")
    rows = "".join(f"<tr><th>customer {number}</th><td>{number}</td></tr>" for number in range(1, 11))
    page = browser.new_page()
    page.set_content(
        f"<style>{style_sheet()}</style><main><div id=above></div><h2>heading</h2><div class=wb-table><table>"
        f"<caption>caption</caption><thead><tr><th>name</th><th>number</th></tr></thead><tbody>{rows}</tbody></table></div></main>"
    )
    seen = set()
    for height in range(560, 940, 20):
        page.eval_on_selector("#above", f"above => above.style.height = '{height}px'")
        page.pdf(path=tmp_path / "page.pdf", format="A4", prefer_css_page_size=True)
        read = subprocess.run(
            ["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, check=True
        )
        sheets = [
            sheet for sheet in read.stdout.decode().split("\f") if "heading" in sheet or "customer" in sheet
        ]
        counts = tuple(sheet.count("customer") for sheet in sheets)
        assert sum(counts) == 10 and min(counts) >= 2, (height, counts)
        seen.add(counts)
    assert {(10,), (5, 5)} <= seen, "on some sheets it goes on, on others it stands whole"


def test_the_keyboard_sorts_a_long_table(browser, salespersons_pack):
    page = opened(browser, (salespersons_pack / "05_customer_card.html").as_uri())
    page.locator("table[data-sortable] th button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort=descending]").count() == 1


def test_the_front_page_answers_on_one_screen_and_on_one_sheet(browser, salespersons_pack):
    page = opened(
        browser, (salespersons_pack / "index.html").as_uri(), viewport={"width": 1440, "height": 900}
    )
    rows = page.locator(".wb-beside table.wb-cards tbody tr")
    drawn = page.locator(".wb-beside figure.chart")
    assert rows.count() == 5
    # Did we make the month, why not, who, what now: figures, pictures and the first actions are seen without scrolling.
    for part in (page.locator(".headlines"), *drawn.all(), *rows.all()):
        box = part.bounding_box()
        assert box["y"] + box["height"] <= 900
    states = page.locator(".headlines > :is(.ahead, .behind)")
    assert states.count() > 0
    assert all(text[0] in "▲▼" for text in states.locator(".verdict").all_inner_texts())
    assert len(page.inner_text("body").split()) <= 700
    sheets = page.pdf(format="A4", prefer_css_page_size=True)
    assert sheets.count(b"/Type /Page\n") == 1


def test_the_front_page_leads_to_pages_that_are_there_and_shows_actions_as_cards(browser, salespersons_pack):
    address = (salespersons_pack / "index.html").as_uri()
    page = opened(browser, address, viewport={"width": 360, "height": 740})
    links = page.eval_on_selector_all("main a", "all => all.map(each => each.getAttribute('href'))")
    there = [link for link in links if not link.startswith("#") and "2026-09" not in link]
    assert "more" in page.locator("ol.findings").inner_text()
    assert "tables.xlsx" in there
    assert [link for link in there if not (salespersons_pack / link.split("#")[0]).is_file()] == []
    cells = page.locator("table.wb-cards tbody tr").first.locator("td")
    assert cells.first.evaluate("cell => getComputedStyle(cell, '::before').content.length") > 4
    assert cells.last.bounding_box()["y"] > cells.first.bounding_box()["y"]
