"""From a host name to a stream that may carry a password: TCP, TLS, the greeting. It sends no secret itself."""

from __future__ import annotations

import socket
import ssl

from sync.stream import Lost, Stream
from triage.config import Imap
from triage.errors import Untrusted

PORTS = {"implicit": 993, "starttls": 143, "none": 143}


def where(imap: Imap) -> str:
    """`host:port` as sentences name the server."""
    return f"{imap.host}:{port(imap)}"


def port(imap: Imap) -> int:
    return imap.port or PORTS[imap.tls]


def open_stream(imap: Imap) -> Stream:
    """A connected stream whose next line is the greeting; TLS verified unless the host is this machine.

    Raises Untrusted before anything is said in the clear, OSError and ssl.SSLError as they come.
    """
    stream = Stream(_connected(imap), imap.timeout_seconds)
    try:
        if imap.tls == "none":
            _only_here(stream.sock, imap)
        elif imap.tls == "implicit":
            stream.start_tls(context(imap), imap.host)
        else:
            _ask_for_tls(stream, imap)
    except BaseException:
        stream.close()
        raise
    return stream


def context(imap: Imap) -> ssl.SSLContext:
    """Python's defaults: verified certificate and name, TLS 1.2 or later. `ca_file` adds to what the system trusts."""
    made = ssl.create_default_context()
    if imap.ca_file:
        try:
            made.load_verify_locations(cafile=imap.ca_file)
        except (OSError, ssl.SSLError) as error:
            raise Untrusted(f"imap.ca_file {imap.ca_file} cannot be read as certificates. Nothing was sent.") from error
    return made


def _connected(imap: Imap) -> socket.socket:
    # As bytes, which typeshed does not know of: text goes through Python's idna codec, 5 ms to import.
    host = imap.host.encode() if imap.host.isascii() else imap.host
    sock = socket.create_connection((host, port(imap)), timeout=imap.timeout_seconds)  # type: ignore[arg-type]
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    return sock


def _only_here(sock: socket.socket, imap: Imap) -> None:
    peer = str(sock.getpeername()[0])
    if not (peer == "::1" or peer.removeprefix("::ffff:").startswith("127.")):
        raise Untrusted(f'imap.tls = "none" is for this machine only, not for {where(imap)}. Nothing was sent.')


def _ask_for_tls(stream: Stream, imap: Imap) -> None:
    greeting = stream.line()
    # RFC 9051 11.1: PREAUTH would skip STARTTLS, so it is a stripping attack or a server that cannot do it.
    if not greeting.upper().startswith(b"* OK"):
        raise Untrusted(f"{where(imap)} does not let a connection begin with STARTTLS. Nothing was sent.")

    stream.send(b"S1 STARTTLS\r\n")
    while not (line := stream.line()).startswith(b"S1 "):
        if line.upper().startswith(b"* BYE"):
            raise Lost("closed")
    if not line.upper().startswith(b"S1 OK"):
        raise Untrusted(f"{where(imap)} does not offer STARTTLS. Nothing was sent.")

    stream.start_tls(context(imap), imap.host)
    # imaplib waits for a greeting; what stood in the clear (capabilities) must not be believed.
    stream.push(b"* OK ready\r\n")
