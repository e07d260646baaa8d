"""The processes of a server, and what they hold: read from /proc (proc(5))."""

from contextlib import suppress
from pathlib import Path

PARENT = 1
"""Its place behind the name of the program in /proc/PID/stat."""


def children_of(pid: int) -> list[int]:
    """Processes that this one started, and that have not ended."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (said := _stat(int(entry.name))) and said[0] != "Z" and int(said[PARENT]) == pid:
            found.append(int(entry.name))
    return found


def family_of(pid: int) -> list[int]:
    """The process and all below it."""
    return [pid, *(one for child in children_of(pid) for one in family_of(child))]


def workers_of(pid: int) -> list[int]:
    """The processes that answer for a server: the children of its nursery."""
    return sorted(worker for nursery in nurseries_of(pid) for worker in children_of(nursery))


def nurseries_of(pid: int) -> list[int]:
    """The process of which those that answer for a server are forks."""
    return [child for child in children_of(pid) if "forkserver" in _command(child)]


def jobs_of(pid: int) -> list[int]:
    """The processes that run the jobs beside a server."""
    return [child for child in family_of(pid) if " jobs " in _command(child)]


def serving_of(pid: int) -> list[int]:
    """The process and all below it but those that run the jobs, which are still beginning when a server is ready."""
    beside = {one for job in jobs_of(pid) for one in family_of(job)}
    return [one for one in family_of(pid) if one not in beside]


def resident_mb(pid: int) -> float:
    """What the processes that serve hold in memory."""
    return sum(_status(one, "VmRSS") for one in serving_of(pid)) / 1024


def peak_mb(pid: int) -> float:
    """The most that each of them held since `forget_peaks`, added up."""
    return sum(_status(one, "VmHWM") for one in serving_of(pid)) / 1024


def forget_peaks(pid: int) -> None:
    """Begin to note anew what the most is. Where this is not allowed, the peak is that of the whole life."""
    for one in family_of(pid):
        with suppress(OSError):
            Path(f"/proc/{one}/clear_refs").write_text("5")


def _stat(pid: int) -> list[str]:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return []


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    return ""


def _status(pid: int, name: str) -> int:
    """A number of KiB; 0 once the process is gone."""
    with suppress(OSError):
        for line in Path(f"/proc/{pid}/status").read_text().splitlines():
            if line.startswith(f"{name}:"):
                return int(line.split()[1])
    return 0
