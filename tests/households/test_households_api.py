"""Households as apps meet them."""

import pytest

from tests.externals.factories import add
from tests.factories import make_member, member_token
from tests.households.factories import qr, together
from wallet.externals import barcodes
from wallet.externals.models import Encoding, Symbology
from wallet.households.invitations import MEANING


@pytest.fixture
def zoe(app):
    return make_member()


@pytest.fixture
def phone(anyone, zoe):
    return anyone.with_token(member_token(zoe))


@pytest.fixture
def max_(app):
    return make_member()


@pytest.fixture
def other(anyone, max_):
    return anyone.with_token(member_token(max_))


def test_from_an_invitation_to_a_card_at_the_till(phone, other, zoe):
    code = phone.post("/v1/household-invitations", {"display_name": "Zoé"}).json["code"]
    look = other.post("/v1/household-invitations/preview", {"code": code}).json
    assert look == {"names": ["Zoé"], "meaning": MEANING.en}
    joined = other.post("/v1/household/members", {"code": code, "display_name": "Max", "agrees": True})
    people = [(one["display_name"], one["owner"], one["me"]) for one in joined.json["members"]]
    assert (joined.status_code, people) == (201, [("Zoé", True, False), ("Max", False, True)])
    card = add(zoe, note="PIN 1234", **qr())
    shown = phone.put(f"/v1/household/shares/{card.id}", {})
    assert [one["display_name"] for one in shown.json["shown_to"]] == ["Max"]
    (seen,) = other.get("/v1/household/cards").json["items"]
    assert (seen["code"], seen["shown_by"]["display_name"]) == (card.code, "Zoé")
    drawn = other.get(f"/v1/household/cards/{card.id}/barcode.svg")
    assert (drawn.status_code, "<svg" in drawn.text) == (200, True)


def test_a_shown_card_is_drawn_in_the_same_bytes(phone, other, zoe, max_):
    together(zoe, max_)
    card = add(zoe, code="Crème", symbology=Symbology.QR, encoding=Encoding.UTF_8)
    phone.put(f"/v1/household/shares/{card.id}", {})
    mine = phone.get(f"/v1/external-cards/{card.id}/barcode.svg").text
    assert other.get(f"/v1/household/cards/{card.id}/barcode.svg").text == mine
    assert mine != barcodes.as_svg(symbology=Symbology.QR, code="Crème")


def test_a_note_is_never_shown(phone, other, zoe, max_):
    together(zoe, max_)
    card = add(zoe, note="PIN 1234", groups=("Cadeaux",), **qr())
    phone.put(f"/v1/household/shares/{card.id}", {})
    answer = other.get("/v1/household/cards").text
    assert ("PIN" in answer, "Cadeaux" in answer) == (False, False)


def test_nobody_joins_without_agreeing(phone, other):
    code = phone.post("/v1/household-invitations", {"display_name": "Zoé"}).json["code"]
    answer = other.post("/v1/household/members", {"code": code, "display_name": "Max", "agrees": False})
    assert (answer.status_code, answer.json["code"]) == (422, "malformed")


def test_joining_sent_twice_is_joining_once(phone, other):
    code = phone.post("/v1/household-invitations", {"display_name": "Zoé"}).json["code"]
    sent = {"code": code, "display_name": "Max", "agrees": True}
    first, second = (other.post("/v1/household/members", sent, key="the-same") for _ in range(2))
    assert (first.data, first.status_code) == (second.data, 201)


def test_a_wrong_code_says_nothing(other):
    answer = other.post("/v1/household-invitations/preview", {"code": "A" * 43})
    assert (answer.status_code, answer.json["code"]) == (403, "household_invitation_refused")


def test_whoever_is_in_none_reads_so(phone):
    assert phone.get("/v1/household").json == {"members": []}


def test_leaving_is_one_call(phone, other, zoe, max_):
    together(zoe, max_)
    mine = next(one["id"] for one in other.get("/v1/household").json["members"] if one["me"])
    assert other.delete(f"/v1/household/members/{mine}").status_code == 204
    assert [one["me"] for one in phone.get("/v1/household").json["members"]] == [True]


def test_not_showing_any_more_is_one_call(phone, other, zoe, max_):
    together(zoe, max_)
    card = add(zoe, **qr())
    phone.put(f"/v1/household/shares/{card.id}", {})
    assert phone.delete(f"/v1/household/shares/{card.id}").status_code == 204
    assert (other.get("/v1/household/cards").json, phone.get("/v1/household/shares").json) == (
        {"items": []},
        {"items": []},
    )


def test_members_ids_stay_with_them(phone, zoe, max_):
    together(zoe, max_)
    assert str(max_.id) not in phone.get("/v1/household").text


def test_the_export_holds_the_household(phone, zoe, max_):
    together(zoe, max_)
    held = {one["table"]: one["rows"] for one in phone.get("/v1/me/export").json["data"]}
    assert {row["display_name"] for row in held["household_tie"]} == {"Zoé", "Max 1"}
