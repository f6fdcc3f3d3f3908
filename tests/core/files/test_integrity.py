"""A file of the cache is what was written there, or it is known not to be, before anything of it is read."""

from __future__ import annotations

import os
import random
import shutil
import stat

import pytest

from helpers.core.files import integrity
from helpers.core.files.integrity import (
    KEY,
    SEAL,
    discard,
    is_complete,
    is_intact,
    make_once,
    open_verified,
    prepare,
)
from helpers.core.files.publish import published_file, published_folder
from helpers.errors import WorkbookError

TEXT = "what a customer bought, month by month\n" * 50


@pytest.fixture
def cache(tmp_path, monkeypatch):
    folder = tmp_path / "cache"
    monkeypatch.setenv("WORKBOOK_CACHE", str(folder))
    prepare(folder)
    return folder


@pytest.fixture
def fact(cache):
    path = cache / "facts" / "key" / "fact.parquet"
    with published_file(path) as draft:
        draft.write_text(TEXT)
    return path


@pytest.fixture
def tables(cache):
    path = cache / "tables" / "key"
    with published_folder(path) as draft:
        (draft / "part").mkdir()
        for name in ("lines.parquet", "part/0.parquet", "part/1.parquet"):
            (draft / name).write_text(name + TEXT)
    return path


def overwrite(path, data: bytes) -> None:
    """Put other bytes in the place of a file under the time that it had."""
    state = path.stat()
    path.write_bytes(data)
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))


def test_what_was_published_holds_and_can_be_opened(fact, tables):
    assert is_intact(fact)
    assert is_intact(tables)
    assert is_intact(tables / "lines.parquet")
    assert is_intact(tables / "part")
    with open_verified(fact) as file:
        assert file.read().decode() == TEXT


def test_a_single_bit_anywhere_in_file_or_seal_is_known(fact):
    generator = random.Random(21)
    for path in (fact, integrity._beside(fact)):
        whole = path.read_bytes()
        for _ in range(60):
            data = bytearray(whole)
            data[generator.randrange(len(data))] ^= 1 << generator.randrange(8)
            overwrite(path, bytes(data))
            integrity._checked.clear()
            assert not is_intact(fact)
        overwrite(path, whole)
        assert is_intact(fact)


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.unlink(),
        lambda path: overwrite(path, path.read_bytes()[:-1]),
        lambda path: overwrite(path, b""),
        lambda path: overwrite(path, path.read_bytes() + b"x"),
    ],
)
def test_a_file_that_is_gone_or_of_another_length_is_known(fact, tables, harm):
    harm(fact)
    assert not is_intact(fact)
    harm(tables / "part" / "1.parquet")
    assert not is_intact(tables)
    assert not is_intact(tables / "part")
    assert not is_complete(tables)
    assert is_intact(tables / "lines.parquet")


def test_a_file_more_in_a_folder_of_parts_is_known(tables):
    shutil.copy(tables / "part" / "0.parquet", tables / "part" / "2.parquet")
    assert not is_intact(tables / "part")
    assert not is_intact(tables)


def test_files_that_change_places_with_their_seals_are_known(cache, fact):
    """What was written for one month is not what was written for another."""
    other = cache / "facts" / "other" / "fact.parquet"
    other.parent.mkdir(mode=0o700)
    shutil.copy2(fact, other)
    shutil.copy2(integrity._beside(fact), integrity._beside(other))
    assert not is_intact(other)


def test_a_cache_that_was_moved_holds_and_one_with_another_key_does_not(cache, fact, tmp_path):
    moved = tmp_path / "moved"
    shutil.copytree(cache, moved)
    assert is_intact(moved / fact.relative_to(cache))
    (moved / KEY).unlink()
    prepare(moved)
    assert (moved / KEY).read_bytes() != (cache / KEY).read_bytes()
    assert not is_intact(moved / fact.relative_to(cache))


def test_the_key_is_its_owners_alone_and_one_that_others_can_read_is_replaced(cache, fact):
    key = cache / KEY
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    before = key.read_bytes()
    key.chmod(0o644)
    assert not is_intact(fact)
    assert key.read_bytes() != before
    assert stat.S_IMODE(key.stat().st_mode) == 0o600


def test_a_key_that_another_process_makes_meanwhile_is_what_both_use(tmp_path, monkeypatch):
    prepare(tmp_path / "other")
    (tmp_path / "cache").mkdir(mode=0o700)
    token = integrity.secrets.token_hex

    def made_meanwhile(count):
        if not (tmp_path / "cache" / KEY).exists():
            shutil.copy(tmp_path / "other" / KEY, tmp_path / "cache" / KEY)
        return token(count)

    monkeypatch.setattr(integrity.secrets, "token_hex", made_meanwhile)
    prepare(tmp_path / "cache")
    assert (tmp_path / "cache" / KEY).read_bytes() == (tmp_path / "other" / KEY).read_bytes()


def test_a_file_system_without_rights_keeps_its_key(cache, fact, monkeypatch):
    key = (cache / KEY).read_bytes()
    monkeypatch.setattr(integrity, "_others_may", lambda path: True)
    assert is_intact(fact)
    assert (cache / KEY).read_bytes() == key


def test_what_does_not_hold_is_made_anew_and_what_holds_is_not(fact):
    made = []

    def make():
        made.append(1)
        with published_file(fact) as draft:
            draft.write_text("anew")

    make_once(fact, make)
    assert not made
    overwrite(fact, TEXT.upper().encode())
    make_once(fact, make)
    assert (len(made), fact.read_text(), is_intact(fact)) == (1, "anew", True)


def test_what_cannot_be_removed_is_named(fact, monkeypatch):
    def refuse(*_, **__):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(fact), "unlink", refuse)
    with pytest.raises(
        WorkbookError, match=r"fact.parquet is not what was written there, and cannot be removed"
    ):
        discard(fact)


def test_a_file_is_read_through_once_as_long_as_it_stays(fact, monkeypatch):
    assert is_intact(fact)
    monkeypatch.setattr(integrity, "_hashed", lambda *_: "read again")
    assert is_intact(fact)
    overwrite(fact, TEXT.encode())
    assert not is_intact(fact)


def test_a_seal_that_somebody_else_wrote_is_not_believed(tables):
    (tables / SEAL).write_text('{"files": {}, "seal": ""}')
    assert not is_intact(tables)
    assert not is_complete(tables)
