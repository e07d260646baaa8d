"""Some yeses count only once a link that reached the member's own address comes back."""

import re
import time
from dataclasses import replace
from datetime import timedelta

import pytest

from app import clock, config
from app.carriers import outgoing_mail
from app.consent.errors import AddressMissing, ConfirmationUnusable, RecipientUnknown, RecipientUnnamed
from app.consent.ledger import confirmation
from app.sql import db
from tests.carriers.mail_servers import mail_server
from tests.consent.factories import (
    PARTNERS,
    body,
    cell_address,
    evidence,
    give,
    ledger,
    make_reachable_member,
    make_recipient,
    say_no,
    states,
)
from tests.factories import make_brand, make_member, member_token


@pytest.fixture
def brand(app):
    brand = make_brand()
    make_recipient(brand)
    return brand


@pytest.fixture
def member(app):
    return make_reachable_member()


def say_yes(member, brand, **given):
    now = given.pop("now", clock.now())
    cell = {"touchpoint": "email", "purpose": PARTNERS, "recipient": "acme"} | given
    return give(member, brand, now=now, evidence=evidence(now=now), **cell)


def confirm(member, cell, *, now=None):
    with db.transaction():
        token = confirmation.token_of(member.id, cell.event_id)
        return confirmation.confirm_permission(token=token, now=now or clock.now())


def last_mail(member):
    mails = (config.current().var / "mailbox.jsonl").read_text(encoding="utf-8").splitlines()
    return next(mail for mail in reversed(mails) if f"{member.id}@example.org" in mail)


def test_the_yes_waits(member, brand):
    cell = say_yes(member, brand)
    assert (cell.state, cell.pending) == ("requested", "confirmation")


def test_the_link_makes_it_a_yes(member, brand):
    cell = confirm(member, say_yes(member, brand))
    assert (cell.state, ledger(member)[-1].evidence["method"]) == ("given", "double_opt_in_link")


def test_the_mail_holds_a_link_that_works(anyone, member, brand):
    phone = anyone.with_token(member_token(member))
    phone.put(cell_address(brand, "email", PARTNERS), body(recipient="acme"))
    token = re.search(r"/confirm#([A-Za-z0-9_=-]+)", last_mail(member))[1]
    answer = anyone.post("/v1/permissions/confirmations", {"token": token})
    assert (answer.status_code, answer.json["effective"], answer.json["recipient_name"]) == (200, True, "Acme")


def test_a_question_whose_link_cannot_leave_is_not_recorded(anyone, member, brand, settings):
    phone = anyone.with_token(member_token(member))
    ask = {"path": cell_address(brand, "email", PARTNERS), "json": body(recipient="acme")}
    with mail_server() as server:
        config.use_config(replace(settings, mail=server.url))
        outgoing_mail.OUTBOX._failed_at_s[server.url] = time.monotonic()
        assert (phone.put(**ask).get_json()["code"], states(member)) == ("channel_unavailable", [])
        del outgoing_mail.OUTBOX._failed_at_s[server.url]
        assert (phone.put(**ask).status_code, states(member)) == (200, ["requested"])
        assert server.arrived.acquire(timeout=20)
    config.use_config(settings)


def test_a_link_used_twice_is_used_once(member, brand):
    cell = say_yes(member, brand)
    confirm(member, cell)
    db_cell = give_token_again(member)
    assert db_cell.state == "given"
    assert states(member) == ["requested", "given"]


def give_token_again(member):
    with db.transaction():
        return confirmation.confirm_permission(
            token=confirmation.token_of(member.id, ledger(member)[0].id), now=clock.now()
        )


def test_a_link_of_last_week_is_of_no_use(member, brand):
    cell = say_yes(member, brand)
    with pytest.raises(ConfirmationUnusable):
        confirm(member, cell, now=clock.now() + timedelta(days=8))


def test_a_withdrawal_makes_the_link_useless(member, brand):
    cell = say_yes(member, brand)
    asked = cell.event_id
    say_no(member, brand, touchpoint="email", purpose=PARTNERS, recipient="acme", now=clock.now())
    with pytest.raises(ConfirmationUnusable), db.transaction():
        confirmation.confirm_permission(token=confirmation.token_of(member.id, asked), now=clock.now())
    assert states(member)[-1] == "refused"


@pytest.mark.parametrize("token", ["A", "A" * 64, "=" * 10, "-_-_"])
def test_what_is_no_token_is_refused(anyone, token):
    answer = anyone.post("/v1/permissions/confirmations", {"token": token})
    assert (answer.status_code, answer.json["code"]) == (404, "confirmation_unusable")


def test_a_token_with_another_event_is_refused(anyone, member, brand):
    token = confirmation.token_of(member.id, say_yes(member, brand).event_id)
    other = confirmation.token_of(member.id, member.id)
    mixed = other[:40] + token[40:]
    assert anyone.post("/v1/permissions/confirmations", {"token": mixed}).status_code == 404


def test_without_an_address_there_is_nothing_to_confirm_with(brand):
    member = make_member()
    with pytest.raises(AddressMissing):
        say_yes(member, brand)
    assert states(member) == []


def test_a_recipient_must_be_named(member, brand):
    with pytest.raises(RecipientUnnamed):
        say_yes(member, brand, recipient=None)
    assert states(member) == []


@pytest.mark.parametrize("recipient", ["umbrella", "x" * 200])
def test_a_recipient_outside_the_list_is_refused(member, brand, recipient):
    with pytest.raises(RecipientUnknown):
        say_yes(member, brand, recipient=recipient)
    assert states(member) == []


def test_a_recipient_of_another_brand_is_refused(member, brand):
    make_recipient(make_brand(), code="umbrella")
    with pytest.raises(RecipientUnknown):
        say_yes(member, brand, recipient="umbrella")


def test_a_purpose_that_passes_nothing_on_has_no_recipient(member, brand):
    with pytest.raises(RecipientUnknown):
        say_yes(member, brand, purpose="birthday_treat")
