"""An executed notebook as one self-contained HTML page: no request, no code, no script that is not ours."""

import base64
import hashlib
import html
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbconvert import HTMLExporter, TemplateExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from traitlets.config import Config

from helpers.present import table as tables
from helpers.present.charts import theme
from helpers.present.numbers import join_signs
from helpers.present.words import Words
from helpers.report.pages.excel import FILE as EXCEL_FILE
from helpers.report.running.scrub import first_heading
from helpers.subjects.card.short_cards import ShortCard

#: The file of a pack that holds the cards.
FILE = "cards.html"
_FIGURES = 2
"""So many columns of the lines are figures: the last ones."""


def anchor(customer_id: str) -> str:
    """Return the id of a card on its page: without white space, which none may have."""
    return "card-" + quote(customer_id, safe="")


def card_link(customer_id: str) -> str:
    """Return where a customer's card stands in a pack."""
    return f"{FILE}#{quote(anchor(customer_id), safe='')}"


def card_context(card: ShortCard) -> dict[str, object]:
    """Return what the template shows of a card; a day or an order that is that of the line before is not said again."""
    texts = len(card.heads) - _FIGURES
    lines: list[tuple[str, ...]] = []
    for before, line in zip([(), *card.lines], card.lines, strict=False):
        repeated = 0  # how many of the first columns, but for the product, are as in the line before
        while repeated < texts - 1 and before and before[repeated] == line[repeated]:
            repeated += 1
        lines.append(("",) * repeated + line[repeated:])
    return {"card": card, "anchor": anchor(card.customer_id), "lines": lines, "texts": texts}


TEMPLATE_FOLDER = Path(__file__).resolve().parent / "template"
_HEADING = re.compile(r"<h([1-6])[^>]*>(.*?)</h\1>", re.DOTALL)
_NOTEBOOK_LINK = re.compile(r'<a ([^<>]*?)href="([\w-]+)\.ipynb"([^<>]*)>([^<]*)</a>')
_REST = re.compile(r'<p class="wb-all" data-table="(\w+)">(.*?)</p>', re.DOTALL)
_TABLE = re.compile(r'(<div class="wb-table"[^>]* id="(\w+)">.*?</table>)', re.DOTALL)
_CUSTOMER = re.compile(r'<span data-customer="([^"]*)">(.*?)</span>', re.DOTALL)
_SECTION = re.compile(r'(?=<div class="prose"><h2)')
_SECTION_HEADING = re.compile(r'<div class="prose"><h2[^>]*>(.*?)</h2>.*?</div>', re.DOTALL)
_NEEDS = re.compile(r'<ul class="wb-findings wb-needs">(.*?)</ul>', re.DOTALL)
_ITEM = re.compile(r"<li>(.*?)</li>", re.DOTALL)
_TAG = re.compile(r"<[^>]+>")
_TITLE_GROUP = re.compile(r'<g class="chart-title">.*?</g>', re.DOTALL)
_VIEW_BOX = re.compile(r'viewBox="0 -?[\d.]+ ([\d.]+) ([\d.]+)" width="([\d.]+)" height="([\d.]+)"')


@dataclass(frozen=True)
class PageLink:
    """A page of the pack, as other pages name it."""

    file: str
    title: str


@dataclass(frozen=True)
class Place:
    """What every page of a pack says at its head: whose report, of which month, for which scope."""

    company: str
    month: str
    scope: str


@dataclass(frozen=True)
class _Entry:
    anchor: str
    text: str
    level: int


class Pages:
    """Renders the pages of one pack; the exporter and the templates are made once."""

    def __init__(
        self,
        words: Words,
        place: Place,
        links: tuple[PageLink, ...],
        sheets: Mapping[str, str] | None = None,
        cards: Collection[str] = (),
        rows: Mapping[str, str] | None = None,
    ) -> None:
        self._words = words
        self._sheets = sheets or {}
        self._cards = cards
        self._rows = rows or {}
        self._place = place
        self._links = links
        self._environment = _environment()
        self._exporter = _exporter()

    def notebook(self, notebook: NotebookNode, link: PageLink, failure_text: str = "") -> str:
        """One page: the notebook's text and results under a table of contents."""
        body, entries = self._read(notebook)
        contents = [entry for entry in entries if entry.level in (2, 3)]
        return self.render(
            "page.html.j2",
            title=link.title,
            current=link.file,
            contents=contents,
            body=Markup(body),  # made by our own filters from escaped text
            failure_text=failure_text,
        )

    def body(self, notebook: NotebookNode) -> Markup:
        """Return the notebook's text and results alone, to stand in a page of another form."""
        return Markup(self._read(notebook)[0])

    def _read(self, notebook: NotebookNode) -> tuple[str, list[_Entry]]:
        # Not the exporter's own method: it takes the page apart to add to pictures the alt texts that ours have.
        body, _ = TemplateExporter.from_notebook_node(self._exporter, notebook)
        sections = _with_needs_together(body, self._words.gettext("What more data would give"))
        body = "".join(f"<section>{section}</section>" for section in sections)
        return _with_anchors(self._to_pages(self._to_cards(self._to_sheets(body))))

    def _to_sheets(self, body: str) -> str:
        """Say below a table that shows its first rows on which sheet all of them are, and lead to the file."""

        def turn(match: re.Match[str]) -> str:
            sheet = self._sheets.get(match[1])
            if sheet is None:
                return match[0]
            label = html.escape(self._words.gettext("sheet {name}", name=sheet))
            link = f'<a href="{EXCEL_FILE}">{EXCEL_FILE}</a>, {label}'
            return f'<p class="wb-all">{match[2].replace(EXCEL_FILE, link)}</p>'

        def lead(match: re.Match[str]) -> str:
            sheet = self._rows.get(match[2])
            if sheet is None:
                return match[0]
            named = self._words.gettext(
                "The names behind each line: {file}, sheet {name}", file=EXCEL_FILE, name=sheet
            )
            link = f'<a href="{EXCEL_FILE}">{EXCEL_FILE}</a>'
            return f'{match[1]}<p class="wb-all">{html.escape(named).replace(EXCEL_FILE, link, 1)}</p>'

        return _TABLE.sub(lead, _REST.sub(turn, body))

    def _to_cards(self, body: str) -> str:
        """Let a customer's name lead to its card, where the pack has one."""

        def turn(match: re.Match[str]) -> str:
            customer = html.unescape(match[1])
            return f'<a href="{card_link(customer)}">{match[2]}</a>' if customer in self._cards else match[2]

        return _CUSTOMER.sub(turn, body)

    def _to_pages(self, body: str) -> str:
        """Turn links to notebooks into links to their pages; one to a notebook without a page is left out."""
        files = {link.file for link in self._links}

        def turn(match: re.Match[str]) -> str:
            before, stem, after, text = match.groups()
            return f'<a {before}href="{stem}.html"{after}>{text}</a>' if f"{stem}.html" in files else ""

        return _NOTEBOOK_LINK.sub(turn, body)

    def render(self, template: str, **values: object) -> str:
        """Fill a template of the pack's look; text is escaped."""
        page = self._environment.get_template(template).render(
            _=self._words.gettext,
            lang=self._words.html_lang,
            place=self._place,
            links=self._links,
            css=Markup(style_sheet()),
            script=Markup(_script()),
            script_hash=_script_hash(),
            **values,
        )
        return join_signs("\n".join(line.rstrip() for line in page.splitlines() if line.strip()) + "\n")


def page_title(notebook: NotebookNode, file: str) -> str:
    """Return what a notebook is called: its first heading, else its file name without number."""
    return first_heading(notebook) or re.sub(r"^\d+_", "", Path(file).stem).replace("_", " ").capitalize()


@lru_cache
def style_sheet() -> str:
    """Return the one style sheet of pages and front page; colours come from the charts' theme."""
    light = ";".join(f"{name}:{colour}" for colour, name in theme.VARIABLES.items())
    dark = ";".join(f"{name}:{colour}" for name, colour in theme.DARK.items())
    root = (
        f":root{{color-scheme:light dark;--font:{theme.FONT_STACK};{light}}}\n"
        f"@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
    )
    return root + tables.STYLE + (TEMPLATE_FOLDER / "report.css").read_text(encoding="utf-8")


@lru_cache
def _script() -> str:
    return (TEMPLATE_FOLDER / "report.js").read_text(encoding="utf-8").strip()


@lru_cache
def _script_hash() -> str:
    """Return the only script the page's policy lets run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(_script().encode()).digest()).decode()


@lru_cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATE_FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@lru_cache
def _exporter() -> HTMLExporter:
    config = Config()
    config.HTMLExporter.exclude_input = True
    config.HTMLExporter.default_preprocessors = []  # outputs are as they should be: see the engine and scrub
    return HTMLExporter(
        config=config,
        template_name="cells",
        extra_template_basedirs=[str(TEMPLATE_FOLDER)],
        filters={
            "safe_markdown": safe_markdown,
            "chart_figure": chart_figure,
            "without_table_style": without_table_style,
        },
    )


def safe_markdown(source: str) -> str:
    """Markdown to HTML; markup in it is shown as text, and links lead to pages or nowhere."""
    renderer = IPythonRenderer(escape=True, allow_harmful_protocols=False, exclude_anchor_links=True)
    rendered: str = MarkdownWithMath(renderer=renderer).render(source)
    return rendered


def without_table_style(markup: str) -> str:
    """Return a table without the style that it carries for JupyterLab: the page says it once."""
    return markup.removeprefix(f"<style>{tables.STYLE}</style>")


def chart_figure(svg: str) -> str:
    """Return a chart as a figure whose title is the page's own text, wrapped to the reader's width."""
    name = re.search(r"<title>(.*?)</title>", svg, re.DOTALL)
    if 'class="chart' not in svg[:2000] or name is None:
        return f'<figure class="picture"><div class="scroll" tabindex="0">{svg}</div></figure>'
    bare = _VIEW_BOX.sub(_without_head, _TITLE_GROUP.sub("", svg, count=1), count=1)
    # The title as a tooltip over the whole picture would hide those of its labels.
    bare = bare.replace(name[0], "", 1).replace(
        'role="img"', f'role="img" aria-label="{_attribute(name[1])}"', 1
    )
    box = f'<div class="scroll" role="group" tabindex="0" aria-label="{_attribute(name[1])}">{bare}</div>'
    return f'<figure class="chart"><figcaption>{name[1]}</figcaption>{box}</figure>'


def _without_head(match: re.Match[str]) -> str:
    """Crop the picture to what is below the title: it starts at zero."""
    top = float(re.search(r'viewBox="0 (-?[\d.]+)', match[0])[1])  # type: ignore[index]
    width, height = match[1], float(match[2]) + top
    return f'viewBox="0 0 {width} {height:g}" width="{width}" height="{height:g}"'


def _attribute(escaped: str) -> str:
    """Escaped text, fit for an attribute too."""
    return html.escape(html.unescape(escaped))


def _with_needs_together(body: str, heading: str) -> list[str]:
    """Part a page into its questions; those that only say what data they need stand together at its end."""
    kept: list[str] = []
    needs: list[str] = []
    for section in _SECTION.split(body):
        found = [item for listed in _NEEDS.findall(section) for item in _ITEM.findall(listed)]
        rest = _NEEDS.sub("", section)
        head = _SECTION_HEADING.match(rest)
        if not found or not head or _TAG.sub("", rest[head.end() :]).strip():
            kept.append(rest)  # the question has an answer too
            needs += found
        else:
            needs += [f"<strong>{head[1]}</strong> {item}" for item in found]
    if not needs:
        return kept
    items = "".join(f"<li>{item}</li>" for item in dict.fromkeys(needs))
    kept.append(
        f'<div class="prose"><h2>{html.escape(heading)}</h2></div><ul class="wb-findings">{items}</ul>'
    )
    return kept


def _with_anchors(body: str) -> tuple[str, list[_Entry]]:
    """Add an id made of its words to each heading, unique on the page; return them for the contents."""
    entries: list[_Entry] = []
    seen: set[str] = set()

    def mark(match: re.Match[str]) -> str:
        level, inner = int(match[1]), match[2]
        text = html.unescape(_TAG.sub("", inner)).strip()
        slug = re.sub(r"[^\w]+", "-", text.lower()).strip("-") or "section"
        anchor, number = slug, 2
        while anchor in seen:
            anchor, number = f"{slug}-{number}", number + 1
        seen.add(anchor)
        entries.append(_Entry(anchor, text, level))
        return f'<h{level} id="{html.escape(anchor)}">{inner}</h{level}>'

    return _HEADING.sub(mark, body), entries
