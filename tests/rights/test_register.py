"""The record of processing (GDPR article 30) says what the registry and the map say, and nothing else."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.commands.rights import processing_register
from app.consent.models import Purpose
from app.data_map import DUTIES, DataClass
from app.languages import Language
from app.rights import personal_tables
from app.rights.export.processing_register import FORMAT, as_markdown, make_register
from app.sql import db
from tests.factories import make_brand


def register(language: Language = "en") -> dict[str, Any]:
    with db.system_transaction():
        return make_register(language=language)


def by_purpose(said: dict[str, Any]) -> dict[str, Any]:
    return {purpose["code"]: purpose for purpose in said["processing"]}


def test_the_record_has_every_purpose_of_the_registry_and_every_duty() -> None:
    with db.transaction():
        registered = {purpose.code: purpose.legal_basis for purpose in db.all_of(select(Purpose))}
    said = {code: purpose["legal_basis"] for code, purpose in by_purpose(register()).items()}
    assert said == registered | {code: duty.legal_basis for code, duty in DUTIES.items()}


def test_every_column_of_the_map_is_recorded_under_each_of_its_purposes() -> None:
    said = {
        (code, held["class"], f"{table}.{column}")
        for code, purpose in by_purpose(register()).items()
        for held in purpose["data"]
        for table, columns in held["columns"].items()
        for column in columns
    }
    assert said == {
        (purpose, str(entry.datum.data_class), f"{entry.table.name}.{entry.column.name}")
        for entry in personal_tables.entries()
        for purpose in entry.datum.purposes
    }


def test_every_class_says_how_long_it_is_kept() -> None:
    kept = {held["class"]: held["kept"] for purpose in register()["processing"] for held in purpose["data"]}
    assert kept["account"] == ["3 years after your last act (sign-in, till, order)"]
    assert all(kept.values())


def test_members_and_staff_are_told_apart() -> None:
    said = by_purpose(register())
    assert said["staff_access"]["people"] == ["staff"]
    assert said["loyalty_account"]["people"] == ["members", "minors"]
    assert said["store_statistics"]["people"] == ["members"]
    assert said["proof"]["people"] == ["members", "minors", "parents"]
    assert [held["class"] for held in said["staff_access"]["data"]] == [str(DataClass.STAFF)]


def test_every_brand_is_a_controller() -> None:
    brand = make_brand()
    assert brand.code in {controller["code"] for controller in register()["controllers"]}


def test_a_controller_is_told_with_how_to_reach_them() -> None:
    brand = make_brand(dpo_contact="dpo@lilas.example")
    page = as_markdown(register(), language="en")
    (line,) = [line for line in page.splitlines() if f"`{brand.code}`" in line]
    for part in (brand.legal_name, brand.postal_address, brand.privacy_contact, brand.dpo_contact):
        assert part in line


def test_what_nobody_said_of_a_brand_is_told_as_that() -> None:
    brand = make_brand(legal_name=None)
    assert f"(`{brand.code}`): non renseigné" in as_markdown(register("fr"), language="fr")


def test_a_purpose_that_knows_where_somebody_is_says_so_although_no_table_does() -> None:
    said = by_purpose(register())
    assert said["personalised_offers"]["position"].startswith("precise, that of the phone")
    assert said["store_statistics"]["position"] == "the store in which the person is"
    assert said["birthday_treat"]["position"] == "none"


def test_each_purpose_says_whose_data_it_uses_and_which() -> None:
    page = as_markdown(register(), language="en")
    purposes = page.count("\n## ")
    assert (page.count("\nPeople: "), page.count("\nPosition: ")) == (purposes, purposes)
    assert "Data used: your loyalty card, your coupons" in page


@pytest.mark.parametrize(
    ("language", "title"), [("fr", "# Registre des traitements"), ("en", "# Record of processing")]
)
def test_people_read_it_in_their_language(language: Language, title: str) -> None:
    page = as_markdown(register(language), language=language)
    assert page.startswith(title)
    assert page.count("\n## ") == len(register()["processing"])
    assert "{" not in page


def test_the_command_prints_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.commands.preparation.connect", lambda: None)
    shown = CliRunner().invoke(processing_register, ["--format", "json"])
    assert json.loads(shown.stdout)["format"] == FORMAT
    assert CliRunner().invoke(processing_register, []).stdout.startswith("# Record of processing")
