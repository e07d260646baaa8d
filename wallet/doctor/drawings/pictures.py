"""The pictures of a pass: PNG really, in the sizes in which they are shown (Apple, "Pass Design and Creation")."""

import re
from collections.abc import Mapping
from typing import NamedTuple

from wallet.doctor.ailments import Symptoms
from wallet.doctor.drawings.findings import PictureAilment
from wallet.doctor.drawings.png import PictureBroken, PictureFacts, read_png

NAME = re.compile(r"(?P<folder>(?:[^/]+\.lproj/)?)(?P<kind>[^/@]+?)(?:@(?P<scale>[23])x)?\.png", re.IGNORECASE)
WRONG_NAME = re.compile(r"\.(jpe?g|gif|webp|svg|bmp|heic|tiff?)$", re.IGNORECASE)
SPARE = 1.5
"""How much larger than shown a picture may be before it is only heavy."""
A_DOT = 1


class PictureSlot(NamedTuple):
    """The largest size in which a kind is shown, in points, and the smallest that is not blurred."""

    width: int
    height: int
    least: int
    styles: tuple[str, ...] = ()
    """Styles that show it; none here: all."""


SHOWN = {
    "icon": PictureSlot(38, 38, 29),
    "logo": PictureSlot(160, 50, 1),
    "strip": PictureSlot(375, 144, 1, ("storeCard", "coupon", "eventTicket")),
    "thumbnail": PictureSlot(90, 90, 1, ("generic", "eventTicket")),
    "background": PictureSlot(180, 220, 1, ("eventTicket",)),
    "footer": PictureSlot(286, 15, 1, ("boardingPass",)),
}
OTHERS = {"personalizationLogo", "primaryLogo", "secondaryLogo", "artwork", "venueMap"}
"""Pictures of sign-up and of newer tickets, whose sizes are not looked at."""


def check_pictures(members: Mapping[str, bytes], *, style: str | None, symptoms: Symptoms) -> None:
    """Note pictures that are none, that nobody sees, or that look bad."""
    read: dict[tuple[str, str], dict[int, tuple[str, PictureFacts]]] = {}
    for name, content in members.items():
        found = NAME.fullmatch(name)
        if found is None:
            if WRONG_NAME.search(name):
                symptoms.note(PictureAilment.PICTURE_NO_PNG, name)
            continue
        kind, scale = found["kind"], int(found["scale"] or 1)
        picture = _read(name, content, symptoms)
        if kind not in SHOWN:
            if kind not in OTHERS:
                symptoms.note(PictureAilment.PICTURE_UNKNOWN, name)
            continue
        if SHOWN[kind].styles and style is not None and style not in SHOWN[kind].styles:
            symptoms.note(PictureAilment.PICTURE_UNUSED, name, style=style)
        elif picture is not None:
            read.setdefault((found["folder"], kind), {})[scale] = name, picture
            _check_size(name, kind, scale, picture, symptoms)
    for (folder, kind), sizes in read.items():
        _check_scales(folder, kind, sizes, symptoms)


def _read(name: str, content: bytes, symptoms: Symptoms) -> PictureFacts | None:
    try:
        picture = read_png(content)
    except PictureBroken:
        symptoms.note(PictureAilment.PICTURE_BROKEN, name)
        return None
    if picture is None:
        symptoms.note(PictureAilment.PICTURE_NO_PNG, name)
    elif picture.is_crushed:
        symptoms.note(PictureAilment.PICTURE_CRUSHED, name)
    return picture


def _check_size(name: str, kind: str, scale: int, picture: PictureFacts, symptoms: Symptoms) -> None:
    shown = SHOWN[kind]
    size = {"width": picture.width, "height": picture.height}
    if picture.width < shown.least * scale or picture.height < shown.least * scale:
        symptoms.note(
            PictureAilment.PICTURE_SMALL,
            name,
            **size,
            least_width=shown.least * scale,
            least_height=shown.least * scale,
        )
    largest = 3 if scale == 1 else scale  # a picture of one size alone may be as fine as the finest
    most_width, most_height = shown.width * largest, shown.height * largest
    if picture.width > most_width * SPARE or picture.height > most_height * SPARE:
        symptoms.note(PictureAilment.PICTURE_HUGE, name, **size, most_width=most_width, most_height=most_height)


def _check_scales(folder: str, kind: str, sizes: Mapping[int, tuple[str, PictureFacts]], symptoms: Symptoms) -> None:
    missing = [f"{folder}{kind}@{scale}x.png" for scale in (2, 3) if scale not in sizes]
    if kind == "icon" and missing and not folder:
        symptoms.note(PictureAilment.PICTURE_SIZE_MISSING, f"{kind}.png", missing=missing)
    elif len(missing) == 2 and 1 in sizes:
        symptoms.note(PictureAilment.PICTURE_FINE_MISSING, f"{folder}{kind}.png", name=f"{kind}.png")
    if 1 not in sizes:
        return
    _, plain = sizes[1]
    for scale, (name, picture) in sizes.items():
        expected = plain.width * scale, plain.height * scale
        if max(abs(picture.width - expected[0]), abs(picture.height - expected[1])) > A_DOT * scale:
            symptoms.note(
                PictureAilment.PICTURE_SHAPE,
                name,
                scale=scale,
                width=picture.width,
                height=picture.height,
                expected_width=expected[0],
                expected_height=expected[1],
            )
