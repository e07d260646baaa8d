"""Terminals are paired by a QR code, roll their keys, may do what their profile names, and say how they are."""

import tomllib
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import zxingcpp
from flask import Flask

from app import clock
from app.accounts.black_box import reports
from app.accounts.models import Terminal
from app.accounts.terminal_profiles import profiles
from app.http.access import Role
from app.sql import db
from tests.racing import at_once
from tests.speaking import Speaker
from tests.test_access import doors_of
from tests.tills.factories import RecordingTill


def pair(anyone: Speaker, till: RecordingTill, **given: object) -> tuple[dict[str, str], Speaker]:
    """A new terminal of the store, as it was made; and it speaks."""
    made = till.admin.post("/v1/terminals", {"store_id": str(till.store.id), "name": "Caisse 9"} | given).get_json()
    paired = anyone.post("/v1/terminals/pairing", {"pairing_token": made["pairing_token"], "software": "POS 4.2"})
    return made, anyone.with_token(paired.get_json()["key"])


def test_the_qr_code_is_the_link_with_the_token_behind_its_hash(till: RecordingTill, anyone: Speaker) -> None:
    made, _ = pair(anyone, till)
    address, _, token = made["pairing_link"].partition("#")
    assert (address, token) == ("http://localhost/v1/terminals/pairing", made["pairing_token"])
    assert made["pairing_qr"].startswith("<")
    drawn = zxingcpp.create_barcode(made["pairing_link"], zxingcpp.BarcodeFormat.QRCode)
    assert made["pairing_qr"] == reread(drawn)


def reread(drawn: zxingcpp.Barcode) -> str:
    from app.codes.printed_codes import draw_svg

    return draw_svg(drawn)


def test_what_it_is_and_runs_is_listed(till: RecordingTill, anyone: Speaker) -> None:
    made, _ = pair(anyone, till)
    [listed] = [one for one in till.admin.get("/v1/terminals").get_json()["items"] if one["id"] == made["id"]]
    assert (listed["software"], listed["profile"], listed["signs"]) == ("POS 4.2", "till", [])


def test_the_old_key_works_until_the_new_one_was_used(till: RecordingTill, anyone: Speaker) -> None:
    _, old = pair(anyone, till)
    lost = old.post("/v1/terminal/key").get_json()["key"]
    new = anyone.with_token(old.post("/v1/terminal/key").get_json()["key"])
    assert anyone.with_token(lost).post("/v1/scans", {"code": till.card.code}).status_code == 401
    assert old.post("/v1/scans", {"code": till.card.code}).status_code == 201
    assert new.post("/v1/scans", {"code": till.card.code}).status_code == 201
    assert old.post("/v1/scans", {"code": till.card.code}).get_json()["code"] == "terminal_unpaired"
    newer = anyone.with_token(new.post("/v1/terminal/key").get_json()["key"])
    assert newer.post("/v1/scans", {"code": till.card.code}).status_code == 201
    assert new.post("/v1/scans", {"code": till.card.code}).status_code == 401


def test_a_key_that_is_used_for_the_first_time_by_many_at_once_works_for_all(
    till: RecordingTill, anyone: Speaker, crowd: None
) -> None:
    _, old = pair(anyone, till)
    key = old.post("/v1/terminal/key").get_json()["key"]
    app = anyone.client.application
    speakers = [Speaker(app.test_client(), key) for _ in range(8)]
    scan = {"scan_id": str(uuid.uuid4()), "action": "identify", "code": till.card.code}
    assert {one.status_code for one in at_once(8, lambda n: speakers[n].post("/v1/scans", scan))} == {201}


def test_neither_key_of_a_revoked_terminal_works(till: RecordingTill, anyone: Speaker) -> None:
    made, old = pair(anyone, till)
    new = anyone.with_token(old.post("/v1/terminal/key").get_json()["key"])
    till.admin.post(f"/v1/terminals/{made['id']}/revocation")
    assert {one.post("/v1/scans", {"code": till.card.code}).status_code for one in (old, new)} == {401}


def test_every_door_of_a_profile_exists_and_has_terminals(app: Flask) -> None:
    there = {door.name for door in doors_of(app) if Role.TERMINAL in door.roles}
    planned = {"GET /v1/terminal/snapshot", "POST /v1/terminal/leases"}
    table = tomllib.loads(profiles.TABLE.read_text("utf-8"))
    named = {door for said in table.values() for door in (*said["doors"], *said["cashier"])} - {"*"}
    assert named - there - planned == set()
    assert next(iter(profiles.profiles())) == Terminal.__table__.c.profile.default.arg


def test_a_scanner_reads_and_redeems_and_sells_nothing(till: RecordingTill, anyone: Speaker) -> None:
    coupon = till.percent(10)
    _, scanner = pair(anyone, till, profile="scanner")
    assert scanner.post("/v1/scans", {"code": till.card.code}).status_code == 201
    assert scanner.post("/v1/scans", till.scan("redeem", coupon.code)).get_json()["result"] == "ok"
    for answer in (
        scanner.post("/v1/sales", till.sale()),
        scanner.post("/v1/scans", till.scan("burn", points=till.burning(1))),
    ):
        assert (answer.status_code, answer.get_json()["code"]) == (403, "not_of_this_terminal")
    [one] = scanner.post("/v1/scans/batch", {"scans": [till.scan("burn", points=till.burning(1))]}).get_json()["items"]
    assert (one["problem"]["code"], till.available) == ("not_of_this_terminal", 200)


def test_a_profile_changes_from_the_next_request_on(till: RecordingTill) -> None:
    changed = till.admin.put(f"/v1/terminals/{till.terminal.id}/profile", {"profile": "kiosk"})
    assert changed.get_json()["profile"] == "kiosk"
    assert till.speaks.post("/v1/sales", till.sale()).status_code == 403
    assert till.speaks.post("/v1/sales/quotes", till.sale()).status_code == 200
    wrong = till.admin.put(f"/v1/terminals/{till.terminal.id}/profile", {"profile": "all"})
    assert wrong.status_code == 422


def test_a_profile_of_another_release_may_do_nothing(till: RecordingTill) -> None:
    with db.system_transaction():
        terminal = db.get(Terminal, till.terminal.id)
        assert terminal is not None
        terminal.profile = "of tomorrow"
    assert till.speaks.post("/v1/scans", {"code": till.card.code}).get_json()["code"] == "not_of_this_terminal"


def test_a_report_says_by_how_much_its_clock_is_ahead(till: RecordingTill) -> None:
    now = datetime.now(UTC)
    said = till.speaks.post(
        "/v1/terminal/report",
        {
            "clock_at": (now + timedelta(days=1)).isoformat(),
            "queue_length": 3,
            "oldest_queued_at": (now + timedelta(days=1, hours=-5)).isoformat(),
            "battery_percent": 9,
            "software": "POS 4.3",
            "last_scans": [{"scan_id": str(uuid.uuid4()), "action": "redeem", "result": "ok", "at": now.isoformat()}],
        },
    ).get_json()
    assert abs(said["clock_drift_s"] - 86_400) < 5
    assert said["signs"] == ["drifting", "old_queue", "low_battery"]
    [listed] = [one for one in till.admin.get("/v1/terminals").get_json()["items"] if one["software"] == "POS 4.3"]
    assert (listed["queue_length"], listed["signs"]) == (3, said["signs"])


def test_a_silent_terminal_is_seen_and_one_out_of_use_is_no_alarm(
    till: RecordingTill, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    till.speaks.post("/v1/terminal/report", {"clock_at": now.isoformat(), "queue_length": 0})

    def seen(later: timedelta) -> tuple[float, list[str]]:
        with db.system_transaction():
            watched = reports.watch_terminals(now + later).parts["silent"]
            terminal = db.get(Terminal, till.terminal.id)
            assert terminal is not None
            return watched, [str(sign) for sign in reports.signs_of(terminal, now=now + later)]

    assert seen(timedelta(minutes=59))[1] == []
    assert seen(timedelta(minutes=61))[1] == ["silent"]
    assert seen(timedelta(minutes=61))[0] >= 1
    assert seen(timedelta(days=8))[0] == 0
    monkeypatch.setattr(clock, "now", lambda: now + timedelta(hours=2))
    assert "silent" in str(till.admin.get("/v1/terminals").get_json()["items"])


@pytest.mark.parametrize(
    "report", [{"queue_length": 0}, {"clock_at": "now", "queue_length": 0}, {"clock_at": "2026-01-01T00:00:00Z"}]
)
def test_a_malformed_report_is_refused(till: RecordingTill, report: dict[str, object]) -> None:
    assert till.speaks.post("/v1/terminal/report", report).status_code == 422
