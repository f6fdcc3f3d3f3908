"""Pages stand alone: no request, no code, no script of others, and a head for everything."""

import base64
import hashlib
import re

import pytest

from helpers.present.charts import theme
from helpers.present.charts.chart import finish
from helpers.report.pages.html import chart_figure, safe_markdown


@pytest.fixture(scope="module")
def pages(pack):
    return {path.name: path.read_text(encoding="utf-8") for path in pack[0].folder.glob("*.html")}


def test_no_page_names_an_address_outside(pages):
    for name, page in pages.items():
        plain = page.replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|//[a-z]+\.[a-z]", plain), name
        assert not re.search(r"<(link|iframe|object|embed|base|form)\b(?! rel=\"icon\")", plain), name
        assert "@import" not in plain


def test_the_policy_lets_run_our_script_and_no_other(pages):
    for page in pages.values():
        (script,) = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"script-src 'sha256-{digest}'" in page
        assert "default-src 'none'" in page
        assert page.index("Content-Security-Policy") < page.index("<style>")


def test_text_from_the_data_is_never_markup(pages):
    for page in pages.values():
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert 'href="javascript' not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in pages["01_composition.html"]
    assert "$a$" in pages["01_composition.html"]


def test_no_code_is_in_a_page(pages):
    page = pages["01_composition.html"]
    assert "import pandas" not in page
    assert "month = '2026-10'" not in page


def test_every_entry_of_the_contents_leads_to_its_heading(pages):
    page = pages["01_composition.html"]
    targets = re.findall(r'<li class="level-\d"><a href="#([^"]+)"', page)
    assert targets == ["which-names-are-hostile", "which-names-are-hostile-2"]
    for target in targets:
        assert page.count(f'id="{target}"') == 1


def test_no_id_stands_twice_on_a_page(pages):
    for name, page in pages.items():
        ids = re.findall(r'\bid="([^"]+)"', page)
        assert len(ids) == len(set(ids)), name


def test_a_page_says_what_it_is_and_where_the_others_are(pages):
    page = pages["01_composition.html"]
    assert "<title>Customer composition · Whole company · October 2026</title>" in page
    assert '<html lang="en">' in page
    assert 'href="index.html"' in page
    assert 'href="02_failing.html"' in page
    assert "Example &amp; Sons" in page


def test_the_front_page_leads_to_pages_tables_and_the_page_that_knows_all_months(pages):
    front = pages["index.html"]
    assert "Who carries the sales?" in front
    assert re.findall(r'<a href="([^"#]+)"', front) == [
        "01_composition.html", "02_failing.html", "tables.xlsx", "../../months/company.html",
    ]  # fmt: skip
    assert front.count("<h1>") == 1


def test_a_richer_result_goes_before_its_plain_text(pages):
    page = pages["01_composition.html"]
    assert "In words." in page
    assert '<pre class="plain" tabindex="0">&lt;object at 0x…&gt;' in page
    assert page.count("<pre") == 2


def test_the_table_style_stands_once_on_a_page(pages):
    assert pages["01_composition.html"].count(".wb-table caption { caption-side") == 1


def test_a_charts_title_becomes_text_of_the_page():
    with theme.style():
        chart = finish(theme.figure(100), "Half < all", "Words.")
    figure = chart_figure(chart.svg)
    assert "<figcaption>Half &lt; all</figcaption>" in figure
    assert 'viewBox="0 0 720 100"' in figure
    assert "chart-title" not in figure
    assert "<desc>Words.</desc>" in figure


@pytest.mark.parametrize(
    "source", ["[x](javascript:alert(1))", "[x](data:text/html,x)", "<img src=x onerror=y>"]
)
def test_markdown_leads_nowhere_harmful(source):
    shown = safe_markdown(source)
    assert not re.search(r'href="(javascript|data):', shown)
    assert "<img" not in shown
