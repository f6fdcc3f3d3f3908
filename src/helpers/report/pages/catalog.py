"""The catalogs of translations, brought up to the code and the notebooks: ``make words``.

Messages are the English templates in the code and in the pages' templates, and the blocks of the notebooks'
markdown. A new message comes without a translation, one whose English has changed with its old translation marked
``fuzzy``; both show in English, and fail a test, until someone has written the translation and taken the mark away.
"""

import ast
import io
import sys
from collections.abc import Iterator
from typing import IO, Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

from helpers.present.words import LOCALES, catalog_file, read_catalog
from helpers.settings.config import NOTEBOOKS_FOLDER, PROJECT_FOLDER

#: How the words are called: with a template, or with its singular and plural.
_SINGLE = ("_", "gettext", "words", "spoken")
_PLURAL = ("ngettext",)
_METHODS = {
    "src/helpers": [("**.py", "helpers.report.pages.catalog:extract"), ("**.j2", "jinja2.ext:babel_extract")],
    NOTEBOOKS_FOLDER.name: [("*.ipynb", "helpers.report.pages.pages:extract")],
}


def messages() -> Catalog:
    """Return every message that a report can show, without translations."""
    found = Catalog(fuzzy=False)
    for folder, methods in _METHODS.items():
        for file, _line, message, _comments, context in extract_from_dir(PROJECT_FOLDER / folder, methods):
            found.add(message, locations=[(f"{folder}/{file}", 0)], context=context)
    return found


def extract(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[Any, ...]]:
    """Yield the templates in Python code; a method of ``pybabel extract``.

    Babel's own goes by tokens, and takes ``ngettext("one", "many", n, kind=kind(_))`` for a call of ``_``.
    """
    calls = [node for node in ast.walk(ast.parse(fileobj.read())) if isinstance(node, ast.Call)]
    for call in sorted(calls, key=lambda call: (call.lineno, call.col_offset)):
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        count = 1 if name in _SINGLE else 2 if name in _PLURAL else 0
        texts = [argument.value for argument in call.args[:count] if isinstance(argument, ast.Constant)]
        if count and len(texts) == count:
            yield (
                call.lineno,
                "gettext" if count == 1 else "ngettext",
                texts[0] if count == 1 else tuple(texts),
                [],
            )


def updated(language: str) -> str:
    """Return the text of a language's catalog with the messages that there are now, and no others."""
    catalog, template = read_catalog(language), messages()
    template.creation_date = catalog.creation_date  # the clock would change the file on every run
    catalog.update(template)
    text = io.BytesIO()
    write_po(text, catalog, width=100, include_lineno=False, sort_by_file=True, ignore_obsolete=True)
    return text.getvalue().decode("utf-8")


def main() -> None:
    """Bring every catalog up to date and say what is left to translate."""
    for language in LOCALES:
        if not catalog_file(language).exists():
            continue  # English is what stands in the code
        text = updated(language)
        catalog_file(language).write_text(text, encoding="utf-8", newline="\n")
        left = untranslated(read_catalog(language))
        sys.stdout.write(f"{language}: {len(left)} to translate\n" + "".join(f"  {one}\n" for one in left))


def untranslated(catalog: Catalog) -> list[str]:
    """Return the messages that have no translation, or one that is fuzzy."""
    found = []
    for message in catalog:
        strings = message.string if isinstance(message.string, (tuple, list)) else [message.string]
        if message.id and (message.fuzzy or not all(strings)):
            found.append(message.id if isinstance(message.id, str) else message.id[0])
    return found


if __name__ == "__main__":
    main()
