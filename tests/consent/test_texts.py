"""New words: a material change makes earlier yeses rest, a typing error asks nobody anything; old words stay shown."""

import hashlib
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import IntegrityError

from app import clock
from app.consent.decision import verdicts
from app.consent.errors import (
    PurposeTextSuperseded,
    PurposeUnknown,
)
from app.consent.ledger.grants import grant_permission
from app.consent.ledger.projection import rebuild_projection
from app.consent.models import Level
from app.consent.registry.errors import PublicationPast, TextInBothLanguages, TextUnaddressed
from app.consent.registry.texts import publish_text
from app.sql import db
from tests.consent.factories import NEWEST, evidence, give, states
from tests.factories import make_brand, make_member

WORDS = """{{brand}}, par {{touchpoint}}, pour quoi.
Par qui : {{controller}}, {{address}}, {{contact}}.
Quelles données : {{data}}, {{storage}}.
Quels destinataires.
Quels droits, version {}."""
CELL = {"touchpoint": "email", "purpose": "birthday_treat"}
"""A purpose that no other test of this worker gives by version, since its words change here."""


@contextmanager
def taken_back():
    """A transaction whose new words no other test sees."""
    with db.system_transaction() as session:
        yield
        session.rollback()
        db.execute(text("SELECT set_config('ici.system', 'on', true)"))


def publish(version=NEWEST + 1, *, material=True, at=None, now=None, **given):
    now = now or clock.now()
    words = {"fr": WORDS.format(version), "en": WORDS.format(version) + " (en)"}
    return publish_text(
        **{"purpose": "birthday_treat", "texts": words, "material": material, "published_at": at or now, "now": now}
        | given
    )


def reason_after(brand, *, now=None, **published):
    """How a yes to the first words stands after a publication, which is then taken back."""
    member = make_member()
    give(member, brand, now=clock.now(), **CELL)
    with taken_back():
        publish(**published)
        who = {"member_id": member.id, "brand_id": brand.id, "levels": verdicts.ANY_LEVEL}
        reason = verdicts.decide_permission(**CELL, **who, now=now or clock.now()).reason
        assert rebuild_projection(member_id=member.id) == 0
    return reason


def test_a_material_change_makes_a_yes_rest(brand):
    assert reason_after(brand) == "notice_superseded"


def test_an_editorial_change_does_not(brand):
    assert reason_after(brand, material=False) == "allowed"


def test_words_of_tomorrow_rest_nothing_today(brand):
    assert reason_after(brand, at=clock.now() + timedelta(days=1)) == "allowed"


def test_and_they_do_tomorrow(brand):
    tomorrow = clock.now() + timedelta(days=1)
    assert reason_after(brand, at=tomorrow, now=tomorrow) == "notice_superseded"


def test_a_yes_to_words_that_were_replaced_is_refused(brand):
    member = make_member()
    yes = {"member_id": member.id, "brand_id": brand.id, "level": Level.PROACTIVE, "evidence": evidence(), **CELL}
    with taken_back():
        publish()
        with pytest.raises(PurposeTextSuperseded):
            grant_permission(**yes, now=clock.now())
    assert states(member) == []


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"purpose": "mischief"}, PurposeUnknown),
        ({"texts": {"fr": WORDS}}, TextInBothLanguages),
        ({"texts": {"fr": WORDS, "en": "We do as we like."}}, TextInBothLanguages),
        ({"texts": dict.fromkeys(("fr", "en"), "\n".join("Rien." * 6))}, TextUnaddressed),
        ({"texts": dict.fromkeys(("fr", "en"), WORDS.format(3) + " {partner}")}, TextUnaddressed),
        ({"at": clock.now() - timedelta(days=1)}, PublicationPast),
    ],
)
def test_words_that_cannot_be_published(app, given, error):
    with pytest.raises(error), db.system_transaction():
        publish(**given)


def test_old_words_are_shown_byte_for_byte(anyone):
    asked = f"/v1/permissions/texts?brand={make_brand().code}&touchpoint=geofence"
    shown = [*anyone.get(asked).json["items"], *anyone.get("/v1/permissions/texts?version=1").json["items"]]
    assert len(shown) == 26
    for one in shown:
        again = anyone.get(f"/v1/permissions/texts/{one['sha256']}").json
        assert hashlib.sha256(again["text"].encode()).hexdigest() == one["sha256"]


@pytest.mark.parametrize("fingerprint", ["0" * 64, "x", "é"])
def test_words_that_never_were_are_not_found(anyone, fingerprint):
    assert anyone.get(f"/v1/permissions/texts/{fingerprint}").status_code == 404


def test_a_purpose_that_knows_places_is_not_enabled_without_its_assessment(settings):
    owner = create_engine(settings.owner_database_url)
    with pytest.raises(IntegrityError, match="ck_purpose_dpia"), owner.begin() as connection:
        connection.execute(text("UPDATE purpose SET dpia_id = NULL WHERE code = 'personalised_offers'"))
    owner.dispose()


def test_the_purposes_are_public_with_their_bounds(anyone):
    found = {one["code"]: one for one in anyone.get("/v1/purposes").json["items"]}
    assert found["personalised_offers"]["dpia_id"]
    assert found["partner_offers"]["recipient_kind"] == "partner"
    assert found["loyalty_account"]["max_precision"] == "none"
