"""Articles that are called as a total is: Summa, Total."""

from __future__ import annotations

from collections.abc import Iterator

from helpers.intake.layout.words import total_word
from helpers.intake.proposing.findings.draft import Draft, Finding, shown
from helpers.intake.proposing.toml import toml


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
