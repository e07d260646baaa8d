"""Bundles over HTTP: the same bytes for all, signed, kept, and nothing known of who asks."""

import gzip
import io
import json
import random
from base64 import urlsafe_b64decode
from collections.abc import Iterator
from typing import Any
from unittest import mock

import orjson
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app import canonical, clock, logs
from app.accounts.models import Brand
from geo.private import surroundings
from geo.private.cells import FINEST, cell_at, parent_of
from offers.bundles import shelf
from offers.bundles.signature import is_bundle_signed
from tests.beacons.factories import make_beacon
from tests.bundles.factories import at_sea, fresh_looks, make_stores
from tests.factories import make_brand, make_member, member_token
from tests.fences.factories import circle, make_fence, outline, square
from tests.planning.factories import make_offer, new_version, pause
from tests.racing import at_once
from tests.speaking import Speaker
from tests.tracing import traced

Place = tuple[float, float]


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    with fresh_looks():
        yield


class Harbour:
    """A brand with stores around a place of its own, and an offer."""

    def __init__(self, seed: int, *, stores: int = 12) -> None:
        self.place = at_sea(seed)
        self.brand: Brand = make_brand(name="Comptoir du Port")
        self.stores = make_stores(self.brand, self.place, stores, rng=random.Random(seed), now=clock.now())
        self.offer = make_offer(self.brand, now=clock.now())
        self.cell = cell_at(*self.place, FINEST)
        self.path = f"/v1/bundles/cells/{self.cell}"


def read(response: TestResponse) -> dict[str, Any]:
    assert response.status_code == 200, response.get_json()
    found: dict[str, Any] = orjson.loads(response.data)
    return found


def unjudged(anyone: Speaker, path: str, **headers: str) -> TestResponse:
    """An answer that is not compared with the document, which is about JSON and not about what it is packed in."""
    application = anyone.client.application
    return FlaskClient(application, application.response_class).get(path, headers=headers)


def plain_headers(response: TestResponse) -> dict[str, str]:
    """All but the id of the request, which is drawn at random for each."""
    return {name: value for name, value in response.headers.items() if name != "X-Request-Id"}


def test_a_bundle_holds_stores_and_offers_in_both_languages(anyone: Speaker) -> None:
    harbour = Harbour(101)
    bundle = read(anyone.get(harbour.path))
    assert {store["id"] for store in bundle["stores"]} == {str(store.id) for store in harbour.stores}
    [offer] = bundle["offers"]
    assert (offer["cards"]["fr"]["title"], offer["cards"]["en"]["title"]) == ("Café offert", "Free coffee")
    assert offer["times"][0]["stores"] is None  # at all of them
    assert [(one["code"], one["name"]) for one in bundle["brands"]] == [(harbour.brand.code, "Comptoir du Port")]


def test_a_bundle_says_what_a_phone_can_watch(anyone: Speaker) -> None:
    harbour = Harbour(123)
    store, brand = harbour.stores[0], harbour.brand
    round_one = make_fence(brand, circle(*harbour.place[::-1], radius_m=150.5), store=store, now=clock.now())
    drawn = make_fence(brand, outline(square(*harbour.place[::-1], side=0.003)), store=store, now=clock.now())
    make_fence(brand, circle(*harbour.place[::-1]), now=clock.now())  # of no store: it only counts who passes
    radio = make_beacon(store)
    make_beacon(store, stability="roving")
    make_beacon(store, status="inactive")
    bundle = read(anyone.get(harbour.path))
    fences = {fence["id"]: fence for fence in bundle["fences"]}
    assert set(fences) == {str(round_one.id), str(drawn.id)}
    assert (fences[str(round_one.id)]["radius_m"], fences[str(round_one.id)]["outlines"]) == (151, None)
    assert len(fences[str(drawn.id)]["outlines"][0][0]) == 5
    [beacon] = bundle["beacons"]
    assert beacon == {"kind": "ibeacon", "identifier": radio.identifier.hex(), "store": store.number, "zone_id": None}


def test_no_byte_tells_two_members_apart_or_their_languages(anyone: Speaker) -> None:
    harbour = Harbour(102)
    askers = [anyone, *(anyone.with_token(member_token(make_member())) for _ in range(2))]
    askers += [Speaker(anyone.client, language=language) for language in ("fr", "de", "")]
    answers = [one.get(harbour.path, headers={"Cookie": f"seen={n}"}) for n, one in enumerate(askers)]
    assert len({one.data for one in answers}) == 1
    assert len({json.dumps(plain_headers(one)) for one in answers}) == 1
    assert "Set-Cookie" not in answers[0].headers
    assert answers[0].headers["Vary"] == "Accept-Encoding"
    assert answers[0].headers["Cache-Control"] == "public, max-age=300"


def test_a_revoked_or_broken_token_is_not_even_read(anyone: Speaker) -> None:
    harbour = Harbour(103)
    assert anyone.with_token("nonsense").get(harbour.path).status_code == 200


def test_the_signature_covers_the_bytes_and_its_key_is_published(anyone: Speaker) -> None:
    harbour = Harbour(104)
    answer = anyone.get(harbour.path)
    signature = answer.headers["JWS-Signature"]
    keys = {one["kid"]: one["public_key"] for one in anyone.get("/v1/log/keys").get_json()["items"]}
    header = json.loads(urlsafe_b64decode(signature.partition(".")[0] + "=="))
    key = bytes.fromhex(keys[header["kid"]])
    assert header == {"alg": "EdDSA", "kid": header["kid"], "typ": "ici-bundle+jws"}
    assert is_bundle_signed(answer.data, signature, public_key=key)
    assert not is_bundle_signed(answer.data + b" ", signature, public_key=key)
    assert not is_bundle_signed(answer.data, signature[:-4] + "AAAA", public_key=key)


def test_a_bundle_is_canonical_json(anyone: Speaker) -> None:
    answer = anyone.get(Harbour(105).path)
    assert canonical.write_json(canonical.read_json(answer.data)) == answer.data


def test_whoever_takes_gzip_gets_the_same_in_fewer_bytes(anyone: Speaker) -> None:
    harbour = Harbour(106)
    plain, packed = (unjudged(anyone, harbour.path, **{"Accept-Encoding": one}) for one in ("identity", "gzip"))
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert packed.headers["ETag"] != plain.headers["ETag"]
    assert packed.headers["JWS-Signature"] == plain.headers["JWS-Signature"]


@pytest.mark.parametrize(
    ("said", "is_packed"),
    [("br, gzip", True), ("gzip;q=0", False), ("br;q=1, gzip;q=0.5", True), ("identity", False), ("", False)],
)
def test_it_is_packed_for_who_says_so(anyone: Speaker, said: str, is_packed: bool) -> None:
    answer = unjudged(anyone, Harbour(122).path, **{"Accept-Encoding": said})
    assert ("Content-Encoding" in answer.headers) is is_packed


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_whoever_has_it_gets_304_and_nothing_is_made_or_asked(anyone: Speaker, encoding: str) -> None:
    harbour = Harbour(107)
    headers = {"Accept-Encoding": encoding}
    had = unjudged(anyone, harbour.path, **headers).headers["ETag"]
    with (
        mock.patch("offers.bundles.catalogue.LOOK_EVERY_S", 60.0),
        mock.patch("offers.bundles.shelf.describe_bundle", side_effect=AssertionError),
        traced() as traffic,
    ):
        answer = anyone.get(harbour.path, headers=headers | {"If-None-Match": had})
        weak = anyone.get(harbour.path, headers=headers | {"If-None-Match": f"W/{had}"})
    assert (answer.status_code, answer.data, weak.status_code) == (304, b"", 304)
    assert traffic.statements == 0
    assert answer.headers["Cache-Control"] == "public, max-age=300"


@pytest.mark.parametrize("change", [pause, new_version])
def test_a_change_of_the_catalogue_is_a_new_bundle(anyone: Speaker, change: Any) -> None:
    harbour = Harbour(108)
    make_offer(harbour.brand, now=clock.now())
    before = anyone.get(harbour.path)
    change(harbour.offer, harbour.brand, now=clock.now())
    after = anyone.get(harbour.path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 200
    assert after.headers["ETag"] != before.headers["ETag"]


def test_a_change_elsewhere_makes_nothing_anew(anyone: Speaker) -> None:
    harbour = Harbour(109)
    before = anyone.get(harbour.path)
    Harbour(110)
    with mock.patch("offers.bundles.shelf.describe_bundle", side_effect=AssertionError):
        after = anyone.get(harbour.path, headers={"If-None-Match": before.headers["ETag"]})
    assert after.status_code == 304


def test_a_brand_that_comes_here_is_in_the_next_bundle(anyone: Speaker) -> None:
    harbour = Harbour(111)
    read(anyone.get(harbour.path))
    other = make_brand()
    make_stores(other, harbour.place, 1, rng=random.Random(5), now=clock.now())
    make_offer(other, now=clock.now())
    assert {one["code"] for one in read(anyone.get(harbour.path))["brands"]} == {harbour.brand.code, other.code}


def test_of_sixteen_who_ask_at_once_one_makes_it(anyone: Speaker) -> None:
    harbour = Harbour(112)
    with mock.patch("offers.bundles.shelf.describe_bundle", wraps=shelf.describe_bundle) as made:
        found = at_once(16, lambda _: shelf.cell_bundle(harbour.cell))
    assert made.call_count == 1
    assert len({id(one) for one in found}) == 1


def test_the_shelf_keeps_no_more_than_its_room(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "_shelf", shelf._Shelf())
    harbours = [Harbour(113 + n) for n in range(3)]
    size = sum(map(len, shelf.cell_bundle(harbours[0].cell)[:2]))
    monkeypatch.setattr(shelf, "MOST_KEPT_BYTES", 2 * size + size // 2)
    for harbour in harbours:
        shelf.cell_bundle(harbour.cell)
    assert list(shelf._shelf.kept) == [f"cells/{harbour.cell}" for harbour in harbours[1:]]
    assert shelf._shelf.size <= shelf.MOST_KEPT_BYTES


def test_a_brand_whose_catalogue_is_small_is_one_bundle(anyone: Speaker) -> None:
    harbour = Harbour(116, stores=2)
    bundle = read(anyone.get(f"/v1/bundles/brands/{harbour.brand.code}"))
    assert bundle["covers"] is None
    assert len(bundle["stores"]) == 2


def test_a_larger_one_is_asked_for_by_cells(anyone: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    harbour = Harbour(117, stores=3)
    monkeypatch.setattr(shelf, "MOST_STORES_OF_BRAND", 2)
    answer = anyone.get(f"/v1/bundles/brands/{harbour.brand.code}")
    assert (answer.status_code, answer.get_json()["code"]) == (409, "catalogue_too_large")


def test_a_bundle_of_too_many_bytes_is_none(anyone: Speaker, monkeypatch: pytest.MonkeyPatch) -> None:
    harbour = Harbour(118)
    monkeypatch.setattr(shelf, "MOST_BYTES", 100)
    for path in (f"/v1/bundles/brands/{harbour.brand.code}", harbour.path):
        assert anyone.get(path).status_code == 409


def test_a_brand_that_is_none_is_unknown(anyone: Speaker) -> None:
    answer = anyone.get("/v1/bundles/brands/nobody")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "brand_unknown")


def test_where_few_stores_are_the_coarser_cell_is_asked(anyone: Speaker) -> None:
    harbour = Harbour(119, stores=surroundings.FEWEST_STORES - 1)
    cell, asked = harbour.cell, []
    while (answer := anyone.get(f"/v1/bundles/cells/{cell}")).status_code == 409:
        said = answer.get_json()
        asked.append((said["code"], said["facts"]))
        cell = parent_of(cell)
    assert asked == [("cell_too_sparse", {"resolution": resolution}) for resolution in (5, 4, 3)]
    assert len(read(answer)["stores"]) == len(harbour.stores)


def test_where_too_many_are_a_finer_cell_is_asked_and_nobody_is_sent_in_a_circle(
    anyone: Speaker, monkeypatch: pytest.MonkeyPatch
) -> None:
    harbour = Harbour(120)
    monkeypatch.setattr(surroundings, "MOST_STORES", len(harbour.stores) - 1)
    answer = anyone.get(f"/v1/bundles/cells/{parent_of(harbour.cell)}")
    assert answer.get_json()["code"] == "cell_too_full"
    monkeypatch.setattr(surroundings, "MOST_STORES", len(harbour.stores))
    monkeypatch.setattr(surroundings, "IN_THE_BOX", len(harbour.stores))
    assert anyone.get(f"/v1/bundles/cells/{parent_of(harbour.cell)}").get_json()["code"] == "cell_too_full"
    monkeypatch.setattr(surroundings, "IN_THE_BOX", 1_000)
    monkeypatch.setattr(surroundings, "MOST_STORES", len(harbour.stores))
    monkeypatch.setattr(surroundings, "FEWEST_STORES", len(harbour.stores) + 1)
    assert anyone.get(harbour.path).status_code == 409  # the coarser one has it
    monkeypatch.setattr(surroundings, "MOST_STORES", len(harbour.stores) - 1)
    assert anyone.get(f"/v1/bundles/cells/{parent_of(harbour.cell)}").get_json()["code"] == "cell_too_full"


@pytest.mark.parametrize(
    ("cell", "status", "code"),
    [
        (cell_at(48.86, 2.35, 9), 422, "cell_too_fine"),
        (cell_at(48.86, 2.35, 7), 422, "cell_too_fine"),
        (cell_at(48.86, 2.35, 1), 422, "cell_too_coarse"),
        ("louvre", 404, "cell_unknown"),
    ],
)
def test_a_cell_that_is_none_or_too_fine_is_refused(anyone: Speaker, cell: str, status: int, code: str) -> None:
    answer = anyone.get(f"/v1/bundles/cells/{cell}")
    assert (answer.status_code, answer.get_json()["code"]) == (status, code)
    assert cell not in answer.get_data(as_text=True)


def test_the_log_says_neither_who_asked_nor_for_which_cell(anyone: Speaker) -> None:
    harbour, stream = Harbour(121), io.BytesIO()
    logs.configure(stream=stream)
    try:
        anyone.with_token(member_token(make_member())).get(harbour.path)
        anyone.get(f"/v1/bundles/cells/{cell_at(*harbour.place, 9)}")
    finally:
        logs.configure()
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert [line["route"] for line in lines] == ["/v1/bundles/cells/<cell>"] * 2
    allowed = {"method", "route", "status", "ms", "role", "problem", "request_id", "event", "level", "timestamp"}
    assert all(set(line) <= allowed and line["role"] is None for line in lines)
    assert harbour.cell not in stream.getvalue().decode()
    assert anyone.client.environ_base["REMOTE_ADDR"] not in stream.getvalue().decode()
