"""Views of products: sales, margin, turnover, cross ratio, contribution ratio, recommendations."""

from dataclasses import replace
from functools import partial

import pandas as pd

from helpers.core.proposals import Likelihood, Proposals, Unit
from helpers.present import labels as words_of
from helpers.present.actions import Row, due_day, propose
from helpers.present.charts.bars import share_bars
from helpers.present.charts.chart import Chart
from helpers.present.findings import Findings, WeighedFinding, findings, needs_data, weighed
from helpers.present.name_lists import (
    MAX_ROWS,
    display_names,
    measures,
    truncated_table,
    unique_display_names,
)
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind, table
from helpers.subjects.card.short_cards import decimals_of
from helpers.subjects.trade.products import Products
from helpers.subjects.trade.recommendations import Recommendations

PAGE = "06_trade_performance"
#: Number of products in the chart.
_DRAWN = 10
#: Number of buyers listed per product.
_DRAWN_BUYERS = 50
#: Days after the month end until an offer is due.
OFFER_DAYS = 30


def products_needed(n: Numbers) -> Findings:
    """Return a sentence on the data that products need."""
    return needs_data(n.words("Products need product_id in the table order_lines."))


def products(result: Products | None, n: Numbers) -> list[Chart | Table | Findings]:
    """Return the products of all these customers together."""
    if result is None:
        return [products_needed(n)]
    if result.products.empty:
        return [findings(n.words("Nothing was sold to these customers in the window."))]
    return [product_findings(result, n), *product_chart(result, n), behind(product_table(result, n))]


def product_chart(result: Products, n: Numbers) -> list[Chart]:
    """Draw the products with the largest net sales, with margins if known."""
    _, rows = n.words, result.products.head(_DRAWN)
    rows = rows[rows["net_amount"] > 0]
    if len(rows) < 2:
        return []
    frame = rows.assign(
        label=_products_called(result, n).loc[rows.index],
        note=[
            "" if pd.isna(rate) else _("margin {rate}", rate=n.percent(rate, 0))
            for rate in rows["margin_rate"]
        ],
    )
    total = float(result.products["net_amount"].sum())
    title = _("The {n} largest products bring {share} of net sales",
              n=n.count(len(frame)), share=n.percent(float(frame["net_amount"].sum()) / total))  # fmt: skip
    alt = _.pairs(frame["label"], map(n.money_short, frame["net_amount"]))
    return [share_bars(frame, title=title, alt=alt, fmt=n.money_short, value="net_amount", note="note")]


def _products_called(result: Products, n: Numbers) -> pd.Series:
    names = unique_display_names(result.products.head(MAX_ROWS), "product_id")
    return names.fillna(n.words("No product named"))


def product_findings(result: Products, n: Numbers) -> Findings:
    """Return how many products carry the sales, and which contribute most and least."""
    _ = n.words
    rows = result.products
    missing = None
    if not rows["margin_rate"].notna().any():
        missing = _("Margins, cross and contribution ratios need cost_amount in the table order_lines.")
    elif not result.has_turnover:
        missing = _("Stock turnover, cross and contribution ratios need stock in the table products, and stock_date,"
                    " the day of this month on which it was counted.")  # fmt: skip
    return findings(_carriers(rows, n), _extremes(result, n), missing)


def _carriers(rows: pd.DataFrame, n: Numbers) -> str | None:
    if not rows["share"].notna().any():
        return None
    half = int((rows["cumulative_share"] < 0.5).sum()) + 1
    return n.words.ngettext(
        "{n} of {all} products brings half of net sales; the first is {product} with {share}.",
        "{n} of {all} products bring half of net sales; the first is {product} with {share}.",
        half, all=n.count(len(rows)), product=display_names(rows, "product_id").iloc[0],
        share=n.percent(rows["share"].iloc[0]),
    )  # fmt: skip


def _extremes(result: Products, n: Numbers) -> str | None:
    first, last = result.groups["first"].iloc[0], result.groups["last"].iloc[0]
    if pd.isna(first) or first == last:
        return None
    rows = result.products
    names = display_names(rows, "product_id")
    return n.words(
        "{first} contributes most (contribution ratio {most}): margin {margin}, stock turned {turnover} times a year.",
        first=names.loc[first], most=n.decimal(rows.loc[first, "contribution_ratio"], 3),
        margin=n.percent(rows.loc[first, "margin_rate"]), turnover=n.decimal(rows.loc[first, "turnover"]),
    )  # fmt: skip


def product_table(result: Products, n: Numbers) -> Table:
    """List products by net sales with their ratios."""
    _ = n.words
    rows = result.products
    shown = rows.head(MAX_ROWS).assign(label=_products_called(result, n))
    shown = shown.assign(category=shown["category"].map(_.value)) if "category" in shown else shown
    columns = {
        "label": Column(_("Product")),
        "category": Column(_("Category"), if_known=True),
        **measures(n, "net_amount", "share", "cumulative_share", bar="net_amount"),
        "margin_rate": Column(_("Margin"), n.percent, if_known=True),
        "turnover": Column(_("Stock turnover a year"), n.decimal, if_known=True),
        "cross_ratio": Column(_("Cross ratio"), n.decimal.to(2), if_known=True),
        "contribution_ratio": Column(_("Contribution ratio"), n.decimal.to(4), if_known=True),
    }
    caption = _("Products by net sales of the window, in {currency}", currency=n.currency)
    return replace(truncated_table(len(rows), shown, columns, caption, n), rows_by=("category",))


def buyers_table(buyers: pd.DataFrame, product: str, n: Numbers) -> Table:
    """List the buyers of a product, largest first."""
    _, shown = n.words, buyers.head(_DRAWN_BUYERS)
    shown = shown.assign(trade_class=shown["trade_class"].map(_.value)) if "trade_class" in shown else shown
    columns = {
        **measures(n, "customer"),
        "trade_class": Column(_("Trade class"), if_known=True),
        **measures(n, "net_amount", bar="net_amount"),
        "quantity": Column(_("Quantity"), n.decimal.to(decimals_of(shown["quantity"].dropna()))),
    }
    caption = _("Who buys {product}, in {currency}", product=product, currency=n.currency)
    return truncated_table(
        len(buyers), shown, columns, caption, n, sortable=False, read=_DRAWN_BUYERS,
        empty=_("Nobody here bought it."),
    )  # fmt: skip


def buyers_of_each(buyers: pd.DataFrame | None, n: Numbers) -> list[Table]:
    """List the buyers of each product: the page shows the first, the tables' spreadsheet all."""
    if buyers is None or buyers.empty:
        return []
    _ = n.words
    rest = n.words("Others")  # sales that name no customer among them
    columns = {
        "customer": Column(_("Customer"), id_column="customer_id"),
        "product": Column(_("Product")),
        **measures(n, "net_amount"),
    }
    goods = buyers.drop_duplicates("product_id").set_index("product_id", drop=False)
    shown = buyers.assign(
        product=buyers["product_id"].map(unique_display_names(goods, "product_id", "product_name")),
        customer=display_names(buyers).where(buyers["customer_id"].notna(), rest),
    )
    caption = _("Who buys which product, in {currency}", currency=n.currency)
    made = truncated_table(len(shown), shown, columns, caption, n, cut="rows")
    return [behind(replace(made, rows_by=("product",)))]


def group_table(result: Products | None, customers: pd.DataFrame, n: Numbers) -> Table | Findings:
    """List trade classes or customers by margin and contribution, with best and weakest product.

    ``customers`` has the names if the groups are customers.
    """
    _ = n.words
    if result is None:
        return products_needed(n)
    groups = result.groups
    names = display_names(result.products, "product_id")
    labels = words_of.value_labels(groups["group"], _)
    head, caption = _("Trade class"), _("Products by trade class, in {currency}", currency=n.currency)
    if result.by == "customer_id":
        known = customers.set_index("customer_id")["name"].dropna()
        labels = labels.map(known).where(labels.isin(known.index), labels)
        head = _("Customer")
        caption = _("Products of the largest customers, in {currency}", currency=n.currency)
    shown = groups.assign(
        label=labels,
        largest=result.products[result.products["rank"] == 1].set_index("group")["product_id"]
        .reindex(groups["group"]).to_numpy() if len(groups) else None,
        best=groups["first"].map(names), weakest=groups["last"].map(names),
    )  # fmt: skip
    called_by_id = (
        result.products.assign(label=names).drop_duplicates("product_id").set_index("product_id")["label"]
    )
    shown["largest"] = shown["largest"].map(called_by_id)
    columns = {
        "label": Column(head),
        **measures(n, "net_amount", bar="net_amount"),
        "products": Column(_("Products"), n.count),
        "largest": Column(_("Largest")),
    }
    if result.products["margin_rate"].notna().any():
        columns |= measures(n, "margin_rate")
    if result.products["contribution_ratio"].notna().any():
        columns |= {
            "contribution_ratio": Column(_("Contribution ratio"), n.decimal.to(2)),
            "best": Column(_("Contributes most")),
            "weakest": Column(_("Contributes least")),
        }
    empty = _("Nothing was sold to these customers in the window.")
    return behind(table(shown, columns, caption, empty=empty))


def push(result: Recommendations | None, n: Numbers) -> list[Table | Findings]:
    """Return product recommendations."""
    _ = n.words
    if result is None:
        return [products_needed(n)]
    if result.rows.empty:
        return [findings(_("No product is bought by enough peers of a customer that does not buy it."))]
    return [push_findings(result, n), push_table(result, n)]


def push_findings(result: Recommendations, n: Numbers) -> Findings:
    """Return the first recommendation with its evidence, and what was left out."""
    _ = n.words
    left_out = result.no_room and _.ngettext(
        "{n} proposal was left out: the customer's purchases from everyone leave no room for it.",
        "{n} proposals were left out: the customers' purchases from everyone leave no room for them.",
        result.no_room,
    )  # fmt: skip
    rows = result.rows
    return findings(
        _("Proposals: {count}; customers to whom they are made: {customers}.", count=n.count(len(rows)),
          customers=n.count(rows["customer_id"].nunique())),
        _proposal(result, n), *_tested_sentences(result, n), left_out,
    )  # fmt: skip


def _tested_sentences(result: Recommendations, n: Numbers) -> list[str]:
    """Return the results of recommendations of half a year ago; nothing without any."""
    made, bought = (result.tests.set_index("rule")[name] for name in ("proposals", "bought_share"))
    order = result.record.order
    if not made[order]:
        return []
    _ = n.words
    first = _.ngettext(
        "{n} such proposal was made {months} months ago; {share} were bought since, of everything that could be "
        "proposed {any}.",
        "{n} such proposals were made {months} months ago; {share} were bought since, of everything that could be "
        "proposed {any}.",
        int(made[order]), months=n.count(result.hidden_months), share=n.percent(bought[order]),
        any=n.percent(bought["any"]),
    )  # fmt: skip
    of_whom = []
    if result.tested_by is not None:
        of_whom = [_("In place of all customers, what became of proposals is told of {customers} sampled by their ids, "
                     "with peers among them.", customers=n.count(result.tested_by))]  # fmt: skip
    if not result.tells_record:
        return [first, *of_whom]
    realised = n.percent(result.record.realised, 0)
    if order == "margin":
        brought = _("Over all customers they brought {realised} of what was likely. They are listed by margin, "
                    "which brought clearly more than by popularity.", realised=realised)  # fmt: skip
    else:
        brought = _("Over all customers they brought {realised} of what was likely. They are listed by "
                    "popularity in the class: by margin has not brought clearly more.", realised=realised)  # fmt: skip
    return [first, brought, *of_whom]


def _proposal(result: Recommendations, n: Numbers) -> str:
    row = result.rows.iloc[0].to_dict()
    return n.words("Most is to be had at {customer}: {reason}", customer=display_names(result.rows.head(1)).iloc[0],
                   reason=_reason(row, n, exact=result.tells_peers))  # fmt: skip


def _reason(row: Row, n: Numbers, *, exact: bool) -> str:
    _ = n.words
    values = {
        "product": row["product"],
        "amount": n.money_short(row["expected_amount"]), "margin": n.money_short(row["expected_margin"]),
    }  # fmt: skip
    if pd.isna(row["buyers"]):
        if pd.isna(row["expected_margin"]):
            return _(
                "Offer {product}, which customers like it buy; {amount} a year if it buys as they do.",
                **values,
            )
        return _("Offer {product}, which customers like it buy; {margin} margin a year if it buys as they do.",
                 **values)  # fmt: skip
    for name in ("buyers", "peers"):
        values[name] = n.count(row[name]) if exact else _("about {count}", count=n.count(row[name]))
    if pd.isna(row["trade_class"]):
        if pd.isna(row["expected_margin"]):
            return _("Offer {product}: {buyers} of {peers} other customers buy it; {amount} a year if it buys as they "
                     "do.", **values)  # fmt: skip
        return _("Offer {product}: {buyers} of {peers} other customers buy it; {margin} margin a year if it buys as "
                 "they do.", **values)  # fmt: skip
    if pd.isna(row["expected_margin"]):
        return _("Offer {product}: {buyers} of {peers} customers of its class buy it; {amount} a year if it buys as "
                 "they do.", **values)  # fmt: skip
    return _("Offer {product}: {buyers} of {peers} customers of its class buy it; {margin} margin a year if it buys as "
             "they do.", **values)  # fmt: skip


def push_table(result: Recommendations, n: Numbers) -> Table:
    """List the recommendations, the customer with the largest expected value first."""
    _ = n.words
    shown = result.rows.head(MAX_ROWS)
    shown = shown.astype(dict.fromkeys(shown.select_dtypes("category"), "str"))
    columns = {
        **measures(n, "customer"),
        "product": Column(_("Product")),
        "buyers": Column(
            _("Peers who buy it") if result.tells_peers else _("Peers who buy it, about"), n.count
        ),
        "buyer_share": Column(_("Of all peers"), n.percent),
        "typical_share": Column(_("Of their purchases"), n.percent),
        "expected_amount": Column(_("Sales to expect"), n.short),
    }
    if result.has_margins:
        columns |= {
            **measures(n, "margin_rate"),
            "expected_margin": Column(_("Margin to expect"), n.count, bar=True),
        }
    if not shown["buyers"].notna().any():  # nothing of others may be told
        columns = {
            name: column
            for name, column in columns.items()
            if name not in ("buyers", "buyer_share", "typical_share", "margin_rate")
        }
    spelled = n.date.written(lambda day: "" if pd.isna(day) else n.date(day))
    columns |= {
        "room_amount": Column(_("Room in its purchases"), n.short, if_known=True),
        "last_bought": Column(_("Bought before, last on"), spelled),
        **measures(n, "salesperson_name"),
    }
    caption = _("Which product to push to whom, a year, in {currency}", currency=n.currency)
    return truncated_table(len(result.rows), shown, columns, caption, n, cut="first")


def weighed_findings(result: Recommendations, n: Numbers, likely: Likelihood) -> list[WeighedFinding]:
    """Return the front-page finding: the first recommendation, weighed by its expected value."""
    if result.rows.empty:
        return []
    return weighed(PAGE, (_proposal(result, n), result.rows["likely_amount"].iloc[0]))


def proposed_actions(result: Recommendations, n: Numbers, likely: Likelihood) -> Proposals:
    """Propose to offer each customer its first product; valued by margin times the share of buying peers."""
    first = result.rows[result.rows["place"] == 1]
    due = due_day(result.month, OFFER_DAYS, n)
    unit: Unit = "margin" if result.has_margins else "sales"
    why = partial(_reason, exact=result.tells_peers)
    return propose(first, "grow", first["likely_amount"], due, why, n, unit)
