"""What the notebooks of one report share: tables, facts and the book are opened once in a process, not once a notebook.

Off unless somebody turns it on, for a process that ends with its report (`helpers.report.running.worker`): where a
kernel lives on, opening a book anew has to see the data of today.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

Thing = TypeVar("Thing")

_kept: dict[str, tuple[Hashable, Any]] | None = None


def share() -> None:
    """Share from now on, in this process."""
    global _kept
    if _kept is None:
        _kept = {}


def shared(kind: str, key: Hashable, make: Callable[[], Thing]) -> Thing:
    """Return the last thing of this kind if it was made for the same key, else what ``make`` returns.

    Only the last of a kind is kept: a process makes one pack after the other.
    """
    if _kept is None:
        return make()
    if kind not in _kept or _kept[kind][0] != key:
        _kept.pop(kind, None)  # before the next is made: both may not fit into memory
        _kept[kind] = (key, make())
    thing: Thing = _kept[kind][1]
    return thing
