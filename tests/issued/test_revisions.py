"""What a pass says changes: it gets one revision, later than all before, and its wallets are told once."""

import itertools
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.accounts.models import Brand
from app.languages import Text
from app.sql import db
from tests.checkout.factories import Counter
from tests.factories import NOON, made, make_brand, make_console_user, make_member
from tests.issued.factories import LATER, as_now, code_on, end, issue, refresh, says, settle
from tests.merges.factories import merge, split
from tests.points.factories import Purse, make_currency
from tests.programmes.factories import put_in_force, rule
from tests.wallet.factories import make_card
from wallet.cards.models import Card, CardStatus
from wallet.cards.own_cards import rename_card
from wallet.cards.replacement import replace_lost
from wallet.designs.models import PassDesign
from wallet.issued import changes, issuance, listeners, revisions
from wallet.issued.models import BrandPassChange, IssuedPass, PassChange, PassKind
from wallet.ledger.models import PointsCurrency
from wallet.programmes.models import MemberTier
from wallet.programmes.rules import Ladder, Programme, Tier


@pytest.fixture
def purse() -> Purse:
    return Purse()


def card_of(purse: Purse) -> Card:
    return make_card(purse.member, purse.brand)


def test_points_that_are_earned_make_a_revision(purse):
    held = issue(card_of(purse))
    purse.earn(40)
    assert refresh(held) == [held.id]
    assert as_now(held).revision > held.revision
    assert [one.amount for one in says(held).balances] == [40]


def test_ten_changes_before_the_job_are_one_revision(purse):
    held = issue(card_of(purse))
    for _ in range(10):
        purse.earn(1)
    assert refresh(held) + refresh(held) == [held.id]


def test_what_changed_and_changed_back_makes_none(purse):
    held = issue(card_of(purse))
    with made():
        changes.note_change(held.member_id, held.brand_id)
    assert refresh(held) == []
    assert as_now(held).revision == held.revision


def test_who_has_no_pass_is_not_noted(purse):
    card_of(purse)
    purse.earn(40)
    with made():
        noted = select(func.count()).select_from(PassChange).where(PassChange.member_id == purse.member.id)
        assert db.first(noted) == 0


def test_two_revisions_of_one_second_have_two_instants(purse):
    held = issue(card_of(purse))
    seen = [as_now(held).changed_at]
    for _ in range(3):
        purse.earn(1)
        refresh(now=NOON)
        seen.append(as_now(held).changed_at)
    assert all(later - before >= timedelta(seconds=1) for before, later in itertools.pairwise(seen))
    assert all(at.microsecond == 0 for at in seen)


def test_a_name_a_lost_code_and_a_block_show(purse):
    card = card_of(purse)
    held = issue(card)
    with made():
        rename_card(member_id=card.member_id, card_id=card.id, display_name="Zoé B.", version=card.version)
    assert refresh(held)
    assert says(held).display_name == "Zoé B."
    with made():
        code = replace_lost(member_id=card.member_id, card_id=card.id, now=NOON).code
    assert refresh(held)
    assert says(held).code == code
    assert as_now(held).serial == held.serial
    with made():
        db.execute(update(Card).where(Card.id == card.id).values(status=CardStatus.BLOCKED))
    assert refresh(held)
    assert says(held).is_void


def test_a_code_that_a_sale_used_up_is_followed_by_another_also_where_the_points_are_as_before(anyone):
    counter = Counter(rule(points=2), points=200)
    held = issue(counter.card)
    shown = code_on(held)
    counter.commits(counter.asks(1_000, points=18, code=shown))
    assert counter.available == 200
    assert refresh(held) == [held.id]
    after = code_on(held)
    assert after != shown
    counter.commits(counter.asks(1_000, points=18, code=after))


def test_a_pass_that_ends_tells_its_wallets(purse):
    held = issue(card_of(purse))
    end(held)
    assert refresh(held) + refresh(held) == [held.id]


def test_the_next_expiry_is_that_of_the_lots_left(purse):
    purse = Purse({"lasts": "30D"})
    held = issue(card_of(purse))
    purse.earn(5)
    purse.earn(5, now=NOON + timedelta(days=1))
    [shown] = says(held).balances
    assert shown.expires_at is not None
    assert shown.expires_at < NOON + timedelta(days=31)
    purse.spend(5, now=NOON + timedelta(days=1))
    assert refresh(held)
    [shown] = says(held).balances
    assert shown.expires_at is not None
    assert shown.expires_at > NOON + timedelta(days=30, hours=20)


def test_a_brands_name_and_the_word_for_points_change_all_its_passes(purse):
    purse.earn(5)
    one, two = issue(card_of(purse)), issue(make_card(make_member(), purse.brand))
    with made():
        db.execute(update(Brand).where(Brand.id == purse.brand.id).values(name="Nouveau nom"))
    assert sorted(refresh(one, two)) == sorted([one.id, two.id])
    with made():
        db.execute(update(PointsCurrency).where(PointsCurrency.id == purse.currency.id).values(name_en="Stars"))
    assert sorted(refresh(one, two)) == sorted([one.id, two.id])


def test_a_new_currency_is_on_all_passes_of_its_brand(purse):
    held, elsewhere = issue(card_of(purse)), issue(make_card(make_member(), make_brand()))
    make_currency(purse.brand, code="stamps")
    assert refresh(held, elsewhere) == [held.id]
    assert says(held).balances[-1].currency == "stamps"


def new_look(brand: Brand) -> None:
    """The brand's passes look otherwise from now on."""
    author = make_console_user(brand)
    with made():
        versions = select(func.coalesce(func.max(PassDesign.version), 0) + 1).where(PassDesign.brand_id == brand.id)
        db.add(
            PassDesign(
                brand_id=brand.id,
                version=db.first(versions),
                content={},
                uploaded={},
                cut={},
                set_by=author.id,
                set_at=NOON,
            )
        )


def test_a_new_colour_of_a_brand_is_a_new_look(purse):
    held = issue(card_of(purse))
    with made():
        db.execute(update(Brand).where(Brand.id == purse.brand.id).values(colour="#123456"))
    assert refresh(held) == [held.id]


def test_a_new_look_is_fetched_again_though_it_says_the_same(purse, monkeypatch):
    monkeypatch.setattr(revisions, "BATCH", 2)
    passes = [issue(make_card(make_member(), purse.brand)) for _ in range(5)]
    elsewhere = issue(make_card(make_member(), make_brand()))
    for _ in range(3):
        new_look(purse.brand)
    assert sorted(refresh(*passes, elsewhere)) == sorted(one.id for one in passes)
    with made():
        assert not db.all_of(select(BrandPassChange).where(BrandPassChange.brand_id == purse.brand.id))


def test_a_pass_that_cannot_be_read_keeps_no_other_waiting(purse, monkeypatch):
    broken, whole = issue(make_card(make_member(), purse.brand)), issue(make_card(make_member(), purse.brand))

    def tell(passes, now):
        if broken.id in {one.id for one in passes}:
            raise ValueError("a fault of this pass alone")

    new_look(purse.brand)
    monkeypatch.setattr(listeners, "AFTER_PASS_CHANGED", [tell])
    refresh()
    assert as_now(whole).revision > whole.revision
    assert as_now(broken).revision == broken.revision
    monkeypatch.setattr(listeners, "AFTER_PASS_CHANGED", [])
    refresh(now=LATER + timedelta(minutes=10))
    assert as_now(broken).revision > broken.revision


def test_what_began_before_a_pass_was_issued_is_not_lost(purse):
    """A change whose trigger saw no pass, and which commits after the pass was fetched."""
    card = card_of(purse)
    with db.apart(), db.system_transaction():
        db.execute(update(Card).where(Card.id == card.id).values(display_name="Plus tard"))
        with db.apart():
            with db.system_transaction():
                held = issue_alone(card)
            settle(held)
            assert says(held).display_name == "Zoé"
            assert as_now(held).settling is not None
    assert refresh(held) == [held.id]


def issue_alone(card: Card) -> IssuedPass:
    return issuance.issue_pass(
        member_id=card.member_id, brand_id=card.brand_id, kind=PassKind.CARD, target_id=card.id, now=NOON
    )


def test_a_merge_brings_the_pass_with_its_card_and_a_split_takes_it_back(purse):
    target = make_member()
    held = issue(card_of(purse))
    merged = merge(purse.member, target)
    assert as_now(held).member_id == target.id
    assert refresh(held) == []
    assert not says(held).is_void
    split(merged)
    assert as_now(held).member_id == purse.member.id
    assert not says(held).is_void


def test_a_pass_follows_a_closed_card_to_the_one_that_goes_on(purse):
    target = make_member()
    theirs = make_card(target, purse.brand)
    purse.earn(30)
    held = issue(card_of(purse))
    merged = merge(purse.member, target)
    refresh()
    assert says(held).code == theirs.code
    assert [one.amount for one in says(held).balances] == [30]
    split(merged)
    refresh()
    assert as_now(held).member_id == purse.member.id
    assert says(held).code != theirs.code
    assert not says(held).is_void


def test_of_two_passes_that_meet_the_other_one_is_void(purse):
    target = make_member()
    mine, theirs = issue(card_of(purse)), issue(make_card(target, purse.brand))
    merged = merge(purse.member, target)
    refresh()
    assert says(mine).is_void
    assert not says(theirs).is_void
    split(merged)
    refresh()
    assert not says(mine).is_void
    assert not says(theirs).is_void


def golden(purse: Purse, name: str) -> Programme:
    """A programme with one tier."""
    return Programme("EUR", (), ladder=Ladder(purse.currency.id, (Tier("gold", Text(fr=name, en="Gold"), 100),)))


def test_a_tier_shows_under_the_name_of_the_programme_in_force(purse):
    held = issue(card_of(purse))
    put_in_force(purse.brand, golden(purse, "Or"))
    with made():
        db.add(MemberTier(member_id=purse.member.id, brand_id=purse.brand.id, tier="gold", since=NOON, changed_at=NOON))
    assert refresh(held)
    tier = says(held).tier
    assert tier is not None
    assert (tier.code, tier.name_fr) == ("gold", "Or")
    starts_at = NOON + timedelta(days=1)
    put_in_force(purse.brand, golden(purse, "Or massif"), starts_at=starts_at)
    assert refresh(held) == []
    assert refresh(held, now=starts_at) == [held.id]
    tier = says(held, now=starts_at).tier
    assert tier is not None
    assert tier.name_fr == "Or massif"
