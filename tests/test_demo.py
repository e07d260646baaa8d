"""The demo: a second loading changes nothing, and every sign-in that it prints works as printed."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from app import config
from app.demo import doors, seed_demo
from app.demo.plans import PLANS
from app.http.access import CONSOLE_ROLES
from app.settings import ConfigIncomplete
from app.sql import db
from app.sql.db import Base
from offers.planning.models import OfferStatus
from tests.speaking import Speaker

pytestmark = pytest.mark.slow

URL = "http://localhost:8000"


@pytest.fixture(scope="module")
def lines() -> list[str]:
    return load()


@pytest.fixture
def production() -> Iterator[None]:
    before = config.current()
    config.use_config(replace(before, environment="production"))
    yield
    config.use_config(before)


def load(now: datetime | None = None) -> list[str]:
    with db.system_transaction():
        return seed_demo(now=now or datetime.now(UTC), url=URL)


def kept() -> dict[str, str]:
    return json.loads(doors.demo_file().read_text())


def rows_in_all_tables() -> dict[str, int]:
    with db.system_transaction():
        return {
            table.name: db.execute(select(func.count()).select_from(table)).scalar_one()
            for table in Base.metadata.sorted_tables
        }


def token_in(lines: list[str]) -> str:
    """The access token of the command to try."""
    [token] = re.findall(r"Bearer ([^']+)'", "\n".join(lines))
    return token


def console(anyone: Speaker, role: str) -> Speaker:
    known = {"brand": kept()["brand"], "email": kept()["emails"][role], "password": kept()["passwords"][role]}
    answer = anyone.post("/v1/console/sessions", known)
    assert answer.status_code == 201, answer.text
    return anyone.with_token(answer.get_json()["token"])


def test_a_second_loading_says_the_same(lines: list[str]) -> None:
    assert load() == lines


def test_a_second_loading_writes_no_row(lines: list[str]) -> None:
    before = rows_in_all_tables()
    load()
    assert rows_in_all_tables() == before


@pytest.mark.parametrize("role", [str(role) for role in CONSOLE_ROLES])
def test_the_password_of_each_role_is_printed_and_opens_the_console(
    lines: list[str], anyone: Speaker, role: str
) -> None:
    console(anyone, role)
    assert kept()["passwords"][role] in "\n".join(lines)


def test_the_command_to_try_is_answered_with_an_offer_whatever_the_hour(lines: list[str], anyone: Speaker) -> None:
    [body] = re.findall(r"curl -s \S*/nearby-offers .* --json '([^']+)'", "\n".join(lines))
    answer = anyone.with_token(token_in(lines)).post("/v1/nearby-offers", json.loads(body))
    assert answer.get_json()["offers"][0]["offer"]["title"] == "10% off the whole shop"


def test_anybody_is_told_which_shops_around_have_tea(lines: list[str], anyone: Speaker) -> None:
    [body] = re.findall(r"curl -s \S*/around .* --json '([^']+)'", "\n".join(lines))
    told = anyone.post("/v1/around", json.loads(body) | {"brand": "demo", "radius_m": 10_000}).get_json()
    said = {one["store"]["name"]: one["article"] and one["article"]["in_stock"] for one in told["stores"]}
    assert (said["Gare du Nord"], said["Montorgueil"], said["Bastille"]) == (True, False, None)
    first = told["stores"][0]
    assert (first["service_times"][0]["minutes"], first["events"][0]["title"]) == (8, "The month of tea")
    assert [one["title"] for one in told["offers"]] == ["200 points on the right bank"]


def test_the_printed_key_scans_the_printed_card(lines: list[str], anyone: Speaker) -> None:
    said = "\n".join(lines)
    key, code = re.findall(r"terminal +(\S+)", said)[0], re.findall(r"card to scan +(\S+)", said)[0]
    assert anyone.with_token(key).post("/v1/scans", {"code": code}).get_json()["display_name"] == "Léa"


def test_a_revoked_terminal_stays_revoked(lines: list[str], anyone: Speaker) -> None:
    admin, key = console(anyone, "admin"), kept()["terminal_key"]
    for terminal in admin.get("/v1/terminals").get_json()["items"]:
        admin.post(f"/v1/terminals/{terminal['id']}/revocation")
    load()
    assert anyone.with_token(key).post("/v1/scans", {"code": "x"}).status_code == 401


def test_there_is_an_offer_in_every_state(lines: list[str], anyone: Speaker) -> None:
    offers = console(anyone, "auditor").get("/v1/offers?limit=100").get_json()["items"]
    assert len(offers) == len(PLANS)
    assert {offer["status"] for offer in offers} == {str(status) for status in OfferStatus}


def test_the_approver_can_approve_what_waits(lines: list[str], anyone: Speaker) -> None:
    approver = console(anyone, "approver")
    [draft] = approver.get("/v1/offers?status=draft").get_json()["items"]
    answer = approver.post(f"/v1/offers/{draft['id']}/approval", headers={"If-Match": f'"{draft["revision"]}"'})
    assert answer.get_json()["status"] == "live"


def test_lost_passwords_are_replaced(lines: list[str], anyone: Speaker) -> None:
    before = kept()["passwords"]["auditor"]
    doors.demo_file().unlink()
    load()
    assert kept()["passwords"]["auditor"] != before
    console(anyone, "auditor")


def test_the_passwords_are_for_their_owner_only(lines: list[str]) -> None:
    assert doors.demo_file().stat().st_mode & 0o777 == 0o600


def test_a_permission_that_has_ended_is_renewed(lines: list[str], anyone: Speaker) -> None:
    later = datetime.now(UTC) + timedelta(days=400)
    cells = anyone.with_token(token_in(load(later))).get("/v1/permissions?brand=demo").get_json()["cells"]
    assert [datetime.fromisoformat(cell["expires_at"]) > later for cell in cells if cell["effective"]] == [True]


@pytest.mark.usefixtures("production")
def test_production_refuses_the_demo(lines: list[str]) -> None:
    with pytest.raises(ConfigIncomplete, match="for development"):
        load()


def test_the_demo_brand_has_a_programme_with_tiers_and_rewards(lines: list[str], anyone: Speaker) -> None:
    member = anyone.with_token(token_in(lines))
    said = member.get(f"/v1/brands/{doors.BRAND}/programme").json
    rewards = member.get(f"/v1/brands/{doors.BRAND}/rewards").json["items"]
    assert [tier["code"] for tier in said["tiers"]["opportunities"]] == ["lilac", "wisteria"]
    assert [reward["code"] for reward in rewards] == ["cup", "tasting", "ten-percent"]
