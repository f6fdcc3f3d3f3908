"""Documents that only the company can classify as sold or not: open, parked, on hold, not approved."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal

from helpers.intake.proposing.columns import head_variants
from helpers.intake.proposing.findings.draft import Doubt, Draft, shown
from helpers.intake.proposing.synonyms import plain
from helpers.intake.values.han import Words

#: Words that say that more is to happen to a document, of which some companies count the sale and others do not.
_UNFINISHED = Words(
    r"(?i)^(open|opened|pending|(on[- ]?)?hold|held|parked|saved|new|created|incomplete|preliminary|provisional|"
    r"blocked|suspended|scheduled|back-?ordered|back[- ]?order|under review|submitted|nothing to invoice|uninvoiced|"
    r"(un|not[- ](yet[- ])?)(posted|approved|confirmed|released|invoiced|shipped|delivered|finali[sz]ed)|"
    r"(a?waiting|pending) .*|to (be )?(confirm|approve|invoice|ship|process|review)(ed|d)?|"
    r"in (progress|process|preparation|review|work)|"
    r"offen|neu|in bearbeitung|zurückgestellt|angehalten|gesperrt|(vor)?erfasst|ungebucht|nicht gebucht|wartend|"
    r"en attente|ouverte?|nouveau|nouvelle|en cours|non validée?|bloquée?|suspendue?|à facturer|"
    r"pendiente|abiert[oa]|nuev[oa]|en (espera|proceso)|retenid[oa]|por facturar|"
    r"待\w+|\w+中|新建|创建|开立|挂起|挂单|未(过账|记账|出库|发货|开票|确认|完成|生效|结清)|"
    r"未処理|保留|受付|未確定|仮登録|未承認|承認待ち|未出荷|未請求)$"
)
#: Words of other languages for paid, in a pattern.
PAID = "cobrad[oa]|pag[oa]|liquidad[oa]|encaissée?|réglée?|soldée?|pagat[oa]|incassat[oa]|betaald"
#: Words that say whether a document was paid: beside them "open" is an invoice that is sold and not paid yet.
_OF_PAYMENT = Words(
    r"(?i)^((partially|partly|fully|not)?[ _-]?paid|unpaid|over ?due|past due|due|settled|"
    r"(teil|un)?bezahlt|überfällig|awaiting payment|(im)?payée?|(no )?pagad[oa]|vencid[oa]|"
    rf"{PAID}|"
    r"(已|未|部分)(付款|收款|结清|核销)|(一部)?入金済み?|未入金)$"
)
#: Columns that say how far payment and shipment of a sale are: it is one at any stage; and what a customer is.
_NOT_OF_SALE = Words(
    r"(?i)pa(y|id)|financ|fulfil|ship|deliver|zahl|liefer|versand|livraison|paiement|envío|pago|付款|收款|发货|物流|出荷|入金|"
    r"^(customer|client|kunden?|客户|顾客|会员|顧客)[ _-]?(status|state|type|typ|类型|类别|状态|区分)$"
)
#: Columns of yes and no that say that a document is done.
_DONE = Words(
    r"(?i)^(is[ _]?)?(posted|approved|confirmed|validated|released|finali[sz]ed|valid|gebucht|freigegeben|bestätigt|"
    r"comptabilisée?|validée?|contabilizad[oa]|aprobad[oa])$|^(是否)?已?(审核|过账|记账|确认|生效|有效)(标志|标记|状态|否)?$|^承認済?$"
)
#: Columns of yes and no that say that a document is none.
_TRIAL = Words(
    r"(?i)^(is[ _]?)?(test|demo|dummy|trial)([ _]?(order|flag|record))?$|^(是否)?测试(单|订单|标志)?$"
)
#: Columns of who, or when, that are filled once a document is done.
_DONE_BY = Words(
    r"(?i)^(approved|posted|confirmed|validated)[ _]?(by|on|at)$|^approve[rd][ _]?(date|time)?$|"
    r"^(freigegeben|gebucht) (von|am)$|^(approuvé|validé) (par|le)$|^aprobado (por|el)$|"
    r"^(审核|审批|记账|过账|复核)(人|员|日期|时间|人姓名)$|^承認(者|日)$"
)
#: Values of a column called after what they say: cancelled = yes.
_YES = Words(r"(?i)^(yes|y|true|t|1|x|是|ja|oui|sí|si|sim|tak|ano|evet|igen|kyllä|да|có|√|✓|はい)$")
_NO = Words(
    r"(?i)^(no|n|false|f|0|否|nein|non|nej|nee|não|nao|nie|ne|hayır|hayir|nem|ei|нет|không|khong|いいえ)?$"
)
#: Heads of states of a country as well as of documents: words that are not known say nothing there.
_OF_PLACES = {"state", "etat", "estado", "stage"}
#: Words of so few letters are codes.
_CODE = 2


def says_yes(word: str) -> bool:
    """Whether a word says yes: as it stands, which a tick needs, or by its bare letters."""
    return bool(_YES.match(word) or _YES.match(plain(word)))


def says_no(word: str) -> bool:
    """Whether a word says no, or is no word."""
    return not says_yes(word) and bool(_NO.match(plain(word)))


def are_yes_or_no(words: Iterable[str]) -> bool:
    """Whether all words say yes or no."""
    return all(says_yes(word) or says_no(word) for word in words)


def is_unfinished(word: str) -> bool:
    """Whether a word says that more is to happen to a document."""
    return bool(_UNFINISHED.match(word.strip()))


def undecided_words(
    draft: Draft,
    column: str,
    sold: Collection[str],
    not_sold: Collection[str],
    unknown: Collection[str],
    is_status: bool,
) -> list[str]:
    """Name the words of a status beside others that say neither that a document is sold nor that it is not.

    Parameters
    ----------
    sold, not_sold, unknown
        Its words as they are known, blank not among them.
    is_status
        Whether it is called a status: in another column a word that is not known says nothing.
    """
    if _NOT_OF_SALE.search(column):
        return []
    payment = [word for word in (*sold, *unknown) if _OF_PAYMENT.match(word.strip())]
    unfinished = [word for word in sorted({*sold, *unknown} - {*payment}) if is_unfinished(word)]
    done = [word for word in sold if word not in (*unfinished, *payment)]
    unknown_words = [word for word in unknown if word not in (*unfinished, *payment) and "关闭" not in word]
    if not (done or not_sold):
        if payment or set(head_variants(column)) & _OF_PLACES or len({*unfinished, *unknown_words}) < 2:
            return []
        is_codes = max(map(len, unknown_words), default=_CODE + 1) <= _CODE  # A, B, C: no word at all
        return [*unfinished, *unknown_words] if is_status or is_codes else []
    missing_in_files = "" in draft.sample.aliases.get(column, ())  # some files have no such column
    has_blanks = bool(done) and not payment and not missing_in_files and not all(draft.texts(column))
    found = unfinished if done else []
    return [*found, *(unknown_words if is_status else []), *([""] if has_blanks and is_status else [])]


def count_undecided(draft: Draft, condition: str) -> tuple[int, Decimal | None]:
    """Count the rows that meet a condition, with their money, and are not set aside or asked about already."""
    decided = [where for finding in draft.findings for _, where, _ in finding.exclude]
    decided += [doubt.answers[0][0] for finding in draft.findings for doubt in finding.doubts]
    is_decided = " OR ".join(f"coalesce({where}, false)" for where in decided)
    return draft.money(f"({condition}) AND NOT ({is_decided})" if is_decided else condition)


def ask_if_sold(
    draft: Draft, column: str, value: str, words: Sequence[str], rule: str = "unfinished"
) -> tuple[Doubt, ...]:
    """Ask whether documents of some words are sales, where some of them are not set aside, or asked about, already."""
    if not words:
        return ()
    condition = f"{value} IN ({draft.quoted(words)})"
    rows, money = count_undecided(draft, condition)
    if not rows:
        return ()
    word_list = ", ".join(word or "nothing" for word in words)
    answers = [
        (condition, f"no: {rows} rows with {shown(money)} are set aside"),
        ("false", "yes: all of them are sales"),
    ]
    if len(words) > 1:
        answers[1:1] = [
            (f"{value} IN ({draft.quoted([word])})", f"those of {word or 'nothing'} are not, the others are")
            for word in words
        ]
    question = f"{column} says {word_list} in {rows} rows with {shown(money)}: do these count as sales?"
    return (Doubt(rule, question, answers, f"{column} says {word_list}: not counted as sales."),)


def unfinished_flags(draft: Draft) -> Iterator[tuple[str, list[str]]]:
    """Return the columns that say whether a document is done, by yes or no or by who did it, with the words for no."""
    for column in draft.all_columns():
        words = set(draft.texts(column))
        if column in draft.columns.values() or len(words) < 2:
            continue
        name = column.replace("_", " ").strip()
        if _DONE_BY.match(name) and "" in words:
            yield column, [""]
        elif _DONE.match(name) and are_yes_or_no(words):
            yield column, sorted(filter(says_no, words))
        elif _TRIAL.match(name) and are_yes_or_no(words):
            yield column, sorted(filter(says_yes, words))
