import uuid
from typing import Any

from tests.factories import NOON, console_token, make_console_user, make_member, member_token
from tests.planning.factories import Desk, body
from tests.rehearsal.factories import Regulars
from tests.speaking import Speaker


def drafted(desk: Desk) -> str:
    """A draft of next week, made at the console."""
    made = desk.merchandiser.post("/v1/offers", body())
    offer: str = made.get_json()["id"]
    return offer


def of(offer: str) -> str:
    return f"/v1/offers/{offer}/rehearsals"


def test_whoever_plans_or_approves_sees_what_an_offer_would_do(anyone: Speaker) -> None:
    desk = Desk(anyone)
    offer = drafted(desk)
    for someone in (desk.merchandiser, desk.approver):
        answer = someone.post(of(offer), {})
        assert answer.status_code == 200, answer.get_json()
        assert {one["code"] for one in answer.get_json()["figures"]} >= {"reach", "uses", "cost_minor"}


def test_each_number_is_said_in_both_languages(anyone: Speaker) -> None:
    desk = Desk(anyone)
    offer = drafted(desk)
    said: dict[str, Any] = {}
    for language in ("fr", "en"):
        desk.merchandiser.language = language
        said[language] = desk.merchandiser.post(of(offer), {}).get_json()
    for kind in ("figures", "not_known"):
        pairs = zip(said["fr"][kind], said["en"][kind], strict=True)
        assert all(fr["code"] == en["code"] and fr["text"] != en["text"] for fr, en in pairs)


def test_too_few_members_are_said_in_words_and_never_in_numbers(anyone: Speaker) -> None:
    desk = Desk(anyone)
    answer = desk.merchandiser.post(of(drafted(desk)), {}).get_json()
    [reach] = [one for one in answer["figures"] if one["code"] == "reach"]
    assert (reach["expected"], "fewer than 5" in reach["text"]) == (None, True)


def test_the_same_key_gives_the_same_rehearsal_though_the_past_goes_on(anyone: Speaker) -> None:
    shop = Regulars(6)
    merchandiser = anyone.with_token(console_token(make_console_user(shop.brand)))
    offer = merchandiser.post("/v1/offers", body()).get_json()["id"]
    first = merchandiser.post(of(offer), {}, key="rehearsal-1")
    shop.buy(at=NOON)
    assert merchandiser.post(of(offer), {}, key="rehearsal-1").data == first.data


def test_another_brand_s_offer_is_unknown(anyone: Speaker) -> None:
    offer = drafted(Desk(anyone))
    assert Desk(anyone).merchandiser.post(of(offer), {}).get_json()["code"] == "offer_unknown"


def test_strangers_and_auditors_rehearse_nothing(anyone: Speaker) -> None:
    desk = Desk(anyone)
    offer = drafted(desk)
    assert anyone.post(of(offer), {}).status_code == 401
    assert desk.auditor.post(of(offer), {}).status_code == 403
    assert anyone.with_token(member_token(make_member())).post(of(offer), {}).status_code == 403


def test_a_version_that_is_not_there_is_said(anyone: Speaker) -> None:
    desk = Desk(anyone)
    offer = drafted(desk)
    assert desk.merchandiser.post(of(offer), {"version": 9}).get_json()["code"] == "offer_version_unknown"
    assert desk.merchandiser.post(of(str(uuid.uuid4())), {}).get_json()["code"] == "offer_unknown"
    assert desk.merchandiser.post(of(offer), {"days": 6}).status_code == 422


def test_a_foreign_brand_with_a_past_changes_nothing(anyone: Speaker) -> None:
    desk = Desk(anyone)
    other = Regulars(6)
    other.buy(at=NOON)
    figures = desk.merchandiser.post(of(drafted(desk)), {}).get_json()["figures"]
    assert {one["expected"] for one in figures} == {None}
