"""A member gets the file of a pass by their token, or by a link that opens it for a few minutes."""

from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.config import Config
from app.errors import NotFound
from tests.apple.factories import make_pass, said_in
from tests.factories import made, make_member, member_token
from tests.speaking import Speaker
from wallet.apple import downloads
from wallet.apple.downloads import LINK_HOLDS
from wallet.designs.designs import read_design
from wallet.issued.contents import read_contents
from wallet.issued.models import IssuedPass
from wallet.issued.revisions import refresh_some

NOW = datetime.now(UTC)


def link_of(held: IssuedPass, now: datetime | None = None) -> str:
    with made():
        [contents] = read_contents([held], now=NOW)
        given = downloads.link_pass(held, contents, "fr", now or datetime.now(UTC))
    assert given is not None
    return urlsplit(given["url"]).path


def test_the_link_opens_without_a_token(anyone: Speaker, signing: Config) -> None:
    held = make_pass()
    answer = anyone.get(link_of(held))
    assert (answer.status_code, answer.content_type) == (200, "application/vnd.apple.pkpass")
    assert said_in(answer.data)["serialNumber"] == held.serial


def test_the_link_ends(anyone: Speaker, signing: Config) -> None:
    answer = anyone.get(link_of(make_pass(), NOW - LINK_HOLDS - timedelta(seconds=1)))
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not_found")


@pytest.mark.parametrize("place", [0, 10, 40, 60])
def test_a_link_that_was_changed_opens_nothing(anyone: Speaker, signing: Config, place: int) -> None:
    sealed = link_of(make_pass()).removeprefix("/apple/passes/").removesuffix(".pkpass")
    changed = sealed[:place] + ("A" if sealed[place] != "A" else "B") + sealed[place + 1 :]
    assert anyone.get(f"/apple/passes/{changed}.pkpass").status_code == 404
    with pytest.raises(NotFound):
        downloads.open_link("x" * 40, now=NOW)


def test_the_member_gets_the_file_by_their_token(anyone: Speaker, signing: Config) -> None:
    member = make_member()
    held = make_pass(member=member)
    answer = anyone.with_token(member_token(member)).get(f"/v1/passes/{held.id}/apple")
    assert (answer.status_code, said_in(answer.data)["serialNumber"]) == (200, held.serial)


def test_nobody_gets_the_file_of_another(speaker: Speaker, signing: Config) -> None:
    assert speaker.get(f"/v1/passes/{make_pass().id}/apple").status_code == 404


def apple_of(phone: Speaker, held: IssuedPass) -> Any:
    """What an app is told of Apple's wallet for this card."""
    told = phone.post(f"/v1/cards/{held.target_id}/pass").get_json()["wallets"]
    return next(one for one in told if one["wallet"] == "apple")


def test_without_a_certificate_the_wallet_is_not_available(anyone: Speaker, app: object) -> None:
    member = make_member()
    held = make_pass(member=member)
    phone = anyone.with_token(member_token(member))
    answer = phone.get(f"/v1/passes/{held.id}/apple")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "apple_wallet_absent")
    apple = apple_of(phone, held)
    assert apple == {"wallet": "apple", "state": "not_available", "url": None}


def test_a_card_is_added_by_the_url_that_the_app_is_given(anyone: Speaker, signing: Config) -> None:
    member = make_member()
    held = make_pass(member=member)
    phone = anyone.with_token(member_token(member))
    apple = apple_of(phone, held)
    assert apple["url"].startswith("https://ici.example/apple/passes/")
    assert anyone.get(urlsplit(apple["url"]).path).status_code == 200


def test_a_code_that_rotates_says_another_thing_with_each_revision(
    anyone: Speaker, signing: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(downloads, "read_design", lambda *said, **how: read_design(*said, **how)._replace(rotates=True))
    member = make_member()
    held = make_pass(member=member)
    phone = anyone.with_token(member_token(member))

    def shown() -> tuple[str, str]:
        [code] = said_in(phone.get(f"/v1/passes/{held.id}/apple").data)["barcodes"]
        return code["message"], code["altText"]

    first, again = shown(), shown()
    with made():
        refresh_some([held.id], now=NOW, anew=True)
    assert (first == again, first[0].startswith("ICI3-"), shown()[0] == first[0]) == (True, True, False)
    assert shown()[1] == first[1]
