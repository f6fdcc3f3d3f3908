"""What the papers say is there: modules, files and links are real, and the glossary speaks as the pages do."""

import ast
import re
from functools import cache
from importlib import import_module

import pandas as pd
import pytest

from helpers import subjects
from helpers.present.numbers import numbers
from helpers.present.words import read_catalog
from helpers.settings.config import PROJECT_FOLDER

PAPERS = sorted(
    path
    for pattern in ("*.md", "docs/**/*.md", "notebooks/*.md", "data/*.md", "benchmarks/*.md", "reports/*.md")
    for path in PROJECT_FOLDER.glob(pattern)
)
GLOSSARY = PROJECT_FOLDER / "docs" / "glossary.md"
#: From here on the glossary names what is no longer there.
OLD_NAMES = "## Was called, is called"
SOURCES = sorted((PROJECT_FOLDER / "src").rglob("*.py"))
#: What stands for something else in a path, or is what a guide has its reader make.
INVENTED = ("NAME", "SUBJECT", "weekdays")
#: Folders that hold what is in the repository, all of it.
COMMITTED = ("src", "tests", "docs", "benchmarks", "notebooks")


def of_today(path):
    return path.read_text(encoding="utf-8").split(OLD_NAMES)[0]


@cache
def names_in(path):
    """Names that a module defines or imports, and those of the members of its classes as CLASS.MEMBER."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            found.add(node.name)
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            found |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            found.add(node.id)
    return found


def is_there(dotted):
    """Whether this is a package, a module, or a name in one (and a member of that)."""
    parts = dotted.split(".")
    for length in range(len(parts), 0, -1):
        base = (PROJECT_FOLDER / "src").joinpath(*parts[:length])
        module = base.with_suffix(".py") if base.with_suffix(".py").is_file() else base / "__init__.py"
        if module.is_file():
            return set(parts[length:]) <= names_in(module)
    return False


def named_modules(text):
    return set(re.findall(r"`((?:helpers|workbook_spark|workbook_sample)(?:\.\w+)+)`", text))


@pytest.mark.parametrize("path", PAPERS, ids=lambda path: str(path.relative_to(PROJECT_FOLDER)))
def test_modules_files_and_links_of_a_paper_are_there(path):
    text = of_today(path)
    lost = [name for name in named_modules(text) if not is_there(name)]
    lost += [
        name
        for name in re.findall(rf"`((?:{'|'.join(COMMITTED)})/[^`\s*]*)`", text)
        if not any(word in name for word in INVENTED) and not (PROJECT_FOLDER / name).exists()
    ]
    lost += [
        link
        for link in re.findall(r"\]\(([^)#:]+)\)", text)
        if not (path.parent / link).exists() and not link.startswith("build/")
    ]
    assert lost == []


def test_docstrings_name_modules_that_are_there():
    lost = {
        str(path.relative_to(PROJECT_FOLDER)): gone
        for path in SOURCES
        if (gone := [name for name in named_modules(path.read_text(encoding="utf-8")) if not is_there(name)])
    }
    assert lost == {}


def test_no_example_is_left_out_of_what_make_test_runs():
    assert [path.name for path in SOURCES if "doctest: +SKIP" in path.read_text(encoding="utf-8")] == []


def test_classes_and_constants_of_the_glossary_are_there():
    named = set(re.findall(r"`([A-Z]\w+)`", of_today(GLOSSARY)))
    assert len(named) > 5
    assert named - set.union(*(names_in(path) for path in SOURCES)) == set()


def rows_of(text):
    """The cells of the rows of a paper's tables, heads and rules left out."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if "|" in line
    ]
    return [row for row in rows if not set("".join(row)) <= set("-: ")]


def test_glossary_explains_every_requirement_once():
    numbers = [row[0] for row in rows_of(of_today(GLOSSARY)) if re.fullmatch(r"R\d+", row[0])]
    assert numbers == [f"R{number}" for number in range(1, 36)]


def test_glossary_speaks_chinese_as_the_pages_do():
    """Where a page has the very term, the glossary's Chinese is the page's."""
    spoken = {
        message.id: message.string
        for message in read_catalog("zh")
        if isinstance(message.id, str) and message.id
    }
    terms = [row for row in rows_of(of_today(GLOSSARY)) if len(row) == 3]
    compared = {
        term: (spoken[term.capitalize()], chinese)
        for term, chinese, _meaning in terms
        if term.capitalize() in spoken
    }
    assert len(compared) > 15
    assert {term: both for term, both in compared.items() if both[0] not in both[1]} == {}


def test_the_chinese_glossary_has_the_terms_of_the_english_one():
    """All but those of the engine, in its order; *leaving* is the readers' word for churn, which is there."""
    text = of_today(GLOSSARY).split("## What the company asks")[0]
    english = re.sub(r"## The engine.*?(?=\n## )", "", text, flags=re.DOTALL)
    chinese = GLOSSARY.with_name("glossary-zh.md").read_text(encoding="utf-8")
    pairs = [tuple(row[:2]) for row in rows_of(english) if row[0] not in ("term", "leaving")]
    assert [(row[1], row[0]) for row in rows_of(chinese) if row[0] != "中文"] == pairs


def blocks_of(guide):
    text = (PROJECT_FOLDER / "docs" / "guides" / guide).read_text(encoding="utf-8")
    return re.findall(r"```python\n(.*?)```", text, re.DOTALL)


def test_the_guide_to_a_page_leads_to_one(facts_of, tmp_path, monkeypatch):
    """Its files, as they stand there, answer for two orders on a Monday and one on a Friday."""
    folder = tmp_path / "weekdays"
    folder.mkdir()
    for name, block in zip(
        ("facts", "weekdays", "queries", "views"), blocks_of("add-a-page.md"), strict=False
    ):
        (folder / f"{name}.py").write_text(block, encoding="utf-8")
    monkeypatch.setattr(subjects, "__path__", [*subjects.__path__, str(tmp_path)])
    built, asked, views = (
        import_module(f"helpers.subjects.weekdays.{name}") for name in ("facts", "weekdays", "views")
    )
    facts = facts_of(
        "2026-10",
        order_lines=[
            {"order_id": "A1", "order_date": "2026-10-05", "customer_id": "C1"},
            {"order_id": "A2", "order_date": "2026-10-12", "customer_id": "C2"},
            {"order_id": "A3", "order_date": "2026-10-16", "customer_id": "C2"},
            {"order_id": "A4", "order_date": "2026-11-03", "customer_id": "C2"},
        ],
    )
    rows = built.FACTS["weekday_orders"].build(facts).to_pandas()
    assert rows.to_dict("list") == {
        "customer_id": ["C1", "C2", "C2"],
        "weekday": [0, 0, 4],
        "orders": [1, 1, 1],
    }
    result = asked.weekdays(rows)
    shown = views.weekday_findings(result, numbers("en", "CNY")).sentences
    assert shown == ("66.7% of the orders come in on Monday, the busiest day.",)
    assert "Friday" in views.weekday_table(result, numbers("en", "CNY")).text
    assert import_module("helpers.subjects.weekdays.queries").WeekdayQueries.weekdays.__doc__


def test_the_guide_to_a_chart_draws_one():
    space = {}
    exec(blocks_of("add-a-chart.md")[-1], space)
    frame = pd.DataFrame({"label": ["Smith & Sons", "Jones"], "share": [0.6, 0.4]})
    drawn = [
        space["dots"](frame, title="Two", alt="60 and 40 %", fmt=numbers("en", "CNY").percent)
        for _ in range(2)
    ]
    assert drawn[0].svg == drawn[1].svg
    assert all(text in drawn[0].svg for text in ("Smith &amp; Sons", "60.0%", "40.0%", "60 and 40 %"))


def test_what_ci_and_papers_call_with_make_is_a_target():
    targets = set(re.findall(r"^([a-z-]+):", (PROJECT_FOLDER / "Makefile").read_text(), re.MULTILINE))
    callers = [
        PROJECT_FOLDER / ".ci" / "run",
        *(PROJECT_FOLDER / ".github" / "workflows").glob("*.yml"),
        *PAPERS,
    ]
    called = {
        (path.name, name)
        for path in callers
        for names in re.findall(
            r"(?:^|run: |`)make (?:-j\d )?([a-z-]+(?: [a-z-]+$)*)",
            path.read_text(encoding="utf-8"),
            re.MULTILINE,
        )
        for name in names.split()
    }
    assert {name for _, name in called} >= {"test", "lint", "docs", "spark", "test-all"}
    assert {(path, name) for path, name in called if name not in targets} == set()
