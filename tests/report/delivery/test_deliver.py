"""A month's delivery from exports to mailboxes: each gets their own, nothing twice, nobody is stopped by another."""

import email
import io
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from email import policy
from pathlib import Path

import pytest

from helpers import intake
from helpers.engine.cache import cache
from helpers.errors import WorkbookError
from helpers.report.delivery.deliver import deliver
from helpers.report.delivery.plan import DeliverRequest, plan_deliveries, read_recipient_settings
from helpers.report.packs.deliveries import append_delivery, read_deliveries
from helpers.report.requests import ReportRequest

SECRET = "correct horse battery"


def request_for(exports, tmp_path, rows, toml="", **changes):
    (exports / "recipients.csv").write_text(
        "recipient,scope,language,pages,email,webhook,mask,encrypt\n" + "".join(f"{row}\n" for row in rows),
        encoding="utf-8",
    )
    (exports / "workbook.toml").write_text(f"[delivery]\npdf = false\n{toml}", encoding="utf-8")
    passphrases = changes.pop("passphrases", {})
    report = ReportRequest(str(exports), month="2026-08", out=tmp_path / "reports", passphrases=passphrases)
    return DeliverRequest(report, **changes)


def run(request):
    return deliver(request, lambda step: None)


def said(outcomes):
    return {(each.recipient, each.status): each.message for each in outcomes}


def text_of(data):
    """All that can be read in a mail and what goes with it, zips and slides opened."""
    mail = email.message_from_bytes(data, policy=policy.default)
    parts = [str(mail["Subject"])]
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            parts.append(part.get_content())
        elif part.get_content_type() != "image/png" and part.get_filename():
            parts += texts_of_archive(part.get_content())
    return "\n".join(parts)


def texts_of_archive(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            inside = archive.read(name)
            yield from (
                texts_of_archive(inside)
                if name.endswith(".xlsx") and inside[:2] == b"PK"
                else [inside.decode("utf-8", "replace")]
            )


@pytest.mark.slow
def test_each_recipient_gets_their_own_customers_once(exports, tmp_path, mailbox):
    toml = f'smtp = "{mailbox.address}"\nsender = "Reports <reports@example.com>"\n'
    rows = [
        "Ann,salesperson:S1,zh,02,ann@example.com,,,",
        "Bob,salesperson:S2,en,02,bob@example.com,,,",
        "Cid,team:Nowhere,,,cid@example.com,,,",
        "Dan,salesperson:S2,,00,dan@example.com,,,yes",
        "Eve,salesperson:S1,,00,eve@example.com,,yes,",
    ]
    mailbox.refused.add("bob@example.com")
    request = request_for(exports, tmp_path, rows, toml)
    first = said(run(request))

    assert "row 4, column scope: There is no team 'Nowhere'" in first["Cid", "failed"]
    assert (
        "row 5, column encrypt: the passphrase file has no line for salesperson:S2" in first["Dan", "failed"]
    )
    assert "row 6, column mask" in first["Eve", "failed"] and "WORKBOOK_MASK_KEY" in first["Eve", "failed"]
    assert "550 5.1.1" in first["Bob", "failed"]
    assert first["Ann", "sent"].startswith("sent to ann@example.com: 250 2.0.0 queued as Q1")
    ((_, to, content),) = mailbox.took
    assert to == ["ann@example.com"]
    assert "Ash" in text_of(content) and "Birch" not in text_of(content)
    assert "2026年8月" in text_of(content)

    mailbox.refused.clear()
    mailbox.log_in()
    second = said(run(request))
    assert "already" in second["Ann", "before"] and "--again" in second["Ann", "before"]
    assert ("Bob", "sent") in second
    assert [took[1] for took in mailbox.took] == [["ann@example.com"], ["bob@example.com"]]
    assert "Birch" in text_of(mailbox.took[1][2]) and "Ash" not in text_of(mailbox.took[1][2])

    mailbox.log_in()
    third = said(run(request_for(exports, tmp_path, rows[:1], toml, again=True)))
    assert ("Ann", "sent") in third
    undated = [re.sub(rb"\r\nDate: [^\r]*", b"", took[2]) for took in (mailbox.took[0], mailbox.took[2])]
    assert undated[0] == undated[1]

    record = [line for line in read_deliveries(tmp_path / "reports") if "event" in line]
    assert [(line["recipient"], line["event"]) for line in record] == [
        ("Ann", "sending"), ("Ann", "sent"), ("Bob", "sending"), ("Bob", "failed"),
        ("Bob", "sending"), ("Bob", "sent"), ("Ann", "sending"), ("Ann", "sent"),
    ]  # fmt: skip
    assert record[1]["receipt"] == "250 2.0.0 queued as Q1"
    assert record[1]["to"] == "ann@example.com" and len(record[1]["content"]) == 64
    written = [path for path in (tmp_path / "reports").rglob("*") if path.is_file()]
    assert all(b"a secret of tests" not in path.read_bytes() for path in written)


@pytest.mark.slow
def test_an_encrypted_report_tells_nothing_before_it_is_opened(exports, tmp_path):
    rows = ["Dan,salesperson:S2,en,00,dan@example.com,,,yes"]
    request = request_for(exports, tmp_path, rows, passphrases={"salesperson:S2": SECRET})
    ((outcome),) = run(request)
    assert outcome.status == "written"
    folder = Path(outcome.message.partition(";")[0])
    assert sorted(path.name for path in folder.iterdir()) == ["customer-report-2026-08.zip", "mail.eml"]
    mail = email.message_from_bytes((folder / "mail.eml").read_bytes(), policy=policy.default)
    said_openly = mail["Subject"] + "".join(
        mail.get_body((kind,)).get_content() for kind in ("plain", "html")
    )
    assert "passphrase" in said_openly
    assert not re.search(r"Birch|S2\b|9[,.]?008|net sales", said_openly, re.I)
    assert list((tmp_path / "reports").rglob("*.html")) == []
    (record,) = read_deliveries(tmp_path / "reports")
    assert (record["event"], record["recipient"], sorted(record["files"])) == (
        "written", "Dan", ["customer-report-2026-08.zip", "mail.eml"],
    )  # fmt: skip
    everything = [path.read_bytes() for path in (tmp_path / "reports").rglob("*") if path.is_file()]
    assert all(SECRET.encode() not in data and b"Birch" not in data for data in everything)


@pytest.mark.slow
def test_a_masked_report_names_nobody_and_the_same_run_names_others(exports, tmp_path, monkeypatch):
    monkeypatch.setenv("WORKBOOK_MASK_KEY", "a key of tests, long enough")
    rows = ["Eve,company,en,02,eve@example.com,,yes,", "Fay,company,en,02,fay@example.com,,,"]
    masked, named = (
        text_of((Path(each.message.partition(";")[0]) / "mail.eml").read_bytes())
        for each in sorted(run(request_for(exports, tmp_path, rows)), key=lambda each: each.recipient)
    )
    assert not re.search("Birch|Ash", masked)
    assert "Birch" in named


@pytest.mark.slow
def test_a_dry_run_says_who_gets_what_and_writes_nothing(exports, tmp_path):
    rows = ["Ann,salesperson:S1,zh,,ann@example.com,wecom:SALES,,", "Cid,team:Nowhere,,,cid@example.com,,,"]
    toml = 'smtp = "127.0.0.1:1"\nsender = "reports@example.com"\n'
    outcomes = run(request_for(exports, tmp_path, rows, toml, dry_run=True))
    assert [(each.recipient, each.status) for each in outcomes] == [
        ("Cid", "failed"), ("Ann", "would"), ("Ann", "would"),
    ]  # fmt: skip
    assert outcomes[1].message == "salesperson:S1, 2026-08, zh: would be sent to ann@example.com"
    assert not (tmp_path / "reports").exists()


@pytest.mark.slow
def test_what_may_have_been_sent_is_not_sent_again_by_itself(exports, tmp_path, mailbox):
    toml = f'smtp = "{mailbox.address}"\nsender = "reports@example.com"\n'
    (tmp_path / "reports").mkdir()
    append_delivery(tmp_path / "reports", {
        "event": "sending", "month": "2026-08", "scope": "salesperson:S1", "language": "en",
        "pages": ["00_summary.ipynb"], "masked": False, "encrypted": False, "by": "smtp", "to": "ann@example.com",
    })  # fmt: skip
    (outcome,) = run(request_for(exports, tmp_path, ["Ann,salesperson:S1,en,00,ann@example.com,,,"], toml))
    assert outcome.status == "before"
    assert "may have been sent" in outcome.message
    assert mailbox.took == []


@pytest.mark.slow
def test_a_chat_gets_the_front_pages_text_once(exports, tmp_path, chat, monkeypatch):
    monkeypatch.setenv("WORKBOOK_WEBHOOK_SALES", chat.at["SALES"])
    request = request_for(exports, tmp_path, ["Team,company,en,00,,wecom:SALES,,"])
    (outcome,) = run(request)
    assert (outcome.status, outcome.message) == (
        "sent", 'sent to wecom:SALES: 200 {"errcode":0,"errmsg":"ok"}',
    )  # fmt: skip
    (took,) = chat.took
    assert took["text"]["content"].startswith("Whole company · August 2026\n")
    assert "Net sales in August 2026: 9.22K" in took["text"]["content"]
    assert [each.status for each in run(request)] == ["before"]
    assert len(chat.took) == 1
    written = [path.read_bytes() for path in (tmp_path / "reports").rglob("*") if path.is_file()]
    assert all(b"the-secret-key" not in data for data in written)


def test_a_mail_without_a_server_is_said_to_be_written_beside_what_a_chat_gets(exports, tmp_path):
    rows = ["Ann,company,,,ann@example.com,wecom:SALES,,"]
    mail = run(request_for(exports, tmp_path, rows, dry_run=True))[1]
    assert mail.message.endswith("would be written; [delivery] names no mail server, it is not sent")


def test_a_month_sent_in_its_course_is_sent_again_when_it_is_whole(exports, tmp_path):
    """What went out in the middle of September is no reason to keep the whole of it back."""
    (tmp_path / "reports").mkdir()
    line = {"event": "sent", "scope": "company", "language": "en", "masked": False, "encrypted": False, "pages": [],
            "by": "webhook", "to": "wecom:SALES"}  # fmt: skip
    append_delivery(tmp_path / "reports", line | {"month": "2026-09", "until": "2026-09-14"})
    append_delivery(tmp_path / "reports", line | {"month": "2026-08"})
    rows = ["Ann,company,en,,,wecom:SALES,,"]
    whole = request_for(exports, tmp_path, rows, dry_run=True)
    for month, status in (("2026-09", "would"), ("2026-08", "before")):
        (outcome,) = run(replace(whole, report=replace(whole.report, month=month)))
        assert outcome.status == status


def test_the_data_are_read_once_for_all_recipients(exports, tmp_path, monkeypatch):
    """Of a database server every reading is a whole one, and the next may be of other rows."""
    monkeypatch.setattr(cache, "_run", None)  # as in the child that plans
    read, reading = [], intake.read_tables
    monkeypatch.setattr(intake, "read_tables", lambda *given: read.append(given) or reading(*given))
    rows = ["Ann,company,zh,,,,,", "Bob,salesperson:S1,en,00,,,,", "Cid,salesperson:S2,,,,,,"]
    request = request_for(exports, tmp_path, rows)
    wishes, refused = plan_deliveries(request, read_recipient_settings(request)[1])
    assert ([wish.pack.scope for wish in wishes], refused) == (
        ["company", "salesperson:S1", "salesperson:S2"], (),
    )  # fmt: skip
    assert len(read) == 1


@pytest.mark.parametrize("module", ["delivery.deliver", "clean", "operation"])
def test_what_draws_and_counts_is_left_to_children(module):
    """The process that only coordinates starts at once, and has no library in memory that it never asks."""
    code = (
        f"import sys, helpers.report.{module}; print({{'matplotlib', 'numpy', 'pandas'}} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"


def test_somebody_who_is_not_in_the_table_is_named(exports, tmp_path):
    with pytest.raises(WorkbookError, match=r"no recipient Zoe\. There are: Ann"):
        run(request_for(exports, tmp_path, ["Ann,company,,,,,,"], only=("Zoe",)))


def test_a_server_without_a_sender_is_refused(exports, tmp_path):
    with pytest.raises(WorkbookError, match="no sender"):
        run(request_for(exports, tmp_path, ["Ann,company,,,,,,"], 'smtp = "mail.example.com"\n'))


def test_a_line_that_a_full_disk_cut_short_is_passed_over(tmp_path):
    append_delivery(tmp_path, {"event": "sent"})
    with (tmp_path / "deliveries.jsonl").open("a") as file:
        file.write('{"event": "se')
    append_delivery(tmp_path, {"event": "failed"})
    assert [line["event"] for line in read_deliveries(tmp_path)] == ["sent", "failed"]
    assert json.loads((tmp_path / "deliveries.jsonl").read_text().splitlines()[0])["recorded"]
