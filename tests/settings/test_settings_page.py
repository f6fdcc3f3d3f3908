"""The page of settings says what the settings are."""

from __future__ import annotations

import runpy
import tomllib

import pytest

from helpers.settings.config import PROJECT_FOLDER, Settings, parse_settings

MAKER = PROJECT_FOLDER / "docs" / "make_settings.py"
PAGE = PROJECT_FOLDER / "docs" / "settings.md"
MADE = runpy.run_path(str(MAKER))
PARTS = [
    part
    for name, field in Settings.model_fields.items()
    for part in MADE["sections"](name, field, MADE["said"](Settings, name))
]


def test_the_page_of_settings_is_the_one_that_is_made_of_the_models():
    written = PAGE.read_text(encoding="utf-8")
    assert MADE["page"](written) == written, f"run {MAKER}"


@pytest.mark.parametrize(("title", "doc", "model"), PARTS, ids=[title for title, _, _ in PARTS])
def test_every_section_and_every_key_of_it_says_what_it_means(title, doc, model):
    assert doc
    keys = model.model_fields if model else {}
    assert [key for key in keys if not MADE["said"](model, key)] == []


def test_every_part_of_the_settings_has_a_section():
    assert {title.strip("[]").split(".")[0] for title, _, _ in PARTS} == set(Settings.model_fields)


def test_rules_on_the_page_are_the_defaults_and_can_be_copied():
    blocks = PAGE.read_text(encoding="utf-8").split("unless you give others:\n\n```toml\n")[1:]
    copied = parse_settings(tomllib.loads("\n".join(block.split("```")[0] for block in blocks)), "page")
    assert (copied.grades, copied.segments) == (Settings().grades, Settings().segments)
