"""The stop link: no sign-in, no question, once or ten times, by a person or by the mailbox."""

from base64 import urlsafe_b64decode
from urllib.parse import urlsplit

import pytest

from app.messages import stop_links
from app.sql import db
from tests.consent.factories import in_store, states
from tests.factories import make_brand, make_store
from tests.messages.factories import BY_MAIL, Post, allow, deliver, make_addressee, queue, standing
from tests.racing import at_once

ONE_CLICK = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def brand(app):
    return make_brand(name="Épicerie <b>Test</b>")


@pytest.fixture
def member(app):
    return make_addressee()


@pytest.fixture
def link(member, brand):
    """The address of the stop link in a mail that left."""
    allow(member, brand)
    post = Post()
    deliver(queue(member, brand), post)
    return urlsplit(post.taken[0].stop_url).path


def press(anyone, link, **sent):
    return anyone.client.post(link, data="List-Unsubscribe=One-Click", headers=ONE_CLICK | sent)


def test_the_mailbox_stops_it_by_one_post(anyone, member, link):
    assert press(anyone, link).status_code == 200
    assert states(member) == ["given", "withdrawn"]


def test_a_mailbox_may_post_the_form_in_parts(anyone, member, link):
    anyone.client.post(link, data={"List-Unsubscribe": "One-Click"}, content_type="multipart/form-data")
    assert states(member) == ["given", "withdrawn"]


def test_ten_times_is_once(anyone, member, link):
    assert {press(anyone, link).status_code for _ in range(10)} == {200}
    assert states(member) == ["given", "withdrawn"]


def test_looking_at_the_page_stops_nothing(anyone, member, link):
    page = anyone.get(link)
    assert (page.status_code, page.mimetype) == (200, "text/html")
    assert states(member) == ["given"]


def test_the_page_has_a_button(anyone, link):
    assert '<form method="post"><button type="submit">Stop</button>' in anyone.get(link).text


def test_the_page_speaks_the_readers_language(anyone, link):
    assert "Ne plus recevoir" in anyone.client.get(link, headers={"Accept-Language": "fr"}).text


def test_the_name_of_a_brand_is_text_and_no_markup(anyone, link):
    assert "&lt;b&gt;Test&lt;/b&gt;" in anyone.get(link).text


def test_it_stops_every_store_and_nothing_else(anyone, member, brand, link):
    allow(member, brand, scope=in_store(make_store(brand)))
    allow(member, brand, touchpoint="sms")
    press(anyone, link)
    assert sorted(states(member)) == ["given", "given", "given", "withdrawn", "withdrawn"]


def test_what_waits_is_cancelled_by_it(anyone, member, brand, link):
    message = queue(member, brand)
    press(anyone, link)
    assert standing(message) == ("cancelled", "withdrawn")


def test_one_thing_has_one_link(member, brand, link):
    post = Post()
    deliver(queue(member, brand), post)
    assert urlsplit(post.taken[0].stop_url).path == link


def test_the_link_holds_nothing_about_anybody(member, brand, link):
    raw = urlsafe_b64decode(link.removeprefix("/stop/") + "=")
    assert len(raw) == 32
    assert member.id.bytes not in raw
    assert brand.id.bytes not in raw


@pytest.mark.parametrize(
    "spoil", [lambda t: t[:-1], lambda t: t + "A", lambda t: ("B" if t[0] == "A" else "A") + t[1:], lambda t: "x"]
)
def test_a_link_that_we_did_not_make_stops_nothing(anyone, member, link, spoil):
    token = link.removeprefix("/stop/")
    assert press(anyone, f"/stop/{spoil(token)}").status_code == 404
    assert states(member) == ["given"]


def test_the_link_of_a_wallet_that_is_gone_still_answers(anyone, member, link):
    with db.system_transaction():
        db.session().delete(db.get(type(member), member.id))
    assert "nothing is sent to you" in press(anyone, link, **{"Accept-Language": "en"}).text


def test_an_address_with_a_nul_is_a_stranger(anyone):
    assert anyone.get("/stop/%00").status_code == 404


def test_the_link_is_the_same_for_two_senders_at_once(member, brand):
    allow(member, brand)

    def url(_):
        with db.system_transaction():
            return stop_links.stop_url(member_id=member.id, brand_id=brand.id, now=member.created_at, **BY_MAIL)

    assert len(set(at_once(4, url))) == 1
