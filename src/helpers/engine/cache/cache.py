"""What was computed once is found again: in memory, by the other notebooks of a report, or on disk.

Three lifetimes. `Cache` holds what is learnt from one month's facts, in memory as long as the facts are there and in
files until data, settings or code are others. `cached_in_run` is for the processes of one report, and
`cached_in_process` for the notebooks that run in one of them; both are off until `start_run` says that this process
works for one report, since a kernel that lives on has to see the data of today.
"""

import contextlib
import functools
import glob
import hashlib
import inspect
from collections.abc import Callable, Hashable, Sequence
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import numpy as np
from threadpoolctl import threadpool_limits

from helpers.core.code_key import code_key_of
from helpers.core.content_cache import content_key
from helpers.core.files.integrity import discard, is_intact, open_verified, seal
from helpers.core.files.private import exclusive_lock
from helpers.core.files.publish import published_file, replaced_file
from helpers.engine.cache import typed
from helpers.engine.store import FactStore
from helpers.settings.config import Settings

Answer = TypeVar("Answer")
#: What is raised for a file that is not there or was cut short.
_UNREADABLE = (OSError, EOFError, ValueError)


class Cache:
    """Answers to one month's facts under the same settings.

    An answer is named by its name, the facts, the settings, and the code of the module that computes it with all that
    this imports (`helpers.core.code_key`): a change of a view has nothing learnt anew. What computes an answer is
    a function or method of that module and looks at nothing but facts and settings; a scope must not enter, unless the
    name says it.

    Parameters
    ----------
    facts, settings
        What answers rest on. The facts hold answers in memory; their folders the files, which are private.

    Notes
    -----
    A file holds an answer as typed data (`helpers.engine.cache.typed`). One that is not what was written
    (`helpers.core.files.integrity`) is computed anew, and nothing of it is read. Found or computed, an answer is handed
    out as it is read back, so that a report says the same either way. Of processes that ask for the same at once, one
    computes it and the others wait.
    """

    def __init__(self, facts: FactStore, settings: Settings) -> None:
        self._facts, self._settings = facts, settings.model_dump_json()

    def get_or_compute(self, name: str, compute: Callable[[], Answer], *, keep: bool = True) -> Answer:
        """Return what ``compute`` returns, computed once.

        Parameters
        ----------
        name
            Names the answer, parameters included; letters, digits, ``-`` and ``_``.
        keep
            Whether memory holds it for who asks next; False where only a part of it is needed.
        """
        answers, key = self._facts.answers, (self._key(compute), name)
        if key in answers:
            return cast("Answer", answers[key])
        answer = _cached_in_file(self._file(f"{name}.answer", compute), compute)
        if keep:
            answers[key] = answer
        return answer

    def precompute(self, name: str, compute: Callable[[], Answer]) -> None:
        """Have an answer on disk, and not in memory: for what takes much of it while it is learnt."""
        if not is_intact(self._file(f"{name}.answer", compute)):
            self.get_or_compute(name, compute, keep=False)

    def in_memory(self, name: str, compute: Callable[[], Answer]) -> Answer:
        """Return what ``compute`` returns, computed once as long as these facts are there."""
        answers, key = self._facts.answers, (self._key(compute), name)
        if key not in answers:
            answers[key] = compute()
        answer: Answer = answers[key]
        return answer

    def by_content(
        self, name: str, rests_on: Sequence[np.ndarray | str], compute: Callable[[], Answer]
    ) -> Answer:
        """Return an answer that is named by the values it rests on: a `helpers.core.content_cache.ContentCache`.

        What is learnt of the past is found by reports of every month, as long as the past is what it was; what was
        changed there gives other values, hence another name, and is learnt anew.
        """
        key = content_key(name, [code_key_of(compute), *rests_on])
        return _cached_in_file(self._facts.months_folder / key / f"{name}.answer", compute)

    def in_file(
        self,
        file: str,
        compute: Callable[[], Any],
        write: Callable[[Any, Path], None],
        read: Callable[[Path], Answer],
    ) -> Answer:
        """Return what ``read`` makes of a file of its own kind, into which ``write`` puts what ``compute`` returns."""

        def make(path: Path) -> Answer:
            made = compute()
            with published_file(path) as draft:
                write(made, draft)
            return read(path)

        return _read_or_make(self._file(file, compute), read, make)

    def _file(self, name: str, compute: Callable[[], Any]) -> Path:
        return self._facts.folder / "answers" / self._key(compute) / name

    def _key(self, compute: Callable[[], Any]) -> str:
        return hashlib.sha256(f"{self._settings}{code_key_of(compute)}".encode()).hexdigest()[:32]


def _cached_in_file(path: Path, compute: Callable[[], Answer]) -> Answer:
    def make(path: Path) -> Answer:
        with threadpool_limits(1):  # sums in one order: the same bits on any number of cores
            answer = compute()
        with published_file(path) as draft, draft.open("wb") as file:
            typed.write(answer, file)
        del answer  # or both would be in memory
        return _read(path)

    return _read_or_make(path, _read, make)


def _read(path: Path) -> Any:
    """Read an answer as it is needed: all bytes of the file beside it would take as much memory again.

    Nothing of it is looked at before it is known to be what was written.
    """
    with open_verified(path) as file:
        return typed.read(file)


def _read_or_make(path: Path, read: Callable[[Path], Answer], make: Callable[[Path], Answer]) -> Answer:
    """Read a file; where it is not there, or is not what was written, let one process at a time make it."""
    with contextlib.suppress(*_UNREADABLE):
        if is_intact(path):
            return read(path)
    with exclusive_lock(path.with_name(f"{path.name}.lock")):
        with contextlib.suppress(*_UNREADABLE):  # another process may have made it in the meantime
            if is_intact(path):
                return read(path)
        discard(path)
        return make(path)


class _Run:
    """The report that this process works for."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.last: dict[str, tuple[Hashable, Any]] = {}
        self.values: dict[str, Any] = {}


_run: _Run | None = None


def start_run(folder: Path | None) -> None:
    """Turn on `cached_in_process` and, where there is a folder that ends with the report, `cached_in_run`."""
    global _run
    _run = _run or _Run()
    _run.folder = folder


def cached_in_process(kind: str, key: Hashable, make: Callable[[], Answer]) -> Answer:
    """Return the last of a kind if it was made for the same key, else what ``make`` returns.

    Only the last of a kind is held: a process makes one pack after the other.
    """
    if _run is None:
        return make()
    if kind not in _run.last or _run.last[kind][0] != key:
        _run.last.pop(kind, None)  # before the next is made: both may not fit into memory
        _run.last[kind] = (key, make())
    answer: Answer = _run.last[kind][1]
    return answer


def cached_in_run(name: str, make: Callable[[], Answer]) -> Answer:
    """Return what a process of this run has made under a name, else what ``make`` returns.

    The front page runs in another process than the pages that it sums up, and would ask all of it anew.
    """
    if _run is None or _run.folder is None:
        return make()
    path = _run.folder / name
    with contextlib.suppress(*_UNREADABLE):
        return cast("Answer", _read(path))
    made = make()
    _write_for_run(made, path)
    return made


def put_in_run(name: str, value: object) -> None:
    """Store a value for the other pages of this run, which look it up by a prefix of its name: see `found_in_run`."""
    if _run is None:
        return
    if _run.folder is None:  # all pages of a pack run in this process
        _run.values[name] = value
        return
    _write_for_run(value, _run.folder / name)


def _write_for_run(value: object, path: Path) -> None:
    """Write what ends with the run: its folder is gone then, and is not to be made again."""
    with replaced_file(path) as draft:
        with draft.open("wb") as file:
            typed.write(value, file)
        seal(draft, path)


def found_in_run(prefix: str) -> list[Any]:
    """Return the values that were stored in this run under names with this prefix, by their names."""
    if _run is None:
        return []
    if _run.folder is None:
        return [value for name, value in sorted(_run.values.items()) if name.startswith(prefix)]
    found = sorted(path for path in _run.folder.glob(f"{glob.escape(prefix)}*") if is_intact(path))
    return [_read(path) for path in found]


Book = TypeVar("Book", bound=type)

_MOST_ANSWERS = 200
"""Somebody who explores in JupyterLab asks without end; the oldest answers are forgotten first."""
_NOT_QUESTIONS = ("frame",)
"""Fetching a fact has a cache of its own."""


def cache_answers(book: Book) -> Book:
    """Let the questions of a book (the public methods of its subjects' classes) be answered once.

    An answer is the same object each time, so nobody may write to its frames. Arguments are compared by value where
    they are texts, numbers, and lists or mappings of these, and by identity where they are answers themselves. A
    question with other arguments, such as frames, is answered anew each time.
    """
    for base in book.__mro__[1:]:
        if not base.__module__.startswith("helpers.subjects"):
            continue
        for name, method in vars(base).items():
            asks = inspect.isfunction(method) and not name.startswith("_") and name not in _NOT_QUESTIONS
            if asks and name not in vars(book):
                setattr(book, name, _cached(getattr(book, name)))
    return book


def _cached(method: Callable[..., Any]) -> Callable[..., Any]:
    signature = inspect.signature(method)

    @functools.wraps(method)
    def answer(self: Any, *arguments: Any, **named: Any) -> Any:
        try:
            given = signature.bind(self, *arguments, **named)
            given.apply_defaults()
            key = (method.__name__, tuple(_key(value) for value in list(given.arguments.values())[1:]))
        except TypeError:  # arguments that cannot be compared, or wrong ones: the method itself says so
            return method(self, *arguments, **named)
        answers = self.__dict__.setdefault("_answers", {})
        if key not in answers:
            # The arguments are held too: nothing else may come to have their identity.
            answers[key] = (method(self, *arguments, **named), given.arguments)
            if len(answers) > _MOST_ANSWERS:
                del answers[next(iter(answers))]
        return answers[key][0]

    return answer


def _key(value: Any) -> Hashable:
    if value is None or isinstance(value, (str, int, float)):
        return (type(value).__name__, value)
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, *map(_key, value))
    if isinstance(value, dict):
        return ("dict", *((_key(name), _key(each)) for name, each in value.items()))
    if is_dataclass(value) and not isinstance(value, type):
        return ("answer", id(value))
    raise TypeError(f"Not compared: {type(value).__name__}")
