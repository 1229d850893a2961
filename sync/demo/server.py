"""A private IMAP and SMTP server on loopback, a process of its own. It keeps mail in memory and ends with its parent.

Run as `python -m sync.demo.server` by `sync.demo.control`, which speaks to it in JSON lines on stdin and reads one
answer a line on stdout. The first line sets the password and the folder for what leaves; the end of stdin ends it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import os
import sys
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope
from aiosmtpd.smtp import Session as SmtpSession
from proxyprotocol.reader import ProxyProtocolReader
from pymap.backend.dict import Config, Login
from pymap.backend.dict.filter import FilterSet
from pymap.backend.dict.mailbox import MailboxData, MailboxSet
from pymap.imap import IMAPServer
from pymap.parsing.message import AppendMessage
from pymap.parsing.specials.flag import Flag
from pymap.user import Passwords, UserMetadata
from pysasl.hashing import Cleartext

LOOPBACK = "127.0.0.1"
MAX_LINE = 64 * 1024 * 1024


class Sink:
    """Keeps what "left" as .eml files; nothing goes any further."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0

    async def handle_DATA(self, server: SMTP, session: SmtpSession, envelope: Envelope) -> str:
        self.count += 1
        self.folder.mkdir(mode=0o700, exist_ok=True)
        recipients = "".join(f"X-Envelope-To: {address}\r\n" for address in envelope.rcpt_tos).encode()
        path = self.folder / f"{self.count:04}.eml"
        path.write_bytes(recipients + (envelope.original_content or b""))

        return f"250 kept as {path.name}"


class Account:
    """The one account, its mailboxes held in the hand, so that sample mail needs no APPEND."""

    def __init__(self, user: str, password: str) -> None:
        args = Namespace(passlib_cfg=None, proxy_protocol=None, inherited_sockets=None)
        self.config = Config(
            args,
            host=LOOPBACK,
            port=0,
            tls_enabled=False,
            reject_dnsbl=False,
            demo_data=False,
            demo_user=user,
            demo_password=password,
            # The password lives as long as this process: a slow hash would only cost every login 150 ms.
            hash_context=Cleartext(),
        )
        self.config.apply_context()
        self.login = Login(self.config)
        self.mailboxes = MailboxSet()
        self.names = {"INBOX"}
        self.uids: dict[tuple[str, str], int] = {}

    async def open(self) -> None:
        """Makes the account known to the server. Needs the running loop."""
        hashed = await Passwords(self.config).hash_password(self.config.demo_password)
        user = UserMetadata(self.config, self.config.demo_user, password=hashed)
        await self.login.demo_user_identity.set(user)
        self.config.set_cache[user.name] = (self.mailboxes, FilterSet())

    async def mailbox(self, name: str) -> MailboxData:
        if name not in self.names:
            self.names.add(name)
            await self.mailboxes.add_mailbox(name)
        return await self.mailboxes.get_mailbox(name)

    async def add(self, order: dict[str, Any]) -> None:
        """Puts one mail where it lies, with the flags and the INTERNALDATE the order names."""
        mailbox = await self.mailbox(order["mailbox"])
        flags = frozenset(Flag(flag.encode()) for flag in order["flags"])
        raw = base64.b64decode(order["raw"])
        message = await mailbox.append(AppendMessage(raw, datetime.fromisoformat(order["at"]), flags))
        self.uids[order["mailbox"], order["message_id"]] = message.uid

    async def move(self, order: dict[str, Any]) -> None:
        """Moves the mail with this Message-ID, as a colleague with another client would."""
        source = await self.mailbox(order["from"])
        target = await self.mailbox(order["to"])
        await source.move(self.uids[order["from"], order["message_id"]], target)


@asynccontextmanager
async def listening(account: Account, sink: Sink) -> AsyncIterator[tuple[int, int]]:
    """Both servers on free ports; yields (IMAP port, SMTP port)."""
    connection = IMAPServer(account.login, account.config)
    handler = ProxyProtocolReader(account.config.proxy_protocol).get_callback(connection)
    imap = await asyncio.start_server(handler, host=LOOPBACK, port=0)
    smtp = await asyncio.get_running_loop().create_server(
        lambda: SMTP(sink, hostname="localhost", enable_SMTPUTF8=True), host=LOOPBACK, port=0
    )
    try:
        yield imap.sockets[0].getsockname()[1], smtp.sockets[0].getsockname()[1]
    finally:
        imap.close()
        smtp.close()


async def obey(reader: asyncio.StreamReader, account: Account) -> None:
    """Follows orders until stdin ends. `done` is answered, so the parent knows that all before it is in place."""
    while line := await reader.readline():
        order = json.loads(line)
        if order["do"] == "add":
            await account.add(order)
        elif order["do"] == "move":
            await account.move(order)
        else:
            answer({"ok": True})


def answer(what: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(what) + "\n")
    sys.stdout.flush()


async def serve() -> None:
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=MAX_LINE)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)

    first = json.loads(await reader.readline())
    account = Account(first["user"], first["password"])
    await account.open()
    async with listening(account, Sink(Path(first["left"]))) as (imap_port, smtp_port):
        answer({"imap": imap_port, "smtp": smtp_port})
        await obey(reader, account)


def main() -> None:
    # pymap reads these: a name look-up that may hang without a network, and a certificate it does not need.
    os.environ["FQDN"] = "localhost"
    os.environ.pop("CERT_FILE", None)
    os.environ.pop("KEY_FILE", None)
    asyncio.run(serve())


if __name__ == "__main__":
    main()
