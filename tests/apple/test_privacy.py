"""What a phone tells is a secret: in no log, in no export, gone with the member; and moves with the pass."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import delete, select

from app import logs
from app.accounts.models import Member
from app.rights.export.access_export import access_export
from app.sql import db
from tests.apple.factories import TOKEN, Phone, make_pass
from tests.factories import NOON, made, make_brand, make_member
from tests.merges.factories import merge, split
from tests.wallet.factories import make_card
from wallet.apple import phone_logs
from wallet.apple.models import ApplePhoneLog, AppleRegistration
from wallet.issued.tokens import authentication_token


@pytest.fixture
def written(app: object) -> Iterator[io.BytesIO]:
    """What the log says."""
    stream = io.BytesIO()
    logs.configure(stream=stream)
    yield stream
    logs.configure()


def owners(phone: Phone) -> list[object]:
    with made():
        return list(db.all_of(select(AppleRegistration.member_id).order_by(AppleRegistration.id)))


def sentences(word: str) -> list[tuple[str, int]]:
    with made():
        found = db.all_of(select(ApplePhoneLog).where(ApplePhoneLog.words.contains(word)))
        return sorted((one.words, one.count) for one in found)


def test_no_log_says_which_phone_or_pass(phone: Phone, written: io.BytesIO) -> None:
    held = make_pass()
    phone.register(held), phone.ask(), phone.fetch(held), phone.unregister(held)
    phone.client.post("/apple/v1/log", json={"logs": [f"token {TOKEN} of {phone.id} refused"]})
    told = written.getvalue().decode()
    assert told.count('"event":"request"') == 5
    secrets = (phone.id, held.serial, TOKEN, authentication_token(held.serial))
    assert [secret for secret in secrets if secret in told] == []


def test_what_phones_say_is_kept_without_ids_and_counted(phone: Phone) -> None:
    line = (
        f"[2026-11-29 01:02:03 +0100] Zinzolin {phone.id}: pass.com.example.x, https://a.example/v1 {TOKEN} failed: 401"
    )
    bodies = [{"logs": [line, line]}, [line]]
    assert [phone.client.post("/apple/v1/log", json=body).status_code for body in bodies] == [200, 200]
    [(words, count)] = sentences("Zinzolin")
    assert (words, count) == ("[…-…-… …:…:… +…] Zinzolin … …, … … failed: …", 3)


@pytest.mark.parametrize("body", [b"", b"{", b"5", b'{"logs": "x"}', b'{"logs": [1, null]}', b'{"logs": []}', b'"x"'])
def test_a_log_that_says_nothing_is_200(phone: Phone, body: bytes) -> None:
    assert phone.client.post("/apple/v1/log", data=body).status_code == 200


def test_a_network_that_logs_without_end_is_slowed(phone: Phone) -> None:
    many = [phone.client.post("/apple/v1/log", json=["again"]).status_code for _ in range(61)]
    assert (set(many[:60]), many[60]) == ({200}, 429)


def test_sentences_are_forgotten_after_a_month(phone: Phone) -> None:
    phone.client.post("/apple/v1/log", json=["Pervenche"])
    with made():
        phone_logs.forget_sentences(now=datetime.now(UTC) + timedelta(days=29))
        kept = sentences("Pervenche")
        phone_logs.forget_sentences(now=datetime.now(UTC) + timedelta(days=31))
    assert (len(kept), sentences("Pervenche")) == (1, [])


def test_copies_go_with_the_member(phone: Phone) -> None:
    member = make_member()
    phone.register(make_pass(member=member))
    with made():
        db.execute(delete(Member).where(Member.id == member.id))
    assert member.id not in owners(phone)


def test_the_export_lists_each_copy_and_no_secret(phone: Phone) -> None:
    member = make_member()
    held = make_pass(member=member)
    phone.register(held)
    with made():
        db.become(member_id=member.id)
        export = access_export(member_id=member.id, language="fr", now=NOON)
    [table] = [one for one in export["data"] if one["table"] == "apple_registration"]
    assert [row["pass_id"] for row in table["rows"]] == [str(held.id)]
    told = json.dumps(export, default=str)
    assert [one for one in (phone.id, TOKEN, 'token_hash": "', 'device_hash": "') if one in told] == []
    withheld = {one["table"]: one for one in export["withheld"]}
    assert "apple_registration" in withheld


def test_copies_follow_their_pass_to_the_wallet_that_it_goes_to(phone: Phone) -> None:
    source, target = make_member(), make_member()
    held = make_pass(member=source)
    make_card(target, make_brand())
    phone.register(held)
    united = merge(source, target, now=datetime.now(UTC))
    assert (target.id in owners(phone), source.id in owners(phone)) == (True, False)
    split(united, now=datetime.now(UTC))
    assert (target.id in owners(phone), source.id in owners(phone)) == (False, True)
