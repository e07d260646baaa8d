"""The private PostgreSQL: what it promises to whoever types `ici up`, and to the crash test."""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.exc import ProgrammingError

from app.ops.database.cluster import Cluster, Role
from app.ops.database.postgres import ClusterProblem, find_programs
from tests import templates

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    made = Cluster(tmp_path_factory.mktemp("shared") / "cluster")
    made.start()
    made.create_database("ici")
    yield made
    made.destroy()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path / "cluster", durable=False)
    yield made
    made.destroy()


@pytest.fixture
def copied(tmp_path: Path) -> Iterator[Cluster]:
    """A cluster for tests to which it does not matter how it was made."""
    made = templates.copy_cluster(tmp_path / "cluster", durable=False)
    yield made
    made.destroy()


def answer(cluster: Cluster, question: str, *, role: Role = "app", database: str = "ici") -> object:
    engine = create_engine(cluster.url(role, database))
    try:
        with engine.connect() as connection:
            return scalar(connection, question)
    finally:
        engine.dispose()


def scalar(connection: Connection, question: str) -> object:
    result = connection.execute(text(question))
    found: object = result.scalar() if result.returns_rows else None
    connection.commit()
    return found


def test_the_application_is_neither_owner_nor_superuser_nor_above_row_security(cluster: Cluster) -> None:
    question = (
        "SELECT rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR EXISTS"
        " (SELECT FROM pg_database WHERE datdba = pg_roles.oid) FROM pg_roles WHERE rolname = current_user"
    )
    assert answer(cluster, question) is False


def test_the_application_cannot_make_tables(cluster: Cluster) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"):
        answer(cluster, "CREATE TABLE mine (id int)")


def test_the_owner_makes_tables_that_the_application_cannot_read_until_granted(cluster: Cluster) -> None:
    answer(cluster, "CREATE TABLE theirs (id int)", role="owner")
    with pytest.raises(ProgrammingError, match="permission denied"):
        answer(cluster, "SELECT count(*) FROM theirs")


def test_a_new_database_speaks_postgis(cluster: Cluster) -> None:
    assert str(answer(cluster, "SELECT postgis_lib_version()")).startswith("3.")


def test_a_copy_of_a_database_is_as_closed_as_its_template(cluster: Cluster) -> None:
    cluster.create_database("copy", template="ici")
    question = "SELECT has_database_privilege('public', 'copy', 'CONNECT')"
    assert answer(cluster, question, database="copy") is False


def test_no_port_is_open(cluster: Cluster) -> None:
    assert answer(cluster, "SHOW listen_addresses") == ""


def test_a_wrong_password_is_refused(cluster: Cluster) -> None:
    right = cluster.environment("app", "ici")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(host=right["PGHOST"], port=right["PGPORT"], user="ici_app", password="wrong", dbname="ici")


def test_the_socket_is_in_a_folder_for_the_server_alone(cluster: Cluster) -> None:
    assert stat.S_IMODE(cluster.status().socket_folder.stat().st_mode) == 0o700


def test_passwords_are_for_their_owner_alone(cluster: Cluster) -> None:
    assert stat.S_IMODE((cluster.folder / "passwords.json").stat().st_mode) == 0o600


def test_a_durable_cluster_waits_for_the_disk(cluster: Cluster) -> None:
    assert answer(cluster, "SELECT current_setting('fsync') || current_setting('synchronous_commit')") == "onon"


def test_a_failing_statement_leaves_no_value_in_the_log(cluster: Cluster) -> None:
    with pytest.raises(ProgrammingError):
        answer(cluster, "SELECT canary_48_85341 FROM nowhere")
    assert "canary_48_85341" not in cluster.status().log.read_text()


def test_starting_twice_is_no_error(cluster: Cluster) -> None:
    assert cluster.start() is False


def test_making_sure_of_a_database_twice_makes_it_once(cluster: Cluster) -> None:
    assert [cluster.ensure_database("sure"), cluster.ensure_database("sure")] == [True, False]


def test_a_dropped_database_is_gone_even_while_somebody_is_connected(cluster: Cluster) -> None:
    cluster.create_database("short")
    somebody = psycopg.connect(superuser_of(cluster, "short"))
    cluster.drop_database("short")
    somebody.close()
    assert not cluster.database_exists("short")


def test_another_server_is_left_alone(cluster: Cluster) -> None:
    stranger = Cluster(cluster.folder)
    stranger.server.key = "somebodyelse"
    connection = psycopg.connect(superuser_of(cluster), autocommit=True)
    with connection, pytest.raises(ClusterProblem, match="nothing was changed"):
        stranger._assert_ours(connection)


def superuser_of(cluster: Cluster, database: str = "postgres") -> str:
    given = cluster.environment("superuser", database)
    names = {"PGHOST": "host", "PGPORT": "port", "PGUSER": "user", "PGPASSWORD": "password", "PGDATABASE": "dbname"}
    return make_conninfo(**{names[name]: value for name, value in given.items()})


def test_a_stopped_cluster_keeps_its_data(copied: Cluster) -> None:
    copied.start()
    copied.create_database("kept")
    copied.stop()
    copied.start()
    assert copied.database_exists("kept")


def test_after_a_crash_every_acknowledged_write_is_there(copied: Cluster) -> None:
    durable = Cluster(copied.folder, durable=True)
    durable.start()
    answer(durable, "CREATE TABLE written (id int)", role="owner")
    answer(durable, "INSERT INTO written SELECT generate_series(1, 1000)", role="owner")
    durable.kill()
    durable.start()
    assert answer(durable, "SELECT count(*) FROM written", role="owner") == 1000


def test_a_killed_cluster_is_not_running(copied: Cluster) -> None:
    copied.start()
    copied.kill()
    assert not copied.is_running()


def test_a_pid_file_that_names_another_process_does_not_hinder_a_start(copied: Cluster) -> None:
    copied.start()
    pid_file = copied.status().data / "postmaster.pid"
    after = pid_file.read_text().split("\n", 1)[1]
    copied.kill()
    pid_file.write_text(f"{os.getpid()}\n{after}")
    assert copied.start() is True


def test_two_starts_at_once_make_one_server(fresh: Cluster) -> None:
    started: list[bool] = []
    threads = [threading.Thread(target=lambda: started.append(Cluster(fresh.folder).start())) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(started) == [False, True]


def test_an_interrupted_making_is_made_again(fresh: Cluster) -> None:
    fresh.start()
    data = fresh.status().data
    fresh.stop()
    data.rename(data.with_name("data.new"))
    assert fresh.start() is True


def test_a_folder_too_deep_for_a_socket_works(tmp_path: Path) -> None:
    deep = Cluster(tmp_path / ("a" * 120) / "cluster", durable=False)
    try:
        assert deep.start() is True
    finally:
        deep.destroy()


def test_a_destroyed_cluster_leaves_nothing(fresh: Cluster) -> None:
    fresh.start()
    places = [fresh.folder, fresh.status().data, fresh.status().socket_folder]
    fresh.destroy()
    assert [place for place in places if place.exists()] == []


def test_a_database_of_a_stopped_cluster_is_refused_with_a_remedy(fresh: Cluster) -> None:
    with pytest.raises(ClusterProblem, match="Run `ici up`"):
        fresh.create_database("ici")


def test_data_of_a_version_that_is_not_installed_is_refused_with_a_remedy() -> None:
    with pytest.raises(ClusterProblem, match="apt-get install postgresql-9 "):
        find_programs(9)
