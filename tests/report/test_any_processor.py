"""A report is the same in any folder, time zone and machine: the last bits of processors must not reach a reader."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest
from pack_files import contents

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


def told(pack):
    """Return the files of a pack, of the manifest all but when it was made."""
    manifest = json.loads((pack / "manifest.json").read_bytes())
    return contents(pack) | {key: value for key, value in manifest.items() if key not in MOMENTS}


@pytest.mark.slow
@pytest.mark.parametrize("processor", OTHERS)
def test_a_processor_that_computes_otherwise_makes_the_same_bytes(companys_pack, tmp_path, processor):
    here, other = told(companys_pack), told(report(tmp_path, OTHERS[processor]))
    assert "03_lifetime_value.html" in here
    assert [name for name in here.keys() | other.keys() if here.get(name) != other.get(name)] == []
