"""Errors that a user of the workbook can act on."""

import errno
import os
import sys
import textwrap

NO_MEMORY = (
    "There is not enough memory. Give the machine or container more, or the engine less: memory_gigabytes under "
    "[engine] in workbook.toml."
)


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


def is_lack_of_memory(error: BaseException | None) -> bool:
    """Whether memory is what is missing: also that of a process or thread to be started, or a library to be loaded."""
    if isinstance(error, ImportError):
        return "failed to map segment" in str(error) or "allocate memory" in str(error)
    if isinstance(error, RuntimeError):
        return "can't start new thread" in str(error)
    return isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM)


def end_where_no_thread_begins() -> None:
    """Let this process end, with a sentence, where a thread that was started finds no memory to begin.

    Python tells of it and goes on, and whoever started the thread waits for it for ever.
    """
    usual = sys.unraisablehook

    def told(unraisable: "sys.UnraisableHookArgs") -> None:
        if is_lack_of_memory(unraisable.exc_value):
            os.write(2, f"workbook: {NO_MEMORY}\n".encode())
            os._exit(2)
        usual(unraisable)

    sys.unraisablehook = told
