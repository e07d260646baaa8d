"""A parent's yes is proved as any other (GDPR 7(1), 8(2)), and the parent holds the proof of what they did."""

import json

import jsonschema_rs
import pytest
from sqlalchemy import text

from app.receipts import audit, destruction
from app.receipts.models import LeafSalt, Receipt
from app.receipts.verification import verify_receipt
from app.sql import db
from tests.consent.factories import evidence, ledger, states
from tests.family.test_minors import Family, parents_act
from tests.racing import at_once
from tests.receipts.factories import keys, receipts, seal_all
from tests.receipts.test_record import OURS
from tests.speaking import Speaker


@pytest.fixture
def family(anyone: Speaker) -> Family:
    return Family(anyone)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"evidence": None}, "malformed"),
        ({"evidence": parents_act(method=None)}, "positive_act_missing"),
        ({"evidence": parents_act(method="preticked")}, "positive_act_missing"),
        ({"evidence": parents_act(version=None)}, "evidence_missing"),
        ({"evidence": parents_act(version=999)}, "purpose_text_unknown"),
        ({"evidence": parents_act(purposes=["personalised_offers", "partner_offers"])}, "purpose_bundled"),
    ],
)
def test_a_parents_yes_without_its_proof_is_none(family, given, code):
    family.join().ask()
    answer = family.approve(**given)
    assert (answer.status_code, answer.json["code"]) == (422, code)
    assert states(family.child) == ["requested"]


def test_a_body_of_nothing_is_no_yes(family):
    family.join().ask()
    answer = family.parents_phone.post(f"{family.childs_cell}/approval", {})
    assert (answer.status_code, answer.json["errors"][0]["pointer"]) == (422, "/evidence")


def test_the_event_holds_what_the_parent_did_and_not_what_the_child_did(family):
    family.agree()
    asked, given = ledger(family.child)
    acts = [(one.evidence["screen_id"], one.evidence["channel"], one.evidence["method"]) for one in (asked, given)]
    assert acts == [("permissions/1", "app", "toggle_off_to_on"), ("children/1", "web", "button")]
    assert given.evidence["asked_by_child"] == str(asked.id)


def test_the_phone_that_counts_is_the_childs(family):
    family.join().ask()
    family.approve(evidence=evidence(os_permission={**evidence()["os_permission"], "location": "denied"}))
    assert ledger(family.child)[-1].evidence["os_permission"]["location"] == "while_using"


def test_once_on_the_childs_phone_is_once_with_the_parent_too(family):
    once = {**evidence()["os_permission"], "location": "once"}
    family.agree(evidence=evidence(os_permission=once))
    assert ledger(family.child)[-1].evidence["asked_level"] == "proactive"


def test_the_parent_has_a_receipt_of_their_own(family):
    family.agree()
    given = ledger(family.child)[-1]
    (listed,) = family.parents_phone.get("/v1/receipts").json["items"]
    assert (listed["event_id"], listed["state"]) == (str(given.id), "given")


def test_it_says_who_acted_and_what_they_saw(family):
    family.agree()
    (theirs,) = receipts(family.parent)
    mine = json.loads(receipts(family.child)[-1].record)
    record = json.loads(theirs.record)
    assert record["pii_principal_id"] == mine["pii_principal_id"]
    assert record["event"]["entity_id"] != mine["event"]["entity_id"]
    assert record["event"]["indication"]["screen_id"] == "children/1"


def test_it_is_sealed_complete_and_proved_as_any_other(family):
    family.agree()
    seal_all()
    saved = family.parents_phone.get(f"/v1/receipts/{ledger(family.child)[-1].id}")
    assert saved.status_code == 200
    assert [error.message for error in jsonschema_rs.Draft202012Validator(OURS).iter_errors(saved.json)] == []
    verify_receipt(saved.data, keys=keys())


def test_two_who_approve_at_once_give_one_yes(family):
    family.join().ask()
    codes = at_once(4, lambda _: family.approve().status_code)
    assert sorted(codes) == [201, 404, 404, 404]
    assert states(family.child) == ["requested", "given"]


def test_a_parents_no_has_a_receipt_of_theirs_too(family):
    family.agree()
    family.parents_phone.delete(family.childs_cell)
    assert [one["state"] for one in family.parents_phone.get("/v1/receipts").json["items"]] == ["withdrawn", "given"]


def test_the_parent_still_has_it_once_the_child_is_of_age(family):
    family.agree()
    with db.system_transaction():
        db.execute(text("UPDATE parental_link SET ended_at = now()"))
    assert len(family.parents_phone.get("/v1/receipts").json["items"]) == 1


def test_no_audit_takes_it_for_an_event_that_never_was(family):
    family.agree()
    with db.system_transaction():
        orphans = db.execute(
            text(audit.STATEMENTS["receipts without an event"] + " AND receipt.member_id = :m"), {"m": family.parent.id}
        )
        assert orphans.scalar_one() == 0


def test_it_ends_with_the_evidence_of_the_child(family):
    family.agree()
    given = ledger(family.child)[-1]
    with db.system_transaction():
        destruction.forget_receipts_of_parents(event_ids=[given.id])
        key = (family.parent.id, given.id)
        assert (db.get(Receipt, key), db.get(LeafSalt, key)) == (None, None)
    assert len(receipts(family.child)) == 2
