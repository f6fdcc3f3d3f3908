"""Putting packs into place: whole or not at all, whatever happens meanwhile."""

import signal
import subprocess
import sys
import threading

import pytest

from helpers.report.packs import place
from helpers.report.packs.place import folder_in_place

BUILD_AND_DIE = """
import os, signal, sys
from pathlib import Path
from helpers.report import place
from helpers.report.packs.place import folder_in_place
from helpers.report import place
target = Path(sys.argv[1])
if sys.argv[2] == "between":
    place._renameat2 = None
    rename = Path.rename
    def rename_once(self, other):
        rename(self, other)
        os.kill(os.getpid(), signal.SIGKILL)
    Path.rename = rename_once
with folder_in_place(target) as new:
    (new / "half.html").write_text("half")
    if sys.argv[2] == "building":
        os.kill(os.getpid(), signal.SIGKILL)
"""


LOOK = """
import os, select, sys
looks = missing = 0
print("looking", flush=True)
while not select.select([sys.stdin], [], [], 0)[0]:
    looks += 1
    missing += not os.path.exists(sys.argv[1])
print(looks, missing)
"""


def fill(target, text):
    with folder_in_place(target) as new:
        (new / "index.html").write_text(text)


def names(folder):
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("moment", ["building", "between"])
def test_a_killed_run_leaves_the_old_pack_for_the_next_to_find(tmp_path, moment):
    target = tmp_path / "company"
    fill(target, "old")
    ended = subprocess.run([sys.executable, "-c", BUILD_AND_DIE, str(target), moment], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert not (target / "half.html").exists()
    with pytest.raises(KeyboardInterrupt), folder_in_place(target):
        assert (target / "index.html").read_text() == "old"
        raise KeyboardInterrupt
    assert names(tmp_path) == ["company"]
    assert (target / "index.html").read_text() == "old"


@pytest.mark.skipif(place._renameat2 is None, reason="two folders change places in one step on Linux alone")
def test_a_reader_never_finds_the_pack_missing_while_it_is_replaced_again_and_again(tmp_path):
    target = tmp_path / "company"
    fill(target, "0")
    reader = subprocess.Popen(
        [sys.executable, "-c", LOOK, str(target)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert reader.stdout.readline() == "looking\n"
    for number in range(1, 51):
        fill(target, str(number))
    said, _ = reader.communicate("enough")
    looks, missing = map(int, said.split())
    assert looks > 50
    assert missing == 0
    assert (target / "index.html").read_text() == "50"
    assert names(tmp_path) == ["company"]


def test_where_folders_cannot_change_places_a_pack_is_replaced_all_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(place, "_renameat2", None)
    target = tmp_path / "company"
    fill(target, "old")
    fill(target, "new")
    assert (target / "index.html").read_text() == "new"
    assert names(tmp_path) == ["company"]


def test_an_error_while_building_changes_nothing(tmp_path):
    target = tmp_path / "company"
    fill(target, "old")
    with pytest.raises(ZeroDivisionError), folder_in_place(target) as new:
        (new / "half.html").write_text("half")
        _ = 1 / 0
    assert names(tmp_path) == ["company"]
    assert names(target) == ["index.html"]


def test_runs_at_once_all_end_well_and_one_pack_stands(tmp_path):
    target = tmp_path / "company"
    ready = threading.Barrier(4)
    errors = []

    def run(number):
        try:
            with folder_in_place(target) as new:
                (new / "index.html").write_text(str(number))
                ready.wait()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert names(tmp_path) == ["company"]
    assert (target / "index.html").read_text() in "0123"


def test_a_pack_of_another_scope_is_not_touched_by_the_cleaning(tmp_path):
    other = tmp_path / ".company-north-12345678"
    other.mkdir()
    fill(tmp_path / "company", "new")
    assert other.exists()
