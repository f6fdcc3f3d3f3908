"""What the project promises of itself: one set of bounds, a lock that fits them, a house in order."""

import re
import tomllib

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from helpers.config import PROJECT_FOLDER

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


def test_no_stage_imports_one_to_its_right():
    """Intake -> facts -> models -> analysis -> views -> report: an import to the right fails."""
    order = ["intake", "facts", "models", "analysis", "views", "report"]
    wrong = []
    for path in (PROJECT_FOLDER / "src" / "helpers").rglob("*.py"):
        stage = path.relative_to(PROJECT_FOLDER / "src" / "helpers").parts[0].removesuffix(".py")
        if stage not in order:
            continue
        imports = re.findall(r"(?:from|import) helpers\.(\w+)", path.read_text(encoding="utf-8"))
        right_of_it = [name for name in imports if name in order and order.index(name) > order.index(stage)]
        wrong += [f"{path.name} imports {name}" for name in right_of_it]
    assert wrong == []
