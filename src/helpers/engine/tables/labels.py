"""What pages call the words of the data, held against the data: no word is called as another, none is unknown."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

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
    known = {*settings.labels, *(x for of in called.values() for x in of.values())}
    for place, words in _columns_with(tables, known):
        for language, of in called.items():
            _check_apart(place, words, of, language)


def labels_without_word(tables: StandardTables, settings: Settings) -> list[str]:
    """Return the words under ``[labels]`` that no column of classes holds, in the order they stand there."""
    found = {word for _, words in _columns_with(tables, settings.labels) for word in words}
    return [word for word in settings.labels if word not in found]


def _columns_with(tables: StandardTables, known: Collection[str]) -> Iterator[tuple[str, list[str]]]:
    """Name each column of classes, with those of the known words that it holds."""
    if not known:
        return
    sought = ", ".join(map(literal, known))
    with duckdb.connect() as engine:
        for table in config.TABLE_NAMES:
            texts = {each.name for each in contracts.columns(table) if each.kind == "text"} - _NOT_LABELLED
            columns = sorted(texts & tables.supplied.get(table, frozenset()))
            if not columns:
                continue
            listed = ", ".join(f"list(DISTINCT {name}) FILTER ({name} IN ({sought}))" for name in columns)
            source = parquet_sql(parquet_of(tables.path(table)))
            (found,) = engine.execute(f"SELECT {listed} FROM {source}").fetchall()
            for column, words in zip(columns, found, strict=True):
                yield f"{table}, column {column}", sorted(words or ())


def _check_apart(place: str, words: Sequence[str], called: Mapping[str, str], language: str) -> None:
    by_label: dict[str, str] = {}
    for word in words:
        other = by_label.setdefault(called.get(word, word), word)
        if other != word:
            raise WorkbookError(
                f"{place}: '{other}' and '{word}' are both called '{called.get(word, word)}' in the language "
                f"{language}, and pages could not tell them apart. Call one of them otherwise under [labels]."
            )
