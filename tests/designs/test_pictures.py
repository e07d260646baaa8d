"""Pictures: what is taken, what is refused before it costs anything, and what wallets are given."""

import io
import struct
import zlib
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from app.errors import Problem
from app.pictures.errors import PictureMoves, PictureTooLarge, PictureUnreadable
from app.pictures.pictures import Picture
from app.pictures.uploads import KEPT_SIDE, read_upload
from tests.designs.factories import make_picture
from wallet.designs.cuts import (
    FRAMES,
    PictureName,
    check_frame,
    cut_picture,
    draw_emblem,
)

PURPLE = (128, 0, 128)
STARTS = [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP"]


def refusal_of(content: bytes) -> str:
    with pytest.raises(Problem) as refused:
        read_upload(content)
    return refused.value.code()


def bomb(width: int, height: int) -> bytes:
    """A PNG of some bytes that says it has this many pixels."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b""))
    chunks = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in parts]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def moving(kind: str) -> bytes:
    written = io.BytesIO()
    frames = [Image.new("RGB", (90, 90), colour) for colour in ("red", "blue")]
    frames[0].save(written, kind, save_all=True, append_images=frames[1:])
    return written.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
@pytest.mark.parametrize("mode", ["RGB", "L"])
def test_pictures_of_these_kinds_are_taken(kind: str, mode: str) -> None:
    assert read_upload(make_picture(100, 50, kind=kind, mode=mode)).size == (100, 50)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "picture_unreadable"),
        (b"not a picture at all", "picture_unreadable"),
        (make_picture(90, 90)[:60], "picture_unreadable"),
        (make_picture(90, 90, kind="JPEG")[:200], "picture_unreadable"),
        (b"  <?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "picture_kind_refused"),
        (b"\xef\xbb\xbf<svg onload='x()'/>", "picture_kind_refused"),
        (b"GIF89a", "picture_kind_refused"),
        (b"%PDF-1.7", "picture_kind_refused"),
        (b"\0\0\0\x18ftypheic", "picture_kind_refused"),
        (moving("PNG"), "picture_moves"),
        (moving("WEBP"), "picture_moves"),
        (bomb(30_000, 30_000), "picture_too_large"),
        (bomb(5_000, 4_000), "picture_too_large"),
        (bomb(0, 10), "picture_unreadable"),
    ],
)
def test_what_is_no_picture_of_ours_is_refused(content: bytes, code: str) -> None:
    assert refusal_of(content) == code


@given(content=st.binary(max_size=200), start=st.sampled_from(STARTS))
def test_bytes_of_any_kind_are_a_picture_or_a_refusal(content: bytes, start: bytes) -> None:
    with suppress(PictureUnreadable, PictureTooLarge, PictureMoves):
        read_upload(start + content)


def test_a_picture_whose_notes_speak_of_another_kind_is_taken() -> None:
    told = PngImagePlugin.PngInfo()
    told.add_text("Comment", "exported from logo.svg: <svg>")
    assert read_upload(make_picture(90, 90, pnginfo=told)).size == (90, 90)


def test_nothing_but_what_is_seen_is_kept() -> None:
    told, photo = PngImagePlugin.PngInfo(), Image.Exif()
    told.add_text("Author", "somebody")
    photo[0x8825] = {1: "N", 2: (48.0, 51.0, 24.0)}
    screen = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    options: list[dict[str, Any]] = [{"pnginfo": told}, {"kind": "JPEG", "exif": photo}, {"icc_profile": screen}]
    for content in (make_picture(90, 90, **one) for one in options):
        kept = Picture.of(read_upload(content)).png
        assert {
            kept[at : at + 4] for at in range(len(kept)) if kept[at : at + 4] in (b"tEXt", b"eXIf", b"iCCP")
        } == set()


@pytest.mark.parametrize(("mode", "colour"), [("I;16", 0x8000), ("L", 0x80), ("CMYK", (0, 0, 0, 0x7F))])
def test_colours_are_what_they_were(mode: str, colour: Any) -> None:
    written = io.BytesIO()
    Image.new(mode, (90, 90), colour).save(written, "JPEG" if mode == "CMYK" else "PNG")
    assert read_upload(written.getvalue()).getpixel((5, 5)) == (128, 128, 128)


def test_a_photo_stands_upright() -> None:
    turned = Image.Exif()
    turned[0x0112] = 6
    assert read_upload(make_picture(200, 100, kind="JPEG", exif=turned)).size == (100, 200)


def test_a_large_photo_is_kept_no_larger_than_of_use() -> None:
    assert read_upload(make_picture(4_000, 3_000, kind="JPEG")).size == (KEPT_SIDE, KEPT_SIDE * 3 // 4)


def test_what_can_be_seen_through_stays_so() -> None:
    assert read_upload(make_picture(90, 90, mode="RGBA")).mode == "RGBA"


@pytest.mark.parametrize(
    ("name", "size", "code"),
    [
        ("icon", (90, 90), None),
        ("icon", (300, 200), "picture_proportions_wrong"),
        ("icon", (60, 60), "picture_too_small"),
        ("logo", (480, 150), None),
        ("logo", (900, 100), "picture_proportions_wrong"),
        ("logo", (40, 12), "picture_too_small"),
        ("strip", (1125, 432), None),
        ("strip", (1125, 200), "picture_proportions_wrong"),
        ("hero", (1032, 336), None),
        ("hero", (516, 168), "picture_too_small"),
    ],
)
def test_a_picture_fits_its_place(name: str, size: tuple[int, int], code: str | None) -> None:
    image = Image.new("RGB", size)
    if code is None:
        check_frame(PictureName(name), image)
        return
    with pytest.raises(Problem) as refused:
        check_frame(PictureName(name), image)
    assert refused.value.code() == code


def test_wrong_proportions_are_said_in_words() -> None:
    with pytest.raises(Problem) as refused:
        check_frame(PictureName.ICON, Image.new("RGB", (300, 200)))
    said: dict[str, Any] = refused.value.body(language="fr", instance="")
    assert said["title"] == "L'image a 300 × 200 px ; l'icône doit être carrée."


@pytest.mark.parametrize(
    ("name", "size", "cut"),
    [
        ("icon", (660, 660), {"icon": (29, 29), "icon@2x": (58, 58), "icon@3x": (87, 87)}),
        ("strip", (1125, 432), {"strip": (375, 144), "strip@2x": (750, 288), "strip@3x": (1125, 432)}),
        ("strip", (400, 150), {"strip": (375, 144)}),
        ("logo", (320, 100), {"logo": (160, 50), "logo@2x": (320, 100)}),
        ("hero", (1100, 350), {"hero": (1032, 336)}),
    ],
)
def test_each_wallet_has_the_sizes_it_shows_and_none_is_blown_up(
    name: str, size: tuple[int, int], cut: dict[str, tuple[int, int]]
) -> None:
    made = cut_picture(PictureName(name), Image.new("RGB", size, PURPLE))
    assert {name: (one.width, one.height) for name, one in made.items()} == cut


def test_without_an_icon_the_emblem_is_the_logo_within_the_circle() -> None:
    logo = Image.new("RGBA", (480, 150), (*PURPLE, 255))
    emblem = Image.open(io.BytesIO(draw_emblem(PictureName.LOGO, logo, background="#112233").png))
    assert emblem.size == (660, 660)
    assert (emblem.getpixel((50, 330)), emblem.getpixel((330, 330))) == ((0x11, 0x22, 0x33), PURPLE)


def test_one_picture_has_one_name_however_often_it_is_sent() -> None:
    one, other = (Picture.of(read_upload(make_picture(90, 90))) for _ in range(2))
    assert one == other


def test_every_place_says_what_it_wants_in_both_languages() -> None:
    assert all(frame.wanted.fr and frame.wanted.en for frame in FRAMES.values())
