"""What a replay is played against: fences of a brand or of a file, and a member, real or made up for it.

All of it is made in a transaction that its caller rolls back.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from app.accounts.models import Brand, Member
from app.consent.ledger.grants import grant_permission
from app.consent.models import Level
from app.consent.registry.words import show_words
from app.sql import db
from geo.fences import fences
from geo.fences.drafts import draw_shape
from geo.fences.models import FenceStatus
from geo.fences.queries import fences_in
from geo.places.models import Store, point_at
from geo.places.whereabouts import locate_point
from offers.replay_lab.errors import FENCE_UNKNOWN, ReplayImpossible
from offers.replay_lab.fence_files import FenceDrawn
from wallet.scanning.scans import find_pass

PURPOSE = "in_store_offers"
TOUCHPOINTS = ("geofence", "beacon")
LOCALE = "fr"


class LabFence(NamedTuple):
    """A fence that is looked at. `store_id` is null where it only counts who passes."""

    id: uuid.UUID
    number: int
    code: str
    name: str
    store_id: uuid.UUID | None


class Lab(NamedTuple):
    """Where and for whom a recording is played."""

    brand_id: uuid.UUID
    member_id: uuid.UUID
    fences: Sequence[LabFence]

    def looks_at(self, fence_id: uuid.UUID | None, store_id: uuid.UUID) -> bool:
        """Whether something happened at a fence that is looked at, or at its store."""
        return any(one.id == fence_id or one.store_id == store_id for one in self.fences)


def set_up_lab(
    *, brand: Brand, wanted: Sequence[str | FenceDrawn], card: str | None, language: str, now: datetime
) -> Lab:
    """The fences that are wanted (codes of the brand's, or drawn; without any, all that the brand has in force) and the
    member with this card, or one who permits the brand everything in store.

    Raises `ReplayImpossible`, `ShapeRefused`, and what `find_pass` and `grant_permission` raise.
    """
    found = _find_fences(brand, [one for one in wanted if isinstance(one, str)], every=not wanted)
    drawn = [one for one in wanted if isinstance(one, FenceDrawn)]
    found += [_draw(brand, one, number, now=now) for number, one in enumerate(drawn, 1)]
    member_id = _invent_member(brand, language, now=now) if card is None else _member_with(card, brand, now=now)
    return Lab(brand.id, member_id, found)


def _find_fences(brand: Brand, codes: Sequence[str], *, every: bool) -> list[LabFence]:
    live = {one.code: one for one in db.all_of(fences_in(brand.id)) if one.status == FenceStatus.ACTIVE}
    for code in codes:
        if code not in live:
            raise ReplayImpossible(FENCE_UNKNOWN, code=code)
    return [
        LabFence(one.id, one.number, one.code, one.name, one.store_id)
        for one in live.values()
        if every or one.code in codes
    ]


def _draw(brand: Brand, drawn: FenceDrawn, number: int, *, now: datetime) -> LabFence:
    """A fence of a file, at a store of its own, where no offer holds."""
    code = f"replay-{number}"
    shape, _ = draw_shape(drawn.given, brand_id=brand.id, store_id=None)
    place = locate_point(shape.lon, shape.lat, countries=brand.countries)
    store = db.add(
        Store(
            brand_id=brand.id,
            reference=code,
            name=drawn.name,
            location=point_at(shape.lon, shape.lat),
            time_zone=brand.time_zone if place is None else place.time_zone,
            country=brand.countries[0] if place is None else place.country,
            created_at=now,
            updated_at=now,
        )
    )
    fence = fences.draw_fence(
        brand_id=brand.id, code=code, name=drawn.name, store_id=store.id, given=drawn.given, by=None, now=now
    )
    fences.put_in_force(fence, now=now)
    db.session().flush()
    return LabFence(fence.id, fence.number, code, drawn.name, store.id)


def _member_with(card: str, brand: Brand, *, now: datetime) -> uuid.UUID:
    return find_pass(code=card, brand_id=brand.id, now=now).member_id


def _invent_member(brand: Brand, language: str, *, now: datetime) -> uuid.UUID:
    member = db.add(Member(language=language, created_at=now))
    for touchpoint in TOUCHPOINTS:
        [shown] = show_words(brand=brand.code, touchpoint=touchpoint, purpose=PURPOSE, locale=LOCALE, now=now)
        grant_permission(
            member_id=member.id,
            brand_id=brand.id,
            touchpoint=touchpoint,
            purpose=PURPOSE,
            level=Level.PROACTIVE,
            evidence={
                "text_sha256": shown.sha256,
                "locale": LOCALE,
                "channel": "app",
                "screen_id": "replay",
                "app_version": "replay",
                "method": "button",
                "os_permission": {
                    "location": "always",
                    "precision": "precise",
                    "bluetooth": True,
                    "notifications": True,
                    "reported_at": now,
                },
            },
            now=now,
        )
    return member.id
