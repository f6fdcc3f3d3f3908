"""The front page as PDF, printed by a browser of the Chromium family where one is on the machine."""

import os
import re
import shutil
import subprocess
import tempfile
from functools import lru_cache
from pathlib import Path

from helpers.report.delivery.formats.mail import day_after

_NAMES = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "microsoft-edge",
)  # fmt: skip
_SECONDS = 120
_DATE = re.compile(rb"\(D:\d{14}[^)]*\)")
_NODE = re.compile(rb"\(node\d{8}\)")
_SCRIPT = re.compile(r"<script>.*?</script>", re.DOTALL)


@lru_cache
def browser() -> str | None:
    """Return the browser that prints: one on the PATH, else Playwright's; None where there is none."""
    found = next((path for name in _NAMES if (path := shutil.which(name))), None)
    if found:
        return found
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return None
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def render_pdf(page: str, month: str) -> bytes | str:
    """Return a page as PDF, the same bytes on the same machine; else a line that says why there is none.

    The browser gets a profile of its own that is thrown away, and no network: pages ask for nothing.
    """
    program = browser()
    if program is None:
        return "no PDF: no browser (Chromium, Chrome, Edge) is on this machine"
    with tempfile.TemporaryDirectory(prefix="workbook-pdf-", ignore_cleanup_errors=True) as work:
        source, target = Path(work) / "index.html", Path(work) / "front.pdf"
        source.write_text(_SCRIPT.sub("", page), encoding="utf-8")  # on paper nothing is clicked
        command = [
            program, "--headless", "--disable-gpu", "--disable-extensions", "--no-first-run", "--disable-sync",
            "--disable-background-networking", "--disable-component-update", "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={work}/profile", "--no-pdf-header-footer", f"--print-to-pdf={target}", source.as_uri(),
        ]  # fmt: skip
        if (hasattr(os, "geteuid") and os.geteuid() == 0) or Path("/.dockerenv").exists():
            command.insert(1, "--no-sandbox")  # which the browser cannot set up there; the page is our own
        quiet = {
            "HOME": work,
            "XDG_CONFIG_HOME": work,
            "XDG_CACHE_HOME": work,
            "PATH": os.environ.get("PATH", ""),
        }
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=_SECONDS, env=quiet)
            data = target.read_bytes()
        except subprocess.TimeoutExpired:
            return f"no PDF: {Path(program).name} took longer than {_SECONDS} seconds"
        except (OSError, subprocess.CalledProcessError):
            return f"no PDF: {Path(program).name} could not print the page"
    return normalise_pdf(data, month)


def normalise_pdf(data: bytes, month: str) -> bytes:
    """Return a PDF with the day after the month in the place of the clock's, and its nodes numbered from one on.

    From which number the browser counts the nodes that speak to screen readers is by chance. Nothing changes its length
    or order, so that what the PDF says of places in itself stays right.
    """
    day = day_after(month).strftime("D:%Y%m%d%H%M%S+00'00'").encode("ascii")
    numbers = {node: b"(node%08d)" % at for at, node in enumerate(sorted(set(_NODE.findall(data))), start=1)}

    def same_length(found: re.Match[bytes]) -> bytes:
        room = len(found[0]) - 2
        return b"(" + day[:room].ljust(room) + b")"

    return _NODE.sub(lambda found: numbers[found[0]], _DATE.sub(same_length, data))
