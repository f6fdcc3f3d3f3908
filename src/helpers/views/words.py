"""Reader-facing words: English in the code, other languages from gettext catalogs.

Templates stand in the code in English and are extracted with ``pybabel extract`` (keywords ``_``,
``gettext``, ``ngettext``). Values are filled in after translation, and never looked at as templates: a
customer called ``{month}`` stays one.

    >>> _ = words("en")
    >>> _("The largest class is {name}", name="Specialist shops")
    'The largest class is Specialist shops'
    >>> _.ngettext("{n} customer", "{n} customers", 3)
    '3 customers'
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from babel import Locale
from babel.support import NullTranslations, Translations

LOCALE_FOLDER = Path(__file__).resolve().parents[1] / "locale"
DOMAIN = "workbook"

#: Language of the settings -> Babel's locale identifier.
LOCALES = {"en": "en_GB", "zh": "zh_Hans_CN"}


@dataclass(frozen=True)
class Words:
    """The words of one language; call it with an English template, or use ``gettext`` and ``ngettext``."""

    language: str
    catalog: NullTranslations

    @property
    def locale(self) -> Locale:
        """Babel's locale: how numbers, months and lists are written."""
        return Locale.parse(LOCALES[self.language])

    @property
    def html_lang(self) -> str:
        """The value of HTML's ``lang`` attribute."""
        return {"en": "en", "zh": "zh-CN"}[self.language]

    def gettext(self, message: str, /, **values: object) -> str:
        """Translate a template and fill in the values."""
        text = self.catalog.gettext(message)
        return text.format_map(values) if values else text

    __call__ = gettext

    def ngettext(self, singular: str, plural: str, n: int, /, **values: object) -> str:
        """Translate a template that depends on a count, which is filled in as ``{n}``."""
        return self.catalog.ngettext(singular, plural, n).format_map({"n": n} | values)


@lru_cache
def words(language: str = "en") -> Words:
    """Return the words of a language (``en`` or ``zh``); what a catalog lacks stays English.

    Raises
    ------
    KeyError
        The language is not one of ``LOCALES``; settings and command line check this first.
    """
    locale = LOCALES[language]
    return Words(language, Translations.load(str(LOCALE_FOLDER), [locale, language], DOMAIN))
