"""The offers of the demo brand: one in every state that an offer can be in."""

from datetime import timedelta
from enum import Enum, auto
from typing import Any, NamedTuple

from app.demo.stores import LEFT_BANK, RIGHT_BANK
from app.languages import Text
from offers.planning.models import Audience

A_YEAR = timedelta(days=365)
EVERYWHERE = "partout"
"""The tag of what holds at the whole brand; others have that of their area or shop."""


class Fate(Enum):
    """How far an offer has come."""

    DRAFTED = auto()
    LIVE = auto()
    PAUSED = auto()
    ENDED = auto()


class Plan(NamedTuple):
    """One offer. It holds at the whole brand, or in one area, or at one shop; from `starts_in` on, for a year."""

    title: Text
    text: Text
    benefit: dict[str, Any]
    fate: Fate = Fate.LIVE
    area: str | None = None
    shop: str | None = None
    starts_in: timedelta = timedelta(0)
    total_limit: int | None = None
    daily_limit: int | None = None
    priority: int = 50
    audience: Audience = Audience.MEMBERS


WELCOME = Plan(
    title=Text(fr="10 % sur toute la boutique", en="10% off the whole shop"),
    text=Text(
        fr="Dix pour cent sur vos achats du jour, dans tous nos magasins. Une fois par membre.",
        en="Ten per cent off what you buy today, in all our shops. Once per member.",
    ),
    benefit={"kind": "percent", "percent": 10},
    priority=60,
)

LAST_TINS = Plan(
    title=Text(fr="Une boîte de thé offerte", en="A free tin of tea"),
    text=Text(
        fr="Une boîte de cent grammes, à la boutique de la rue de Rivoli. Il n'en reste que quelques-unes.",
        en="A tin of a hundred grams, at the shop in rue de Rivoli. Only a few are left.",
    ),
    benefit={"kind": "free_item", "item": {"fr": "Boîte de thé, 100 g", "en": "Tin of tea, 100 g"}},
    shop="rivoli",
    total_limit=3,
    priority=80,
)

PLANS = (
    WELCOME,
    Plan(
        title=Text(fr="5 € sur la rive gauche", en="5 € off on the left bank"),
        text=Text(
            fr="Cinq euros de remise dans nos magasins de la rive gauche, cent fois par jour.",
            en="Five euros off in our shops on the left bank, a hundred times a day.",
        ),
        benefit={"kind": "amount", "amount_minor": 500, "currency": "EUR"},
        area=LEFT_BANK,
        daily_limit=100,
    ),
    Plan(
        title=Text(fr="200 points sur la rive droite", en="200 points on the right bank"),
        text=Text(
            fr="Deux cents points pour une visite dans un magasin de la rive droite.",
            en="Two hundred points for a visit to a shop on the right bank.",
        ),
        benefit={"kind": "points", "points": 200},
        area=RIGHT_BANK,
        priority=40,
        audience=Audience.EVERYBODY,
    ),
    LAST_TINS,
    Plan(
        title=Text(fr="20 % sur le chocolat", en="20% off chocolate"),
        text=Text(
            fr="Vingt pour cent sur les tablettes. En pause : le fournisseur est en retard.",
            en="Twenty per cent off bars. Paused: the supplier is late.",
        ),
        benefit={"kind": "percent", "percent": 20},
        fate=Fate.PAUSED,
    ),
    Plan(
        title=Text(fr="Une dégustation offerte", en="A free tasting"),
        text=Text(
            fr="Une dégustation de trois thés, à Saint-Germain. Attend l'accord de l'approbateur.",
            en="A tasting of three teas, at Saint-Germain. Waits for the approver.",
        ),
        benefit={"kind": "free_item", "item": {"fr": "Dégustation de trois thés", "en": "Tasting of three teas"}},
        fate=Fate.DRAFTED,
        shop="saint-germain",
    ),
    Plan(
        title=Text(fr="Le mois prochain : 15 %", en="Next month: 15% off"),
        text=Text(
            fr="Quinze pour cent dans tous nos magasins, dans trente jours.",
            en="Fifteen per cent off in all our shops, thirty days from now.",
        ),
        benefit={"kind": "percent", "percent": 15},
        starts_in=timedelta(days=30),
    ),
    Plan(
        title=Text(fr="Soldes des confitures", en="Jam sale"),
        text=Text(fr="Trente pour cent sur les confitures.", en="Thirty per cent off jam."),
        benefit={"kind": "percent", "percent": 30},
        fate=Fate.ENDED,
    ),
)
