"""What stores say of articles: the newest holds, whoever says it, however often and in which order."""

import random
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import clock
from geo.availability.articles import Telling, forget_old_articles
from geo.places.models import Store
from tests.availability.factories import COFFEE, FULL_TEA, TEA, Shop, known_at, tell, told
from tests.factories import NOON, make_brand, make_store, make_terminal
from tests.racing import at_once
from tests.speaking import Speaker

HOUR = timedelta(hours=1)


@pytest.fixture
def store(app: object) -> Store:
    return make_store(make_brand())


@pytest.fixture
def shop(anyone: Speaker) -> Shop:
    return Shop(anyone)


def test_what_is_new_is_written_and_the_same_again_changes_nothing(store: Store) -> None:
    assert [tell(store), tell(store)] == [[Telling.WRITTEN], [Telling.UNCHANGED]]
    assert known_at(store) == {FULL_TEA: (249, NOON, 10, True, NOON)}


def test_an_older_word_never_hides_a_newer_one(store: Store) -> None:
    tell(store)
    assert tell(store, as_of=NOON - HOUR, price_minor=199, stock=0) == [Telling.OLDER]
    assert known_at(store)[FULL_TEA][:3] == (249, NOON, 10)


def test_a_price_and_a_stock_age_each_by_itself(store: Store) -> None:
    tell(store, stock=None)
    tell(store, price_minor=None, stock=3, as_of=NOON - HOUR)
    tell(store, price_minor=None, stock=2, as_of=NOON + HOUR)
    assert known_at(store) == {FULL_TEA: (249, NOON, 2, True, NOON + HOUR)}


def test_a_word_that_is_older_in_one_and_newer_in_the_other_counts_where_it_is_newer(store: Store) -> None:
    tell(store, price_minor=None, stock=5)
    assert tell(store, as_of=NOON - HOUR, price_minor=199, stock=9) == [Telling.OLDER]
    assert known_at(store)[FULL_TEA] == (199, NOON - HOUR, 5, True, NOON)


def test_of_one_instant_the_last_word_counts(store: Store) -> None:
    assert tell(store, told(store), told(store, price_minor=259)) == [Telling.WRITTEN, Telling.WRITTEN]
    tell(store, price_minor=269)
    assert known_at(store)[FULL_TEA][0] == 269


def test_the_name_of_an_article_is_learnt_and_kept(store: Store) -> None:
    with_name = told(store, label="Thé vert", category="tea/green", sku="T1")
    tell(store, with_name)
    assert tell(store, as_of=NOON + HOUR) == [Telling.WRITTEN]


@given(st.permutations(range(4)), st.integers(1, 4))
def test_words_in_any_order_and_in_any_batches_end_the_same(app, order: list[int], size: int) -> None:
    store = make_store(make_brand())
    words = [
        told(store, as_of=NOON + HOUR * at, price_minor=100 + at if at != 3 else None, stock=at if at != 2 else None)
        for at in range(4)
    ]
    arriving = [words[at] for at in order]
    for start in range(0, 4, size):
        tell(store, *arriving[start : start + size])
    assert known_at(store) == {FULL_TEA: (102, NOON + HOUR * 2, 3, True, NOON + HOUR * 3)}


def test_price_lists_at_once_end_with_the_newest_and_never_wait_in_a_circle(store: Store) -> None:
    articles = [f"sku-{number}" for number in range(40)]

    def list_of(age: int) -> None:
        shuffled = random.sample(articles, len(articles))
        tell(
            store,
            *(told(store, gtin=None, sku=sku, as_of=NOON - HOUR * age, price_minor=100 + age) for sku in shuffled),
        )

    at_once(6, list_of)
    assert {price for price, *_ in known_at(store).values()} == {100}


def test_what_was_said_long_ago_is_forgotten(store: Store) -> None:
    tell(store, as_of=clock.now() - timedelta(days=91))
    tell(store, told(store, gtin=None, sku="young", as_of=clock.now() - timedelta(days=89)))
    assert forget_old_articles(now=clock.now()) >= 1
    assert set(known_at(store)) == {"sku:young"}


def push(speaker: Speaker, where: str, **given: object) -> tuple[int, dict]:
    body = {"as_of": clock.now().isoformat(), "articles": [{"gtin": TEA, "price_minor": 249, "stock": 10}]} | given
    answer = speaker.put(where, body)
    return answer.status_code, answer.get_json()


def test_a_till_says_what_its_store_has(shop: Shop) -> None:
    assert push(shop.till, shop.articles) == (200, {"written": 1, "unchanged": 0, "older": 0})
    assert known_at(shop.store)[FULL_TEA][0] == 249


def test_a_gtin_is_the_same_with_any_number_of_digits(shop: Shop) -> None:
    now = clock.now().isoformat()
    for gtin in ("3017620422003", "03017620422003"):
        push(shop.merchandiser, shop.articles, as_of=now, articles=[{"gtin": gtin, "price_minor": 249}])
    assert list(known_at(shop.store)) == [FULL_TEA]


def test_a_late_push_is_told_that_it_is_older(shop: Shop) -> None:
    push(shop.till, shop.articles)
    late = (clock.now() - HOUR).isoformat()
    assert push(shop.till, shop.articles, as_of=late)[1] == {"written": 0, "unchanged": 0, "older": 1}


def test_a_push_under_one_key_is_answered_once(shop: Shop) -> None:
    body = {"as_of": clock.now().isoformat(), "articles": [{"sku": "T1", "in_stock": True}]}
    first, again = (shop.till.put(shop.articles, body, key="one") for _ in range(2))
    assert (again.get_data(), again.headers["Idempotency-Replayed"]) == (first.get_data(), "true")


def test_a_till_does_not_speak_for_another_store(shop: Shop, anyone: Speaker) -> None:
    sister = make_store(shop.brand)
    assert push(anyone.with_token(make_terminal(sister)[1]), shop.articles)[1]["code"] == "store_unknown"


def test_somebody_elses_store_is_unknown(shop: Shop, anyone: Speaker) -> None:
    assert push(Shop(anyone).merchandiser, shop.articles)[1]["code"] == "store_unknown"


@pytest.mark.parametrize(
    ("ahead", "code"),
    [(timedelta(minutes=6), "availability_in_future"), (timedelta(days=-91), "availability_too_old")],
)
def test_an_instant_that_cannot_be_is_refused(shop: Shop, ahead: timedelta, code: str) -> None:
    assert push(shop.till, shop.articles, as_of=(clock.now() + ahead).isoformat())[1]["code"] == code


@pytest.mark.parametrize(
    ("article", "code"),
    [
        ({"price_minor": 249}, "article_unnamed"),
        ({"gtin": COFFEE}, "nothing_told"),
        ({"gtin": COFFEE, "stock": 0, "in_stock": True}, "stock_contradicted"),
        ({"gtin": "3017620422004", "stock": 1}, "not_an_article_number"),
        ({"sku": "T1", "price_minor": 1, "currency": "ZZZ"}, "not_a_currency"),
        ({"sku": "T1", "price_minor": 0}, "out_of_range"),
    ],
)
def test_an_article_that_says_nothing_sensible_is_refused_where_it_stands(
    shop: Shop, article: dict[str, object], code: str
) -> None:
    status, answer = push(shop.till, shop.articles, articles=[{"sku": "good", "in_stock": True}, article])
    assert (status, answer["errors"][0]["code"], answer["errors"][0]["pointer"][:12]) == (422, code, "/articles/1/")
    assert known_at(shop.store) == {}
