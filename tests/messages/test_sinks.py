"""Sinks: told of every no about what they were given, once each, until they confirm; late ones ring."""

import base64
import hashlib
import hmac
import http.server
import json
import threading
from datetime import datetime, timedelta
from itertools import pairwise

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from app.http.access import Role
from app.messages import notices as messages_notices
from app.messages import sinks
from app.messages.errors import SinkAddressUnsafe, SinkExists, SinkPurposeUnknown, SinkWithoutContract
from app.messages.models import NoticeKind, Sink
from app.sql import db
from tests.factories import NOON, console_token, make_brand, make_console_user
from tests.messages.factories import allow, forbid, make_addressee, make_sink, notices

MINUTE = timedelta(minutes=1)
SOON = NOON + timedelta(seconds=1)
"""The ledger puts each event of a cell a moment after the one before it, so a no of noon is told just after noon."""


@pytest.fixture
def member(app):
    return make_addressee()


@pytest.fixture
def no(member, brand):
    """A sink, and a no that it must hear of."""
    sink = make_sink(brand)
    allow(member, brand)
    forbid(member, brand)
    return sink


def tell(*answers: int | None, at: datetime = SOON) -> list[messages_notices.Posted]:
    """One round of telling everybody; the sinks answer in this way, the last answer for ever."""
    told: list[messages_notices.Posted] = []

    def post(posted: messages_notices.Posted) -> int | None:
        told.append(posted)
        return answers[min(len(told), len(answers)) - 1]

    messages_notices.deliver_due(clock=lambda: at, post=post)
    return told


def watched(sink: Sink, *, at: datetime) -> sinks.SinkStanding:
    with db.system_transaction():
        (found,) = sinks.standings(now=at, brand_id=sink.brand_id)
    return found


def test_a_no_is_told_to_the_sink_that_has_the_data(member, no):
    (notice,) = notices(member)
    assert (notice.sink_id, notice.kind, notice.purpose) == (no.id, "withdrawal", "personalised_offers")


def test_a_yes_is_told_to_nobody(member, brand):
    make_sink(brand)
    allow(member, brand)
    assert notices(member) == []


@pytest.mark.parametrize("given", [{"purposes": ["partner_offers"]}, {"enabled": False}])
def test_a_sink_that_has_no_such_data_is_told_nothing(member, brand, given):
    make_sink(brand, **given)
    allow(member, brand)
    forbid(member, brand)
    assert notices(member) == []


def test_the_sink_of_another_brand_is_told_nothing(member, brand):
    make_sink(make_brand())
    allow(member, brand)
    forbid(member, brand)
    assert notices(member) == []


def test_one_fact_is_told_once(member, brand):
    make_sink(brand)
    with db.system_transaction():
        told = [
            messages_notices.tell_sinks(member_id=member.id, kind=NoticeKind.ERASURE, about=member.id, now=NOON)
            for _ in range(2)
        ]
    assert (told[0] > 0, told[1], len(notices(member))) == (True, 0, told[0])


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_sink_confirms_by_its_answer(member, no, status):
    tell(status)
    assert notices(member)[0].acknowledged_at == SOON


@pytest.mark.parametrize("status", [202, 301, 400, 410, 500, None])
def test_any_other_answer_confirms_nothing_and_is_tried_again(member, no, status):
    tell(status)
    (notice,) = notices(member)
    assert (notice.acknowledged_at, notice.due_at) == (None, SOON + messages_notices.BACK_OFF[0])


def test_between_the_tries_time_passes_and_grows(member, no):
    due = [SOON]
    for _ in range(7):
        tell(500, at=due[-1])
        due.append(notices(member)[0].due_at)
    assert [later - sooner for sooner, later in pairwise(due)] == [
        *messages_notices.BACK_OFF,
        messages_notices.BACK_OFF[-1],
        messages_notices.BACK_OFF[-1],
    ]


def test_a_confirmed_notice_is_told_no_more(member, no):
    tell(204)
    with db.system_transaction():
        request = messages_notices.posted_of(notices(member)[0], no, now=NOON)
    assert request.headers["webhook-id"] not in {each.headers["webhook-id"] for each in tell(204, at=NOON + MINUTE)}


def test_a_notice_says_what_is_over_and_names_nobody(member, brand, no):
    with db.system_transaction():
        request = messages_notices.posted_of(notices(member)[0], no, now=NOON)
    assert json.loads(request.body)["type"] == "member.withdrawal"
    assert json.loads(request.body)["data"] == {
        "subject": sinks.subject_of(no, member.id),
        "brand_id": str(brand.id),
        "touchpoint": "email",
        "purpose": "personalised_offers",
    }
    assert str(member.id) not in f"{request.body!r}{request.headers}"


def test_two_sinks_call_a_member_by_different_names(member, brand):
    assert len({sinks.subject_of(make_sink(brand), member.id) for _ in range(2)}) == 2


def test_a_sink_can_check_who_speaks(member, no):
    with db.system_transaction():
        request = messages_notices.posted_of(notices(member)[0], no, now=NOON)
    key = base64.b64decode(sinks.secret_of(no).removeprefix("whsec_"))
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert request.headers["webhook-signature"] == f"v1,{expected}"


def test_a_sink_within_its_bound_is_well(no):
    assert (watched(no, at=NOON + MINUTE / 2).waiting, watched(no, at=NOON + MINUTE / 2).late) == (1, 0)


def test_a_notice_that_cannot_be_sent_keeps_none_waiting_beside_it(member, brand, monkeypatch):
    first, second = make_sink(brand, code="one"), make_sink(brand, code="two")
    allow(member, brand)
    forbid(member, brand)
    write = messages_notices.posted_of

    def posted_of(notice, sink, **when):
        if sink.id == first.id:
            raise ValueError
        return write(notice, sink, **when)

    monkeypatch.setattr(messages_notices, "posted_of", posted_of)
    tell(204)
    assert {one.sink_id for one in notices(member) if one.acknowledged_at is not None} == {second.id}


def test_a_sink_beyond_its_bound_is_late(no):
    standing = watched(no, at=NOON + 2 * MINUTE)
    assert (standing.late, standing.oldest_s) == (1, 120.0)


def test_how_slow_a_sink_was_is_kept(no):
    tell(500)
    tell(204, at=NOON + 3 * MINUTE)
    assert (watched(no, at=NOON + 4 * MINUTE).late, watched(no, at=NOON + 4 * MINUTE).slowest_s) == (0, 180.0)


def test_a_late_sink_rings_and_keeps_no_traffic_away(anyone, brand, no):
    answer = anyone.get("/readyz")
    assert answer.status_code == 200, answer.get_json()
    assert f"{brand.code}/{no.code} (1)" in answer.get_json()["alarms"]["sinks"]


def test_the_gauge_of_a_sink_is_how_long_it_keeps_us_waiting(anyone, brand, no):
    anyone.get("/readyz")
    line = next(x for x in anyone.get("/metrics").text.splitlines() if f'"sinks/{brand.code}/{no.code}"' in x)
    assert float(line.rsplit(" ", 1)[1]) > 60


def test_an_auditor_sees_the_brands_sinks(anyone, brand, no):
    auditor = anyone.with_token(console_token(make_console_user(brand, Role.AUDITOR)))
    make_sink(make_brand())
    (item,) = auditor.get("/v1/sinks").get_json()["items"]
    assert (item["code"], item["contract_id"], item["late"], item["waiting"]) == (no.code, "DPA-7", 1, 1)


def test_a_sink_without_a_contract_cannot_be_enabled(brand):
    with pytest.raises(SinkWithoutContract):
        make_sink(brand, contract_id=None)


def test_nor_can_the_database_be_made_to(brand):
    sink = make_sink(brand, contract_id=None, enabled=False)
    with pytest.raises(IntegrityError), db.system_transaction():
        db.execute(update(Sink).where(Sink.id == sink.id).values(enabled_at=NOON))


@pytest.mark.parametrize(
    "url",
    ["http://crm.example.org/", "ftp://crm.example.org/", "https://a:b@crm.example.org/", "https://x.org/?k=1", "crm"],
)
def test_an_unsafe_address_is_refused(brand, url):
    with pytest.raises(SinkAddressUnsafe):
        make_sink(brand, url=url)


def test_a_code_is_one_sink(brand):
    make_sink(brand, code="crm")
    with pytest.raises(SinkExists):
        make_sink(brand, code="crm")


def test_a_sink_has_purposes_of_ours(brand):
    with pytest.raises(SinkPurposeUnknown):
        make_sink(brand, purposes=["everything"])


def test_what_was_confirmed_long_ago_is_forgotten(member, no):
    tell(204)
    with db.system_transaction():
        messages_notices.forget_confirmed(now=SOON + messages_notices.CONFIRMED_KEPT)
    assert notices(member) == []


def test_what_was_never_confirmed_is_not(member, no):
    with db.system_transaction():
        messages_notices.forget_confirmed(now=NOON + 2 * messages_notices.CONFIRMED_KEPT)
    assert len(notices(member)) == 1


class Crm(http.server.BaseHTTPRequestHandler):
    """A sink of somebody else, which answers as it was told."""

    def do_POST(self):
        self.server.heard.append(json.loads(self.rfile.read(int(self.headers["content-length"]))))
        self.server.patience.wait(30)
        self.send_response(self.server.status)
        self.send_header("location", "http://127.0.0.1:1/")
        self.end_headers()

    def log_message(self, *_):
        """Say nothing."""


@pytest.fixture
def crm():
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Crm)
    server.heard, server.status, server.patience = [], 204, threading.Event()
    server.patience.set()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.patience.set()
    server.shutdown()
    server.server_close()
    thread.join()


def say(crm) -> int | None:
    return messages_notices.post_notice(
        messages_notices.Posted(f"http://127.0.0.1:{crm.server_address[1]}/ici", b"{}", {})
    )


def test_a_notice_travels_by_http(crm):
    assert (say(crm), crm.heard) == (204, [{}])


def test_no_redirect_is_followed(crm):
    crm.status = 307
    assert (say(crm), crm.heard) == (307, [{}])


def test_a_sink_that_never_answers_is_given_up(crm, monkeypatch):
    monkeypatch.setattr(messages_notices, "ANSWER_S", 0.2)
    crm.patience.clear()
    assert say(crm) is None


def test_a_sink_that_is_not_there_is_no_fault_of_ours():
    assert messages_notices.post_notice(messages_notices.Posted("http://127.0.0.1:1/", b"{}", {})) is None


def test_a_sink_that_does_not_answer_is_asked_once_a_round(member, brand):
    url = f"https://{brand.code}.example.org/ici"
    make_sink(brand, url=url)
    for touchpoint in ("email", "sms", "push"):
        allow(member, brand, touchpoint=touchpoint)
        forbid(member, brand, touchpoint=touchpoint)
    assert [posted.url for posted in tell(None)].count(url) == 1
    assert [notice.due_at > SOON for notice in notices(member)] == [True] * 3
