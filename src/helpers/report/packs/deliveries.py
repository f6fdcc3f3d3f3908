"""``deliveries.jsonl``: what was made for whom, when, of which inputs, with each file's hash; and what was sent."""

import datetime
import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from helpers.core.files.private import lock

FILE = "deliveries.jsonl"
#: In the manifest of a pack that may not tell the hash of each input: one over all of them and the settings.
DATA = "data_sha256"


def record_delivery(out: Path, pack: Path) -> None:
    """Append a line for a finished pack that is about to be put into place.

    Written before, not after: a run that is killed in between leaves a line too many rather than one too few. One
    write of a whole line, under a lock, so that runs at once do not mix their lines.
    """
    text = (pack / "manifest.json").read_text(encoding="utf-8")
    manifest = json.loads(text)
    line = {
        "month": manifest["parameters"]["month"],
        "scope": manifest["parameters"]["scope"],
        "language": manifest["parameters"]["language"],
        "masked": manifest["parameters"].get("masked", False),
        "encrypted": manifest["parameters"].get("encrypted", False),
        "inputs": input_hashes(manifest),
        "outputs": {each["name"]: each["sha256"] for each in manifest["outputs"]},
        "manifest": hashlib.sha256(text.encode("utf-8")).hexdigest(),
        "failures": len(manifest["failures"]),
    }
    append_delivery(out, line)


def input_hashes(manifest: Mapping[str, Any]) -> dict[str, str]:
    """Return the hash of each input by name; a manifest that hides its inputs has one hash over all of them."""
    if DATA in manifest:
        return {"data and settings": manifest[DATA]}
    return {each["name"]: each["sha256"] for each in manifest["inputs"]}


def append_delivery(out: Path, line: Mapping[str, Any]) -> None:
    """Append a line, with the time, to the record of a folder of reports."""
    line = {"recorded": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"), **line}
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


def read_deliveries(out: Path) -> Iterator[dict[str, Any]]:
    """Yield what is on record, in its order; a line that a full disk cut short is passed over."""
    try:
        text = (out / FILE).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            found = json.loads(line)
        except ValueError:
            continue
        if isinstance(found, dict):
            yield found
