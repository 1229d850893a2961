"""HTML of a mail -> text to read, without any network: links beside their real host, images by name, nothing hidden.

lxml's event parser, which builds no tree and does not recurse: 100,000 nested elements take a tenth of a second.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

MAX_HTML = 1_048_576
MAX_TEXT = 1_048_576
_MAX_QUOTES = 10

_BLANKS = re.compile(r"[ \t\r\n\f]+")
_HIDDEN_TAGS = frozenset(
    {
        "script",
        "style",
        "head",
        "title",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
        "select",
        "textarea",
        "button",
    }
)
_PARAGRAPHS = frozenset(
    {"p", "blockquote", "ul", "ol", "dl", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "fieldset"}
)
_LINES = frozenset(
    {
        "div",
        "tr",
        "li",
        "dt",
        "dd",
        "table",
        "section",
        "article",
        "header",
        "footer",
        "address",
        "center",
        "form",
        "br",
        "caption",
        "body",
    }
)
_HIDING = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|mso-hide\s*:\s*all|(?:^|;)\s*opacity\s*:\s*0*\.?0+\s*(?:;|!|$)"
    r"|font-size\s*:\s*0*\.?0+\s*(?:px|pt|em|rem|%)?\s*(?:;|!|$)|(?:^|;)\s*max-(?:height|width)\s*:\s*0(?:px)?\s*(?:;|!|$)",
    re.IGNORECASE,
)
_SIZED = ("width", "height")


def to_text(source: str) -> str:
    """The text of an HTML part as a person would read it. Quotations get `> ` before each line, to be told apart."""
    if not source.strip():
        return ""
    # 17 ms to import, and only mail that has HTML needs it.
    from lxml import etree

    writer = _Writer()
    parser = etree.HTMLParser(target=writer, encoding="utf-8", huge_tree=True, no_network=True, remove_comments=True)
    data = source[:MAX_HTML].replace("\0", "").encode("utf-8", "replace")
    try:
        parser.feed(data)
        text: str = parser.close()
    except (etree.LxmlError, ValueError, AssertionError):
        # What was read up to the fault is still what the mail says.
        text = writer.close()
    return text[:MAX_TEXT]


class _Writer:
    """Takes the parser's events and keeps lines."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._line: list[str] = []
        self._size = 0
        self._quotes = 0
        self._pre = 0
        self._hidden: list[bool] = []
        self._hiding = 0
        self._links: list[tuple[str, int]] = []
        self._lists: list[int] = []
        self._said: list[str] = []

    # The names of the four methods are lxml's.
    def start(self, tag: str, attributes: dict[str, str]) -> None:
        hidden = tag in _HIDDEN_TAGS or _hides(attributes)
        self._hidden.append(hidden)
        self._hiding += hidden
        if self._hiding or self._size > MAX_TEXT:
            return

        if tag in _PARAGRAPHS:
            self._paragraph()
        elif tag in _LINES:
            self._newline(always=tag == "br")
        self._open(tag, attributes)

    def _open(self, tag: str, attributes: dict[str, str]) -> None:
        if tag == "blockquote":
            self._quotes += 1
        elif tag == "pre":
            self._pre += 1
        elif tag in ("ul", "ol"):
            self._lists.append(0 if tag == "ol" else -1)
        elif tag == "li":
            self._write(self._bullet())
        elif tag in ("td", "th"):
            if self._line:
                self._write("  ")
        elif tag == "a":
            self._links.append((attributes.get("href") or "", len(self._said)))
        elif tag == "img":
            self._write(image(attributes))
        elif tag == "hr":
            self._write("-" * 20)
            self._newline()

    def end(self, tag: str) -> None:
        hidden = self._hidden.pop() if self._hidden else False
        if self._hiding:
            self._hiding -= hidden
            return

        if tag == "a" and self._links:
            self._close_link()
        elif tag == "blockquote":
            self._close_quote()
        elif tag == "pre":
            self._newline()
            self._pre = max(0, self._pre - 1)
        elif tag in ("ul", "ol") and self._lists:
            self._lists.pop()
        if tag in _PARAGRAPHS:
            self._paragraph()
        elif tag in _LINES and tag != "br":
            self._newline()

    def data(self, data: str) -> None:
        if self._hiding or self._size > MAX_TEXT:
            return
        if not self._pre:
            self._write(_BLANKS.sub(" ", data))
            return
        first, *rest = data.replace("\r\n", "\n").split("\n")
        self._write(first)
        for line in rest:
            self._newline(always=True)
            self._write(line)

    def close(self) -> str:
        self._newline()
        kept: list[str] = []
        for line in self._lines:
            bare = line.strip("> ")
            if bare or (kept and kept[-1].strip("> ")):
                kept.append(line)
        return "\n".join(kept).strip("\n")

    def _bullet(self) -> str:
        if not self._lists or self._lists[-1] < 0:
            return "- "
        self._lists[-1] += 1
        return f"{self._lists[-1]}. "

    def _close_link(self) -> None:
        href, begin = self._links.pop()
        said = "".join(self._said[begin : begin + 50])
        if not self._links:
            self._said.clear()
        if beside := link(href, said):
            self._write((" " if self._line and not self._line[-1].endswith(" ") else "") + beside)

    def _close_quote(self) -> None:
        self._newline()
        while self._lines and self._lines[-1] and not self._lines[-1].strip("> "):
            self._lines.pop()
        self._quotes = max(0, self._quotes - 1)

    def _write(self, text: str) -> None:
        if not text:
            return
        if not self._pre and text[0] == " " and (not self._line or self._line[-1].endswith(" ")) and text != "  ":
            text = text[1:]
        if text:
            self._line.append(text)
            self._size += len(text)
            if self._links:
                self._said.append(text)

    def _newline(self, *, always: bool = False) -> None:
        text = "".join(self._line)
        text = text.rstrip() if self._pre else text.strip()
        if text or always:
            self._lines.append("> " * min(self._quotes, _MAX_QUOTES) + text)
            self._size += 2 * min(self._quotes, _MAX_QUOTES) + 1
        self._line = []

    def _paragraph(self) -> None:
        self._newline()
        if self._lines and self._lines[-1].strip("> "):
            self._lines.append(("> " * min(self._quotes, _MAX_QUOTES)).rstrip())


def _hides(attributes: dict[str, str]) -> bool:
    if "hidden" in attributes:
        return True
    return _HIDING.search((attributes.get("style") or "")[:2000]) is not None


def image(attributes: dict[str, str]) -> str:
    """`[image: name or host]`: its description, else the name of its file, else where it would be fetched from."""
    described = _BLANKS.sub(" ", attributes.get("alt") or "").strip()[:200]
    if described:
        return f"[image: {described}]"
    source = (attributes.get("src") or "").strip()[:2000]
    scheme, _, rest = source.partition(":")
    if scheme.lower() in ("http", "https") or source.startswith("//"):
        return f"[image: {host(source) or 'remote'}]"
    if scheme.lower() == "cid":
        return f"[image: {unquote(rest).partition('@')[0][:100]}]"
    if scheme.lower() == "data":
        return "[image: inline]"
    name = source.rpartition("/")[2]
    return f"[image: {name[:100]}]" if name else "[image]"


def link(href: str, said: str) -> str:
    """What stands beside a link's text: `<host>` where it leads, "" where the text says so or it leads nowhere."""
    href = href.strip()[:4000]
    if not href or href.startswith("#"):
        return ""
    scheme, colon, rest = href.partition(":")
    scheme = scheme.strip().lower()
    if scheme in ("http", "https") or href.startswith("//"):
        real = host(href)
        return "" if real and _says(said, real) else f"<{real or 'unreadable address'}>"
    if not colon:
        return ""
    if scheme in ("mailto", "tel", "sms", "callto"):
        where = unquote(rest.partition("?")[0]).strip("<> \t\r\n")[:200]
        return "" if not where or where.lower() in said.lower() else f"<{where}>"
    return f"<{scheme[:20]}>"


def host(url: str) -> str:
    """The host a URL really leads to, in ASCII (an internationalised name as xn--), "" where there is none."""
    try:
        # Browsers read a backslash as a slash: http://good.example\@evil.example leads to the first.
        found = urlsplit(url.strip().replace("\\", "/")).hostname or ""
    except ValueError:
        return ""
    found = unquote(found)
    if len(found) > 253 or not found:
        return found[:253]
    if found.isascii():
        return found
    try:
        return found.encode("idna").decode("ascii")
    except UnicodeError:
        return found


def _says(said: str, real: str) -> bool:
    """Whether the text of a link is itself an address on that host, and nothing else."""
    words = said.split()
    if len(words) != 1:
        return False
    shown = words[0].strip("<>()[].,").lower()
    if "://" not in shown:
        shown = "http://" + shown
    there = host(shown)
    return there == real or "www." + there == real or there == "www." + real
