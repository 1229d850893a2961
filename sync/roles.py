"""Which mailbox is for what: by SPECIAL-USE (RFC 6154), else by the names servers and programs give. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from triage.model import Role

WATCHED = (Role.INBOX, Role.SENT, Role.DRAFTS, Role.TRASH, Role.ARCHIVE, Role.JUNK, Role.TEMPLATES)

_ATTRIBUTES = {
    "\\sent": Role.SENT,
    "\\drafts": Role.DRAFTS,
    "\\trash": Role.TRASH,
    "\\archive": Role.ARCHIVE,
    "\\junk": Role.JUNK,
    "\\all": Role.ARCHIVE,
}
# Last part of the name, lower case; the first of each is the likeliest.
_NAMES = {
    Role.SENT: (
        "sent", "sent items", "sent mail", "sent messages", "gesendet", "gesendete elemente", "gesendete objekte",
        "envoyés", "éléments envoyés", "messages envoyés", "enviados", "elementos enviados", "posta inviata", "inviati",
        "verzonden", "verzonden items", "skickat", "wysłane", "отправленные", "已发送邮件", "送信済み",
    ),
    Role.DRAFTS: (
        "drafts", "draft", "entwürfe", "brouillons", "borradores", "bozze", "concepten", "utkast", "rascunhos",
        "kopie robocze", "черновики", "草稿箱", "下書き",
    ),
    Role.TRASH: (
        "trash", "deleted items", "deleted messages", "deleted", "bin", "papierkorb", "gelöschte elemente", "corbeille",
        "éléments supprimés", "papelera", "cestino", "prullenbak", "papperskorgen", "lixeira", "kosz", "удаленные",
        "已删除邮件", "ゴミ箱",
    ),
    Role.ARCHIVE: ("archive", "archives", "archiv", "archivo", "archivio", "archief", "arkiv", "arquivo", "归档"),
    Role.JUNK: (
        "junk", "spam", "junk e-mail", "junk email", "junk-e-mail", "bulk mail", "courrier indésirable", "indésirables",
        "correo no deseado", "posta indesiderata", "ongewenste e-mail", "skräppost", "спам", "垃圾邮件", "迷惑メール",
    ),
    Role.TEMPLATES: ("templates", "vorlagen", "modèles", "plantillas"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox by its decoded name, and what it is for."""

    name: str
    role: Role


def with_roles(listed: list[tuple[str, frozenset[str], bytes]], extra: tuple[str, ...] = ()) -> list[Box]:
    """The mailboxes worth watching out of (name, lower-case attributes, delimiter), INBOX and Sent first.

    A role goes to one mailbox: an attribute beats a name, a shorter path a longer one, \\Archive beats \\All. Mailboxes
    named in `extra` (sync.mailboxes) come last, as OTHER unless they have a role.
    """
    usable = [entry for entry in listed if not entry[1] & {"\\noselect", "\\nonexistent"}]
    found: dict[Role, tuple[tuple[int, int], str]] = {}
    for name, attributes, delimiter in usable:
        for role, rank in _claims(name, attributes, delimiter):
            claim = ((rank, len(name)), name)
            if role not in found or claim < found[role]:
                found[role] = claim

    taken: dict[str, Role] = {}
    for role in WATCHED:
        if role in found:
            taken.setdefault(found[role][1], role)
    there = {name.casefold(): name for name, _, _ in usable}
    for name in extra:
        if known := there.get(name.casefold()):
            taken.setdefault(known, Role.OTHER)
    return [Box(name, role) for name, role in taken.items()]


def _claims(name: str, attributes: frozenset[str], delimiter: bytes) -> list[tuple[Role, int]]:
    if name.upper() == "INBOX":
        return [(Role.INBOX, 0)]
    claims = [(role, 1 if word == "\\all" else 0) for word, role in _ATTRIBUTES.items() if word in attributes]
    last = name.rpartition(delimiter.decode("ascii", "replace"))[2].casefold()
    claims += [(role, 2 + names.index(last)) for role, names in _NAMES.items() if last in names]
    return claims
