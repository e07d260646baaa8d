"""What a pass may say, as the rooms above would read it; and pictures as somebody would send them."""

import io
import uuid
from datetime import UTC, datetime
from typing import Any, NamedTuple

from PIL import Image

from wallet.designs.designs import Design, plain_design

END_OF_YEAR = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
"""Midnight in Paris, with which 2027 begins."""


class Balance(NamedTuple):
    currency: str = "lilas"
    name_fr: str = "Points Lilas"
    name_en: str = "Lilac points"
    amount: int = 1_234
    expires_at: datetime | None = END_OF_YEAR
    money: str | None = None
    card_size: int | None = None


class Tier(NamedTuple):
    name_fr: str = "Glycine"
    name_en: str = "Wisteria"


class Coupon(NamedTuple):
    title_fr: str = "Dix pour cent sur les thés"
    title_en: str = "Ten per cent off teas"
    description_fr: str = "Une fois par passage en caisse."
    description_en: str = "Once for each sale."
    ends_local: datetime = datetime(2026, 6, 1)  # noqa: DTZ001 (on the wall clock of each store)


class Said(NamedTuple):
    kind: str = "card"
    brand_name: str = "Maison Lilas"
    display_name: str = "Léa Martin"
    code: str = "7QK3-2M4P"
    balances: tuple[Balance, ...] = (Balance(),)
    tier: Tier | None = Tier()
    coupons: tuple[Coupon, ...] = (Coupon(),)
    places: tuple[object, ...] = ()
    beacon: object | None = None
    may_notify: bool = True


def draw_design(**given: Any) -> Design:
    """The house's plain design, with what matters to a test."""
    brand = {"brand_id": uuid.uuid4(), "name": "Maison Lilas", "time_zone": "Europe/Paris", "colour": None}
    return plain_design(**brand)._replace(**given)


def make_picture(width: int, height: int, *, kind: str = "PNG", mode: str = "RGB", **options: Any) -> bytes:
    """A picture of one colour as a file."""
    written = io.BytesIO()
    Image.new(mode, (width, height), "purple").save(written, kind, **options)
    return written.getvalue()
