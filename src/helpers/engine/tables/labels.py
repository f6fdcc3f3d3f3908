"""What pages call the words of the data, held against the data: no two words of a column may be called the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import duckdb

from helpers.engine.connection import parquet_of
from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.reading.sql import literal, parquet_sql
from helpers.intake.tables import StandardTables
from helpers.settings import config
from helpers.settings.config import Settings

#: Texts of which none is a class that pages show groups by.
_NOT_LABELLED = frozenset({"name", "group_name", "note", "address", "town", "question"})


def check_labels(tables: StandardTables, settings: Settings) -> None:
    """Raise a WorkbookError where two words of a column are called the same: pages would show two groups as one."""
    called = {language: dict(settings.labels_in(language)) for language in config.LANGUAGES}
    known = ", ".join(
        literal(text) for text in {*settings.labels, *(x for of in called.values() for x in of.values())}
    )
    if not known:
        return
    with duckdb.connect() as engine:
        for table in config.TABLE_NAMES:
            texts = {each.name for each in contracts.columns(table) if each.kind == "text"} - _NOT_LABELLED
            columns = sorted(texts & tables.supplied.get(table, frozenset()))
            if not columns:
                continue
            listed = ", ".join(f"list(DISTINCT {name}) FILTER ({name} IN ({known}))" for name in columns)
            source = parquet_sql(parquet_of(tables.path(table)))
            (found,) = engine.execute(f"SELECT {listed} FROM {source}").fetchall()
            for column, words in zip(columns, found, strict=True):
                for language, of in called.items():
                    _check_apart(f"{table}, column {column}", sorted(words or ()), of, language)


def _check_apart(place: str, words: Sequence[str], called: Mapping[str, str], language: str) -> None:
    by_label: dict[str, str] = {}
    for word in words:
        other = by_label.setdefault(called.get(word, word), word)
        if other != word:
            raise WorkbookError(
                f"{place}: '{other}' and '{word}' are both called '{called.get(word, word)}' in the language "
                f"{language}, and pages could not tell them apart. Call one of them otherwise under [labels]."
            )
