"""The doors: keys for tills and apps, what a brand lets spend, what was refused."""

from datetime import UTC, datetime, timedelta

import pytest

from app import clock
from tests.authenticity.factories import shows_app, shows_apple, shows_google, shows_voucher
from tests.checkout.factories import Counter
from tests.factories import console_token, make_console_user, make_terminal, member_token
from tests.speaking import Speaker
from tests.test_drawings import picture_of_png, picture_of_svg, read_drawing
from wallet.authenticity import patterns
from wallet.authenticity.patterns import WindowKey
from wallet.authenticity.voucher_keys import published_keys
from wallet.authenticity.vouchers import VoucherKey, offer_part, read_voucher

LINE = {"position": 1, "quantity": 1, "gross_minor": 1_000}


@pytest.fixture
def counter(app: object) -> Counter:
    return Counter(points=1_000)


@pytest.fixture
def till(anyone: Speaker, counter: Counter) -> Speaker:
    return anyone.with_token(make_terminal(counter.store)[1])


@pytest.fixture
def phone(anyone: Speaker, counter: Counter) -> Speaker:
    return anyone.with_token(member_token(counter.member))


@pytest.fixture
def admin(anyone: Speaker, counter: Counter) -> Speaker:
    return anyone.with_token(console_token(make_console_user(counter.brand, "admin")))


def sale(counter: Counter, code: str, *, receipt: str = "1", **given: object) -> dict[str, object]:
    paying = {"points": {"currency_id": str(counter.currency.id), "points": 100}}
    said = {"terminal": "1", "receipt": receipt, "currency": "EUR", "lines": [LINE]}
    return {"code": code, **said, **paying, **given}


def now() -> datetime:
    return clock.now().replace(microsecond=0)


def test_an_app_shows_codes_without_a_network(counter: Counter, phone: Speaker, till: Speaker) -> None:
    key = phone.post(f"/v1/codes/{counter.card.code}/window-key").json
    shown = patterns.window_code(WindowKey("", key["prefix"], bytes.fromhex(key["key"]), key["step_s"]), at=now())
    answer = till.post("/v1/scans", {"code": shown}).json
    assert (answer["code"], answer["standing"]) == (counter.card.code, "fresh")


def test_the_key_is_the_same_on_each_phone_and_kept_nowhere(counter: Counter, phone: Speaker) -> None:
    answers = [phone.post(f"/v1/codes/{counter.card.code}/window-key") for _ in range(2)]
    assert answers[0].json["key"] == answers[1].json["key"]
    assert answers[0].headers["Cache-Control"] == "no-store"


def test_a_key_of_somebody_elses_code_is_not_there(counter: Counter, phone: Speaker) -> None:
    answer = phone.post(f"/v1/codes/{Counter().card.code}/window-key")
    assert (answer.status_code, answer.json["code"]) == (404, "pass_unknown")


@pytest.mark.parametrize("shows", [shows_google, shows_app])
def test_a_screenshot_is_looked_up_and_pays_nothing(counter: Counter, till: Speaker, shows: object) -> None:
    old = shows(counter.card.code, at=now() - timedelta(minutes=2))  # type: ignore[operator]
    assert till.post("/v1/scans", {"code": old}).json["standing"] == "stale"
    answer = till.post("/v1/sales", sale(counter, old))
    assert (answer.status_code, answer.json["code"]) == (409, "code_stale")


def test_each_refusal_has_its_code(counter: Counter, till: Speaker) -> None:
    code = counter.card.code
    old, shown = (shows_apple(code, revision=revision) for revision in (1, 2))
    forged = shown[:-1] + ("1" if shown[-1] != "1" else "2")
    told = [
        till.post("/v1/sales", sale(counter, text, receipt=str(number)))
        for number, text in enumerate([code, forged, shown, shown, old])
    ]
    assert [answer.json.get("code") for answer in told] == [
        "fresh_code_needed",
        "code_forged",
        None,
        "code_used_before",
        "code_from_old_copy",
    ]
    assert told[2].status_code == 201


def test_staff_read_it_in_french(counter: Counter, till: Speaker) -> None:
    till.language = "fr"
    shown = shows_google(counter.card.code, at=now() - timedelta(minutes=5))
    answer = till.post("/v1/sales", sale(counter, shown)).json
    assert answer["title"] == "Ce code n'est plus valable : il a été affiché trop tôt, ou photographié."
    assert answer["remedy"] == "Demandez au client de rouvrir sa carte, puis scannez le code affiché."


def test_a_code_of_a_stranger_is_unknown(till: Speaker) -> None:
    other = Counter()
    for shown in (shows_google(other.card.code, at=now()), shows_voucher(other.card.code, other.brand.id, now=now())):
        assert till.post("/v1/scans", {"code": shown}).json["code"] == "pass_unknown"


def test_a_coupon_is_shown_as_a_voucher(counter: Counter, phone: Speaker, till: Speaker) -> None:
    coupon = counter.coupon(
        benefit={"kind": "amount", "amount_minor": 500, "currency": "EUR"}, now=now() - timedelta(days=1), **live()
    )
    said = phone.post(f"/v1/coupons/{coupon.code}/voucher").json
    voucher = read_voucher(said["voucher"], published_keys(now=now()))
    assert (voucher.code, voucher.value_minor, voucher.offer) == (coupon.code, 500, offer_part(coupon.offer_id))
    answer = till.post(f"/v1/coupons/{said['voucher']}/redemptions")
    assert answer.status_code == 201
    assert phone.post(f"/v1/coupons/{coupon.code}/voucher").json["code"] == "coupon_not_showable"
    assert till.post(f"/v1/coupons/{said['voucher']}/redemptions").json["code"] == "coupon_already_redeemed"


def live() -> dict[str, object]:
    """The window of an offer that holds now."""
    today = datetime.now(UTC).replace(tzinfo=None, hour=0, minute=0, second=0, microsecond=0)
    return {"starts_local": today - timedelta(days=5), "ends_local": today + timedelta(days=30)}


def test_anybody_may_fetch_the_keys_of_vouchers(anyone: Speaker, counter: Counter) -> None:
    answer = anyone.get("/v1/voucher-keys")
    keys = [
        VoucherKey(
            one["key_id"],
            bytes.fromhex(one["public_key"]),
            *(datetime.fromisoformat(one[name]) for name in ("signs_from", "signs_until", "verifies_until")),
        )
        for one in answer.json["items"]
    ]
    shown = shows_voucher(counter.card.code, counter.brand.id, now=now())
    assert read_voucher(shown, keys).code == counter.card.code
    assert answer.headers["Cache-Control"] == "public, max-age=3600"


def test_a_brand_may_let_plain_codes_spend(counter: Counter, admin: Speaker, till: Speaker) -> None:
    shows_google(counter.card.code)
    assert till.post("/v1/sales", sale(counter, counter.card.code)).json["code"] == "fresh_code_needed"
    rule = admin.get("/v1/console/code-policy")
    assert rule.json == {"plain_codes_spend": False, "version": 0}
    wish = {"plain_codes_spend": True}
    said = admin.put("/v1/console/code-policy", wish, headers={"If-Match": rule.headers["ETag"]})
    assert said.json == {"plain_codes_spend": True, "version": 1}
    assert till.post("/v1/sales", sale(counter, counter.card.code)).status_code == 201
    late = admin.put("/v1/console/code-policy", wish, headers={"If-Match": rule.headers["ETag"]})
    assert late.status_code == 412


def test_what_was_refused_is_told_and_names_nobody(counter: Counter, admin: Speaker, till: Speaker) -> None:
    shown = shows_google(counter.card.code, at=now() - timedelta(minutes=5))
    till.post("/v1/scans", {"code": shown})
    till.post("/v1/sales", sale(counter, shown))
    till.post("/v1/scans", {"code": shows_google(counter.card.code, at=now())})
    told = admin.get("/v1/console/code-alarms")
    assert [one["standing"] for one in told.json["items"]] == ["stale", "stale"]
    assert counter.card.code not in told.text
    assert str(counter.member.id) not in told.text


@pytest.mark.parametrize("symbology", ["qr", "pdf417", "aztec", "code128"])
def test_my_card_is_drawn(counter: Counter, phone: Speaker, symbology: str) -> None:
    at = f"/v1/cards/{counter.card.id}/code"
    svg, png = (phone.get(f"{at}.{form}?symbology={symbology}").data for form in ("svg", "png"))
    assert read_drawing(picture_of_svg(svg))[0][1] == read_drawing(picture_of_png(png))[0][1] == counter.card.code


def test_somebody_elses_card_is_not_drawn(counter: Counter, phone: Speaker) -> None:
    assert phone.get(f"/v1/cards/{Counter().card.id}/code.svg").status_code == 404
