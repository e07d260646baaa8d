"""Access: every column about a member is in the export, or on the list of what is withheld with its reason."""

from typing import Any

import pytest
from sqlalchemy import Table

from app.data_map import DUTIES, DataClass, Export
from app.factory import Ici
from app.rights import personal_tables
from tests.consent.factories import make_recipient, say_no
from tests.factories import make_brand, make_member, member_token
from tests.family.test_minors import Family
from tests.messages.factories import make_sink
from tests.speaking import Speaker
from tests.world import Side, make_side

ABOUT_MEMBERS = [entry for entry in personal_tables.entries() if entry.datum.data_class is not DataClass.STAFF]


@pytest.fixture(scope="module")
def side(app: Ici) -> Side:
    return make_side(Speaker(app.test_client()))


@pytest.fixture(scope="module")
def export(side: Side) -> dict[str, Any]:
    said: dict[str, Any] = side.phone.get("/v1/me/export").get_json()
    return said


def columns_of(export: dict[str, Any]) -> set[str]:
    return {f"{held['table']}.{column['name']}" for held in export["data"] for column in held["columns"]}


def withheld_by(export: dict[str, Any]) -> set[str]:
    return {f"{one['table']}.{column}" for one in export["withheld"] for column in one["columns"]}


def test_every_column_about_a_member_is_exported_or_withheld_for_a_reason(export: dict[str, Any]) -> None:
    all_of_them = {f"{entry.table.name}.{entry.column.name}" for entry in ABOUT_MEMBERS}
    assert columns_of(export) | withheld_by(export) == all_of_them
    assert columns_of(export) & withheld_by(export) == set()
    assert all(one["reason"] for one in export["withheld"])


def test_a_table_that_is_about_members_but_has_no_owner_is_wholly_withheld() -> None:
    ownerless: set[Table] = {entry.table for entry in ABOUT_MEMBERS} - set(personal_tables.tables_of_members())
    assert {entry.datum.export for entry in ABOUT_MEMBERS if entry.table in ownerless} <= {Export.WITHHELD}


def test_an_exported_column_holds_what_the_table_holds(export: dict[str, Any], side: Side) -> None:
    rows = {held["table"]: held["rows"] for held in export["data"]}
    assert {side.coupon.code, side.used.code} <= {row["code"] for row in rows["coupon"]}
    assert [row["display_name"] for row in rows["card"]] == [side.card.display_name]
    asked = [row["id"] for row in rows["decision"] if row["placement"] == "nearby"]
    assert asked == [side.decision_id]
    assert [row["kind"] for row in rows["trigger"]] == ["arrival"]


def test_what_was_considered_is_said_in_words(export: dict[str, Any], side: Side) -> None:
    (held,) = [held for held in export["data"] if held["table"] == "decision"]
    explained = side.phone.get(f"/v1/decisions/{side.decision_id}").get_json()
    assert [row["considered"] for row in held["rows"] if row["id"] == side.decision_id] == [explained["considered"]]
    assert explained["considered"][0]["explanation"]


@pytest.mark.parametrize(
    "table", ["member", "member_session", "permission_event", "permission_state", "scan", "redemption", "pass_code"]
)
def test_a_member_who_did_everything_finds_rows(export: dict[str, Any], table: str) -> None:
    (held,) = [held for held in export["data"] if held["table"] == table]
    assert held["rows"]
    assert {frozenset(row) for row in held["rows"]} == {frozenset(column["name"] for column in held["columns"])}


def test_each_column_says_what_for_from_where_and_how_long(export: dict[str, Any]) -> None:
    for held in export["data"]:
        for column in held["columns"]:
            assert all(column[name] for name in ("what", "purposes", "source", "kept"))


def test_each_purpose_that_is_named_is_explained(export: dict[str, Any]) -> None:
    named = {code for held in export["data"] for column in held["columns"] for code in column["purposes"]}
    explained = {purpose["code"]: purpose["legal_basis"] for purpose in export["purposes"]}
    assert named <= set(explained)
    assert all(explained.values())
    assert "proof" in named & set(DUTIES)


def test_whoever_a_brand_gives_the_data_to_is_named(side: Side) -> None:
    sink, other = make_sink(side.brand, purposes=["personalised_offers"]), make_sink(make_brand())
    said = side.phone.get("/v1/me/export").get_json()
    reached = {one["code"]: one["recipients"] for one in said["purposes"]}
    assert {"brand": side.brand.code, "name": sink.code, "country": sink.country} in reached["personalised_offers"]
    assert other.code not in {recipient["name"] for recipients in reached.values() for recipient in recipients}


def test_whom_a_brand_passes_data_on_to_is_named(side: Side) -> None:
    named = make_recipient(side.brand)
    say_no(side.member, side.brand, touchpoint="email", purpose=named.purpose, recipient=named.code)
    said = side.phone.get("/v1/me/export").get_json()
    (partners,) = [one for one in said["purposes"] if one["code"] == named.purpose]
    assert partners["recipients"] == [{"brand": side.brand.code, "name": named.name, "country": named.country}]


def test_what_rows_point_at_has_a_name(export: dict[str, Any], side: Side) -> None:
    assert {"id": str(side.brand.id), "code": side.brand.code, "name": side.brand.name} in export["names"]["brand"]
    assert [store["name"] for store in export["names"]["store"]] == [side.store.name]
    assert export["names"]["offer_version"][0]["title_fr"]


def test_what_a_programme_makes_says_how(export: dict[str, Any]) -> None:
    (decisions,) = [held for held in export["data"] if held["table"] == "decision"]
    assert "priority" in decisions["logic"]


def test_the_export_speaks_french(side: Side) -> None:
    said = Speaker(side.phone.client, side.phone.token, "fr").get("/v1/me/export").get_json()
    (card,) = [held for held in said["data"] if held["table"] == "card"]
    assert card["columns"][0]["what"] == "Votre compte et vos cartes"
    assert card["columns"][0]["kept"].startswith("3 ans après")


def test_nobody_elses_rows_are_in_it(anyone: Speaker, side: Side) -> None:
    somebody = make_member()
    said = anyone.with_token(member_token(somebody)).get("/v1/me/export")
    assert str(side.member.id) not in said.get_data(as_text=True)
    assert str(somebody.id) in said.get_data(as_text=True)


def test_what_links_a_child_and_a_parent_is_in_the_export_of_both(anyone: Speaker) -> None:
    family = Family(anyone).join()
    for phone in (family.childs_phone, family.parents_phone):
        held = {one["table"]: one["rows"] for one in phone.get("/v1/me/export").get_json()["data"]}
        (link,) = held["parental_link"]
        assert (link["member_id"], link["principal_id"]) == (str(family.child.id), str(family.parent.id))
