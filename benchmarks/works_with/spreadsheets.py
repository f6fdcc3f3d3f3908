"""LibreOffice and Gnumeric open `tables.xlsx`: every cell, the encrypted file, what is printed."""

from __future__ import annotations

import math
import subprocess
from pathlib import Path
from typing import Any

import openpyxl

from works_with.pages import PASSPHRASE, encrypted
from works_with.seen import NotHereError, Rows, Seen, Work, printed, program, run

_UNO = "/usr/bin/python3"
#: Run by the Python that LibreOffice comes with: open a file with its passphrase, save it without.
_OPEN_ENCRYPTED = """
import os, sys, time, uno
from com.sun.star.beans import PropertyValue
from com.sun.star.connection import NoConnectException
pipe, source, target, passphrase = sys.argv[1:]
here = uno.getComponentContext()
resolver = here.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", here)
for _ in range(600):
    try:
        office = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
        break
    except NoConnectException:
        time.sleep(0.1)
desktop = office.ServiceManager.createInstanceWithContext("com.sun.star.frame.Desktop", office)
def named(**options):
    return tuple(PropertyValue(Name=name, Value=value) for name, value in options.items())
book = desktop.loadComponentFromURL(source, "_blank", 0, named(Hidden=True, Password=passphrase))
book.storeToURL(target, named(FilterName="Calc MS Excel 2007 XML"))
book.close(True)
os._exit(0)  # its bridge does not end in order
"""


def libreoffice(work: Work) -> Rows:
    """Every cell after it has opened and saved the file; the pages it prints; the encrypted file."""
    office, folder = program("soffice", package="libreoffice-calc-nogui"), work.made("libreoffice")
    version = run([office, "--version"]).split()[1]
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    tables = work.pack / "tables.xlsx"
    for kind in ("xlsx", "pdf"):
        run([office, profile, "--headless", "--convert-to", kind, "--outdir", str(folder), str(tables)])
    yield Seen(
        "LibreOffice", version, f"tables.xlsx opened and saved: {compared(tables, folder / 'tables.xlsx')}"
    )
    yield Seen("LibreOffice", version, f"tables.xlsx printed: {_paper(folder / 'tables.pdf')}")
    opened = folder / "opened.xlsx"
    _open_encrypted(office, profile, encrypted(work) / "tables.xlsx", opened)
    said = f"encrypted tables.xlsx opened with its passphrase: {compared(tables, opened)}"
    yield Seen("LibreOffice", version, said)


def gnumeric(work: Work) -> Rows:
    """Every cell after it has opened and saved the file; what it says of the encrypted file."""
    convert, folder = program("ssconvert", package="gnumeric"), work.made("gnumeric")
    said = subprocess.run([convert, "--version"], capture_output=True, text=True, check=True)
    version = (said.stdout + said.stderr).split("'")[1]
    tables, saved = work.pack / "tables.xlsx", folder / "tables.xlsx"
    run([convert, str(tables), str(saved)])
    yield Seen("Gnumeric", version, f"tables.xlsx opened and saved: {compared(tables, saved)}")
    closed = [convert, str(encrypted(work) / "tables.xlsx"), str(folder / "opened.csv")]
    done = subprocess.run(closed, capture_output=True, text=True, timeout=600, check=False)
    last = (done.stderr.strip().splitlines() or ["opened"])[-1]
    yield Seen("Gnumeric", version, f"encrypted tables.xlsx: {last}")


LOOKS = {"LibreOffice": libreoffice, "Gnumeric": gnumeric}


def compared(before: Path, after: Path) -> str:
    """Say that all cells of two workbooks hold the same, numbers to the 15 digits that such programs keep."""
    one, other = cells(before), cells(after)
    wrong = [place for place in {**one, **other} if not _same(one.get(place), other.get(place))]
    if wrong:
        first = wrong[0]
        raise AssertionError(
            f"{len(wrong):,} of {len(one):,} cells differ; {first}: {one.get(first)!r}, {other.get(first)!r}"
        )
    exact = sum(one[place] == other[place] for place in one)
    digits = "" if exact == len(one) else f", {len(one) - exact:,} of them numbers to 15 digits"
    return f"all {len(one):,} cells of {len({sheet for sheet, _ in one})} sheets are equal{digits}"


def _same(one: Any, other: Any) -> bool:
    numbers = isinstance(one, int | float) and isinstance(other, int | float)
    return math.isclose(one, other, rel_tol=1e-14) if numbers else bool(one == other)


def cells(path: Path) -> dict[tuple[str, str], Any]:
    """The values of a workbook's cells that are not empty, by sheet and place."""
    book = openpyxl.load_workbook(path, data_only=True)
    return {
        (sheet.title, cell.coordinate): cell.value
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value not in (None, "")
    }


def _paper(path: Path) -> str:
    """Say how many sheets of paper, of which size."""
    told = printed(path)
    width, _, height = told["Page size"].split()[:3]
    across = "across" if float(width) > float(height) else "upright"
    return f"{told['Pages']} pages, {across}"


def _open_encrypted(office: str, profile: str, source: Path, target: Path) -> None:
    if subprocess.run([_UNO, "-c", "import uno"], capture_output=True, check=False).returncode:
        raise NotHereError("LibreOffice cannot be given a passphrase without Debian's package python3-uno")
    pipe = f"workbook{target.stat().st_ino if target.exists() else id(target)}"
    command = [office, profile, "--headless", "--norestore", f"--accept=pipe,name={pipe};urp;"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            run([_UNO, "-c", _OPEN_ENCRYPTED, pipe, source.as_uri(), target.as_uri(), PASSPHRASE])
        finally:
            server.terminate()
