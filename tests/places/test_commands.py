"""`ici import-stores` as a person meets it."""

import json

import pytest
from click.testing import CliRunner

from geo.places.commands import import_stores
from tests.factories import make_store
from tests.places.factories import PARIS_SUPERMARKETS, csv_file, feature, geojson_file, real_file, stores_of


@pytest.fixture
def command(monkeypatch):
    """The command on the database of the tests."""
    monkeypatch.setattr("geo.places.commands.preparation.connect", lambda: None)

    def run(*words):
        return CliRunner().invoke(import_stores, [str(word) for word in words])

    return run


@pytest.fixture
def file(tmp_path):
    """A good row, one to correct, one to refuse."""
    return geojson_file(tmp_path, feature(1), feature(2, lon=48.9, lat=2.3), feature(3, lon=0, lat=0))


def test_every_row_has_its_line(command, brand, file):
    assert command(file, "--brand", brand.code).stdout.splitlines()[:3] == [
        "row 1 node/1 accepted: Rivoli 1",
        "row 2 node/2 corrected: Rivoli 2 — latitude and longitude were swapped: read as lat 48.9, lon 2.3",
        "row 3 node/3 refused: lat 0.0, lon 0.0: zero coordinates mean that they are unknown",
    ]


def test_the_reasons_are_counted(command, brand, file):
    assert "  refused 1 × zero coordinates" in command(file, "--brand", brand.code).stdout


def test_the_last_line_sums_up(command, brand, file):
    assert command(file, "--brand", brand.code).stdout.splitlines()[-1] == (
        "accepted 1, corrected 1, refused 1, unchanged 0"
    )


def test_the_second_time_nothing_changes(command, brand, file):
    command(file, "--brand", brand.code)
    assert command(file, "--brand", brand.code).stdout.splitlines()[-1] == (
        "accepted 0, corrected 0, refused 1, unchanged 2"
    )


def test_an_update_says_what_changed(command, brand, tmp_path):
    command(geojson_file(tmp_path, feature(1)), "--brand", brand.code)
    answer = command(geojson_file(tmp_path, feature(1, name="Louvre", lat=48.9)), "--brand", brand.code)
    assert answer.stdout.splitlines()[0] == "row 1 node/1 accepted: Louvre — updated: name, lat"


def test_a_dry_run_judges_and_writes_nothing(command, brand, file):
    answer = command(file, "--brand", brand.code, "--dry-run")
    assert answer.stdout.splitlines()[-1] == "accepted 1, corrected 1, refused 1, unchanged 0"
    assert stores_of(brand) == []


def test_quiet_shows_what_needs_a_look(command, brand, file):
    lines = command(file, "--brand", brand.code, "--quiet").stdout.splitlines()
    assert [line.split()[1] for line in lines if line.startswith("row")] == ["2", "3"]


def test_the_report_can_be_read_in_french(command, brand, file):
    lines = command(file, "--brand", brand.code, "--language", "fr").stdout.splitlines()
    assert lines[0] == "ligne 1 node/1 accepté: Rivoli 1"


def test_programs_get_one_json_line_per_row(command, brand, file, tmp_path):
    command(file, "--brand", brand.code, "--report", tmp_path / "report.jsonl")
    lines = [json.loads(line) for line in (tmp_path / "report.jsonl").read_text().splitlines()]
    assert [(line["row"], line["outcome"]) for line in lines] == [(1, "accepted"), (2, "corrected"), (3, "refused")]
    assert lines[2]["findings"][0]["code"] == "null_island"


def test_an_unknown_brand_is_told_which_exist(command, brand, file):
    answer = command(file, "--brand", "nobody")
    assert answer.exit_code == 1
    assert answer.stderr.startswith('Error: There is no brand "nobody". Brands: ')


def test_a_broken_file_leaves_nothing_and_says_where(command, brand, file):
    file.write_text(file.read_text()[:-30])
    answer = command(file, "--brand", brand.code)
    assert (answer.exit_code, stores_of(brand)) == (1, [])
    assert "is not valid JSON after feature 2" in answer.stderr


def test_a_file_that_is_not_there_is_a_wrong_command_line(command, brand, tmp_path):
    assert command(tmp_path / "nothing.csv", "--brand", brand.code).exit_code == 2


def test_progress_goes_to_stderr(command, brand, tmp_path, monkeypatch):
    monkeypatch.setattr("app.ops.imports.reports.PROGRESS_ROWS", 2)
    rows = "".join(f"S{number};Magasin {number};48,{800 + number};2,3\n" for number in range(5))
    answer = command(csv_file(tmp_path, f"ref;nom;lat;lon\n{rows}"), "--brand", brand.code)
    assert [line.split(",")[0] for line in answer.stderr.replace("\r", "").splitlines()] == ["2 rows", "4 rows"]


TABLE = "N° PDV;Nom;Latitude;Longitude;Ville;Téléphone\nS1;Rivoli;48,86;2,33;Paris;01\nS2;Rivoli;48,86;2,33;Paris;\n"


def test_a_column_is_what_a_person_says(command, brand, tmp_path):
    answer = command(csv_file(tmp_path, TABLE), "--brand", brand.code, "--map", "N° PDV=reference")
    assert answer.stdout.splitlines()[-1] == "accepted 0, corrected 1, refused 1, unchanged 0"
    assert [(store.reference, store.address) for store in stores_of(brand)] == [("S1", "Paris")]


def test_a_mapping_to_nothing_is_a_wrong_command_line(command, brand, tmp_path):
    answer = command(csv_file(tmp_path, TABLE), "--brand", brand.code, "--map", "N° PDV=numéro")
    assert answer.exit_code == 2
    assert "Fields are: reference, name" in answer.stderr


def test_a_duplicate_that_is_none_is_overruled(command, brand, tmp_path):
    words = ("--brand", brand.code, "--map", "N° PDV=reference", "--separate", "S2")
    command(csv_file(tmp_path, TABLE), *words)
    assert [store.reference for store in stores_of(brand)] == ["S1", "S2"]


def test_what_was_left_is_named(command, brand, tmp_path):
    answer = command(csv_file(tmp_path, TABLE), "--brand", brand.code, "--map", "N° PDV=reference")
    assert "Left out: Téléphone, in 1 row." in answer.stdout


def test_of_hundreds_of_tags_the_most_frequent_are_named(command, brand, tmp_path):
    features = [
        feature(1, lat=48.8 + number / 100, **{"@id": f"node/{number}", f"tag{'x' * number}": 1})
        for number in range(30)
    ]
    lines = command(geojson_file(tmp_path, *features), "--brand", brand.code).stdout.splitlines()
    left = [line for line in lines if line.startswith("Left")]
    assert len(left) == 21
    assert "Left out: shop, in 30 rows." in left
    assert "Left out: … (+ 11), in 11 rows." in left


def test_a_store_that_appears_meanwhile_is_said_and_nothing_is_written(command, brand, file, monkeypatch):
    make_store(brand, reference="node/1", name="Rivoli 1")
    monkeypatch.setattr("geo.places.imports.memory.Memory.learn", lambda *_: None)
    answer = command(file, "--brand", brand.code)
    assert (answer.exit_code, len(stores_of(brand))) == (1, 1)
    assert "Somebody created one of these stores meanwhile." in answer.stderr


def test_the_supermarkets_of_paris_are_summed_up(command, brand):
    answer = command(real_file(PARIS_SUPERMARKETS), "--brand", brand.code)
    assert answer.stdout.splitlines()[-1] == "accepted 569, corrected 5, refused 24, unchanged 0"
