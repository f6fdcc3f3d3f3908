"""Kill report runs with signal 9 at random moments: never a partial report in place, and the next run is the same.

``python benchmarks/kill_runs.py 30`` prints a line a kill and a summary; exit code 1 where something is wrong. The
moments come from a seed and spread over a run's length. Tiny data, one notebook, the cache empty at every kill.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LINES = """order_id,line_no,order_date,customer_id,product_id,quantity,net_amount
A1,1,2026-08-03,C1,P1,2,200.00
A2,1,2026-09-30,C2,P1,1,100.00
"""
RUN = """
import sys
from functools import partial
from pathlib import Path
from helpers.settings.config import NOTEBOOKS_FOLDER
from helpers.report.monthly import _briefing
from helpers.report.packs.pack import PackRequest, make_pack
pack = PackRequest("2026-09", Path(sys.argv[2]), sys.argv[1],
                   notebooks=[NOTEBOOKS_FOLDER / "01_customer_composition.ipynb"])
sys.exit(1 if make_pack(pack, briefing=partial(_briefing, pack)).failures else 0)
"""
PACK = Path("2026-09") / "company"


def started(folder: Path) -> subprocess.Popen[bytes]:
    """Start a run in a process group of its own, so that its children can be killed with it."""
    return subprocess.Popen(
        [sys.executable, "-c", RUN, str(folder / "exports"), str(folder / "reports")],
        env=os.environ | {"WORKBOOK_CACHE": str(folder / "cache")}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def contents(pack: Path) -> dict[str, str] | None:
    """Return the hash of every file but the manifest; None where there is no pack, {} where it is not whole."""
    if not pack.exists():
        return None
    files = {
        path.relative_to(pack).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in pack.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }
    try:
        manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return files if files == {each["name"]: each["sha256"] for each in manifest["outputs"]} else {}


def kill_runs(folder: Path, kills: int, seed: int = 7) -> list[str]:
    """Kill so many runs and return what was wrong.

    At every other kill no report stands there yet, else the one before is being replaced. The run alone, or the run
    with all its processes, is killed, in turn; the moments are one from each of as many equal parts of a run's length.
    """
    (folder / "exports").mkdir(parents=True)
    (folder / "exports" / "order_lines.csv").write_text(LINES)
    pack, chance, wrong = folder / "reports" / PACK, random.Random(seed), []
    begun = time.perf_counter()
    if started(folder).wait() or not (right := contents(pack)):
        return ["the run that nobody killed failed"]
    length = time.perf_counter() - begun
    parts = chance.sample(
        range(kills), kills
    )  # in any order: a measurement that is cut short covers a run's length
    for number, part in enumerate(parts):
        if number % 2:
            shutil.rmtree(pack.parent)
        shutil.rmtree(folder / "cache", ignore_errors=True)
        moment = length * (part + chance.random()) / kills
        run = started(folder)
        time.sleep(moment)
        (os.killpg if number % 4 < 2 else os.kill)(run.pid, signal.SIGKILL)
        run.wait()
        stands = contents(pack)
        if stands not in (None, right) or (stands is None and number % 2 == 0):
            wrong.append(f"kill {number} after {moment:.2f} s: a partial report, or the one before is gone")
        again = started(folder).wait()
        if again or contents(pack) != right:
            wrong.append(f"kill {number} after {moment:.2f} s: the next run failed or made another report")
        left = [path.name for path in pack.parent.iterdir() if path != pack]
        if left:
            wrong.append(f"kill {number} after {moment:.2f} s: left behind: {left}")
        print(f"killed after {moment:.2f} of {length:.2f} s; {'a' if stands else 'no'} report stood there")
    return wrong


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 30
    with tempfile.TemporaryDirectory() as folder:
        wrong = kill_runs(Path(folder), kills)
    print(
        "\n".join(wrong)
        or f"{kills} kills: never a partial report, every next run succeeded and was identical"
    )
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
