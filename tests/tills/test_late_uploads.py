"""What a till did without a network: accepted, refused, accepted with a conflict, or known; and nothing else."""

import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from offers.offline import late_acts
from offers.offline.late_acts import LateAct, LateVerdict
from offers.tills import batches
from tests.authenticity.factories import shows_google
from tests.checkout.test_by_themselves import offers
from tests.coupons.factories import accept, give_away, redeem
from tests.factories import make_member, make_terminal, member_token
from tests.racing import at_once
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill


@pytest.fixture(autouse=True)
def seen() -> Iterator[list[LateAct]]:
    """A judge who lets a terminal burn 100 points, and redeem what it likes; what it was asked."""
    asked: list[LateAct] = []

    def judge(act: LateAct, now: datetime) -> LateVerdict:
        asked.append(act)
        is_revoked = act.revoked_at is not None and act.revoked_at <= act.occurred_at
        if is_revoked or act.points > 100:
            return LateVerdict(False, "revoked" if is_revoked else "offline_limit")
        return LateVerdict(True, None, "limits")

    before = late_acts.JUDGES[:]
    late_acts.JUDGES[:] = [judge]
    yield asked
    late_acts.JUDGES[:] = before


def test_what_it_was_entitled_to_is_done(till: RecordingTill) -> None:
    coupon = till.percent(10)
    scans = [till.late("redeem", coupon.code), till.late("burn", points=till.burning(100)), till.late("identify")]
    assert till.results(*scans) == [("ok", None)] * 3
    assert till.available == 100
    assert till.conflicts() == []


def test_a_coupon_is_judged_by_the_hour_at_which_it_was_used(till: RecordingTill) -> None:
    coupon = till.percent(10)
    occurred_at = datetime.now(UTC) - timedelta(seconds=1)
    [one] = till.brings(till.late("redeem", coupon.code, occurred_at=occurred_at.isoformat()))
    assert one["answer"]["redemption"]["redeemed_at"][:19] == occurred_at.isoformat()[:19]


def test_a_coupon_used_elsewhere_meanwhile_is_a_conflict_with_its_loss(till: RecordingTill) -> None:
    coupon = till.percent(10)
    redeem(coupon, till.terminal, now=datetime.now(UTC))
    [one] = till.brings(till.late("redeem", coupon.code, value_minor=250, cashier_number="7"))
    assert (one["answer"]["result"], one["answer"]["reason"]) == ("accepted_with_conflict", "already_redeemed")
    [conflict] = till.conflicts()
    assert (conflict["id"], conflict["loss_minor"]) == (one["answer"]["conflict_id"], 250)
    assert (conflict["terminal"], conflict["cashier_number"], conflict["card_id"]) == (
        "Caisse 1",
        "7",
        str(till.card.id),
    )


def test_a_till_that_charged_the_whole_price_gave_nothing_by_itself(till: RecordingTill) -> None:
    offers(till)
    [one] = till.brings(till.late("sale", sale=till.sale(charged_minor=1_000)))
    assert (one["answer"]["result"], one["answer"]["sale"]["steps"]) == ("ok", [])


def test_a_till_that_knew_what_applies_by_itself_is_believed(till: RecordingTill) -> None:
    offers(till)
    [one] = till.brings(till.late("sale", sale=till.sale(charged_minor=900)))
    assert (one["answer"]["result"], one["answer"]["sale"]["payable_minor"]) == ("ok", 900)


def test_points_that_are_gone_are_lost_where_nobody_may_owe(till: RecordingTill) -> None:
    till.says(till.scan("burn", points=till.burning(150)))
    assert till.results(till.late("burn", points=till.burning(80))) == [
        ("accepted_with_conflict", "insufficient_points")
    ]
    assert (till.available, till.conflicts()[0]["loss_points"]) == (0, 30)


def test_points_become_negative_where_they_may(till: RecordingTill) -> None:
    till.allow_debts()
    till.says(till.scan("burn", points=till.burning(150)))
    till.brings(till.late("burn", points=till.burning(80)))
    assert (till.available, till.owed) == (0, 30)


def test_what_it_was_not_entitled_to_is_done_and_looked_at(till: RecordingTill) -> None:
    assert till.results(till.late("burn", points=till.burning(101))) == [("accepted_with_conflict", "offline_limit")]
    assert (till.available, till.conflicts()[0]["loss_points"]) == (99, 0)


def test_a_sale_rung_up_offline_is_a_sale(till: RecordingTill) -> None:
    coupon = till.percent(10)
    sale = till.sale(coupons=[coupon.code], charged_minor=900, receipt="17")
    [one] = till.brings(till.late("sale", sale=sale))
    assert (one["answer"]["result"], one["answer"]["sale"]["payable_minor"]) == ("ok", 900)
    asked = {"terminal": "1", "receipt": "17"}
    assert till.speaks.get("/v1/sales", query_string=asked).get_json()["id"] == one["answer"]["sale"]["id"]


def test_what_was_paid_offline_above_the_days_cap_is_a_sale_and_a_conflict(till: RecordingTill) -> None:
    tenders = [{"kind": "titre_restaurant", "amount_minor": 2_600}]
    lines = [{"position": 1, "quantity": 1, "gross_minor": 2_600}]
    [one] = till.brings(till.late("sale", sale=till.sale(lines=lines, tenders=tenders)))
    assert (one["answer"]["result"], one["answer"]["reason"]) == ("accepted_with_conflict", "limit_member")
    assert one["answer"]["sale"]["tenders"] == [tenders[0] | {"reference": None, "card": None}]


def test_a_sale_whose_coupon_was_used_elsewhere_stands_without_it_and_says_what_is_lost(till: RecordingTill) -> None:
    coupon, good = till.percent(10), till.coupon(benefit={"kind": "percent", "percent": 20}, stacking="always")
    redeem(coupon, till.terminal, now=datetime.now(UTC))
    sale = till.sale(coupons=[coupon.code, good.code], charged_minor=700)
    [one] = till.brings(till.late("sale", sale=sale))
    assert (one["answer"]["result"], one["answer"]["reason"]) == ("accepted_with_conflict", "already_redeemed")
    assert one["answer"]["sale"]["payable_minor"] == 800
    assert till.conflicts()[0]["loss_minor"] == 100


def test_a_sale_of_a_card_that_nobody_knows_is_refused_and_one_that_gave_something_is_a_conflict(
    till: RecordingTill,
) -> None:
    nobody = "7QK3-AAAA-AAAA-AAAA"
    plain = till.sale() | {"code": nobody}
    paid = till.sale(charged_minor=900) | {"code": nobody}
    results = till.results(till.late("sale", nobody, sale=plain), till.late("sale", nobody, sale=paid))
    assert results == [("refused", "unknown"), ("accepted_with_conflict", "unknown")]
    assert till.conflicts()[0]["loss_minor"] == 100


def test_what_the_till_refused_itself_is_noted_as_refused(till: RecordingTill) -> None:
    scan = till.late("burn", points=till.burning(50), local_result="refused")
    assert till.results(scan) == [("refused", None)]
    assert till.available == 200


def test_a_card_that_was_replaced_since_is_the_same_card(till: RecordingTill, anyone: Speaker) -> None:
    phone = anyone.with_token(member_token(till.member))
    scan = till.late("burn", points=till.burning(10), ago=timedelta(seconds=0))
    assert phone.post(f"/v1/cards/{till.card.id}/replacement").status_code in (200, 201)
    assert till.results(scan) == [("ok", None)]


def report_clock(till: RecordingTill, *, ahead: timedelta) -> datetime:
    """A till whose clock is off says what it shows; that."""
    shows = datetime.now(UTC) + ahead
    till.speaks.post("/v1/terminal/report", {"clock_at": shows.isoformat(), "queue_length": 1})
    return shows


def test_a_till_whose_clock_is_ahead_took_a_card_before_it_was_replaced(till: RecordingTill, anyone: Speaker) -> None:
    shows = report_clock(till, ahead=timedelta(hours=1))
    scan = till.late("burn", points=till.burning(10), occurred_at=(shows - timedelta(minutes=5)).isoformat())
    anyone.with_token(member_token(till.member)).post(f"/v1/cards/{till.card.id}/replacement")
    assert till.results(scan) == [("ok", None)]


def test_a_till_whose_clock_is_behind_gives_whoever_found_a_card_no_points_of_it(
    till: RecordingTill, anyone: Speaker
) -> None:
    anyone.with_token(member_token(till.member)).post(f"/v1/cards/{till.card.id}/replacement")
    shows = report_clock(till, ahead=timedelta(hours=-1))
    scan = till.late("burn", points=till.burning(10), occurred_at=(shows + timedelta(seconds=9)).isoformat())
    assert till.results(scan) == [("accepted_with_conflict", "revoked")]
    assert (till.available, till.conflicts()[0]["loss_points"]) == (200, 10)


def test_a_coupon_that_was_given_away_since_uses_no_other_of_the_giver(till: RecordingTill) -> None:
    given, kept = till.percent(10, transferable=True), till.percent(20)
    scan = till.late("redeem", given.code, ago=timedelta(seconds=0))
    now = datetime.now(UTC)
    accept(give_away(given, now=now), make_member(), now=now)
    assert till.results(scan) == [("accepted_with_conflict", "unknown")]
    assert till.says(till.scan("redeem", kept.code))[1]["result"] == "ok"


def test_we_said_no_the_answer_was_lost_and_the_till_said_yes(till: RecordingTill) -> None:
    scan = till.scan("burn", points=till.burning(201))
    till.says(scan)
    late = {"decided": "offline", "local_result": "ok", "occurred_at": datetime.now(UTC).isoformat()}
    assert till.results(scan | late) == [("accepted_with_conflict", "insufficient_points")]
    assert till.brings(scan | late)[0]["answer"]["replayed"]


def test_we_said_yes_and_the_answer_was_lost(till: RecordingTill) -> None:
    scan = till.scan("burn", points=till.burning(50))
    till.says(scan)
    late = {"decided": "offline", "local_result": "ok", "occurred_at": datetime.now(UTC).isoformat()}
    [one] = till.brings(scan | late)
    assert (one["answer"]["result"], one["answer"]["replayed"]) == ("ok", True)
    assert till.available == 150


def test_a_poison_item_is_put_aside_and_keeps_nobody_waiting(
    till: RecordingTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, bad, unnamed = till.late("identify"), till.late("burn"), {"code": till.card.code}
    other = till.scan("identify")
    items = till.brings(bad, unnamed, good, other, other | {"action": "redeem"})
    assert [one["problem"] and one["problem"]["code"] for one in items] == [
        "malformed",
        "malformed",
        None,
        None,
        "scan_id_reused",
    ]
    assert [one["send_again"] for one in items] == [False] * 5

    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(batches, "answer_scan", break_down)
    [one] = till.brings(till.late("identify"))
    assert (one["problem"]["code"], one["send_again"]) == ("internal_fault", True)


def test_a_batch_has_a_hundred_scans_at_most(till: RecordingTill) -> None:
    assert till.speaks.post("/v1/scans/batch", {"scans": [till.scan()] * 101}).status_code == 422
    assert till.speaks.post("/v1/scans/batch", {"scans": []}).status_code == 422


def test_sent_twice_at_once_in_other_orders_and_in_halves_it_ends_in_the_same(till: RecordingTill, crowd: None) -> None:
    coupons = [till.percent(10) for _ in range(3)]
    scans = [till.late("redeem", one.code) for one in coupons] + [
        till.late("burn", points=till.burning(30)) for _ in range(4)
    ]
    scans += [till.late("sale", sale=till.sale(receipt=str(n))) for n in range(2)]
    shuffled = [random.Random(n).sample(scans, len(scans)) for n in range(4)]
    halves = [one[: 4 + n] for n, one in enumerate(shuffled)]
    app = till.speaks.client.application
    senders = [Speaker(app.test_client(), till.speaks.token) for _ in range(8)]
    bodies = [scans, scans[::-1], *shuffled, *halves][:8]
    answers = at_once(8, lambda n: senders[n].post("/v1/scans/batch", {"scans": bodies[n]}).get_json()["items"])
    assert all(one["answer"]["result"] == "ok" for items in answers for one in items)
    done = [one["scan_id"] for items in answers for one in items if not one["answer"]["replayed"]]
    assert sorted(done) == sorted(scan["scan_id"] for scan in scans)
    assert till.available == 200 - 120 + 2 * 10
    assert till.results(*scans) == [("ok", None)] * len(scans)


def test_what_a_revoked_till_did_before_counts_and_later_is_a_conflict(till: RecordingTill, anyone: Speaker) -> None:
    old, _ = make_terminal(till.store)
    till.admin.post(f"/v1/terminals/{old.id}/revocation")
    said = {"terminal_id": str(old.id), "points": till.burning(10)}
    before = till.late("burn", **said)
    after = till.late("burn", **said, occurred_at=(datetime.now(UTC) + timedelta(seconds=5)).isoformat())
    assert till.results(before, after) == [("ok", None), ("accepted_with_conflict", "revoked")]
    other = till.late("burn", **(said | {"terminal_id": str(uuid.uuid4())}))
    assert till.brings(other)[0]["problem"]["code"] == "scan_elsewhere"


def test_the_judge_is_told_of_the_clock_and_of_what_was_given(till: RecordingTill, seen: list[LateAct]) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    till.speaks.post("/v1/terminal/report", {"clock_at": ahead.isoformat(), "queue_length": 1})
    till.brings(till.late("sale", sale=till.sale(charged_minor=850), device_seq=4, snapshot_version=9))
    assert 3590 <= (seen[0].clock_drift_s or 0) <= 3601
    assert (seen[0].value_minor, seen[0].device_seq, seen[0].snapshot_version) == (150, 4, 9)


def test_an_online_answer_of_a_batch_is_no_late_one(till: RecordingTill, seen: list[LateAct]) -> None:
    assert till.results(till.scan("burn", points=till.burning(150))) == [("ok", None)]
    assert seen == []


def test_a_code_that_changes_is_judged_by_the_hour_at_which_it_was_shown(till: RecordingTill) -> None:
    ago = timedelta(minutes=9)
    code = shows_google(till.card.code, at=datetime.now(UTC) - ago)
    late = till.late("burn", code, ago=ago, points=till.burning(10))
    assert till.results(late) == [("ok", None)]
    assert till.results(till.late("burn", code, ago=ago, points=till.burning(10))) == [
        ("accepted_with_conflict", "already_redeemed")
    ]


def test_a_sale_of_a_till_whose_clock_is_a_day_ahead_was_made_when_it_was(till: RecordingTill) -> None:
    ahead = datetime.now(UTC) + timedelta(days=1)
    till.speaks.post("/v1/terminal/report", {"clock_at": ahead.isoformat(), "queue_length": 1})
    late = till.late("sale", sale=till.sale(), occurred_at=(ahead - timedelta(minutes=5)).isoformat())
    assert till.results(late) == [("ok", None)]
    assert till.available == 210
