"""What apps and pages save on the way: 304, packed answers, and asking from another site."""

import gzip
import json
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient

from app import config
from app.accounts.models import Brand
from app.edge.compression import takes_gzip
from app.edge.origins import WebOrigins
from app.settings import ConfigIncomplete, web_origins_in
from tests.factories import console_token, make_brand, make_console_user, make_member, make_store, member_token
from tests.showcase.factories import write_profile
from tests.speaking import Speaker

SITE = "https://lilas.example"
LONG = {"fr": "Mille mots. " * 400, "en": "A thousand words. " * 400}


@pytest.fixture
def brand() -> Brand:
    return make_brand()


def plainly(anyone: Speaker) -> FlaskClient:
    """A client whose answers nobody reads before the test does."""
    app = anyone.client.application
    return FlaskClient(app, app.response_class)


@pytest.fixture
def wordy(anyone: Speaker, brand: Brand) -> str:
    """The address of a brand that has much to say."""
    write_profile(anyone.with_token(console_token(make_console_user(brand))), terms=LONG)
    return f"/v1/brands/{brand.code}"


def test_a_list_that_did_not_change_is_not_sent_again(anyone: Speaker, brand: Brand) -> None:
    member = anyone.with_token(member_token(make_member()))
    for path in ("/v1/cards", "/v1/points", f"/v1/brands/{brand.code}/stores"):
        first = member.get(path)
        again = member.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (path, first.status_code, again.status_code, again.get_data()) == (path, 200, 304, b"")


def test_a_list_that_changed_is_sent(anyone: Speaker, brand: Brand) -> None:
    path = f"/v1/brands/{brand.code}/stores"
    first = anyone.get(path)
    make_store(brand)
    again = anyone.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, len(again.get_json()["items"])) == (200, 1)


def test_what_is_the_same_for_all_may_be_kept_on_the_way_and_shown_by_any_site(anyone: Speaker, brand: Brand) -> None:
    for path in ("/v1/brands", f"/v1/brands/{brand.code}", f"/v1/brands/{brand.code}/stores"):
        said = anyone.get(path).headers
        assert (said["Cache-Control"], said["Access-Control-Allow-Origin"]) == ("public, max-age=300", "*")


def test_what_is_a_members_own_is_kept_by_nobody_on_the_way(anyone: Speaker) -> None:
    said = anyone.with_token(member_token(make_member())).get("/v1/points").headers
    assert (said["Cache-Control"], "Access-Control-Allow-Origin" in said) == ("no-store", False)


def test_a_long_answer_is_packed_for_who_can_unpack_it(anyone: Speaker, wordy: str) -> None:
    plain = anyone.get(wordy)
    packed = plainly(anyone).get(wordy, headers={"Accept-Encoding": "br, gzip", "Accept-Language": "en"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert json.loads(gzip.decompress(packed.get_data())) == plain.get_json()
    assert len(packed.get_data()) * 10 < len(plain.get_data())


def test_a_packed_answer_is_still_known_when_asked_again(anyone: Speaker, wordy: str) -> None:
    asked = {"Accept-Encoding": "gzip", "Accept-Language": "en"}
    first = plainly(anyone).get(wordy, headers=asked)
    assert plainly(anyone).get(wordy, headers=asked | {"If-None-Match": first.headers["ETag"]}).status_code == 304


def test_short_answers_and_pictures_and_writes_are_never_packed(anyone: Speaker, brand: Brand) -> None:
    asked = {"Accept-Encoding": "gzip"}
    desk = anyone.with_token(console_token(make_console_user(brand)))
    written = write_profile(desk, terms=LONG, listed=False)
    answers = [anyone.get("/livez", headers=asked), written]
    assert [one.headers.get("Content-Encoding") for one in answers] == [None, None]


def test_the_version_of_a_thing_comes_back_as_a_write_must_name_it(anyone: Speaker, brand: Brand) -> None:
    desk = anyone.with_token(console_token(make_console_user(brand)))
    write_profile(desk, terms=LONG)
    shown = desk.get("/v1/console/brand-profile", headers={"Accept-Encoding": "gzip"})
    assert shown.headers["ETag"] == '"1"'


@pytest.mark.parametrize(
    ("accepted", "takes"),
    [
        ("gzip", True),
        ("br;q=1.0, gzip;q=0.8, *;q=0.1", True),
        ("GZIP", True),
        ("gzip;q=0", False),
        ("gzip; q=0.00", False),
        ("gzip;q=0.05", True),
        ("identity", False),
        ("*", False),
        ("", False),
    ],
)
def test_only_who_says_so_is_sent_packed_answers(accepted: str, takes: bool) -> None:
    assert takes_gzip(accepted) is takes


def ask_from(origin: str, *, method: str = "GET", **more: str) -> dict[str, str]:
    """The headers with which an application of one answer answers a page of this site."""
    told: dict[str, str] = {}

    def start(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        told.update({"status": status, **dict(headers)})

    def application(environ: Any, start_response: Any) -> list[bytes]:
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]

    list(WebOrigins(application, origins={SITE})({"REQUEST_METHOD": method, "HTTP_ORIGIN": origin, **more}, start))
    return told


def test_a_page_of_a_site_that_was_named_may_ask() -> None:
    told = ask_from(SITE, method="OPTIONS", HTTP_ACCESS_CONTROL_REQUEST_METHOD="POST")
    assert (told["status"], told["Access-Control-Allow-Origin"]) == ("204 No Content", SITE)
    assert "Authorization" in told["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Credentials" not in told
    assert ask_from(SITE)["Access-Control-Allow-Origin"] == SITE


def test_a_page_of_any_other_site_may_not() -> None:
    for origin in ("https://evil.example", "https://lilas.example.evil.example", "null"):
        assert "Access-Control-Allow-Origin" not in ask_from(origin)


@pytest.mark.parametrize("named", ["lilas.example", "https://lilas.example/", "http://lilas.example", "*"])
def test_an_origin_that_no_browser_sends_is_refused_at_start(named: str) -> None:
    with pytest.raises(ConfigIncomplete, match="ICI_WEB_ORIGINS"):
        web_origins_in({"ICI_WEB_ORIGINS": named})


def test_origins_are_read_from_the_settings() -> None:
    given = {"ICI_WEB_ORIGINS": f"{SITE}, http://localhost:5173"}
    assert replace(config.current(), web_origins=web_origins_in(given)).web_origins == {
        SITE,
        "http://localhost:5173",
    }
