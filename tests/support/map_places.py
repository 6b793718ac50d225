"""Places for the map, plainly made up: a handful with everything a card can hold, and as many as a test asks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from bot.rules.places import Place

BAKERY = Place(
    id="h1", kind="host", name="Panadería Ejemplo", town="Seville", country="ES", latitude=37.3886, longitude=-5.9953,
    exact=True, trades=("Bakery",), languages=("es", "en"), about="A small bakery in the old town.", size="6 people",
    capacity=2, tasks="Bread and pastry, from five in the morning.", website="https://panaderia.example", source=None,
    sample=True, agreed_on=date(2026, 9, 1), when=None,
)  # fmt: skip
GARAGE = replace(
    BAKERY, id="h2", name="Autohaus Muster", town="Flensburg", country="DE", latitude=54.7937, longitude=9.4470,
    trades=("Car mechanics",), languages=("de",), about=None, size="30 people", tasks="Service and repairs.",
    website=None, capacity=1,
)  # fmt: skip
AMINA = replace(
    BAKERY, id="a1", kind="ambassador", name="أمينة", longitude=-5.9845, latitude=37.3891, exact=False,
    languages=("ar", "fr"), about="Ask me about getting up at four.", size=None, capacity=None, tasks=None,
    website=None, agreed_on=None, when="2025",
)  # fmt: skip
TOM = replace(AMINA, id="a2", name="Tom", trades=("Carpentry",), languages=("nl", "en"), about="The heat is real.")
SCHOOL = replace(
    BAKERY, id="p1", kind="partner", name="Escola Exemplo", town="Faro", country="PT", latitude=37.0194,
    longitude=-7.9304, trades=(), languages=("pt",), about=None, size=None, capacity=None, tasks=None, sample=False,
    website=None, source="A paper of the project", agreed_on=None,
)  # fmt: skip
FEW = (BAKERY, GARAGE, AMINA, TOM, SCHOOL)

_TRADES = ("Bakery", "Carpentry", "Car mechanics", "Electrics", "Hairdressing", "Care", "Cooking", "Sales")
_TONGUES = (("es", "en"), ("de", "en"), ("fr",), ("it", "en"), ("pl", "de"), ("nl", "en", "de"))
_CENTRES = (
    ("Seville", "ES", 37.3886, -5.9953), ("Nantes", "FR", 47.2184, -1.5536), ("Lyon", "FR", 45.764, 4.8357),
    ("Flensburg", "DE", 54.7937, 9.447), ("Apeldoorn", "NL", 52.2112, 5.9699), ("Como", "IT", 45.8081, 9.0852),
    ("Rzeszów", "PL", 50.0412, 21.9991), ("Sarajevo", "BA", 43.8563, 18.4131), ("Liepāja", "LV", 56.5047, 21.0108),
    ("Skopje", "MK", 41.9981, 21.4254), ("Tirana", "AL", 41.3275, 19.8187), ("Leipzig", "DE", 51.3397, 12.3731),
)  # fmt: skip


def many(count: int) -> list[Place]:
    """That many places around twelve towns, the same ones every time; every third a former learner in the town."""
    found = []
    for number in range(count):
        town, country, latitude, longitude = _CENTRES[number % len(_CENTRES)]
        learner = number % 3 == 0
        turn = number * 2654435761 % 2**32 / 2**32  # spread evenly, without chance
        away = (0.0 if learner else 0.9) * ((number * 40503 % 65536) / 65536)
        kind = "ambassador" if learner else "host"
        place = replace(
            TOM if learner else GARAGE, id=f"{kind[0]}{number + 100}", town=town, country=country,
            name=f"Former learner {number}" if learner else f"Workshop {number}", languages=_TONGUES[number % 6],
            latitude=latitude + away * (turn - 0.5) * 2, longitude=longitude + away * (((turn * 7) % 1) - 0.5) * 3,
            trades=(_TRADES[number % 8],),
        )  # fmt: skip
        found.append(place)
    return found
