"""Payloads that the app seals."""

import base64
import json

import pytest
from nacl.bindings import crypto_secretbox

from geo.owntracks.secretbox import open_message, seal_message

SAID = {"_type": "location", "lat": 1.5}


def sealed_by_the_app(message, passphrase, nonce=b"n" * 24):
    """As libsodium's own function does it, with the key filled up with zeros."""
    box = crypto_secretbox(json.dumps(message).encode(), nonce, passphrase.encode().ljust(32, b"\0"))
    return {"_type": "encrypted", "data": base64.b64encode(nonce + box).decode()}


def test_what_the_app_sealed_is_opened():
    assert open_message(sealed_by_the_app(SAID, "secret"), "secret") == [SAID]


def test_what_we_seal_opens_with_the_same_key_and_never_looks_the_same():
    one, other = seal_message(SAID, "secret"), seal_message(SAID, "secret")
    assert open_message(one, "secret") == [SAID]
    assert one != other


@pytest.mark.parametrize("key", [None, "another", ""])
def test_another_key_opens_nothing(key):
    assert open_message(sealed_by_the_app(SAID, "secret"), key) == []


@pytest.mark.parametrize("data", [None, 7, "", "?", "QUJD", "é", base64.b64encode(b"n" * 40).decode()])
def test_what_is_no_box_says_nothing(data):
    assert open_message({"_type": "encrypted", "data": data}, "secret") == []


def test_a_box_in_a_box_says_nothing():
    assert open_message(sealed_by_the_app(sealed_by_the_app(SAID, "secret"), "secret"), "secret") == []
