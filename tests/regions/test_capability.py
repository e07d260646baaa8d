"""What a phone can do by itself, from what its own settings allow."""

from datetime import timedelta

import pytest

from app.consent.decision.phone_conditions import Phone
from offers.regions.capability import SAID, Capability, Hindrance, judge_phone
from tests.factories import NOON

ALWAYS = Phone(location="always", precision="precise", bluetooth=True, notifications=True, reported_at=NOON)


def test_a_phone_that_always_shares_its_exact_position_watches_everything() -> None:
    judged = judge_phone(ALWAYS, now=NOON)
    assert judged == (Capability.BACKGROUND, ())
    assert judged.watches_fences
    assert judged.watches_beacons


def test_a_phone_that_knows_no_precision_is_precise() -> None:
    assert judge_phone(ALWAYS._replace(precision=None), now=NOON).watches_fences


@pytest.mark.parametrize(
    ("phone", "capability", "hindrance"),
    [
        (None, Capability.NONE, Hindrance.UNREPORTED),
        (ALWAYS._replace(location="denied"), Capability.NONE, Hindrance.LOCATION_DENIED),
        (ALWAYS._replace(location="not_determined"), Capability.NONE, Hindrance.LOCATION_DENIED),
        (ALWAYS._replace(location=None), Capability.NONE, Hindrance.LOCATION_DENIED),
        (ALWAYS._replace(precision="approximate"), Capability.COARSE, Hindrance.APPROXIMATE),
        (ALWAYS._replace(location="while_using"), Capability.FOREGROUND, Hindrance.NOT_ALWAYS),
        (ALWAYS._replace(location="once"), Capability.FOREGROUND, Hindrance.NOT_ALWAYS),
        (ALWAYS._replace(reported_at=NOON - timedelta(hours=25)), Capability.FOREGROUND, Hindrance.REPORT_OLD),
    ],
)
def test_a_phone_that_allows_less_watches_nothing_and_is_told_why(
    phone: Phone | None, capability: Capability, hindrance: Hindrance
) -> None:
    judged = judge_phone(phone, now=NOON)
    assert judged == (capability, (hindrance,))
    assert not judged.watches_fences
    assert not judged.watches_beacons


def test_without_bluetooth_fences_are_watched_and_beacons_not_heard() -> None:
    judged = judge_phone(ALWAYS._replace(bluetooth=False), now=NOON)
    assert judged.watches_fences
    assert not judged.watches_beacons
    assert judged.hindrances == (Hindrance.BLUETOOTH_OFF,)


def test_every_hindrance_is_said_in_both_languages() -> None:
    assert SAID.keys() == set(Hindrance)
