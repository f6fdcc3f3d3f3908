"""Pages stand alone: no request, no code, no script of others, and a head for everything."""

import base64
import hashlib
import re

import nbformat
import pytest

from helpers.present.charts import theme
from helpers.present.charts.chart import finish
from helpers.present.words import words
from helpers.report.pages.html import Pages, Place, card_context, chart_figure, safe_markdown
from helpers.subjects.card.short_cards import ShortCard


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
    assert f'viewBox="0 0 {theme.WIDTH:g} 100"' in figure
    assert "chart-title" not in figure
    assert "<desc>Words.</desc>" in figure


@pytest.mark.parametrize(
    "source", ["[x](javascript:alert(1))", "[x](data:text/html,x)", "<img src=x onerror=y>"]
)
def test_markdown_leads_nowhere_harmful(source):
    shown = safe_markdown(source)
    assert not re.search(r'href="(javascript|data):', shown)
    assert "<img" not in shown


def page_of(body, **known):
    notebook = nbformat.v4.new_notebook(
        cells=[
            nbformat.v4.new_markdown_cell(piece) if piece.startswith("#") else nbformat.v4.new_code_cell(
                outputs=[nbformat.v4.new_output("display_data", {"text/html": piece})]
            )
            for piece in body
        ]
    )  # fmt: skip
    return str(Pages(words("en"), Place("", "", ""), (), **known).body(notebook))


def test_a_name_leads_to_its_card_and_the_name_of_whoever_has_none_nowhere():
    named = '<span data-customer="C 1&amp;2">Smith</span><span data-customer="C3">Jones</span>'
    page = page_of([named], cards={"C 1&2"})
    assert '<a href="cards.html#card-C%25201%25262">Smith</a>' in page
    assert "Jones" in page
    assert page.count("<a") == 1


def test_a_list_says_on_which_sheet_all_of_it_is():
    page = page_of(
        ['<p class="wb-all" data-table="t1">All 57: tables.xlsx</p>'], sheets={"t1": "2.5 Who & why"}
    )
    assert 'All 57: <a href="tables.xlsx">tables.xlsx</a>, sheet 2.5 Who &amp; why' in page


def test_questions_without_data_stand_together_at_the_end_of_a_page():
    needs = '<ul class="wb-findings wb-needs"><li>This needs the column region.</li></ul>'
    page = page_of(["# Page", "## Where are they?", needs, "## Who are they?", "<p>Shops.</p>"])
    heads = re.findall(r"<h2[^>]*>(.*?)</h2>", page)
    assert heads == ["Who are they?", "What more data would give"]
    assert page.endswith(
        "<li><strong>Where are they?</strong> This needs the column region.</li></ul></section>"
    )


def test_a_card_says_day_and_order_of_several_lines_once():
    lines = (
        ("2 Oct", "O1", "Saw", "2", "90"),
        ("2 Oct", "O1", "Saw", "1", "40"),
        ("1 Oct", "O1", "Saw", "1", "40"),
    )
    card = ShortCard(
        "C1", "Smith", (), ("Day", "Order", "Product", "Quantity", "Net sales"), lines, "3 order lines"
    )
    shown = card_context(card)
    assert shown["lines"] == [lines[0], ("", "", "Saw", "1", "40"), lines[2]]
