"""What is started twice says so in a sentence, and the first one is not hurt."""

import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import click
import psycopg
import pytest
from psycopg.errors import DeadlockDetected, LockNotAvailable
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError

from app.commands import migrations
from app.commands.migrations import alone
from app.config import Config
from app.ops.database.migrations_head import expected_head
from app.ops.own_servers import FolderRefused, announced_server, held_folder
from tests import templates
from tests.racing import at_once

URL = "http://127.0.0.1:9"
ICI = str(Path(sys.executable).parent / "ici")


@pytest.fixture
def empty_database(settings: Config) -> Iterator[str]:
    """A database without any table, as its owner."""
    server, name = templates.shared_cluster(), f"ici_empty_{id(settings)}"
    server.create_database(name)
    yield server.url("owner", name)
    server.drop_database(name)


def ici(*words: str, **environment: str) -> subprocess.Popen[str]:
    """A command in a process of its own."""
    given: Mapping[str, str] = {
        "PATH": "/usr/bin:/bin",
        "ICI_ENV": "test",
        "ICI_SECRET": "x" * 32,
        "ICI_APP_ROLE": "ici_app",
        **environment,
    }
    return subprocess.Popen([ICI, *words], env=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)


def ended(process: subprocess.Popen[str]) -> tuple[int, str]:
    said, _ = process.communicate(timeout=120)
    return process.returncode, said


def test_a_folder_has_one_server_at_a_time(tmp_path: Path) -> None:
    taken = pytest.raises(FolderRefused, match=f"at {URL} .* uses {tmp_path} already")
    with held_folder(tmp_path), announced_server(URL, var=tmp_path), taken, held_folder(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_is_refused_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    code, said = ended(ici("serve", ICI_VAR=str(tmp_path / "file/var")))
    assert (code, said.count("\n"), "cannot be used: Not a directory" in said) == (1, 1, True)


def test_of_many_who_want_a_folder_at_once_one_has_it(tmp_path: Path) -> None:
    all_tried = Barrier(16)

    def take(_: int) -> bool:
        try:
            with held_folder(tmp_path):
                all_tried.wait(30)
                return True
        except FolderRefused:
            all_tried.wait(30)
            return False

    assert sorted(at_once(16, take)) == [False] * 15 + [True]


def test_a_folder_is_free_again_after_its_server(tmp_path: Path) -> None:
    for _ in range(2):
        with held_folder(tmp_path):
            assert (tmp_path / "servers.lock").exists()


@pytest.mark.parametrize("command", ["serve", "run"])
def test_a_second_server_is_told_in_one_sentence_and_touches_nothing(tmp_path: Path, command: str) -> None:
    with held_folder(tmp_path), announced_server(URL, var=tmp_path):
        (tmp_path / "metrics").mkdir()
        (tmp_path / "metrics/counter_0.db").write_bytes(b"counts")
        code, said = ended(ici(command, "--port", "0", ICI_VAR=str(tmp_path)))
    assert (code, said.count("\n"), said[:33]) == (1, 1, f"Error: A server at {URL}"[:33])
    assert [file.name for file in sorted(tmp_path.rglob("*")) if file.is_file()] == ["counter_0.db", "servers.lock"]


@pytest.mark.slow
def test_two_who_migrate_an_empty_database_at_once_both_end_well(tmp_path: Path, empty_database: str) -> None:
    given = {"ICI_VAR": str(tmp_path), "ICI_DATABASE_URL": empty_database, "ICI_OWNER_DATABASE_URL": empty_database}
    with ThreadPoolExecutor(2) as both:
        done = list(both.map(ended, [ici("migrate", **given) for _ in "ab"]))
    assert [code for code, _ in done] == [0, 0], done
    assert migrations.current_head(empty_database) == expected_head()
    assert "Another `migrate` is at work" in "".join(said for _, said in done)


def test_a_migration_that_does_not_end_is_not_waited_for_for_ever(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "ALONE_WITHIN_S", 0.2)
    monkeypatch.setattr(migrations, "LOOK_AGAIN_S", 0.05)
    with alone(empty_database), pytest.raises(Exception, match="has not ended"), alone(empty_database):
        pass


def test_a_migration_that_waits_for_a_lock_says_so_and_what_to_do(
    empty_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(migrations, "PAUSES_S", ())
    owner = create_engine(empty_database)
    with owner.begin() as connection:
        connection.execute(text("CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY)"))
    with owner.connect() as other:
        other.execute(text("LOCK TABLE alembic_version IN EXCLUSIVE MODE"))
        with pytest.raises(click.ClickException) as told:
            migrations.upgrade_between_others(empty_database, app_role=Config.app_role)
    owner.dispose()
    assert told.value.message.startswith("Somebody holds a lock")
    assert "migrate` again" in told.value.message


@pytest.mark.parametrize("refusal", [LockNotAvailable, DeadlockDetected])
def test_a_migration_lets_others_pass_and_tries_again(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], refusal: type[psycopg.Error]
) -> None:
    refusals = iter([OperationalError("ALTER TABLE", {}, refusal())] * 2)

    def upgrade(url: str, *, app_role: str) -> None:
        for error in refusals:
            raise error

    monkeypatch.setattr(migrations, "PAUSES_S", (0.0,) * 4)
    monkeypatch.setattr(migrations, "upgrade", upgrade)
    monkeypatch.setattr(migrations, "current_head", lambda url: "0039")
    migrations.upgrade_between_others(URL, app_role=Config.app_role)
    assert capsys.readouterr().err.count("at 0039. Trying again") == 2
