"""`ici drill-restore`: a backup from before an erasure and a no is tried aside, and both hold in it.

What it cannot restore or prove fails with a sentence, and nothing of the installation is touched.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from app import clock, config
from app.accounts.models import Member
from app.config import Config
from app.ops import notebook
from app.ops.database.cluster import Cluster
from app.ops.database.postgres import find_programs
from app.rights import jobs
from app.rights.erasure import steps
from app.sql import db
from tests import templates
from tests.consent.factories import give, say_no
from tests.crowding import other_connections
from tests.factories import make_brand, make_member

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


@dataclass
class Installation:
    """Settings with a database and a file of noes of its own, and last night's backup."""

    settings: Config
    cluster: Cluster
    backup: Path
    said_no: Member

    def drill(self, backup: Path | None = None, **said: str) -> subprocess.CompletedProcess[str]:
        environment = {
            "PATH": os.environ["PATH"],
            "ICI_ENV": "test",
            "ICI_VAR": str(self.settings.var),
            "ICI_DATABASE_URL": self.settings.database_url,
            "ICI_SECRET": self.settings.secret,
        }
        command = [str(Path(sys.executable).parent / "ici"), "drill-restore", str(backup or self.backup)]
        return subprocess.run(command, env=environment | said, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, settings: Config) -> Iterator[Installation]:
    """One member is erased and one says no after the backup. The roles have other names than the drill's own."""
    folder = tmp_path_factory.mktemp("drill")
    cluster = templates.copy_cluster(folder / "cluster", durable=False)
    try:
        cluster.start()
        cluster.rename_role("app", "shop_app")
        cluster.rename_role("owner", "shop_owner")
        url = make_url(cluster.url("app", "ici")).set(username="shop_app").render_as_string(hide_password=False)
        own = replace(settings, database_url=url, var=folder / "var")
        own.var.mkdir()
        config.use_config(own)
        with other_connections(url):
            yield live(Installation(own, cluster, folder / "last-night.dump", make_member()))
    finally:
        config.use_config(settings)
        cluster.destroy()


def live(made: Installation) -> Installation:
    brand, erased = make_brand(), make_member()
    for member in (made.said_no, erased):
        give(member, brand, now=clock.now())
    command = [find_programs().path("pg_dump"), "-Fc", "-f", str(made.backup), "ici"]
    subprocess.run(command, env=made.cluster.environment("superuser", "ici"), check=True, capture_output=True)
    say_no(made.said_no, brand, now=clock.now())
    with db.system_transaction():
        steps.request_erasure(member_id=erased.id, now=clock.now())
    jobs.finish_erasures(now=clock.now())
    return made


@pytest.fixture(scope="module")
def drilled(installation: Installation) -> subprocess.CompletedProcess[str]:
    before = fingerprint(installation)
    done = installation.drill()
    assert fingerprint(installation) == before
    return done


def fingerprint(installation: Installation) -> tuple[bytes, int, list[str]]:
    """What a drill must leave as it is: the file of noes, the database, the folder."""
    with db.system_transaction():
        rows = db.execute(text("SELECT count(*) FROM permission_event")).scalar_one()
    return notebook.file().read_bytes(), rows, sorted(file.name for file in installation.settings.var.iterdir())


def test_erased_members_stay_erased_and_noes_stay_noes(drilled: subprocess.CompletedProcess[str]) -> None:
    assert (drilled.returncode, drilled.stderr) == (0, "")
    said = {line.split("  ")[-1].partition(":")[0]: line for line in drilled.stdout.splitlines()}
    assert "Unknown here: 1." in said["replay-erasures"]
    assert "Said again: 1." in said["replay-noes"]
    assert drilled.stdout.splitlines()[-1].startswith("The drill succeeded")


def test_every_step_says_how_long_it_took(drilled: subprocess.CompletedProcess[str]) -> None:
    steps_said = drilled.stdout.splitlines()[:-1]
    assert [line.split()[1] for line in steps_said] == ["s"] * 7


@pytest.mark.parametrize("content", [b"", b"PGDMP", b"-- a plain dump\nSELECT 1;\n"])
def test_a_file_that_is_no_backup_fails_with_a_sentence(
    installation: Installation, tmp_path: Path, content: bytes
) -> None:
    (tmp_path / "broken.dump").write_bytes(content)
    done = installation.drill(tmp_path / "broken.dump")
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)
    assert "The backup cannot be restored" in done.stderr


def test_notes_that_another_secret_wrote_fail_the_drill(installation: Installation) -> None:
    done = installation.drill(ICI_LASTING_SECRET="another secret, that nobody wrote notes with")
    assert (done.returncode, "cannot be verified" in done.stderr) == (1, True)
