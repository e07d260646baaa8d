"""Coupons on paper: codes for whoever types them first."""

import csv
import uuid
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.accounts.errors import TooManyGuesses
from app.accounts.guess_limits import GUESSES_PER_DAY
from app.errors import Problem
from app.sql import db
from offers.coupons.commands import import_codes, print_codes
from offers.coupons.errors import CouponCodeTaken, CouponCodeUnknown, MemberLimitReached, OfferSoldOut
from offers.coupons.models import PrintedCode
from offers.coupons.paper.codes import UNKNOWN_AT_TILL, hash_of, take_code, take_code_at_till
from tests.coupons.factories import Shop, acting_as, acting_at, claim, paper_codes, scan
from tests.factories import NOON, made, make_brand, make_member, make_store, make_terminal, member_token
from tests.planning.factories import make_offer
from tests.racing import at_once
from wallet.passes.banned_words import is_banned
from wallet.passes.codes import check_symbol, code_of, read_printed
from wallet.passes.errors import CodeMistyped


@pytest.fixture
def brand(app):
    brand = make_brand()
    make_store(brand)
    return brand


@pytest.fixture
def offer(brand):
    return make_offer(brand, member_limit=10)


def take(member, code, now=NOON):
    with acting_as(member):
        return take_code(member_id=member.id, code=code, now=now)


def test_a_code_becomes_a_coupon_of_whoever_types_it(offer):
    (code,), member = paper_codes(offer), make_member()
    coupon = take(member, code.lower().replace("-", " "))
    assert (coupon.member_id, coupon.offer_id, coupon.code != code) == (member.id, offer.id, True)


def test_typing_it_twice_is_typing_it_once(offer):
    (code,), member = paper_codes(offer), make_member()
    assert take(member, code).id == take(member, code).id


def test_a_code_that_somebody_used_is_taken(offer):
    (code,) = paper_codes(offer)
    take(make_member(), code)
    with pytest.raises(CouponCodeTaken):
        take(make_member(), code)


def test_sixty_four_who_type_one_code_are_one_coupon(offer):
    (code,), members = paper_codes(offer), [make_member() for _ in range(64)]

    def try_it(which: int) -> bool:
        try:
            take(members[which], code)
        except Problem:
            return False
        return True

    assert sum(at_once(64, try_it)) == 1


def test_the_limits_of_the_offer_hold_for_paper_too(brand):
    first, second = paper_codes(make_offer(brand, member_limit=1), 2)
    member = make_member()
    take(member, first)
    with pytest.raises(MemberLimitReached):
        take(member, second)


def test_a_code_of_a_sold_out_offer_stays_untaken(brand):
    first, second = paper_codes(make_offer(brand, total_limit=1), 2)
    take(make_member(), first)
    with pytest.raises(OfferSoldOut):
        take(make_member(), second)
    with db.system_transaction():
        assert db.get(PrintedCode, hash_of(second)).taken_at is None


def test_an_offer_that_is_shown_nowhere_may_be_on_paper(brand):
    offer = make_offer(brand, given_only=True)
    assert take(make_member(), paper_codes(offer)[0]).offer_id == offer.id


def test_an_unknown_code_is_unknown(app):
    with pytest.raises(CouponCodeUnknown):
        take(make_member(), unknown())


def test_a_mistyped_code_says_where(offer):
    (code,) = paper_codes(offer)
    wrong = code[:6] + ("A" if code[6] != "A" else "B") + code[7:]
    with pytest.raises(CodeMistyped) as refused:
        take(make_member(), wrong)
    assert refused.value.facts["group"] == 2


def test_one_member_guesses_so_often_and_no_more(offer):
    (code,), member = paper_codes(offer), make_member()
    for _ in range(GUESSES_PER_DAY):
        with pytest.raises(CouponCodeUnknown):
            take(member, unknown())
    with pytest.raises(TooManyGuesses):
        take(member, code)
    assert take(member, code, NOON + timedelta(days=1, seconds=1)).offer_id == offer.id


@pytest.fixture
def till(brand):
    with made():
        return make_terminal(make_store(brand))[0]


def show_pass(till, offer):
    """A customer shows a coupon at the till."""
    return scan(claim(make_member(), offer), till)


def try_at_till(till, shown, code, now=NOON):
    with acting_at(till):
        given = {"brand_id": till.brand_id, "store_id": till.store_id, "terminal_id": till.id}
        return take_code_at_till(scan_id=shown.id, **given, code=code, now=now)


def bring_unknown(till, offer, *, customers, codes):
    for _ in range(customers):
        shown = show_pass(till, offer)
        for _ in range(codes):
            with pytest.raises(CouponCodeUnknown):
                try_at_till(till, shown, unknown())


def test_what_customers_bring_closes_no_till(offer, till):
    (code,) = paper_codes(offer)
    bring_unknown(till, offer, customers=2, codes=GUESSES_PER_DAY // 2 + 1)
    assert try_at_till(till, show_pass(till, offer), code).offer_id == offer.id


def test_a_till_that_tries_a_hundred_unknown_codes_rests(offer, till):
    (code,) = paper_codes(offer)
    bring_unknown(till, offer, customers=10, codes=UNKNOWN_AT_TILL.most // 10)
    with pytest.raises(TooManyGuesses):
        try_at_till(till, show_pass(till, offer), code)
    assert try_at_till(till, show_pass(till, offer), code, now=NOON + timedelta(seconds=36)).offer_id == offer.id


def unknown() -> str:
    return code_of(uuid.uuid4().bytes, "x", groups=4)


def test_no_code_is_in_the_table(offer):
    (code,) = paper_codes(offer)
    with db.system_transaction():
        (known,) = db.all_of(select(PrintedCode).where(PrintedCode.offer_id == offer.id))
    assert code.encode() not in known.code_hash


def test_the_same_batch_again_is_the_same_codes(offer):
    assert paper_codes(offer, 3) == paper_codes(offer, 3)
    assert paper_codes(offer, 5)[:3] == paper_codes(offer, 3)


def test_two_batches_and_two_offers_have_other_codes(brand, offer):
    other = make_offer(brand)
    made = [*paper_codes(offer, 2), *paper_codes(offer, 2, batch="été"), *paper_codes(other, 2)]
    assert len(set(made)) == 6


@pytest.mark.parametrize("groups", [3, 4, 5])
def test_every_made_code_reads_as_itself_and_offends_nobody(offer, groups):
    for code in paper_codes(offer, 200, groups=groups):
        assert (read_printed(code), is_banned(code.replace("-", ""))) == (code, False)


@pytest.mark.parametrize("typed", ["55G2-DHM0-50NN", "55g2 dhm0 50nn", "SSGZ-DHMO-SONN"])
def test_the_code_that_the_published_algorithm_prints_is_read(typed):
    """Algorithm::CouponCode's own example; letters that look like digits are taken for them."""
    assert read_printed(typed) == "55G2-DHM0-50NN"


@pytest.mark.parametrize(("text", "group"), [("55G2", 2), ("55G2-DHM0", 3), ("55G2-DHM1-50NN", 2), ("", 1)])
def test_what_is_no_code_on_paper_says_where(text, group):
    with pytest.raises(CodeMistyped) as refused:
        read_printed(text)
    assert refused.value.facts["group"] == group


def test_a_member_types_a_code_in_the_app(anyone):
    shop = Shop(anyone)
    phone = anyone.with_token(member_token(make_member()))
    now_offer = shop.offer
    code = paper_codes(now_offer)[0]
    answer = phone.post("/v1/coupon-codes", {"code": code})
    assert (answer.status_code, answer.json["offer"]["id"]) == (201, str(now_offer.id))
    assert phone.post("/v1/coupon-codes", {"code": code}).json["id"] == answer.json["id"]


@pytest.fixture
def run(monkeypatch, tmp_path, brand, offer):
    monkeypatch.setattr("offers.coupons.commands.preparation.connect", lambda: None)

    def ran(command, name, *words):
        shared = ["--brand", brand.code, "--offer", str(offer.id), "--batch", "b1"]
        return CliRunner().invoke(command, [str(tmp_path / name), *shared, *words])

    return ran


def codes_in(path):
    with path.open() as file:
        return [row["code"] for row in csv.DictReader(file)]


def test_a_printer_gets_a_file_that_only_its_owner_reads(run, tmp_path, offer):
    assert run(print_codes, "codes.csv", "--count", "3").exit_code == 0
    path = tmp_path / "codes.csv"
    assert (len(codes_in(path)), path.stat().st_mode & 0o777) == (3, 0o600)
    assert take(make_member(), codes_in(path)[0]).offer_id == offer.id


def brought(run, tmp_path, codes, *words):
    (tmp_path / "in.csv").write_text("code\n" + "".join(f"{code}\n" for code in codes))
    return run(import_codes, "in.csv", *words).stdout


def last(said):
    return said.splitlines()[-1]


def test_codes_of_others_come_in_once(run, tmp_path, offer):
    codes = [unknown(), unknown()]
    assert last(brought(run, tmp_path, codes)) == "accepted 2, corrected 0, refused 0, unchanged 0"
    assert last(brought(run, tmp_path, codes)) == "accepted 0, corrected 0, refused 0, unchanged 2"
    assert take(make_member(), codes[0]).offer_id == offer.id


def test_a_dry_run_takes_no_code(run, tmp_path):
    (code,) = [unknown()]
    assert last(brought(run, tmp_path, [code], "--dry-run")).startswith("accepted 1")
    with pytest.raises(CouponCodeUnknown):
        take(make_member(), code)


def test_the_same_code_twice_in_a_file_is_one(run, tmp_path):
    code = unknown()
    assert last(brought(run, tmp_path, [code, code])) == "accepted 1, corrected 0, refused 0, unchanged 1"


def test_a_wrong_a_rude_and_a_foreign_code_are_refused_with_why(run, tmp_path, brand):
    rude = "-".join(part + check_symbol(number, part) for number, part in enumerate(["FUC", "K12", "345"], start=1))
    foreign = paper_codes(make_offer(brand))[0]
    said = brought(run, tmp_path, ["55G2-DHM1-50NN", rude, foreign])
    assert last(said) == "accepted 0, corrected 0, refused 3, unchanged 0"
    assert all(why in said for why in ("group 2 is wrong", "rude word", "another offer already"))


def test_the_report_shows_no_code(run, tmp_path):
    code = unknown()
    assert code not in brought(run, tmp_path, [code])


def test_an_offer_of_another_brand_is_refused(monkeypatch, tmp_path, brand):
    monkeypatch.setattr("offers.coupons.commands.preparation.connect", lambda: None)
    words = [str(tmp_path / "x.csv"), "--brand", brand.code, "--offer", str(make_offer(make_brand()).id)]
    answer = CliRunner().invoke(print_codes, [*words, "--batch", "b", "--count", "1"])
    assert (answer.exit_code, "has no such offer" in answer.output) == (1, True)
