"""Less than the lines come to was to be paid, or was paid out, for an order: which amount are the sales is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator

from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.findings.money.taxes import PAID_ON_TOP

#: What others keep of a sale, for good or until the warranty ends.
_FEE = re.compile(
    r"(?i)\b(fees?|commissions?|charges|retentions?|retainage|holdbacks?)\b|gebühr|provision(en)?$|einbehalt|frais|"
    r"retenue|comisi[oó]n|retenci[oó]n|佣金|手续费|服务费|质保金|保留金|手数料"
)


#: What a buyer pays with beside money.
_PAID_IN = re.compile(
    r"(?i)coupon|voucher|gift ?card|points?\b|loyalty|wallet|subsidy|gutschein|bonuspunkte|bon d'achat|cup[oó]n|"
    r"优惠券|代金券|积分|红包|抵扣|补贴|礼品卡|满减|クーポン|ポイント"
)
#: What is to be paid, or is paid out, for an order.
_PAYABLE = re.compile(r"(?i)^(应付|结算|实付|实收|商家实收)(总)?(金额|款)|^(amount|total)[ _]payable$")


def find_paid(draft: Draft) -> Iterator[Finding]:
    """Ask which amount counts, where less was to be paid than the lines of a document add up to."""
    net, document = draft.expression("net_amount"), draft.document()
    column = next((name for name in draft.unmapped if _PAYABLE.search(name) and draft.is_numeric(name)), None)
    if net is None or document is None or column is None or "net_amount" in draft.questions:
        return
    paid = draft.number_or_0(column)
    smaller, larger, line_total, total = draft.fetch_row(
        "SELECT count(*) FILTER (WHERE p BETWEEN 0.01 AND n - 0.02), count(*) FILTER (WHERE p > n + 0.02), sum(n), "
        f"sum(p) FROM (SELECT max(p) AS p, sum(n) AS n FROM (SELECT {document} AS d, ({paid}) AS p, ({net}) AS n "
        "FROM sample) GROUP BY d)"
    )
    if not smaller or larger:
        return
    share = f"{paid} * ({net}) / nullif(sum({net}) OVER (PARTITION BY {document}), 0)"
    question = f"{column} is less than the lines add up to in {smaller} documents: which are the sales?"
    yield Finding(
        questions={"net_amount": (question, [
            (share, f"{column}, spread over the lines by value: {shown(total)}"),
            (net, f"the lines as they are: {shown(line_total)}"),
        ])},
        uses=(column, *([draft.columns["net_amount"]] if "net_amount" in draft.columns else [])),
    )  # fmt: skip


def find_fees(draft: Draft) -> Iterator[Finding]:
    """Ask which amount counts, where the one found is another less what some other has kept."""
    column = draft.columns.get("net_amount")
    numeric = [name for name in draft.all_columns() if name != column and draft.is_numeric(name)]
    fee_columns = [name for name in numeric if _FEE.search(name)]
    if column is None:
        return
    net, fees = draft.number(column), " + ".join(map(draft.number_or_0, fee_columns))
    paid_in = [name for name in numeric if _PAID_IN.search(name)]
    deduction = " + ".join(map(draft.number_or_0, paid_in))
    for paid in (name for name in numeric if paid_in and name not in paid_in):
        if draft.agree(f"{net} - ({deduction})", draft.number(paid), f"({deduction}) <> 0"):
            paid_before, after = draft.example(net, draft.number(paid), where=f"({deduction}) <> 0")
            asks = f"{paid} is {column} less {', '.join(paid_in)}: which are the sales?"
            answers = [
                (draft.number(paid), f"{paid}: {shown(after)}, as what was given off is the seller's own"),
                (net, f"{column}: {shown(paid_before)}, as others pay the seller for it"),
            ]
            yield Finding(
                questions={"net_amount": (asks, answers)},
                uses=(column, paid, *paid_in),
            )
            return
    for whole in (
        name for name in numeric if name not in fee_columns and not all(map(PAID_ON_TOP.search, fee_columns))
    ):
        before = draft.number(whole)
        if any(draft.agree(f"{before} {sign} ({fees})", net, f"({fees}) <> 0") for sign in "+-"):
            values = draft.example(before, net, where=f"({fees}) <> 0")
            if abs(values[0]) < abs(values[1]):
                continue  # it is the whole, and the other is what is left of it
            answers = [
                (before, f"{whole}, before them: {shown(values[0])}"),
                (net, f"{column}: {shown(values[1])}"),
            ]
            asks = f"{column} is {whole} less {', '.join(fee_columns)}: which are the sales?"
            yield Finding(
                questions={"net_amount": (asks, answers)},
                uses=(column, whole, *fee_columns),
            )
            return
