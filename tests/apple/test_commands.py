"""`ici apple`, as an operator types it."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from app import cli, clock, config
from app.commands import preparation
from app.config import Config
from tests.apple.factories import Phone, make_pass
from wallet.apple.certificates import read_identity
from wallet.apple.trial_pki import make_test_pki


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setattr(preparation, "connect", config.current)
    return lambda *words: CliRunner().invoke(cli.main, ["apple", *words])


def test_a_trial_is_made_by_one_command_and_never_over_another(said: Callable[..., Result], tmp_path: Path) -> None:
    folder = str(tmp_path / "pki")
    made = said("test-pki", folder, "--pass-type", "pass.example.lilas", "--team", "TEAM000001")
    found = read_identity(Path(folder), password=None)
    assert (made.exit_code, found.pass_type, found.team) == (0, "pass.example.lilas", "TEAM000001")
    again = said("test-pki", folder)
    assert (again.exit_code, "stays as it is" in again.output) == (1, True)


def test_a_pass_type_that_is_none_is_refused(said: Callable[..., Result], tmp_path: Path) -> None:
    assert said("test-pki", str(tmp_path / "pki"), "--pass-type", "com.example").exit_code == 1


def test_status_shows_certificates_copies_and_who_waits(
    said: Callable[..., Result], signing: Config, phone: Phone
) -> None:
    phone.register(make_pass())
    phone.client.post("/apple/v1/log", json=["Glycine went wrong"])
    told = said("status").output
    words = ("(team 1C1TR1AL00) of the installation: ends", "no phone trusts", "phones wait", "1 times: Glycine went")
    assert [word for word in words if word not in told] == []
    assert phone.id not in told


def test_status_says_when_the_wallet_is_not_offered(said: Callable[..., Result], app: object) -> None:
    assert "not offered" in said("status").output


def test_status_tells_of_a_folder_that_is_called_by_no_brand(
    said: Callable[..., Result], signing: Config, pki: Path, tmp_path: Path
) -> None:
    make_test_pki(tmp_path / "certificates" / "lilsa", now=clock.now(), pass_type="pass.example.lilsa")
    config.use_config(replace(signing, apple_certificates=tmp_path / "certificates"))
    assert "no brand has this code" in said("status").output
