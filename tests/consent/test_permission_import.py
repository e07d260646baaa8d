"""Permissions of another system: proof or nothing, and never more than was."""

import csv
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from app import clock
from app.cli import main
from app.consent import queries
from app.consent.decision import verdicts
from app.consent.models import Level
from app.consent.permission_import import COLUMNS, PROOF, import_permissions
from app.consent.suppression import suppression_list
from app.sql import db
from tests.consent.factories import give, make_reachable_member, make_recipient, say_no, states
from tests.factories import make_brand

CELL = {"touchpoint": "email", "purpose": "satisfaction_survey"}


@pytest.fixture
def brand(app):
    return make_brand()


@pytest.fixture
def member(app):
    return make_reachable_member()


def proof():
    with db.system_transaction():
        text = db.first(queries.texts(now=clock.now(), purpose=CELL["purpose"], locale="fr"))
    return {
        "text_sha256": text.sha256,
        "locale": "fr",
        "channel": "web",
        "screen_id": "signup/3",
        "app_version": "old",
        "method": "checkbox_unticked_to_ticked",
        "given_at": (datetime.now(UTC) - timedelta(days=30)).isoformat(),
    }


def line(member, brand, /, **given):
    return {"brand": brand.code, "email": f"{member.id}@example.org", "level": "proactive", **CELL, **given}


def take(*lines):
    with db.system_transaction():
        return [outcome.became for outcome in import_permissions(lines, now=clock.now())]


def allowed(member, brand, **cell):
    with db.system_transaction():
        who = {"member_id": member.id, "brand_id": brand.id, "now": clock.now(), "levels": verdicts.ANY_LEVEL}
        return verdicts.decide_permission(**{**CELL, **who, **cell}).allowed


def test_a_yes_with_its_proof_is_taken(member, brand):
    assert take(line(member, brand, **proof())) == ["given"]
    assert allowed(member, brand)


def test_a_yes_without_proof_is_unknown_and_permits_nothing(member, brand):
    assert take(line(member, brand)) == ["unknown"]
    assert not allowed(member, brand)


@pytest.mark.parametrize("missing", [*PROOF, "given_at"])
def test_each_part_of_the_proof_is_needed(member, brand, missing):
    assert take(line(member, brand, **proof() | {missing: ""})) == ["unknown"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"text_sha256": "0" * 64},
        {"method": "preticked"},
        {"given_at": "2020-01-01T00:00:00+00:00"},
        {"given_at": "2090-01-01T00:00:00+00:00"},
        {"given_at": "2026-01-01"},
    ],
)
def test_a_proof_that_proves_nothing_is_unknown(member, brand, wrong):
    assert take(line(member, brand, **proof() | wrong)) == ["unknown"]


def test_a_position_is_never_imported(member, brand):
    position = {"touchpoint": "geofence", "purpose": "personalised_offers"}
    assert take(line(member, brand, **proof() | position)) == ["unknown"]


def test_a_yes_by_link_is_imported_only_with_the_link(member, brand):
    make_recipient(brand)
    assert take(line(member, brand, **proof() | {"purpose": "partner_offers", "recipient": "acme"})) == ["unknown"]


def test_a_no_stays_a_no(member, brand):
    say_no(member, brand, **CELL)
    assert take(line(member, brand, **proof())) == ["kept_as_answered"]
    assert states(member) == ["refused"]


def test_a_level_is_never_raised(member, brand):
    give(member, brand, level=Level.CONTACT_ONCE, now=clock.now(), **CELL)
    assert take(line(member, brand, **proof())) == ["kept_as_answered"]


def test_a_level_may_be_lowered(member, brand):
    give(member, brand, now=clock.now(), **CELL)
    assert take(line(member, brand, level="contact_once")) == ["lowered"]


def test_an_opposed_address_is_not_imported_for_marketing(member, brand):
    with db.system_transaction():
        suppression_list.suppress_address(channel="email", address=f"{member.id}@example.org", now=clock.now())
    assert take(line(member, brand, **proof() | {"purpose": "birthday_treat"})) == ["opposed"]
    assert states(member) == []


def test_a_no_is_always_taken(member, brand):
    give(member, brand, now=clock.now(), **CELL)
    assert take(line(member, brand, level="none")) == ["withdrawn"]
    assert not allowed(member, brand)


def test_the_same_file_twice_changes_nothing(member, brand):
    lines = [line(member, brand), line(member, brand, purpose="birthday_treat", level="none")]
    take(*lines)
    before = states(member)
    take(*lines)
    assert states(member) == before


@pytest.mark.parametrize(
    ("wrong", "became"),
    [
        ({"email": "nobody@example.org"}, "member_unknown"),
        ({"email": "no address"}, "malformed"),
        ({"brand": "nobody"}, "brand_unknown"),
        ({"purpose": "mischief"}, "purpose_unknown"),
        ({"touchpoint": "pigeon"}, "touchpoint_unknown"),
        ({"level": "always"}, "malformed"),
        ({"level": "this_visit"}, "level_not_carried"),
    ],
)
def test_a_line_that_cannot_be_taken_is_told(member, brand, wrong, became):
    assert take(line(member, brand, **wrong)) == [became]
    assert states(member) == []


def write(path, *lines):
    with path.open("w", encoding="utf-8", newline="") as opened:
        table = csv.DictWriter(opened, (*COLUMNS, *PROOF))
        table.writeheader()
        table.writerows(lines)
    return str(path)


@pytest.fixture
def command(settings, monkeypatch):
    """`ici` on the database of the tests."""
    monkeypatch.setattr("app.commands.preparation.connect", lambda: settings)
    return lambda *words: CliRunner().invoke(main, words, catch_exceptions=False)


def test_the_command_says_what_became_of_each_line(command, member, brand, tmp_path):
    said = command("import-permissions", write(tmp_path / "old.csv", line(member, brand, **proof()))).output
    assert said.splitlines() == ["line 2: given", "given: 1"]


def test_a_dry_run_writes_nothing(command, member, brand, tmp_path):
    file = write(tmp_path / "old.csv", line(member, brand, **proof()))
    assert "nothing was written" in command("import-permissions", file, "--dry-run").output
    assert states(member) == []
