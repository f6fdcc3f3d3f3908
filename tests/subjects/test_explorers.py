"""Each notebook's explorer, on the sample: every control changes what is shown, in English and in Chinese."""

import base64
import html
import re
import sys

import pandas as pd
import pytest
from books import book_on

from helpers.book import open_book
from helpers.present.widgets import reset_choices
from helpers.settings.config import Settings
from helpers.subjects import explorers
from helpers.subjects.composition.bridge_views import movers_table


@pytest.fixture(autouse=True)
def _nothing_chosen_yet():
    reset_choices()


@pytest.fixture(scope="module")
def book():
    return open_book(month="2026-10")


def shown(box):
    return "".join(canvas.value for canvas in box.canvases)


def move(control):
    """Move a control to another value, if it has one."""
    if hasattr(control, "max"):
        control.value = control.min if control.value != control.min else control.max
    elif isinstance(control.value, tuple):
        control.value = (control.options[0][1],)
    elif hasattr(control, "options"):
        values = [value for _label, value in control.options]
        control.value = values[(values.index(control.value) + 1) % len(values)]
    else:
        control.value = "co"


@pytest.mark.slow
@pytest.mark.parametrize("name", explorers.__all__)
def test_every_control_changes_what_is_shown(book, name):
    box = getattr(explorers, name)(book)
    for control_name, control in box.controls.items():
        if control_name == "horizon":
            continue  # another horizon is learnt anew: seconds
        box.start_anew()
        if len(getattr(control, "options", "many")) == 1:
            continue  # in the sample nobody is there to choose, or nothing before another choice is made
        before = shown(box)
        move(control)
        assert box.note.value == "", control_name
        assert shown(box) != before, control_name


@pytest.mark.parametrize("name", explorers.__all__)
def test_nobody_to_show_is_said_in_words(name):
    box = getattr(explorers, name)(open_book(month="2026-10", scope="salesperson:S02"))
    assert box.note.value == ""
    assert box._repr_mimebundle_()["text/plain"]


@pytest.mark.slow
def test_an_explorer_begins_with_the_window_of_the_settings_however_long(facts_of):
    facts = facts_of("2026-10", order_lines=[{"order_id": "1", "order_date": "2026-10-02", "customer_id": "a",
                     "quantity": 1, "net_amount": 5}], settings=Settings(periods={"window_months": 36}))  # fmt: skip
    book = book_on(facts)
    assert explorers.composition(book).controls["months"].value == 36


@pytest.mark.slow
def test_an_explorers_labels_are_in_the_readers_language(facts_of):
    facts = facts_of("2026-10", order_lines=[{"order_id": "1", "order_date": "2026-10-02", "customer_id": "a",
                     "quantity": 1, "net_amount": 5}])  # fmt: skip
    book = book_on(facts, language="zh")
    for name in explorers.__all__:
        box = getattr(explorers, name)(book)
        labels = " ".join(control.description for control in box.controls.values())
        assert not re.search("[a-z]{3}", labels), (name, labels)
        assert box.note.value == ""


def test_tiers_that_are_set_never_reach_beyond_all_sales(book):
    box = explorers.tiers(book)
    box.controls["b"].value = 20
    box.controls["a"].value = 90
    assert (box.controls["b"].value, box.controls["b"].max) == (10, 10)
    box.start_anew()
    assert (box.controls["a"].value, box.controls["b"].value) == (75, 20)


def test_from_a_card_one_comes_to_its_order_lines_sorted_and_as_a_file(book):
    box = explorers.cards(book)
    assert len(box.controls["lines"].options) == 1  # no card is open yet
    customer = box.controls["card"].options[1][1]
    box.click("", customer)
    mine = order_lines_of(book, customer)
    first = re.search(r'<tbody>.*?<th scope="row"[^>]*>(.*?)</th>', box.canvases[2].value, re.DOTALL)[1]
    assert first == book.numbers.date(mine["order_date"].max())
    box.controls["lines"].value = "largest"
    assert book.numbers.count(mine["net_amount"].max(), 2) in box.canvases[2].value
    box.export_lines.click()
    content = base64.b64decode(re.search(r"base64,([^\"]*)", box.download.value)[1]).decode("utf-8-sig")
    assert len(content.splitlines()) == 1 + len(mine)
    assert f"{len(mine):,}" in box.download.value


def order_lines_of(book, customer):
    lines = book.tables.order_lines
    return lines.filter(lines.customer_id == customer).to_pandas()


def names_in(markup):
    return re.findall(r'data-customer="([^"]*)"', markup)


def test_a_step_or_a_group_clicked_lists_its_customers_and_clicked_again_no_more(book):
    box = explorers.composition(book)
    step = next(each for each in hovers(box.canvases[0].value) if each.startswith("Stopped buying"))
    before = box.canvases[2].value
    box.click(step)
    lost = book.bridge().customers.query("movement == 'lost'")["customer_id"].tolist()
    assert names_in(box.canvases[2].value) == lost
    box.click(step)
    assert box.canvases[2].value == before
    box.click("DIY shops")  # a row; the group counts, not the control that narrows everything to a class
    listed = set(names_in(box.canvases[2].value))
    assert 0 < len(listed) <= 50
    assert listed <= set(book.frame("customers").query("trade_class == 'DIY shops'")["customer_id"])
    assert box.controls["trade_class"].value == ""


def test_whose_group_is_not_recorded_and_who_bought_through_a_channel_are_listed_as_others_are(book):
    box = explorers.composition(book)
    box.controls["by"].value = "industry"
    box.click("Not recorded")
    nowhere = book.bridge("industry").customers.query("group.isna()")["customer_id"].tolist()
    assert names_in(box.canvases[2].value) == nowhere[:50] != []
    box.controls["by"].value = "channel"
    box.click("web shop")
    lines = book.tables.order_lines
    lines = lines.filter(lines.channel == "web shop").to_pandas().astype({"net_amount": "float64"})
    ends = pd.to_datetime(["2024-10-31", "2025-10-31", "2026-10-31"])
    lines["year"] = pd.cut(pd.to_datetime(lines["order_date"]), ends, labels=["before", "now"])
    sums = lines.pivot_table("net_amount", "customer_id", "year", "sum", observed=False).round(4)
    change = (sums["now"] - sums["before"]).abs().round(4)
    known = book.channel_customers("web shop").set_index("customer_id")
    assert known["net_amount"].sum() == pytest.approx(sums["now"].sum())
    change = change[known.index].sort_values(ascending=False)
    assert known["change_amount"].abs().tolist() == pytest.approx(change.tolist())
    assert names_in(box.canvases[2].value) == known.index[:50].tolist()
    assert "web shop" in box.canvases[2].value


def test_running_the_cell_again_keeps_the_step_that_was_clicked(book):
    explorers.composition(book).click("Stopped buying: −1")
    again = explorers.composition(book)
    assert again.controls["members"].value == ("lost", "")
    assert "Stopped buying" in again.canvases[2].value


def hovers(markup):
    return [html.unescape(each) for each in re.findall(r"<title>(.*?)</title>", markup)]


def test_a_customers_bar_opens_its_card_beside_as_its_name_in_a_list_does(book):
    box = explorers.value(book)
    bar = hovers(box.canvases[0].value)[1]
    box.click(bar)
    customer = box.controls["card"].value
    name = book.frame("customers").set_index("customer_id")["name"].loc[customer]
    assert bar.startswith(name)
    assert html.escape(name) in box.canvases[2].value
    assert f"{len(order_lines_of(book, customer)):,}" in box.canvases[3].value
    box.click("A")
    assert box.controls["tier"].value == "A"
    assert box.controls["card"].value == customer  # it stays open beside what is clicked next


def test_a_product_clicked_lists_who_buys_it_and_their_sales_are_the_products(book):
    box = explorers.trade(book)
    first = book.products().products.iloc[0]
    box.click(f"{first['name']}: 1")
    buyers = book.buyers(first["product_id"])
    assert names_in(box.canvases[0].value) == buyers["customer_id"].head(50).tolist()
    unnamed = book.tables.order_lines
    mine = unnamed.filter(unnamed.product_id == first["product_id"])
    nobody = mine.filter(mine.customer_id.isnull()).to_pandas()  # noqa: PD003
    nobody = nobody[nobody["order_date"] >= "2025-11-01"]["net_amount"].astype(float).sum()
    assert float(buyers["net_amount"].sum()) + nobody == pytest.approx(first["net_amount"])


def test_the_rows_behind_each_product_and_each_class_add_up_to_its_figure(book):
    products = book.products().products.set_index("product_id")["net_amount"]
    behind = book.buyers_of_each(most_products=5, most=3).groupby("product_id", sort=False)["net_amount"]
    assert behind.sum().to_numpy() == pytest.approx(products.head(5).to_numpy())
    assert behind.size().tolist() == [4] * 5
    movers = movers_table(book.bridge(), book.numbers)
    assert movers.rows_by == ("label",)
    classes = book.composition("trade_class").groups.query("kind == 'group'").set_index("group")["net_amount"]
    sums = movers.frame.groupby("label")["net_amount"].sum().reindex(classes.index)
    assert sums.to_numpy() == pytest.approx(classes.to_numpy(), abs=1e-3)


def test_a_chinese_mark_is_read_by_its_name_too():
    box = explorers.value(open_book(month="2026-10", language="zh"))
    box.click("B：12家")
    assert box.controls["tier"].value == "B"


def test_a_click_on_what_no_control_offers_changes_nothing(book):
    box = explorers.tiers(book)
    before = shown(box)
    box.click("Customer")
    assert shown(box) == before
    assert box.note.value == ""


def test_a_class_picked_is_the_only_one_shown(book):
    box = explorers.tiers(book)
    box.controls["trade_class"].value = "DIY shops"
    box.controls["tier"].value = "C"
    listed = set(book.frame("customers").query("trade_class == 'DIY shops'")["name"])
    names = re.findall(r'<th scope="row"[^>]*>(?:<span[^>]*>)?([^<]+)<', box.canvases[1].value)
    assert names
    assert set(names) <= listed


def test_a_part_of_the_customers_adds_up_to_its_own_sales(book):
    whole = book.composition("region", {"trade_class": "DIY shops"}).total["net_amount"].iloc[0]
    groups = book.composition("trade_class").groups.set_index("group")["net_amount"]
    assert whole == pytest.approx(groups["DIY shops"], abs=1e-4)
    parts = book.bridge("region", only={"trade_class": "DIY shops"}).groups
    assert parts["net_amount"].iloc[-1] == pytest.approx(whole, abs=1e-4)


def test_shares_are_those_of_the_grouping_and_the_channel_that_are_picked(book):
    box = explorers.composition(book)
    now = box.canvases[1].value
    box.controls["grouping"].value = "then"
    then = book.composition(grouping="then").groups.set_index("group")["change_percent"]
    assert book.numbers.change_in_percent(then["Specialist shops"]) in box.canvases[1].value != now
    box.controls["grouping"].value = "now"
    assert box.canvases[1].value == now
    box.controls["by"].value = "channel"
    assert "web shop" in box.canvases[1].value
    assert "Specialist shops" in box.canvases[2].value


def test_of_very_many_customers_the_largest_are_offered_and_how_many_there_are_is_said(book, monkeypatch):
    monkeypatch.setattr(sys.modules[explorers.trade.__module__], "_OFFERED", 3)
    box = explorers.trade(book)
    box.controls["trade_class"].value = "DIY shops"
    labels, values = zip(*box.controls["customer"].options, strict=True)
    largest = book.trade().customers.query("trade_class == 'DIY shops'")["customer_id"].head(3)
    assert list(values[1:]) == largest.tolist()
    whole = (book.frame("customers")["trade_class"] == "DIY shops").sum()
    assert f"3 largest of {whole}" in labels[0]
    before = shown(box)
    box.controls["customer"].value = values[2]
    assert box.note.value == ""
    assert shown(box) != before
