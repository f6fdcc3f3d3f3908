"""What someone at a terminal gets: a pack, or one clear paragraph and the right exit code."""

import errno
import inspect
import json
import os
import subprocess
import sys
from importlib.metadata import version
from typing import get_args, get_type_hints

import pytest
from typer.testing import CliRunner

from helpers.cli import app, main
from helpers.settings.config import load_settings

LINES = """order_id,line_no,order_date,customer_id,product_id,quantity,net_amount
A1,1,2026-08-03,C1,P1,2,200.00
A2,1,2026-09-14,C1,P1,1,100.00
A3,1,2026-09-30,C2,P2,5,50.00
"""


def workbook(*arguments, monkeypatch):
    """Run the command as the shell would; returns its exit code."""
    monkeypatch.setattr(sys, "argv", ["workbook", *map(str, arguments)])
    mask = os.umask(0o022)
    try:
        with pytest.raises(SystemExit) as stop:
            main()
    finally:
        os.umask(mask)
    return stop.value.code or 0


@pytest.fixture
def exports(tmp_path, own_cache):
    folder = tmp_path / "exports"
    folder.mkdir()
    (folder / "order_lines.csv").write_text(LINES)
    return folder


@pytest.fixture
def refused(exports, tmp_path, monkeypatch, capsys):
    """Run ``workbook report`` with what cannot work; gives back the paragraph on standard error."""

    def run(*arguments):
        code = workbook("report", "--out", tmp_path / "reports", *arguments, monkeypatch=monkeypatch)
        said = capsys.readouterr().err.splitlines()
        assert code == 2
        assert not (tmp_path / "reports").exists() or not any((tmp_path / "reports").rglob("*.html"))
        paragraph = said[-1]
        assert paragraph.startswith("workbook: ") and "Traceback" not in "".join(said)
        return paragraph

    return run


def test_the_command_says_the_version_that_is_installed(monkeypatch, capsys):
    assert workbook("--version", monkeypatch=monkeypatch) == 0
    assert capsys.readouterr().out == f"workbook {version('customer-workbook')}\n"


def test_missing_data_are_named(refused, tmp_path):
    assert "nowhere" in refused("--data", tmp_path / "nowhere")


def test_a_month_without_orders_names_the_months_there_are(refused, exports):
    paragraph = refused("--data", exports, "--month", "2026-07")
    assert "2026-07" in paragraph and "2026-08" in paragraph and "2026-09" in paragraph


def test_a_month_in_the_future_is_refused(refused, exports):
    assert "2031-01" in refused("--data", exports, "--month", "2031-01")


def test_a_month_that_is_no_month_shows_how_to_write_one(refused, exports):
    assert "YYYY-MM" in refused("--data", exports, "--month", "October")


def test_an_unknown_salesperson_is_refused(refused, exports):
    assert "salesperson 'Nobody'" in refused("--data", exports, "--scope", "salesperson:Nobody")


def test_a_scope_that_is_no_scope_shows_how_to_write_one(refused, exports):
    assert "team:NAME" in refused("--data", exports, "--scope", "region:North")


def test_a_missing_settings_file_is_named(refused, exports, tmp_path):
    assert "my.toml" in refused("--data", exports, "--map", tmp_path / "my.toml")


def test_an_unknown_setting_is_named(refused, exports):
    (exports / "workbook.toml").write_text("[tables.order_lines]\nfile = 'x.csv'\n")
    assert "tables.order_lines.file" in refused("--data", exports)


def test_an_output_that_cannot_be_written_is_found_before_any_work(exports, tmp_path, monkeypatch, capsys):
    (tmp_path / "taken").write_text("a file, not a folder")
    code = workbook(
        "report", "--data", exports, "--out", tmp_path / "taken" / "reports", monkeypatch=monkeypatch
    )
    said = capsys.readouterr().err
    assert code == 2
    assert "taken" in said and "Traceback" not in said


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, "Cannot allocate memory"),
        ImportError("_backend_agg.so: failed to map segment from shared object"),
    ],
)
def test_too_little_memory_is_told_in_a_sentence_whatever_first_lacks_it(monkeypatch, capsys, error):
    def fail():
        raise error

    monkeypatch.setattr("helpers.cli.app", fail)
    assert workbook("report", monkeypatch=monkeypatch) == 2
    assert capsys.readouterr().err.startswith("workbook: There is not enough memory.")


def test_a_library_that_is_missing_is_not_said_to_be_memory(monkeypatch):
    def fail():
        raise ImportError("No module named 'duckdb'")

    monkeypatch.setattr("helpers.cli.app", fail)
    with pytest.raises(ImportError, match="duckdb"):
        workbook("report", monkeypatch=monkeypatch)


def test_check_prints_where_every_row_went(exports, monkeypatch, capsys):
    (exports / "order_lines.csv").write_text(LINES + LINES.splitlines()[1] + "\n")
    (exports / "workbook.toml").write_text("[quarantine]\nmax_share = 0.5\n")
    assert workbook("check", exports, monkeypatch=monkeypatch) == 0
    printed = capsys.readouterr().out
    assert "4 rows read" in printed
    assert "duplicate" in printed


def test_init_proposes_a_map_that_check_accepts(tmp_path, own_cache, monkeypatch, capsys):
    folder = tmp_path / "exports"
    folder.mkdir()
    renamed = LINES.replace("order_id,line_no,order_date,customer_id", "订单编号,行号,订单日期,客户编号")
    (folder / "订单明细.csv").write_text(
        renamed.replace("quantity,net_amount", "数量,金额"), encoding="utf-8"
    )
    map_file = tmp_path / "workbook.toml"
    assert workbook("init", folder, "--out", map_file, monkeypatch=monkeypatch) == 0
    assert 'answer its 1 question ("?"), then run: workbook check' in capsys.readouterr().out
    assert workbook("check", folder, "--map", map_file, monkeypatch=monkeypatch) == 2
    assert "report.currency (line 5): the currency of the report" in capsys.readouterr().err
    map_file.write_text(map_file.read_text(encoding="utf-8").replace('"?"', '"CNY"'), encoding="utf-8")
    assert workbook("check", folder, "--map", map_file, monkeypatch=monkeypatch) == 0
    assert "3 rows read, 350.0000" in capsys.readouterr().out


def test_init_asks_on_a_terminal_with_the_answers_numbered(tmp_path, own_cache, monkeypatch, capsys):
    folder = tmp_path / "exports"
    folder.mkdir()
    head = "Order No,Order Date,Customer No,Qty,Amount\n"
    (folder / "orders.csv").write_text(head + "A1,03/04/2026,C1,1,10\nA2,05/04/2026,C1,1,20\n")
    given = iter(["GBP", "1"])
    monkeypatch.setattr("rich.prompt.PromptBase.get_input", lambda *_, **__: next(given))
    for stream in ("stdin", "stderr"):
        monkeypatch.setattr(f"sys.{stream}.isatty", lambda: True, raising=False)
    assert workbook("init", folder, "--out", tmp_path / "workbook.toml", monkeypatch=monkeypatch) == 0
    settings = load_settings(tmp_path / "workbook.toml")
    assert settings.report.currency == "GBP"
    assert settings.tables["order_lines"].date_format == "%d/%m/%Y"
    assert '1  "%d/%m/%Y": 03/04/2026 is then 2026-04-03' in capsys.readouterr().err


def test_init_never_writes_over_a_map(exports, tmp_path, monkeypatch, capsys):
    mine = tmp_path / "workbook.toml"
    mine.write_text("# my own work")
    assert workbook("init", exports, "--out", mine, monkeypatch=monkeypatch) == 2
    assert mine.read_text() == "# my own work"
    assert "workbook.toml is there already" in capsys.readouterr().err


def test_sample_is_made_where_asked(tmp_path, monkeypatch):
    out = tmp_path / "sample"
    arguments = ("sample", "--customers", 5, "--months", 4, "--seed", 1, "--out", out)
    assert workbook(*arguments, monkeypatch=monkeypatch) == 0
    assert (out / "order_lines.parquet").is_file()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="no such permissions on Windows")
def test_packs_and_cache_are_for_the_eyes_of_who_made_them(exports, tmp_path):
    """In a process of its own: here the processes of a report may have been started under another mask."""
    command = [
        sys.executable,
        "-m",
        "helpers.cli",
        "report",
        "--data",
        exports,
        "--out",
        tmp_path / "reports",
    ]
    subprocess.run([*map(str, command)], check=True, umask=0o022, capture_output=True)

    made = [path for folder in ("reports", "cache") for path in (tmp_path / folder).rglob("*")]
    assert any(path.suffix == ".html" for path in made) and any(path.suffix == ".parquet" for path in made)
    assert [path for path in made if path.stat().st_mode & 0o077] == []


def test_an_export_that_was_not_renewed_has_an_exit_code_of_its_own(exports, tmp_path, monkeypatch, capsys):
    code = workbook(
        "report",
        "--data",
        exports,
        "--out",
        tmp_path / "reports",
        "--expect",
        "2026-10",
        monkeypatch=monkeypatch,
    )
    assert code == 3
    assert "The export was not renewed: 2026-10 is expected" in capsys.readouterr().err
    assert not (tmp_path / "reports").exists()


def test_deliver_asks_for_the_table_of_recipients(exports, tmp_path, monkeypatch, capsys):
    assert workbook("deliver", "--data", exports, "--out", tmp_path / "reports", monkeypatch=monkeypatch) == 2
    assert "The table of recipients" in capsys.readouterr().err


def test_deliver_says_what_it_would_do_and_fails_for_who_would_get_nothing(
    exports, tmp_path, monkeypatch, capsys
):
    (exports / "recipients.csv").write_text("recipient,scope,pages\nAnn,company,01\nBob,team:Nowhere,\n")
    given = ("deliver", "--data", exports, "--out", tmp_path / "reports", "--dry-run")
    assert workbook(*given, monkeypatch=monkeypatch) == 1
    said = capsys.readouterr()
    assert said.out == "Ann: company, 2026-09, en, pages 00, 01: files would be written, nothing is sent\n"
    assert "Bob: recipients.csv, row 3, column scope: There is no team 'Nowhere'" in said.err
    assert workbook(*given, "--only", "Ann", "--log-format", "json", monkeypatch=monkeypatch) == 0
    assert json.loads(capsys.readouterr().out)["outcome"] == "would"
    assert not (tmp_path / "reports").exists()


def test_clean_wants_an_age(tmp_path, own_cache, monkeypatch, capsys):
    assert workbook("clean", "--older-than", "soon", "--out", tmp_path, monkeypatch=monkeypatch) == 2
    assert "Write it in days, as 90d" in capsys.readouterr().err


@pytest.mark.parametrize("command", app.registered_commands, ids=lambda command: command.callback.__name__)
def test_help_says_every_word_of_a_command_and_its_options(command):
    """A word in brackets, such as the name of a section of settings, is text and no mark-up."""
    callback = command.callback
    said = CliRunner().invoke(app, [callback.__name__, "--help"], env={"COLUMNS": "500"}).output
    hints = [
        hint for each in get_type_hints(callback, include_extras=True).values() for hint in get_args(each)
    ]
    texts = [inspect.getdoc(callback), *(hint.help for hint in hints if getattr(hint, "help", None))]
    lost = [word for text in texts for word in text.split() if word not in said]
    assert not lost
