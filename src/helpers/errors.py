"""Errors that a user of the workbook can act on."""

import errno
import textwrap


class WorkbookError(Exception):
    """Something the user can put right: bad input, a bad parameter, an output that cannot be written.

    The message is one clear paragraph: what is wrong, where (file, row, column), and the way out. The command
    line prints it without a traceback and exits with ``exit_code``.
    """

    exit_code = 2

    def _render_traceback_(self) -> list[str]:
        """In a notebook too: one readable paragraph, no traceback (IPython asks for it by this name)."""
        return textwrap.wrap(f"{type(self).__name__}: {self}", 100, break_long_words=False)


class NotRenewedError(WorkbookError):
    """The data end before the month that they were expected to hold: the export was not renewed."""

    exit_code = 3


def is_lack_of_memory(error: BaseException) -> bool:
    """Whether memory is what is missing: also that of a process to be started or of a library to be loaded."""
    if isinstance(error, ImportError):
        return "failed to map segment" in str(error) or "allocate memory" in str(error)
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)
