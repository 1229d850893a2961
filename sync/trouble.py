"""What went wrong on a connection, as a sentence a person can act on. Never a secret, never raw text of a server."""

from __future__ import annotations

import re
import socket
import ssl

from triage.errors import LoginRefused, Offline, SyncError, Untrusted

BROKEN = (OSError, EOFError, ValueError, RecursionError, LookupError, TypeError, AssertionError)
"""What a connection that speaks nonsense makes imapclient, ssl and us raise; imaplib's own errors come on top."""

_CERTIFICATE = {
    9: "is not valid yet: check this machine's clock, or ask whoever runs the server",
    10: "has expired: ask whoever runs the server to renew it",
    18: "is self-signed: name its file in imap.ca_file if you trust it",
    19: "is signed by an authority nobody here knows: name its certificate in imap.ca_file if you trust it",
    20: "is signed by an authority nobody here knows: name its certificate in imap.ca_file if you trust it",
    62: "is for another name: write the name it is for into imap.host",
    64: "is for another address: write the name it is for into imap.host",
}
_BACKOFF = re.compile(r"Suggested Backoff Time: (\d{1,9}) milliseconds", re.IGNORECASE)
_BUSY_CODES = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[THROTTLED]", "[OVERQUOTA]")


class Busy(Offline):
    """The server asked to be left alone for `seconds`."""

    def __init__(self, sentence: str, seconds: float) -> None:
        super().__init__(sentence)
        self.seconds = seconds


def lost(error: BaseException, where: str, seconds: float) -> SyncError:
    """The sentence for a connection that broke. `where` is host:port, `seconds` the time one command had."""
    if isinstance(error, SyncError):
        return error
    if isinstance(error, ssl.SSLCertVerificationError):
        return Untrusted(
            f"The certificate of {where} {_CERTIFICATE.get(error.verify_code, 'cannot be verified')}. Nothing was sent."
        )
    if isinstance(error, ssl.SSLError):
        return Untrusted(
            f'{where} does not speak TLS as expected: check imap.port, or set imap.tls = "starttls". Nothing was sent.'
        )
    if isinstance(error, TimeoutError):
        return Offline(
            f"{where} went silent: no full answer within {seconds:.0f} s. The connection was dropped; "
            "try again, or look at the network between here and there."
        )
    if isinstance(error, socket.gaierror):
        return Offline(f"The name in {where} is not known: check imap.host and the network.")
    if isinstance(error, ConnectionRefusedError):
        return Offline(f"{where} refuses connections: check imap.port, or whether the server is running.")
    if isinstance(error, OSError) and error.errno is not None:
        return Offline(f"{where} cannot be reached: {error.strerror or type(error).__name__}. Check the network.")
    if isinstance(error, (OSError, EOFError)):
        return Offline(f"{where} closed the connection or sent something endless. It was dropped; try again.")
    return Offline(f"{where} sent something that is no IMAP: check imap.port and imap.tls.")


def refused(answer: str, where: str, user: str, secrets: tuple[str, ...]) -> SyncError:
    """The server's NO to a login: a wrong password, or a server that is only busy (RFC 5530 3)."""
    text = quoted(answer, secrets)
    if busy := backoff(answer, where):
        return busy
    if any(code in answer.upper() for code in _BUSY_CODES):
        return Offline(f"{where} cannot take a login just now ({text}).")
    return LoginRefused(
        f"{where} refused the login of {user} ({text}). Tried once, not again: check user and password, then try again."
    )


def backoff(answer: str, where: str) -> Busy | None:
    """Exchange Online's way of asking for a pause, or None."""
    match = _BACKOFF.search(answer)
    if match is None:
        return None
    seconds = min(int(match[1]) / 1000, 3600.0)
    return Busy(f"{where} asked for a pause of {seconds:.0f} s.", seconds)


def quoted(answer: str, secrets: tuple[str, ...] = ()) -> str:
    """Text of a server, safe on a screen, short, without any of `secrets`."""
    for secret in secrets:
        if secret:
            answer = answer.replace(secret, "***")
    # Here, not above: it is wanted only once something went wrong.
    from triage.mail.safe import safe

    text = safe(answer).strip().rstrip(".")
    return text[:120] or "no reason given"
