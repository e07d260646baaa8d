"""The console over HTTP: draft, read, change, approve, pause, resume, end."""

import uuid
from typing import Any

import pytest

from app.factory import Ici
from app.sql import db
from offers.planning import description
from offers.planning.models import Offer, OfferVersion
from tests.factories import (
    console_token,
    make_area,
    make_brand,
    make_console_user,
    make_member,
    make_store,
    member_token,
)
from tests.planning.factories import Desk, body, match
from tests.racing import at_once
from tests.speaking import Speaker

OPERATIONS = [
    ("POST", "/v1/offers"),
    ("GET", "/v1/offers"),
    ("GET", "/v1/offers/{id}"),
    ("GET", "/v1/offers/{id}/versions"),
    ("PUT", "/v1/offers/{id}"),
    ("POST", "/v1/offers/{id}/approval"),
    ("POST", "/v1/offers/{id}/pause"),
    ("POST", "/v1/offers/{id}/resume"),
    ("POST", "/v1/offers/{id}/end"),
]
ON_ONE = [operation for operation in OPERATIONS if "{id}" in operation[1]]


@pytest.fixture
def desk(anyone: Speaker) -> Desk:
    return Desk(anyone)


def created(desk: Desk, **given: Any) -> Any:
    answer = desk.merchandiser.post("/v1/offers", body(**given))
    assert answer.status_code == 201, answer.json
    return answer


def approved(desk: Desk, **given: Any) -> Any:
    draft = created(desk, **given)
    answer = desk.approver.post(f"/v1/offers/{draft.json['id']}/approval", headers=match(draft))
    assert answer.status_code == 200, answer.json
    return answer


def pointers(answer: Any) -> list[str]:
    return [error["pointer"] for error in answer.json["errors"]]


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_stranger_is_asked_to_sign_in(anyone: Speaker, method: str, path: str) -> None:
    assert anyone.send(method, path.format(id=uuid.uuid4()), json={}).status_code == 401


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_a_member_may_not(anyone: Speaker, method: str, path: str) -> None:
    member = anyone.with_token(member_token(make_member()))
    assert member.send(method, path.format(id=uuid.uuid4()), json={}).status_code == 403


@pytest.mark.parametrize(("method", "path"), [operation for operation in OPERATIONS if operation[0] != "GET"])
def test_an_auditor_only_reads(desk: Desk, method: str, path: str) -> None:
    assert desk.auditor.send(method, path.format(id=uuid.uuid4()), json={}).status_code == 403


def test_a_merchandiser_may_not_approve(desk: Desk) -> None:
    draft = created(desk)
    answer = desk.merchandiser.post(f"/v1/offers/{draft.json['id']}/approval", headers=match(draft))
    assert answer.status_code == 403


@pytest.mark.parametrize(("method", "path"), ON_ONE)
def test_another_brands_offer_does_not_exist(anyone: Speaker, desk: Desk, method: str, path: str) -> None:
    draft, other = created(desk), Desk(anyone)
    speaker = other.approver if "approval" in path else other.merchandiser
    answer = speaker.send(
        method, path.format(id=draft.json["id"]), json=body() if method == "PUT" else None, headers=match(draft)
    )
    assert (answer.status_code, answer.json["code"]) == (404, "offer_unknown")


def test_a_draft_says_what_was_written(desk: Desk) -> None:
    area = make_area(desk.brand, desk.store)
    targets = {"areas": [str(area.id)], "stores": [str(desk.store.id)]}
    limits = {"total": 100, "per_day": 10, "per_member": 2}
    offer = created(desk, targets=targets, limits=limits, priority=7, coupon_valid_days=3).json
    assert (offer["status"], offer["live"]) == ("draft", None)
    assert offer["draft"]["targets"] == targets
    assert offer["draft"]["limits"] == limits
    assert (offer["draft"]["priority"], offer["draft"]["coupon_valid_days"]) == (7, 3)
    assert (offer["draft"]["starts_local"], offer["draft"]["ends_local"]) == ("2026-01-01T00:00", "2099-01-01T00:00")


def test_article_numbers_come_back_as_they_were_sent(desk: Desk) -> None:
    gtins = ["0036000291452", "036000291452"]
    draft = created(desk, in_a_sale={"products": {"gtins": gtins}}).json["draft"]
    assert draft["in_a_sale"]["products"]["gtins"] == gtins


@pytest.mark.parametrize("gtin", ["4006381333932", "123456789", "40063813339"])
def test_a_number_that_no_article_has_is_refused_when_an_offer_is_written(desk: Desk, gtin: str) -> None:
    wrong = body(in_a_sale={"products": {"gtins": ["0036000291452", gtin]}})
    answer = desk.merchandiser.post("/v1/offers", wrong)
    assert (answer.status_code, answer.json["code"]) == (422, "article_number_wrong")
    assert answer.json["errors"] == [
        {
            "pointer": "/in_a_sale/products/gtins",
            "code": "gtin_wrong",
            "detail": f"{gtin} cannot be an article number (GTIN).",
        },
    ]


def test_a_draft_of_before_with_a_number_that_no_article_has_is_not_approved(desk: Desk) -> None:
    draft = created(desk, in_a_sale={"products": {"gtins": ["0036000291452"]}})
    with db.system_transaction():
        version = db.session().get_one(OfferVersion, (uuid.UUID(draft.json["id"]), 1))
        version.products = {"gtins": ["4006381333932"]}
    answer = desk.approver.post(f"/v1/offers/{draft.json['id']}/approval", headers=match(draft))
    assert (answer.status_code, answer.json["code"]) == (422, "article_number_wrong")


@pytest.mark.parametrize(
    ("ends_local", "last_day", "french", "english"),
    [
        ("2098-12-31", "2098-12-31", "Jusqu'au 31 décembre 2098", "Until 31 December 2098"),
        ("2098-01-01", "2098-01-01", "Jusqu'au 1er janvier 2098", "Until 1 January 2098"),
        ("2098-12-31T00:00", "2098-12-30", "Jusqu'au 30 décembre 2098", "Until 30 December 2098"),
        ("2098-11-11T19:30", "2098-11-11", "Jusqu'au 11 novembre 2098 à 19:30", "Until 11 November 2098, 19:30"),
    ],
)
def test_an_offer_says_its_last_day_in_words(
    desk: Desk, ends_local: str, last_day: str, french: str, english: str
) -> None:
    offer = approved(desk, ends_local=ends_local)
    assert offer.json["live"]["last_day"] == last_day
    with db.system_transaction():
        version = db.session().get_one(OfferVersion, (uuid.UUID(offer.json["id"]), 1))
        cards = [description.card_of(version, language) for language in ("fr", "en")]
    assert [(card["last_day"], card["until"]) for card in cards] == [(last_day, french), (last_day, english)]


def test_a_draft_may_say_that_its_coupons_end_with_it(desk: Desk) -> None:
    drafts = [created(desk).json, created(desk, coupon_ends_with_offer=True).json]
    assert [one["draft"]["coupon_ends_with_offer"] for one in drafts] == [False, True]


def test_what_is_left_out_has_its_default(desk: Desk) -> None:
    draft = created(desk).json["draft"]
    assert draft["limits"] == {"total": None, "per_day": None, "per_member": 1}
    assert (draft["priority"], draft["coupon_valid_days"]) == (50, 30)


@pytest.mark.parametrize(
    "benefit",
    [
        {"kind": "percent", "percent": 10},
        {"kind": "amount", "amount_minor": 500, "currency": "EUR"},
        {"kind": "free_item", "item": {"fr": "Un café", "en": "A coffee"}},
        {"kind": "points", "points": 200},
    ],
)
def test_every_kind_of_benefit_comes_back_as_it_went(desk: Desk, benefit: dict[str, Any]) -> None:
    assert created(desk, benefit=benefit).json["draft"]["benefit"] == benefit


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"benefit": {"kind": "percent"}}, "/benefit/percent"),
        ({"benefit": {"kind": "percent", "percent": 101}}, "/benefit/percent"),
        ({"benefit": {"kind": "percent", "percent": 10, "points": 5}}, "/benefit/points"),
        ({"benefit": {"kind": "magic"}}, "/benefit/kind"),
        ({"benefit": {"kind": "amount", "amount_minor": 100, "currency": "USD"}}, "/benefit/currency"),
        ({"targets": {}}, "/targets"),
        ({"targets": {"brand": True, "stores": [str(uuid.uuid4())]}}, "/targets"),
        ({"targets": {"stores": [str(uuid.uuid4())]}}, "/targets/stores/0"),
        ({"ends_local": "2026-01-01T00:00"}, "/ends_local"),
        ({"starts_local": "2026-02-30"}, "/starts_local"),
        ({"starts_local": "2026-01-01T09:00:00Z"}, "/starts_local"),
        ({"starts_local": "2026-W01-1"}, "/starts_local"),
        ({"ends_local": "9999-12-31"}, "/ends_local"),
        ({"limits": {"total": 0}}, "/limits/total"),
        ({"limits": {"total": 2_000_000_000}}, "/limits/total"),
        ({"limits": {"per_member": None}}, "/limits/per_member"),
        ({"priority": 101}, "/priority"),
        ({"title": {"fr": "\u0000", "en": "x"}}, "/title/fr"),
        ({"title": {"fr": "   ", "en": "x"}}, "/title/fr"),
        ({"surprise": 1}, "/surprise"),
    ],
)
def test_a_wrong_value_is_pointed_at(desk: Desk, given: dict[str, Any], pointer: str) -> None:
    answer = desk.merchandiser.post("/v1/offers", body(**given))
    assert answer.status_code == 422
    assert pointers(answer) == [pointer]


def test_another_brands_store_cannot_be_a_target(desk: Desk) -> None:
    foreign = make_store(make_brand())
    targets = {"stores": [str(desk.store.id), str(foreign.id)]}
    answer = desk.merchandiser.post("/v1/offers", body(targets=targets))
    assert (answer.status_code, answer.json["code"]) == (422, "target_unknown")
    assert pointers(answer) == ["/targets/stores/1"]


def test_an_end_date_is_included(desk: Desk) -> None:
    draft = created(desk, starts_local="2026-05-18", ends_local="2026-05-18").json["draft"]
    assert (draft["starts_local"], draft["ends_local"]) == ("2026-05-18T00:00", "2026-05-19T00:00")


def test_a_list_can_be_narrowed_to_a_status(desk: Desk) -> None:
    draft, live = created(desk), approved(desk)
    found = desk.auditor.get("/v1/offers?status=live").json["items"]
    assert [offer["id"] for offer in found] == [live.json["id"]]
    assert draft.json["id"] in [offer["id"] for offer in desk.auditor.get("/v1/offers").json["items"]]


def test_a_list_goes_on_where_the_page_ended(desk: Desk) -> None:
    made = [created(desk).json["id"] for _ in range(3)]
    first = desk.auditor.get("/v1/offers?limit=2")
    second = desk.auditor.get(first.json["next"])
    listed = [offer["id"] for offer in first.json["items"] + second.json["items"]]
    assert sorted(listed) == sorted(made)
    assert second.json["next"] is None


def test_a_reader_who_has_the_version_gets_no_body(desk: Desk) -> None:
    draft = created(desk)
    weak = f"W/{draft.headers['ETag']}"  # as a compressing proxy may send it
    answer = desk.auditor.get(f"/v1/offers/{draft.json['id']}", headers={"If-None-Match": weak})
    assert (answer.status_code, answer.data) == (304, b"")


def test_a_reader_with_an_old_version_gets_the_new_one(desk: Desk) -> None:
    draft = created(desk)
    url = f"/v1/offers/{draft.json['id']}"
    desk.merchandiser.put(url, body(priority=1), headers=match(draft))
    answer = desk.auditor.get(url, headers={"If-None-Match": draft.headers["ETag"]})
    assert answer.json["draft"]["priority"] == 1


def test_a_change_needs_the_version_that_was_read(desk: Desk) -> None:
    draft = created(desk)
    answer = desk.merchandiser.put(f"/v1/offers/{draft.json['id']}", body())
    assert answer.status_code == 428


@pytest.mark.parametrize(("etag", "status"), [("*", 428), ('"99"', 412), ('W/"1"', 412), ("1", 412), ('"1", "2"', 412)])
def test_only_the_exact_version_matches(desk: Desk, etag: str, status: int) -> None:
    draft = created(desk)
    answer = desk.merchandiser.put(f"/v1/offers/{draft.json['id']}", body(), headers={"If-Match": etag})
    assert answer.status_code == status


def test_two_editors_cannot_overwrite_each_other(desk: Desk) -> None:
    draft = created(desk)
    url = f"/v1/offers/{draft.json['id']}"
    first = desk.merchandiser.put(url, body(priority=1), headers=match(draft))
    second = desk.merchandiser.put(url, body(priority=2), headers=match(draft))
    assert (first.status_code, second.status_code) == (200, 412)
    assert desk.auditor.get(url).json["draft"]["priority"] == 1


def test_a_change_of_a_live_offer_waits_beside_it(desk: Desk) -> None:
    live = approved(desk)
    changed = desk.merchandiser.put(f"/v1/offers/{live.json['id']}", body(priority=1), headers=match(live)).json
    assert (changed["status"], changed["live"]["version"], changed["live"]["priority"]) == ("live", 1, 50)
    assert (changed["draft"]["version"], changed["draft"]["priority"]) == (2, 1)


def test_an_approved_change_comes_into_force(desk: Desk) -> None:
    live = approved(desk)
    url = f"/v1/offers/{live.json['id']}"
    changed = desk.merchandiser.put(url, body(priority=1), headers=match(live))
    now = desk.approver.post(f"{url}/approval", headers=match(changed)).json
    assert (now["live"]["version"], now["live"]["priority"], now["draft"]) == (2, 1, None)


def test_versions_tell_who_wrote_and_who_approved(desk: Desk) -> None:
    live = approved(desk)
    url = f"/v1/offers/{live.json['id']}"
    desk.merchandiser.put(url, body(), headers=match(live))
    versions = desk.auditor.get(f"{url}/versions").json["items"]
    assert [version["version"] for version in versions] == [2, 1]
    assert [version["approved_by"] is None for version in versions] == [True, False]
    assert all(version["drafted_by"] and version["drafted_at"] for version in versions)


def test_whoever_wrote_the_draft_cannot_approve_it(anyone: Speaker, desk: Desk) -> None:
    author = make_console_user(desk.brand)
    speaker = anyone.with_token(console_token(author))
    draft = speaker.post("/v1/offers", body())
    with db.system_transaction():
        db.get(type(author), author.id).role = "approver"
    answer = speaker.post(f"/v1/offers/{draft.json['id']}/approval", headers=match(draft))
    assert (answer.status_code, answer.json["code"]) == (403, "self_approval")


def test_nothing_to_approve_is_said(desk: Desk) -> None:
    live = approved(desk)
    answer = desk.approver.post(f"/v1/offers/{live.json['id']}/approval", headers=match(live))
    assert (answer.status_code, answer.json["code"]) == (409, "nothing_to_approve")


def test_an_offer_whose_window_is_over_cannot_be_approved(desk: Desk) -> None:
    draft = created(desk, starts_local="2020-01-01", ends_local="2020-01-31")
    answer = desk.approver.post(f"/v1/offers/{draft.json['id']}/approval", headers=match(draft))
    assert (answer.status_code, answer.json["code"]) == (409, "offer_window_over")


def test_an_offer_is_paused_resumed_and_ended(desk: Desk) -> None:
    answer = approved(desk)
    url, statuses = f"/v1/offers/{answer.json['id']}", []
    for act in ("pause", "resume", "end"):
        answer = desk.merchandiser.post(f"{url}/{act}", headers=match(answer))
        statuses.append(answer.json["status"])
    assert statuses == ["paused", "live", "ended"]


@pytest.mark.parametrize(
    ("acts", "code"),
    [
        (["resume"], "offer_not_paused"),
        (["pause", "pause"], "offer_not_live"),
        (["end", "end"], "offer_ended"),
        (["end", "pause"], "offer_ended"),
        (["end", "resume"], "offer_ended"),
    ],
)
def test_a_state_that_does_not_allow_it_says_so(desk: Desk, acts: list[str], code: str) -> None:
    answer = approved(desk)
    url = f"/v1/offers/{answer.json['id']}"
    for act in acts[:-1]:
        answer = desk.merchandiser.post(f"{url}/{act}", headers=match(answer))
    refused = desk.merchandiser.post(f"{url}/{acts[-1]}", headers=match(answer))
    assert (refused.status_code, refused.json["code"]) == (409, code)


def test_an_ended_offer_cannot_be_changed(desk: Desk) -> None:
    live = approved(desk)
    url = f"/v1/offers/{live.json['id']}"
    ended = desk.approver.post(f"{url}/end", headers=match(live))
    answer = desk.merchandiser.put(url, body(), headers=match(ended))
    assert (answer.status_code, answer.json["code"]) == (409, "offer_ended")


@pytest.mark.parametrize("act", ["pause", "end"])
@pytest.mark.parametrize("headers", [{}, {"If-Match": '"1"'}, {"If-Match": "*"}], ids=["none", "past", "any"])
def test_stopping_an_offer_waits_for_nobody_who_edits_it(desk: Desk, act: str, headers: dict[str, str]) -> None:
    live = approved(desk)
    url = f"/v1/offers/{live.json['id']}"
    edited = desk.merchandiser.put(url, body(priority=1), headers=match(live))
    stopped = desk.merchandiser.post(f"{url}/{act}", headers=headers)
    assert (stopped.status_code, stopped.json["revision"]) == (200, edited.json["revision"] + 1)


def test_a_draft_is_dropped_by_whoever_has_not_read_it(desk: Desk) -> None:
    draft = created(desk)
    assert desk.merchandiser.post(f"/v1/offers/{draft.json['id']}/end").json["status"] == "ended"


def test_an_approved_change_of_a_paused_offer_leaves_it_paused(desk: Desk) -> None:
    live = approved(desk)
    url = f"/v1/offers/{live.json['id']}"
    paused = desk.merchandiser.post(f"{url}/pause", headers=match(live))
    changed = desk.merchandiser.put(url, body(priority=1), headers=match(paused))
    now = desk.approver.post(f"{url}/approval", headers=match(changed)).json
    assert (now["status"], now["live"]["version"]) == ("paused", 2)


def test_a_draft_sent_twice_is_one_offer(desk: Desk) -> None:
    first = desk.merchandiser.post("/v1/offers", body(), key="draft-1")
    again = desk.merchandiser.post("/v1/offers", body(), key="draft-1")
    assert again.data == first.data
    assert again.headers["ETag"] == first.headers["ETag"]
    with db.system_transaction():
        assert db.session().query(Offer).where(Offer.brand_id == desk.brand.id).count() == 1


@pytest.mark.usefixtures("crowd")
def test_of_16_editors_at_once_one_writes_and_15_are_told(app: Ici, desk: Desk) -> None:
    draft = created(desk)
    url = f"/v1/offers/{draft.json['id']}"

    def edit(number: int) -> int:
        speaker = Speaker(app.test_client(), desk.merchandiser.token)
        return speaker.put(url, body(priority=number), headers=match(draft)).status_code

    assert sorted(at_once(16, edit)) == [200] + [412] * 15
