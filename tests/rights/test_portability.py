"""Portability: what was provided and observed leaves in a documented format, and what was provided comes back."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from sqlalchemy import select

from app import clock
from app.accounts.models import Member
from app.consent.models import PermissionState
from app.data_map import Export
from app.factory import Ici
from app.rights import jobs, personal_tables
from app.rights.errors import PortabilityUnreadable
from app.rights.export import restoration
from app.sql import db
from tests.accounts.factories import new_email, sign_in
from tests.consent.factories import give
from tests.coupons.factories import Shop, claim
from tests.factories import NOON, make_brand, make_member, member_token
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from tests.world import Side, make_side
from wallet.cards.queries import card_with_brand

SCHEMA = json.loads((Path(__file__).parents[2] / "docs" / "portability.schema.json").read_text(encoding="utf-8"))
JUDGE = jsonschema_rs.Draft202012Validator(SCHEMA, validate_formats=True)


@pytest.fixture(scope="module")
def side(app: Ici) -> Side:
    return make_side(Speaker(app.test_client()))


@pytest.fixture(scope="module")
def carried(side: Side) -> dict[str, Any]:
    said: dict[str, Any] = side.phone.get("/v1/me/portability").get_json()
    return said


def restore(document: Any, member: Member) -> dict[str, int]:
    with db.system_transaction():
        return restoration.restore_wallet(document=document, member_id=member.id, now=clock.now())


def test_the_file_is_as_its_schema_says(carried: dict[str, Any]) -> None:
    assert [error.message for error in JUDGE.iter_errors(carried)] == []


def test_the_file_of_a_member_with_nothing_is_as_its_schema_says(anyone: Speaker) -> None:
    said = anyone.with_token(member_token(make_member())).get("/v1/me/portability").get_json()
    assert [error.message for error in JUDGE.iter_errors(said)] == []


def test_everything_provided_and_observed_is_carried_and_nothing_derived(carried: dict[str, Any]) -> None:
    expected: dict[str, set[str]] = {}
    for entry in personal_tables.entries():
        if entry.table in personal_tables.tables_of_members() and entry.datum.export in (
            Export.PROVIDED,
            Export.OBSERVED,
        ):
            expected.setdefault(entry.table.name, set()).add(entry.column.name)
    assert set(carried["records"]) == set(expected)
    assert {name: set(row) for name, rows in carried["records"].items() for row in rows} == {
        name: columns for name, columns in expected.items() if carried["records"][name]
    }
    assert {"decision", "permission_state"} & set(carried["records"]) == set()


def test_each_promotion_has_its_article_and_its_amount(anyone: Speaker) -> None:
    benefit = {"kind": "amount", "amount_minor": 500, "currency": "EUR"}
    shop = Shop(anyone, benefit=benefit)
    claim(shop.member, shop.offer)
    (promotion,) = shop.phone.get("/v1/me/portability").get_json()["promotions"]
    said = {name: promotion[name] for name in ("brand", "kind", "amount_minor", "currency", "gtin", "used_at")}
    assert said == {"brand": shop.brand.code, **benefit, "gtin": None, "used_at": None}


def test_a_promotion_says_when_it_was_used(carried: dict[str, Any], side: Side) -> None:
    used = {promotion["id"]: promotion["used_at"] for promotion in carried["promotions"]}
    assert used[str(side.coupon.id)] is None
    assert used[str(side.used.id)] is not None


def provided(anyone: Speaker, member: Member) -> dict[str, Any]:
    """What a member had provided, as their file says it: without the ids and codes that we made."""
    said = anyone.with_token(member_token(member)).get("/v1/me/portability").get_json()
    codes = {brand["id"]: brand["code"] for brand in said["names"].get("brand", [])}
    cards = sorted((codes[card["brand_id"]], card["display_name"]) for card in said["records"]["card"])
    return {"language": said["records"]["member"][0]["language"], "cards": cards}


def test_what_was_provided_comes_back_after_an_erasure(anyone: Speaker) -> None:
    member = make_member(language="en")
    for name in ("Zoé", "Z. Martin"):
        make_card(member, make_brand(), display_name=name)
    before, file = (
        provided(anyone, member),
        anyone.with_token(member_token(member)).get("/v1/me/portability").get_json(),
    )
    anyone.with_token(member_token(member)).post("/v1/rights-requests", {"kind": "erasure"})
    jobs.finish_erasures(now=clock.now())
    with db.system_transaction():
        assert db.get(Member, member.id) is None
    back = make_member(language="fr")
    assert restore(file, back) == {"languages": 1, "cards": 2, "external_cards": 0}
    assert provided(anyone, back) == before


def test_giving_back_twice_changes_nothing_more(anyone: Speaker) -> None:
    member = make_member()
    make_card(member, make_brand())
    file = anyone.with_token(member_token(member)).get("/v1/me/portability").get_json()
    back = make_member()
    restore(file, back)
    before = provided(anyone, back)
    assert restore(file, back)["cards"] == 0
    assert provided(anyone, back) == before


def test_no_permission_is_raised_by_a_file(anyone: Speaker) -> None:
    member, brand = make_member(), make_brand()
    give(member, brand, now=NOON)
    file = anyone.with_token(member_token(member)).get("/v1/me/portability").get_json()
    assert file["records"]["permission_event"]
    back = make_member()
    restore(file, back)
    with db.system_transaction():
        assert db.all_of(db_cells(back)) == []


def db_cells(member: Member) -> Any:
    """The permissions of a member."""
    return select(PermissionState).where(PermissionState.member_id == member.id)


def test_an_address_in_a_file_opens_nothing(anyone: Speaker) -> None:
    """Whoever changes a file must not get into somebody's wallet, nor somebody into theirs."""
    email, back = new_email(), make_member()
    signed_in = sign_in(anyone, email)
    file = anyone.with_token(signed_in["access_token"]).get("/v1/me/portability").get_json()
    restore(file, back)
    me = anyone.with_token(member_token(back)).get("/v1/me").get_json()
    assert me["addresses"] == []


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {"format": "urn:other:1", "records": {}, "names": {}},
        {"format": "urn:ici:portability:1"},
        {"format": "urn:ici:portability:1", "records": {"card": {}}, "names": {}},
        {"format": "urn:ici:portability:1", "records": {"card": ["x"]}, "names": {}},
    ],
)
def test_what_is_no_such_file_is_refused(document: Any) -> None:
    with pytest.raises(PortabilityUnreadable):
        restore(document, make_member())


@pytest.mark.parametrize("name", ["x" * 61, "two\nlines", "", 7, None, {"a": 1}])
def test_a_name_that_no_till_can_show_is_left_out(name: Any) -> None:
    brand, member = make_brand(), make_member()
    card = {"brand_id": "1", "display_name": name}
    names = {"brand": [{"id": "1", "code": brand.code}]}
    restore({"format": "urn:ici:portability:1", "records": {"card": [card]}, "names": names}, member)
    with db.system_transaction():
        made = db.first(card_with_brand(member.id, brand.id))
    assert made is not None
    assert made.display_name.startswith("Membre ")
