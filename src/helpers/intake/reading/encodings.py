"""Which encoding a text file is in, decided by the text that results: bytes of German can be read as rare Chinese."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

_START_BYTES = 4 << 20
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
#: In the order in which they are preferred where two texts are equally good.
_CANDIDATES = ("gb18030", "cp1252", "cp1250", "big5", "cp932", "cp949", "cp1251", "cp1254", "cp1253", "cp1255",
               "cp1256", "cp874")  # fmt: skip
#: What stands between letters in the tables of a business.
_PUNCTUATION = set("€£¥§°±²³µ·«»–—‘’‚“”„…™®©½¼¾×\u00a0、。，：；！？（）《》【】％￥・｜～－")
_CERTAIN_LETTERS = 8
#: Encodings with a byte for each letter: the letters people write in them, and how much these and others speak for it.
_LETTERS = {
    "cp1252": (re.compile("[äöüßéèêëàâçñáíóúìòùîïôûæœøåÄÖÜÉÈÊÀÂÇÑÁÍÓÚÅØÆãõÃÕ¿¡ªº]"), 1.0, 0.4),
    "cp1254": (re.compile("[çğıöşüâîÇĞİÖŞÜ]"), 1.0, 0.3),
    "cp1250": (re.compile("[ąćęłńóśźżĄĆĘŁŃÓŚŹŻáčďéěíňřšťúůýžÁČĎÉĚÍŇŘŠŤÚŮÝŽőűŐŰöüÖÜäß]"), 0.99, 0.3),
    "cp1251": (re.compile("[а-яА-ЯёіїєґЁІЇЄҐ]"), 1.0, 0.0),
    "cp1253": (re.compile("[Ά-ώ](?<![ΐΰ])"), 1.0, 0.0),  # two that hardly stand in any word
    "cp1255": (re.compile("[א-ת]"), 1.0, 0.0),
    "cp1256": (re.compile("[ء-ْپچژگ]"), 1.0, 0.0),
    "cp874": (re.compile("[ก-๎]"), 1.0, 0.0),
}
_WESTERN = ("cp1252", "cp1250", "cp1254")
#: What stands in no word of a script of its own: a capital or Latin within, a last letter of Hebrew before others,
#: marks of Thai that no letter bears, its digits and what it writes no more beside letters, what is no letter.
_NO_WORD = re.compile(
    r"[а-яё][А-ЯЁ]|[ά-ώ][Ά-Ϋ]|[A-Za-z][^\x00-\x7f]|[^\x00-\x7f][A-Za-z]|[ךםןףץ][א-ת]|"
    r"(?:^|[^ก-ฮั-ู็-๎])[ัิ-ฺ็-๎]|[ฃฅ]|[๐-๙][ก-๎]|[¢£¤¥¦§¨¬¯±²³µ¶¸¹¼½¾×÷\u200e\u200f]"
)
_CAPITAL = re.compile("[А-ЯЁ]")
_WORDS = re.compile(r"(?:[^\W\d_]|[ً-ْั-ฺ็-๙¢£¤¥¦§¨¬¯±²³µ¶¸¹¼½¾×÷\u200e\u200f])+")


def marked_encoding(start: bytes) -> str | None:
    """Return the encoding that a byte order mark names."""
    return next((name for mark, name in _BYTE_ORDER_MARKS if start.startswith(mark)), None)


def decodes(start: bytes, encoding: str) -> bool:
    """Whether the beginning of a file can be read in the encoding."""
    try:
        codecs.getincrementaldecoder(encoding)().decode(start)
    except UnicodeError:
        return False
    return True


def proposed_encoding(path: Path) -> str | None:
    """Find the encoding a file needs declared; None where it is UTF-8 or has a byte order mark."""
    readings = encoding_readings(path)
    return readings[0][0] if readings else None


def encoding_readings(path: Path) -> list[tuple[str, str]]:
    """Return the encodings that a file may be in, the likeliest first, each with a word that differs as it then reads.

    Returns
    -------
    list of (str, str)
        Nothing where the file is UTF-8 or has a byte order mark.
    """
    with path.open("rb") as file:
        start = file.read(_START_BYTES)
    if marked_encoding(start[:4]) or decodes(start, "utf-8"):
        return []
    if b"\0" in start[:200]:
        return [("utf-16-le" if start[1:2] == b"\0" else "utf-16-be", "")]
    scored = [
        (-round(_quality(start, name), 3), place, name)
        for place, name in enumerate(_CANDIDATES)
        if decodes(start, name)
    ]
    ordered = [name for _, _, name in sorted(scored)] or ["cp1252"]
    sample = _telling_part(start)
    return [(name, sample.decode(name, errors="replace").strip()) for name in ordered]


def _quality(start: bytes, encoding: str) -> float:
    """Score a reading from 0 to 1: the share of its characters outside ASCII that people write in it often."""
    text = codecs.getincrementaldecoder(encoding)().decode(start)
    foreign = [character for character in text if character > "\x7f"]
    letters = [character for character in foreign if character not in _PUNCTUATION]
    if not letters:
        return 1.0 if foreign and encoding == "cp1252" else 0.5
    quality = (
        sum(_usual(character, encoding) for character in letters) / len(letters) * _shape(text, encoding)
    )
    # By chance a few Chinese characters are Korean ones too; many are not.
    return (
        quality + 0.01
        if encoding == "cp949" and quality == 1 and len(letters) >= _CERTAIN_LETTERS
        else quality
    )


def _usual(character: str, encoding: str) -> float:
    if encoding == "gb18030":
        # GB 2312 orders its first 3,755 characters, those in daily use, by sound: rows 16 to 55.
        coded = character.encode("gb18030")
        row = coded[0] if len(coded) == 2 and coded[1] >= 0xA1 else 0
        return 1.0 if 0xB0 <= row <= 0xD7 else 0.3 if 0xD8 <= row <= 0xF7 else 0.0
    if encoding == "big5":
        return 1.0 if 0xA4 <= character.encode("big5")[0] <= 0xC6 else 0.2
    if encoding == "cp932":
        return 1.0 if "\u3040" <= character <= "\u30ff" else 0.6 if "\u4e00" <= character <= "\u9fff" else 0.0
    if encoding == "cp949":
        # Of Korean's two sets the older one is what people write with; all of Chinese lies in the same bytes.
        coded = character.encode("cp949")
        return 1.0 if len(coded) == 2 and 0xB0 <= coded[0] <= 0xC8 and coded[1] >= 0xA1 else 0.1
    usual, likely, otherwise = _LETTERS[encoding]
    return likely if usual.match(character) else otherwise if character.isalpha() else 0.0


def _shape(text: str, encoding: str) -> float:
    """Weigh how letters stand together: an accented one within a Latin word, Cyrillic and Chinese among their own."""
    if encoding in _WESTERN:
        # Chinese or Russian read as Western text is words of nothing but accents.
        words = re.findall(r"[^\W\d_]+", text)
        touched = [word for word in words if not word.isascii()]
        strange = sum(
            sum(letter > "\x7f" for letter in word) > len(word) / 2 and len(word) > 1 for word in touched
        )
        bare = re.sub(r"(?<=[A-Za-z0-9])[ºª](?![^\W_])", "", text)  # Nº and 1ª of Spanish are no chance
        # œ of French ends no word, ³ stands behind a measure: within words they are ś and ł of Poland.
        # õ is ő of Hungary unless e follows, as in Portuguese.
        strange += len(
            re.findall(
                r"[õÕ](?![eEsS])|œ(?=[æcklmrw]|\b)|(?<=[^\W\d_])¿|³(?=[^\W\d_])|(?<=[^\W\d_]{3})³", text
            )
        )
        symbols = sum(bare.count(symbol) for symbol in "¤¦¨¬¯¶¸¹¼½¾÷×±Þþðÿ¥¡§«»ª·º®")
        return 1 - 0.8 * min(1.0, (strange + symbols) / max(len(touched), 1))
    if encoding in _LETTERS:
        words = [word for word in _WORDS.findall(text) if not word.isascii()]
        strange = sum(_NO_WORD.search(word) is not None for word in words)
        # Hebrew read as Russian is words without any capital.
        whole = 0.9 if encoding == "cp1251" and not _CAPITAL.search(text) else 1.0
        return whole * (1 - strange / max(len(words), 1))
    # A letter of ASCII right beside one Chinese character, again and again, is a Latin word torn apart.
    torn = len(re.findall(r"[A-Za-z][^\x00-\x7f][a-z]|[A-Za-z]{2}[^\x00-\x7f](?=[\s;,\t]|$)", text))
    foreign = len(re.findall(r"[^\x00-\x7f]+", text))
    return 1 - 0.9 * min(1.0, torn / max(foreign, 1))


def _telling_part(start: bytes) -> bytes:
    """Return the first field of the file that is not ASCII, some of them at most."""
    for field in re.split(rb"[\r\n;,\t|\"]", start):
        if len(field) < 80 and any(byte > 0x7F for byte in field):
            return field
    return b""
