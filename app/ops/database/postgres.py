"""The PostgreSQL installed on this machine: where its programs are, who may run them, how a private server is set."""

import os
import pwd
import re
import signal
import stat
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

DEBIAN_PROGRAMS = Path("/usr/lib/postgresql")
DEBIAN_EXTENSIONS = Path("/usr/share/postgresql")
SYSTEM_USER = "postgres"


class ClusterProblem(RuntimeError):
    """The private cluster cannot do what was asked; the message says why and how to mend it."""


@dataclass(frozen=True)
class Programs:
    """The programs of one major version of PostgreSQL."""

    version: int
    folder: Path

    def path(self, name: str) -> str:
        """The full path of one program."""
        return str(self.folder / name)


def find_programs(version: int | None = None) -> Programs:
    """The newest PostgreSQL installed with PostGIS, or exactly `version`.

    A data folder is read only by the version that made it.
    """
    found = {
        int(folder.parent.name): folder
        for folder in DEBIAN_PROGRAMS.glob("*/bin")
        if folder.parent.name.isdigit() and (folder / "initdb").exists()
    }
    if version is None:
        with_postgis = [known for known in found if (DEBIAN_EXTENSIONS / f"{known}/extension/postgis.control").exists()]
        if not with_postgis:
            raise ClusterProblem("PostgreSQL with PostGIS is not installed. Run `make setup`.")
        version = max(with_postgis)
    if version not in found:
        raise ClusterProblem(
            f"The data was made by PostgreSQL {version}, which is not installed. "
            f"Run `apt-get install postgresql-{version} postgresql-{version}-postgis-3`."
        )
    return Programs(version=version, folder=found[version])


def server_user() -> pwd.struct_passwd:
    """The user who runs the server: this one, or Debian's `postgres` when we are root (PostgreSQL refuses root)."""
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        raise ClusterProblem(
            f"PostgreSQL refuses to run as root and there is no user `{SYSTEM_USER}`. Run `make setup`."
        ) from None


def run_as(user: pwd.struct_passwd, command: Sequence[str], *, failure: str) -> None:
    """Run a program of the server as `user`, in an environment of its own, so that no PG… variable misleads it.

    Raises `ClusterProblem` beginning with `failure` and ending with what the program said.
    """
    other = os.geteuid() == 0
    done = subprocess.run(  # noqa: S603 (a fixed program of the server)
        command,
        user=user.pw_uid if other else None,
        group=user.pw_gid if other else None,
        extra_groups=[] if other else None,
        cwd="/",
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8"},
        umask=0o077,
        start_new_session=True,  # Ctrl-C is for us, and must not interrupt a stop half way
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise ClusterProblem(f"{failure}: {' '.join(said[-3:])}")


def can_reach(user: pwd.struct_passwd, folder: Path) -> bool:
    """Whether `user` may traverse every parent of `folder`, which is false below a home that is closed to others."""
    for parent in folder.resolve().parents:
        if not parent.exists():
            continue
        status = parent.stat()
        needed = 0o100 if status.st_uid == user.pw_uid else 0o010 if status.st_gid == user.pw_gid else 0o001
        if not status.st_mode & needed:
            return False
    return True


def fits_socket(folder: Path) -> bool:
    """Whether a socket in `folder` can be named: sun_path has 108 bytes (unix(7)), and URLs and lists dislike `,:%`."""
    longest = folder / ".s.PGSQL.5432.lock"
    return len(os.fsencode(longest)) < 104 and re.fullmatch(r"[\w./+-]+", str(folder), re.ASCII) is not None


def make_private(user: pwd.struct_passwd, folder: Path) -> None:
    """Make a folder that only `user` enters; refuse one that somebody else prepared in its place."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = folder.lstat()
    if os.geteuid() == 0 and status.st_uid == 0 and stat.S_ISDIR(status.st_mode):
        os.chown(folder, user.pw_uid, user.pw_gid)
        status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != user.pw_uid or status.st_mode & 0o077:
        raise ClusterProblem(f"{folder} is not a private folder of `{user.pw_name}`. Remove it and try again.")


def write_private(user: pwd.struct_passwd, file: Path, text: str) -> None:
    """Write a file that only `user` reads."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
        if os.geteuid() == 0:
            os.fchown(descriptor, user.pw_uid, user.pw_gid)
        opened.write(text)


def processes(*, data: Path, name: str) -> list[int]:
    """The processes of the server of a data folder, postmaster first.

    Command lines are read because everybody may; the working folder of another user's process may be hidden from
    root itself in a container. Children carry the cluster's name in their titles.
    """
    postmasters, children = [], []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue  # it has just ended, or is hidden from us and so not ours
        if words[0].endswith(b"/postgres") and os.fsencode(data) in words:
            postmasters.append(int(entry.name))
        elif words[0].startswith(f"postgres: {name}: ".encode()):
            children.append(int(entry.name))
    return postmasters + children


def end_processes(*, data: Path, name: str, patience_s: float = 10) -> None:
    """SIGKILL to the postmaster, then to its children, until none is left."""
    until = time.monotonic() + patience_s
    while left := processes(data=data, name=name):
        if time.monotonic() > until:
            raise ClusterProblem(f"Processes {left} of the private cluster in {data} do not end.")
        for pid in left:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.02)


def memory_bytes() -> int:
    """The memory of this machine."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")


# Values of a failing statement must reach no log: neither its text, nor its parameters, nor the DETAIL line that quotes
# the row. Errors (below LOG in this scale) are the business of the application, which logs them without values.
SILENCE = {
    "log_statement": "none",
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_min_duration_statement": "-1",
    "log_error_verbosity": "terse",
    "log_parameter_max_length": "0",
    "log_parameter_max_length_on_error": "0",
}

# For tests only: a power cut may destroy the data, which no test minds.
HASTE = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
SAFETY = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}


def default_settings(*, durable: bool) -> dict[str, str]:
    """Settings for a machine shared with other work: an SSD, short statements, no replica."""
    quarter_mb = memory_bytes() // 4 // 2**20
    return {
        "max_connections": "100",
        "shared_buffers": f"{min(quarter_mb, 512 if durable else 128)}MB",
        "effective_cache_size": f"{quarter_mb * 2}MB",
        "random_page_cost": "1.1",
        "jit": "off",  # compiling costs more than our statements take
        "wal_level": "minimal",
        "max_wal_senders": "0",
        "max_wal_size": "2GB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "lc_messages": "C",
        **(SAFETY if durable else HASTE),
        **SILENCE,
    }


def settings_file(settings: Mapping[str, str]) -> str:
    """The text of a configuration file with these settings."""
    quoted = {name: value.replace("\\", "\\\\").replace("'", "''") for name, value in settings.items()}
    return "".join(f"{name} = '{value}'\n" for name, value in quoted.items())
