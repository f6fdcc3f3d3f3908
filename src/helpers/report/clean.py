"""``workbook clean``: old packs and cached computations go; data, records and what others put there stay."""

import json
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from helpers.core.calendar.period_names import MONTH_PATTERN
from helpers.errors import WorkbookError
from helpers.report.delivery.plan import FOLDER
from helpers.settings.config import cache_folder

_DAY = 24 * 3600
#: What the cache consists of (docs/architecture.md); anything else in its folder is not ours.
_CACHED = ("tables", "facts", "months", "history", "labels", "hashes", "spill")
_MADE_TO_SEND = re.compile(rf"mail\.eml|customer-report-{MONTH_PATTERN}\.(?:zip|html|pdf|pptx)")


def clean(older_than: str, out: Path, *, dry_run: bool) -> list[str]:
    """Remove what is older than an age (``90d``), or list it; returns a line for each, and the sum.

    Raises
    ------
    WorkbookError
        The age is not understood.
    """
    match = re.fullmatch(r"([1-9]\d{0,4})d", older_than.strip())
    if match is None:
        raise WorkbookError(f"The age '{older_than}' is not understood. Write it in days, as 90d.")
    now = time.time()
    lines, freed = [], 0
    for path in (*_packs(out), *_cache(cache_folder())):
        size, newest = _measured(path)
        days = int((now - newest) // _DAY)
        if days < int(match[1]):
            continue
        if not dry_run:
            shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        freed += size
        lines.append(f"{'would remove' if dry_run else 'removed'} {path} ({days} days, {size / 1e6:.1f} MB)")
    return [*lines, f"{freed / 1e6:.1f} MB {'would be freed' if dry_run else 'freed'}"]


def _packs(out: Path) -> Iterator[Path]:
    """Find packs and what was made to be sent that are ours alone: a folder that holds another file stays."""
    for month in sorted(
        path for path in out.glob("*") if re.fullmatch(MONTH_PATTERN, path.name) and path.is_dir()
    ):
        for folder in sorted(month.glob("*")):
            if folder.is_symlink() or not folder.is_dir() or folder.name.startswith("."):
                continue
            if folder.name == FOLDER:
                variants = [pack for name in folder.glob("packs/*") for pack in sorted(name.glob("*/*"))]
                to_send = [one for one in sorted(folder.glob("*")) if one.is_dir() and one.name != "packs"]
                yield from filter(_is_pack, variants)
                yield from filter(_is_to_send, to_send)
            elif _is_pack(folder):
                yield folder


def _is_pack(folder: Path) -> bool:
    try:
        made = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        names = {each["name"] for each in made["outputs"]} | {"manifest.json"}
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if not path.is_dir()} <= names


def _is_to_send(folder: Path) -> bool:
    names = [path.name for path in folder.iterdir()]
    return bool(names) and all(_MADE_TO_SEND.fullmatch(name) for name in names)


def _cache(folder: Path) -> Iterator[Path]:
    if not (folder / "seal.key").is_file():  # not a cache of ours
        return
    for name in _CACHED:
        yield from (path for path in sorted((folder / name).glob("*")) if not path.is_symlink())


def _measured(path: Path) -> tuple[int, float]:
    """Return size and when it was made; the youngest file of a folder says how old it is."""
    inside = [each for each in path.rglob("*") if not each.is_dir()] if path.is_dir() else []
    states = [each.lstat() for each in inside or [path]]
    return sum(state.st_size for state in states), max(state.st_mtime for state in states)
