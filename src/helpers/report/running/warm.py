"""Everything that a child of a report needs, imported once by the server that children are forked from.

No engine is opened here and no thread is started: a process with threads cannot be forked safely.
"""

# ruff: noqa: F401
import contextlib
import gc
import sys

from helpers.errors import is_lack_of_memory

gc.disable()  # it would look at all that is imported, again and again: an eighth of the time

# A child that cannot even begin for lack of memory: who started it says so.
sys.excepthook = lambda kind, error, trace: (
    None if is_lack_of_memory(error) else sys.__excepthook__(kind, error, trace)
)

# Where memory does not suffice for all of it, whichever child misses something says so, in a sentence.
with contextlib.suppress(MemoryError, ImportError, OSError, SystemError):
    import cryptography.hazmat.primitives.ciphers
    import matplotlib.pyplot

    import helpers.present.widgets
    import helpers.report.packs.manifest
    import helpers.report.pages.pages
    import helpers.report.prepare
    import helpers.report.running.worker

gc.enable()
