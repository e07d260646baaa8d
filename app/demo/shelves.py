"""What the shops of the demo have, how long one waits in one of them, and a tasting: what anybody may ask for."""

import uuid
from datetime import datetime, timedelta

from app import clock
from app.accounts.models import Brand
from app.demo.stores import ALWAYS_OPEN
from app.languages import Text
from app.sql import db
from geo.availability.articles import ArticleTold, tell_articles
from geo.availability.models import ServiceKind
from geo.availability.service_times import MOST_TOLD_MINUTES, publish_wait
from geo.availability.store_events import EventGiven, plan_event
from geo.places import queries as places
from geo.places.models import Store

TEA, FULL_TEA, JAM = "3760000000017", "03760000000017", "03760000000024"
LABELS = {FULL_TEA: ("Thé noir, 100 g", "tea/black", 890), JAM: ("Confiture de mirabelles", "jam", 540)}
WITHOUT_TEA, SILENT = "montorgueil", "bastille"
"""One shop has sold out its tea, and of another nothing is known."""
AN_HOUR, A_MONTH = timedelta(hours=1), timedelta(days=30)


def fill_shelves(brand: Brand, *, now: datetime) -> None:
    """Say what each shop has, as of the last full hour, and how long one waits at the tills of one."""
    shops = db.all_of(places.open_stores_of(brand.id))
    as_of = now.replace(minute=0, second=0, microsecond=0)
    tell_articles(
        brand_id=brand.id,
        told=[
            _told(shop, gtin, as_of, brand.currency) for shop in shops if shop.reference != SILENT for gtin in LABELS
        ],
    )
    for shop in shops:
        if shop.reference == ALWAYS_OPEN:
            publish_wait(
                store_id=shop.id,
                kind=ServiceKind.TILLS,
                minutes=8,
                told_minutes=MOST_TOLD_MINUTES,
                said_at=None,
                now=now,
            )


def announce_tasting(brand: Brand, *, by: uuid.UUID, now: datetime) -> None:
    """A tasting at the shop that never closes, for a month."""
    shops = db.all_of(places.open_stores_of(brand.id).where(Store.reference == ALWAYS_OPEN))
    first = datetime.combine(clock.day_of(now, brand.time_zone), datetime.min.time())
    given = EventGiven(
        store_ids=[shop.id for shop in shops],
        title=Text(fr="Le mois du thé", en="The month of tea"),
        text=Text(fr="Trois thés à goûter, toute la journée.", en="Three teas to taste, all day long."),
        starts_local=first,
        ends_local=first + A_MONTH,
    )
    plan_event(brand_id=brand.id, given=given, by=by, now=now)


def _told(shop: Store, gtin: str, as_of: datetime, currency: str) -> ArticleTold:
    label, category, price_minor = LABELS[gtin]
    stock = 0 if (shop.reference, gtin) == (WITHOUT_TEA, FULL_TEA) else 12
    return ArticleTold(
        shop.number,
        gtin,
        None,
        as_of,
        price_minor=price_minor,
        currency=currency,
        stock=stock,
        is_stocked=stock > 0,
        label=label,
        category=category,
    )
