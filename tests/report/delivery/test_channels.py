"""Mails through a real server on loopback, texts into a chat: the answer is the receipt, secrets stand nowhere."""

import email
import html
from email.utils import parsedate_to_datetime

import pytest

from helpers.errors import WorkbookError
from helpers.report.delivery.channels.smtp import Server
from helpers.report.delivery.channels.webhook import check_webhook, pop_addresses, post
from helpers.settings.report import Delivery

MAIL = b"From: reports@example.com\r\nDate: Sun, 01 Nov 2026 00:00:00 +0000\r\n\r\nDate: stays\r\n"


def settings(box, **changes):
    return Delivery(smtp=box.address, sender="reports@example.com", **changes)


def test_a_mail_goes_encrypted_after_a_login_and_the_answer_is_the_receipt(mailbox, monkeypatch):
    server = Server(settings(mailbox))
    receipts = [server.send(MAIL, "reports@example.com", to) for to in ("a@example.com", "b@example.com")]
    server.close()
    assert receipts == ["250 2.0.0 queued as Q1", "250 2.0.0 queued as Q2"]
    assert [took[1] for took in mailbox.took] == [["a@example.com"], ["b@example.com"]]


def test_a_mail_is_dated_when_it_is_sent(mailbox):
    server = Server(settings(mailbox))
    server.send(MAIL, "reports@example.com", "a@example.com")
    server.close()
    mail = email.message_from_bytes(mailbox.took[0][2])
    assert parsedate_to_datetime(mail["Date"]).year >= 2026
    assert mail["Date"] != "Sun, 01 Nov 2026 00:00:00 +0000"
    assert mail.get_payload().strip() == "Date: stays"


def test_a_mailbox_that_is_not_there_does_not_stop_the_next(mailbox):
    mailbox.refused.add("gone@example.com")
    server = Server(settings(mailbox))
    with pytest.raises(WorkbookError, match=r"refused gone@example\.com: 550 5\.1\.1 no such mailbox"):
        server.send(MAIL, "reports@example.com", "gone@example.com")
    assert server.send(MAIL, "reports@example.com", "a@example.com").startswith("250")
    server.close()


def test_a_wrong_password_is_told_and_not_shown(mailbox, monkeypatch):
    monkeypatch.setenv("WORKBOOK_SMTP_PASSWORD", "a wrong secret")
    with pytest.raises(WorkbookError, match="did not accept WORKBOOK_SMTP_USER") as told:
        Server(settings(mailbox)).send(MAIL, "reports@example.com", "a@example.com")
    assert "a wrong secret" not in str(told.value)


def test_a_server_that_nobody_vouches_for_gets_nothing(mailbox, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(WorkbookError, match="cannot be encrypted"):
        Server(settings(mailbox)).send(MAIL, "reports@example.com", "a@example.com")
    assert mailbox.took == []


def test_a_password_never_goes_over_an_open_line(mailbox):
    with pytest.raises(WorkbookError, match="not encrypted"):
        Server(settings(mailbox, security="none")).send(MAIL, "reports@example.com", "a@example.com")


def test_a_mail_that_is_too_large_for_the_server_is_not_tried(mailbox):
    with pytest.raises(WorkbookError, match=r"takes \(5\.0 MB\): set max_megabytes"):
        Server(settings(mailbox)).send(MAIL + b"x" * 5_000_001, "reports@example.com", "a@example.com")


def test_no_later_process_has_the_password(mailbox, monkeypatch):
    import os

    Server(settings(mailbox))
    assert "WORKBOOK_SMTP_PASSWORD" not in os.environ


def test_a_server_that_is_not_there_is_named():
    with pytest.raises(WorkbookError, match=r"127\.0\.0\.1:1 cannot be used"):
        Server(Delivery(smtp="127.0.0.1:1", sender="reports@example.com")).send(
            MAIL, "a@example.com", "b@example.com"
        )


@pytest.mark.parametrize(
    ("kind", "answer", "told"),
    [
        ("wecom", '{"errcode":0,"errmsg":"ok"}', lambda sent: sent["text"]["content"]),
        ("slack", "ok", lambda sent: html.unescape(sent["text"])),
        (
            "teams",
            "",
            lambda sent: "\n".join(
                each["inlines"][0]["text"] for each in sent["attachments"][0]["content"]["body"]
            ),
        ),
    ],
)
def test_each_chat_gets_the_text_in_its_own_form(chat, kind, answer, told):
    chat.answer = (200, answer, [])
    assert post(f"{kind}:SALES", "业绩 & <b>\n3*25+1*16 93%", chat.at).startswith("200")
    assert told(chat.took[0]) == "业绩 & <b>\n3*25+1*16 93%"


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        ("wecom", (200, '{"errcode":93000,"errmsg":"invalid webhook url"}', [])),
        ("wecom", (200, "<html>", [])),
        ("slack", (404, "no_team", [])),
        ("slack", (200, "<html>sign in</html>", [])),
        ("teams", (302, "", [("Location", "http://127.0.0.1/elsewhere")])),
    ],
)
def test_what_a_chat_did_not_take_is_not_called_sent_and_its_address_stays_secret(chat, kind, answer):
    chat.answer = answer
    with pytest.raises(WorkbookError) as told:
        post(f"{kind}:SALES", "text", chat.at)
    assert "the-secret-key" not in str(told.value)


def test_an_address_that_is_missing_or_open_is_refused_by_its_variable():
    with pytest.raises(
        WorkbookError, match="WORKBOOK_WEBHOOK_SALES with the address of wecom:sales is not set"
    ):
        post("wecom:sales", "text", {})
    with pytest.raises(WorkbookError, match="does not start with https"):
        post("slack:SALES", "text", {"SALES": "http://chat.example.com/secret"})


def test_a_chat_that_is_not_there_is_told_without_its_address():
    with pytest.raises(WorkbookError, match="cannot be reached") as told:
        post("slack:SALES", "text", {"SALES": "http://127.0.0.1:1/secret"})
    assert "secret" not in str(told.value)


def test_no_later_process_has_the_addresses(monkeypatch):
    import os

    monkeypatch.setenv("WORKBOOK_WEBHOOK_SALES", "https://chat.example.com/secret")
    assert pop_addresses()["SALES"] == "https://chat.example.com/secret"
    assert "WORKBOOK_WEBHOOK_SALES" not in os.environ


def test_a_chat_is_named_by_kind_and_name():
    assert check_webhook("wecom:sales") == ("wecom", "SALES")
    with pytest.raises(WorkbookError, match="wecom:NAME"):
        check_webhook("telegram:SALES")
