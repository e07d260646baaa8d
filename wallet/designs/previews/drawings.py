"""A pass drawn as a wallet shows it: near enough to judge colours, pictures and lengths, and no copy of a phone."""

import io
from collections.abc import Sequence
from typing import Any

import zxingcpp
from PIL import Image, ImageDraw, ImageOps

from app.languages import Language, Text
from app.pictures import fonts
from app.pictures.pictures import Picture
from wallet.designs import colours
from wallet.designs.capabilities import SQUARES, PassSymbology, WalletName
from wallet.designs.designs import Design
from wallet.designs.fields import FieldPlace, FieldShows
from wallet.designs.layout import FilledField, PassLayout

WIDTH, EDGE, GAP, CORNER = 750, 36, 24, 28
PAPER, GREY, BLACK, WHITE = "#f1f1ee", "#66666d", "#000000", "#ffffff"
LABEL_PX, VALUE_PX, PRIMARY_PX, TEXT_PX = 22, 34, 60, 26
LOGO, STRIP_HEIGHT, EMBLEM = (320, 100), 288, 96
MOST_LINES, MOST_BACK = 6, 20
BACK = Text(fr="Au dos", en="On the back")

FORMATS = {
    PassSymbology.QR: zxingcpp.BarcodeFormat.QRCode,
    PassSymbology.PDF417: zxingcpp.BarcodeFormat.PDF417,
    PassSymbology.AZTEC: zxingcpp.BarcodeFormat.Aztec,
    PassSymbology.CODE128: zxingcpp.BarcodeFormat.Code128,
}


def draw_preview(layout: PassLayout, design: Design, wallet: WalletName) -> bytes:
    """The pass as PNG, its back below it."""
    sheet = _Sheet(design.background)
    ink, label = design.foreground, design.label
    if wallet is WalletName.GOOGLE:
        ink = label = colours.ink_on(design.background)
        _draw_google(sheet, layout, design, ink)
    else:
        _draw_apple(sheet, layout, design, ink, label)
    return sheet.finish(layout.at(FieldPlace.BACK), layout.language)


class _Sheet:
    """A column that grows downwards while it is drawn."""

    def __init__(self, ground: str) -> None:
        self.ground = ground
        self.image = Image.new("RGB", (WIDTH, 4_000), ground)
        self.draw = ImageDraw.Draw(self.image)
        self.y = EDGE

    def text(self, corner: tuple[int, int], line: str, *, pixels: int, ink: str, most: int, bold: bool = False) -> int:
        """One line, cut where it ends; returns how wide it is."""
        font = fonts.find_font(fonts.BOLD if bold else fonts.REGULAR, pixels)
        shown = fonts.shorten_to(" ".join(line.split()), font, most)
        self.draw.text(corner, shown, fill=ink, font=font)
        return fonts.width_of(shown, font)

    def picture(
        self, picture: Picture, corner: tuple[int, int], size: tuple[int, int], *, round_off: bool = False
    ) -> int:
        """A picture made to fit; returns how wide it is."""
        shown = ImageOps.contain(Image.open(io.BytesIO(picture.png)).convert("RGBA"), size, Image.Resampling.LANCZOS)
        if round_off:
            mask = Image.new("L", shown.size, 0)
            ImageDraw.Draw(mask).ellipse((0, 0, shown.width - 1, shown.height - 1), fill=255)
            shown.putalpha(mask)
        self.image.paste(shown, corner, shown)
        return shown.width

    def row(self, fields: Sequence[FilledField], *, ink: str, label: str, pixels: int = VALUE_PX) -> None:
        """Fields side by side, each with its label above."""
        if not fields:
            return
        each = (WIDTH - 2 * EDGE) // len(fields)
        for number, field in enumerate(fields):
            x = EDGE + number * each
            self.text((x, self.y), field.label, pixels=LABEL_PX, ink=label, most=each - GAP)
            self.text((x, self.y + LABEL_PX + 6), field.value, pixels=pixels, ink=ink, most=each - GAP)
        self.y += LABEL_PX + 6 + pixels + GAP

    def code(self, layout: PassLayout) -> None:
        """The code on white, as every wallet shows it."""
        drawn = _code_image(layout.code, layout.symbology)
        left = (WIDTH - drawn.width) // 2
        box = (left - GAP, self.y, left + drawn.width + GAP, self.y + drawn.height + 2 * GAP + TEXT_PX + 8)
        self.draw.rounded_rectangle(box, radius=16, fill=WHITE)
        self.image.paste(drawn, (left, self.y + GAP))
        most = drawn.width
        width = fonts.width_of(layout.code, fonts.find_font(fonts.REGULAR, TEXT_PX))
        corner = (max(left, (WIDTH - width) // 2), self.y + GAP + drawn.height + 8)
        self.text(corner, layout.code, pixels=TEXT_PX, ink=BLACK, most=most)
        self.y = box[3] + EDGE

    def finish(self, back: Sequence[FilledField], language: Language) -> bytes:
        """The front with round corners on paper, the back as a list below, and all of it as PNG."""
        front = self.image.crop((0, 0, WIDTH, self.y))
        mask = Image.new("L", front.size, 0)
        ImageDraw.Draw(mask).rounded_rectangle((0, 0, front.width - 1, front.height - 1), radius=CORNER, fill=255)
        lines = [(BACK.say(language), True)] if back else []
        for field in back[:MOST_BACK]:
            lines.append((field.label, True))
            lines += [(line, False) for line in _wrapped(field.value)[:MOST_LINES]]
        below = _Sheet(PAPER)
        below.y = EDGE
        below.image.paste(front, (0, 0), mask)
        below.y = front.height + EDGE
        for line, is_label in lines:
            ink = GREY if is_label else BLACK
            below.text((EDGE, below.y), line, pixels=TEXT_PX, ink=ink, most=WIDTH - 2 * EDGE, bold=is_label)
            below.y += TEXT_PX + 12
        written = io.BytesIO()
        below.image.crop((0, 0, WIDTH, below.y + (GAP if lines else -EDGE))).save(written, "PNG")
        return written.getvalue()


def _draw_apple(sheet: _Sheet, layout: PassLayout, design: Design, ink: str, label: str) -> None:
    x = EDGE
    logo = design.pictures.get("logo@2x") or design.pictures.get("logo")
    if logo is not None:
        x += sheet.picture(logo, (x, sheet.y), LOGO) + GAP
    headers = layout.at(FieldPlace.HEADER)
    right = WIDTH - EDGE - 150 * len(headers)
    if layout.logo_text:
        sheet.text((x, sheet.y + 30), layout.logo_text, pixels=VALUE_PX, ink=ink, most=right - x - GAP)
    for number, field in enumerate(headers):
        corner = right + number * 150
        sheet.text((corner, sheet.y), field.label, pixels=LABEL_PX, ink=label, most=140)
        sheet.text((corner, sheet.y + LABEL_PX + 6), field.value, pixels=VALUE_PX, ink=ink, most=140)
    sheet.y += LOGO[1] + GAP
    strip = design.pictures.get("strip@2x") or design.pictures.get("strip")
    top = sheet.y
    if strip is not None:
        sheet.picture(strip, (0, top), (WIDTH, STRIP_HEIGHT))
        sheet.y += (STRIP_HEIGHT - PRIMARY_PX - LABEL_PX - GAP) // 2
    sheet.row(layout.at(FieldPlace.PRIMARY), ink=ink, label=label, pixels=PRIMARY_PX)
    if strip is not None:
        sheet.y = top + STRIP_HEIGHT + GAP
    sheet.row(layout.at(FieldPlace.SECONDARY), ink=ink, label=label)
    sheet.row(layout.at(FieldPlace.AUXILIARY), ink=ink, label=label)
    sheet.y += GAP
    sheet.code(layout)


def _draw_google(sheet: _Sheet, layout: PassLayout, design: Design, ink: str) -> None:
    sheet.picture(design.pictures["emblem"], (EDGE, sheet.y), (EMBLEM, EMBLEM), round_off=True)
    left = EDGE + EMBLEM + GAP
    sheet.text((left, sheet.y + 30), layout.organization, pixels=VALUE_PX, ink=ink, most=WIDTH - left - EDGE)
    sheet.y += EMBLEM + GAP
    title = layout.logo_text or layout.organization
    if layout.is_coupon and layout.shown(FieldShows.COUPON_TITLE):
        title = layout.shown(FieldShows.COUPON_TITLE)[0].value
    sheet.text((EDGE, sheet.y), title, pixels=PRIMARY_PX - 12, ink=ink, most=WIDTH - 2 * EDGE)
    sheet.y += PRIMARY_PX + GAP
    apart = (FieldShows.POINTS, FieldShows.TIER, FieldShows.NAME)
    sheet.row([field for field in layout.fields if field.shows in apart][:3], ink=ink, label=ink)
    sheet.code(layout)
    if "hero" in design.pictures:
        hero = design.pictures["hero"]
        sheet.picture(hero, (0, sheet.y), (WIDTH, WIDTH))
        sheet.y += round(WIDTH * hero.height / hero.width) + GAP
    for field in layout.fields:
        if field.shows not in apart and field.place is not FieldPlace.BACK:
            sheet.row([field], ink=ink, label=ink)


def _wrapped(text: str) -> list[str]:
    font = fonts.find_font(fonts.REGULAR, TEXT_PX)
    return [part for line in text.splitlines() for part in fonts.wrap_line(line, font, WIDTH - 2 * EDGE)]


def draw_code(layout: PassLayout) -> bytes:
    """The code alone as PNG."""
    written = io.BytesIO()
    _code_image(layout.code, layout.symbology).save(written, "PNG")
    return written.getvalue()


def _code_image(text: str, symbology: PassSymbology) -> Image.Image:
    barcode = zxingcpp.create_barcode(text, FORMATS[symbology])
    pixels: Any = zxingcpp.write_barcode_to_image(barcode, scale=1, add_quiet_zones=False)
    height, width = pixels.shape[:2]
    drawn = Image.frombytes("L", (width, height), memoryview(pixels).tobytes())
    wanted = 260 if symbology in SQUARES else 520
    scale = max(1, wanted // width)
    return drawn.resize((width * scale, height * scale), Image.Resampling.NEAREST).convert("RGB")
