"""``[pages]`` of ``workbook.toml``: pages of one's own."""

from __future__ import annotations

from helpers.settings.source import Section


class Pages(Section):
    """``[pages]``: notebooks of one's own that become pages of every pack; docs/extend.md shows one."""

    folder: str = ""
    """The folder of the notebooks, as seen from ``workbook.toml``; each becomes a page, in the order of their names.
    Their code is run with your rights when a report is made: name a folder that only you and colleagues write to."""
