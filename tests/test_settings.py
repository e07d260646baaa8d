"""The settings of a process: what is refused at start, what a file may hold, whom the database serves as."""

from pathlib import Path

import pytest

from app.config import Config
from app.settings import ConfigIncomplete

PRODUCTION = {
    "ICI_ENV": "production",
    "ICI_DATABASE_URL": "postgresql+psycopg:///ici",
    "ICI_SECRET": "s" * 32,
    "ICI_MAIL": "smtp://mail.example.org?from=ici@example.org",
    "ICI_PUBLIC_URL": "https://ici.example.org",
}


def refused(given: dict[str, str]) -> str:
    with pytest.raises(ConfigIncomplete) as refusal:
        Config.load(given)
    return str(refusal.value)


def by_file(given: dict[str, str], folder: Path) -> dict[str, str]:
    """The same settings, each in a file that a variable names."""
    for name, value in given.items():
        (folder / name).write_text(f"{value}\n", encoding="utf-8")
    return {f"{name}_FILE": str(folder / name) for name in given}


@pytest.mark.parametrize("name", ["ICI_DATABASE_URL", "ICI_OWNER_DATABASE_URL", "ICI_SECRET"])
def test_settings_of_an_installation_are_refused_without_a_word_of_which_kind(name: str, tmp_path: Path) -> None:
    said = refused({name: "s" * 32, "ICI_VAR": str(tmp_path)})
    assert (name in said, "ICI_ENV=production" in said) == (True, True)


def test_so_are_those_that_a_file_holds(tmp_path: Path) -> None:
    said = refused({"ICI_VAR": str(tmp_path), **by_file({"ICI_SECRET": "s" * 32}, tmp_path)})
    assert "ICI_SECRET: given, but not ICI_ENV" in said


def test_the_file_of_the_private_database_alone_is_development(tmp_path: Path) -> None:
    lines = {"ICI_DATABASE_URL": "postgresql+psycopg:///ici", "ICI_SECRET": "s" * 32}
    (tmp_path / "ici.env").write_text("".join(f"{name}={value}\n" for name, value in lines.items()))
    assert Config.load({"ICI_VAR": str(tmp_path)}).environment == "development"


def test_production_is_not_sent_to_the_private_database() -> None:
    said = refused({"ICI_ENV": "production"})
    assert ("ICI_DATABASE_URL, ICI_SECRET, ICI_MAIL, ICI_PUBLIC_URL" in said, "ici up" in said) == (True, False)


def test_every_setting_may_come_from_a_file(tmp_path: Path) -> None:
    given = PRODUCTION | {"ICI_LASTING_SECRET": "l" * 32, "ICI_LOG_KEY": "0f" * 32, "ICI_POOL_SIZE": "7"}
    kind = {"ICI_ENV": given.pop("ICI_ENV")}
    assert Config.load(kind | by_file(given, tmp_path)) == Config.load(kind | given)


def test_a_file_and_a_value_for_one_setting_are_refused(tmp_path: Path) -> None:
    assert "both set" in refused(PRODUCTION | by_file({"ICI_SECRET": "s" * 32}, tmp_path))


@pytest.mark.parametrize("content", [None, b"", b" \n", b"\xff\xfe"])
def test_a_file_that_holds_nothing_is_refused_by_its_name(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    if content is not None:
        file.write_bytes(content)
    given = {name: value for name, value in PRODUCTION.items() if name != "ICI_SECRET"}
    assert str(file) in refused(given | {"ICI_SECRET_FILE": str(file)})


def test_a_refusal_never_shows_what_a_secret_is(tmp_path: Path) -> None:
    given = PRODUCTION | by_file({"ICI_LASTING_SECRET": "too short"}, tmp_path)
    assert "too short" not in refused(given)


@pytest.mark.parametrize("name", ["ICI_SECRET", "ICI_LASTING_SECRET", "ICI_OTHER_SECRET"])
def test_a_secret_that_could_be_guessed_is_refused(name: str) -> None:
    assert f"{name} must have" in refused(PRODUCTION | {name: "s" * 31})


def test_a_change_of_the_secret_that_would_lose_what_is_kept_is_refused() -> None:
    assert "ICI_LASTING_SECRET: the one of before" in refused(PRODUCTION | {"ICI_OTHER_SECRET": "o" * 32})


@pytest.mark.parametrize(
    ("given", "role"),
    [
        ({}, "ici_app"),
        ({"ICI_DATABASE_URL": "postgresql+psycopg://shop%40site:x@db/ici"}, "shop@site"),
        ({"ICI_DATABASE_URL": "postgresql+psycopg://pool@db/ici", "ICI_APP_ROLE": "shop"}, "shop"),
    ],
)
def test_the_role_that_serves_is_the_one_of_the_address_unless_said(given: dict[str, str], role: str) -> None:
    assert Config.load(PRODUCTION | given).app_role == role
