"""The handed cases by the command line: what a user sees beside what is right, with seconds and manual steps.

    make handed                          # all, a quarter of an hour; writes benchmarks/handed.md
    make handed ONLY='disc-*'            # some; their lines take the place of those in handed.md

Each case of ``../shared/cases`` goes the way of a person who knows the data: `workbook init`, an answer in the place of
each ``"?"``, `workbook check`, and `workbook report` where the case is about pages. `cases.toml` says what is answered
and what is right (by the case's ``expected.txt``); what is more than that is a function of `steps.py`.
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Annotated, Any

import typer

from handed import attacks, steps
from handed.trial import CASES, HERE, NotHere, Trial, by_command, short

TABLE = HERE.parent / "handed.md"
#: Not given to the command: what the case says of itself.
OF_THE_CASE = ("expected.txt", "map-that-works*", "*.py", "*.sh")
LONG = frozenset({
    "one_time_buyers", "closed_on_the_25th", "cache_changed", "cache_missing", "cache_of_other_tables",
    "total_from_share", "disk_full", "encrypt_killed", "encrypted_manifest",
    "later_rows", "planted_pickle", "papermill", "words", "links_lead_somewhere", "prints_on_pages",
})  # fmt: skip
"""Steps that make reports."""
COLUMNS = "| case | became | seen | right | seconds | steps |\n|---|---|---|---|---|---|\n"


def tried(case: dict[str, Any], work: Path) -> str:
    """Try a case and return its line of the table."""
    name = " ".join(filter(None, [case["case"], case.get("data", ""), case.get("what", "")]))
    source = CASES / case["case"]
    folder = work / "data"
    if source.is_dir():
        inner = source / case.get("data", "")
        shutil.copytree(
            inner if inner.is_dir() else source, folder, ignore=shutil.ignore_patterns(*OF_THE_CASE)
        )
    given = folder / case.get("data", "")
    trial = Trial(case, work, given if given.is_file() else folder)
    before = _seconds()
    take: Callable[[Trial], None] = (
        by_command
        if "steps" not in case
        else getattr(steps, case["steps"], None) or getattr(attacks, case["steps"])
    )
    became = ""
    try:
        take(trial)
    except NotHere as reason:
        became, trial.held = "not proved", [(str(reason), "", True)]
    wrong = [each for each in trial.held if not each[2]]
    if wrong:
        became = "**wrong**"
    elif not became:
        became = ("refused with its cure" + (", then right" if len(trial.held) > 1 and "put" in case else "")
                  if trial.refused else "asked, then right" if trial.answered else "right")  # fmt: skip
    shown = wrong or trial.held
    seen, right = ("; ".join(dict.fromkeys(each[place] for each in shown)) for place in (0, 1))
    cells = [
        name,
        became,
        short(seen, 300),
        short(right, 300),
        f"{_seconds() - before:.0f}",
        str(trial.steps),
    ]
    return "| " + " | ".join(each.replace("|", "\\|") for each in cells) + " |"


def _is_long(case: dict[str, Any]) -> bool:
    return "report" in case or case.get("steps") in LONG


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _cases() -> Iterator[dict[str, Any]]:
    told = tomllib.loads((HERE / "cases.toml").read_text(encoding="utf-8"))
    for case in told["cases"]:
        whole = told["same"].get(case.get("same", ""), {}) | case
        for data in case.get("each", [case.get("data", "")]):
            yield whole | {"data": data}


def main(
    only: Annotated[str, typer.Option(help="Cases by a pattern of their line's name.")] = "*",
    quick: Annotated[bool, typer.Option(help="Leave out what makes reports.")] = False,
    keep: Annotated[Path | None, typer.Option(help="Keep the folders of the trials here.")] = None,
) -> None:
    """Try the handed cases, print a line each, and write the table."""
    if not CASES.is_dir():
        print(f"skipped: {CASES} is not here; the cases are handed beside the project.")
        return
    kept = dict[str, str]()
    if TABLE.exists():
        kept = {line.split(" | ")[0][2:]: line for line in TABLE.read_text(encoding="utf-8").splitlines()
                if line.startswith("| ") and "| became |" not in line}  # fmt: skip
    head = (HERE / "head.md").read_text(encoding="utf-8")
    cases = {
        " ".join(filter(None, [case["case"], case["data"], case.get("what", "")])): case for case in _cases()
    }
    for number, (name, case) in enumerate(cases.items()):
        if not fnmatch(name, only) or (quick and _is_long(case)):
            continue
        with tempfile.TemporaryDirectory() as folder:
            work = (keep / f"{number:02d}-{case['case']}") if keep else Path(folder) / "trial"
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir(parents=True)
            kept[name] = tried(case, work)
        print(kept[name], flush=True)
        TABLE.write_text(
            head + COLUMNS + "\n".join(kept[each] for each in cases if each in kept) + "\n", encoding="utf-8"
        )
    sys.exit(any("**wrong**" in line for line in kept.values()))


if __name__ == "__main__":
    typer.run(main)
