"""Small change of a support desk: what is noted, how people ask again, how a short answer settles things."""

from __future__ import annotations

from random import Random

from sync.demo.phrases import PHRASES

NOTES = (
    "Asked Tomasz, he looks at the logs tomorrow.",
    "Same as the one from {company}, answer them together.",
    "Called twice, nobody there.",
    "Be careful with promises here, they were told Tuesday once already.",
    "Noor knows them from the fair, very nice people.",
    "Known bug, ticket PW-{code}. Fix is planned for {ver}.",
    "Wants to be called {first}, not by surname.",
    "Checked the account: plan Team, pays yearly, {amount} so far.",
    "I could not reproduce it with a new account. Try with theirs.",
    "Second time. Offer a month for free if it happens again.",
    "The workaround from the wiki (turn the column off) helps here too.",
    "Legal says we may do this, see mail from Noor in {month}.",
    "Ask for the file before answering, the description does not fit.",
    "Their accountant writes as well, other address.",
    "Refund approved by Noor up to {amount}.",
    "Not our fault but let us help anyway.",
    "Screenshot shows the old design, they may use a cached page.",
)
CLOSING_NOTES = (
    "Solved by clearing the cookies, as always.",
    "Fixed with {ver}.",
    "Credit {code} sent, finance knows.",
    "Added to the help page.",
    "Worth a note in the newsletter.",
    "Tomasz removed the doubles by hand.",
)
CHASES = {
    "en": (
        "Any news on this?",
        "Hello? Is anybody reading this?",
        "I am still waiting for an answer. It has been a while now.",
        "Just pushing this up in your inbox, I need it for my month end.",
        "Sorry to insist, but my client is getting impatient.",
        "Did my last message get through?",
    ),
    "de": (
        "gibt es hier schon etwas Neues?",
        "ich warte leider immer noch auf eine Antwort.",
        "ist meine Mail angekommen?",
    ),
    "fr": ("avez-vous pu regarder ?", "je me permets de vous relancer, c'est assez urgent."),
    "es": ("¿hay alguna novedad?", "sigo esperando su respuesta, por favor."),
    "pt": ("há alguma novidade?", "continuo à espera de uma resposta."),
    "pl": ("czy są jakieś nowości?", "nadal czekam na odpowiedź."),
    "ja": ("その後いかがでしょうか。ご返信をお待ちしております。",),
    "ar": ("هل من جديد؟",),
    "he": ("יש חדש?",),
}
SETTLED = {
    "en": (
        "Thank you, that was the missing piece. It is done on our side; please reload the page once.",
        "Done. If you do not see it yet, log out and in again.",
        "That is settled now, and I left a remark in your account so that the next person knows.",
        "Good to hear. I have noted it for our developers and close this for now; write back any time.",
        "You are right. I changed it for you and checked it with a test invoice.",
        "Sorted, with apologies for the detour.",
    ),
    "de": (
        "das ist jetzt erledigt. Bitte laden Sie die Seite einmal neu.",
        "vielen Dank, damit konnte ich es beheben.",
    ),
    "fr": ("c'est réglé de notre côté, il suffit de recharger la page.",),
    "es": ("ya está resuelto por nuestra parte, basta con recargar la página.",),
    "pt": ("já está resolvido do nosso lado, basta recarregar a página.",),
    "pl": ("sprawa jest załatwiona, proszę odświeżyć stronę.",),
    "ja": ("対応が完了いたしました。お手数ですが、ページを再読み込みしてください。",),
    "ar": ("تم حل المشكلة من جهتنا.",),
    "he": ("הנושא טופל אצלנו.",),
}


def aside(random: Random, language: str) -> str:
    return random.choice(PHRASES[language].asides)


def chases(random: Random, language: str) -> list[str]:
    """One to three ways of asking again, each another."""
    known = CHASES[language]
    return random.sample(known, k=min(len(known), random.choice((1, 1, 1, 2, 2, 3))))


def settled(random: Random, language: str) -> str:
    return random.choice(SETTLED[language])
