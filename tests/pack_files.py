"""What stands in a pack: its files byte for byte, and their text."""

from __future__ import annotations

import zipfile
from pathlib import Path


def contents(pack: Path) -> dict[str, bytes]:
    """Every file of a pack but the manifest, which alone may say when and where it was made."""
    files = [path for path in pack.rglob("*") if path.is_file() and path.name != "manifest.json"]
    return {path.relative_to(pack).as_posix(): path.read_bytes() for path in files}


def text_of(pack: Path) -> str:
    """The text of every file of a pack; of a spreadsheet, that of each part of it."""
    parts = []
    for path in sorted(path for path in pack.rglob("*") if path.is_file()):
        if path.suffix == ".xlsx":
            with zipfile.ZipFile(path) as whole:
                parts += [whole.read(name).decode("utf-8") for name in whole.namelist()]
        else:
            parts.append(path.read_text(encoding="utf-8"))
    return "\n".join(parts)
