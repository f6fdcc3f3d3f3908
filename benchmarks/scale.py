"""The month's report at 1, 10 and 100 million order lines: seconds and memory by stage, and the next month's report.

    python benchmarks/scale.py                      # 1 and 10 million lines, about 10 minutes
    python benchmarks/scale.py --millions 1 10 100  # needs 15 GB of disk
    python benchmarks/scale.py --plot-only          # draws benchmarks/scale.svg from benchmarks/scale.csv anew
    python benchmarks/scale.py --against REV --millions 1 --rounds 3   # this code beside that of a revision

``--against`` measures the code of a revision and this one in turn, on the sample that the revision makes (it may lack
tables that have come since), and prints the medians and the ratios; scale.csv stays as it is.

Each size is a sample company of its own (10,000 customers and 30 months are a million lines), made where it is not
there yet. Stages are processes of their own with nothing in the cache but what the stage before left, so that they add
up to one ``workbook report``: of the sample's last month but one, then of its last. Memory is that of the whole tree
of processes: the sum of their proportional set sizes (shared pages are counted once), looked at twice a second, which
itself costs up to a tenth of a core. Beside it stands the largest process alone: the system's own high-water mark,
which ``/usr/bin/time -v`` calls "maximum resident set size" (of a report it would show the coordinating process only).
Processor time is given beside elapsed time: where other work runs on the machine, only the former compares.
"""

from __future__ import annotations

import argparse
import csv
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "src"
_TICKS = os.sysconf("SC_CLK_TCK")
CUSTOMERS_A_MILLION_LINES = 10_000
MONTHS = 30
#: The month before the sample's last, and that: the first report and the next one.
FIRST_MONTH, NEXT_MONTH = "2026-09", "2026-10"

_READ = """
import sys
try:
    from helpers.data import read_data
except ModuleNotFoundError:  # of revisions before it stood there
    from helpers.book import read_data
read_data(sys.argv[1])
"""
_FACTS = """
import sys
from helpers.book import open_book
from helpers.report.prepare import compute_facts
compute_facts(open_book(sys.argv[1], month=sys.argv[2]), everyone=False)
"""


@dataclass(frozen=True)
class Stage:
    """What one stage took; ``ended`` is the exit code of its process."""

    lines_millions: float
    stage: str
    seconds: float
    processor_seconds: float
    peak_gigabytes: float
    ended: int
    largest_process_gigabytes: float


def run(command: list[str], cache: Path, source: Path = SOURCE) -> tuple[float, float, float, int, float]:
    """Run a command with the code in ``source``; return the figures of a `Stage` in their order."""
    environment = os.environ | {"WORKBOOK_CACHE": str(cache), "PYTHONPATH": str(source)}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    seen = Seen()
    watcher = threading.Thread(target=_watch, args=(process, seen), daemon=True)
    watcher.start()
    _, said = process.communicate()
    watcher.join()
    if process.returncode:
        print(said[-2000:], file=sys.stderr)
    processor = sum(seen.ticks.values()) / _TICKS
    return time.perf_counter() - started, processor, seen.most, process.returncode, seen.largest


@dataclass
class Seen:
    """What a look at the processes has told so far.

    ``most`` gigabytes of all at once, the most of one (``largest``), and each one's processor time in ticks.
    """

    most: float = 0.0
    largest: float = 0.0
    ticks: dict[int, int] = field(default_factory=dict)


def _watch(process: subprocess.Popen[str], seen: Seen) -> None:
    while process.poll() is None:
        tree = _tree(process.pid)
        seen.most = max(seen.most, sum(_kilobytes(pid, "smaps_rollup", "Pss:") for pid in tree) / 1e6)
        seen.largest = max(seen.largest, *(_kilobytes(pid, "status", "VmHWM:") / 1e6 for pid in tree), 0.0)
        seen.ticks |= tree
        time.sleep(0.5)


def _tree(root: int) -> dict[int, int]:
    """A process and all below it, with their processor time so far: that of who was not waited for counts too."""
    parents, ticks = {}, {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                told = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:  # it has ended
                continue
            parents[int(entry.name)], ticks[int(entry.name)] = int(told[1]), int(told[11]) + int(told[12])
    found, new = {root}, True
    while new:
        new = {pid for pid, parent in parents.items() if parent in found} - found
        found |= new
    return {pid: ticks[pid] for pid in sorted(found) if pid in ticks}


def _kilobytes(pid: int, file: str, name: str) -> float:
    """Read a figure of a process from ``/proc``; 0 for who has ended."""
    try:
        text = Path(f"/proc/{pid}/{file}").read_text()
    except OSError:
        return 0.0
    return float(next((line.split()[1] for line in text.splitlines() if line.startswith(name)), 0))


def sample(folder: Path, millions: float, source: Path = SOURCE, name: str = "") -> Path:
    """Make the sample of a size where it is not there; ``name`` tells that of another code apart."""
    data = folder / f"lines-{millions:g}m{name}"
    if not (data / "truth").is_dir():
        customers = round(millions * CUSTOMERS_A_MILLION_LINES)
        command = ["sample", "--customers", str(customers), "--months", str(MONTHS), "--seed", "1"]
        subprocess.run(
            [sys.executable, "-m", "helpers.cli", *command, "--out", str(data)],
            check=True,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": str(source)},
        )
    return data


def measure(data: Path, millions: float, folder: Path, source: Path = SOURCE) -> list[Stage]:
    """Measure all stages of one size, from an empty cache, with the code in ``source``."""
    cache, out = folder / "cache", folder / "out"
    for each in (cache, out):
        shutil.rmtree(each, ignore_errors=True)
    report = [sys.executable, "-m", "helpers.cli", "report", "--data", str(data), "--out", str(out)]
    report += ["--timeout-seconds", "3600"]
    commands = {
        "intake": [sys.executable, "-c", _READ, str(data)],
        "facts": [sys.executable, "-c", _FACTS, str(data), FIRST_MONTH],
        "learning and notebooks": [*report, "--month", FIRST_MONTH],
        "facts of the next month": [sys.executable, "-c", _FACTS, str(data), NEXT_MONTH],
        "its learning and notebooks": [*report, "--month", NEXT_MONTH],
        "the same again": [*report, "--month", NEXT_MONTH],
    }
    stages = []
    for name, command in commands.items():
        stages.append(Stage(millions, name, *run(command, cache, source)))
        print(f"{millions:g} M lines, {name}: {asdict(stages[-1])}", file=sys.stderr, flush=True)
    for each in (cache, out):
        shutil.rmtree(each, ignore_errors=True)
    return stages


def against(revision: str, sizes: list[float], folder: Path, rounds: int) -> str:
    """Measure a revision and this code in turn; return a table of medians, and of each the ratio of this to that."""
    git = ["git", "-C", str(HERE.parent), "worktree"]
    commit = subprocess.check_output([*git[:3], "rev-parse", "--short", revision], text=True).strip()
    with tempfile.TemporaryDirectory() as place:
        tree = Path(place) / "tree"
        subprocess.run([*git, "add", "--quiet", "--detach", tree, commit], check=True)
        try:
            measured: dict[Path, list[Stage]] = {tree / "src": [], SOURCE: []}
            for millions in sizes:
                data = sample(folder, millions, tree / "src", f"-{commit}")
                for _ in range(rounds):
                    for source, stages in measured.items():
                        stages.extend(measure(data, millions, folder, source))
        finally:
            subprocess.run([*git, "remove", "--force", tree], check=True)
    then, now = measured.values()
    return compared(then, now, commit)


def compared(then: list[Stage], now: list[Stage], name: str) -> str:
    """Return the table of a revision's stages and those of this code: medians, and in brackets the ratio."""
    lines = [
        f"| {machine()} | elapsed s, {name} | now | processor s, {name} | now | most GB, {name} | now |",
        "|---" * 7 + "|",
    ]
    for size, stage in dict.fromkeys((each.lines_millions, each.stage) for each in then):
        cells = []
        for figure in ("seconds", "processor_seconds", "peak_gigabytes"):
            before, after = (
                statistics.median(
                    getattr(each, figure)
                    for each in stages
                    if (each.lines_millions, each.stage) == (size, stage)
                )
                for stages in (then, now)
            )
            cells.append(f"{before:.1f} | {after:.1f} ({after / before:.2f})")
        failed = any(
            each.ended for each in (*then, *now) if (each.lines_millions, each.stage) == (size, stage)
        )
        lines.append(f"| {size:g} M lines, {stage}{' (failed)' if failed else ''} | {' | '.join(cells)} |")
    return "\n".join(lines)


def table(stages: list[Stage]) -> str:
    """Return the table of the stages, sizes as columns."""
    sizes = sorted({stage.lines_millions for stage in stages})
    by = {(stage.lines_millions, stage.stage): stage for stage in stages}
    names = list(dict.fromkeys(stage.stage for stage in stages))
    lines = [
        f"| {machine()}: elapsed (processor) seconds, most memory of all processes (of the largest) | "
        + " | ".join(f"{size:g} M lines" for size in sizes)
        + " |",
        "|---" * (len(sizes) + 1) + "|",
    ]
    for name in names:
        cells = []
        for size in sizes:
            stage = by.get((size, name))
            failed = " (failed)" if stage and stage.ended else ""
            cells.append("not measured" if stage is None else f"{_cost([stage])}{failed}")
        lines.append(f"| {name} | {' | '.join(cells)} |")
    for title, of in (("all of a first report", names[:3]), ("all of the next month's", names[3:5])):
        cells = [_together([by[size, name] for name in of if (size, name) in by]) for size in sizes]
        lines.append(f"| {title} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _together(stages: list[Stage]) -> str:
    if not stages:
        return "not measured"
    return _cost(stages, "**")


def _cost(stages: list[Stage], mark: str = "") -> str:
    seconds = sum(stage.seconds for stage in stages)
    processor = sum(stage.processor_seconds for stage in stages)
    most = max(stage.peak_gigabytes for stage in stages)
    largest = max(stage.largest_process_gigabytes for stage in stages)
    return f"{mark}{seconds:.0f}{mark} ({processor:.0f}) s, {most:.1f} ({largest:.1f}) GB"


def machine() -> str:
    """Cores and memory: all that a reader needs to compare."""
    with Path("/proc/meminfo").open(encoding="ascii") as info:
        kilobytes = int(next(line for line in info if line.startswith("MemTotal")).split()[1])
    return f"{os.cpu_count()} cores, {kilobytes / 1024**2:.0f} GB"


def plot(stages: list[Stage], path: Path) -> None:
    """Draw processor seconds over lines, both on logarithmic axes: a straight line of slope 1 grows as the data do."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "scale"
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(figsize=(6, 4))
    for name in ("intake", "facts", "learning and notebooks"):
        points = sorted((s.lines_millions, s.processor_seconds) for s in stages if s.stage == name)
        axes.plot(*zip(*points, strict=True), marker="o", label=name)
    sizes = sorted({stage.lines_millions for stage in stages})
    least = min(s.processor_seconds for s in stages if s.stage == "facts")
    axes.plot(
        sizes, [least * size / sizes[0] for size in sizes], color="grey", ls=":", label="as the data grow"
    )
    axes.set(xscale="log", yscale="log", xlabel="million order lines", ylabel="processor seconds")
    axes.set_title("What a report costs by the number of order lines")
    axes.legend(frameon=False)
    figure.savefig(path, metadata={"Date": None}, bbox_inches="tight")


def _kept(path: Path) -> list[Stage]:
    if not path.is_file():
        return []
    kinds = {each.name: each.type for each in fields(Stage)}
    convert = {"float": float, "int": int, "str": str}
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Stage(**{name: convert[str(kinds[name])](value) for name, value in row.items()})
            for row in csv.DictReader(file)
        ]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--millions", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--folder", type=Path, default=Path("data/scale"), help="samples and working files")
    parser.add_argument("--plot-only", action="store_true")
    parser.add_argument(
        "--against", metavar="REV", help="a revision whose code is measured in turn with this"
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often each is measured")
    chosen = parser.parse_args()
    if chosen.against:
        print(against(chosen.against, chosen.millions, chosen.folder, chosen.rounds))
        return
    path = HERE / "scale.csv"
    stages = _kept(path)
    if not chosen.plot_only:
        for millions in chosen.millions:
            data = sample(chosen.folder, millions)
            measured = measure(data, millions, chosen.folder)
            stages = [stage for stage in stages if stage.lines_millions != millions] + measured
            stages.sort(key=lambda stage: stage.lines_millions)
            with path.open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, [each.name for each in fields(Stage)], lineterminator="\n")
                writer.writeheader()
                writer.writerows(asdict(stage) for stage in stages)
    plot(stages, HERE / "scale.svg")
    print(table(stages))


if __name__ == "__main__":
    main()
