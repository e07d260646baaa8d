"""Codes: whom they reach, how long they work, how often one may guess, and that nothing tells whom we know."""

import re
import time
import uuid
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import pytest
from sqlalchemy import func, select

from app import config
from app.accounts import guess_limits, one_time_codes, queries
from app.accounts.addresses import Address, email_address, keyed_hash, phone_number
from app.accounts.errors import AddressNotReached, CodeNotAccepted, TooManyCodes, TooManyGuesses, TooManyTexts
from app.accounts.models import MemberIdentifier, OneTimeCode, SignInFailure
from app.config import Config
from app.factory import Ici, create_app
from app.http.access import client_network
from app.sql import db
from tests.accounts.factories import ask_code, last_code, messages_to, new_email, new_phone, other_than, sign_in
from tests.carriers.mail_servers import MailServer, mail_server
from tests.carriers.sms_gateways import Gateway, sms_gateway
from tests.factories import make_brand, make_member, save
from tests.racing import at_once
from tests.speaking import Speaker

NOW = datetime(2026, 5, 18, 10, 0, tzinfo=UTC)


def new_address() -> Address:
    return email_address(new_email())


def send(address: Address, *, now: datetime = NOW) -> str:
    with db.transaction():
        one_time_codes.send_code(address=address, client="192.0.2.1", language="fr", now=now)
    return last_code(address.value)


def prove(address: Address, code: str, *, now: datetime = NOW) -> None:
    with db.transaction():
        one_time_codes.prove_address(address=address, code=code, now=now)


def guess_wrong(address: Address, code: str, *, now: datetime = NOW) -> None:
    with pytest.raises(CodeNotAccepted):
        prove(address, other_than(code), now=now)


def failures_of(address: Address) -> int:
    with db.transaction():
        counted = select(func.count()).select_from(SignInFailure)
        return db.execute(counted.where(SignInFailure.address_hash == address.hashed())).scalar_one()


@pytest.fixture
def no_channels(settings: Config) -> Iterator[None]:
    config.use_config(replace(settings, mail="", sms=""))
    yield
    config.use_config(settings)


def test_a_code_is_mailed_in_french(anyone: Speaker) -> None:
    email = new_email()
    anyone.post("/v1/sign-in-codes", {"email": email}, headers={"Accept-Language": "fr-FR"})
    assert messages_to(email)[0]["subject"] == "Votre code de connexion"


def test_a_code_is_mailed_in_english(anyone: Speaker) -> None:
    email = new_email()
    anyone.post("/v1/sign-in-codes", {"email": email}, headers={"Accept-Language": "en"})
    assert messages_to(email)[0]["subject"] == "Your sign-in code"


def test_a_code_is_sent_to_a_phone(anyone: Speaker) -> None:
    phone = new_phone()
    assert anyone.post("/v1/sign-in-codes", {"phone": phone}).status_code == 202
    assert messages_to(phone)[0]["channel"] == "sms"


def test_known_and_unknown_addresses_get_the_same_answer_to_the_byte(anyone: Speaker) -> None:
    known = new_email()
    sign_in(anyone, known)
    for_known = anyone.post("/v1/sign-in-codes", {"email": known})
    for_unknown = anyone.post("/v1/sign-in-codes", {"email": new_email()})
    assert (for_known.status_code, for_known.data) == (for_unknown.status_code, for_unknown.data)


def test_known_and_unknown_addresses_get_the_same_headers(anyone: Speaker) -> None:
    known = new_email()
    sign_in(anyone, known)
    answers = [anyone.post("/v1/sign-in-codes", {"email": email}) for email in (known, new_email())]
    of_known, of_unknown = ({k: v for k, v in a.headers.items() if k != "X-Request-Id"} for a in answers)
    assert of_known == of_unknown


def test_known_and_unknown_addresses_refuse_a_wrong_code_alike(anyone: Speaker) -> None:
    known = new_email()
    sign_in(anyone, known)
    answers = [anyone.post("/v1/sessions", {"email": email, "code": "000000"}) for email in (known, new_email())]
    of_known, of_unknown = ({k: v for k, v in a.get_json().items() if k != "instance"} for a in answers)
    assert of_known == of_unknown


def test_a_wrong_code_is_refused_with_its_code(anyone: Speaker) -> None:
    email = new_email()
    code = ask_code(anyone, email)
    answer = anyone.post("/v1/sessions", {"email": email, "code": other_than(code)})
    assert (answer.status_code, answer.get_json()["code"]) == (401, "code_not_accepted")


def test_a_wrong_guess_is_counted_although_it_is_refused(anyone: Speaker) -> None:
    email = new_email()
    code = ask_code(anyone, email)
    anyone.post("/v1/sessions", {"email": email, "code": other_than(code)})
    assert failures_of(email_address(email)) == 1


def test_a_code_works_until_its_last_moment() -> None:
    address = new_address()
    prove(address, send(address), now=NOW + timedelta(minutes=10, microseconds=-1))


def test_a_code_is_over_after_ten_minutes() -> None:
    address = new_address()
    code = send(address)
    with pytest.raises(CodeNotAccepted):
        prove(address, code, now=NOW + timedelta(minutes=10))


def test_a_code_works_once() -> None:
    address = new_address()
    code = send(address)
    prove(address, code)
    with pytest.raises(CodeNotAccepted):
        prove(address, code)


def test_a_new_code_voids_the_older() -> None:
    address = new_address()
    first = send(address)
    second = send(address, now=NOW + timedelta(seconds=1))
    assert first != second
    with pytest.raises(CodeNotAccepted):
        prove(address, first, now=NOW + timedelta(seconds=2))


def test_a_code_of_somebody_else_is_not_accepted() -> None:
    address = new_address()
    send(address)
    with pytest.raises(CodeNotAccepted):
        prove(address, send(new_address()))


def test_the_fifth_guess_may_still_be_right() -> None:
    address = new_address()
    code = send(address)
    for _ in range(4):
        guess_wrong(address, code)
    prove(address, code)


def test_after_five_wrong_guesses_the_right_code_is_refused() -> None:
    address = new_address()
    code = send(address)
    for _ in range(5):
        guess_wrong(address, code)
    with pytest.raises(CodeNotAccepted):
        prove(address, code)


def test_a_guess_when_no_code_is_out_is_not_counted() -> None:
    address = new_address()
    guess_wrong(address, "123456")
    assert failures_of(address) == 0


def test_twenty_wrong_guesses_a_day_close_the_address_even_to_the_right_code() -> None:
    address = new_address()
    for hour in range(4):
        now = NOW + timedelta(hours=hour)
        code = send(address, now=now)
        for _ in range(5):
            guess_wrong(address, code, now=now)
    with pytest.raises(TooManyGuesses) as refusal:
        prove(address, code, now=NOW + timedelta(hours=4))
    assert refusal.value.retry_after_s == 20 * 3600


def test_a_closed_address_gets_no_more_codes_until_a_day_has_passed() -> None:
    address = new_address()
    for hour in range(4):
        code = send(address, now=NOW + timedelta(hours=hour))
        for _ in range(5):
            guess_wrong(address, code, now=NOW + timedelta(hours=hour))
    with pytest.raises(TooManyGuesses):
        send(address, now=NOW + timedelta(hours=5))
    send(address, now=NOW + timedelta(hours=24))


def test_the_sixth_code_within_an_hour_is_refused(anyone: Speaker) -> None:
    email = new_email()
    for _ in range(5):
        ask_code(anyone, email)
    answer = anyone.post("/v1/sign-in-codes", {"email": email})
    assert (answer.status_code, answer.get_json()["code"]) == (429, "too_many_codes")
    assert 3500 < int(answer.headers["Retry-After"]) <= 3600


def test_a_sixth_code_leaves_after_an_hour() -> None:
    address = new_address()
    for _ in range(5):
        send(address)
    with pytest.raises(TooManyCodes):
        send(address, now=NOW + timedelta(minutes=59))
    send(address, now=NOW + timedelta(hours=1))


def test_twenty_guesses_at_once_are_five_tries(anyone: Speaker) -> None:
    email = new_email()
    wrong = other_than(ask_code(anyone, email))

    def guess(_: int) -> int:
        return (
            Speaker(anyone.client.application.test_client())
            .post("/v1/sessions", {"email": email, "code": wrong})
            .status_code
        )

    assert set(at_once(20, guess)) == {401}
    assert failures_of(email_address(email)) == 5


def test_ten_requests_at_once_send_five_codes(anyone: Speaker) -> None:
    email = new_email()

    def ask(_: int) -> int:
        return Speaker(anyone.client.application.test_client()).post("/v1/sign-in-codes", {"email": email}).status_code

    assert sorted(at_once(10, ask)) == [202] * 5 + [429] * 5
    assert len(messages_to(email)) == 5


@pytest.mark.usefixtures("no_channels")
def test_without_a_channel_everybody_is_refused_alike(anyone: Speaker) -> None:
    answers = [anyone.post("/v1/sign-in-codes", body) for body in ({"email": new_email()}, {"phone": new_phone()})]
    assert [(a.status_code, a.get_json()["code"]) for a in answers] == [(503, "channel_unavailable")] * 2


@pytest.mark.parametrize("email", ["", "ada", "ada@", "a b@example.org", "a\0b@example.org", 5])
def test_what_is_no_email_address_is_malformed(anyone: Speaker, email: object) -> None:
    answer = anyone.post("/v1/sign-in-codes", {"email": email})
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/email")


@pytest.mark.parametrize("phone", ["", "12", "+33", "three", "+331234567890123456"])
def test_what_is_no_phone_number_is_malformed(anyone: Speaker, phone: str) -> None:
    answer = anyone.post("/v1/sign-in-codes", {"phone": phone})
    assert (answer.status_code, answer.get_json()["errors"][0]["pointer"]) == (422, "/phone")


@pytest.mark.parametrize("body", [{}, {"email": "ada@example.org", "phone": "+33612345678"}])
def test_exactly_one_address_is_asked_for(anyone: Speaker, body: dict[str, str]) -> None:
    assert anyone.post("/v1/sign-in-codes", body).status_code == 422


@pytest.mark.parametrize("code", ["12345", "1234567", "abcdef", "١٢٣٤٥٦", 123456])
def test_a_code_is_six_digits(anyone: Speaker, code: object) -> None:
    assert anyone.post("/v1/sessions", {"email": new_email(), "code": code}).status_code == 422


@pytest.mark.parametrize("spelt", ["{0} {1}", " {0}{1}", "{0}{1}\n", "{0}-{1}", "{0}\u202f{1}", "{0}\u00a0{1} "])
def test_a_code_is_read_however_its_digits_are_grouped(anyone: Speaker, spelt: str) -> None:
    email = new_email()
    code = ask_code(anyone, email)
    answer = anyone.post("/v1/sessions", {"email": email, "code": spelt.format(code[:3], code[3:])})
    assert answer.status_code == 201


def test_a_number_that_costs_by_the_message_gets_no_code(anyone: Speaker) -> None:
    answer = anyone.post("/v1/sign-in-codes", {"phone": "0899 70 12 34"})
    assert (answer.status_code, answer.get_json()["code"]) == (422, "phone_not_texted")
    assert messages_to("+33899701234") == []


def texts_from(anyone: Speaker, client: str, count: int, **headers: str) -> list[int]:
    """Ask for codes to so many numbers; the statuses."""
    environ = {"REMOTE_ADDR": client}
    asked = [{"phone": new_phone()} for _ in range(count)]
    return [anyone.post("/v1/sign-in-codes", body, environ_base=environ, headers=headers).status_code for body in asked]


def test_one_client_asks_for_twenty_text_messages_an_hour(anyone: Speaker) -> None:
    client = f"198.51.100.{uuid.uuid4().int % 200}"
    assert texts_from(anyone, client, 21) == [202] * 20 + [429]
    assert texts_from(anyone, "203.0.113.9", 1) == [202]


def test_twenty_text_messages_may_leave_again_after_an_hour() -> None:
    client = keyed_hash(uuid.uuid4().hex)
    with db.transaction():
        for _ in range(guess_limits.TEXTS_PER_HOUR):
            guess_limits.count_text(client, now=NOW)
        with pytest.raises(TooManyTexts):
            guess_limits.count_text(client, now=NOW + timedelta(minutes=59))
        guess_limits.count_text(client, now=NOW + timedelta(minutes=61))


def test_thirty_text_messages_asked_for_at_once_are_twenty(crowd: None) -> None:
    client = keyed_hash(uuid.uuid4().hex)

    def ask(_: int) -> bool:
        try:
            with db.transaction():
                guess_limits.count_text(client, now=NOW)
        except TooManyTexts:
            return False
        return True

    assert sum(at_once(30, ask)) == 20


def test_addresses_of_one_ipv6_network_are_one_client(app: Ici) -> None:
    networks = set()
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            networks.add(client_network())
    assert networks == {"2001:db8:1:2::/64"}


@pytest.mark.parametrize(("proxies", "client"), [(0, "192.0.2.1"), (1, "203.0.113.7"), (2, "198.51.100.2")])
def test_only_our_own_proxies_are_believed(settings: Config, proxies: int, client: str) -> None:
    made = create_app(replace(settings, proxies=proxies))
    seen: list[str] = []
    made.before_request(lambda: seen.append(client_network()))
    headers = {"X-Forwarded-For": "198.51.100.2, 203.0.113.7"}
    made.test_client().get("/livez", headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert seen == [client]


@pytest.fixture
def refusing(settings: Config, monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server that knows nobody called `gone@example.org`."""
    monkeypatch.setattr(guess_limits, "CODES_PER_HOUR", 50)
    with mail_server() as server:
        config.use_config(replace(settings, mail=server.url))
        yield server
        config.use_config(settings)


def refused(address: Address) -> bool:
    with db.transaction():
        return db.first(queries.refusal_since(address.hashed(), NOW)) is not None


def wait_for_refusal(address: Address) -> None:
    until = time.monotonic() + 20
    while not refused(address) and time.monotonic() < until:
        time.sleep(0.01)
    assert refused(address)


def test_a_refused_address_closes_sign_in_for_nobody_and_is_told(anyone: Speaker, refusing: MailServer) -> None:
    typo, ada = new_address(), new_email()
    refusing.of[typo.value] = "550 5.1.1 no such user"
    assert anyone.post("/v1/sign-in-codes", {"email": typo.value}).status_code == 202
    wait_for_refusal(typo)
    assert anyone.post("/v1/sign-in-codes", {"email": ada}).status_code == 202
    again = anyone.post("/v1/sign-in-codes", {"email": typo.value})
    assert (again.status_code, again.get_json()["code"]) == (422, "address_not_reached")


def test_a_refusal_says_the_same_of_whom_we_know_and_of_others(anyone: Speaker, refusing: MailServer) -> None:
    answers = []
    for address in (new_address(), new_address()):
        refusing.of[address.value] = "550 5.1.1 no such user"
        if not answers:
            save(MemberIdentifier(kind="email", value=address.value, member_id=make_member().id, verified_at=NOW))
        first = anyone.post("/v1/sign-in-codes", {"email": address.value})
        wait_for_refusal(address)
        second = anyone.post("/v1/sign-in-codes", {"email": address.value}).get_json()
        answers.append((first.get_data(), second | {"instance": ""}))
    assert answers[0] == answers[1]


def test_codes_that_could_not_leave_do_not_count(anyone: Speaker, refusing: MailServer) -> None:
    refusing.said["greeting"] = "421 busy"
    address = new_email()

    def asked() -> int:
        return anyone.post("/v1/sign-in-codes", {"email": address}).status_code

    until = time.monotonic() + 20
    while asked() != 503 and time.monotonic() < until:
        time.sleep(0.01)
    before = codes_of(email_address(address))
    assert [asked() for _ in range(3)] == [503] * 3
    assert codes_of(email_address(address)) == before


def codes_of(address: Address) -> int:
    with db.transaction():
        counted = select(func.count()).select_from(OneTimeCode)
        return db.execute(counted.where(OneTimeCode.address_hash == address.hashed())).scalar_one()


def test_a_refused_address_is_tried_again_after_ten_minutes() -> None:
    address = new_address()
    send(address)
    with db.transaction():
        db.first(queries.newest_code(address.hashed())).refused_at = NOW
    with pytest.raises(AddressNotReached):
        send(address, now=NOW + timedelta(minutes=9))
    assert send(address, now=NOW + timedelta(minutes=10))


@pytest.fixture
def gateway(settings: Config) -> Iterator[Gateway]:
    with sms_gateway(settings) as made:
        made.use(body="to={to}&text={text}&from={sender}")
        yield made


def texted(gateway: Gateway) -> dict[str, list[str]]:
    """The next text message that arrives."""
    assert gateway.arrived.acquire(timeout=20)
    return parse_qs(gateway.taken[-1].body.decode())


def test_who_has_a_phone_only_signs_in_by_the_gateway(anyone: Speaker, gateway: Gateway) -> None:
    phone = new_phone()
    assert anyone.post("/v1/sign-in-codes", {"phone": phone}).status_code == 202
    sent = texted(gateway)
    code = re.search(r"\d{6}", sent["text"][0])
    signed_in = anyone.post("/v1/sessions", {"phone": phone, "code": code[0]})
    assert (sent["to"], signed_in.status_code) == ([phone], 201)
    me = anyone.with_token(signed_in.get_json()["access_token"]).get("/v1/me").get_json()
    assert [(address["kind"], address["value"]) for address in me["addresses"]] == [("phone", phone)]


def test_a_refused_number_is_told_and_closes_texts_for_nobody(anyone: Speaker, gateway: Gateway) -> None:
    typo = phone_number(new_phone())
    gateway.status = 400
    assert anyone.post("/v1/sign-in-codes", {"phone": typo.value}).status_code == 202
    wait_for_refusal(typo)
    gateway.status = 200
    assert anyone.post("/v1/sign-in-codes", {"phone": new_phone()}).status_code == 202
    assert anyone.post("/v1/sign-in-codes", {"phone": typo.value}).get_json()["code"] == "address_not_reached"


def test_a_code_is_sent_in_the_name_of_the_brand_that_asks(anyone: Speaker, gateway: Gateway) -> None:
    brand = make_brand(name="Maison Lilas", sms_sender="LILAS", web_domain="lilas.example")
    anyone.post("/v1/sign-in-codes", {"phone": new_phone(), "brand": brand.code})
    sent = texted(gateway)
    assert sent["from"] == ["LILAS"]
    assert re.fullmatch(r"Maison Lilas: your code is (\d{6}), .*\n\n@lilas\.example #\1", sent["text"][0], re.DOTALL)


def test_a_code_without_a_brand_is_sent_in_the_name_of_the_house(
    anyone: Speaker, gateway: Gateway, settings: Config
) -> None:
    config.use_config(replace(config.current(), brand=make_brand(name="Maison Lilas").code))
    anyone.post("/v1/sign-in-codes", {"phone": new_phone()})
    assert texted(gateway)["text"][0].startswith("Maison Lilas:")
    config.use_config(replace(config.current(), brand="nobody"))
    anyone.post("/v1/sign-in-codes", {"phone": new_phone()})
    assert texted(gateway)["text"][0].startswith("Ici:")


def test_a_brand_that_is_none_sends_nothing(anyone: Speaker) -> None:
    email = new_email()
    answer = anyone.post("/v1/sign-in-codes", {"email": email, "brand": "nobody-at-all"})
    assert (answer.get_json()["code"], messages_to(email)) == ("brand_unknown", [])
