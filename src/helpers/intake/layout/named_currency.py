"""What the names of files, folders and sheets say of the amounts in them: ``USD/sales.csv``, ``美元``, ``in TEUR``."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import PurePosixPath

from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.cleaning.staging import Stage
from helpers.intake.values.units import CURRENCY_MARKS, unit

_CODES = {code: code for code in CURRENCY_MARKS.values()} | {"RMB": "CNY"}
#: Codes that are no words in small letters, as try and all are.
_SURE = ("EUR", "USD", "GBP", "CHF", "CNY", "RMB", "JPY", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "HKD",
         "AUD")  # fmt: skip
_WORDS = {word: code for word, code in CURRENCY_MARKS.items() if len(word) > 1 and not word.isascii()}
_SPELLINGS = _CODES | {form: _CODES[code] for code in _SURE for form in (code.lower(), code.title())}
_SPELLINGS |= dict.fromkeys(("Euro", "euro", "EURO"), "EUR")
#: What stands before the currency of all amounts in a title.
_LABEL = re.compile(
    r"(?i)(?:\bcurrency|währung|\bdevise|\bmonnaie|\bmoneda|\bmoeda|\bvalut\w*|\bwaluta|\bвалюта|币[别种制]|货币|通貨)\s*[:：=]?\s*"
    r"([A-Z]{3}\b)"
)
_WORD = re.compile("|".join(map(re.escape, sorted(_WORDS, key=len, reverse=True))))


def currency_named(name: str) -> tuple[str, str] | None:
    """Return the last word of a name that is a currency, and its code; None where none is.

    Parameters
    ----------
    name
        A file's below the data folder, with its sheet behind it: the inner place says it, if both do.

    Examples
    --------
    >>> currency_named("EUR/2026-03 USD.csv"), currency_named("销售.xlsx, sheet 美元"), currency_named("try.csv")
    (('USD', 'USD'), ('美元', 'USD'), None)
    """
    found = [(match.start(), match[0], _WORDS[match[0]]) for match in _WORD.finditer(name)]
    found += [
        (match.start(), match[0], _SPELLINGS[match[0]])
        for match in re.finditer(r"[^\W\d_]+", name)
        if match[0] in _SPELLINGS
    ]
    return max(found)[1:] if found else None


def size_named(file: str, sheet: str | None) -> tuple[int | Decimal, str]:
    """Return how many units one is in the rows of a sheet or file, by the inner of its names that says it; else 1.

    Examples
    --------
    >>> size_named("kEUR/2026.csv", None), size_named("sales.xlsx", "Umsatz in TEUR"), size_named("1000 m.csv", None)
    ((1000, 'kEUR'), (1000, 'TEUR'), (1, ''))
    """
    path = PurePosixPath(file)
    for name in filter(None, (sheet, path.stem, *reversed(path.parts[:-1]))):
        factor, code, said = unit(f"- {name}")
        # By its code or in letters of its own: an ERP or MRP is no thousand or million of rupiah.
        if factor != 1 and code is not None and (code in said.upper() or not said.isascii()):
            return factor, said.removeprefix("in ")
    return 1, ""


def currency_titled(text: str) -> str | None:
    """Return the one currency that a title above a table says; None where it says none, or several."""
    codes = {_CODES[code] for code in _LABEL.findall(text) if code in _CODES}
    codes |= {_WORDS[word] for word in _WORD.findall(text)}
    codes |= {_SPELLINGS[word] for word in re.findall(r"[^\W\d_]+", text) if word in (*_SURE, "Euro", "EURO")}
    return codes.pop() if len(codes) == 1 else None


def check_named_currencies(stage: Stage) -> None:
    """Stop where the names of a table's files say several currencies, and its map none.

    Raises
    ------
    WorkbookError
        Amounts of several currencies would be added up; the message names two of the files.
    """
    if "currency" in stage.supplied or "currency" not in {
        each.name for each in contracts.columns(stage.table)
    }:
        return
    named = ((found, each.name) for each in stage.relations if (found := currency_named(each.name)))
    by_code = {code: (word, name) for (word, code), name in named}
    if len(by_code) > 1:
        (one, (_, first)), (other, (word, second)), *_ = by_code.items()
        raise WorkbookError(
            f"{first} is in {one} by its name and {second} in {other}, and nothing in the map says in which currency "
            "a row is: they would be added up. `workbook init` proposes how it is told, as does, under "
            f"[tables.{stage.table}.derived]: currency = \"CASE WHEN contains(file_name, '{word}') THEN '{other}' ELSE "
            f"'{one}' END\". Where all are in {one}: currency = \"'{one}'\"."
        )
