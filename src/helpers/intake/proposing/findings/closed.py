"""Customers whose business is closed for good, by the words of a status or a column that says so in its head."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from helpers.intake.proposing.columns import is_date
from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.proposing.findings.sold.unfinished import are_yes_or_no, says_yes
from helpers.intake.proposing.synonyms import plain
from helpers.intake.reading.sql import literal
from helpers.settings.source import Customers

#: Heads whose yes says that a business is closed.
_CLOSED = re.compile(
    r"(is|account|customer|license|licence)?closed|gesperrt|geschlossen|fermee?|cerrad[oa]|(是否|已)?(停业|注销|歇业|闭店|关店)"
)
#: A word that stands in so few different values is a status and no text.
_FEW = 25
_SHOWN = 5


#: What became of a quote, in the standard's word and in others.
_OUTCOMES = {
    "won": "won|accepted|ordered|approved|angenommen|beauftragt|gewonnen|acceptée?|signée?|gagnée?|aceptad[oa]|"
    "ganad[oa]|已?(成交|接受|中标|赢单)|受注",
    "lost": "lost|rejected|declined|refused|abgelehnt|verloren|refusée?|perdue?|rechazad[oa]|perdid[oa]|"
    "已?(拒绝|丢单|流失|未成交)|失注",
    "expired": "expired|lapsed|abgelaufen|expirée?|caducad[oa]|已?(过期|失效)|失効",
    "open": "open|draft|sent|pending|offen|entwurf|versendet|ouverte?|envoyée?|en cours|abiert[oa]|enviad[oa]|"
    "pendiente|跟进中|进行中|待定|已?(发送|报价)|提出済",
}


def find_outcome(draft: Draft) -> Iterator[Finding]:
    """Write what became of quotes in the words of the standard, where all words are known."""
    column = draft.columns.get("status")
    words = sorted({text for text in draft.texts(column) if text}) if column else []
    outcomes = {
        word: next((name for name, shape in _OUTCOMES.items() if re.fullmatch(f"(?i){shape}", word)), None)
        for word in words
    }
    if column is None or {*words} <= {*_OUTCOMES} or not all(outcomes.values()):
        return
    cases = " ".join(f"WHEN {draft.quoted([word])} THEN '{name}'" for word, name in outcomes.items())
    yield Finding(
        f"{column} says {', '.join(f'{word} ({name})' for word, name in outcomes.items())}.",
        derived={"status": f"CASE {draft.words(column)} {cases} END"},
        uses=(column,),
    )


def find_closed(draft: Draft) -> Iterator[Finding]:
    """Propose what says that a customer is closed; a status that says nothing of it is left aside."""
    column = draft.columns.get("status") if draft.table == "customers" else None
    if column is None:
        return
    words = Counter(text for text in draft.texts(column) if text)
    if words and all(is_date(text) for text in words):
        closed_date = {} if "closed_date" in draft.columns else {"closed_date": column}
        yield Finding(columns={"status": None, **closed_date})
        return
    if _CLOSED.fullmatch(plain(column)) and are_yes_or_no(words):
        closed_words = sorted(word for word in words if says_yes(word))
        if closed_words:
            listed = ", ".join(map(literal, closed_words))
            yield Finding(
                f"{column}: {sum(words[word] for word in closed_words)} customers are closed "
                f"({', '.join(closed_words)}): nobody is warned of them or visits them. {_DAY}",
                derived={"status": f"CASE WHEN {draft.words(column)} IN ({listed}) THEN 'closed' END"},
                uses=(column,),
            )
            return
    closed_terms = {word.casefold() for word in Customers().closed}
    closed = {word: count for word, count in words.items() if word.strip().casefold() in closed_terms}
    if not closed or len(words) > _FEW:
        yield Finding(columns={"status": None})
        return
    shown = ", ".join(f"{word} {count}" for word, count in sorted(closed.items()))
    others = sorted(set(words) - set(closed))
    more = ", ".join(others[:_SHOWN]) + (" ..." if len(others) > _SHOWN else "")
    rest = f" Taken for open: {more}; else add the word to closed under [customers]." if others else ""
    yield Finding(
        f"{column} says of customers that they are closed ({shown}): nobody is warned of them or visits them."
        f"{rest} {_DAY}"
    )


_DAY = "From which day, closed_date or valid_from would tell; without one it is so in reports of all months."
