"""A Dovecot of our own: one configuration file in a temporary folder, a free loopback port, mail seeded as files."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

PASSWORD = "correct-horse"
FULL = ""
# What RFC 3501 alone demands: no IDLE, no CONDSTORE, no ESEARCH, no SPECIAL-USE, no ENABLE, no MOVE.
PLAIN = "IMAP4rev1"
SENT_AND_SO_ON = ("Sent", "Drafts", "Trash", "Junk", "Archive")


@dataclass
class Server:
    """A running Dovecot. Each user is a folder below `home`; everyone's password is PASSWORD."""

    folder: Path
    port: int
    tls_port: int
    process: subprocess.Popen[bytes]
    counter: int = 0
    now: datetime = field(default_factory=lambda: datetime(2026, 11, 20, 12, tzinfo=UTC))

    def maildir(self, user: str, mailbox: str = "INBOX") -> Path:
        root = self.folder / "mail" / user / "Maildir"
        path = root if mailbox == "INBOX" else root / f".{mailbox}"
        if not path.exists():
            for part in ("cur", "new", "tmp"):
                (path / part).mkdir(parents=True)
            self._hand_over()
        return path

    def put(
        self, user: str, raw: bytes, *, mailbox: str = "INBOX", at: datetime | None = None, flags: str = ""
    ) -> Path:
        """One message as a file; INTERNALDATE is the file's time. Flags are Maildir's letters, sorted."""
        self.counter += 1
        at = at or self.now + timedelta(seconds=self.counter)
        name = f"{int(at.timestamp())}.M{self.counter:06d}P1.test,S={len(raw)}:2,{flags}"
        path = self.maildir(user, mailbox) / "cur" / name
        path.write_bytes(raw)
        os.utime(path, (at.timestamp(), at.timestamp()))
        if os.getuid() == 0:
            shutil.chown(path, "mail", "mail")
        return path

    def _hand_over(self) -> None:
        if os.getuid() == 0:
            mail = pwd.getpwnam("mail")
            subprocess.run(["chown", "-R", f"{mail.pw_uid}:{mail.pw_gid}", self.folder / "mail"], check=True)

    def doveadm(self, *words: str) -> str:
        done = subprocess.run(
            ["doveadm", "-c", str(self.folder / "dovecot.conf"), *words], capture_output=True, text=True, check=False
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return done.stdout

    def files(self, user: str) -> dict[str, bytes]:
        """Every message file with its name (the flags are in it) and bytes: what "nothing was written" compares."""
        root = self.folder / "mail" / user
        return {
            str(path.relative_to(root)): path.read_bytes()
            for path in sorted(root.rglob("*"))
            if path.is_file() and path.parent.name in ("cur", "new")
        }

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)
        shutil.rmtree(self.folder, ignore_errors=True)


def available() -> bool:
    return bool(shutil.which("dovecot") or Path("/usr/sbin/dovecot").exists())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(capability: str = FULL, certificate: tuple[Path, Path] | None = None) -> Server:
    """Start a Dovecot and wait until it answers.

    Not below pytest's folder: that is closed to other users, and as root the mail belongs to one.
    """
    port, tls_port = free_port(), free_port()
    folder = Path(tempfile.mkdtemp(prefix="triage-dovecot-"))
    (folder / "mail").mkdir()
    for path in (folder, folder / "mail"):
        path.chmod(0o755)
    (folder / "dovecot.conf").write_text(_configuration(folder, port, tls_port, capability, certificate))
    log = (folder / "start.log").open("wb")
    dovecot = shutil.which("dovecot") or "/usr/sbin/dovecot"
    process = subprocess.Popen([dovecot, "-F", "-c", str(folder / "dovecot.conf")], stdout=log, stderr=log)
    log.close()
    server = Server(folder, port, tls_port, process)
    server._hand_over()
    _wait(server)
    return server


def _wait(server: Server) -> None:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if server.process.poll() is not None:
            break
        try:
            with socket.create_connection(("127.0.0.1", server.port), timeout=5) as probe:
                if probe.recv(4) == b"* OK":
                    return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError((server.folder / "start.log").read_text() + (server.folder / "dovecot.log").read_text())


def _configuration(
    folder: Path, port: int, tls_port: int, capability: str, certificate: tuple[Path, Path] | None
) -> str:
    root = os.getuid() == 0
    me = pwd.getpwuid(os.getuid()).pw_name
    mail = pwd.getpwnam("mail") if root else pwd.getpwuid(os.getuid())
    users = ("dovecot", "dovenull") if root else (me, me)
    boxes = "\n".join(
        f"  mailbox {name} {{\n    auto = create\n    special_use = \\{name}\n  }}" for name in SENT_AND_SO_ON
    )
    tls = (
        "ssl = no" if certificate is None
        else f"ssl = yes\nssl_cert = <{certificate[0]}\nssl_key = <{certificate[1]}\nssl_min_protocol = TLSv1.2"
    )  # fmt: skip
    return f"""
base_dir = {folder}/base
state_dir = {folder}/state
log_path = {folder}/dovecot.log
instance_name = {folder.name}
protocols = imap
listen = 127.0.0.1
{tls}
disable_plaintext_auth = no
auth_mechanisms = plain login
auth_failure_delay = 0
default_internal_user = {users[0]}
default_login_user = {users[1]}
default_internal_group = {"dovecot" if root else _group()}
first_valid_uid = 1
mail_uid = {mail.pw_uid}
mail_gid = {mail.pw_gid}
mail_home = {folder}/mail/%u
mail_location = maildir:~/Maildir
mail_max_userip_connections = 100
# Where the kernel says nothing of a new file (too many watchers), Dovecot looks by itself: every second, not every 30.
mailbox_idle_check_interval = 1s
{f"imap_capability = {capability}" if capability else ""}
passdb {{
  driver = static
  args = password={PASSWORD}
}}
userdb {{
  driver = static
  args = uid={mail.pw_uid} gid={mail.pw_gid} home={folder}/mail/%u allow_all_users=yes
}}
namespace inbox {{
  inbox = yes
  separator = /
{boxes}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port if certificate else 0}
  }}
}}
service anvil {{
  chroot =
  # A wrong password would make every later login from here wait.
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
  unix_listener stats-writer {{
    mode = 0666
  }}
}}
"""


def _group() -> str:
    import grp

    return grp.getgrgid(os.getgid()).gr_name
