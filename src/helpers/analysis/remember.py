"""How what was learnt may be found again by a later report: analysis says what it rests on, others where it is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeVar

import numpy as np

Answer = TypeVar("Answer")


class Remember(Protocol):
    """Return what ``compute`` returns, or what it returned before for the very same values.

    ``rests_on`` holds every value that the answer depends on, arrays and texts: so an answer is found again where
    computing it anew would give the same, whichever report asks. ``name`` tells kinds of answers apart.
    """

    def __call__(
        self, name: str, rests_on: Sequence[np.ndarray | str], compute: Callable[[], Answer]
    ) -> Answer:
        """Return the answer."""


def anew(name: str, rests_on: Sequence[np.ndarray | str], compute: Callable[[], Answer]) -> Answer:
    """Remember nothing."""
    return compute()
