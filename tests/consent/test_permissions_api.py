"""What a member reads about their permissions, and who else may not."""

import hashlib
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest

from tests.consent.factories import PARTNERS, body, cell_address, give, in_store, make_recipient
from tests.factories import (
    console_token,
    make_console_user,
    make_member,
    make_store,
    make_terminal,
    member_token,
)

WRITES = [("PUT", body()), ("DELETE", None)]


def cells(speaker, brand):
    return speaker.get(f"/v1/permissions?brand={brand.code}").json["cells"]


def test_the_matrix_shows_what_was_never_asked(speaker, brand):
    assert {(cell["reason"], cell["effective"], cell["state"]) for cell in cells(speaker, brand)} == {
        ("not_asked", False, None)
    }


def test_the_matrix_has_every_touchpoint_and_every_purpose_by_consent(speaker, brand):
    found = cells(speaker, brand)
    assert (len({cell["touchpoint"] for cell in found}), len({cell["purpose"] for cell in found})) == (10, 7)


def test_the_matrix_leaves_out_what_would_know_too_exactly_where_a_member_is(speaker, brand):
    found = {(cell["touchpoint"], cell["purpose"]) for cell in cells(speaker, brand)}
    assert ("geofence", "personalised_offers") in found
    assert ("geofence", "store_statistics") not in found


def test_the_matrix_asks_once_for_each_named_recipient(speaker, brand):
    for code in ("acme", "umbrella"):
        make_recipient(brand, code=code)
    found = [c["recipient"] for c in cells(speaker, brand) if (c["touchpoint"], c["purpose"]) == ("email", PARTNERS)]
    assert found == ["acme", "umbrella"]


def test_the_matrix_shows_narrow_scopes_beside_the_brand(speaker, member, brand):
    store = make_store(brand)
    give(member, brand, scope=in_store(store), now=datetime.now(UTC))
    found = [c for c in cells(speaker, brand) if (c["touchpoint"], c["purpose"]) == ("geofence", "personalised_offers")]
    assert [(cell["scope"]["kind"], cell["reason"]) for cell in found] == [
        ("brand", "not_asked"),
        ("store", "allowed"),
    ]


def test_each_cell_says_what_would_change_it_in_the_readers_language(speaker, brand):
    speaker.language = "fr"
    assert cells(speaker, brand)[0]["change"].startswith("Vous pouvez l'autoriser")


def test_the_answer_of_a_write_is_the_cell_of_the_matrix(speaker, brand):
    written = speaker.put(cell_address(brand), body()).json
    assert written in cells(speaker, brand)


def test_the_same_yes_sent_twice_is_one_event(speaker, brand):
    for _ in range(2):
        speaker.put(cell_address(brand), body(), key="the-same")
    assert len(speaker.get("/v1/permissions/events").json["items"]) == 1


def texts(speaker, brand, **asked):
    question = urlencode({"brand": brand.code, "touchpoint": "email"} | asked)
    return speaker.get(f"/v1/permissions/texts?{question}").json["items"]


def test_a_text_is_shown_with_its_fingerprint(speaker, brand):
    for item in texts(speaker, brand, purpose="personalised_offers"):
        assert hashlib.sha256(item["text"].encode()).hexdigest() == item["sha256"]


def test_every_purpose_has_a_text_in_both_languages(speaker, brand):
    for purpose in ("partner_offers", "social_audience_matching", "sister_brand_offers"):
        make_recipient(brand, purpose)
    items = texts(speaker, brand)
    assert {(item["locale"]) for item in items} == {"fr", "en"}
    assert len(items) == 22


def test_a_text_that_was_never_published_is_not_there(speaker, brand):
    assert texts(speaker, brand, version=9) == []


def test_the_ledger_is_paged_newest_first(speaker, brand):
    speaker.put(cell_address(brand), body())
    speaker.delete(cell_address(brand))
    first = speaker.get("/v1/permissions/events?limit=1").json
    second = speaker.get(first["next"]).json
    assert [page["items"][0]["state"] for page in (first, second)] == ["withdrawn", "given"]


def test_the_ledger_shows_the_evidence(speaker, brand):
    speaker.put(cell_address(brand), body())
    assert speaker.get("/v1/permissions/events").json["items"][0]["evidence"]["method"] == "toggle_off_to_on"


def test_somebody_elses_permissions_are_not_there(anyone, member, brand):
    give(member, brand)
    other = anyone.with_token(member_token(make_member()))
    assert {cell["state"] for cell in cells(other, brand)} == {None}


def test_somebody_elses_ledger_is_empty(anyone, member, brand):
    give(member, brand)
    other = anyone.with_token(member_token(make_member()))
    assert other.get("/v1/permissions/events").json["items"] == []


def test_withdrawing_never_reaches_somebody_else(anyone, speaker, member, brand):
    speaker.put(cell_address(brand), body())
    anyone.with_token(member_token(make_member())).post("/v1/permissions/withdrawals", {})
    assert any(cell["effective"] for cell in cells(speaker, brand))


def test_an_unknown_brand_has_no_matrix(speaker):
    assert speaker.get("/v1/permissions?brand=nobody").json["code"] == "brand_unknown"


READS = ["/v1/permissions?brand=x1", "/v1/permissions/events"]


@pytest.mark.parametrize("path", READS)
def test_a_stranger_reads_nothing(anyone, path):
    assert anyone.get(path).status_code == 401


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("role", ["merchandiser", "terminal"])
def test_a_brand_reads_nothing(anyone, brand, path, role):
    token = make_terminal(make_store(brand))[1] if role == "terminal" else console_token(make_console_user(brand, role))
    assert anyone.with_token(token).get(path).status_code == 403


@pytest.mark.parametrize(("method", "sent"), [*WRITES, ("POST", {})])
def test_a_stranger_changes_nothing(anyone, brand, method, sent):
    path = "/v1/permissions/withdrawals" if method == "POST" else cell_address(brand)
    assert anyone.send(method, path, json=sent).status_code == 401


@pytest.mark.parametrize(("method", "sent"), [*WRITES, ("POST", {})])
def test_a_brand_changes_nothing(anyone, brand, method, sent):
    path = "/v1/permissions/withdrawals" if method == "POST" else cell_address(brand)
    token = console_token(make_console_user(brand, "admin"))
    assert anyone.with_token(token).send(method, path, json=sent).status_code == 403


@pytest.mark.parametrize(("method", "sent"), WRITES)
def test_a_cell_of_an_unknown_brand_is_not_there(speaker, method, sent):
    answer = speaker.send(method, "/v1/permissions/nobody/geofence/personalised_offers", json=sent)
    assert (answer.status_code, answer.json["code"]) == (404, "brand_unknown")
