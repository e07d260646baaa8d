"""Lists come in pages: every thing once, whatever is added meanwhile, and no address that we did not give."""

import base64
import uuid
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from app.accounts.models import Brand, Member
from app.factory import Ici
from app.sql import db
from tests.factories import NOON, console_token, make_brand, make_console_user, make_member, make_store, member_token
from tests.planning.factories import make_draft
from tests.sizes import chosen
from tests.speaking import Speaker
from wallet.cards.models import Card


class Holder:
    """A member with cards of many brands."""

    def __init__(self, anyone: Speaker, *, cards: int) -> None:
        self.member: Member = make_member()
        self.speaker = anyone.with_token(member_token(self.member))
        self.ids = [self.get_card(at=NOON + timedelta(minutes=number // 3)) for number in range(cards)]

    def get_card(self, *, at: datetime) -> str:
        brand: Brand = make_brand()
        with db.system_transaction():
            card = Card(
                member_id=self.member.id, brand_id=brand.id, code=uuid.uuid4().hex, display_name="Zoé", joined_at=at
            )
            return str(db.add(card).id)

    def page(self, address: str) -> tuple[list[str], str | None]:
        answer = self.speaker.get(address).get_json()
        return [card["id"] for card in answer["items"]], answer["next"]

    def all_pages(self, address: str) -> list[list[str]]:
        found, following = [], address
        while following:
            ids, following = self.page(following)
            found.append(ids)
        return found


@pytest.fixture
def holder(anyone: Speaker) -> Holder:
    return Holder(anyone, cards=7)


def cursor_of(address: str | None) -> str:
    assert address is not None
    return parse_qs(urlsplit(address).query)["cursor"][0]


def refused(answer: TestResponse) -> bool:
    return answer.status_code == 422 and answer.get_json()["errors"][0]["pointer"] == "#query/cursor"


@pytest.mark.parametrize("limit", [1, 2, 3, 6, 7, 8, 100])
def test_every_thing_comes_once(holder: Holder, limit: int) -> None:
    pages = holder.all_pages(f"/v1/cards?limit={limit}")
    assert sorted(card for page in pages for card in page) == sorted(holder.ids)
    assert [len(page) for page in pages[:-1]] == [limit] * (len(pages) - 1)


def test_the_newest_come_first(holder: Holder) -> None:
    newest = holder.get_card(at=NOON + timedelta(days=1))
    assert holder.page("/v1/cards?limit=1")[0] == [newest]


def test_the_last_page_has_no_next(holder: Holder) -> None:
    assert holder.page("/v1/cards?limit=7")[1] is None


def test_an_empty_list_is_a_page(anyone: Speaker) -> None:
    assert Holder(anyone, cards=0).page("/v1/cards") == ([], None)


def test_what_is_added_meanwhile_shifts_nothing(holder: Holder) -> None:
    first, following = holder.page("/v1/cards?limit=3")
    holder.get_card(at=NOON + timedelta(days=1))
    assert sorted([*first, *(card for page in holder.all_pages(following or "") for card in page)]) == sorted(
        holder.ids
    )


def test_what_is_removed_meanwhile_shifts_nothing(holder: Holder) -> None:
    first, following = holder.page("/v1/cards?limit=3")
    with db.system_transaction():
        db.session().delete(db.get(Card, (holder.member.id, uuid.UUID(first[0]))))
    rest = [card for page in holder.all_pages(following or "") for card in page]
    assert sorted(first + rest) == sorted(holder.ids)


def test_the_link_header_says_the_same_as_the_body(holder: Holder) -> None:
    answer = holder.speaker.get("/v1/cards?limit=3")
    assert answer.headers["Link"] == f'<{answer.get_json()["next"]}>; rel="next"'


def test_the_next_page_keeps_the_filters(anyone: Speaker) -> None:
    brand = make_brand()
    make_store(brand)
    for _ in range(3):
        make_draft(brand)
    merchandiser = anyone.with_token(console_token(make_console_user(brand)))
    following = merchandiser.get("/v1/offers?status=draft&limit=2").get_json()["next"]
    assert parse_qs(urlsplit(following).query)["status"] == ["draft"]
    assert len(merchandiser.get(following).get_json()["items"]) == 1


@pytest.fixture(scope="module")
def reader_with_cursor(app: Ici) -> tuple[Speaker, bytes]:
    """A member, and the bytes of a cursor of their cards."""
    holder = Holder(Speaker(app.test_client()), cards=2)
    cursor = cursor_of(holder.page("/v1/cards?limit=1")[1])
    return holder.speaker, base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


@settings(max_examples=chosen().rows)
@given(place=st.integers(0, 10_000), change=st.integers(1, 255))
def test_a_cursor_that_was_touched_is_refused(
    reader_with_cursor: tuple[Speaker, bytes], place: int, change: int
) -> None:
    speaker, cursor = reader_with_cursor
    touched = bytearray(cursor)
    touched[place % len(cursor)] ^= change
    assert refused(speaker.get("/v1/cards", query_string={"cursor": base64.urlsafe_b64encode(touched).decode()}))


def test_a_cursor_as_it_was_given_is_taken(reader_with_cursor: tuple[Speaker, bytes]) -> None:
    speaker, cursor = reader_with_cursor
    answer = speaker.get("/v1/cards", query_string={"cursor": base64.urlsafe_b64encode(cursor).decode().rstrip("=")})
    assert answer.status_code == 200


@pytest.mark.parametrize(
    "cursor", ["x", "....", "é", "AAAA", "A" * 400, "%00", base64.urlsafe_b64encode(b"{}").decode()]
)
def test_what_is_no_cursor_is_refused(holder: Holder, cursor: str) -> None:
    assert refused(holder.speaker.get("/v1/cards", query_string={"cursor": cursor}))


def test_an_empty_cursor_is_refused(holder: Holder) -> None:
    assert refused(holder.speaker.get("/v1/cards?cursor="))


def test_a_cursor_of_another_list_is_refused(holder: Holder) -> None:
    cursor = cursor_of(holder.page("/v1/cards?limit=1")[1])
    assert refused(holder.speaker.get(f"/v1/sessions?cursor={cursor}"))


def test_a_cursor_of_the_same_list_of_another_brand_is_refused(holder: Holder) -> None:
    brands = make_brand(), make_brand()
    for brand in brands:
        make_store(brand), make_store(brand)
    following = holder.speaker.get(f"/v1/brands/{brands[0].code}/stores?limit=1").get_json()["next"]
    assert refused(holder.speaker.get(f"/v1/brands/{brands[1].code}/stores?cursor={cursor_of(following)}"))


def test_a_cursor_of_somebody_else_shows_only_what_is_mine(anyone: Speaker) -> None:
    mine, theirs = Holder(anyone, cards=2), Holder(anyone, cards=3)
    following = theirs.page("/v1/cards?limit=1")[1] or ""
    assert set(mine.page(following)[0]) <= set(mine.ids)
