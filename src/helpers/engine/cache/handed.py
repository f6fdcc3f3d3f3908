"""What a notebook of a report leaves for its front page, which runs in another process and would ask it all anew.

Off unless somebody turns it on (`helpers.report.running.worker`): things lie in a folder of their own that ends with
the report, so that nothing of another month, scope or code is ever found there.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

Thing = TypeVar("Thing")

_folder: Path | None = None


def hand_over_in(folder: Path | None) -> None:
    """Leave and find things in a folder from now on, in this process; None: neither."""
    global _folder
    _folder = folder


def handed(name: str, make: Callable[[], Thing]) -> Thing:
    """Return what was left under a name; else what ``make`` returns (picklable), which is left for who asks next."""
    if _folder is None:
        return make()
    path = _folder / name
    if path.is_file():
        found: Thing = pickle.loads(path.read_bytes())
        return found
    made = make()
    draft = _folder / f".{name}-{os.getpid()}"
    draft.write_bytes(pickle.dumps(made, protocol=pickle.HIGHEST_PROTOCOL))
    draft.replace(path)
    return made
