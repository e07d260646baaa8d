"""Profiles of brands, the directory, and what follows them."""

from typing import Any

import pytest

from app.accounts.models import Brand
from app.sql import db
from tests.factories import console_token, make_brand, make_console_user, make_member, member_token
from tests.planning.factories import match
from tests.showcase.factories import PROFILE, SITE, TERMS, name_picture, write_profile
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.designs.designs import read_design


@pytest.fixture
def brand() -> Brand:
    return make_brand(colour="#6b3fa0", legal_name="Lilas SAS", privacy_contact="dpo@lilas.example")


@pytest.fixture
def desk(anyone: Speaker, brand: Any) -> Speaker:
    return anyone.with_token(console_token(make_console_user(brand)))


def listed(anyone: Speaker) -> list[str]:
    return [one["code"] for one in anyone.get("/v1/brands?limit=50").get_json()["items"]]


def test_anybody_reads_who_a_brand_is_before_it_says_anything(anyone: Speaker, brand: Brand) -> None:
    shown = anyone.get(f"/v1/brands/{brand.code}").get_json()
    assert (shown["name"], shown["legal_name"], shown["privacy_contact"], shown["logo"]) == (
        brand.name,
        "Lilas SAS",
        "dpo@lilas.example",
        None,
    )


def test_anybody_reads_what_a_brand_says_of_itself_in_their_language(
    desk: Speaker, anyone: Speaker, brand: Brand
) -> None:
    logo = name_picture(desk)
    said = {"logo": logo, "links": [SITE], "terms": TERMS, "help_contact": "tel:+33102030405"}
    assert write_profile(desk, **said).status_code == 200
    shown = anyone.get(f"/v1/brands/{brand.code}", headers={"Accept-Language": "fr"}).get_json()
    assert (shown["terms"], shown["links"][0]["label"]) == ("Un point par euro.", "Notre site")
    assert shown["logo"]["picture"] == logo


def test_the_directory_names_a_brand_once_it_says_so(desk: Speaker, anyone: Speaker, brand: Brand) -> None:
    before = brand.code in listed(anyone)
    write_profile(desk)
    during = brand.code in listed(anyone)
    write_profile(desk, listed=False)
    assert (before, during, brand.code in listed(anyone)) == (False, True, False)


def test_the_directory_shows_each_brand_in_few_statements(desk: Speaker, anyone: Speaker, brand: Brand) -> None:
    write_profile(desk, logo=name_picture(desk), tagline=TERMS)
    mine = [one for one in anyone.get("/v1/brands?limit=50").get_json()["items"] if one["code"] == brand.code]
    assert (mine[0]["tagline"], len(mine[0]["logo"]["sizes"])) == ("A point per euro.", 3)


def test_an_unknown_brand_is_not_there(anyone: Speaker) -> None:
    assert anyone.get("/v1/brands/nobody").get_json()["code"] == "brand_unknown"


def test_each_change_is_a_version_and_a_stale_one_is_refused(desk: Speaker) -> None:
    stale = match(desk.get(PROFILE))
    write_profile(desk, terms=TERMS)
    assert desk.put(PROFILE, {}, headers=stale).status_code == 412
    assert write_profile(desk).get_json()["version"] == 2
    assert desk.get(f"{PROFILE}?version=1").get_json()["profile"]["terms"] == TERMS
    assert desk.get(f"{PROFILE}?version=9").get_json()["code"] == "profile_version_unknown"


def test_what_was_shown_can_be_sent_back_and_makes_no_version(desk: Speaker) -> None:
    write_profile(desk, terms=TERMS, links=[SITE])
    shown = desk.get(PROFILE)
    again = desk.put(PROFILE, shown.get_json()["profile"], headers=match(shown))
    assert (again.status_code, again.get_json()["version"]) == (200, 1)


def test_an_auditor_reads_and_does_not_write(anyone: Speaker, brand: Brand) -> None:
    auditor = anyone.with_token(console_token(make_console_user(brand, "auditor")))
    assert (auditor.get(PROFILE).status_code, write_profile(auditor).status_code) == (200, 403)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ({"links": [SITE | {"url": "javascript:alert(1)"}]}, "not_a_link"),
        ({"help_contact": "somewhere"}, "not_a_contact"),
        ({"accent": "blue"}, "not_a_colour"),
        ({"logo": "x" * 64}, "not_a_sha256"),
    ],
)
def test_what_nobody_could_open_or_show_is_refused(desk: Speaker, said: dict[str, Any], code: str) -> None:
    assert write_profile(desk, **said).get_json()["errors"][0]["code"] == code


def test_passes_say_what_the_profile_says_where_their_design_says_nothing(desk: Speaker, brand: Brand) -> None:
    write_profile(desk, terms=TERMS, links=[SITE], help_contact="mailto:aide@lilas.example", card_symbology="aztec")
    with db.system_transaction():
        design = read_design(brand.id)
    assert (design.terms.fr if design.terms else None, design.help_contact, design.card_symbology) == (
        "Un point par euro.",
        "mailto:aide@lilas.example",
        "aztec",
    )


def test_a_design_that_is_drawn_keeps_nothing_of_the_profile(desk: Speaker) -> None:
    write_profile(desk, terms=TERMS)
    shown = desk.get("/v1/console/pass-design")
    assert shown.get_json()["design"]["terms"] is None


def test_a_card_is_drawn_in_the_symbology_that_the_brands_tills_read(
    desk: Speaker, anyone: Speaker, brand: Brand
) -> None:
    member = make_member()
    phone = anyone.with_token(member_token(member))
    door = f"/v1/cards/{make_card(member, brand).id}/code.svg"
    usual = phone.get(door).get_data()
    write_profile(desk, card_symbology="code128")
    drawn = phone.get(door).get_data()
    assert (drawn != usual, drawn) == (True, phone.get(f"{door}?symbology=code128").get_data())
