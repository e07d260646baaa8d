"""The disk of the variable folder is full."""

import json

import pytest

from tests.siege import probes
from tests.siege.account import Account
from tests.siege.breakage import full_disk
from tests.siege.stronghold import Stronghold, probed_s

pytestmark = [pytest.mark.slow, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def account(stronghold: Stronghold, alone: None) -> Account:
    if not stronghold.has_own_disk:
        pytest.skip("only root can mount a small disk to be filled")
    account, addresses = stronghold.begin(), every_address(stronghold)
    with full_disk(stronghold.var):
        for address in addresses:
            stronghold.ask(address)
        account.during = probes.probe(stronghold.port, stronghold.token(), seconds=probed_s())
    return stronghold.end(account)


def every_address(stronghold: Stronghold) -> list[str]:
    """Every address of the document: each makes a meter of its own, for which there is no room."""
    paths = json.loads(stronghold.ask("/openapi.json").body)["paths"]
    return ["/docs", *(path.replace("{", "").replace("}", "") for path in paths)]


def test_the_server_is_alive_on_a_full_disk(account: Account) -> None:
    account.require_alive()


def test_members_are_served_on_a_full_disk(account: Account) -> None:
    account.require_served()


def test_a_disk_that_has_room_again_finds_the_same_processes(account: Account) -> None:
    account.require_as_before()
