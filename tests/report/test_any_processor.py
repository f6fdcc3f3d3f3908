"""A report is the same in any folder, time zone and machine: the last bits of processors must not reach a reader."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from helpers.settings.config import PROJECT_FOLDER

#: What NumPy, OpenBLAS and the C library make use of here, the oldest first: without them they compute as elsewhere.
FOUND = np.show_config(mode="dicts")["SIMD Extensions"]["found"]
OTHERS = {
    "this one, on one core, elsewhere": {
        "OPENBLAS_NUM_THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "TZ": "Asia/Shanghai",
        "PYTHONHASHSEED": "7",
    },
    "one of 2013": {"OPENBLAS_CORETYPE": "Haswell", "NPY_DISABLE_CPU_FEATURES": " ".join(FOUND[1:])},
    "one of 2004": {
        "OPENBLAS_CORETYPE": "Prescott",
        "NPY_DISABLE_CPU_FEATURES": " ".join(FOUND),
        "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX",
    },
}
#: Lines of the manifest that tell when a pack was made.
MOMENTS = ("started", "ended")


def report(folder, processor):
    """Make the sample's pack with an empty cache on such a processor."""
    environment = {**os.environ, **processor, "WORKBOOK_CACHE": str(folder / "cache")}
    environment |= {"PYTHONPATH": str(PROJECT_FOLDER / "src")}
    command = [sys.executable, "-m", "helpers.cli", "report", "--month", "2026-10", "--out", str(folder)]
    made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr[-2000:]
    return folder / "2026-10" / "company"


def contents(pack):
    """Return the files of a pack, without when it was made."""
    files = {
        path.relative_to(pack).as_posix(): path.read_bytes() for path in pack.rglob("*") if path.is_file()
    }
    manifest = json.loads(files["manifest.json"])
    return files | {"manifest.json": {key: told for key, told in manifest.items() if key not in MOMENTS}}


@pytest.mark.whole
def test_processors_that_compute_otherwise_make_the_same_bytes(companys_pack, tmp_path):
    here = contents(companys_pack)
    assert "03_lifetime_value.html" in here
    for name, processor in OTHERS.items():
        other = contents(report(tmp_path / name, processor))
        assert [name for name in here.keys() | other.keys() if here.get(name) != other.get(name)] == []
