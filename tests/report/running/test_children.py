"""Child processes: they answer, die, hang and end with us, and each is told apart."""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from helpers.errors import WorkbookError
from helpers.report.running.children import ChildError, Children, report_step
from helpers.report.running.starting import SOURCE_FOLDER


@pytest.fixture(scope="module")
def children():
    with Children(2) as running:
        yield running


def surroundings():
    return str(Path.cwd()), os.environ["PYTHONHASHSEED"], os.environ.get("OF_TODAY"), hash("a name")


def refuse():
    raise WorkbookError("Row 3 has no date.")


def die(step):
    report_step(step)
    os.kill(os.getpid(), signal.SIGKILL)


def complain_and_leave():
    os.write(2, b"first\nout of luck\n")
    os._exit(7)


def start_a_thread_that_cannot_begin():
    def no_memory(self):
        raise MemoryError

    threading.Thread._bootstrap = no_memory
    threading.Thread(target=print).start()  # waits until it has begun


def hang():
    report_step("the long one")
    signal.pause()


def test_a_child_hands_back_what_the_function_returns(children):
    assert children.call(divmod, 17, 5) == (3, 2)


def test_an_error_reaches_the_caller_as_it_was_raised(children):
    with pytest.raises(WorkbookError, match="Row 3"):
        children.call(refuse)


def test_each_child_has_a_folder_of_its_own_that_is_gone_afterwards(children):
    first, second = children.call(surroundings)[0], children.call(surroundings)[0]
    assert first != second != str(Path.cwd())
    assert not Path(first).exists()


def test_children_hash_alike_and_see_the_environment_of_today(children, monkeypatch):
    monkeypatch.setenv("OF_TODAY", "yes")
    first, second = children.call(surroundings)[1:], children.call(surroundings)[1:]
    assert first == second
    assert first[:2] == ("0", "yes")


def test_a_killed_child_is_reported_with_its_last_step(children):
    with pytest.raises(ChildError, match="signal 9") as caught:
        children.call(die, 4)
    assert caught.value.step == 4
    assert not caught.value.hung


def test_what_a_child_said_last_is_told(children):
    with pytest.raises(ChildError, match="code 7: out of luck"):
        children.call(complain_and_leave)


def test_a_thread_that_finds_no_memory_to_begin_ends_its_process_which_would_wait_for_it(children):
    with pytest.raises(ChildError, match="There is not enough memory"):
        children.call(start_a_thread_that_cannot_begin, seconds_a_step=60)


def test_a_child_that_hangs_is_ended(children):
    with pytest.raises(ChildError) as caught:
        children.call(hang, seconds_a_step=5)  # to be forked takes a loaded machine a second
    assert caught.value.hung
    assert caught.value.step == "the long one"


@pytest.mark.slow
def test_what_the_server_imports_starts_no_thread():
    code = "import helpers.report.running.warm, threading; print(threading.active_count())"
    said = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | {"PYTHONPATH": str(SOURCE_FOLDER)}, check=True,
        capture_output=True, text=True,
    )  # fmt: skip
    assert said.stdout.strip() == "1"


ORPHAN = """
import sys, os, pathlib
sys.path.insert(0, sys.argv[1])
import test_children
from helpers.report.running.children import Children
pathlib.Path(sys.argv[2]).write_text("started")
Children(1).call(test_children.write_and_hang, sys.argv[3])
"""


def write_and_hang(path):
    part = Path(path + ".part")
    part.write_text(f"{os.getpid()}\n{Path.cwd()}")
    part.rename(path)
    signal.pause()


def until(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.mark.skipif(os.name != "posix", reason="kills as POSIX does")
def test_nothing_lives_on_when_the_command_is_killed(tmp_path):
    note = tmp_path / "child"
    environment = os.environ | {"PYTHONPATH": str(SOURCE_FOLDER)}
    here = str(Path(__file__).parent)
    command = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, here, str(tmp_path / "begun"), str(note)], env=environment
    )
    until(note.exists)
    identity, folder = note.read_text().splitlines()
    command.kill()
    command.wait()
    until(lambda: gone(int(identity)))
    assert not Path(folder).exists()


@pytest.mark.skipif(os.name != "posix", reason="no sockets with a path")
def test_children_start_where_the_temporary_folder_has_a_long_name(tmp_path):
    folder = tmp_path / ("a-folder-for-temporary-files" * 5)
    folder.mkdir()
    call = "from helpers.report.running.children import Children\nprint(Children(1).call(len, 'four'))"
    done = subprocess.run(
        [sys.executable, "-c", call],
        env=os.environ | {"PYTHONPATH": str(SOURCE_FOLDER), "TMPDIR": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("4\n", "")
    assert list(folder.iterdir()) == []


def gone(identity):
    try:
        os.kill(identity, 0)
    except ProcessLookupError:
        return True
    return False


STOPPED_HALFWAY = """
import multiprocessing.forkserver as server, os, signal
from helpers.report.running.children import Children
connect = server.connect_to_new_process
def connect_and_stop(descriptors):
    try:
        return connect(descriptors)
    finally:
        os.kill(os.getpid(), signal.SIGINT)
server.connect_to_new_process = connect_and_stop
try:
    Children(1).call(len, "four")
except KeyboardInterrupt:
    print("stopped")
"""


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="no server that forks")
def test_ctrl_c_while_a_child_starts_stops_it_without_a_word():
    done = subprocess.run(
        [sys.executable, "-c", STOPPED_HALFWAY],
        env=os.environ | {"PYTHONPATH": str(SOURCE_FOLDER)},
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout, done.stderr) == ("stopped\n", "")
