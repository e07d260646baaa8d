"""Makes the demo brand: its staff, shops, areas and offers, by the verbs that everybody else uses."""

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from app import clock
from app.accounts.brands import create_brand
from app.accounts.console_users import create_console_user
from app.accounts.models import Brand
from app.demo import doors, furniture, passes, plans, programme, shelves
from app.demo import stores as demo_stores
from app.demo.doors import Doors
from app.demo.plans import Fate, Plan
from app.http.access import CONSOLE_ROLES
from app.sql import db
from geo.places import queries as places
from geo.places.areas import draw_area, group_stores
from geo.places.imports.store_import import import_stores
from geo.places.rows import StoreRow
from offers.gestures import budgets
from offers.gestures.budgets import Amounts
from offers.planning import approval, drafts, lifecycle, windows
from offers.planning.drafts import Draft, Targets
from offers.planning.labels.label import Label
from offers.planning.models import Offer

COUNTRY, TIME_ZONE, CURRENCY = "FR", "Europe/Paris", "EUR"

Ids = Mapping[str, uuid.UUID]

GESTURES = Amounts(
    points=20_000, coupons=200, most_points=50, most_points_of_manager=200, per_member=2, per_giver_a_day=20
)

STOPS = {Fate.PAUSED: lifecycle.pause_offer, Fate.ENDED: lifecycle.end_offer}
"""What happens to some offers once they are approved."""


def found_demo(opened: Doors, *, now: datetime) -> Brand:
    """The demo brand with everything it has, in one transaction."""
    brand = create_brand(
        code=doors.BRAND,
        name="Maison Lilas",
        countries=[COUNTRY],
        time_zone=TIME_ZONE,
        currency=CURRENCY,
        legal_name="Maison Lilas SAS",
        postal_address="14 rue des Lilas, 75019 Paris, FR",
        privacy_contact="donnees@maison-lilas.example",
        now=now,
    )
    staff = _hire(brand, opened, now=now)
    stores = _open_shops(brand, now=now)
    areas = _draw_areas(brand, stores, now=now)
    furniture.furnish_store(brand_id=brand.id, store_id=stores[demo_stores.ALWAYS_OPEN], now=now)
    offers = {
        plan.title: _make_offer(plan, brand=brand, staff=staff, targets=_targets(plan, stores, areas), now=now).id
        for plan in plans.PLANS
    }
    points = programme.found_programme(brand.id, staff=staff, gift_id=offers[plans.WELCOME.title], now=now)
    _allot_gestures(brand, stores, points, by=staff["admin"], now=now)
    passes.draw_demo_passes(brand.id, by=staff["merchandiser"], now=now)
    shelves.announce_tasting(brand, by=staff["merchandiser"], now=now)
    return brand


def _allot_gestures(brand: Brand, stores: Ids, points: uuid.UUID, *, by: uuid.UUID, now: datetime) -> None:
    """Each shop may be kind, within reason, for a year."""
    today = clock.day_of(now, TIME_ZONE)
    for store_id in stores.values():
        budgets.allot_budget(
            brand_id=brand.id,
            store_id=store_id,
            starts_on=today,
            ends_on=today + plans.A_YEAR,
            currency_id=points,
            amounts=GESTURES,
            by=by,
            now=now,
        )


def _hire(brand: Brand, opened: Doors, *, now: datetime) -> Ids:
    return {
        str(role): create_console_user(
            brand_id=brand.id,
            email=opened.emails[role],
            name=doors.NAMES[role],
            role=role,
            password=opened.passwords[role],
            now=now,
        ).id
        for role in CONSOLE_ROLES
    }


def _open_shops(brand: Brand, *, now: datetime) -> Ids:
    rows = [
        StoreRow(number, shop.reference, shop.name, shop.lon, shop.lat, shop.hours, shop.address)
        for number, shop in enumerate(demo_stores.SHOPS, start=1)
    ]
    import_stores(brand_id=brand.id, countries=[COUNTRY], rows=rows, now=now, report=lambda _: None)
    return {store.reference: store.id for store in db.all_of(places.stores_of(brand.id))}


def _draw_areas(brand: Brand, stores: Ids, *, now: datetime) -> Ids:
    areas = {}
    for code, name in demo_stores.AREAS.items():
        area = draw_area(brand_id=brand.id, code=code, name=name, now=now)
        inside = [stores[shop.reference] for shop in demo_stores.SHOPS if shop.area == code]
        group_stores(brand_id=brand.id, area_id=area.id, store_ids=inside, now=now)
        areas[code] = area.id
    return areas


def _targets(plan: Plan, stores: Ids, areas: Ids) -> Targets:
    if plan.area is not None:
        return Targets(areas=[areas[plan.area]])
    if plan.shop is not None:
        return Targets(stores=[stores[plan.shop]])
    return Targets(brand=True)


def _make_offer(plan: Plan, *, brand: Brand, staff: Ids, targets: Targets, now: datetime) -> Offer:
    """Draft the offer and bring it where it should be, each step by somebody who may do it."""
    offer = drafts.draft_offer(
        brand_id=brand.id, draft=_draft(plan, targets, now=now), by=staff["merchandiser"], now=now
    )
    which: dict[str, Any] = {"brand_id": brand.id, "offer_id": offer.id, "now": now}
    if plan.fate is not Fate.DRAFTED:  # nobody approves what they wrote
        offer = approval.approve_offer(**which, revision=offer.revision, by=staff["approver"])
    if plan.fate in STOPS:
        offer = STOPS[plan.fate](**which, by=staff["merchandiser"])
    return offer


def _draft(plan: Plan, targets: Targets, *, now: datetime) -> Draft:
    first_day = clock.day_of(now + plan.starts_in, TIME_ZONE)
    return Draft(
        title=plan.title,
        text=plan.text,
        benefit=plan.benefit,
        targets=targets,
        starts_local=windows.first_minute(first_day),
        ends_local=windows.minute_after(first_day + plans.A_YEAR),
        total_limit=plan.total_limit,
        daily_limit=plan.daily_limit,
        priority=plan.priority,
        audience=plan.audience,
        label=Label(plan.title.fr, [plan.area or plan.shop or plans.EVERYWHERE]),
    )
