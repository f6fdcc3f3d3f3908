"""Lines that some companies count as sales and others do not: samples, deposits, parts of a set, the group's own.

By words of a type, an article or a group, and by columns that name another line or document. Nothing of it is decided:
each is a question, with rows and money.
"""

from __future__ import annotations

from collections.abc import Iterator

from helpers.intake.layout.words import total_word
from helpers.intake.proposing.columns import head_variants
from helpers.intake.proposing.findings.documents import SAP_BILLING, number_letters
from helpers.intake.proposing.findings.draft import Doubt, Draft, Finding, negated_where, shown
from helpers.intake.proposing.findings.sold.unfinished import (
    are_yes_or_no,
    ask_if_sold,
    count_undecided,
    says_yes,
)
from helpers.intake.proposing.synonyms import COLUMN_WORDS
from helpers.intake.proposing.toml import toml
from helpers.intake.values.han import Words

#: What such lines are -> words that say so, as a whole value.
_KINDS = {
    "deposit": Words(
        r"(?i)^(pre-?payments?|down ?payments?|deposits?|advances?( payments?)?)( (invoices?|requests?))?$|"
        r"^([0-9]+\. ?)?(anzahlung|abschlag|vorauszahlung)(s?rechnung)?( ?(nr\.? ?)?[0-9]+)?$|"
        r"^progress (invoice|bill(ing)?|claim)( [0-9]+)?$|^(facture de )?situation( [0-9]+)?$|^(进度款|阶段款|中间金)$|"
        r"^(facture d')?acompte$|^anticipo$|"
        r"^(pfand|leergut|consigne|statiegeld|bottle deposit|crate deposit)s?\b.*|^(押瓶|空瓶|周转箱|包装物?)押金$|"
        r"^(预收|预付|定金|订金|押金|预收款|预付款)(单|发票)?$|^前受金$|"
        r"^(e-?)?gift ?(cards?|vouchers?|certificates?)\b.*|^(geschenk)?gutschein(e|verkauf)$|^geschenkkarten?$|"
        r"^(carte|chèque)s? cadeau$|^tarjetas? regalo$|^(礼品卡|储值卡|购物卡|预付卡|充值)(销售)?$"
    ),
    "own": Words(
        r"(?i)^(staff|employees?|personnel|mitarbeiter|personal(kauf|verkauf)?|empleados?|salariés?)"
        r"([ -](sales?|purchases?|discounts?|shop))?$|^(company|group)[ -]owned$|"
        r"^own (shops?|stores?|use|consumption)$|^eigen(verbrauch|bedarf|filiale)$|^filiale(n)?$|"
        r"^(员工|内部员工|职工)(内购|购买|销售|价)?$|^内购$|"
        r"^(直营|自营)(店|门店|网点)$|^自用$|^社員販売$"
    ),
    "sample": Words(
        r"(?i)^(free )?samples?( orders?)?$|^tann$|"
        r"^free of charge( \w+)?$|^foc$|^muster(lieferung|auftrag)?$|^échantillons?$|"
        r"^muestras?$|^(样品|赠品|试用|试用品|赠送)(单|出库|订单)?$|^(サンプル|見本)$"
    ),
    "consignment": Words(
        r"(?i)^consignment( (fill-?up|delivery|shipment|stock|transfer|order|pick-?up))?$|^konsignation\w*$|"
        r"^dépôt-vente$|^consigna(ción)?$|^(寄售|代销|委托代销|铺货)(发货|出库|调拨)?单?$|^委託(販売|出荷)?$"
    ),
    "intercompany": Words(
        r"(?i)^inter-?company( \w+)?$|^affiliate[sd]?( compan(y|ies))?$|^group compan(y|ies)$|^konzern(intern)?$|"
        r"^verbundenes? unternehmen$|^intra-?groupe?$|"
        r"^(关联(方|企业|公司|交易)|内部(客户|单位|往来|销售)|集团内\w*)$|"
        r"^(グループ会社|社内)$|^internal( (transfers?|orders?|sales?|use|movements?|consumption|customers?))?$|"
        r"^(stock |warehouse )?transfers?( orders?| notes?| out)?$|^umlagerung\w*$|^intern(er? \w+)?$|^traspasos?$"
    ),
    "test": Words(
        r"(?i)^(test|dummy|demo|prueba|essai)([ _-]?(customers?|clients?|accounts?|orders?|kunden?|firma|auftrag|"
        r"company|gmbh|ltd|inc|debitor|buyer|[0-9]+)\b.*)?$|^测试(客户|订单|账号|单|专用)?[0-9]*$|^テスト(顧客|得意先|注文)?[0-9]*$"
    ),
    "component": Words(
        r"(?i)^((kit|bom|bundle|set|assembly)[ -])?(components?|sub-?items?|child( items?)?)$|"
        r"^komponente$|^stückliste\w*$|^composant$|^componente$|^(组件|子件|套装(明细|子件|商品明细))$|^構成品$"
    ),
    "no_trade": Words(
        r"(?i)^(exchange|fx|currency) (gains?|loss(es)?|differences?)$|^(finance|interest|late) (charges?|fees?)$|"
        r"^interest$|^(manual )?journals?( entr(y|ies))?$|^accruals?$|^write-?offs?$|^bad debts?$|^(verzugs)?zinsen$|"
        r"^kursdifferenz\w*$|^rückstellung\w*$|^(汇兑损益|汇兑差额|利息|滞纳金|计提|暂估|手工凭证|坏账)$|"
        r"^(opening|brought forward|carried forward) balance$|^balance (b/?f|c/?f|brought forward|carried forward)$|"
        r"^(saldovortrag|anfangsbestand|report à nouveau|saldo inicial|期初余额|上期结转|前期繰越)$"
    ),
    "document_head": Words(
        r"(?i)^((document|order|invoice)[ -])?header$|^kopf(zeile|satz|daten)?$|^en-?tête$|^cabecera$|"
        r"^(表头|单头|主表)$"
    ),
}
#: What the numbers of quotations and pro forma invoices begin with.
_QUOTE_LETTERS = {"PRO", "PF", "PRF", "PROF", "QT", "QTE", "QUO", "QUOTE", "EST", "ANG", "DEV", "BJD"}
#: Codes of records, where those of heads stand beside those of lines.
_RECORDS = ({"H", "D"}, {"H", "L"}, {"K", "P"})
#: Columns of groups of articles, which may be called components.
_GROUP = Words(
    r"(?i)(?<!item )(?<!line )categor|group|family|famili|famille|类别|分类|品类|大类|类目|系列|カテゴリ|分類"
)
#: Columns in which articles, not types, are named.
_ARTICLES = {"productid", "name", "description", *COLUMN_WORDS["product_id"], *COLUMN_WORDS["name"]}
#: An article that is what is taken off.
_DISCOUNT = Words(
    r"(?i)^((cash|trade|special|line|sales|volume|quantity|loyalty|customer|invoice) )?(discounts?|rabatt|skonto|"
    r"nachlass|remise|escompte|ristourne|descuento|coupons?|vouchers?( redeemed)?|rebates?|allowances?|gutschein\w*)"
    r"([ :]*\(?-?[0-9.,]+ ?%\)?)?$|^(整单|现金)?(折扣|优惠|折让|让利|返利|优惠券|代金券)(额|金额)?([0-9.]+%)?$|"
    r"^値引き?$"
)
#: A column that names the line or article that a row is part of.
_PARENT = Words(
    r"(?i)^(parent|main|master|higher[- ]level)[ _]?(line|item|sku|product|row|article|position)"
    r"([ _]?(no|number|id|ref))?\.?$|^(bundle|kit|set)[ _]?(parent|id|no|item|line|sku)\.?$|"
    r"^(haupt|übergeordnete )position$|^(父项|父件|上级)(行号?|编码|商品|物料)?$|"
    r"^(所属)?(套装|组合)(编码|编号|商品|行号?)$"
)
_LEVEL = Words(r"(?i)^(bom|kit|set|stücklisten?)[ _-]?(level|ebene|stufe)$|^(BOM)?层(次|级)$")
#: A column that names the document by which a row's own was taken back.
_TAKEN_BACK = Words(
    r"(?i)^(reversed|cancell?ed|corrected|replaced|superseded|storniert|ersetzt)[ _]?(by|with|durch|mit)"
    r"([ _]?(document|doc|invoice|beleg|no)\.?)*$|^(reversal|storno)[ _-]?(document|doc|invoice|beleg(nummer)?|no)"
    r"([ _]?(no|number))?\.?$|^(被)?(红冲|冲销|冲红)(单号|单据号?|发票号?|凭证号?)$"
)
#: Columns that are filled where a line was rejected, or went into another document; and flags of goods that were given.
_REJECTED = Words(
    r"(?i)^(reason for rejection|rejection (reason|code)|cancel(lation|led)?[ _]reason|abgru|"
    r"absagegrund|ablehnungsgrund|(取消|作废|拒绝|拒收|驳回|关闭)(原因|理由))$"
)
_MERGED = Words(
    r"(?i)^(merged|combined|consolidated)[ _]?(in|into|to|with)([ _]?(order|document|invoice))?([ _]?(no|number|id))?$|"
    r"^zusammengeführt (in|mit)$|^(fusionnée?|regroupée?) (dans|avec)$|^(被?合并|并)(到|至|入)(订单|单据?)?(编?号)?$"
)
_FREE_GOODS = Words(
    r"(?i)^(is[ _]?)?(free( of charge| goods?| item)?|foc|bonus( item)?|gratis|gratuit|gift|sample)"
    r"([ _]?(flag|item|line))?$|^(是否)?(赠品|样品|免费|赠送)(标志|标识|行)?$"
)
#: How a line says in words that it takes off what was paid ahead.
_PAID_AHEAD = (
    "(?i)anzahlung|abschlag|vorauszahlung|deposit|down ?payment|prepay|advance|acompte|anticipo|"
    "前受|预收|预付|定金|订金"
)
_LONGEST = 40
#: Heads of how something was paid or who sold it, and words that mean that there: a bank transfer, inside sales.
_PAYMENT_OR_CHANNEL = Words(
    r"(?i)pay|zahl|paiement|pago|付款|支付|收款|结算|channel|kanal|渠道|team|dep(ar)?t|abteilung|部门"
)
_AMBIGUOUS = Words(r"(?i)^(transfers?|intern(al)?( sales)?)$")
_FEW = 25


def find_kinds(draft: Draft) -> Iterator[Finding]:
    """Ask whether lines of such kinds are to count."""
    for column in draft.all_columns():
        words = {word for word in draft.texts(column) if word and len(word) < _LONGEST}
        is_article = bool(_ARTICLES & set(head_variants(column)))
        is_customer = column == draft.columns.get("customer_id")
        if not words or not (is_customer or is_article or len(words) <= _FEW):
            continue
        for kind, shape in _KINDS.items():
            if is_customer and kind != "test":
                continue
            found = sorted(
                word for word in words
                if shape.match(word.strip())
                and not (_PAYMENT_OR_CHANNEL.search(column) and _AMBIGUOUS.match(word.strip()))
            )  # fmt: skip
            if kind == "document_head" and words in _RECORDS:
                found = sorted(words & {"H", "K"})
            if (
                kind == "no_trade" and "F2" in words and words <= SAP_BILLING
            ):  # billing types of SAP, of which these are pro forma
                found = sorted({*found, *(words & {"F5", "F8"})})
            if found and len(words) > len(found) and not (kind == "component" and _GROUP.search(column)):
                yield from _ask_kind(draft, kind, column, draft.words(column), found)
        if is_article:
            yield from _discounts(
                draft, column, sorted(word for word in words if _DISCOUNT.match(word.strip()))
            )
    if (order := draft.columns.get("order_id")) is not None:
        letters = number_letters(draft, order)
        found = sorted(_QUOTE_LETTERS & {*draft.values(letters)})
        yield from _ask_kind(draft, "unfinished", order, letters, found) if found else ()
    yield from _flag_columns(draft)
    yield from _texts(draft)
    yield from _component_lines(draft)
    yield from _reversed_documents(draft)


def _ask_kind(draft: Draft, kind: str, column: str, value: str, words: list[str]) -> Iterator[Finding]:
    condition = f"{value} IN ({draft.quoted(words)})"
    if not count_undecided(draft, condition)[1]:
        return
    if kind == "deposit" and (deduction := _deduction_rows(draft, condition)):
        rows, money = draft.money(deduction)
        question = (
            f"{column} says {', '.join(words)}, and {rows} other rows take {shown(money)} "
            "off again: do both count?"
        )
        answers = [
            (
                f"{condition} OR ({deduction})",
                "no: neither; what is delivered counts in full on its own invoice",
            ),
            ("false", "yes, both: what was paid ahead counts when it was, and the rest later"),
        ]
        yield Finding(
            doubts=(Doubt(kind, question, answers, f"{column} says {', '.join(words)}."),), uses=(column,)
        )
        return
    doubts = ask_if_sold(draft, column, value, words, kind)
    yield Finding(doubts=doubts, uses=(column,) if doubts else ())


def _texts(draft: Draft) -> Iterator[Finding]:
    """Set rows aside that have neither an article nor a quantity nor an amount: texts between the lines."""
    if not {"quantity", "net_amount"} <= {*draft.columns}:
        return
    columns = [
        draft.columns[name] for name in ("product_id", "quantity", "net_amount") if name in draft.columns
    ]
    condition = " AND ".join(f"{draft.words(column)} = ''" for column in columns)
    rows, _ = draft.money(condition)
    if rows:
        yield Finding(
            f"{rows} rows have no article, no quantity and no amount: texts.",
            exclude=(("text", condition, "The row has no article, no quantity and no amount."),),
        )


def _deduction_rows(draft: Draft, condition: str) -> str | None:
    """Write which other rows take off what was paid ahead, as final invoices do; None where none do."""
    net = draft.expression("net_amount")
    for column in draft.all_columns():
        if net is None or not _ARTICLES & set(head_variants(column)):
            continue
        is_prepayment = f"regexp_matches({draft.words(column)}, '{_PAID_AHEAD}')"
        deduction = f"coalesce(({net}) < 0, false) AND NOT ({condition}) AND {is_prepayment}"
        if draft.money(deduction)[0]:
            return deduction
    return None


def _flag_columns(draft: Draft) -> Iterator[Finding]:
    """Ask about lines that a column calls rejected, merged or given for nothing, by its head and by its words."""
    for column in draft.all_columns():
        words = {text for text in draft.texts(column) if text}
        name = column.replace("_", " ").strip()
        if column in draft.columns.values() or not words:
            continue
        if _REJECTED.match(name):
            condition, kind = f"{draft.words(column)} <> ''", "rejected"
        elif _MERGED.match(name) and words & {*draft.texts(draft.columns.get("order_id", column))}:
            condition, kind = f"{draft.words(column)} NOT IN ('', '0')", "merged"
        elif _FREE_GOODS.match(name) and are_yes_or_no(words):
            condition = (
                f"{draft.words(column)} IN ({draft.quoted(sorted(filter(says_yes, words)) or ['yes'])})"
            )
            kind = "sample"
        else:
            continue
        rows, money = draft.money(condition)
        if money and rows < draft.sample.rows:
            answers = [
                (condition, f"no: {rows} rows with {shown(money)} are set aside"),
                ("false", "yes: all of them are sales"),
            ]
            question = f"{column} is said of {rows} rows with {shown(money)}: do these count as sales?"
            yield Finding(
                doubts=(Doubt(kind, question, answers, f"{column} says so: no sale."),), uses=(column,)
            )


def _discounts(draft: Draft, column: str, words: list[str]) -> Iterator[Finding]:
    """Ask for the sign of lines whose article is a discount, where their amounts are above 0."""
    net = draft.first_reading("net_amount")
    condition = f"{draft.words(column)} IN ({draft.quoted(words)})"
    if not words or net is None:
        return
    rows, minus, money = draft.signs(condition, net)
    if not rows or minus:
        return
    asks, answers = draft.questions.get("net_amount", ("", [(net, "")]))
    combined = []
    for reading, means in answers:
        prefix = f"{means}; " if means else ""
        combined += [
            (negated_where(condition, reading), f"{prefix}discounts, {shown(money)}, are taken off"),
            (reading, f"{prefix}they are sales"),
        ]
    observation = f"{column} says {', '.join(words)} in {rows} rows with amounts above 0: are they taken off?"
    yield Finding(
        questions={"net_amount": (f"{asks}; {observation}" if asks else observation, combined)},
        uses=tuple(filter(None, [draft.columns.get("net_amount")])),
    )


def _component_lines(draft: Draft) -> Iterator[Finding]:
    """Ask about lines that are parts of another line, where both have money."""
    for column in draft.all_columns():
        if column in draft.columns.values():
            continue
        if _PARENT.match(column.strip()):
            condition = f"{draft.words(column)} NOT IN ('', '0', '000000')"
        elif _LEVEL.match(column.strip()) and draft.is_numeric(column):
            condition = f"{draft.number(column)} > min({draft.number(column)}) OVER ()"
        else:
            continue
        rows, money = draft.money(condition)
        rest_money = draft.money(f"NOT ({condition})")[1]
        if money and rest_money:
            answers = [
                (condition, f"no: their money is in the line of the set; {shown(money)} is set aside"),
                ("false", "yes: the money of the set is on its parts alone"),
            ]
            question = f"{column} says that {rows} rows with {shown(money)} are parts of another line: do they count?"
            yield Finding(
                doubts=(Doubt("component", question, answers, f"{column} says: part of another line."),),
                uses=(column,),
            )


def _reversed_documents(draft: Draft) -> Iterator[Finding]:
    """Ask about documents that another took back, unless that other one stands there with a minus."""
    document = draft.document()
    for column in draft.all_columns():
        if document is None or column in draft.columns.values() or not _TAKEN_BACK.match(column.strip()):
            continue
        word = draft.words(column)
        is_reversed = f"{word} <> ''"
        pair = f"coalesce(nullif({word}, ''), CAST({document} AS VARCHAR))"
        is_involved = f"count(*) FILTER (WHERE {is_reversed}) OVER (PARTITION BY {pair}) > 0"
        rows, money = draft.money(is_reversed)
        reversal_money = draft.money(f"{is_involved} AND NOT ({is_reversed})")[1]
        if not rows or not money or (reversal_money is not None and reversal_money == -money):
            continue
        question = f"{column} names what took {rows} rows with {shown(money)} back"
        answers = [
            (is_reversed, f"no: {shown(money)} is set aside"),
            ("false", "yes, or those that took them back are exported anew, with a minus"),
        ]
        if reversal_money is not None:
            question += f", which stands there with {shown(reversal_money)}"
            answers.insert(
                0, (is_involved, f"neither: {shown(money)} and {shown(reversal_money)} are set aside")
            )
            answers[1] = (is_reversed, f"only what took them back, corrected: {shown(money)} is set aside")
        question += ": do they count?"
        yield Finding(
            doubts=(Doubt("taken_back", question, answers, f"{column} names what took it back."),),
            uses=(column,),
        )


def find_called_totals(draft: Draft) -> Iterator[Finding]:
    """Ask whether articles that are called as a total is are articles: ``check`` stops at such rows otherwise."""
    column = draft.columns.get("product_id")
    words = sorted(
        {text for text in draft.texts(column) if text and total_word(text) == "exact"} if column else ()
    )
    if not column or not words:
        return
    rows, money = draft.money(f"{draft.words(column)} IN ({draft.quoted(words)})")
    yield Finding(
        settings=(
            f"#   {toml(words)}  # names of articles: they are sales",
            "#   []  # totals: they are set aside where they are the sum of the rows above them, else the run stops",
            f'not_totals = "?"  # {column} says {", ".join(words)} in {rows} rows with {shown(money)}: what are these?',
        )
    )
