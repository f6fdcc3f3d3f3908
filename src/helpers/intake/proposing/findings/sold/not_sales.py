"""What an export is that holds no sales: by its true name, with what to export in its place."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from helpers.intake.proposing.columns import find_column, is_date, match_columns
from helpers.intake.proposing.findings.joins import join_documents
from helpers.intake.proposing.findings.sold.dates import has_date_source, time_column
from helpers.intake.proposing.layouts.heads import amount, decimal_mark, is_number
from helpers.intake.proposing.samples import Sample
from helpers.intake.proposing.synonyms import CUSTOMER_NAME_WORDS, ROLES, listed
from helpers.intake.proposing.toml import toml
from helpers.settings.source import TableName

_SUPPLIERS = listed(
    "supplier supplierno suppliername supplierid suppliercode vendor vendorno vendorname vendorid vendorcode "
    "lieferant lieferantennr lieferantennummer lieferantenname kreditor kreditorennr fournisseur nomfournisseur "
    "codefournisseur proveedor nombreproveedor fornitore fornecedor leverancier dostawca 供应商 供应商名称 供应商编码 "
    "供应商代码 供货单位 供货单位名称 供方 仕入先 仕入先名 仕入先コード 공급처 매입처"
)
#: What says that something was bought; a price or a day of a purchase stands beside sales too.
_PURCHASED = re.compile(
    r"(?i)purchas(?!e?[ _-]?(?:date|time|price|cost))|(?<![a-z])p\.?o\.?(?![a-z])|procure|goods receipt|"
    r"einkauf(?!spreis)|wareneingang|(?<!prix d')achat|(?<!precio de )compra|acquist|inkoop(?!prijs)|"
    r"(?:采购|进货)(?!价|单价|成本)|入库|仕入(?!単価|価格)|매입|구매"
)
_IN_STOCK = re.compile(
    r"(?i)on[ _-]?hand|(?<![a-z])stock(?![a-z])|inventory|inventur|(lager|waren)?bestand|existencias|giacenza|"
    r"结存|库存|现存|期末|在庫|재고"
)
_COME_AND_GONE = (
    re.compile(r"(?i)\b(qty|quantity|menge)[ _]in\b|\bin[ _](qty|quantity)\b|\breceipts?\b|zugang|\bentradas?\b|"
               r"入库数|收入数|入庫|입고"),
    re.compile(r"(?i)\b(qty|quantity|menge)[ _]out\b|\bout[ _](qty|quantity)\b|\bissues?\b|abgang|\bsalidas?\b|"
               r"出库数|发出数|出庫|출고"),
)  # fmt: skip
#: So many columns of numbers, one of them the sum of the others, are a table laid out by names.
_SIDE_BY_SIDE = 4
_CURE = "export the sales: orders or invoices, with their days and customers"


def what_it_is(table: TableName | None, sample: Sample, samples: Sequence[Sample]) -> str:
    """Say what a file is that would be read as sales and holds none; empty where it may hold some.

    Parameters
    ----------
    table
        The standard table that it fits best. Of a list of products or customers, pass ``order_lines`` to say why it
        cannot be the sales.
    samples
        All there are: documents may stand beside their lines.
    """
    if (
        table not in (None, "customers", "order_lines", "products")
        or not sample.rows
        or sample.postings is not None
    ):
        return ""
    if first := all(map(_row_for_head, samples)) and _row_for_head(sample):
        return (
            f"has no head: where one should be stands a row ({first} above days). Write a line with the names of the "
            "columns above it, in each file, and run `workbook init` again"
        )
    mapped, unmapped, _ = match_columns("order_lines", sample.filled)
    customer = mapped.get("customer_id") or find_column(CUSTOMER_NAME_WORDS, unmapped)
    product = mapped.get("product_id", "")
    if table == "products" and _stand_once(sample, product):
        return ""
    if customer is None and table != "customers" and (bought := _purchases_or_stock(sample, mapped)):
        return bought
    if table == "products":
        return ""
    if customer is None and not product and "quantity" not in mapped and (names := _summed_names(sample)):
        return (
            f"has {', '.join(map(toml, names[:3]))} and others side by side, and {toml(names[-1])}, their sum: a "
            f"column for each customer or kind. Export a plain list, with a row for each sale"
        )
    if "order_date" in mapped or has_date_source(sample) or any(map(_are_days, sample.filled.values())):
        return ""
    has_amounts = {"net_amount", "quantity"} & {*mapped} or find_column(
        (*ROLES["gross"], *ROLES["document"]), unmapped
    )
    column = time_column(sample)
    example = (
        f" ({column} holds {sample.filled[column][0][:40]!r})" if column and sample.filled[column] else ""
    )
    if (
        customer is not None
        and has_amounts
        and len(sample.filled[customer]) > 1.2 * len({*sample.filled[customer]})
    ):
        return (
            f"has sales without a date{example}, and no monthly report can be made of it: export it with the date of "
            "each sale"
        )
    has_numbers = any(len(texts) > 1 and all(map(is_number, texts[:20])) for texts in sample.filled.values())
    if table == "order_lines" and has_numbers and join_documents(sample, samples) is None:
        if "order_id" in mapped or find_column(ROLES["price"], unmapped):
            return (
                f"holds lines without a day of any sale{example}, and no file here has the documents that they belong "
                "to: export these too, with days and customers, or the lines with both"
            )
        name = customer or next(iter(sample.columns))
        return (
            f"holds totals of {toml(name)}, without a day of any sale{example}, and no monthly report can be made of "
            f"it: {_CURE}, or such totals with year and month in a column or in the heads"
        )
    return ""


def _row_for_head(sample: Sample) -> str:
    """Return the day that stands above other days where a head should be; empty where none does."""
    return next((head for head, texts in sample.filled.items() if is_date(head) and _are_days(texts)), "")


def _purchases_or_stock(sample: Sample, mapped: dict[str, str]) -> str:
    """Say what a list without customers is: purchases, stock, or its movements; empty where it may be none of these."""
    called = [sample.file, sample.sheet or "", sample.name, *sample.columns]
    supplier = find_column(_SUPPLIERS, list(sample.columns))
    if supplier is not None and (sign := _first(_PURCHASED, called)):
        return f"is a list of purchases, by {toml(sign)} and {toml(supplier)}, not of sales: {_CURE}"
    signs = [_first(pattern, list(sample.columns)) for pattern in _COME_AND_GONE]
    if all(signs):
        return f"lists what came into stock and went out, by {toml(signs[0])} and {toml(signs[1])}, not sales: {_CURE}"
    if "order_id" in mapped:
        return ""
    product = mapped.get("product_id", "")
    days = {text for texts in sample.filled.values() if _are_days(texts) for text in texts}
    counted = [mapped[name] for name in ("quantity", "net_amount") if name in mapped]
    sign = _first(_IN_STOCK, [*called[:3], *(counted if days else sample.columns)])
    if sign or (len(days) == 1 and _stand_once(sample, product)):
        by = f", by {toml(sign)}" if sign else f": each {product} stands there once, on one day"
        return f"is a list of stock or of products{by}, not of sales: {_CURE}"
    return ""


def _summed_names(sample: Sample) -> list[str]:
    """Name columns of numbers side by side, and last the one that is the sum of the others in each row."""
    numeric = [name for name, texts in sample.filled.items() if texts and all(map(is_number, texts))]
    mark = decimal_mark([text for name in numeric for text in sample.filled[name]])
    values = {name: [amount(text, mark) or Decimal(0) for text in sample.columns[name]] for name in numeric}
    for total in numeric if len(numeric) >= _SIDE_BY_SIDE and sample.rows >= _SIDE_BY_SIDE else ():
        names = [name for name in numeric if name != total]
        rows = zip(*(values[name] for name in names), strict=True)
        if any(values[total]) and all(
            sum(row) == whole for row, whole in zip(rows, values[total], strict=True)
        ):
            return [*names, total]
    return []


def _stand_once(sample: Sample, product: str) -> bool:
    """Whether each product stands in one row, as in a list of products."""
    numbers = sample.filled.get(product, [])
    return len({*numbers}) == len(numbers) > 1


def _first(pattern: re.Pattern[str], texts: Sequence[str]) -> str:
    return next((text for text in texts if pattern.search(text)), "")


def _are_days(texts: Sequence[str]) -> bool:
    """Whether texts are days, and no numbers."""
    few = texts[:20]
    return bool(few) and all(map(is_date, few)) and not all(map(is_number, few))


def refusal_lines(sample: Sample, name: str, reason: str) -> list[str]:
    """Write the table of a map whose file holds no sales: a question that stops ``check`` and says what to export."""
    mapped, _, _ = match_columns("order_lines", sample.filled)
    asks = f'= "?"  # {name} {reason}'
    source, *settings = sample.settings
    if "order_date" in mapped:
        source = f"{source.partition(' = ')[0]} {asks}"
    columns = [f"{column} = {toml(head)}" for column, head in mapped.items()]
    columns += [] if "order_date" in mapped else [f"order_date {asks}"]
    return [
        "[tables.order_lines]", source, *settings, *sample.comments, "", "[tables.order_lines.columns]", *columns, ""
    ]  # fmt: skip
