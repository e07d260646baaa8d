"""`ici import-beacons` and `ici beacons` as a person meets them."""

import uuid

import pytest
from click.testing import CliRunner

from app import clock
from geo.beacons import health
from geo.beacons.commands import beacons, import_beacons
from geo.beacons.health import Hearing
from tests.beacons.factories import heard_of, make_beacon
from tests.factories import made, make_store


@pytest.fixture(autouse=True)
def connected(monkeypatch):
    """The commands on the database of the tests."""
    monkeypatch.setattr("geo.beacons.commands.preparation.connect", lambda: None)


def run(command, *words):
    return CliRunner().invoke(command, [str(word) for word in words])


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "fleet.csv"
    path.write_text(f"uuid,major,minor,label\n{uuid.uuid4()},1,2,Entrée\n{uuid.uuid4()},0,2,Thés\n")
    return path


@pytest.fixture
def store(brand):
    return make_store(brand, reference="S-12")


def test_each_row_has_its_line_and_the_last_sums_up(brand, store, file):
    answer = run(import_beacons, file, "--brand", brand.code, "--store", "S-12", "--language", "fr")
    lines = answer.stdout.splitlines()
    assert lines[0].endswith("accepté: Entrée")
    assert lines[-1] == "accepted 1, corrected 0, refused 1, unchanged 0"
    assert answer.exit_code == 3


def test_a_dry_run_leaves_no_trace(brand, store, file):
    run(import_beacons, file, "--brand", brand.code, "--store", "S-12", "--dry-run")
    answer = run(import_beacons, file, "--brand", brand.code, "--store", "S-12")
    assert answer.stdout.splitlines()[-1] == "accepted 1, corrected 0, refused 1, unchanged 0"


def test_a_usual_store_that_is_none_is_a_sentence(brand, file):
    answer = run(import_beacons, file, "--brand", brand.code, "--store", "X")
    assert (answer.exit_code, 'The brand has no store "X"' in answer.output) == (1, True)


def test_a_mapping_that_is_none_is_a_sentence(brand, file):
    answer = run(import_beacons, file, "--brand", brand.code, "--map", "x=colour")
    assert (answer.exit_code, "Fields are: kind" in answer.output) == (2, True)


def test_help_names_the_fields():
    assert "Eddystone-UID (namespace, instance)" in run(import_beacons, "--help").output


def test_a_fleet_with_nothing_to_look_at(brand, store):
    make_beacon(store)
    answer = run(beacons, "health", "--brand", brand.code)
    assert answer.output == "Active beacons: 1; heard by 10 people or more: 0; nothing to look at.\n"


def test_a_low_battery_is_said_in_french(brand, store):
    beacon, now = make_beacon(store), clock.now()
    day = health.timedelta(days=2)
    for _ in range(40):
        with made():
            hearing = Hearing(heard_of(beacon), now - day, battery_mv=2_100)
            health.note_heard(whose=uuid.uuid4(), hearings=[hearing], now=now - day)
    with made():
        health.count_days(now=now)
    answer = run(beacons, "health", "--brand", brand.code, "--store", "S-12", "--language", "fr")
    assert answer.output.splitlines()[0] == "S-12 Entrée: sa pile faiblit : changez-la bientôt"
    assert answer.exit_code == 1


def test_a_store_that_is_none_is_a_sentence(brand):
    assert 'The brand has no store "X"' in run(beacons, "health", "--brand", brand.code, "--store", "X").output


def test_raw_bytes_are_read_out():
    raw = "0201061aff4c000215f7826da64fa24e988024bc5b71e0893e00010002c5"
    assert run(beacons, "read", raw).output == (
        "IBeacon: uuid f7826da6-4fa2-4e98-8024-bc5b71e0893e, major 1, minor 2, power_dbm -59\n"
    )


@pytest.mark.parametrize("raw", ["zz", "020106"])
def test_bytes_of_no_beacon_are_a_sentence(raw):
    assert run(beacons, "read", raw).exit_code != 0
