"""Errors that a user of the workbook can act on."""


class WorkbookError(Exception):
    """Something the user can put right: bad input, a bad parameter, an output that cannot be written.

    The message is one clear paragraph: what is wrong, where (file, row, column), and the way out. The command
    line prints it without a traceback and exits 2.
    """
