"""Write docs/settings.md from the models of the settings and their docstrings: `python docs/make_settings.py`."""

from __future__ import annotations

import ast
import inspect
import json
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from types import EllipsisType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from helpers.settings.config import Settings

PAGE = Path(__file__).with_name("settings.md")
#: These come first, as the text above the mark speaks of them; the others follow in the order of the model.
FIRST = ("source", "customers", "tables")
#: No sections of their own: the keys of `[source]` that say how values are written, for one column; rows of a file.
NOT_WRITTEN = ("ValueFormat", "Period")
LIMITS = {"ge": "from {}", "gt": "above {}", "le": "to {}", "lt": "below {}"}
#: Of more words than these a cell says only that they are words.
MOST_WORDS = 8
MARK = "<!-- made by docs/make_settings.py from the models in helpers.settings: do not edit below -->"


def page(written: str) -> str:
    """Give the page: what is written by hand above the mark stays, and what is below it is made."""
    fields = sorted(
        Settings.model_fields.items(), key=lambda each: FIRST.index(each[0]) if each[0] in FIRST else 9
    )
    parts = [part for name, field in fields for part in sections(name, field, said(Settings, name))]
    lines = [written.split(MARK)[0] + MARK, "", "## Sections", "", "| section | says |", "|---|---|"]
    lines += [
        f"| [`{title}`](#{_anchor(title)}) | {_plain(doc).split('. ')[0].rstrip('.')} |"
        for title, doc, _ in parts
    ]
    for title, doc, model in parts:
        lines += ["", f"## `{title}`", "", _plain(doc)]
        if model is not None:
            lines += ["", "| key | kind | default | meaning |", "|---|---|---|---|"]
            lines += [
                f"| `{key}` | {_kind(field)} | {_default(field)} | {_plain(said(model, key))} |"
                for key, field in model.model_fields.items()
            ]
            if measures := getattr(model, "measures", ()):
                lines += ["", f"Measures: {', '.join(f'`{each}`' for each in measures)}."]
            lines += [line for key, field in model.model_fields.items() for line in _rules(title, key, field)]
            lines += _example(title, model)
    return "\n".join(lines) + "\n"


def sections(path: str, field: FieldInfo, doc: str) -> Iterator[tuple[str, str, type[BaseModel] | None]]:
    """Yield the sections of a key of the settings: title, docstring, and the model of its keys where it has one."""
    model = _model(field.annotation)
    if model is None:
        if "." not in path:
            yield f"[{path}]", doc, None
        return
    if model.__name__ in NOT_WRITTEN:
        return
    form, name = get_origin(field.annotation), "NAME" if "." not in path else path.split(".")[-1][:-1].upper()
    path += f".{name}" if form is dict else ""
    yield f"[[{path}]]" if form in (list, tuple) else f"[{path}]", inspect.getdoc(model) or "", model
    for key, inner in model.model_fields.items():
        yield from sections(f"{path}.{key}", inner, "")


@cache
def _docstrings(model: type) -> dict[str, str]:
    tree = ast.parse(inspect.getsource(model)).body[0]
    assert isinstance(tree, ast.ClassDef)
    return {
        key.target.id: str(after.value.value)
        for key, after in zip(tree.body, tree.body[1:], strict=False)
        if isinstance(key, ast.AnnAssign) and isinstance(key.target, ast.Name)
        if isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    }


def said(model: type[BaseModel], key: str) -> str:
    """Give the docstring of a key, of the model's or of that which it inherits."""
    parents = [
        parent for parent in model.__mro__ if issubclass(parent, BaseModel) and parent is not BaseModel
    ]
    return next((found for parent in parents if (found := _docstrings(parent).get(key))), "")


def _model(hint: Any) -> type[BaseModel] | None:
    if isinstance(hint, type) and issubclass(hint, BaseModel):
        return hint
    return next((found for part in get_args(hint) if (found := _model(part))), None)


def _anchor(title: str) -> str:
    return re.sub(r"[^a-z0-9_]", "", title.lower())


def _plain(text: str) -> str:
    text = " ".join(text.split())
    text = re.sub(r"^``\[[^`]*``(: |\.$|, )", "", text)
    text = re.sub(r":\w+:`~?([^`]+)`", r"`\1`", text).replace("``", "`").replace("|", "\\|")
    return text[:1].upper() + text[1:]


def _first(text: str) -> str:
    return _plain(text).split(". ")[0].rstrip(".")


def _kind(field: FieldInfo) -> str:
    return f"`{_named(field.annotation)}`{''.join(_limits(field.metadata, field.annotation))}"


def _limits(metadata: Iterable[Any], hint: Any) -> Iterator[str]:
    """Yield what is said of a number's limits; of one that may be missing they stand inside."""
    for each in metadata:
        if isinstance(each, FieldInfo):
            yield from _limits(each.metadata, None)
        for limit, text in LIMITS.items():
            if (value := getattr(each, limit, None)) is not None:
                yield f" {text.format(value)}"
    if get_origin(hint) in (Union, UnionType):
        for part in get_args(hint):
            yield from _limits(getattr(part, "__metadata__", ()), None)


def _named(hint: Any) -> str:
    form, parts = get_origin(hint), [each for each in get_args(hint) if each is not NoneType]
    if form is Annotated:
        return _named(parts[0])
    if form is Literal:
        return " or ".join(str(each) for each in parts) if len(parts) <= MOST_WORDS else "str"
    if form in (Union, UnionType):
        return " or ".join(_named(each) for each in parts)
    if form is None:
        return str(hint.__name__)
    inner = ", ".join(_named(each) for each in parts if not isinstance(each, EllipsisType))
    return f"{'list' if Ellipsis in parts else form.__name__}[{inner}]"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "needed"
    value = to_jsonable_python(field.get_default(call_default_factory=True))
    is_section = field.annotation is _model(field.annotation)
    return "" if value is None or is_section or _is_rules(value) else f"`{_toml(value)}`"


def _is_rules(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _rules(title: str, key: str, field: FieldInfo) -> Iterator[str]:
    value = None if field.is_required() else to_jsonable_python(field.default)
    if value is not None and _is_rules(value):
        yield from ("", f"`{key}` unless you give others:", "", "```toml")
        for rule in value:
            yield f"[[{title.strip('[]')}.{key}]]"
            yield from (f"{name} = {_toml(part)}" for name, part in rule.items() if part)
        yield "```"


def _example(title: str, model: type[BaseModel]) -> Iterator[str]:
    """Yield what the head of the model's module shows of this section."""
    shown = re.search(
        r"\.\. code-block:: toml\n\n((?:    .*\n|\n)+)", (sys.modules[model.__module__].__doc__ or "") + "\n"
    )
    parts = re.split(r"\n(?=\[)", inspect.cleandoc(shown[1]).strip()) if shown else []
    mine = [part.strip() for part in parts if part.split("]")[0].strip("[") == title.strip("[]")]
    if mine:
        yield from ("", "Such as:", "", "```toml", *"\n".join(mine).splitlines(), "```")


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        bare = [
            key if re.fullmatch(r"[A-Za-z0-9_-]+", key) else json.dumps(key, ensure_ascii=False)
            for key in value
        ]
        inner = ", ".join(f"{key} = {_toml(each)}" for key, each in zip(bare, value.values(), strict=True))
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(each) for each in value)}]"
    return json.dumps(value, ensure_ascii=False)


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
