"""Whatever the law or the member says of a member, bundle and facts find what the server answers."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.accounts.models import Member
from app.accounts.queries import member_locked
from app.consent.suppression.objections import object_to_marketing
from app.consent.suppression.restriction import carry_restriction, restrict_processing
from app.sql import db
from tests.bundles.factories import fresh_looks
from tests.bundles.test_equivalence import NOW, SEED, Coast, assert_equal_around
from tests.consent.factories import give, in_store, say_no
from tests.factories import made
from tests.learning.factories import permit
from tests.sizes import chosen

BIRTHDAY = {"young": NOW + timedelta(days=400), "just grown up": NOW - timedelta(seconds=1)}
FATES = (*BIRTHDAY, "restricted", "objected to one", "objected to all", "nothing", "elsewhere only", "a yes that ended")


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    with fresh_looks():
        yield


@pytest.fixture(scope="module")
def coast(app: Any) -> Coast:
    return Coast()


def befall(member: Member, fate: str, coast: Coast) -> None:
    """Let this be so of a member."""
    brand = coast.brands[0]
    if fate in BIRTHDAY:
        with made():
            known = db.all_of(member_locked(member.id))[0]
            known.minor_until = BIRTHDAY[fate]
            carry_restriction(known, now=NOW)
    elif fate == "restricted":
        with made():
            restrict_processing(member_id=member.id, now=NOW)
    elif fate.startswith("objected"):
        with made():
            object_to_marketing(member_id=member.id, brand_id=brand.id if "one" in fate else None, now=NOW)
    elif fate == "elsewhere only":
        for one in coast.brands:
            say_no(member, one, now=NOW)
        give(member, brand, now=NOW, scope=in_store(coast.stores[brand.id][3]))
    elif fate == "a yes that ended":
        give(member, brand, now=NOW)
        with made():
            ends = "UPDATE permission_state SET expires_at = :now WHERE member_id = :m AND brand_id = :b"
            db.execute(text(ends), {"now": NOW, "m": member.id, "b": brand.id})


@settings(max_examples=chosen().worlds * 2)
@given(st.sampled_from(FATES), st.integers(0, 2**32), st.booleans())
def test_whatever_befell_the_member(coast: Coast, fate: str, seed: int, profiled: bool) -> None:
    member = coast.dawn(seed).member()
    with pytest.MonkeyPatch.context() as patch:
        if profiled:  # with the same chance on both sides
            for module in ("offers.deciding.decisions", "offers.bundles.own_scores"):
                patch.setattr(f"{module}.seed_of", lambda *_: SEED)
            permit(member, coast.brands[0], now=NOW)
        befall(member, fate, coast)
        assert_equal_around(coast, member)


def test_of_whom_nothing_may_be_used_nothing_is_found(coast: Coast) -> None:
    for fate in ("young", "restricted", "objected to all"):
        member = coast.dawn(SEED).member()
        give(member, coast.brands[0], now=NOW)
        befall(member, fate, coast)
        assert assert_equal_around(coast, member) == 0
