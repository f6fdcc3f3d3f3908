"""A run that is stopped: Ctrl-C ends it in silence, and what a kill leaves is for its owner's eyes alone."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from helpers.report.running.starting import SOURCE_FOLDER

LINES = """order_id,line_no,order_date,customer_id,product_id,quantity,net_amount
A1,1,2026-08-03,C1,P1,2,200.00
A2,1,2026-09-14,C1,P1,1,100.00
A3,1,2026-09-30,C2,P2,5,50.00
"""
READING, RUNNING = "Report: Reading the data", "Report: Running the notebooks"
needs_groups = pytest.mark.skipif(sys.platform == "win32", reason="no groups of processes")


@pytest.fixture
def started(tmp_path):
    """Start ``workbook report`` as a terminal does, in a group of its own, under a mask that lets others read."""
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "order_lines.csv").write_text(LINES)
    (tmp_path / "temporary").mkdir()
    groups = []

    def start(*more: str) -> subprocess.Popen[str]:
        environment = os.environ | {
            "PYTHONPATH": str(SOURCE_FOLDER),
            "WORKBOOK_CACHE": str(tmp_path / "cache"),
            "TMPDIR": str(tmp_path / "temporary"),
            "WORKBOOK_PASSPHRASE": "a phrase for this test",
        }
        command = [sys.executable, "-m", "helpers.cli", "report", "--data", str(tmp_path / "exports")]
        run = subprocess.Popen(
            [*command, "--out", str(tmp_path / "reports"), *more],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            umask=0o022,
            start_new_session=True,
            # What starts the tests in the background has SIGINT ignored, and who is started inherits that.
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        groups.append(run)
        return run

    yield start
    for run in groups:
        if run.poll() is None:
            os.killpg(run.pid, signal.SIGKILL)
            run.wait()
        assert run.stderr is not None
        run.stderr.close()


def until(run: subprocess.Popen[str], words: str) -> None:
    """Read what the run says until it says the words."""
    assert run.stderr is not None
    said = []
    for line in run.stderr:
        said.append(line)
        if words in line:
            return
    raise AssertionError(f"It never said {words}: {''.join(said)}")


@needs_groups
@pytest.mark.slow
@pytest.mark.parametrize("moment", [READING, RUNNING])
def test_ctrl_c_ends_a_run_without_a_word_and_leaves_nothing(started, tmp_path, moment):
    run = started()
    until(run, moment)
    os.killpg(run.pid, signal.SIGINT)
    assert run.wait() == 130
    assert run.stderr is not None
    assert "Traceback" not in run.stderr.read()
    assert [path for path in (tmp_path / "reports").rglob("*") if path.is_file()] == []


@needs_groups
def test_ctrl_c_while_the_command_is_loaded_ends_it_without_a_word():
    script = (
        "import os, signal, sys\n"
        "class Stop:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'typer': os.kill(os.getpid(), signal.SIGINT)\n"
        "sys.meta_path.insert(0, Stop())\n"
        "import helpers.cli\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(SOURCE_FOLDER)},
        check=False,
    )
    assert (done.returncode, done.stderr) == (130, "")


@pytest.mark.slow
@needs_groups
@pytest.mark.parametrize("moment", [RUNNING, "Report: Writing the pages"])
def test_a_killed_run_of_an_encrypted_pack_leaves_nothing_that_others_can_read(started, tmp_path, moment):
    run = started("--encrypt")
    until(run, moment)
    os.killpg(run.pid, signal.SIGKILL)
    run.wait()
    left = [path for name in ("reports", "cache", "temporary") for path in (tmp_path / name).rglob("*")]
    assert left
    assert [path for path in left if path.lstat().st_mode & 0o077 and not path.is_symlink()] == []
    assert not list((tmp_path / "reports").rglob("index.html"))
