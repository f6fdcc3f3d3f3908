"""Encrypted packs: one page that decrypts itself in the reader's browser, and encrypted Excel files.

The page: PBKDF2-HMAC-SHA256 with 600,000 iterations (OWASP's figure) makes the key of AES-256-GCM; salt and nonce are
new each time, so that encrypted packs differ between runs. The Excel files: agile encryption, which Excel itself opens.
"""

import base64
import gzip
import hashlib
import html
import io
import json
import os
import re
import secrets
from collections.abc import Mapping
from pathlib import Path

from helpers.errors import WorkbookError
from helpers.present.words import Words

ITERATIONS = 600_000
VARIABLE = "WORKBOOK_PASSPHRASE"
_SHORTEST = 12
_LINE_OF_A_SCOPE = re.compile(r"\s*(company|team:.*\S|salesperson:.*\S) = ")
#: What was to be such a line and is not one: it would be a passphrase as it stands, which nobody would think of.
_MEANT_FOR_A_SCOPE = re.compile(r"\s*(?:company\s*|(?:team|salesperson)\s*[:：].*)[=＝]")
_SCRIPT = Path(__file__).resolve().parents[1] / "pages" / "template" / "decrypt.js"


def check_passphrase(passphrase: str) -> str:
    """Return the passphrase; raises WorkbookError where it is too short."""
    if len(passphrase) < _SHORTEST:
        raise WorkbookError(f"The passphrase is too short: use at least {_SHORTEST} characters.")
    return passphrase


def encrypt_pack(folder: Path, passphrase: str, words: Words) -> None:
    """Replace what stands in a finished pack by encrypted files; the executed notebooks are left out."""
    pages = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.html"))}
    workbooks = {path.name: path.read_bytes() for path in sorted(folder.glob("*.xlsx"))}
    for path in sorted(folder.rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (folder / "index.html").write_text(
        encrypted_page(pages, passphrase, words), encoding="utf-8", newline="\n"
    )
    for name, data in workbooks.items():
        (folder / name).write_bytes(_locked_excel(data, passphrase))


def encrypted_page(pages: Mapping[str, str], passphrase: str, words: Words) -> str:
    """Return one page that holds the others encrypted, and shows them to who knows the passphrase."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    key = hashlib.pbkdf2_hmac("sha256", passphrase.encode("utf-8"), salt, ITERATIONS)
    packed = gzip.compress(json.dumps(dict(pages), ensure_ascii=False).encode("utf-8"), mtime=0)
    sealed = AESGCM(key).encrypt(nonce, packed, None)
    script = _SCRIPT.read_text(encoding="utf-8").strip()
    # The scripts of the pages inside are those of the pack itself: their own policies name them by hash.
    inner = {part for page in pages.values() for part in _script_hashes(page)}
    hashes = " ".join(f"'{one}'" for one in sorted({_hash(script), *inner}))
    data = {
        "salt": _text(salt), "nonce": _text(nonce), "iterations": ITERATIONS, "sealed": _text(sealed),
        "wrong": words.gettext("The passphrase is wrong, or the file is damaged."),
        "old": words.gettext("This browser cannot decrypt. Open the file in a current browser."),
    }  # fmt: skip
    title = html.escape(words.gettext("Encrypted report"))
    ask, go = html.escape(words.gettext("Passphrase")), html.escape(words.gettext("Open"))
    blob = json.dumps(data).replace("<", "\\u003c")
    return (
        f'<!DOCTYPE html>\n<html lang="{words.html_lang}">\n<head>\n<meta charset="utf-8">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        f"img-src data:; script-src {hashes}; base-uri 'none'; form-action 'none'\">\n"
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f'<title>{title}</title>\n<link rel="icon" href="data:,">\n'
        "<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui,sans-serif;max-width:26rem;"
        "margin:15vh auto;padding:0 1rem}input,button{font:inherit;padding:.4em .6em}"
        "input{width:100%;box-sizing:border-box;margin:.3em 0 .8em}</style>\n</head>\n<body>\n<main>\n"
        f'<h1>{title}</h1>\n<form id="ask"><label for="passphrase">{ask}</label>'
        '<input id="passphrase" type="password" autocomplete="off" autofocus>'
        f'<button>{go}</button></form>\n<p id="said" role="alert"></p>\n</main>\n'
        f'<script type="application/json" id="sealed">{blob}</script>\n<script>{script}</script>\n'
        "</body>\n</html>\n"
    )


def _script_hashes(page: str) -> list[str]:
    _, _, rest = page.partition("script-src '")
    return [rest.partition("'")[0]] if rest else []


def _hash(script: str) -> str:
    return "sha256-" + _text(hashlib.sha256(script.encode("utf-8")).digest())


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _locked_excel(data: bytes, passphrase: str) -> bytes:
    from msoffcrypto.format.ooxml import OOXMLFile

    sealed = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(passphrase, sealed)
    return sealed.getvalue()


def read_passphrases(file: Path | None, *, everyone: bool = False) -> tuple[str, dict[str, str]]:
    """Return the one passphrase that file or environment give, or one for each scope; nothing where there is none.

    For ``everyone`` there has to be one for each scope. The variable is taken away from the environment, so that no
    notebook's process has it; the file is read once, since it may be a pipe.

    Raises
    ------
    WorkbookError
        A line is not as it should be, a passphrase is too short or stands for two scopes, or everyone has one alone.
    """
    given = os.environ.pop(VARIABLE, None)
    if file is None:
        if everyone:
            raise WorkbookError(
                "To encrypt the packs of all scopes, name a file with --passphrase-file that has a line for each: "
                "SCOPE = PASSPHRASE (such as salesperson:S01 = ...). One passphrase for all would let everybody read "
                "what is another's."
            )
        return "" if given is None else check_passphrase(given), {}
    text = _text_of(file)
    if everyone or any(_LINE_OF_A_SCOPE.match(line) for line in text.splitlines()):
        return "", _of_each_scope(text, file)
    given = text.rstrip("\r\n")
    if "\n" in given or _MEANT_FOR_A_SCOPE.match(given):
        raise WorkbookError(
            f"The passphrase file {file} is neither one passphrase nor lines for scopes. A line for a scope is: "
            "SCOPE = PASSPHRASE, with spaces around the sign (such as salesperson:S01 = ...)."
        )
    return check_passphrase(given), {}


def _of_each_scope(text: str, file: Path) -> dict[str, str]:
    found: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        scope, parted, passphrase = (part.strip() for part in line.partition(" = "))
        if not parted or not scope or scope in found:
            raise WorkbookError(f"{file}, line {number}: expected SCOPE = PASSPHRASE, once for each scope.")
        if passphrase in found.values():
            raise WorkbookError(
                f"{file}, line {number}: another scope has the same passphrase; give it its own."
            )
        try:
            found[scope] = check_passphrase(passphrase)
        except WorkbookError as error:
            raise WorkbookError(f"{file}, line {number}: {error}") from None
    if not found:
        raise WorkbookError(f"The passphrase file {file} is empty.")
    return found


def _text_of(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise WorkbookError(f"The passphrase file {file} cannot be read: {error}.") from None
