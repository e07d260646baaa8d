"""One verifier: looked up as often as one likes, used once, and a copy is known for one."""

from dataclasses import replace
from datetime import timedelta

import pytest

from app.sql import db
from offers.checkout import sales
from offers.coupons.redemption import redeem_coupon
from tests.authenticity.factories import (
    AFTER,
    look_up,
    pays,
    showings,
    shows_app,
    shows_apple,
    shows_google,
    shows_voucher,
    spend,
)
from tests.checkout.factories import Counter
from tests.coupons.factories import acting_at
from tests.factories import NOON, made, make_member, make_store, make_terminal
from tests.racing import at_once
from wallet.authenticity import patterns, verifier
from wallet.authenticity.errors import CodeForged, CodeStale, CodeUsedBefore, FreshCodeNeeded
from wallet.authenticity.models import ProofStanding
from wallet.authenticity.shown import read_shown
from wallet.authenticity.verifier import SeenAt
from wallet.cards import replacement, resolution
from wallet.passes.directory import hand_over_codes
from wallet.passes.errors import PassUnknown
from wallet.scanning import scans

FRESH, STALE, REUSED, OLD, FORGED = (
    ProofStanding.FRESH,
    ProofStanding.STALE,
    ProofStanding.REUSED,
    ProofStanding.OLD_COPY,
    ProofStanding.FORGED,
)
BY_TIME = {"google": shows_google, "app": shows_app}


@pytest.fixture
def counter() -> Counter:
    return Counter(points=1_000)


def shows(form: str, counter: Counter) -> str:
    if form == "voucher":
        return shows_voucher(counter.card.code, counter.brand.id)
    return {"apple": shows_apple, **BY_TIME}[form](counter.card.code)


every_form = pytest.mark.parametrize("form", ["google", "app", "apple", "voucher"])


@every_form
def test_a_look_up_may_be_repeated(counter: Counter, form: str) -> None:
    text = shows(form, counter)
    assert [look_up(counter, text).standing for _ in range(3)] == [FRESH] * 3


@every_form
def test_what_was_used_is_not_used_again(counter: Counter, form: str) -> None:
    text = shows(form, counter)
    assert [spend(counter, text).standing for _ in range(2)] == [FRESH, REUSED]
    assert look_up(counter, text).standing == REUSED


@every_form
def test_of_sixteen_at_once_one_spends(counter: Counter, form: str) -> None:
    text = shows(form, counter)
    stood = at_once(16, lambda _: spend(counter, text).standing)
    assert (stood.count(FRESH), stood.count(REUSED)) == (1, 15)


@every_form
def test_the_purpose_that_used_it_may_show_it_again(counter: Counter, form: str) -> None:
    text = shows(form, counter)
    stood = [spend(counter, text, used_for="sale:1", now=NOON + timedelta(days=n)).standing for n in (0, 3)]
    assert stood == [FRESH, FRESH]
    assert spend(counter, text, used_for="sale:2").standing == REUSED


@pytest.mark.parametrize("form", BY_TIME)
@pytest.mark.parametrize(("steps", "standing"), [(-2, STALE), (-1, FRESH), (0, FRESH), (1, FRESH), (2, STALE)])
def test_a_clock_may_be_one_step_off(counter: Counter, form: str, steps: int, standing: ProofStanding) -> None:
    assert spend(counter, BY_TIME[form](counter.card.code, at=NOON + steps * AFTER)).standing == standing


def test_a_password_under_another_time_is_forged(counter: Counter) -> None:
    shown = shows_google(counter.card.code)
    assert look_up(counter, shown[:-10] + str(int(NOON.timestamp()) + 30)).standing == FORGED


@every_form
def test_one_symbol_more_or_less_is_forged(counter: Counter, form: str) -> None:
    text = shows(form, counter)
    at = {"google": 25, "app": -1, "apple": -1, "voucher": -40}[form]
    other = "1" if text[at] != "1" else "2"
    changed = text[:at] + other + (text[at + 1 :] if at != -1 else "")
    assert look_up(counter, changed).standing == FORGED


@every_form
def test_another_brand_does_not_know_it(counter: Counter, form: str) -> None:
    text, other = shows(form, counter), Counter()
    proof = look_up(other, text)
    assert (proof.standing, proof.member_id) == (FORGED, None)


def test_an_older_copy_of_a_pass_that_was_used_is_known(counter: Counter) -> None:
    code = counter.card.code
    old, used, new = (shows_apple(code, revision=revision) for revision in (4, 5, 6))
    assert [spend(counter, text).standing for text in (used, old, used, new)] == [FRESH, OLD, REUSED, FRESH]


def test_a_revision_that_came_for_another_reason_takes_nothing_away(counter: Counter) -> None:
    """A pass changes with every point; the phone may hear of it late, or in a cellar."""
    code = counter.card.code
    shows_apple(code, revision=9)
    assert spend(counter, shows_apple(code, revision=8)).standing == FRESH


def test_of_two_revisions_at_once_the_older_never_comes_second(counter: Counter) -> None:
    texts = [shows_apple(counter.card.code, revision=revision) for revision in range(1, 9)]
    stood = at_once(8, lambda place: spend(counter, texts[place]).standing)
    assert stood[-1] == FRESH
    assert spend(counter, texts[0]).standing in (OLD, REUSED)


def test_a_voucher_ends(counter: Counter) -> None:
    text = shows_voucher(counter.card.code, counter.brand.id, lasts=timedelta(hours=1))
    assert look_up(counter, text, now=NOON + timedelta(hours=1)).standing == STALE


def test_what_was_shown_without_a_network_is_judged_by_when_it_was(counter: Counter) -> None:
    shown = read_shown(shows_google(counter.card.code))
    later = {"brand_id": counter.brand.id, "now": NOON + timedelta(days=2), "spends": False}
    with acting_at(counter.terminal):
        stood = [verifier.verify_shown(shown, **later, shown_at=at).standing for at in (None, NOON)]
    assert stood == [STALE, FRESH]


def test_a_scan_says_how_it_stands(counter: Counter) -> None:
    at = {"brand_id": counter.brand.id, "store_id": counter.store.id, "terminal_id": counter.terminal.id}
    with acting_at(counter.terminal):
        said = [
            scans.read_pass(code=shows_google(counter.card.code), **at, now=NOON + n * AFTER).scan.standing
            for n in (0, 5)
        ]
    assert said == ["fresh", "stale"]
    assert showings(counter) == ["fresh", "stale"]


def test_points_are_paid_once_by_one_code(counter: Counter) -> None:
    shown = shows_google(counter.card.code)
    pays(counter, shown)
    with pytest.raises(CodeUsedBefore):
        pays(counter, shown)
    assert showings(counter) == ["fresh*", "reused"]


def test_a_sale_that_is_sent_again_is_the_same_sale(counter: Counter) -> None:
    first = pays(counter, shows_google(counter.card.code), receipt="12")
    again = pays(counter, shows_google(counter.card.code, at=NOON + AFTER), receipt="12", now=NOON)
    assert first.id == again.id


def test_sixteen_sales_at_once_by_one_code_are_one(counter: Counter) -> None:
    shown = shows_google(counter.card.code)

    def pay(_: int) -> str:
        try:
            return str(pays(counter, shown).state)
        except CodeUsedBefore as refusal:
            return refusal.code()

    told = at_once(16, pay)
    assert (told.count("closed"), told.count("code_used_before")) == (1, 15)
    assert counter.purse.balance().available == 900


def test_a_stale_code_pays_nothing_and_earns(counter: Counter) -> None:
    shown, late = shows_google(counter.card.code), NOON + timedelta(minutes=5)
    with pytest.raises(CodeStale):
        pays(counter, shown, now=late)
    assert counter.sells(1_000, code=shown, now=late).member_id == counter.member.id


def test_a_forged_code_neither_pays_nor_earns(counter: Counter) -> None:
    shown = shows_apple(counter.card.code)
    forged = shown[:-1] + ("1" if shown[-1] != "1" else "2")
    with pytest.raises(CodeForged):
        pays(counter, forged)
    with pytest.raises(CodeForged):
        counter.sells(1_000, code=forged)


def test_what_is_refused_for_another_reason_uses_up_nothing(counter: Counter) -> None:
    shown = shows_google(counter.card.code)
    with pytest.raises(Exception, match="not_enough_points"):
        counter.sells(100_000, points=5_000, code=shown)
    pays(counter, shown)


@pytest.mark.parametrize("form", ["google", "app", "apple", "voucher"])
def test_whoever_spends_by_it_otherwise_uses_it_up_too(counter: Counter, form: str) -> None:
    at = SeenAt(store_id=counter.store.id, terminal_id=counter.terminal.id)
    text = shows(form, counter)

    def burn(place: int) -> str:
        with acting_at(counter.terminal):
            try:
                return resolution.spend_code(
                    code=text, brand_id=counter.brand.id, at=at, used_for=f"scan:{place}", now=NOON
                ).code
            except CodeUsedBefore as refusal:
                return refusal.code()

    assert [burn(place) for place in (1, 1, 2)] == [counter.card.code, counter.card.code, "code_used_before"]


def test_a_sale_told_late_is_proven_by_when_its_pass_was_shown(counter: Counter) -> None:
    late = NOON + timedelta(hours=3)
    asked = counter.asks(1_000, points=100, code=shows_google(counter.card.code), now=NOON)
    with pytest.raises(CodeStale), acting_at(counter.terminal):
        sales.commit_sale(asked=asked, till=counter.till, now=late)
    with acting_at(counter.terminal):
        sale = sales.commit_sale(asked=replace(asked, shown_at=NOON), till=counter.till, now=late)
    assert sale.points_spent == 100


def test_a_printed_card_pays_as_ever(counter: Counter) -> None:
    assert pays(counter, counter.card.code).points_spent == 100


@pytest.mark.parametrize("form", ["google", "app", "apple"])
def test_a_code_that_has_a_changing_form_pays_nothing_by_itself(counter: Counter, form: str) -> None:
    shows(form, counter)
    with pytest.raises(FreshCodeNeeded):
        pays(counter, counter.card.code)
    assert counter.sells(1_000).member_id == counter.member.id


def test_a_fresh_scan_speaks_for_the_sale_that_follows(counter: Counter) -> None:
    at = {"brand_id": counter.brand.id, "store_id": counter.store.id, "terminal_id": counter.terminal.id}
    with acting_at(counter.terminal):
        scans.read_pass(code=shows_google(counter.card.code), **at, now=NOON)
    pays(counter, counter.card.code, now=NOON + timedelta(minutes=14))
    with pytest.raises(FreshCodeNeeded):
        pays(counter, counter.card.code, now=NOON + timedelta(minutes=14))


def test_a_scan_speaks_for_nothing_after_a_quarter_of_an_hour(counter: Counter) -> None:
    at = {"brand_id": counter.brand.id, "store_id": counter.store.id, "terminal_id": counter.terminal.id}
    with acting_at(counter.terminal):
        scans.read_pass(code=shows_google(counter.card.code), **at, now=NOON)
    with pytest.raises(FreshCodeNeeded):
        pays(counter, counter.card.code, now=NOON + timedelta(minutes=15))


def test_a_scan_at_another_store_speaks_for_nothing_here(counter: Counter) -> None:
    with made():
        elsewhere = make_store(counter.brand)
        till = make_terminal(elsewhere)[0]
    at = {"brand_id": counter.brand.id, "store_id": elsewhere.id, "terminal_id": till.id}
    with acting_at(till):
        scans.read_pass(code=shows_google(counter.card.code), **at, now=NOON)
    with pytest.raises(FreshCodeNeeded):
        pays(counter, counter.card.code)


def test_a_coupon_that_changes_is_redeemed_by_what_it_shows(counter: Counter) -> None:
    coupon = counter.percent(10)
    at = {"brand_id": counter.brand.id, "store_id": counter.store.id, "terminal_id": counter.terminal.id}
    shown = shows_google(coupon.code)
    with acting_at(counter.terminal), pytest.raises(FreshCodeNeeded):
        redeem_coupon(code=coupon.code, **at, now=NOON)
    with acting_at(counter.terminal):
        assert redeem_coupon(code=shown, **at, now=NOON).coupon_id == coupon.id


def test_a_voucher_redeems_its_coupon(counter: Counter) -> None:
    coupon = counter.percent(10)
    at = {"brand_id": counter.brand.id, "store_id": counter.store.id, "terminal_id": counter.terminal.id}
    with acting_at(counter.terminal):
        shown = shows_voucher(coupon.code, counter.brand.id)
        assert redeem_coupon(code=shown, **at, now=NOON).coupon_id == coupon.id


def test_a_coupon_in_a_sale_is_used_up_with_it(counter: Counter) -> None:
    coupon = counter.percent(10)
    shown = shows_google(coupon.code)
    asked = counter.asks(1_000)
    sale = counter.commits(type(asked)(**{**asked.__dict__, "coupons": [shown]}))
    assert sale.trace["steps"][0]["key"] == f"coupon:{coupon.code}"
    assert look_up(counter, shown).standing == REUSED


def test_a_lost_card_gives_out_nothing_more(counter: Counter) -> None:
    shows_google(counter.card.code)
    old = counter.card.code
    with made():
        replacement.replace_lost(member_id=counter.member.id, card_id=counter.card.id, now=NOON)
    with made(), pytest.raises(PassUnknown):
        patterns.read_window_key(old, now=NOON)


def test_a_code_that_goes_over_to_another_wallet_goes_on_changing(counter: Counter) -> None:
    code, used = counter.card.code, shows_apple(counter.card.code, revision=3)
    spend(counter, used)
    with made():
        to = make_member()
        hand_over_codes(source_id=counter.member.id, of=counter.card.id, target_id=to.id, to=counter.card.id)
    stood = [spend(counter, text).standing for text in (used, shows_apple(code, revision=2), shows_google(code))]
    assert stood == [REUSED, OLD, FRESH]
    assert look_up(counter, used).member_id == to.id


def test_secrets_differ_and_stay(counter: Counter) -> None:
    mine, theirs = counter.card.code, Counter().card.code
    with made():
        once, again = (patterns.patterns_for_google(codes=[mine, theirs], now=NOON) for _ in range(2))
        app = patterns.read_window_key(mine, now=NOON)
    assert once == again
    assert len({once[mine].key, once[theirs].key, app.key.hex()}) == 3


def test_the_database_holds_no_key(counter: Counter) -> None:
    with made():
        key = patterns.patterns_for_google(codes=[counter.card.code], now=NOON)[counter.card.code].key
        kept = db.fetch("SELECT salt::text FROM code_secret")
    assert all(key not in row[0] for row in kept)
