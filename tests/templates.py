"""What tests copy because making it anew takes long: a migrated database, and a stopped cluster that has one.

Both are made once and stay in `var/` for the next run; a change of any migration makes others.
"""

import fcntl
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from app.commands.migrations import upgrade
from app.ops.database import postgres
from app.ops.database.cluster import Cluster

ROOT = Path(__file__).parent.parent
SETTINGS = {"max_connections": "300"}
"""Each worker may have a crowd."""
SERVED_DATABASE = "ici"
"""The name of the database in a copied cluster."""


def shared_cluster() -> Cluster:
    """The cluster of the tests: in `var/`, without the guarantees against power cuts that cost time."""
    return Cluster(ROOT / "var" / "test", durable=False, settings=SETTINGS)


def template_name() -> str:
    """The name of the migrated database that workers copy."""
    return f"ici_template_{_fingerprint()}"


def make_template() -> None:
    """Start the cluster of the tests, and make the database that workers copy unless it is there."""
    server = shared_cluster()
    server.start()
    with _alone("test"):
        if not _is_set(server):
            server.stop()
            server.start()
        if not server.database_exists(template_name()):
            half_made = f"{template_name()}_new"  # an interrupted run must not leave half a template behind
            server.drop_database(half_made)
            server.create_database(half_made)
            upgrade(server.url("owner", half_made))
            server.create_database(template_name(), template=half_made)
            server.drop_database(half_made)


def _is_set(server: Cluster) -> bool:
    """Whether it was started with the settings of now."""
    with server._superuser() as connection:
        rows = connection.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [[*SETTINGS]])
        return dict(rows.fetchall()) == SETTINGS


def copy_cluster(folder: Path, *, durable: bool) -> Cluster:
    """Make a stopped cluster in this folder, with a migrated database, out of one that was stopped in `var/`."""
    made = Cluster(folder, durable=durable)
    made.folder.mkdir(parents=True)
    user = postgres.server_user()
    made.server._choose_home(user)
    for needed in (made.server.home / "run", made.server.log.parent):
        postgres.make_private(user, needed)
    with _alone("served"):
        original = _stopped_cluster()
        shutil.copy2(original.folder / "passwords.json", made.folder)
        subprocess.run(["cp", "-a", "--reflink=auto", original.server.data, made.server.data], check=True)
    return made


def _stopped_cluster() -> Cluster:
    """The cluster that is copied. It has checksums, as a durable one must, and was never sure against a power cut."""
    folder = ROOT / "var" / "served"
    original, whole = Cluster(folder), folder / "whole"
    if not whole.exists() or whole.read_text() != _fingerprint():
        original.destroy()
        original.start()
        original.stop()
        hasty = Cluster(folder, durable=False)
        hasty.start()
        hasty.create_database(SERVED_DATABASE)
        upgrade(hasty.url("owner", SERVED_DATABASE))
        hasty.stop()
        whole.write_text(_fingerprint())
    return original


def _fingerprint() -> str:
    """What tells one state of the migrations from another."""
    migrations = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    return sha256(b"".join(file.read_bytes() for file in migrations)).hexdigest()[:12]


@contextmanager
def _alone(what: str) -> Iterator[None]:
    """Only one worker of one run at a time makes or copies this."""
    with (ROOT / "var" / f"{what}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
