"""A full disk stops no count: what has no place there is counted in memory, and nothing is written without a place."""

import errno
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from unittest import mock

import pytest

from app.config import Config
from app.factory import Ici
from app.ops import shared_counts
from app.ops.shared_counts import FIRST_BYTES, SharedCounts, hold_number
from app.sql.db import new_id
from tests.racing import at_once
from tests.serving import served
from tests.siege import processes

BLOCK_BYTES = 512  # stat(2)

COUNT_ON = """
import sys
from app.ops.shared_counts import SharedCounts
counts = SharedCounts(sys.argv[1])
for number in range(int(sys.argv[2])):
    counts.write_value(f"{number:0200}", float(number), 0.0)
print(sum(counts.read_value(f"{number:0200}")[0] for number in range(int(sys.argv[2]))))
"""

HOLD = """
import sys
from pathlib import Path
from app.ops.shared_counts import hold_number
print(hold_number(Path(sys.argv[1])))
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "counter_0.db")


@pytest.fixture
def counts(file: str) -> Iterator[SharedCounts]:
    with closing(SharedCounts(file)) as made:
        yield made


def read_again(file: str, key: str) -> tuple[float, float]:
    """What another process reads in this file."""
    with closing(SharedCounts(file)) as other:
        return other.read_value(key)


@pytest.fixture
def full_disk(monkeypatch: pytest.MonkeyPatch) -> mock.Mock:
    """A disk without any place."""
    refused = mock.Mock(side_effect=OSError(errno.ENOSPC, "No space left on device"))
    monkeypatch.setattr(os, "posix_fallocate", refused)
    return refused


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a megabyte and a half."""
    folder = tmp_path / "small"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("a small disk is mounted by root only")
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def small_var(tmp_path: Path) -> Iterator[Path]:
    """A variable folder on a disk of eight megabytes, for a server in `tmp_path`."""
    folder = tmp_path / "var"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", folder], capture_output=True).returncode:
        pytest.skip("a small disk is mounted by root only")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def fill(folder: Path) -> None:
    """Take all the place that a disk has left."""
    with suppress(OSError), (folder / "filler").open("wb", buffering=0) as filler:
        while filler.write(b"x" * 4096):
            pass


def is_whole(file: str) -> bool:
    """Whether each byte of a file has its place on the disk: what is mapped without one kills whoever writes there."""
    found = os.stat(file)
    return found.st_blocks * BLOCK_BYTES >= found.st_size


def test_a_file_has_its_whole_place_before_anything_is_counted(file: str, counts: SharedCounts) -> None:
    counts.write_value("a", 1.0, 0.0)
    assert (is_whole(file), os.stat(file).st_size) == (True, FIRST_BYTES)


def test_a_file_that_grows_has_its_whole_place(file: str, counts: SharedCounts) -> None:
    for number in range(8):
        counts.write_value(f"{number}" * (FIRST_BYTES // 4), 1.0, 0.0)
    assert (is_whole(file), os.stat(file).st_size) == (True, FIRST_BYTES * 4)


def test_a_number_that_was_written_is_read_by_others(file: str, counts: SharedCounts) -> None:
    counts.write_value("a", 7.0, 3.0)
    assert read_again(file, "a") == (7.0, 3.0)


def test_on_a_full_disk_it_is_counted_in_memory(counts: SharedCounts, full_disk: mock.Mock) -> None:
    counts.write_value("a", 7.0, 3.0)
    assert counts.read_value("a") == (7.0, 3.0)


def test_a_file_that_found_no_place_is_not_there(tmp_path: Path, counts: SharedCounts, full_disk: mock.Mock) -> None:
    counts.write_value("a", 7.0, 3.0)
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_not_asked_for_each_count(counts: SharedCounts, full_disk: mock.Mock) -> None:
    for number in range(100):
        counts.write_value("a", float(number), 0.0)
    assert full_disk.call_count == 1


def test_what_was_counted_in_memory_gets_its_place_when_there_is_one(
    file: str, counts: SharedCounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shared_counts, "RETRY_S", 0)
    with mock.patch.object(os, "posix_fallocate", side_effect=OSError(errno.ENOSPC, "full")):
        counts.write_value("a", 7.0, 0.0)
    counts.write_value("a", 8.0, 0.0)
    assert read_again(file, "a") == (8.0, 0.0)


def test_a_process_counts_on_when_its_disk_is_really_full(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * (256 << 10))
    asked = [sys.executable, "-c", COUNT_ON, small_disk / "counter_0.db", "9000"]
    done = subprocess.run(asked, capture_output=True, text=True, timeout=60)
    told, counted = done.stdout.splitlines()
    assert (done.returncode, counted) == (0, str(float(sum(range(9000)))))
    assert "counts_without_place" in told


def test_a_process_starts_to_count_on_a_full_disk(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * (1536 << 10))
    asked = [sys.executable, "-c", COUNT_ON, small_disk / "counter_0.db", "10"]
    assert subprocess.run(asked, capture_output=True, text=True, timeout=60).stdout.splitlines()[-1] == "45.0"


def test_each_living_process_has_a_number_of_its_own(tmp_path: Path) -> None:
    assert [hold_number(tmp_path), hold_number(tmp_path)] == ["0", "1"]


def test_of_many_who_want_a_number_at_once_each_has_its_own(tmp_path: Path) -> None:
    assert sorted(at_once(16, lambda _: int(hold_number(tmp_path)))) == list(range(16))


def test_the_number_of_a_dead_process_is_taken_by_its_successor(tmp_path: Path) -> None:
    held = [subprocess.run([sys.executable, "-c", HOLD, tmp_path], capture_output=True, text=True).stdout for _ in "ab"]
    assert held == ["0\n", "0\n"]


def test_a_process_without_a_number_is_called_by_its_own(tmp_path: Path) -> None:
    assert hold_number(tmp_path / f"nowhere-{new_id()}") == f"process-{os.getpid()}"


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_on_a_full_disk_a_server_goes_on_and_a_worker_that_is_killed_comes_back(
    tmp_path: Path, small_var: Path, settings: Config, app: Ici
) -> None:
    addresses = sorted({re.sub("<.*?>", str(new_id()), rule.rule) for rule in app.url_map.iter_rules()})
    with served(tmp_path, settings, durable=False) as server:
        before = processes.family_of(server.process.pid)
        fill(small_var)
        for address in addresses:
            for method in ("GET", "POST"):
                assert server.anyone.send(method, address).status_code < 500 or address == "/readyz"
        assert processes.family_of(server.process.pid) == before
        assert "counts_without_place" in server.log.read_text()
        for pid in processes.workers_of(server.process.pid):
            os.kill(pid, signal.SIGKILL)
        server.wait_until_ready()
        assert server.anyone.get("/metrics").status_code == 200
