"""Nobody reaches what is somebody else's, through any address that holds an id, through a body, or through a list."""

import uuid
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from app import clock
from app.factory import Ici
from app.http.access import Role
from app.sql import db
from geo.places.models import Store
from geo.zones.models import Zone
from tests.checkout.factories import exchange_body, return_body, sale_body
from tests.consent.factories import ledger
from tests.documented import template_of
from tests.fences.factories import fence_body
from tests.planning.factories import body as offer_body
from tests.points.factories import adjustment
from tests.speaking import Speaker
from tests.world import Side, list_code_of, make_side
from wallet.externals.groups import group_id
from wallet.passes.codes import new_code

pytestmark = pytest.mark.slow

THINGS: dict[str, Callable[[Side], Any]] = {
    "store_id": lambda side: side.store.id,
    "area_id": lambda side: side.area.id,
    "zone_id": lambda side: side.zone.id,
    "tag_id": lambda side: side.tag.id,
    "beacon_id": lambda side: side.beacon.id,
    "fence_id": lambda side: side.fence.id,
    "user_id": lambda side: side.spare_user.id,
    "terminal_id": lambda side: side.spare_terminal.id,
    "session_id": lambda side: side.spare_session_id,
    "installation_id": lambda side: side.installation_id,
    "card_id": lambda side: side.card.id,
    "number_id": lambda side: side.card_number.id,
    "pass_id": lambda side: side.held_pass.id,
    "giver_id": lambda side: side.giver.id,
    "budget_id": lambda side: side.budget.id,
    "money_budget_id": lambda side: side.money_budget.id,
    "household_member_id": lambda side: side.household_member_id,
    "shared_card_id": lambda side: side.shared_card.id,
    "household_card_id": lambda side: side.shown_card.id,
    "external_card_id": lambda side: side.external_card.id,
    "currency_id": lambda side: side.currency.id,
    "list_code": lambda side: list_code_of(side.brand),
    "card_group_id": lambda side: group_id(side.member.id, "Livres"),
    "offer_id": lambda side: side.offer.id,
    "scan_id": lambda side: side.scan.id,
    "till_scan_id": lambda side: side.conflict.scan_id,
    "conflict_id": lambda side: side.conflict.id,
    "cashier_id": lambda side: side.cashier.id,
    "purchase_id": lambda side: side.purchase.id,
    "reward_id": lambda side: side.reward.id,
    "order_id": lambda side: side.reward_order.id,
    "redemption_id": lambda side: side.redemption.id,
    "sale_id": lambda side: side.sale.id,
    "gift_card_id": lambda side: side.gift_card.id,
    "lease_id": lambda side: side.lease_id,
    "decision_id": lambda side: side.decision_id,
    "request_id": lambda side: side.request_id,
    "code": lambda side: side.coupon.code,
    "gift_id": lambda side: side.gift.id,
    "merge_id": lambda side: side.merge_id,
    "brand_merge_id": lambda side: side.brand_merge_id,
    "clearing_id": lambda side: side.clearing.id,
    "segment_id": lambda side: side.segment_id,
    "store_event_id": lambda side: side.store_event_id,
    "event_id": lambda side: ledger(side.member)[0].id,
}
"""The parameters of addresses, and the thing of one side that each names."""

OPEN_TO_ALL = {
    "POST /v1/offers/{offer_id}/coupons": "a member may claim what any brand offers",
    "POST /v1/offers/{offer_id}/dismissal": "and hide it from themselves",
    "DELETE /v1/offers/{offer_id}/dismissal": "or show it to themselves again",
    "GET /v1/gifts/{gift_code}": "whoever was sent the code of a gift may look at it",
    "POST /v1/gifts/{gift_code}/acceptance": "and accept it",
    "PUT /v1/console/pass-design/pictures/{picture_name}": "the name is that of a place on the brand's own passes",
    "DELETE /v1/console/pass-design/pictures/{picture_name}": "as above",
    "GET /v1/pictures/{sha256}.png": "what brands show is public",
    "GET /v1/log/checkpoints/{size}": "the log of permissions is public, and names nobody",
    "GET /v1/brands/{code}": "what a brand says of itself is public",
    "GET /v1/brands/{code}/stores": "where a brand's shops are is public to members",
    "POST /v1/brands/{code}/stores": "and to anybody who looks for the nearest",
    "GET /v1/bundles/brands/{code}": "what a brand offers is public, and the same for everybody",
    "GET /v1/bundles/cells/{cell}": "what is offered around a cell is, too",
    "POST /v1/rewards/{reward_id}/orders": "a member may order what any brand offers",
    "GET /v1/programme-versions/{version}": "the number counts the brand's own versions",
    "PUT /v1/programme-versions/{version}": "as above",
    "POST /v1/programme-versions/{version}/approval": "as above",
    "POST /v1/programme-versions/{version}/simulation": "as above",
    "GET /v1/brands/{code}/programme": "a brand's rules are public to members",
    "GET /v1/brands/{code}/profile": "the address names a brand, what is learnt is of the member who asks",
    "GET /v1/brands/{code}/tier-steps": "the address names a brand, the steps are the member's own",
    "GET /v1/brands/{code}/rewards": "what a brand offers is public to members",
    "POST /v1/brands/{code}/referral-code": "the address names a brand, the code is the member's own",
    "GET /v1/brands/{code}/referrals": "as above",
    "POST /v1/brands/{code}/referral": "as above",
    "PUT /v1/permissions/{brand}/{touchpoint}/{purpose}": "the address names a cell of the member's own",
    "DELETE /v1/permissions/{brand}/{touchpoint}/{purpose}": "the address names a cell of the member's own",
    "POST /v1/permissions/{brand}/{touchpoint}/{purpose}/prompts": "the address names a cell of the member's own",
    "POST /v1/permissions/{brand}/{touchpoint}/{purpose}/dismissals": "as above",
    "GET /v1/permissions/texts/{sha256}": "what members were asked is no secret",
    "GET /v1/children/{child_id}/permissions": "tried with a family of their own in tests/family",
    "POST /v1/children/{child_id}/permissions/{brand}/{touchpoint}/{purpose}/approval": "as above",
    "DELETE /v1/children/{child_id}/permissions/{brand}/{touchpoint}/{purpose}": "as above",
    "PUT /v1/installations/{installation_id}": "the app makes the id, and it names one of the member's own",
    "PUT /v1/owntracks-phones/{installation_id}": "as above",
}
"""Operations whose address names nothing of anybody's, and why."""

BODIES: dict[str, Callable[[Side], Any]] = {
    "POST /v1/gift-cards/{gift_card_id}/blocking": lambda _: {"blocked": True},
    "PUT /v1/terminals/{terminal_id}/profile": lambda _: {"profile": "scanner"},
    "PUT /v1/console/cashiers/{cashier_id}/pin": lambda _: {"pin": "4711"},
    "POST /v1/console/scan-conflicts/{conflict_id}/settlement": lambda _: {
        "settlement": "loss_accepted",
        "words": "Vu.",
    },
    "PUT /v1/stores/{store_id}/articles": lambda _: {
        "as_of": clock.now().isoformat(),
        "articles": [{"sku": "T1", "price_minor": 249}],
    },
    "PUT /v1/store-events/{store_event_id}": lambda side: {
        "store_ids": [str(side.store.id)],
        "title_fr": "Dégustation",
        "title_en": "Tasting",
        "starts_local": "2026-05-23T10:00",
        "ends_local": "2026-05-23T18:00",
    },
    "PUT /v1/stores/{store_id}": lambda _: {"name": "Prise", "lat": 48.86, "lon": 2.35, "status": "open"},
    "PUT /v1/areas/{area_id}/stores": lambda side: {"store_ids": [str(side.store.id)]},
    "PUT /v1/zones/{zone_id}": lambda _: {"kind": "till", "name_fr": "Prise", "name_en": "Taken", "status": "open"},
    "PUT /v1/beacons/{beacon_id}": lambda side: {
        "label": "Prise",
        "store_id": str(side.store.id),
        "status": "active",
    },
    "PUT /v1/product-lists/{list_code}": lambda _: {"name": "Vins"},
    "PUT /v1/points-currencies/{currency_id}/stamp-card": lambda _: {"size": 10},
    "PUT /v1/fences/{fence_id}": lambda _: {"name": "Prise"},
    "POST /v1/coupons/{code}/gifts": lambda _: {"from_name": "Moi"},
    "PUT /v1/console/cards/{card_id}/employment": lambda _: {},
    "PUT /v1/cards/{card_id}": lambda _: {"display_name": "Prise"},
    "POST /v1/scans/{scan_id}/coupons": lambda side: {"offer_id": str(side.offer.id)},
    "POST /v1/scans/{scan_id}/coupon-codes": lambda side: {"code": side.paper_code},
    "POST /v1/scans/{scan_id}/card-numbers": lambda _: {"kind": "nfc", "number": "04A22F1B"},
    "POST /v1/points-currencies/{currency_id}/adjustments": lambda side: adjustment(side.card),
    "PUT /v1/money-budgets/{money_budget_id}": lambda _: {"amount_minor": 1_000_000},
    "PUT /v1/console/users/{user_id}/places": lambda _: {"areas": [], "stores": []},
    "POST /v1/offers/{offer_id}/explanations": lambda side: {
        "card": side.card.code,
        "store_id": str(side.store.id),
        "at": "2026-05-18T10:00:00Z",
    },
    "PUT /v1/gesture-budgets/{budget_id}": lambda _: {"points": 1, "coupons": 1},
    "PUT /v1/rewards/{reward_id}/stock": lambda _: {"stock": 3},
    "PUT /v1/external-cards/{external_card_id}": lambda _: {"programme": "Prise", "code": "1", "groups": ["Livres"]},
    "PUT /v1/household/shares/{shared_card_id}": lambda _: {},
    "PUT /v1/external-card-groups/{card_group_id}": lambda _: {"name": "Livres"},
    "PUT /v1/offers/{offer_id}": lambda _: offer_body(),
    "POST /v1/sales/{sale_id}/returns": lambda _: return_body(),
    "POST /v1/sales/{sale_id}/exchanges": lambda side: exchange_body(side.card),
    "POST /v1/console/rights-requests/{request_id}/extension": lambda _: {"reason": "Les archives sont ailleurs."},
    "POST /v1/console/rights-requests/{request_id}/answer": lambda _: {"text": "C'est corrigé."},
    "POST /v1/console/rights-requests/{request_id}/refusal": lambda _: {"reason": "Déjà répondu trois fois."},
}
"""What writes need besides their address, so that nothing but the owner can be wrong."""

SOME_DAYS = {"first_day": "2026-05-18", "last_day": "2026-05-24"}

QUERIES: dict[str, Callable[[Side], dict[str, Any]]] = {
    "GET /v1/offers/{offer_id}/firings": lambda side: {"store": side.store.id},
    "GET /v1/offers/{offer_id}/results": lambda _: SOME_DAYS,
}
"""The same of what questions need in their address."""


class Door(NamedTuple):
    """An operation with an id in its address, and one role that may call it."""

    name: str
    role: Role
    names: tuple[str, ...]
    """The parameters of its address."""

    def ask(self, caller: Side, **things: Any) -> TestResponse:
        """Call it, with a body and a version that are right."""
        method, _, template = self.name.partition(" ")
        sent, asked = BODIES.get(self.name), QUERIES.get(self.name)
        return caller.speaker(self.role).send(
            method,
            template.format(**things),
            json=sent(caller) if sent else None,
            query_string=asked(caller) if asked else None,
            headers={"If-Match": '"1"'} if method != "GET" else {},
        )


@pytest.fixture(scope="module")
def doors(app: Ici) -> list[Door]:
    found = [
        Door(f"{method} {template_of(rule)}", role, tuple(sorted(rule.arguments)))
        for rule in app.url_map.iter_rules()
        if rule.arguments and rule.rule.startswith("/v1/")
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})
        for role in sorted(app.view_functions[rule.endpoint].roles)  # type: ignore[attr-defined]
    ]
    kept = [door for door in found if door.name not in OPEN_TO_ALL]
    return sorted(kept, key=lambda door: door.name.startswith("DELETE"))  # what is gone could not be found again


@pytest.fixture(scope="module")
def mine(app: Ici) -> Side:
    return make_side(Speaker(app.test_client()))


@pytest.fixture(scope="module")
def theirs(app: Ici) -> Side:
    return make_side(Speaker(app.test_client()))


def owned_by(side: Side, door: Door) -> dict[str, Any]:
    """The things of this side, for the address of this operation."""
    return {name: THINGS[name](side) for name in door.names}


def gesture(side: Side, *, scan_id: uuid.UUID) -> dict[str, object]:
    """The JSON of a gesture by this side's staff."""
    return {"scan_id": str(scan_id), "badge": side.badge, "words": "Bienvenue", "points": 1}


def allotted(store: Store) -> dict[str, object]:
    """The JSON of a budget."""
    days = {"starts_on": "2090-01-01", "ends_on": "2090-01-31"}
    return {"store_id": str(store.id), "amounts": {"coupons": 1}} | days


def zone_of(store: Store) -> dict[str, object]:
    """The JSON of a zone in a store."""
    return {"store_id": str(store.id), "code": "tea", "kind": "shelf", "name_fr": "Thés", "name_en": "Teas"}


def beacon_in(zone: Zone) -> dict[str, object]:
    """The JSON of a beacon in a zone."""
    return {"kind": "altbeacon", "id": "ab" * 20, "label": "Prise", "zone_id": str(zone.id)}


def told(answer: TestResponse) -> dict[str, Any]:
    """What a refusal tells, without the id of its request."""
    return {name: said for name, said in answer.get_json().items() if name != "instance"}


def test_every_id_in_an_address_has_something_to_try_it_with(doors: list[Door]) -> None:
    """A new parameter needs a line in THINGS; an operation that names nobody's thing, a reason in OPEN_TO_ALL."""
    assert {name for door in doors for name in door.names} - set(THINGS) == set()


def test_every_exception_is_an_operation(app: Ici) -> None:
    names = {f"{method} {template_of(rule)}" for rule in app.url_map.iter_rules() for method in rule.methods or set()}
    assert set(OPEN_TO_ALL) | set(BODIES) | set(QUERIES) <= names


def test_what_is_mine_is_found(doors: list[Door], app: Ici) -> None:
    """Without this, the next test would pass for addresses that lead nowhere."""
    side = make_side(Speaker(app.test_client()))
    lost = {
        door.name: told(answer)
        for door in doors
        if (answer := door.ask(side, **owned_by(side, door))).status_code == 404
    }
    assert lost == {}


def test_what_is_theirs_is_not_found(doors: list[Door], mine: Side, theirs: Side) -> None:
    answers = {(door.name, door.role): door.ask(mine, **owned_by(theirs, door)) for door in doors}
    assert {name: answer.status_code for name, answer in answers.items() if answer.status_code != 404} == {}


def test_what_is_theirs_cannot_be_told_from_what_does_not_exist(doors: list[Door], mine: Side, theirs: Side) -> None:
    differing = []
    for door in doors:
        nothing = {name: new_code() if name == "code" else uuid.uuid4() for name in door.names}
        if told(door.ask(mine, **owned_by(theirs, door))) != told(door.ask(mine, **nothing)):
            differing.append(door.name)
    assert differing == []


def test_trying_everything_changes_nothing_of_theirs(doors: list[Door], mine: Side, theirs: Side) -> None:
    before = everything_of(theirs)
    for door in doors:
        door.ask(mine, **owned_by(theirs, door))
    assert everything_of(theirs) == before


def everything_of(side: Side) -> dict[str, str]:
    """A fingerprint of every row that names this side's brand or member, by table."""
    owners = {"brand_id": side.brand.id, "member_id": side.member.id}
    with db.system_transaction():
        return {
            table.name: db.execute(
                text(
                    f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table.name} t"
                    f" WHERE {' OR '.join(f'{name} = :{name}' for name in owners if name in table.columns)}"
                ),
                owners,
            ).scalar_one()
            for table in db.Base.metadata.sorted_tables
            if not set(owners).isdisjoint(table.columns.keys())
        }


def test_a_fingerprint_sees_a_change(app: Ici) -> None:
    side = make_side(Speaker(app.test_client()))
    before = everything_of(side)
    side.phone.post(f"/v1/offers/{side.offer.id}/coupons")
    changed = {table for table, fingerprint in everything_of(side).items() if fingerprint != before[table]}
    assert changed == {"coupon", "pass_code", "pass_change"}  # their card's pass shows it


def bought(card: str) -> dict[str, Any]:
    """The JSON of a purchase."""
    named = {"card": card, "terminal": "1", "receipt": "1", "currency": "EUR", "bought_at": "2026-05-18T10:00:00Z"}
    return named | {"lines": [{"gross_minor": 100}]}


def test_ids_in_bodies_are_refused_too(mine: Side, theirs: Side) -> None:
    admin, merchandiser = mine.console[Role.ADMIN], mine.console[Role.MERCHANDISER]
    targets = {"stores": [str(theirs.store.id)]}
    answers = {
        "terminal": admin.post("/v1/terminals", {"store_id": str(theirs.store.id), "name": "Prise"}),
        "zone": admin.post("/v1/zones", zone_of(theirs.store)),
        "tag": admin.post("/v1/tags", {"carrier": "shelf", "label": "Prise", "zone_id": str(theirs.zone.id)}),
        "beacon": admin.post("/v1/beacons", beacon_in(theirs.zone)),
        "area": admin.put(f"/v1/areas/{mine.area.id}/stores", {"store_ids": [str(theirs.store.id)]}),
        "offer": merchandiser.post("/v1/offers", offer_body(targets=targets)),
        "fence": merchandiser.post("/v1/fences", fence_body(store_id=str(theirs.store.id))),
        "card": mine.till.post("/v1/scans", {"code": theirs.card.code}),
        "purchase": mine.till.post("/v1/purchases", bought(theirs.card.code)),
        "coupon": mine.till.post("/v1/scans", {"code": theirs.coupon.code}),
        "gesture": mine.till.post("/v1/gestures", gesture(mine, scan_id=theirs.scan.id)),
        "giver": admin.post("/v1/gesture-givers", {"store_id": str(theirs.store.id), "name": "Prise"}),
        "budget": admin.post("/v1/gesture-budgets", allotted(theirs.store)),
        "sale": mine.till.post("/v1/sales", sale_body(theirs.card)),
        "sale with a coupon": mine.till.post("/v1/sales", sale_body(mine.card, coupons=[theirs.coupon.code])),
        "points": admin.post(f"/v1/points-currencies/{mine.currency.id}/adjustments", adjustment(theirs.card)),
    }
    assert {name: answer.get_json()["code"] for name, answer in answers.items()} == {
        "terminal": "not_found",
        "zone": "store_unknown",
        "tag": "zone_unknown",
        "beacon": "zone_unknown",
        "area": "store_unknown",
        "offer": "target_unknown",
        "fence": "store_unknown",
        "card": "pass_unknown",
        "purchase": "pass_unknown",
        "coupon": "pass_unknown",
        "gesture": "scan_unknown",
        "giver": "store_unknown",
        "budget": "store_unknown",
        "sale": "pass_unknown",
        "sale with a coupon": "coupon_unknown",
        "points": "card_unknown",
    }


def test_lists_hold_only_what_is_mine(app: Ici, mine: Side, theirs: Side) -> None:
    things = (
        "brand",
        "member",
        "store",
        "area",
        "zone",
        "tag",
        "beacon",
        "fence",
        "terminal",
        "spare_user",
        "card",
        "external_card",
        "giver",
        "budget",
        "currency",
        "reward",
        "reward_order",
        "gift_card",
        "offer",
        "draft",
        "coupon",
        "purchase",
    )
    ids = {str(getattr(theirs, name).id) for name in things} | {str(theirs.spare_session_id), theirs.coupon.code}
    leaking = [
        (rule.rule, str(role), leaked)
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/v1/") and "GET" in (rule.methods or set()) and not rule.arguments
        for role in app.view_functions[rule.endpoint].roles - {Role.ANYONE}  # type: ignore[attr-defined]
        for answer in [read(mine, role, rule.rule)]
        for leaked in ids
        if leaked in answer
    ]
    assert leaking == []


def read(side: Side, role: Role, path: str) -> str:
    needed = {
        "/v1/permissions": {"brand": side.brand.code},
        "/v1/age-of-consent": {"country": "FR"},
        "/v1/leaflet": {"brand": side.brand.code, "store": side.store.id},
        "/v1/sales": {"terminal": side.sale.terminal, "receipt": side.sale.receipt},
        "/v1/redemptions.csv": SOME_DAYS,
    }
    asked = needed.get(path, {})
    answer = side.speaker(role).get(path, query_string=asked)
    assert answer.status_code == 200
    return answer.get_data().decode(errors="replace")  # a list may be a picture
