"""The page behind the mailed link: it uses nothing up until a password is sent."""

import html
import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import Brand
from tests.speaking import Speaker
from tests.staff.factories import OTHER_PASSWORD, Person, make_ticket


@pytest.fixture
def person(anyone: Speaker, brand: Brand) -> Person:
    return Person(anyone, brand)


@pytest.fixture
def secret(person: Person) -> str:
    return make_ticket(person.user, now=clock.now())


def send(anyone: Speaker, language: str = "fr", **fields: Any) -> TestResponse:
    return anyone.client.post("/console/password", data=fields, headers={"Accept-Language": language})


def words(page: TestResponse) -> str:
    return html.unescape(re.sub("<[^>]+>", " ", page.text))


def test_the_mailed_link_opens_a_page(anyone: Speaker) -> None:
    page = anyone.get("/console/password")
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert "script-src 'sha256-" in page.headers["Content-Security-Policy"]


def test_its_form_chooses_the_password(person: Person, secret: str) -> None:
    done = send(person.anyone, secret=secret, password=OTHER_PASSWORD)
    assert f"l'enseigne « {person.brand.code} »" in words(done)
    assert person.sign_in(OTHER_PASSWORD).status_code == 201


@pytest.mark.parametrize(
    ("password", "said"), [("court", "Au moins 15 caractères"), ("motdepasse123456", "se devine trop facilement")]
)
def test_a_password_that_is_refused_may_be_tried_again(person: Person, secret: str, password: str, said: str) -> None:
    page = send(person.anyone, secret=secret, password=password)
    assert (page.status_code, said in words(page), f'value="{secret}"' in page.text) == (422, True, True)
    assert send(person.anyone, secret=secret, password=OTHER_PASSWORD).status_code == 200


def test_a_link_that_is_over_says_so(anyone: Speaker) -> None:
    page = send(anyone, "en", secret="ici_w_nobody", password=OTHER_PASSWORD)
    assert (page.status_code, "not valid any more" in words(page)) == (404, True)


def test_what_is_sent_back_is_text(anyone: Speaker) -> None:
    page = send(anyone, secret='"><script>alert(1)</script>', password="court")
    assert "<script>alert" not in page.text
