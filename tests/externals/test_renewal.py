"""What a file newly says is taken by the card that is there; what its holder wrote stays, and nothing is lost."""

import json
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.sql import db
from tests.externals import files
from tests.externals.factories import EAN, add, held, zipped
from tests.externals.test_card_import import findings, imported, outcomes
from tests.factories import NOON, make_member, member_token
from tests.merges.factories import merge, split
from tests.racing import at_once
from tests.sizes import chosen
from wallet.externals import card_import
from wallet.externals.models import ExternalCard, Symbology
from wallet.externals.rows import Holder


@pytest.fixture
def phone(anyone, member):
    return anyone.with_token(member_token(member))


def the_card(member) -> ExternalCard:
    (card,) = held(member)
    return card


def changed(report):
    return [row["changed"] for row in report["rows"]]


def change(phone, member, **fields):
    """The member writes these on their only card."""
    path = f"/v1/external-cards/{the_card(member).id}"
    said = phone.get(path)
    kept = {name: said.json[name] for name in said.json if name not in ("id", "source", "archived_at", "added_at")}
    answer = phone.put(path, kept | fields, headers={"If-Match": said.headers["ETag"]})
    assert answer.status_code == 200, answer.json


def test_a_coupon_with_the_number_of_the_card_is_a_pass_of_its_own(phone, member):
    for content in (files.pkpass(), files.coupon()):
        assert outcomes(imported(phone, content)) == ["accepted"]
    card, coupon = held(member)
    assert (card.code, card.programme) == (coupon.code, coupon.programme)
    assert coupon.note == "Bon\nBon: 5 € de remise"


@pytest.mark.parametrize("order", [1, -1])
def test_a_card_and_its_coupons_come_in_one_file_in_any_order(phone, member, order):
    passes = [files.pkpass(), files.coupon(), files.coupon(serialNumber="bon-2")][::order]
    bundle = zipped(**{f"{number}.pkpass": content for number, content in enumerate(passes)})
    assert outcomes(imported(phone, bundle)) == ["accepted"] * 3
    assert outcomes(imported(phone, bundle)) == ["unchanged"] * 3
    assert len(held(member)) == 3


def test_two_passes_that_say_they_are_one_are_two_cards(phone, member):
    bundle = zipped(**{"1.pkpass": files.pkpass(), "2.pkpass": files.pkpass(organizationName="Club")})
    assert outcomes(imported(phone, bundle)) == ["accepted"] * 2
    assert outcomes(imported(phone, bundle)) == ["unchanged"] * 2
    assert [card.programme for card in held(member)] == ["Librairie", "Club"]


def test_two_coupons_that_say_they_are_one_are_two(phone, member):
    bundle = zipped(**{f"{note}.pkpass": files.coupon(description=note) for note in ("un", "deux", "trois")})
    assert outcomes(imported(phone, bundle)) == ["accepted"] * 3
    assert outcomes(imported(phone, bundle)) == ["unchanged"] * 3
    assert len(held(member)) == 3


def test_a_coupon_does_not_stop_its_card_from_being_typed(phone, member):
    imported(phone, files.coupon())
    answer = phone.post("/v1/external-cards", {"programme": "Librairie", "code": "LIB-7", "symbology": "qr"})
    assert (answer.status_code, len(held(member))) == (201, 2)


def test_a_coupon_can_be_changed_beside_its_card(phone, member):
    imported(phone, files.coupon())
    change(phone, member, note="jusqu'à samedi")
    imported(phone, files.pkpass())
    assert outcomes(imported(phone, files.coupon())) == ["unchanged"]
    assert [card.note for card in held(member)] == ["jusqu'à samedi", "Carte de fidélité\nNiveau: Or"]


def test_a_newer_copy_of_a_pass_is_the_same_card(phone, member):
    imported(phone, files.pkpass())
    newer = files.pkpass(
        organizationName="Librairie du Canal",
        barcodes=[{"format": "PKBarcodeFormatQR", "message": "LIB-8"}],
        expirationDate="2028-02-28T23:59+01:00",
        backgroundColor="rgb(0, 0, 0)",
        voided=True,
        storeCard={"primaryFields": [{"key": "level", "label": "Niveau", "value": "Platine"}]},
    )
    report = imported(phone, newer)
    assert (outcomes(report), report["counts"]["updated"], report["counts"]["accepted"]) == (["updated"], 1, 0)
    assert changed(report) == [["programme", "code", "note", "colour", "expires_on", "archived"]]
    card = the_card(member)
    assert (card.programme, card.code, card.expires_on) == ("Librairie du Canal", "LIB-8", date(2028, 2, 28))
    assert (card.note, card.archived_at is not None) == ("Carte de fidélité\nNiveau: Platine", True)
    assert report["rows"][0]["card_id"] == str(card.id)
    assert outcomes(imported(phone, newer)) == ["unchanged"]


def test_a_newer_backup_brings_the_balance_the_note_and_the_expiry(phone, member):
    imported(phone, files.CATIMA_2.encode())
    newer = files.CATIMA_2.replace("12.50,EUR", "7.20,EUR").replace("lignes", "pages").replace("1893452400000", "")
    report = imported(phone, newer.replace(",,150,", ",,0,").encode())
    assert (outcomes(report), changed(report)) == (["updated", "updated"], [["note", "balance"], ["balance"]])
    first, second = held(member)
    assert (first.balance, first.note) == ({"amount_minor": 720, "currency": "EUR"}, "deux\n\npages")
    assert (first.expires_on, second.balance) == (date(2030, 1, 1), {"points": 0})


def test_what_the_holder_wrote_stays_and_the_report_names_it_once(phone, member):
    imported(phone, files.vault())
    change(phone, member, expires_on="2030-01-01", note="à moi")
    report = imported(phone, files.vault(expires="2029-01-01", balanceMilliunits=1000))
    assert (changed(report), findings(report)) == ([["balance"]], ["currency_assumed", "kept_as_written"])
    assert report["rows"][0]["findings"][-1]["field"] == "expires_on"
    card = the_card(member)
    assert (card.expires_on, card.note, card.balance["amount_minor"]) == (date(2030, 1, 1), "à moi", 100)
    again = imported(phone, files.vault(expires="2029-01-01", balanceMilliunits=1000))
    assert (outcomes(again), findings(again)) == (["unchanged"], [])


def test_what_the_holder_took_off_a_card_does_not_come_back(phone, member):
    imported(phone, files.pkpass())
    change(phone, member, note=None, expires_on=None)
    assert outcomes(imported(phone, files.pkpass())) == ["unchanged"]
    assert (the_card(member).note, the_card(member).expires_on) == (None, None)


def test_a_card_that_its_holder_put_away_stays_away(phone, member):
    imported(phone, files.pkpass())
    phone.post(f"/v1/external-cards/{the_card(member).id}/archiving")
    assert outcomes(imported(phone, files.pkpass())) == ["unchanged"]
    assert the_card(member).archived_at is not None


def test_a_typed_card_gets_what_it_lacks_and_keeps_what_it_has(phone, member):
    card = add(member, note="à moi", colour="#000000")
    report = imported(phone, files.vault())
    assert (outcomes(report), changed(report)) == (["updated"], [["expires_on", "balance"]])
    assert "kept_as_written" in findings(report)
    assert [(one.id, one.note, one.colour) for one in held(member)] == [(card.id, "à moi", "#000000")]
    assert outcomes(imported(phone, files.vault())) == ["unchanged"]


def test_a_typed_card_is_the_pass_of_its_programme_with_its_code(phone, member):
    add(member, code="LIB-7", symbology=Symbology.QR)
    assert outcomes(imported(phone, files.pkpass())) == ["updated"]
    newer = files.pkpass(barcodes=[{"format": "PKBarcodeFormatQR", "message": "LIB-9"}])
    assert outcomes(imported(phone, newer)) == ["updated"]
    assert the_card(member).code == "LIB-9"


def test_two_cards_of_another_wallet_with_one_code_are_two(phone, member):
    (card,) = json.loads(files.vault())
    content = json.dumps([card, card | {"balanceMilliunits": 900}]).encode()
    assert outcomes(imported(phone, content)) == ["corrected", "corrected"]
    assert outcomes(imported(phone, content)) == ["unchanged", "unchanged"]
    assert [card.balance["amount_minor"] for card in held(member)] == [350, 90]


def test_a_wallet_with_a_card_and_its_coupon_comes_back_whole(phone, anyone, member):
    imported(phone, zipped(**{"1.pkpass": files.pkpass(), "2.pkpass": files.coupon()}))
    file = phone.get("/v1/external-card-export").data
    assert set(outcomes(imported(phone, file))) == {"unchanged"}
    there = make_member()
    other = anyone.with_token(member_token(there))
    assert outcomes(imported(other, file)) == ["accepted", "accepted"]
    assert outcomes(imported(other, files.coupon())) == ["unchanged"]
    assert len(held(there)) == 2


def test_a_dry_run_of_a_newer_file_writes_nothing(phone, member):
    imported(phone, files.vault())
    before = (the_card(member).version, the_card(member).balance)
    tried = imported(phone, files.vault(balanceMilliunits=1000), "?dry_run=true")
    assert (outcomes(tried), changed(tried)) == (["updated"], [["balance"]])
    assert (the_card(member).version, the_card(member).balance) == before


def test_the_same_pass_many_times_at_once_is_one_card(app, member):
    def bring(number):
        with db.transaction():
            db.become(member_id=member.id)
            content = files.pkpass(barcodes=[{"format": "PKBarcodeFormatQR", "message": f"LIB-{number}"}])
            card_import.import_cards(
                member_id=member.id, content=content, currency="EUR", holder=Holder(), dry_run=False, now=NOON
            )

    at_once(8, bring)
    assert len(held(member)) == 1


STATE = {
    "balanceMilliunits": st.sampled_from([None, 1000, 2000, 3000]),
    "expires": st.sampled_from([None, "2027-01-01", "2028-01-01"]),
    "color": st.sampled_from([None, "RED", "BLUE"]),
}
WRITTEN = st.fixed_dictionaries(
    {}, optional={"expires_on": st.none() | st.just("2031-05-05"), "note": st.just("à moi")}
)


@settings(max_examples=chosen().rows, suppress_health_check=list(HealthCheck))
@given(story=st.lists(st.fixed_dictionaries(STATE) | WRITTEN, min_size=1, max_size=6))
def test_any_file_twice_changes_nothing_and_never_what_was_written(app, anyone, story):
    """Files and the holder's own changes in any order: after each file, that file again is unchanged."""
    member = make_member()
    phone = anyone.with_token(member_token(member))
    imported(phone, files.vault())
    written: dict[str, str | None] = {}
    for act in story:
        if "balanceMilliunits" not in act:
            change(phone, member, **act)
            written |= act
            continue
        imported(phone, files.vault(**act))
        again = imported(phone, files.vault(**act))
        assert (outcomes(again), findings(again)) == (["unchanged"], [])
        card = phone.get(f"/v1/external-cards/{the_card(member).id}").json
        assert {name: card[name] for name in written} == written


def test_another_wallet_is_not_looked_at(phone, member):
    other = make_member()
    add(other, code=EAN, programme="Librairie")
    assert outcomes(imported(phone, files.vault())) == ["corrected"]


def test_a_pass_that_two_wallets_hold_is_once_in_both_together(phone, anyone, member):
    other = make_member()
    there = anyone.with_token(member_token(other))
    imported(phone, files.coupon())
    imported(there, files.coupon(organizationName="Librairie du Canal"))
    imported(there, files.coupon(serialNumber="bon-2"))
    merged = merge(other, member)
    assert len(held(member)) == 2
    split(merged)
    assert (len(held(member)), len(held(other))) == (1, 2)
