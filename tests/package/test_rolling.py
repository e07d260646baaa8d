"""A rolling deploy: servers of the release before serve on the tables of this one, while they change and afterwards.

After a release set `BEFORE` to its commit and its newest migration.
"""

import ast
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import pytest

from app.ops.database.cluster import Cluster
from app.ops.database.migrations_head import expected_head
from tests.package.test_wheel import ROOT
from tests.serving import free_port

BEFORE = "1d7914e5d2cab7364a4c39497c02e65923248446"
TABLES_BEFORE = "0039"
SERVER_BEFORE = "granian"
"""A library that only the release before needs; the measuring tools bring it."""

START_S, TOUR_S = 180, 300
"""How long a server may take until it answers, and a tour: on a machine that does four other things a dozen times as
long as alone."""

CONTRACTS: dict[str, str] = {}
"""Migrations that take something away, and why nobody misses it: `"0051": "release 0.3 reads the new column"`."""

PATIENT = """
import time, uuid
from tests.tour.calling import Caller
send_once = Caller.send
def send(caller, method, path, body=None, *, key="", match=""):
    key = key or str(uuid.uuid4())
    for _ in range(20):
        answer = send_once(caller, method, path, body, key=key, match=match)
        if answer.status not in (409, 503) or "Retry-After" not in answer.headers:
            break
        time.sleep(float(answer.headers["Retry-After"]))
    return answer
Caller.send = send
"""
"""A client as the document asks for: told to come back in a moment, it does, with the same key. While tables change a
request may wait for a lock longer than it wants to, or meet a migration that waits for what it holds."""

TAKE_AWAY = {"drop_column", "drop_table", "rename_table"}
DROPPED = re.compile(r"\b(DROP (TABLE|COLUMN|FUNCTION|TYPE|VIEW|TRIGGER)|RENAME (TO|COLUMN)|REVOKE)\b", re.IGNORECASE)
NEWER = sorted(
    file for file in (ROOT / "migrations" / "versions").glob("*.py") if file.name.partition("_")[0] > TABLES_BEFORE
)


def losses(upgrade: ast.FunctionDef) -> Iterator[str]:
    """What a server of the release before would miss after this migration, or could not write any more."""
    for call in (node for node in ast.walk(upgrade) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        said = {word.arg: ast.unparse(word.value) for word in call.keywords}
        unique = name == "drop_constraint" and re.search("uq_|pk_", ast.unparse(call))  # ON CONFLICT names it
        if name in TAKE_AWAY or unique:
            yield ast.unparse(call)
        if name == "alter_column" and ({"new_column_name", "type_"} & said.keys() or said.get("nullable") == "False"):
            yield ast.unparse(call)
        if name == "Column" and said.get("nullable") == "False" and "server_default" not in said:
            yield ast.unparse(call)
    for text in (node.value for node in ast.walk(upgrade) if isinstance(node, ast.Constant)):
        if isinstance(text, str) and DROPPED.search(text):
            yield text


def upgrading(text: str) -> list[ast.FunctionDef]:
    """What runs when a migration goes up: `upgrade`, and the functions of its file that it calls."""
    named = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.FunctionDef)}
    found, waiting = {}, ["upgrade"]
    while waiting:
        name = waiting.pop()
        if name in named and name not in found:
            found[name] = named[name]
            calls = (node.func for node in ast.walk(named[name]) if isinstance(node, ast.Call))
            waiting += [call.id for call in calls if isinstance(call, ast.Name)]
    return list(found.values())


def of_new_tables(upgrade: ast.FunctionDef) -> set[str]:
    """The columns of tables that the migration makes: nobody writes there yet."""
    made = [n for n in ast.walk(upgrade) if isinstance(n, ast.Call) and ast.unparse(n.func) == "op.create_table"]
    return {ast.unparse(node) for table in made for node in ast.walk(table) if isinstance(node, ast.Call)}


@pytest.mark.parametrize("file", NEWER, ids=lambda file: file.stem)
def test_a_migration_takes_nothing_away_that_the_release_before_needs(file: Path) -> None:
    lost = [loss for part in upgrading(file.read_text()) for loss in losses(part) if loss not in of_new_tables(part)]
    assert lost == [] or file.name.partition("_")[0] in CONTRACTS


@pytest.mark.parametrize(
    ("line", "lost"),
    [
        ('op.add_column("card", sa.Column("hue", sa.Text()))', False),
        ('op.add_column("card", sa.Column("hue", sa.Text(), nullable=False, server_default="red"))', False),
        ('op.create_table("hue", sa.Column("hue", sa.Text(), nullable=False))', False),
        ('op.add_column("card", sa.Column("hue", sa.Text(), nullable=False))', True),
        ('op.drop_column("card", "hue")', True),
        ('op.alter_column("card", "hue", nullable=False)', True),
        ('op.alter_column("card", "hue", new_column_name="tint")', True),
        ('op.drop_constraint(op.f("ck_card_hue"), "card")', False),
        ('op.drop_constraint(op.f("uq_card_hue"), "card")', True),
        ('op.execute("DROP FUNCTION ici_admit")', True),
        ('op.execute("ALTER TABLE card DROP COLUMN hue")', True),
    ],
)
def test_what_counts_as_taking_away(line: str, lost: bool) -> None:
    back = "def downgrade():\n    op.drop_table('card')\n"
    parts = upgrading(f"def upgrade():\n    _change()\n\n\ndef _change():\n    {line}\n\n\n{back}")
    assert bool([loss for part in parts for loss in losses(part) if loss not in of_new_tables(part)]) is lost


@dataclass
class Release:
    """The release before, out of the history of the repository, on a database of its own."""

    folder: Path
    cluster: Cluster
    port: int

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "ICI_ENV": "development",
            "ICI_VAR": str(self.folder / "var"),
            "ICI_DATABASE_URL": self.cluster.url("app", "ici"),
            "ICI_OWNER_DATABASE_URL": self.cluster.url("owner", "ici"),
            "ICI_SECRET": "of both releases " * 2,
        }

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """A command of that release. Its folder comes first on the path of its modules."""
        return subprocess.run(
            [sys.executable, *words],
            cwd=self.folder / "code",
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
        )

    def play_tour(self) -> str:
        """Its own story of the main job, at its own server; fails when one step is not as it should be."""
        play = "from tests.tour.__main__ import Story, play; s = Story(); play(s, {!r}); print(s.proofs, 'facts')"
        return self.command("-c", PATIENT + play.format(f"http://127.0.0.1:{self.port}")).stdout

    @property
    def is_alive(self) -> bool:
        try:
            return bool(urllib.request.urlopen(f"http://127.0.0.1:{self.port}/livez", timeout=5).status == 200)
        except OSError:
            return False


@pytest.fixture
def before(tmp_path: Path) -> Iterator[Release]:
    archive = subprocess.run(["git", "-C", str(ROOT), "archive", BEFORE], capture_output=True, check=False)
    if archive.returncode:
        pytest.skip(f"no history with the release before ({BEFORE[:7]}): {archive.stderr.decode().strip()}")
    if find_spec(SERVER_BEFORE) is None:
        pytest.skip(f"the release before serves by {SERVER_BEFORE}, which is not installed (make setup-bench)")
    (tmp_path / "code").mkdir()
    subprocess.run(["tar", "-x", "-C", str(tmp_path / "code")], input=archive.stdout, check=True)
    release = Release(tmp_path, Cluster(tmp_path / "cluster", durable=False), free_port())
    server: subprocess.Popen[bytes] | None = None
    try:
        release.cluster.start()
        release.cluster.create_database("ici")
        (tmp_path / "var").mkdir()
        for command in ("migrate", "seed"):
            release.command("-m", "app.cli", command)
        with (tmp_path / "server.log").open("wb") as log:
            words = ["-m", "app.cli", "serve", "--workers", "1", "--port", str(release.port)]
            server = subprocess.Popen(
                [sys.executable, *words], cwd=tmp_path / "code", env=release.environment, stdout=log, stderr=log
            )
        until = time.monotonic() + START_S
        while not release.is_alive:
            assert server.poll() is None, (tmp_path / "server.log").read_text()[-2000:]
            assert time.monotonic() < until
            time.sleep(0.1)  # another process starts: one can only ask again
        yield release
    finally:
        if server is not None:
            server.send_signal(signal.SIGTERM)
            server.wait(60)
        release.cluster.destroy()


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_servers_of_the_release_before_serve_while_and_after_the_tables_change(before: Release) -> None:
    told = f"The tables went from {TABLES_BEFORE} to {expected_head()}."
    if expected_head() == TABLES_BEFORE:
        told = f"The tables are up to date ({TABLES_BEFORE})."
    play = [sys.executable, "-c", PATIENT + "import sys; from tests.tour.__main__ import main; sys.exit(main())"]
    address = ["--url", f"http://127.0.0.1:{before.port}"]
    playing = subprocess.Popen(
        [*play, *address], cwd=before.folder / "code", env=before.environment, stdout=subprocess.PIPE, text=True
    )
    migrated = subprocess.run(
        [str(Path(sys.executable).parent / "ici"), "migrate"],
        env=before.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    while_it_changed, _ = playing.communicate(timeout=TOUR_S)
    assert (migrated.returncode, migrated.stdout.strip()) == (0, told)
    assert (playing.returncode, while_it_changed[-300:]) == (0, while_it_changed[-300:])
    assert "facts" in before.play_tour()
