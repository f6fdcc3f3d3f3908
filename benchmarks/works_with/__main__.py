"""Write ``docs/works-with.md`` anew, all of it or the parts that are named.

``make works-with`` (``PARTS="Firefox marimo"`` for some) runs each program that is on this machine with the workbook
and writes down its version and what was seen. What is not here says so. Exit code 1 where something does not work.
"""

from __future__ import annotations

import datetime as dt
import platform
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from works_with import engines, environments, notebook_tools, pages, spreadsheets, surprises
from works_with.seen import PROJECT, NotHereError, Rows, Seen, Work

PAGE = PROJECT / "docs" / "works-with.md"
#: Heading -> program -> what looks at it.
PARTS: dict[str, dict[str, Callable[[Work], Rows]]] = {
    "Spreadsheets": spreadsheets.LOOKS,
    "Browsers and mail readers": pages.LOOKS,
    "Notebooks": notebook_tools.LOOKS,
    "Python and libraries": environments.LOOKS,
    "Engines, databases, exports": engines.LOOKS,
    "What surprised us": surprises.LOOKS,
}
HEAD = """# Works with

What people have around the workbook, run and written down. `make works-with` runs it and writes this page; nothing on
it is typed. A program that was not on the machine says so. What was looked at is the sample's pack of October 2026.
"""


def main(
    parts: Annotated[list[str] | None, typer.Argument(help="Programs; all where none is named.")] = None,
    pack: Annotated[
        Path | None, typer.Option(help="A company's pack of the sample that is there already.")
    ] = None,
) -> None:
    """Look at all programs, or at those that are named, and write the page."""
    known = {name: look for looks in PARTS.values() for name, look in looks.items()}
    if unknown := set(parts or ()) - known.keys():
        raise typer.BadParameter(f"{', '.join(sorted(unknown))} is none of {', '.join(known)}")
    with tempfile.TemporaryDirectory(prefix="works-with-") as folder:
        work = Work(Path(folder), pack)
        for name in parts or known:
            rows = _looked(name, known[name], work)
            told = _told(PAGE) | {name: rows}  # read again: others may be at it
            PAGE.write_text(_written(told), encoding="utf-8")
    if any("DOES NOT WORK" in row or "NO LONGER SO" in row for rows in _told(PAGE).values() for row in rows):
        raise typer.Exit(1)


def _looked(name: str, look: Callable[[Work], Rows], work: Work) -> list[str]:
    rows: list[Seen] = []
    try:
        for row in look(work):
            rows.append(row)  # noqa: PERF402 - what was seen before an error is kept
    except NotHereError as reason:
        rows.append(Seen(name, "", f"not run: {reason}"))
    except Exception as error:
        rows.append(Seen(name, "", f"DOES NOT WORK: {type(error).__name__}: {error}"))
    lines = [_line(name, row) for row in rows]
    for line in lines:
        typer.echo(line)
    return lines


def _line(part: str, row: Seen) -> str:
    cells = (row.program, row.version, dt.date.today().isoformat(), row.what)
    return f"| {' | '.join(' '.join(cell.split()).replace('|', '/') for cell in cells)} <!-- {part} --> |"


def _told(page: Path) -> dict[str, list[str]]:
    """The rows that stand on the page, by what looked."""
    told: dict[str, list[str]] = {}
    if page.exists():
        for line in page.read_text(encoding="utf-8").splitlines():
            if found := re.search(r"<!-- (.+) --> \|$", line):
                told.setdefault(found[1], []).append(line)
    return told


def _written(told: dict[str, list[str]]) -> str:
    lines = [HEAD, f"Machine: {platform.system()} {platform.machine()}, Python {platform.python_version()}."]
    for heading, looks in PARTS.items():
        lines += [
            "",
            f"## {heading}",
            "",
            "| | version | looked at on | what was seen |",
            "|---|---|---|---|",
        ]
        lines += [
            row
            for name in looks
            for row in told.get(name, [f"| {name} | | | not looked at yet <!-- {name} --> |"])
        ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    typer.run(main)
