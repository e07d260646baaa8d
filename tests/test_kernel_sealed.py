"""What is sealed opens again and nothing else does; texts that were given out long ago still open."""

import base64
import hashlib
import hmac
import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import config
from app.codes import sealed
from app.factory import Ici

SEALS = [sealed.CURSOR, sealed.CONFIRMATION_LINK, sealed.STOP_LINK, sealed.make_token_seal("ici_a_")]
LATER = datetime(2030, 1, 1, tzinfo=UTC)

every_seal = pytest.mark.parametrize("seal", SEALS, ids=lambda seal: seal.label)
pytestmark = pytest.mark.usefixtures("app")


@every_seal
@given(content=st.binary(max_size=80))
def test_what_is_sealed_opens_again(app: Ici, seal: sealed.Seal, content: bytes) -> None:
    assert sealed.open_text(seal, sealed.seal_text(seal, content)) == content


@every_seal
@given(text=st.text(max_size=200))
def test_what_we_did_not_seal_stays_shut(app: Ici, seal: sealed.Seal, text: str) -> None:
    assert sealed.open_text(seal, seal.prefix + text) is None


@every_seal
def test_a_sealed_text_has_one_spelling(seal: sealed.Seal) -> None:
    text = sealed.seal_text(seal, b"a")
    others = [text[:-1], text + "=", text + ".", *(text[:-1] + sign for sign in "ABCDwxyz019-_" if sign != text[-1])]
    assert [sealed.open_text(seal, other) for other in others] == [None] * len(others)


@every_seal
def test_a_text_of_one_kind_is_none_of_another(seal: sealed.Seal) -> None:
    text = sealed.seal_text(seal, bytes(32))
    assert [sealed.open_text(other, text) for other in SEALS if other is not seal] == [None] * 3


def test_the_cursor_of_an_older_version_opens() -> None:
    content = b'["/v1/cards", "2026-01-01T00:00:00+00:00", "0"]'
    proof = hmac.new(config.current().key("cursor"), content, hashlib.sha256).digest()[:16]
    assert sealed.open_text(sealed.CURSOR, base64.urlsafe_b64encode(proof + content).decode().rstrip("=")) == content


@pytest.mark.parametrize(
    ("seal", "label"), [(sealed.CONFIRMATION_LINK, "permission-confirmation"), (SEALS[2], "stop-link")]
)
def test_the_link_of_an_older_version_opens(seal: sealed.Seal, label: str) -> None:
    proof = hmac.new(config.current().key(label), bytes(32), hashlib.sha256).digest()[:16]
    assert sealed.open_text(seal, base64.urlsafe_b64encode(bytes(32) + proof).decode().rstrip("=")) == bytes(32)


def test_the_token_of_an_older_version_opens() -> None:
    proof = hashlib.blake2b(bytes(36), key=config.current().key("ici_a_"), digest_size=32).digest()
    text = "ici_a_" + base64.urlsafe_b64encode(bytes(36) + proof).decode().rstrip("=")
    assert sealed.open_text(sealed.make_token_seal("ici_a_"), text) == bytes(36)


def test_an_invitation_says_who_invites_and_the_hash_of_its_secret() -> None:
    member_id = uuid.uuid4()
    made = sealed.make_invitation(member_id=member_id, expires_at=LATER)
    assert sealed.read_invitation(made.code) == (member_id, made.code_hash)


def test_two_invitations_of_one_member_differ() -> None:
    first, second = (sealed.make_invitation(member_id=uuid.UUID(int=1), expires_at=LATER) for _ in range(2))
    assert first.code_hash != second.code_hash


@pytest.mark.parametrize("code", ["", "x", "é", "AAAA", "A" * 42, "A" * 44, "....."])
def test_what_is_no_invitation_is_read_as_none(code: str) -> None:
    assert sealed.read_invitation(code) is None
