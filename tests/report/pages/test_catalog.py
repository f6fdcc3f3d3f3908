"""Extraction of messages: what a call says is found however it is written, and nothing else."""

import io

import nbformat

from helpers.report.pages import catalog, pages

CODE = b"""
title = _("A title in "
          "two parts: {name}", name=name(_))
both = n.words.ngettext("{n} customer ({part})", "{n} customers ({part})", count, part=part(_))
other = _("yes") if flag else n.words("no")
spoken("done")
_(variable), words(language), print("not a message"), {"words": "neither"}
"""


def found(extract, source):
    return [message for _line, _function, message, _comments in extract(io.BytesIO(source), None, None, None)]


def test_templates_are_found_with_a_call_of_the_words_among_their_values():
    assert sorted(found(catalog.extract, CODE), key=str) == [
        ("{n} customer ({part})", "{n} customers ({part})"),
        "A title in two parts: {name}",
        "done",
        "no",
        "yes",
    ]


def test_prose_of_interactive_cells_is_not_in_the_report_and_not_a_message():
    cells = [
        nbformat.v4.new_markdown_cell("# A title\n\nA lead\nin two lines.\n\n- An item"),
        nbformat.v4.new_markdown_cell("Explore", metadata={"tags": ["interactive"]}),
        nbformat.v4.new_code_cell("'code'"),
    ]
    source = nbformat.writes(nbformat.v4.new_notebook(cells=cells)).encode()
    assert found(pages.extract, source) == ["A title", "A lead in two lines.", "An item"]
