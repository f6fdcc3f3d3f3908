"""Everything that a child of a report needs, imported once by the server that children are forked from.

No engine is opened here and no thread is started: a process with threads cannot be forked safely.
"""

# ruff: noqa: F401
import contextlib
import gc

gc.disable()  # it would look at all that is imported, again and again: an eighth of the time

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
