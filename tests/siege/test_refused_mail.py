"""A mailbox that does not exist, and a mail server that falls silent."""

import json
import uuid

import pytest

from tests.siege.account import Account
from tests.siege.besiegers import attacking
from tests.siege.probes import Answer
from tests.siege.stronghold import Stronghold

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def account(stronghold: Stronghold, alone: None) -> Account:
    return stronghold.hold_out("refused_mail")


@pytest.fixture(scope="module")
def stalled(stronghold: Stronghold, account: Account) -> Account:
    return stronghold.hold_out("stalled_mail")


def ask_for_code(stronghold: Stronghold, mailbox: str) -> Answer:
    return stronghold.ask("/v1/sign-in-codes", method="POST", json=json.dumps({"email": mailbox}))


def mailbox() -> str:
    return f"{uuid.uuid4().hex[:12]}@example.org"


def test_others_sign_in_beside_mailboxes_that_do_not_exist(stronghold: Stronghold, alone: None) -> None:
    with attacking("refused_mail", port=stronghold.port):
        others = [mailbox() for _ in range(3)]
        assert [ask_for_code(stronghold, other).status for other in others] == [202, 202, 202]
        assert [stronghold.mail.wait_for_mail(other, seconds=5) for other in others] == [True, True, True]


def test_a_refused_mailbox_is_answered_as_any_other(account: Account) -> None:
    assert account.told["seen"].keys() <= {"202", "429"}


def test_the_server_is_alive_beside_refused_mail(account: Account) -> None:
    account.require_alive()


def test_members_are_served_beside_refused_mail(account: Account) -> None:
    account.require_served()


def test_refused_mail_leaves_nothing_behind(account: Account) -> None:
    account.require_as_before()


def test_the_server_is_alive_beside_a_silent_mail_server(stalled: Account) -> None:
    stalled.require_alive()


def test_members_are_served_beside_a_silent_mail_server(stalled: Account) -> None:
    stalled.require_served()


def test_whoever_asks_for_a_code_meanwhile_is_answered_soon(stalled: Account) -> None:
    assert stalled.told["seen"].keys() <= {"202", "429", "503"}
    assert stalled.told["slowest_s"] < 3


def test_a_silent_mail_server_leaves_nothing_behind(stalled: Account) -> None:
    stalled.require_as_before()
