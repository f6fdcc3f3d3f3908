"""Whether a pack stands there already, made from the same data, code and parameters."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from helpers.core.calendar.period_names import period_name

if TYPE_CHECKING:
    from helpers.book import Book

_HELPERS = Path(__file__).resolve().parents[2]


def pack_key(
    book: Book, scope: str, data: str | None, settings_file: str | None, notebooks: Sequence[Path]
) -> str:
    """Return a hash over all that a pack depends on.

    That is the tables, settings (but where packs are sent), month, scope and language; the names of data and settings
    file, which the pack tells; the notebooks and what lies beside those of one's own, all files of ``helpers``, and the
    versions of Python and of the main libraries.
    """
    from helpers.core.mask import fingerprint, mask_key
    from helpers.report.packs.manifest import versions

    parts: list[Any] = [
        book.tables.key,
        book.settings.model_dump(mode="json", exclude={"delivery"}),
        [period_name(book.month), scope, book.numbers.words.language],
        [path and Path(path).name for path in (data, settings_file)],
        [[notebook.name, _hash_of(notebook)] for notebook in notebooks],
        [[path.relative_to(folder).as_posix(), _hash_of(path)] for folder, path in _beside(notebooks)],
        _code_hash(),
        versions(),
        fingerprint(mask_key()),
    ]
    text = json.dumps(parts, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _beside(notebooks: Sequence[Path]) -> Iterator[tuple[Path, Path]]:
    """Return the files in the folders of the company's own pages, which those may read; hidden folders are skipped."""
    from helpers.settings.config import NOTEBOOKS_FOLDER

    for folder in sorted({notebook.parent for notebook in notebooks} - {NOTEBOOKS_FOLDER}):
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder).parts
            if path.is_file() and not any(part.startswith((".", "__pycache__")) for part in inside):
                yield folder, path


def is_unchanged(pack: Path, key: str) -> bool:
    """Whether ``pack`` was made with this key, without a failure, and each of its files is as it was made."""
    try:
        manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
        return (
            bool(key)
            and manifest["key"] == key
            and not manifest["failures"]
            and all(_hash_of(pack / output["name"]) == output["sha256"] for output in manifest["outputs"])
        )
    except (OSError, ValueError, KeyError, TypeError):  # no pack, or not one that we can vouch for
        return False


def _hash_of(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@lru_cache
def _code_hash() -> str:
    digest = hashlib.sha256()
    for path in sorted(_HELPERS.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(_HELPERS).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
