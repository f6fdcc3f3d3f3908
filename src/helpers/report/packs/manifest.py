"""``manifest.json``: what a pack was made from, with what, when; all that varies stands here alone."""

import datetime
import hashlib
import json
import platform
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from helpers.book import Book
from helpers.core.scope import COMPANY
from helpers.engine.months.monthly import history
from helpers.report.packs.deliveries import DATA
from helpers.report.requests import Briefing, Failure
from helpers.settings.config import PROJECT_FOLDER

_LIBRARIES = (
    "babel", "customer-workbook", "duckdb", "ibis-framework", "matplotlib", "nbconvert",
    "numpy", "pandas", "papermill", "pyarrow", "scikit-learn", "scipy",
)  # fmt: skip


def briefing(book: Book) -> Briefing:
    """Name the files that were read; what the front page says comes from the notebook 00_summary.

    What the tables held by month are figures of the company: no other pack tells them.
    """
    settings = book.settings.model_dump_json(exclude={"delivery"}).encode("utf-8", "surrogatepass")
    return Briefing(
        inputs=book.tables.inputs,
        history=history(book.facts) if book.scope == COMPANY else None,
        tables=book.tables.key if book.scope == COMPANY else "",
        until=str(book.until or ""),
        settings_sha256=hashlib.sha256(settings).hexdigest(),
    )


def write_manifest(
    folder: Path,
    *,
    parameters: Mapping[str, Any],
    briefed: Briefing,
    failures: Sequence[Failure],
    started: datetime.datetime,
    key: str,
) -> None:
    """Write ``manifest.json`` for the files of a finished pack; no folder of this machine is named.

    ``key`` names all that the pack depends on: see `helpers.report.packs.unchanged`. How many rows and bytes were
    read, and the history (see `helpers.engine.months.monthly`), tell of the whole company: only its own packs say them,
    and of those only the ones that are not encrypted, since everybody can read their manifest. For the same reason an
    encrypted pack says where a notebook failed, but not with which message: that may quote the data. Nor do they say
    the hash of each input: who knows all of a small table but a number or two (the targets) tries numbers until it
    fits. They have one hash over all inputs and settings, which nobody can try without knowing all order lines.
    ``briefed.tables`` names the cleaned tables in the cache, which tell what was changed as long as they lie there.
    """
    encrypted = bool(parameters.get("encrypted"))
    tells_figures = parameters.get("scope") == "company" and not encrypted
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.name != "manifest.json")
    content: dict[str, Any] = {
        "key": key,
        "parameters": dict(parameters),
        "inputs": [
            asdict(each) if tells_figures else {"name": each.name}
            for each in sorted(briefed.inputs, key=lambda each: each.name)
        ],
        **({"settings_sha256": briefed.settings_sha256} if tells_figures else {DATA: _hash_of_all(briefed)}),
        "outputs": [
            {
                "name": path.relative_to(folder).as_posix(),
                "bytes": path.stat().st_size,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            for path in files
        ],
        "failures": [asdict(replace(failure, message="") if encrypted else failure) for failure in failures],
        "versions": versions(),
        "revision": revision(),
        "started": started.isoformat(timespec="seconds"),
        "ended": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }
    if briefed.history is not None and tells_figures:
        content |= {"history": briefed.history, "tables": briefed.tables}
    path = folder / "manifest.json"
    text = json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def _hash_of_all(briefed: Briefing) -> str:
    read = sorted((each.name, each.sha256) for each in briefed.inputs)
    return hashlib.sha256(json.dumps([read, briefed.settings_sha256]).encode()).hexdigest()


@lru_cache
def versions() -> dict[str, str]:
    """Return the versions of Python and of the libraries that a pack's content can depend on."""
    found = {"python": platform.python_version()}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:  # run from a clone that is not installed
            continue
    return found


def revision() -> dict[str, Any] | None:
    """Return the git revision of the code and whether it was changed since; None outside a repository."""
    try:
        commit = _git("rev-parse", "HEAD")
        changed = bool(_git("status", "--porcelain", "--untracked-files=no"))
    except (OSError, subprocess.CalledProcessError):
        return None
    return {"commit": commit, "changed": changed}


def _git(*arguments: str) -> str:
    command = ["git", "-C", str(PROJECT_FOLDER), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()
