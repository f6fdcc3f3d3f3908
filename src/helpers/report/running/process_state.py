"""What a notebook's cells may change in their process beyond their own names, put back after them."""

from __future__ import annotations

import contextlib
import decimal
import locale
import os
import random
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd


@contextlib.contextmanager
def restored_process_state() -> Iterator[None]:
    """Put back, after the block, what libraries keep for a whole process, so that the next notebook starts alike.

    That is: options of pandas, settings of matplotlib, random numbers (which also start alike), warnings, decimals,
    the locale, the environment, the folder, and where modules are found.
    """
    environment, folder, search = dict(os.environ), Path.cwd(), list(sys.path)
    spoken = locale.setlocale(locale.LC_ALL)
    random.seed(0)
    np.random.seed(0)  # noqa: NPY002  what cells of others may use
    with warnings.catch_warnings(), mpl.rc_context(), decimal.localcontext():
        try:
            yield
        finally:
            pd.reset_option(r"^(display|compute|plotting|styler)\.")
            os.environ.clear()
            os.environ.update(environment)
            os.chdir(folder)
            sys.path[:] = search
            locale.setlocale(locale.LC_ALL, spoken)
