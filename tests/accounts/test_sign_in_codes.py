"""Codes: whom they reach, how long they work, how often one may guess, and that nothing tells whom we know."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from app import config
from app.accounts.addresses import email_address
from app.accounts.errors import CodeNotAccepted
from app.config import Config
from app.factory import Ici, create_app
from app.http.access import client_network
from tests.accounts.codes import NOW, failures_of, guess_wrong, new_address, prove, send
from tests.accounts.factories import ask_code, messages_to, new_email, new_phone, other_than, sign_in
from tests.speaking import Speaker


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


def test_known_and_unknown_addresses_get_the_same_answer_but_for_the_handle(anyone: Speaker) -> None:
    known = new_email()
    sign_in(Speaker(anyone.client.application.test_client()), known)
    answers = [anyone.post("/v1/sign-in-codes", {"email": email}) for email in (known, new_email())]
    bodies = [answer.get_json() for answer in answers]
    handles = [body.pop("handle") for body in bodies]
    assert bodies[0] == bodies[1] == {"expires_in_s": 600, "sent": True}
    assert len(handles[0]) == len(handles[1])


def test_known_and_unknown_addresses_get_the_same_headers(anyone: Speaker) -> None:
    known = new_email()
    sign_in(Speaker(anyone.client.application.test_client()), known)
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


@pytest.mark.parametrize("code", ["12345", "1234567", "1234567890123", "abcdef", "١٢٣٤٥٦", 123456])
def test_a_code_is_six_or_twelve_digits(anyone: Speaker, code: object) -> None:
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


def test_addresses_of_one_ipv6_network_are_one_client(app: Ici) -> None:
    networks = set()
    for address in ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"):
        with app.test_request_context(environ_base={"REMOTE_ADDR": address}):
            networks.add(client_network())
    assert networks == {"2001:db8:1:2::/64"}


@pytest.mark.parametrize(
    ("seen", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("203.0.113.7:51234", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("[2001:db8:1:2::1]:51234", "2001:db8:1:2::/64"),
        ("[2001:db8:1:2::1]", "2001:db8:1:2::/64"),
        ("", "unknown"),
        ("unix:", "unknown"),
    ],
)
def test_a_network_is_read_however_a_proxy_writes_it(app: Ici, seen: str, network: str) -> None:
    with app.test_request_context(environ_base={"REMOTE_ADDR": seen}):
        assert client_network() == network


@pytest.mark.parametrize(("proxies", "client"), [(0, "192.0.2.1"), (1, "203.0.113.7"), (2, "198.51.100.2")])
def test_only_our_own_proxies_are_believed(settings: Config, proxies: int, client: str) -> None:
    made = create_app(replace(settings, proxies=proxies))
    seen: list[str] = []
    made.before_request(lambda: seen.append(client_network()))
    headers = {"X-Forwarded-For": "198.51.100.2, 203.0.113.7"}
    made.test_client().get("/livez", headers=headers, environ_base={"REMOTE_ADDR": "192.0.2.1"})
    assert seen == [client]
