"""What passes look like while a brand has drawn nothing: its first letter on its colour, the fields of the house."""

from functools import lru_cache

from PIL import Image, ImageDraw

from app.languages import Text
from app.pictures import fonts
from app.pictures.pictures import Picture
from wallet.designs.fields import FieldPlace, FieldPlan, FieldShows

COLOUR = "#1f3a5f"
"""Of brands that have none of their own."""

FRONT = (
    FieldPlan(FieldShows.POINTS, FieldPlace.HEADER),
    FieldPlan(FieldShows.NAME, FieldPlace.PRIMARY),
    FieldPlan(FieldShows.TIER, FieldPlace.SECONDARY),
    FieldPlan(FieldShows.COUPON_COUNT, FieldPlace.SECONDARY),
    FieldPlan(FieldShows.NEXT_EXPIRY, FieldPlace.AUXILIARY),
)
BACK = (FieldPlan(FieldShows.COUPON_TITLE, FieldPlace.BACK, Text(fr="Vos bons", en="Your coupons")),)
COUPON_FRONT = (
    FieldPlan(FieldShows.COUPON_TITLE, FieldPlace.PRIMARY),
    FieldPlan(FieldShows.ENDS, FieldPlace.SECONDARY),
)
COUPON_BACK = (FieldPlan(FieldShows.COUPON_TEXT, FieldPlace.BACK),)

EMBLEM = 660
"""Pixels of a side: the least that Google asks of a programme's logo."""


@lru_cache(maxsize=64)
def draw_letter(name: str, ground: str, ink: str, side: int) -> Picture:
    """The first letter of a name in the middle of a square, within the circle that Google cuts out of it."""
    image = Image.new("RGB", (side, side), ground)
    letter = next((sign for sign in name if sign.isalnum()), "•").upper()[:1]
    font = fonts.find_font(fonts.BOLD, round(side * 0.55))
    left, top, right, bottom = font.getbbox(letter)
    corner = ((side - right - left) / 2, (side - bottom - top) / 2)
    ImageDraw.Draw(image).text(corner, letter, fill=ink, font=font)
    return Picture.of(image)


def draw_pictures(name: str, ground: str, ink: str) -> dict[str, Picture]:
    """The icon of Apple's wallet and the emblem of Google's."""
    sides = {"icon": 29, "icon@2x": 58, "icon@3x": 87, "emblem": EMBLEM}
    return {picture: draw_letter(name, ground, ink, side) for picture, side in sides.items()}
