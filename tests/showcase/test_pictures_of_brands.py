"""Pictures that brands send: sized, bare, named by offers and rewards."""

import io
from typing import Any

import pytest
from PIL import Image

from tests.designs.factories import make_picture
from tests.factories import console_token, make_brand, make_console_user
from tests.planning.factories import body
from tests.points.factories import make_currency
from tests.showcase.factories import name_picture, send_picture, write_profile
from tests.speaking import Speaker


@pytest.fixture
def desk(anyone: Speaker, brand: Any) -> Speaker:
    return anyone.with_token(console_token(make_console_user(brand)))


def test_a_picture_is_kept_in_some_sizes_that_anybody_fetches_for_ever(desk: Speaker, anyone: Speaker) -> None:
    sent = send_picture(desk).get_json()
    sizes = [(one["width"], one["height"]) for one in sent["sizes"]]
    assert sizes == [(1200, 600), (600, 300), (300, 150)]
    shown = anyone.get(sent["sizes"][1]["url"].removeprefix("http://localhost"))
    assert Image.open(io.BytesIO(shown.get_data())).size == (600, 300)
    assert "immutable" in shown.headers["Cache-Control"]


def test_a_small_picture_is_not_blown_up(desk: Speaker) -> None:
    sizes = send_picture(desk, make_picture(400, 400)).get_json()["sizes"]
    assert [one["width"] for one in sizes] == [400, 300]


def test_what_is_not_seen_in_a_picture_is_not_kept(desk: Speaker, anyone: Speaker) -> None:
    exif = Image.Exif()
    exif[0x010E] = "at home"
    sent = send_picture(desk, make_picture(200, 200, kind="JPEG", exif=exif), kind="image/jpeg")
    shown = anyone.get(sent.get_json()["sizes"][0]["url"].removeprefix("http://localhost"))
    assert b"at home" not in shown.get_data()


def test_the_same_picture_again_is_the_same(desk: Speaker) -> None:
    assert send_picture(desk).get_json() == send_picture(desk).get_json()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no picture at all", "picture_unreadable"),
        (b"<svg onload='alert(1)'/>", "picture_kind_refused"),
        (make_picture(10, 200), "picture_too_small"),
    ],
)
def test_what_is_no_picture_to_show_is_refused(desk: Speaker, content: bytes, code: str) -> None:
    assert send_picture(desk, content).get_json()["code"] == code


def test_an_offer_shows_its_picture(desk: Speaker) -> None:
    name = name_picture(desk)
    made = desk.post("/v1/offers", body(picture=name)).get_json()
    assert made["draft"]["picture"] == name


def test_a_reward_shows_its_picture(anyone: Speaker, brand: Any) -> None:
    desk = anyone.with_token(console_token(make_console_user(brand)))
    wish = {
        "code": "cup",
        "title": {"fr": "Tasse", "en": "Cup"},
        "text": {"fr": "Une tasse.", "en": "A cup."},
        "gives": {"kind": "material"},
        "currency_id": str(make_currency(brand).id),
        "price": 100,
        "picture": name_picture(desk),
    }
    made = desk.post("/v1/rewards", wish)
    assert made.get_json()["picture"]["picture"] == wish["picture"]


def test_a_brand_names_only_pictures_of_its_own(desk: Speaker, anyone: Speaker) -> None:
    other = anyone.with_token(console_token(make_console_user(make_brand())))
    name = name_picture(other)
    refused = [desk.post("/v1/offers", body(picture=name)), write_profile(desk, logo=name)]
    assert [(one.status_code, one.get_json()["errors"][0]["code"]) for one in refused] == [
        (422, "picture_not_sent"),
        (422, "picture_not_sent"),
    ]
