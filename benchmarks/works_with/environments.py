"""Other Pythons and other versions of what is below: the sample's pack, byte for byte."""

from __future__ import annotations

import shutil
import sys
from filecmp import cmpfiles
from pathlib import Path

from works_with.seen import PROJECT, NotHereError, Rows, Seen, Work, install, made_in, report, run, version_of

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SCOPE = "salesperson:S01"
#: Of DuckDB 2 Ibis 12 misses a method; see `pyproject.toml`.
DUCKDB = (">=1.4,<1.5", ">=1.5,<2", ">=2,<3")
PANDAS = (">=3.0,<3.1", ">=3.1,<4")


def pythons(work: Work) -> Rows:
    """The locked packages and this project in a new environment of each Python that is supported."""
    before = _pack(work)
    for each in PYTHONS:
        path = interpreter(each)
        if path is None:
            yield Seen("Python", each, "not run: there is no such Python on this machine")
            continue
        python = work.overlay(f"python-{each}", python=path)
        install(python, "--require-hashes", "-r", str(PROJECT / "requirements.lock"))
        after = report(work.made(f"reports-{each}"), python, SCOPE)
        yield Seen("Python", run([str(python), "--version"]).split()[1], compared(before, after))


def duckdb(work: Work) -> Rows:
    """DuckDB of other versions, all else as locked."""
    yield from _with(work, "duckdb", DUCKDB)


def pandas(work: Work) -> Rows:
    """The pandas of other versions, all else as locked."""
    yield from _with(work, "pandas", PANDAS)


LOOKS = {"Python": pythons, "DuckDB": duckdb, "pandas": pandas}


def _with(work: Work, name: str, versions: tuple[str, ...]) -> Rows:
    before = _pack(work)
    for number, each in enumerate(versions):
        try:
            python = work.overlay(f"{name}-{number}", f"{name}{each}", "--no-deps")
            after = report(work.made(f"reports-{name}-{number}"), python, SCOPE)
        except (NotHereError, RuntimeError) as error:
            yield Seen(name, each, f"not usable: {' '.join(str(error).split())[-300:]}")
            continue
        yield Seen(name, version_of(name, python), compared(before, after))


def interpreter(version: str) -> str | None:
    """The program of a Python of this version: on the path, or where pyenv keeps them."""
    kept = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    on_path = shutil.which(f"python{version}")
    if on_path and run_quietly(on_path):
        return on_path
    return next((str(path) for path in reversed(kept)), None)


def run_quietly(path: str) -> bool:
    """Whether a program on the path is more than a stand-in that refuses."""
    try:
        run([path, "-c", "import venv"])
    except (RuntimeError, OSError):
        return False
    return True


def compared(before: Path, after: Path) -> str:
    """Say how many files of two packs are the same bytes; the manifest tells of the run and is left out."""
    names = sorted(
        str(path.relative_to(before))
        for path in before.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    )
    same, other, lost = cmpfiles(before, after, names, shallow=False)
    assert names
    assert not lost, f"{lost[0]} is not there"
    if other:
        return f"the sample's pack: {len(same)} of {len(names)} files are the same bytes; not {', '.join(other[:3])}"
    return f"the sample's pack: all {len(names)} files are the same bytes as with what is locked"


def _pack(work: Work) -> Path:
    made = work.folder / "reports-here"
    return made_in(made) if made.exists() else report(made, Path(sys.executable), SCOPE)
