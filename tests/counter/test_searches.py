"""Somebody at the counter says a phone number: found, masked, confirmed; and nobody enumerates."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.accounts.addresses import phone_number
from app.accounts.models import MemberIdentifier
from app.sql import db
from tests.accounts.factories import new_phone
from tests.factories import make_member, member_token, save
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill
from tests.tracing import sent_statements
from tests.wallet.factories import make_card
from wallet.counter import search_limits, searches
from wallet.counter.errors import TooManySearches

FIND, CONFIRM = "/v1/member-searches", "/v1/member-searches/confirmation"


def a_number() -> str:
    return "0" + new_phone().removeprefix("+33")


@pytest.fixture
def number(till: RecordingTill) -> str:
    """Of the member, whose card says Zoé."""
    number = a_number()
    address = phone_number(number)
    save(
        MemberIdentifier(
            kind=address.kind, value=address.value, member_id=till.member.id, verified_at=datetime.now(UTC)
        )
    )
    return number


@pytest.fixture
def till(anyone: Speaker) -> RecordingTill:
    return RecordingTill(anyone, points=200)


def asks(till: RecordingTill, path: str, **said: Any) -> tuple[int, dict[str, Any]]:
    answer = till.speaks.post(path, said)
    return answer.status_code, answer.get_json()


def test_a_number_that_is_known_tells_a_letter(till: RecordingTill, number: str) -> None:
    status, found = asks(till, FIND, phone=f"+33 {number[1]} {number[2:]}")
    assert (status, found) == (
        200,
        {"known": True, "masked_name": "Z…", "confirmed_by": ["first_letters", "card_ending"]},
    )


def test_a_number_that_is_unknown_has_the_same_shape(till: RecordingTill) -> None:
    assert asks(till, FIND, phone=a_number()) == (200, {"known": False, "masked_name": None, "confirmed_by": []})


def test_a_member_of_other_brands_alone_is_unknown(till: RecordingTill, number: str, anyone: Speaker) -> None:
    assert asks(RecordingTill(anyone), FIND, phone=number)[1]["known"] is False


def test_known_and_unknown_take_the_same_steps(till: RecordingTill, number: str) -> None:
    def steps(said: str) -> int:
        where = {"brand_id": till.brand.id, "store_id": till.store.id, "terminal_id": till.terminal.id}
        with db.transaction():
            staff = db.Staff("terminal", till.brand.id, till.store.id)
            db.become(brand_id=till.brand.id, principal_id=till.terminal.id, staff=staff)
            with sent_statements() as sent:
                searches.find_at_counter(address=phone_number(said), **where, now=datetime.now(UTC))
            return len(sent)

    assert steps(number) == steps(a_number())


@pytest.mark.parametrize("letters", ["zoé", "ZOE", " Zoe"])
def test_the_first_letters_confirm(till: RecordingTill, number: str, letters: str) -> None:
    status, body = asks(till, CONFIRM, phone=number, first_letters=letters)
    assert (status, body["display_name"], body["code"]) == (201, "Zoé", till.card.code)
    assert body["member"]["balances"][0]["available"] == 200


def test_the_end_of_the_card_confirms(till: RecordingTill, number: str) -> None:
    assert asks(till, CONFIRM, phone=number, card_ending=till.card.code[-4:].lower())[0] == 201


@pytest.mark.parametrize("said", [{"first_letters": "Zo"}, {"first_letters": "Ann"}, {"card_ending": "0000"}])
def test_any_other_proof_is_refused_like_an_unknown_number(
    till: RecordingTill, number: str, said: dict[str, str]
) -> None:
    status, body = asks(till, CONFIRM, phone=number, **said)
    assert (status, body["code"]) == (404, "member_not_confirmed")
    again = asks(till, CONFIRM, phone=a_number(), **said)[1]
    assert {name: body[name] for name in ("code", "title", "remedy")} == {
        name: again[name] for name in ("code", "title", "remedy")
    }


def test_five_wrong_proofs_close_a_number_for_the_day(till: RecordingTill, number: str) -> None:
    for _ in range(search_limits.PROOFS_A_DAY):
        asks(till, CONFIRM, phone=number, first_letters="Ann")
    assert asks(till, CONFIRM, phone=number, first_letters="Zoé")[1]["code"] == "too_many_guesses"


def test_a_name_that_we_made_proves_nothing(till: RecordingTill) -> None:
    member, number = make_member(), a_number()
    address = phone_number(number)
    save(MemberIdentifier(kind=address.kind, value=address.value, member_id=member.id, verified_at=None))
    make_card(member, till.brand, display_name=None)  # type: ignore[arg-type]
    assert asks(till, FIND, phone=number)[1] == {"known": True, "masked_name": None, "confirmed_by": ["card_ending"]}
    assert asks(till, CONFIRM, phone=number, first_letters="Membre")[0] == 404


def test_one_proof_and_one_address_are_wanted(till: RecordingTill) -> None:
    assert asks(till, CONFIRM, phone=a_number())[0] == 422
    assert asks(till, CONFIRM, phone=a_number(), first_letters="Zoé", card_ending="0000")[0] == 422
    assert asks(till, FIND)[0] == 422
    assert asks(till, FIND, phone="12")[0] == 422


def test_a_terminal_that_enumerates_is_stopped_and_seen(till: RecordingTill, number: str) -> None:
    before = _stopped()
    for _ in range(search_limits.MISSES_OF_TERMINAL.most):
        assert asks(till, FIND, phone=a_number())[0] == 200
    assert asks(till, FIND, phone=a_number())[1]["code"] == "too_many_searches"
    assert asks(till, FIND, phone=number)[1]["code"] == "too_many_searches"
    assert asks(till, CONFIRM, phone=number, first_letters="Zoé")[1]["code"] == "too_many_searches"
    assert _stopped() == before + 1


def test_who_is_found_is_not_counted_as_a_miss(till: RecordingTill, number: str) -> None:
    for _ in range(search_limits.MISSES_OF_TERMINAL.most + 2):
        assert asks(till, FIND, phone=number)[0] == 200


def test_a_store_is_counted_over_its_terminals(till: RecordingTill) -> None:
    now = datetime.now(UTC)
    with db.transaction():
        for _ in range(search_limits.SEARCHES_OF_STORE.most):
            search_limits.count_search(terminal_id=uuid.uuid4(), store_id=till.store.id, now=now)
        with pytest.raises(TooManySearches):
            search_limits.count_search(terminal_id=uuid.uuid4(), store_id=till.store.id, now=now)


def test_the_alarm_is_over_after_a_while(till: RecordingTill) -> None:
    for _ in range(search_limits.MISSES_OF_TERMINAL.most):
        asks(till, FIND, phone=a_number())
    assert _stopped(timedelta(hours=2)) == 0


def test_the_member_can_read_that_they_were_looked_for(till: RecordingTill, number: str, anyone: Speaker) -> None:
    asks(till, FIND, phone=number)
    [read] = anyone.with_token(member_token(till.member)).get("/v1/me/reads").get_json()["items"]
    assert [one["code"] for one in read["data"]] == ["account"]


def _stopped(later: timedelta = timedelta()) -> float:
    with db.system_transaction():
        return search_limits.watch_searches(datetime.now(UTC) + later).value
