"""What the project promises of itself: one set of bounds, a lock that fits them, a house in order."""

import os
import re
import sys
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from helpers.core.code_key import imports_of
from helpers.settings.config import PROJECT_FOLDER

#: Where conda-forge calls a package otherwise than the package index.
CONDA_NAMES = {
    "python-duckdb": "duckdb",
    "ibis-duckdb": "ibis-framework",
    "matplotlib-base": "matplotlib",
    "pandera-ibis": "pandera",
}


@pytest.fixture(scope="module")
def project():
    return tomllib.loads((PROJECT_FOLDER / "pyproject.toml").read_text())["project"]


def bounds(lines):
    parsed = [Requirement(line) for line in lines]
    return {canonicalize_name(r.name): SpecifierSet(str(r.specifier)) for r in parsed}


def conda_bounds():
    entries = yaml.safe_load((PROJECT_FOLDER / "environment.yml").read_text())["dependencies"]
    names = [entry for entry in entries if isinstance(entry, str)]
    from_pip = next(entry["pip"] for entry in entries if isinstance(entry, dict))
    renamed = [re.sub(r"^\S+", lambda match: CONDA_NAMES.get(match[0], match[0]), name) for name in names]
    return bounds(renamed + [line for line in from_pip if not line.startswith("-")])


def test_conda_users_get_the_same_bounds(project):
    conda = conda_bounds()
    assert conda.pop("python") == SpecifierSet(project["requires-python"])
    conda.pop("pip")
    assert conda == bounds(project["dependencies"] + project["optional-dependencies"]["dev"])


def locked_versions(name):
    lock = (PROJECT_FOLDER / name).read_text()
    locked = {}
    for package, version in re.findall(
        r"^([a-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)", lock, flags=re.MULTILINE
    ):
        locked.setdefault(canonicalize_name(package), []).append(version)
    return locked


def test_lock_holds_every_dependency_within_its_bounds(project):
    """Spark's, which is larger than all the rest, has a lock of its own."""
    extras = project["optional-dependencies"]
    locked = locked_versions("requirements.lock")
    with_spark = locked_versions("requirements-spark.lock")
    others = [line for extra, lines in extras.items() if extra != "spark" for line in lines]
    for name, specifier in bounds(project["dependencies"] + others).items():
        assert locked.get(name), f"{name} is not in requirements.lock: run make lock"
        assert all(specifier.contains(version) for version in locked[name]), name
    for name, specifier in bounds(project["dependencies"] + extras["spark"]).items():
        assert with_spark.get(name), f"{name} is not in requirements-spark.lock: run make lock"
        assert all(specifier.contains(version) for version in with_spark[name]), name
        assert with_spark[name] == locked.get(name, with_spark[name]), (
            f"{name} would be changed by make spark"
        )


def test_lock_names_hashes_but_no_download_addresses():
    lock = (PROJECT_FOLDER / "requirements.lock").read_text()
    assert "://" not in lock
    blocks = re.split(r"\n(?=[a-z0-9])", lock.strip())
    assert [block.split()[0] for block in blocks if "--hash=sha256:" not in block] == []


def test_no_source_file_grows_beyond_four_hundred_lines():
    long = {
        str(path.relative_to(PROJECT_FOLDER)): lines
        for path in (PROJECT_FOLDER / "src").rglob("*.py")
        if (lines := len(path.read_text(encoding="utf-8").splitlines())) > 400
    }
    assert long == {}


#: Floors of the house: a module imports from its own floor and those before it. Spark and the sample stand beside it.
FLOORS = (
    ("errors", "questions"), ("settings",), ("core",), ("models", "intake"), ("engine", "present"), ("subjects",),
    ("data",), ("book",), ("notebook",), ("report",), ("cli",),
)  # fmt: skip
#: On one floor neither of two rooms imports the other.
NEIGHBOURS = {"models": "intake", "intake": "models"}
HELPERS = PROJECT_FOLDER / "src" / "helpers"


def module_name(path):
    parts = path.relative_to(PROJECT_FOLDER / "src").with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@pytest.fixture(scope="module")
def imports():
    """Module -> modules of ours that it imports, those for type checking and inside functions too."""
    files = {module_name(path): path for path in (PROJECT_FOLDER / "src").rglob("*.py")}
    return {
        name: {f"{base}.{part}" if f"{base}.{part}" in files else base for base, part in imports_of(path)}
        - {name}
        for name, path in files.items()
    }


def floor_of(module):
    room = module.split(".")[1]
    return next(level for level, rooms in enumerate(FLOORS) if room in rooms)


def test_no_module_imports_from_a_floor_above_it(imports):
    inside = {name: found for name, found in imports.items() if name.startswith("helpers.")}
    assert {name.split(".")[1] for name in inside} == {room for rooms in FLOORS for room in rooms}
    wrong = [
        f"{name} imports {other}"
        for name, found in inside.items()
        for other in found
        if other.startswith("helpers.")
        and (floor_of(other) > floor_of(name) or NEIGHBOURS.get(name.split(".")[1]) == other.split(".")[1])
    ]
    assert wrong == []


def test_only_the_engine_and_the_intake_touch_duckdb():
    touching = {
        module_name(path)
        for path in HELPERS.rglob("*.py")
        if re.search(r"^\s*(import|from) duckdb\b", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert {name.split(".")[1] for name in touching} == {"engine", "intake"}


def test_no_modules_import_each_other_in_a_circle(imports):
    """TYPE_CHECKING and late imports count: a circle of types is one that readers walk too."""
    order, done = [], set()

    def walk(name, above):
        if name in above:
            raise AssertionError(" -> ".join([*above[above.index(name) :], name]))
        if name not in done:
            for other in sorted(imports[name]):
                walk(other, [*above, name])
            done.add(name)
            order.append(name)

    for name in sorted(imports):
        walk(name, [])
    assert len(order) == len(imports)


def test_no_folder_holds_more_than_twelve_modules():
    folders = {path.parent for path in (PROJECT_FOLDER / "src" / "helpers").rglob("*.py")}
    full = {
        str(folder.relative_to(PROJECT_FOLDER)): count
        for folder in folders
        if (count := len(list(folder.glob("*.py")))) > 12
    }
    assert full == {}


def test_no_folder_above_a_file_takes_the_place_of_its_columns():
    """DuckDB takes a folder ``customer_id=ACME`` above a Parquet file for its customer, unless it is told not to."""
    readers = re.compile(r"(?<!pd\.)\bread_parquet\((?!\))")
    for file in (PROJECT_FOLDER / "src" / "helpers").rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for found in readers.finditer(text):
            assert "hive_partitioning" in text[found.start() : found.start() + 200], (
                f"{file.name}: {found[0]}"
            )


@pytest.mark.skipif(sys.platform == "win32", reason="files there are not marked as programs")
def test_every_finding_runs_as_it_stands():
    scripts = sorted((PROJECT_FOLDER / "findings").glob("*.sh"))
    assert scripts
    assert [path.name for path in scripts if not os.access(path, os.X_OK)] == []
