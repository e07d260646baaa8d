"""A member reads what a brand learnt of them, and nobody else does."""

from datetime import UTC, datetime

import pytest

from app.sql import db
from offers.learning import queries
from tests.coupons.factories import claim
from tests.factories import make_member, make_store, member_token
from tests.learning.factories import A_DAY, BREAD, Regular, forbid, permit
from tests.planning.factories import make_offer
from tests.purchases.factories import line
from tests.speaking import Speaker

NOW = datetime.now(UTC)


@pytest.fixture
def regular() -> Regular:
    """Of whom something was learnt lately."""
    regular = Regular(permits=False)
    permit(regular.member, regular.brand, now=NOW)
    for days in (20, 10, 0):
        at = NOW - days * A_DAY
        regular.buy(line(1000), bought_at=at, now=at)
    regular.buy(
        line(500, gtin=BREAD, category="food/bread", label="Pain complet"),
        store=make_store(regular.brand, name="Bastille"),
        bought_at=NOW,
        now=NOW,
    )
    claim(regular.member, make_offer(regular.brand, now=NOW), now=NOW)
    regular.learn(now=NOW)
    return regular


def phone(anyone: Speaker, regular: Regular) -> Speaker:
    return anyone.with_token(member_token(regular.member))


def test_it_names_what_is_bought_most_as_receipts_call_it(anyone: Speaker, regular: Regular) -> None:
    told = phone(anyone, regular).get(f"/v1/brands/{regular.brand.code}/profile").get_json()
    assert [article["name"] for article in told["articles"]] == ["Lait", "Pain complet"]
    assert sum(article["percent"] for article in told["articles"]) == 100
    assert told["categories"][0] == {"name": "food", "percent": 100}
    assert [store["name"] for store in told["stores"]] == ["Rivoli", "Bastille"]
    assert told["channels"] == [{"name": "store", "percent": 100}]


def test_it_tells_how_often_for_how_much_and_how_offers_are_taken(anyone: Speaker, regular: Regular) -> None:
    told = phone(anyone, regular).get(f"/v1/brands/{regular.brand.code}/profile").get_json()
    assert 3.5 < told["visits"] <= 4
    assert 3000 < told["spend_minor"] <= 3500
    assert told["days_between_visits"] == 10
    assert told["coupons_used_percent"] == 17  # one of five is taken for granted, none of six was seen
    assert told["permitted_until"] is not None


def test_it_says_it_in_words_of_both_languages(anyone: Speaker, regular: Regular) -> None:
    address, mine = f"/v1/brands/{regular.brand.code}/profile", phone(anyone, regular)
    assert mine.get(address, headers={"Accept-Language": "fr"}).get_json()["said"] == [
        "Vous achetez surtout : Lait, Pain complet.",
        "Vous venez surtout à : Rivoli, Bastille.",
        "Il se passe en moyenne 10 jours entre deux de vos visites.",
        "Sur cent bons que vous recevez, vous en utiliseriez environ 17.",
    ]
    assert "What you buy most" in mine.get(address, headers={"Accept-Language": "en"}).get_json()["said"][0]


def test_whoever_does_not_permit_it_reads_that_nothing_is_learnt(anyone: Speaker, regular: Regular) -> None:
    forbid(regular.member, regular.brand, now=NOW)
    answer = phone(anyone, regular).get(f"/v1/brands/{regular.brand.code}/profile")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "nothing_learnt")


def test_an_unknown_brand_is_unknown(speaker: Speaker) -> None:
    assert speaker.get("/v1/brands/nobody-of-this-name/profile").get_json()["code"] == "brand_unknown"


def test_another_members_is_their_own(anyone: Speaker, regular: Regular) -> None:
    stranger = anyone.with_token(member_token(make_member()))
    assert stranger.get(f"/v1/brands/{regular.brand.code}/profile").get_json()["code"] == "nothing_learnt"


def test_no_reader_of_the_brand_sees_a_profile(regular: Regular) -> None:
    with db.transaction():
        db.become(brand_id=regular.brand.id)
        assert db.rows(queries.every_profile(regular.member.id)) == []


def test_the_doors_of_permissions_make_it_and_delete_it(anyone: Speaker, regular: Regular) -> None:
    mine, address = phone(anyone, regular), f"/v1/permissions/{regular.brand.code}/in_app/offers_from_purchases"
    assert mine.delete(address).status_code == 200
    assert mine.get(f"/v1/brands/{regular.brand.code}/profile").status_code == 404
    words = mine.get(
        f"/v1/permissions/texts?brand={regular.brand.code}&touchpoint=in_app&purpose=offers_from_purchases&locale=fr"
    ).get_json()["items"]
    assert "choisit vos offres d'après vos achats" in words[0]["text"]
    proof = {
        "text_sha256": words[0]["sha256"],
        "locale": "fr",
        "channel": "app",
        "screen_id": "permissions/1",
        "app_version": "1.0.0",
        "method": "toggle_off_to_on",
    }
    assert mine.put(address, {"level": "proactive", "evidence": proof}).status_code == 200
    told = mine.get(f"/v1/brands/{regular.brand.code}/profile").get_json()
    assert told["articles"] == []
    regular.learn(now=datetime.now(UTC))
    assert mine.get(f"/v1/brands/{regular.brand.code}/profile").get_json()["articles"] != []
