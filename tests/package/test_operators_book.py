"""docs/operations.md is followed to the letter: every command that it gives, in its order, on a fresh PostgreSQL."""

import json
import re
import subprocess
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.package.machine import Machine, empty_machine
from tests.package.test_wheel import ROOT

PAGE = ROOT / "docs" / "operations.md"

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def commands() -> str:
    """What the page tells to type: its blocks that are marked as shell."""
    return "\n".join(re.findall(r"^```sh\n(.*?)^```", PAGE.read_text(), re.MULTILINE | re.DOTALL))


def ask(machine: Machine, path: str, body: Any = None, token: str | None = None) -> Any:
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    asked = urllib.request.Request(f"http://127.0.0.1:{machine.port}{path}", data, headers)
    with urllib.request.urlopen(asked, timeout=20) as answer:
        return json.load(answer)


def check_what_was_said(done: subprocess.CompletedProcess[str]) -> None:
    assert "The tables went from nothing to" in done.stdout
    assert "The brand lilas is there." in done.stdout
    assert '"status":"ready"' in done.stdout.replace(" ", "")
    assert "The drill succeeded" in done.stdout


def check_administrator(machine: Machine, done: subprocess.CompletedProcess[str]) -> None:
    told = re.search(r"brand (\S+), email (\S+), secret (\S+)", done.stdout)
    assert told is not None
    password = "mes lilas sentent la pluie de mai"
    ask(machine, "/v1/console/passwords", {"secret": told[3], "password": password})
    signed_in = ask(machine, "/v1/console/sessions", {"brand": told[1], "email": told[2], "password": password})
    assert ask(machine, "/v1/console/users", token=signed_in["token"])["items"][0]["email"] == told[2]


def check_program(machine: Machine) -> None:
    """It is the package, and not the checkout."""
    where = subprocess.run(
        [machine.folder / "opt" / "ici" / "bin" / "python", "-P", "-c", "import app; print(app.__path__[0])"],
        capture_output=True,
        text=True,
        check=True,
        cwd="/",
    )
    assert Path(where.stdout.strip()).is_relative_to(machine.folder / "opt" / "ici")


def check_secrets(machine: Machine, done: subprocess.CompletedProcess[str]) -> None:
    """The service reads them, and they stand in nothing that was printed."""
    folder = machine.folder / "etc" / "ici"
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in folder.iterdir()}
    assert (modes.pop("owner_database_url"), set(modes.values())) == ("0o600", {"0o640"})
    written = done.stdout + done.stderr + "".join(file.read_text() for file in machine.folder.glob("*.log"))
    secrets = [(folder / name).read_text().strip() for name in ("secret", "lasting_secret", "database_url")]
    assert [secret for secret in secrets if secret in written] == []


def test_the_page_for_operators_leads_to_a_served_brand_and_a_backup_that_was_tried(tmp_path: Path) -> None:
    with empty_machine(tmp_path) as machine:
        done = machine.run(commands())
        assert done.returncode == 0, f"{done.stdout[-2000:]}{done.stderr[-3000:]}"
        check_what_was_said(done)
        check_administrator(machine, done)
        assert [machine.is_alive(pid) for pid in machine.pids()] == [True, True], "the service and its jobs"
        check_program(machine)
        check_secrets(machine, done)
