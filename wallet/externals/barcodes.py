"""Barcodes drawn for a screen, as SVG and as PNG, by zxing-cpp."""

import re
from typing import Any

import zxingcpp

from app.codes import drawings, printed_codes
from wallet.externals import element_strings
from wallet.externals.models import Encoding, Symbology

LINEAR_PIXELS, MATRIX_PIXELS = 3, 8
"""Pixels of one module in a PNG: a phone shows about 360 across, and a scanner wants two or more for each."""

DRAWN = {
    Symbology.EAN_13: zxingcpp.BarcodeFormat.EAN13,
    Symbology.EAN_8: zxingcpp.BarcodeFormat.EAN8,
    Symbology.UPC_A: zxingcpp.BarcodeFormat.UPCA,
    Symbology.UPC_E: zxingcpp.BarcodeFormat.UPCE,
    Symbology.CODE_39: zxingcpp.BarcodeFormat.Code39,
    Symbology.CODE_93: zxingcpp.BarcodeFormat.Code93,
    Symbology.CODE_128: zxingcpp.BarcodeFormat.Code128,
    Symbology.ITF: zxingcpp.BarcodeFormat.ITF,
    Symbology.CODABAR: zxingcpp.BarcodeFormat.Codabar,
    Symbology.QR: zxingcpp.BarcodeFormat.QRCode,
    Symbology.AZTEC: zxingcpp.BarcodeFormat.Aztec,
    Symbology.PDF_417: zxingcpp.BarcodeFormat.PDF417,
    Symbology.DATA_MATRIX: zxingcpp.BarcodeFormat.DataMatrix,
}
MATRICES = (Symbology.QR, Symbology.AZTEC, Symbology.DATA_MATRIX)
HOLDS_BYTES = (*MATRICES, Symbology.PDF_417)
"""Symbologies whose code is bytes, so that its characters need an encoding."""

SURELY_QR = 2900
"""Bytes that every QR code can hold, whatever they are (2,953 in version 40-L: ISO/IEC 18004, table 7)."""

PLAIN_39 = re.compile(r"[0-9A-Z \-.$/+%]*")
"""What Code 39 holds by itself; the rest of ASCII takes two characters each (ISO/IEC 16388, annex A)."""


def fits(*, symbology: Symbology, code: str, encoding: Encoding | None = None) -> bool:
    """Whether this code can be drawn; a number without a barcode always fits."""
    if symbology is Symbology.NONE:
        return True
    if symbology is Symbology.QR and len(code.encode(encoding or Encoding.UTF_8)) <= SURELY_QR:
        return True  # drawing it to see takes milliseconds, and a file may hold thousands
    try:
        _barcode(symbology, code, encoding)
    except ValueError:
        return False
    return True


def as_svg(*, symbology: Symbology, code: str, encoding: Encoding | None = None) -> str:
    """The barcode with its quiet zones, one unit for each module."""
    return printed_codes.draw_svg(_barcode(symbology, code, encoding))


def as_png(*, symbology: Symbology, code: str, encoding: Encoding | None = None) -> bytes:
    """The barcode with its quiet zones, in black on white."""
    scale = MATRIX_PIXELS if symbology in MATRICES else LINEAR_PIXELS
    image: Any = zxingcpp.write_barcode_to_image(_barcode(symbology, code, encoding), scale=scale)
    height, width = image.shape[:2]
    pixels = memoryview(image).tobytes()
    return drawings.write_png([pixels[start : start + width] for start in range(0, height * width, width)])


def _barcode(symbology: Symbology, code: str, encoding: Encoding | None) -> zxingcpp.Barcode:
    """Raises `ValueError` when it does not fit."""
    drawn = DRAWN[symbology]
    if symbology is Symbology.CODE_39 and not PLAIN_39.fullmatch(code):
        drawn = zxingcpp.BarcodeFormat.Code39Ext
    if symbology is Symbology.CODE_128 and element_strings.is_claimed(code):
        return zxingcpp.create_barcode(element_strings.bracketed(code) or "", drawn, gs1=True)
    if symbology is Symbology.CODABAR and not code[0].isalpha():
        code = f"A{code}A"  # a bar that begins and one that ends it: any will do
    if symbology in HOLDS_BYTES and encoding is not None:
        # As bytes they stand in the code without a mark of their encoding (ECI), which old tills misread.
        return zxingcpp.create_barcode(code.encode(encoding), drawn)
    return zxingcpp.create_barcode(code, drawn)
