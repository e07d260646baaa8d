"""Whatever is done to a pass after it was sealed, the doctor refuses it with the right words."""

import hashlib
import json
from zipfile import ZIP_STORED

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.doctor import authority
from tests.doctor.authority import pass_certificate
from tests.doctor.factories import (
    content_with,
    examined,
    found,
    make_pass,
    manifest_of,
    members_with,
    sealed,
    signature_of,
    zipped,
)
from wallet.doctor.ailments import Grade, Symptoms
from wallet.doctor.container.archive import Room, open_archive

SEALED = sealed(members_with())
WHOLE, STORED = zipped(SEALED), zipped(SEALED, packing=ZIP_STORED)


def faults(members: dict[str, bytes]) -> list[str]:
    return found(zipped(members), Grade.FAULT)


def opened(data: bytes) -> dict[str, bytes] | None:
    archive = open_archive(data, symptoms=Symptoms(), room=Room())
    return None if archive is None else archive.members


def said_places() -> list[int]:
    """Where a zip says something of which readers take notice: not by what it was made, nor for which file system."""
    unsaid, at = set(), STORED.find(b"PK\x01\x02")
    while at != -1:
        unsaid |= {at + place for place in (4, 5, *range(38, 42))}
        at = STORED.find(b"PK\x01\x02", at + 46)
    return sorted(set(range(len(STORED))) - unsaid)


SAID = said_places()


@given(place=st.integers(0, len(WHOLE) - 1), flip=st.integers(1, 255))
def test_one_changed_byte_anywhere_in_the_file_is_refused_or_changes_nothing_of_the_pass(place, flip):
    """A packed member may end in bits that nobody reads."""
    changed = bytearray(WHOLE)
    changed[place] ^= flip
    assert not examined(bytes(changed)).is_sound or opened(bytes(changed)) == SEALED


@given(place=st.sampled_from(SAID), flip=st.integers(1, 255))
def test_one_changed_byte_anywhere_in_an_unpacked_file_is_refused(place, flip):
    changed = bytearray(STORED)
    changed[place] ^= flip
    assert not examined(bytes(changed)).is_sound


@given(data=st.data(), name=st.sampled_from(sorted(SEALED)), flip=st.integers(1, 255))
def test_one_changed_byte_in_any_member_is_refused_when_the_zip_is_made_anew(data, name, flip):
    changed = bytearray(SEALED[name])
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= flip
    assert not examined(zipped(SEALED | {name: bytes(changed)})).is_sound


@given(cut=st.integers(0, len(WHOLE) - 1))
def test_a_file_that_is_cut_is_refused(cut):
    assert not examined(WHOLE[:cut]).is_sound


@given(data=st.binary(max_size=300))
def test_whatever_the_bytes_are_the_doctor_answers(data):
    assert not examined(data).is_sound
    assert not examined(
        zipped({"pass.json": data, "manifest.json": data, "signature": data, "icon.png": data})
    ).is_sound


@pytest.mark.parametrize("name", ["pass.json", "icon.png", "fr.lproj/pass.strings"])
def test_a_member_that_was_changed_is_named(name):
    examination = examined(zipped(SEALED | {name: SEALED[name] + b" "}))
    assert [one.about for one in examination.found if str(one.finding) == "digest_wrong"] == [name]


def test_a_member_that_was_added_is_named():
    examination = examined(zipped(SEALED | {"extra.txt": b"!"}))
    assert [one.about for one in examination.found if str(one.finding) == "member_unlisted"] == ["extra.txt"]


def test_a_member_that_was_taken_away_is_missing():
    assert faults({name: one for name, one in SEALED.items() if name != "logo@3x.png"}) == ["listed_missing"]


def test_a_manifest_that_was_repaired_no_longer_has_its_signature():
    members = SEALED | {"pass.json": SEALED["pass.json"].replace(b"1 250", b"9 250")}
    assert faults(members | {"manifest.json": manifest_of(members_with(members["pass.json"]))}) == ["manifest_changed"]


def test_another_signer_gives_themselves_away():
    stranger = authority.certify(authority.name("Elsewhere"), by=None, extensions=authority.AUTHORITY)
    forger = pass_certificate(by=authority.certify(authority.name("Other"), by=stranger, extensions=authority.ISSUER))
    assert found(make_pass(by=forger), Grade.FAULT) == ["authority_unknown"]


def test_whoever_takes_the_name_of_the_authority_is_told_by_its_key():
    forged = authority.certify(authority.intermediate().certificate.subject, by=None, extensions=authority.ISSUER)
    forger = pass_certificate(by=forged)
    signature = signature_of(SEALED["manifest.json"], by=forger, beside=[authority.intermediate().certificate])
    assert "authority_forged" in faults(SEALED | {"signature": signature})


def test_another_key_under_the_certificate_of_another_is_told():
    thief = authority.Certified(
        pass_certificate().certificate,
        authority.rsa_key(),
        (authority.intermediate().certificate,),
    )
    assert faults(SEALED | {"signature": signature_of(SEALED["manifest.json"], by=thief)}) == ["signature_wrong"]


@pytest.mark.parametrize(
    ("key", "value", "code"),
    [
        ("passTypeIdentifier", "pass.example.other", "type_differs"),
        ("teamIdentifier", "OTHER12345", "team_differs"),
    ],
)
def test_a_type_or_a_team_that_is_not_the_certificates_is_refused(key, value, code):
    assert found(make_pass(content_with(**{key: value}))) == [code]


@pytest.mark.parametrize(("digest", "kind"), [("sha256", "SHA-256"), ("md5", "MD5")])
def test_digests_of_another_kind_are_named(digest, kind):
    members = members_with()
    manifest = json.dumps({name: hashlib.new(digest, one).hexdigest() for name, one in members.items()}).encode()
    examination = examined(zipped(members | {"manifest.json": manifest, "signature": signature_of(manifest)}))
    assert examination.codes(Grade.FAULT) == ["digest_not_sha1"]
    assert kind in examination.found[0].say("fr")


def test_a_manifest_that_lists_itself_is_refused():
    members = members_with()
    listed = json.loads(manifest_of(members)) | {"signature": "0" * 40}
    manifest = json.dumps(listed).encode()
    assert faults(members | {"manifest.json": manifest, "signature": signature_of(manifest)}) == ["lists_itself"]
