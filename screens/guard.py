"""The backstop: no control character leaves for the terminal, whatever a widget drew. `safe()` is the first line."""

from __future__ import annotations

import re

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

# C0, DEL, C1; bidi marks, embeddings, overrides and isolates; line and paragraph separators; zero-width space and BOM.
STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


class Guard(LineFilter):
    """Replaces what could steer a terminal by U+FFFD; a clean line is passed on as it is."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        if not any(STEERING.search(segment.text) for segment in segments):
            return segments
        return [
            segment if segment.control else Segment(STEERING.sub("�", segment.text), segment.style)
            for segment in segments
        ]
