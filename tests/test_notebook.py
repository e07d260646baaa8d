"""The notebook outside the database: many write at once, power cuts tear lines, and it does not grow for ever."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app import config
from app.ops import notebook

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
A_DAY = timedelta(days=1)
LONG = NOW - 100 * A_DAY


@pytest.fixture(autouse=True)
def file(app: object, tmp_path: Path) -> Iterator[Path]:
    """A notebook of this test's own."""
    usual = config.current()
    config.use_config(replace(usual, erasure_ledger=tmp_path / "notes.jsonl"))
    yield tmp_path / "notes.jsonl"
    config.use_config(usual)


def line(about: str, *, at: datetime = NOW, kind: str = "no") -> str:
    return notebook.make_line({"kind": kind, "about": about, "at": at.isoformat()})


def write(*abouts: str, **given: datetime) -> None:
    notebook.write_lines([line(about, **given) for about in abouts])


def written() -> list[str]:
    """What the lines are about, in their order; `?` for one that is not ours."""
    said = [notebook.said_in(one) for one in notebook.read_lines().lines]
    return [one["about"] if one else "?" for one in said]


def write_many(name: str) -> None:
    for number in range(50):
        write(f"{name}{number}")


def test_what_is_written_is_read() -> None:
    write("a", "b")
    assert written() == ["a", "b"]


def test_a_file_that_does_not_exist_is_empty() -> None:
    assert notebook.read_lines() == ((), None, False)


def test_it_is_read_on_from_where_it_was() -> None:
    write("a")
    place = notebook.read_lines().place
    write("b")
    reading = notebook.read_lines(place)
    assert ([notebook.said_in(one)["about"] for one in reading.lines], reading.afresh) == (["b"], False)


def test_a_file_that_was_written_anew_is_read_afresh(file: Path) -> None:
    write("a", "b")
    place = notebook.read_lines().place
    notebook.keep_lines(lambda one: b'"about": "b"' in one)
    write("c")
    reading = notebook.read_lines(place)
    assert ([notebook.said_in(one)["about"] for one in reading.lines], reading.afresh) == (["b", "c"], True)


def test_so_is_one_that_was_lost(file: Path) -> None:
    write("a")
    place = notebook.read_lines().place
    file.unlink()
    write("b")
    assert notebook.read_lines(place).afresh


def test_processes_that_write_at_once_lose_no_line(file: Path) -> None:
    writers = [multiprocessing.get_context("fork").Process(target=write_many, args=(name,)) for name in "abcd"]
    for one in writers:
        one.start()
    for one in writers:
        one.join()
    assert sorted(written()) == sorted(f"{name}{number}" for name in "abcd" for number in range(50))


def test_a_line_that_is_written_while_the_file_is_written_anew_is_in_it() -> None:
    write(*(f"old{number}" for number in range(200)), at=LONG)
    writer = threading.Thread(target=write_many, args=("new",))
    writer.start()
    while writer.is_alive():
        notebook.trim_lines(before=NOW - A_DAY)
    writer.join()
    notebook.trim_lines(before=NOW - A_DAY)
    assert sorted(written()) == sorted(f"new{number}" for number in range(50))


@pytest.mark.parametrize("cut", [1, 5, 12, 60, -1])
def test_a_line_that_a_power_cut_tore_takes_no_other_with_it(file: Path, cut: int) -> None:
    write("a")
    with file.open("a") as opened:
        opened.write("\n" + line("torn")[:cut])
    write("b")
    assert [one for one in written() if one != "?"] == ["a", "b"]
    assert [notebook.is_torn(one) for one in notebook.read_lines().lines] == [False, True, False]


def test_a_torn_line_at_the_end_is_no_line_yet(file: Path) -> None:
    write("a")
    with file.open("a") as opened:
        opened.write(line("torn")[:40])
    assert written() == ["a"]


def test_a_line_that_says_something_else_is_not_ours(file: Path) -> None:
    write("a")
    file.write_text(file.read_text().replace('"about": "a"', '"about": "b"'))
    assert written() == ["?"]


def test_a_disk_that_takes_a_part_of_a_line_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "write", lambda descriptor, data: len(data) - 1)
    with pytest.raises(OSError, match="a part of a line"):
        write("a")


def test_old_lines_go_and_the_last_checkpoint_stays() -> None:
    write("old", at=LONG)
    notebook.write_lines([line("log", at=LONG, kind="checkpoint"), line("log", at=LONG + A_DAY, kind="checkpoint")])
    write("new")
    assert notebook.trim_lines(before=NOW - A_DAY) == 2
    assert written() == ["log", "new"]


def test_of_lines_about_the_same_the_newest_stays() -> None:
    write("a", "b")
    write("a", at=NOW + A_DAY)
    assert notebook.trim_lines(before=NOW - A_DAY) == 1
    assert written() == ["b", "a"]


def test_what_is_not_ours_stays_for_somebody_to_look_at(file: Path) -> None:
    with file.open("a") as opened:
        opened.write("not a note\n")
    write("old", at=LONG)
    notebook.trim_lines(before=NOW)
    assert notebook.read_lines().lines == [b"not a note"]


def test_a_file_of_which_nothing_goes_is_left_as_it_is(file: Path) -> None:
    write("a")
    before = file.stat().st_ino
    notebook.trim_lines(before=NOW - A_DAY)
    assert file.stat().st_ino == before


def test_the_file_is_for_its_owner_only(file: Path) -> None:
    write("a")
    notebook.keep_lines(lambda _: False)
    write("b")
    assert file.stat().st_mode & 0o077 == 0
