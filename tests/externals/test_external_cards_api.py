"""A member keeps cards of other programmes."""

import uuid

import pytest

from app.sql import db
from tests.externals.factories import EAN, add, held, wish
from tests.factories import NOON, make_member, member_token
from tests.racing import at_once
from wallet.externals import external_cards, rows
from wallet.externals.errors import ExternalCardHeld
from wallet.externals.models import Source

CARD = {"programme": "Librairie", "code": EAN, "symbology": "ean_13"}
FULL = CARD | {
    "number": "N° 7",
    "note": "au fond\ndu sac",
    "colour": "#aa00ff",
    "expires_on": "2027-02-28",
    "balance": {"amount_minor": 1250, "currency": "EUR"},
    "groups": ["Livres", "Paris"],
}


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


def added(phone, **given):
    answer = phone.post("/v1/external-cards", CARD | given)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_card_is_kept_as_it_was_given(phone):
    said = phone.post("/v1/external-cards", FULL | {"source": "scanned"}).json
    assert {name: said[name] for name in FULL} == FULL
    assert (said["source"], said["archived_at"]) == ("scanned", None)


def test_a_code_is_kept_to_the_last_space(phone):
    assert added(phone, code=" a ", symbology="code_128")["code"] == " a "


def test_a_number_alone_is_a_card(phone):
    assert phone.post("/v1/external-cards", {"programme": "Club", "code": "7"}).json["symbology"] == "none"


def test_a_wrong_check_digit_is_refused_with_the_right_one(phone):
    answer = phone.post("/v1/external-cards", CARD | {"code": EAN[:-1] + "0"})
    assert (answer.status_code, answer.json["code"]) == (422, "check_digit_wrong")
    assert answer.json["facts"] == {"expected": "1", "given": "0"}


def test_a_refusal_speaks_french_too(phone):
    phone.language = "fr"
    answer = phone.post("/v1/external-cards", CARD | {"code": "123"})
    assert answer.json["title"] == "Un code EAN-13 a 13 caractères ; celui-ci en a 3."


@pytest.mark.parametrize(
    "wrong",
    [
        {"symbology": "braille"},
        {"code": ""},
        {"programme": "  "},
        {"colour": "red"},
        {"expires_on": "28/02/2027"},
        {"balance": {}},
        {"balance": {"amount_minor": 1}},
        {"balance": {"amount_minor": 1, "currency": "EUR", "points": 1}},
        {"balance": {"amount_minor": 1, "currency": "XQZ"}},
        {"balance": {"amount_minor": 1.5, "currency": "EUR"}},
        {"groups": ["x"] * 21},
        {"source": "fidme"},
        {"pin": "1234"},
    ],
)
def test_what_no_card_can_hold_is_refused(phone, wrong):
    assert phone.post("/v1/external-cards", CARD | wrong).json["code"] == "malformed"


def test_the_same_card_is_kept_once(phone):
    added(phone)
    answer = phone.post("/v1/external-cards", CARD | {"programme": "LIBRAIRIE", "note": "encore"})
    assert (answer.status_code, answer.json["code"]) == (409, "external_card_held")


def test_the_same_code_of_another_programme_is_another_card(phone):
    added(phone)
    added(phone, programme="Papeterie")


def test_many_additions_at_once_keep_one_card(app, member):
    def try_to_add(_):
        try:
            with db.transaction():
                db.become(member_id=member.id)
                external_cards.add_card(member_id=member.id, wish=wish(), source=Source.TYPED, now=NOON)
        except Exception as refusal:
            return type(refusal)
        return None

    outcomes = at_once(8, try_to_add)
    assert (outcomes.count(None), len(held(member))) == (1, 1)


def test_the_loser_of_a_race_is_told_what_it_was(app, anyone, phone):
    def send(_):
        return anyone.__class__(app.test_client(), phone.token).post("/v1/external-cards", CARD)

    answers = at_once(8, send)
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 7
    assert {answer.json["code"] for answer in answers if answer.status_code == 409} == {"external_card_held"}


def test_the_same_addition_sent_twice_has_the_same_answer(phone):
    first, second = (phone.post("/v1/external-cards", CARD, key="k") for _ in range(2))
    assert (second.status_code, second.data) == (201, first.data)


def test_cards_are_listed_newest_first_without_the_archived(phone):
    first, second, third = (added(phone, programme=name)["id"] for name in "abc")
    phone.post(f"/v1/external-cards/{second}/archiving")
    assert [card["id"] for card in phone.get("/v1/external-cards").json["items"]] == [third, first]
    assert [card["id"] for card in phone.get("/v1/external-cards?archived=true").json["items"]] == [second]


def test_cards_are_paged(phone):
    ids = {added(phone, programme=name)["id"] for name in "abc"}
    first = phone.get("/v1/external-cards?limit=2").json
    second = phone.get(first["next"]).json
    assert {card["id"] for card in first["items"] + second["items"]} == ids


def test_groups_are_counted_and_narrow_the_list(phone):
    books = added(phone, programme="a", groups=["Livres", "Livres", "Paris"])["id"]
    added(phone, programme="b", groups=["Paris"])
    groups = phone.get("/v1/external-card-groups").json["items"]
    assert [(group["name"], group["cards"]) for group in groups] == [("Livres", 1), ("Paris", 2)]
    listed = phone.get(f"/v1/external-cards?group={groups[0]['id']}").json["items"]
    assert [card["id"] for card in listed] == [books]


def test_a_group_of_somebody_else_does_not_exist(phone, anyone):
    added(phone, groups=["Livres"])
    group = phone.get("/v1/external-card-groups").json["items"][0]["id"]
    other = anyone.with_token(member_token(make_member()))
    other.post("/v1/external-cards", CARD | {"groups": ["Livres"]})
    assert other.get(f"/v1/external-cards?group={group}").json["code"] == "card_group_unknown"


def group_called(phone, name):
    found = [group for group in phone.get("/v1/external-card-groups").json["items"] if group["name"] == name]
    return f"/v1/external-card-groups/{found[0]['id']}"


def test_a_group_is_renamed_on_all_its_cards(phone):
    for name in "ab":
        added(phone, programme=name, groups=["Livres", "Paris"])
    renamed = phone.put(group_called(phone, "Livres"), {"name": "Lectures"}).json
    assert (renamed["name"], renamed["cards"]) == ("Lectures", 2)
    assert [card["groups"] for card in phone.get("/v1/external-cards").json["items"]] == [["Lectures", "Paris"]] * 2


def test_two_groups_of_one_name_are_one(phone):
    added(phone, groups=["Livres", "Paris"])
    phone.put(group_called(phone, "Livres"), {"name": "Paris"})
    assert phone.get("/v1/external-cards").json["items"][0]["groups"] == ["Paris"]


def test_a_group_ends_and_its_cards_stay(phone):
    added(phone, groups=["Livres", "Paris"])
    path = group_called(phone, "Livres")
    assert phone.delete(path).status_code == 204
    assert phone.delete(path).json["code"] == "card_group_unknown"
    assert phone.get("/v1/external-cards").json["items"][0]["groups"] == ["Paris"]


def test_a_card_whose_group_was_renamed_has_another_version(phone):
    card = added(phone, groups=["Livres"])
    phone.put(group_called(phone, "Livres"), {"name": "Lectures"})
    answer = phone.put(f"/v1/external-cards/{card['id']}", CARD, headers={"If-Match": '"1"'})
    assert answer.json["code"] == "precondition_failed"


def test_a_card_is_changed_as_a_whole(phone):
    card = phone.post("/v1/external-cards", FULL)
    changed = phone.put(
        f"/v1/external-cards/{card.json['id']}", CARD | {"note": "neuf"}, headers={"If-Match": card.headers["ETag"]}
    )
    assert (changed.json["note"], changed.json["balance"], changed.json["groups"]) == ("neuf", None, [])
    assert changed.headers["ETag"] == '"2"'


def test_a_change_must_name_the_version_it_read(phone):
    path = f"/v1/external-cards/{added(phone)['id']}"
    assert phone.put(path, CARD).json["code"] == "precondition_required"
    assert phone.put(path, CARD, headers={"If-Match": '"7"'}).json["code"] == "precondition_failed"


def test_a_change_is_checked_as_an_addition_is(phone):
    path = f"/v1/external-cards/{added(phone)['id']}"
    answer = phone.put(path, CARD | {"code": "12"}, headers={"If-Match": '"1"'})
    assert answer.json["code"] == "code_length_wrong"


def test_a_card_cannot_be_changed_into_another_one(phone):
    added(phone, programme="a")
    path = f"/v1/external-cards/{added(phone, programme='b')['id']}"
    answer = phone.put(path, CARD | {"programme": "a"}, headers={"If-Match": '"1"'})
    assert answer.json["code"] == "external_card_held"


def test_a_card_that_is_known_is_not_sent_again(phone):
    path = f"/v1/external-cards/{added(phone)['id']}"
    assert phone.get(path, headers={"If-None-Match": '"1"'}).status_code == 304


def test_archiving_twice_is_once_and_can_be_taken_back(phone):
    path = f"/v1/external-cards/{added(phone)['id']}"
    first, again = (phone.post(f"{path}/archiving").json["archived_at"] for _ in range(2))
    assert first == again is not None
    assert phone.post(f"{path}/unarchiving").json["archived_at"] is None


def test_a_deleted_card_is_gone(phone):
    path = f"/v1/external-cards/{added(phone)['id']}"
    assert phone.delete(path).status_code == 204
    assert phone.get(path).json["code"] == "external_card_unknown"


def test_a_deletion_sent_twice_has_the_same_answer(phone):
    path = f"/v1/external-cards/{added(phone)['id']}"
    assert [phone.delete(path, key="k").status_code for _ in range(2)] == [204, 204]


@pytest.mark.parametrize(("kind", "begins"), [("svg", b"<?xml"), ("png", b"\x89PNG")])
def test_a_barcode_is_drawn(phone, kind, begins):
    answer = phone.get(f"/v1/external-cards/{added(phone)['id']}/barcode.{kind}")
    assert (answer.status_code, answer.data[: len(begins)]) == (200, begins)
    assert answer.mimetype in ("image/svg+xml", "image/png")


def test_a_number_has_no_barcode(phone):
    card = added(phone, symbology="none")
    answer = phone.get(f"/v1/external-cards/{card['id']}/barcode.svg")
    assert (answer.status_code, answer.json["code"]) == (409, "barcode_absent")


def test_somebody_elses_card_does_not_exist(phone):
    card = add(make_member())
    assert phone.get(f"/v1/external-cards/{card.id}").status_code == 404
    assert phone.get(f"/v1/external-cards/{card.id}/barcode.svg").status_code == 404


NOBODYS = uuid.UUID(int=7)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/v1/external-cards"),
        ("POST", "/v1/external-cards"),
        ("GET", f"/v1/external-cards/{NOBODYS}"),
        ("GET", f"/v1/external-cards/{NOBODYS}/barcode.png"),
        ("GET", "/v1/external-card-groups"),
    ],
)
def test_a_stranger_is_asked_to_sign_in(anyone, method, path):
    assert anyone.send(method, path).status_code == 401


def test_a_full_wallet_takes_no_more(member, monkeypatch, phone):
    monkeypatch.setattr(rows, "MOST_CARDS", 1)
    added(phone)
    answer = phone.post("/v1/external-cards", CARD | {"programme": "b"})
    assert (answer.status_code, answer.json["code"]) == (409, "too_many_external_cards")


def test_the_verb_refuses_what_is_held(member):
    add(member)
    with pytest.raises(ExternalCardHeld):
        add(member)
