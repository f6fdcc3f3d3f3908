"""A book answers the same question once: notebooks and subjects that ask again get the answer that is there."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Hashable
from dataclasses import is_dataclass
from typing import Any, TypeVar

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
