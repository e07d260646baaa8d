"""What is said of a store around somebody, in French and English: hours, articles, waits. Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from app.clock import day_of
from app.languages import Language, Moment, Money, Phrase, Text
from geo.availability.models import ServiceKind
from geo.availability.surroundings import ArticleHere, StoreAround, WaitHere

SOON = timedelta(minutes=30)
FEW = 3
"""So many of an article are few: how many exactly is the brand's business, and next minute another number."""

UNKNOWN_HOURS = Text(fr="Horaires non communiqués.", en="Opening hours unknown.")
OPEN = Text(fr="Ouvert.", en="Open.")
OPEN_UNTIL = Text(fr="Ouvert jusqu'à {time}.", en="Open until {time}.")
OPEN_UNTIL_DAY = Text(fr="Ouvert jusqu'au {moment}.", en="Open until {moment}.")
CLOSES_SOON = Text(fr="Ferme bientôt, à {time}.", en="Closes soon, at {time}.")
OPENS = Text(fr="Fermé ; ouvre à {time}.", en="Closed; opens at {time}.")
OPENS_DAY = Text(fr="Fermé ; ouvre le {moment}.", en="Closed; opens {moment}.")
CLOSED = Text(fr="Fermé ; aucune ouverture connue ces jours-ci.", en="Closed; no opening known for the coming days.")

NOT_KNOWN = Text(
    fr="Prix et stock inconnus dans ce magasin.", en="Neither the price nor the stock is known in this store."
)
KNOWN = Text(fr="{stock} ; {price}.", en="{stock}; {price}.")
KNOWN_TOGETHER = Text(fr="{stock} ; {price}, le {moment}.", en="{stock}; {price}, on {moment}.")
STOCKS: dict[tuple[bool, bool], Text] = {
    (True, False): Text(fr="En stock", en="In stock"),
    (True, True): Text(fr="Stock presque épuisé", en="Only a few left"),
    (False, False): Text(fr="En rupture de stock", en="Sold out"),
}
STOCK_UNKNOWN = Text(fr="Stock inconnu", en="Stock unknown")
PRICE = Text(fr="{money}", en="{money}")
PRICE_UNKNOWN = Text(fr="prix inconnu", en="price unknown")
SAID_AT = Text(fr="{what} le {moment}", en="{what} on {moment}")

WAIT = Text(
    fr="{what} : environ {minutes} {minutes:minute|minutes} d'attente.",
    en="{what}: a wait of about {minutes} {minutes:minute|minutes}.",
)
NO_WAIT = Text(fr="{what} : pas d'attente.", en="{what}: no wait.")
SERVICES: dict[ServiceKind, Text] = {
    ServiceKind.TILLS: Text(fr="Caisses", en="Tills"),
    ServiceKind.SELF_CHECKOUT: Text(fr="Caisses automatiques", en="Self-checkouts"),
    ServiceKind.CUSTOMER_SERVICE: Text(fr="Accueil", en="Customer service"),
    ServiceKind.CLICK_AND_COLLECT: Text(fr="Retrait des commandes", en="Click and collect"),
    ServiceKind.BAKERY: Text(fr="Boulangerie", en="Bakery"),
    ServiceKind.BUTCHER: Text(fr="Boucherie", en="Butcher"),
    ServiceKind.FISH: Text(fr="Poissonnerie", en="Fish counter"),
    ServiceKind.DELI: Text(fr="Traiteur et fromages", en="Deli counter"),
    ServiceKind.PHARMACY: Text(fr="Pharmacie", en="Pharmacy"),
    ServiceKind.FITTING_ROOMS: Text(fr="Cabines d'essayage", en="Fitting rooms"),
}


def say_hours(store: StoreAround, *, language: Language, now: datetime) -> str:
    """Whether a store is open, and until or from when, on its own clock."""
    zone = str(store.card["time_zone"])
    if store.open is None:
        return UNKNOWN_HOURS.say(language)
    if store.open:
        if store.closes_at is None:
            return OPEN.say(language)
        at_time = CLOSES_SOON if store.closes_at - now <= SOON else OPEN_UNTIL
        return _say_at(at_time, OPEN_UNTIL_DAY, store.closes_at, zone=zone, language=language, now=now)
    if store.opens_at is None:
        return CLOSED.say(language)
    return _say_at(OPENS, OPENS_DAY, store.opens_at, zone=zone, language=language, now=now)


def say_article(article: ArticleHere | None, *, zone: str, language: Language) -> str:
    """What is known of an article at a store, and how old that is; what is not known is said too."""
    if article is None:
        return NOT_KNOWN.say(language)
    stock, price = Phrase(STOCK_UNKNOWN), Phrase(PRICE_UNKNOWN)
    if article.stock_at is not None:
        is_few = article.stock is not None and 0 < article.stock <= FEW
        stock = Phrase(STOCKS[bool(article.is_stocked), is_few])
    if article.price_minor is not None and article.currency is not None:
        price = Phrase(PRICE, {"money": Money(article.price_minor, article.currency)})
    if article.stock_at == article.price_at and article.price_at is not None:
        together = {"stock": stock, "price": price, "moment": Moment(article.price_at, zone)}
        return KNOWN_TOGETHER.say(language, together)
    said = {"stock": _said_at(stock, article.stock_at, zone), "price": _said_at(price, article.price_at, zone)}
    return KNOWN.say(language, said)


def _said_at(what: Phrase, at: datetime | None, zone: str) -> Phrase:
    return what if at is None else Phrase(SAID_AT, {"what": what, "moment": Moment(at, zone)})


def say_wait(wait: WaitHere, *, language: Language) -> str:
    """How long one waits for a service."""
    what = Phrase(SERVICES[ServiceKind(wait.kind)])
    return (WAIT if wait.minutes else NO_WAIT).say(language, {"what": what, "minutes": wait.minutes})


def _say_at(at_time: Text, on_day: Text, at: datetime, *, zone: str, language: Language, now: datetime) -> str:
    """In hours and minutes what is today, with its day what is later."""
    if day_of(at, zone) == day_of(now, zone):
        return at_time.say(language, {"time": at.astimezone(ZoneInfo(zone)).strftime("%H:%M")})
    return on_day.say(language, {"moment": Moment(at, zone)})
