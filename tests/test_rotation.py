"""The secret is changed: first every server takes what the new one makes, then all make it, then the old one goes.

Whatever was made before goes on: sign-ins, codes, links, cursors, what sinks know us and members by.
"""

import ast
import base64
import hashlib
import hmac
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from app import clock, config
from app.accounts import addresses, tokens
from app.accounts.models import Member
from app.accounts.tokens import Refresh
from app.codes import sealed
from app.config import Config
from app.messages import notices as messages_notices
from app.messages import sinks
from app.receipts import record
from app.sql import db
from tests import serving
from tests.accounts.factories import ask_code, new_email
from tests.authenticity.factories import look_up, shows_app, shows_apple, shows_google, shows_voucher
from tests.checkout.factories import Counter
from tests.factories import NOON, make_brand, make_member, member_token
from tests.messages.factories import allow, forbid, make_addressee, make_sink, notices
from tests.racing import at_once
from tests.serving import Served, served
from tests.speaking import Speaker

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "decisions" / "0042-what-a-change-of-the-secret-means.md"
OLD, NEW = "the secret of before " * 2, "the secret that comes " * 2
SEALS = [sealed.CURSOR, sealed.CONFIRMATION_LINK, sealed.STOP_LINK, sealed.make_token_seal("ici_r_")]
PHONES = 8

Take = Callable[[str], None]
every_seal = pytest.mark.parametrize("seal", SEALS, ids=lambda seal: seal.label)


@pytest.fixture
def take(settings: Config, app: object, tmp_path: Path) -> Iterator[Take]:
    """Makes the settings of a step those of this process; before the change there was nothing but the old secret.

    What is noted outside the database goes into a file of its own: other tests could not verify it.
    """
    before = replace(settings, secret=OLD, erasure_ledger=tmp_path / "erasures.jsonl")
    kept = replace(before, lasting_secret=OLD)
    steps = {
        "before": before,
        "taught": replace(kept, secret=OLD, other_secret=NEW),
        "changed": replace(kept, secret=NEW, other_secret=OLD),
        "after": replace(kept, secret=NEW),
    }
    config.use_config(steps["before"])
    yield lambda step: config.use_config(steps[step])
    config.use_config(settings)


@every_seal
@pytest.mark.parametrize(("made", "read"), [("before", "changed"), ("taught", "changed"), ("changed", "taught")])
def test_during_the_change_every_server_opens_what_any_sealed(
    take: Take, seal: sealed.Seal, made: str, read: str
) -> None:
    take(made)
    text = sealed.seal_text(seal, b"content")
    take(read)
    assert sealed.open_text(seal, text) == b"content"


@every_seal
def test_after_it_only_what_is_given_for_good_opens(take: Take, seal: sealed.Seal) -> None:
    text = sealed.seal_text(seal, b"content")
    take("after")
    assert sealed.open_text(seal, text) == (b"content" if seal.lasting else None)


def test_a_stop_link_of_a_time_when_it_followed_the_secret_still_opens(take: Take) -> None:
    take("after")
    proof = hmac.digest(config.current().key("stop-link"), bytes(16), hashlib.sha256)[:16]
    text = base64.urlsafe_b64encode(bytes(16) + proof).decode().rstrip("=")
    assert sealed.open_text(sealed.STOP_LINK, text) == bytes(16)


@pytest.mark.parametrize("right", [True, False])
def test_a_code_that_was_sent_before_the_change_opens_after_it_and_no_other_does(
    take: Take, anyone: Speaker, right: bool
) -> None:
    email = new_email()
    code = ask_code(anyone, email)
    take("changed")
    typed = code if right else f"{(int(code) + 1) % 10**6:06d}"
    assert anyone.post("/v1/sessions", {"email": email, "code": typed}).status_code == (201 if right else 401)


@pytest.mark.parametrize(
    "said",
    [
        lambda member, sink: addresses.keyed_hash("email:ada@example.org"),
        lambda member, sink: record.pseudonym(member.id),
        lambda member, sink: sinks.subject_of(sink, member.id),
    ],
    ids=["an address in our tables", "a member in receipts", "a member at a sink"],
)
def test_what_others_know_somebody_by_stays(take: Take, said: Callable[[Member, Any], Any]) -> None:
    member, sink = make_member(), make_sink(make_brand())
    before = said(member, sink)
    take("after")
    assert said(member, sink) == before


@pytest.mark.parametrize("shows", [shows_apple, shows_google, shows_app])
def test_what_a_copy_of_a_pass_shows_stays(take: Take, shows: Callable[[str], str]) -> None:
    counter = Counter()
    before = shows(counter.card.code)
    take("after")
    assert look_up(counter, before).standing == "fresh"
    assert shows(counter.card.code) == before


@pytest.mark.parametrize(("step", "standing"), [("taught", "fresh"), ("changed", "fresh"), ("after", "forged")])
def test_a_voucher_of_before_holds_while_its_secret_is_accepted(take: Take, step: str, standing: str) -> None:
    counter = Counter()
    voucher = shows_voucher(counter.percent(10).code, counter.brand.id)
    take(step)
    assert look_up(counter, voucher).standing == standing


@pytest.mark.parametrize("known_since", ["before", "changed"])
def test_a_sink_recognises_us_by_the_key_of_before_and_by_the_new_one(take: Take, known_since: str) -> None:
    member, brand = make_addressee(), make_brand()
    sink = make_sink(brand)
    allow(member, brand)
    forbid(member, brand)
    take(known_since)
    key = base64.b64decode(sinks.secret_of(sink).removeprefix("whsec_"))
    take("changed")
    with db.system_transaction():
        request = messages_notices.posted_of(notices(member)[0], sink, now=NOON)
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    expected = base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode()
    assert f"v1,{expected}" in request.headers["webhook-signature"].split(" ")


KEYED = ("key", "lasting_key", "accepted_keys", "Seal", "make_token_seal")


def labels_in(file: Path) -> Iterator[str]:
    """What the keys are called that this file asks for, as far as that is always the same: also by a constant or by a
    function of its own."""
    text = file.read_text(encoding="utf-8")
    if not any(f"{name}(" in text for name in KEYED):
        return
    tree = ast.parse(text)
    said: dict[str, ast.expr] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            said[node.targets[0].id] = node.value
        elif isinstance(node, ast.FunctionDef) and isinstance(node.body[-1], ast.Return) and node.body[-1].value:
            said[node.name] = node.body[-1].value
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and node.args and called(node.func) in KEYED:
            label = node.args[0]
            label = said.get(called(label.func if isinstance(label, ast.Call) else label), label)
            parts = label.values[:1] if isinstance(label, ast.JoinedStr) else [label]
            yield from (str(part.value) for part in parts if isinstance(part, ast.Constant))


def called(node: ast.expr) -> str:
    """The last part of a name."""
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def test_the_decision_says_of_every_key_what_a_change_of_the_secret_means() -> None:
    files = [file for top in ("app", "geo", "wallet", "offers") for file in (ROOT / top).rglob("*.py")]
    told = set(re.findall(r"^\| `([^`]+)`", PAGE.read_text(), re.MULTILINE))
    assert told == {label for file in files for label in labels_in(file)}


class Phone:
    """An app that reads and refreshes, now at one server and now at another; each answer is kept."""

    def __init__(self, member: Member) -> None:
        with db.system_transaction():
            token = member_token(member, now=clock.now())
            access = tokens.read_access_token(token, now=clock.now())
        self.access, self.refresh = token, tokens.issue_refresh_token(Refresh(member.id, access.session_id, 0))
        self.answers: list[int] = []

    def live(self, server: Served) -> None:
        """One look at oneself, and the next pair of tokens."""
        self.answers.append(server.anyone.with_token(self.access).get("/v1/me").status_code)
        answer = server.anyone.post("/v1/sessions/refresh", {"refresh_token": self.refresh})
        self.answers.append(answer.status_code)
        if answer.status_code == 201:
            self.access, self.refresh = answer.get_json()["access_token"], answer.get_json()["refresh_token"]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_nobody_is_signed_out_while_servers_are_changed_one_by_one_under_load(
    tmp_path: Path, settings: Config, app: object
) -> None:
    before = replace(settings, secret=OLD)
    taught = {"ICI_SECRET": OLD, "ICI_OTHER_SECRET": NEW, "ICI_LASTING_SECRET": OLD}
    changed = {"ICI_SECRET": NEW, "ICI_OTHER_SECRET": OLD, "ICI_LASTING_SECRET": OLD}
    after = {"ICI_SECRET": NEW, "ICI_LASTING_SECRET": OLD}
    with served(tmp_path, before, durable=False, more=taught) as one, ExitStack() as stack:
        stack.callback(config.use_config, settings)
        config.use_config(before)
        phones = [Phone(make_member()) for _ in range(PHONES)]
        two = start_beside(one, before, stack, "changed", changed)
        use_together(phones, [one, two], rounds=6)
        use_together(phones, [two], rounds=2)
        three = start_beside(one, before, stack, "after", after)
        use_together(phones, [three], rounds=2)
    assert {status for phone in phones for status in phone.answers} == {200, 201}


def start_beside(one: Served, settings: Config, stack: ExitStack, name: str, said: dict[str, str]) -> Served:
    """One more server on the same database, until the test is over."""
    server = serving.start(one.cluster, one.folder / name, settings, threads=8, more=said)
    stack.callback(serving.stop, server)
    server.wait_until_ready()
    return server


def use_together(phones: list[Phone], servers: list[Served], *, rounds: int) -> None:
    """Everybody at once, each now at one of these servers and now at another."""
    at_once(len(phones), lambda number: [phones[number].live(servers[turn % len(servers)]) for turn in range(rounds)])
