"""What is wrong with certificates is said at the start, in a sentence, and not by a phone."""

import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509 import load_pem_x509_certificate

from app import config, factory
from app.config import Config
from app.settings import ConfigIncomplete
from tests.factories import made, make_brand
from wallet.apple import identities
from wallet.apple.certificates import read_identity
from wallet.apple.trial_pki import make_test_pki

NOW = datetime.now(UTC)


@pytest.fixture
def folder(pki: Path, tmp_path: Path) -> Path:
    """Certificates to spoil."""
    return Path(shutil.copytree(pki, tmp_path / "own"))


@pytest.fixture(scope="session")
def other_pki(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("other") / "certificates"
    make_test_pki(made, now=NOW, pass_type="pass.example.other")
    return made


def refused(folder: Path, password: str | None = None) -> str:
    with pytest.raises(ConfigIncomplete) as refusal:
        read_identity(folder, password=password)
    return str(refusal.value)


Spoil = Callable[[Path, Path], object]


def lose_key(own: Path, other: Path) -> object:
    return (own / "key.pem").unlink()


def take_other_key(own: Path, other: Path) -> object:
    return shutil.copy(other / "key.pem", own / "key.pem")


def take_other_intermediate(own: Path, other: Path) -> object:
    return shutil.copy(other / "intermediate.pem", own / "intermediate.pem")


def take_leaf_for_intermediate(own: Path, other: Path) -> object:
    return shutil.copy(own / "certificate.pem", own / "intermediate.pem")


def take_server_certificate(own: Path, other: Path) -> object:
    shutil.copy(own / "push-server.pem", own / "certificate.pem")
    return shutil.copy(own / "push-server-key.pem", own / "key.pem")


def write_nonsense(own: Path, other: Path) -> object:
    return (own / "certificate.pem").write_text("-----BEGIN CERTIFICATE-----\n?\n")


def write_nonsense_key(own: Path, other: Path) -> object:
    return (own / "key.pem").write_text("secret")


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (lose_key, "key.pem missing"),
        (take_other_key, "key.pem is not the key of certificate.pem"),
        (take_other_intermediate, "intermediate.pem did not issue certificate.pem"),
        (take_leaf_for_intermediate, "WWDR G4"),
        (take_server_certificate, "of no pass type"),
        (write_nonsense, "neither PEM nor DER"),
        (write_nonsense_key, "no private key"),
    ],
)
def test_what_is_wrong_is_a_sentence(folder: Path, other_pki: Path, spoil: Spoil, sentence: str) -> None:
    spoil(folder, other_pki)
    assert sentence in refused(folder)


def test_an_encrypted_key_opens_with_its_password_and_with_no_other(folder: Path) -> None:
    key = load_pem_private_key((folder / "key.pem").read_bytes(), None)
    sealed = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"lilas"))
    (folder / "key.pem").write_bytes(sealed)
    assert read_identity(folder, password="lilas").pass_type == "pass.example.ici.trial"
    assert ("ICI_APPLE_KEY_PASSWORD" in refused(folder), "opens" in refused(folder, "rose")) == (True, True)


def test_a_certificate_as_apple_hands_it_out_is_read(folder: Path) -> None:
    for name in ("certificate.pem", "intermediate.pem"):
        read = load_pem_x509_certificate((folder / name).read_bytes())
        (folder / name).write_bytes(read.public_bytes(Encoding.DER))
    assert read_identity(folder, password=None).team == "1C1TR1AL00"


def test_the_trial_is_shaped_as_apples(pki: Path) -> None:
    said = subprocess.run(
        ["openssl", "verify", "-CAfile", str(pki / "root.pem"), "-untrusted", str(pki / "intermediate.pem"),
         str(pki / "certificate.pem")], capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert said.stdout.endswith(": OK\n")
    shown = subprocess.run(
        ["openssl", "x509", "-noout", "-text", "-in", str(pki / "intermediate.pem")], capture_output=True, text=True,
        check=True,
    ).stdout  # fmt: skip
    assert ("OU = G4" in shown, "pathlen:0" in shown) == (True, True)


def test_nobody_but_their_owner_reads_the_keys(pki: Path) -> None:
    assert {file.stat().st_mode & 0o077 for file in pki.iterdir()} == {0}


def start(settings: Config, **given: object) -> None:
    before = config.current()
    try:
        config.use_config(replace(settings, **given))  # type: ignore[arg-type]
        identities.load_identities()
    finally:
        config.use_config(before)


def test_a_start_with_a_wrong_certificate_is_refused(settings: Config, folder: Path, other_pki: Path) -> None:
    take_other_key(folder, other_pki)
    before = config.current()
    with pytest.raises(ConfigIncomplete, match="not the key"):
        factory.create_app(replace(settings, apple_certificates=folder))
    config.use_config(before)


def test_production_refuses_a_trial(settings: Config, folder: Path) -> None:
    with pytest.raises(ConfigIncomplete, match="no phone trusts it"):
        start(settings, apple_certificates=folder, environment="production", public_url="https://ici.example")


def test_production_needs_a_web_service_that_phones_reach(
    settings: Config, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("wallet.apple.certificates.is_trial", lambda certificate: False)
    with pytest.raises(ConfigIncomplete, match="https://"):
        start(settings, apple_certificates=folder, environment="production", public_url="http://ici.example")


def test_development_makes_its_own_once(settings: Config, tmp_path: Path) -> None:
    given = {"environment": "development", "var": tmp_path, "apple_certificates": tmp_path / "apple"}
    start(settings, **given)
    made = (tmp_path / "apple" / "certificate.pem").read_bytes()
    identities._read.clear()
    start(settings, **given)
    assert (tmp_path / "apple" / "certificate.pem").read_bytes() == made


def test_a_brand_with_a_certificate_of_its_own_signs_with_it(signing: Config, folder: Path, other_pki: Path) -> None:
    own, other = make_brand(), make_brand()
    shutil.copytree(other_pki, folder / own.code)
    config.use_config(replace(signing, apple_certificates=folder))
    with made():
        found = [identities.identity_of(brand.id, now=NOW) for brand in (own, other)]
    assert [one and one.pass_type for one in found] == ["pass.example.other", "pass.example.ici.trial"]
    shared, theirs = found[1], found[0]
    assert shared is not None
    assert theirs is not None
    assert [identities.signs_for(theirs, brand.id) for brand in (own, other)] == [True, False]
    assert [identities.signs_for(shared, brand.id) for brand in (own, other)] == [True, True]


def test_one_pass_type_is_signed_by_one_certificate(signing: Config, folder: Path, pki: Path) -> None:
    shutil.copytree(pki, folder / "lilas")
    with pytest.raises(ConfigIncomplete, match="twice"):
        start(signing, apple_certificates=folder)


@pytest.mark.parametrize(
    ("days", "detail"), [(300, "ok"), (336, "ends: pass.example.ici.trial in 29 days"), (366, "has ended")]
)
def test_an_end_that_is_near_is_an_alarm(signing: Config, days: int, detail: str) -> None:
    sign = identities.watch_certificates(NOW + timedelta(days=days))
    assert (detail in sign.detail, sign.gate) == (True, False)


def test_after_its_end_nothing_is_offered_and_the_house_goes_on(signing: Config) -> None:
    brand = make_brand()
    assert identities.identity_of(brand.id, now=NOW + timedelta(days=366)) is None


def test_without_a_folder_nothing_is_signed(settings: Config, app: object) -> None:
    assert identities.identity_of(make_brand().id, now=NOW) is None
