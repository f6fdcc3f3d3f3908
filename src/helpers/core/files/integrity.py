"""What the cache holds is known to be what was written: a keyed hash beside each file, checked before it is read.

Beside a file lies ``.NAME.seal``, and in a folder that was published as a whole ``.seal``: which files there are, how
long, with what hash, and a hash over that and the place. The key is the cache's own: ``seal.key``, made at first use,
for its owner alone. So a bit that flipped, a file cut short, exchanged, lost, or put there by somebody else is known,
whatever its size and time say, and what it held is made anew.

The hash is AES-GMAC under a nonce of its own: a message authentication code that is as fast as reading. A process
checks a file once, and again where the file's state (inode, size, times) is another.
"""

import contextlib
import hashlib
import json
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from helpers.core.files.private import exclusive_lock, lock, make_private, private_folder, private_mode
from helpers.errors import WorkbookError
from helpers.settings.config import cache_folder

KEY = "seal.key"
SEAL = ".seal"
#: Half of the key is for contents, half for seals.
_KEY_BYTES, _NONCE_BYTES, _CHUNK = 64, 12, 2**22
#: By file the state that it had when it was checked; of this process alone.
_checked: dict[Path, tuple[object, ...]] = {}


class IntegrityError(ValueError):
    """A file of the cache is not what was written there, or nobody says what was."""


def prepare(cache: Path) -> None:
    """Make the key of a cache, unless it is there."""
    private_folder(cache)
    _key(cache)


def seal(draft: Path, path: Path) -> None:
    """Write the seal of a file, or of a folder as a whole, that is about to be moved from ``draft`` to ``path``.

    Of a folder it is written into the draft and moves along.
    """
    whole = draft.is_dir()
    files = [each for each in sorted(draft.rglob("*")) if each.is_file()] if whole else [draft]
    root = _root(path)
    content = {
        each.relative_to(draft).as_posix() if whole else "": _entry(each, _key(root))
        for each in files
        if each.name != SEAL
    }
    target = draft / SEAL if whole else _beside(path)
    with _opened_locked(target) as handle:
        _rewrite(handle, path, root, content)


@contextlib.contextmanager
def seal_before_move(draft: Path, path: Path) -> Iterator[bool]:
    """Seal a file for ``path``, and say whether it is to be moved there: not where another process was faster.

    Nobody else places one there meanwhile, so that a seal is never that of another writer's file.
    """
    root = _root(path)
    content = {"": _entry(draft, _key(root))}
    with _opened_locked(_beside(path)) as handle:
        if is_intact(path):
            yield False
            return
        path.unlink(missing_ok=True)
        _rewrite(handle, path, root, content)
        yield True


def is_intact(path: Path) -> bool:
    """Whether a file, or a folder with all its files, is there and is what was written."""
    try:
        if not path.is_dir():
            with open_verified(path):
                return True
        names = _published(path)
        there = {each.relative_to(path).as_posix() for each in path.rglob("*.parquet")}
        if there - names.keys():
            return False
        return all(_is_as_written(path / name, entry) for name, entry in names.items())
    except (OSError, IntegrityError):
        return False


def is_complete(folder: Path) -> bool:
    """Whether a folder has every file that was published in it, as long as it was: their content is not looked at."""
    try:
        return all((folder / name).stat().st_size == entry[0] for name, entry in _published(folder).items())
    except (OSError, IntegrityError):
        return False


@contextlib.contextmanager
def open_verified(path: Path) -> Iterator[BinaryIO]:
    """Open a file to read once it is known to be what was written.

    Raises
    ------
    NotAsWrittenError
        It is not, or has no seal.
    OSError
        It is not there or cannot be read.
    """
    with path.open("rb") as file:
        _check(file, path, lambda: _entry_of(path))
        yield file


def discard(path: Path) -> None:
    """Remove a file or folder of the cache that does not hold, and its seal.

    Raises
    ------
    WorkbookError
        It cannot be removed.
    """
    _checked.pop(path, None)
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(OSError):
            path.unlink(missing_ok=True)
    if path.exists():
        raise WorkbookError(
            f"{path} is not what was written there, and cannot be removed: delete it, and run again."
        )


def make_once(path: Path, make: Callable[[], object]) -> None:
    """Have a file or folder of the cache: made where it is not there or is not what was written.

    Of processes that need the same at once, one makes it and the others wait.
    """
    if is_intact(path):
        return
    with exclusive_lock(path.with_name(f"{path.name}.lock")):
        if not is_intact(path):
            discard(path)
            make()


def keyed_hash(path: Path, text: str) -> str:
    """Return a keyed hash of a short text that stands at a place of the cache."""
    root = _root(path)
    return _hashed_text(_key(root), _name(path, root), text)


def _check(file: BinaryIO, path: Path, entry_of: Callable[[], tuple[int, str]]) -> None:
    key, size_now = _key(_root(path)), os.fstat(file.fileno()).st_size
    state = (*_state(file), key)
    if _checked.get(path) == state:
        return
    size, digest = entry_of()
    if size != size_now or _hashed(file, key, digest.partition(":")[0]) != digest:
        raise IntegrityError(f"{path} is not what was written there.")
    file.seek(0)
    _checked[path] = state


def _is_as_written(path: Path, entry: tuple[int, str]) -> bool:
    with path.open("rb") as file:
        _check(file, path, lambda: entry)
    return True


def _state(file: BinaryIO) -> tuple[int, ...]:
    state = os.fstat(file.fileno())
    return (state.st_dev, state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns)


def _entry_of(path: Path) -> tuple[int, str]:
    """Return length and hash of a file as its seal says them: beside it, or in a folder above."""
    if (beside := _beside(path)).exists():
        return _read(beside, path)[""]
    for folder in path.parents[:3]:
        if (folder / SEAL).exists():
            entry = _read(folder / SEAL, folder).get(path.relative_to(folder).as_posix())
            if entry is not None:
                return entry
    raise IntegrityError(f"Nobody says what was written to {path}.")


def _published(folder: Path) -> dict[str, tuple[int, str]]:
    """Return the files of a folder as its seal, or that of a folder above, says them."""
    for above in (folder, *folder.parents[:2]):
        if (above / SEAL).exists():
            start = "" if above == folder else f"{folder.relative_to(above).as_posix()}/"
            found = _read(above / SEAL, above).items()
            if own := {name.removeprefix(start): entry for name, entry in found if name.startswith(start)}:
                return own
    raise IntegrityError(f"Nobody says what was written to {folder}.")


def _read(file: Path, path: Path) -> dict[str, tuple[int, str]]:
    """Return what a seal says of the files at ``path``; raises NotAsWrittenError where it is not ours."""
    try:
        entry = json.loads(file.read_bytes())
        files = {str(name): (int(size), str(digest)) for name, (size, digest) in entry["files"].items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        raise IntegrityError(f"{file} cannot be read.") from None
    if not secrets.compare_digest(str(entry.get("seal")), _sealed(path, _root(path), files)):
        raise IntegrityError(f"{file} is not ours.")
    return files


def _sealed(path: Path, root: Path, files: Mapping[str, tuple[int, str]]) -> str:
    return _hashed_text(_key(root), _name(path, root), json.dumps(files, sort_keys=True))


def _hashed_text(key: bytes, *parts: str) -> str:
    text = json.dumps(parts).encode()
    return hashlib.blake2b(text, key=key[32:], digest_size=32).hexdigest()


def _entry(file: Path, key: bytes) -> tuple[int, str]:
    with file.open("rb") as content:
        digest = _hashed(content, key, secrets.token_bytes(_NONCE_BYTES).hex())
        return content.tell(), digest


def _hashed(file: BinaryIO, key: bytes, nonce: str) -> str:
    """Return nonce and keyed hash of an open file's content, all of it."""
    from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

    try:
        code = Cipher(algorithms.AES(key[:32]), modes.GCM(bytes.fromhex(nonce))).encryptor()
    except ValueError:
        raise IntegrityError("The seal has no nonce.") from None
    file.seek(0)
    while chunk := file.read(_CHUNK):
        code.authenticate_additional_data(chunk)
    code.finalize()
    return f"{nonce}:{code.tag.hex()}"


def _beside(path: Path) -> Path:
    return path.with_name(f".{path.name}{SEAL}")


@contextlib.contextmanager
def _opened_locked(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDWR | os.O_CREAT, private_mode() & 0o666)
    try:
        lock(handle)
        yield handle
    finally:
        os.close(handle)


def _rewrite(handle: int, path: Path, root: Path, content: Mapping[str, tuple[int, str]]) -> None:
    os.ftruncate(handle, 0)
    data = json.dumps({"files": content, "seal": _sealed(path, root, content)}).encode()
    while data:
        data = data[os.write(handle, data) :]


def _root(path: Path) -> Path:
    """Return the cache that a path lies in: the outermost folder with a key, else the cache of this process."""
    return next((folder for folder in reversed(path.parents) if (folder / KEY).exists()), cache_folder())


def _name(path: Path, root: Path) -> str:
    """Name a place by where it lies in the cache, so that the cache may be moved."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path.absolute())


def _key(root: Path) -> bytes:
    """Return the key of a cache; one that others could have written or read is replaced."""
    path = root / KEY
    for _ in range(3):
        key = _own_key(path)
        if key is not None:
            return key
        private_folder(root)
        draft = path.with_name(f".{KEY}-{secrets.token_hex(8)}")
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:  # noqa: PTH123
                file.write(secrets.token_bytes(_KEY_BYTES))
            make_private(draft)
            if _others_may(draft.stat()) and (key := _own_key(path, whatever_rights=True)) is not None:
                return key  # a file system that knows no rights
            try:
                path.hardlink_to(draft)
            except FileExistsError:
                if _own_key(path) is None:  # else another process was faster, and its key is what both use
                    path.unlink(missing_ok=True)
            except OSError:  # a file system without links
                draft.replace(path)
        finally:
            draft.unlink(missing_ok=True)
    raise WorkbookError(f"The key of the cache {path} cannot be used: delete it, and run again.")


def _own_key(path: Path, *, whatever_rights: bool = False) -> bytes | None:
    try:
        with path.open("rb") as file:
            state = os.fstat(file.fileno())
            key = file.read(_KEY_BYTES + 1)
    except OSError:
        return None
    # On Windows rights are other than these.
    ours = os.name == "nt" or state.st_uid in (os.getuid(), path.parent.stat().st_uid)
    alone = whatever_rights or not _others_may(state)
    return key if ours and alone and len(key) == _KEY_BYTES else None


def _others_may(state: os.stat_result) -> bool:
    """Whether others than its owner, and those that the cache is shared with, may read or write a file."""
    return os.name != "nt" and bool(stat.S_IMODE(state.st_mode) & 0o077 & ~private_mode())
