"""A till without a network took from a cagnotte: what is there pays, and what is not is the brand's to look at."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from offers.offline import late_acts
from offers.offline.late_acts import LateAct, LateVerdict
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill

TENDERS = [{"kind": "cagnotte", "amount_minor": 350}, {"kind": "card", "amount_minor": 650}]


@pytest.fixture(autouse=True)
def seen() -> Iterator[list[LateAct]]:
    """A judge who allows everything; what it was asked."""
    asked: list[LateAct] = []

    def judge(act: LateAct, now: datetime) -> LateVerdict:
        asked.append(act)
        return LateVerdict(True, None, "limits")

    before = late_acts.JUDGES[:]
    late_acts.JUDGES[:] = [judge]
    yield asked
    late_acts.JUDGES[:] = before


def till_with(anyone: Speaker, cents: int) -> RecordingTill:
    till = RecordingTill(anyone, counts={"kind": "money", "name_fr": "Cagnotte", "name_en": "Cagnotte"})
    if cents:
        till.purse.earn(cents, now=datetime.now(UTC) - timedelta(hours=1))
    return till


def brings(till: RecordingTill) -> dict[str, Any]:
    [one] = till.brings(till.late("sale", sale=till.sale(tenders=TENDERS, charged_minor=650)))
    assert one["problem"] is None, one
    answer: dict[str, Any] = one["answer"]
    return answer


def test_a_late_sale_takes_the_money_that_is_there(anyone: Speaker, seen: list[LateAct]) -> None:
    till = till_with(anyone, 500)
    answer = brings(till)
    assert (answer["result"], answer["sale"]["points_minor"], till.available) == ("ok", 350, 150)
    assert seen[0].points == 350


def test_a_late_sale_whose_money_is_gone_is_a_conflict_with_its_loss(anyone: Speaker) -> None:
    till = till_with(anyone, 200)
    answer = brings(till)
    assert (answer["result"], answer["reason"]) == ("accepted_with_conflict", "insufficient_points")
    assert (till.available, till.conflicts()[0]["loss_minor"]) == (200, 350)
    assert answer["sale"]["tenders"][0]["amount_minor"] == 350
