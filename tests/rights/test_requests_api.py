"""A member asks for a right; what a programme can do is done at once, the rest is answered by a person of the brand."""

import pytest

from tests.factories import make_member, member_token
from tests.speaking import Speaker
from tests.world import Side, make_side, review_by


@pytest.fixture(scope="module")
def side(app: object) -> Side:
    return make_side(Speaker(app.test_client()))  # type: ignore[attr-defined]


@pytest.fixture
def phone(anyone: Speaker) -> Speaker:
    return anyone.with_token(member_token(make_member()))


@pytest.mark.parametrize(("kind", "export"), [("access", "/v1/me/export"), ("portability", "/v1/me/portability")])
def test_an_export_is_answered_when_it_is_asked(phone: Speaker, kind: str, export: str) -> None:
    said = phone.post("/v1/rights-requests", {"kind": kind}).get_json()
    assert (said["state"], said["export_url"], phone.get(export).status_code) == ("answered", export, 200)


@pytest.mark.parametrize("kind", ["rectification", "review"])
def test_what_a_person_reads_needs_words(phone: Speaker, kind: str) -> None:
    refused = phone.post("/v1/rights-requests", {"kind": kind})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "statement_missing")
    assert phone.get("/v1/rights-requests").get_json()["items"] == []


def test_a_request_to_an_unknown_brand_is_not_recorded(phone: Speaker) -> None:
    assert phone.post("/v1/rights-requests", {"kind": "access", "brand": "nowhere"}).status_code == 404
    assert phone.get("/v1/rights-requests").get_json()["items"] == []


def test_a_request_asks_for_no_proof_of_identity(phone: Speaker) -> None:
    refused = phone.post("/v1/rights-requests", {"kind": "access", "identity_card": "…"})
    assert refused.status_code == 422


def test_a_brand_takes_extends_and_answers_and_the_member_sees_each(side: Side) -> None:
    made = side.phone.post("/v1/rights-requests", review_by(side.brand)).get_json()
    desk, mine = f"/v1/console/rights-requests/{made['id']}", f"/v1/rights-requests/{made['id']}"
    admin = side.console["admin"]  # type: ignore[index]
    states = [side.phone.get(mine).get_json()["state"]]
    for act, body in (("taking", None), ("extension", {"reason": "Archives"}), ("answer", {"text": "Corrigé."})):
        assert admin.post(f"{desk}/{act}", body).status_code == 200
        states.append(side.phone.get(mine).get_json()["state"])
    assert states == ["received", "in_progress", "extended", "answered"]
    said = side.phone.get(mine).get_json()
    assert (said["answer"], said["extension_reason"], said["due_at"] > made["due_at"]) == ("Corrigé.", "Archives", True)


def test_a_refusal_gives_its_reason(side: Side) -> None:
    made = side.phone.post("/v1/rights-requests", review_by(side.brand)).get_json()
    admin = side.console["admin"]  # type: ignore[index]
    admin.post(f"/v1/console/rights-requests/{made['id']}/refusal", {"reason": "Demande répétée."})
    said = side.phone.get(f"/v1/rights-requests/{made['id']}").get_json()
    assert (said["state"], said["refusal_reason"]) == ("refused", "Demande répétée.")


def test_a_brand_lists_what_it_was_asked_by_state(side: Side) -> None:
    listed = side.console["auditor"].get("/v1/console/rights-requests?state=received").get_json()["items"]  # type: ignore[index]
    assert side.request_id in {item["id"] for item in listed}
    assert {item["state"] for item in listed} == {"received"}


def test_a_request_to_the_wallet_is_no_brands(side: Side) -> None:
    made = side.phone.post("/v1/rights-requests", {"kind": "review", "statement": "x"}).get_json()
    answer = side.console["admin"].get(f"/v1/console/rights-requests/{made['id']}")  # type: ignore[index]
    assert answer.status_code == 404


def test_requests_are_said_in_the_same_words_in_both_languages(phone: Speaker) -> None:
    said = [
        Speaker(phone.client, phone.token, language).post("/v1/rights-requests", {"kind": "review"}).get_json()
        for language in ("fr", "en")
    ]
    assert [one["code"] for one in said] == ["statement_missing"] * 2
    assert said[0]["title"] != said[1]["title"]
