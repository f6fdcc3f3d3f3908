"""Break a run from outside, and say what came of it: `benchmarks/faults.md` has the figures.

    python benchmarks/faults.py cache|writes|stops|pairs|disk|memory|postgres

Data, cache and reports are of a tiny company in a folder of its own, the moments and places from a seed. A run that is
broken has made its pack whole, or says in a paragraph what is wrong and leaves none; the next run, unbroken, makes the
same pack as one that was never broken. Whatever is otherwise is printed, and the exit code is 1.
"""

from __future__ import annotations

import json
import os
import random
import resource
import runpy
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import pandas as pd
import typer
from kill_runs import LINES, PACK, contents
from kill_runs import started as two_of

from helpers.core.files import integrity
from helpers.engine.cache.cache import Cache
from helpers.intake import read_tables
from helpers.settings.config import PROJECT_FOLDER, parse_settings
from helpers.subjects.registry import open_facts

FACTS = ("customer_months", "purchase_occasions", "customer_summary", "customers")
#: What is done to a file of the cache, under the size and time that it has where that can be.
HARMS = ("bit", "cut", "gone", "exchanged")
IN_A_NAMESPACE = ("unshare", "--user", "--map-root-user", "--mount")
app = typer.Typer(add_completion=False)
Count = Annotated[int, typer.Option(min=1)]


class Asked:
    """A small company, and what is asked of its cache by a process that has looked at nothing yet."""

    def __init__(self, folder: Path) -> None:
        self.data, self.cache = folder / "data", folder / "cache"
        self.data.mkdir(parents=True)
        orders = ["order_id,order_date,customer_id,quantity,net_amount"]
        orders += [
            f"A{n},{2024 + n // 12 % 2}-{n % 12 + 1:02}-{n % 28 + 1:02},{n % 37},{n % 7 + 1},"
            f"{n * 13 % 997}.{n % 100:02}"
            for n in range(1, 1500)
        ]
        (self.data / "order_lines.csv").write_text("\n".join(orders), encoding="utf-8")
        customers = ["customer_id,name,region", *(f"{n},Customer {n},Region {n % 4}" for n in range(37))]
        (self.data / "customers.csv").write_text("\n".join(customers), encoding="utf-8")

    def __call__(self) -> dict[str, pd.DataFrame]:
        """Return what is asked, by name."""
        integrity._checked.clear()
        settings = parse_settings({"report": {"currency": "EUR"}}, "workbook.toml")
        tables = read_tables(self.data, settings, self.cache)
        facts = open_facts(tables, pd.Period("2025-11", "M"), settings, self.cache)
        found = {name: facts.frame(name) for name in FACTS}

        def largest() -> pd.DataFrame:
            return found["customer_months"].nlargest(5, "net_amount")

        largest.__module__ = "helpers.subjects.churn.churn"
        found["answer"] = Cache(facts, settings).get_or_compute("largest", largest)
        facts.engine.disconnect()
        return found


def harm(path: Path, generator: random.Random, how: str) -> None:
    """Flip one bit of a file, cut it short, take it away, or put other bytes of its length in its place."""
    data, state = bytearray(path.read_bytes()), path.stat()
    path.unlink()
    if how == "gone":
        return
    if how == "bit":
        data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
    else:
        data = data[: generator.randrange(len(data))] if how == "cut" else bytearray(reversed(data))
    path.write_bytes(data)
    path.chmod(state.st_mode & 0o777)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def harmed(
    asked: Asked, rounds: int, each: int, hows: tuple[str, ...] = ("bit",), seed: int = 2611
) -> tuple[Counter[str], list[str]]:
    """Harm files of the cache and ask again, round after round; return how often each file, and what differed."""
    first, generator = asked(), random.Random(seed)
    harmed_files: Counter[str] = Counter()
    wrong = []
    for number in range(rounds):
        files = sorted(path for path in asked.cache.rglob("*") if path.is_file() and path.stat().st_size)
        done = [(path, generator.choice(hows)) for path in generator.sample(files, each)]
        for path, how in done:
            harmed_files[path.name.removeprefix(".").removesuffix(".seal")] += 1
            harm(path, generator, how)
        names = ", ".join(f"{path.name} ({how})" for path, how in done)
        try:
            now = asked()
        except Exception as error:  # whatever it is, it is what is looked for
            wrong.append(f"round {number}, {names}: {type(error).__name__}: {error}")
            continue
        wrong += [
            f"round {number}, {names}: {name} differs"
            for name, frame in now.items()
            if not frame.equals(first[name])
        ]
    return harmed_files, wrong


@app.command()
def cache(rounds: Count = 80, each: Count = 5, how: str = "bit") -> None:
    """Harm ``rounds`` times ``each`` files of the cache: by a ``bit``, ``cut``, ``gone``, ``exchanged``, or ``all``."""
    hows = HARMS if how == "all" else (how,)
    with folder_of_its_own() as folder:
        files, wrong = harmed(Asked(folder), rounds, each, hows)
    end(f"{sum(files.values())} harmed ({how}), {len(files)} files by name", wrong)


@app.command()
def writes() -> None:
    """Fail every write of a pack in turn, as `tests/faults/test_every_write.py` does."""
    test = runpy.run_path(str(PROJECT_FOLDER / "tests" / "faults" / "test_every_write.py"))
    with folder_of_its_own() as folder:
        paths = f"{PROJECT_FOLDER / 'src'}:{test['REPORT']}"
        environment = os.environ | {"PYTHONPATH": paths, "WORKBOOK_CACHE": str(folder / "cache")}
        command = [sys.executable, "-c", test["MAKE"], str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=True)
    _first, *failed = json.loads(done.stdout.splitlines()[-1])
    states = Counter(state for *_, state in failed)
    end(
        f"{len(failed)} writes: {states['old']} times the old pack whole, {states['new']} the new one",
        [str(each) for each in failed if each[2] not in ("old", "new")],
    )


class Runs:
    """Runs of ``workbook report`` on a tiny company, and what is right of their pack."""

    def __init__(self, folder: Path, data: str = "") -> None:
        self.folder, self.data = folder, data or str(folder / "exports")
        (folder / "exports").mkdir(exist_ok=True)
        (folder / "exports" / "order_lines.csv").write_text(LINES)
        (folder / "disk").mkdir(exist_ok=True)
        self.said: Counter[str] = Counter()
        self.wrong: list[str] = []
        begun = time.perf_counter()
        whole = self.start()
        _, errors = whole.communicate()
        self.length, self.right = time.perf_counter() - begun, contents(self.pack)
        assert whole.returncode == 0 and self.right, errors

    @property
    def pack(self) -> Path:
        """Where the pack stands."""
        return self.folder / "disk" / "reports" / PACK

    def start(self, before: Callable[[], None] = lambda: None) -> subprocess.Popen[str]:
        """Start a run in a group of its own, after ``before`` in its process."""

        def prepare() -> None:
            signal.signal(signal.SIGINT, signal.SIG_DFL)
            before()

        command = [sys.executable, "-m", "helpers.cli", "report", "--data", self.data, "--month", "2026-09"]
        places = {"WORKBOOK_CACHE": str(self.folder / "disk" / "cache")}
        return subprocess.Popen(
            [*command, "--out", str(self.folder / "disk" / "reports")], env=os.environ | places, text=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, start_new_session=True, preexec_fn=prepare,
        )  # fmt: skip

    def forget(self) -> None:
        """Take away reports and cache."""
        for path in (self.folder / "disk").iterdir():
            shutil.rmtree(path)

    def look(self, what: str, run: subprocess.Popen[str], ends: tuple[int, ...] = (1, 2)) -> None:
        """Count how a broken run ended, and note where that is not one of the ways that are right."""
        _, errors = run.communicate()
        told = [line for line in errors.splitlines() if line and not line.startswith("Report: ")]
        stands = contents(self.pack)
        if run.returncode == 0 and stands == self.right:
            self.said["made whole"] += 1
        elif run.returncode == 1 and stands and "stopped at cell" in errors:
            self.said["made, and says which notebooks failed (exit code 1)"] += 1
        elif run.returncode in ends and stands is None and "Traceback" not in errors:
            self.said[f"told (exit code {run.returncode})"] += 1
        else:
            self.said["otherwise"] += 1
            self.wrong.append(f"{what}: exit code {run.returncode}, pack {stands is not None}: {told[-3:]}")

    def again(self, what: str) -> None:
        """Run unbroken: the pack has to be the right one, and nothing else may lie there."""
        run = self.start()
        _, errors = run.communicate()
        if run.returncode or contents(self.pack) != self.right:
            self.wrong.append(f"after {what}: the next run failed or differs: {errors.splitlines()[-2:]}")
        elif left := [path.name for path in self.pack.parent.iterdir() if path != self.pack]:
            self.wrong.append(f"after {what}: left behind {left}")


@app.command()
def stops(count: Count = 20, seed: int = 7) -> None:
    """Press Ctrl-C at moments from each part of a run's length; every fourth time run again."""
    with folder_of_its_own() as folder:
        runs, chance = Runs(folder), random.Random(seed)
        for number in range(count):
            runs.forget()
            moment = runs.length * (number + chance.random()) / count
            run = runs.start()
            time.sleep(moment)
            os.killpg(run.pid, signal.SIGINT)
            runs.look(f"Ctrl-C after {moment:.2f} s", run, (130,))
            if number % 4 == 3:
                runs.again(f"Ctrl-C after {moment:.2f} s")
        end(f"{count} times Ctrl-C in {runs.length:.1f} s: {dict(runs.said)}", runs.wrong)


@app.command()
def pairs(count: Count = 10) -> None:
    """Start two runs for the same month at once, with an empty cache and no pack, then over the one that stands."""
    wrong = []
    with folder_of_its_own() as folder:
        (folder / "exports").mkdir()
        (folder / "exports" / "order_lines.csv").write_text(LINES)
        pack, first = folder / "reports" / PACK, None
        for number in range(count):
            if number % 2 == 0:
                shutil.rmtree(folder / "reports", ignore_errors=True)
                shutil.rmtree(folder / "cache", ignore_errors=True)
            both = [two_of(folder) for _ in range(2)]
            codes, stands = [run.wait() for run in both], contents(pack)
            first = first or stands
            left = [path.name for path in pack.parent.iterdir() if path != pack]
            if codes != [0, 0] or not stands or stands != first or left:
                wrong.append(f"pair {number}: exit codes {codes}, left {left}, same pack {stands == first}")
    end(f"{count} pairs", wrong)


@app.command()
def disk(count: Count = 10, *, inside: bool = False) -> None:
    """Run on disks of a tenth, two tenths ... of the room that cache and report need; then with room again."""
    if not inside:  # where anybody may mount a disk of their own
        command = [sys.executable, __file__, "disk", "--count", str(count), "--inside"]
        raise typer.Exit(subprocess.run([*IN_A_NAMESPACE, *command], check=False).returncode)
    with folder_of_its_own() as folder:
        runs = Runs(folder)
        room = sum(path.stat().st_size for path in (folder / "disk").rglob("*") if path.is_file())
        for number in range(1, count + 1):
            size = room * number // count
            mounted = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder / "disk")]
            subprocess.run(mounted, check=True)
            runs.look(f"disk of {size:,} bytes", runs.start())
            subprocess.run(["mount", "-o", "remount,size=1g", str(folder / "disk")], check=True)
            runs.again(f"disk of {size:,} bytes")
            subprocess.run(["umount", str(folder / "disk")], check=True)
        end(f"{count} disks of up to {room / 1e6:.1f} MB: {dict(runs.said)}", runs.wrong)


@app.command()
def memory(count: Count = 10, least: float = 0.5, most: float = 5.0) -> None:
    """Run with no more address space (RLIMIT_AS, of each process) than from ``least`` to ``most`` gigabytes."""
    with folder_of_its_own() as folder:
        runs = Runs(folder)
        for number in range(count):
            size = int((least + (most - least) * number / max(count - 1, 1)) * 1e9)
            runs.forget()
            runs.look(
                f"{size / 1e9:.1f} GB",
                runs.start(lambda size=size: resource.setrlimit(resource.RLIMIT_AS, (size, size))),
            )
        runs.again("too little memory")
        end(f"{count} limits from {least} to {most} GB: {dict(runs.said)}", runs.wrong)


@app.command()
def postgres(count: Count = 10, seed: int = 7) -> None:
    """Stop the server that the data come from at moments of a run; start it and run again."""
    sys.path[:0] = [str(PROJECT_FOLDER / "tests"), str(PROJECT_FOLDER / "tests" / "intake" / "reading")]
    from test_postgres import PASSWORD, Server

    os.environ["PGPASSWORD"] = PASSWORD
    with folder_of_its_own() as folder, tempfile.TemporaryDirectory(prefix="postgres-") as of_server:
        if os.getuid() == 0:
            shutil.chown(of_server, "postgres")
        server = Server(Path(of_server))
        with server.connect() as owner:
            owner.execute("UPDATE order_lines SET order_date = DATE '2026-07-01' + quantity::int % 92")
        try:
            runs, chance = Runs(folder, server.url()), random.Random(seed)
            for number in range(count):
                runs.forget()
                run = runs.start()
                moment = runs.length * (number + chance.random()) / count
                time.sleep(moment)
                server.stop()
                runs.look(f"stopped after {moment:.2f} s", run)
                server.start()
                if number % 3 == 0:
                    runs.again(f"a server stopped after {moment:.2f} s")
            end(f"{count} times stopped in {runs.length:.1f} s: {dict(runs.said)}", runs.wrong)
        finally:
            server.stop()


@contextmanager
def folder_of_its_own() -> Iterator[Path]:
    """Make a folder that goes when it is left, with the cache inside."""
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        os.environ["WORKBOOK_CACHE"] = str(Path(folder) / "cache")
        yield Path(folder)


def end(said: str, wrong: list[str]) -> None:
    """Print what was done and what went wrong, and end."""
    print(said, *(wrong or ["nothing else"]), sep="\n")
    raise typer.Exit(1 if wrong else 0)


if __name__ == "__main__":
    app()
