"""Views of pairs of customer numbers: renumbering among lost and new, and the list with reasons."""

from typing import Any

import pandas as pd

from helpers.present.findings import Findings, findings
from helpers.present.name_lists import display_names, truncated_table
from helpers.present.numbers import Numbers
from helpers.present.table import Column, Table, behind
from helpers.subjects.identity.same_customers import Renumbered, SameCustomers

PAGE = "09_same_customers"
#: How many pairs are listed, and of so many strong ones both records: more than anybody decides on in one sitting.
MOST_PAIRS, MOST_RECORDS = 200, 50


def renumbering(book: Any) -> list[Findings]:
    """Return, for other pages, the renumbering among lost and new; nothing if there is none."""
    n = book.numbers
    sentence = renumbering_sentence(book.renumbered(), n)
    listed = n.words("The page Same customers lists them.")
    return [findings(n.words("{first} {second}", first=sentence, second=listed))] if sentence else []


def renumbering_sentence(result: Renumbered, n: Numbers) -> str | None:
    """Return how many lost and new customers may only have a new number, with their net sales."""
    if not result.is_anything:
        return None
    return n.words(
        "{lost} of {all_lost} customers who stopped buying ({lost_amount} of {all_lost_amount}) and {new} of {all_new} "
        "who started ({new_amount} of {all_new_amount}) may only have got a new number.",
        lost=n.count(result.lost_customers), all_lost=n.count(result.lost_of), new=n.count(result.new_customers),
        all_new=n.count(result.new_of), lost_amount=n.money_short(result.lost_amount),
        all_lost_amount=n.money_short(result.lost_amount_of), new_amount=n.money_short(result.new_amount),
        all_new_amount=n.money_short(result.new_amount_of),
    )  # fmt: skip


def pair_findings(result: SameCustomers, renumbered: Renumbered, n: Numbers) -> Findings:
    """Return how many pairs wait for a decision, and their net sales."""
    _ = n.words
    if result.masked:
        return findings(
            _("Customers are masked here: pairs are found by names and numbers, in a report without mask.")
        )
    strong, count = len(result.strong), len(result.pairs)
    if not count:
        waits = _("No two customer numbers look like one business.")
    else:
        waits = _.ngettext(
            "{n} pair of customer numbers looks like one business ({strong} strong).",
            "{n} pairs of customer numbers look like one business ({strong} strong).",
            count, strong=n.count(strong),
        )  # fmt: skip
    decided = _.ngettext("{n} pair has been decided on.", "{n} pairs have been decided on.", result.decided)
    unchanged = (
        _("No figure of this report counts them as one before somebody has decided.") if count else None
    )
    return findings(
        waits, renumbering_sentence(renumbered, n), unchanged, decided if result.decided else None
    )


def pairs_table(result: SameCustomers, n: Numbers) -> Table:
    """List the pairs with strength, net sales and reasons: strong ones first, then largest first."""
    _ = n.words
    pairs = result.pairs
    shown = pairs.head(MOST_PAIRS)
    columns = {
        "older": Column(_("First number"), id_column="customer_id"),
        "newer": Column(_("Other number"), id_column="other_id"),
        "strength": Column(_("Likelihood"), n.percent.to(0)),
        "amount": Column(_("Net sales of the larger year"), n.count),
        "reasons": Column(_("Reasons")),
    }
    frame = shown.assign(
        older=_named(shown, "customer_id", "name_of", n),
        newer=_named(shown, "other_id", "other_name", n),
        reasons=[reasons(row, n) for row in shown.to_dict("records")],
    )
    caption = _("Numbers that are likely one business, in {currency}", currency=n.currency)
    return truncated_table(
        len(pairs), frame, columns, caption, n, cut="first", empty=_("There is no such pair."),
        cards=True,
    )  # fmt: skip


def records_of(book: Any, result: SameCustomers) -> list[Table]:
    """Return both records of the strong pairs that a page lists."""
    shown = result.strong.head(MOST_RECORDS)
    ids = [*shown["customer_id"], *shown["other_id"]]
    return records_table(result, book.identity_records(ids), book.numbers) if ids else []


def records_table(result: SameCustomers, records: pd.DataFrame, n: Numbers) -> list[Table]:
    """List both records of each strong pair; nothing if there is none."""
    _ = n.words
    shown = result.strong.head(MOST_RECORDS)
    if shown.empty:
        return []
    heads = {
        "trade_class": _("Trade class"), "region": _("Region"), "salesperson_name": _("Salesperson"),
        "tax_number": _("Tax number"), "phone": _("Phone"), "address": _("Address"), "town": _("Town"),
    }  # fmt: skip
    by_id, rows = records.set_index("customer_id"), []
    for number, pair in enumerate(shown.to_dict("records"), start=1):
        for key, name in (("customer_id", "name_of"), ("other_id", "other_name")):
            record = by_id.loc[pair[key]].to_dict() if pair[key] in by_id.index else {}
            rows.append({"pair": n.count(number), "customer_id": pair[key], "name": pair[name], **record})
    frame = pd.DataFrame(rows)
    columns = {"pair": Column(_("Pair")), "customer_id": Column(_("Number")), "name": Column(_("Name"))}
    columns |= {name: Column(head) for name, head in heads.items() if name in frame}
    caption = _("Both records of the strong pairs beside each other")
    return [
        behind(truncated_table(2 * len(result.strong), frame, columns, caption, n, cut="first", cards=True))
    ]


def reasons(pair: dict[Any, Any], n: Numbers) -> str:
    """Return why two numbers may be one business, and what contradicts it."""
    _ = n.words
    likeness = n.decimal(pair["likeness"], 2)
    first, other = pair["customer_id"], pair["other_id"]
    texts = [
        {
            "same": _("the same name")
            if pair["name_of"] == pair["other_name"]
            else _("the same name but for legal form and spelling"),
            "slip": _("names alike {likeness} without legal form, a slip apart", likeness=likeness),
            "part": _("one name holds the other"),
            "alike": _("names alike {likeness} without legal form", likeness=likeness),
            "other": _("other name ({likeness})", likeness=likeness),
        }.get(pair["name"])
    ]
    texts.append({"yes": _("same tax number")}.get(pair["same_tax"]))
    texts.append({"yes": _("same phone"), "no": _("other phone")}.get(pair["same_phone"]))
    texts.append({"yes": _("same address"), "no": _("other address")}.get(pair["same_address"]))
    place = pair["same_town"]
    if pair["kind"] == "renumbered":
        values = {
            "first": first, "other": other, "stopped": n.month(n.year.month_with(pair["stopped"].date())),
            "began": n.month(n.year.month_with(pair["began"].date())),
        }  # fmt: skip
        texts.append(
            _("{first} stopped in {stopped}, {other} began in {began} in the same town", **values)
            if place == "yes"
            else _("{first} stopped in {stopped}, {other} began in {began}", **values)
        )
    else:
        texts.append({"yes": _("same town"), "no": _("another town")}.get(place))
        texts.append({"double": _("both are in use at once")}.get(pair["kind"]))
    texts.append({"yes": _("same salesperson")}.get(pair["same_seller"]))
    return _.clauses(each for each in texts if each)


def _named(rows: pd.DataFrame, key: str, name: str, n: Numbers) -> list[str]:
    named = display_names(rows, key, name)
    return [
        number if text == number or pd.isna(text) else n.words("{customer} ({id})", customer=text, id=number)
        for text, number in zip(named, rows[key], strict=True)
    ]
