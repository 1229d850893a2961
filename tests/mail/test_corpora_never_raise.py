"""Every file of the corpora of real and hostile mail is read: nothing raises, nothing takes long, no line is lost."""

from __future__ import annotations

import os
import time
from collections import Counter
from dataclasses import astuple
from datetime import UTC, datetime
from pathlib import Path

import pytest

from triage.mail import inspect
from triage.mail.facts import from_header, from_mail
from triage.model import Desk

ROOT = os.environ.get("TRIAGE_CORPORA", "")
NOW = datetime(2026, 11, 22, tzinfo=UTC)
DESK = Desk(addresses=frozenset({"support@shop.example"}), authserv=frozenset({"mx.shop.example"}))

pytestmark = pytest.mark.skipif(not ROOT, reason="TRIAGE_CORPORA names no folder of mail to read")


def folders() -> list[str]:
    return sorted(path.name for path in Path(ROOT).iterdir() if path.is_dir()) if ROOT else []


def mails(folder: str) -> list[tuple[str, bytes]]:
    return [(str(path), path.read_bytes()) for path in sorted((Path(ROOT) / folder).rglob("*")) if path.is_file()]


@pytest.mark.parametrize("folder", folders())
def test_reading_never_raises_and_the_key_is_that_of_the_header_pass(folder):
    for name, raw in mails(folder):
        head = from_header(raw, NOW, DESK)
        facts, _ = from_mail(raw, NOW, DESK)

        assert facts.message.key == head.message.key, name


@pytest.mark.parametrize("folder", folders())
def test_all_text_can_be_kept_as_utf8(folder):
    for name, raw in mails(folder):
        facts, body = from_mail(raw, NOW, DESK)

        kept = (facts.date, facts.message.subject, *facts.message.ids, facts.message.sender.name, *astuple(body)[:5])
        assert "".join(kept).encode("utf-8", "surrogatepass").decode("utf-8", "ignore") == "".join(kept), name


@pytest.mark.parametrize("folder", folders())
def test_no_line_of_the_text_is_lost(folder):
    for name, raw in mails(folder):
        _, body = from_mail(raw, NOW, DESK)
        split = [*lines(body.new_text), *lines(body.quoted), *lines(body.signature)]

        assert Counter(split) == Counter(lines(body.text)), name


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in text.split("\n") if line.strip()]


@pytest.mark.parametrize("folder", folders())
def test_what_inspect_says_holds_no_control_character(folder):
    for name, raw in mails(folder):
        said = inspect.inspect(raw, name, DESK)
        text = "".join(value for value in said.values() if isinstance(value, str))

        assert not [character for character in text if character != "\n" and ord(character) < 32], name


@pytest.mark.parametrize("folder", folders())
def test_no_mail_takes_longer_than_two_seconds(folder):
    """Of processor time, so that a busy machine does not count."""
    for name, raw in mails(folder):
        begun = time.process_time()
        from_mail(raw, NOW, DESK)

        assert time.process_time() - begun < 2, name
