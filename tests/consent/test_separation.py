"""One yes opens one cell and no other."""

import itertools
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from app.consent.decision.verdicts import ANY_LEVEL, decide_permission
from app.consent.ledger import confirmation
from app.consent.models import CONSENT, OWN, Level, Purpose
from app.consent.registry.touchpoints import TOUCHPOINTS
from app.consent.registry.validation import knows_too_much
from app.sql import db
from tests.consent.factories import give, make_reachable_member, make_recipient
from tests.factories import NOON, make_brand, make_member


def registry():
    with db.system_transaction():
        return {code: facts.levels[-1] for code, facts in TOUCHPOINTS.items()}, db.all_of(
            select(Purpose).where(Purpose.legal_basis == CONSENT).order_by(Purpose.code)
        )


def allowed(member, brand, touchpoint, purpose, recipient=OWN):
    return decide_permission(
        member_id=member.id,
        brand_id=brand.id,
        touchpoint=touchpoint,
        purpose=purpose,
        recipient=recipient,
        levels=ANY_LEVEL,
        now=datetime.now(UTC),
    ).allowed


def confirmed(member, brand, touchpoint, purpose, **given):
    """A yes, confirmed where it must be."""
    cell = give(member, brand, touchpoint=touchpoint, purpose=purpose, now=datetime.now(UTC), **given)
    if cell.pending == "confirmation":
        with db.transaction():
            confirmation.confirm_permission(
                token=confirmation.token_of(member.id, cell.event_id), now=datetime.now(UTC)
            )


def test_a_yes_for_one_touchpoint_and_purpose_never_allows_another(app):
    brand, other_brand = make_brand(), make_brand()
    touchpoints, purposes = registry()
    recipients = {purpose.code: "acme" if purpose.recipient_kind else OWN for purpose in purposes}
    for purpose in [code for code, recipient in recipients.items() if recipient]:
        make_recipient(brand, purpose)
    possible = [(t, p.code) for t, p in itertools.product(touchpoints, purposes) if not knows_too_much(t, p)]
    leaks = []
    for touchpoint, purpose in possible:
        member, to = make_reachable_member(), recipients[purpose]
        confirmed(member, brand, touchpoint, purpose, level=Level(touchpoints[touchpoint]), recipient=to)
        others = [(t, p) for t, p in possible if (t == touchpoint) != (p == purpose)]
        with db.system_transaction():
            leaks += [(touchpoint, purpose, *c) for c in others if allowed(member, brand, *c, recipients[c[1]])]
            leaks += [(touchpoint, purpose)] if allowed(member, other_brand, touchpoint, purpose, to) else []
            assert allowed(member, brand, touchpoint, purpose, to)
    assert leaks == []


@pytest.mark.parametrize("purpose", ["partner_offers", "social_audience_matching", "sister_brand_offers"])
def test_a_yes_for_one_recipient_never_allows_another(app, purpose):
    brand, member = make_brand(), make_reachable_member()
    for code in ("acme", "umbrella"):
        make_recipient(brand, purpose, code)
    confirmed(member, brand, "email", purpose, recipient="acme")
    with db.system_transaction():
        found = {to: allowed(member, brand, "email", purpose, to) for to in ("acme", "umbrella", OWN)}
    assert found == {"acme": True, "umbrella": False, OWN: False}


@pytest.mark.parametrize("touchpoint", ["", "geofence'", "\ud800", "x" * 10_000])
def test_deciding_on_what_does_not_exist_is_no(app, touchpoint):
    with db.system_transaction():
        verdict = decide_permission(
            member_id=make_member().id, brand_id=make_brand().id, purpose="mischief", touchpoint=touchpoint, now=NOON
        )
    assert verdict.reason == "not_asked"


def test_a_new_member_allows_nothing(app):
    member, brand = make_member(), make_brand()
    touchpoints, purposes = registry()
    with db.system_transaction():
        verdicts = {
            decide_permission(member_id=member.id, brand_id=brand.id, purpose=p.code, touchpoint=t, now=NOON).reason
            for t in touchpoints
            for p in purposes
        }
    assert verdicts == {"not_asked"}
