"""Answers that are learnt from all customers, kept beside the facts: one fit serves every notebook and scope."""

from __future__ import annotations

import hashlib
import os
import pickle
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from threadpoolctl import threadpool_limits

from helpers.core.code_key import code_key
from helpers.core.lock import one_at_a_time
from helpers.core.remember import Remember, content_key
from helpers.engine.store import FactStore
from helpers.settings.config import Settings

Answer = TypeVar("Answer")
#: What is raised for a file that is not there or was cut short.
_UNREADABLE = (OSError, EOFError, pickle.UnpicklingError)


def kept(facts: FactStore, settings: Settings, name: str, compute: Callable[[], Answer]) -> Answer:
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
    The file lies in the private cache (`helpers.settings.config.cache_folder`), like the customer data that it is
    made of. A file that cannot be read, because it was cut short, say, is computed anew. These facts remember the
    answer too.
    """
    return remembered_with(
        facts, (_key(settings), name), lambda: _kept_in_file(facts, settings, name, compute)
    )


def kept_unheld(facts: FactStore, settings: Settings, name: str, compute: Callable[[], Answer]) -> Answer:
    """Return what `kept` returns, for a question that needs a part of it: the facts do not hold it for its sake."""
    held: Answer | None = facts.answers.get((_key(settings), name))
    return _kept_in_file(facts, settings, name, compute) if held is None else held


def learn_first(facts: FactStore, settings: Settings, name: str, compute: Callable[[], Answer]) -> None:
    """Have an answer kept, as `kept` does, without holding it: for what takes much memory while it is learnt."""
    if not _file_of(facts, settings, name).exists():
        kept_unheld(facts, settings, name, compute)


def remembered_with(facts: FactStore, key: tuple[str, ...], compute: Callable[[], Answer]) -> Answer:
    """Return what ``compute`` returns, once as long as these facts are there; a scope must not enter it."""
    if key not in facts.answers:
        facts.answers[key] = compute()
    answer: Answer = facts.answers[key]
    return answer


def kept_by_content(facts: FactStore) -> Remember:
    """Return a memory that serves reports of every month: an answer is named by the values that it rests on.

    What is learnt of the past is found again as long as the past is what it was; what was changed there gives other
    values, hence another name, and is learnt anew. The name holds the code too. Found or computed, an answer is handed
    out as it is read back, so that a report says the same either way.
    """

    def remember(name: str, rests_on: Sequence[np.ndarray | str], compute: Callable[[], Answer]) -> Answer:
        path = facts.months_folder / content_key(name, [_code(), *rests_on]) / f"{name}.pickle"
        return _in_file(path, lambda: pickle.loads(pickle.dumps(compute())))

    return remember


def _kept_in_file(facts: FactStore, settings: Settings, name: str, compute: Callable[[], Answer]) -> Answer:
    return _in_file(_file_of(facts, settings, name), compute)


def _file_of(facts: FactStore, settings: Settings, name: str) -> Path:
    return answers_folder(facts, settings) / f"{name}.pickle"


def answers_folder(facts: FactStore, settings: Settings) -> Path:
    """Return where answers to the same data, month, settings and code are kept."""
    return facts.folder / "answers" / _key(settings)


def _in_file(path: Path, compute: Callable[[], Answer]) -> Answer:
    try:
        return _read(path)
    except _UNREADABLE:
        pass
    with one_at_a_time(path.with_suffix(".lock")):
        try:  # another process may have computed it in the meantime
            return _read(path)
        except _UNREADABLE:
            with threadpool_limits(1):  # sums in one order: the same bits on any number of cores
                return _keep(compute(), path)


def _read(path: Path) -> Any:
    """Read an answer as it is needed: all bytes of the file beside it would take as much memory again."""
    with path.open("rb") as file:
        return pickle.load(file)


def _keep(answer: Answer, path: Path) -> Answer:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            pickle.dump(answer, file)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)
    return answer


def _key(settings: Settings) -> str:
    return hashlib.sha256(f"{settings.model_dump_json()}{_code()}".encode()).hexdigest()[:32]


def _code() -> str:
    """Hash what an answer is computed by: our code, and the libraries that fit and add up."""
    return code_key("helpers.subjects.registry", libraries=("numpy", "pandas", "scikit-learn", "scipy"))
