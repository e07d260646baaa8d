"""Who works for a brand, over HTTP: what an admin says, and what the member reads of it."""

from typing import Any

import pytest

from app import clock
from app.accounts.models import Brand
from app.http.access import Role
from offers.planning.audiences.for_whom import ForWhom
from tests.deciding.factories import Asker, make_shop, offer_at, shown
from tests.employment.factories import employment_of, mark
from tests.factories import console_token, make_brand, make_console_user, make_member
from tests.speaking import Speaker
from tests.wallet.factories import make_card
from wallet.cards.models import Card

EMPLOYEES = "/v1/console/employments"


class Head(Asker):
    """A brand's head office, and a member who holds its card."""

    def __init__(self, anyone: Speaker) -> None:
        super().__init__(anyone)
        self.brand: Brand = make_brand()
        self.card: Card = make_card(self.member, self.brand)
        self.path = f"/v1/console/cards/{self.card.id}/employment"
        self.admin = self.speaks(Role.ADMIN)

    def speaks(self, role: Role, brand: Brand | None = None) -> Speaker:
        return self.phone.with_token(console_token(make_console_user(brand or self.brand, role)))

    def told(self) -> list[Any]:
        return [one["card_id"] for one in self.admin.get(EMPLOYEES).get_json()["items"]]


@pytest.fixture
def head(anyone: Speaker) -> Head:
    return Head(anyone)


def test_an_admin_marks_reads_and_takes_back(head: Head) -> None:
    marked = head.admin.put(head.path, {"last_day": "2190-12-31"})
    assert (marked.status_code, head.told()) == (200, [str(head.card.id)])
    said = marked.get_json()
    assert (said["card_id"], said["display_name"], said["last_day"]) == (str(head.card.id), "Zoé", "2190-12-31")
    assert (head.admin.delete(head.path).status_code, head.told()) == (204, [])


def test_without_a_day_it_has_no_end(head: Head) -> None:
    assert head.admin.put(head.path, {}).get_json()["last_day"] is None


def test_a_repeat_is_answered_the_same(head: Head) -> None:
    key = {"Idempotency-Key": "0f2f"}
    first, again = (head.admin.put(head.path, {}, headers=key) for _ in range(2))
    assert (again.get_data(), again.headers["Idempotency-Replayed"]) == (first.get_data(), "true")


def test_a_day_that_is_over_points_at_itself(head: Head) -> None:
    refused = head.admin.put(head.path, {"last_day": "2020-01-01"})
    assert (refused.status_code, refused.get_json()["code"]) == (422, "employment_over")
    [error] = refused.get_json()["errors"]
    assert (error["pointer"], error["code"]) == ("/last_day", "day_over")


def test_the_card_of_another_brand_is_unknown(head: Head) -> None:
    others = head.speaks(Role.ADMIN, make_brand())
    for answer in (others.put(head.path, {}), others.delete(head.path)):
        assert (answer.status_code, answer.get_json()["code"]) == (404, "card_unknown")
    assert employment_of(head.member) is None


@pytest.mark.parametrize("role", [Role.MERCHANDISER, Role.APPROVER, Role.AUDITOR])
def test_only_an_admin_marks(head: Head, role: Role) -> None:
    speaks = head.speaks(role)
    assert (speaks.put(head.path, {}).status_code, speaks.delete(head.path).status_code) == (403, 403)


def test_a_brand_lists_its_own_page_by_page(head: Head) -> None:
    cards = [head.card, *(make_card(make_member(), head.brand) for _ in range(2))]
    for card in [*cards, make_card(make_member(), make_brand())]:
        mark(card, now=clock.now())
    first = head.admin.get(EMPLOYEES, query_string={"limit": 2})
    second = head.admin.get(first.get_json()["next"])
    found = [one["card_id"] for answer in (first, second) for one in answer.get_json()["items"]]
    assert found == [str(card.id) for card in reversed(cards)]


def test_whose_last_day_is_over_is_not_listed(head: Head) -> None:
    long_ago = clock.now().replace(year=2025)
    mark(head.card, last_day=long_ago.date(), now=long_ago)
    assert head.told() == []


def test_the_member_reads_it_in_their_export_and_who_looked(head: Head) -> None:
    head.admin.put(head.path, {"last_day": "2190-12-31"})
    head.told()
    [held] = [held for held in head.phone.get("/v1/me/export").get_json()["data"] if held["table"] == "employment"]
    assert [row["last_day"] for row in held["rows"]] == ["2190-12-31"]
    [kept] = {column["kept"] for column in held["columns"] if column["name"] == "last_day"}
    assert kept == "1 month after the end of the employment"
    reads = head.phone.get("/v1/me/reads").get_json()["items"]
    assert [read["role"] for read in reads] == ["admin", "admin"]


def test_their_portability_file_has_nothing_of_it(head: Head) -> None:
    mark(head.card, now=clock.now())
    assert "employment" not in head.phone.get("/v1/me/portability").get_data(as_text=True)


def test_an_offer_for_employees_is_near_them_without_any_profiling(head: Head) -> None:
    make_shop(head.brand)
    offer = offer_at(head.brand, for_whom=ForWhom(employees=True))
    head.allows(head.brand)
    assert head.outcomes(head.ask())[str(offer.id)] == "not_for_you"
    mark(head.card, now=clock.now())
    assert shown(head.ask()) == [str(offer.id)]
