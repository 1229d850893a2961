"""The people of the sample inbox: names, addresses, how they greet and sign, which mail client they write with."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from unicodedata import normalize

from sync.demo.phrases import PHRASES

FIRST = {
    "en": "Alice Ben Carla Dmitri Ellen Femi Grace Hamid Imogen Jonas Keiko Liam Mara Nikhil Oona Priya Quentin Rosa "
    "Sam Tessa Umar Vera Wesley Xenia Yusuf Zoe Aoife Bruno Chidi Dana Elias Freya Gareth Hana Ivo Jess Kofi Lena",
    "de": "Günter Sabine Jürgen Anke Holger Ulrike Björn Mareike Dieter Katrin Thorsten Renate",
    "fr": "Élodie Benoît Camille François Hélène Jérôme Mathilde Noémie Rémi Sandrine",
    "es": "José María Íñigo Lucía Raúl Begoña Joaquín Marta",
    "pt": "João Inês Tomás Conceição Rui Beatriz Gonçalo",
    "pl": "Agnieszka Paweł Małgorzata Łukasz Zofia Wojciech",
    "ja": "美咲 健太 陽子 大輔 由美子 翔",
    "ar": "ليلى سامي",
    "he": "נועה איתן",
}
LAST = {
    "en": "Abara Bristow Calder Duquesne Ellery Farrow Gantry Holloway Ingram Jensen Kestrel Lukasz Marlowe Nakagawa "
    "Okafor Pemberton Quigley Rasmussen Sethi Thackeray Underhill Vance Whitlock Yilmaz Zeller Ashdown Birchall "
    "Corrigan Dunmore Eastlake Fairweather Greaves Hathersage Ibsen Jarrow Kinsella Lorne Middleton",
    "de": "Müller-Sand Großmann Bäcker Köhlmoos Strehl Weißenfels Hörmann Ottensen Brandtner Vogelsang",
    "fr": "Dubois Lefèvre Marchand Garnier Béranger Delacroix-Petit Rousselle Vasseur",
    "es": "García Peñalver Ibáñez Quiroga Zubiri Montalbán Cárdenas",
    "pt": "Simões Figueiredo Brandão Nogueira Araújo Teixeira",
    "pl": "Wiśniewska Jabłoński Żurek Kaczmarek Śliwa Zając",
    "ja": "佐々木 髙橋 伊藤 森田 小川 藤井",
    "ar": "الحداد منصور",
    "he": "ברק שלו",
}
LATIN = {"ja": ("misaki", "kenta", "yoko", "daisuke", "sho"), "ar": ("layla", "sami"), "he": ("noa", "eitan")}
TRADES = [
    "prints",
    "frames",
    "tiles",
    "bikes",
    "roofs",
    "gardens",
    "lamps",
    "films",
    "maps",
    "boats",
    "stoves",
    "books",
    "violins",
    "bread",
    "clocks",
    "wines",
]
PLACES = [
    "heron",
    "amber",
    "north",
    "mill",
    "cedar",
    "harbour",
    "copper",
    "willow",
    "stone",
    "tally",
    "lark",
    "moss",
    "juniper",
    "slate",
    "river",
    "foxglove",
]
PRIVATE = ("inboxen.example", "postkasten.example", "mailhaus.example", "letterbird.example")
CLIENTS = ("webmail",) * 6 + ("office",) * 5 + ("desktop",) * 3 + ("threads",) * 2 + ("phone",) * 3 + ("html",)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who writes. `client` names a way of quoting in `sync.demo.mime`; `business` one of TRADES, or empty."""

    first: str
    last: str
    address: str
    language: str
    client: str
    business: str
    greeting: str
    closing: str
    number: int

    @property
    def name(self) -> str:
        if self.language == "ja":
            return f"{self.last} {self.first}"
        return f"{self.first} {self.last}"

    @property
    def domain(self) -> str:
        return self.address.partition("@")[2]


class People:
    """Draws people, each address once."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.taken: set[str] = set()
        self.count = 0

    def somebody(self, language: str, *, client: str | None = None) -> Person:
        first = self.random.choice(FIRST[language].split())
        last = self.random.choice(LAST[language].split())
        business = self.random.choice(TRADES) if self.random.random() < 0.65 else ""
        phrases = PHRASES[language]
        self.count += 1

        return Person(
            first=first,
            last=last,
            address=self._address(first, last, language, business),
            language=language,
            client=client or self.random.choice(CLIENTS),
            business=business,
            greeting=self.random.choice(phrases.greetings),
            closing=self.random.choice(phrases.closings),
            number=self.count,
        )

    def _address(self, first: str, last: str, language: str, business: str) -> str:
        given = ascii_word(first) or self.random.choice(LATIN.get(language, ("info",)))
        family = ascii_word(last) or f"{self.count + 11}"
        domain = f"{self.random.choice(PLACES)}{business}.example" if business else self.random.choice(PRIVATE)
        shapes = [f"{given}.{family}", f"{given[0]}.{family}", given, f"{given}{family}"]
        self.random.shuffle(shapes)

        free = (f"{shape}@{domain}" for shape in [*shapes, f"{given}.{family}.{self.count}"])
        address = next(one for one in free if one not in self.taken)
        self.taken.add(address)
        return address


def ascii_word(text: str) -> str:
    """The letters of a name as they stand in addresses: Müller-Sand is muller-sand. Empty for other scripts."""
    plain = normalize("NFKD", text.replace("ł", "l").replace("Ł", "L").replace("ß", "ss"))
    return "".join(char for char in plain.lower() if char.isascii() and (char.isalnum() or char == "-"))
