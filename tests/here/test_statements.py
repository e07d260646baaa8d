"""What the doors of here cost: however much a phone says, the same few statements, and nothing is read twice."""

from collections import Counter
from typing import Any

import pytest

from app.consent.models import Level
from tests.here.factories import Stroller, ago, crossing, fix, heard
from tests.speaking import Speaker
from tests.tracing import sent_statements
from tests.zones.factories import make_tag

MOST = 200


@pytest.fixture
def stroller(anyone: Speaker) -> Stroller:
    stroller = Stroller(anyone)
    stroller.permits("geofence"), stroller.permits("beacon")
    stroller.stands((2.2, 48.0))
    return stroller


def sent_for(stroller: Stroller, **said: Any) -> list[str]:
    with sent_statements() as sent:
        assert stroller.reports(**said).status_code == 200
    return [" ".join(one.split()) for one in sent]


def many(kind: str, stroller: Stroller, count: int) -> dict[str, Any]:
    """So many items of one kind, a minute apart."""
    make = {
        "fixes": lambda at: fix(at=at),
        "beacons": lambda at: heard(stroller.door, at=at),
        "crossings": lambda at: crossing(stroller.fence.id, "enter", at=at),
        "check_ins": lambda at: {"id": f"{at}", "at": at.isoformat(), "tag": make_tag(stroller.store).code},
    }[kind]
    return {kind: [make(ago(1 + n)) for n in range(count)]}


@pytest.mark.parametrize("kind", ["fixes", "beacons", "crossings", "check_ins"])
def test_two_hundred_items_cost_what_one_costs(anyone: Speaker, kind: str) -> None:
    costs = []
    for count in (1, MOST):
        stroller = Stroller(anyone)
        stroller.permits("geofence"), stroller.permits("beacon"), stroller.permits("qr", Level.ALERT_ON_REQUEST)
        stroller.stands((2.2, 48.0))
        costs.append(len(sent_for(stroller, **many(kind, stroller, count))))
    assert costs[1] <= costs[0] + 1, costs


def test_nothing_is_read_twice(stroller: Stroller) -> None:
    said = {**many("fixes", stroller, 20), **many("beacons", stroller, 20), **many("crossings", stroller, 20)}
    twice = {one for one, count in Counter(sent_for(stroller, **said)).items() if count > 1}
    assert twice == set()
