"""One yes opens one cell and no other."""

import itertools

import pytest

from app import db
from app.consent import deciding, queries
from app.consent.models import CONSENT, Level
from tests.consent.factories import give
from tests.factories import NOON, make_brand, make_member


def registry():
    with db.system_transaction():
        touchpoints = {one.code: one.levels[-1] for one in db.all_of(queries.touchpoints())}
        return touchpoints, [purpose.code for purpose in db.all_of(queries.purposes_by(CONSENT))]


def allowed(member, brand, touchpoint, purpose):
    return deciding.decide(
        member_id=member.id,
        brand_id=brand.id,
        touchpoint=touchpoint,
        purpose=purpose,
        levels=deciding.ANY_LEVEL,
        now=NOON,
    ).allowed


def test_a_yes_for_one_touchpoint_and_purpose_never_allows_another(app):
    brand, other_brand = make_brand(), make_brand()
    touchpoints, purposes = registry()
    leaks = []
    for touchpoint, purpose in itertools.product(touchpoints, purposes):
        member = make_member()
        give(member, brand, touchpoint=touchpoint, purpose=purpose, level=Level(touchpoints[touchpoint]))
        others = [(t, p) for t, p in itertools.product(touchpoints, purposes) if (t == touchpoint) != (p == purpose)]
        with db.system_transaction():
            leaks += [(touchpoint, purpose, *cell) for cell in others if allowed(member, brand, *cell)]
            leaks += [(touchpoint, purpose)] if allowed(member, other_brand, touchpoint, purpose) else []
            assert allowed(member, brand, touchpoint, purpose)
    assert leaks == []


@pytest.mark.parametrize("touchpoint", ["", "geofence'", "\ud800", "x" * 10_000])
def test_deciding_on_what_does_not_exist_is_no(app, touchpoint):
    with db.system_transaction():
        verdict = deciding.decide(
            member_id=make_member().id, brand_id=make_brand().id, purpose="mischief", touchpoint=touchpoint, now=NOON
        )
    assert verdict.reason == "not_asked"


def test_a_new_member_allows_nothing(app):
    member, brand = make_member(), make_brand()
    touchpoints, purposes = registry()
    with db.system_transaction():
        verdicts = {
            deciding.decide(member_id=member.id, brand_id=brand.id, purpose=p, touchpoint=t, now=NOON).reason
            for t in touchpoints
            for p in purposes
        }
    assert verdicts == {"not_asked"}
