"""What attacks need (cases atk-*): a sample with its cache, what is done to them, and what must not come of it."""

from __future__ import annotations

import functools
import os
import pickle
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import duckdb

from handed.trial import CASES, PROJECT, WORKBOOK, NotHere, Trial, contents

MONTH = ("--month", "2026-10")
COMPANY = Path("2026-10") / "company"


@functools.cache
def sample() -> Path:
    """Make a sample of 60 customers in ``data/sample`` once, and its report in ``out`` beside its ``cache``.

    What the cases attack does not hang on size. In HANDED_SAMPLE all of it is kept between runs.
    """
    folder = Path(os.environ.get("HANDED_SAMPLE") or tempfile.mkdtemp(prefix="handed-"))
    made = {
        folder / "data": f"sample --customers 60 --months 30 --seed 1 --out {_sample(folder)}",
        folder / "out" / COMPANY: " ".join(["report --out", str(folder / "out"), *MONTH, *of(folder)]),
    }
    for place, words in made.items():
        if not place.exists():
            subprocess.run([*WORKBOOK, *words.split()], cwd=PROJECT, check=True, stdout=subprocess.DEVNULL,
                           env=os.environ | {"WORKBOOK_CACHE": str(folder / "cache")})  # fmt: skip
    if not (folder / ".venv").exists():  # scripts of the cases call the command by its place in the project
        (folder / ".venv").symlink_to(PROJECT / ".venv")
    return folder


def _sample(folder: Path) -> Path:
    return folder / "data" / "sample"


def of(folder: Path) -> tuple[str, str]:
    return "--data", str(_sample(folder))


def _with_its_cache(trial: Trial) -> Path:
    shutil.copytree(sample() / "cache", trial.work / "cache")
    return trial.work / "cache"


def _script(trial: Trial, name: str, *words: str | Path) -> tuple[int, str]:
    return trial.run(sys.executable, CASES / trial.case["case"] / name, *words, at=sample())


def _the_same_again(trial: Trial, what: str) -> None:
    """Make the sample's report from a cache that was touched: the same pack, or exit code 2 that names the file."""
    code, text = trial.report(trial.work / "out", *MONTH, *of(sample()), "--force")
    before, now = (contents(each / "out" / COMPANY) for each in (sample(), trial.work))
    differ = sorted(name for name in before.keys() | now.keys() if before.get(name) != now.get(name))
    if code == 2 and "Traceback" not in text:
        trial.hold(f"{what}: {text.splitlines()[-1]}", "exit 2, or the same pack", True)
    else:
        trial.hold(f"{what}: exit {code}, {len(differ)} of {len(before)} files differ", "exit 0, 0 differ",
                   not code and not differ and bool(now))  # fmt: skip


def cache_changed(trial: Trial) -> None:
    cache = _with_its_cache(trial)
    changed = next(cache.glob("*/*/customer_months.parquet"))
    script = (CASES / trial.case["case"] / "change.py").read_text(encoding="utf-8")
    trial.run(
        sys.executable, "-c", script.replace("facts/*/", f"{changed.parent.relative_to(cache)}/"), cache
    )
    _the_same_again(trial, "a doubled fact")


def cache_missing(trial: Trial) -> None:
    cache = _with_its_cache(trial)
    next(cache.glob("tables/*/interactions.parquet")).unlink()
    _the_same_again(trial, "interactions gone")
    listed = next(cache.glob("tables/*/tables.json"))
    listed.write_bytes(listed.read_bytes()[:100])
    _the_same_again(trial, "tables.json cut short")


def cache_of_other_tables(trial: Trial) -> None:
    _code, text = trial.run("bash", CASES / trial.case["case"] / "make.sh", trial.work / "made", at=sample())
    trial.hold(
        [each for each in ("with: same", "without: same") if each in text], ["with: same", "without: same"]
    )


def total_from_share(trial: Trial) -> None:
    year = "order_date BETWEEN '2026-01-01' AND '2026-10-31'"
    lines = _sample(sample()) / "order_lines.parquet"
    (total,) = duckdb.sql(f"SELECT round(sum(net_amount), 2) FROM '{lines}' WHERE {year}").fetchone() or (0,)
    trial.report(trial.work / "out", *MONTH, *of(sample()), "--scope", "all")
    script = (CASES / trial.case["case"] / "check.py").read_text(encoding="utf-8")
    _code, text = trial.run(
        sys.executable, "-c", re.sub(r"^T=.*$", f"T={total}", script, flags=re.M), trial.work / "out"
    )
    given = re.findall(r"^(\S+) rows (\d+) that give .*? (\d+) ", text, flags=re.M)
    trial.hold(f"{len(given)} packs, {sum(int(each[1]) for each in given)} rows of shares",
               "more than 2 packs", len(given) > 2)  # fmt: skip
    trial.hold(f"rows that give {total}: {sum(int(each[2]) for each in given)}", f"rows that give {total}: 0")


def disk_full(trial: Trial) -> None:
    small = trial.work / "small"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=600k", "tmpfs", str(small)], check=False, capture_output=True
    )
    if mounted.returncode:
        raise NotHere(
            "nobody may mount a small disk here; tests/faults/test_disk_and_memory.py limits files instead"
        )
    try:
        _with_its_cache(trial)
        trial.refusal(*trial.report(small, *MONTH, *of(sample())), [str(small), "(?i)space|full"])
        left = [each.name for each in small.rglob("*") if each.is_file()]
        trial.hold(f"left: {left}", "left: []")
    finally:
        subprocess.run(["umount", str(small)], check=False)


def encrypt_killed(trial: Trial) -> None:
    """Kill a run with signal 9 as soon as three notebooks are done, and look for what others may read."""
    _with_its_cache(trial)
    out, temporary = trial.work / "out", trial.work / "tmp"
    temporary.mkdir()
    told = {
        "WORKBOOK_CACHE": str(trial.work / "cache"),
        "WORKBOOK_PASSPHRASE": "one two three four five",
        "TMPDIR": str(temporary),
    }
    run = subprocess.Popen(
        [*WORKBOOK, "report", "--out", str(out), *MONTH, *of(sample()), "--encrypt"],
        cwd=PROJECT, env=os.environ | told,
        umask=0o022, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    trial.steps += 1
    places = (out, temporary, trial.work / "cache")
    while run.poll() is None and sum(len([*each.rglob("*.ipynb")]) for each in places) < 3:
        time.sleep(0.05)
    ended = run.poll()
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    done = [path for place in places for path in place.rglob("*.ipynb")]
    trial.hold(
        f"killed with {len(done)} notebooks in clear" if ended is None else "ended before",
        "killed",
        ended is None and len(done) > 2,
    )
    readable = [path.relative_to(trial.work) for place in places for path in place.rglob("*")
                if path.is_file() and _others_may_read(path, trial.work)]  # fmt: skip
    trial.hold(
        f"files that others may read: {[str(each) for each in readable[:5]]}",
        "files that others may read: []",
    )


def _others_may_read(path: Path, below: Path) -> bool:
    """Say whether the rights of a file and of each folder above it let others in."""
    ways = [each for each in path.parents if each.is_relative_to(below) and each != below]
    return bool(path.stat().st_mode & 0o044) and all(each.stat().st_mode & 0o011 for each in ways)


def encrypted_manifest(trial: Trial) -> None:
    _with_its_cache(trial)
    trial.report(
        trial.work / "out", *MONTH, *of(sample()), "--encrypt", WORKBOOK_PASSPHRASE="one two three four five"
    )
    code, text = _script(trial, "check.py", trial.work / "out" / COMPANY)
    trial.hold(f"exit {code}: {text.strip()}", "exit 0: nothing")


def later_rows(trial: Trial) -> None:
    _script(trial, "make.py", trial.work / "made")
    for name in ("now", "later"):
        trial.report(trial.work / name, *MONTH, "--data", trial.work / "made" / name / "sample")
    now, later = (contents(trial.work / name / COMPANY) for name in ("now", "later"))
    differ = sorted(name for name in now.keys() | later.keys() if now.get(name) != later.get(name))
    trial.hold(
        f"{len(now)} files, differ: {differ}", f"{len(now)} files, differ: []", len(now) > 10 and not differ
    )


def map_reads_files(trial: Trial) -> None:
    (trial.data / "outside.txt").write_text("a secret\n")
    trial.refusal(*trial.workbook("check", trial.data), ["columns|may not|read_text"])


class _Planted:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __reduce__(self) -> tuple[Any, ...]:
        return os.mkdir, (str(self.folder),)


def planted_pickle(trial: Trial) -> None:
    cache, proof = _with_its_cache(trial), trial.work / "loaded"
    answers = [each for each in cache.rglob("*") if each.suffix in (".pickle", ".pkl", ".answer")]
    for each in answers:
        each.write_bytes(pickle.dumps(_Planted(proof)))
    _the_same_again(trial, f"{len(answers)} planted")
    trial.hold(f"loaded: {proof.exists()}", "loaded: False")
    trial.hold(
        f"rights of the cache: {(sample() / 'cache').stat().st_mode & 0o777:o}", "rights of the cache: 700"
    )
