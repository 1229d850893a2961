"""The one way mail text reaches a screen: nothing that steers a terminal comes out, and cells are counted as drawn.

`safe` is for every text of a mail, a server or a file name; `clip` is for text in a row of fixed width.
"""

from __future__ import annotations

import re
import unicodedata

_ELLIPSIS = "…"
_REPLACEMENT = 0xFFFD
_ZWNJ, _ZWJ = 0x200C, 0x200D

# Characters that are not seen but change what is: soft hyphen, bidi controls, zero-width, fillers, tags.
_UNSEEN = (
    (0x00AD, 0x00AD), (0x034F, 0x034F), (0x061C, 0x061C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F),
    (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0),
    (0xFFF0, 0xFFFB), (0x13430, 0x1343F), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF),
)  # fmt: skip


class _Table(dict[int, int | None]):
    """What each character becomes, found when it is first met: a full table would cost 2 ms at every start."""

    def __init__(self, *, newlines: bool = False, joiners: bool = False) -> None:
        super().__init__()
        self._kept = {0x0A} if newlines else set()
        self._kept |= {_ZWNJ, _ZWJ} if joiners else set()
        # Line and paragraph separators: some terminals and every str.splitlines break the line there.
        self._break = 0x0A if newlines else 0x20

    def __missing__(self, code: int) -> int | None:
        self[code] = found = code if code in self._kept else self._becomes(code)
        return found

    def _becomes(self, code: int) -> int | None:
        if code < 0x20:
            return 0x20 if code == 0x09 else 0x2400 + code
        if code < 0x7F:
            return code
        if code == 0x7F:
            return 0x2421
        if code < 0xA0 or 0xD800 <= code < 0xE000:
            return _REPLACEMENT
        if code in (0x2028, 0x2029):
            return self._break
        return None if any(first <= code <= last for first, last in _UNSEEN) else code


_LINE = _Table()
_LINES = _Table(newlines=True)
_BODY_LINE = _Table(joiners=True)
_BODY_LINES = _Table(newlines=True, joiners=True)

# What terminals count differently: variation selectors, keycaps, skin tones; what follows a joiner; flags.
_UNEVEN = re.compile("[︀-️⃣\U0001f3fb-\U0001f3ff\U000e0100-\U000e01ef]|‌|‍.?", re.DOTALL)
_FLAGS = {0x1F1E6 + number: ord("A") + number for number in range(26)}
_MARKS = 3


def safe(text: str, *, keep_newlines: bool = False, body: bool = False) -> str:
    """Text that cannot steer a terminal. Idempotent.

    C0 and DEL become control pictures, C1 and lone surrogates U+FFFD, a tab a blank; bidi and zero-width controls go.
    With `keep_newlines`, newlines stay (CR LF is one) and tabs reach to the next multiple of 8. With `body`, the
    joiners that some scripts need (ZWJ, ZWNJ) stay.
    """
    if text.isprintable() and not _hides(text):
        return text
    if not keep_newlines:
        return text.translate(_BODY_LINE if body else _LINE)

    text = text.replace("\r\n", "\n")
    if "\t" in text:
        text = text.expandtabs(8)
    return text.translate(_BODY_LINES if body else _LINES)


def _hides(text: str) -> bool:
    """Whether printable text holds one of the fillers that show nothing (they count as letters)."""
    return not text.isascii() and any(code in text for code in "͏ᅟᅠ឴឵᠋᠌᠍᠏ㅤﾠ")


def cells(text: str) -> int:
    """How many cells a line of safe text takes."""
    if text.isascii():
        return len(text)
    # 8 ms, and the same count that the screen's own layout uses; plain mail never needs it.
    from rich.cells import cell_len

    return cell_len(text)


def clip(text: str, cells: int) -> str:
    """The text in exactly `cells` cells: cut with an ellipsis, or filled with blanks.

    What terminals count differently is left out, so that a row is as wide as it says: variation selectors, keycaps,
    skin tones, the rest of a joined emoji, all but three combining marks on a character; flags become their letters.
    """
    if cells <= 0:
        return ""
    if text.isascii() and text.isprintable():
        if len(text) <= cells:
            return text.ljust(cells)
        return text[: cells - 1] + _ELLIPSIS
    return _clip(even(text[: cells * 16 + 256]), cells)


def even(text: str) -> str:
    """Safe one-line text without what terminals count differently."""
    text = safe(text, body=True)
    if text.isascii():
        return text
    return _few_marks(_UNEVEN.sub("", text).translate(_FLAGS))


def _few_marks(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if character > "̀" and unicodedata.category(character) in ("Mn", "Me") else 0
        if marks <= _MARKS:
            kept.append(character)
    return "".join(kept)


def _clip(text: str, wanted: int) -> str:
    from rich.cells import get_character_cell_size

    used = 0
    fits = 0
    for position, character in enumerate(text):
        width = get_character_cell_size(character)
        if used + width > wanted:
            break
        used += width
        # Where an ellipsis could still follow.
        if used < wanted:
            fits = position + 1
    else:
        return text + " " * (wanted - used)

    head = text[:fits]
    return head + _ELLIPSIS + " " * (wanted - cells(head) - 1)
