"""Every code is drawn so that a scanner reads it back: in four symbologies, as SVG and as PNG, with its quiet zone."""

import re
import struct
import zlib
from xml.etree import ElementTree

import numpy
import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from app.codes.drawings import MANNERS, CodeSymbology, DrawingForm, draw_code

FORMATS = {
    CodeSymbology.QR: zxingcpp.BarcodeFormat.QRCode,
    CodeSymbology.PDF417: zxingcpp.BarcodeFormat.PDF417,
    CodeSymbology.AZTEC: zxingcpp.BarcodeFormat.Aztec,
    CodeSymbology.CODE128: zxingcpp.BarcodeFormat.Code128,
}
SVG = "{http://www.w3.org/2000/svg}"
ALT = 'Code of your card: "7QK3" & more'
VOUCHER = "ICI1-" + "7QK3M2TD" * 21 + "7QK3M"
BAR = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z")

every_symbology = pytest.mark.parametrize("symbology", CodeSymbology)
texts = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=40)


def chunks(png: bytes) -> dict[bytes, bytes]:
    """The parts of a PNG, each checked."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    found, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + data),)
        found[kind], at = data, at + 12 + length
    return found


def picture_of_png(png: bytes) -> numpy.ndarray:
    found = chunks(png)
    width, height = struct.unpack_from(">II", found[b"IHDR"])
    rows = numpy.frombuffer(zlib.decompress(found[b"IDAT"]), numpy.uint8).reshape(height, width + 1)
    return numpy.ascontiguousarray(rows[:, 1:])


def picture_of_svg(svg: bytes, *, scale: int = 4) -> numpy.ndarray:
    """What a browser would show of our SVG, in pixels."""
    drawn = ElementTree.fromstring(svg)
    picture = numpy.full((int(drawn.get("height")), int(drawn.get("width"))), 255, numpy.uint8)
    *_, bars = drawn.iter(f"{SVG}path")
    assert BAR.sub("", bars.get("d")) == ""
    for left, top, wide, tall in (map(int, found) for found in BAR.findall(bars.get("d"))):
        picture[top : top + tall, left : left + wide] = 0
    return numpy.kron(picture, numpy.ones((scale, scale), numpy.uint8))


def read_drawing(picture: numpy.ndarray) -> list[tuple[str, str]]:
    """What a scanner finds in a picture that may hold any barcode."""
    found = zxingcpp.read_barcodes(picture, text_mode=zxingcpp.TextMode.Plain)
    return [(str(one.format), one.text) for one in found]


def drawn(text: str, symbology: CodeSymbology, form: DrawingForm) -> numpy.ndarray:
    made = draw_code(text, symbology=symbology, form=form, alt=ALT)
    return picture_of_svg(made) if form is DrawingForm.SVG else picture_of_png(made)


@every_symbology
@pytest.mark.parametrize("form", DrawingForm)
@given(text=texts)
def test_what_is_drawn_is_read_back(symbology: CodeSymbology, form: DrawingForm, text: str) -> None:
    assert read_drawing(drawn(text, symbology, form)) == [(str(FORMATS[symbology]), text)]


@pytest.mark.parametrize("text", [VOUCHER, "Ça et là : 5 € – 日本"])
@pytest.mark.parametrize("symbology", [CodeSymbology.QR, CodeSymbology.PDF417, CodeSymbology.AZTEC])
@pytest.mark.parametrize("form", DrawingForm)
def test_long_texts_and_all_letters_are_read_back(symbology: CodeSymbology, form: DrawingForm, text: str) -> None:
    assert read_drawing(drawn(text, symbology, form)) == [(str(FORMATS[symbology]), text)]


@pytest.mark.parametrize("text", [VOUCHER, "é"])
def test_what_no_scanner_could_read_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"Code 128|too long"):
        draw_code(text, symbology=CodeSymbology.CODE128, form=DrawingForm.SVG, alt=ALT)


@every_symbology
@pytest.mark.parametrize("form", DrawingForm)
def test_there_is_a_quiet_zone_on_every_side(symbology: CodeSymbology, form: DrawingForm) -> None:
    picture = drawn("7QK3-M2TD-X0AH-9RWJ-4VNB", symbology, form)
    quiet = MANNERS[symbology].quiet * (4 if form is DrawingForm.SVG else MANNERS[symbology].pixels)
    dark = numpy.argwhere(picture == 0)
    assert dark.min(axis=0).tolist() == [quiet, quiet]
    assert (numpy.array(picture.shape) - dark.max(axis=0) - 1).tolist() == [quiet, quiet]


@pytest.mark.parametrize("text", ["1", "12345", "A"])
def test_a_short_text_is_no_micro_qr(text: str) -> None:
    svg = ElementTree.fromstring(draw_code(text, symbology=CodeSymbology.QR, form=DrawingForm.SVG, alt=ALT))
    assert int(svg.get("width")) == 21 + 8


@pytest.mark.parametrize(("text", "modules"), [("ICI4-" + "A" * 33, 25), (VOUCHER, 45)])
def test_what_phones_show_is_as_small_as_we_say(text: str, modules: int) -> None:
    svg = ElementTree.fromstring(draw_code(text, symbology=CodeSymbology.QR, form=DrawingForm.SVG, alt=ALT))
    assert int(svg.get("width")) == modules + 8


@every_symbology
def test_a_screen_reader_is_told_what_it_is(symbology: CodeSymbology) -> None:
    svg = draw_code("7QK3", symbology=symbology, form=DrawingForm.SVG, alt=ALT)
    drawn_ = ElementTree.fromstring(svg)
    assert (drawn_.get("role"), drawn_.get("aria-label"), drawn_.find(f"{SVG}title").text) == ("img", ALT, ALT)
    png = draw_code("7QK3", symbology=symbology, form=DrawingForm.PNG, alt=ALT)
    assert chunks(png)[b"iTXt"] == b"Description\0\0\0\0\0" + ALT.encode()
