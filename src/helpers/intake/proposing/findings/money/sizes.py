"""In which size amounts are given, by heads, titles and names of files: in thousands, 万 or millions."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from helpers.intake.layout.named_currency import size_named
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.synonyms import size_of_titles
from helpers.intake.values.units import unit


def find_units(draft: Draft) -> Iterator[Finding]:
    """Multiply amounts whose heads, titles or files say that they are in thousands, 万 or millions."""
    factor, unit_name = size_of_titles(draft.sample.comments)
    of_all, named = (factor, unit_name) if factor != 1 else _size_by_name(draft)
    for name, kind in draft.kinds.items():
        column = draft.columns.get(name)
        if kind != "money":
            continue
        if column is None:
            if of_all != 1 and name in draft.questions:
                asks, answers = draft.questions[name]
                scaled = [(f"({sql}) * {of_all}", means) for sql, means in answers]
                yield Finding(f"{name} is in {named}.", questions={name: (asks, scaled)})
            continue
        factor, _, unit_name = unit(column)
        expression = draft.number(column)
        if factor == 1:
            factor, unit_name, expression = of_all, named, f"{expression} * {of_all}"
        if factor != 1:
            (after,) = draft.example(expression) or (None,)
            yield Finding(
                f"{column} is in {unit_name}: {name} is {factor:,} times it; the first is {shown(after)}.",
                derived={name: expression},
                uses=(column,),
            )


def _size_by_name(draft: Draft) -> tuple[int | Decimal, str]:
    """Find what the names of files, folders or sheets say of the size of all amounts, as ``Umsatz in TEUR``."""
    file, sheet, *_ = next(iter(draft.sample.parts), (draft.sample.file, draft.sample.sheet))
    factor, said = size_named(file, sheet)  # those of one table say the same
    return factor, f"{said} by the name of {file}"
