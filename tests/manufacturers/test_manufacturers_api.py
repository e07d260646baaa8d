"""The register, coupons at a till, and clearing files over HTTP: strangers, wrong roles, and every reason in words."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.checkout.factories import Counter, sale_body
from tests.factories import console_token, make_brand, make_console_user, make_terminal
from tests.manufacturers.factories import COFFEE, EURO, TEA, euro, gcn
from tests.product_lists.factories import end_list, make_list
from tests.speaking import Speaker
from wallet.product_lists.errors import ProductListInUse

SERIES: dict[str, Any] = {"prefix": EURO, "products": {"gtins": [COFFEE]}}
EVERY_ARTICLE: dict[str, list[str]] = {
    name: [] for name in ("categories", "gtins", "skus", "but_not", "lists", "but_not_lists")
}
ISSUER: dict[str, Any] = {
    "code": "torref",
    "name": "Torréfactions Réunies",
    "billing_address": "1 quai du Port, 13002 Marseille",
    "currency": "EUR",
    "series": [SERIES],
}
ABOUT_A_LIST: dict[str, Any] = {"prefix": EURO, "products": {"lists": ["coffees"]}}
NEW = {"If-Match": '"0"'}
PATH = "/v1/coupon-issuers"


class Desk(Counter):
    """A till and a console of one brand."""

    def __init__(self, anyone: Speaker) -> None:
        super().__init__()
        self.terminal, key = make_terminal(self.store)
        self.till_speaks = anyone.with_token(key)
        self.roles = {
            role: anyone.with_token(console_token(make_console_user(self.brand, role)))
            for role in ("merchandiser", "auditor", "admin")
        }
        self.stranger = anyone.with_token(console_token(make_console_user(make_brand(), "admin")))

    def enters(self, **given: Any) -> None:
        assert self.roles["admin"].put(PATH, ISSUER | given, headers=NEW).status_code == 200

    def sale(self, *codes: str, **given: Any) -> dict[str, Any]:
        line = {"position": 1, "quantity": 2, "gross_minor": 1_000, "gtin": COFFEE, "tax_bp": 550}
        shown = [{"code": code} for code in codes]
        return sale_body(self.card, **{"lines": [line], "manufacturer_coupons": shown} | given)


@pytest.fixture
def desk(anyone: Speaker) -> Desk:
    return Desk(anyone)


def test_an_issuer_is_entered_read_and_changed_by_who_has_read_it(desk: Desk) -> None:
    admin = desk.roles["admin"]
    assert admin.put(PATH, ISSUER).status_code == 428
    made = admin.put(PATH, ISSUER, headers=NEW)
    assert (made.status_code, made.headers["ETag"]) == (200, '"1"')
    assert made.get_json()["series"][0] == SERIES | {
        "is_unique": False,
        "units": 1,
        "free_article": False,
        "products": EVERY_ARTICLE | {"gtins": [COFFEE]},
        **dict.fromkeys(("face_minor", "least_minor", "most_minor", "first_day", "last_day")),
    }
    assert admin.put(PATH, ISSUER, headers=NEW).status_code == 412
    assert admin.put(PATH, ISSUER | {"series": []}, headers={"If-Match": '"1"'}).get_json()["revision"] == 2
    for role in ("merchandiser", "auditor"):
        [read] = desk.roles[role].get(PATH).get_json()["items"]
        assert (read["code"], read["series"], read["revision"]) == ("torref", [], 2)


def test_coupons_are_about_lists_that_there_are(desk: Desk) -> None:
    refused = desk.roles["admin"].put(PATH, ISSUER | {"series": [ABOUT_A_LIST]}, headers=NEW)
    assert (refused.status_code, refused.get_json()["code"]) == (422, "issuer_list_unknown")
    assert refused.get_json()["errors"][0]["pointer"] == "/series/0/products/lists"


def test_coupons_about_a_list_pay_for_what_is_on_it(desk: Desk) -> None:
    make_list(desk.brand, "coffees", COFFEE)
    desk.enters(series=[ABOUT_A_LIST])
    quoted = desk.till_speaks.post("/v1/sales/quotes", desk.sale(euro(300))).get_json()
    assert [one["amount_minor"] for one in quoted["manufacturer_coupons"]] == [300]
    tea = {"position": 1, "quantity": 1, "gross_minor": 1_000, "gtin": TEA, "tax_bp": 550}
    quoted = desk.till_speaks.post("/v1/sales/quotes", desk.sale(euro(300), lines=[tea])).get_json()
    assert [one["reason"] for one in quoted["manufacturer_coupons"]] == ["manufacturer_coupon_without_article"]


def test_a_list_that_coupons_are_about_does_not_vanish(desk: Desk) -> None:
    make_list(desk.brand, "coffees", COFFEE)
    desk.enters(series=[ABOUT_A_LIST])
    with pytest.raises(ProductListInUse) as refused:
        end_list(desk.brand, "coffees")
    assert refused.value.facts["used_by"] == "les bons de « Torréfactions Réunies »"


def test_the_register_is_the_brands_and_an_admins_to_change(desk: Desk) -> None:
    desk.enters()
    assert desk.stranger.get(PATH).get_json()["items"] == []
    assert desk.roles["auditor"].put(PATH, ISSUER, headers=NEW).status_code == 403
    assert desk.till_speaks.get(PATH).status_code == 403


@pytest.mark.parametrize(
    ("series", "code"),
    [
        ({"prefix": "98"}, "not_an_issuer_prefix"),
        ({"prefix": "98212345"}, "not_an_issuer_prefix"),
        ({"is_unique": True}, "unique_without_serial"),
        ({"free_article": True, "products": {}}, "free_without_articles"),
        ({"least_minor": 2, "most_minor": 1}, "least_above_most"),
        ({"first_day": "2026-06-01", "last_day": "2026-05-31"}, "end_before_start"),
    ],
)
def test_what_cannot_be_said_of_a_series_is_refused(desk: Desk, series: dict[str, Any], code: str) -> None:
    said = desk.roles["admin"].put(PATH, ISSUER | {"series": [SERIES | series]}, headers=NEW)
    assert (said.status_code, [one["code"] for one in said.get_json()["errors"]]) == (422, [code])


def test_a_till_is_told_in_words_what_each_coupon_pays_or_why_not(desk: Desk) -> None:
    desk.enters()
    desk.till_speaks.language = "fr"
    said = desk.till_speaks.post("/v1/sales/quotes", desk.sale(euro(100), "9810000010012", "9828508010107")).get_json()
    assert (said["payable_minor"], said["manufacturer_minor"]) == (1_000, 100)
    told = {one["code"]: (one["amount_minor"], one["reason"], one["text"]) for one in said["manufacturer_coupons"]}
    assert told == {
        euro(100): (100, None, None),
        "9810000010012": (0, "coupon_issuer_unknown", "L'émetteur de ce bon n'est pas connu de l'enseigne."),
        "9828508010107": (0, "manufacturer_coupon_mistyped", "Ce bon est mal lu : un chiffre est faux."),
    }


def test_a_sale_is_paid_by_a_coupon_and_a_return_says_what_goes_back(desk: Desk) -> None:
    desk.enters()
    cash = [{"kind": "cash", "amount_minor": 900}]
    body = desk.sale(euro(100), tenders=cash, charged_minor=1_000)
    sold = desk.till_speaks.post("/v1/sales", body).get_json()
    assert [one["kind"] for one in sold["tenders"]] == ["cash", "manufacturer_coupon"]
    again = desk.till_speaks.post("/v1/sales", body).get_json()
    assert again["id"] == sold["id"]
    back = desk.till_speaks.post(
        f"/v1/sales/{sold['id']}/returns", {"reference": "B1", "lines": [{"position": 1, "quantity": 1}]}
    ).get_json()
    assert [(one["refund_minor"], one["manufacturer_minor"]) for one in back["returns"]] == [(450, 50)]


def test_in_an_exchange_a_coupon_pays_before_what_comes_back(desk: Desk) -> None:
    desk.enters()
    sold = desk.till_speaks.post("/v1/sales", desk.sale(euro(100))).get_json()
    body = {"reference": "B1", "lines": [{"position": 1, "quantity": 2}], "sale": desk.sale(euro(200))}
    done = desk.till_speaks.post(f"/v1/sales/{sold['id']}/exchanges", body).get_json()
    assert [done[name] for name in ("credit_minor", "refund_minor", "paid_minor")] == [800, 100, 0]
    assert done["sale"]["manufacturer_minor"] == 200


@pytest.mark.parametrize(
    ("code", "status", "refusal"),
    [
        ("hello", 422, "manufacturer_coupon_unreadable"),
        ("9828508010107", 422, "manufacturer_coupon_mistyped"),
        ("9810000010012", 404, "coupon_issuer_unknown"),
        (euro(None), 409, "manufacturer_coupon_without_value"),
        (gcn(), 404, "coupon_issuer_unknown"),
    ],
)
def test_a_sale_is_refused_with_the_reason_and_nothing_is_kept(
    desk: Desk, code: str, status: int, refusal: str
) -> None:
    desk.enters()
    body = desk.sale(code)
    said = desk.till_speaks.post("/v1/sales", body)
    assert (said.status_code, said.get_json()["code"]) == (status, refusal)
    assert desk.till_speaks.post("/v1/sales", body | {"manufacturer_coupons": []}).status_code == 201


def test_a_till_cannot_name_the_tender_by_itself(desk: Desk) -> None:
    tender = {"kind": "manufacturer_coupon", "amount_minor": 1_000}
    assert desk.till_speaks.post("/v1/sales", desk.sale(tenders=[tender])).status_code == 422


def test_what_a_till_took_without_a_network_stands_and_a_coupon_in_vain_is_its_loss(desk: Desk) -> None:
    desk.enters()
    at = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    late = {"action": "sale", "code": desk.card.code, "decided": "offline", "local_result": "ok", "occurred_at": at}
    good, vain = desk.sale(euro(100)), desk.sale(euro(100), "9810000010012")
    scans = [
        late | {"scan_id": str(uuid.uuid4()), "device_seq": seq, "sale": sale | {"charged_minor": 1_000}}
        for seq, sale in enumerate((good, vain), start=1)
    ]
    items = desk.till_speaks.post("/v1/scans/batch", {"scans": scans}).get_json()["items"]
    assert [one["answer"]["result"] for one in items] == ["ok", "accepted_with_conflict"]
    assert [one["answer"]["sale"]["manufacturer_minor"] for one in items] == [100, 100]
    [conflict] = desk.roles["admin"].get("/v1/console/scan-conflicts").get_json()["items"]
    assert conflict["loss_minor"] == 10  # what the code says


def test_finance_closes_a_month_and_reads_it(desk: Desk) -> None:
    desk.enters()
    desk.till_speaks.post("/v1/sales", desk.sale(euro(100)))
    admin, auditor = desk.roles["admin"], desk.roles["auditor"]
    this, last = f"{datetime.now(UTC):%Y-%m}", f"{datetime.now(UTC).replace(day=1) - timedelta(days=2):%Y-%m}"
    asked = {"issuer": "torref", "month": last}
    assert auditor.post("/v1/clearings", asked).status_code == 403
    refused = admin.post("/v1/clearings", asked | {"month": this})
    assert (refused.status_code, refused.get_json()["code"]) == (409, "clearing_month_open")
    made = admin.post("/v1/clearings", asked)
    assert (made.status_code, made.get_json()["number"], made.get_json()["total_minor"]) == (201, 1, 0)
    assert admin.post("/v1/clearings", asked).get_json() == made.get_json()
    path = f"/v1/clearings/{made.get_json()['id']}"
    assert auditor.get(path).get_json()["lines"] == []
    assert auditor.get(f"{path}/lines.csv").get_data(as_text=True).splitlines()[-1].startswith("1,,total")
    assert [one["number"] for one in auditor.get("/v1/clearings?issuer=torref").get_json()["items"]] == [1]
    assert desk.stranger.get(path).status_code == 404
