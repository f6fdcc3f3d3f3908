"""Writing to the cache: whole or not at all, and never over what another process has read already."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from helpers.errors import WorkbookError
from helpers.intake.reading.readers import first_line, resource_errors


def write_whole(path: Path, write: Callable[[str], None]) -> None:
    """Write beside the target and move into place, so that no other process ever reads half a file."""
    with _explained(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.stem}-", suffix=".tmp", dir=path.parent)
        os.close(handle)
        try:
            write(name)
            _publish(Path(name), path)
        finally:
            for left in (
                Path(name),
                Path(name).with_name(f"tmp_{Path(name).name}"),
            ):  # the engine's own draft
                left.unlink(missing_ok=True)


def write_folder_whole(path: Path, write: Callable[[Path], None]) -> None:
    """Fill a folder beside the target and move it into place; where another process was faster, its folder stays."""
    with _explained(path):
        draft = path.parent / f".{path.stem}-{secrets.token_hex(8)}"
        try:
            draft.mkdir(parents=True)
            write(draft)
            try:
                draft.rename(path)
            except OSError:
                if not path.is_dir():
                    raise
        finally:
            shutil.rmtree(draft, ignore_errors=True)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """Say of an error in writing what it was that could not be written, and the way out."""
    try:
        yield
    except OSError as error:
        raise WorkbookError(
            f"The cache file {path} cannot be written: {error.strerror}. Free space, or set WORKBOOK_CACHE."
        ) from None
    except resource_errors() as error:
        raise WorkbookError(
            f"The fact {path.stem} cannot be computed: {first_line(error)} Free disk space in {path.parents[2]} (or "
            "set WORKBOOK_CACHE), or give the engine more memory: memory_gigabytes under [engine] in workbook.toml."
        ) from None


def _publish(draft: Path, path: Path) -> None:
    """Move into place, unless another process was faster: who reads its file must not find other bytes in it."""
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    except OSError:  # a file system without links
        draft.replace(path)
