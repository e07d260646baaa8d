"""A canary sings a position, an address and secrets into every door; afterwards nobody must be able to repeat them.

The real server on its own database: the main job, every refusal on the way, a fault of ours, a database that dies. Then
a whole dump, every file of the database and every log are searched: for the text of the position, for any number within
50 metres of it, for its bytes inside binary values; and the logs for everything personal.
"""

import base64
import json
import math
import re
import struct
import subprocess
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from app.accounts.passwords import hash_password
from app.config import Config
from app.http.access import Role
from app.ops.database.postgres import find_programs
from app.sql import db
from geo.owntracks import secretbox
from geo.private.cells import cell_at
from tests.consent.factories import body as yes
from tests.consent.factories import cell_address, vector
from tests.factories import make_brand, make_console_user
from tests.presence.factories import make_circle
from tests.serving import DATABASE, Served, served
from tests.speaking import Speaker
from tests.world import Side, make_side

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LAT, LON = 48.853217, 2.348765
STORE_LAT, STORE_LON = 48.857911, 2.354311
"""Some 660 metres away, so that nothing about the store is near the canary in either coordinate."""

WITHIN_M = 50
NEAR_LAT = WITHIN_M / 111_195
NEAR_LON = NEAR_LAT / math.cos(math.radians(LAT))
HERE = {"lat": LAT, "lon": LON, "accuracy_m": 17}
WATCH = {"path": "/v1/region-plan", "method": "POST", "json": {"platform": "ios", "fix": HERE}}

NAME, PASSWORD = "Canari Zinzolin", "canary password 7f3a"
WRONG_BODIES: list[dict[str, Any]] = [
    {"json": HERE | {"lat": str(LAT)}},
    {"json": HERE | {"altitude": LAT}},
    {"json": HERE | {"accuracy_m": 0}},
    {"json": HERE | {"lat": LAT * 10}},
    {"json": {"position": [LON, LAT]}},
    {"json": HERE, "query_string": {"lat": str(LAT), "lon": str(LON)}},
    {"data": f'{{"lat": {LAT}, "lon": {LON}, "lat": {LAT}}}'.encode(), "headers": {"Content-Type": "application/json"}},
    {"data": f'{{"lat": {LAT}, "lon": {LON}'.encode(), "headers": {"Content-Type": "application/json"}},
    {"data": f"lat={LAT}&lon={LON}".encode(), "headers": {"Content-Type": "application/x-www-form-urlencoded"}},
    {"data": f"{LAT} {LON} ".encode() * 20_000, "headers": {"Content-Type": "application/json"}},
]


@dataclass
class Song:
    """What was sung: `secrets` must be nowhere, `personal` in no log. `heard` is the statuses of all answers."""

    server: Served
    secrets: set[str] = field(default_factory=set)
    personal: set[str] = field(default_factory=set)
    heard: list[int] = field(default_factory=list)
    dump: str = ""

    def sing(self, speaker: Speaker, method: str, path: str, **sent: Any) -> Any:
        """Send it, and keep the status."""
        answer = speaker.send(method, path, **sent)
        self.heard.append(answer.status_code)
        return answer

    def logs(self) -> dict[str, str]:
        """Everything that was written about what happened."""
        files = {"server": self.server.log, "PostgreSQL": self.server.cluster.server.log}
        return {name: file.read_text(encoding="utf-8", errors="replace") for name, file in files.items()}


@pytest.fixture(scope="module")
def song(tmp_path_factory: pytest.TempPathFactory, settings: Config) -> Iterator[Song]:
    with served(tmp_path_factory.mktemp("canary"), settings, durable=False) as server:
        song = Song(server)
        side = make_side(server.anyone, lon=STORE_LON, lat=STORE_LAT, fix=HERE)
        live(song, side)
        knock_everywhere(song, side)
        break_things(song, side)
        song.dump = dump_of(server)
        yield song


def live(song: Song, side: Side) -> None:
    """The main job of a member who signs in, asks, claims, is scanned and withdraws."""
    member = sign_in(song)
    here = {"path": "/v1/nearby-offers", "method": "POST", "json": HERE}
    song.sing(member, **here)
    for level in ("one_shot", "proactive"):
        song.sing(member, "PUT", cell_address(side.brand), json=yes(level))
        decision = song.sing(member, **here).get_json()["decision_id"]
        song.sing(member, "GET", f"/v1/decisions/{decision}")
        song.sing(member, **here, headers={"Accept-Language": "fr"})
    let_watch(song, member, side)
    song.sing(member, **WATCH)
    for sent in WRONG_BODIES:
        song.sing(member, "POST", "/v1/nearby-offers", **sent)
    for stranger in (song.server.anyone, member.with_token("ici_t_nobody"), side.till):
        song.sing(stranger, **here)
    coupon = song.sing(member, "POST", f"/v1/offers/{side.offer.id}/coupons").get_json()
    report_sightings(song, side, member)
    speak_as_owntracks(song, side, member)
    ask_around(song, side, member)
    card = song.sing(member, "POST", "/v1/cards", json={"brand": side.brand.code, "display_name": NAME}).get_json()
    for code in (card["code"], coupon["code"]):
        song.sing(side.till, "POST", "/v1/scans", json={"code": code})
    hold_passes(song, member, card, coupon)
    work_at_a_till(song, side)
    song.sing(side.till, "POST", f"/v1/coupons/{coupon['code']}/redemptions")
    song.sing(side.till, "POST", f"/v1/coupons/{coupon['code']}/redemptions")
    song.sing(member, "DELETE", cell_address(side.brand))
    song.sing(member, **here)
    song.personal |= {NAME, coupon["code"], card["code"]}


def hold_passes(song: Song, member: Speaker, card: Any, coupon: Any) -> None:
    """A pass in both wallets, as far as this server has them; what a phone then says, also with a wrong token."""
    device, token, link = uuid.uuid4().hex, uuid.uuid4().hex * 2, "canarylink" * 6
    held = song.sing(member, "POST", f"/v1/cards/{card['id']}/pass").get_json()
    song.sing(member, "GET", f"/v1/passes/{held['id']}/apple")
    song.sing(member, "POST", f"/v1/coupons/{coupon['code']}/pass")
    links = [one["url"] for one in held["wallets"] if one["url"]]
    key = song.sing(member, "POST", f"/v1/codes/{card['code']}/window-key").get_json()
    voucher = song.sing(member, "POST", f"/v1/coupons/{coupon['code']}/voucher").get_json()["voucher"]
    copy = f"/apple/v1/devices/{device}/registrations/pass.canary"
    proof = {"Authorization": f"ApplePass {token}"}
    phone = song.server.anyone
    song.sing(phone, "POST", f"{copy}/{link[:22]}", json={"pushToken": token}, headers=proof)
    song.sing(phone, "GET", copy)
    song.sing(phone, "DELETE", f"{copy}/{link[:22]}", headers=proof)
    song.sing(phone, "GET", f"/apple/v1/passes/pass.canary/{link[:22]}", headers=proof)
    song.sing(phone, "POST", "/apple/v1/log", json={"logs": [f"{NAME} {device} {token}"]})
    song.sing(phone, "POST", "/google/callbacks", json={"signedMessage": token, "signature": link})
    for path in (
        f"/apple/passes/{link}.pkpass",
        f"/google/passes/{link}",
        *(url.partition("8000")[2] for url in links),
    ):
        if path:
            song.sing(phone, "GET", path)
    song.secrets |= {device, token, link, key["key"], key["shown"], voucher, *(url.rsplit("/")[-1] for url in links)}


def work_at_a_till(song: Song, side: Side) -> None:
    """A till is paired, somebody shows a PIN, and the till says how it is."""
    admin, pin = side.console[Role.ADMIN], "90417263"
    made = song.sing(admin, "POST", "/v1/terminals", json={"name": "Canari", "store_id": str(side.store.id)}).get_json()
    paired = song.sing(
        song.server.anyone, "POST", "/v1/terminals/pairing", json={"pairing_token": made["pairing_token"]}
    )
    till = song.server.anyone.with_token(paired.get_json()["key"])
    wish = {"store_id": str(side.store.id), "number": "77", "name": NAME, "pin": pin}
    song.sing(admin, "POST", "/v1/console/cashiers", json=wish)
    for shown in ("90417264", pin):
        staff = song.sing(till, "POST", "/v1/terminal/cashier-sessions", json={"number": "77", "pin": shown}).get_json()
    song.sing(till, "GET", "/v1/terminal/snapshot", headers={"X-Staff": staff["token"]})
    rolled = song.sing(till, "POST", "/v1/terminal/key").get_json()
    song.secrets |= {made["pairing_token"], str(till.token), rolled["key"], staff["token"], pin}


def report_sightings(song: Song, side: Side, member: Speaker) -> None:
    """Fixes inside the fence of a store and outside of all, before a permission, with one, and after it."""
    now = datetime.now(UTC)
    said = [
        HERE | {"id": str(n), "at": (now - timedelta(minutes=n)).isoformat(), "accuracy_m": accuracy_m}
        for n, accuracy_m in enumerate((17, 17, 0, 5_000, 17, 17, 17))
    ]
    address = cell_address(side.brand, touchpoint="geofence", purpose="in_store_offers")
    song.sing(member, "POST", "/v1/sightings", json={"fixes": said})
    song.sing(member, "PUT", address, json=yes("proactive"))
    for radius_m in (1, 2_000):
        make_circle(side.store, side.brand, where=(STORE_LON, STORE_LAT), radius_m=radius_m)
        answer = song.sing(member, "POST", "/v1/sightings", json={"fixes": said})
    assert answer.status_code == 200
    assert "entered" in str(answer.get_json())
    song.sing(member, "POST", "/v1/sightings", json={"fixes": [said[0] | {"lat": str(LAT)}]})


def speak_as_owntracks(song: Song, side: Side, member: Speaker) -> None:
    """What the app says of itself, as it is and sealed, with a permission and without one."""
    for sealed in (False, True):
        address = f"/v1/owntracks-phones/{uuid.uuid4()}"
        given = song.sing(member, "PUT", address, json={"platform": "ios", "sealed": sealed}).get_json()
        pair = base64.b64encode(f"{given['user']}:{given['password']}".encode()).decode()
        song.secrets |= {given["password"], pair} | ({given["key"]} if sealed else set())
        at = int(time.time())
        place = {"lat": LAT, "lon": LON, "acc": 17, "tst": at, "desc": NAME, "SSID": NAME}
        crossing = {"_type": "transition", "event": "enter", "rid": str(side.fence.id), "t": "c"}
        for said in ({"_type": "location"}, crossing, {"_type": "waypoint"}, {"_type": "card", "name": NAME}):
            message: dict[str, Any] = place | said
            if sealed:
                message = secretbox.seal_message(message, given["key"])
            song.sing(member, "POST", "/v1/owntracks", json=message, headers={"Authorization": f"Basic {pair}"})


def ask_around(song: Song, side: Side, member: Speaker) -> None:
    """By whoever asks without an account, by a tag, and by a merchandiser who draws where the canary is."""
    for speaker in (song.server.anyone, member):
        song.sing(speaker, "POST", "/v1/around", json=HERE)
        song.sing(speaker, "POST", "/v1/around", json=HERE | {"lat": 91})
        song.sing(speaker, "GET", f"/v1/bundles/cells/{cell_at(LAT, LON, 6)}")
        song.sing(speaker, "GET", f"/v1/bundles/cells/{cell_at(LAT, LON, 12)}")
    song.sing(member, "GET", "/v1/bundle-facts")
    song.sing(member, "PUT", cell_address(side.brand, "qr", "in_store_offers"), json=yes("alert_on_request"))
    song.sing(member, "POST", "/v1/tag-scans", json={"code": side.tag.code})
    ring = [[LON, LAT], [LON + 0.001, LAT + 0.001], [LON + 0.001, LAT], [LON, LAT + 0.001], [LON, LAT]]
    bow_tie = {"geojson": {"type": "Polygon", "coordinates": [ring]}}
    circle = {"circle": {"lon": LON, "lat": LAT, "radius_m": 200}}
    for shape in (bow_tie, circle):
        song.sing(side.console[Role.MERCHANDISER], "POST", "/v1/fences/faults", json={"shape": shape})


def sign_in(song: Song) -> Speaker:
    """By e-mail, with a wrong guess first; then by phone, and at the console."""
    email, phone = "canari.zinzolin@example.org", "+33612345678"
    signed = {}
    for address in ({"email": email}, {"phone": phone}):
        song.sing(song.server.anyone, "POST", "/v1/sign-in-codes", json=address)
        code = re.findall(r"\b\d{6}\b", mailbox(song)[-1]["text"])[0]
        wrong = f"{(int(code) + 1) % 10**6:06d}"
        song.sing(song.server.anyone, "POST", "/v1/sessions", json=address | {"code": wrong})
        signed = song.sing(song.server.anyone, "POST", "/v1/sessions", json=address | {"code": code}).get_json()
        song.secrets |= {signed["access_token"], signed["refresh_token"]}
    user = make_console_user(
        make_brand(code="canari"), password_hash=hash_password(PASSWORD), email="patron@example.org"
    )
    known = {"brand": "canari", "email": user.email}
    for password in (PASSWORD + "!", PASSWORD):
        answer = song.sing(song.server.anyone, "POST", "/v1/console/sessions", json=known | {"password": password})
    song.secrets |= {PASSWORD, answer.get_json()["token"]}
    song.personal |= {email, "canari.zinzolin", phone, phone[3:], user.email}
    return song.server.anyone.with_token(signed["access_token"])


def mailbox(song: Song) -> list[dict[str, str]]:
    lines = (song.server.folder / "var" / "mailbox.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def knock_everywhere(song: Song, side: Side) -> None:
    """Every operation, as everybody, with the canary in its query, its body and its address."""
    document = song.server.anyone.get("/openapi.json").get_json()
    callers = [song.server.anyone, side.phone, side.till, *side.console.values()]
    for path, methods in document["paths"].items():
        address = re.sub(r"\{\w+\}", str(LAT), path)
        song.sing(side.phone, "PATCH", address, json=HERE)
        for method in set(methods) & {"get", "post", "put", "delete"}:
            for speaker in callers:
                body = HERE | {"email": "canari.zinzolin@example.org", "name": NAME} if method != "get" else None
                song.sing(
                    speaker, method.upper(), address, json=body, query_string={"lat": str(LAT), "near": f"{LAT},{LON}"}
                )
                song.sing(speaker, method.upper(), path.replace("{", "").replace("}", ""), json=body)
    song.secrets |= {str(speaker.token) for speaker in callers if speaker.token}


def let_watch(song: Song, member: Speaker, side: Side) -> None:
    """Let the brand meet this member in its stores, from a phone that may watch for it."""
    song.sing(member, "PUT", cell_address(side.brand, purpose="in_store_offers"), json=yes("proactive"))
    song.sing(member, "PUT", f"/v1/installations/{uuid.uuid4()}", json=vector())


def break_things(song: Song, side: Side) -> None:
    """A fault of ours (a table is missing), and a database that dies."""
    let_watch(song, side.phone, side)
    engine = create_engine(song.server.cluster.url("owner", DATABASE))
    for statement in ("ALTER TABLE decision RENAME TO hidden", "ALTER TABLE place RENAME TO hidden_too"):
        with engine.begin() as connection:
            connection.execute(text(statement))
        song.sing(side.phone, "POST", "/v1/nearby-offers", json=HERE)
        song.sing(side.phone, **WATCH)
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE hidden RENAME TO decision"))
        connection.execute(text("ALTER TABLE hidden_too RENAME TO place"))
    engine.dispose()
    song.server.cluster.kill()
    song.sing(side.phone, "POST", "/v1/nearby-offers", json=HERE)
    song.server.cluster.start()
    song.server.wait_until_ready()
    db.engine().dispose()
    song.sing(side.phone, "POST", "/v1/nearby-offers", json=HERE)


def dump_of(server: Served) -> str:
    """The whole database as text, written by its superuser, whom row-level security does not stop."""
    command = [find_programs().path("pg_dump"), "--inserts", "--no-owner"]
    done = subprocess.run(
        command, env=server.cluster.environment("superuser", DATABASE), capture_output=True, check=True
    )
    return done.stdout.decode()


def is_near(value: float) -> bool:
    """Whether this number could be a coordinate within 50 metres of the canary."""
    return abs(value - LAT) < NEAR_LAT or abs(value - LON) < NEAR_LON


def positions_in(written: str) -> list[str]:
    """Whatever in this text tells where the canary was: as a number, or inside a value in hexadecimal."""
    written = re.sub(r"\d\d:\d\d:\d\d\.\d+", "", written)  # the seconds of an instant are no degrees
    found = [number for number in re.findall(r"\d+\.\d{2,}", written) if is_near(float(number))]
    for value in re.findall(r"(?:[0-9A-Fa-f]{2}){8,}", written):
        raw = bytes.fromhex(value)
        if any(is_near(number) for number in doubles(raw)):
            found.append(value)
        found += [number for number in re.findall(r"\d+\.\d{2,}", raw.decode("latin-1")) if is_near(float(number))]
    return found


def doubles(raw: bytes) -> Iterator[float]:
    for start in range(len(raw) - 7):
        yield from struct.unpack_from("<d", raw, start)
        yield from struct.unpack_from(">d", raw, start)


@pytest.mark.parametrize(
    "planted",
    [
        f"INSERT INTO x VALUES ({LAT})",
        f"POINT({LON} {LAT})",
        "48.85322, 2.35",
        f'{{"lat":{LAT + NEAR_LAT * 0.9}}}',
        struct.pack("<bIdd", 1, 1, LON, LAT).hex().upper(),
        f"\\x{json.dumps(HERE).encode().hex()}",
    ],
)
def test_the_search_finds_what_is_planted(planted: str) -> None:
    assert positions_in(planted)


def test_the_search_finds_the_store_where_it_is(song: Song) -> None:
    """The dump does hold positions: those of stores."""
    assert struct.pack("<dd", STORE_LON, STORE_LAT).hex().upper() in song.dump


def test_the_canary_sang_in_every_way(song: Song) -> None:
    assert {200, 201, 400, 401, 403, 404, 405, 409, 413, 415, 422, 500, 503} <= set(song.heard)


def test_the_database_does_not_know_where_the_canary_was(song: Song) -> None:
    assert positions_in(song.dump) == []


def test_no_file_of_the_database_knows_where_the_canary_was(song: Song) -> None:
    """Also what a dump does not show: the log of changes, rows that are dead, temporary files."""
    song.server.cluster.stop()
    signs = [
        str(LAT).encode(),
        str(LON).encode(),
        struct.pack("<d", LAT),
        struct.pack("<d", LON),
        struct.pack(">d", LAT),
    ]
    files = [file for file in song.server.cluster.server.data.rglob("*") if file.is_file()]
    song_files = [str(file) for file in files if any(sign in file.read_bytes() for sign in signs)]
    song.server.cluster.start()
    assert len(files) > 100
    assert song_files == []


def test_the_logs_do_not_know_where_the_canary_was(song: Song) -> None:
    assert {name: positions_in(log) for name, log in song.logs().items() if positions_in(log)} == {}


def test_the_logs_were_written(song: Song) -> None:
    assert '"route":"/v1/nearby-offers"' in song.logs()["server"]
    assert '"route":"/v1/region-plan","status":200' in song.logs()["server"]
    assert '"event":"fault"' in song.logs()["server"]
    assert "database system is ready" in song.logs()["PostgreSQL"]


def test_the_logs_hold_nothing_personal(song: Song) -> None:
    said = "".join(song.logs().values())
    assert [word for word in song.personal | song.secrets if word in said] == []
    assert re.findall(r"[\w.+-]+@[\w-]+\.\w+", said) == []


def test_the_database_keeps_no_secret_as_it_is(song: Song) -> None:
    assert [secret for secret in song.secrets if secret in song.dump] == []


def test_the_counters_of_the_server_hold_nothing_personal(song: Song) -> None:
    files = [
        file for file in (song.server.folder / "var").rglob("*") if file.is_file() and file.name != "mailbox.jsonl"
    ]
    raw = b"".join(file.read_bytes() for file in files)
    assert raw
    assert [word for word in song.personal | song.secrets | {str(LAT), str(LON)} if word.encode() in raw] == []
