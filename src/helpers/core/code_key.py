"""The key of the code of a computation: a hash of a module, of all own modules it imports, and of library versions.

A cached result holds as long as this key does. The key goes by imports and not by folders, so that code that is moved
or split stays in it, and code that the module never reaches does not enter it.
"""

import functools
import hashlib
import re
from collections.abc import Callable, Sequence
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

#: Our own packages; what belongs to none of them is a library and goes into a key by its version.
PACKAGES = ("helpers", "workbook_sample", "workbook_spark")
_OURS = "|".join(PACKAGES)
_FROM = re.compile(rf"^\s*from ((?:{_OURS})[\w.]*) import (\([^)]*\)|[^\n]*)", re.MULTILINE)
_IMPORT = re.compile(rf"^\s*import ((?:{_OURS})[\w.]*)", re.MULTILINE)
#: What fits, scores and adds up beside our own code.
_FITTED_BY = ("numpy", "pandas", "scikit-learn", "scipy")
_SOURCE_FOLDER = Path(__file__).resolve().parents[2]


@lru_cache
def code_key(*modules: str, libraries: Sequence[str] = ()) -> str:
    """Return a hash of the source of these modules, of all of ours that they import, and of libraries' versions.

    Parameters
    ----------
    modules
        Dotted names; imports inside functions and for type checking count too.
    libraries
        Distributions whose version matters; they are installed.

    Raises
    ------
    ModuleNotFoundError
        A module is not one of ours, or a library is not installed.

    Examples
    --------
    >>> code_key("helpers.core.periods") == code_key("helpers.core.periods", libraries=("numpy",))
    False
    """
    digest = hashlib.sha256()
    for library in libraries:
        digest.update(f"{library} {version(library)}\0".encode())
    for name, path in sorted(imported_modules(modules).items()):
        digest.update(name.encode() + b"\0" + _source_of(path) + b"\0")
    return digest.hexdigest()


def code_key_of(compute: Callable[..., Any]) -> str:
    """Hash the module that computes, all that it imports of ours, and the libraries that fit and add up."""
    function = compute.func if isinstance(compute, functools.partial) else compute
    return code_key(function.__module__, libraries=_FITTED_BY)


def imported_modules(modules: Sequence[str]) -> dict[str, Path]:
    """Return the modules of ours that these reach by imports, themselves included, with their files."""
    found: dict[str, Path] = {}
    waiting = list(modules)
    for name in modules:
        if _file_of(name) is None:
            raise ModuleNotFoundError(f"No module of ours is called {name}", name=name)
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if name in found or path is None:
            continue  # names that are no modules among them
        found[name] = path
        for package, part in imports_of(path):
            waiting += [package, f"{package}.{part}"]
    return found


@functools.cache
def imports_of(path: Path) -> tuple[tuple[str, str], ...]:
    """Return what a file imports of ours: a dotted module or package, and a name from it ("": all of it)."""
    text = _source_of(path).decode()
    from_modules = [
        (package, name.strip())
        for package, names in _FROM.findall(text)
        for name in re.sub(r"#[^\n]*| as \w+|[()]", "", names).split(",")
        if name.strip()
    ]
    return (*from_modules, *((module, "") for module in _IMPORT.findall(text)))


@functools.cache
def _source_of(path: Path) -> bytes:
    return path.read_bytes()


@lru_cache(maxsize=4096)
def _file_of(name: str) -> Path | None:
    base = _SOURCE_FOLDER / Path(*name.split("."))
    if base.with_suffix(".py").is_file():
        return base.with_suffix(".py")
    return base / "__init__.py" if (base / "__init__.py").is_file() else None
