"""A member with a name of her own is erased while the process is killed in one step after the other; then nothing in a
whole dump, the queue, the files and the logs repeats her, but for the listed residues; and yesterday's backup, once
restored, keeps the server from being ready until it has forgotten her too.
"""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from app import clock, config
from app.config import Config
from app.languages import Text
from app.messages import queue
from app.messages.wording import MessageWords
from app.ops.database.postgres import find_programs
from app.rights import jobs
from app.rights.erasure import steps
from app.sql import db
from tests.consent.factories import body as yes
from tests.consent.factories import cell_address, give
from tests.serving import DATABASE, Served, served
from tests.sizes import chosen
from tests.speaking import Speaker
from tests.world import Side, make_side

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

EMAIL, PHONE, NAME = "canari.amarante@example.org", "+33698765432", "Amarante Canari"
STATEMENT = "Effacez tout ce que vous savez du canari amarante"

RESIDUES = {
    "erasure": "that she was erased, under a number",
    "erasure_step": "how",
    "leaf_salt": "what ties a receipt to the log, destroyed at the end of the evidence period",
    "permission_event": "what she permitted and when she took it back, as proof",
    "receipt": "the same, as she got it",
    "rights_request": "that she asked, without her words",
    "sink_notice": "whom we told",
}
"""Tables in which her number stays (docs/decisions/0014), and as what."""


@dataclass
class Story:
    """What happened. `tokens` are words that only she had."""

    server: Served
    member_id: str = ""
    tokens: set[str] = field(default_factory=set)
    before: str = ""
    after: str = ""
    killed_in: list[int] = field(default_factory=list)
    after_restore: dict[str, Any] = field(default_factory=dict)
    status_after_restore: int = 0
    replayed: str = ""
    status_after_replay: int = 0
    after_replay: str = ""
    session_after: int = 0

    def lines(self, dump: str, word: str) -> set[str]:
        """The tables of a dump with a row that holds this word."""
        return {
            found[1]
            for line in dump.splitlines()
            if word in line and (found := re.match(r"INSERT INTO public\.(\w+)", line))
        }


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, settings: Config) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("erasure")
    with served(folder, settings, durable=False) as server:
        config.use_config(Config(**{**vars(settings), "var": folder / "var"}))
        try:
            story = Story(server)
            live(story)
            backup = folder / "yesterday.dump"
            program(server, "pg_dump", "-Fc", "-f", str(backup))
            story.before = dump_of(server)
            be_erased(story)
            story.after = dump_of(server)
            restore(story, backup)
            yield story
        finally:
            config.use_config(settings)


def live(story: Story) -> None:
    """Everything that leaves a trace."""
    side = make_side(story.server.anyone)
    me = sign_in(story)
    story.member_id = me.get("/v1/me").get_json()["id"]
    card = me.post("/v1/cards", {"brand": side.brand.code, "display_name": NAME}).get_json()
    me.put(cell_address(side.brand), yes("proactive"))
    me.post("/v1/nearby-offers", {"lat": 48.8566, "lon": 2.3522, "accuracy_m": 10})
    coupon = me.post(f"/v1/offers/{side.offer.id}/coupons").get_json()
    for code in (card["code"], coupon["code"]):
        assert side.till.post("/v1/scans", {"code": code}).status_code == 201
    assert side.till.post(f"/v1/coupons/{coupon['code']}/redemptions").status_code in (200, 201)
    me.post("/v1/rights-requests", {"kind": "review", "statement": STATEMENT})
    wait_in_the_queue(story, side)
    story.tokens |= {EMAIL, EMAIL.split("@")[0], PHONE, PHONE[3:], NAME, STATEMENT, card["code"], coupon["code"]}
    story.tokens |= {card["id"], coupon["id"]}
    story.speaker = me  # type: ignore[attr-defined]


def sign_in(story: Story) -> Speaker:
    anyone = story.server.anyone
    answer = anyone.post("/v1/sessions", {"email": EMAIL, "code": code_for(story, {"email": EMAIL})}).get_json()
    me = anyone.with_token(answer["access_token"])
    assert me.post("/v1/me/addresses", {"phone": PHONE, "code": code_for(story, {"phone": PHONE})}).status_code == 200
    return me


def code_for(story: Story, address: dict[str, str]) -> str:
    """The code that was sent there."""
    story.server.anyone.post("/v1/sign-in-codes", address)
    return re.findall(r"\b\d{6}\b", mailbox(story)[-1]["text"])[0]


def mailbox(story: Story) -> list[dict[str, str]]:
    lines = (story.server.folder / "var" / "mailbox.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def wait_in_the_queue(story: Story, side: Side) -> None:
    """A message to her that is not due yet."""
    import uuid

    from app.accounts.models import Member

    member = Member(id=uuid.UUID(story.member_id))
    now = clock.now()
    give(member, side.brand, touchpoint="email", now=now)
    words = MessageWords(
        subject=Text(fr="Bonjour", en="Hello"), text=Text(fr=f"{NAME} {{stop}}", en=f"{NAME} {{stop}}")
    )
    with db.system_transaction():
        queue.queue_message(
            member_id=member.id,
            brand_id=side.brand.id,
            touchpoint="email",
            purpose="personalised_offers",
            words=words,
            key="canary",
            due_at=now + timedelta(hours=1),
            now=now,
        )


def be_erased(story: Story) -> None:
    """She asks by the API; then a process goes on, and is killed again and again."""
    import uuid

    me: Speaker = story.speaker  # type: ignore[attr-defined]
    assert me.post("/v1/rights-requests", {"kind": "erasure", "statement": STATEMENT}).status_code == 201
    story.session_after = me.get("/v1/me").status_code
    member_id = uuid.UUID(story.member_id)
    for number in kill_points():
        do_steps_and_die_in(story, number, member_id)
        story.killed_in.append(number)
    jobs.finish_erasures(now=clock.now())
    jobs.look_again(now=clock.now() + steps.SETTLING)


def kinds() -> list[str]:
    """Of what kind each step is, and what comes after the last."""
    doors = {f"table:{name}" for name in steps.DOORS}
    names = [step.name for step in steps.plan_steps()]
    return ["door" if name in doors else name.partition(":")[0] for name in names] + ["complete"]


def kill_points() -> list[int]:
    """The steps, by number, in which a process is killed: each of them, or the first of each kind."""
    found = kinds()
    return list(range(len(found))) if chosen().every_kill else [found.index(kind) for kind in dict.fromkeys(found)]


def do_steps_and_die_in(story: Story, number: int, member_id: Any) -> None:
    """A process of its own does what the last one was killed in and what follows, and gets SIGKILL in this step."""
    url = story.server.cluster.url("app", DATABASE)
    child = os.fork()
    if child == 0:
        db._engine = None  # the parent's connections are the parent's
        db.connect(url)
        for _ in range(number - max(story.killed_in, default=0)):
            with db.system_transaction():
                steps.do_next_step(member_id=member_id, now=clock.now())
        with db.system_transaction():
            steps.do_next_step(member_id=member_id, now=clock.now())
            os.kill(os.getpid(), signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def restore(story: Story, backup: Path) -> None:
    """Yesterday's backup takes the place of the database; the server looks; the erasures are replayed."""
    server = story.server
    db.engine().dispose()
    server.cluster.drop_database(DATABASE)
    environment = server.cluster.environment("superuser", "postgres")
    command = [find_programs().path("pg_restore"), "--create", "-d", "postgres", str(backup)]
    subprocess.run(command, env=environment, capture_output=True, check=True)
    answer = server.anyone.get("/readyz")
    story.status_after_restore, story.after_restore = answer.status_code, answer.get_json()
    given = {
        "PATH": os.environ["PATH"],
        "ICI_ENV": "test",
        "ICI_VAR": str(server.folder / "var"),
        "ICI_DATABASE_URL": server.cluster.url("app", DATABASE),
        "ICI_SECRET": config.current().secret,
    }
    replay = [str(Path(sys.executable).parent / "ici"), "replay-erasures"]
    story.replayed = subprocess.run(replay, env=given, capture_output=True, check=True, text=True).stdout
    story.status_after_replay = server.anyone.get("/readyz").status_code
    jobs.look_again(now=clock.now() + steps.SETTLING)
    story.after_replay = dump_of(server)


def program(server: Served, name: str, *arguments: str) -> bytes:
    command = [find_programs().path(name), *arguments]
    environment = server.cluster.environment("superuser", DATABASE)
    return subprocess.run(command, env=environment, capture_output=True, check=True).stdout


def dump_of(server: Served) -> str:
    return program(server, "pg_dump", "--inserts", "--no-owner").decode()


def test_the_dump_of_before_knows_her(story: Story) -> None:
    """Else the search would find nothing for another reason."""
    assert {token for token in story.tokens if token not in story.before} == set()


def test_she_was_in_the_queue(story: Story) -> None:
    assert "message" in story.lines(story.before, story.member_id)


def test_she_was_in_what_tills_were_answered(story: Story) -> None:
    assert "idempotency_key" in story.lines(story.before, NAME.encode().hex())


def test_her_session_ended_with_the_request(story: Story) -> None:
    assert story.session_after == 401


def test_a_process_was_killed_in_every_kind_of_step(story: Story) -> None:
    assert {kinds()[number] for number in story.killed_in} == set(kinds())


def test_the_dump_of_after_repeats_nothing_of_her(story: Story) -> None:
    assert {token for token in story.tokens if token in story.after} == set()


def test_nor_does_it_in_binary(story: Story) -> None:
    assert {token for token in story.tokens if token.encode().hex() in story.after.lower()} == set()


def test_her_number_stays_in_the_listed_residues_only(story: Story) -> None:
    assert story.lines(story.after, story.member_id) <= set(RESIDUES)


def test_her_number_stays_where_it_is_listed(story: Story) -> None:
    """The list says no more than what is true."""
    assert {"erasure", "permission_event", "receipt", "rights_request"} <= story.lines(story.after, story.member_id)


def test_the_queue_holds_nothing_of_her(story: Story) -> None:
    assert story.lines(story.after, story.member_id) & {"message", "stop_link"} == set()


def test_her_request_was_answered(story: Story) -> None:
    (line,) = [
        line
        for line in story.after.splitlines()
        if line.startswith("INSERT INTO public.rights_request") and story.member_id in line and "'erasure'" in line
    ]
    assert "'answered'" in line


def test_the_logs_repeat_nothing_of_her(story: Story) -> None:
    server = story.server
    said = server.log.read_text(errors="replace") + server.cluster.server.log.read_text(errors="replace")
    assert {token for token in story.tokens | {story.member_id} if token in said} == set()


def test_no_file_repeats_anything_of_her(story: Story) -> None:
    """The mailbox of development is the outside: what it shows has left. The notes of erasures hold her number."""
    outside = {"mailbox.jsonl"}
    files = [file for file in (story.server.folder / "var").rglob("*") if file.is_file() and file.name not in outside]
    raw = b"".join(file.read_bytes() for file in files)
    assert {token for token in story.tokens if token.encode() in raw} == set()


def test_a_restored_backup_is_not_ready(story: Story) -> None:
    assert story.status_after_restore == 503
    assert "replay-erasures" in story.after_restore["details"]["erasures"]


def test_the_replay_says_what_it_did(story: Story) -> None:
    assert "Unknown here: 1. Finished: 1." in story.replayed


def test_after_the_replay_it_is_ready(story: Story) -> None:
    assert story.status_after_replay == 200


def test_after_the_replay_she_is_gone_again(story: Story) -> None:
    assert {token for token in story.tokens if token in story.after_replay} == set()
    assert story.lines(story.after_replay, story.member_id) <= set(RESIDUES)
