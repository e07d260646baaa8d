"""Callbacks are proven: two messages that Google itself signed, and invented ones signed by a key of ours."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from tests.google.wallet_api import Signer, private_key
from wallet.google.callbacks.signatures import MessageForged, prove_message, read_roots

GOOGLES = {
    "keys": [
        {
            "keyValue": "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEs/J7ghdwu4/b6NvqzQebS+Z80FEP8ZlGdAdWDUjfPeBKaV+YOWW0l6U/"
            "4IGXnfY9NrsND1fwxAqRq0unR/LCIg==",
            "protocolVersion": "ECv2SigningOnly",
        }
    ]
}
"""The key that signed the keys of both messages below, two years apart. It is recovered from them: each signature fits
two keys, and this is the only one that is among those of both."""

SAVED_2023 = {
    "signature": "MEQCICNRcl4MLW0d5hcFi/h2OijYW2boEU5IS9I37wOJO0v8AiB0et62sYYI00gO4QeXS0ZlLCjpkLqvLk4SsCx6f5jfyQ==",
    "intermediateSigningKey": {
        "signedKey": '{"keyValue":"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEIQab9kGfAsSgBnFPMXGXlOpL7WhWqCYC/FjS70H4bhp/qbya'
        'BIMR3R98cEylL4jCJiVFQ8dtltpr3NCzq/iTgg\\u003d\\u003d","keyExpiration":"1692688147000"}',
        "signatures": [
            "MEYCIQCOhXCleCo64oKagwmJWUGmvODW5iAeZzQAocRcMiceIAIhAJENpGpyKYgSNybrA68pLFFsGTNFiQ4i4qL0bRnpgIDd"
        ],
    },
    "protocolVersion": "ECv2SigningOnly",
    "signedMessage": '{"classId":"3388000000022211970.membercard","objectId":"3388000000022211970.20233587","event'
    'Type":"save","expTimeMillis":1692032148434,"count":1,"nonce":"22729f93-640a-40fc-9679-02d6fab107a0"}',
}
REMOVED_2025 = {
    "signature": "MEUCIQC+xKva1ydmNwJJiP2HJJWsteUe02ztTDKExzcWIpmlywIgJwD4HUYvZJg/cr1OL21vVKr0b2ZXt79NblCQ1V18zsc=",
    "intermediateSigningKey": {
        "signedKey": '{"keyValue":"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEKb256ssDdmf7DokZ7jsMtAvjiTX2HF1ay8QR1sSA+gFpC/Ch'
        'hRwVdMEVJTaoAP1MIH38QWtqShiQ63zROaKtgQ\\u003d\\u003d","keyExpiration":"1759996807000"}',
        "signatures": [
            "MEUCIDd7rXh7qgJZ7YSlQiXG2zOdZUT5XlMSUPu3RfyV3p2CAiEApxrIwTmRVig93FVJUC6bSWdQXMqata5sHenKsVYreUk="
        ],
    },
    "protocolVersion": "ECv2SigningOnly",
    "signedMessage": '{"classId":"3388000000022141777.lib.edutap.eu","objectId":"3388000000022141777.6b4cbd15-0de7-4fe'
    '8-95f6-995a51b4595e.object","eventType":"del","expTimeMillis":1759331348143,"count":1,"nonce":"1a9e3df0-ec10-4a17'
    '-8b39-89d2d7f48e3b"}',
}
"""Both stand in public repositories, where other implementations try themselves."""

IN_2023, IN_2025 = datetime(2023, 8, 14, 16, 50, tzinfo=UTC), datetime(2025, 10, 1, 15, 0, tzinfo=UTC)
NOW = datetime(2026, 5, 18, 10, 0, tzinfo=UTC)
ISSUER = "3388000000000000001"
SAID = {
    "classId": f"{ISSUER}.card-1",
    "objectId": f"{ISSUER}.Zk9",
    "eventType": "save",
    "expTimeMillis": int((NOW + timedelta(minutes=10)).timestamp() * 1000),
    "count": 1,
    "nonce": "n-1",
}


@pytest.fixture(scope="module")
def signer():
    return Signer()


def prove(signer, said, *, issuers=(ISSUER,), now=NOW, roots=None):
    return prove_message(said, issuers=issuers, roots=read_roots(roots or signer.roots()), now=now)


def envelope(signer, message=SAID, *, issuer=ISSUER, **given):
    return signer.envelope(message, issuer=issuer, key_until_s=(NOW + timedelta(days=1)).timestamp(), **given)


def test_what_google_signed_in_2023_is_genuine():
    said = prove_message(SAVED_2023, issuers=["3388000000022211970"], roots=read_roots(GOOGLES), now=IN_2023)
    assert (said.event, said.object_id) == ("save", "3388000000022211970.20233587")


def test_what_google_signed_in_2025_is_genuine():
    said = prove_message(REMOVED_2025, issuers=["3388000000022141777"], roots=read_roots(GOOGLES), now=IN_2025)
    assert (said.event, said.nonce) == ("del", "1a9e3df0-ec10-4a17-8b39-89d2d7f48e3b")


def test_a_genuine_message_to_somebody_else_is_none_for_us():
    with pytest.raises(MessageForged, match="issuer"):
        prove_message(SAVED_2023, issuers=["3388000000022141777"], roots=read_roots(GOOGLES), now=IN_2023)


def test_an_old_message_is_refused():
    with pytest.raises(MessageForged, match="expired"):
        prove_message(
            REMOVED_2025, issuers=["3388000000022141777"], roots=read_roots(GOOGLES), now=IN_2025 + timedelta(1)
        )


def test_one_byte_more_or_less_is_no_message_of_googles():
    for place in ("signedMessage", "signature"):
        changed = SAVED_2023 | {place: SAVED_2023[place].replace("2", "3", 1)}
        with pytest.raises(MessageForged):
            prove_message(changed, issuers=["3388000000022211970"], roots=read_roots(GOOGLES), now=IN_2023)


def test_ours_is_proven(signer):
    assert prove(signer, envelope(signer)).object_id == SAID["objectId"]


def test_lengths_are_of_bytes(signer):
    assert prove(signer, envelope(signer, SAID | {"nonce": "é" * 7 + "🎁"})).nonce.endswith("🎁")


def test_the_protocol_is_ours_to_say(signer):
    with pytest.raises(MessageForged, match="protocol"):
        prove(signer, envelope(signer) | {"protocolVersion": "ECv2"})


def test_a_message_signed_for_another_issuer_is_refused_whatever_it_says(signer):
    with pytest.raises(MessageForged, match="signature"):
        prove(signer, envelope(signer, issuer="3388000000000000002"))


def test_an_object_of_another_issuer_is_refused(signer):
    with pytest.raises(MessageForged, match="issuer"):
        prove(signer, envelope(signer, SAID | {"objectId": "3388000000000000002.Zk9"}))


def test_a_key_that_another_root_signed_is_none(signer):
    with pytest.raises(MessageForged, match="intermediate_key"):
        prove(signer, envelope(signer), roots=Signer().roots())


def test_a_key_past_its_end_signs_nothing(signer):
    with pytest.raises(MessageForged, match="intermediate_key_expired"):
        prove(signer, signer.envelope(SAID, issuer=ISSUER, key_until_s=(NOW - timedelta(1)).timestamp()))


def test_a_root_past_its_end_signs_nothing(signer):
    with pytest.raises(MessageForged, match="intermediate_key"):
        prove(signer, envelope(signer), roots=signer.roots(until_s=(NOW - timedelta(1)).timestamp()))


def test_the_key_itself_cannot_be_swapped(signer):
    said = envelope(signer)
    theirs = Signer()
    theirs.root = signer.root  # they know how it is done, and have not the key
    theirs.root = private_key()
    said["intermediateSigningKey"]["signedKey"] = envelope(theirs)["intermediateSigningKey"]["signedKey"]
    with pytest.raises(MessageForged):
        prove(signer, said)


@pytest.mark.parametrize(
    "said",
    [
        *(None, [], "text", {}, {"signature": 1}, {"intermediateSigningKey": None}),
        SAVED_2023 | {"intermediateSigningKey": {"signedKey": "{}", "signatures": "MEQ"}},
        SAVED_2023 | {"intermediateSigningKey": {"signedKey": 5, "signatures": [5, None]}},
        SAVED_2023 | {"signature": "é"},
        SAVED_2023 | {"signedMessage": "[]"},
    ],
)
def test_anything_else_is_no_message(said):
    with pytest.raises(MessageForged):
        prove_message(said, issuers=["3388000000022211970"], roots=read_roots(GOOGLES), now=IN_2023)


@pytest.mark.parametrize("change", [{"eventType": "steal"}, {"expTimeMillis": 10**30}, {"nonce": None}, {"classId": 5}])
def test_a_signed_message_of_another_shape_is_none(signer, change):
    if change == {"nonce": None}:
        message = {name: value for name, value in SAID.items() if name != "nonce"}
    else:
        message = SAID | change
    with pytest.raises(MessageForged):
        prove(signer, envelope(signer, json.dumps(message)))
