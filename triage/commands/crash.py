"""What nobody foresaw: the traceback goes to a private log, without local variables, and a person gets one line."""

from __future__ import annotations

import os
import traceback
from datetime import UTC, datetime

from triage import config as configuration


def recorded(error: BaseException) -> str:
    """Append the traceback to the log and return the sentence. Local variables stay out: they hold mail and secrets."""
    what = f"triage: something went wrong that should not ({type(error).__name__})"
    path = configuration.paths().log
    # The exception's own text may quote mail, so only its type and the lines of code are kept.
    frames = "".join(traceback.format_tb(error.__traceback__))
    text = f"{datetime.now(UTC).isoformat()} {type(error).__module__}.{type(error).__qualname__}\n{frames}\n"
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(log, "a", encoding="utf-8") as file:
            file.write(text)
    except OSError as trouble:
        return f"{what}; its log {path} could not be written: {trouble.strerror}"
    return f"{what}; what is known of it is in {path}"
