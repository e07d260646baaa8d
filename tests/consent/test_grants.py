"""A yes: what it needs, how long it lasts, and what is refused with nothing written."""

from datetime import UTC, datetime, timedelta

import pytest

from app.consent.errors import EvidenceMissing
from app.consent.models import Level
from tests.consent.factories import (
    NEWEST,
    body,
    by_fingerprint,
    cell_address,
    evidence,
    give,
    in_area,
    in_store,
    ledger,
    read_words,
    say_no,
    states,
)
from tests.factories import NOON, make_area, make_brand, make_store


def test_a_yes_opens_its_cell(speaker, brand):
    answer = speaker.put(cell_address(brand), body()).json
    assert (answer["state"], answer["level"], answer["effective"], answer["reason"]) == (
        "given",
        "proactive",
        True,
        "allowed",
    )


def test_a_yes_lasts_as_long_as_its_purpose_says(member, brand):
    assert give(member, brand).expires_at == NOON + timedelta(days=395)


def test_a_member_may_shorten_a_yes(member, brand):
    assert give(member, brand, expires_at=NOON + timedelta(days=1)).expires_at == NOON + timedelta(days=1)


def test_a_visit_does_not_last_longer_than_a_day_of_shopping(member, brand):
    assert give(member, brand, level=Level.THIS_VISIT).expires_at == NOON + timedelta(hours=12)


def test_one_shot_has_one_use(member, brand):
    assert give(member, brand, level=Level.ONE_SHOT).uses_left == 1


def test_the_same_yes_again_renews_it(member, brand):
    give(member, brand)
    assert give(member, brand, now=NOON + timedelta(days=1)).state == "renewed"


def test_a_yes_after_the_end_is_a_new_one(member, brand):
    give(member, brand)
    later = NOON + timedelta(days=400)
    assert give(member, brand, now=later, evidence=evidence(now=later)).state == "given"


def test_the_fingerprint_of_the_text_is_kept(member, brand):
    give(member, brand)
    assert ledger(member)[0].evidence["text_sha256"] == read_words(brand).sha256


def test_the_text_may_be_named_by_its_fingerprint(member, brand):
    give(member, brand, evidence=by_fingerprint(read_words(brand, locale="en"), now=NOON))
    assert ledger(member)[0].evidence["version"] == NEWEST


def test_a_phone_that_shares_once_gives_one_shot_at_most(member, brand):
    proof = evidence(os_permission={"location": "once", "reported_at": NOON})
    assert give(member, brand, evidence=proof).level == "one_shot"


def test_what_was_asked_of_a_phone_that_shares_once_is_remembered(member, brand):
    give(member, brand, evidence=evidence(os_permission={"location": "once", "reported_at": NOON}))
    assert ledger(member)[0].evidence["asked_level"] == "proactive"


def test_a_yes_on_a_phone_that_denies_position_waits_for_the_phone(speaker, brand):
    proof = evidence(os_permission={"location": "denied", "reported_at": datetime.now(UTC).isoformat()})
    answer = speaker.put(cell_address(brand), body(evidence=proof)).json
    assert (answer["state"], answer["effective"], answer["reason"]) == ("given", False, "os_insufficient")


def test_going_down_inside_the_present_level_needs_no_evidence(member, brand):
    give(member, brand)
    assert give(member, brand, level=Level.ONE_SHOT, evidence=None).level == "one_shot"


def test_going_down_keeps_the_end(member, brand):
    end = give(member, brand, expires_at=NOON + timedelta(days=2)).expires_at
    lower = give(member, brand, level=Level.ALERT_ON_REQUEST, evidence=None, now=NOON + timedelta(days=1))
    assert lower.expires_at == end


def test_going_up_needs_evidence(member, brand):
    give(member, brand, level=Level.THIS_VISIT)
    with pytest.raises(EvidenceMissing):
        give(member, brand, level=Level.PROACTIVE, evidence=None)


def test_an_ended_yes_is_nothing_to_go_down_from(member, brand):
    give(member, brand)
    with pytest.raises(EvidenceMissing):
        give(member, brand, level=Level.ONE_SHOT, evidence=None, now=NOON + timedelta(days=400))


def test_a_store_of_the_brand_is_a_scope(member, brand):
    assert give(member, brand, scope=in_store(make_store(brand))).scope_kind == "store"


def test_an_area_of_the_brand_is_a_scope(member, brand):
    assert give(member, brand, scope=in_area(make_area(brand))).scope_kind == "area"


def test_a_yes_after_a_no_is_a_new_yes(member, brand):
    give(member, brand)
    say_no(member, brand)
    give(member, brand)
    assert states(member) == ["given", "withdrawn", "given"]


def without(name):
    return {key: value for key, value in evidence().items() if key != name}


REFUSED = {
    "no evidence": ({"evidence": None}, 422, "evidence_missing"),
    "no text": ({"evidence": without("version")}, 422, "evidence_missing"),
    "no act": ({"evidence": without("method")}, 422, "positive_act_missing"),
    "pre-ticked": ({"evidence": evidence(method="preticked")}, 422, "positive_act_missing"),
    "unknown version": ({"evidence": evidence(version=9)}, 422, "purpose_text_unknown"),
    "unknown text": ({"evidence": evidence(text_sha256="0" * 64)}, 422, "purpose_text_unknown"),
    "words that name nobody": ({"evidence": evidence(version=1)}, 422, "purpose_text_superseded"),
    "bundle": ({"evidence": evidence(purposes=["personalised_offers", "partner_offers"])}, 422, "purpose_bundled"),
    "no phone": ({"evidence": without("os_permission")}, 422, "os_permission_missing"),
    "level not carried": ({"level": "contact_once"}, 422, "level_not_carried"),
    "already over": ({"expires_at": "2020-01-01T00:00:00Z"}, 422, "expiry_past"),
    "too long": ({"expires_at": "2090-01-01T00:00:00Z"}, 422, "expiry_too_late"),
    "unknown level": ({"level": "everything"}, 422, "malformed"),
    "no channel": ({"evidence": without("channel")}, 422, "malformed"),
    "store without id": ({"scope": {"kind": "store"}}, 422, "malformed"),
    "NUL": ({"evidence": evidence(screen_id="a\0")}, 422, "malformed"),
    "half a character": ({"evidence": evidence(app_version="\ud800")}, 422, "malformed"),
    "two purposes": ({"purposes": ["partner_offers"]}, 422, "malformed"),
}


@pytest.mark.parametrize(("wrong", "status", "code"), REFUSED.values(), ids=REFUSED.keys())
def test_an_improper_yes_is_refused_with_its_own_code(speaker, brand, wrong, status, code):
    answer = speaker.put(cell_address(brand), body(**wrong))
    assert (answer.status_code, answer.json["code"]) == (status, code)


@pytest.mark.parametrize("wrong", [wrong for wrong, _, _ in REFUSED.values()], ids=REFUSED.keys())
def test_an_improper_yes_leaves_nothing(speaker, member, brand, wrong):
    speaker.put(cell_address(brand), body(**wrong))
    assert ledger(member) == []


def test_the_text_of_another_purpose_proves_nothing(speaker, brand):
    other = read_words(brand, purpose="in_store_offers")
    answer = speaker.put(cell_address(brand), body(evidence=by_fingerprint(other)))
    assert answer.json["code"] == "purpose_text_unknown"


@pytest.mark.parametrize("scope_of", [make_store, make_area])
def test_a_place_of_another_brand_is_no_scope(speaker, brand, scope_of):
    place = scope_of(make_brand())
    scope = {"kind": "store" if scope_of is make_store else "area", "id": str(place.id)}
    assert speaker.put(cell_address(brand), body(scope=scope)).json["code"] == "scope_foreign"


def test_another_brand_is_no_scope(speaker, brand):
    scope = {"kind": "brand", "id": str(make_brand().id)}
    assert speaker.put(cell_address(brand), body(scope=scope)).json["code"] == "scope_foreign"


@pytest.mark.parametrize(
    ("touchpoint", "purpose", "status", "code"),
    [
        ("telepathy", "personalised_offers", 404, "touchpoint_unknown"),
        ("geofence", "mischief", 404, "purpose_unknown"),
        ("geofence", "personalised_offers,partner_offers", 422, "purpose_bundled"),
        ("geofence", "loyalty_account", 422, "purpose_needs_no_permission"),
        ("%E2%82%AC", "personalised_offers", 404, "touchpoint_unknown"),
        ("%00", "personalised_offers", 404, "not_found"),
    ],
)
def test_a_cell_that_does_not_exist_is_refused(speaker, brand, touchpoint, purpose, status, code):
    answer = speaker.put(cell_address(brand, touchpoint, purpose), body())
    assert (answer.status_code, answer.json["code"]) == (status, code)
