"""`Format`: how figures of one kind are written, for readers and by a spreadsheet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Final


@dataclass(frozen=True)
class Format:
    """How figures of one kind are written; call it with a value (and decimals other than its own) to write one.

    Attributes
    ----------
    write
        Value and count of decimals -> text for readers.
    pattern
        A spreadsheet's number format, with ``{}`` for the decimals; empty for days and texts, which it knows itself.
    decimals
        How many there are; what is never written with decimals ignores it.
    signed
        Whether a rise has a plus.
    factor
        What a spreadsheet's value is multiplied by: points of a share are 100 times it.
    """

    write: Callable[[Any, int], str]
    pattern: str = ""
    decimals: int = 0
    signed: bool = False
    factor: int = 1

    def __call__(self, value: Any, decimals: int | None = None) -> str:
        """Write one figure for readers."""
        return self.write(value, self.decimals if decimals is None else decimals)

    def to(self, decimals: int) -> Format:
        """Return the same with so many decimals."""
        return replace(self, decimals=decimals)

    def written(self, write: Callable[[Any], str]) -> Format:
        """Return a view's own way to write such figures for readers; a spreadsheet shows them as it did."""
        return replace(self, write=lambda value, _decimals: write(value))

    @property
    def excel(self) -> str:
        """The number format of a spreadsheet."""
        body = self.pattern.replace("{}", "." + "0" * self.decimals if self.decimals else "")
        return f"+{body};-{body};{body}" if self.signed else body


#: Texts that stand in a column of figures, where each row is a measure of its own.
TEXT: Final = Format(lambda value, _decimals: str(value))
