"""Tags: made, printed, scanned and retired."""

import pytest
from sqlalchemy import update

from app.codes.printed_codes import draw_qr
from app.sql import db
from geo.places.models import Store
from geo.zones.models import Zone
from geo.zones.tags import TagTarget, ndef_message, resolve_tag
from tests.factories import console_token, made, make_brand, make_console_user, make_store
from tests.zones.factories import make_tag, make_zone


@pytest.fixture
def console(anyone, brand):
    """A merchandiser of the brand."""
    return anyone.with_token(console_token(make_console_user(brand)))


@pytest.fixture
def store(brand):
    return make_store(brand)


@pytest.fixture
def zone(store):
    return make_zone(store)


def create(console, **given):
    return console.post("/v1/tags", {"carrier": "poster", "label": "Vitrine"} | given)


def resolved(code):
    with made():
        return resolve_tag(code)


def test_a_tag_leads_to_its_zone_and_what_stands_there(console, brand, store, zone):
    tag = create(console, zone_id=str(zone.id)).json
    assert resolved(tag["code"])[1:] == (brand.id, store.id, zone.id, {"categories": ["drinks/tea"]})


def test_the_products_of_a_tag_come_before_those_of_its_zone(console, zone):
    tag = create(console, zone_id=str(zone.id), products={"skus": ["T-1"]}).json
    assert resolved(tag["code"]).products == {"skus": ["T-1"]}


def test_a_tag_of_a_product_may_stand_anywhere(console, brand):
    tag = create(console, products={"gtins": ["4006381333931"]}).json
    assert resolved(tag["code"])[1:] == (brand.id, None, None, {"gtins": ["04006381333931"]})


def test_a_tag_that_leads_nowhere_is_refused(console):
    assert create(console).json["errors"][0]["code"] == "leads_nowhere"


def test_a_zone_of_another_store_is_refused(console, brand, zone):
    answer = create(console, zone_id=str(zone.id), store_id=str(make_store(brand).id))
    assert answer.json["code"] == "zone_elsewhere"


@pytest.mark.parametrize("code", ["", "x", "a" * 16, "\0" * 16, "é" * 16])
def test_what_is_no_code_leads_nowhere(code):
    assert resolved(code) is None


def test_a_retired_tag_leads_nowhere(console, store):
    tag = create(console, store_id=str(store.id)).json
    first = console.post(f"/v1/tags/{tag['id']}/retirement").json
    assert console.post(f"/v1/tags/{tag['id']}/retirement").json == first
    assert resolved(tag["code"]) is None


def test_a_tag_of_a_closed_store_leads_nowhere(store):
    tag = make_tag(store)
    with made():
        db.execute(update(Store).where(Store.id == store.id).values(status="closed"))
    assert resolved(tag.code) is None


def test_a_tag_of_a_closed_zone_leads_to_the_store(store, zone):
    tag = make_tag(store, zone_id=zone.id)
    with made():
        db.execute(update(Zone).where(Zone.id == zone.id).values(status="closed"))
    assert resolved(tag.code) == TagTarget(tag.id, store.brand_id, store.id, None, {})


def test_codes_cannot_be_guessed_from_one_another(console, store):
    codes = {create(console, store_id=str(store.id)).json["code"] for _ in range(20)}
    assert len(codes) == 20
    assert {len(code) for code in codes} == {16}


def test_the_drawn_code_is_what_is_printed(console, store):
    tag = create(console, store_id=str(store.id)).json
    drawn = console.get(f"/v1/tags/{tag['id']}/qr.svg")
    assert drawn.get_data(as_text=True) == draw_qr(tag["url"])
    assert tag["url"] == f"http://localhost/t/{tag['code']}"


def test_an_nfc_chip_opens_the_same_address():
    # NFC Forum, URI Record Type Definition 1.0, appendix A: http://www.nfc.com
    assert ndef_message("http://www.nfc.com").hex() == "d101085501" + b"nfc.com".hex()


def test_a_phone_without_the_app_sees_where_it_is(anyone, store, zone):
    tag = make_tag(store, zone_id=zone.id)
    page = anyone.get(f"/t/{tag.code}")
    assert "Épicerie Test, Rivoli, Teas" in page.get_data(as_text=True)
    assert "Set-Cookie" not in page.headers


def test_the_names_on_the_page_are_texts(anyone, brand):
    store = make_store(brand, name="<b>{0}</b>")
    page = anyone.get(f"/t/{make_tag(store).code}").get_data(as_text=True)
    assert "&lt;b&gt;{0}" in page


def test_a_code_of_nobody_has_no_page(anyone):
    assert anyone.get("/t/" + "a" * 16).status_code == 404


def test_a_tag_of_another_brand_is_unknown(console):
    tag = make_tag(make_store(make_brand()))
    assert console.post(f"/v1/tags/{tag.id}/retirement").json["code"] == "tag_unknown"
    assert console.get(f"/v1/tags/{tag.id}/qr.svg").json["code"] == "tag_unknown"
