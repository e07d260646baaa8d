"""Barcodes as SVG, by zxing-cpp."""

import re

import zxingcpp


def draw_svg(barcode: zxingcpp.Barcode) -> str:
    """A barcode with its quiet zones, one unit for each module."""
    drawn: str = zxingcpp.write_barcode_to_svg(barcode)
    return re.sub(r"<!DOCTYPE[^>]*>\s*", "", drawn)  # it names a file elsewhere, which no viewer needs


def draw_qr(text: str) -> str:
    """A text as a QR code. Raises `ValueError` for one that none holds."""
    return draw_svg(zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode))
