"""A member takes their receipts away; anybody reads the log."""

import json
import uuid
from typing import Any

import jsonschema_rs
import pytest

from app.accounts.models import Brand, Member
from app.receipts import destruction, merkle, signatures
from app.receipts.verification import verify_receipt
from tests.consent.factories import body, cell_address, give, ledger, say_no
from tests.factories import make_member, member_token
from tests.receipts.factories import destroy, keys, receipts, seal_all
from tests.speaking import Speaker


@pytest.fixture
def phone(anyone: Speaker, member: Member) -> Speaker:
    return anyone.with_token(member_token(member))


def checkpoint(anyone: Speaker) -> dict[str, Any]:
    said: dict[str, Any] = anyone.get("/v1/log/checkpoint").get_json()
    return said


def test_a_yes_by_the_api_ends_as_a_receipt_that_verifies(phone: Speaker, brand: Brand) -> None:
    event_id = phone.put(cell_address(brand), body()).get_json()["event_id"]
    seal_all()
    answer = phone.get(f"/v1/receipts/{event_id}")
    receipt = verify_receipt(answer.get_data(), keys=keys())
    assert (answer.status_code, receipt["receipt_id"]) == (200, event_id)


def test_a_no_by_the_api_ends_as_a_receipt_that_verifies(phone: Speaker, brand: Brand) -> None:
    event_id = phone.delete(cell_address(brand)).get_json()["event_id"]
    seal_all()
    receipt = verify_receipt(phone.get(f"/v1/receipts/{event_id}").get_data(), keys=keys())
    assert receipt["record"]["event"]["event_state"] == "refused"


def test_a_receipt_is_promised_at_once(phone: Speaker, brand: Brand) -> None:
    event_id = phone.put(cell_address(brand), body()).get_json()["event_id"]
    answer = phone.get(f"/v1/receipts/{event_id}")
    assert (answer.status_code, answer.get_json()["status"]) == (202, "promised")


def test_a_promise_is_signed_and_names_what_will_be_in_the_log(phone: Speaker, brand: Brand, member: Member) -> None:
    event_id = phone.put(cell_address(brand), body()).get_json()["event_id"]
    stated = phone.get(f"/v1/receipts/{event_id}").get_json()["promise"]
    signature = bytes.fromhex(stated.pop("signature"))
    assert signatures.is_signed(stated, signature, public_key=signatures.public_key())
    assert stated["commitment"] == receipts(member)[0].commitment.hex()


def test_a_promise_is_the_same_whenever_it_is_asked(phone: Speaker, brand: Brand) -> None:
    event_id = phone.put(cell_address(brand), body()).get_json()["event_id"]
    first, second = (phone.get(f"/v1/receipts/{event_id}").get_data() for _ in range(2))
    assert first == second


def test_a_receipt_is_described_by_the_schema_that_we_publish(phone: Speaker, anyone: Speaker, brand: Brand) -> None:
    event_id = phone.put(cell_address(brand), body()).get_json()["event_id"]
    seal_all()
    schema = anyone.get("/v1/receipts/schema").get_json()
    jsonschema_rs.Draft202012Validator(schema).validate(phone.get(f"/v1/receipts/{event_id}").get_json())


def test_a_receipt_of_somebody_else_is_not_found(phone: Speaker, brand: Brand) -> None:
    them = make_member()
    give(them, brand)
    seal_all()
    assert phone.get(f"/v1/receipts/{ledger(them)[0].id}").status_code == 404


def test_a_receipt_that_never_was_is_not_found(phone: Speaker) -> None:
    assert phone.get(f"/v1/receipts/{uuid.uuid4()}").status_code == 404


def test_receipts_are_listed_newest_first(phone: Speaker, brand: Brand, member: Member) -> None:
    give(member, brand)
    say_no(member, brand)
    items = phone.get("/v1/receipts").get_json()["items"]
    assert [(item["state"], item["status"]) for item in items] == [("withdrawn", "promised"), ("given", "promised")]


def test_the_list_tells_what_is_sealed_and_what_is_over(phone: Speaker, brand: Brand, member: Member) -> None:
    give(member, brand)
    say_no(member, brand)
    seal_all()
    destroy(member, ledger(member)[0].id)
    assert [item["status"] for item in phone.get("/v1/receipts").get_json()["items"]] == ["sealed", "closed"]


def test_receipts_come_in_pages(phone: Speaker, brand: Brand, member: Member) -> None:
    for _ in range(3):
        give(member, brand)
    first = phone.get("/v1/receipts?limit=2").get_json()
    second = phone.get(first["next"]).get_json()
    assert len({item["event_id"] for item in first["items"] + second["items"]}) == 3


def test_the_newest_checkpoint_is_public_and_signed(anyone: Speaker, member: Member, brand: Brand) -> None:
    give(member, brand)
    seal_all()
    stated = checkpoint(anyone)
    signature = bytes.fromhex(stated.pop("signature"))
    (key,) = [key for key in anyone.get("/v1/log/keys").get_json()["items"] if key["kid"] == stated["kid"]]
    assert signatures.is_signed(stated, signature, public_key=bytes.fromhex(key["public_key"]))


def test_a_checkpoint_is_found_by_its_size(anyone: Speaker, member: Member, brand: Brand) -> None:
    give(member, brand)
    seal_all()
    newest = checkpoint(anyone)
    assert anyone.get(f"/v1/log/checkpoints/{newest['tree_size']}").get_json() == newest


@pytest.mark.parametrize("size", ["0", "9007199254740991"])
def test_a_size_at_which_nothing_was_signed_is_not_found(anyone: Speaker, size: str) -> None:
    assert anyone.get(f"/v1/log/checkpoints/{size}").status_code == 404


def grown(anyone: Speaker, member: Member, brand: Brand) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two checkpoints with entries between them."""
    give(member, brand)
    seal_all()
    before = checkpoint(anyone)
    for _ in range(3):
        give(member, brand)
    seal_all()
    return before, checkpoint(anyone)


def test_whoever_kept_a_checkpoint_can_see_that_the_log_only_grew(
    anyone: Speaker, member: Member, brand: Brand
) -> None:
    before, after = grown(anyone, member, brand)
    said = anyone.get(f"/v1/log/consistency?from={before['tree_size']}&to={after['tree_size']}").get_json()
    assert merkle.extends(
        first=said["from"],
        first_root=bytes.fromhex(before["root"]),
        second=said["to"],
        second_root=bytes.fromhex(after["root"]),
        path=[bytes.fromhex(hashed) for hashed in said["path"]],
    )


def test_a_checkpoint_of_another_log_is_found_out(anyone: Speaker, member: Member, brand: Brand) -> None:
    before, after = grown(anyone, member, brand)
    said = anyone.get(f"/v1/log/consistency?from={before['tree_size']}&to={after['tree_size']}").get_json()
    assert not merkle.extends(
        first=said["from"],
        first_root=bytes(32),
        second=said["to"],
        second_root=bytes.fromhex(after["root"]),
        path=[bytes.fromhex(hashed) for hashed in said["path"]],
    )


@pytest.mark.parametrize(("first", "second"), [(2, 1), (1, 10**9), (10**9, 10**9)])
def test_growth_that_never_was_is_refused(
    anyone: Speaker, member: Member, brand: Brand, first: int, second: int
) -> None:
    grown(anyone, member, brand)
    answer = anyone.get(f"/v1/log/consistency?from={first}&to={second}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "log_too_short")


@pytest.mark.parametrize("query", ["from=0&to=1", "from=1", "to=1", "from=x&to=1", "from=1&to=1&more=1"])
def test_growth_that_is_asked_wrongly_is_refused(anyone: Speaker, query: str) -> None:
    answer = anyone.get(f"/v1/log/consistency?{query}")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "malformed")


def test_the_log_tells_nothing_about_anybody(anyone: Speaker, member: Member, brand: Brand) -> None:
    before, after = grown(anyone, member, brand)
    told = json.dumps([before, after, anyone.get("/v1/log/keys").get_json()])
    assert not any(secret in told for secret in (str(member.id), str(brand.id), brand.code, "personalised"))


def test_once_its_salt_is_destroyed_a_receipt_is_over(phone: Speaker, brand: Brand, member: Member) -> None:
    give(member, brand)
    seal_all()
    destroy(member, ledger(member)[0].id)
    answer = phone.get(f"/v1/receipts/{ledger(member)[0].id}")
    assert (answer.status_code, answer.get_json()["code"]) == (410, "receipt_closed")


def test_destroying_a_salt_leaves_the_log_as_it_was(anyone: Speaker, brand: Brand, member: Member) -> None:
    give(member, brand)
    seal_all()
    before = checkpoint(anyone)
    destroy(member, ledger(member)[0].id)
    assert checkpoint(anyone) == before


def test_destroying_one_salt_touches_no_other_receipt(phone: Speaker, brand: Brand, member: Member) -> None:
    give(member, brand)
    say_no(member, brand)
    seal_all()
    first, second = ledger(member)
    destroy(member, first.id)
    verify_receipt(phone.get(f"/v1/receipts/{second.id}").get_data(), keys=keys())


def test_a_copy_that_the_member_saved_stays_good(phone: Speaker, brand: Brand, member: Member) -> None:
    give(member, brand)
    seal_all()
    event_id = ledger(member)[0].id
    copy = phone.get(f"/v1/receipts/{event_id}").get_data()
    destroy(member, event_id)
    verify_receipt(copy, keys=keys())


def test_all_salts_of_a_member_can_be_destroyed_at_once(brand: Brand, member: Member) -> None:
    give(member, brand)
    say_no(member, brand)
    assert destroy(member) == 2
    assert destroy(member) == 0


def test_receipts_can_be_forgotten_without_touching_the_log(anyone: Speaker, brand: Brand, member: Member) -> None:
    give(member, brand)
    seal_all()
    before = checkpoint(anyone)
    assert destroy(member, forget=destruction.forget_receipts) == 1
    assert (receipts(member), checkpoint(anyone)) == ([], before)
