"""What is found out before any notebook runs."""

import pytest

from helpers.report.prepare import notebooks_at_once


@pytest.mark.parametrize(
    ("lines", "gigabytes", "at_once"),
    [
        (80_000, 18, 17),
        (100_000_000, 18, 5),
        (100_000_000, 6, 1),
        (1_000_000_000, 18, 1),
        (10_000_000, 3.2, 2),
    ],
)
def test_of_a_large_company_only_as_many_notebooks_run_at_once_as_fit_into_memory(lines, gigabytes, at_once):
    assert notebooks_at_once(lines, gigabytes) == at_once
