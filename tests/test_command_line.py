"""The command line: what it tells people to type is found, and it knows the servers and mail of its own folder."""

import json
import multiprocessing
import socket
from collections.abc import Callable
from multiprocessing.synchronize import Event
from pathlib import Path

import click
import psycopg
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.exc import DBAPIError

from app import cli
from app.commands import inspection, server
from app.edge import processes
from app.ops import own_name
from app.ops.own_servers import announced_server, find_servers

URL = "http://127.0.0.1:9"  # nobody listens on the port of `discard`


@pytest.fixture
def var(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ICI_VAR", str(tmp_path / "var"))
    return tmp_path / "var"


@pytest.fixture
def called(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose programs are not on the path, seen from its folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/usr/bin:/bin")
    monkeypatch.setattr("sys.executable", str(tmp_path / ".venv/bin/python"))
    return tmp_path


def said(*words: str) -> Result:
    return CliRunner().invoke(cli.main, words)


def serve(var: Path, stop: Event, ready: Event, killed: bool) -> None:
    with announced_server(URL, var=var):
        ready.set()
        stop.wait()
        if killed:
            multiprocessing.current_process().kill()
            stop.clear()
            stop.wait()


def test_a_command_off_the_path_is_named_by_its_path(called: Path) -> None:
    assert own_name.spell_commands("Run `ici up`.") == "Run `.venv/bin/ici up`."


def test_from_elsewhere_a_command_is_named_by_its_whole_path(called: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (called / "elsewhere").mkdir()
    monkeypatch.chdir(called / "elsewhere")
    assert own_name.spell_commands("ici up") == f"{called}/.venv/bin/ici up"


def test_a_command_on_the_path_is_named_by_its_name(called: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    programs = called / ".venv/bin"
    programs.mkdir(parents=True)
    (programs / "ici").touch(0o755)
    monkeypatch.setenv("PATH", str(programs))
    assert own_name.spell_commands("Run `ici up`.") == "Run `ici up`."


def test_another_ici_on_the_path_is_not_taken_for_ours(called: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (called / "ici").touch(0o755)
    monkeypatch.setenv("PATH", str(called))
    assert own_name.own_name() == ".venv/bin/ici"


@pytest.mark.parametrize("text", ["Ici is ready", "/usr/bin/ici up", "ce que vous voyez ici", "the command `ici`"])
def test_what_is_no_command_to_type_stays(called: Path, text: str) -> None:
    assert own_name.spell_commands(text) == text


@pytest.mark.parametrize("name", [*cli.COMMANDS])
def test_every_help_names_commands_that_are_found(called: Path, name: str) -> None:
    command = cli.main.get_command(click.Context(cli.main), name)
    assert command is not None
    assert "Example: ici" not in (command.help or "")


def test_a_remedy_names_a_command_that_is_found(called: Path, var: Path) -> None:
    assert "`.venv/bin/ici up`" in said("status").output


def test_status_knows_the_server_of_its_folder(var: Path) -> None:
    with announced_server(URL, var=var):
        assert f"nothing ready at {URL} (process" in said("status").output


def test_status_does_not_take_somebody_elses_server_for_ours(var: Path) -> None:
    assert f"{URL} (not of this folder)" in said("status", "--url", URL).output


def test_without_a_server_status_says_how_to_start_one(var: Path) -> None:
    assert "ici serve` starts one" in said("status").output


@pytest.mark.parametrize("killed", [False, True])
def test_a_server_is_known_for_as_long_as_it_lives(var: Path, killed: bool) -> None:
    spawned = multiprocessing.get_context("spawn")
    stop, ready = spawned.Event(), spawned.Event()
    server = spawned.Process(target=serve, args=(var, stop, ready, killed))
    server.start()
    assert ready.wait(30)
    assert [found.pid for found in find_servers(var)] == [server.pid]
    stop.set()
    server.join(30)
    assert find_servers(var) == []


def mail(var: Path, *messages: tuple[str, str]) -> None:
    var.mkdir(exist_ok=True)
    lines = [json.dumps({"at": "2026-11-28", "channel": "mail", "to": to, "text": text}) for to, text in messages]
    (var / inspection.MAILBOX).write_text("\n".join([*lines, ""]), encoding="utf-8")


def test_the_newest_code_comes_alone(var: Path) -> None:
    mail(var, ("a@example.org", "Your Ici code: 111111"), ("a@example.org", "Votre code Ici : 222222\n"))
    assert said("mailbox", "--code").output == "222222\n"


def test_the_newest_code_of_an_address_comes_alone(var: Path) -> None:
    mail(var, ("a@example.org", "Your Ici code: 111111"), ("b@example.org", "Your Ici code: 222222"))
    assert said("mailbox", "--code", "--to", "a@").output == "111111\n"


def test_no_code_yet_is_a_failure_with_a_sentence(var: Path) -> None:
    mail(var, ("a@example.org", "Your coupon of 2026-11-28 for 1234567 points"))
    answer = said("mailbox", "--code")
    assert (answer.exit_code, answer.output) == (1, "Error: No code was sent yet. Ask for one in the app.\n")


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("::1", "http://[::1]:80"),
        ("::", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),
        ("ici.example", "http://ici.example:80"),
    ],
)
def test_the_address_of_a_server_is_one_that_can_be_opened(host: str, url: str) -> None:
    assert server.own_url(host, 80) == url


@pytest.mark.parametrize("host", ["nowhere.invalid", "203.0.113.1", "::ffff:203.0.113.1"])
def test_an_address_that_is_not_ours_is_refused_in_a_sentence(var: Path, host: str) -> None:
    answer = said("serve", "--host", host)
    assert (answer.exit_code, "Choose another --host" in answer.output) == (1, True)


@pytest.mark.parametrize(
    ("host", "addresses"), [("localhost", {"127.0.0.1", "::1"}), ("::1", {"::1"}), ("0.0.0.0", {"0.0.0.0"})]
)
def test_a_server_listens_on_the_address_of_a_name(host: str, addresses: set[str]) -> None:
    with processes.open_listener(host, 0) as listener:
        assert listener.getsockname()[0] in addresses


def test_a_port_that_is_taken_is_refused_in_a_sentence(var: Path) -> None:
    with socket.socket(socket.AF_INET6) as other:
        other.bind(("::1", 0))
        other.listen()
        answer = said("serve", "--host", "::1", "--port", str(other.getsockname()[1]))
    assert (answer.exit_code, "Stop what uses it" in answer.output) == (1, True)


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (psycopg.errors.LockNotAvailable("canceling"), "The database was too busy (canceling)"),
        (psycopg.errors.QueryCanceled("canceling"), "The database was too busy (canceling)"),
        (psycopg.OperationalError("connection refused"), "does not answer (connection refused). Run `ici up`"),
        (psycopg.errors.DiskFull("no space"), "The database refuses (no space)"),
        (psycopg.errors.UndefinedTable("card"), "Run `ici migrate`"),
    ],
)
@pytest.mark.parametrize("through", [lambda error: error, lambda error: DBAPIError("SELECT", {}, error)])
def test_an_error_of_the_database_is_told_with_what_helps(
    var: Path, monkeypatch: pytest.MonkeyPatch, error: Exception, sentence: str, through: Callable[..., Exception]
) -> None:
    def fail() -> None:
        raise through(error)

    monkeypatch.setattr(inspection, "tables", fail)
    answer = said("status")
    assert (answer.exit_code, sentence in answer.output.replace(own_name.own_name(), "ici")) == (1, True)
