"""Bytes of mail -> text. Every charset label is distrusted: only text codecs are looked up, wrong labels are repaired.

Nothing here raises on any bytes or any label.
"""

from __future__ import annotations

import binascii
import re
from functools import lru_cache

REPLACEMENT = "�"

_LABEL = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,39}")
# The bytes that begin a character of several bytes in UTF-8.
_LEADING = bytes(range(0xC2, 0xF5))
_ENCODED_WORD = re.compile(rb"=\?([^?\s]{1,80})\?([bBqQ])\?([^?]*)\?=")

# What the label means in mail as it is sent, which is the superset that browsers read it as (WHATWG Encoding).
_MEANT = {
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "l1": "cp1252",
    "iso8859-1": "cp1252",
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "x-sjis": "cp932",
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "euc-kr": "cp949",
    "big5": "big5hkscs",
    "iso-2022-jp": "iso2022_jp_ext",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "macintosh": "mac-roman",
    "ansi_x3.4-1968": "us-ascii",
    "us-ascii": "us-ascii",
    "unknown-8bit": "",
    "x-unknown": "",
    "default": "",
    "binary": "",
}
# Text codecs of Python that are no charset of mail: escapes that warn, domain names that take quadratic time.
_NEVER = frozenset(
    {
        "unicode-escape",
        "raw-unicode-escape",
        "unicodeescape",
        "idna",
        "punycode",
        "undefined",
        "mbcs",
        "oem",
        "ansi",
        "dbcs",
    }
)
# Charsets in which other text hides behind bytes that are ASCII, or in which no byte means itself: label first.
_LABEL_FIRST = ("iso2022", "iso-2022", "hz", "utf-7", "utf7", "utf-16", "utf16", "utf-32", "utf32", "cp037", "cp500")


@lru_cache(maxsize=256)
def codec(label: str) -> str:
    """The Python codec meant by a charset label, or "" where there is none that decodes bytes to text."""
    label = label.strip().strip("\"'").lower()
    if not _LABEL.fullmatch(label):
        return ""

    name = _MEANT.get(label, label)
    if not name or name.replace("_", "-") in _NEVER:
        return ""
    try:
        # bytes.decode refuses codecs that are no text encoding (zlib, rot13) with a LookupError, though not for b"".
        b"text".decode(name, "ignore")
    except (LookupError, ValueError):
        return ""
    return name


def decode(data: bytes, label: str = "") -> tuple[str, str]:
    """`(text, problem)`: the text of `data`, and what was repaired in words ("" if nothing).

    Order: ASCII as it stands; a label whose bytes do not mean themselves (ISO-2022, UTF-16); UTF-8; the label;
    Windows-1252 or Latin-1. So a wrong label is repaired: hardly any text is valid UTF-8 by chance.
    """
    name = codec(label) if label else ""
    if name and name.startswith(_LABEL_FIRST):
        try:
            return _whole(data.decode(name)), ""
        except (UnicodeError, ValueError):
            return _whole(data.decode(name, "replace")), f"bytes that are not {label}"

    if data.isascii():
        return data.decode("ascii"), "" if name or not label else "unknown charset"
    return _eight_bit(data, name, label)


def _whole(text: str) -> str:
    """Text without lone surrogates, which UTF-7 lets through: neither SQLite nor a terminal takes them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _eight_bit(data: bytes, name: str, label: str) -> tuple[str, str]:
    try:
        text = data.decode("utf-8")
        said = name in ("utf-8", "utf8", "utf_8", "") and label
        return text, "" if said or not label else "charset label is wrong, text is UTF-8"
    except UnicodeDecodeError:
        pass

    if name and name not in ("utf-8", "utf8", "utf_8", "us-ascii", "ascii"):
        try:
            return data.decode(name), ""
        except (UnicodeError, ValueError):
            pass
    if mostly := _nearly_utf8(data):
        return mostly, "bytes that are not UTF-8"
    try:
        return data.decode("cp1252"), "charset label is missing or wrong, read as Windows-1252"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "charset label is missing or wrong, read as Latin-1"


def _nearly_utf8(data: bytes) -> str:
    """UTF-8 with a few broken bytes (a cut in the middle of a character), or "" where it looks like something else."""
    text = data.decode("utf-8", "replace")
    broken = text.count(REPLACEMENT)
    sound = len(data) - len(data.translate(None, _LEADING)) - broken
    return text if sound > broken else ""


def unfold(raw: bytes) -> bytes:
    """A header field's value on one line (RFC 5322 2.2.3), blanks at its ends removed."""
    if b"\n" in raw:
        raw = raw.replace(b"\r\n", b"").replace(b"\n", b"")
    return raw.strip()


def words(raw: bytes) -> str:
    """The text of an unstructured header value: unfolded, encoded words decoded (RFC 2047), 8-bit bytes guessed."""
    value = unfold(raw)
    if b"=?" not in value:
        return value.decode("ascii") if value.isascii() else decode(value)[0]
    return _encoded(value)


def _encoded(value: bytes) -> str:
    if whole := _ENCODED_WORD.fullmatch(value):
        return decode(_unwrap(whole[2], whole[3]), whole[1].decode("latin-1").partition("*")[0])[0]

    pieces: list[str] = []
    pending = b""
    charset = ""
    position = 0

    for match in _ENCODED_WORD.finditer(value):
        between = value[position : match.start()]
        label, data = match[1].decode("ascii", "replace").partition("*")[0], _unwrap(match[2], match[3])
        position = match.end()
        # RFC 2047 6.2: blanks between encoded words are not shown. Mailers also cut a character in two: join first.
        if pending and not between.strip() and label.lower() == charset.lower():
            pending += data
            continue
        pieces.append(decode(pending, charset)[0])
        if between.strip() or not pending:
            pieces.append(decode(between)[0])
        pending, charset = data, label

    pieces.append(decode(pending, charset)[0])
    pieces.append(decode(value[position:])[0])
    return "".join(pieces)


def _unwrap(encoding: bytes, data: bytes) -> bytes:
    """The bytes inside one encoded word; what is not decodable stays as it stands."""
    if encoding in b"qQ":
        return binascii.a2b_qp(data, header=True)
    return base64(data)[0] or data


def base64(data: bytes) -> tuple[bytes, bool]:
    """`(bytes, sound)`: base64 decoded as far as it goes, missing padding forgiven."""
    try:
        return binascii.a2b_base64(data), True
    except binascii.Error:
        pass
    kept = re.sub(rb"[^A-Za-z0-9+/]", b"", data)
    kept = kept[: len(kept) - 1] if len(kept) % 4 == 1 else kept
    try:
        return binascii.a2b_base64(kept + b"=" * (-len(kept) % 4)), False
    except binascii.Error:
        return data, False
