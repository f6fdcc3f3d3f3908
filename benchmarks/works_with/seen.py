"""What a part gives, and what all parts need: programs with their versions, environments, a pack of the sample."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
#: Ended after so long: nothing here takes as much on two cores.
MOST_SECONDS = 3_000
MONTH = "2026-10"


class NotHereError(Exception):
    """A program that this machine does not have, or a package that cannot be installed on it; says which and why."""


@dataclass(frozen=True)
class Seen:
    """A row: which program, of which version, and what was seen of it."""

    program: str
    version: str
    what: str


@dataclass(frozen=True)
class Work:
    """A folder for what is made, and the pack of the whole company that parts look at.

    Attributes
    ----------
    folder
        Emptied afterwards.
    given
        A pack of the sample that is there already; None: it is made when it is first asked for.
    """

    folder: Path
    given: Path | None = None

    @cached_property
    def pack(self) -> Path:
        """The sample's pack of the company."""
        return self.given or report(self.folder / "reports", Path(sys.executable))

    @cached_property
    def environment(self) -> dict[str, str]:
        """What programs of this tree run with: its own sources and a cache of their own."""
        return tree() | {"WORKBOOK_CACHE": str(self.folder / "cache")}

    def made(self, name: str) -> Path:
        """Return a new folder below the folder."""
        made = self.folder / name
        made.mkdir(parents=True)
        return made

    def overlay(self, name: str, *packages: str, python: str | None = None) -> Path:
        """Return the Python of a new environment: this one's packages, and before them those that are named.

        With ``python`` it is one of that version and has nothing of this one's.
        """
        home = self.folder / "environments" / name
        run([python or sys.executable, "-m", "venv", str(home)])
        program = home / "bin" / "python"
        if python is None:
            below = run(
                [str(program), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
            ).strip()
            (Path(below) / "workbook.pth").write_text(sysconfig.get_path("purelib"), encoding="utf-8")
        if packages:
            install(program, *packages)
        return program


def tree() -> dict[str, str]:
    """The environment with the sources of this tree, without settings of the workbook's."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("WORKBOOK_")}
    # An overlay has this environment's packages, and of nbconvert not the templates that lie beside them.
    templates = str(Path(sys.prefix) / "share" / "jupyter")
    return kept | {"PYTHONPATH": str(PROJECT / "src"), "JUPYTER_PATH": templates}


def install(program: Path, *packages: str) -> None:
    """Install packages into an environment, with uv where it is there."""
    uv = shutil.which("uv")
    command = (
        [uv, "pip", "install", "-q", "--python", str(program), *packages]
        if uv
        else [str(program), "-m", "pip", "install", "-q", "--disable-pip-version-check", *packages]
    )
    done = subprocess.run(command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotHereError(f"{' '.join(packages)} cannot be installed here: {last}")


def run(command: list[str], **options: object) -> str:
    """Run a program to its end and return what it said; an error says the end of what it said."""
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=MOST_SECONDS, check=False, **options  # type: ignore[call-overload]
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(
            f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr.strip()[-600:]}"
        )
    said: str = done.stdout
    return said


def program(*names: str, package: str) -> str:
    """Return the first of these programs that is here."""
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        raise NotHereError(f"there is no {names[0]} on this machine (Debian's package {package})")
    return found


def printed(path: Path) -> dict[str, str]:
    """Return what pdfinfo says of a PDF, by its names."""
    told = run([program("pdfinfo", package="poppler-utils"), str(path)])
    return {name: value.strip() for name, _, value in (line.partition(":") for line in told.splitlines())}


def version_of(package: str, python: Path) -> str:
    """Return which version of a package an environment has."""
    asked = f"from importlib.metadata import version; print(version({package!r}))"
    return run([str(python), "-c", asked]).strip()


def report(out: Path, python: Path, scope: str = "company") -> Path:
    """Make a pack of the sample with an environment, nothing in its cache; return the pack's folder."""
    environment = tree() | {"WORKBOOK_CACHE": str(out / ".cache")}
    command = ["-m", "helpers.cli", "report", "--month", MONTH, "--scope", scope, "--out", str(out)]
    run([str(python), *command], cwd=PROJECT, env=environment)
    return made_in(out)


def made_in(out: Path) -> Path:
    """Return the folder of the one pack that was made below ``out``."""
    (manifest,) = (out / MONTH).glob("*/manifest.json")
    return manifest.parent


def tests(*asked: str) -> str:
    """Run tests of this project and return how many passed and were skipped; a failed one is an error."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n0", *asked]
    done = subprocess.run(
        command, cwd=PROJECT, env=tree(), capture_output=True, text=True, timeout=MOST_SECONDS, check=False
    )
    last = (done.stdout.strip().splitlines() or [done.stderr.strip()])[-1]
    counts = re.findall(r"\d+ (?:passed|failed|skipped|errors?)", last)
    if done.returncode or "passed" not in last:
        why = next((line for line in done.stdout.splitlines() if line.startswith("E ")), last)
        raise RuntimeError(f"of {' '.join(asked)}: {', '.join(counts)}: {why.removeprefix('E').strip()}")
    return ", ".join(counts)


def pages(pack: Path) -> list[Path]:
    """The HTML pages of a pack."""
    return sorted(pack.glob("*.html"))


Rows = Iterator[Seen]
