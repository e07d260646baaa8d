"""A log that cannot be written stops nothing, and says afterwards what it lost."""

import io
import json
import sys
from typing import Any

import pytest

from app import logs


class Disk(io.RawIOBase):
    """What takes everything, until it is full."""

    def __init__(self) -> None:
        self.is_full, self.taken = False, b""

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        if self.is_full:
            raise OSError(28, "No space left on device")
        self.taken += bytes(data)
        return len(data)


def disk_of_log(monkeypatch: pytest.MonkeyPatch) -> Disk:
    """Where standard error goes from now on."""
    made = Disk()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(io.BufferedWriter(made, buffer_size=256)))
    monkeypatch.setattr(logs, "_out", logs.StandardError())
    return made


def events(disk: Disk) -> list[tuple[str, Any]]:
    return [(line["event"], line.get("lines")) for line in map(json.loads, disk.taken.splitlines())]


def test_a_full_disk_fails_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = disk_of_log(monkeypatch)
    disk.is_full = True
    for _ in range(100):
        logs.write_line("request", {})
    disk.is_full = False  # or the end of the test would fail to write


def test_what_was_lost_is_told_when_there_is_place_again(monkeypatch: pytest.MonkeyPatch) -> None:
    disk = disk_of_log(monkeypatch)
    disk.is_full = True
    for _ in range(10):
        logs.write_line("request", {})
    disk.is_full = False
    logs.write_line("request", {})
    kept = [event for event, _ in events(disk)].count("request")
    assert 0 < kept < 11
    assert ("log_lines_lost", 11 - kept) in events(disk)
