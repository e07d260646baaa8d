"""How the app learns its configuration: a link that it opens, or the QR code of that link. Pure.

Manual mode: the app sends no position by itself, and still says when it enters or leaves what it watches.
"""

import base64
import json
import re
from urllib.parse import quote

import zxingcpp

HTTP_MODE = 3
MANUAL = 0
TRACKER = "ic"


def write_link(*, url: str, user: str, password: str, key: str | None) -> str:
    """The link that configures the app: `owntracks:///config?inline=`, with the configuration in base64.

    In the alphabet of RFC 4648 section 4: the apps do not read the one that is made for addresses.
    """
    encoded = base64.b64encode(json.dumps(_configuration(url, user, password, key), separators=(",", ":")).encode())
    return f"owntracks:///config?inline={quote(encoded, safe='')}"


def draw_qr(link: str) -> str:
    """The QR code of a link as SVG, one unit for each module."""
    drawn: str = zxingcpp.write_barcode_to_svg(zxingcpp.create_barcode(link, zxingcpp.BarcodeFormat.QRCode))
    return re.sub(r"<!DOCTYPE[^>]*>\s*", "", drawn)  # it names a file elsewhere, which no viewer needs


def _configuration(url: str, user: str, password: str, key: str | None) -> dict[str, object]:
    """What both apps are told. What one of them does not know, it passes over."""
    return {
        "_type": "configuration",
        "mode": HTTP_MODE,
        "url": url,
        "auth": True,
        "usePassword": True,
        "username": user,
        "password": password,
        "deviceId": "ici",
        "tid": TRACKER,
        "monitoring": MANUAL,
        "ranging": False,
        "extendedData": False,
        "allowRemoteLocation": False,
        # Commands: without both, iOS and Android take no fences.
        "cmd": True,
        "remoteConfiguration": True,
        **({} if key is None else {"encryptionKey": key}),
    }
