"""Compare the packs that two revisions of the code make of the same data, byte for byte.

``python benchmarks/same_as.py --against REV`` makes all packs with this tree and with REV, and prints which differ and
where; exit code 1 where something differs that no ``--expect GLOB`` names. ``make DIR`` and ``compare DIR DIR`` are the
two halves, so that packs of a revision that many changes are held against are made once.

Packs: the sample, AdventureWorks and Online Retail, English and Chinese, company and (where there are salespeople) one
salesperson. Each tree runs its own command on its own maps and its own sample, with the libraries of this environment
and an empty cache. Compared as they are: pages, Excel, CSV; of an executed notebook what its cells show, since cells
may be written otherwise; of ``manifest.json`` what does not say when, and with which code, it was made.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
import tomllib
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from fnmatch import fnmatchcase
from itertools import chain, product, takewhile, zip_longest
from pathlib import Path, PurePosixPath
from typing import Annotated, Any, NamedTuple

import nbformat
import openpyxl
import typer

PROJECT = Path(__file__).resolve().parents[1]
SHARED = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT.parent / "shared") / "data"
LANGUAGES = ("en", "zh")
#: Keys of manifest.json that tell of the run or name the code; its outputs are compared themselves.
VARIES = ("key", "tables", "revision", "started", "ended", "outputs")
#: Kept by the folder of reports for itself: times and hashes of manifests.
NOT_COMPARED = "deliveries.jsonl"
AROUND = 40
"""Characters of a text shown before and after the first that differs."""


class DataSet(NamedTuple):
    """Data that packs are made of: folder and map (the sample has neither), month, scopes."""

    folder: str
    map: str
    month: str
    scopes: tuple[str, ...]


SETS = {
    "sample": DataSet("", "", "2026-10", ("company", "salesperson:S03")),
    "adventureworks": DataSet(
        "adventureworks_dw", "data/maps/adventureworks.toml", "2013-10", ("company", "salesperson:282")
    ),
    "online_retail": DataSet("online_retail_y1", "data/maps/online_retail.toml", "2010-11", ("company",)),
}

app = typer.Typer(help=__doc__, add_completion=False, pretty_exceptions_enable=False)
Only = Annotated[
    list[str] | None, typer.Option(help=f"Only these data ({', '.join(SETS)}).", show_default=False)
]
Expect = Annotated[
    list[str] | None,
    typer.Option(help="Files that may differ, as *.xlsx or sample/zh/*/index.html.", show_default=False),
]


@app.callback(invoke_without_command=True)
def against(
    context: typer.Context,
    revision: Annotated[str, typer.Option("--against", help="Git revision.", show_default=False)] = "",
    only: Only = None,
    expect: Expect = None,
) -> None:
    """Make all packs with a revision and with this tree, and compare."""
    if context.invoked_subcommand:
        return
    if not revision:
        raise typer.BadParameter("name a revision with --against, or say make or compare")
    with tempfile.TemporaryDirectory(prefix="same-as-") as folder:
        tree, before, after = (Path(folder) / name for name in ("tree", "before", "after"))
        git = ["git", "-C", str(PROJECT), "worktree"]
        if subprocess.run([*git, "add", "--quiet", "--detach", str(tree), revision], check=False).returncode:
            raise typer.BadParameter(f"git makes no worktree of {revision}")
        try:
            make(before, tree, only)
            make(after, PROJECT, only)
        finally:
            subprocess.run([*git, "remove", "--force", str(tree)], check=True)
        compare(before, after, only, expect)


@app.command()
def make(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="New or empty: old packs would be compared.")],
    tree: Annotated[Path, typer.Option(help="Checkout whose code, maps and sample are taken.")] = PROJECT,
    only: Only = None,
) -> None:
    """Make all packs with the code of a tree: DIR/DATA/LANGUAGE/MONTH/SCOPE/."""
    if folder.exists() and any(folder.iterdir()):
        raise typer.BadParameter(f"{folder} is not empty: name another folder, or empty it first")
    folder.mkdir(parents=True, exist_ok=True)
    folder, tree, begun = folder.resolve(), tree.resolve(), time.perf_counter()
    with tempfile.TemporaryDirectory(prefix=".cache-", dir=folder) as cache:
        for name in _chosen(only):
            data = SETS[name]
            if data.folder and not (SHARED / data.folder).is_dir():
                typer.echo(f"{name}: skipped, {data.folder} is not among the public data beside the project")
                continue
            source = (
                ["--data", str(SHARED / data.folder), "--map", str(tree / data.map)] if data.folder else []
            )
            for language, scope in product(LANGUAGES, data.scopes):
                started, out = time.perf_counter(), str(folder / name / language)
                what = ["--month", data.month, "--scope", scope, "--lang", language, "--out", out]
                _report(tree, Path(cache), [*source, *what])
                typer.echo(f"{name} {language} {scope}: {time.perf_counter() - started:.0f} s")
    typer.echo(f"all packs of {_commit(tree)}: {time.perf_counter() - begun:.0f} s")


@app.command()
def compare(
    before: Annotated[Path, typer.Argument(metavar="DIR_A")],
    after: Annotated[Path, typer.Argument(metavar="DIR_B")],
    only: Only = None,
    expect: Expect = None,
) -> None:
    """Say of each pack that it is identical, or which files differ and where each does first."""
    chosen, compared, unexpected = _chosen(only), 0, 0
    for pack, files in sorted(_packs(before, after).items()):
        if only and pack.partition("/")[0] not in chosen:
            continue
        compared += len(files)
        found = {name: told for name in sorted(files) if (told := difference(before / name, after / name))}
        result = f"{len(found)} of {len(files)} files differ" if found else f"identical, {len(files)} files"
        typer.echo(f"{pack}: {result}")
        for name, told in found.items():
            expected = any(fnmatchcase(name, glob) for glob in expect or ())
            unexpected += not expected
            file = PurePosixPath(name).relative_to(pack)
            typer.echo(f"  {file}{' (expected)' if expected else ''}: {told}")
    if not compared:
        raise typer.BadParameter(f"there are no files to compare in {before} and {after}")
    if unexpected:
        raise typer.Exit(1)


def difference(before: Path, after: Path) -> str:
    """Return where two files first differ, in a line; empty where they say the same (see the module)."""
    for path, holder in ((before, "second"), (after, "first")):
        if not path.is_file():
            return f"only in the {holder} folder"
    if before.read_bytes() == after.read_bytes():
        return ""
    read = _manifest if before.name == "manifest.json" else _READERS.get(before.suffix, _lines)
    for one, other in zip_longest(read(before), read(after), fillvalue=Piece("", "the end", "")):
        if one[1:] != other[1:]:
            same = takewhile(lambda pair: pair[0] == pair[1], zip(one.text, other.text, strict=False))
            start = max(sum(1 for _ in same) - AROUND, 0)
            shown = (repr(piece.text[start : start + 2 * AROUND]) for piece in (one, other))
            places = dict.fromkeys(f"{piece.where} {piece.what}".strip() for piece in (one, other))
            return f"{' | '.join(places)}: {' | '.join(shown)}"
    return ""


class Piece(NamedTuple):
    """A piece of a file; ``where`` it stands is shown and not compared."""

    where: str
    what: str
    text: str


def _lines(path: Path) -> Iterator[Piece]:
    """Return the lines of a text, their ends included: a file that is no text is a line or more as well."""
    for number, line in enumerate(path.read_bytes().split(b"\n"), start=1):
        yield Piece(f"line {number}", "", line.decode(errors="surrogateescape"))


def _manifest(path: Path) -> Iterator[Piece]:
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for key in sorted(content.keys() - VARIES):
        yield Piece("", f"key {key}", json.dumps(content[key], sort_keys=True, ensure_ascii=False))


def _shown(path: Path) -> Iterator[Piece]:
    """Return what the cells of an executed notebook show, however it is divided among cells."""
    for number, cell in enumerate(nbformat.read(path, as_version=4).cells, start=1):
        for output in cell.get("outputs", ()):
            parts = {**output, **output.get("data", {})}
            for kind in sorted(parts.keys() - {"output_type", "execution_count", "data"}):
                text = (
                    parts[kind] if isinstance(parts[kind], str) else json.dumps(parts[kind], sort_keys=True)
                )
                yield Piece(f"cell {number}", f"{output.output_type} {kind}", text)


def _cells(path: Path) -> Iterator[Piece]:
    """Return a workbook's cells with their formats, then the parts of its file: openpyxl does not read all."""
    for sheet in openpyxl.load_workbook(path):
        for cell in chain.from_iterable(sheet.iter_rows()):
            yield Piece(
                "", f"sheet {sheet.title!r} cell {cell.coordinate}", f"{cell.value} ({cell.number_format})"
            )
    with zipfile.ZipFile(path) as archive:
        for part in archive.infolist():
            content = archive.read(part).decode(errors="surrogateescape")
            yield Piece("", f"part {part.filename}", f"{part.date_time} {content}")
    yield Piece("", "bytes", path.read_bytes().hex())


_READERS = {".ipynb": _shown, ".xlsx": _cells}


def _packs(before: Path, after: Path) -> dict[str, set[str]]:
    """Pack (the folder of a manifest; else the file's own) -> its files, from both folders."""
    files = {
        path.relative_to(folder)
        for folder in (before, after)
        for path in folder.rglob("*")
        if path.is_file() and path.name != NOT_COMPARED
    }
    packs = defaultdict(set)
    for file in files:
        own = (folder for folder in file.parents if folder / "manifest.json" in files)
        packs[next(own, file.parent).as_posix()].add(file.as_posix())
    return packs


def _report(tree: Path, cache: Path, options: list[str]) -> None:
    """Run a tree's own ``workbook report``, as its pyproject.toml names the command, in a process of its own."""
    project = tomllib.loads((tree / "pyproject.toml").read_text(encoding="utf-8"))
    module, function = project["project"]["scripts"]["workbook"].split(":")
    source = str(tree / "src")  # goes before the tree that is installed; the assertion makes sure
    run = f"import {module} as c; assert c.__file__.startswith({source!r}), c.__file__; c.{function}()"
    environment = {name: value for name, value in os.environ.items() if not name.startswith("WORKBOOK_")}
    environment |= {"PYTHONPATH": source, "WORKBOOK_CACHE": str(cache)}
    command = [sys.executable, "-c", run, "report", *options]
    done = subprocess.run(command, cwd=tree, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        typer.echo(f"{done.stderr}no report with the code of {_commit(tree)}: {' '.join(options)}", err=True)
        raise typer.Exit(2)


def _commit(tree: Path) -> str:
    command = ["git", "-C", str(tree), "describe", "--always", "--dirty", "--exclude=*"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def _chosen(only: list[str] | None) -> list[str]:
    if unknown := set(only or ()) - SETS.keys():
        raise typer.BadParameter(f"{', '.join(sorted(unknown))} is none of {', '.join(SETS)}")
    return [name for name in SETS if not only or name in only]


if __name__ == "__main__":
    app()
