"""Programmes over HTTP: what the brand writes, what members read."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.sql import db
from tests.factories import console_token, make_brand, make_console_user, make_member, make_store, member_token
from tests.programmes.factories import Club, put_in_force, rule
from tests.rights.factories import reads_of
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.programmes import queries
from wallet.programmes.rules import Period, Referral, RuleKind

DAY = timedelta(days=1)
MATCH = {"If-Match": '"1"'}


class Desk:
    """A club with its member's phone and the brand's console."""

    def __init__(self, anyone: Speaker, *rules: Any, **given: Any) -> None:
        self.now = datetime.now(UTC)
        self.club = Club(*rules, **given)
        self.phone = anyone.with_token(member_token(self.club.member))
        self.merchandiser, self.approver, self.admin, self.auditor = (
            anyone.with_token(console_token(make_console_user(self.club.brand, role)))
            for role in ("merchandiser", "approver", "admin", "auditor")
        )

    @property
    def brand(self) -> str:
        return f"/v1/brands/{self.club.brand.code}"

    def wish(self, **given: Any) -> dict[str, Any]:
        """The JSON of a version: two points per euro."""
        rules = [
            {
                "code": "euro",
                "kind": "amount",
                "title": {"fr": "2 points par euro", "en": "2 points per euro"},
                "currency_id": str(self.club.currency.id),
                "points": 2,
            }
        ]
        return {"currency": "EUR", "rules": rules} | given

    def reward(self, **given: Any) -> dict[str, Any]:
        words = {"fr": "Une boîte de thé", "en": "A tin of tea"}
        fields = {"code": "tea", "title": words, "text": words, "gives": {"kind": "material"}, "price": 50}
        return fields | {"currency_id": str(self.club.currency.id)} | given


@pytest.fixture
def desk(anyone: Speaker) -> Desk:
    return Desk(anyone, ladder={})


def test_a_version_is_drafted_by_one_and_approved_by_another(desk: Desk) -> None:
    made = desk.merchandiser.post("/v1/programme-versions", desk.wish())
    assert (made.status_code, made.json["version"], made.json["approved_at"]) == (201, 2, None)
    done = desk.approver.post("/v1/programme-versions/2/approval", headers=MATCH)
    assert (done.status_code, done.json["starts_at"] is not None) == (200, True)
    desk.club.buys(1000, now=datetime.now(UTC))
    assert desk.club.available == 20


def test_an_approved_version_never_changes(desk: Desk) -> None:
    desk.merchandiser.post("/v1/programme-versions", desk.wish())
    changed = desk.merchandiser.put("/v1/programme-versions/2", json=desk.wish(policy="only_pending"), headers=MATCH)
    assert changed.json["content"]["policy"] == "only_pending"
    desk.approver.post("/v1/programme-versions/2/approval", headers={"If-Match": '"2"'})
    again = desk.merchandiser.put("/v1/programme-versions/2", json=desk.wish(), headers={"If-Match": '"3"'})
    assert (again.status_code, again.json["code"]) == (409, "programme_approved")


def test_what_a_version_says_can_be_sent_back_as_it_is(desk: Desk) -> None:
    shown = desk.auditor.get("/v1/programme-versions/1").json
    again = desk.merchandiser.post("/v1/programme-versions", shown["content"])
    assert again.status_code == 201, again.json
    assert again.json["content"] == shown["content"]
    assert [one["version"] for one in desk.auditor.get("/v1/programme-versions").json["items"]] == [2, 1]


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"currency": "CHF"}, "/currency"),
        ({"policy": "unlimited"}, "/policy"),
        ({"starts_at": "0001-01-01T00:00:00+14:00"}, "/starts_at"),
        ({"ladder": {"currency_id": "00000000-0000-7000-8000-000000000000", "tiers": []}}, "/ladder/tiers"),
    ],
    ids=["another money", "a debt that is not allowed", "no time of ours", "no tiers"],
)
def test_what_contradicts_itself_is_refused_with_the_place(desk: Desk, given: dict[str, Any], pointer: str) -> None:
    answer = desk.merchandiser.post("/v1/programme-versions", desk.wish(**given))
    assert answer.status_code == 422
    assert pointer in [one["pointer"] for one in answer.json["errors"]]


@pytest.mark.parametrize("gtin", ["4006381333932", "123456789", "40063813339"])
def test_a_number_that_no_article_has_is_refused_when_a_rule_is_written(desk: Desk, gtin: str) -> None:
    wish = desk.wish()
    wish["rules"][0]["products"] = {"gtins": ["0036000291452", gtin]}
    answer = desk.merchandiser.post("/v1/programme-versions", wish)
    wrong = {
        "pointer": "/rules/0/products/gtins",
        "code": "gtin_wrong",
        "detail": f"{gtin} cannot be an article number (GTIN).",
    }
    assert (answer.status_code, answer.json["errors"]) == (422, [wrong])


def test_a_draft_of_before_with_a_number_that_no_article_has_is_not_approved(desk: Desk) -> None:
    made = desk.merchandiser.post("/v1/programme-versions", desk.wish())
    with db.system_transaction():
        version = db.all_of(queries.version_of(desk.club.brand.id, made.json["version"]))[0]
        wrong = made.json["content"]["rules"][0] | {"products": {"gtins": ["4006381333932"]}}
        version.content = made.json["content"] | {"rules": [wrong]}
    answer = desk.approver.post("/v1/programme-versions/2/approval", headers=MATCH)
    assert (answer.status_code, answer.json["code"]) == (422, "programme_contradictory")


def test_a_rule_for_a_store_that_is_not_the_brands_is_refused_whether_it_exists_or_not(desk: Desk) -> None:
    own, theirs, nobodys = make_store(desk.club.brand).id, make_store(make_brand()).id, uuid.uuid4()
    wish = desk.wish()
    wish["rules"][0]["when"] = {"stores": [str(own)]}
    assert desk.merchandiser.post("/v1/programme-versions", wish).status_code == 201
    told = []
    for stranger in (theirs, nobodys):
        wish["rules"][0]["when"] = {"stores": [str(own), str(stranger)]}
        answer = desk.merchandiser.post("/v1/programme-versions", wish)
        told.append((answer.status_code, answer.json["errors"]))
    assert told[0] == told[1]
    assert (told[0][0], [one["pointer"] for one in told[0][1]]) == (422, ["/rules/0/when/stores"])


def test_a_draft_of_before_for_a_strangers_store_is_not_approved(desk: Desk) -> None:
    made = desk.merchandiser.post("/v1/programme-versions", desk.wish())
    with db.system_transaction():
        version = db.all_of(queries.version_of(desk.club.brand.id, made.json["version"]))[0]
        rule = made.json["content"]["rules"][0]
        wrong = rule | {"when": rule["when"] | {"stores": [str(uuid.uuid4())]}}
        version.content = made.json["content"] | {"rules": [wrong]}
    answer = desk.approver.post("/v1/programme-versions/2/approval", headers=MATCH)
    assert (answer.status_code, [one["pointer"] for one in answer.json["errors"]]) == (422, ["/rules/0/when/stores"])


@pytest.mark.parametrize("keeps", ["0s", "0D", "23h", "0M"])
def test_a_tier_is_kept_for_a_day_at_least(desk: Desk, keeps: str) -> None:
    tier = {"code": "iron", "name": {"fr": "Fer", "en": "Iron"}, "from_points": 1}
    ladder = {"currency_id": str(desk.club.currency.id), "tiers": [tier], "keeps": keeps}
    answer = desk.merchandiser.post("/v1/programme-versions", desk.wish(ladder=ladder))
    assert [one["pointer"] for one in answer.json["errors"]] == ["/ladder/keeps"]


def test_a_number_that_no_version_can_have_is_not_there(desk: Desk) -> None:
    assert desk.auditor.get(f"/v1/programme-versions/{10**30}").status_code == 404


def test_a_rule_that_names_nothing_known_is_refused(desk: Desk) -> None:
    wish = desk.wish()
    wish["rules"].append(wish["rules"][0] | {"currency_id": str(desk.club.brand.id), "when": {"tiers": ["iron"]}})
    answer = desk.merchandiser.post("/v1/programme-versions", wish)
    found = {one["pointer"] for one in answer.json["errors"]}
    assert found == {"/rules/0/code", "/rules/1/code", "/rules/1/currency_id", "/rules/1/when/tiers"}


def test_a_draft_is_tried_on_what_was_bought_before_it_goes_live(desk: Desk) -> None:
    for _ in range(3):
        desk.club.buys(1000, now=desk.now - DAY)
    desk.merchandiser.post("/v1/programme-versions", desk.wish())
    asked = {"since": (desk.now - 2 * DAY).isoformat(), "until": desk.now.isoformat()}
    said = desk.merchandiser.post("/v1/programme-versions/2/simulation", asked).json
    assert (said["purchases"], said["members"], said["complete"]) == (3, 1, True)
    assert said["draft"]["rules"] == [{"code": "euro", "points": 60, "awards": 3, "cut": 0}]
    assert said["live"]["points"] == [{"currency_id": str(desk.club.currency.id), "points": 30}]
    assert desk.club.available == 30


def test_a_trial_says_when_it_did_not_look_at_everything(desk: Desk) -> None:
    for _ in range(2):
        desk.club.buys(1000, now=desk.now - DAY)
        desk.club.member = make_member()
    asked = {"since": (desk.now - 2 * DAY).isoformat(), "until": desk.now.isoformat(), "most": 1}
    said = desk.merchandiser.post("/v1/programme-versions/1/simulation", asked).json
    assert (said["purchases"], said["complete"]) == (1, False)


def test_a_trial_of_what_is_in_force_comes_to_what_was_given(anyone: Speaker) -> None:
    desk = Desk(anyone, rule(caps={Period.DAY: 15}))
    for days in (3, 3, 2):
        desk.club.buys(1000, now=desk.now - days * DAY)
    asked = {"since": (desk.now - 9 * DAY).isoformat(), "until": desk.now.isoformat()}
    said = desk.merchandiser.post("/v1/programme-versions/1/simulation", asked).json
    assert said["draft"]["rules"] == [{"code": "euro", "points": 25, "awards": 3, "cut": 5}]
    assert said["draft"] == said["live"]
    assert desk.club.available == 25


def test_a_member_reads_where_they_stand_and_what_the_next_tier_takes(desk: Desk) -> None:
    desk.club.buys(12000, now=desk.now)
    said = desk.phone.get(f"{desk.brand}/programme").json["tiers"]
    assert (said["points"], said["current"]["code"], said["current"]["name"]) == (120, "silver", "Silver")
    assert [(one["code"], one["missing"]) for one in said["opportunities"]] == [("gold", 380)]
    (risk,) = said["risks"]
    assert (risk["points_then"], risk["missing"], risk["falls_to"]) == (0, 100, None)


def test_a_member_reads_how_their_tier_came_to_be(desk: Desk) -> None:
    desk.club.buys(12000, now=desk.now)
    (step,) = desk.phone.get(f"{desk.brand}/tier-steps").json["items"]
    assert (step["before"], step["name"], step["reason"], step["points"]) == (None, "Silver", "reached", 120)
    assert step["why"] == "You earned 120 points."


def test_a_member_reads_why_a_purchase_gave_its_points(desk: Desk) -> None:
    bought = desk.club.buys(1240, now=desk.now)
    french = Speaker(desk.phone.client, desk.phone.token, "fr").get(f"/v1/purchases/{bought.id}/awards").json
    (award,) = french["items"]
    assert (award["points"], award["why"]) == (12, "1 point par euro, sur 12,40\xa0€")
    assert award["lines"] == [{"position": 1, "points": 12}]


def test_a_movement_of_points_says_the_same(desk: Desk) -> None:
    desk.club.buys(1240, now=desk.now)
    (movement,) = desk.phone.get(f"/v1/points/{desk.club.currency.id}/movements").json["items"]
    assert movement["why"] == "1 point per euro, on €12.40"


def test_a_catalogue_says_what_is_missing(desk: Desk) -> None:
    desk.club.buys(3000, now=desk.now)
    desk.club.reward(code="tea", price=50, stock=2)
    desk.club.reward(code="cup", price=20)
    said = desk.phone.get(f"{desk.brand}/rewards").json["items"]
    assert [(one["code"], one["available"], one["obstacles"], one["missing"]) for one in said] == [
        ("cup", True, [], 0),
        ("tea", False, ["not_enough_points"], 20),
    ]
    assert said[1]["why"] == ["You need 20 points more."]


def test_a_reward_goes_from_a_draft_to_a_hand_over(desk: Desk) -> None:
    desk.club.buys(9000, now=desk.now)
    made = desk.merchandiser.post("/v1/rewards", desk.reward(stock=1))
    address = f"/v1/rewards/{made.json['id']}"
    assert desk.approver.post(f"{address}/publication", headers=MATCH).json["status"] == "live"
    ordered = desk.phone.post(f"{address}/orders")
    assert (ordered.status_code, ordered.json["points"], ordered.json["state"]) == (201, 50, "ordered")
    order = f"/v1/console/reward-orders/{ordered.json['id']}"
    assert desk.admin.post(f"{order}/readiness").json["state"] == "ready"
    assert desk.admin.post(f"{order}/handover").json["state"] == "handed_over"
    assert desk.phone.post(f"/v1/reward-orders/{ordered.json['id']}/cancellation").json["code"] == "reward_order_over"
    assert [one["state"] for one in desk.phone.get("/v1/reward-orders").json["items"]] == ["handed_over"]


def test_too_few_points_are_refused_with_what_is_missing(desk: Desk) -> None:
    reward = desk.club.reward()
    answer = desk.phone.post(f"/v1/rewards/{reward.id}/orders")
    assert (answer.status_code, answer.json["facts"]["missing"]) == (409, 50)


def test_the_same_order_sent_twice_is_one(desk: Desk) -> None:
    desk.club.buys(9000, now=desk.now)
    reward = desk.club.reward()
    first, second = (desk.phone.post(f"/v1/rewards/{reward.id}/orders", key="once") for _ in range(2))
    assert (second.data, desk.club.available) == (first.data, 40)


def test_a_stock_is_set_by_whoever_read_it_last(desk: Desk) -> None:
    desk.club.buys(9000, now=desk.now)
    reward = desk.club.reward(stock=1)
    desk.phone.post(f"/v1/rewards/{reward.id}/orders")
    late = desk.merchandiser.put(f"/v1/rewards/{reward.id}/stock", json={"stock": 5}, headers={"If-Match": '"2"'})
    assert late.status_code == 412
    assert desk.merchandiser.get(f"/v1/rewards/{reward.id}").json["stock"] == 0


def test_a_member_cancels_what_they_ordered(desk: Desk) -> None:
    desk.club.buys(9000, now=desk.now)
    made = desk.phone.post(f"/v1/rewards/{desk.club.reward().id}/orders").json
    assert desk.phone.post(f"/v1/reward-orders/{made['id']}/cancellation").json["state"] == "cancelled"
    assert desk.club.available == 90


def test_whoever_looks_at_orders_leaves_a_trace(desk: Desk) -> None:
    desk.club.buys(9000, now=desk.now)
    desk.phone.post(f"/v1/rewards/{desk.club.reward().id}/orders")
    assert len(desk.auditor.get("/v1/console/reward-orders").json["items"]) == 1
    assert reads_of(desk.club.member.id) == [("auditor", ("account",))]


def test_ending_a_reward_waits_for_nobody_and_twice_is_once(desk: Desk) -> None:
    reward = desk.club.reward(stock=2)
    desk.merchandiser.put(f"/v1/rewards/{reward.id}/stock", json={"stock": 5}, headers={"If-Match": '"2"'})
    first, second = (desk.merchandiser.post(f"/v1/rewards/{reward.id}/end") for _ in range(2))
    assert (first.json["status"], first.headers["ETag"], second.headers["ETag"]) == ("ended", '"4"', '"4"')


def test_a_reward_of_points_needs_a_currency_of_the_brand(desk: Desk) -> None:
    gives = {"kind": "points", "currency_id": str(desk.club.currency.id), "points": 5}
    answer = desk.merchandiser.post("/v1/rewards", desk.reward(gives=gives))
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/gives/currency_id")


def test_an_event_earns_once_by_its_reference(anyone: Speaker) -> None:
    desk = Desk(anyone, rule("rating", RuleKind.EVENT, points=25, event="rating"))
    card = make_card(desk.club.member, desk.club.brand)
    said = {"card_id": str(card.id), "event": "rating", "reference": "review 7"}
    for _ in range(2):
        answer = desk.admin.post("/v1/programme-events", said)
        assert (answer.status_code, [one["points"] for one in answer.json["items"]]) == (201, [25])
    assert desk.club.available == 25
    assert desk.admin.post("/v1/programme-events", said | {"event": "birthday"}).json == {"items": []}


def test_a_member_gives_their_code_and_another_declares_it(anyone: Speaker) -> None:
    desk = Desk(anyone, in_force=False)
    said = Referral(desk.club.currency.id, 100, 50)
    put_in_force(desk.club.brand, desk.club.programme(referral=said))
    code = desk.phone.post(f"{desk.brand}/referral-code").json["code"]
    friend = anyone.with_token(member_token(make_member()))
    assert friend.post(f"{desk.brand}/referral", {"code": code}).json["state"] == "waiting"
    assert desk.phone.get(f"{desk.brand}/referrals").json["brought"] == {"waiting": 1}
    assert friend.get(f"{desk.brand}/referrals").json["mine"]["state"] == "waiting"
    assert desk.phone.post(f"{desk.brand}/referral", {"code": code}).json["code"] == "referral_of_oneself"


def test_without_a_programme_there_is_nothing_to_read(anyone: Speaker) -> None:
    desk = Desk(anyone, in_force=False)
    assert desk.phone.get(f"{desk.brand}/programme").status_code == 404
    assert desk.phone.post(f"{desk.brand}/referral-code").json["code"] == "referral_not_offered"


def test_versions_of_another_brand_are_not_there(desk: Desk, anyone: Speaker) -> None:
    desk.merchandiser.post("/v1/programme-versions", desk.wish())
    other = Desk(anyone)
    asked = {"since": desk.now.isoformat(), "until": desk.now.isoformat()}
    answers = [
        other.merchandiser.get("/v1/programme-versions/2"),
        other.merchandiser.put("/v1/programme-versions/2", json=other.wish(), headers=MATCH),
        other.merchandiser.post("/v1/programme-versions/2/simulation", asked),
        other.approver.post("/v1/programme-versions/2/approval", headers=MATCH),
    ]
    assert [answer.json["code"] for answer in answers] == ["programme_unknown"] * 4
    assert len(other.merchandiser.get("/v1/programme-versions").json["items"]) == 1


def test_awards_of_others_are_not_there(desk: Desk, anyone: Speaker) -> None:
    bought = desk.club.buys(1000, now=desk.now)
    other = anyone.with_token(member_token(make_member()))
    assert other.get(f"/v1/purchases/{bought.id}/awards").status_code == 404


@pytest.mark.parametrize(
    ("method", "path"), [("POST", "/v1/programme-versions"), ("GET", "/v1/rewards"), ("GET", "/v1/reward-orders")]
)
def test_strangers_stay_outside(anyone: Speaker, method: str, path: str) -> None:
    assert anyone.send(method, path, json={} if method == "POST" else None).status_code == 401


def test_roles_keep_to_their_doors(desk: Desk) -> None:
    assert desk.approver.post("/v1/programme-versions", desk.wish()).status_code == 403
    assert desk.merchandiser.post("/v1/programme-versions/1/approval", headers=MATCH).status_code == 403
    assert desk.phone.get("/v1/rewards").status_code == 403
    assert desk.admin.get("/v1/reward-orders").status_code == 403
