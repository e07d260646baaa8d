"""An uploaded file is read with care: what it is, how large and whether it moves is known before it is decoded."""

import io
import struct

from PIL import Image, ImageCms, ImageOps

from app.pictures.errors import PictureKindRefused, PictureMoves, PictureTooLarge, PictureUnreadable

MOST_BYTES = 5 * 1024 * 1024
MOST_MILLIONS = 16
"""Millions of pixels that are decoded: a photo of a phone has 12, and each takes four bytes of memory."""
KEPT_SIDE = 2064
"""Pixels of the longer side of what is kept as it was sent: twice what any wallet shows."""

TAKEN = ("PNG", "JPEG", "WEBP")
OTHERS: tuple[tuple[bytes, str], ...] = (
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"%!PS", "PostScript"),
    (b"BM", "BMP"),
    (b"II*\0", "TIFF"),
    (b"MM\0*", "TIFF"),
    (b"8BPS", "Photoshop"),
    (b"\0\0\1\0", "ICO"),
)
"""How files begin that somebody may take for a picture that wallets show."""
OURS = (b"\x89PNG", b"\xff\xd8\xff", b"RIFF")
"""How those begin that we take: what is written in them of other pictures makes them none."""
BOMBS = (Image.DecompressionBombError, Image.DecompressionBombWarning)
BROKEN = (OSError, SyntaxError, ValueError, EOFError, TypeError, KeyError, IndexError, OverflowError, struct.error)
"""What Pillow raises of bytes that are not what they begin as."""


def read_upload(content: bytes) -> Image.Image:
    """The picture upright, in colours of screens (sRGB), no larger than is of use.

    Raises `PictureKindRefused`, `PictureMoves`, `PictureTooLarge` and `PictureUnreadable`.
    """
    _refuse_kind(content)
    try:
        with Image.open(io.BytesIO(content), formats=TAKEN) as sent:
            if sent.width * sent.height > MOST_MILLIONS * 1_000_000:
                raise PictureTooLarge(width=sent.width, height=sent.height, most=MOST_MILLIONS)
            if getattr(sent, "n_frames", 1) > 1:
                raise PictureMoves
            sent.draft("RGB", (KEPT_SIDE, KEPT_SIDE))  # a JPEG is decoded no larger than needed
            sent.load()
            return _plain(sent)
    except BOMBS:
        width, height = _size_of(content)
        raise PictureTooLarge(width=width, height=height, most=MOST_MILLIONS) from None
    except BROKEN:
        raise PictureUnreadable from None


def _refuse_kind(content: bytes) -> None:
    """Raise `PictureKindRefused` for what begins like something else, `PictureUnreadable` for nothing."""
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise PictureUnreadable
    if start.startswith(b"<") or (b"<svg" in start.lower() and not content.startswith(OURS)):
        raise PictureKindRefused(kind="SVG")
    if content[4:8] == b"ftyp":
        raise PictureKindRefused(kind="HEIC/AVIF")
    for sign, kind in OTHERS:
        if content.startswith(sign):
            raise PictureKindRefused(kind=kind)


def _plain(sent: Image.Image) -> Image.Image:
    upright = ImageOps.exif_transpose(sent)
    if upright.mode.startswith("I"):  # grey in 16 bits, of which a screen shows the upper half
        upright = upright.convert("I").point(lambda grey: grey / 256).convert("L")
    image = _in_screen_colours(upright)
    image.thumbnail((KEPT_SIDE, KEPT_SIDE), Image.Resampling.LANCZOS)
    return image


def _in_screen_colours(image: Image.Image) -> Image.Image:
    """What is seen, without a profile, which wallets need not read; one that cannot be read says nothing."""
    profile = image.info.get("icc_profile")
    mode = "RGBA" if image.has_transparency_data else "RGB"
    if profile and image.mode in ("RGB", "CMYK"):
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            changed = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        except (ImageCms.PyCMSError, OSError):
            changed = None
        if changed is not None:
            return changed
    return image.convert(mode)


def _size_of(content: bytes) -> tuple[int, int]:
    """What a PNG says of its size (ISO/IEC 15948, section 11.2.2); nought by nought for any other file."""
    if content[12:16] != b"IHDR":
        return 0, 0
    width, height = struct.unpack(">II", content[16:24])
    return width, height
