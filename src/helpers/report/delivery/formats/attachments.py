"""What goes with a mail: the pack as a zip or its front page as one file, encrypted where the recipient's has to be."""

from __future__ import annotations

import io
import re
import shutil
import tempfile
import zipfile
from pathlib import Path

from helpers.present.words import Words
from helpers.report.delivery.formats.mail import Attachment
from helpers.report.packs.encrypt import encrypt_pack, encrypted_page

HTML, ZIP = "text/html", "application/zip"
#: What stays with whoever made the pack: when and where that was, and the notebooks, which say the same as the pages.
_STAYS = ("manifest.json", "notebooks")
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_NAVIGATION = re.compile(r'<nav class="(?:chapters|months)".*?</nav>\s*', re.DOTALL)
_MONTHS = re.compile(r'<nav class="months".*?</nav>\s*', re.DOTALL)
#: A customer's name and where the rest of a list is say something without their link too.
_NAME = re.compile(r'<a href="(?:cards\.html#|tables\.xlsx)[^"]*"[^>]*>(.*?)</a>', re.DOTALL)
_LINK = re.compile(r'\s*<a href="(?!#)[^"]*"[^>]*>.*?</a>', re.DOTALL)


def pack_zip(pack: Path, name: str, passphrase: str, words: Words) -> Attachment:
    """Return the pages, tables and lists of a pack as a zip, always the same bytes but where it is encrypted."""
    with tempfile.TemporaryDirectory(prefix="workbook-deliver-") as work:
        folder = Path(work) / "pack"
        shutil.copytree(pack, folder, ignore=shutil.ignore_patterns(*_STAYS))
        index = folder / "index.html"
        index.write_text(_MONTHS.sub("", index.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
        if passphrase:
            encrypt_pack(folder, passphrase, words)
        return Attachment(f"{name}.zip", ZIP, zip_folder(folder))


def front_file(pack: Path, name: str, passphrase: str, words: Words) -> Attachment:
    """Return the front page alone as one HTML file: it stands by itself, without links to pages that are not there."""
    page = standalone_page((pack / "index.html").read_text(encoding="utf-8"))
    if passphrase:
        page = encrypted_page({"index.html": page}, passphrase, words)
    return Attachment(f"{name}.html", HTML, page.encode("utf-8"))


def standalone_page(page: str) -> str:
    """Return a front page without links to other files; names that lead to cards stay as text."""
    head, parted, body = _NAVIGATION.sub("", page).partition("<main")
    return head + parted + _LINK.sub("", _NAME.sub(r"\1", body))


def zip_folder(folder: Path) -> bytes:
    """Return a folder as a zip whose bytes depend on names and content alone."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            _put(archive, path.relative_to(folder).as_posix(), path.read_bytes())
    return buffer.getvalue()


def normalise_zip(data: bytes) -> bytes:
    """Return an archive (as office files are) with its parts in the same order and without the time of its making."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as before,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as after,
    ):
        for name in before.namelist():
            _put(after, name, before.read(name))
    return buffer.getvalue()


def _put(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, _FIRST_DAY)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3  # the same on Windows
    entry.external_attr = 0o600 << 16
    archive.writestr(entry, data)
