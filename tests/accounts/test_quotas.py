"""Quotas: so many at once, then little by little; exact whoever spends at the same time; forgotten when whole."""

import re
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app import config
from app.accounts import guess_limits, jobs, quotas
from app.accounts.addresses import phone_number
from app.accounts.errors import TooManyCodes, TooManyTexts
from app.accounts.guess_limits import code_spendings
from app.accounts.models import QuotaUse
from app.accounts.quotas import Quota, Spending, give_back, spend_quotas
from app.config import Config
from app.errors import QuotaStanding, TooManyRequests, every_problem
from app.sql import db
from tests.accounts.codes import NOW
from tests.accounts.factories import new_email, new_phone
from tests.racing import at_once
from tests.speaking import Speaker
from tests.test_house import ROOT

FIVE = Quota("five", 5, timedelta(hours=1), TooManyCodes)
TEN = Quota("ten", 10, timedelta(hours=1), TooManyTexts)


def somebody() -> str:
    return uuid.uuid4().hex


def spend(*spendings: Spending, after: timedelta = timedelta(0)) -> list[QuotaStanding]:
    with db.transaction():
        return spend_quotas(spendings, now=NOW + after)


def may_spend(*spendings: Spending, after: timedelta = timedelta(0)) -> bool:
    try:
        spend(*spendings, after=after)
    except (TooManyCodes, TooManyTexts):
        return False
    return True


def test_what_is_left_is_told() -> None:
    mine = Spending(FIVE, somebody())
    assert [spend(mine)[0].left for _ in range(5)] == [4, 3, 2, 1, 0]


def test_the_sixth_is_refused_until_one_is_there_again() -> None:
    mine = Spending(FIVE, somebody())
    assert [may_spend(mine) for _ in range(6)] == [True] * 5 + [False]
    assert not may_spend(mine, after=timedelta(minutes=12, seconds=-1))
    assert may_spend(mine, after=timedelta(minutes=12))


def test_five_of_one_moment_pass_in_whatever_order_they_are_counted() -> None:
    """The one that read the clock last may be counted first."""
    whose = somebody()
    apart = [timedelta(milliseconds=at) for at in (300, 0, 200, 100, 0)]
    told = [spend(Spending(FIVE, whose), after=after) for after in apart]
    assert [one.left for [one] in told] == [4, 2, 1, 0, 0]
    assert not may_spend(Spending(FIVE, whose), after=timedelta(milliseconds=300))


def test_a_refusal_says_how_the_quota_stands() -> None:
    mine = Spending(FIVE, somebody())
    for _ in range(5):
        spend(mine)
    with pytest.raises(TooManyCodes) as refusal:
        spend(mine)
    assert refusal.value.standing == QuotaStanding("five", 5, 3600, 0, 720)
    assert refusal.value.retry_after_s == 720


def test_where_one_quota_is_used_up_no_other_is_spent() -> None:
    mine, shared = Spending(FIVE, somebody()), Spending(TEN, somebody())
    for _ in range(5):
        spend(mine)
    assert not may_spend(mine, shared)
    assert spend(shared)[0].left == 9


def test_what_is_given_back_can_be_spent() -> None:
    mine = Spending(FIVE, somebody())
    for _ in range(5):
        spend(mine)
    with db.transaction():
        give_back([mine], now=NOW)
    assert [may_spend(mine), may_spend(mine)] == [True, False]


def test_nothing_beyond_the_whole_is_given_back() -> None:
    mine = Spending(FIVE, somebody())
    with db.transaction():
        give_back([mine], now=NOW)
    assert [may_spend(mine) for _ in range(6)] == [True] * 5 + [False]


def test_a_clock_that_was_a_year_ahead_closes_nothing() -> None:
    mine = Spending(FIVE, somebody())
    spend(mine, after=timedelta(days=365))
    assert may_spend(mine)


def test_thirty_at_once_spend_five_of_five_and_of_ten(crowd: None) -> None:
    mine, shared = Spending(FIVE, somebody()), Spending(TEN, somebody())
    assert sum(at_once(30, lambda number: may_spend(*((mine, shared) if number % 2 else (shared, mine))))) == 5
    assert spend(shared)[0].left == 4


@given(pauses=st.lists(st.integers(min_value=0, max_value=3600), min_size=1, max_size=60))
def test_in_no_hour_pass_more_than_twice_as_many(pauses: list[int]) -> None:
    whole_at, at, passed = NOW, NOW, []
    for pause in pauses:
        at += timedelta(seconds=pause)
        after = quotas._whole_at(whole_at, FIVE, now=at) + FIVE.pace
        if after <= at + FIVE.window:
            whole_at = after
            passed.append(at)
    assert all(sum(first <= one < first + FIVE.window for one in passed) <= 2 * FIVE.most for first in passed)


def test_a_quota_that_is_whole_is_forgotten() -> None:
    mine = Spending(FIVE, somebody())
    spend(mine)
    known = select(QuotaUse.whole_at).where(QuotaUse.key_hash == bytes.fromhex(mine.key))
    for hours, is_known in ((1.1, True), (1.3, False)):
        with db.system_transaction():
            jobs.forget_quota_uses(now=NOW + timedelta(hours=hours))
            assert (db.first(known) is not None) == is_known


def names_of(phone: str) -> list[str]:
    return [one.quota.name for one in code_spendings(phone_number(phone), "192.0.2.1")]


@pytest.mark.parametrize(("phone", "abroad"), [("0612345678", False), ("0692123456", False), ("+447400123456", True)])
def test_numbers_of_another_country_have_a_quota_of_their_own(phone: str, abroad: bool) -> None:
    assert ("texted-codes-abroad" in names_of(phone)) == abroad


@pytest.mark.parametrize(
    ("setting", "new", "key"),
    [
        ("mailed_codes_per_hour", new_email, "email"),
        ("texted_codes_per_hour", new_phone, "phone"),
        ("mailed_codes_per_network", new_email, "email"),
        ("texted_codes_per_network", new_phone, "phone"),
    ],
)
def test_codes_that_leave_are_counted_over_all_addresses(
    anyone: Speaker, settings: Config, setting: str, new: Callable[[], str], key: str
) -> None:
    config.use_config(replace(settings, **{setting: 3}))
    try:
        answers = [anyone.post("/v1/sign-in-codes", {key: new()}) for _ in range(4)]
    finally:
        config.use_config(settings)
    assert [answer.status_code for answer in answers] == [202] * 3 + [429]
    assert int(answers[3].headers["Retry-After"]) <= 1200


def test_the_codes_of_a_network_are_not_those_of_another(anyone: Speaker, settings: Config) -> None:
    config.use_config(replace(settings, texted_codes_per_network=1))
    try:
        other = Speaker(anyone.client.application.test_client())
        asked = [one.post("/v1/sign-in-codes", {"phone": new_phone()}).status_code for one in (anyone, anyone, other)]
    finally:
        config.use_config(settings)
    assert asked == [202, 429, 202]


def test_an_answer_says_what_is_left(anyone: Speaker) -> None:
    email = new_email()
    first, second = (anyone.post("/v1/sign-in-codes", {"email": email}) for _ in range(2))
    assert first.headers["RateLimit-Policy"] == '"codes";q=5;w=3600'
    assert first.headers["RateLimit"] == '"codes";r=4;t=720'
    assert second.headers["RateLimit"].startswith('"codes";r=3;t=1')


def test_a_refusal_says_when_more_is_there(anyone: Speaker, settings: Config) -> None:
    config.use_config(replace(settings, mailed_codes_per_network=1))
    try:
        answer = [anyone.post("/v1/sign-in-codes", {"email": new_email()}) for _ in range(2)][1]
    finally:
        config.use_config(settings)
    waiting = answer.headers["Retry-After"]
    assert answer.headers["RateLimit-Policy"] == '"mailed-codes";q=1;w=3600'
    assert answer.headers["RateLimit"] == f'"mailed-codes";r=0;t={waiting}'


@pytest.mark.parametrize("quota", [one for one in vars(guess_limits).values() if isinstance(one, Quota)])
def test_a_quota_is_named_as_a_header_may_name_it(quota: Quota) -> None:
    assert quota.name.replace("-", "").isalpha()


def test_every_429_tells_which_quota_is_used_up() -> None:
    names = "|".join(problem.__name__ for problem in every_problem(TooManyRequests))
    files = [file for top in ("app", "geo", "wallet", "offers") for file in (ROOT / top).rglob("*.py")]
    raised = [raising for file in files for raising in re.findall(rf"raise (?:{names})\b.*", file.read_text())]
    assert [raising for raising in raised if "standing=" not in raising] == []
    assert raised
