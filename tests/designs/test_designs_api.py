"""A brand draws its passes at the console: versions, refusals, previews, and who may."""

import uuid
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder, TestResponse

from app.accounts.tokens import CONSOLE_PREFIX
from app.factory import BODY_LIMIT_BYTES, Ici
from app.pictures.uploads import MOST_BYTES
from app.sql import db
from tests.designs.factories import make_picture
from tests.factories import console_token, make_brand, make_console_user
from tests.planning.factories import match
from tests.racing import at_once
from tests.speaking import Speaker
from tests.tracing import sent_statements
from wallet.designs.designs import read_design

DOOR = "/v1/console/pass-design"
TEXT = {"shows": "text", "place": "secondary", "text": {"fr": "Bonjour", "en": "Hello"}}


@pytest.fixture
def desk(anyone: Speaker, brand: Any) -> Speaker:
    """A merchandiser of the brand."""
    return anyone.with_token(console_token(make_console_user(brand)))


def drawing(**given: Any) -> dict[str, Any]:
    side = {"front": [{"shows": "coupon_title", "place": "primary"}], "back": []}
    sides = {"card": {"front": [{"shows": "points", "place": "header"}], "back": []}, "coupon": side}
    return {"background": "#7a4fa3", "foreground": "#ffffff", "label": "#f0e6ff"} | sides | given


def draw(desk: Speaker, **given: Any) -> TestResponse:
    return desk.put(DOOR, drawing(**given), headers=match(desk.get(DOOR)))


def send(desk: Speaker, content: bytes, *, name: str = "logo", kind: str = "image/png") -> TestResponse:
    headers = match(desk.get(DOOR)) | {"Content-Type": kind}
    return desk.send("PUT", f"{DOOR}/pictures/{name}", data=content, headers=headers)


def complaint_of(answer: TestResponse) -> tuple[str, str]:
    (wrong,) = answer.get_json()["errors"]
    return wrong["pointer"], wrong["code"]


def test_a_brand_that_drew_nothing_has_the_plain_design_whose_pictures_anybody_fetches(
    desk: Speaker, anyone: Speaker
) -> None:
    answer = desk.get(DOOR)
    assert (answer.get_json()["version"], answer.headers["ETag"]) == (0, '"0"')
    pictures = {one["name"]: one for one in answer.get_json()["pictures"]}
    assert {"icon", "icon@2x", "icon@3x", "emblem"} == pictures.keys()
    shown = anyone.get(pictures["emblem"]["url"].removeprefix("http://localhost"))
    assert shown.mimetype == "image/png"
    assert "immutable" in shown.headers["Cache-Control"]


def test_what_was_shown_can_be_sent_back_as_it_is(desk: Speaker) -> None:
    first = desk.get(DOOR)
    again = desk.put(DOOR, first.get_json()["design"], headers=match(first))
    assert (again.status_code, again.get_json()["design"]) == (200, first.get_json()["design"])


def test_each_change_is_a_version_and_the_ones_before_are_kept(desk: Speaker) -> None:
    draw(desk)
    second = draw(desk, background="#000000")
    assert [one["version"] for one in second.get_json()["history"]] == [2, 1]
    assert desk.get(f"{DOOR}?version=1").get_json()["design"]["background"] == "#7a4fa3"
    assert desk.get(f"{DOOR}?version=9").get_json()["code"] == "design_version_unknown"


def test_what_changes_nothing_makes_no_version(desk: Speaker) -> None:
    send(desk, make_picture(600, 200))
    draw(desk)
    again = [draw(desk), send(desk, make_picture(600, 200))]
    assert [answer.get_json()["version"] for answer in again] == [2, 2]


def test_two_who_draw_at_once_do_not_overwrite_each_other(desk: Speaker) -> None:
    first = match(desk.get(DOOR))
    assert desk.put(DOOR, drawing(), headers=first).status_code == 200
    assert desk.put(DOOR, drawing(background="#000000"), headers=first).status_code == 412
    assert desk.put(DOOR, drawing()).status_code == 428


def test_the_same_key_draws_once(desk: Speaker) -> None:
    first, key = match(desk.get(DOOR)), str(uuid.uuid4())
    answers = [desk.put(DOOR, drawing(), headers=first, key=key) for _ in range(2)]
    assert [answer.get_json()["version"] for answer in answers] == [1, 1]


def test_who_has_this_version_already_is_told_so(desk: Speaker) -> None:
    etag = desk.get(DOOR).headers["ETag"]
    assert desk.get(DOOR, headers={"If-None-Match": etag}).status_code == 304


def test_another_brand_and_other_roles_do_not_draw(anyone: Speaker, desk: Speaker, brand: Any) -> None:
    draw(desk)
    stranger = anyone.with_token(console_token(make_console_user(make_brand())))
    assert stranger.get(DOOR).get_json()["version"] == 0
    auditor = anyone.with_token(console_token(make_console_user(brand, "auditor")))
    assert draw(auditor).status_code == 403
    assert auditor.get(DOOR).get_json()["version"] == 1


@pytest.mark.parametrize(
    ("given", "wrong"),
    [
        ({"background": "red"}, ("/background", "not_a_colour")),
        ({"help_contact": "javascript:alert(1)"}, ("/help_contact", "not_a_contact")),
        ({"links": [{"label": {"fr": "a", "en": "b"}, "url": "http://lilas.example"}]}, ("/links/0/url", "not_a_link")),
        ({"nfc": {"public_key": "AAAA"}}, ("/nfc/public_key", "not_a_tap_key")),
        ({"card": {"front": [TEXT | {"text": None}], "back": []}}, ("/card/front/0/text", "text_of_field_missing")),
        ({"card": {"front": [TEXT | {"place": "back"}], "back": []}}, ("/card/front/0/place", "field_on_wrong_side")),
        ({"card": {"front": [], "back": [TEXT]}}, ("/card/back/0/place", "field_on_wrong_side")),
        ({"coupon": {"front": [{"shows": "points"}], "back": []}}, ("/coupon/front/0/shows", "not_of_this_pass")),
        (
            {"card": {"front": [TEXT | {"change": {"fr": "Nouveau", "en": "New: %@"}}], "back": []}},
            ("/card/front/0/change", "no_place_for_the_change"),
        ),
    ],
)
def test_what_is_wrong_is_said_where_it_is(desk: Speaker, given: dict[str, Any], wrong: tuple[str, str]) -> None:
    answer = draw(desk, **given)
    assert (answer.status_code, complaint_of(answer)) == (422, wrong)


def test_colours_that_cannot_be_read_are_taken_with_a_warning(desk: Speaker) -> None:
    (warning,) = draw(desk, label="#7a4fa4").get_json()["warnings"]
    assert (warning["code"], warning["about"]) == ("hard_to_read", "label")
    assert warning["text"].endswith("a contrast of 1.0 where 4.5 are needed.")


def test_a_picture_is_cut_for_each_wallet_and_taken_off_again(desk: Speaker, brand: Any) -> None:
    sent = send(desk, make_picture(600, 200))
    sizes = {one["name"]: (one["width"], one["height"]) for one in sent.get_json()["pictures"]}
    assert (sizes["logo"], sizes["logo@2x"], sizes["logo@3x"]) == ((150, 50), (300, 100), (450, 150))
    assert sizes["emblem"] == (660, 660)
    with db.system_transaction():
        assert "logo@3x.png" in read_design(brand.id).apple_files
    gone = desk.delete(f"{DOOR}/pictures/logo")
    assert (gone.status_code, gone.get_json()["uploaded"]) == (200, [])
    assert desk.delete(f"{DOOR}/pictures/logo").status_code == 404


def test_pictures_stay_when_colours_change(desk: Speaker) -> None:
    send(desk, make_picture(600, 200))
    assert draw(desk).get_json()["uploaded"] == ["logo"]


def test_a_picture_may_come_as_any_file_and_has_a_known_name(desk: Speaker) -> None:
    assert send(desk, make_picture(600, 200), kind="application/octet-stream").status_code == 200
    assert send(desk, make_picture(600, 200), name="banner").get_json()["code"] == "picture_unknown"
    assert send(desk, make_picture(600, 200), kind="image/gif").status_code == 200
    assert send(desk, make_picture(600, 200), kind="text/plain").get_json()["code"] == "file_expected"


def test_nothing_is_kept_of_a_picture_that_is_refused(desk: Speaker) -> None:
    refused = send(desk, b"<svg onload='alert(1)'/>")
    assert (refused.status_code, refused.get_json()["code"]) == (415, "picture_kind_refused")
    assert "SVG" in refused.get_json()["title"]
    assert desk.get(DOOR).get_json()["version"] == 0


def test_fifty_megabytes_are_refused_before_they_are_looked_at(desk: Speaker) -> None:
    assert send(desk, b"\x89PNG\r\n\x1a\n" + bytes(50 * 1024 * 1024)).get_json()["code"] == "body_too_large"


def test_no_picture_has_an_address_that_is_none(anyone: Speaker) -> None:
    for name in ("0" * 64, "z" * 64, "short"):
        assert anyone.get(f"/v1/pictures/{name}.png").get_json()["code"] == "picture_unknown"


@pytest.mark.parametrize("wallet", ["apple", "google"])
@pytest.mark.parametrize("kind", ["card", "coupon"])
def test_a_preview_is_a_picture(desk: Speaker, wallet: str, kind: str) -> None:
    shown = desk.get(f"{DOOR}/preview?wallet={wallet}&kind={kind}&language=fr")
    assert shown.data.startswith(b"\x89PNG")


def test_a_preview_is_a_page_in_which_what_a_brand_wrote_is_text(desk: Speaker) -> None:
    evil = {"fr": "<script>alert(1)</script>", "en": "x"}
    draw(desk, logo_text=evil, terms=evil)
    shown = desk.client.get(f"{DOOR}/preview?as=html&language=fr", headers={"Authorization": f"Bearer {desk.token}"})
    assert b"<script" not in shown.data
    assert b"&lt;script&gt;" in shown.data
    assert "default-src 'none'" in shown.headers["Content-Security-Policy"]


def test_a_design_is_seen_before_any_member_sees_it(desk: Speaker) -> None:
    send(desk, make_picture(600, 200))
    before = desk.get(DOOR).get_json()
    shown = desk.post(f"{DOOR}/preview?as=html&language=fr", drawing(background="#123456"))
    assert b"#123456" in shown.data
    assert desk.get(DOOR).get_json() == before
    assert desk.post(f"{DOOR}/preview", drawing()).data != desk.get(f"{DOOR}/preview").data


def test_losses_are_told_in_the_language_of_who_asks(desk: Speaker) -> None:
    losses = {one["code"]: one for one in desk.get(f"{DOOR}/losses").get_json()["items"]}
    assert losses["no_text_per_place"]["text"].startswith("Google Wallet shows no text")
    desk.language = "fr"
    losses = {one["code"]: one for one in desk.get(f"{DOOR}/losses").get_json()["items"]}
    assert losses["no_text_per_place"]["text"].startswith("Google Wallet ne montre aucun texte")


def cut_of(answer: TestResponse) -> dict[str, str]:
    return {one["name"]: one["url"] for one in answer.get_json()["pictures"]}


def test_a_change_of_colours_draws_only_the_emblem_anew(desk: Speaker) -> None:
    before = cut_of(send(desk, make_picture(600, 200, mode="RGBA")))
    after = cut_of(draw(desk, background="#000000"))
    assert {name for name in after if after[name] != before[name]} == {"icon", "icon@2x", "icon@3x", "emblem"}


def test_an_icon_takes_the_place_of_the_letter_and_of_the_logo_in_the_emblem(desk: Speaker) -> None:
    with_logo = cut_of(send(desk, make_picture(600, 200)))
    with_icon = cut_of(send(desk, make_picture(660, 660), name="icon"))
    assert with_icon["emblem"] != with_logo["emblem"]
    assert cut_of(desk.delete(f"{DOOR}/pictures/icon")) == with_logo


def test_of_two_who_draw_at_the_same_time_one_is_refused(desk: Speaker, crowd: None) -> None:
    first = match(desk.get(DOOR))
    answers = at_once(8, lambda _: desk.put(DOOR, drawing(), headers=first).status_code)
    assert sorted(answers) == [200, *[412] * 7]


def test_a_file_is_read_of_who_works_at_the_console_and_of_no_stranger(app: Ici, desk: Speaker) -> None:
    def most(token: str, path: str = f"{DOOR}/pictures/logo") -> int:
        headers = {"Authorization": f"Bearer {token}"}
        return app.largest_body(EnvironBuilder(path=path, method="PUT", headers=headers).get_environ())

    assert most(str(desk.token)) == MOST_BYTES
    assert most(CONSOLE_PREFIX + "a" * 86) == most(str(desk.token), DOOR) == BODY_LIMIT_BYTES


def test_a_design_that_was_read_before_costs_one_statement(desk: Speaker, brand: Any) -> None:
    draw(desk)
    with db.system_transaction():
        first = read_design(brand.id)
        with sent_statements() as sent:
            again = read_design(brand.id)
    assert (again is first, len(sent)) == (True, 1)


def test_what_a_version_shows_is_read_once_it_is_in_force(desk: Speaker, brand: Any) -> None:
    for background in ("#111111", "#222222"):
        draw(desk, background=background)
        with db.system_transaction():
            assert read_design(brand.id).background == background
