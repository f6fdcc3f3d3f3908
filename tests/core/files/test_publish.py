"""What is published appears whole or not at all, for its owner alone in the cache, whatever happens meanwhile."""

import os
import signal
import stat
import subprocess
import sys
import threading

import pytest

from helpers.core.files import publish
from helpers.core.files.integrity import is_intact
from helpers.core.files.private import private_folder
from helpers.core.files.publish import published_file, published_folder, replaced_file, replaced_folder
from helpers.errors import WorkbookError

BUILD_AND_DIE = """
import os, signal, sys
from pathlib import Path
from helpers.core.files import publish
from helpers.core.files.publish import replaced_folder
target = Path(sys.argv[1])
if sys.argv[2] == "between":
    publish._renameat2 = None
    rename = Path.rename
    def rename_once(self, other):
        rename(self, other)
        os.kill(os.getpid(), signal.SIGKILL)
    Path.rename = rename_once
with replaced_folder(target) as new:
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
    with replaced_folder(target) as new:
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
    with pytest.raises(KeyboardInterrupt), replaced_folder(target):
        assert (target / "index.html").read_text() == "old"
        raise KeyboardInterrupt
    assert names(tmp_path) == ["company"]
    assert (target / "index.html").read_text() == "old"


@pytest.mark.skipif(publish._renameat2 is None, reason="two folders change places in one step on Linux alone")
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
    monkeypatch.setattr(publish, "_renameat2", None)
    target = tmp_path / "company"
    fill(target, "old")
    fill(target, "new")
    assert (target / "index.html").read_text() == "new"
    assert names(tmp_path) == ["company"]


def test_an_error_while_building_changes_nothing(tmp_path):
    target = tmp_path / "company"
    fill(target, "old")
    with pytest.raises(ZeroDivisionError), replaced_folder(target) as new:
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
            with replaced_folder(target) as new:
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


def rights(path):
    return f"{stat.S_IMODE(path.stat().st_mode):o}"


def test_a_file_of_the_cache_is_its_owners_alone_from_the_first_byte(tmp_path):
    path = tmp_path / "facts" / "key" / "fact.parquet"
    with published_file(path) as draft:
        assert rights(draft) == "600"
        assert draft.parent == path.parent  # where nobody else may enter
        assert [rights(folder) for folder in (path.parent, path.parent.parent)] == ["700", "700"]
        draft.write_text("customers")
        draft.chmod(0o644)  # as an engine may leave it
    assert rights(path) == "600"


def test_a_folder_of_the_cache_and_all_in_it_are_its_owners_alone(tmp_path):
    path = tmp_path / "tables" / "key"
    with published_folder(path) as draft:
        assert rights(draft) == rights(draft.parent) == "700"
        (draft / "quarantine").mkdir()
        (draft / "quarantine" / "rows").write_text("customers")
    found = [path, path / "quarantine", path / "quarantine" / "rows"]
    assert [rights(each) for each in found] == ["700", "700", "600"]


def test_a_cache_that_its_owner_shares_is_shared_below(tmp_path, monkeypatch):
    """Workers of Spark that run as another user write there too."""
    monkeypatch.setenv("WORKBOOK_CACHE", str(tmp_path))
    tmp_path.chmod(0o770)
    with published_file(tmp_path / "facts" / "fact") as draft:
        draft.write_text("customers")
    assert (rights(tmp_path / "facts"), rights(tmp_path / "facts" / "fact")) == ("770", "660")
    tmp_path.chmod(0o1777)  # a folder for everybody's drafts is nobody's to share
    private_folder(tmp_path / "months")
    assert rights(tmp_path / "months") == "700"


def test_a_file_that_another_process_has_written_meanwhile_keeps_its_bytes(tmp_path):
    """Who has opened it would else read the footer of one file and the pages of another."""
    path = tmp_path / "fact.parquet"
    with published_file(path) as draft:
        with published_file(path) as faster:
            faster.write_text("the faster one's")
        draft.write_text("mine, the same rows in another order")
    assert path.read_text() == "the faster one's"
    assert names(tmp_path) == [".fact.parquet.seal", "fact.parquet"]
    assert is_intact(path)


def test_what_stands_there_without_a_seal_makes_room(tmp_path):
    path = tmp_path / "fact.parquet"
    path.write_text("nobody knows whose")
    with published_file(path) as draft:
        draft.write_text("ours")
    assert path.read_text() == "ours"


def test_a_folder_that_another_process_has_written_meanwhile_keeps_its_files(tmp_path):
    path = tmp_path / "key"
    with published_folder(path) as draft:
        (draft / "mine").write_text("mine")
        path.mkdir()
        (path / "theirs").write_text("theirs")
    assert names(path) == ["theirs"]
    assert names(tmp_path) == ["key"]


def test_without_links_a_file_is_moved_into_place(tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(95, "Operation not supported")

    monkeypatch.setattr(os, "link", refuse)
    with published_file(tmp_path / "fact") as draft:
        draft.write_text("customers")
    assert (tmp_path / "fact").read_text() == "customers"
    assert names(tmp_path) == [".fact.seal", "fact"]


@pytest.mark.parametrize("publishing", [published_file, published_folder, replaced_file])
def test_what_fails_in_between_leaves_nothing(tmp_path, publishing):
    with pytest.raises(ZeroDivisionError), publishing(tmp_path / "fact"):
        _ = 1 / 0
    assert names(tmp_path) == []


@pytest.mark.parametrize("publishing", [published_file, published_folder])
def test_a_full_disk_is_told_with_what_was_written_and_the_way_out(tmp_path, publishing):
    with (
        pytest.raises(WorkbookError, match=r"fact cannot be written: No space left.*WORKBOOK_CACHE"),
        publishing(tmp_path / "fact"),
    ):
        raise OSError(28, "No space left on device")
    assert names(tmp_path) == []


@pytest.mark.parametrize(("umask", "expected"), [(0o022, "644"), (0o077, "600")])
def test_a_page_that_is_replaced_is_for_those_whom_the_run_lets_read_it(tmp_path, umask, expected):
    (tmp_path / "index.html").write_text("old")
    before = os.umask(umask)
    try:
        with replaced_file(tmp_path / "index.html", 0o666) as draft:
            draft.write_text("new")
    finally:
        os.umask(before)
    assert (tmp_path / "index.html").read_text() == "new"
    assert rights(tmp_path / "index.html") == expected
