"""Pictures of a brand are cut into what each wallet shows.

Sizes are those of Apple's guide "Pass Design and Creation" (in points, of one to three pixels each: icon 29 x 29, logo
within 160 x 50, strip of cards and coupons 375 x 144) and of Google's brand guidelines for loyalty cards (a logo of
660 x 660 or more, of which a margin of 15% may fall outside the circle that is cut out of it; a hero of 1032 x 336).
"""

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from PIL import Image, ImageOps

from app.languages import Phrase, Text
from app.pictures.errors import PictureProportionsWrong, PictureTooSmall
from app.pictures.pictures import Picture
from wallet.designs.colours import read_colour

LANCZOS = Image.Resampling.LANCZOS
DENSITIES = ((1, ""), (2, "@2x"), (3, "@3x"))
EMBLEM, MARGIN = 660, 0.15
HERO = (1032, 336)


class PictureName(StrEnum):
    """What a brand uploads."""

    ICON = "icon"
    LOGO = "logo"
    STRIP = "strip"
    HERO = "hero"


class Frame(NamedTuple):
    """What a wallet allots to a picture, in points, and which proportions (width by height) still look right in it."""

    width: int
    height: int
    narrowest: float
    widest: float
    is_filled: bool
    """Whether the picture fills it, cut at its edges; one that does not is only made to fit."""
    wanted: Text


FRAMES = {
    PictureName.ICON: Frame(
        29, 29, 0.95, 1.05, True, Text(fr="l'icône doit être carrée", en="the icon must be a square")
    ),
    PictureName.LOGO: Frame(
        160,
        50,
        0.5,
        8,
        False,
        Text(
            fr="le logo tient dans 160 × 50 : il ne peut être ni plus haut que deux fois sa largeur, ni plus large que"
            " huit fois sa hauteur",
            en="the logo stands within 160 × 50: it can be no higher than twice its width and no wider than eight times"
            " its height",
        ),
    ),
    PictureName.STRIP: Frame(
        375,
        144,
        2.3,
        2.9,
        True,
        Text(
            fr="le bandeau est 2,6 fois plus large que haut (1125 × 432)",
            en="the strip is 2.6 times as wide as high (1125 × 432)",
        ),
    ),
    PictureName.HERO: Frame(
        *HERO,
        2.9,
        3.4,
        True,
        Text(
            fr="l'image de couverture est 3 fois plus large que haute (1032 × 336)",
            en="the hero is 3 times as wide as high (1032 × 336)",
        ),
    ),
}
LEAST = {PictureName.ICON: (87, 87), PictureName.LOGO: (80, 25), PictureName.STRIP: (375, 144), PictureName.HERO: HERO}
"""Pixels under which even the least of what wallets show would have to be blown up."""


def check_frame(name: PictureName, image: Image.Image) -> None:
    """Raise `PictureProportionsWrong` or `PictureTooSmall` for a picture that would not look right in its place."""
    frame, (width, height) = FRAMES[name], image.size
    if not frame.narrowest <= width / height <= frame.widest:
        raise PictureProportionsWrong(width=width, height=height, wanted=Phrase(frame.wanted))
    least_width, least_height = LEAST[name]
    is_small = (
        (width < least_width or height < least_height)
        if frame.is_filled
        else max(width / least_width, height / least_height) < 1
    )
    if is_small:
        raise PictureTooSmall(width=width, height=height, least_width=least_width, least_height=least_height)


def cut_picture(name: PictureName, image: Image.Image) -> dict[str, Picture]:
    """One picture in the sizes that are shown. A density for which there are too few pixels is left out: a phone scales
    the next one."""
    if name is PictureName.HERO:
        return {name: Picture.of(_filling(image, HERO))}
    made = {suffix: _at_density(image, FRAMES[name], density) for density, suffix in DENSITIES}
    return {f"{name}{suffix}": Picture.of(one) for suffix, one in made.items() if one is not None}


def emblem_source(names: Iterable[str]) -> PictureName | None:
    """Of which of these pictures Google's logo of the programme is made: the icon, or else the logo."""
    return next((name for name in (PictureName.ICON, PictureName.LOGO) if name in names), None)


def draw_emblem(name: PictureName, image: Image.Image, *, background: str) -> Picture:
    """Google's logo of the programme: an icon fills it, a logo is within the circle that is cut out of it."""
    ground = Image.new("RGB", (EMBLEM, EMBLEM), read_colour(background))
    inner = round(EMBLEM * (1 - 2 * MARGIN))
    shown = _filling(image, ground.size) if name is PictureName.ICON else _fitting(image, (inner, inner))
    corner = ((EMBLEM - shown.width) // 2, (EMBLEM - shown.height) // 2)
    ground.paste(shown, corner, shown if shown.mode == "RGBA" else None)
    return Picture.of(ground)


def _at_density(image: Image.Image, frame: Frame, density: int) -> Image.Image | None:
    size = (frame.width * density, frame.height * density)
    if frame.is_filled:
        has_enough = density == 1 or (image.width >= size[0] * 0.9 and image.height >= size[1] * 0.9)
        return _filling(image, size) if has_enough else None
    fitted = _fitting(image, size)
    return fitted if density == 1 or fitted.width <= image.width * 1.1 else None


def _filling(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return ImageOps.fit(image, size, LANCZOS)


def _fitting(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    return ImageOps.contain(image, size, LANCZOS)
