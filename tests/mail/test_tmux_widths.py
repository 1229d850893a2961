"""A row clipped to 40 cells takes 40 cells in a real terminal: tmux says where its cursor stands after each."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from triage.mail.safe import clip

WIDTH = 40
TEXTS = {
    "plain": "Printer on fire",
    "accents": "Gr\u00fc\u00dfe aus K\u00f6ln",
    "marks": "e\u0301\u0301\u0301\u0301\u0301 flood",
    "cjk": "\u6f22\u5b57\u304b\u306a\uff21\uff22",
    "halfwidth": "\uff76\uff85",
    "hangul": "\ud55c\uad6d\uc5b4 \u1100\u1161\u11a8",
    "thai": "\u0e44\u0e17\u0e22\u0e20\u0e32\u0e29\u0e32 \u0e33",
    "arabic": "\u0627\u0644\u0639\u0631\u0628\u064a\u0629 \ufdfa",
    "hebrew": "\u05e9\u05b8\u05dc\u05d5\u05b9\u05dd",
    "emoji": "\U0001f44d \U0001f525 \u2705 \u231a",
    "emoji by selector": "\u2764\ufe0f \u260e\ufe0f \u26a1\ufe0f",
    "skin tone": "\U0001f44d\U0001f3fd ok",
    "keycap": "1\ufe0f\u20e3 2\ufe0f\u20e3",
    "family": "\U0001f468\u200d\U0001f469\u200d\U0001f467 hi",
    "flags": "\U0001f1e9\U0001f1ea \U0001f1eb\U0001f1f7",
    "tags": "\U0001f3f4\U000e0067\U000e0062\U000e007f",
    "controls": "a\x1b[2Jb\x00\x7f\x9b\u202e\u200b\u00ad",
    "fillers": "a\u3164b\u115fc\uffa0d",
    "pictures": "\u2460\u2026\u201cx\u201d\u2167",
    "long": "\u6f22" * 60,
}
# Runs inside tmux: writes each line, asks for the cursor (DSR 6), notes the column it is told.
PROGRAM = """
import os, re, sys, tty
tty.setraw(0)
folder = sys.argv[1]
told = []
for line in open(folder + "/rows", encoding="utf-8").read().split("\\n"):
    os.write(1, b"\\r\\x1b[K" + line.encode() + b"\\x1b[6n")
    answer = b""
    while not answer.endswith(b"R"):
        answer += os.read(0, 1)
    told.append(re.search(rb";(\\d+)R", answer)[1].decode())
open(folder + "/told", "w").write("\\n".join(told))
"""


@pytest.mark.terminal
def test_every_kind_of_text_takes_the_cells_it_was_clipped_to(tmp_path: Path):
    (tmp_path / "rows").write_text("\n".join(clip(text, WIDTH) for text in TEXTS.values()), encoding="utf-8")
    (tmp_path / "program.py").write_text(PROGRAM)
    socket = str(tmp_path / "tmux")
    # The last wait holds the session open until it is killed below.
    then = f"tmux -S {socket} wait-for -S told; tmux -S {socket} wait-for never"
    command = f"{sys.executable} {tmp_path / 'program.py'} {tmp_path}; {then}"
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TERM": "xterm-256color"}
    tmux = ["tmux", "-S", socket, "-f", "/dev/null", "-u"]
    subprocess.run([*tmux, "new-session", "-d", "-x", "100", "-y", "5", command], env=environment, check=True)
    try:
        subprocess.run([*tmux, "wait-for", "told"], env=environment, check=True, timeout=30)
    finally:
        subprocess.run([*tmux, "kill-server"], env=environment, capture_output=True, check=False)

    columns = dict(zip(TEXTS, (int(column) - 1 for column in (tmp_path / "told").read_text().split()), strict=True))
    assert columns == dict.fromkeys(TEXTS, WIDTH)
