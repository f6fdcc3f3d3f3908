"""`Findings`: what the numbers say, in sentences that the code wrote from them."""

import html
from dataclasses import dataclass
from typing import Any

from helpers.present.charts.chart import plain


@dataclass(frozen=True)
class Findings:
    """One or more sentences. Names in them are data: they are escaped, never taken for markup.

    ``needs``: they only say which data would answer the question. A page gathers such in one place.
    """

    sentences: tuple[str, ...]
    needs: bool = False

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """A list for pages, a sentence a line for everyone else."""
        items = "".join(f"<li>{html.escape(plain(sentence))}</li>" for sentence in self.sentences)
        kind = "wb-findings wb-needs" if self.needs else "wb-findings"
        return {
            "text/html": f'<ul class="{kind}">{items}</ul>',
            "text/plain": "\n".join(plain(sentence) for sentence in self.sentences),
        }


def findings(*sentences: str | float | None) -> Findings:
    """Put sentences together; None and other false values stand for sentences without data and are left out.

    Examples
    --------
    >>> late = 0
    >>> findings("Two orders are open.", late and f"{late} of them are late.").sentences
    ('Two orders are open.',)
    """
    return Findings(tuple(sentence for sentence in sentences if isinstance(sentence, str) and sentence))


def needs_data(sentence: str) -> Findings:
    """Say what a question would need that the data do not supply, in place of its answer."""
    return Findings((sentence,), needs=True)


@dataclass(frozen=True)
class WeighedFinding:
    """A finding that stands for the front page, with what it is about in money, so that pages can be compared.

    Attributes
    ----------
    sentence
        The finding, complete without its page.
    amount
        The money it is about in a year, 0 or more, in the report's currency: sales lost, at risk, to be won.
    page
        Stem of the notebook that shows it, such as ``04_churn_signals``.
    """

    sentence: str
    amount: float
    page: str


def weighed(page: str, *found: tuple[str | None, float]) -> list[WeighedFinding]:
    """Return a page's sentences and amounts as front-page findings; None is one that the data do not support."""
    return [WeighedFinding(sentence, float(amount), page) for sentence, amount in found if sentence]
