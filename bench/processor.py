"""How much of the processor a server and its processes have used, from /proc (proc(5))."""

import os
from pathlib import Path

TICK_S = 1 / os.sysconf("SC_CLK_TCK")
PARENT, USED = 1, slice(11, 15)
"""Places behind the name of the program: the parent, then user, system, and the same of children that have ended."""


def seconds_of(pid: int) -> float:
    """Seconds of processor that a process and all below it have used so far, those that have ended included."""
    known = {number: fields for number in _numbers() if (fields := _fields(number)) is not None}
    total, wanted = 0.0, [pid]
    while wanted:
        number = wanted.pop()
        total += sum(int(word) for word in known.get(number, ["0"] * 15)[USED]) * TICK_S
        wanted += [child for child, fields in known.items() if int(fields[PARENT]) == number]
    return total


def _numbers() -> list[int]:
    return [int(one.name) for one in Path("/proc").iterdir() if one.name.isdigit()]


def _fields(pid: int) -> list[str] | None:
    """What /proc/PID/stat says behind the name in brackets; None once the process is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
