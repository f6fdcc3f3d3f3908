"""How what was learnt may be found again by a later report: analysis says what it rests on, a cache where it lies."""

import hashlib
from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np

Answer = TypeVar("Answer")


class ContentCache(Protocol):
    """Return what ``compute`` returns, or what it returned before for the very same values.

    ``rests_on`` holds every value that the answer depends on, arrays and texts: so an answer is found again where
    computing it anew would give the same, whichever report asks. ``name`` tells kinds of answers apart.
    """

    def __call__(
        self, name: str, rests_on: Sequence[np.ndarray | str], compute: Callable[[], Answer]
    ) -> Answer:
        """Return the answer."""


def uncached(name: str, rests_on: Sequence[np.ndarray | str], compute: Callable[[], Answer]) -> Answer:
    """Compute each time."""
    return compute()


def content_key(name: str, rests_on: Sequence[np.ndarray | str]) -> str:
    """Name an answer by what it rests on: values with their kind and shape, down to the last bit."""
    digest = hashlib.sha256(name.encode())
    for value in rests_on:
        if isinstance(value, str):
            digest.update(f" text {len(value)} {value}".encode())
        else:
            digest.update(f" {value.dtype.str} {value.shape} ".encode())
            digest.update(np.ascontiguousarray(value).view(np.uint8).data)
    return digest.hexdigest()[:32]
