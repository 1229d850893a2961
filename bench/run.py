"""`make bench`: every figure beside its limit or peer, in one run, on one generated mailbox.

    python -m bench.run [STEP ...] [--messages 100000] [--runs 5]

Steps: first headers everything nothing day start keys decisions (all of them without a name; `everything` builds the
store that the later ones read, and takes minutes because of the peers). Records go to `.perf/results.jsonl`.
"""

from __future__ import annotations

import argparse

from bench import kit, screen_speed, sync_speed

STEPS = sync_speed.STEPS | screen_speed.STEPS


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("steps", nargs="*", metavar="STEP")
    parser.add_argument("--messages", type=int, default=100_000, choices=[1_000, 10_000, 100_000])
    parser.add_argument("--runs", type=int, default=5)
    wanted = parser.parse_args()
    unknown = [step for step in wanted.steps if step not in STEPS]
    if unknown:
        parser.error(f"no step {unknown[0]!r}; there are: {', '.join(STEPS)}")
    if not kit.KIT.is_dir():
        parser.error(f"{kit.KIT} is not there: set TRIAGE_BENCH_KIT to the folder with gen_corpus.py and dovecot.sh")
    if lacking := kit.missing():
        parser.error(
            f"not installed: {', '.join(lacking)} (Debian: dovecot-imapd isync notmuch neomutt aerc tmux time)"
        )
    user = f"u{wanted.messages // 1000}k"
    kit.PERF.mkdir(parents=True, exist_ok=True)
    kit.PERF.chmod(0o755)
    kit.mailbox(user, wanted.messages)
    with kit.dovecot(user):
        for name, step in STEPS.items():
            if not wanted.steps or name in wanted.steps:
                step(user, wanted.messages, wanted.runs)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
