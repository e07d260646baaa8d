"""How the app learns its configuration."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

import zxingcpp

from geo.owntracks.configuration import draw_qr, write_link

GIVEN = {"url": "https://ici.example/v1/owntracks", "user": "ab12", "password": "ici_o_" + "x" * 86, "key": "k" * 32}


def configuration(link):
    (inline,) = parse_qs(urlsplit(link).query)["inline"]
    return json.loads(base64.b64decode(inline, validate=True))


def test_the_link_configures_the_app_to_be_silent_but_for_what_it_watches():
    found = configuration(write_link(**GIVEN))
    assert found["_type"] == "configuration"
    assert (found["mode"], found["monitoring"]) == (3, 0)
    assert (found["url"], found["username"], found["password"]) == (GIVEN["url"], GIVEN["user"], GIVEN["password"])
    assert (found["cmd"], found["remoteConfiguration"]) == (True, True)


def test_a_key_is_told_only_where_there_is_one():
    assert configuration(write_link(**GIVEN))["encryptionKey"] == GIVEN["key"]
    assert "encryptionKey" not in configuration(write_link(**GIVEN | {"key": None}))


def test_the_link_is_in_the_alphabet_that_apps_read():
    link = write_link(**GIVEN | {"password": "?" * 90})
    assert "-" not in link.partition("inline=")[2]
    assert "+" not in link


def test_the_code_says_the_link():
    link = write_link(**GIVEN)
    assert draw_qr(link).startswith("<?xml")
    drawn = zxingcpp.write_barcode_to_image(zxingcpp.create_barcode(link, zxingcpp.BarcodeFormat.QRCode), scale=3)
    (read,) = zxingcpp.read_barcodes(drawn)
    assert read.text == link
