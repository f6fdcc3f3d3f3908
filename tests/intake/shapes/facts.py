"""Shapes of what an export says: amounts with tax or discount, no sales, guests, currencies, units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

from .export import CENT, Export, Row, amount_per_piece

Shape = Callable[[Export], None]
#: By language: a credit note, an invoice, what is sold, two words for what is not, yes.
_WORDS = {
    "en": "Credit Note | Invoice | Posted | Cancelled | Draft | Yes",
    "zh": "销售退货 | 销售出库 | 已审核 | 已作废 | 草稿 | 是",
    "de": "Gutschrift | Rechnung | Gebucht | Storniert | Entwurf | Ja",
    "fr": "Avoir | Facture | Validée | Annulée | Brouillon | Oui",
    "es": "Abono | Factura | Confirmada | Anulada | Borrador | Sí",
    "ja": "返品 | 売上 | 確定 | キャンセル | 下書き | はい",
}
WORDS = {
    language: dict(
        zip(("credit", "invoice", "sold", "cancelled", "draft", "yes"), words.split(" | "), strict=True)
    )
    for language, words in _WORDS.items()
}


def cents(amount: Decimal) -> Decimal:
    return amount.quantize(CENT, ROUND_HALF_UP)


def _tax(export: Export) -> Decimal:
    return {"zh": Decimal("0.13"), "ja": Decimal("0.10")}.get(export.language, Decimal("0.20"))


def _taxed(export: Export) -> None:
    rate = _tax(export)
    for row in export.rows:
        row["tax"] = cents(row["net"] * rate)
        row["gross"] = row["net"] + row["tax"]


def _with_rate(export: Export) -> None:
    rate = _tax(export) * 100
    percent = "%" in export.head("rate")
    shown = f"{rate:.0f}" if percent or export.rng.random() < 0.5 else f"{rate:.0f}%"
    export.add("rate", lambda row: shown)


def gross_and_rate(export: Export) -> None:
    """The amount is with tax, of which only the rate is said."""
    rate = _tax(export)
    for row in export.rows:
        row["gross"] = cents(row["net"] * (1 + rate))
        row["net"] = (row["gross"] / (1 + rate)).quantize(Decimal("0.0001"))
    export.columns[export.columns.index("net")] = "gross"
    _with_rate(export)


def gross_and_tax(export: Export) -> None:
    _taxed(export)
    export.columns[export.columns.index("net")] = "gross"
    export.columns.append("tax")


def net_tax_and_gross(export: Export) -> None:
    _taxed(export)
    export.columns += ["tax", "gross"]


def amount_beside_a_rate(export: Export) -> None:
    """An amount of which nothing says whether tax is in it, beside a rate: it is asked."""
    export.heads["net"] = {"zh": "金额", "de": "Betrag", "fr": "Montant", "es": "Importe", "ja": "金額"}.get(
        export.language, "Amount"
    )
    export.answers["net_amount"] = "is without tax"
    _with_rate(export)


def price_and_quantity(export: Export) -> None:
    export.add("price", amount_per_piece, "net")
    if export.rng.random() < 0.5:
        export.columns.remove("net")


def _discounted(export: Export, kind: str) -> None:
    """A discount beside price and quantity: its amount, its share, or its amount for each unit."""
    chance = export.rng
    after = chance.random() < 0.5
    for row in export.rows:
        row["price"] = abs(amount_per_piece(row))
        row["net"] = before = row["price"] * row["pieces"]
        share = chance.choice([0, 0, 5, 10, 15])
        row["percent"] = Decimal(share)
        row["per_unit"] = cents(row["price"] * share / 100)
        row["discount"] = cents(before * share / 100)
        row["net"] = before - {
            "discount": row["discount"], "percent": row["discount"], "per_unit": row["per_unit"] * row["pieces"]
        }[kind]  # fmt: skip
        if kind == "percent" and not after:
            row["net"] = before * (100 - share) / 100
    export.columns[export.columns.index("net") : export.columns.index("net") + 1] = [
        "price", kind, *(["net"] if after else [])
    ]  # fmt: skip
    export.answers["net_amount"] = {
        "discount": "an amount of the line", "percent": "a percent", "per_unit": "each unit"
    }[kind]  # fmt: skip


def discount_amount(export: Export) -> None:
    _discounted(export, "discount")


def discount_percent(export: Export) -> None:
    _discounted(export, "percent")


def discount_of_a_unit(export: Export) -> None:
    _discounted(export, "per_unit")


def document_amounts(export: Export) -> None:
    """The document's total and its freight stand on each of its lines."""
    for rows in export.documents().values():
        total, freight = sum(row["net"] for row in rows), Decimal(export.rng.randint(5, 60))
        for row in rows:
            row["total"], row["freight"] = total, freight
    export.columns += ["freight", "total"]


def credits_without_minus(export: Export) -> None:
    """Credit notes are positive, and a type tells them."""
    words = WORDS[export.language]
    for rows in export.documents().values():
        back = export.rng.random() < 0.15
        for row in rows:
            row["kind"] = words["credit"] if back else words["invoice"]
            for name in ("pieces", "net", "listed"):
                row[name] = abs(row[name])
            row["minus"] = back
    export.add("kind", lambda row: row["kind"], "product")


def credits_by_code(export: Export) -> None:
    """Credit notes are positive, and a code tells them."""
    credits_without_minus(export)
    sold, back = export.rng.choice([("RE", "GU"), ("INV", "CM"), ("XSCK", "XSTH")])
    for row in export.rows:
        row["kind"] = back if row["minus"] else sold


def orders_and_invoices(export: Export) -> None:
    """Each sale stands there twice, as an order and as its invoice: which of them count is asked."""
    words = export.rng.choice(
        [("Sales Order", "Invoice"), ("Auftragsbestätigung", "Rechnung"), ("销售订单", "销售出库单")]
    )
    orders = [
        row | {"document": f"AUFT{row['document'][4:]}", "stage": words[0], "sold": False}
        for row in export.rows
    ]
    for row in export.rows:
        row["stage"] = words[1]
    export.rows = sorted([*orders, *export.rows], key=lambda row: row["day"])
    export.heads["stage"] = "Document Class"
    export.columns.append("stage")
    export.answers["where"] = "(invoices|deliveries) count"


def taxes_as_lines(export: Export) -> None:
    """The tax of a document is its last line."""
    rate, word = _tax(export), export.rng.choice(["VAT", "MwSt", "增值税"])
    rows = []
    for lines in export.documents().values():
        total = sum((row["net"] for row in lines), Decimal(0))
        tax = {"product": word, "pieces": Decimal(1), "net": cents(total * rate), "sold": False}
        rows += [*lines, lines[-1] | tax | {"listed": tax["net"]}]
    export.rows = rows


def countries(export: Export) -> None:
    """Where goods went, by codes that are those of credit notes elsewhere."""
    codes = export.rng.choice([("CN", "DE", "FR"), ("NC", "SC", "CA"), ("RK", "GU", "TH")])
    export.heads["country"] = export.rng.choice(["Country", "State", "Region"])
    export.add("country", lambda row: codes[hash_of(row["customer"]) % len(codes)], "product")


def hash_of(text: object) -> int:
    """Give a number of a text that is the same on every day."""
    return sum(map(ord, str(text)))


def not_sold(export: Export) -> None:
    """Some documents are cancelled or drafts, by their status."""
    words = WORDS[export.language]
    for rows in export.documents().values():
        status = export.rng.choice([words["cancelled"], words["draft"], *[words["sold"]] * 6])
        for row in rows:
            row["status"], row["sold"] = status, status == words["sold"]
    export.columns.append("status")


def cancelled_flag(export: Export) -> None:
    word = WORDS[export.language]["yes"]
    for rows in export.documents().values():
        gone = export.rng.random() < 0.15
        for row in rows:
            row["cancelled"], row["sold"] = word if gone else "", not gone
    export.columns.append("cancelled")


def guests(export: Export) -> None:
    """Whoever buys without an account stands under one number."""
    number = export.rng.choice(["0", "零售客户" if export.language == "zh" else "Walk-in"])
    for rows in export.documents().values():
        if export.rng.random() < 0.2:
            for row in rows:
                row["customer"], row["guest"] = number, True


def names_alone(export: Export) -> None:
    export.columns[export.columns.index("customer")] = "name"
    export.by = "name"


def names_beside_codes(export: Export) -> None:
    export.columns.insert(export.columns.index("customer") + 1, "name")


def salesperson_and_list(export: Export) -> None:
    """Two more columns, of which some cells hold a word for nothing."""
    export.nothing = export.rng.choice(["NULL", "N/A", "-", "无" if export.language == "zh" else "n/a"])
    export.add("person", lambda row: "" if export.rng.random() < 0.2 else row["person"])
    export.add("listed", lambda row: "" if export.rng.random() < 0.2 else row["listed"])


def several_currencies(export: Export) -> None:
    """Documents in several currencies, said on each line, or on the first of a document."""
    export.rates = {"USD": Decimal("0.5"), "GBP": Decimal("1.25")}
    for rows in export.documents().values():
        code = export.rng.choice(["EUR", "EUR", "USD", "GBP"])
        for row in rows:
            row["currency"] = code
    export.columns.append("currency")


def currency_on_the_first_line(export: Export) -> None:
    several_currencies(export)
    export.layout.add("currency_first")


def code_in_cells(export: Export) -> None:
    """The currency stands before or behind each amount, of several currencies."""
    several_currencies(export)
    export.columns.remove("currency")
    before = export.rng.random() < 0.5
    export.money = lambda text, row: f"{row['currency']} {text}" if before else f"{text} {row['currency']}"


def sign_in_cells(export: Export) -> None:
    sign, export.currency = export.rng.choice(
        [("€", "EUR"), ("£", "GBP"), ("$", "USD"), ("¥", "CNY"), ("₹", "INR")]
    )
    before = export.rng.random() < 0.5
    export.answers |= {"currency": f'"{export.currency}"', "currency_marks": f'"{export.currency}"'}
    export.money = lambda text, row: f"{sign}{text}" if before else f"{text} {sign}"


def currency_in_the_head(export: Export) -> None:
    export.currency, mark = export.rng.choice([("USD", "美元"), ("USD", "USD"), ("EUR", "€"), ("GBP", "GBP")])
    for name in ("net", "gross", "price"):
        export.heads[name] = f"{export.head(name)} ({mark})"


def unit_in_the_head(export: Export) -> None:
    """Amounts are in thousands or in 万, as their head says."""
    times, mark, export.currency = export.rng.choice(
        [
            (10_000, "（万元）", "CNY"),
            (1_000, "（千元）", "CNY"),
            (1_000, " (k EUR)", "EUR"),
            (1_000, " (in thousands)", "EUR"),
        ]
    )
    export.heads["net"] = export.head("net") + mark
    for row in export.rows:
        row["net"] = row["net"].quantize(Decimal(times) / 10_000)
        row["shown_net"] = row["net"] / times


def sides(export: Export) -> None:
    """Debit and credit columns in place of an amount, as an account of revenue has them."""
    for row in export.rows:
        row["debit"] = -row["net"] if row["net"] < 0 else ""
        row["credit"] = row["net"] if row["net"] >= 0 else ""
    if not any(row["debit"] for row in export.rows):
        first = export.rows[0]
        first["net"], first["pieces"] = -abs(first["net"]), -abs(first["pieces"])
        first["debit"], first["credit"] = -first["net"], ""
    place = export.columns.index("net")
    export.columns[place : place + 1] = ["debit", "credit"]
    export.answers["net_amount"] = "as in an account of revenue"


def more_columns(export: Export) -> None:
    """What nobody needs: days of delivery and payment, a text, a unit, a store, a cost, a margin, remarks."""
    rng = export.rng
    made: dict[str, Callable[[Row], object]] = {
        "due": lambda row: row["day"] + dt.timedelta(days=30), "shipped": lambda row: row["day"] + dt.timedelta(days=2),
        "unit_cost": lambda row: cents(abs(row["listed"]) / abs(row["pieces"] or 1) * Decimal("0.6")),
        "text": lambda row: f"Drill {row['product']} 18V", "store": lambda row: rng.choice(["Main", "North"]),
        "remark": lambda row: rng.choice(["", "", "", "urgent", "call before delivery"]), "uom": lambda row: "pcs",
        "margin": lambda row: Decimal(rng.randint(5, 45)),
    }  # fmt: skip
    for role in rng.sample(list(made), 5):
        export.add(role, made[role], rng.choice([*export.columns, None]))


def columns_in_another_order(export: Export) -> None:
    export.rng.shuffle(export.columns)


def head_style(export: Export) -> None:
    """Heads in capitals, with underscores, blanks around, stars or line breaks."""
    styles: list[Callable[[str], str]] = [
        str.upper, lambda head: head.lower().replace(" ", "_"), lambda head: f" {head} ", lambda head: f"{head}*",
        lambda head: head.replace(" ", "\n"), lambda head: f"{head}:",
    ]  # fmt: skip
    export.style = export.rng.choice(styles)


def price_with_tax(export: Export) -> None:
    """Price and quantity, the price with a tax of which the rate is said."""
    rate = _tax(export)
    for row in export.rows:
        pieces = row["pieces"] or Decimal(1)
        row["price_taxed"] = cents(abs(row["net"] / pieces) * (1 + rate))
        row["net"] = (row["price_taxed"] * row["pieces"] / (1 + rate)).quantize(Decimal("0.0001"))
    export.columns[export.columns.index("net")] = "price_taxed"
    _with_rate(export)


def discount_of_a_document(export: Export) -> None:
    """An amount off the whole document, beside its total, on each line or on the first."""
    first = export.rng.random() < 0.5
    for row in export.rows:
        row["price"] = abs(amount_per_piece(row))
        row["net"] = row["price"] * row["pieces"]
    for rows in export.documents().values():
        whole = sum(row["net"] for row in rows)
        off = cents(abs(whole) / 10) if export.rng.random() < 0.3 and whole > 0 else Decimal(0)
        until, before = Decimal(0), Decimal(0)
        for place, row in enumerate(rows):
            until += row["net"]
            share = (off * until / whole).quantize(CENT, ROUND_HALF_UP) if off else Decimal(0)
            row["net"], before = row["net"] - (share - before), share
            shown = place == 0 or not first
            row["order_discount"], row["total"] = (off, whole - off) if shown else ("", "")
    place = export.columns.index("net")
    export.columns[place : place + 1] = ["price"]
    export.columns += ["order_discount", "total"]


def repeated_lines(export: Export) -> None:
    """A line of a document may stand there twice, rightly."""
    for row, _ in list(pairwise(export.rows))[:: max(1, len(export.rows) // 3)]:
        export.rows.insert(export.rows.index(row), dict(row))


AMOUNTS = (
    gross_and_rate, gross_and_tax, net_tax_and_gross, amount_beside_a_rate, price_and_quantity, discount_amount,
    discount_percent, discount_of_a_unit, discount_of_a_document, price_with_tax, sides, unit_in_the_head,
)  # fmt: skip
BESIDE = (document_amounts, salesperson_and_list, more_columns, countries)
HEADS_WRITTEN = (columns_in_another_order, head_style)
DOCUMENTS = (not_sold, cancelled_flag, orders_and_invoices, taxes_as_lines)
CREDITS = (credits_without_minus, credits_by_code)
CUSTOMERS = (guests, names_alone, names_beside_codes)
CURRENCIES = (
    several_currencies,
    currency_on_the_first_line,
    code_in_cells,
    sign_in_cells,
    currency_in_the_head,
)


def turn_credits(rows: list[Row]) -> None:
    """Take credits, which are written without a minus, with one."""
    for row in rows:
        if row.get("minus"):
            row["net"], row["pieces"] = -row["net"], -row["pieces"]
