"""Write docs/settings.md from the docstrings of the settings: `python docs/make_settings.py`."""

from __future__ import annotations

import ast
import re
from pathlib import Path

FOLDER = Path(__file__).parent
MODELS = FOLDER.parent / "src" / "helpers" / "settings" / "source.py"
PAGE = FOLDER / "settings.md"
#: Class -> the section of workbook.toml that it stands for.
SECTIONS = {
    "Source": "[source]",
    "Customers": "[customers]",
    "TableMap": "[tables.NAME]",
    "Lookup": "[tables.NAME.lookups.LOOKUP]",
    "Exclusion": "[[tables.NAME.exclude]]",
}
MARK = (
    "<!-- made by docs/make_settings.py from the docstrings of helpers.settings.source: do not edit below -->"
)


def keys_by_class(source: str) -> dict[str, tuple[str, list[tuple[str, str, str, str]]]]:
    """Give of each class its docstring and its keys with type, default and docstring, those of its base first."""
    found: dict[str, tuple[str, list[tuple[str, str, str, str]]]] = {}
    for node in ast.parse(source).body:
        if not isinstance(node, ast.ClassDef):
            continue
        keys = [key for base in node.bases for key in found.get(ast.unparse(base), ("", []))[1]]
        for statement, after in zip(node.body, [*node.body[1:], None], strict=True):
            if isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name):
                is_said = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
                said = str(after.value.value) if is_said else ""
                default = ast.unparse(statement.value) if statement.value is not None else "needed"
                keys.append((statement.target.id, ast.unparse(statement.annotation), default, said))
        found[node.name] = (ast.get_docstring(node) or "", keys)
    return found


def page(source: str, written: str) -> str:
    """Give the page: what is written by hand above the mark stays, and the tables below it are made."""
    classes = keys_by_class(source)
    named = "|".join(
        sorted((name for name in classes if name not in ("Section", "Settings")), key=len, reverse=True)
    )
    sections = dict(SECTIONS)
    for name in SECTIONS:
        # A part of its own kind, such as a heading, stands below the section that holds it.
        for key, kind, _, _ in classes[name][1]:
            inner = re.search(rf"\b({named})\b", kind)
            if inner and inner[1] not in sections and inner[1] not in ("ValueFormat", "FileFormat"):
                sections[inner[1]] = f"[[tables.NAME.{key}]]" if "list" in kind else f"[tables.NAME.{key}]"
    lines = [written.split(MARK)[0] + MARK]
    for name, section in sections.items():
        doc, keys = classes[name]
        lines += [
            "",
            f"## `{section}`",
            "",
            _plain(doc),
            "",
            "| key | kind | default | meaning |",
            "|---|---|---|---|",
        ]
        lines += [
            f"| `{key}` | {_kind(kind)} | {_default(default)} | {_plain(said)} |"
            for key, kind, default, said in keys
        ]
    return "\n".join(lines) + "\n"


def _plain(text: str) -> str:
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", " ".join(text.split())).replace("``", "`")
    return re.sub(r"\[\[?", lambda found: found[0], text).replace("|", "\\|")


def _kind(annotation: str) -> str:
    text = re.sub(r"Annotated\[((?:[^\[\],]|\[[^\]]*\])+),.*?\)\]", r"\1", annotation).replace(" | None", "")
    literal = re.sub(
        r"Literal\[([^\]]*)\]", lambda found: found[1].replace("'", "").replace(", ", " or "), text
    )
    return "`" + literal.replace("|", "or") + "`"


def _default(default: str) -> str:
    return {"None": "", "needed": "needed"}.get(default, f"`{default}`")


if __name__ == "__main__":
    PAGE.write_text(
        page(MODELS.read_text(encoding="utf-8"), PAGE.read_text(encoding="utf-8")), encoding="utf-8"
    )
