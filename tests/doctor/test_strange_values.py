"""Whatever stands in a pass, the doctor answers, and what it says can be written in both languages and as JSON."""

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.doctor.factories import BARCODE, CONTENT, content_with, examined, make_pass, members_with, sealed, zipped
from wallet.doctor.content.kinds import KNOWN
from wallet.doctor.examination import Examination
from wallet.doctor.face.fields import CLOSED
from wallet.doctor.reports import write_lines, write_record

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
FIELD_KEYS = ("key", "label", "value", "changeMessage", "attributedValue", "currencyCode", "dataDetectorTypes", *CLOSED)
INSIDE = {
    "locations": ("latitude", "longitude", "altitude", "relevantText"),
    "beacons": ("proximityUUID", "major", "minor", "relevantText"),
    "barcodes": ("format", "message", "messageEncoding", "altText"),
    "relevantDates": ("date", "relevantDate", "startDate", "endDate"),
}


def told(examination: Examination) -> None:
    for language in ("fr", "en"):
        assert "\n".join(write_lines(examination, language)).encode()
        assert json.dumps(write_record(examination, language), ensure_ascii=False).encode()


def with_value(value: Any, **changes: Any) -> bytes:
    return make_pass(json.dumps(content_with(**changes) | value).encode())


@given(key=st.sampled_from(sorted(KNOWN)), value=VALUES)
def test_whatever_a_key_holds(key, value):
    told(examined(with_value({key: value})))


@given(key=st.sampled_from([(name, key) for name, keys in INSIDE.items() for key in keys]), value=VALUES)
def test_whatever_an_entry_holds(key, value):
    name, inside = key
    first = {"locations": CONTENT["locations"][0], "beacons": CONTENT["beacons"][0], "barcodes": BARCODE}.get(name, {})
    told(examined(with_value({name: [first | {inside: value}]})))


@given(key=st.sampled_from(FIELD_KEYS), value=VALUES)
def test_whatever_a_field_holds(key, value):
    told(examined(with_value({"storeCard": {"headerFields": [{"key": "a", "value": "b", key: value}]}})))


@given(value=st.dictionaries(st.sampled_from(["message", "encryptionPublicKey", "requiresAuthentication"]), VALUES))
def test_whatever_a_tap_holds(value):
    told(examined(with_value({"nfc": value})))


@given(value=VALUES)
def test_whatever_a_manifest_is(value):
    members = sealed(members_with())
    told(examined(zipped(members | {"manifest.json": json.dumps(value).encode()})))


@given(data=st.data())
def test_whatever_a_signature_is(data):
    members = sealed(members_with())
    changed = bytearray(members["signature"])
    for _ in range(data.draw(st.integers(1, 8))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    told(examined(zipped(members | {"signature": bytes(changed)})))
