"""What is given to operators besides the program: an image, a compose file, units.

No container engine runs here, so the image and the compose file are read; units are given to systemd's own program.
"""

import json
import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from app.config import Config
from tests.package.test_wheel import BUILT_FROM, ROOT

DEPLOY = ROOT / "deploy"
IMAGE = (DEPLOY / "Containerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose" / "compose.yaml").read_text())
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))

TOP_KEYS = {"name", "services", "networks", "volumes", "secrets"}
SERVICE_KEYS = {
    *(
        "image",
        "command",
        "entrypoint",
        "init",
        "restart",
        "read_only",
        "cap_drop",
        "security_opt",
        "tmpfs",
        "networks",
    ),
    *("volumes", "environment", "secrets", "depends_on", "shm_size", "healthcheck", "ports", "stop_grace_period"),
}
"""Those of the Compose Specification that we use: a slip of the pen is none of them."""
CONDITIONS = {"service_started", "service_healthy", "service_completed_successfully"}

every_service = pytest.mark.parametrize("name", SERVICES)
every_unit = pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)


def program(name: str) -> str:
    """A program of Debian, which a user's path may not hold; skips where it is not installed."""
    found = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed (apt-get install {name})")
    return found


def stages() -> list[str]:
    return re.split(r"^FROM ", IMAGE, flags=re.MULTILINE)[1:]


def test_the_image_is_made_of_what_the_wheel_is_made_of() -> None:
    copied = {word for line in re.findall(r"^COPY (?!--from)(.*)$", IMAGE, re.MULTILINE) for word in line.split()[:-1]}
    assert copied == {*BUILT_FROM, "requirements.lock"}


def test_everything_that_the_image_copies_passes_its_ignore_file() -> None:
    shown = re.findall(r"^!(.*)$", (ROOT / ".dockerignore").read_text(), re.MULTILINE)
    assert set(shown) == {*BUILT_FROM, "requirements.lock"}


def test_the_libraries_of_the_image_are_the_locked_ones() -> None:
    assert "pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock" in IMAGE


def test_the_image_that_runs_is_nobody_and_builds_nothing() -> None:
    _, runs = stages()
    assert re.findall(r"^USER (.*)$", runs, re.MULTILINE) == ["10001"]
    assert "pip" not in runs


def test_the_image_holds_no_secret() -> None:
    named = re.findall(r"\b(ICI_\w+)=", IMAGE)
    assert set(named) == {"ICI_ENV", "ICI_VAR"}
    assert "ARG" not in re.findall(r"^(\w+) ", IMAGE, re.MULTILINE)


def test_the_image_is_asked_whether_it_lives_and_not_whether_its_database_does() -> None:
    assert re.findall(r"127\.0\.0\.1:8000(/\w+)", IMAGE) == ["/livez"]


def test_the_compose_file_says_only_what_compose_knows() -> None:
    assert {key for key in COMPOSE if not key.startswith("x-")} == TOP_KEYS
    assert {key for service in SERVICES.values() for key in service} - SERVICE_KEYS == set()


@every_service
def test_whatever_a_service_names_is_defined(name: str) -> None:
    service = SERVICES[name]
    mounted = {volume.partition(":")[0] for volume in service.get("volumes", ())}
    assert {volume for volume in mounted if not volume.startswith(".")} <= COMPOSE["volumes"].keys()
    assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys()
    assert set(service.get("networks", ())) <= COMPOSE["networks"].keys()
    for other, how in service.get("depends_on", {}).items():
        assert (other in SERVICES, how["condition"] in CONDITIONS) == (True, True)
    for file in (volume for volume in mounted if volume.startswith(".")):
        assert (DEPLOY / "compose" / file).exists()


@every_service
def test_a_service_that_is_waited_for_can_tell_that_it_is_healthy(name: str) -> None:
    waited = [s["depends_on"][name] for s in SERVICES.values() if name in s.get("depends_on", {})]
    if any(how["condition"] == "service_healthy" for how in waited):
        ours = SERVICES[name]["image"] == "ici" and not SERVICES[name].get("healthcheck", {}).get("disable")
        assert ours or "test" in SERVICES[name]["healthcheck"]


@every_service
def test_a_service_reads_only_secrets_that_it_is_given(name: str) -> None:
    said = json.dumps(SERVICES[name].get("environment", {}))
    assert set(re.findall(r"/run/secrets/(\w+)", said)) <= set(SERVICES[name].get("secrets", ()))


@every_service
def test_nothing_but_the_proxy_is_open_to_the_world(name: str) -> None:
    assert ("ports" in SERVICES[name], SERVICES[name].get("privileged")) == (name == "proxy", None)


@every_service
def test_every_secret_is_a_file(name: str) -> None:
    held = [
        key
        for key, value in SERVICES[name].get("environment", {}).items()
        if re.search("SECRET|PASSWORD|DATABASE_URL|MAIL", key) and not key.endswith("_FILE") and value
    ]
    assert held == []


def test_the_secrets_of_compose_make_settings_that_start(tmp_path: Path) -> None:
    make = [str(DEPLOY / "compose" / "make_secrets.sh"), str(tmp_path), "smtp://mail.example.org?from=a@example.org"]
    subprocess.run(make, check=True, capture_output=True)
    first = {file.name: file.read_text() for file in tmp_path.iterdir()}
    subprocess.run(make, check=True, capture_output=True)
    assert first == {file.name: file.read_text() for file in tmp_path.iterdir()}
    assert set(first) == set(COMPOSE["secrets"])
    given = {
        key: str(value).replace("/run/secrets", str(tmp_path)).replace("${ICI_HOST", "ici.example.org")
        for key, value in SERVICES["migrate"]["environment"].items()
    }
    settings = Config.load(given)
    assert (settings.environment, settings.app_role, settings.proxies) == ("production", "ici_app", 1)


@pytest.mark.parametrize("script", [*DEPLOY.rglob("*.sh")], ids=lambda script: script.name)
def test_a_script_is_one_and_can_be_run(script: Path) -> None:
    assert os.access(script, os.X_OK)
    subprocess.run(["sh", "-n", str(script)], check=True)


@every_unit
def test_a_unit_is_understood(unit: Path, tmp_path: Path) -> None:
    verify = program("systemd-analyze")
    here = tmp_path / unit.name
    here.write_text(unit.read_text().replace("/opt/ici/bin/ici", "/bin/true"))
    done = subprocess.run([verify, "verify", "--man=no", str(here)], capture_output=True, text=True, check=False)
    assert [line for line in done.stderr.splitlines() if unit.name in line] == []


@every_unit
def test_a_unit_runs_in_a_sandbox(unit: Path) -> None:
    said = dict(re.findall(r"^(\w+)=(.*)$", unit.read_text(), re.MULTILINE))
    expected = {"User": "ici", "NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes"}
    assert expected.items() <= said.items()
    assert (said["CapabilityBoundingSet"], said["SystemCallFilter"]) == ("", "@system-service")


def test_the_units_and_the_image_start_commands_that_exist() -> None:
    from app.cli import COMMANDS

    text = "".join(unit.read_text() for unit in UNITS)
    started = set(re.findall(r"^ExecStart=/opt/ici/bin/ici (\S+)", text, re.MULTILINE))
    started |= {service["command"][0] for service in SERVICES.values() if service["image"] == "ici"}
    assert started == {"serve", "jobs", "migrate"}
    assert started <= COMMANDS.keys()


def test_what_is_installed_is_one_distribution_with_the_libraries_of_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    locked = set(re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    wanted = {re.split(r"[<>=\[]", line)[0] for line in project["dependencies"]}
    assert wanted <= locked
