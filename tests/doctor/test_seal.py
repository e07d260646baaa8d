"""Signatures and certificates: every way in which they fail has its words."""

import subprocess
from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.hazmat.primitives.serialization.pkcs7 import PKCS7Options
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.doctor import authority
from tests.doctor.authority import NOW, YEAR, certify, name, pass_certificate, pass_extensions
from tests.doctor.factories import DETACHED, examined, found, make_pass, manifest_of, members_with, sealed, zipped
from wallet.doctor.ailments import Grade
from wallet.doctor.examination import examine_pass
from wallet.doctor.seal.certificates.chain import apple_root, has_issued

DAY = timedelta(days=1)


def signed(**how) -> list[str]:
    """What is wrong with the sound pass once it is sealed so."""
    return found(zipped(sealed(members_with(), **how)))


def by_openssl(tmp_path, *options: str) -> bytes:
    """The signature of another program."""
    signer = pass_certificate()
    (tmp_path / "leaf.pem").write_bytes(authority.pem(signer.certificate))
    (tmp_path / "key.pem").write_bytes(signer.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    (tmp_path / "above.pem").write_bytes(authority.pem(authority.intermediate().certificate))
    (tmp_path / "manifest.json").write_bytes(manifest_of(members_with()))
    command = (
        "openssl cms -sign -binary -outform DER -in manifest.json -signer leaf.pem -inkey key.pem -certfile above.pem"
    )
    done = subprocess.run([*command.split(), *options], cwd=tmp_path, capture_output=True, check=True)
    return done.stdout


def with_signature(signature: bytes) -> bytes:
    members = members_with()
    return zipped(members | {"manifest.json": manifest_of(members), "signature": signature})


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ((), []),
        (("-md", "sha512"), []),
        (("-md", "sha1"), ["algorithm_old"]),
        (("-keyid",), []),
        (("-keyopt", "rsa_padding_mode:pss"), []),
        (("-noattr",), ["signing_time_missing"]),
        (("-nodetach",), ["not_detached"]),
        (("-stream", "-nodetach"), ["not_detached"]),
        (("-nocerts",), ["signer_unknown"]),
        (("-md", "md5"), ["algorithm_weak"]),
    ],
    ids=str,
)
def test_what_openssl_signs_is_read(tmp_path, options, codes):
    every = found(with_signature(by_openssl(tmp_path, *options)), Grade.FAULT, Grade.WARNING, Grade.REMARK)
    assert [code for code in every if code != "authority_given"] == codes


def test_a_signature_in_pem_is_not_one(tmp_path):
    by_openssl(tmp_path)
    assert found(with_signature(b"-----BEGIN CMS-----\n")) == ["signature_unreadable"]


def test_a_manifest_that_was_signed_as_text_is_told_from_a_forged_one():
    assert signed(options=[PKCS7Options.DetachedSignature]) == ["signed_as_text"]


def test_a_signature_that_holds_the_manifest_should_not():
    assert signed(options=[PKCS7Options.Binary]) == ["not_detached"]


def test_a_signature_without_attributes_says_no_time():
    assert signed(options=[*DETACHED, PKCS7Options.NoAttributes]) == ["signing_time_missing"]


def test_a_certificate_that_has_ended_is_named_with_its_day():
    ended = pass_certificate(starts=NOW - 2 * YEAR, ends=NOW - DAY)
    assert signed(by=ended) == ["signed_out_of_time", "certificate_expired"]


@pytest.mark.parametrize(("left", "codes"), [(29, ["certificate_expires"]), (31, [])])
def test_a_certificate_that_ends_soon_is_told_thirty_days_before(left, codes):
    assert signed(by=pass_certificate(ends=NOW + left * DAY + DAY / 2)) == codes


def test_what_was_signed_while_the_certificate_held_is_still_told_when_it_does_not():
    soon = pass_certificate(ends=NOW + DAY)
    data = make_pass(by=soon)
    later = examine_pass(data, now=NOW + 2 * DAY, roots=authority.roots())
    assert later.codes(Grade.FAULT) == ["certificate_expired"]


def test_a_certificate_of_tomorrow_is_not_one_of_today():
    assert signed(by=pass_certificate(starts=NOW + DAY)) == ["signed_out_of_time", "certificate_early"]


def test_a_signature_of_the_day_after_tomorrow_is_of_a_wrong_clock():
    data = make_pass()
    assert "signed_in_the_future" in examine_pass(data, now=NOW - 3 * DAY, roots=authority.roots()).codes()


@pytest.mark.parametrize(
    ("lacking", "part"),
    [
        (x509.ExtendedKeyUsage, "100.4.14"),
        (x509.UnrecognizedExtension, "100.6.1.16"),
    ],
)
def test_a_certificate_that_is_not_for_passes_is_told_what_it_lacks(lacking, part):
    kept = [(one, critical) for one, critical in pass_extensions() if not isinstance(one, lacking)]
    examination = examined(make_pass(by=pass_certificate(extensions=kept)))
    assert examination.codes(Grade.FAULT) == ["not_for_passes"]
    assert part in examination.found[0].say("en")


def test_a_certificate_of_an_app_is_not_one_of_passes():
    app = certify(
        name("Apple Development: Ada", unit=authority.TEAM),
        by=authority.intermediate(),
        extensions=[(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), True)],
        key=authority.leaf_key(),
    )
    assert signed(by=app) == ["not_for_passes"]


def test_an_extension_that_names_another_type_than_the_name_is_told():
    mixed = pass_certificate(extensions=pass_extensions("pass.example.other"))
    assert signed(by=mixed) == ["type_differs"]


def test_an_intermediate_that_is_missing_is_named():
    examination = examined(zipped(sealed(members_with(), beside=[])))
    assert examination.codes(Grade.FAULT) == ["intermediate_missing"]
    assert "G4" in examination.found[0].say("fr")


def test_the_intermediate_of_another_generation_is_no_help():
    first = certify(name(authority.WWDR, unit="Apple Worldwide Developer Relations"), by=authority.root())
    examination = examined(zipped(sealed(members_with(), beside=[first.certificate])))
    assert examination.codes(Grade.FAULT) == ["intermediate_other"]
    assert "G1" in examination.found[0].say("fr")


def test_the_first_intermediate_is_dead():
    first = certify(
        name(authority.WWDR, unit="Apple Worldwide Developer Relations"),
        by=authority.root(),
        ends=NOW - DAY,
        extensions=authority.ISSUER,
    )
    assert signed(by=pass_certificate(by=first)) == ["intermediate_dead"]


@pytest.mark.parametrize(("left", "code"), [(-1, "authority_expired"), (100, "authority_expires")])
def test_an_authority_that_ends_is_told_early(left, code):
    ending = certify(
        name(authority.WWDR, unit="G4"), by=authority.root(), ends=NOW + left * DAY, extensions=authority.ISSUER
    )
    assert signed(by=pass_certificate(by=ending)) == [code]


def test_a_certificate_that_is_no_authority_cannot_issue_another():
    plain = certify(name("Somebody"), by=authority.root())
    assert signed(by=pass_certificate(by=plain)) == ["authority_none"]


def test_an_authority_has_no_more_authorities_below_it_than_it_may():
    low = certify(name("Low"), by=authority.intermediate(), extensions=authority.ISSUER)
    chain = [low.certificate, authority.intermediate().certificate]
    assert signed(by=pass_certificate(by=low), beside=chain) == ["authority_none"]


def test_a_certificate_that_signed_itself_is_an_unknown_authority():
    alone = pass_certificate(by=None)
    assert signed(by=alone, beside=[]) == ["authority_unknown"]


def test_apples_root_is_the_one_that_apple_publishes():
    root = apple_root()
    assert has_issued(root, root)
    assert root.fingerprint(x509.base.hashes.SHA256()).hex().startswith("b0b1730ecbc7ff4505142c49f1295e6e")
    assert root.not_valid_after_utc.isoformat() == "2035-02-09T21:40:36+00:00"
