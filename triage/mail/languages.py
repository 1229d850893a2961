"""The words mail programs and people use, by language: lower-case pieces of patterns for the modules beside it.

Only data. A piece may hold regular-expression syntax; it never repeats without a bound.
"""

from __future__ import annotations

from collections.abc import Iterable


def any_of(pieces: Iterable[str]) -> str:
    """One group that matches any of the pieces."""
    return "(?:" + "|".join(pieces) + ")"


# What asks for something without a question mark.
REQUESTS = (
    "(?:can|could|would|will|may) (?:you|i|we|someone|somebody)",
    "please (?:\\w+ly )?(?:send|tell|let|confirm|check|advise|provide|reply|answer|explain|help|call|fix|look|try)",
    "please (?:\\w+ly )?(?:update|forward|attach|give|change|cancel|refund|resend|remove|restart|open|write|contact)",
    "let (?:me|us) know",
    "do you (?:have|know)",
    "(?:i|we) (?:still )?need",
    "how (?:do|can|should) (?:i|we)",
    "any (?:news|update|idea)",
    "k(?:ö|oe)nn(?:en|ten|test) (?:sie|du|ihr|wir|ich)",
    "kannst du",
    "w(?:ü|ue)rden sie",
    "bitte (?!um entschuldigung)\\w+",
    "ich (?:brauche|ben(?:ö|oe)tige)",
    "teilen sie",
    "pou(?:vez|rriez|vons|rrait)[ -](?:vous|nous)",
    "peux-tu",
    "merci de (?:me|nous|bien)",
    "veuillez",
    "j'ai besoin",
    "est-ce que",
    "pued(?:e|es|en) \\w",
    "podr[íi]a[sn]?",
    "necesit(?:o|amos)",
    "h[áa]ganme",
    "d[íi]game",
    "pu[òo] \\w",
    "potr(?:este|esti|ebbe)",
    "ho bisogno",
    "mi (?:dica|faccia)",
    "kun(?:t|nen) (?:u|je|jij|jullie|we)",
    "zou(?:den)? (?:u|je|jullie)",
    "graag (?:hoor|ontvang|zou)",
    "laat (?:me|ons|het)",
    "poderia",
    "podem? (?:me|nos|por)",
    "preciso",
    "gostaria",
    "kan (?:ni|du|dere|de)",
    "czy",
    "prosz[ęe] o",
    "(?:не )?могли бы",
    "можете ли",
    "подскажите",
    "пришлите",
    "нужн[оаы]?",
)
# Scripts without blanks between words.
REQUESTS_ANYWHERE = (
    "教えて",
    "いただけ(?:ます|ないでしょう)か",
    "お願い(?:し|いた)",
    "请问",
    "請問",
    "[吗嗎][。 \\n]",
    "알려 ?주",
)

# Politeness that ends many a reply and asks nothing.
STOCK = (
    "(?:please )?(?:let (?:me|us) know|contact (?:me|us)|reach out|feel free|do(?: not|n't) hesitate)"
    "[^.!?\\n]{0,60}\\b(?:any|further|more|other|additional|anything|questions?|problems?|issues?|help)\\b[^.!?\\n]{0,200}[.!]?",
    "(?:if|should) you (?:have|need) any\\b[^?\\n.!]{0,200}[.!]?",
    "(?:bei|falls|wenn) (?:sie )?(?:noch |weitere[nr]? |r(?:ü|ue)ck)?fragen\\b[^?\\n.!]{0,200}[.!]?",
    "n'h[ée]sitez pas[^?\\n.!]{0,200}[.!]?",
    "no dudes? en[^?\\n.!]{0,200}[.!]?",
    "non esit\\w+[^?\\n.!]{0,200}[.!]?",
    "(?:any|further|more) questions\\?",
)

THANKS = (
    "thank(?:s| ?you| u)?", "thx", "tnx", "cheers", "much appreciated", "danke(?:sch(?:ö|oe)n)?",
    "(?:besten |vielen )?dank", "merci", "gracias", "grazie", "bedankt", "dank ?(?:u|je)", "obrigad[oa]", "tack",
    "takk", "tak", "kiito(?:s|ksia)", "dzi[ęe]k(?:uj[ęe]|i)", "d[ěe]kuj[iu]", "[ďd]akujem", "k[öo]sz[öo]n[öo]m",
    "mul[țt]umesc", "hvala", "te[şs]ekk[üu]r(?:ler)?", "спасибо", "благодар\\w*", "дякую", "ευχαριστ\\w*",
    "terima kasih",
)  # fmt: skip
THANKS_ANYWHERE = ("ありがとう", "感謝", "谢谢", "謝謝", "多谢", "감사", "고맙", "شكرا", "תודה", "धन्यवाद", "ขอบคุณ")

# What may stand beside thanks without making them more than thanks.
CONTENT = (
    "works", "working", "worked", "solved", "resolved", "fixed", "perfect(?:ly)?", "great", "good", "fine",
    "awesome", "excellent", "wonderful", "brilliant", "super", "helpful", "helped", "got it", "received", "arrived",
    "all set", "done", "appreciate", "funktioniert", "geklappt", "klappt", "erledigt", "gel(?:ö|oe)st", "perfekt",
    "prima", "toll", "wunderbar", "geholfen", "angekommen", "parfait", "marche", "fonctionne", "r[ée]solu",
    "g[ée]nial", "re[çc]u", "funciona", "perfecto", "resuelto", "genial", "recibido", "funziona", "perfetto",
    "risolto", "ottimo", "ricevuto", "werkt", "opgelost", "geweldig", "ontvangen", "funcionou", "[óo]timo",
    "perfeito", "recebido", "resolvido", "fungerar", "l[öo]st", "virker", "dzia[łl]a", "super", "работает",
    "отлично", "получил[аи]?",
)  # fmt: skip
GREETINGS = (
    "hi", "hello", "hey", "dear", "good (?:morning|afternoon|evening|day)", "hallo", "guten (?:tag|morgen|abend)",
    "liebe[rs]?", "sehr geehrte[rs]?", "moin", "servus", "bonjour", "bonsoir", "salut", "cher", "ch[èe]re", "hola",
    "buenos d[íi]as", "buenas tardes", "estimad[oa]s?", "ciao", "buongiorno", "gentile", "salve", "beste",
    "goedemorgen", "dag", "ol[áa]", "bom dia", "hej", "hei", "cze[śs][ćc]", "dzie[ńn] dobry", "здравствуйте",
    "привет", "добрый день",
)  # fmt: skip
CLOSINGS = (
    "(?:kind |best |warm |with )?(?:best |kind )?regards", "best(?: wishes)?", "yours(?: \\w+)?", "sincerely",
    "(?:mit )?(?:freundliche[nr]?|besten?|vielen?|lieben?|sch(?:ö|oe)nen?|herzlichen?) gr(?:ü|ue)(?:ß|ss)en?",
    "mfg", "lg", "vg", "gru(?:ß|ss)", "cordialement", "bien cordialement", "bien à (?:vous|toi)",
    "(?:un )?(?:cordial )?saludos?(?: cordiales)?", "(?:cordiali |distinti )?saluti",
    "(?:met )?vriendelijke groet(?:en)?", "groet(?:jes|en)?", "atenciosamente", "abra[çc]os?",
    "med v[äa]nlig h[äa]lsning", "mvh", "pozdrawiam", "с уважением",
    "have a (?:nice|great|good) (?:day|weekend|evening|week)", "sch(?:ö|oe)ne[ns]? (?:tag|wochenende)(?: noch)?",
)  # fmt: skip

# What turns thanks into news: "thanks, but it still fails".
NEWS = (
    "but", "however", "still", "yet", "although", "unfortunately", "except", "only that", "not?", "never",
    "(?:do|does|did)n't", "isn't", "can't", "won't", "again", "wrong", "error", "fail\\w*", "broken", "problem",
    "issue", "also", "another", "when", "why", "how", "where", "who", "which", "aber", "jedoch", "leider",
    "trotzdem", "noch", "nicht", "kein\\w*", "wieder", "fehler", "wann", "warum", "wie", "wo", "mais", "cependant",
    "toujours", "malheureusement", "pas", "encore", "erreur", "quand", "pero", "sin embargo", "todav[íi]a",
    "a[úu]n", "cu[áa]ndo", "ma", "per[òo]", "ancora", "non", "purtroppo", "quando", "maar", "echter", "nog", "niet",
    "helaas", "wanneer", "mas", "por[ée]m", "ainda", "n[ãa]o", "но", "однако", "ещ[её]", "не", "нет", "когда",
    "почему", "как",
)  # fmt: skip
NEWS_ANYWHERE = ("でも", "しかし", "まだ", "但", "还", "하지만", "아직")

AWAY_SUBJECTS = (
    "auto(?:matic|mated|matische?|-)? ?[:-]? ?(?:reply|response|re\\b|antwort|antwoord|svar)", "autorepl(?:y|ies)",
    "autorespon\\w*", "out[ -]of[ -](?:the[ -])?office", "ooo\\b", "vacation\\b",
    "on (?:vacation|holiday|leave)\\b", "away from\\b", "abwesen(?:d\\b|heit\\w*)",
    "automatische (?:antwort|abwesenheit\\w*)", "au(?:ß|ss)er haus", "ich bin (?:nicht im|im urlaub)",
    "r[ée]ponse automatique", "absence du bureau", "absent\\b", "respuesta autom[áa]tica", "fuera de la oficina",
    "risposta automatica", "fuori (?:sede|ufficio)", "automatisch antwoord", "afwezig\\w*",
    "resposta autom[áa]tica", "autosvar", "automatiskt svar", "fr[åa]nvarande", "automaattinen vastaus",
    "poissa\\b", "\\[?automatyczna odpowied[źz]", "auto: .{0,100}out of the office", "autoodpowied[źz]",
    "odpowied[źz] automatyczna", "автоответ", "автоматический ответ", "自動応答", "自动回复", "自動回覆",
    "부재 ?중",
)  # fmt: skip
AUTOMATIC = (
    "this is an? auto(?:mated|matic|-?generated|matically generated) (?:reply|response|message|e-?mail|notification)",
    "dies ist eine automati\\w+ (?:antwort|nachricht|e-?mail)",
    "ceci est (?:une r[ée]ponse|un message) automatique",
    "est[ea] es una? (?:respuesta|mensaje|correo) autom[áa]tic",
    "questo (?:è|e'?) un\\w* \\w+ automatic",
    "dit is een automatisch",
)

UNTIL = (
    "until", "till", "til", "thru", "through", "return(?:ing)?", "(?:be )?back", "resume", "bis",
    "einschlie(?:ß|ss)lich", "zur(?:ü|ue)ck", "wieder", "ab dem", "jusqu\\w*", "retour", "hasta", "vuelv\\w+",
    "regres\\w+", "fino a\\w*", "rientr\\w+", "torn\\w+", "tot(?: en met)?", "terug", "t/m", "at[ée]", "retorn\\w+",
    "till och med", "tillbaka", "tilbake", "do", "до",
)  # fmt: skip
MONTHS = (
    ("january", "januar", "jänner", "janvier", "enero", "gennaio", "januari", "janeiro", "января", "jan"),
    ("february", "februar", "février", "fevrier", "febrero", "febbraio", "februari", "fevereiro", "февраля", "feb"),
    ("march", "märz", "maerz", "mars", "marzo", "maart", "março", "марта", "mar", "mär"),
    ("april", "avril", "abril", "aprile", "апреля", "apr", "avr"),
    ("may", "mai", "mayo", "maggio", "mei", "maio", "мая", "maj"),
    ("june", "juni", "juin", "junio", "giugno", "junho", "июня", "jun"),
    ("july", "juli", "juillet", "julio", "luglio", "julho", "июля", "jul"),
    ("august", "août", "aout", "agosto", "augustus", "augusti", "августа", "aug", "aoû"),
    ("september", "septembre", "septiembre", "settembre", "setembro", "сентября", "sep", "sept", "set"),
    ("october", "oktober", "octobre", "octubre", "ottobre", "outubro", "октября", "oct", "okt", "ott"),
    ("november", "novembre", "noviembre", "novembro", "ноября", "nov"),
    ("december", "dezember", "décembre", "diciembre", "dicembre", "dezembro", "декабря", "dec", "dez", "dic"),
)  # fmt: skip

# The line above a quotation: how it begins, and how it ends.
WROTE_BEGINS = (
    "on",
    "am",
    "le",
    "el",
    "il",
    "op",
    "em",
    "den",
    "dnia",
    "w dniu",
    "på",
    "dne",
    "a",
    "le",
    "em",
    "at",
    "vào",
    "tarih",
)
WROTE = (
    "wrote", "writes", "schrieb(?: [^:]{0,100})?", "geschrieben", "a écrit", "escribi[óo]", "ha scritto", "scrive",
    "schreef(?: [^:]{0,100})?", "escreveu", "skrev(?: [^:]{0,100})?", "napisa[łl](?:\\(a\\))?",
    "napsal(?:\\(a\\))?", "kirjoitti", "написал(?:\\(а\\))?", "пише[тш]?", "写道", "寫道", "さんは書きました",
    "작성",
)  # fmt: skip

ORIGINAL = (
    "original message", "original appointment", "original-?mail", "reply message", "forwarded message",
    "forwarded by .{1,80}", "urspr(?:ü|ue)ngliche nachricht", "original-?nachricht",
    "weitergeleitete (?:nachricht|e-?mail)", "message d'origine", "message original", "message transféré",
    "mensaje original", "mensaje reenviado", "messaggio originale", "messaggio inoltrato", "oorspronkelijk bericht",
    "origineel bericht", "doorgestuurd bericht", "mensagem original", "mensagem encaminhada",
    "ursprungligt meddelande", "oprindelig meddelelse", "opprinnelig melding", "alkuperäinen viesti",
    "wiadomość oryginalna", "исходное сообщение", "пересылаемое сообщение", "原始邮件", "原始郵件",
    "元のメッセージ",
)  # fmt: skip
FORWARDED = (
    "forwarded message", "forwarded by .{1,80}", "original message", "weitergeleitete (?:nachricht|e-?mail)",
    "urspr(?:ü|ue)ngliche nachricht", "message transféré", "message d'origine", "mensaje reenviado",
    "messaggio inoltrato", "doorgestuurd bericht", "mensagem encaminhada", "пересылаемое сообщение",
)  # fmt: skip

# The fields of an older mail's header as mail programs write them above it.
FROM = (
    "from",
    "von",
    "de",
    "da",
    "van",
    "från",
    "fra",
    "od",
    "lähettäjä",
    "от",
    "发件人",
    "寄件者",
    "差出人",
    "보낸 사람",
)
SENT = (
    "sent", "gesendet", "datum", "date", "envoyé", "enviado(?: el)?", "fecha", "inviato", "data", "verzonden",
    "skickat", "sendt", "dato", "wysłano", "lähetetty", "отправлено", "дата", "发送时间", "送信日時", "보낸 날짜",
)  # fmt: skip
TO = ("to", "an", "à", "para", "a", "aan", "till", "til", "do", "vastaanottaja", "кому", "收件人", "宛先", "받는 사람")
CC = ("cc", "kopie", "kopia", "копия")
SUBJECT = (
    "subject", "betreff", "objet", "asunto", "oggetto", "onderwerp", "assunto", "ämne", "emne", "temat", "aihe",
    "тема", "主题", "主旨", "件名", "제목",
)  # fmt: skip

FOOTERS = (
    "sent (?:from|via|with|using) (?:my |the )?[\\w .@'-]{2,40}(?:<[^<>]{3,200}>)?",
    "get outlook for (?:ios|android).{0,80}", "sent by .{2,30} mobile", "von meinem .{2,30} gesendet",
    "gesendet (?:mit|von|über|aus) .{2,60}", "diese nachricht wurde von meinem .{2,60} gesendet",
    "envoyée? (?:de|depuis|à partir de) .{2,50}", "enviado (?:desde|do) (?:mi|meu) .{2,30}",
    "inviato d(?:a|al) .{2,30}", "verstuurd vanaf (?:mijn )?.{2,30}", "verzonden vanaf .{2,30}",
    "skickat från min .{2,30}", "sendt fra min .{2,30}", "wysłane z .{2,30}", "отправлено (?:с|из) .{2,30}",
    "iphoneから送信", "发自我的.{2,20}", "從我的.{2,20}", "나의 .{2,20}에서 보냄",
)  # fmt: skip

UNDELIVERED = (
    "undeliver", "delivery (?:status|failure|has failed|problem|report|incomplete|delayed|notification)",
    "returned (?:mail|to sender|e-?mail)", "failure notice", "mail (?:delivery|system error)", "unzustellbar",
    "nicht zugestellt", "non remis", "non distribu", "no se pudo entregar", "mancata consegna",
    "could not be delivered", "warning: could not send", "не доставлен", "配信できません", "投递失败", "退信",
    "無法傳遞",
)  # fmt: skip
TEMPORARY = (
    "warning", "delayed", "will (?:keep trying|be retried|retry)", "still being", "temporar",
    "not yet been delivered",
)  # fmt: skip
