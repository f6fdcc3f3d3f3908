"""A machine may lack a browser, PostgreSQL, Java or PySpark: a test that needs one is skipped and says why."""

import optional
import pytest


@pytest.fixture
def java(monkeypatch, tmp_path):
    """Put a Java of a version on the path."""

    def install(version):
        program = tmp_path / "java"
        program.write_text(f"#!/bin/sh\necho 'openjdk version \"{version}\" 2025-04-15' >&2\n")
        program.chmod(0o755)
        return optional._no_java.__wrapped__()

    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    return install


def test_a_test_is_skipped_with_the_reason_of_the_part_that_is_missing(monkeypatch):
    monkeypatch.setitem(optional.PARTS, "pyspark", lambda: None)
    monkeypatch.setitem(optional.PARTS, "java", lambda: "there is no Java on this machine")
    optional.need("pyspark")
    with pytest.raises(pytest.skip.Exception, match="no Java"):
        optional.need("pyspark", "java")


@pytest.mark.parametrize("version", ["17.0.15", "21.0.7"])
def test_java_that_spark_runs_on_is_taken(java, version):
    assert java(version) is None


@pytest.mark.parametrize("version", ["1.8.0_452", "11.0.27", "25"])
def test_another_java_is_told_from_none(java, version):
    assert f"is {version.split('.')[0]}" in java(version)


def test_markers_that_skip_are_those_of_the_project(pytestconfig):
    declared = {line.split(":")[0] for line in pytestconfig.getini("markers")}
    assert optional.MARKED.keys() <= declared
    assert {part for parts in optional.MARKED.values() for part in parts} <= optional.PARTS.keys()
