"""The mailed link opens a page; its button confirms, and nothing that a program does by itself."""

import html
import re
from urllib.parse import urlsplit

import pytest

from tests.consent.factories import PARTNERS, body, cell_address, make_reachable_member, make_recipient, say_no, states
from tests.consent.test_confirmation import last_mail
from tests.factories import make_brand, member_token

FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def brand(app):
    brand = make_brand(name="Épicerie <b>Test</b>")
    make_recipient(brand)
    return brand


@pytest.fixture
def member(app):
    return make_reachable_member()


@pytest.fixture
def link(anyone, member, brand):
    """The link of a mail that left."""
    phone = anyone.with_token(member_token(member))
    assert phone.put(cell_address(brand, "email", PARTNERS), body(recipient="acme")).status_code == 200
    return urlsplit(re.search(r"http\S+/confirm#[A-Za-z0-9_=-]+", last_mail(member))[0])


def send(anyone, link, method="POST", **fields):
    headers = {"Accept-Language": "fr"}
    return anyone.client.open(link.path, method=method, data=fields, content_type=FORM, headers=headers)


def words(page):
    return html.unescape(re.sub("<[^>]+>", " ", page.text))


def test_the_link_opens_a_page(anyone, link):
    page = anyone.get(link.path)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert '<form method="post" action="/confirm">' in page.text


def test_the_page_says_what_is_confirmed_and_the_button_confirms_it(anyone, member, link):
    asked = send(anyone, link, token=link.fragment)
    assert "Épicerie <b>Test</b> (E-mail)" in words(asked)
    assert "Destinataire : Acme" in words(asked)
    (name, value), (button, pressed) = re.findall(r'name="([a-z]+)" value="([^"]+)"', asked.text)
    done = send(anyone, link, **{name: value, button: pressed})
    assert "C'est confirmé" in words(done)
    assert states(member) == ["requested", "given"]


def test_a_name_is_no_markup(anyone, link):
    assert "<b>" not in send(anyone, link, token=link.fragment).text


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_at_it_is_no_yes(anyone, member, link, method):
    for path in (link.path, f"{link.path}?token={link.fragment}&answer=yes"):
        anyone.client.open(path, method=method)
    assert states(member) == ["requested"]


@pytest.mark.parametrize(
    "sent", [{}, {"answer": "yes"}, {"token": ""}, {"answer": ""}, {"answer": "no"}], ids=lambda sent: str(sent)
)
def test_sending_it_without_the_button_is_no_yes(anyone, member, link, sent):
    token = {} if "token" in sent or sent == {"answer": "yes"} else {"token": link.fragment}
    send(anyone, link, **(token | sent))
    assert states(member) == ["requested"]


@pytest.mark.parametrize("path", ["/confirm", "/v1/permissions/confirmations"])
@pytest.mark.parametrize("kind", [FORM, "application/json", "text/plain", None])
def test_an_empty_post_is_no_yes(anyone, member, link, path, kind):
    answer = anyone.client.post(path, data=b"", content_type=kind)
    assert answer.status_code in (400, 415, 422)
    assert states(member) == ["requested"]


def test_no_script_but_the_pages_own_runs(anyone, link):
    policy = anyone.get(link.path).headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy


def test_pressing_twice_is_pressing_once(anyone, member, link):
    for _ in range(2):
        assert "C'est confirmé" in words(send(anyone, link, token=link.fragment, answer="yes"))
    assert "C'est confirmé" in words(send(anyone, link, token=link.fragment))
    assert states(member) == ["requested", "given"]


def test_a_link_that_is_over_says_so(anyone, member, brand, link):
    say_no(member, brand, touchpoint="email", purpose=PARTNERS, recipient="acme")
    for pressed in ({}, {"answer": "yes"}):
        page = send(anyone, link, token=link.fragment, **pressed)
        assert (page.status_code, "n'est plus valable" in words(page)) == (404, True)


@pytest.mark.parametrize("token", ["x", "é" * 40, "\ud83d\0", "A" * 10_000, "=" * 12])
def test_what_is_no_token_is_refused_with_a_sentence(anyone, link, token):
    page = send(anyone, link, token=token.encode("utf-8", "replace").decode(), answer="yes")
    assert (page.status_code, "n'est plus valable" in words(page)) == (404, True)
