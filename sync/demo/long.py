"""The words of the conversations with a history."""

from __future__ import annotations

DOORS = (
    (
        "Export hangs at 99%",
        ("export", "bug"),
        (
            (
                "The yearly export stops at 99% and stays there. I left it over night, still 99%.",
                "There was one receipt with a broken picture in it. I took it out of the export and started it again: it finished in four minutes.",
            ),
            (
                "It hangs at 99% again. Same as last time, I suppose another picture?",
                "Another picture, yes, from the same phone. It is skipped now and listed at the end.",
            ),
            (
                "I am sorry to say: 99%. I have started to see that number in my sleep.",
                "This time it was the size of the zip file. Exports are split into parts of 500 MB for you now.",
            ),
            (
                "Three parts arrive, the fourth one stays at, you guess it, 99%. Could somebody please look at the cause and not at the picture?",
                "",
            ),
        ),
    ),
    (
        "Tax report differs from the bank",
        ("bank", "tax"),
        (
            (
                "The tax report for the last quarter is {amount} below what my bank shows. Which one is right?",
                "The bank. One client was set to tax free by mistake. I corrected it and the report is right now.",
            ),
            (
                "It differs again, by another sum. I did not touch anything.",
                "A payment was counted in the wrong month, because of the time zone of the bank. It is corrected.",
            ),
            (
                "And again. My adviser starts to make jokes about it.",
                "We found the cause: payments on the last day after 22:00. All quarters were computed anew for you.",
            ),
            ("Third quarter is fine now. The second is not. I need to hand it in this week, please.", ""),
        ),
    ),
    (
        "Cannot remove an old colleague from the team",
        ("account", "bug"),
        (
            (
                "I removed Daniel from the team and he still gets all notifications. He is not amused, he works for a competitor.",
                "He was still listed as the recipient of the weekly summary. I took him out.",
            ),
            (
                "He wrote to me today: he got another one. With the name of a client in it!",
                "That was the reminder list, a different one. Daniel's address is blocked for your account now.",
            ),
            (
                "Daniel sent me a screenshot of a third kind of mail. How many lists are there?",
                "Seven, I counted. He is in none of them now, and removing someone clears all seven from next week.",
            ),
            ("Guess who called. This is a data protection matter by now, I must answer our officer by Friday.", ""),
        ),
    ),
)
DOOR_NOTES = (
    "Fourth time. Tomasz must look at the exporter itself, not at the files.",
    "Do not answer before Q2 was recomputed and compared with the bank by hand.",
    "Tell Noor. This may have to be reported. Call, do not write.",
)

CIRCLES = (
    (
        "Invoices in the wrong order on the list",
        (
            "The newest invoice is not on top of the list any more. It is somewhere in the middle.",
            "Could you tell me by which column the list is sorted? There is a small arrow in one of the headings.",
            "By date. And the newest date is not on top.",
            "Thank you. Which date is it, the date of the invoice or of delivery? Both are called Date in your layout.",
            "I do not know, it says Date.",
            "Could you send me a screenshot of the list with the headings on it?",
            "Here. As you see it says Date, as I said.",
            "I see two columns called Date. Could you click on the left one?",
            "Then the order is another wrong one.",
            "Which invoice would you expect on top, by its number?",
            "The newest one! Please, this cannot be so hard. I only want it to be as it was in spring.",
        ),
    ),
    (
        "Mails to one client do not arrive",
        (
            "One of my clients does not get my mails from your system. All others do.",
            "I see them leaving and being accepted. Could your client look in the spam folder?",
            "She says it is not there.",
            "Could she ask her IT whether something is held back, with the times I list below?",
            "IT says no.",
            "Then please try once with another address of hers, if she has one.",
            "At the private address it arrives. But she wants it at the work address.",
            "That tells us that her company drops it. Would her IT take a call from us?",
            "They say they only talk to their own people.",
            "May I send her a short text that she can forward to them? It names the setting.",
            "She forwarded it. They say they changed it. Nothing arrives. What now?",
        ),
    ),
    (
        "Which plan is the right one for us",
        (
            "We are a studio of four, two of us part time. Which of your plans do we need?",
            "That depends on who writes invoices. How many of you do?",
            "All of us a little. Sometimes.",
            "Then Team with four seats is the safe choice. Do you need approvals?",
            "What are approvals in your sense?",
            "One prepares, another one has to say yes before it is sent. Would you use that?",
            "Our boss would like to, we would not. Is it in Team?",
            "One step is, for everybody or for nobody. Would that be all right for your boss?",
            "He asks what it costs without it.",
            "The same, it is part of the plan. Shall I set up a trial for the four of you?",
            "He says he wants to think. Is there something between Solo and Team?",
            "There is not. But seats can be added by the month. Would you like to begin with two?",
            "Which two would that be, if all of us write?",
        ),
    ),
)

FORMS = (
    ("Question before I buy", "Can I try the Team plan before I decide? And is there a contract for more than a year?"),
    (
        "Demo for five people",
        "We are five people in a small planning office and would like to see it live. Is there a demo call on Friday?",
    ),
    (
        "Press enquiry",
        "I write about tools for the self-employed and would like to ask three questions about e-invoices. My deadline is next Wednesday.",
    ),
    (
        "Accessibility",
        "I use a screen reader. Which parts of Pennywren have you tested with one? The sign-up page has two buttons without names.",
    ),
    (
        "Migration from a spreadsheet",
        "I have six years of invoices in one big spreadsheet. Is there a way to bring the numbers and clients over?",
    ),
    ("Complaint", "I wrote two weeks ago and got no answer. Is this address read by anybody?"),
)

TOMASZ_ASKS = "Hi,\n\nwho of us updates the status page when something is down? On Monday nobody did. I would take it over if somebody shows me how.\n\nTomasz"
NOOR_ASKS = "Hello you,\n\nthe board wants to know how long people wait for a first answer. Could you send me numbers for the last quarter until Thursday?\n\nThanks, Noor"
FORWARD = (
    "This came to me, can you take it?\n\nNoor\n\n---------- Forwarded message ----------\nFrom: {name} <{address}>\n"
    "Subject: Workshop for our members\nTo: noor@pennywren.example\n\nDear Noor,\n\nwe are an association of about 80 photographers. Would somebody "
    "of yours explain e-invoices to our members for an hour, online? We could pay a small fee.\n\nBest wishes,\n{first}\n"
)
TOMASZ_LOOKED = "I looked at the logs: it is the cache, only for accounts older than 2023. Fix is in review. Do not promise a day yet.\n\nTomasz"
NOOR_SAYS = "They are the ones from the fair in spring, please be generous.\n\nNoor"
TO_SUPPLIER = "One of our customers sees every payment twice since a reconnect on your side. Is this the same fault as your incident of last week? Consent id C-{code}."
FROM_SUPPLIER = "Hello,\n\nit is the same incident. Ids of older payments change once after a reconnect; compare by date, amount and text.\n\nRegards\nFeedgate service desk"
FAKE = (
    "Dear user,\n\nyour mailbox storage is full. Incoming mail will be deleted in 24 hours. Confirm your password here:\n\n"
    "https://pennywren.example.account-check.example/login\n\nPennywren Support"
)
UNSEEN = (
    (
        "Your appointment on Thursday",
        "Hi Noor,\n\nThursday at 3 works for us. Do we call you or do you call us?\n\nBest, Jess",
    ),
    (
        "Offer for twelve seats",
        "Hello,\n\nwe looked at the offer and accept it if the first month is free as you said on the phone. Can you confirm that in writing?\n\nKind regards",
    ),
)
TWINS = (
    (
        (
            "Wrong total on my dashboard",
            "The total on my dashboard does not include invoices in dollars. Is that meant to be so?",
        ),
        ("How do I add a second bank account?", "I have opened a second account for tax money. Where do I add it?"),
    ),
    (
        (
            "API key for our shop",
            "Our shop agency asks for an API key. What can somebody do with it, can it be limited to writing invoices?",
        ),
        (
            "Shop agency needs help",
            "The agency says the API answers 403 with the key I made. Please tell me what I did wrong.",
        ),
    ),
)
FROM_US = (
    (
        "Your plan ends on the 30th",
        "your yearly plan ends on the 30th. Shall it go on as it is, or would the smaller plan suit you better? You used one of three seats this year.",
    ),
    (
        "A small fault in your invoices of last week",
        "between Tuesday and Thursday two of your invoices were missing the hint about reverse charge. Corrected copies are in your documents. You need not do anything unless your client asks.",
    ),
)
SPAM = (
    (
        "Chad from Growth Rocket",
        "Quick question about Pennywren",
        "Hey,\n\nI was looking at your website and noticed you are leaving money on the table. 15 minutes this week?\n\nChad",
    ),
    (
        "SEO department",
        "Page 1 guaranteed",
        "Dear sir or madam,\n\nyour website is not on page one. We change this in 7 days or money back.",
    ),
    ("Anna", "Re: our call", "Hi,\n\nas discussed please find the list of 40,000 e-mail addresses. Price as agreed."),
)
JUNKED = {"aging": "Invoice attached, please check the numbers", "stale": "URGENT: payment page does not load"}
JUNKED_TEXT = {
    "aging": "I attached nothing in the end, the link below is enough: https://share.mailhaus.example/f/2231. Could you check whether the numbers are right?",
    "stale": "The payment page of your site does not load for my customers. Three of them wrote to me. URGENT please!",
}
OLD_FRIEND = "Long time no hear! All was well since. Now I have a new question: can I hide the column with the unit on quotes, but keep it on invoices?"
DRAFTS = (
    (3, "draft", "Hi {first},\n\nI looked into this and"),
    (6, "draft", "Hi {first},\n\nsorry for the wait. Tomasz found the cause: "),
    (8, "failed", "Hi {first},\n\nit is fixed with {ver}. Please try once more.\n\nBest wishes\nRobin"),
)
