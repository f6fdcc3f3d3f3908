"""The month's report: open the book, so that bad input is found first, then make the packs from the notebooks."""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path

from helpers.errors import WorkbookError
from helpers.report.packs.pack import Progress, make_pack
from helpers.report.packs.unchanged import is_unchanged
from helpers.report.requests import (
    ALL,
    Briefing,
    PackPlan,
    PackRequest,
    PackResult,
    ReportRequest,
    ReportResult,
)
from helpers.report.running.children import ChildError, Children, Lease, stopped_on_interrupt


def make_report(request: ReportRequest, on_progress: Progress) -> PackResult:
    """Make the pack of one month and scope.

    Raises
    ------
    WorkbookError
        Data, map, month, scope or output are not usable; found before any notebook runs.
    """
    with Children() as children:
        (pack,) = _wanted(request, on_progress, children).packs
        on_progress("Running the notebooks")
        result = _made(pack, request.force, on_progress, children)
        write_month_list([pack], on_progress, children)
        return result


def make_reports(request: ReportRequest, on_progress: Progress) -> ReportResult:
    """Make the packs of one month: of one scope, or of ``all``, as many at once as there are cores.

    One pack that cannot be made does not stop the others.

    Raises
    ------
    WorkbookError
        Data, map, month or scope are not usable, or there is only one pack and it cannot be made.
    """
    if request.scope.strip() != ALL:
        return ReportResult((make_report(request, on_progress),))
    with (
        Children() as children,
        ThreadPoolExecutor(max_workers=children.limit) as pool,
        stopped_on_interrupt(children, pool),
    ):
        wanted = _wanted(request, on_progress, children)
        packs = wanted.packs
        made, errors = [], dict(wanted.refused)
        for scope, why in wanted.refused.items():
            on_progress(f"{scope}: {why}")
        for scope in wanted.empty:
            on_progress(f"{scope}: owns no customers, left out")

        def make(pack: PackRequest) -> PackResult | None:
            try:
                with (
                    children.lease() as one
                ):  # each pack has one child, which remembers what its notebooks ask
                    result = _made(pack, request.force, lambda step: None, one)
            except (WorkbookError, ChildError) as error:
                errors[pack.scope] = str(error)
                return None
            return result

        for pack, result in zip(packs, pool.map(make, packs), strict=True):
            on_progress(f"{pack.scope}: {_outcome(result, errors.get(pack.scope, ''))}")
            made += [result] if result else []
        write_month_list(packs, on_progress, children)
    return ReportResult(tuple(made), errors, wanted.empty)


def write_month_list(packs: Sequence[PackRequest], on_progress: Progress, children: Children) -> None:
    """Write the pages that lead to all packs; the packs stand without them, so that nothing fails here."""
    try:
        children.call(_months_in_child, packs[0].out, packs[0].language)
    except (OSError, ChildError) as error:
        on_progress(f"The list of all months could not be written: {error}")


def _months_in_child(out: Path, language: str) -> None:
    from helpers.report.pages.pages import write_months

    write_months(out, language)


def _outcome(result: PackResult | None, error: str) -> str:
    if result is None:
        return error
    if result.failures:
        return "stopped: " + ", ".join(failure.notebook for failure in result.failures)
    return "unchanged, not made again" if result.unchanged else "done"


def _wanted(request: ReportRequest, on_progress: Progress, children: Children) -> PackPlan:
    """Read the data, in a child, and say which packs are wanted."""
    on_progress("Reading the data")
    try:
        wanted = children.call(_in_child, with_absolute_paths(request))
    except ChildError as error:
        raise WorkbookError(f"The data could not be read. {error}") from None
    children.environment.update(wanted.packs[0].environment)
    return wanted


def _in_child(request: ReportRequest) -> PackPlan:
    from helpers.report.prepare import plan_packs  # the engine and all: only children need it

    return plan_packs(request)


def _made(pack: PackRequest, force: bool, on_progress: Progress, children: Children | Lease) -> PackResult:
    """Make a pack unless it stands there, made from the same."""
    target, started = pack.out / pack.month / pack.folder, time.monotonic()
    if not force and is_unchanged(target, pack.key):
        on_progress("Unchanged, not made again; --force makes it")
        return PackResult(target, (), unchanged=True, request=pack)
    result = make_pack(pack, on_progress, partial(_briefing, pack), children)
    return replace(result, request=pack, seconds=time.monotonic() - started)


def make_pack_if_changed(pack: PackRequest, children: Children) -> PackResult:
    """Make a pack that `helpers.report.prepare.plan_packs` describes, unless it stands there from the same."""
    return _made(pack, False, lambda step: None, children)


def _briefing(pack: PackRequest) -> Briefing:
    from helpers.book import open_book
    from helpers.report.packs.manifest import briefing

    return briefing(open_book(pack.data, pack.month, pack.scope, pack.map, pack.language))


def with_absolute_paths(request: ReportRequest) -> ReportRequest:
    """Return the request with the paths that it means, for processes that run elsewhere."""
    return replace(
        request,
        data=_absolute(request.data),
        map=request.map and request.map.absolute(),
        out=request.out.absolute(),
    )


def _absolute(data: str | None) -> str | None:
    """A path as typed is below the caller's folder; notebooks run elsewhere. A database address stays as it is."""
    if not data or "://" in data:
        return data or None
    return str(Path(data).absolute())
