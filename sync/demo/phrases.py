"""What letters open and end with in each language, and how a mail client says who wrote what it quotes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Phrases:
    """`wrote` takes date, name and address; `months` are January to December, with blanks between; `mobile` is a phone's signature."""

    greetings: tuple[str, ...]
    again: tuple[str, ...]
    closings: tuple[str, ...]
    asides: tuple[str, ...]
    reply: str
    bye: str
    wrote: str
    months: str
    mobile: str
    money: str = "{whole:,}.{cents:02} EUR"


ENGLISH = "January February March April May June July August September October November December"
GERMAN = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre"
SPANISH = "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
PORTUGUESE = "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro"
POLISH = "styczeń luty marzec kwiecień maj czerwiec lipiec sierpień wrzesień październik listopad grudzień"
JAPANESE = " ".join(f"{number}月" for number in range(1, 13))

PHRASES = {
    "en": Phrases(
        greetings=("Hi,", "Hello,", "Hello Pennywren,", "Good morning,", "Dear support team,", "Hi there,", "Hey,", ""),
        again=("Hi Robin,", "Hello Robin,", "Hi,", "Robin,", "Hello again,", ""),
        closings=(
            "Best,\n{first}",
            "Thanks,\n{first}",
            "Kind regards,\n{name}",
            "{first}",
            "Cheers, {first}",
            "Many thanks\n{name}",
        ),
        asides=(
            "Me again, with another question.",
            "I hope I am in the right place with this.",
            "First of all: I like your program a lot.",
            "I searched the help pages first, honestly.",
            "This is not urgent, but it bothers me.",
            "It is the third thing this month, I am sorry.",
            "A colleague told me you answer quickly, so here I am.",
            "Sorry for the many words.",
        ),
        reply="Hi {first},",
        bye="Best wishes\nRobin",
        wrote="On {date:%d %b %Y, at %H:%M}, {name} <{address}> wrote:",
        months=ENGLISH,
        mobile="Sent from my phone",
    ),
    "de": Phrases(
        greetings=("Hallo,", "Guten Tag,", "Sehr geehrte Damen und Herren,", "Moin,", "Liebes Pennywren-Team,"),
        again=("Hallo Robin,", "Guten Tag Robin,", "Hallo,"),
        closings=(
            "Viele Grüße\n{first} {last}",
            "Mit freundlichen Grüßen\n{name}",
            "Gruß\n{first}",
            "Danke und Grüße, {first}",
        ),
        asides=(
            "ich bin mir nicht sicher, ob ich hier richtig bin.",
            "vorweg: ein schönes Programm.",
            "es eilt nicht, aber",
        ),
        reply="Guten Tag {name},",
        bye="Viele Grüße\nRobin",
        wrote="Am {date:%d.%m.%Y um %H:%M} schrieb {name} <{address}>:",
        months=GERMAN,
        mobile="Von meinem Telefon gesendet",
        money="{whole},{cents:02} EUR",
    ),
    "fr": Phrases(
        greetings=("Bonjour,", "Bonjour à toute l'équipe,", "Madame, Monsieur,"),
        again=("Bonjour Robin,", "Robin, bonjour,", "Re-bonjour,"),
        closings=("Cordialement,\n{name}", "Bien à vous,\n{first}", "Merci d'avance\n{first}", "Bonne journée\n{name}"),
        asides=("j'espère m'adresser au bon service.", "désolée pour la longueur de ce message."),
        reply="Bonjour {first},",
        bye="Bien cordialement\nRobin",
        wrote="Le {date:%d/%m/%Y à %H:%M}, {name} <{address}> a écrit :",
        months=FRENCH,
        mobile="Envoyé de mon téléphone",
        money="{whole},{cents:02} €",
    ),
    "es": Phrases(
        greetings=("Hola,", "Buenos días,", "Estimado equipo:"),
        again=("Hola Robin,", "Buenas tardes, Robin,"),
        closings=("Un saludo,\n{first}", "Saludos cordiales,\n{name}", "Gracias,\n{first}"),
        asides=("perdón por escribir tan tarde.", "espero que sea el sitio correcto."),
        reply="Hola {first},",
        bye="Un saludo\nRobin",
        wrote="El {date:%d/%m/%Y a las %H:%M}, {name} (<{address}>) escribió:",
        months=SPANISH,
        mobile="Enviado desde mi teléfono",
        money="{whole},{cents:02} €",
    ),
    "pt": Phrases(
        greetings=("Olá,", "Bom dia,", "Boa tarde,"),
        again=("Olá Robin,", "Bom dia Robin,"),
        closings=("Obrigado,\n{first}", "Cumprimentos,\n{name}", "Um abraço,\n{first}"),
        asides=("espero que esteja tudo bem por aí.", "desculpem a insistência."),
        reply="Olá {first},",
        bye="Cumprimentos\nRobin",
        wrote="{name} <{address}> escreveu no dia {date:%d/%m/%Y às %H:%M}:",
        months=PORTUGUESE,
        mobile="Enviado do meu telemóvel",
        money="{whole},{cents:02} €",
    ),
    "pl": Phrases(
        greetings=("Dzień dobry,", "Witam,", "Szanowni Państwo,"),
        again=("Dzień dobry,", "Panie Robinie,"),
        closings=("Pozdrawiam\n{first}", "Z poważaniem\n{name}", "Dziękuję i pozdrawiam\n{name}"),
        asides=("mam nadzieję, że dobrze trafiłam.", "przepraszam, że znowu piszę."),
        reply="Dzień dobry,",
        bye="Pozdrawiam serdecznie\nRobin",
        wrote="{date:%d.%m.%Y o %H:%M} {name} <{address}> napisał(a):",
        months=POLISH,
        mobile="Wysłane z telefonu",
        money="{whole},{cents:02} zł",
    ),
    "ja": Phrases(
        greetings=(
            "お世話になっております。{last}と申します。",
            "はじめまして。{last}です。",
            "いつもお世話になっております。",
        ),
        again=("お世話になっております。{last}です。", "{last}です。ご返信を拝見しました。"),
        closings=("よろしくお願いいたします。\n\n{name}", "以上、よろしくお願いします。\n{name}"),
        asides=("何度も申し訳ございません。",),
        reply="{last}様\n\nお問い合わせいただきありがとうございます。Pennywrenのロビンです。",
        bye="今後ともよろしくお願いいたします。\nロビン",
        wrote="{date:%Y年%m月%d日 %H:%M} {name} <{address}>:",
        months=JAPANESE,
        mobile="スマートフォンから送信",
        money="{whole:,}円",
    ),
    "ar": Phrases(
        greetings=("مرحبًا،", "السلام عليكم،"),
        again=("مرحبًا روبن،",),
        closings=("مع الشكر،\n{name}", "تحياتي\n{first}"),
        asides=("أعتذر عن الإزعاج.",),
        reply="مرحبًا {first}،",
        bye="مع أطيب التحيات\nRobin",
        wrote="في {date:%d/%m/%Y %H:%M}، كتب {name} <{address}>:",
        months=ENGLISH,
        mobile="أُرسلت من هاتفي",
    ),
    "he": Phrases(
        greetings=("שלום,", "היי,"),
        again=("שלום רובין,",),
        closings=("תודה,\n{first}", "בברכה,\n{name}"),
        asides=("סליחה על ההטרדה.",),
        reply="שלום {first},",
        bye="בברכה\nRobin",
        wrote="בתאריך {date:%d/%m/%Y %H:%M} מאת {name} <{address}>:",
        months=ENGLISH,
        mobile="נשלח מהטלפון שלי",
    ),
}
