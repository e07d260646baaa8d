"""Permissions of another system: proof or nothing, and never more than was."""

import csv
import json
from datetime import UTC, datetime, timedelta

import pytest
from click.testing import CliRunner

from app import clock
from app.cli import main
from app.consent import queries
from app.consent.decision import verdicts
from app.consent.findings import PermissionFinding
from app.consent.ledger import confirmation
from app.consent.models import PERMITTING, Level
from app.consent.permission_import import COLUMNS, PROOF, import_permissions
from app.consent.suppression import suppression_list
from app.errors import every_problem
from app.ops.imports.reports import SOME_REFUSED
from app.ops.imports.tables import TableLine
from app.sql import db
from tests.consent.factories import give, in_store, make_reachable_member, make_recipient, read_words, say_no, states
from tests.factories import make_brand, make_store

CELL = {"touchpoint": "email", "purpose": "satisfaction_survey"}


@pytest.fixture
def member(app):
    return make_reachable_member()


def old_text():
    """The words from before they named who asks, which other systems may have shown."""
    with db.system_transaction():
        return db.first(queries.texts(now=clock.now(), purpose=CELL["purpose"], locale="fr", version=1))


def proof():
    text = old_text()
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
    heard = []
    with db.system_transaction():
        import_permissions(
            [row(number, given) for number, given in enumerate(lines, 2)], now=clock.now(), report=heard.append
        )
    return [judged.found[0].finding for judged in heard]


def row(number, given):
    """A line as the table reader gives it."""
    values = {name: given.get(name) or None for name in COLUMNS}
    return TableLine(number, values, cells=len(COLUMNS), width=len(COLUMNS), overfull=False, strange=())


def allowed(member, brand, **cell):
    with db.system_transaction():
        who = {"member_id": member.id, "brand_id": brand.id, "now": clock.now(), "levels": verdicts.ANY_LEVEL}
        return verdicts.decide_permission(**{**CELL, **who, **cell}).allowed


def test_a_yes_with_its_proof_is_taken(member, brand):
    assert take(line(member, brand, **proof())) == ["given"]
    assert allowed(member, brand)


def test_a_brand_that_nobody_can_identify_brings_no_yes_along(member):
    brand = make_brand(legal_name=None)
    assert take(line(member, brand, **proof()), line(member, brand, level="none")) == ["brand_unidentified", "refused"]


def test_nor_does_one_that_asks_for_the_age_first(member):
    brand = make_brand(requires_age=True)
    assert take(line(member, brand, **proof()), line(member, brand, level="none")) == ["age_undeclared", "refused"]


def test_the_words_of_this_very_question_prove_it_too(member, brand):
    words = read_words(brand, **CELL)
    assert take(line(member, brand, **proof() | {"text_sha256": words.sha256})) == ["given"]


def test_the_words_of_another_brand_prove_nothing(member, brand):
    other = read_words(make_brand(name="Lilas"), **CELL)
    assert take(line(member, brand, **proof() | {"text_sha256": other.sha256})) == ["unknown"]


def test_the_instant_of_a_proof_may_be_written_small(member, brand):
    given_at = f"{datetime.now(UTC) - timedelta(days=30):%Y-%m-%dt%H:%M:%Sz}"
    assert take(line(member, brand, **proof() | {"given_at": given_at})) == ["given"]


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


def test_a_no_without_a_recipient_is_a_no_to_all_of_them(member, brand):
    for code in ("acme", "bolt"):
        make_recipient(brand, code=code)
        give_to_partner(member, brand, code)
    assert take(line(member, brand, purpose="partner_offers", level="none")) == ["withdrawn"]
    assert yeses(member) == 0


def test_a_no_to_one_recipient_is_a_no_to_that_one(member, brand):
    for code in ("acme", "bolt"):
        make_recipient(brand, code=code)
        give_to_partner(member, brand, code)
    assert take(line(member, brand, purpose="partner_offers", recipient="acme", level="none")) == ["withdrawn"]
    assert yeses(member) == 1


def test_a_no_ends_what_was_allowed_for_one_store_only(member, brand):
    give(member, brand, scope=in_store(make_store(brand)), now=clock.now(), **CELL)
    assert take(line(member, brand, level="none")) == ["withdrawn"]
    assert yeses(member) == 0


@pytest.mark.parametrize("given", [{"level": "NONE"}, {"level": "None ", "touchpoint": "EMAIL", "brand": "{}"}])
def test_capitals_of_a_spreadsheet_are_no_other_word(member, brand, given):
    give(member, brand, now=clock.now(), **CELL)
    given = {name: value.strip().replace("{}", brand.code.upper()) for name, value in given.items()}
    assert take(line(member, brand, **given)) == ["withdrawn"]


def test_a_no_to_what_is_asked_no_more_is_taken(member, brand):
    """And to what a touchpoint could never be asked for."""
    too_precise = {"touchpoint": "geofence", "purpose": "satisfaction_survey", "level": "none"}
    assert take(line(member, brand, **too_precise)) == ["refused"]


def give_to_partner(member, brand, code):
    partner = {"touchpoint": "email", "purpose": "partner_offers", "recipient": code}
    asked = give(member, brand, now=clock.now(), **partner)
    with db.transaction():
        confirmation.confirm_permission(token=confirmation.token_of(member.id, asked.event_id), now=clock.now())


def yeses(member):
    with db.system_transaction():
        return sum(cell.state in PERMITTING for cell in db.all_of(queries.projection_of(member.id)))


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
        ({"email": "no address"}, "address_unreadable"),
        ({"brand": "nobody"}, "brand_unknown"),
        ({"purpose": "mischief"}, "purpose_unknown"),
        ({"touchpoint": "pigeon"}, "touchpoint_unknown"),
        ({"level": "always"}, "level_unreadable"),
        ({"level": "this_visit"}, "level_not_carried"),
    ],
)
def test_a_line_that_cannot_be_taken_is_told(member, brand, wrong, became):
    assert take(line(member, brand, **wrong)) == [became]
    assert states(member) == []


def write(path, *lines, delimiter=",", encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as opened:
        table = csv.DictWriter(opened, COLUMNS, delimiter=delimiter)
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
    assert said.splitlines() == [
        "row 2 - accepted: a yes, with its proof",
        "",
        "Why:",
        "  accepted 1 × proven yes",
        "accepted 1, corrected 0, refused 0, unchanged 0",
    ]


def test_a_dry_run_writes_nothing(command, member, brand, tmp_path):
    file = write(tmp_path / "old.csv", line(member, brand, **proof()))
    assert "nothing was written" in command("import-permissions", file, "--dry-run").output
    assert states(member) == []


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "cp1252"), ("\t", "utf-16"), (",", "utf-8-sig")])
def test_the_command_reads_what_spreadsheets_write(command, member, brand, tmp_path, delimiter, encoding):
    file = write(tmp_path / "old.csv", line(member, brand, **proof()), delimiter=delimiter, encoding=encoding)
    assert "accepted 1," in command("import-permissions", file).output


def test_the_command_speaks_french(command, member, brand, tmp_path):
    file = write(tmp_path / "old.csv", line(member, brand, purpose="mischief"))
    said = command("import-permissions", file, "--language", "fr", "--quiet").output
    assert said.splitlines()[0] == "ligne 2 - refusé: Cette finalité n'existe pas."


def test_the_report_has_a_line_for_each_row_and_names_nobody(command, member, brand, tmp_path):
    report = tmp_path / "report.jsonl"
    command("import-permissions", write(tmp_path / "old.csv", line(member, brand)), "--report", str(report))
    (told,) = map(json.loads, report.read_text(encoding="utf-8").splitlines())
    assert (told["outcome"], told["findings"][0]["code"]) == ("corrected", "unknown")
    assert str(member.id) not in report.read_text(encoding="utf-8")


def test_what_was_imported_once_is_unchanged(command, member, brand, tmp_path):
    lines = [line(member, brand), line(member, brand, purpose="birthday_treat", level="none")]
    file = write(tmp_path / "old.csv", *lines)
    command("import-permissions", file)
    assert command("import-permissions", file).output.splitlines()[-1].endswith("refused 0, unchanged 2")


CASES = [
    ("brand;email;touchpoint;purpose;level\n{brand};{email};email;{purpose};none\n", "utf-8"),
    ("Brand;EMAIL;Touchpoint;PURPOSE;Level\r\n{brand};{email};Email;{purpose};None\r\n", "cp1252"),
    ("Enseigne;Adresse e-mail;Point de contact;Finalité;Niveau\n{brand};{email};email;{purpose};none\n", "cp1252"),
    ("brand\temail\ttouchpoint\tpurpose\tlevel\n{brand}\t{email}\temail\t{purpose}\tNONE\n", "utf-16"),
    ("\ufeffbrand,email,touchpoint,purpose,level\n{brand},{email},email,{purpose},none\n", "utf-8"),
]


@pytest.mark.parametrize(("text", "encoding"), CASES)
def test_a_no_is_taken_however_a_spreadsheet_wrote_it(command, member, brand, tmp_path, text, encoding):
    give(member, brand, now=clock.now(), **CELL)
    said = {"brand": brand.code, "email": f"{member.id}@example.org", "purpose": CELL["purpose"]}
    (tmp_path / "noes.csv").write_bytes(text.format(**said).encode(encoding))
    answer = command("import-permissions", str(tmp_path / "noes.csv"))
    assert (answer.exit_code, states(member)) == (0, ["given", "withdrawn"])


def test_a_file_of_which_a_row_was_refused_ends_with_a_code_of_its_own(command, member, brand, tmp_path):
    file = write(tmp_path / "old.csv", line(member, brand, purpose="mischief"), line(member, brand, level="none"))
    answer = command("import-permissions", file)
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (
        SOME_REFUSED,
        "accepted 1, corrected 0, refused 1, unchanged 0",
    )


def test_a_file_without_a_column_that_is_needed_is_not_begun(command, member, brand, tmp_path):
    (tmp_path / "old.csv").write_text("email,level\nada@example.org,none\n", encoding="utf-8")
    said = command("import-permissions", str(tmp_path / "old.csv"))
    assert (said.exit_code, "has no column brand, touchpoint, purpose" in said.output) == (1, True)


@pytest.mark.parametrize("finding", PermissionFinding)
def test_every_finding_has_its_words(finding):
    refusals = {problem.code() for problem in every_problem()}
    assert (finding.sentence is not finding.heading) != (finding in refusals)
