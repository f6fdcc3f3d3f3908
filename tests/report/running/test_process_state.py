"""One notebook's settings do not reach the next one in the same process."""

import os
import random
import sys
import warnings
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from helpers.report.running.worker import restored_process_state


def state():
    return (
        pd.get_option("display.max_rows"), mpl.rcParams["axes.grid"], os.environ.get("A_NOTEBOOKS_OWN"), Path.cwd(),
        list(sys.path), list(warnings.filters),
    )  # fmt: skip


def change_everything(folder):
    pd.set_option("display.max_rows", 3)
    mpl.rcParams["axes.grid"] = not mpl.rcParams["axes.grid"]
    os.environ["A_NOTEBOOKS_OWN"] = "1"
    os.chdir(folder)
    sys.path.insert(0, str(folder))
    warnings.simplefilter("ignore")


def test_what_a_notebook_sets_is_put_back(tmp_path):
    before = state()
    with restored_process_state():
        change_everything(tmp_path)
        assert state() != before
    assert state() == before


def test_it_is_put_back_when_a_cell_fails_too(tmp_path):
    before = state()
    with pytest.raises(ZeroDivisionError), restored_process_state():
        change_everything(tmp_path)
        raise ZeroDivisionError
    assert state() == before


def test_every_notebook_draws_the_same_random_numbers():
    sampled = []
    for _ in range(2):
        with restored_process_state():
            sampled.append((random.random(), np.random.random()))  # noqa: NPY002
    assert sampled[0] == sampled[1]
