"""Wallets that become one, over the API."""

import uuid
from datetime import UTC, datetime, timedelta

import pytest

from app.accounts import tokens
from app.accounts.models import Member
from app.http.access import Role
from app.identity import models
from app.rights import queries
from app.rights.erasure import steps
from app.rights.export import access_export
from app.sql import db
from tests.accounts.factories import ask_code
from tests.coupons.factories import acting_as, claim
from tests.factories import NOON, console_token, make_brand, make_console_user, make_member, make_store, member_token
from tests.merges.factories import merge
from tests.planning.factories import make_offer
from tests.points.factories import Purse, earn_and_spend
from tests.purchases.factories import Shop, purchases_of, take_back
from tests.speaking import Speaker
from tests.wallet.factories import link, make_card, print_some
from wallet.merges import jobs, union


def an_address() -> str:
    return f"{uuid.uuid4()}@example.org"


def wallet_of(anyone: Speaker, email: str) -> Speaker:
    """Somebody who signed in with this address."""
    signed = anyone.post("/v1/sessions", {"email": email, "code": ask_code(anyone, email)}).get_json()
    return anyone.with_token(signed["access_token"])


def signed_in_at(member: Member, instant: datetime, *, now: datetime) -> str:
    """A token of now, of a sign-in of then."""
    old = tokens.read_access_token(member_token(member, now=instant), now=instant)
    return tokens.issue_access_token(member_id=member.id, session_id=old.session_id, generation=0, now=now)


def test_a_member_brings_their_other_wallet_by_a_code_sent_to_its_address(anyone: Speaker) -> None:
    here, email, brand = anyone.with_token(member_token(make_member())), an_address(), make_brand()
    there = wallet_of(anyone, email)
    card = there.post("/v1/cards", {"brand": brand.code}).get_json()
    answer = here.post("/v1/me/merges", {"email": email, "code": ask_code(anyone, email)})
    assert (answer.status_code, answer.get_json()["moved"]) == (201, {"addresses": 1, "cards": 1})
    assert [one["code"] for one in here.get("/v1/cards").get_json()["items"]] == [card["code"]]


def test_who_cannot_prove_the_other_address_brings_nothing(anyone: Speaker) -> None:
    here, email = anyone.with_token(member_token(make_member())), an_address()
    wallet_of(anyone, email)
    code = ask_code(anyone, email)
    wrong = "000000" if code != "000000" else "111111"
    answer = here.post("/v1/me/merges", {"email": email, "code": wrong})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "code_not_accepted")


def test_a_sign_in_of_long_ago_brings_no_wallet_whose_address_would_open_this_one(anyone: Speaker) -> None:
    now = datetime.now(UTC)
    member, email = make_member(), an_address()
    here = anyone.with_token(signed_in_at(member, now - timedelta(minutes=16), now=now))
    wallet_of(anyone, email)
    answer = here.post("/v1/me/merges", {"email": email, "code": ask_code(anyone, email)})
    assert (answer.status_code, answer.get_json()["code"]) == (403, "sign_in_stale")


def test_an_address_that_opens_nothing_has_nothing_to_bring(anyone: Speaker) -> None:
    here, email = anyone.with_token(member_token(make_member())), an_address()
    answer = here.post("/v1/me/merges", {"email": email, "code": ask_code(anyone, email)})
    assert answer.get_json()["code"] == "nothing_to_merge"


def test_who_signs_in_with_the_other_address_after_a_split_has_their_wallet_back(anyone: Speaker) -> None:
    email, brand = an_address(), make_brand()
    here = wallet_of(anyone, an_address())
    wallet_of(anyone, email).post("/v1/cards", {"brand": brand.code})
    merged = here.post("/v1/me/merges", {"email": email, "code": ask_code(anyone, email)}).get_json()
    other_phone = wallet_of(anyone, email)
    parted = here.post(f"/v1/me/merges/{merged['id']}/splitting").get_json()
    assert (parted["stayed"], other_phone.get("/v1/me").status_code, here.get("/v1/me").status_code) == ({}, 401, 200)
    assert len(wallet_of(anyone, email).get("/v1/cards").get_json()["items"]) == 1


def test_a_printed_card_gives_what_was_earned_on_it_to_whoever_registers_it(anyone: Speaker) -> None:
    [printed] = print_some(make_brand())
    phone = anyone.with_token(member_token(make_member()))
    answer = phone.post("/v1/cards/registrations", {"code": printed.code, "check": printed.check})
    assert (answer.status_code, answer.get_json()["cause"]) == (201, "card")
    assert phone.get("/v1/cards").get_json()["items"][0]["code"] == printed.code


def test_registering_the_same_card_again_is_the_same(anyone: Speaker) -> None:
    [printed] = print_some(make_brand())
    phone = anyone.with_token(member_token(make_member()))
    sent = {"code": printed.code, "check": printed.check}
    first, again = (phone.post("/v1/cards/registrations", sent).get_json()["id"] for _ in range(2))
    assert first == again


def test_a_card_that_is_somebodys_is_refused_like_a_wrong_check(anyone: Speaker) -> None:
    [printed] = print_some(make_brand())
    one, other = (anyone.with_token(member_token(make_member())) for _ in range(2))
    one.post("/v1/cards/registrations", {"code": printed.code, "check": printed.check})
    answer = other.post("/v1/cards/registrations", {"code": printed.code, "check": printed.check})
    assert answer.get_json()["code"] == "printed_card_refused"


def test_purchases_come_with_their_lines_and_can_still_come_back() -> None:
    shop, target = Shop(), make_member()
    bought = shop.buy()
    merge(shop.member, target)
    [moved] = purchases_of(target)
    assert (moved.id, take_back(moved, {1: 1}).amount_minor) == (bought.id, 1000)


def test_the_same_receipt_is_known_at_the_new_member() -> None:
    shop, target = Shop(), make_member()
    bought = shop.buy(receipt="77")
    merge(shop.member, target)
    assert shop.buy(member=target, receipt="77", now=NOON + timedelta(hours=1)).id == bought.id


def test_split_gives_purchases_back_with_their_returns(anyone: Speaker) -> None:
    shop, target = Shop(), make_member()
    take_back(shop.buy(), {1: 1})
    merged = merge(shop.member, target, now=datetime.now(UTC))
    phone = anyone.with_token(member_token(target))
    phone.post(f"/v1/me/merges/{merged.id}/splitting")
    assert (len(purchases_of(shop.member)), purchases_of(target)) == (1, [])


def test_the_numbers_of_a_second_card_open_the_first() -> None:
    brand, source, target = make_brand(), make_member(), make_member()
    theirs, mine = make_card(source, brand), make_card(target, brand)
    number = link(theirs, "0042")
    merge(source, target)
    with db.system_transaction():
        db.session().add(number)
        db.session().refresh(number)
        assert (number.member_id, number.card_id) == (target.id, mine.id)


@pytest.mark.parametrize("elsewhere", [False, True], ids=["known_here_only", "known_elsewhere"])
def test_a_brand_merges_only_cards_of_whom_nobody_else_knows(anyone: Speaker, elsewhere: bool) -> None:
    brand, source = make_brand(), make_member()
    admin = anyone.with_token(console_token(make_console_user(brand, "admin")))
    cards = make_card(source, brand), make_card(make_member(), brand)
    if elsewhere:
        make_card(source, make_brand())
    wish = {"source_card_id": str(cards[0].id), "target_card_id": str(cards[1].id), "reason": "Carte en double."}
    answer = admin.post("/v1/console/merges", wish)
    assert answer.get_json().get("code") == ("merge_beyond_brand" if elsewhere else None)


def test_the_export_of_who_stays_holds_what_happened_to_both() -> None:
    purse, target = Purse(), make_member()
    earn_and_spend(purse.member, purse.currency, now=NOON)
    merge(purse.member, target)
    with acting_as(target):
        export = access_export.access_export(member_id=target.id, language="en", now=NOON)
    tables = {one["table"]: one["rows"] for one in export["data"]}
    assert {"spent", "merged_out", "merged_in"} <= {entry["kind"] for entry in tables["points_entry"]}


def test_who_became_part_of_a_member_is_erased_with_them() -> None:
    first, second, third = (make_member() for _ in range(3))
    merge(first, second)
    merge(second, third)
    with acting_as(third):
        steps.request_erasure(member_id=third.id, now=NOON)
    with db.system_transaction():
        assert all(db.first(queries.erasure_of(one.id)) for one in (first, second, third))


def test_what_came_during_a_merge_is_brought_ten_minutes_later() -> None:
    purse, target = Purse(), make_member()
    now = datetime(2001, 1, 1, tzinfo=UTC)  # before all merges that other tests left behind
    merged = merge(purse.member, target, now=now)
    purse.earn(5, now=now)
    at = now + timedelta(minutes=11)
    union.gather_left_behind(now=at, left_before=at - jobs.SETTLING, at_once=10_000)
    with acting_as(target):
        found = db.get(models.MemberMerge, (target.id, merged.id))
    assert found is not None
    assert found.moved == {"points": 5}


def test_a_coupon_that_is_claimed_in_a_merge_is_with_one_of_both(anyone: Speaker) -> None:
    brand = make_brand()
    make_store(brand)
    offer, source, target = make_offer(brand, member_limit=5), make_member(), make_member()
    claim(source, offer)
    merge(source, target)
    assert claim(target, offer).ordinal == 2


def test_an_auditor_reads_what_a_brand_merged(anyone: Speaker) -> None:
    brand = make_brand()
    auditor = anyone.with_token(console_token(make_console_user(brand, str(Role.AUDITOR))))
    assert auditor.get("/v1/console/merges").get_json()["items"] == []
