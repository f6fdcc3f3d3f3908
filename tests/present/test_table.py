"""Tables hold data as text, are the same on every run, and can be read without seeing them."""

import re

import pandas as pd

from helpers.present.numbers import numbers
from helpers.present.table import Column, behind, table

SPELL = numbers("en")
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) **b** $a$ &amp;"
COLUMNS = {
    "name": Column("Trade <class>"),
    "sales": Column("Net sales (EUR)", SPELL.count, bar=True),
    "share": Column("Share", SPELL.percent),
}
FRAME = pd.DataFrame(
    {"name": ["Specialist shops", HOSTILE, "上海"], "sales": [10.0, 2500.0, None], "share": [0.1, 0.9, 0]}
)
TOTAL = {"name": "Total", "sales": 2510.0, "share": 1.0}


def test_the_same_frame_gives_the_same_bytes():
    assert table(FRAME, COLUMNS, "Sales").html == table(FRAME, COLUMNS, "Sales").html


def test_two_tables_of_one_page_share_no_id():
    one, other = (
        set(re.findall(r'id="([^"]+)"', table(FRAME, COLUMNS, caption).html)) for caption in ("A", "B")
    )
    assert one
    assert not one & other


def test_text_from_the_data_is_never_markup():
    shown = table(FRAME, COLUMNS, HOSTILE, total=TOTAL).html
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown
    assert "&amp;amp;" in shown
    assert "<strong>" not in shown
    assert "href" not in shown


def test_texts_that_could_be_numbers_stay_the_texts_they_are():
    shown = table(FRAME.assign(name=["0012", "12.0", "1E5"]), COLUMNS, "Sales").html
    assert [text for text in ("0012", "12.0", "1E5") if f">{text}<" not in shown] == []


def test_heads_say_what_they_are_head_of():
    shown = table(FRAME, COLUMNS, "Sales", total=TOTAL).html
    assert len(re.findall(r'<th [^>]*scope="col"', shown)) == 3
    assert len(re.findall(r'<th [^>]*scope="row"|<th scope="row"', shown)) == 4
    assert "<caption><span>Sales</span></caption>" in shown
    assert 'tabindex="0"' in shown


def test_figures_stand_to_the_right_and_the_largest_bar_is_full():
    shown = table(FRAME, COLUMNS, "Sales").html
    assert re.search(r'class="wb-number">.*?width:100\.0%.*?2,500</span></td>', shown)
    assert "width:0.4%" in shown


def test_no_bars_are_drawn_where_nothing_is_above_zero():
    assert "wb-bar" not in table(FRAME.assign(sales=[-1.0, 0.0, None]), COLUMNS, "Sales").html


def test_only_the_last_row_is_the_total():
    shown = table(FRAME, COLUMNS, "Sales", total=TOTAL).html
    assert shown.count("wb-total") == 1
    assert shown.index("wb-total") > shown.index("上海")


def test_plain_text_is_a_table_too():
    assert table(FRAME.iloc[[0, 2]], COLUMNS, "Sales", total=TOTAL).text == (
        "Sales\n"
        "Trade <class>     Net sales (EUR)   Share\n"
        "Specialist shops               10   10.0%\n"
        "上海                            –    0.0%\n"
        "Total                       2,510  100.0%"
    )


def test_no_rows_is_a_sentence_not_an_empty_frame():
    shown = table(FRAME.head(0), COLUMNS, "Complaints", empty="The complaints table is not supplied.")
    assert "<table" not in shown.html
    assert "The complaints table is not supplied." in shown.html
    assert shown.text == "Complaints\nThe complaints table is not supplied."


def test_a_sentence_gets_room_and_a_short_text_does_not():
    frame = pd.DataFrame(
        {"who": ["Ann"], "where": ["East"], "why": ["ordered every 14 days, give or take 4; silent for 41"]}
    )
    html = table(frame, {name: Column(name) for name in frame}, "Who, where and why").html
    assert '<td class="wb-text wb-short" data-head="where">East</td>' in html
    assert '<td class="wb-text wb-sentence" data-head="why">ordered every 14' in html
    assert 'class="wb-cards"' in html, "on a phone a table with sentences is a list of cards"


def test_days_and_names_of_people_stay_on_one_line():
    frame = pd.DataFrame({"who": ["A long name of a customer"], "due": ["15 Nov 2026"]})
    made = table(frame, {"who": Column("Customer"), "due": Column("Due")}, "Due")
    assert '<td class="wb-text wb-short">15 Nov 2026</td>' in made.html
    assert made.html.count("wb-short") == 2  # the head and the cell


def test_a_table_behind_a_disclosure_is_named_by_its_caption_and_keeps_its_rows():
    shown = table(FRAME, COLUMNS, "Sales <b>")
    hidden = behind(shown)
    assert hidden.html.startswith('<details class="wb-behind"><summary>Sales &lt;b&gt;</summary>')
    assert shown.html in hidden.html
    assert hidden.text == shown.text


def test_a_table_without_rows_is_not_put_behind_anything():
    empty = table(FRAME.iloc[:0], COLUMNS, "Sales", empty="Nobody bought.")
    assert behind(empty) is empty


def test_a_customers_name_says_whose_it_is_and_the_name_stays_text():
    frame = pd.DataFrame({"customer_id": ["C<1", None], "name": [HOSTILE, "x"]})
    shown = table(frame, {"name": Column("Customer", id_column="customer_id")}, "All")
    assert '<span data-customer="C&lt;1">&lt;script&gt;' in shown.html
    assert shown.customers == ("C<1",)


def test_a_column_for_the_spreadsheet_alone_stands_in_no_page():
    columns = COLUMNS | {"share": Column("Share", SPELL.percent, listed=False)}
    shown = table(FRAME, columns, "Sales", total=TOTAL)
    assert "Share" not in shown.html + shown.text
    assert "share" in shown.columns
