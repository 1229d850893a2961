"""What a mail's words say, in several languages: does it ask, does it only thank, is somebody away and until when.

Word lists err to one side on purpose: a mail that only might ask counts as asking, one that only might thank does not.
"""

# ruff: noqa: E501, RUF001

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

_QUESTION = re.compile(r"[?？؟՞፧⁇⁈⁉]|[¿]")

# Politeness that ends many a reply and asks nothing.
_STOCK = re.compile(
    r"(?:please\s+)?(?:let\s+(?:me|us)\s+know|contact\s+(?:me|us)|reach\s+out|feel\s+free|do\s+not\s+hesitate|don't\s+hesitate)"
    r"[^.!?\n]{0,60}\b(?:any|further|more|other|additional|anything|questions?|problems?|issues?|help)\b[^.!?\n]*[.!]?"
    r"|(?:if|should)\s+you\s+(?:have|need)\s+any\b[^?\n.!]*[.!]?"
    r"|bei\s+(?:weiteren\s+|r(?:ü|ue)ck)?fragen[^?\n.!]*[.!]?|(?:falls|wenn)\s+sie\s+(?:noch\s+|weitere\s+)?fragen[^?\n.!]*[.!]?"
    r"|n'h(?:é|e)sitez\s+pas[^?\n.!]*[.!]?|no\s+dude(?:s)?\s+en[^?\n.!]*[.!]?|non\s+esit[^?\n.!]*[.!]?"
    r"|(?:any|further|more)\s+questions\?",
    re.IGNORECASE,
)
_REQUEST = re.compile(
    r"\b(?:(?:can|could|would|will|may)\s+(?:you|i|we|someone|somebody)\b|please\s+(?:\w+ly\s+)?(?:send|tell|let|confirm|check|advise|"
    r"provide|reply|answer|explain|help|call|fix|look|update|try|share|forward|attach|give|change|cancel|refund|resend|remove)"
    r"|let\s+(?:me|us)\s+know|do\s+you\s+(?:have|know)|(?:i|we)\s+(?:still\s+)?need\b|how\s+(?:do|can|should)\s+(?:i|we)|any\s+(?:news|update|idea)"
    r"|k(?:ö|oe)nn(?:en|ten|test)\s+(?:sie|du|ihr|wir|ich)|kannst\s+du|w(?:ü|ue)rden\s+sie|bitte\s+\w+|ich\s+(?:brauche|ben(?:ö|oe)tige)|teilen\s+sie"
    r"|pou(?:vez|rriez|vons|rrait)[\s-]+(?:vous|nous)|peux-tu|merci\s+de\s+(?:me|nous|bien)|veuillez|j'ai\s+besoin|est-ce\s+que"
    r"|pued(?:e|es|en)\s|podr(?:í|i)a(?:s|n)?\s|necesito|necesitamos|h(?:á|a)ganme|d(?:í|i)game"
    r"|pu(?:ò|oi)\s|potr(?:este|esti|ebbe)|ho\s+bisogno|mi\s+(?:dica|faccia)"
    r"|kun(?:t|nen)\s+(?:u|je|jij|jullie|we)|zou(?:den)?\s+(?:u|je|jullie)|graag\s+(?:hoor|ontvang|zou)|laat\s+(?:me|ons|het)"
    r"|poderia|pode(?:m)?\s+(?:me|nos|por)|preciso\s|gostaria\s|kan\s+(?:ni|du|dere|de)\s|(?:czy|prosz(?:ę|e)\s+o)\s"
    r"|(?:не\s+)?могли\s+бы|можете\s+ли|подскажите|пришлите|нужн[оаы]?\s)"
    r"|(?:教えて|いただけ(?:ますか|ないでしょうか)|お願い(?:し|いた)|请问|請問|吗[。\s]|嗎[。\s]|알려\s?주)",
    re.IGNORECASE,
)
_THANKS = re.compile(
    r"\b(?:thank(?:s|\s?you|\s+u)?|thx|tnx|ty|cheers|much\s+appreciated|danke(?:sch(?:ö|oe)n)?|dank(?:e)?|besten\s+dank|merci|gracias|grazie|"
    r"bedankt|dank\s?(?:u|je)|obrigad[oa]|tack|takk|tak|kiitos|kiitoksia|dzi(?:ę|e)k(?:uj(?:ę|e)|i)|d(?:ě|e)kuj[iu]|(?:ď|d)akujem|"
    r"k(?:ö|o)sz(?:ö|o)n(?:ö|o)m|mul(?:ț|t)umesc|hvala|te(?:ş|s)ekk(?:ü|u)r(?:ler)?|спасибо|благодар\w*|дякую|ευχαριστ\w*|terima\s+kasih)\b"
    r"|ありがとう|感謝|谢谢|謝謝|多谢|감사|고맙|شكرا|תודה|धन्यवाद|ขอบคุณ",
    re.IGNORECASE,
)
# What turns thanks into news: "thanks, but it still fails".
_MORE = re.compile(
    r"\b(?:but|however|still|yet|although|unfortunately|except|only\s+that|not|no|never|doesn't|didn't|isn't|can't|won't|again|wrong|"
    r"error|fail\w*|broken|problem|issue|also|another|when|why|how|where|who|which|aber|jedoch|leider|trotzdem|noch|nicht|kein\w*|wieder|"
    r"fehler|wann|warum|wie|wo|mais|cependant|toujours|malheureusement|pas|encore|erreur|quand|pero|sin\s+embargo|todav(?:í|i)a|"
    r"a(?:ú|u)n|no|cu(?:á|a)ndo|ma|per(?:ò|o)|ancora|non|purtroppo|quando|maar|echter|nog|niet|helaas|wanneer|mas|por(?:é|e)m|ainda|"
    r"n(?:ã|a)o|но|однако|ещ[её]|не|нет|когда|почему|как)\b|でも|しかし|まだ|但是|但|还|하지만|아직",
    re.IGNORECASE,
)
_MAX_THANKS_WORDS = 30


def asks(text: str) -> bool:
    """Whether new text asks something. Links and stock phrases ("any questions, let us know") do not count."""
    text = _STOCK.sub(" ", _without_links(text[:65_536]))
    return _QUESTION.search(text) is not None or _REQUEST.search(text) is not None


def _without_links(text: str) -> str:
    """The text without words that are addresses; their question marks ask nothing."""
    if "@" not in text and "://" not in text and "www." not in text:
        return text
    return "\n".join(" ".join(word for word in line.split() if not _is_link(word)) for line in text.split("\n"))


def _is_link(word: str) -> bool:
    return "@" in word or "://" in word or word.startswith("www.")


def only_thanks(text: str) -> bool:
    """Whether new text probably only thanks: short, thanking, without a question and without a turn such as "but"."""
    text = text[:4096].strip()
    if not text or len(text.split()) > _MAX_THANKS_WORDS or len(text) > 300:
        return False
    if not _THANKS.search(text) or _without_links(text) != text or re.search(r"\d", text):
        return False
    return not _MORE.search(text) and not asks(text)


_AWAY_SUBJECT = re.compile(
    r"^\s*(?:(?:re|aw|sv|antw)\s*:\s*)?\W{0,3}(?:auto(?:matic|mated|matische?|-)?\s*[:-]?\s*(?:reply|response|re\b|antwort|antwoord|svar)|autoreply|autoresponder"
    r"|out\s+of\s+(?:the\s+)?office|out-of-office|ooo\b|vacation\b|on\s+(?:vacation|holiday|leave)\b|away\s+from\b"
    r"|abwesenheit\w*|abwesend\b|automatische\s+(?:antwort|abwesenheit\w*)|au(?:ß|ss)er\s+haus|ich\s+bin\s+(?:nicht\s+im|im\s+urlaub)"
    r"|r(?:é|e)ponse\s+automatique|absence\s+du\s+bureau|absent\b|respuesta\s+autom(?:á|a)tica|fuera\s+de\s+la\s+oficina"
    r"|risposta\s+automatica|fuori\s+(?:sede|ufficio)|automatisch\s+antwoord|afwezig\w*|resposta\s+autom(?:á|a)tica"
    r"|autosvar|automatiskt\s+svar|fr(?:å|a)nvarande|automaattinen\s+vastaus|poissa\b|autoodpowied(?:ź|z)|odpowied(?:ź|z)\s+automatyczna"
    r"|автоответ|автоматический\s+ответ|自動応答|自动回复|自動回覆|부재\s*중)",
    re.IGNORECASE,
)
_AUTO_TEXT = re.compile(
    r"this\s+is\s+an?\s+auto(?:mated|matic|-?generated|matically\s+generated)\s+(?:reply|response|message|e-?mail|mail|notification)"
    r"|dies\s+ist\s+eine\s+automati\w+\s+(?:antwort|nachricht|e-?mail)|ceci\s+est\s+(?:une\s+r(?:é|e)ponse|un\s+message)\s+automatique"
    r"|(?:este\s+es|esta\s+es)\s+una?\s+(?:respuesta|mensaje|correo)\s+autom(?:á|a)tic|questo\s+(?:è|e'?)\s+un\w*\s+\w+\s+automatic"
    r"|dit\s+is\s+een\s+automatisch",
    re.IGNORECASE,
)


def away_subject(subject: str) -> bool:
    """Whether a subject is that of a vacation notice or automatic reply."""
    return _AWAY_SUBJECT.match(subject[:300]) is not None


def says_automatic(text: str) -> bool:
    """Whether the first lines say of themselves that nobody wrote them."""
    return _AUTO_TEXT.search(text[:400]) is not None


_MONTH_NAMES = (
    ("january", "januar", "jänner", "janvier", "enero", "gennaio", "januari", "janeiro", "января", "jan"),
    ("february", "februar", "février", "fevrier", "febrero", "febbraio", "februari", "fevereiro", "февраля", "feb", "févr"),
    ("march", "märz", "maerz", "mars", "marzo", "maart", "março", "марта", "mar", "mär"),
    ("april", "avril", "abril", "aprile", "апреля", "apr", "avr"),
    ("may", "mai", "mayo", "maggio", "mei", "maio", "мая", "maj"),
    ("june", "juni", "juin", "junio", "giugno", "junho", "июня", "jun"),
    ("july", "juli", "juillet", "julio", "luglio", "julho", "июля", "jul"),
    ("august", "août", "aout", "agosto", "augustus", "augusti", "августа", "aug", "aoû"),
    ("september", "septembre", "septiembre", "settembre", "setembro", "сентября", "sep", "sept", "set"),
    ("october", "oktober", "octobre", "octubre", "ottobre", "outubro", "октября", "oct", "okt", "ott"),
    ("november", "novembre", "noviembre", "novembro", "ноября", "nov"),
    ("december", "dezember", "décembre", "decembre", "diciembre", "dicembre", "dezembro", "декабря", "dec", "dez", "déc", "dic"),
)  # fmt: skip
_MONTHS = {name: number for number, names in enumerate(_MONTH_NAMES, 1) for name in names}
_MONTH = "(" + "|".join(sorted(map(re.escape, _MONTHS), key=len, reverse=True)) + r")\b\.?"
_UNTIL = re.compile(
    r"\b(?:until|till|til|thru|through|return(?:ing)?|(?:be\s+)?back|resume|bis|einschlie(?:ß|ss)lich|zur(?:ü|ue)ck|wieder|ab\s+dem|jusqu\w*"
    r"|retour|hasta|vuelv\w+|regres\w+|fino\s+a\w*|rientr\w+|torn\w+|tot(?:\s+en\s+met)?|terug|t/m|at(?:é|e)|retorn\w+|till\s+och\s+med|tillbaka|tilbake|do\b|до)",
    re.IGNORECASE,
)
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|º|°|\.)?\s*(?:of\s+|de\s+|di\s+)?" + _MONTH + r",?\s*(?:de\s+|del\s+)?(20\d\d)?",
    re.IGNORECASE,
)
_MONTH_DAY = re.compile(r"\b" + _MONTH + r"\s+(\d{1,2})(?:st|nd|rd|th)?\b(?:,?\s*(20\d\d))?", re.IGNORECASE)
_DOTTED = re.compile(r"\b(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(20\d\d|\d\d)\b)?")
_SLASHED = re.compile(r"\b(\d{1,2})/(\d{1,2})(?:/(20\d\d|\d\d))?\b")
_REACH = 60


def away_until(text: str, received_at: datetime) -> datetime | None:
    """The first date after a word such as "until" or "back on" within a year after `received_at`: midnight UTC.

    3/4 is read in the order that gives a date to come; where both do, as day and month.
    """
    for word in _UNTIL.finditer(text[:16_384]):
        after = text[word.end() : word.end() + _REACH].partition("\n\n")[0]
        dated = _date(after, received_at)
        if dated is not None:
            return dated
    return None


def _date(text: str, received_at: datetime) -> datetime | None:
    found: list[tuple[int, list[tuple[int | None, int, int]]]] = []
    for match in _ISO.finditer(text):
        found.append((match.start(), [(int(match[1]), int(match[2]), int(match[3]))]))
    for match in _DAY_MONTH.finditer(text):
        found.append((match.start(), [(_year(match[3]), _MONTHS[match[2].lower()], int(match[1]))]))
    for match in _MONTH_DAY.finditer(text):
        found.append((match.start(), [(_year(match[3]), _MONTHS[match[1].lower()], int(match[2]))]))
    for match in _DOTTED.finditer(text):
        found.append((match.start(), [(_year(match[3]), int(match[2]), int(match[1]))]))
    for match in _SLASHED.finditer(text):
        year, a, b = _year(match[3]), int(match[1]), int(match[2])
        found.append((match.start(), [(year, b, a), (year, a, b)]))

    for _, readings in sorted(found):
        for year, month, day in readings:
            if (dated := _ahead(year, month, day, received_at)) is not None:
                return dated
    return None


def _year(text: str | None) -> int | None:
    if not text:
        return None
    return int(text) if len(text) == 4 else 2000 + int(text)


def _ahead(year: int | None, month: int, day: int, received_at: datetime) -> datetime | None:
    """The date, if it lies from a day before to a year after; without a year the next such date."""
    for candidate in (year,) if year is not None else (received_at.year, received_at.year + 1):
        try:
            dated = datetime(candidate, month, day, tzinfo=UTC)
        except ValueError:
            return None
        if timedelta(days=-1) <= dated - received_at <= timedelta(days=370):
            return dated
    return None
