"""What pages call the words of the data, held against the data: no two words of a column may be called the same."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from helpers.core.files.integrity import make_once
from helpers.core.files.publish import published_file
from helpers.errors import WorkbookError
from helpers.intake import contracts
from helpers.intake.reading.sql import literal, parquet_sql
from helpers.intake.tables import StandardTables
from helpers.settings import config
from helpers.settings.config import Settings

#: Texts of which none is a class that pages show groups by.
_NOT_LABELLED = frozenset(
    {"name", "group_name", "note", "address", "town", "question"}
    | {"customer_id", "order_id", "line_no", "invoice_id", "quote_id"}
)


def check_labels(tables: StandardTables, settings: Settings, cache: Path) -> None:
    """Raise a WorkbookError where two words of a column are called the same: pages would show two groups as one.

    ``cache``: the cache folder. What stands in the data is looked up once for the same tables and labels.
    """
    called = {language: dict(settings.labels_in(language)) for language in config.LANGUAGES}
    for place, words in _words(tables, settings, cache).items():
        for language, of in called.items():
            _check_apart(place, words, of, language)


def unused_labels(tables: StandardTables, settings: Settings, cache: Path) -> list[str]:
    """Return the words under ``[labels]`` that no column of classes holds, in the order they stand there."""
    found = {word for words in _words(tables, settings, cache).values() for word in words}
    return [word for word in settings.labels if word not in found]


def _words(tables: StandardTables, settings: Settings, cache: Path) -> dict[str, list[str]]:
    """Return of each column of classes which words under ``[labels]`` it holds, and which they are called by."""
    called = (text for language in config.LANGUAGES for _, text in settings.labels_in(language))
    known = sorted({*settings.labels, *called})
    if not known:
        return {}
    columns: dict[str, list[str]] = {}
    for table in config.TABLE_NAMES:
        texts = {each.name for each in contracts.columns(table) if each.kind == "text"} - _NOT_LABELLED
        if supplied := sorted(texts & tables.supplied.get(table, frozenset())):
            columns[table] = supplied
    question = json.dumps([tables.key, known, columns])
    path = cache / "labels" / f"{hashlib.sha256(question.encode()).hexdigest()[:32]}.json"

    def write() -> None:
        with published_file(path) as draft:
            draft.write_text(json.dumps(_in_use(tables, columns, known)), encoding="utf-8")

    make_once(path, write)
    found: dict[str, list[str]] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _in_use(
    tables: StandardTables, columns: Mapping[str, Sequence[str]], known: Sequence[str]
) -> dict[str, list[str]]:
    """Return which of the known words stand in each column, ascending."""
    words = ", ".join(literal(text) for text in known)
    found: dict[str, list[str]] = {}
    with duckdb.connect() as engine:
        for table, names in columns.items():
            listed = ", ".join(f"list(DISTINCT {name}) FILTER ({name} IN ({words}))" for name in names)
            source = parquet_sql(tables.path(table))
            (row,) = engine.execute(f"SELECT {listed} FROM {source}").fetchall()
            found |= {
                f"{table}, column {name}": sorted(some or ()) for name, some in zip(names, row, strict=True)
            }
    return found


def _check_apart(place: str, words: Sequence[str], called: Mapping[str, str], language: str) -> None:
    by_label: dict[str, str] = {}
    for word in words:
        other = by_label.setdefault(called.get(word, word), word)
        if other != word:
            raise WorkbookError(
                f"{place}: '{other}' and '{word}' are both called '{called.get(word, word)}' in the language "
                f"{language}, and pages could not tell them apart. Call one of them otherwise under [labels]."
            )
