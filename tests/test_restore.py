"""A backup from between a yes and a no takes the place of the database, under a server that runs: nobody is found by a
yes that was taken back, and no key signs two roots for one size of one log."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from app import clock, config
from app.accounts.models import Brand, Member
from app.config import Config
from app.consent.decision.verdicts import decide_permission
from app.consent.noes import rest
from app.consent.suppression import objections, restriction
from app.ops import notebook
from app.ops.database.postgres import find_programs
from app.receipts import audit
from app.sql import db
from tests.consent.factories import CELL, cell_address, give, in_store, say_no, states
from tests.factories import PARIS, make_brand, make_member, make_store, member_token
from tests.receipts.factories import seal_all
from tests.serving import DATABASE, Served, served
from tests.speaking import Speaker

pytestmark = pytest.mark.slow

HERE = {"lat": PARIS[1], "lon": PARIS[0], "accuracy_m": 10}


@dataclass
class Story:
    """People, and what they heard before the backup was restored, after it, and after the noes were said again."""

    server: Served
    brand: Brand
    said_no: Member
    says_yes: Member
    no_to_a_store: Member
    objects: Member
    rests: Member
    store_id: Any = None
    ready: list[Any] = field(default_factory=list)
    near: list[tuple[int, int]] = field(default_factory=list)
    codes: list[Any] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    checkpoints: list[dict[str, Any]] = field(default_factory=list)
    audits: list[list[str]] = field(default_factory=list)
    replayed: list[subprocess.CompletedProcess[str]] = field(default_factory=list)

    def listen(self) -> None:
        """What everybody hears now."""
        self.ready.append(self.server.anyone.get("/readyz").get_json())
        answers = [self.near_me(member) for member in (self.said_no, self.says_yes)]
        self.near.append((answers[0].status_code, answers[1].status_code))
        self.codes.append(answers[1].get_json().get("code"))
        matrix = self.phone(self.says_yes).get("/v1/permissions", query_string={"brand": self.brand.code})
        self.reasons.append(next(cell["reason"] for cell in matrix.get_json()["cells"] if cell["state"]))

    def sign(self) -> None:
        """Seal what waits, look at the log, and keep its checkpoint."""
        seal_all()
        self.checkpoints.append(self.server.anyone.get("/v1/log/checkpoint").get_json())
        with db.system_transaction():
            self.audits.append([one.what for one in audit.audit_ledger()])

    def phone(self, member: Member) -> Speaker:
        """The member's phone, with a sign-in of this moment: a restored database lost those from after the backup."""
        return self.server.anyone.with_token(member_token(member, now=clock.now()))

    def near_me(self, member: Member) -> Any:
        return self.phone(member).post("/v1/nearby-offers", HERE)

    def allows(self, member: Member, **place: Any) -> bool:
        with db.system_transaction():
            asked = {**CELL, "member_id": member.id, "brand_id": self.brand.id, "now": clock.now(), **place}
            return decide_permission(**asked).allowed


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory, settings: Config) -> Iterator[Story]:
    folder = tmp_path_factory.mktemp("restore")
    with served(folder, settings, durable=False) as server:
        config.use_config(Config(**{**vars(settings), "var": folder / "var"}))
        try:
            story = Story(server, make_brand(), *(make_member() for _ in range(5)))
            live(story, folder / "between.dump")
            yield story
        finally:
            config.use_config(settings)


def live(story: Story, backup: Path) -> None:
    """A yes of everybody; the backup; the noes; the restore; the replay, twice."""
    store = make_store(story.brand)
    story.store_id = store.id
    for member in (story.said_no, story.says_yes, story.no_to_a_store, story.objects, story.rests):
        give(member, story.brand, now=clock.now())
    story.sign()
    pg("pg_dump", "-Fc", "-f", str(backup), server=story.server, database=DATABASE)
    assert story.phone(story.said_no).delete(cell_address(story.brand)).status_code == 200
    say_no(story.no_to_a_store, story.brand, scope=in_store(store), now=clock.now())
    with db.system_transaction():
        objections.object_to_marketing(member_id=story.objects.id, now=clock.now())
        restriction.restrict_processing(member_id=story.rests.id, now=clock.now())
    story.sign()
    story.listen()
    db.engine().dispose()
    story.server.cluster.drop_database(DATABASE)
    pg("pg_restore", "--create", "-d", "postgres", str(backup), server=story.server, database="postgres")
    story.listen()
    story.replayed += [replay(story), replay(story)]
    rest.find_missing(now=clock.now())
    story.listen()
    story.sign()


def pg(name: str, *arguments: str, server: Served, database: str) -> None:
    environment = server.cluster.environment("superuser", database)
    subprocess.run([find_programs().path(name), *arguments], env=environment, capture_output=True, check=True)


def replay(story: Story) -> subprocess.CompletedProcess[str]:
    given = {
        "PATH": os.environ["PATH"],
        "ICI_ENV": "test",
        "ICI_VAR": str(story.server.folder / "var"),
        "ICI_DATABASE_URL": story.server.cluster.url("app", DATABASE),
        "ICI_SECRET": config.current().secret,
    }
    command = [str(Path(sys.executable).parent / "ici"), "replay-noes"]
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False)


BEFORE, AFTER, REPLAYED = range(3)


def test_before_the_restore_the_no_holds_and_the_yes_too(story: Story) -> None:
    assert (story.near[BEFORE], story.ready[BEFORE]["status"]) == ((403, 200), "ready")


def test_a_restored_database_that_forgot_a_no_is_not_ready_and_says_why(story: Story) -> None:
    told = story.ready[AFTER]
    assert (told["status"], told["details"]["noes"].split(" are")[0]) == ("not ready", "5 noes")
    assert "ici replay-noes" in told["details"]["noes"]


def test_until_the_noes_are_said_again_every_yes_rests(story: Story) -> None:
    assert (story.near[AFTER], story.codes[AFTER], story.reasons[AFTER]) == (
        (403, 403),
        "permission_resting",
        "resting",
    )


def test_the_replay_says_each_no_once(story: Story) -> None:
    assert [(one.returncode, one.stdout) for one in story.replayed] == [
        (0, "Said again: 4.\n"),
        (0, "Said again: 0.\n"),
    ]


def test_then_the_no_holds_and_the_yes_too(story: Story) -> None:
    assert (story.near[REPLAYED], story.ready[REPLAYED]["status"]) == ((403, 200), "ready")
    assert states(story.said_no) == ["given", "withdrawn"]


def test_a_no_to_a_cell_that_the_backup_has_never_heard_of_holds(story: Story) -> None:
    place = {"store_id": story.store_id}
    assert (story.allows(story.no_to_a_store), story.allows(story.no_to_a_store, **place)) == (True, False)


def test_so_do_an_objection_and_a_restriction_of_processing(story: Story) -> None:
    assert (story.allows(story.objects), story.allows(story.rests)) == (False, False)


def test_the_log_that_lost_entries_goes_on_under_a_new_name(story: Story) -> None:
    before, longest, again = story.checkpoints
    assert before["log_id"] == longest["log_id"] != again["log_id"]


def test_no_key_signs_two_roots_for_one_size_of_one_log(story: Story) -> None:
    with db.system_transaction():
        signed = db.rows(audit.queries.checkpoints())
    roots = {(str(one[0].log_id), one[0].size): one[0].root for one in signed}
    for kept in story.checkpoints:
        name = (kept["log_id"].removeprefix("urn:uuid:"), kept["tree_size"])
        assert roots.get(name, bytes.fromhex(kept["root"])).hex() == kept["root"]


def test_the_audit_agrees_with_both_logs(story: Story) -> None:
    assert story.audits == [[], [], []]


def test_the_file_names_nobody(story: Story) -> None:
    text = notebook.file().read_text()
    people = (story.said_no, story.no_to_a_store, story.objects, story.rests, story.brand)
    assert [one.id for one in people if str(one.id) in text] == []
