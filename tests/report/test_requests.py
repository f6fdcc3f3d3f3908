"""What is asked of a report is the same wherever its processes stand."""

from pathlib import Path

import pytest

from helpers.errors import WorkbookError
from helpers.report.monthly import make_report
from helpers.report.requests import ReportRequest
from helpers.report.running.children import ChildError


def test_paths_as_typed_are_below_the_callers_folder(tmp_path, monkeypatch):
    asked = []

    def call(self, function, request, **_):
        asked.append(request)
        raise ChildError("enough")

    monkeypatch.setattr("helpers.report.running.children.Children.call", call)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(WorkbookError, match="enough"):
        make_report(ReportRequest("exports", Path("maps/ours.toml"), out=Path("reports")), lambda step: None)
    (request,) = asked
    assert (request.data, request.map, request.out) == (
        str(tmp_path / "exports"), tmp_path / "maps" / "ours.toml", tmp_path / "reports",
    )  # fmt: skip
