"""An empty machine in a folder, as far as the page for operators needs one.

What a page tells root to do is done here by whoever runs the tests: paths lie below the folder, users do not change,
packages are there already, and the service manager starts what the units say. PostgreSQL, pip and Ici are real.
"""

import os
import re
import signal
import subprocess
import sys
import sysconfig
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from app.ops.database.postgres import find_programs
from app.ops.database.server import Server
from tests.package.test_wheel import BUILT_FROM, ROOT, copy_source
from tests.serving import free_port

PLACES = ("/opt/ici", "/etc/ici", "/etc/systemd/system", "/etc/nginx/conf.d", "/var/lib/ici", "/var/backups/ici")
PASSWORD = "of the superuser of a machine that is gone soon"
NOTHING = "#!/bin/sh\nexit 0\n"


@dataclass
class Machine:
    """Where it lies, and the port on which its service listens instead of 8000."""

    folder: Path
    server: Server
    port: int

    def below(self, text: str) -> str:
        """The text with the places, the port and the database of this machine."""
        text = re.sub("|".join(PLACES), lambda found: f"{self.folder}{found[0]}", text)
        text = text.replace("/usr/local/bin/ici", f"{self.folder}/bin/ici")
        text = text.replace("@127.0.0.1:5432/ici", f"@/ici?host={self.server.socket_folder}&port=5432")
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{self.port}").replace("--port 8000", f"--port {self.port}")

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        """Let bash do what a page says; it stops at the first command that fails."""
        return subprocess.run(
            ["bash", "-euo", "pipefail"],
            input=self.below(script),
            env={"PATH": f"{self.folder}/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C.UTF-8"},
            cwd=self.folder / "source",
            capture_output=True,
            text=True,
            check=False,
        )

    def start_unit(self, name: str) -> None:
        """Start the program of a unit with its settings, as the service manager would."""
        text = (self.folder / "etc/systemd/system" / name).read_text()
        [command] = re.findall(r"^ExecStart=(.*)$", text, re.MULTILINE)
        said = [self.below(line) for line in re.findall(r"^Environment=(.*)$", text, re.MULTILINE)]
        for file in re.findall(r"^EnvironmentFile=(.*)$", text, re.MULTILINE):
            said += Path(self.below(file)).read_text().split()
        with (self.folder / f"{name}.log").open("wb") as log:
            started = subprocess.Popen(
                self.below(command).split(),
                env={"PATH": "/usr/bin:/bin", **dict(line.split("=", 1) for line in said)},
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        with (self.folder / "pids").open("a") as pids:
            pids.write(f"{started.pid}\n")

    def pids(self) -> list[int]:
        """The processes of the units that were started."""
        file = self.folder / "pids"
        return [int(line) for line in file.read_text().split()] if file.exists() else []

    def is_alive(self, pid: int) -> bool:
        """Whether a process runs."""
        try:
            return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
        except FileNotFoundError:
            return False


@contextmanager
def empty_machine(folder: Path) -> Iterator[Machine]:
    """A machine with a fresh PostgreSQL, on which nothing was done yet; all of it is gone afterwards."""
    server = Server(folder / "postgresql", durable=False, settings={})
    server.folder.mkdir(parents=True)
    machine = Machine(folder, server, free_port())
    try:
        server.make(superuser_password=PASSWORD)
        server.launch()
        for place in ("source", "bin", "etc/systemd/system", "etc/nginx/conf.d", "opt", "var/lib", "var/backups"):
            (folder / place).mkdir(parents=True)
        copy_source(folder / "source", *BUILT_FROM, "deploy", "requirements.lock")
        for name, text in stand_ins(machine).items():
            (folder / "bin" / name).write_text(text)
            (folder / "bin" / name).chmod(0o755)
        yield machine
    finally:
        for pid in machine.pids():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)
        until = time.monotonic() + 30
        while any(map(machine.is_alive, machine.pids())) and time.monotonic() < until:
            time.sleep(0.05)  # they are not our children: one can only look
        server.destroy()


def stand_ins(machine: Machine) -> dict[str, str]:
    """The programs that would change the machine of whoever runs the tests, by their names."""
    programs = find_programs()
    superuser = {"PGHOST": str(machine.server.socket_folder), "PGUSER": "postgres", "PGPASSWORD": PASSWORD}
    exports = "".join(f"export {name}='{value}'\n" for name, value in superuser.items())
    borrowed = sysconfig.get_path("purelib")
    return {
        **dict.fromkeys(("apt-get", "useradd", "nginx"), NOTHING),
        "psql": f'#!/bin/sh\nexec {programs.path("psql")} "$@"\n',
        "pg_dump": f'#!/bin/sh\nexec {programs.path("pg_dump")} "$@"\n',
        # runuser -u NAME -- COMMAND
        "runuser": f'#!/bin/sh\nuser=$2\nshift 3\nif [ "$user" = postgres ]; then\n{exports}fi\nexec "$@"\n',
        "install": INSTALL,
        "systemctl": MANAGER.format(root=ROOT, python=sys.executable, folder=machine.folder, port=machine.port),
        "python3": VENV.format(python=sys.executable, borrowed=borrowed),
    }


MANAGER = """#!/bin/sh
cd {root}
exec {python} -m tests.package.machine '{folder}' {port} "$@"
"""

INSTALL = """#!/bin/bash
# Without the users, whom this machine does not have.
words=()
while [ $# -gt 0 ]; do
    case $1 in -o | -g) shift 2 ;; *) words+=("$1"); shift ;; esac
done
exec /usr/bin/install "${words[@]}"
"""

VENV = """#!/bin/sh
# python3 -m venv FOLDER: an environment with the libraries of the tests, in which pip installs nothing but ours.
set -e
{python} -m venv --without-pip "$3"
echo {borrowed} >"$("$3/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/borrowed.pth"
cat >"$3/bin/pip" <<END
#!/bin/sh
case "\\$*" in *--require-hashes*) exit 0 ;; esac
exec {python} -m pip --disable-pip-version-check --python "$3/bin/python" "\\$@" --force-reinstall
END
chmod 755 "$3/bin/pip"
"""


def main(folder: str, port: str, *words: str) -> None:
    """`systemctl`, as far as the page uses it."""
    place = Path(folder)
    machine = Machine(place, Server(place / "postgresql", durable=False, settings={}), int(port))
    if words[:2] == ("enable", "--now"):
        for name in words[2:]:
            machine.start_unit(name)


if __name__ == "__main__":
    main(*sys.argv[1:])
