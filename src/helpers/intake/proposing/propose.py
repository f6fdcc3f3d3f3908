"""The first draft of a map: what the columns of an export seem to be, proved on its values, for a person to approve."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from helpers.intake import contracts
from helpers.intake.layout.currencies import currency_heads
from helpers.intake.proposing.by_values import match_by_values, match_payments_by_values
from helpers.intake.proposing.choosing import (
    best_table,
    choose_order_lines,
    find_documents,
    fit,
    is_amount,
    lacks_head,
    move_ledgers,
)
from helpers.intake.proposing.columns import find_column, match_columns, match_documents
from helpers.intake.proposing.finders import finders_of
from helpers.intake.proposing.findings.currency import calendar_lines, is_chinese, report_currency
from helpers.intake.proposing.findings.customers import names_told, same_codes_lines
from helpers.intake.proposing.findings.draft import Draft, Finding
from helpers.intake.proposing.findings.joins import DOCUMENT, Joined, join_records, match_codes_of_lines
from helpers.intake.proposing.findings.money.of_documents import (
    amount_heads,
    document_amounts,
    line_columns,
)
from helpers.intake.proposing.findings.postings import posting_columns
from helpers.intake.proposing.findings.sold.not_sales import refusal_lines, what_it_is
from helpers.intake.proposing.grouping import (
    are_same_tables,
    group_samples,
    have_same_columns,
    is_further_sales,
    is_returns_file,
)
from helpers.intake.proposing.samples import Sample, read_samples
from helpers.intake.proposing.synonyms import CUSTOMER_NAME_WORDS, ROLES
from helpers.intake.proposing.toml import toml
from helpers.intake.reading.sources import is_called
from helpers.settings.source import TABLE_NAMES, TableName

#: Up to this share of rows that repeat they are lines alike of one document; more are rows exported twice.
_FEW_REPEATED = 0.05


def propose_map(data: Path | str | Sequence[Path | str]) -> str:
    """Propose a ``workbook.toml`` for an export, from its heads and the values below them.

    Each file goes to the standard table that most of its columns fit, lines that have their date or customer in
    another file are joined to it. What is proposed is computed on the sample first; what was seen stands as a comment,
    and what the values cannot tell as a question, the value ``"?"``. Columns that nothing is made of are named.

    Parameters
    ----------
    data
        As for :func:`helpers.intake.read_tables`.

    Returns
    -------
    str
        TOML; :func:`helpers.settings.config.load_settings` reads it once its questions are answered.

    Raises
    ------
    WorkbookError
        There is nothing to read.
    """
    samples, unreadable, files = read_samples(data)
    chosen: dict[TableName, list[Sample]] = {}
    others: list[Sample] = []
    no_sales: list[tuple[Sample, str]] = []
    for sample in samples:
        table = best_table(sample)
        if reason := what_it_is(table, sample, samples):
            no_sales.append((sample, reason))
        elif table is None:
            others.append(sample)
        else:
            chosen.setdefault(table, []).append(sample)
    if "order_lines" not in chosen:
        choose_order_lines(chosen, others)
    if "order_lines" not in chosen and not no_sales:
        left = [*others, *(sample for table in ("customers", "products") for sample in chosen.get(table, ()))]
        no_sales = [
            (sample, reason) for sample in left if (reason := what_it_is("order_lines", sample, samples))
        ]
    move_ledgers(chosen)
    chosen = {table: group_samples(table, samples, files) for table, samples in chosen.items()}
    documents = find_documents(chosen, others)
    lines: list[str] = []
    drafts: list[Draft] = []
    for table in TABLE_NAMES:
        candidates = sorted(
            chosen.get(table, []),
            key=lambda sample: (id(sample) not in documents, -fit(table, sample), -sample.rows),
        )
        similar = [
            each
            for each in candidates[1:]
            if table == "order_lines"
            and any(
                alike(candidates[0], each)
                for alike in (have_same_columns, is_returns_file, are_same_tables, is_further_sales)
            )
        ]
        if table == "order_lines" and candidates:
            similar += [each for each in others if lacks_head(candidates[0], each)]
        for rank, sample in enumerate(candidates):
            if similar and not rank:
                sample = replace(sample, settings=_file_question(sample, similar))
            lines_draft = next((each for each in drafts if each.table == "order_lines"), None)
            draft = _draft(table, sample, documents.get(id(sample)), chosen, lines_draft)
            # A second candidate for one table is shown, not chosen.
            lines += [line and f"# {line}" for line in _table_lines(draft)] if rank else _table_lines(draft)
            drafts += [] if rank else [draft]
        if table == "order_lines" and not candidates and no_sales:
            (sample, reason), *no_sales = no_sales
            lines += refusal_lines(sample, _file_name(sample), reason)
    lines += [f"# {_file_name(sample)} {reason}." for sample, reason in no_sales]
    if others:
        lines += ["# Not recognised as a standard table:", *(f"#   {_unread(each)}" for each in others)]
    lines += [f"# Could not be read: {each}" for each in unreadable]
    head = [
        "# Proposed by `workbook init` from heads and values. Check every line before the first report.",
        "",
    ]
    currency, report = report_currency(drafts)
    chinese = is_chinese([column for sample in samples for column in sample.columns])
    report += ['language = "zh"  # by the heads'] if chinese else []
    head += ["[report]", '# company = "..."', *report, "", *calendar_lines(currency, chinese)]
    head += _leave_out_lines(drafts)
    head += [line for draft in drafts if draft.table == "order_lines" for line in same_codes_lines(draft)]
    # What a comment repeats of a cell or a head may hold line breaks, and TOML has none in comments.
    return "\n".join(re.sub(r"[\x00-\x08\x0a-\x1f\x7f]+", " ", line) for line in head + lines).rstrip() + "\n"


def _leave_out_lines(drafts: Sequence[Draft]) -> list[str]:
    """Return the setting for files and tables that are named like a standard table but are read for another."""
    tables = {draft.table for draft in drafts}
    used = {
        each.name: each.file or each.name
        for draft in drafts
        for each in (draft.sample, *draft.joined.values())
    }
    left_out = {
        table: file
        for table in TABLE_NAMES
        for name, file in used.items()
        if table not in tables and is_called(Path(name), table)
    }
    if not left_out:
        return []
    file_names = ", ".join(left_out.values())
    return [
        "[source]",
        f"leave_out = {toml(list(left_out))}  # {file_names}: read for the order lines, see below",
        "",
    ]


def _file_question(sample: Sample, others: Sequence[Sample]) -> tuple[str, ...]:
    """Ask whether the files of a table are complete, where others have its columns in another layout."""
    files, *more = sample.settings
    if not sample.file:
        declared = tomllib.loads(files)["table"]
        names = [declared] if isinstance(declared, str) else declared
        all_names = [*names, *(each.name for each in others)]
        return (
            f"#   {toml(declared)}  # only this: the others hold copies of its rows, or no sales",
            f"#   {toml(all_names)}  # all of them: the others hold further sales, as an archive does",
            f'table = "?"  # {", ".join(all_names[len(names) :])} of the same columns: further sales?',
            *more,
        )
    file_names = ", ".join(_file_name(each) for each in others[:3]) + (
        " and others" if len(others) > 3 else ""
    )
    question = (
        "the same columns, but laid out or written otherwise (see below), so that one map does not read all. Are they "
        "further sales? Then export all alike"
    )
    if any(lacks_head(sample, each) for each in others):
        question = "no head, but rows as of this table. If they are further sales, write the head above them, in each"
    if any(is_returns_file(sample, each) for each in others):
        question = (
            "returns, by the name. If they are not among the sales already, put them there with a minus, or with a "
            "column that says what they are"
        )
    return (
        f"#   {files.partition(' = ')[2]}  # only these: the others are no further sales",
        f'files = "?"  # {file_names}: {question}',
        *more,
    )


def _file_name(sample: Sample) -> str:
    """Name a file, and the sheet of it."""
    return f"{sample.sheet} of {sample.file}" if sample.sheet else sample.file or sample.name


def _draft(
    table: TableName,
    sample: Sample,
    documents: Joined | None,
    chosen: Mapping[TableName, Sequence[Sample]],
    lines_draft: Draft | None,
) -> Draft:
    """Match the columns of a table, and apply the findings from its values."""
    joined = [documents] if documents else []
    cells = dict(sample.columns)
    if documents:
        cells |= {f"{DOCUMENT}.{name}": texts for name, texts in documents.sample.columns.items()}
    columns = {name: [each for each in texts if each] for name, texts in cells.items()}
    mapped, _, _ = match_columns(table, columns)
    amounts: tuple[str, ...] = ()
    if table == "order_lines":
        amounts = tuple(
            column for column in columns if column.startswith(f"{DOCUMENT}.") and is_amount(columns[column])
        )
        if "order_id" in mapped and not (documents and mapped["order_id"].startswith(f"{DOCUMENT}.")):
            numeric = [name for name in amount_heads(sample.columns) if is_amount(columns[name])]
            document_columns = document_amounts(
                sample.columns, mapped["order_id"], numeric, line_columns(sample, mapped)
            )
            lines = {
                mapped.get("quantity"),
                find_column((*ROLES["price"], *ROLES["price_with_tax"]), numeric),
            }
            amounts += tuple(column for column in document_columns if column not in lines)
        joined += join_records(sample, mapped, chosen)
    mapped, unmapped, mismatch_comments = match_columns(table, columns, amounts)
    comments, matched, by_heads = list(mismatch_comments), dict[str, str](), dict[str, str]()
    if postings := posting_columns(sample):
        mapped = {name: postings[name] for name in ("order_id", "order_date") if name in postings}
        unmapped, comments = [column for column in columns if column not in mapped.values()], []
    elif table == "order_lines":
        name_column = None if "customer_id" in mapped else find_column(CUSTOMER_NAME_WORDS, unmapped)
        if name_column is not None:
            mapped["customer_id"] = name_column
            unmapped.remove(name_column)
            comments += names_told(name_column, columns[name_column])
        matched = match_by_values(sample, mapped, [each for each in unmapped if each in sample.columns])
    elif lines_draft is not None:
        by_heads = match_documents(table, sample.filled, mapped, unmapped)
        left = [column for column in unmapped if column not in by_heads.values()]
        matched = by_heads | match_codes_of_lines(table, sample, mapped | by_heads, left, lines_draft)
        if table == "payments":
            left = [column for column in unmapped if column not in matched.values()]
            matched |= match_payments_by_values(sample, mapped, left)
    for name, column in matched.items():
        mapped[name] = column
        unmapped = [each for each in unmapped if each != column]
        if column not in by_heads.values():
            comments.append(f"# {name} is {toml(column)} by its values: no head says so.")
    draft = Draft(
        table, sample, mapped, unmapped, {each.name: each.sample for each in joined}, amounts=amounts
    )
    draft.lookups = [line for each in joined for line in ("", *each.lines)]
    draft.comments = comments
    draft.add(_discard_name_collisions(draft))
    for finder in finders_of(table, sample, "payments" in chosen):
        draft.add(finder(draft))
    return draft


def _discard_name_collisions(draft: Draft) -> Iterator[Finding]:
    """Discard columns that have a standard name by chance: they would be read without a line of the map."""
    by_lower_name = {column.lower(): column for column in draft.sample.columns}
    for name in draft.kinds:
        if (
            name in by_lower_name
            and by_lower_name[name] not in draft.columns.values()
            and name not in draft.columns
        ):
            kind = "DECIMAL(18,4)" if draft.kinds[name] in ("money", "quantity") else "VARCHAR"
            yield Finding(derived={name: f"CAST(NULL AS {kind})"})


def _table_lines(draft: Draft) -> list[str]:
    """Write one table of the map."""
    table, sample, mapped = draft.table, draft.sample, draft.columns
    lines = [f"[tables.{table}]", *sample.settings, *sample.comments]
    if (
        table == "order_lines"
        and "line_no" not in mapped
        and 0 < len(sample.repeated) <= _FEW_REPEATED * sample.rows
    ):
        lines.append(
            f"repeats_lines = true  # so {len(sample.repeated)} rows that stand there twice count twice, such as "
            f"{sample.repeated[0][:80]!r}; without it, once"
        )
    if not sample.is_complete and table == "order_lines":
        lines.append(f"# Looked at were the first {sample.rows:,} rows; what is counted below is of these.")
    lines += draft.format_lines
    lines += [line for finding in draft.findings for line in finding.settings]
    lines += draft.comments
    lines += [f"# {finding.observation}" for finding in draft.findings if finding.observation]
    lines += ["", f"[tables.{table}.columns]"]
    lines += [
        f"{name} = {toml(list(sample.aliases.get(mapped[name], ())) or mapped[name])}"
        for name in draft.kinds
        if name in mapped and name not in draft.questions
    ]
    lines += _unused(draft)
    supplied = {*mapped, *draft.derived, *draft.questions}
    needed = [column.name for column in contracts.columns(table) if column.required]
    if table == "exchange_rates" and currency_heads(sample.columns):
        needed = []
    for name in (*needed, *contracts.NEEDED_COLUMNS.get(table, ())):
        if name not in supplied:
            lines.append(f'# {name} is needed and was not found: {name} = "..."')
    lines += _aliases(draft)
    for key, block in sample.blocks:
        lines += [
            "",
            f"[tables.{table}.{key}]" if key in ("unpivot", "side_by_side") else f"[[tables.{table}.{key}]]",
            *block,
        ]
    if draft.derived or draft.questions:
        lines += ["", f"[tables.{table}.derived]"]
        lines += [
            f"{name} = {toml(sql)}" for name, sql in draft.derived.items() if name not in draft.questions
        ]
        for name, (question, answers) in draft.questions.items():
            lines += [f"#   {toml(value)}  # {means}" for value, means in answers]
            lines.append(f'{name} = "?"  # {question}')
    null_values = {name: words for finding in draft.findings for name, words in finding.nothing.items()}
    for name, words in null_values.items():
        lines += [
            "",
            f"[tables.{table}.formats.{name}]",
            f"nothing = {toml([*draft.words_for_nothing(), *words])}",
        ]
    lines += draft.lookups
    for rule, where, reason in (each for finding in draft.findings for each in finding.exclude):
        lines += ["", f"[[tables.{table}.exclude]]", f"rule = {toml(rule)}", f"where = {toml(where)}"]
        lines += [f"because = {toml(reason)}"]
    for doubt in (each for finding in draft.findings for each in finding.doubts):
        lines += ["", f"[[tables.{table}.exclude]]", f"rule = {toml(doubt.rule)}"]
        lines += [f"#   {toml(where)}  # {means}" for where, means in doubt.answers]
        lines += [f'where = "?"  # {doubt.asks}', f"because = {toml(doubt.reason)}"]
    return [*lines, ""]


def _aliases(draft: Draft) -> list[str]:
    """Return the aliases of columns that SQL or a setting uses by a name that only some files have."""
    sample = draft.sample
    texts = [*draft.derived.values(), *(sql for _, answers in draft.questions.values() for sql, _ in answers)]
    texts += [where for finding in draft.findings for _, where, _ in finding.exclude]
    texts += [*draft.lookups, *sample.comments, *(line for _, block in sample.blocks for line in block)]
    text = "\n".join(line for line in texts if not line.startswith("#"))
    used = {first: names for first, names in sample.aliases.items() if first in text}
    if not used:
        return []
    listed = [
        f"{toml(first)} = {toml([name for name in names if name != first])}" for first, names in used.items()
    ]
    return ["", f"[tables.{draft.table}.also_called]", *listed]


def _unused(draft: Draft) -> list[str]:
    """List the unused columns, each with example values."""
    columns = [column for column in draft.unmapped if not column.startswith(f"{DOCUMENT}.")]
    columns += [column for column in draft.unmapped if column.startswith(f"{DOCUMENT}.")]
    of_layout = [line for _, block in draft.sample.blocks for line in block]
    columns = [column for column in columns if f"year = {toml(column)}" not in of_layout]
    if not columns:
        return []
    return ["# Nothing is made of:"] + [
        f"#   {toml(column)} {_sample_of(draft.texts(column))}" for column in columns
    ]


def _sample_of(texts: Sequence[str]) -> str:
    values = list(dict.fromkeys(each for each in texts if each))
    if not values:
        return "(empty)"
    more = f", and {len(values) - 3} more" if len(values) > 3 else ""
    return f"({', '.join(value[:40] for value in values[:3])}{more})".replace("\n", " ").replace("\r", " ")


def _unread(sample: Sample) -> str:
    columns = ", ".join(
        f"{name} {_sample_of(texts[:50])}" for name, texts in list(sample.columns.items())[:6]
    )
    return f"{_file_name(sample)}: {columns}"
