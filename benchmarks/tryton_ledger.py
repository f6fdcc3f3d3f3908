"""A Tryton database with every way that a sale takes, made by Tryton itself; prints what Tryton says of it, as JSON.

Run by a Python that has ``trytond_sale`` and ``proteus`` (no part of the workbook's environment):

    python benchmarks/tryton_ledger.py FOLDER

makes ``FOLDER/ledger.sqlite``. Sold, shipped, invoiced, paid in parts, written off, returned, credited with refund,
cancelled as a draft, as an order with its invoice, and by the move; a half cent; a unit of a dozen.
"""

from __future__ import annotations

import json
import os
import sys
from decimal import Decimal
from pathlib import Path

FOLDER = Path(sys.argv[1]).absolute()
_settings = FOLDER / "trytond.conf"
_settings.write_text(f"[database]\nuri = sqlite://\npath = {FOLDER}\n")
os.environ |= {"DB_NAME": "ledger", "TRYTOND_CONFIG": str(_settings)}

from trytond import config as server_config  # noqa: E402

server_config.update_etc(str(_settings))

from proteus import Model, Wizard  # noqa: E402
from trytond.modules.account.tests.tools import (  # noqa: E402
    create_chart,
    create_fiscalyear,
    create_tax,
    get_accounts,
)
from trytond.modules.account_invoice.exceptions import CancelInvoiceMoveWarning  # noqa: E402
from trytond.modules.account_invoice.tests.tools import set_fiscalyear_invoice_sequences  # noqa: E402
from trytond.modules.company.tests.tools import create_company  # noqa: E402
from trytond.tests.tools import activate_modules  # noqa: E402

CONFIG = activate_modules("sale", create_company, create_chart)


class World:
    """The company: accounts, products, customers, and ways to pay."""

    def __init__(self) -> None:
        set_fiscalyear_invoice_sequences(create_fiscalyear()).click("create_period")
        accounts = get_accounts()
        tax = create_tax(Decimal(".10"))
        tax.save()
        self.receivable = accounts["receivable"]
        category = Model.get("product.category")(name="Goods", accounting=True)
        category.account_expense, category.account_revenue = accounts["expense"], accounts["revenue"]
        category.customer_taxes.append(tax)
        category.save()
        self.product = self._product("lamp", Decimal("10"), category)
        self.screw = self._product("screw", Decimal("0.125"), category)
        self.customers = {name: self._party(name) for name in ("Ant", "Bee", "Cat", "Dog", "Elk")}
        self._party("A supplier")
        journals = Model.get("account.journal")
        (cash,) = journals.find([("type", "=", "cash")])
        self.method = Model.get("account.invoice.payment.method")(name="Cash", journal=cash)
        self.method.credit_account = self.method.debit_account = accounts["cash"]
        self.method.save()
        (loss,) = journals.find([("code", "=", "EXC"), ("type", "=", "write-off")], limit=1)
        self.write_off = Model.get("account.move.reconcile.write_off")(name="Loss", journal=loss)
        self.write_off.credit_account = self.write_off.debit_account = accounts["expense"]
        self.write_off.save()
        self.term = Model.get("account.invoice.payment_term")(name="two parts")
        half = self.term.lines.new(type="percent_on_total", ratio=Decimal(".5"))
        half.relativedeltas.new(days=30)
        self.term.lines.new(type="remainder").relativedeltas.new(days=60)
        self.term.save()

    def _product(self, name: str, price: Decimal, category: Model) -> Model:
        (unit,) = Model.get("product.uom").find([("name", "=", "Unit")])
        template = Model.get("product.template")(name=name, default_uom=unit, type="service", salable=True)
        template.list_price, template.account_category = price, category
        template.save()
        return template.products[0]

    def _party(self, name: str) -> Model:
        party = Model.get("party.party")(name=name)
        party.save()
        return party

    def sell(self, who: str, *lines: tuple[Model, float]) -> Model:
        """Sell and confirm, so that an invoice is there."""
        sale = Model.get("sale.sale")(
            party=self.customers[who], payment_term=self.term, invoice_method="order"
        )
        for product, quantity in lines:
            line = sale.lines.new()
            line.product, line.quantity = product, quantity
        sale.click("quote")
        return sale

    def invoiced(self, who: str, *lines: tuple[Model, float]) -> Model:
        """Sell, confirm and post the invoice."""
        sale = self.sell(who, *lines)
        sale.click("confirm")
        (invoice,) = sale.invoices
        invoice.click("post")
        return invoice

    def pay(self, invoice: Model, amount: Decimal | None, write_off: bool = False) -> None:
        """Pay an invoice, in part where the amount is less, the rest written off where that is said."""
        wizard = invoice.click("pay")
        if amount is not None:
            wizard.form.amount = amount
        wizard.form.payment_method = self.method
        wizard.execute("choice")
        if wizard.state != "end":
            wizard.form.type = "writeoff" if write_off else "partial"
            if write_off:
                wizard.form.writeoff = self.write_off
            wizard.execute("pay")
        invoice.reload()


def main() -> None:
    """Make the ledger and say what Tryton has."""
    world = World()
    lamp, screw = world.product, world.screw
    paid = world.invoiced("Ant", (lamp, 7), (screw, 1), (screw, 3))
    world.pay(paid, Decimal("50.00"))
    world.pay(paid, None)
    part = world.invoiced("Bee", (lamp, 20), (screw, 5))
    world.pay(part, Decimal("100.00"))
    short = world.invoiced("Bee", (lamp, 5))
    world.pay(short, Decimal("54.00"), write_off=True)
    world.invoiced("Ant", (lamp, -2))  # returned
    refunded = world.invoiced("Cat", (lamp, 4))
    credit = Wizard("account.invoice.credit", [refunded])
    credit.form.with_refund = True
    credit.form.invoice_date = refunded.invoice_date
    credit.execute("credit")
    by_move = world.invoiced("Dog", (lamp, 9))
    cancel = Wizard("account.move.cancel", [by_move.move])
    cancel.form.description = "wrong"
    try:
        cancel.execute("cancel")
    except CancelInvoiceMoveWarning as warning:
        Model.get("res.user.warning")(user=CONFIG.user, name=warning.name).save()
        cancel.execute("cancel")
    world.sell("Cat", (lamp, 11)).click("cancel")  # an offer that came to nothing
    dropped = world.sell("Cat", (lamp, 12))
    dropped.click("confirm")
    for invoice in dropped.invoices:
        invoice.click("cancel")
    world.sell("Elk", (lamp, 13))  # still an offer
    world.sell("Elk", (lamp, 14)).click("confirm")  # the invoice is a draft

    invoices = Model.get("account.invoice").find([("type", "=", "out"), ("move", "!=", None)])
    parties = Model.get("party.party").find([])
    lines = Model.get("account.move.line").find([("account.type.revenue", "=", True)])
    said = {
        "revenue": str(sum(line.credit - line.debit for line in lines)),
        "invoices": {
            invoice.number: [str(invoice.untaxed_amount), str(invoice.total_amount), invoice.state, invoice.party.name]
            for invoice in invoices
        },
        "receivable": {party.name: str(party.receivable) for party in parties if party.receivable},
        "due": {invoice.number: str(max(line.maturity_date for line in invoice.lines_to_pay)) for invoice in invoices
                if invoice.lines_to_pay},
    }  # fmt: skip
    print(json.dumps(said))


if __name__ == "__main__":
    main()
