"""A message into a chat: WeCom, Teams and Slack take text at an address that is a secret of its own.

The address comes from the environment alone (``WORKBOOK_WEBHOOK_NAME``) and stands in no message, log or file.
"""

import json
import os
import re
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException, HTTPMessage
from typing import IO, Any
from urllib.parse import urlsplit

from helpers.errors import WorkbookError

VARIABLE = "WORKBOOK_WEBHOOK_"
#: The longest text in bytes that each takes; WeCom refuses a longer one.
MOST_BYTES = {"wecom": 2048, "teams": 20_000, "slack": 20_000}
_SECONDS = 30
_ANSWER_BYTES = 10_000
_LOCAL = ("127.0.0.1", "localhost", "::1")


def check_webhook(text: str) -> tuple[str, str]:
    """Read ``wecom:SALES``: the kind, and the name that ends the variable with the address.

    Raises
    ------
    WorkbookError
        It is written otherwise.
    """
    kind, _, name = text.partition(":")
    if kind not in MOST_BYTES or not re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name):
        raise WorkbookError(
            f"a webhook is written {', '.join(f'{each}:NAME' for each in MOST_BYTES)}; its address stands in the "
            f"environment variable {VARIABLE}NAME, never in a table."
        )
    return kind, name.upper()


def pop_addresses() -> dict[str, str]:
    """Take the addresses out of the environment, so that no process that is started later has them."""
    names = [name for name in os.environ if name.startswith(VARIABLE)]
    return {name.removeprefix(VARIABLE).upper(): os.environ.pop(name).strip() for name in names}


def post(webhook: str, text: str, addresses: Mapping[str, str]) -> str:
    """Post a text; returns what the chat answered.

    Raises
    ------
    WorkbookError
        There is no address, or the chat did not take it. The address is never named.
    """
    kind, name = check_webhook(webhook)
    url = addresses.get(name, "")
    if not url:
        raise WorkbookError(
            f"The environment variable {VARIABLE}{name} with the address of {webhook} is not set."
        )
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOCAL):
        raise WorkbookError(f"The address in {VARIABLE}{name} does not start with https://.")
    body = json.dumps(_payload(kind, text), ensure_ascii=False).encode("utf-8")
    status, answer = request(url, body, f"{VARIABLE}{name}")
    if not _is_taken(kind, answer):
        raise WorkbookError(
            f"{webhook} did not take the message: {answer[:200] or f'status {status}, no reason'}"
        )
    return f"{status} {answer[:200]}".strip()


def request(url: str, body: bytes | None, label: str) -> tuple[int, str]:
    """Ask for an address that is not to be named, but ``label`` so; returns status and text of the answer."""
    message = urllib.request.Request(
        url, data=body, headers={"Content-Type": "application/json; charset=utf-8"}
    )
    try:
        with urllib.request.build_opener(_NoRedirects).open(message, timeout=_SECONDS) as response:
            return response.status, response.read(_ANSWER_BYTES).decode("utf-8", "replace").strip()
    except urllib.error.HTTPError as error:
        answer_text = error.read(_ANSWER_BYTES).decode("utf-8", "replace").strip()[:200]
        raise WorkbookError(
            f"The address in {label} answered {error.code}: {answer_text.replace(url, label)}"
        ) from None
    except urllib.error.URLError as error:
        reason = error.reason.strerror if isinstance(error.reason, OSError) else ""
        raise WorkbookError(
            f"The address in {label} cannot be reached: {reason or 'no connection'}."
        ) from None
    except (OSError, HTTPException, ValueError):
        raise WorkbookError(f"The address in {label} cannot be reached, or gave no answer.") from None


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A message that is sent elsewhere comes without its text: that is not a delivery."""

    def redirect_request(
        self, req: Any, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


def _payload(kind: str, text: str) -> dict[str, Any]:
    if kind == "wecom":
        return {"msgtype": "text", "text": {"content": text}}
    if kind == "slack":
        escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return {"text": escaped, "mrkdwn": False}
    # Rich text has no marks: names from the data are neither bold nor links.
    lines = [
        {"type": "RichTextBlock", "inlines": [{"type": "TextRun", "text": line}]}
        for line in text.splitlines()
        if line
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json", "type": "AdaptiveCard", "version": "1.4",
        "body": lines,
    }  # fmt: skip
    return {
        "type": "message",
        "attachments": [{"contentType": "application/vnd.microsoft.card.adaptive", "content": card}],
    }


def _is_taken(kind: str, answer: str) -> bool:
    """Whether the answer says so: WeCom answers 200 to what it refuses."""
    if kind == "slack":
        return answer == "ok"
    if kind == "wecom":
        try:
            return bool(json.loads(answer).get("errcode") == 0)
        except (ValueError, AttributeError):
            return False
    return True
