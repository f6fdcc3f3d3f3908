"""Answers that are learnt from all customers, kept beside the facts: one fit serves every notebook and scope."""

from __future__ import annotations

import contextlib
import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import TypeVar

from helpers.config import Settings
from helpers.facts import Facts

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

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
    path = _path(facts, settings, name)
    try:
        return pickle.loads(path.read_bytes())
    except (OSError, EOFError, pickle.UnpicklingError):
        path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.with_suffix(".lock")):
        try:  # another process may have learnt it meanwhile
            return pickle.loads(path.read_bytes())
        except (OSError, EOFError, pickle.UnpicklingError):
            answer = compute()
        _write(path, answer)
    return answer


def _path(facts: Facts, settings: Settings, name: str) -> Path:
    return facts.folder / "answers" / _key(settings) / f"{name}.pickle"


def _write(path: Path, answer: object) -> None:
    handle, draft = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            pickle.dump(answer, file)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


@contextlib.contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Let one process at a time learn, so that others wait for its answer; a lock ends with its owner."""
    if fcntl is None:
        yield
        return
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


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
