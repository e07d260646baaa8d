"""Whoever works for a brand and sees something of a member leaves a trace, in the same transaction; members read it."""

import json
from typing import Any

import pytest
from werkzeug.test import TestResponse

from app.factory import Ici
from app.http.access import CONSOLE_ROLES, Role
from tests.documented import template_of
from tests.factories import make_member, member_token
from tests.rights.factories import reads_of
from tests.speaking import Speaker
from tests.test_isolation import BODIES, THINGS
from tests.world import Side, make_side, review_by

STAFF = {Role.TERMINAL, *CONSOLE_ROLES}

SHOWING = {
    "GET /v1/console/scan-conflicts",
    "POST /v1/console/scan-conflicts/{conflict_id}/settlement",
    "POST /v1/scans",
    "GET /v1/scans/{scan_id}",
    "GET /v1/scans/{scan_id}/coupons",
    "POST /v1/coupons/{code}/redemptions",
    "GET /v1/gesture-records",
    "POST /v1/console/cards/{card_id}/replacement",
    "GET /v1/redemptions/{redemption_id}",
    "POST /v1/redemptions/{redemption_id}/undoing",
    "GET /v1/sales/{sale_id}",
    "GET /v1/sales/{sale_id}/slip",
    "POST /v1/sales/{sale_id}/returns",
    "POST /v1/sales/{sale_id}/cancellation",
    "GET /v1/console/rights-requests",
    "GET /v1/console/rights-requests/{request_id}",
    "POST /v1/console/rights-requests/{request_id}/taking",
    "POST /v1/console/rights-requests/{request_id}/extension",
    "POST /v1/console/rights-requests/{request_id}/answer",
    "POST /v1/console/rights-requests/{request_id}/refusal",
}
"""The operations by which staff see something of a member. One that is not here and shows something fails a test."""


@pytest.fixture(scope="module")
def side(app: Ici) -> Side:
    return make_side(Speaker(app.test_client()))


def doors_of_staff(app: Ici) -> list[tuple[str, Role]]:
    """Every operation that staff may call, once for each role; first those that use nothing up, last those that end."""
    found = [
        (f"{method} {template_of(rule)}", role)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        for role in sorted(STAFF & app.view_functions[rule.endpoint].roles)  # type: ignore[attr-defined]
    ]
    return sorted(
        found,
        key=lambda door: [word in door[0] for word in ("DELETE ", "/replacement", "/offers/", "/answer", "POST ")],
    )


def call(side: Side, name: str, role: Role) -> TestResponse:
    """Do it as whoever has this role, to the things of this side."""
    method, _, template = name.partition(" ")
    bodies = BODIES | {"POST /v1/scans": lambda of: {"code": of.card.code}}
    named = {thing: find(side) for thing, find in THINGS.items() if f"{{{thing}}}" in template}
    if "{picture_name}" in template:
        named["picture_name"] = "icon"
    if "{version}" in template:
        named["version"] = 1
    if name.endswith("/refusal"):  # what was answered cannot be refused too
        named["request_id"] = side.phone.post("/v1/rights-requests", review_by(side.brand)).get_json()["id"]
    body = bodies[name](side) if name in bodies else None
    return side.speaker(role).send(method, template.format(**named), json=body, headers={"If-Match": '"1"'})


def tells_of(side: Side, answer: TestResponse) -> bool:
    """Whether an answer holds something of the member's."""
    theirs = [side.member.id, side.card.id, side.card.code, side.coupon.id, side.coupon.code, side.used.code]
    theirs += [side.redemption.id, side.scan.id, side.request_id, side.decision_id, review_by(side.brand)["statement"]]
    theirs.append(side.sale.id)
    said = json.dumps(answer.get_json(silent=True), ensure_ascii=False)
    return any(str(thing) in said for thing in theirs)


def test_every_operation_that_shows_a_members_data_to_staff_leaves_a_trace(app: Ici) -> None:
    side = make_side(Speaker(app.test_client()))
    showed, silent = set(), []
    for name, role in doors_of_staff(app):
        before = reads_of(side.member.id)
        answer = call(side, name, role)
        if answer.status_code < 400 and tells_of(side, answer):
            showed.add(name)
            new = reads_of(side.member.id)[len(before) :]
            silent += [] if new and {who for who, _ in new} == {str(role)} else [(name, role)]
    assert silent == []
    assert showed == SHOWING


def test_a_member_reads_who_looked_where_and_at_what(side: Side) -> None:
    side.till.get(f"/v1/scans/{side.scan.id}")
    (newest, *_) = side.phone.get("/v1/me/reads").get_json()["items"]
    said = {name: newest[name] for name in ("role", "brand", "store")}
    assert said == {"role": "terminal", "brand": side.brand.code, "store": side.store.name}
    assert newest["data"] == [
        {"code": "account", "text": "Your account and your cards"},
        {"code": "scan", "text": "Your passes shown at tills"},
        {"code": "coupon", "text": "Your coupons and their use"},
    ]


def test_a_trace_holds_no_content(side: Side) -> None:
    side.till.get(f"/v1/scans/{side.scan.id}")
    said = side.phone.get("/v1/me/reads").get_data(as_text=True)
    assert [what for what in (side.card.display_name, side.card.code, side.coupon.code) if what in said] == []


def test_a_read_that_is_refused_leaves_none(side: Side, anyone: Speaker) -> None:
    before = reads_of(side.member.id)
    other = make_side(anyone)
    assert other.till.get(f"/v1/scans/{side.scan.id}").status_code == 404
    assert reads_of(side.member.id) == before


def test_what_the_member_reads_themself_leaves_none(side: Side) -> None:
    before = reads_of(side.member.id)
    side.phone.get("/v1/coupons")
    side.phone.get("/v1/me/export")
    assert reads_of(side.member.id) == before


def test_nobody_elses_reads_are_shown(side: Side, anyone: Speaker) -> None:
    side.till.get(f"/v1/scans/{side.scan.id}")
    said: dict[str, Any] = anyone.with_token(member_token(make_member())).get("/v1/me/reads").get_json()
    assert said["items"] == []
