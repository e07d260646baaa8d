"""Members of a brand that come from elsewhere, as a person at the command line meets it."""

import json
import uuid

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from app.accounts.models import Member, MemberIdentifier
from app.consent.models import PermissionState
from app.sql import db
from tests.accounts.factories import sign_in
from tests.factories import NOON, make_member, save
from tests.wallet.factories import link, make_card
from wallet.cards.commands import import_members, print_cards
from wallet.cards.models import Card, CardNumber, NumberKind
from wallet.cards.queries import number_of_brand
from wallet.passes.directory import find_code


@pytest.fixture
def bring(monkeypatch, tmp_path, brand):
    """The command on the database of the tests."""
    monkeypatch.setattr("wallet.cards.commands.preparation.connect", lambda: None)

    def run(text, *words):
        file = tmp_path / "members.csv"
        file.write_text(text, encoding="utf-8")
        return CliRunner().invoke(import_members, [str(file), "--brand", brand.code, *words])

    return run


def address() -> str:
    return f"{uuid.uuid4().hex[:12]}@example.org"


def last(answer) -> str:
    return answer.stdout.splitlines()[-1]


def card_of(brand, number) -> Card:
    with db.system_transaction():
        known = db.all_of(number_of_brand(brand.id, NumberKind.BRAND_NUMBER, number))[0]
        return db.get(Card, (known.member_id, known.card_id))


def addresses_of(member_id):
    with db.system_transaction():
        return db.all_of(select(MemberIdentifier).where(MemberIdentifier.member_id == member_id))


def test_each_member_has_a_card_and_its_number(bring, brand):
    assert last(bring("number;name\n001;Zoé\n002;\n")) == "accepted 2, corrected 0, refused 0, unchanged 0"
    assert card_of(brand, "001").display_name == "Zoé"
    card = card_of(brand, "002")
    assert card.display_name == f"Membre {card.code[-4:]}"


def test_an_imported_card_is_known_at_the_till(bring, brand):
    bring("number\n001\n")
    card = card_of(brand, "001")
    with db.system_transaction():
        assert find_code(code=card.code, brand_id=brand.id).target_id == card.id


def test_the_same_file_twice_changes_nothing(bring):
    file = f"number;email\n001;{address()}\n002;\n"
    bring(file)
    assert last(bring(file)) == "accepted 0, corrected 0, refused 0, unchanged 2"


def test_a_dry_run_writes_nothing(bring, brand):
    assert last(bring("number\n001\n", "--dry-run")) == "accepted 1, corrected 0, refused 0, unchanged 0"
    with db.system_transaction():
        assert not db.all_of(select(CardNumber).where(CardNumber.brand_id == brand.id))


def test_an_address_is_not_proved_by_an_import(bring, brand):
    bring(f"number;email\n001;{address()}\n")
    assert [known.verified_at for known in addresses_of(card_of(brand, "001").member_id)] == [None]


def test_whoever_proves_the_address_opens_the_wallet_with_the_card(bring, brand, anyone):
    email = address()
    bring(f"number;email\n001;{email}\n")
    phone = anyone.with_token(sign_in(anyone, email)["access_token"])
    assert [card["id"] for card in phone.get("/v1/cards").json["items"]] == [str(card_of(brand, "001").id)]
    assert phone.get("/v1/me").json["addresses"][0]["verified_at"] is not None


def test_no_permission_comes_with_an_import(bring, brand):
    bring(f"number;email\n001;{address()}\n")
    with db.system_transaction():
        mine = PermissionState.member_id == card_of(brand, "001").member_id
        assert not db.all_of(select(PermissionState).where(mine))


def test_whoever_has_a_wallet_keeps_it(bring, brand):
    email, member = address(), make_member()
    save(MemberIdentifier(kind="email", value=email, member_id=member.id, verified_at=NOON))
    assert last(bring(f"number;email\n001;{email}\n")).startswith("accepted 1")
    assert card_of(brand, "001").member_id == member.id


def test_a_card_that_somebody_holds_gets_the_number(bring, brand):
    email, member = address(), make_member()
    save(MemberIdentifier(kind="email", value=email, member_id=member.id, verified_at=NOON))
    card = make_card(member, brand)
    bring(f"number;email;name\n001;{email};Autre\n")
    assert (card_of(brand, "001").id, card_of(brand, "001").display_name) == (card.id, card.display_name)


def test_the_report_is_the_same_whether_somebody_has_a_wallet_or_not(bring):
    known = address()
    save(MemberIdentifier(kind="email", value=known, member_id=make_member().id, verified_at=NOON))
    first, second = bring(f"number;email\n001;{known}\n"), bring(f"number;email\n001X;{address()}\n")
    assert first.stdout == second.stdout.replace("001X", "001")


def test_the_report_names_nobody(bring, tmp_path):
    email, lines = address(), tmp_path / "report.jsonl"
    answer = bring(f"number;email;name\n001;{email};Zoé Martin\n", "--report", str(lines))
    assert email not in answer.stdout + lines.read_text()
    assert "Martin" not in answer.stdout + lines.read_text()
    assert json.loads(lines.read_text())["reference"] == "001"


def test_what_is_no_number_is_not_repeated(bring):
    email = address()
    assert email not in bring(f"number\n{email}\n").stdout


def test_one_address_is_enough(bring, brand):
    answer = bring(f"number;email;phone\n001;{address()};0612345678\n")
    assert last(answer) == "accepted 0, corrected 1, refused 0, unchanged 0"
    assert [known.kind for known in addresses_of(card_of(brand, "001").member_id)] == ["email"]


def test_an_address_that_comes_later_is_taken(bring, brand):
    bring("number\n001\n")
    answer = bring(f"number;email\n001;{address()}\n")
    assert "updated: email" in answer.stdout
    assert len(addresses_of(card_of(brand, "001").member_id)) == 1


def test_two_rows_of_one_person_are_one_card_with_two_numbers(bring, brand):
    email = address()
    bring(f"number;email\n001;{email}\n002;{email}\n")
    assert card_of(brand, "001").id == card_of(brand, "002").id


def test_two_rows_of_one_number_are_one_refusal(bring):
    answer = bring("number\n001\n001\n")
    assert "row 3 001 refused: same number as row 2" in answer.stdout


def test_a_number_and_an_address_of_two_people_are_refused(bring, brand):
    email = address()
    save(MemberIdentifier(kind="email", value=email, member_id=make_member().id, verified_at=NOON))
    link(make_card(make_member(), brand), "001")
    assert last(bring(f"number;email\n001;{email}\n")) == "accepted 0, corrected 0, refused 1, unchanged 0"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (";Zoé;;", "without a number"),
        ("é;Zoé;;", "a number has letters and digits"),
        ("001;Zoé;;;x", "5 cells for 4 columns"),
    ],
)
def test_what_cannot_be_taken_is_refused_with_why(bring, row, said):
    answer = bring(f"number;name;language;joined\n{row}\n")
    assert (said in answer.stdout, last(answer)) == (True, "accepted 0, corrected 0, refused 1, unchanged 0")


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (f"001;{'x' * 61};;;;", "name shortened to 60 characters"),
        ("001;;de;;;", "unknown language (de): fr taken"),
        ("001;;;18/05/2024;;", "date of joining unreadable"),
        ("001;;;2999-01-01;;", "joins in the future"),
        ("001;;;;nobody@;", "the e-mail address is none"),
        ("001;;;;;12", "the phone number is none"),
    ],
)
def test_what_can_be_put_right_is_corrected_with_why(bring, row, said):
    answer = bring(f"number;name;language;joined;email;phone\n{row}\n")
    assert (said in answer.stdout, last(answer)) == (True, "accepted 0, corrected 1, refused 0, unchanged 0")


def test_a_membership_keeps_its_age_in_the_zone_of_the_brand(bring, brand):
    bring("number;joined\n001;2020-02-29\n")
    assert card_of(brand, "001").joined_at.isoformat() == "2020-02-28T23:00:00+00:00"


def test_what_nobody_asked_for_stays_at_the_door(bring):
    answer = bring("number;IBAN;latitude\n001;FR76;48.8\n002;FR77;\n")
    assert "Left out: IBAN, in 2 rows." in answer.stdout
    assert "Left out: latitude, in 1 row." in answer.stdout


def test_a_file_of_several_batches_comes_in_whole(bring, brand):
    rows = "".join(f"M{number}\n" for number in range(2500))
    assert last(bring(f"number\n{rows}", "--quiet")) == "accepted 2500, corrected 0, refused 0, unchanged 0"


def test_members_read_french_or_english_as_their_brand_does(bring, brand):
    bring("number;language\n001;\n002;en\n")
    with db.system_transaction():
        read = [db.get(Member, card_of(brand, number).member_id).language for number in ("001", "002")]
    assert read == ["fr", "en"]


def test_an_unknown_brand_is_named_with_those_there_are(monkeypatch, tmp_path):
    monkeypatch.setattr("wallet.cards.commands.preparation.connect", lambda: None)
    file = tmp_path / "m.csv"
    file.write_text("number\n1\n")
    answer = CliRunner().invoke(import_members, [str(file), "--brand", "nobody"])
    assert (answer.exit_code, "There is no brand" in answer.output) == (1, True)


def printed(monkeypatch, tmp_path, brand, count):
    monkeypatch.setattr("wallet.cards.commands.preparation.connect", lambda: None)
    file = tmp_path / "cards.csv"
    words = [str(file), "--brand", brand.code, "--batch", "b1", "--count", str(count)]
    assert CliRunner().invoke(print_cards, words).exit_code == 0
    return file


def test_a_printer_is_given_code_and_check(monkeypatch, tmp_path, brand):
    lines = printed(monkeypatch, tmp_path, brand, 3).read_text().splitlines()
    assert (lines[0], len(lines)) == ("position,code,check", 4)


def test_a_lost_file_is_written_again(monkeypatch, tmp_path, brand):
    first = printed(monkeypatch, tmp_path, brand, 3).read_text()
    assert printed(monkeypatch, tmp_path, brand, 3).read_text() == first


def test_only_its_owner_reads_the_printers_file(monkeypatch, tmp_path, brand):
    assert printed(monkeypatch, tmp_path, brand, 1).stat().st_mode & 0o777 == 0o600
