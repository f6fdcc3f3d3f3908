"""Documents that are no sale: cancelled, drafts, quotations, failed payments, by the words of a status or a type."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from helpers.intake import contracts
from helpers.intake.proposing.columns import head_variants
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.findings.sold.unfinished import (
    PAID,
    are_yes_or_no,
    ask_if_sold,
    is_unfinished,
    says_no,
    undecided_words,
    unfinished_flags,
)
from helpers.intake.proposing.synonyms import COLUMN_WORDS, ROLES, listed, plain
from helpers.intake.proposing.toml import toml
from helpers.intake.values.han import Words

#: Words that say that nothing was sold.
_NOT_SOLD = Words(
    r"(?i)^(is )?(cancell?ed|canceled|cancel|void|voided|draft|failed|quotation|quotation sent|quote|quoted|estimate|"
    r"pro-?forma( invoice)?|rejected|declined|abandoned|expired|deleted|trash|lost|checkout[- ]draft|"
    r"unpaid[- ]checkout|"
    r"pending[- ]payment|storniert|entwurf|angebot|abgelehnt|abgebrochen|gelöscht|annulée?|brouillon|devis|refusée?|"
    r"abandonnée?|anulad[oa]|cancelad[oa]|borrador|presupuesto|rechazad[oa]|fallid[oa]|"
    r"(已|交易|订单|单据)?(取消|作废|关闭|撤销|删除|驳回|失败)|已?草稿|暂存|未审(核|批)?|未提交|报价单?|询价|形式发票|付款失败|已?无效|"
    r"キャンセル(済み?)?|取消済?|下書き|見積書?|失注|無効|"
    r"payouts?|topups?|transfers?|(.* )?withdrawal|(.*[ _])?fees?|提现|"
    r"(general|account|bank deposit|reserve|hold|mass ?pay|preapproved payment)\b.*|(currency|general) conversion|"
    r"被(拆分|合并)|(等待买家|待|未)(付款|支付)|\(删除\).*|"
    r"annullat[oa]|bozza|preventivo|rascunho|orçamento|anulowan[aey]|szkic|robocza|отмен\w+|аннулирован\w*|черновик|"
    r"удал[её]н\w*|geannuleerd|vervallen|concept|offerte|makulerad|annullerad|offert|utkast|[İi]ptal( edildi)?|taslak|"
    r"teklif|ملغ[يى]|ملغاة|مسودة|취소됨?|견적|(đã )?(hủy|huỷ)|nháp|báo giá|(di)?batal(kan)?|penawaran|ยกเลิก(แล้ว)?|"
    r"mitätöity|peruttu|luonnos|törölt|érvénytelen\w*|stornózott|piszkozat|zrušen[oaýé]|koncept|anulat[aă]?|ciorn[aă]|"
    r"annulleret|kansellert|kladde|díjbekérő|zálohová faktura|ακυρωμέν\w*|ακυρώθηκε|προτιμολόγιο|מבוטל|בוטל|טיוטה|"
    r"budget(ed)?|plan(ned)?|forecast|prévision\w*|soll|预算|计划|预测|"
    r"purchase\b.*|(vendor|supplier|stock)\b.*|einkauf\w*|eingangsrechnung|wareneingang|inventur|achats?|compras?|"
    r"(采购|进货|购进|调拨|盘点|盘盈|盘亏|生产|领料|其他入库|其他出库)\S*|仕入\S*)$"
)
#: Words that say that it was.
_SOLD = Words(
    r"(?i)^(charge|refund|payment refund|(.* )?(checkout|website|mobile|subscription) payment|"
    r"无(售后|退款)\w*|售后(取消|关闭)|(卖家已发货|买家已付款|已发货|已签收|已收货)[，,]?\w*|"
    r"normal|lähetetty|maksettu|wysłan\w*|zatwierdzon\w*|odeslán[oa]|uhrazen[oa]|kiegyenlít\w*|emis[aă]?|plătit[aă]?|"
    r"actuals?|ist|réel|real|实际|sales? order|order|ordered|sold|sale|sales|"
    r"confirmed|approved|done|complete|completed|closed|delivered|"
    r"shipped|fulfilled|"
    r"processing|processed|posted|invoiced|invoice|sales invoice|sales receipt|billed|paid|"
    r"open|released|active|submitted|to bill|to deliver|"
    r"to deliver and bill|(partially|fully|partly)[ _-]\w+|"
    r"sent|authori[sz]ed|awaiting payment|viewed|accepted|overdue|unpaid|credit note issued|return|"
    r"credit note|credit memo|lieferung|rechnung|geliefert|erledigt|offen|abgeschlossen|bestätigt|gebucht|bezahlt|"
    r"gutschrift|facture|avoir|livrée?|validée?|payée?|confirmée?|terminée?|facturée?|entregad[oa]|pagad[oa]|confirmad[oa]|"
    rf"{PAID}|atendid[oa]|emitid[oa]|"
    r"facturad[oa]|completad[oa]|abono|factura|entregue|enviad[oa]|faturad[oa]|pag[oa]|conclu[ií]d[oa]|selesai|terkirim|lunas|"
    r"hoàn thành|đã (giao|thanh toán)\w*|betalda?|skickad|levererad|bokförd|kifizetve|fizetve|teljesítve|שולם|הושלם|"
    r"ολοκληρω\w+|εξοφλη\w+|مكتمل|مدفوع\w*|สำเร็จ\w*|จัดส่ง\w*|ชำระ\w*|"
    r"(已|交易)?(审核?|审批|过账|记账|生效|完成|成功|发货|出库|收货|付款|开票|确认|签收|销售|结清)|部分\w+|销售订单|销售出库|销售退货|正常|蓝字|红字|"
    r"売上|受注|出荷済み?|完了|請求済み?|入金済み?|確定|返品)$"
)
#: The stages of one sale, as documents of each are called.
_STAGES = {
    "orders": Words(
        r"(?i)^(sales? orders?|orders?|auftrag\w*|(bon de )?commande|pedido|orden de venta|销售订单|订单|受注)$"
    ),
    "deliveries": Words(
        r"(?i)^(deliver(y|ies)( note)?|shipments?|sales shipment|lieferschein\w*|lieferung|bon de livraison|albar[aá]n|"
        r"(销售)?(出库|发货|送货)单?|出荷|納品)$"
    ),
    "invoices": Words(
        r"(?i)^((sales|tax|posted)? ?invoices?|rechnung|ausgangsrechnung|facture|factura|(销售)?发票|开票|売上|請求)$"
    ),
}
#: Words that say that it was, and was given back in full: with the lines as they were sold, no sale is left.
GIVEN_BACK = Words(
    r"(?i)^((fully )?refunded|returned|(.*[，,])?退款成功|erstattet|rembours[ée]e?|reembolsad[oa]|"
    r"(已|全额|全部)(退款|退货)|返金済み?|返品済み?)$"
)
#: Types of the postings of Sage 50 that stand beside invoices (SI) and credit notes (SC) in its lists: receipts,
#: discounts, what was bought, what went over the bank, and journals.
SAGE_TYPES = frozenset(
    {"SI", "SC", "SR", "SA", "SD", "SP", "PI", "PC", "PR", "PA", "PD", "PP"}
    | {"BP", "BR", "CP", "CR", "VP", "VR", "JD", "JC"}
)
#: Types of SAP's documents in accounts of customers: invoices (RV, DR), credits (DG, RG), and payments, clearings,
#: opening entries and the like.
SAP_TYPES = frozenset(
    {"RV", "DR", "DG", "RG", "DZ", "DA", "AB", "ZP", "ZV", "ZS", "SA", "SB", "UE", "KR", "KZ", "KG"}
)
_SAP_SALES = frozenset({"RV", "DR", "DG", "RG"})
#: Payments, where documents of sales stand beside them: alone they are the sales of a till or a payment provider.
_PAYMENT = Words(
    r"(?i)^((customer |bank )?payments?|zahlung(seingang)?|règlement|paiement|cobro|收款单?|回款单?|入金)$"
)
_DOCUMENT = Words(
    r"(?i)invoice|order|bill|journal|\bsales\b|purchase|credit (note|memo)|"
    r"rechnung|auftrag|factur|pedido|发票|出库|订单|销售|売上|請求"
)
#: Receipts of money, or cash sales, where invoices stand beside them: alone they are the bills of a till.
_RECEIPT = Words(r"(?i)^((bank|cash|customer) )?receipts?$")
_INVOICE = Words(r"(?i)\b(invoice|sales$)")
#: Articles that are the tax of a document, on a line of its own.
_TAX = Words(
    r"(?i)^([0-9.,]+ ?% )?((sales|output|value[- ]added) tax|(output )?(vat|(c|s|i|ut)?gst)|hst|qst|tax|mwst\.?|ust\.?|"
    r"umsatzsteuer|mehrwertsteuer|tva|iva|btw|增值税|销项税额?|税额|税金|消費税)( ?@? ?\(?[0-9.,]+ ?%\)?)?$"
)
#: Heads of what is counted or paid: 1 there is no yes.
COUNTED = Words(
    r"(?i)qty|quantit|amount|value|menge|betrag|quantité|montant|cantidad|importe|数量|金额|数|額"
)
#: Columns called after what yes says there.
_FLAG = Words(
    r"(?i)cancell?ed|void|\bdeleted|_deleted|(^|_|\b)(is_?)?del(_?flag)?$|deletion|loevm|loekz|^dr$|gelöscht|supprim|作废|取消|删除|storniert|annul|anulad|"
    r"cancelad|キャンセル|makuler|mitätöi|stornov|zrušen|[İi]ptal|anulow|отмен|аннулир|hủy|törölt"
)
#: Words by which a shop's own states are known: there, what is pending was never paid.
_OF_SHOP = {"processing", "checkoutdraft", "failed", "wcprocessing", "wcfailed", "wccheckoutdraft"}
_SEVERAL = 2
_REVISIONS = set(listed("revision rev version revisionno versionno versionsnummer 版本 版本号 修订号"))
#: A word that stands in so few different values is a status and no text.
_FEW = 25


def find_not_sold(draft: Draft) -> Iterator[Finding]:
    """Propose to set aside what was not sold, with the rows and money of each status."""
    statuses = _statuses(draft)
    for column in _candidates(draft, statuses):
        texts = draft.texts(column)
        words = sorted({text for text in texts if text})
        is_flag = _is_flag(column) and _are_flags(column, words)
        is_docstatus = set(head_variants(column)) & {"docstatus"} and set(words) <= {
            "0",
            "1",
            "2",
        }  # draft, submitted, cancelled
        is_shop = not is_flag and {plain(word) for word in words} & _OF_SHOP
        not_sold = [
            word
            for word in words
            if (
                not says_no(word)
                if is_flag
                else word in ("0", "2")
                if is_docstatus
                else _NOT_SOLD.match(_normalised(word))
                or (is_shop and _normalised(word).lower() == "pending")
            )
        ]
        receipts = (
            [word for word in words if _RECEIPT.match(word)] if any(map(_INVOICE.search, words)) else []
        )
        if any(map(_DOCUMENT.search, words)):
            not_sold += [word for word in words if _PAYMENT.match(_normalised(word))]
        if is_sage(words):
            not_sold = [word for word in words if word not in ("SI", "SC")]
        elif is_sap(words):
            not_sold = [word for word in words if word not in _SAP_SALES]
        not_sold += [
            word
            for word in words
            if GIVEN_BACK.match(_normalised(word)) and not _has_returns(draft, column, word)
        ]
        if "关闭" in column or "未关闭" in words:  # an order that is closed is done there, or stopped
            not_sold = [word for word in not_sold if "关闭" not in word]
        unknown = [
            word
            for word in words
            if not is_flag
            and not is_docstatus
            and not (is_sage(words) or is_sap(words))
            and word not in not_sold
            and not (_SOLD.match(_normalised(word)) or _PAYMENT.match(_normalised(word)))
        ]
        is_status = column in statuses
        is_plain = not (is_flag or is_docstatus or is_sage(words) or is_sap(words))
        sold = [word for word in words if word not in (*not_sold, *unknown)]
        undecided = undecided_words(draft, column, sold, not_sold, unknown, is_status) if is_plain else []
        undecided += [word for word in receipts if word not in undecided]
        if not (not_sold or undecided or is_status):
            continue
        value = document_word(draft, column)
        counted = {word: draft.money(f"{value} = {draft.quoted([word])}") for word in words}
        counts_text = "; ".join(
            f"{word}: {rows} rows, {shown(money)}" for word, (rows, money) in counted.items()
        )
        observation = f"{column} says {counts_text}."
        if unknown := [word for word in unknown if word not in undecided]:
            observation += f" Not known, and kept: {', '.join(unknown)}. See that they are sales."
        exclude = []
        if not_sold:
            listed = draft.quoted(not_sold)
            exclude.append(
                ("not_sold", f"{value} IN ({listed})", f"{column} says {', '.join(not_sold)}: not sold.")
            )
        if not draft.sample.is_complete:
            known = draft.quoted(["", *words])
            exclude.append(
                ("unknown_status", f"{value} NOT IN ({known})",
                 f"{column} says what no row looked at by init said: decide whether it is sold.")
            )  # fmt: skip
        yield Finding(
            observation,
            exclude=tuple(exclude),
            doubts=ask_if_sold(draft, column, value, undecided),
            uses=(column,),
        )
    for column, undecided in unfinished_flags(draft):
        doubts = ask_if_sold(draft, column, document_word(draft, column), undecided)
        yield Finding(doubts=doubts, uses=(column,) if doubts else ())
    yield from _cancellation_dates(draft)
    yield from _taxes(draft)
    yield from _revisions(draft)
    yield from _stages(draft)


def _revisions(draft: Draft) -> Iterator[Finding]:
    """Count the last version of a document alone, where a column numbers its versions."""
    document = draft.document()
    for column in draft.unmapped:
        if not _REVISIONS & set(head_variants(column)) or document is None or not draft.is_numeric(column):
            continue
        number = draft.number(column)
        value = f"{number} < max({number}) OVER (PARTITION BY {document})"
        rows, money = draft.money(value)
        if rows:
            yield Finding(
                f"{column} numbers the versions of a document: {rows} rows with {shown(money)} are of earlier ones.",
                exclude=(("outdated", value, f"{column} says that there is a later version."),),
                uses=(column,),
            )


def _stages(draft: Draft) -> Iterator[Finding]:
    """Ask which documents count, where orders, their deliveries and their invoices stand in one list."""
    for column in draft.all_columns():
        words = {stage_words for stage_words in draft.texts(column) if stage_words}
        if len(words) > _FEW or column in draft.columns.values():
            continue
        stages = {
            stage: stage_names
            for stage, shape in _STAGES.items()
            if (stage_names := sorted(word for word in words if shape.match(word.strip())))
        }
        if len(stages) < _SEVERAL:
            continue
        answers, descriptions = [], []
        for stage, stage_names in stages.items():
            rows, money = draft.money(f"{draft.words(column)} IN ({draft.quoted(stage_names)})")
            descriptions.append(f"{', '.join(stage_names)} {rows} rows, {shown(money)}")
            others = [
                word
                for other_stage, stage_words in stages.items()
                if other_stage != stage
                for word in stage_words
            ]
            sql = f"{draft.words(column)} NOT IN ({draft.quoted(others)})"
            answers.append(f"#   {toml(sql)}  # {stage} count, and not {', '.join(others)}")
        answers.append('#   "true"  # all: none is a later document of another')
        question = f"{column} says {'; '.join(descriptions)}: which count, if they are of the same sales?"
        yield Finding(settings=(*answers, f'where = "?"  # {question}'), uses=(column,))
        return


def _taxes(draft: Draft) -> Iterator[Finding]:
    """Set lines aside whose article is the tax of their document."""
    words = {"productid", *COLUMN_WORDS["product_id"]}
    for column in draft.all_columns():
        if column != draft.columns.get("product_id") and not words & set(head_variants(column)):
            continue
        found = sorted({word for word in draft.texts(column) if _TAX.match(word.strip())})
        if found and {*found} != {*draft.texts(column)}:
            value = f"{draft.words(column)} IN ({draft.quoted(found)})"
            rows, money = draft.money(value)
            yield Finding(
                f"{column} says {', '.join(found)} in {rows} rows with {shown(money)}: tax, and no sale.",
                exclude=(("tax", value, f"{column} says {', '.join(found)}: tax, and no sale."),),
            )
            return


def is_known_word(word: str) -> bool:
    """Whether a word of a status or a type is known: that something was sold, that it was not, or what it is."""
    known = (_SOLD, _NOT_SOLD, GIVEN_BACK, *_STAGES.values())
    return any(each.match(_normalised(word)) for each in known) or bool(_DOCUMENT.search(word))


def is_sage(words: Collection[str]) -> bool:
    """Whether words are the types of Sage 50, invoices among them."""
    return "SI" in words and set(words) <= SAGE_TYPES


def is_sap(words: Collection[str]) -> bool:
    """Whether words are the types of SAP's documents of customers, invoices among them."""
    return bool({*words} & {"RV", "DR"}) and set(words) <= SAP_TYPES


def _is_flag(column: str) -> bool:
    return bool(_FLAG.search(column)) and not COUNTED.search(column)


def _are_flags(column: str, words: Collection[str]) -> bool:
    """Whether the words of a column say yes or no; 2 beside 0 is a yes of some flags of deletion."""
    return are_yes_or_no(words) or ("del" in column.lower() and set(words) <= {"0", "2"})


def _statuses(draft: Draft) -> list[str]:
    words = set(ROLES["status"])
    return [column for column in draft.all_columns() if words & set(head_variants(column))]


def _candidates(draft: Draft, statuses: Collection[str]) -> list[str]:
    """Name the columns called a status, and those of few words of which one says that nothing was sold."""
    mapped = set(draft.columns.values())
    columns = []
    for column in draft.all_columns():
        if column in mapped:
            continue
        words = {text for text in draft.texts(column) if text}
        is_categorical = words and len(words) <= _FEW and not draft.is_numeric(column)
        flagged = words and _is_flag(column) and _are_flags(column, words)
        if (
            flagged
            or (is_sage(words) and words - {"SI", "SC"})
            or (is_sap(words) and words - _SAP_SALES)
            or ("docstatus" in head_variants(column) and words <= {"0", "1", "2"})
        ):
            columns.append(column)
            continue
        if not is_categorical:
            continue
        unsold = [
            word
            for word in words
            if _NOT_SOLD.match(_normalised(word)) or GIVEN_BACK.match(_normalised(word))
        ]
        known = [*unsold, *(word for word in words if word not in unsold and _SOLD.match(_normalised(word)))]
        open_ones = [word for word in words if is_unfinished(word)]
        if open_ones and set(known) - set(open_ones) and len({*known, *open_ones}) == len(words):
            columns.append(column)
            continue
        none_sold = unsold or (any(map(_RECEIPT.match, words)) and any(map(_INVOICE.search, words)))
        if column in statuses or (none_sold and 2 * len(known) >= len(words)):
            columns.append(column)
    return columns


def _has_returns(draft: Draft, column: str, word: str) -> bool:
    """Whether lines of a status are returns themselves, with amounts below 0."""
    amount = draft.expression(contracts.AMOUNT.get(draft.table, ""))
    condition = f"{draft.words(column)} = {draft.quoted([word])}"
    return amount is not None and draft.signs(condition, amount)[1] > 0


def _normalised(word: str) -> str:
    return word.strip().removeprefix("wc-")


def document_word(draft: Draft, column: str) -> str:
    """Write a column's word, and where it stands on the first line of a document only, that of the document."""
    word, document = draft.words(column), draft.document()
    if document is None or document == draft.sql(column):
        return word
    blank, ambiguous = draft.fetch_row(
        f"SELECT count(*) FILTER (WHERE blank > 0 AND filled > 0), count(*) FILTER (WHERE words > 1) FROM "
        f"(SELECT count(*) FILTER (WHERE {word} = '') AS blank, count(*) FILTER (WHERE {word} <> '') AS filled, "
        f"count(DISTINCT nullif({word}, '')) AS words FROM sample GROUP BY {document})"
    )
    return f"max({word}) OVER (PARTITION BY {document})" if blank and not ambiguous else word


def _cancellation_dates(draft: Draft) -> Iterator[Finding]:
    """A date of cancellation says that the whole document is none."""
    column = draft.roles.get("cancelled")
    if column is None:
        return
    value = f"{document_word(draft, column)} <> ''"
    rows, money = draft.money(value)
    if any(draft.texts(column)):
        yield Finding(
            f"{column} is filled in {rows} rows with {shown(money)}, in each row of such a document.",
            exclude=(("cancelled", value, f"{column} is filled: cancelled."),),
            uses=(column,),
        )
    else:
        yield Finding(
            f"{column} is blank in all rows looked at; where it is filled, the document is cancelled ({toml(column)}).",
            exclude=(("cancelled", value, f"{column} is filled: cancelled."),),
            uses=(column,),
        )
