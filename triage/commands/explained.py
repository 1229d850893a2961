"""What `triage COMMAND --help` says above the options: what the command does, what it does not, and what undoes it."""

from __future__ import annotations

EXPLAINED = {
    "list": """\
Lists the view Needs you in the order of the queue: replies not out, broken
promises and bounces first, then whoever has waited longest. Each row says
number, level, age, customer, subject, and what is remarkable about it.""",
    "next": "Shows the conversation that the queue would offer now, the first of its list.",
    "show": """\
Prints one conversation: messages, notes and decisions in their order. As text
it counts as opened, and is no longer new; with --json nothing changes.""",
    "why": """\
Says how a level comes about, in business time and on the wall, why the
conversation stands where it stands, and the numbers behind each reason.""",
    "search": "Looks through all mail, notes and tags; closed conversations and spam too.",
    "close": """\
Closes conversations. Whoever still waits is settled by it, and reports count
them as closed unanswered. New mail from the customer opens them again.""",
    "open": """\
Opens conversations: what a closing settled waits again from its start, and
they stand in Needs you until something else is decided.""",
    "pending": """\
Says that the customer must move. It answers nobody: a customer who waits goes
on waiting, in Needs you.""",
    "park": """\
Says that someone else must move, and who: a bank, a supplier, a colleague. A
customer who waits goes on waiting.""",
    "spam": """\
Says that this is no customer's. Mail that comes later on it starts no clock;
`open` takes it out.""",
    "snooze": """\
Puts a conversation out of sight until an instant: for what you do later
yourself. The wait goes on, and mail from the customer brings it back at once,
unless --hold.""",
    "unsnooze": "Brings snoozed conversations back into sight now.",
    "tag": "Puts tags on conversations and takes them off: triage tag 4711 +refund -urgent",
    "note": """\
Writes an internal note. It reaches no customer by any path, and touches no
clock. --edit changes the last note; --strike removes its text for good, from
the journal too (a password that was pasted).""",
    "promise": """\
Keeps a date that the customer was given. Once it has passed without a reply,
the conversation stands at the top of the queue.""",
    "answered": """\
Says that the customer was answered outside the mail. It is their turn then,
and the answer counts as stated in reports.""",
    "noanswer": """\
Closes what needs no answer: the wait ends, and it never counts as closed
unanswered. --duplicate-of says which conversation has the answer.""",
    "thanks": """\
Confirms that the newest mail only says thanks. `open` says that it is a
question after all.""",
    "join": """\
Makes one conversation of two. The smaller number stays, the other leads to it;
`split` parts them.""",
    "split": """\
Makes one message, and what answers it, a conversation of its own. Notes stay
with their message.""",
    "rename": "Calls a customer by another name, in every conversation.",
    "sender": """\
Says whether a person or a machine writes from an address: of the mail that is
here, and of what will come. A machine's mail waits for no answer.""",
    "start": """\
Draws the start line: conversations whose last message is older are history,
closed and in no view but All. A customer who writes on one opens it again.""",
    "undo": """\
Takes back the newest decision, across restarts, or the one named. What came
since counts: the line says when somebody still waits.""",
    "redo": "Takes the newest undo back, unless something else was decided since.",
    "sync": """\
Fetches what is new, newest first, and ends. --watch stays and fetches mail as
it comes. Nothing is written on the server but what [sync] push allows. Where a
sync is at work already, that one is asked for a round.""",
    "demo": """\
Serves a sample inbox on this machine, syncs it for real and shows the queue.
It needs no configuration, touches nothing of yours, and leaves nothing behind.""",
    "inspect": """\
Prints how message files are read: who wrote, what is new text and what is
quoted, whether a person wrote it, what was odd. For mail that looks wrong.""",
    "threads": """\
Prints which message files would be one conversation, by their references.
Copies of one mail count once.""",
    "doctor": """\
Checks configuration, permissions, store and login, and says what to do about
each thing it does not like. Nothing is changed.""",
    "keys": "Lists every key binding by the id that [keys] in triage.toml takes.",
    "backup": """\
Writes a consistent copy of the store, every fact and every decision, while
everything runs. The text of the mail is not in it: it can be fetched again.""",
}
