"""Answers that are learnt from all customers, kept beside the facts: one fit serves every notebook and scope."""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from helpers.config import Settings
from helpers.facts import Facts
from helpers.locked import one_at_a_time

Answer = TypeVar("Answer")
_HELPERS = Path(__file__).resolve().parents[1]
_STAGES = ("facts", "analysis", "models", "questions")


def kept(facts: Facts, settings: Settings, name: str, compute: Callable[[], Answer]) -> Answer:
    """Return what ``compute`` returns; computed once for the same data, month, settings and code.

    Parameters
    ----------
    facts, settings
        What the answer is computed from.
    name
        Names the answer, parameters included; letters, digits, ``-`` and ``_``.
    compute
        Takes nothing and looks at nothing but facts and settings: a scope must not enter. Its result is picklable.

    Notes
    -----
    The file lies in the private cache (`helpers.config.cache_folder`), like the customer data that it is made of.
    A file that cannot be read, because it was cut short, say, is computed anew. These facts remember the answer too.
    """
    return remembered_with(
        facts, (_key(settings), name), lambda: _kept_in_file(facts, settings, name, compute)
    )


def remembered_with(facts: Facts, key: tuple[str, ...], compute: Callable[[], Answer]) -> Answer:
    """Return what ``compute`` returns, once as long as these facts are there; a scope must not enter it."""
    if key not in facts.answers:
        facts.answers[key] = compute()
    answer: Answer = facts.answers[key]
    return answer


def _kept_in_file(facts: Facts, settings: Settings, name: str, compute: Callable[[], Answer]) -> Answer:
    path = facts.folder / "answers" / _key(settings) / f"{name}.pickle"
    try:
        return pickle.loads(path.read_bytes())
    except (OSError, EOFError, pickle.UnpicklingError):
        pass
    with one_at_a_time(path.with_suffix(".lock")):
        try:  # another process may have computed it in the meantime
            return pickle.loads(path.read_bytes())
        except (OSError, EOFError, pickle.UnpicklingError):
            return _keep(compute(), path, name)


def _keep(answer: Answer, path: Path, name: str) -> Answer:
    handle, draft = tempfile.mkstemp(prefix=f".{name}-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            pickle.dump(answer, file)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return answer


def _key(settings: Settings) -> str:
    return hashlib.sha256(f"{settings.model_dump_json()}{_code()}".encode()).hexdigest()[:32]


@lru_cache
def _code() -> str:
    """Hash what an answer is computed by: our code, and the libraries that fit and add up."""
    digest = hashlib.sha256()
    for package in ("numpy", "pandas", "scikit-learn", "scipy"):
        digest.update(version(package).encode() + b"\0")
    for path in sorted(path for stage in _STAGES for path in (_HELPERS / stage).rglob("*.py")):
        digest.update(path.relative_to(_HELPERS).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
