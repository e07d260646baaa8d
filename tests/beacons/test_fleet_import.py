"""Fleets out of files, as makers' programs and spreadsheets write them."""

import base64
import json
import secrets
import uuid

import pytest

from app.ops.imports.outcomes import RowOutcome
from app.ops.imports.tables import TableBroken
from app.sql import db
from geo.beacons import queries
from geo.beacons.imports.fleet_import import import_fleet
from geo.beacons.imports.fleet_rows import columns_with, read_fleet
from tests.beacons.factories import make_beacon
from tests.factories import NOON, made, make_brand, make_store
from tests.zones.factories import make_zone


@pytest.fixture
def store(brand):
    return make_store(brand, reference="S-12", name="Rivoli Élysée")


class Import:
    """One file, imported, and what was said of its rows."""

    def __init__(self, tmp_path, brand, content, *, store="S-12", mapping=()):
        path = tmp_path / f"{uuid.uuid4().hex}.txt"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.rows = []
        with made():
            self.summary = import_fleet(
                brand_id=brand.id,
                rows=read_fleet(path, columns_with(mapping)),
                usual_store=store,
                now=NOON,
                report=self.rows.append,
            )

    @property
    def outcomes(self):
        return [row.outcome for row in self.rows]

    @property
    def codes(self):
        return [found.finding.value for row in self.rows for found in row.found]


@pytest.fixture
def imported(tmp_path, brand, store):
    return lambda content, **options: Import(tmp_path, brand, content, **options)


def fleet(brand):
    with made():
        return {row.label: row for row in db.all_of(queries.beacons_of(brand.id))}


ACCEPTED, CORRECTED, REFUSED, UNCHANGED = RowOutcome


def csv(*rows, header="uuid,major,minor,label"):
    return "\n".join([header, *rows])


def one(label="A", major="1", minor="2", name=None):
    return f"{name or uuid.uuid4()},{major},{minor},{label}"


def test_a_spreadsheet_of_ibeacons(imported, brand, store):
    assert imported(csv(one("A"), one("B"))).outcomes == [ACCEPTED, ACCEPTED]
    assert {beacon.store_id for beacon in fleet(brand).values()} == {store.id}


def test_a_french_spreadsheet(imported, brand, store):
    zone = make_zone(store, code="the")
    header = "UUID;Major;Minor;Libellé;Code magasin;Rayon;Stabilité;Statut"
    row = f"{uuid.uuid4()};1,0;2;Thés d'été;S-12;THE;fixe;actif".replace("1,0", "1.0")
    found = imported(csv(row, header=header).encode("cp1252"), store=None)
    assert found.outcomes == [ACCEPTED]
    assert fleet(brand)["Thés d'été"].zone_id == zone.id


def test_the_same_file_twice_changes_nothing(imported, brand):
    content = csv(one("A"))
    imported(content)
    assert imported(content).outcomes == [UNCHANGED]
    assert fleet(brand)["A"].version == 1


def test_an_update_says_what_changed(imported, brand):
    name = uuid.uuid4()
    imported(csv(one("A", name=name)))
    again = imported(csv(one("B", name=name)))
    assert (again.outcomes, again.rows[0].changed) == ([ACCEPTED], ("label",))
    assert fleet(brand)["B"].version == 2


def test_a_move_leaves_the_zone_behind(imported, brand, store):
    zone, other = make_zone(store), make_store(brand)
    beacon = make_beacon(store, zone_id=zone.id, label="A")
    name = uuid.UUID(bytes=beacon.identifier[:16])
    imported(csv(one("A", name=name)), store=other.reference)
    moved = fleet(brand)["A"]
    assert (moved.store_id, moved.zone_id) == (other.id, None)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"major": "0"}, "beacon_id_wrong"),
        ({"minor": "70000"}, "beacon_id_wrong"),
        ({"name": "not-a-uuid"}, "beacon_id_wrong"),
        ({"major": ""}, "not_a_beacon"),
    ],
)
def test_what_names_no_beacon_is_refused(imported, given, code):
    found = imported(csv(one(**given)))
    assert (found.outcomes, found.codes) == ([REFUSED], [code])


def test_a_refusal_says_what_is_wrong_in_french_too(imported):
    [row] = imported(csv(one(major="0"))).rows
    assert "0 veut dire" in row.found[0].say("fr")


def test_without_a_store_a_beacon_stands_nowhere(imported):
    assert imported(csv(one()), store=None).codes == ["store_missing"]


def test_a_store_is_known_by_its_name(imported, brand, store):
    found = imported(csv(one() + ",rivoli elysee", header="uuid,major,minor,label,store"))
    assert (found.outcomes, found.codes) == ([CORRECTED], ["store_by_name"])


def test_a_name_of_two_stores_is_the_name_of_none(imported, brand, store):
    make_store(brand, name="Rivoli Élysée")
    found = imported(csv(one() + ",Rivoli Élysée", header="uuid,major,minor,label,store"))
    assert found.codes == ["store_of_beacon_unknown"]


def test_an_unknown_zone_is_left_out(imported):
    found = imported(csv(one() + ",nowhere", header="uuid,major,minor,label,zone"))
    assert (found.outcomes, found.codes) == ([CORRECTED], ["zone_left"])


def test_one_beacon_stands_in_a_file_once(imported):
    name = uuid.uuid4()
    found = imported(csv(one("A", name=name), one("B", name=name)))
    assert (found.outcomes, found.codes) == ([ACCEPTED, REFUSED], ["twice_in_file"])


def test_a_beacon_of_another_brand_stays_theirs(imported):
    theirs = make_beacon(make_store(make_brand()))
    assert imported(csv(one(name=uuid.UUID(bytes=theirs.identifier[:16])))).codes == ["taken_elsewhere"]


def test_one_out_of_service_stays_so(imported, store):
    gone = make_beacon(store, status="decommissioned")
    assert imported(csv(one(name=uuid.UUID(bytes=gone.identifier[:16])))).codes == ["out_of_service"]


def test_as_kontakt_writes_it(imported, brand):
    """`uniqueId`, `alias`, `proximity` (the UUID), both an iBeacon and an Eddystone-UID in one device."""
    header = "uniqueId,alias,proximity,major,minor,namespace,instanceId,txPower,interval"
    found = imported(csv(f"aB3x,,{uuid.uuid4()},10,20,f7826da6bc5b71e0893e,6b4f6e4c6b61,3,350", header=header))
    assert (found.outcomes, found.codes) == ([CORRECTED], ["second_id_left"])
    assert fleet(brand)["aB3x"].kind == "ibeacon"
    assert set(found.summary.dropped) == {"txPower", "interval"}


def test_as_kontakts_cloud_answers(imported, brand):
    device = {"uniqueId": "aB3x", "alias": "Caisse", "proximity": str(uuid.uuid4()), "major": 1, "minor": 2}
    assert imported(json.dumps({"devices": [device]})).outcomes == [ACCEPTED]
    assert "Caisse" in fleet(brand)


def test_as_estimotes_cloud_answers(imported, brand):
    advertisers = {"ibeacon": [{"uuid": str(uuid.uuid4()), "major": 1, "minor": 2, "enabled": True}]}
    device = {"identifier": "0f1e", "shadow": {"name": "Vitrine"}, "settings": {"advertisers": advertisers}}
    assert imported(json.dumps([device])).outcomes == [ACCEPTED]
    assert fleet(brand)["Vitrine"].kind == "ibeacon"


@pytest.mark.parametrize(
    ("number", "length", "kind"), [("3", 16, "eddystone_uid"), ("1", 20, "ibeacon"), ("5", 20, "altbeacon")]
)
def test_as_googles_service_named_them(imported, brand, number, length, kind):
    name = f"beacons/{number}!{secrets.token_hex(length)}"
    beacon = {"beaconName": name, "status": "ACTIVE", "expectedStability": "STABILITY_UNSPECIFIED", "description": "G"}
    assert imported(json.dumps({"beacons": [beacon]})).outcomes == [ACCEPTED]
    assert fleet(brand)["G"].kind == kind


def test_as_google_wrote_ids_in_base64(imported, brand):
    said = {"type": "EDDYSTONE", "id": base64.b64encode(secrets.token_bytes(16)).decode()}
    assert imported(json.dumps([{"advertisedId": said, "status": "INACTIVE", "description": "G"}])).outcomes == [
        ACCEPTED
    ]
    assert fleet(brand)["G"].status == "inactive"


def test_as_mist_answers(imported, brand):
    beacon = {"type": "ibeacon", "ibeacon_uuid": str(uuid.uuid4()), "ibeacon_major": 1, "ibeacon_minor": 2, "name": "M"}
    assert imported("\n".join(json.dumps(one) for one in [beacon])).outcomes == [ACCEPTED]
    assert fleet(brand)["M"].kind == "ibeacon"


def test_one_whose_id_changes_is_shown_the_way(imported):
    found = imported(json.dumps([{"beaconName": "beacons/3!0011223344556677"}]))
    assert found.codes == ["id_changes"]


def test_a_column_may_be_named(imported, brand):
    header = "uuid,major,minor,label,N° de série"
    imported(csv(one("A") + ",SN-7", header=header), mapping=["N° de série=label"])
    assert list(fleet(brand)) == ["SN-7"]


@pytest.mark.parametrize("content", ["", "a,b\n1,2", "[1, 2", '{"beacons": 3, "x": ', "[" * 50_000])
def test_what_is_no_file_of_beacons_is_refused_as_a_whole(imported, content):
    with pytest.raises(TableBroken):
        imported(content)


@pytest.mark.parametrize(
    "thing", [3, None, "x", [], {"a": {"b": {"c": {"d": {"e": {"f": {"g": 1}}}}}}}, {"uuid": True}]
)
def test_what_is_no_beacon_is_refused_by_itself(imported, thing):
    assert imported(json.dumps([thing])).outcomes == [REFUSED]


def test_an_impossible_sign_is_the_fault_of_its_row(imported):
    assert imported('[{"uuid": "\\ud800"}, {"name": "a\\u0000"}]').codes == ["text_unstorable"] * 2
