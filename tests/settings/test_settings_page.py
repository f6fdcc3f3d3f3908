"""The page of settings says what the settings are."""

from __future__ import annotations

import runpy

from helpers.settings import source
from helpers.settings.config import PROJECT_FOLDER

MAKER = PROJECT_FOLDER / "docs" / "make_settings.py"
PAGE = PROJECT_FOLDER / "docs" / "settings.md"


def test_the_page_of_settings_is_the_one_that_is_made_of_their_docstrings():
    made, written = runpy.run_path(str(MAKER)), PAGE.read_text(encoding="utf-8")
    assert written == made["page"](made["MODELS"].read_text(encoding="utf-8"), written), f"run {MAKER}"


def test_every_key_of_a_source_and_of_a_table_stands_on_the_page_with_its_meaning():
    lines = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")]
    for model in (source.Source, source.TableMap, source.Lookup, source.Exclusion):
        for key in model.model_fields:
            of_key = [line for line in lines if line.startswith(f"| `{key}` |")]
            assert of_key, key
            assert not [line for line in of_key if line.endswith("|  |")], key
