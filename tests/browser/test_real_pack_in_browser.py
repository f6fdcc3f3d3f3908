"""A real pack of the sample in a reader's browser: usable by everyone, on a phone and on paper."""

import pytest

from helpers.report.monthly import ReportRequest, make_report

pytestmark = [pytest.mark.browser, pytest.mark.slow]

axe_playwright = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is not installed")


@pytest.fixture(scope="module")
def pack(browser, tmp_path_factory):
    request = ReportRequest(month="2026-10", scope="salesperson:S01", out=tmp_path_factory.mktemp("reports"))
    return make_report(request, lambda step: None).folder


@pytest.fixture(scope="module")
def addresses(pack):
    return {path.name: path.as_uri() for path in sorted(pack.glob("*.html"))}


def opened(browser, address, **settings):
    page = browser.new_context(**settings).new_page()
    page.seen, page.said = [], []
    page.on("request", lambda request: page.seen.append(request.url))
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(address)
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_has_a_serious_fault_for_a_reader_who_does_not_see_it_as_we_do(browser, addresses, scheme):
    wrong = {}
    for name, address in addresses.items():
        page = opened(browser, address, color_scheme=scheme)
        # What does not depend on colours is the same in the dark: looked at once.
        options = None if scheme == "light" else {"runOnly": ["color-contrast"]}
        found = axe_playwright.Axe().run(page, options=options).response["violations"]
        serious = [
            (each["id"], [node["target"] for node in each["nodes"]][:3])
            for each in found
            if each["impact"] in ("serious", "critical")
        ]
        if serious:
            wrong[name] = serious
        page.context.close()
    assert wrong == {}


def test_no_page_asks_for_anything_or_complains(browser, addresses):
    for name, address in addresses.items():
        page = opened(browser, address)
        assert [url for url in page.seen if not url.startswith("data:")] == [address], name
        assert page.said == [], name
        page.context.close()


def test_no_page_scrolls_sideways_on_a_phone(browser, addresses):
    for name, address in addresses.items():
        page = opened(browser, address, viewport={"width": 360, "height": 740})
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, name
        page.context.close()


def test_on_paper_no_row_is_cut_and_heads_are_repeated(browser, addresses):
    for name, address in addresses.items():
        page = opened(browser, address)
        page.emulate_media(media="print")
        cut = page.eval_on_selector_all(
            "tr", "rows => rows.filter(row => getComputedStyle(row).breakInside !== 'avoid').length"
        )
        heads = page.eval_on_selector_all("thead", "all => all.map(each => getComputedStyle(each).display)")
        assert cut == 0, name
        assert set(heads) == {"table-header-group"}, name
        page.context.close()


def test_the_keyboard_sorts_a_long_table(browser, addresses):
    page = opened(browser, addresses["02_abc_tiering.html"])
    page.locator("table[data-sortable] th button").first.focus()
    page.keyboard.press("Enter")
    assert page.locator("th[aria-sort=descending]").count() == 1


def test_every_link_of_the_front_page_leads_to_a_page_of_the_pack(browser, addresses):
    page = opened(browser, addresses["index.html"])
    links = page.eval_on_selector_all("main a", "all => all.map(each => each.getAttribute('href'))")
    assert "more" in page.locator("ol.findings").inner_text()
    assert {link for link in links if not link.startswith("#")} <= set(addresses)
