"""Chromium and Firefox show a pack's pages; what a mail reader's sanitiser leaves of them."""

from __future__ import annotations

import base64
import html
import json
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from works_with.seen import PROJECT, Rows, Seen, Work, pages, printed, program, run, version_of

PASSPHRASE = "right horse battery 马"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_START_SECONDS = 60
_CLEANED = {
    "nh3": "import nh3, sys; print(nh3.clean(sys.stdin.read()))",
    "bleach": """import bleach, sys
tags = bleach.ALLOWED_TAGS | set("p div span table thead tbody tr td th h1 h2 h3 ul li img br".split())
print(bleach.clean(sys.stdin.read(), tags, strip=True))""",
}

#: What is asked of a page that is open, in both browsers.
_HOVERED = "return document.querySelectorAll('svg title').length"
_SHOWN = "return document.body.innerText.length"
_FOCUSED = "return [document.activeElement.tagName, document.activeElement.parentElement?.open ?? null]"


def encrypted(work: Work) -> Path:
    """The pack once more, encrypted; made once."""
    folder = work.folder / "encrypted"
    if not folder.exists():
        from helpers.present.words import words
        from helpers.report.packs.encrypt import encrypt_pack

        shutil.copytree(work.pack, folder)
        encrypt_pack(folder, PASSPHRASE, words("en"))
    return folder


def chromium(work: Work) -> Rows:
    """Every page opened and printed, moved through by keyboard; the encrypted page."""
    from playwright.sync_api import sync_playwright

    path = program(*BROWSERS, package="chromium")
    version = run([path, "--version"]).split()[1]
    with sync_playwright() as started:
        browser = started.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page()
        said: list[str] = []
        asked: list[str] = []
        page.on("console", lambda message: said.append(message.text))
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("request", lambda request: asked.append(request.url))
        sheets = hovered = 0
        for path_of_page in pages(work.pack):
            page.goto(path_of_page.as_uri())
            hovered += page.evaluate(f"() => {{ {_HOVERED} }}")
            sheets += _sheets(page.pdf(format="A4"), work.folder / "chromium.pdf")
        _nothing(said, [url for url in asked if not url.startswith(("file:", "data:"))])
        yield Seen("Chromium", version, _opened(len(pages(work.pack)), sheets, hovered))
        page.goto((work.pack / "index.html").as_uri())
        yield Seen("Chromium", version, _by_keyboard(
            lambda: page.keyboard.press("Tab"), lambda: page.keyboard.press("Enter"),
            lambda: page.evaluate(f"() => {{ {_FOCUSED} }}"),
        ))  # fmt: skip
        page.goto((encrypted(work) / "index.html").as_uri())
        page.fill("#passphrase", PASSPHRASE)
        page.keyboard.press("Enter")
        page.locator("main h1").wait_for()
        page.locator("main a[href$='.html']:visible").first.click()
        page.go_back()
        asked_again = page.locator("#passphrase").is_visible()
        browser.close()
    yield Seen("Chromium", version, _unlocked(asked_again))


def firefox(work: Work) -> Rows:
    """Every page opened and printed, moved through by keyboard; the encrypted page."""
    path = program("firefox-esr", "firefox", package="firefox-esr")
    version = run([path, "--version"]).split()[-1]
    with _marionette(path, work.made("firefox")) as fox:
        sheets = hovered = 0
        for path_of_page in pages(work.pack):
            fox.open(path_of_page)
            hovered += fox.ask(_HOVERED)
            assert fox.ask(_SHOWN) > 500, f"{path_of_page.name} shows nothing"
            pdf = fox("WebDriver:Print", page={"width": 21.0, "height": 29.7})["value"]
            sheets += _sheets(base64.b64decode(pdf), work.folder / "firefox.pdf")
        yield Seen("Firefox", version, _opened(len(pages(work.pack)), sheets, hovered))
        fox.open(work.pack / "index.html")
        yield Seen("Firefox", version, _by_keyboard(lambda: fox.press("\ue004"), lambda: fox.press("\ue007"),
                                                    lambda: fox.ask(_FOCUSED)))  # fmt: skip
        fox.open(encrypted(work) / "index.html")
        fox.ask("document.querySelector('#passphrase').focus()")
        for key in PASSPHRASE:
            fox.press(key)
        fox.press("\ue007")
        fox.wait("return document.querySelector(\"main a[href$='.html']\") !== null")
        fox.ask("document.querySelector(\"main a[href$='.html']\").click()")
        fox("WebDriver:Back")
        fox.wait("return document.querySelector('main h1, #passphrase') !== null")
        yield Seen(
            "Firefox", version, _unlocked(fox.ask("return document.querySelector('#passphrase') !== null"))
        )


def sanitisers(work: Work) -> Rows:
    """What of a mail and of a page is left by two programs that take away what mail readers take away."""
    from helpers.report.delivery.formats.front import read_front
    from helpers.report.delivery.formats.letter import as_html

    python = work.overlay("sanitisers", "nh3", "bleach")
    front = read_front(PROJECT, "Example", "Whole company", "October 2026", "en")
    mail = as_html(front, {each.svg: f"picture-{n}@example.com" for n, each in enumerate(front.pictures)}, ())
    page = (work.pack / "index.html").read_text(encoding="utf-8")
    for name, cleaned in _CLEANED.items():
        version = version_of(name, python)
        for what, markup in (("the mail", mail), ("the front page of a pack, pasted into a mail", page)):
            left = subprocess.run(
                [str(python), "-c", cleaned], input=markup, capture_output=True, text=True, check=True
            )
            kept, there = figures(left.stdout), figures(markup)
            lost = [each for each in there if each not in kept]
            if what == "the mail":
                assert not lost, f"{name} takes {lost[:3]} out of the mail"
            yield Seen(
                name, version, f"{what}: {len(there) - len(lost)} of {len(there)} figures in text are left"
            )


LOOKS = {"Chromium": chromium, "Firefox": firefox, "sanitisers": sanitisers}


def figures(markup: str) -> list[str]:
    """Different numbers that stand in the text of a page."""
    text = re.sub(r"<(script|style|svg)\b.*?</\1>", " ", markup, flags=re.DOTALL)
    text = html.unescape(re.sub(r"<[^>]*>", " ", text))
    return sorted(set(re.findall(r"\d[\d,.]*\d|\d", text)))


def _opened(count: int, sheets: int, hovered: int) -> str:
    return (
        f"{count} pages opened without a word on the console or a request; {sheets} sheets of A4; "
        f"{hovered:,} marks of charts carry what hovering says"
    )


def _unlocked(asked_again: bool) -> str:
    again = "asks for it again" if asked_again else "shows it again"
    return (
        f"the encrypted page opens with its passphrase, leads to the other pages, and on going back {again}"
    )


def _by_keyboard(tab: Any, enter: Any, focused: Any) -> str:
    """Go from stop to stop until a part behind a click, and open it."""
    for stops in range(1, 200):
        tab()
        name, is_open = focused()
        if name == "SUMMARY":
            enter()
            assert focused()[1] is not is_open, "Enter does not open what is behind a click"
            return (
                f"front page by keyboard: {stops} stops to the first part behind a click, which Enter opens"
            )
    raise AssertionError("no part behind a click is reached by keyboard")


def _nothing(said: list[str], asked: list[str]) -> None:
    assert not said, f"the console says: {said[0]}"
    assert not asked, f"a page asks for {asked[0]}"


def _sheets(pdf: bytes, path: Path) -> int:
    path.write_bytes(pdf)
    return int(printed(path)["Pages"])


class _Firefox:
    """Speaks Marionette, the protocol by which Firefox is driven: length:[type, number, command, parameters]."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._number = connection, 0
        self._read()
        self("WebDriver:NewSession", capabilities={})

    def __call__(self, command: str, **parameters: Any) -> Any:
        self._number += 1
        sent = json.dumps([0, self._number, command, parameters]).encode()
        self._connection.sendall(f"{len(sent)}:".encode() + sent)
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(f"{command}: {error['message']}")
        return result

    def _read(self) -> Any:
        size = b""
        while (byte := self._connection.recv(1)) != b":":
            size += byte
        content = b""
        while len(content) < int(size):
            content += self._connection.recv(int(size) - len(content))
        return json.loads(content)

    def open(self, path: Path) -> None:
        self("WebDriver:Navigate", url=path.as_uri())

    def ask(self, script: str) -> Any:
        return self("WebDriver:ExecuteScript", script=script, args=[])["value"]

    def wait(self, script: str) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self.ask(script):
            assert time.monotonic() < deadline, f"not within a minute: {script}"
            time.sleep(0.2)

    def press(self, key: str) -> None:
        strokes = [{"type": kind, "value": key} for kind in ("keyDown", "keyUp")]
        self("WebDriver:PerformActions", actions=[{"type": "key", "id": "keys", "actions": strokes}])


@contextmanager
def _marionette(path: str, home: Path) -> Iterator[_Firefox]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (home / "user.js").write_text(f'user_pref("marionette.port", {port});\n', encoding="utf-8")
    command = [path, "--headless", "--marionette", "--no-remote", "--profile", str(home)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + _START_SECONDS
            while True:
                try:
                    connection = socket.create_connection(("127.0.0.1", port), _START_SECONDS)
                    break
                except OSError:
                    assert time.monotonic() < deadline, "Firefox does not answer"
                    time.sleep(0.2)
            with connection:
                yield _Firefox(connection)
        finally:
            server.terminate()
