"""``deliveries.jsonl``: what was made for whom, when, on which inputs, with the hash of every file."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
from pathlib import Path

from helpers.core.files.lock import lock

FILE = "deliveries.jsonl"


def record_delivery(out: Path, pack: Path) -> None:
    """Append a line for a finished pack that is about to be put into place.

    Written before, not after: a run that is killed in between leaves a line too many rather than one too few. One
    write of a whole line, under a lock, so that runs at once do not mix their lines.
    """
    text = (pack / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    line = {
        "recorded": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        "month": manifest["parameters"]["month"],
        "scope": manifest["parameters"]["scope"],
        "language": manifest["parameters"]["language"],
        "masked": manifest["parameters"].get("masked", False),
        "encrypted": manifest["parameters"].get("encrypted", False),
        "inputs": {each["name"]: each["sha256"] for each in manifest["inputs"]},
        "outputs": {each["name"]: each["sha256"] for each in manifest["outputs"]},
        "manifest": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        "failures": len(manifest["failures"]),
    }
    data = json.dumps(line, sort_keys=True, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    handle = os.open(out / FILE, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        lock(handle)
        end = os.lseek(handle, 0, os.SEEK_END)
        if end and os.pread(handle, 1, end - 1) != b"\n":  # a line that a full disk cut short
            data = b"\n" + data
        os.write(handle, data)
        os.fsync(handle)
    finally:
        os.close(handle)
