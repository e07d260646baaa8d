"""A message leaves with a permission that stands at that moment, once, and says what became of it."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.consent.errors import PermissionMissing, PermissionNotGiven, PermissionWithdrawn
from app.consent.models import Level
from app.languages import Text
from app.messages import delivery, queries
from app.messages.envelopes import CarriageOutcome
from app.messages.errors import StopLinkMissing
from app.messages.models import Message, MessageStatus
from app.messages.wording import MessageWords
from app.sql import db
from tests.consent.factories import in_store, states
from tests.factories import NOON, make_brand, make_member, make_store
from tests.messages.factories import Post, allow, deliver, forbid, fresh, leased, make_addressee, queue, standing

HOUR = timedelta(hours=1)


@pytest.fixture
def member(app):
    return make_addressee()


def test_a_message_that_nobody_allowed_is_not_queued(member, brand):
    with pytest.raises(PermissionNotGiven):
        queue(member, brand)


def test_a_message_that_was_allowed_once_is_not_queued_after_a_no(member, brand):
    allow(member, brand)
    forbid(member, brand)
    with pytest.raises(PermissionWithdrawn):
        queue(member, brand)


def test_asking_twice_with_one_key_is_asking_once(member, brand):
    allow(member, brand)
    assert queue(member, brand, key="a").id == queue(member, brand, key="a").id


@pytest.mark.parametrize(
    "words", [Text(fr="Stop : {stop}", en="No way out"), Text(fr="Pas de lien", en="Stop: {stop}"), Text(fr="", en="")]
)
def test_words_without_a_stop_link_are_refused(words):
    with pytest.raises(StopLinkMissing):
        MessageWords(subject=Text(fr="Sujet", en="Subject"), text=words)


def test_a_permitted_message_leaves_once(member, brand):
    allow(member, brand)
    message, post = queue(member, brand), Post()
    assert deliver(message, post) is CarriageOutcome.TAKEN
    assert deliver(message, post) is None
    assert [each.id for each in post.taken] == [message.id]


def test_a_sent_message_names_the_permission_that_let_it_leave(member, brand):
    allow(member, brand)
    message = queue(member, brand)
    event_id = allow(member, brand).event_id
    deliver(message, Post())
    assert (fresh(message).status, fresh(message).event_id, fresh(message).sent_at) == (
        MessageStatus.SENT,
        event_id,
        NOON,
    )


def test_no_row_says_sent_without_a_permission(member, brand):
    allow(member, brand)
    message = queue(member, brand)
    with pytest.raises(IntegrityError), db.system_transaction():
        db.execute(text("UPDATE message SET event_id = NULL WHERE id = :id"), {"id": message.id})


def test_no_row_names_somebody_elses_permission(member, brand):
    allow(member, brand)
    message = queue(member, brand)
    theirs = allow(make_addressee(), brand).event_id
    with pytest.raises(IntegrityError), db.system_transaction():
        db.execute(text("UPDATE message SET event_id = :e WHERE id = :id"), {"e": theirs, "id": message.id})


@pytest.mark.parametrize(("language", "subject"), [("fr", "Trois fromages"), ("en", "Three cheeses")])
def test_a_message_speaks_the_members_language(brand, language, subject):
    member, post = make_addressee(language=language), Post()
    allow(member, brand)
    deliver(queue(member, brand), post)
    assert post.taken[0].subject == subject


def test_the_text_holds_the_stop_link(member, brand):
    allow(member, brand)
    post = Post()
    deliver(queue(member, brand), post)
    assert post.taken[0].text.startswith(f"Goûtez-les.\nNe plus recevoir : {post.taken[0].stop_url}\n")


def test_a_message_is_in_the_name_of_its_brand(member, brand):
    allow(member, brand)
    post = Post()
    deliver(queue(member, brand), post)
    (letter,) = post.taken
    assert (letter.sender.name, brand.postal_address in letter.html) == (brand.name, True)
    assert f'<a href="{letter.stop_url}">' in letter.html


def test_a_no_cancels_what_waits_with_its_reason(member, brand):
    allow(member, brand)
    message = queue(member, brand, due_at=NOON + HOUR)
    forbid(member, brand)
    assert standing(message) == ("cancelled", "withdrawn")


def test_a_no_to_one_store_leaves_the_others(member, brand):
    here, there = make_store(brand), make_store(brand)
    allow(member, brand)
    messages = [queue(member, brand, store_id=store.id) for store in (here, there)]
    forbid(member, brand, scope=in_store(here))
    assert [standing(each) for each in messages] == [("cancelled", "refused"), ("queued", None)]


def test_a_no_to_another_brand_leaves_this_one(member, brand):
    other = make_brand()
    allow(member, brand)
    allow(member, other)
    message = queue(member, brand)
    forbid(member, other)
    assert standing(message) == ("queued", None)


def test_a_message_whose_permission_ended_meanwhile_is_cancelled(member, brand):
    allow(member, brand, expires_at=NOON + HOUR)
    message, post = queue(member, brand), Post()
    deliver(message, post, now=NOON + 2 * HOUR)
    assert (standing(message), post.taken) == (("cancelled", "expired"), [])


def test_a_message_that_could_not_leave_in_time_is_too_late(member, brand):
    allow(member, brand)
    message, post = queue(member, brand, expires_at=NOON + HOUR), Post()
    deliver(message, post, now=NOON + HOUR)
    assert (standing(message), post.taken) == (("cancelled", "too_late"), [])


def test_a_member_without_an_address_gets_nothing(brand):
    member = make_member()
    allow(member, brand)
    message = queue(member, brand)
    deliver(message, Post())
    assert standing(message) == ("cancelled", "no_address")


def test_contact_once_is_one_contact(member, brand):
    allow(member, brand, Level.CONTACT_ONCE)
    messages, post = [queue(member, brand) for _ in range(3)], Post()
    for message in messages:
        deliver(message, post)
    assert [standing(each) for each in messages] == [
        ("sent", None),
        ("cancelled", "exhausted"),
        ("cancelled", "exhausted"),
    ]
    assert states(member) == ["given", "exhausted"]


def test_a_message_that_was_not_taken_is_tried_again_later(member, brand):
    allow(member, brand)
    message = queue(member, brand)
    deliver(message, Post(CarriageOutcome.NOT_TAKEN))
    assert (fresh(message).status, fresh(message).due_at) == ("queued", NOON + delivery.BACK_OFF[0])


def test_a_counted_permission_is_used_once_however_often_its_message_is_tried(member, brand):
    allow(member, brand, Level.CONTACT_ONCE)
    message, post = queue(member, brand), Post()
    deliver(message, Post(CarriageOutcome.NOT_TAKEN))
    assert deliver(message, post, now=NOON + HOUR) is CarriageOutcome.TAKEN
    assert states(member) == ["given", "exhausted"]


def test_what_was_used_for_a_message_does_not_outlive_a_no(member, brand):
    allow(member, brand, Level.CONTACT_ONCE)
    message, post = queue(member, brand), Post()
    deliver(message, Post(CarriageOutcome.NOT_TAKEN))
    forbid(member, brand)
    assert deliver(message, post, now=NOON + HOUR) is None
    assert (fresh(message).status, post.taken) == ("cancelled", [])


def test_a_message_that_the_mailbox_refuses_has_failed(member, brand):
    allow(member, brand)
    message = queue(member, brand)
    deliver(message, Post(CarriageOutcome.REFUSED))
    assert standing(message) == ("failed", "refused_by_channel")


def test_a_mail_of_which_nobody_knows_is_handed_over_again(member, brand):
    allow(member, brand)
    message, post = queue(member, brand), Post()
    deliver(message, Post(CarriageOutcome.UNKNOWN))
    deliver(message, post, now=NOON + HOUR)
    assert ([each.id for each in post.taken], standing(message)) == ([message.id], ("sent", None))


def test_a_text_message_of_which_nobody_knows_is_not(member, brand):
    allow(member, brand, touchpoint="sms")
    message = queue(member, brand, touchpoint="sms")
    deliver(message, Post(CarriageOutcome.UNKNOWN, repeatable=False))
    assert standing(message) == ("failed", "outcome_unknown")


def die_after_the_decision(message: Message) -> None:
    """What a process leaves that dies between the decision and the word of what became of it."""
    with db.system_transaction():
        delivery.permit_message(leased(message), now=NOON)


def test_a_mail_whose_sender_died_is_sent_by_the_next(member, brand):
    allow(member, brand, Level.CONTACT_ONCE)
    message, post = queue(member, brand), Post()
    die_after_the_decision(message)
    deliver(message, post, now=NOON + HOUR)
    assert (standing(message), states(member)) == (("sent", None), ["given", "exhausted"])


def test_a_text_message_whose_sender_died_is_not_sent_again(member, brand):
    allow(member, brand, Level.CONTACT_ONCE, touchpoint="sms")
    message, post = queue(member, brand, touchpoint="sms"), Post(repeatable=False)
    die_after_the_decision(message)
    deliver(message, post, now=NOON + HOUR)
    assert (standing(message), post.taken) == (("failed", "outcome_unknown"), [])


def test_what_may_have_left_is_not_said_to_be_cancelled(member, brand):
    allow(member, brand)
    message, post = queue(member, brand), Post()
    die_after_the_decision(message)
    forbid(member, brand)
    deliver(message, post, now=NOON + HOUR)
    assert (standing(message), post.taken) == (("failed", "outcome_unknown"), [])


def test_a_message_whose_lease_went_to_another_is_left_alone(member, brand):
    allow(member, brand)
    message, post = queue(member, brand), Post()
    mine = leased(message)
    leased(message, now=NOON + HOUR)
    assert delivery.deliver_message(mine, post.carrier(), post.hand_over, lambda: NOON) is None


def test_a_message_without_a_way_out_is_held(member, brand):
    allow(member, brand, touchpoint="push")
    message = queue(member, brand, touchpoint="push")
    send_everything(carriers={})
    assert standing(message) == ("held", "channel_unavailable")


def test_a_held_message_is_cancelled_by_a_no(member, brand):
    allow(member, brand, touchpoint="push")
    message = queue(member, brand, touchpoint="push")
    send_everything(carriers={})
    forbid(member, brand, touchpoint="push")
    assert standing(message) == ("cancelled", "withdrawn")


def test_everything_that_is_due_is_sent_and_nothing_else(member, brand):
    allow(member, brand)
    due, later, post = queue(member, brand), queue(member, brand, due_at=NOON + HOUR), Post()
    send_everything(carriers={"email": post.carrier()})
    assert due.id in {each.id for each in post.taken}
    assert (standing(due), standing(later)) == (("sent", None), ("queued", None))


def send_everything(**given) -> int:
    """The job. Messages that other tests left are sent too."""
    return delivery.send_due(clock=lambda: NOON, **given)


def test_of_ten_thousand_waiting_messages_a_no_leaves_none(member, brand):
    event_id, post = allow(member, brand).event_id, Post()
    model = queue(member, brand)
    with db.system_transaction():
        rows = [
            {
                "member_id": member.id,
                "id": uuid.uuid4(),
                "brand_id": brand.id,
                "touchpoint": "email",
                "purpose": "personalised_offers",
                "key": str(number),
                "words": model.words,
                "event_id": event_id,
                "status": "queued",
                "created_at": NOON,
                "due_at": NOON,
                "expires_at": NOON + HOUR,
            }
            for number in range(9_999)
        ]
        db.execute(queries.insert(Message), rows)
    forbid(member, brand)
    send_everything(carriers={"email": post.carrier()})
    with db.system_transaction():
        found = db.execute(
            text("SELECT status, reason, count(*) FROM message WHERE member_id = :m GROUP BY 1, 2"), {"m": member.id}
        ).all()
    assert [tuple(row) for row in found] == [("cancelled", "withdrawn", 10_000)]
    assert [each for each in post.taken if each.id == model.id] == []


def test_an_address_of_nobody_is_no_reason_to_raise(member, brand):
    with pytest.raises(PermissionMissing):
        queue(member, brand, purpose="nothing_of_ours")


def test_a_message_that_cannot_be_written_keeps_none_waiting_beside_it(member, brand):
    """They were leased together, so they come again together each time."""
    allow(member, brand)
    broken, good, post = queue(member, brand), queue(member, brand), Post()
    with db.system_transaction():
        db.execute(text("UPDATE message SET words = '{}' WHERE id = :id"), {"id": broken.id})
    delivery.send_due(clock=lambda: NOON, carriers={"email": post.carrier()}, batch=2)
    assert good.id in {letter.id for letter in post.taken}


def test_silence_about_one_message_says_nothing_of_the_next(member, brand):
    allow(member, brand)
    stalled, good, post = queue(member, brand), queue(member, brand, due_at=NOON), Post()
    post.outcomes[stalled.id] = CarriageOutcome.UNKNOWN
    delivery._send_group([leased(stalled), leased(good)], post.carrier(), lambda: NOON)
    assert (standing(stalled), standing(good)) == (("leaving", None), ("sent", None))
    assert post.connections == 2


def test_what_a_server_that_goes_away_did_not_take_is_queued(member, brand):
    allow(member, brand)
    message = queue(member, brand)
    deliver(message, Post(CarriageOutcome.AWAY))
    assert standing(message) == ("queued", None)


def test_a_server_that_goes_away_is_not_asked_for_ever(member, brand):
    allow(member, brand)
    messages, post = [queue(member, brand) for _ in range(6)], Post(CarriageOutcome.AWAY)
    group = [leased(each) for each in messages]
    delivery._send_group(group, post.carrier(), lambda: NOON)
    assert post.connections == delivery.MOST_CONNECTIONS
    assert sorted(fresh(each).status for each in messages) == ["held"] * 3 + ["queued"] * 3
