"""How codes leave: in whose name, what a refused address means for it and for others, by mail and by the gateway."""

import re
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from sqlalchemy import func, select

from app import config
from app.accounts import queries
from app.accounts.addresses import Address, email_address, phone_number
from app.accounts.errors import AddressNotReached
from app.accounts.models import MemberIdentifier, OneTimeCode
from app.config import Config
from app.sql import db
from tests.accounts.codes import NOW, new_address, send
from tests.accounts.factories import messages_to, new_email, new_phone
from tests.carriers.mail_servers import MailServer, mail_server
from tests.carriers.sms_gateways import Gateway, sms_gateway
from tests.factories import make_brand, make_member, save
from tests.speaking import Speaker


@pytest.fixture
def refusing(settings: Config) -> Iterator[MailServer]:
    """A mail server that takes what nobody said otherwise of."""
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
        answers.append((first.get_json() | {"handle": ""}, second | {"instance": ""}))
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
        [code] = db.all_of(queries.living_codes(address.hashed(), now=NOW))
        code.refused_at = NOW
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
