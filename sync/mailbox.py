"""One connection to an IMAP server, typed and small; the only file that imports imapclient, hiding its traps.

Reading never writes: mailboxes are opened with EXAMINE and bodies fetched with PEEK. Every command has a deadline. Any
failure but a plain NO drops the connection; it is never used again.
"""

from __future__ import annotations

import contextlib
import imaplib
import time
from array import array
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence

import imapclient

from sync import answers, connect, fetch, ranges, trouble
from sync.answers import Opened, Standing
from sync.fetch import Fetched, Response
from sync.login import Secret
from sync.plan import Batch
from sync.roles import Box, with_roles
from sync.stream import Lost, Stream
from triage.config import Imap
from triage.errors import LoginRefused, Offline, SyncError, Untrusted

SLOWEST = 8_000
"""Bytes a second a link may be slow before a large FETCH counts as stuck."""

_BROKEN = (*trouble.BROKEN, imaplib.IMAP4.error)


class Refused(SyncError):
    """The server said NO to one command; the connection is still good."""


class _Wire(imaplib.IMAP4):
    """imaplib over our stream, so that one buffer and one deadline serve all that is read."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        super().__init__()

    def open(self, host: str = "", port: int = 0, timeout: float | None = None) -> None:
        self.sock = self._stream.sock

    def read(self, size: int) -> bytes:
        return self._stream.exactly(size)

    def readline(self) -> bytes:
        return self._stream.line() + b"\r\n"

    def send(self, data: bytes) -> None:  # type: ignore[override]
        self._stream.send(data)

    def shutdown(self) -> None:
        self._stream.close()


class _Client(imapclient.IMAPClient):  # type: ignore[misc]
    """imapclient on a stream that is already connected."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        super().__init__("", ssl=False)
        # It sets 5, which writes every line, passwords too, into a log.
        self._imap.debug = 0

    def _create_IMAP4(self) -> _Wire:
        return _Wire(self._stream)

    def _set_read_timeout(self) -> None:
        """The stream keeps the time."""


class Mailbox:
    """A connection that is logged in. `where` is host:port; `alive` turns False at the first failure, for good."""

    def __init__(self, imap: Imap, stream: Stream, client: imapclient.IMAPClient) -> None:
        self._imap = imap
        self._stream = stream
        self.client = client
        self._tags = 0
        self._flying: deque[bytes] = deque()
        self.where = connect.where(imap)
        self.alive = True
        self.opened: str | None = None
        self.idling: bytes | None = None
        self.capabilities: frozenset[str] = frozenset()
        self.condstore = self.qresync = False

    def __enter__(self) -> Mailbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Drop the connection. LOGOUT is only said where nothing is under way, and its answer not waited for."""
        if self.alive and not self._flying and not self.idling:
            with contextlib.suppress(OSError):
                self._stream.begin(1)
                self._stream.send(b"Z LOGOUT\r\n")
        self.alive = False
        self._stream.close()

    @contextlib.contextmanager
    def asking(self, seconds: float | None = None) -> Iterator[None]:
        """The time of one command: what breaks inside drops the connection and becomes a sentence."""
        seconds = seconds or float(self._imap.timeout_seconds)
        if not self.alive:
            raise Offline(f"The connection to {self.where} was lost.")
        try:
            self._drain()
            self._stream.begin(seconds)
            yield
        except Refused:
            raise
        except _BROKEN as error:
            self._drop()
            raise trouble.lost(error, self.where, seconds) from error
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        self.alive = False
        self._stream.close()

    def _drain(self) -> None:
        """Read what fetches given up early still send."""
        while self._flying:
            self._stream.begin(self._imap.timeout_seconds)
            for _ in fetch.tagged(self._stream, self._flying[0]):
                self._stream.begin(self._imap.timeout_seconds)
            self._flying.popleft()

    def _send(self, command: str) -> bytes:
        self._tags += 1
        tag = b"T%d" % self._tags
        self._stream.send(tag + b" " + command.encode("ascii") + b"\r\n")
        return tag

    def _answers(self, tag: bytes, what: str) -> list[Response]:
        """All responses of one command. Raises Refused on NO, Lost on BAD and BYE."""
        found = list(fetch.tagged(self._stream, tag))
        self._check(found[-1].text, tag, what)
        return found

    def _check(self, text: bytes, tag: bytes, what: str) -> None:
        verdict = text[len(tag) + 1 :][:3].upper()
        if verdict.startswith(b"OK"):
            return
        answer = text[len(tag) + 1 :].decode("utf-8", "replace")
        if busy := trouble.backoff(answer, self.where):
            raise busy
        if "authenticated but not connected" in answer:
            # Exchange Online takes any token and says only here that it was no good.
            raise LoginRefused(f"{self.where} refused the login of {self._imap.user}: the token is not accepted.")
        if verdict.startswith(b"NO"):
            raise Refused(f"{self.where} refused to {what} ({trouble.quoted(answer[3:])}).")
        raise Lost("BAD")

    def boxes(self, extra: Iterable[str] = ()) -> list[Box]:
        """The mailboxes to watch, INBOX first: by SPECIAL-USE, else by name, and those named in `extra`."""
        with self.asking():
            listed = self.client.list_folders()
        return with_roles(
            [(name, frozenset(flag.decode("ascii", "replace").lower() for flag in flags), delimiter or b"/")
             for flags, delimiter, name in listed],
            tuple(extra),
        )  # fmt: skip

    def standing(self, names: Sequence[str]) -> dict[str, Standing]:
        """STATUS of each, sent at once; a mailbox the server says NO to is left out."""
        items = "(MESSAGES UIDNEXT UIDVALIDITY HIGHESTMODSEQ)" if self.condstore else "(MESSAGES UIDNEXT UIDVALIDITY)"
        found = {}
        with self.asking():
            tags = [self._send(f"STATUS {quoted(name)} {items}") for name in names]
            for name, tag in zip(names, tags, strict=True):
                with contextlib.suppress(Refused):
                    for answer in self._answers(tag, f"look into {name}"):
                        if answer.text[:9].upper() == b"* STATUS ":
                            found[name] = answers.standing(answer.text)
        return found

    def examine(
        self, name: str, since: tuple[int, int] | None = None, meanwhile: Callable[[], object] | None = None
    ) -> Opened:
        """Open `name` read-only. `since` = (uidvalidity, modseq) asks for what changed (RFC 7162 3.2.5), with QRESYNC.

        `meanwhile` is done while the server is at it. Raises Refused where there is no such mailbox.
        """
        self.opened = None
        with self.asking(self._imap.timeout_seconds * 2):
            ask = f" (QRESYNC ({since[0]} {since[1]}))" if since and self.qresync and since[1] > 0 else ""
            tag = self._send(f"EXAMINE {quoted(name)}{ask}")
            if meanwhile:
                meanwhile()
            found = answers.opened(self._answers(tag, f"open {name}"))
        self.opened = name
        return found

    def uids(self) -> array[int]:
        """Every UID of the mailbox open now, ascending."""
        with self.asking(self._imap.timeout_seconds * 2):
            how = "RETURN (ALL) " if "ESEARCH" in self.capabilities else ""
            return answers.uids(self._answers(self._send(f"UID SEARCH {how}ALL"), "list its messages"))

    def flags(self, uids: str, since: int = 0) -> dict[int, frozenset[str]]:
        """Flags of `uids` (a set as IMAP writes it); `since` a modseq: only of those changed later."""
        changed = f" (CHANGEDSINCE {since})" if since and self.condstore else ""
        with self.asking(self._imap.timeout_seconds * 4):
            said = self._answers(self._send(f"UID FETCH {uids} (UID FLAGS){changed}"), "list flags")
            found = (fetch.fetched(answer) for answer in said)
            return {one.uid: one.flags for one in found if one and one.flags is not None}

    def fetch(self, batches: Iterable[Batch], items: str) -> Generator[list[Fetched], None, None]:
        """FETCH the batches, two under way at a time, and yield what came whenever a batch's worth did.

        Dovecot answers two commands as one, so groups follow the order of the batches but not their borders. What a
        server leaves out (expunged meanwhile, or NO to a mail it cannot read) is for the caller to notice.
        """
        waiting = iter(batches)
        sent: deque[Batch] = deque()

        def launch() -> None:
            if batch := next(waiting, None):
                self._flying.append(
                    self._send(f"{'' if batch.sequence else 'UID '}FETCH {ranges.written(batch.uids)} {items}")
                )
                sent.append(batch)

        with self.asking():
            launch()
            launch()
        found: list[fetch.Fetched] = []
        while sent:
            with self._reading(sum(batch.bytes for batch in sent)):
                while self._flying and len(found) < len(sent[0].uids):
                    if one := self._landed():
                        found.append(one)
                sent.popleft()
                launch()
            yield found
            found = []

    def _landed(self) -> Fetched | None:
        """The next message of the fetches under way; None for any other response."""
        answer = fetch.response(self._stream)
        if answer.text.startswith(self._flying[0] + b" "):
            tag = self._flying.popleft()
            with contextlib.suppress(Refused):
                self._check(answer.text, tag, "fetch")
            return None
        one = fetch.fetched(answer)
        # Flags that changed meanwhile come unasked, without what was asked for.
        return one if one and one.data is not None else None

    @contextlib.contextmanager
    def _reading(self, expected: int) -> Iterator[None]:
        """Like `asking`, with fetches under way and the time that `expected` bytes take on a slow link."""
        flying, self._flying = self._flying, deque()
        with self.asking(self._imap.timeout_seconds + expected / SLOWEST):
            self._flying = flying
            yield

    def idle(self) -> None:
        """Begin to IDLE on the mailbox open now (RFC 2177)."""
        with self.asking():
            tag = self._send("IDLE")
            while not (answer := fetch.response(self._stream)).text.startswith(b"+"):
                if answer.text.startswith(tag + b" "):
                    raise Lost("no IDLE")
            self.idling = tag

    def idle_news(self, seconds: float) -> bool:
        """Wait up to `seconds`; True when the mailbox changed. A dead link raises Offline, never looks like silence."""
        if not self.alive:
            raise Offline(f"The connection to {self.where} was lost.")
        began = time.monotonic()
        try:
            while self._stream.wait(max(0.0, seconds - (time.monotonic() - began))):
                self._stream.begin(self._imap.timeout_seconds)
                text = fetch.response(self._stream).text
                if answers.is_news(text):
                    return True
                if (self.idling and text.startswith(self.idling)) or text[:5].upper() == b"* BYE":
                    raise Lost("closed")
        except _BROKEN as error:
            self._drop()
            raise trouble.lost(error, self.where, self._imap.timeout_seconds) from error
        return False

    def idle_done(self, seconds: float = 10) -> None:
        """End IDLE; the answer also proves the link alive."""
        tag, self.idling = self.idling, None
        if tag:
            with self.asking(seconds):
                self._stream.send(b"DONE\r\n")
                self._answers(tag, "end IDLE")

    def noop(self, seconds: float | None = None) -> bool:
        """Whether the server has news of the mailbox open now."""
        with self.asking(seconds):
            return any(answers.is_news(answer.text) for answer in self._answers(self._send("NOOP"), "answer"))

    def select(self, name: str) -> Opened:
        """Open `name` for writing. For push alone, and only where sync.push allows something."""
        self.opened = None
        return answers.opened(self.command(f"SELECT {quoted(name)}", f"open {name}"))

    def command(self, text: str, what: str) -> list[Response]:
        """One command of push. Raises Refused on NO; `what` completes "refused to ..."."""
        with self.asking(self._imap.timeout_seconds * 2):
            return self._answers(self._send(text), what)


def login(imap: Imap, secret: Secret) -> Mailbox:
    """Connect, log in, and turn on what the server offers.

    Raises Offline, Untrusted or LoginRefused; the secret is in none of them.
    """
    where = connect.where(imap)
    try:
        stream = connect.open_stream(imap)
    except trouble.BROKEN as error:
        raise trouble.lost(error, where, imap.timeout_seconds) from error
    try:
        client = _Client(stream)
    except _BROKEN as error:
        stream.close()
        raise trouble.lost(error, where, imap.timeout_seconds) from error

    box = Mailbox(imap, stream, client)
    with box.asking():
        _log_in(client, imap, secret, where)
        box.capabilities = frozenset(word.decode("ascii", "replace").upper() for word in client.capabilities())
        _enable(box)
    return box


def _log_in(client: imapclient.IMAPClient, imap: Imap, secret: Secret, where: str) -> None:
    user = imap.login or imap.user
    offered = {word.decode("ascii", "replace").upper() for word in client.capabilities()}
    if any(ord(char) < 32 for char in user + secret.text):
        raise LoginRefused("The user or the password holds a control character: it cannot be sent. Nothing was sent.")
    try:
        if secret.token and "AUTH=XOAUTH2" not in offered and "AUTH=OAUTHBEARER" in offered:
            client.oauthbearer_login(user, secret.text)
        elif secret.token:
            client.oauth2_login(user, secret.text)
        elif "LOGINDISABLED" in offered and "AUTH=PLAIN" not in offered:
            raise Untrusted(f"{where} takes no password on this connection. Nothing was sent.")
        elif "LOGINDISABLED" in offered or not (user + secret.text).isascii():
            client.plain_login(user, secret.text)
        else:
            client.login(_string(user), secret.text)
    except imapclient.exceptions.LoginError as error:
        if isinstance(error.__context__, imaplib.IMAP4.abort):
            raise Lost("closed") from None
        # `from None`: the chain holds what was sent.
        raise trouble.refused(_answer(error), where, user, (secret.text,)) from None


def _answer(error: BaseException) -> str:
    """The server's words out of imaplib's `b'...'` in a str."""
    text = str(error)
    return text[2:-1] if text[:2] in ("b'", 'b"') else text


def _enable(box: Mailbox) -> None:
    # Dovecot says HIGHESTMODSEQ only after ENABLE, and before the first EXAMINE (RFC 7162 3.1).
    wanted = [word for word in ("QRESYNC", "CONDSTORE") if word in box.capabilities]
    if wanted and "ENABLE" in box.capabilities:
        enabled = b" ".join(box.client.enable(wanted[0])).upper()
        box.qresync = b"QRESYNC" in enabled
        box.condstore = box.qresync or b"CONDSTORE" in enabled


def quoted(name: str) -> str:
    """A mailbox name as a quoted string in modified UTF-7. Raises ValueError for control characters."""
    if any(ord(char) < 32 for char in name):
        raise ValueError("control character in a mailbox name")
    return _string(str(imapclient.imap_utf7.encode(name), "ascii"))


def _string(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
