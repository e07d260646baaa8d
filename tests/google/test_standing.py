"""What an operator sees of Google: the account, what waits, what is wrong; and which settings are half a setting."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from click.testing import CliRunner

from app import config
from app.commands import preparation
from app.settings import GOOGLE_URL, ConfigIncomplete, GoogleAccess, google_in
from tests.factories import made
from tests.google.conftest import service_key
from tests.google.factories import ISSUER, SOON, balance, run, tell, want
from tests.racing import at_once
from wallet.google import accounts, standing
from wallet.google.commands import google as command
from wallet.google.delivery import tell_new_looks

KEY = {
    "type": "service_account",
    "client_email": "ici@project.example",
    "private_key_id": "k1",
    "private_key": service_key(),
    "token_uri": "https://oauth2.googleapis.com/token",
}


def sign(now=SOON):
    with made():
        return standing.watch_google(now)


def test_all_is_well_when_google_takes_everything(google, held):
    want(held)
    tell()
    assert (sign().detail, sign().value) == ("ok", 0.0)


def test_an_account_that_google_does_not_take_is_an_alarm_until_it_does(google, sayings, held):
    google.fault = lambda method, path, ahead: 403 if ahead and "walletobjects" in path else None
    want(held)
    tell()
    assert f"does not take our account: {ISSUER}" in sign().detail
    google.fault = lambda method, path, ahead: None
    tell(now=SOON + timedelta(hours=3))
    assert sign(SOON + timedelta(hours=3)).detail == "ok"


def test_a_google_that_is_away_for_long_is_an_alarm(google, held):
    google.fault = lambda method, path, ahead: 429 if ahead and "walletobjects" in path else None
    want(held)
    tell()
    assert sign().detail == "ok"
    assert "waited" in sign(SOON + timedelta(hours=1)).detail


def test_what_google_refuses_as_it_is_is_an_alarm(google, sayings, held):
    want(held)
    tell()
    google.fault = lambda method, path, ahead: 400 if ahead and method == "PATCH" else None
    sayings.change(held, balances=balance(3))
    tell()
    assert "refuses 1 passes" in sign().detail


def test_without_an_account_there_is_nothing_to_watch(app):
    assert sign().detail == "ok"


@pytest.fixture
def said(monkeypatch):
    monkeypatch.setattr(preparation, "connect", lambda: None)
    return lambda *words: CliRunner().invoke(command, words).output


def test_the_status_names_the_account_and_no_secret(google, held, said):
    want(held)
    tell()
    shown = said("status")
    assert f"ici@project.example, issuer {ISSUER}" in shown
    assert "0 to tell; 0 refused" in shown
    assert "PRIVATE" not in shown


def test_the_status_of_an_installation_without_an_account_says_so(said):
    assert "not offered" in said("status")


def test_a_brand_gets_an_issuer_and_loses_it(google, brand, said):
    assert "3388000000000000002, from now on" in said("issuer", "3388000000000000002", "--brand", brand.code)
    with made():
        assert accounts.issuer_of(brand.id, accounts.access()) == "3388000000000000002"
    said("issuer", "--none", "--brand", brand.code)
    with made():
        assert accounts.issuer_of(brand.id, accounts.access()) == ISSUER


def test_an_issuer_that_is_no_number_is_refused(brand, said):
    assert "number of an issuer" in said("issuer", "lilas", "--brand", brand.code)


def settings_of(**given):
    return google_in({"ICI_GOOGLE_ISSUER": ISSUER, "ICI_GOOGLE_KEY": json.dumps(KEY)} | given)


def test_an_account_is_an_issuer_and_a_key(settings):
    known = settings_of()
    assert (known.issuer, known.email, known.url) == (ISSUER, "ici@project.example", GOOGLE_URL)
    assert "PRIVATE" not in repr(known)


def test_nothing_said_is_no_account():
    assert google_in({}) is None


@pytest.mark.parametrize(
    "given",
    [
        {"ICI_GOOGLE_KEY": ""},
        {"ICI_GOOGLE_ISSUER": ""},
        {"ICI_GOOGLE_ISSUER": "my shop"},
        {"ICI_GOOGLE_KEY": "{"},
        {"ICI_GOOGLE_KEY": "{}"},
        {"ICI_GOOGLE_KEY": "[]"},
        {"ICI_GOOGLE_URL": "http://wallet.example"},
        {"ICI_GOOGLE_KEY": json.dumps(KEY | {"token_uri": "http://token.example"})},
        {"ICI_GOOGLE_ROOT_KEYS": "{"},
        {"ICI_GOOGLE_KEY": json.dumps(KEY | {"private_key": service_key()[:300]})},
    ],
)
def test_half_an_account_is_refused_at_the_start(given):
    with pytest.raises(ConfigIncomplete, match="Google"):
        settings_of(**given)


def test_development_speaks_to_a_stand_in_by_a_key_of_its_own(settings, tmp_path):
    before = config.current()
    config.use_config(replace(settings, environment="development", var=tmp_path))
    try:
        known = accounts.access()
        assert known is not None
        assert known.url == accounts.STAND_IN_URL
        assert (tmp_path / accounts.KEY_FILE).stat().st_mode & 0o077 == 0
    finally:
        config.use_config(before)
        accounts._stand_in.cache_clear()


def test_callbacks_are_for_installations_that_google_can_reach(settings):
    real = GoogleAccess(ISSUER, "a@b.example", "k", service_key(), "https://token.example")
    before = config.current()
    try:
        config.use_config(replace(settings, public_url="https://ici.example/"))
        assert accounts.addresses(real).callback == "https://ici.example/google/callbacks"
        config.use_config(replace(settings, public_url="http://127.0.0.1:8000"))
        assert accounts.addresses(real).callback is None
    finally:
        config.use_config(before)


def test_a_new_look_is_told_when_no_pass_changes(google, brand, held):
    want(held)
    tell()
    assert tell_new_looks(clock=lambda: SOON) == 0
    run("UPDATE brand SET colour = '#00aa55' WHERE id = :id", id=brand.id)
    assert tell_new_looks(clock=lambda: SOON) == 1
    [look] = google.things["loyaltyClass"].values()
    assert look["hexBackgroundColor"] == "#00aa55"


def test_of_processes_that_start_at_once_all_speak_with_one_key(tmp_path):
    found = at_once(6, lambda n: accounts._stand_in.__wrapped__(tmp_path / "var"))
    assert len({one.private_key for one in found}) == 1
    assert [file.name for file in (tmp_path / "var").iterdir()] == [accounts.KEY_FILE]
    assert (tmp_path / "var" / accounts.KEY_FILE).stat().st_mode & 0o077 == 0
