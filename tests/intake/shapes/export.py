"""One export: the sales it holds, how they are written, and the answers that its maker knows."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any

import pandas as pd

from helpers.questions import Question
from helpers.settings.config import SAMPLE_FOLDER

Row = dict[str, Any]
CENT = Decimal("0.01")
ADDITIVE = ("pieces", "net", "gross", "tax", "listed", "discount_value", "debit", "credit")
#: What columns are called, by language: a line a kind of column, ``|`` between words for the same.
_HEADS = {
    "en": """
        document: Order No | Invoice Number | Document No.
        day: Date | Order Date | Posting Date
        customer: Customer No | Customer ID | Account No
        name: Customer Name | Company
        product: Item No | SKU | Product Code
        pieces: Qty | Quantity
        price: Unit Price | Price
        net: Net Amount | Amount | Line Total
        gross: Gross Amount | Amount incl. VAT
        tax: VAT Amount | Tax
        rate: VAT Rate | Tax Rate
        discount: Discount | Line Discount
        percent: Discount %
        per_unit: Unit Discount
        total: Order Total | Invoice Total
        freight: Shipping
        status: Status | Order Status
        kind: Type | Document Type
        currency: Currency
        person: Salesperson | Sales Rep
        listed: List Amount
        cancelled: Cancelled
        debit: Debit
        credit: Credit
        month: Month
        due: Due Date | Payment Due
        shipped: Ship Date | Delivery Date
        unit_cost: Unit Cost | Cost Price
        text: Description | Item Description
        store: Warehouse | Location
        remark: Remarks | Notes
        uom: UOM | Unit
        margin: Margin %
        price_taxed: Unit Price incl. VAT | Gross Price
        order_discount: Order Discount | Cart Discount
    """,
    "zh": """
        document: 单据编号 | 订单号 | 发票号
        day: 日期 | 单据日期 | 开票日期
        customer: 客户编码 | 客户代码 | 往来单位编码
        name: 客户名称 | 往来单位名称
        product: 物料编码 | 存货编码 | 商品编码
        pieces: 数量 | 实发数量
        price: 单价 | 无税单价
        net: 金额 | 不含税金额 | 无税金额
        gross: 价税合计 | 含税金额
        tax: 税额
        rate: 税率 | 税率(%)
        discount: 折扣额 | 折扣金额
        percent: 折扣率
        per_unit: 单价折扣
        total: 订单总额 | 单据总额
        freight: 运费
        status: 状态 | 单据状态
        kind: 单据类型 | 业务类型
        currency: 币别 | 币种
        person: 业务员 | 销售员
        listed: 标价金额
        cancelled: 是否作废
        debit: 借方金额
        credit: 贷方金额
        month: 月份
        due: 到期日
        shipped: 交货日期 | 要货日期
        unit_cost: 成本单价 | 单位成本
        text: 规格型号 | 物料名称
        store: 仓库 | 发货仓库
        remark: 备注 | 摘要
        uom: 单位 | 计量单位
        margin: 毛利率
        price_taxed: 含税单价
        order_discount: 整单折扣
    """,
    "de": """
        document: Belegnummer | Rechnungsnr. | Auftragsnummer
        day: Belegdatum | Datum | Rechnungsdatum
        customer: Kundennummer | Kunden-Nr.
        name: Kundenname | Firma
        product: Artikelnummer | Art.-Nr.
        pieces: Menge | Anzahl
        price: Einzelpreis | VK-Preis
        net: Nettobetrag | Netto | Umsatz
        gross: Bruttobetrag | Brutto
        tax: MwSt-Betrag | USt.
        rate: MwSt-Satz | USt %
        discount: Rabattbetrag | Rabatt
        percent: Rabatt %
        per_unit: Unit Discount
        total: Rechnungsbetrag | Auftragssumme
        freight: Versandkosten
        status: Belegstatus | Status
        kind: Belegart
        currency: Währung
        person: Verkäufer | Vertreter
        listed: Listenwert
        cancelled: Storniert
        debit: Soll
        credit: Haben
        month: Monat
        due: Fälligkeit | Zahlungsziel
        shipped: Versanddatum | Liefertermin
        unit_cost: EK-Preis | Einstandspreis
        text: Bezeichnung | Artikelbezeichnung
        store: Lager | Lagerort
        remark: Bemerkung | Notiz
        uom: Einheit | ME
        margin: Marge %
        price_taxed: Bruttopreis
        order_discount: Cart Discount
    """,
    "fr": """
        document: N° facture | N° de commande
        day: Date de facture | Date commande
        customer: Code client | N° client
        name: Nom client | Raison sociale
        product: Référence article | Code article
        pieces: Quantité | Qté
        price: Prix unitaire | PU HT
        net: Montant HT | Total HT
        gross: Montant TTC | Total TTC
        tax: Montant TVA | TVA
        rate: Taux TVA | TVA %
        discount: Montant remise | Remise
        percent: Remise %
        per_unit: Unit Discount
        total: Total facture | Total commande
        freight: Shipping
        status: Statut | État
        kind: Type
        currency: Devise
        person: Commercial | Vendeur
        listed: Montant catalogue
        cancelled: Annulée
        debit: Débit
        credit: Crédit
        month: Mois
        due: Date d'échéance | Échéance
        shipped: Date d'expédition | Date de livraison
        unit_cost: Prix d'achat | Coût unitaire
        text: Désignation | Libellé
        store: Dépôt | Entrepôt
        remark: Remarque | Commentaire
        uom: Unité
        margin: Marge %
        price_taxed: Prix TTC
        order_discount: Cart Discount
    """,
    "es": """
        document: Nº factura | Número de pedido
        day: Fecha factura | Fecha
        customer: Código cliente | Nº cliente
        name: Nombre cliente | Razón social
        product: Código artículo | Referencia
        pieces: Cantidad | Unidades
        price: Precio unitario | Precio
        net: Importe neto | Base imponible | Importe
        gross: Importe con IVA | Total con IVA
        tax: Importe IVA | Cuota IVA
        rate: Tipo IVA | % IVA
        discount: Descuento | Dto.
        percent: Dto. %
        per_unit: Unit Discount
        total: Total factura | Total pedido
        freight: Shipping
        status: Estado
        kind: Tipo
        currency: Divisa | Moneda
        person: Vendedor | Comercial
        listed: Importe tarifa
        cancelled: Anulada
        debit: Debe
        credit: Haber
        month: Mes
        due: Vencimiento | Fecha vencimiento
        shipped: Fecha envío | Fecha entrega
        unit_cost: Coste unitario | Precio coste
        text: Descripción
        store: Almacén
        remark: Observaciones
        uom: Unidad
        margin: Margen %
        price_taxed: Precio con IVA
        order_discount: Cart Discount
    """,
    "ja": """
        document: 伝票番号 | 注文番号
        day: 売上日 | 伝票日付
        customer: 得意先コード | 顧客コード
        name: 得意先名 | 顧客名
        product: 商品コード | 品番
        pieces: 数量 | 個数
        price: 単価
        net: 売上金額 | 税抜金額 | 金額
        gross: 税込金額 | 税込合計
        tax: 消費税額 | 消費税
        rate: 消費税率 | 税率
        discount: 値引額 | 値引
        percent: 値引率
        per_unit: Unit Discount
        total: 合計金額
        freight: 送料
        status: 状態 | ステータス
        kind: 区分
        currency: 通貨
        person: 担当者 | 営業担当
        listed: 定価金額
        cancelled: キャンセル
        debit: 借方金額
        credit: 貸方金額
        month: 年月
        due: 支払期日
        shipped: 出荷予定日 | 納期
        unit_cost: 原価単価
        text: 商品名 | 品名
        store: 倉庫
        remark: 備考 | 摘要
        uom: 単位
        margin: 粗利率
        price_taxed: 税込単価
        order_discount: Cart Discount
    """,
}
HEADS = {
    language: {
        role.strip(): tuple(word.strip() for word in words.split("|"))
        for role, _, words in (line.partition(":") for line in text.strip().splitlines())
    }
    for language, text in _HEADS.items()
}


@dataclass
class Export:
    """What an export says and how. A shape changes it; what is written, and what is right, follow from it."""

    rng: random.Random
    rows: list[Row]
    """A line each: a value by what it is; ``sold`` is False where nothing was."""
    columns: list[str]
    language: str = "en"
    heads: dict[str, str] = field(default_factory=dict)
    number: Callable[[Decimal], str] | None = None
    """How amounts and quantities are written; None: as a number, 1234.5."""
    money: Callable[[str, Row], str] = lambda text, row: text
    """What is put beside a written amount."""
    date: Callable[[dt.date, int], Any] | None = None
    """How the day of a line is written, by its place; None: a date, or ISO 8601."""
    style: Callable[[str], str] = str
    """How heads are written."""
    nothing: str = ""
    layout: set[str] = field(default_factory=set)
    files: str = "one"
    container: str = ""
    """How it is stored; empty: CSV or a workbook, by lot."""
    currency: str = "EUR"
    rates: dict[str, Decimal] = field(default_factory=dict)
    by: str = "customer"
    """Which column tells customers apart."""
    answers: dict[str, str] = field(default_factory=dict)
    """Key of a question -> pattern of the answer, or the answer as TOML."""
    shapes: list[str] = field(default_factory=list)

    def head(self, role: str) -> str:
        """Give the head of a column."""
        if role not in self.heads:
            self.heads[role] = self.rng.choice(HEADS[self.language][role])
        return self.heads[role]

    def shown_head(self, role: str) -> str:
        """Give the head of a column as it is written."""
        return self.style(self.head(role))

    def add(self, role: str, of: Callable[[Row], Any], before: str | None = None) -> None:
        """Add a column, last or before another."""
        for row in self.rows:
            row[role] = of(row)
        self.columns.insert(self.columns.index(before) if before in self.columns else len(self.columns), role)

    def documents(self) -> dict[str, list[Row]]:
        """Give the lines of each document."""
        found: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            found[row["document"]].append(row)
        return found

    def answer(self, question: Question) -> str | None:
        """Answer a question of the proposed map as the maker can; None where the answer is not known."""
        key = question.key.rpartition(".")[2]
        usual = {
            "currency": f'"{self.currency}"', "decimal": '"."', "year": "2026", "same_codes": "[]",
            "column": '"customer_id"', "value": '"net_amount"',
        }  # fmt: skip
        wanted = self.answers.get(key, usual.get(key))
        if wanted is None:
            return None
        if not question.answers:
            return wanted
        fitting = [value for value, means in question.answers if re.search(wanted, means) or value == wanted]
        return fitting[0] if fitting else None

    def right(self) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
        """Give net sales and pieces of each customer in each month."""
        found: dict[tuple[str, str], tuple[Decimal, Decimal]] = {}
        for row in self.rows:
            if row["sold"]:
                key = ("" if row.get("guest") else row[self.by], f"{row['day']:%Y-%m}")
                net, pieces = found.get(key, (Decimal(0), Decimal(0)))
                rate = self.rates.get(row.get("currency") or self.currency, Decimal(1))
                found[key] = net + row["net"] * rate, pieces + row["pieces"]
        return found


@cache
def _sample() -> tuple[Row, ...]:
    orders = pd.read_parquet(SAMPLE_FOLDER / "order_lines.parquet")
    names = pd.read_parquet(SAMPLE_FOLDER / "customers.parquet").groupby("customer_id")["name"].last()
    orders = orders[
        (orders["order_date"] >= dt.date(2026, 1, 1)) & (orders["order_date"] < dt.date(2026, 7, 1))
    ]
    plain = {code: name for code, name in names.items() if name.isascii() and "," not in name}
    wanted = [code for code in orders["customer_id"].value_counts().index if code in plain][:11]
    chosen = orders[orders["customer_id"].isin(wanted)].sort_values(["order_date", "order_id", "line_no"])
    first = chosen.groupby("order_id")["order_date"].transform("min")
    # What was given back later is a document of its own, as in most programs.
    numbers = chosen["order_id"].where(chosen["order_date"] == first, chosen["order_id"] + "R")
    return tuple(
        {"document": each.order_id, "day": each.order_date, "customer": each.customer_id,
         "name": plain[each.customer_id], "product": each.product_id, "pieces": Decimal(int(each.quantity)),
         "net": each.net_amount.quantize(CENT), "listed": each.list_amount.quantize(CENT),
         "person": each.salesperson_id, "sold": True}
        for each in chosen.assign(order_id=numbers).itertuples()
    )  # fmt: skip


def sample_export(rng: random.Random, documents: int = 45) -> Export:
    """Take some documents of the sample, over half a year, as a plain list."""
    every = _sample()
    numbers = list(dict.fromkeys(row["document"] for row in every))
    chosen = set(rng.sample(numbers, min(documents, len(numbers))))
    rows = [dict(row) for row in every if row["document"] in chosen]
    return Export(rng, rows, ["document", "day", "customer", "product", "pieces", "net"])


def amount_per_piece(row: Row) -> Decimal:
    """Give a price of whole cents, and make the line's amount what it gives."""
    price = (row["net"] / row["pieces"]).quantize(CENT) if row["pieces"] else Decimal(0)
    row["net"] = price * row["pieces"]
    return price


def with_rows(export: Export, rows: list[Row]) -> Export:
    """Give the same export of other lines."""
    return replace(export, rows=rows, layout=set(export.layout), heads=export.heads)
