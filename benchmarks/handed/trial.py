"""One case in a folder of its own: what is typed, what comes back, and what it is held against."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

import duckdb
from bs4 import BeautifulSoup

import helpers.intake.build  # imported before commands fork
import helpers.intake.proposing
import helpers.report.check.run  # noqa: F401
from helpers import cli
from helpers.questions import open_questions, with_answer

HERE = Path(__file__).resolve().parent
PROJECT = HERE.parents[1]
CASES = Path(os.environ.get("WORKBOOK_SHARED") or PROJECT.parent / "shared") / "cases"
WORKBOOK = [sys.executable, "-c", "from helpers.cli import main; main()"]


class NotHere(Exception):
    """What the case needs is not on this machine."""


@dataclass
class Trial:
    """One case in a folder of its own: what was typed, what came back, and what it was held against."""

    case: dict[str, Any]
    work: Path
    data: Path
    steps: int = 0
    """Commands typed, values answered, lines written."""
    answered: int = 0
    refused: bool = False
    held: list[tuple[str, str, bool]] = field(default_factory=list)
    """What was seen, what is right, and whether that is so."""

    @property
    def map(self) -> Path:
        """Where the map lies: in the folder of the data."""
        return (self.data if self.data.is_dir() else self.data.parent) / "workbook.toml"

    def hold(self, seen: object, right: object, is_right: bool | None = None) -> None:
        """Hold a value against the right one; texts that are numbers are compared as numbers."""
        if is_right is None:
            is_right = _same(seen, right)
        self.held.append((str(seen), str(right), is_right))

    def run(self, *command: str | Path, at: Path | None = None, **environment: str) -> tuple[int, str]:
        """Type a command and return its exit code and all it said."""
        self.steps += 1
        done = subprocess.run(
            [str(each) for each in command], cwd=at or PROJECT, text=True, check=False,
            env=os.environ | self._environment() | environment,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip
        return done.returncode, done.stdout

    def workbook(self, *words: str | Path, **environment: str) -> tuple[int, str]:
        """Type a command of the workbook, in a fork of this process, whose imports are made: 2 to 3 seconds less."""
        self.steps += 1
        said = self.work / "said.txt"
        told = self._environment() | environment
        if not (child := os.fork()):
            code = 70
            try:
                with said.open("wb") as file:
                    os.dup2(file.fileno(), 1)
                    os.dup2(file.fileno(), 2)
                os.environ.update(told)
                os.chdir(PROJECT)
                sys.argv = ["workbook", *(str(each) for each in words)]
                cli.main()
                code = 0
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else int(end.code is not None)
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status), said.read_text(encoding="utf-8", errors="replace")

    def _environment(self) -> dict[str, str]:
        told = {"WORKBOOK_CACHE": str(self.work / "cache"), "COLUMNS": "500"}
        return told | self.case.get("environment", {})

    def report(self, out: Path, *words: str | Path, **environment: str) -> tuple[int, str]:
        """Make a report into a folder."""
        return self.run(*WORKBOOK, "report", "--out", out, *words, **environment)

    def refusal(self, code: int, text: str, pieces: Sequence[str]) -> None:
        """Hold a refusal: exit code 2, no traceback, and each piece of the cure is named."""
        lacks = [piece for piece in pieces if not re.search(piece, text)]
        plain = code == 2 and not lacks and "Traceback" not in text
        self.refused = True
        self.hold(short(text) if plain else f"exit {code}, lacks {lacks}: {short(text)}", "refused", plain)


def _same(seen: object, right: object, within: str = "0.004") -> bool:
    try:
        return abs(Decimal(str(seen)) - Decimal(str(right))) < Decimal(within)
    except InvalidOperation:
        return str(seen) == str(right)


def short(text: str, length: int = 110) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= length else f"{flat[:length]} ..."


def texts(pack: Path) -> str:
    """Return what can be read on all pages of a pack."""
    return "\n".join(
        " ".join(BeautifulSoup(page.read_text(encoding="utf-8"), "lxml").get_text(" ").split())
        for page in sorted(pack.glob("*.html"))
    )


def contents(pack: Path) -> dict[str, bytes]:
    """Return the files of a pack but the manifest, which says when it was made."""
    return {
        path.relative_to(pack).as_posix(): path.read_bytes()
        for path in sorted(pack.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }


def _answer(trial: Trial) -> None:
    """Write what the person knows in the place of each question of the map."""
    text, answers = trial.map.read_text(encoding="utf-8"), trial.case.get("answers", {})
    for question in open_questions(text):
        told = answers.get(question.key.rpartition(".")[2].strip('"'), "")
        value = next((each for each, means in question.answers if told and means.startswith(str(told))), None)
        if value is None and told != "":
            value = json.dumps(told, ensure_ascii=False)
        if value is not None:
            text = with_answer(text, question, value)
            trial.answered += 1
    trial.steps += trial.answered
    trial.map.write_text(text, encoding="utf-8")


def _write_lines(trial: Trial) -> None:
    """Write further lines of the map, as its messages ask for."""
    text = trial.map.read_text(encoding="utf-8")
    for below, lines in trial.case.get("put", {}).items():
        if below and below not in text:
            raise ValueError(f"{trial.case['case']}: no line {below!r} in the map")
        text = text.replace(below, f"{below}\n{lines}", 1) if below else f"{text}\n{lines}\n"
        trial.steps += 1
    trial.map.write_text(text, encoding="utf-8")


def _of_lines(trial: Trial, group: str, where: str = "true") -> dict[str, Decimal]:
    """Sum the cleaned order lines of the run by an expression."""
    (path,) = (trial.work / "cache").glob("tables/*/order_lines.parquet")
    found = duckdb.sql(f"SELECT {group}, sum(net_amount) FROM '{path}' WHERE {where} GROUP BY 1").fetchall()
    return {str(name): net for name, net in found}


def check(trial: Trial) -> None:
    """Hold what `workbook check` says against the figures of the case."""
    case = trial.case
    if "said" in case or "unsaid" in case:
        _, text = trial.workbook("check", trial.data, *_map(trial))
        for piece in case.get("said", ()):
            seen = re.search(f".{{0,50}}(?:{piece}).{{0,40}}", text)
            trial.hold(short(seen[0]) if seen else f"not said: {piece}", "said", bool(seen))
        for piece in case.get("unsaid", ()):
            trial.hold(f"said: {piece}" if re.search(piece, text) else "not said", "not said")
        trial.steps -= 1  # one check is typed
    code, text = trial.workbook("check", trial.data, *_map(trial), "--json")
    try:
        found = json.loads(text[text.index("{") :])
    except ValueError:
        trial.hold(f"exit {code}: {short(text)}", "a verdict", False)
        return
    for key, name in (("lines", "order_lines"), ("customers", "customers"), ("currency", "currency"),
                      ("first_day", "first_day"), ("last_day", "last_day")):  # fmt: skip
        if key in case:
            trial.hold(f"{found[name]}", case[key])
    if "net" in case:
        right = _same(found["net_amount"], case["net"], case.get("within", "0.004"))
        trial.hold(found["net_amount"], case["net"], right)
    months = {each["month"]: each["net_amount"] for each in found["months"]}
    for month, net in case.get("months", {}).items():
        trial.hold(months.get(month, "no such month"), net)
    if "default" in case:
        trial.hold(found["default_month"]["month"], case["default"])
    if "set_aside" in case:
        aside = Counter[str]()
        for row in found["rows"]:
            aside[row["rule"]] += row["rows"] * (row["status"] == "quarantined")
        trial.hold(dict(+aside), case["set_aside"])
    if "aside" in case:
        written = "".join(Path(each).read_text(encoding="utf-8") for each in found["set_aside"].values())
        for piece in case["aside"]:
            trial.hold(piece if piece in written else f"no {piece} among the rows set aside", piece)
    if "nobody" in case:
        trial.hold(_of_lines(trial, "'all'", "customer_id IS NULL").get("all", 0), case["nobody"])
    for key, where in (("by_customer", "true"), ("year", "order_date BETWEEN '2025-11-01' AND '2026-10-31'")):
        wanted = case.get(key, {})
        sums = _of_lines(trial, "customer_id", where) if wanted else {}
        for customer, net in wanted.items():
            trial.hold(sums.get(customer, f"no {customer}"), net)
    for order, net in case.get("orders", {}).items():
        trial.hold(_of_lines(trial, "order_id").get(order, "none"), net)


def _map(trial: Trial) -> list[str | Path]:
    return ["--map", trial.map]


def pages(trial: Trial) -> None:
    """Make the report, and look for what pages must say, and must not."""
    out, how = trial.work / "out", trial.case["report"]
    code, text = trial.report(out, "--data", trial.data, *_map(trial), *how.get("words", ()))
    packs = [path.parent for path in sorted(out.glob("*/company/index.html"))]
    if code or not packs:
        trial.hold(f"exit {code}: {short(text)}", "a report", False)
        return
    read = texts(packs[0])
    for piece in how.get("has", ()):
        seen = re.search(f".{{0,30}}(?:{piece}).{{0,20}}", read)
        trial.hold(seen[0] if seen else f"not there: {piece}", piece, bool(seen))
    for piece in how.get("has_not", ()):
        seen = re.search(f".{{0,30}}(?:{piece}).{{0,20}}", read)
        trial.hold(seen[0] if seen else "not there", f"not {piece}", not seen)
    trial.hold("report made", "report made")


def by_command(trial: Trial) -> None:
    """Go the usual way: init, answers, lines that a message asks for, check, report."""
    case, wanted = trial.case, trial.case.get("refused")
    if not trial.map.exists():
        code, text = trial.workbook("init", trial.data, "--out", trial.map)
        if code:
            trial.refusal(code, text, wanted or ["(never)"])
            return
        _answer(trial)
    if wanted:
        trial.refusal(*trial.workbook("check", trial.data, *_map(trial)), wanted)
        if "put" not in case:
            return
    _write_lines(trial)
    check(trial)
    if "report" in case:
        pages(trial)
