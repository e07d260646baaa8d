"""Text messages by HTTP: each value escaped for its place, success by status, and nothing about anybody in the logs."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.carriers import channels, outbox, outgoing_texts
from app.carriers.errors import ChannelUnavailable, HandOverUnknown, RecipientRefused
from app.carriers.sms_gateway import _body, _target
from app.config import Config
from app.settings import ConfigIncomplete
from tests.carriers.sms_gateways import JSON_BODY, Gateway, sms_gateway

NOW = datetime(2026, 5, 18, 10, tzinfo=UTC)
PHONE = "+33612345678"
NASTY = 'L\'été "vient" & {to} \\ +1 %\n@lilas.example #123456'


@pytest.fixture
def gateway(settings: Config) -> Iterator[Gateway]:
    with sms_gateway(settings) as made:
        made.use()
        yield made


def send(text: str = NASTY, **given: str) -> None:
    channels.send_sms(to=PHONE, text=text, now=NOW, **given)


def test_a_text_leaves_as_json(gateway: Gateway) -> None:
    gateway.use(Authorization="Bearer secret")
    send(sender="Lilas")
    (taken,) = gateway.taken
    assert json.loads(taken.body) == {"to": PHONE, "from": "Lilas", "messages": [{"text": NASTY}], "n": 1}
    assert (taken.method, taken.headers["Content-Type"]) == ("POST", "application/json")
    assert taken.headers["Authorization"] == "Bearer secret"


def test_a_text_leaves_as_a_form(gateway: Gateway) -> None:
    gateway.use(body="msisdn={digits}&body={text}&from={sender}")
    send()
    assert parse_qs(gateway.taken[0].body.decode()) == {"msisdn": [PHONE[1:]], "body": [NASTY], "from": ["Ici"]}


def test_a_text_leaves_in_a_query(gateway: Gateway) -> None:
    gateway.use(query="?to={to}&text={text}", method="GET", body="")
    send()
    assert parse_qs(urlsplit(gateway.taken[0].target).query) == {"to": [PHONE], "text": [NASTY]}


@given(st.text())
def test_no_text_becomes_more_than_a_text(text: str) -> None:
    values = {"to": PHONE, "digits": PHONE[1:], "text": text, "sender": "Ici", "id": "1"}
    body, _ = _body(JSON_BODY, values)
    assert json.loads(body)["messages"] == [{"text": text}]


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_adds_a_field_to_a_form_or_a_query(text: str) -> None:
    values = {"to": PHONE, "digits": PHONE[1:], "text": text, "sender": "Ici", "id": "1"}
    body, _ = _body("to={to}&text={text}", values)
    target = _target(urlsplit("https://sms.test/send?to={to}&text={text}"), values)
    for written in (body.decode(), urlsplit(target).query):
        assert parse_qs(written, keep_blank_values=True) == {"to": [PHONE], "text": [text]}


STATUSES = {400: RecipientRefused, 422: RecipientRefused, 410: RecipientRefused} | dict.fromkeys(
    (401, 402, 403, 404, 405, 429, 501, 503, 302), ChannelUnavailable
)


@pytest.mark.parametrize(("status", "error"), (STATUSES | dict.fromkeys((500, 502, 504), HandOverUnknown)).items())
def test_what_a_gateway_says(gateway: Gateway, status: int, error: type[Exception]) -> None:
    gateway.status = status
    with pytest.raises(error):
        send()


def test_a_gateway_that_is_silent_may_have_the_text(gateway: Gateway, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.carriers.sms_gateway.ANSWER_S", 0.1)
    gateway.status = None
    with pytest.raises(HandOverUnknown):
        send()


def test_a_gateway_that_is_not_there_is_away(gateway: Gateway) -> None:
    gateway.url = "http://127.0.0.1:1/"
    gateway.use()
    with pytest.raises(ChannelUnavailable):
        send()


def post(phone: str, **given: object) -> None:
    outgoing_texts.post_sms(to=phone, text="123456", now=NOW, **given)


def settle() -> None:
    for _ in range(outbox.MOST_WAITING):
        assert outgoing_texts.OUTBOX._places.acquire(timeout=20)
    for _ in range(outbox.MOST_WAITING):
        outgoing_texts.OUTBOX._places.release()


def test_a_refused_number_turns_texts_off_for_nobody(gateway: Gateway) -> None:
    gateway.status = 400
    told: list[str] = []
    post(PHONE, refused=lambda: told.append(PHONE))
    settle()
    gateway.status = 200
    post("+33612345679")
    settle()
    assert (told, len(gateway.taken)) == ([PHONE], 2)


@pytest.mark.parametrize("status", [401, 500, 503])
def test_a_gateway_that_takes_nothing_is_away(gateway: Gateway, status: int) -> None:
    gateway.status = status
    post(PHONE)
    settle()
    with pytest.raises(ChannelUnavailable):
        post(PHONE)


def test_neither_number_nor_code_is_in_the_logs(gateway: Gateway, capfd: pytest.CaptureFixture[str]) -> None:
    for status in (200, 400, 401, 500):
        gateway.status = status
        post(PHONE)
        settle()
        outgoing_texts.OUTBOX._failed_at_s.clear()
    said = capfd.readouterr().err
    assert "text_not_taken" in said
    assert "612345678" not in said
    assert "123456" not in said


PRODUCTION = {
    "ICI_ENV": "production",
    "ICI_DATABASE_URL": "postgresql+psycopg:///ici",
    "ICI_SECRET": "x" * 32,
    "ICI_MAIL": "smtp://mail.example.org?from=ici@example.org",
    "ICI_PUBLIC_URL": "https://ici.example.org",
    "ICI_SMS": "https://sms.example.org/send",
    "ICI_SMS_BODY": JSON_BODY,
    "ICI_SMS_HEADERS": '{"Authorization": "Bearer secret"}',
}


def test_production_starts_with_a_gateway() -> None:
    request = Config.load(PRODUCTION).sms_request
    assert request is not None
    assert (request.method, request.sender, request.headers) == ("POST", "Ici", {"Authorization": "Bearer secret"})


@pytest.mark.parametrize(
    "wrong",
    [
        {"ICI_SMS": "http://sms.example.org/send"},
        {"ICI_SMS": "https://ada:secret@sms.example.org/send"},
        {"ICI_SMS": "sms.example.org"},
        {"ICI_SMS_METHOD": "DELETE"},
        {"ICI_SMS_BODY": '{"to": '},
        {"ICI_SMS_BODY": '{"to": "{to}"}'},
        {"ICI_SMS_BODY": "text={text}"},
        {"ICI_SMS_BODY": "to={to}&text={text}&x={secret}"},
        {"ICI_SMS_BODY": ""},
        {"ICI_SMS_HEADERS": "Authorization: x"},
        {"ICI_SMS_HEADERS": '{"X": "a\\r\\nb"}'},
        {"ICI_SMS_HEADERS": '{"X": "{text}"}'},
    ],
    ids=str,
)
def test_a_gateway_that_could_send_nothing_is_refused_at_start(wrong: dict[str, str]) -> None:
    with pytest.raises(ConfigIncomplete, match=next(iter(wrong))):
        Config.load(PRODUCTION | wrong)
