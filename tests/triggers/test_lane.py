"""The lane of reports and the route behind it: the same answers, the same refusals, the same rows, at most once."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from werkzeug.test import TestResponse

from app import clock
from app.accounts.models import MemberSession
from app.accounts.queries import member_locked
from app.accounts.tokens import issue_access_token, read_access_token
from app.consent.suppression.restriction import carry_restriction
from app.factory import Ici
from app.sql import db
from geo.presence.schemas import MOST_ITEMS
from offers.triggers import lane
from tests.both_ways import WAYS, by_way, without_flask
from tests.sizes import chosen
from tests.speaking import Speaker
from tests.triggers.factories import Twins, frame_text, rows_of

ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


@pytest.fixture(scope="module")
def twins(app: Ici) -> Twins:
    return Twins(Speaker(app.test_client()))


@pytest.fixture(autouse=True)
def _minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Both ways are asked in the same minute, whenever this runs."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)


def renamed(told: Any) -> Any:
    """What is said or kept, with a number for each id, in their order."""
    names: dict[str, str] = {}
    return json.loads(ID.sub(lambda found: names.setdefault(found[0], str(len(names))), json.dumps(told)))


def by_each(app: Ici, twins: Twins, ask: Callable[[Speaker], TestResponse]) -> list[TestResponse]:
    """The answers to the same report, of each twin by their way."""
    told = []
    for way in WAYS:
        with by_way(app, way):
            told.append(ask(twins.phones[way]))
    return told


def said_alike(app: Ici, twins: Twins, ask: Callable[[Speaker], TestResponse]) -> TestResponse:
    """The answer of the lane, once it is known that the route says the same and that both left the same rows."""
    through, route = by_each(app, twins, ask)
    assert told(through) == told(route)
    assert renamed(rows_of(twins.members["lane"])) == renamed(rows_of(twins.members["route"]))
    return through


def told(answer: TestResponse) -> Any:
    body = answer.get_json()
    body.pop("instance", None)
    return answer.status_code, renamed(body)


def instants() -> st.SearchStrategy[str]:
    ages = st.sampled_from([0, 1, 2, 20, 130, 800, -4, -20]).map(lambda m: clock.now() - timedelta(minutes=m))
    return ages.map(clock.write_instant) | st.sampled_from(["2026-05-18", "yesterday", "", "2026-13-01T00:00:00Z"])


def bodies(twins: Twins) -> st.SearchStrategy[Any]:
    """Reports of every kind of item, most of them as they should be."""
    base = {"id": st.sampled_from(["1", "2", "a b", "", "é"]), "at": instants()}
    radio = {
        "kind": st.sampled_from(["ibeacon", "ibeacon", "altbeacon", "wifi"]),
        "frame": st.sampled_from([twins.door.hex(), twins.at_the_bread.hex().upper(), "00" * 20, "00" * 16, "g" * 40]),
    }
    whole = st.floats(48.8, 48.9) | st.sampled_from([48.8566, 48, 91, "48.8566", None])
    fix = {"lat": whole, "lon": st.sampled_from([2.3522, 2.36, 0]), "accuracy_m": st.sampled_from([5, 10.5, 0])}
    at_store = {"store_id": st.sampled_from([str(twins.store.id), ""]), "tag": st.sampled_from(["T", " T "])}
    items = {
        "beacons": st.fixed_dictionaries(
            base | radio, optional={"battery_mv": st.sampled_from([1, 3000, 3000.0, None])}
        ),
        "fixes": st.fixed_dictionaries(
            base | fix,
            optional={"mock": st.sampled_from([True, False, "true", 1])},
        ),
        "crossings": st.fixed_dictionaries(
            base | {"event": st.sampled_from(["enter", "leave", "stay"])},
            optional=radio
            | {
                "fence_id": st.sampled_from([str(twins.fence.id), str(twins.store.id), None]),
                "zone_id": st.sampled_from([str(twins.shelf.id), "x"]),
            },
        ),
        "check_ins": st.fixed_dictionaries(base, optional=at_store),
    }
    lists: dict[str, st.SearchStrategy[Any]] = {kind: st.lists(one, max_size=3) for kind, one in items.items()}
    return st.fixed_dictionaries(
        {}, optional=lists | {"background": st.sampled_from([True, False, 0, None]), "speed": st.just(1)}
    )


@settings(max_examples=chosen().rows, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(data=st.data())
def test_every_report_is_answered_and_kept_alike(app: Ici, twins: Twins, data: st.DataObject) -> None:
    body = data.draw(bodies(twins))
    said_alike(app, twins, lambda phone: phone.post(lane.PATH, body))


@pytest.mark.parametrize(
    "body",
    [
        "null",
        "[]",
        '{"beacons": [%s]',
        '{"beacons": [%s]} more',
        '{"beacons": [%s], "beacons": []}',
        '{"beacons": [%s], "be\\u0061cons": []}',
        '{"be\\u0061cons": [%s]}',
        '{"fixes": [{"id": "1", "id": "2", "at": "2026-05-18T12:00:00Z", "lat": 1, "lon": 2, "accuracy_m": 3}]}',
        '{"fixes": [{"id": "1", "at": "2026-05-18T12:00:00Z", "lat": NaN, "lon": 2, "accuracy_m": 3}]}',
        '{"fixes": [{"id": "1", "at": "2026-05-18T12:00:00Z", "lat": 1, "lon": 2, "accuracy_m": 1e999}]}',
        '{"fixes": [{"id": "\\u0000", "at": "2026-05-18T12:00:00Z", "lat": 1, "lon": 2, "accuracy_m": 3}]}',
        '\ufeff{"beacons": [%s]}',
        ' {"beacons" : [%s] , "background": false } ',
        '{"beacons": [%s], "background": "\udce9"}',
        '{"beacons": [' + "[" * 70 + "]" * 70 + "]}",
        '{"beacons": [%s]}' + " " * lane.LARGEST_BODY,
    ],
    ids=lambda body: repr(body[-30:]),
)
def test_every_odd_text_is_answered_and_kept_alike(app: Ici, twins: Twins, body: str) -> None:
    sent = body.replace("%s", frame_text(twins)).encode("utf-8", "surrogateescape")
    headers = {"Content-Type": "application/json"}
    said_alike(app, twins, lambda phone: phone.send("POST", lane.PATH, data=sent, headers=headers))


def plain_reports(twins: Twins) -> Iterator[dict[str, Any]]:
    at = {"id": "1", "at": clock.write_instant(clock.now())}
    radio = {"kind": "ibeacon", "frame": twins.door.hex()}
    yield {"beacons": [at | radio | {"battery_mv": 2900}]}
    yield {"fixes": [at | {"lat": 48.8566, "lon": 2.3522, "accuracy_m": 10, "mock": False}]}
    yield {"crossings": [at | {"event": "enter", "fence_id": str(twins.fence.id), "zone_id": None}]}
    yield {"crossings": [at | radio | {"event": "leave"}], "background": False}
    yield {"check_ins": [at | {"zone_id": str(twins.shelf.id)}], "beacons": [at | radio]}
    yield {"beacons": [at | radio | {"id": str(n)} for n in range(MOST_ITEMS)]}
    yield {}


def test_a_plain_report_of_any_kind_takes_the_lane(app: Ici, anyone: Speaker) -> None:
    twins = Twins(anyone)
    with without_flask(app):
        statuses = [twins.phone.post(lane.PATH, body).status_code for body in plain_reports(twins)]
    assert statuses == [200] * 7


def test_both_ways_carry_the_same_headers(app: Ici, twins: Twins) -> None:
    through, route = by_each(app, twins, lambda phone: phone.post(lane.PATH, {}))
    per_answer = {"X-Request-Id"}
    assert dict(through.headers).keys() == dict(route.headers).keys()
    same = dict(through.headers).keys() - per_answer
    assert {name: through.headers[name] for name in same} == {name: route.headers[name] for name in same}


@pytest.mark.parametrize("asked", ["", "de", "*", "fr", "en-GB", "en;q=0", "fr-FR,en;q=0.9", "en-US,fr;q=0.9"])
@pytest.mark.parametrize("own", ["fr", "en"])
def test_both_ways_speak_the_same_language(app: Ici, anyone: Speaker, own: str, asked: str) -> None:
    twins = Twins(anyone)
    with db.system_transaction():
        for member_id in twins.members.values():
            db.execute(text("UPDATE member SET language = :own WHERE member_id = :id"), {"own": own, "id": member_id})
    body = {"beacons": [json.loads(frame_text(twins))]}
    headers = {"Accept-Language": asked}
    through, route = by_each(app, twins, lambda phone: phone.post(lane.PATH, body, headers=headers))
    assert told(through) == told(route)
    assert through.get_json()["offers"]
    assert through.headers["Content-Language"] == route.headers["Content-Language"]


def revoke(twins: Twins) -> None:
    with db.system_transaction():
        for member_id in twins.members.values():
            db.execute(
                text("UPDATE member_session SET revoked_at = now(), revoked_reason = 'x' WHERE member_id = :id"),
                {"id": member_id},
            )


def restrict(twins: Twins) -> None:
    change(twins, restricted_at=clock.now())


def grow_young(twins: Twins) -> None:
    change(twins, minor_until=clock.now() + timedelta(days=400))


def change(twins: Twins, **given: datetime) -> None:
    with db.system_transaction():
        for member_id in twins.members.values():
            known = db.all_of(member_locked(member_id))[0]
            for name, value in given.items():
                setattr(known, name, value)
            carry_restriction(known, now=clock.now())


def withdraw(twins: Twins) -> None:
    for phone in twins.phones.values():
        for touchpoint in ("beacon", "geofence"):
            phone.delete(f"/v1/permissions/{twins.brand.code}/{touchpoint}/in_store_offers")


@pytest.mark.parametrize(
    ("befall", "status"),
    [(revoke, 401), (restrict, 403), (grow_young, 403), (withdraw, 403)],
    ids=["revoked", "restricted", "minor", "withdrawn"],
)
def test_whoever_is_refused_is_refused_by_the_one_place_that_refuses(
    app: Ici, anyone: Speaker, befall: Callable[[Twins], None], status: int
) -> None:
    twins = Twins(anyone)
    befall(twins)
    answer = said_alike(app, twins, lambda phone: phone.post(lane.PATH, {"beacons": [json.loads(frame_text(twins))]}))
    assert answer.status_code == status
    assert not any(rows_of(twins.members["lane"]).values())


@pytest.mark.parametrize("token", ["", "nonsense", "ici_a_AAAA"])
def test_a_wrong_token_is_refused_alike(app: Ici, twins: Twins, token: str) -> None:
    answer = said_alike(app, twins, lambda phone: phone.with_token(token).post(lane.PATH, {}))
    assert answer.status_code == 401


def test_a_body_of_another_type_is_left_to_the_route(app: Ici, twins: Twins) -> None:
    headers = {"Content-Type": "text/plain"}
    answer = said_alike(app, twins, lambda phone: phone.send("POST", lane.PATH, data=b"{}", headers=headers))
    assert answer.status_code == 415


def test_more_items_than_a_report_may_have_are_refused_alike(app: Ici, twins: Twins) -> None:
    heard = [json.loads(frame_text(twins)) | {"id": str(n)} for n in range(MOST_ITEMS + 1)]
    assert said_alike(app, twins, lambda phone: phone.post(lane.PATH, {"beacons": heard})).status_code == 422


@pytest.mark.parametrize("way", WAYS)
def test_a_report_says_that_its_token_came_back(app: Ici, twins: Twins, way: str) -> None:
    access = read_access_token(twins.phones[way].token or "", now=clock.now())
    whose = {"member_id": access.member_id, "session_id": access.session_id}
    rotate = "UPDATE member_session SET generation = 7, seen_generation = 6 WHERE id = :id"
    with db.system_transaction():
        db.execute(text(rotate), {"id": access.session_id})
    for generation, seen in ((6, 6), (7, 7)):
        token = issue_access_token(**whose, generation=generation, now=clock.now())
        with by_way(app, way):
            assert twins.phone.with_token(token).post(lane.PATH, {}).status_code == 200
        with db.system_transaction():
            session = db.get(MemberSession, tuple(whose.values()))
            assert session is not None
            assert session.seen_generation == seen


def lines_of(app: Ici, twins: Twins, monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    written: list[tuple[str, Any]] = []
    monkeypatch.setattr("app.ops.health.write_line", lambda event, facts: written.append((event, dict(facts))))
    by_each(app, twins, lambda phone: phone.post(lane.PATH, {}))
    return [facts | {"event": event} for event, facts in written if facts["route"] == lane.PATH]


def test_both_ways_are_logged_and_counted_alike(app: Ici, twins: Twins, monkeypatch: pytest.MonkeyPatch) -> None:
    through, route = lines_of(app, twins, monkeypatch)
    own = ("ms", "request_id")
    assert [{k: v for k, v in line.items() if k not in own} for line in (through, route)] == [
        {"event": "request", "method": "POST", "route": lane.PATH, "status": 200, "role": "member", "problem": None}
    ] * 2


def test_no_lane_takes_what_another_method_or_address_asks(app: Ici, twins: Twins) -> None:
    assert twins.phone.get(lane.PATH).status_code == 405
    assert twins.phone.post(f"{lane.PATH}/", {}).status_code == 404
