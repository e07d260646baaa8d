"""Codes are checked as a scanner would check them, and drawn so that one can read them."""

import struct
import zlib

import numpy
import pytest
import zxingcpp

from tests.externals.factories import CODES, EAN
from wallet.externals import barcodes
from wallet.externals.errors import CheckDigitWrong, CodeCharactersWrong, CodeLengthWrong, CodeUndrawable
from wallet.externals.models import Symbology
from wallet.externals.symbologies import check_code, check_digit_of

CHECKED = [Symbology.EAN_13, Symbology.EAN_8, Symbology.UPC_A, Symbology.UPC_E]


@pytest.mark.parametrize(("symbology", "code"), CODES.items())
def test_a_good_code_is_taken(symbology, code):
    check_code(symbology=symbology, code=code)


@pytest.mark.parametrize("code", ["4006381333931", "5901234123457", "9780306406157", "0012345678905"])
def test_published_numbers_have_their_check_digit(code):
    check_code(symbology=Symbology.EAN_13, code=code)


@pytest.mark.parametrize(("code", "last"), [("0123456", "5"), ("0425261", "4")])
def test_the_check_digit_of_upc_e_is_that_of_the_number_it_stands_for(code, last):
    refusals = []
    for digit in "0123456789":
        try:
            check_code(symbology=Symbology.UPC_E, code=code + digit)
        except CheckDigitWrong as refusal:
            refusals.append(refusal.facts["expected"])
    assert refusals == [last] * 9


@pytest.mark.parametrize("body", [f"{system}18573{last}" for system in "01" for last in range(10)])
def test_the_check_digit_of_upc_e_is_the_one_that_the_drawing_library_finds(body):
    right = check_digit_of(symbology=Symbology.UPC_E, body=body)
    drawable = [digit for digit in "0123456789" if barcodes.fits(symbology=Symbology.UPC_E, code=body + digit)]
    assert drawable == [right]


@pytest.mark.parametrize("symbology", CHECKED)
def test_any_wrong_digit_is_noticed_and_the_right_last_one_named(symbology):
    code = CODES[symbology]
    wrong = code[:-1] + str((int(code[-1]) + 1) % 10)
    with pytest.raises(CheckDigitWrong) as refusal:
        check_code(symbology=symbology, code=wrong)
    assert refusal.value.facts == {"expected": code[-1], "given": wrong[-1]}


@pytest.mark.parametrize(
    ("symbology", "code", "expected"),
    [
        (Symbology.EAN_13, EAN[:-1], 13),
        (Symbology.EAN_8, EAN, 8),
        (Symbology.UPC_A, "03600029145", 12),
        (Symbology.UPC_E, "1234565", 8),
        (Symbology.ITF, "123", 4),
    ],
)
def test_a_code_of_the_wrong_length_says_which_is_right(symbology, code, expected):
    with pytest.raises(CodeLengthWrong) as refusal:
        check_code(symbology=symbology, code=code)
    assert refusal.value.facts["expected"] == expected


@pytest.mark.parametrize(
    ("symbology", "code"),
    [
        (Symbology.EAN_13, "40063813339３1"),
        (Symbology.EAN_13, "4006381333931\n"),
        (Symbology.UPC_E, "21234562"),
        (Symbology.CODE_39, "été"),
        (Symbology.CODE_93, "日"),
        (Symbology.CODE_128, "a\0b"),
        (Symbology.CODE_128, "é"),
        (Symbology.ITF, "12A4"),
        (Symbology.CODABAR, "A12"),
        (Symbology.CODABAR, "12E4"),
        (Symbology.QR, "a\0b"),
        (Symbology.NONE, "two\nlines"),
    ],
)
def test_characters_that_a_symbology_cannot_hold_are_refused(symbology, code):
    with pytest.raises(CodeCharactersWrong):
        check_code(symbology=symbology, code=code)


@pytest.mark.parametrize(
    ("symbology", "code"),
    [
        (Symbology.CODE_39, "A" * 100),
        (Symbology.CODE_128, "x" * 300),
        (Symbology.ITF, "12" * 100),
        (Symbology.QR, "日" * 2000),
        (Symbology.PDF_417, "é" * 2000),
        (Symbology.UPC_E, "01827337"),  # ends in 3, so its third digit could only be 3 to 9
    ],
)
def test_a_code_that_fits_no_barcode_is_refused(symbology, code):
    with pytest.raises(CodeUndrawable):
        check_code(symbology=symbology, code=code)


def pixels(png: bytes) -> numpy.ndarray:
    """What a PNG in eight bits of grey shows."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    parts, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length) == (zlib.crc32(kind + data),)
        parts[kind], at = data, at + 12 + length
    width, height, *rest = struct.unpack(">IIBBBBB", parts[b"IHDR"])
    assert rest == [8, 0, 0, 0, 0]
    rows = numpy.frombuffer(zlib.decompress(parts[b"IDAT"]), numpy.uint8).reshape(height, width + 1)
    assert not rows[:, 0].any()
    return numpy.ascontiguousarray(rows[:, 1:])


def read_back(png: bytes, symbology: Symbology) -> zxingcpp.Barcode:
    """What a scanner finds in a picture."""
    (found,) = zxingcpp.read_barcodes(pixels(png), formats=barcodes.DRAWN[symbology], text_mode=zxingcpp.TextMode.Plain)
    return found


def scanned(symbology: Symbology, code: str) -> str:
    """What a scanner reads off the drawn code."""
    return read_back(barcodes.as_png(symbology=symbology, code=code), symbology).text


@pytest.mark.parametrize(
    ("symbology", "code"), [pair for pair in CODES.items() if pair[0] not in (Symbology.UPC_A, Symbology.UPC_E)]
)
def test_what_is_drawn_is_read_back(symbology, code):
    assert scanned(symbology, code) == code


def test_a_upc_is_read_back_as_the_ean_that_it_is():
    assert scanned(Symbology.UPC_A, "036000291452") == "0036000291452"
    assert scanned(Symbology.UPC_E, "01234565") == "0012345000065"


def test_code_39_in_small_letters_is_read_back():
    assert scanned(Symbology.CODE_39, "abc-1") == "abc-1"


def test_codabar_without_its_ends_gets_some():
    assert scanned(Symbology.CODABAR, "40156") == "A40156A"


@pytest.mark.parametrize(("symbology", "code"), CODES.items())
def test_a_drawing_names_nothing_elsewhere_and_repeats_no_code(symbology, code):
    drawn = barcodes.as_svg(symbology=symbology, code=code)
    assert drawn.startswith("<?xml")
    assert "DOCTYPE" not in drawn
    assert code not in drawn
