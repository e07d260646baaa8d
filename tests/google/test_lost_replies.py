"""Whatever is lost on the way, Google has in the end what the pass says, was sent nothing twice, and rang once."""

from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.canonical import write_json
from tests.factories import NOON, make_brand, make_member
from tests.google.factories import RIVOLI, balance, copy_of, object_id, run, tell, want
from tests.issued.factories import issue
from tests.wallet.factories import make_card

HAPPENS = st.sampled_from(
    ("change", "quiet", "places", "tell", "tell", "lose_answer", "lose_request", "hang", "lost_all")
)


class Lossy:
    """A way to Google on which one thing is lost: the next request, the answer to it, or both for a while."""

    def __init__(self) -> None:
        self.next = ""

    def fault(self, method: str, path: str, ahead: bool) -> int | None:
        if "walletobjects" not in path or not self.next:
            return None
        if self.next == "lose_request" and ahead:
            self.next = ""
            return 0
        if self.next == "hang" and ahead:
            self.next = ""
            return 503
        if self.next == "lose_answer" and not ahead and method != "GET":
            self.next = ""
            return 0
        return None


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(happenings=st.lists(HAPPENS, min_size=3, max_size=12))
def test_nothing_is_lost_and_nothing_is_sent_twice(google, sayings, happenings):
    held = issue(make_card(make_member(), make_brand()))
    google.taken.clear()
    google.rang.clear()
    way, amount, now = Lossy(), 0, NOON
    google.fault = way.fault
    sayings.change(held, balances=balance(0), places=(), at=now)
    want(held, now=now)
    run("UPDATE google_copy SET saved_at = :at WHERE pass_id = :id", id=held.id, at=now)
    for happening in happenings:
        now += timedelta(hours=9)
        if happening in ("change", "quiet"):
            amount += 1
            sayings.change(held, balances=balance(amount), may_notify=happening == "change", at=now)
        elif happening == "places":
            sayings.change(held, places=() if sayings.fields[held.id]["places"] else (RIVOLI,), at=now)
        elif happening == "tell":
            tell(now=now)
        elif happening == "lost_all":
            google.things["loyaltyObject"].pop(object_id(held), None)
        else:
            way.next = happening
    way.next = ""
    for _ in range(3):
        now += timedelta(hours=9)
        sayings.change(held, at=now)
        tell(now=now)
    _look_at(google, held, amount, sayings, lost="lost_all" in happenings)


def _look_at(google, held, amount, sayings, *, lost):
    there = google.things["loyaltyObject"].get(object_id(held))
    if lost and there is None:
        return  # nobody can know before something changes
    if not lost:
        assert there["loyaltyPoints"]["balance"] == {"int": amount}
        assert len(there.get("merchantLocations", ())) == len(sayings.fields[held.id]["places"])
    assert copy_of(held).due_at is None
    wrote = [body for _, id, body in google.taken if id == object_id(held)]
    if not lost:
        neighbours = [write_json(dict(body, notifyPreference="")) for body in wrote]
        assert all(one != other for one, other in pairwise(neighbours))
        rang = Counter(body["loyaltyPoints"]["balance"]["int"] for body in wrote if "notifyPreference" in body)
        assert all(count == 1 for count in rang.values())


@pytest.mark.parametrize("lost", ["lose_answer", "lose_request", "hang"])
@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_one_lost_word_is_made_up_for(google, sayings, held, lost, method):
    way = Lossy()
    google.fault = way.fault
    sayings.change(held, balances=balance(1), at=NOON)
    want(held)
    if method == "PATCH":
        tell()
        sayings.change(held, balances=balance(2), at=NOON)
    way.next = lost
    for hours in (1, 2, 3):
        tell(now=NOON + timedelta(hours=hours))
    wrote = [body for _, id, body in google.taken if id == object_id(held)]
    assert len(wrote) == (2 if method == "PATCH" else 1)
    assert not copy_of(held).doubtful
