"""Reader-facing words: English in the code, other languages from gettext catalogs.

Templates stand in the code in English; ``make words`` brings them into the catalogs (``helpers.report.pages.catalog``).
Values are filled in after translation, and never looked at as templates: a customer called ``{month}`` stays one.

    >>> _ = words("en")
    >>> _("The largest class is {name}", name="Specialist shops")
    'The largest class is Specialist shops'
    >>> _.ngettext("{n} customer", "{n} customers", 3)
    '3 customers'
    >>> _.listed(["Smith", "Jones", "Brown"])
    'Smith, Jones and Brown'
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.lists import format_list
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from helpers.errors import WorkbookError

LOCALE_FOLDER = Path(__file__).resolve().parents[1] / "locale"
DOMAIN = "workbook"

#: Language of the settings -> Babel's locale identifier.
LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}


#: Words of the data, and what readers call them.
Labels = tuple[tuple[str, str], ...]
#: A time counted by a value, in a template: ``{months} months``; the next one month is the next month.
_OF_A_TIME = re.compile(
    r"(?P<which>next |last )?(?P<count>\{(?P<name>\w+)\} )(?P<time>day|week|month|year)s\b"
)


@lru_cache
def _locale(identifier: str) -> Locale:
    return Locale.parse(identifier)


@dataclass(frozen=True)
class Words:
    """The words of one language; call it with an English template, or use ``gettext`` and ``ngettext``."""

    language: str
    catalog: NullTranslations
    labels: Labels = ()
    thirteen: bool = False

    def __reduce__(self) -> tuple[Callable[..., Words], tuple[str, Labels, bool]]:
        """Travel to another process by name: the catalog is read there."""
        return words, (self.language, self.labels, self.thirteen)

    @cached_property
    def _labels(self) -> dict[object, str]:
        return dict(self.labels)

    def value(self, text: Any) -> Any:
        """Return what readers call a word of the data (a class, a cause): the settings' label, else itself.

        Whoever writes a word of the data asks: a count or a tier may look like the code of a class.
        """
        return self._labels.get(text, text) if isinstance(text, str) else text

    @property
    def locale(self) -> Locale:
        """Babel's locale: how numbers, months and lists are written."""
        return _locale(LOCALES[self.language])

    @property
    def html_lang(self) -> str:
        """The value of HTML's ``lang`` attribute."""
        return {"en": "en", "zh": "zh-CN"}[self.language]

    def gettext(self, message: str, /, **values: object) -> str:
        """Translate a template and fill in the values."""
        text = self.catalog.gettext(message)
        if not values:
            return _of_periods(self.language, text) if self.thirteen else text
        return self._one(text, values).format_map(values)

    __call__ = gettext

    def ngettext(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """Translate a template that depends on a count, which is filled in as ``{n}``: ``117,011 customers``."""
        # Below a thousand there is nothing to group, and Babel takes its time.
        written = n if abs(n) < 1000 else format_decimal(n, "#,##0", self.locale)
        return self._one(self.catalog.ngettext(singular, plural, n), values).format_map(
            {"n": written} | values
        )

    def _one(self, template: str, values: Mapping[str, object]) -> str:
        """Write a template in the singular if its window, a setting, has one month: never "1 months"."""
        template = _of_periods(self.language, template) if self.thirteen else template
        ones = {name for name, value in values.items() if isinstance(value, int) and value == 1}
        if self.language != "en" or not ones:
            return template

        def of(found: re.Match[str]) -> str:
            return (found["which"] or found["count"]) + found["time"] if found["name"] in ones else found[0]

        return _OF_A_TIME.sub(of, template)

    def listed(self, names: Iterable[str]) -> str:
        """Names in a sentence: ``A, B and C``; ``A、B和C``."""
        return format_list(list(names), locale=self.locale)

    def phrases(self, parts: Iterable[str]) -> str:
        """Phrases side by side, of which none is the last: ``up 3%, 96% of plan``."""
        return {"en": ", ", "zh": "，"}[self.language].join(parts)

    def pairs(self, names: Iterable[str], values: Iterable[str]) -> str:
        """Say each figure by its name, as the text of a chart does: ``A: 12; B: 7``."""
        figures = zip(names, values, strict=True)
        return self.clauses(self("{name}: {value}", name=name, value=value) for name, value in figures)

    def clauses(self, parts: Iterable[str]) -> str:
        """Clauses that may hold commas themselves: ``A 12, B 7; C 5``."""
        return {"en": "; ", "zh": "；"}[self.language].join(parts)


#: What a month is called where a year has thirteen periods; what stands in braces is filled in. 12 months are a year,
#: but for those that signals hold three or six against: these are twelve periods.
_MONTHS = {
    "en": re.compile(
        r"\{[^}]*\}|\b12 months\b(?! before)|\blast 12\b(?! months)|(?<!calendar )\b[Mm]onth(?=s?\b)"
    ),
    "zh": re.compile(r"\{[^}]*\}|(?<!此前)(?<!此前的)12\s*个月|个?月份?"),
}


@lru_cache(maxsize=10_000)
def _of_periods(language: str, template: str) -> str:
    """Say of periods of a year of thirteen what a template says of months."""
    replacements = {"12 months": "13 periods", "last 12": "last 13", "month": "period", "Month": "Period"}
    short = re.search(r"3\s*个月", template) is not None

    def of(found: re.Match[str]) -> str:
        if found[0].startswith("{"):
            return found[0]
        if language == "zh":
            year = "12期" if short else "13期"
            return year if found[0].startswith("12") else "期"
        return replacements[found[0]]

    return _MONTHS[language].sub(of, template)


@lru_cache
def words(language: str = "en", labels: Labels = (), thirteen: bool = False) -> Words:
    """Return the words of a language (``en`` or ``zh``); what a catalog lacks stays English.

    ``labels`` are what words of the data are called; ``thirteen``: whether a year has thirteen periods, and no months.

    Raises
    ------
    WorkbookError
        The language is not one of ``LOCALES``.
    """
    if language not in LOCALES:
        raise WorkbookError(f"There is no language '{language}'. Languages are: {', '.join(LOCALES)}.")
    if not catalog_file(language).exists():
        return Words(language, NullTranslations(), labels, thirteen)
    # Compiled in memory: no binary file in the repository that could be older than its source.
    compiled = io.BytesIO()
    write_mo(compiled, read_catalog(language))
    compiled.seek(0)
    return Words(language, Translations(compiled, DOMAIN), labels, thirteen)


def catalog_file(language: str) -> Path:
    """Where the translations of a language stand; English has none."""
    return LOCALE_FOLDER / LOCALES[language] / "LC_MESSAGES" / f"{DOMAIN}.po"


def read_catalog(language: str) -> Catalog:
    """Read the translations of a language."""
    with catalog_file(language).open("rb") as file:
        return read_po(file, locale=LOCALES[language], domain=DOMAIN)
