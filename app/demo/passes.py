"""What passes of the demo brand look like: its pictures are drawn here, so that no file of them need be kept."""

import io
import math
import uuid
from datetime import datetime

from PIL import Image, ImageDraw

from app.languages import Text
from wallet.designs import designs, versions
from wallet.designs.cuts import PictureName
from wallet.designs.fields import FieldPlace, FieldPlan, FieldShows

LILAC, DEEP, PALE, WHITE = "#6b3fa0", "#4b2a75", "#c9b1e4", "#ffffff"
"""Its background, a darker one, petals and ink: white is read on both grounds (7.5 and 11.2 to 1)."""
PETALS = 26
TERMS = Text(
    fr="Un point par euro. Les points expirent deux ans après l'achat.",
    en="A point per euro. Points expire two years after the purchase.",
)


def draw_demo_passes(brand_id: uuid.UUID, *, by: uuid.UUID, now: datetime) -> None:
    """Colours, an icon, a logo, a strip and a hero, and what stands on the back."""
    plain = designs.read_design(brand_id)
    motto = FieldPlan(
        FieldShows.TEXT,
        FieldPlace.BACK,
        Text(fr="La maison", en="The house"),
        Text(fr="Thés et douceurs depuis 1987.", en="Teas and sweets since 1987."),
    )
    content = designs.content_of(
        plain._replace(
            background=LILAC,
            foreground=WHITE,
            label="#ece2f7",
            back=(*plain.back, motto),
            terms=TERMS,
            help_contact="mailto:bonjour@maison-lilas.example",
            rotates=True,
        )
    )
    version = versions.draw_passes(
        brand_id=brand_id, content=content | {"name": None}, version=plain.version, by=by, now=now
    ).design.version
    for number, (name, image) in enumerate(draw_pictures().items()):
        written = io.BytesIO()
        image.save(written, "PNG")
        versions.put_picture(
            brand_id=brand_id, name=name, file=written.getvalue(), version=version + number, by=by, now=now
        )


def draw_pictures() -> dict[PictureName, Image.Image]:
    """Lilac in flower: alone, small beside the name of the house, and all over."""
    icon = Image.new("RGB", (660, 660), LILAC)
    _flower(icon, centre=(330, 330), size=230)
    logo = Image.new("RGBA", (150, 150), (0, 0, 0, 0))
    _flower(logo, centre=(75, 75), size=68)
    return {
        PictureName.ICON: icon,
        PictureName.LOGO: logo,
        PictureName.STRIP: _meadow(1125, 432),
        PictureName.HERO: _meadow(1032, 336),
    }


def _meadow(width: int, height: int) -> Image.Image:
    ground = Image.new("RGB", (width, height), DEEP)
    for number in range(7):
        x = width * (number + 0.5) / 7
        _flower(ground, centre=(round(x), round(height * (0.72 if number % 2 else 0.3))), size=height // 4, ink=LILAC)
    return ground


def _flower(image: Image.Image, *, centre: tuple[int, int], size: int, ink: str = PALE) -> None:
    """Petals on a spiral, by the golden angle, as they grow."""
    pen, petal = ImageDraw.Draw(image), size // 5
    for number in range(PETALS, 0, -1):
        angle, far = number * math.radians(137.508), size * 0.8 * math.sqrt(number / PETALS)
        x, y = centre[0] + far * math.cos(angle), centre[1] + far * math.sin(angle)
        pen.ellipse((x - petal, y - petal, x + petal, y + petal), fill=ink, outline=DEEP, width=max(1, petal // 10))
