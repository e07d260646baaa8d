"""What a receipt says: complete by our own schema and by the given profile, for every kind of event."""

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import timedelta
from hashlib import sha256
from itertools import product
from typing import Any

import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import canonical, config
from app.accounts.models import Brand, Member
from app.consent.ledger import uses
from app.consent.ledger.events import append_event
from app.consent.models import OWN, Actor, Level, PermissionEvent, ScopeKind, State
from app.consent.registry.purpose_data import USED, data_of, longest_kept
from app.consent.registry.touchpoints import POSITION, TOUCHPOINTS
from app.receipts.routes import SCHEMA
from app.sql import db
from tests.consent.factories import CELL, evidence, give, in_area, in_store, make_recipient, say_no
from tests.factories import NOON, make_area, make_brand, make_member, make_store, member_token
from tests.receipts.factories import CONSENT, record, saved, shown
from tests.receipts.test_verification import script
from tests.speaking import Speaker

PROFILE = CONSENT / "permission-receipt.schema.json"
OURS = json.loads(SCHEMA)

Case = Callable[[Member, Brand], Any]


def profile() -> dict[str, Any]:
    """The given profile with our name, and the three things that ours adds to it."""
    schema: dict[str, Any] = json.loads(PROFILE.read_text())
    event = schema["$defs"]["event"]["properties"]
    schema["properties"]["schema_version"] = {"const": "urn:ici:permission-receipt:1"}
    event["reason"] = {"enum": ["uses_exhausted"]}
    event["indication"]["properties"]["channel"]["enum"].append("app")
    event["event_state"]["enum"].append("unknown")
    return schema


@pytest.fixture
def brand(app: Any) -> Brand:
    return make_brand(
        legal_name="Maison Test SAS",
        postal_address="1 rue de l'Exemple, 75001 Paris, FR",
        privacy_contact="dpo@test.example",
    )


def at(member: Member, brand: Brand, state: State, actor: Actor, **given: Any) -> None:
    """An event that no verb of a member makes."""
    fields: dict[str, Any] = {
        **CELL,
        "member_id": member.id,
        "brand_id": brand.id,
        "scope_kind": ScopeKind.BRAND,
        "scope_id": brand.id,
        "recipient": OWN,
        "level": Level.NONE,
        "state": state,
        "actor": actor,
        "evidence": {},
        "recorded_at": NOON,
    }
    with db.system_transaction():
        append_event(PermissionEvent(**(fields | given)))


def used_up(member: Member, brand: Brand) -> None:
    event_id = give(member, brand, level=Level.ONE_SHOT).event_id
    with db.system_transaction():
        uses.use_permission(member_id=member.id, event_id=event_id, now=NOON)


def given_then(state: State, actor: Actor) -> Case:
    def act(member: Member, brand: Brand) -> None:
        give(member, brand)
        at(member, brand, state, actor, expires_at=NOON)

    return act


def twice(first: Case, second: Case) -> Case:
    def act(member: Member, brand: Brand) -> None:
        first(member, brand)
        second(member, brand)

    return act


def in_a_store(member: Member, brand: Brand) -> None:
    give(member, brand, scope=in_store(make_store(brand)))


def in_an_area(member: Member, brand: Brand) -> None:
    give(member, brand, scope=in_area(make_area(brand, make_store(brand))))


def by_mail(member: Member, brand: Brand) -> None:
    shown_text = evidence(os_permission=None, channel="web", method="checkbox_unticked_to_ticked")
    give(member, brand, touchpoint="email", purpose="birthday_treat", evidence=shown_text)


CASES: dict[str, tuple[str, Case]] = {
    "a yes": ("given", give),
    "a yes again": ("renewed", twice(give, give)),
    "a yes in a store": ("given", in_a_store),
    "a yes in an area": ("given", in_an_area),
    "a yes for once": ("given", lambda m, b: give(m, b, level=Level.ONE_SHOT)),
    "a yes for a visit": ("given", lambda m, b: give(m, b, level=Level.THIS_VISIT)),
    "a yes that goes down": ("given", twice(give, lambda m, b: give(m, b, level=Level.ONE_SHOT, evidence=None))),
    "a yes to a beacon": ("given", lambda m, b: give(m, b, touchpoint="beacon")),
    "a yes by mail": ("given", by_mail),
    "a no without words": ("refused", say_no),
    "a no with its words": ("refused", lambda m, b: say_no(m, b, evidence=evidence(method="button"))),
    "a no by text message": ("refused", lambda m, b: say_no(m, b, touchpoint="sms")),
    "a withdrawal": ("withdrawn", twice(give, say_no)),
    "a question": ("requested", lambda m, b: at(m, b, State.REQUESTED, Actor.CONTROLLER)),
    "a delay": ("deferred", lambda m, b: at(m, b, State.DEFERRED, Actor.DATA_SUBJECT)),
    "an import without proof": ("unknown", lambda m, b: at(m, b, State.UNKNOWN, Actor.CONTROLLER)),
    "an end by time": ("expired", given_then(State.EXPIRED, Actor.SYSTEM_CLOCK)),
    "an end by use": ("expired", used_up),
    "an end by the brand": ("revoked", given_then(State.REVOKED, Actor.CONTROLLER)),
    "an end by the authority": ("invalidated", given_then(State.INVALIDATED, Actor.AUTHORITY)),
}

every_case = pytest.mark.parametrize(("state", "act"), CASES.values(), ids=list(CASES))


@every_case
def test_every_kind_of_event_has_a_receipt_that_is_complete(
    member: Member, brand: Brand, state: str, act: Case
) -> None:
    act(member, brand)
    receipt = shown(member)
    assert receipt["record"]["event"]["event_state"] == state
    assert [error.message for error in jsonschema_rs.Draft202012Validator(OURS).iter_errors(receipt)] == []


@every_case
@pytest.mark.skipif(not PROFILE.exists(), reason="the given profile is not here")
def test_every_receipt_satisfies_the_given_profile(member: Member, brand: Brand, state: str, act: Case) -> None:
    act(member, brand)
    validator = jsonschema_rs.Draft202012Validator(profile())
    assert [error.message for error in validator.iter_errors(shown(member))] == []


@pytest.mark.skipif(not PROFILE.exists(), reason="the given profile is not here")
def test_our_schema_is_the_given_profile_but_for_what_it_adds() -> None:
    ours, theirs = deepcopy(OURS), profile()
    for schema in (ours, theirs):
        del schema["$id"], schema["title"], schema["$defs"]["processing"]["properties"]["purpose"]
        schema["$defs"]["event"]["properties"]["indication"]["properties"]["channel"]["enum"].sort()
    assert ours == theirs


def parts(node: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The paths to everything in a document."""
    if path:
        yield path
    children = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for name, child in children:
        yield from parts(child, (*path, name))


OPTIONAL = {"processing_method", "precision"}
"""What a yes may leave unsaid."""


def test_a_receipt_with_a_part_missing_is_refused_by_the_schema(member: Member, brand: Brand) -> None:
    give(member, brand)
    receipt, validator = shown(member), jsonschema_rs.Draft202012Validator(OURS)
    accepted = []
    for path in parts(receipt):
        if isinstance(path[-1], int) or set(path) & OPTIONAL:
            continue
        poorer = deepcopy(receipt)
        holder = poorer
        for name in path[:-1]:
            holder = holder[name]
        del holder[path[-1]]
        if validator.is_valid(poorer):
            accepted.append(path)
    assert accepted == []


def test_a_receipt_names_who_is_responsible(member: Member, brand: Brand) -> None:
    give(member, brand)
    assert record(member)["parties"][0] == {
        "party_id": f"brand:{brand.code}",
        "party_name": "Maison Test SAS",
        "party_role": "controller",
        "party_type": "brand",
        "party_address": "1 rue de l'Exemple, 75001 Paris, FR",
        "party_contact": "dpo@test.example",
    }


def test_a_brand_that_does_not_say_who_it_is_hinders_no_no(member: Member) -> None:
    brand = make_brand(legal_name=None, postal_address=None, privacy_contact=None)
    say_no(member, brand)
    controller = record(member)["parties"][0]
    assert (controller["party_name"], controller["party_address"]) == (brand.name, "not stated by the brand")


def test_a_receipt_names_the_authority(member: Member, brand: Brand) -> None:
    give(member, brand)
    said = record(member)
    assert said["parties"][1]["party_id"] == said["processing"]["authority_party"] == "authority:cnil"


def test_a_receipt_does_not_name_the_member(member: Member, brand: Brand) -> None:
    give(member, brand)
    assert str(member.id) not in saved(member).decode()


def test_a_member_has_one_name_in_all_their_receipts(member: Member, brand: Brand) -> None:
    give(member, brand)
    give(member, make_brand())
    assert record(member, 0)["pii_principal_id"] == record(member, 1)["pii_principal_id"]


def test_two_members_have_two_names(brand: Brand) -> None:
    members = [make_member(), make_member()]
    for one in members:
        give(one, brand)
    assert record(members[0])["pii_principal_id"] != record(members[1])["pii_principal_id"]


def test_a_withdrawal_is_about_what_was_given(member: Member, brand: Brand) -> None:
    give(member, brand, level=Level.THIS_VISIT)
    say_no(member, brand)
    given_one, withdrawn = record(member, 0), record(member, 1)
    assert withdrawn["processing"] == given_one["processing"]
    assert withdrawn["event"]["previous_event_id"] == given_one["event"]["event_id"]


def test_a_use_that_was_the_last_says_so(member: Member, brand: Brand) -> None:
    used_up(member, brand)
    event = record(member)["event"]
    assert (event["event_state"], event["reason"], event["validity"]["max_uses"]) == ("expired", "uses_exhausted", 1)


def test_the_words_that_were_shown_are_the_notice(member: Member, brand: Brand) -> None:
    give(member, brand)
    said = record(member)
    notice = said["processing"]["privacy_notice"]
    assert notice["sha256"] == said["event"]["indication"]["shown_text_sha256"]
    assert notice["url"].endswith(f"/v1/permissions/texts/{notice['sha256']}")


def opened(anyone: Speaker, notice: dict[str, str]) -> Any:
    """What a stranger reads at the address of a notice."""
    answer = anyone.get("/" + notice["url"].split("/", 3)[3])
    assert answer.status_code == 200
    return answer.get_json()


def test_a_stranger_can_read_the_notice_of_a_yes(member: Member, brand: Brand, anyone: Speaker) -> None:
    give(member, brand)
    notice = record(member)["processing"]["privacy_notice"]
    text = opened(anyone, notice)["text"]
    assert brand.legal_name in text
    assert sha256(text.encode()).hexdigest() == notice["sha256"]


@pytest.mark.parametrize("purpose", ["personalised_offers", "partner_offers"])
def test_and_of_a_no_to_what_was_never_asked(member: Member, brand: Brand, anyone: Speaker, purpose: str) -> None:
    named = {"recipient": make_recipient(brand).code} if purpose == "partner_offers" else {}
    say_no(member, brand, touchpoint="email", purpose=purpose, **named)
    notice = record(member)["processing"]["privacy_notice"]
    (shown,) = opened(anyone, notice)["items"]
    assert shown["sha256"] == notice["sha256"]


def test_an_old_notice_is_still_open(anyone: Speaker) -> None:
    asked = "/v1/permissions/texts?purpose=personalised_offers&locale=fr&version=1"
    (shown,) = opened(anyone, {"url": f"https://localhost{asked}"})["items"]
    assert shown["version"] == 1


@pytest.mark.parametrize(("touchpoint", "purpose"), list(product(TOUCHPOINTS, USED)))
def test_a_receipt_lists_all_data_and_how_long_they_are_kept(touchpoint: str, purpose: str) -> None:
    known = json.loads(SCHEMA)["$defs"]["processing"]["properties"]["pii_information"]["items"]["properties"]
    used = data_of(purpose=purpose, touchpoint=touchpoint)
    assert {datum.told_as for datum in used} - {POSITION} <= set(known["pii_type"]["enum"])
    assert longest_kept(used, permitted=timedelta(days=180)) in ("P3Y", "P2Y", "P1M", "P180D", "P6M", "P13M", "P3M")


def test_what_is_not_kept_does_not_hide_what_is(member: Member, brand: Brand) -> None:
    give(member, brand)
    said = record(member)["processing"]
    assert {datum["pii_type"] for datum in said["pii_information"]} == {"geo_position_precise", "loyalty_id"}
    assert said["retention_period"] == "P3Y"


def test_a_datum_names_the_reason_that_is_published_for_it(member: Member, brand: Brand, anyone: Speaker) -> None:
    give(member, brand)
    phone = anyone.with_token(member_token(member))
    phone.language = "fr"
    asked = phone.get("/v1/data-reasons?field=FixIn.lat").get_json()["items"]
    datum = record(member)["processing"]["pii_information"][0]
    assert datum["why_sha256"] == sha256(asked[0]["reason"].encode()).hexdigest()


def test_instants_have_one_spelling(member: Member, brand: Brand) -> None:
    give(member, brand, now=NOON + timedelta(microseconds=1))
    assert record(member)["event"]["event_time"] == "2026-05-18T10:00:00.000001Z"


def test_addresses_are_over_tls_and_public(member: Member, brand: Brand) -> None:
    give(member, brand)
    method = record(member)["processing"]["withdrawal_method"]
    host = config.current().public_url.partition("://")[2]
    assert method == {
        "url": f"https://{host}/v1/permissions/{brand.code}/geofence/personalised_offers",
        "calls": 1,
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abcdefghij_", min_size=1), inner),
)


@given(JSON)
def test_the_script_spells_json_as_we_do(value: Any) -> None:
    """The script has no library for RFC 8785: for what receipts hold, the standard one must do."""
    assert script.canonical(value) == canonical.write_json(value)
