"""Whichever write of a run fails, the pack that stands there is the old one or the new one, whole."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from helpers.report.running.starting import SOURCE_FOLDER

REPORT = Path(__file__).resolve().parents[1] / "report"
MAKE = """
import contextlib, json, os, sys
from pathlib import Path
from helpers.errors import WorkbookError
from helpers.report.packs.pack import make_pack
from nbformat.v4 import new_code_cell
from report_notebooks import PARAMETERS, brief, request_for, tagged, write

folder = Path(sys.argv[1])
out, seen, failing, counting = folder / "out", 0, 0, False
notebook = write(folder, "01_composition.ipynb", tagged("parameters", PARAMETERS), new_code_cell("print(month)"))
WRITES = {"os.mkdir", "os.rename", "os.link"}

def fail(event, arguments):
    global seen
    if not counting:
        return
    if event == "open" and isinstance(arguments[0], (str, bytes)):
        writes, path = arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT), arguments[0]
    elif event in WRITES:
        writes, path = True, arguments[0]
    else:
        return
    if writes and os.fsdecode(path).startswith(str(folder)):
        seen += 1
        if seen == failing:
            raise OSError(28, "No space left on device", os.fsdecode(path))

class Here:
    limit = 1
    def call(self, function, *arguments, seconds_a_step=None):
        return function(*arguments)
    def stop(self):
        pass

def state():
    pack = out / "2026-10" / "company"
    if not pack.exists():
        return "none"
    manifest = json.loads((pack / "manifest.json").read_text())
    whole = all((pack / each["name"]).stat().st_size == each["bytes"] for each in manifest["outputs"])
    left = [path.name for path in pack.parent.iterdir() if path != pack]
    return manifest["parameters"]["company"] + ("" if whole and not left else f" broken {left}")

def run(company):
    global counting, seen
    seen, counting = 0, True
    try:
        request = request_for(out, (notebook,), company=company, cell_timeout_seconds=0)
        result = make_pack(request, briefing=brief, children=Here())
        return f"failure: {result.failures}" if result.failures else "made"
    except (WorkbookError, OSError) as error:
        return f"{type(error).__name__}: {error}"
    finally:
        counting = False

sys.addaudithook(fail)
told = [["first", run("old"), state()]]
writes = seen
for failing in range(1, writes + 1):
    told.append([failing, run("new"), state()])
    if told[-1][2] != "old":
        failing = 0
        again = run("old")
        assert (again, state()) == ("made", "old"), again
print(json.dumps(told))
"""


@pytest.mark.slow
def test_whichever_write_fails_the_pack_is_the_old_one_or_the_new_one_whole(tmp_path):
    done = subprocess.run(
        [sys.executable, "-c", MAKE, str(tmp_path)],
        capture_output=True,
        text=True,
        env={
            "PYTHONPATH": f"{SOURCE_FOLDER}:{REPORT}",
            "WORKBOOK_CACHE": str(tmp_path / "cache"),
            "PATH": "/usr/bin:/bin",
        },
        check=False,
    )
    assert done.returncode == 0, done.stderr
    first, *failed = json.loads(done.stdout.splitlines()[-1])
    assert first[1:] == ["made", "old"]
    assert len(failed) >= 10
    assert {state for *_, state in failed} <= {"old", "new"}
    for number, ended, state in failed:
        assert (state == "old") == ended.startswith(("WorkbookError: ", "OSError: ")), (number, ended, state)
    assert sum(state == "old" for *_, state in failed) >= 8
    assert all("No space left" in ended for _, ended, state in failed if state == "old")
