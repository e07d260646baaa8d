"""What an offer brought: the same totals as the ledger, and nothing of what a few members were shown."""

import csv
import io
import uuid
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from app import clock
from app.access_log.models import PersonalRead
from app.accounts.models import Brand
from app.sql import db
from offers.coupons.models import Redemption
from offers.deciding.models import Decision
from offers.learning.lessons import id_at
from offers.planning.labels.label import Label
from offers.planning.models import Offer
from offers.results import redemption_file
from offers.results.jobs import count_showings
from offers.results.models import OfferShowing, ShowingsCounted
from offers.results.outcome import OfferResult, add_results, read_results
from offers.results.queries import REDEMPTIONS
from tests.checkout.factories import Counter, minutes
from tests.coupons.factories import claim, redeem
from tests.deciding.factories import Asker, Town
from tests.factories import NOON, console_token, make_brand, make_console_user, make_member, member_token
from tests.gift_cards.factories import TEN_EUROS, let_sell
from tests.planning.factories import make_offer
from tests.sizes import chosen
from tests.speaking import Speaker

DAY = NOON.date().isoformat()


def results(anyone: Speaker, brand: Brand, offer: Offer, **asked: Any) -> Any:
    speaker = anyone.with_token(console_token(make_console_user(brand, "auditor")))
    answer = speaker.get(f"/v1/offers/{offer.id}/results", query_string={"first_day": DAY, "last_day": DAY} | asked)
    assert answer.status_code == 200, answer.json
    return answer.json


@settings(max_examples=chosen().worlds)
@given(acts=st.lists(st.sampled_from(["with", "without", "cancel", "return"]), min_size=1, max_size=6))
def test_results_are_the_totals_of_the_ledger(acts: list[str]) -> None:
    counter = Counter()
    points = make_offer(counter.brand, benefit={"kind": "points", "points": 40}, member_limit=50)
    percent = make_offer(counter.brand, benefit={"kind": "percent", "percent": 10}, member_limit=50)
    sold: list[Any] = []
    for act in acts:
        if act == "with":
            sold.append(counter.sells(1_000, coupons=[claim(counter.member, one) for one in (points, percent)]))
        elif act == "without":
            counter.sells(700)
        elif sold and act == "cancel":
            counter.cancels(sold.pop())
        elif sold:
            counter.returns(sold.pop(), {1: 1})
    with db.system_transaction():
        days = {"first": NOON.date(), "last": NOON.date()}
        gave, took = (
            read_results(brand_id=counter.brand.id, offer_id=one.id, **days)["totals"] for one in (points, percent)
        )
    assert (gave["points"], gave["off_minor"], took["points"]) == (counter.available, 0, 0)
    assert took["off_minor"] == 100 * len(sold)
    with db.system_transaction():
        standing = select(Redemption).where(Redemption.brand_id == counter.brand.id, Redemption.undone_at.is_(None))
        stand = len(db.all_of(standing))
    assert gave["redeemed"] + took["redeemed"] == stand
    assert took["claimed"] == acts.count("with")


def test_money_that_is_given_is_no_points() -> None:
    counter = Counter(counts={"kind": "money", "name_fr": "Cagnotte", "name_en": "Cagnotte"})
    offer = make_offer(counter.brand, benefit={"kind": "cagnotte_percent", "percent_bp": 500})
    counter.sells(1_000, coupons=[claim(counter.member, offer)])
    with db.system_transaction():
        days = {"first": NOON.date(), "last": NOON.date()}
        found = read_results(brand_id=counter.brand.id, offer_id=offer.id, **days)["totals"]
    assert (found["money_given_minor"], found["points"], found["off_minor"]) == (counter.available, 0, 0) == (50, 0, 0)


def test_what_is_on_gift_cards_is_money_that_was_given() -> None:
    counter = Counter()
    let_sell(counter.brand)
    offer = make_offer(counter.brand, benefit=TEN_EUROS)
    counter.sells(5_000, coupons=[claim(counter.member, offer)])
    days = {"first": NOON.date(), "last": NOON.date()}
    with db.system_transaction():
        found = read_results(brand_id=counter.brand.id, offer_id=offer.id, **days)["totals"]
        [used] = db.send_statement(
            REDEMPTIONS,
            {"brand": counter.brand.id, "after": offer.id, "since": NOON, "until": NOON + minutes(1)}
            | {"offer": offer.id, "most": 9},
        )
    assert (found["money_given_minor"], found["points"], found["off_minor"]) == (1_000, 0, 0)
    assert (used.money_given_minor, used.points) == (1_000, None)


def test_sales_with_and_without_are_told_apart_at_each_store(anyone: Speaker) -> None:
    counter = Counter()
    offer = make_offer(counter.brand)
    counter.sells(1_000, coupons=[claim(counter.member, offer)])
    counter.sells(300)
    redeem(claim(make_member(), offer), counter.terminal)
    found = results(anyone, counter.brand, offer)
    [claims, sales] = found["items"]
    assert (claims["store_id"], claims["claimed"], sales["store_id"]) == (None, 2, str(counter.store.id))
    counted = {name: sales[name] for name in ("redeemed", "sales_with", "sales_without", "off_minor", "shown")}
    assert counted == {"redeemed": 2, "sales_with": 1, "sales_without": 1, "off_minor": 100, "shown": None}
    assert (sales["payable_with_minor"], sales["payable_without_minor"]) == (900, 300)
    assert results(anyone, counter.brand, offer, store_id=str(uuid.uuid4()))["items"] == []
    before = (NOON - timedelta(days=1)).date().isoformat()
    assert results(anyone, counter.brand, offer, first_day=before, last_day=before)["items"] == []


def counted_from(minutes: int) -> None:
    with db.system_transaction():
        db.execute(delete(ShowingsCounted))
        db.add(ShowingsCounted(id=1, before=id_at(clock.now() - timedelta(minutes=minutes))))


def count(*, minutes: int) -> None:
    with db.system_transaction():
        count_showings(now=clock.now() + timedelta(minutes=minutes))


def test_what_was_shown_is_counted_once_and_said_where_five_members_stand_behind_it(anyone: Speaker) -> None:
    counted_from(minutes=1)
    town = Town(anyone)
    today = clock.day_of(clock.now(), town.brand.time_zone).isoformat()
    asked = {"first_day": today, "last_day": today}
    town.ask()
    count(minutes=10)
    assert results(anyone, town.brand, town.offer, **asked)["items"] == []
    for _ in range(5):
        asker = Asker(anyone)
        asker.allows(town.brand)
        asker.ask()
    for _ in range(2):
        count(minutes=10)
    found = results(anyone, town.brand, town.offer, **asked)
    with db.system_transaction():
        kept = db.all_of(select(OfferShowing).where(OfferShowing.offer_number == town.offer.number))
        decisions = db.all_of(select(Decision).where(Decision.considered.contains([town.offer.number])))
    assert sum(one.decisions for one in kept) == len(decisions) == 6
    assert (found["totals"]["shown"], found["items"][0]["store_id"]) == (6, str(town.store.id))


def test_a_stretch_that_is_not_settled_is_not_counted() -> None:
    counted_from(minutes=5)
    with db.system_transaction():
        assert count_showings(now=clock.now()) == 0


def test_strangers_members_and_other_brands_read_no_results(anyone: Speaker) -> None:
    offer = make_offer(make_brand())
    path = f"/v1/offers/{offer.id}/results?first_day={DAY}&last_day={DAY}"
    other = anyone.with_token(console_token(make_console_user(make_brand())))
    assert anyone.get(path).status_code == 401
    assert anyone.with_token(member_token(make_member())).get(path).status_code == 403
    assert other.get(path).json["code"] == "offer_unknown"


@pytest.mark.parametrize(
    ("first", "last", "code"),
    [("2026-05-02", "2026-05-01", "malformed"), ("2026-01-01", "2026-12-31", "results_too_long")],
)
def test_days_that_make_no_period_are_refused(anyone: Speaker, first: str, last: str, code: str) -> None:
    brand = make_brand()
    speaker = anyone.with_token(console_token(make_console_user(brand)))
    path = f"/v1/offers/{make_offer(brand).id}/results"
    answer = speaker.get(path, query_string={"first_day": first, "last_day": last})
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_sums_say_no_more_than_their_parts() -> None:
    parts = [
        OfferResult(shown=7, refusals={"ended": 5}),
        OfferResult(claimed=2),
        OfferResult(shown=5, refusals={"ended": 6}),
    ]
    total = add_results(parts)
    assert (total.shown, total.claimed, total.refusals) == (12, 2, {"ended": 11})
    assert add_results([OfferResult(claimed=1)]).shown is None


def test_uses_and_their_sales_are_a_file_without_formulas_and_members_read_that_staff_looked(anyone: Speaker) -> None:
    counter = Counter()
    offer = make_offer(counter.brand, label=Label("=1+1"))
    sale = counter.sells(1_000, coupons=[claim(counter.member, offer)])
    other = make_offer(counter.brand)
    redeem(claim(counter.member, other), counter.terminal)
    auditor = anyone.with_token(console_token(make_console_user(counter.brand, "auditor")))
    asked = {"first_day": DAY, "last_day": DAY}
    answer = auditor.get("/v1/redemptions.csv", query_string=asked)
    assert (answer.status_code, answer.content_type) == (200, "text/csv; charset=utf-8")
    first, second = csv.DictReader(io.StringIO(answer.text))
    assert (first["name"], first["receipt"], first["payable_minor"], first["off_minor"]) == (
        "'=1+1",
        sale.receipt,
        "900",
        "100",
    )
    assert (second["offer"], second["receipt"], second["payable_minor"]) == (str(other.number), "", "")
    alone = auditor.get("/v1/redemptions.csv", query_string=asked | {"offer_id": str(other.id)}).text
    assert alone.count("\n") == 2
    with db.system_transaction():
        reads = db.all_of(select(PersonalRead).where(PersonalRead.member_id == counter.member.id))
    assert [one.data_classes for one in reads if one.role == "auditor"] == [["coupon", "purchase"]] * 2


def test_merchandisers_take_no_file_of_uses_and_too_many_rows_are_refused(
    anyone: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    counter = Counter()
    redeem(claim(counter.member, make_offer(counter.brand)), counter.terminal)
    path = f"/v1/redemptions.csv?first_day={DAY}&last_day={DAY}"
    assert anyone.with_token(console_token(make_console_user(counter.brand))).get(path).status_code == 403
    monkeypatch.setattr(redemption_file, "MOST_ROWS", 0)
    answer = anyone.with_token(console_token(make_console_user(counter.brand, "admin"))).get(path)
    assert (answer.status_code, answer.json["code"]) == (422, "export_too_large")
