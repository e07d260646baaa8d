"""Offers for tests. The default offer is live everywhere in the brand, for many years, without limits."""

from datetime import datetime
from typing import Any

from app.accounts.models import Brand, ConsoleUser
from app.languages import Text
from geo.places.models import Area, Store
from geo.places.read_model import places_changed
from offers.planning import approval, drafts, lifecycle
from offers.planning.drafts import Draft, Targets
from offers.planning.models import Offer
from tests.factories import NOON, console_token, made, make_brand, make_console_user, make_store
from tests.speaking import Speaker

EVERYWHERE = Targets(brand=True)


def on_the_clock(text: str) -> datetime:
    """A wall-clock time, which has no zone: `2026-05-18` or `2026-05-18T09:00`."""
    return datetime.fromisoformat(text)


def draft(**given: Any) -> Draft:
    fields = {
        "title": Text(fr="Café offert", en="Free coffee"),
        "text": Text(fr="Un café pour vous.", en="A coffee for you."),
        "benefit": {"kind": "percent", "percent": 10},
        "targets": EVERYWHERE,
        "starts_local": on_the_clock("2026-01-01"),
        "ends_local": on_the_clock("2099-01-01"),
    }
    return Draft(**(fields | given))


def body(**given: Any) -> dict[str, Any]:
    """The JSON of an offer."""
    return {
        "title": {"fr": "Café offert", "en": "Free coffee"},
        "text": {"fr": "Un café pour vous.", "en": "A coffee for you."},
        "benefit": {"kind": "percent", "percent": 10},
        "targets": {"brand": True},
        "starts_local": "2026-01-01",
        "ends_local": "2098-12-31",
    } | given


def make_draft(brand: Brand, *, by: ConsoleUser | None = None, now: datetime = NOON, **given: Any) -> Offer:
    """An offer that waits for approval."""
    with made():
        by = by or make_console_user(brand)
        return drafts.draft_offer(brand_id=brand.id, draft=draft(**given), by=by.id, now=now)


def make_offer(brand: Brand, *, now: datetime = NOON, **given: Any) -> Offer:
    """A live offer."""
    with made():
        return approve(make_draft(brand, now=now, **given), brand, now=now)


def approve(offer: Offer, brand: Brand, *, now: datetime = NOON) -> Offer:
    with made():
        return approval.approve_offer(**change(offer, make_console_user(brand, "approver"), now=now))


def redraft(offer: Offer, brand: Brand, *, now: datetime = NOON, **given: Any) -> Offer:
    with made():
        return drafts.redraft_offer(draft=draft(**given), **change(offer, make_console_user(brand), now=now))


def new_version(offer: Offer, brand: Brand, *, now: datetime = NOON, **given: Any) -> Offer:
    """The offer changed, and the change approved."""
    return approve(redraft(offer, brand, now=now, **given), brand, now=now)


def pause(offer: Offer, brand: Brand, *, now: datetime = NOON) -> Offer:
    with made():
        return lifecycle.pause_offer(**stop(offer, make_console_user(brand), now=now))


def resume(offer: Offer, brand: Brand, *, now: datetime = NOON) -> Offer:
    with made():
        return lifecycle.resume_offer(**change(offer, make_console_user(brand), now=now))


def end(offer: Offer, brand: Brand, *, now: datetime = NOON) -> Offer:
    with made():
        return lifecycle.end_offer(**stop(offer, make_console_user(brand), now=now))


def change(offer: Offer, by: ConsoleUser, *, now: datetime) -> dict[str, Any]:
    return stop(offer, by, now=now) | {"revision": offer.revision}


def stop(offer: Offer, by: ConsoleUser, *, now: datetime) -> dict[str, Any]:
    return {"brand_id": offer.brand_id, "offer_id": offer.id, "by": by.id, "now": now}


def publish(*stores: Store, now: datetime = NOON) -> None:
    """Tell the house that these stores changed."""
    with made():
        places_changed(store_ids=[store.id for store in stores], now=now)


def stores_and_areas(*stores: Store, areas: tuple[Area, ...] = ()) -> Targets:
    return Targets(stores=[store.id for store in stores], areas=[area.id for area in areas])


class Desk:
    """A brand with one store, and its people at the console."""

    def __init__(self, anyone: Speaker) -> None:
        self.brand = make_brand()
        self.store = make_store(self.brand)
        self.merchandiser = anyone.with_token(console_token(make_console_user(self.brand)))
        self.approver = anyone.with_token(console_token(make_console_user(self.brand, "approver")))
        self.auditor = anyone.with_token(console_token(make_console_user(self.brand, "auditor")))


def match(response: Any) -> dict[str, str]:
    """The header that says: I read this version."""
    return {"If-Match": response.headers["ETag"]}
