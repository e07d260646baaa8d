"""A counter whose till records its scans."""

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import update

from app.accounts.models import Terminal
from app.sql import db
from app.staff.cashiers import cashiers
from app.staff.cashiers.models import Cashier
from geo.places.models import Store
from offers.coupons.models import Coupon
from offers.offline.late_acts import TillAction
from offers.tills import queries
from offers.tills.acts import ScanAsked, TillPlace
from offers.tills.models import LocalResult, ScanDecided, TillScan
from offers.tills.recorded_scans import answer_scan
from tests.checkout.factories import Counter, sale_body
from tests.factories import console_token, made, make_console_user, make_terminal
from tests.points.factories import make_currency
from tests.speaking import Speaker
from wallet.ledger.models import PointsBalance, PointsCurrency
from wallet.points import earning
from wallet.programmes.rules import Rule


def record_conflict(coupon: Coupon, terminal: Terminal, *, now: datetime) -> TillScan:
    """A coupon that a terminal used without a network, though somebody else had used it meanwhile."""
    code = coupon.code
    asked = ScanAsked(
        scan_id=uuid.uuid4(),
        action=TillAction.REDEEM,
        code=code,
        occurred_at=now,
        content={"code": code},
        value_minor=100,
        decided=ScanDecided.OFFLINE,
        local_result=LocalResult.OK,
    )
    place = TillPlace(terminal.brand_id, terminal.store_id, terminal.id, terminal.id)
    answer_scan(asked, at=place, language="fr", now=now)
    with db.system_transaction():
        return db.all_of(queries.scan_named(terminal.id, asked.scan_id))[0]


def appoint_cashier(store: Store, *, number: str = "7", pin: str = "4702", now: datetime) -> Cashier:
    with made():
        return cashiers.appoint_cashier(
            brand_id=store.brand_id, store_id=store.id, number=number, name="Camille", pin=pin, now=now
        )


def fill_cagnotte(till: "RecordingTill", cents: int) -> PointsCurrency:
    """A cagnotte of the till's brand, in which its member has so much."""
    currency = make_currency(till.brand, kind="money", name_fr="Cagnotte", name_en="Cagnotte", now=datetime.now(UTC))
    with made():
        said = {"source": "welcome", "reason": "opening", "now": datetime.now(UTC)}
        earning.earn_points(member_id=till.member.id, currency_id=currency.id, points=cents, **said)
    return currency


class RecordingTill(Counter):
    """A till of today that speaks, with a member who has a card and points; and an administrator."""

    def __init__(self, anyone: Speaker, *rules: Rule, **given: Any) -> None:
        super().__init__(*rules, **given)
        self.terminal, key = make_terminal(self.store)
        self.anyone, self.speaks = anyone, anyone.with_token(key)
        self.admin_user = make_console_user(self.brand, "admin")
        self.admin = anyone.with_token(console_token(self.admin_user))

    def allow_debts(self) -> None:
        with db.system_transaction():
            change = update(PointsCurrency).where(PointsCurrency.id == self.currency.id)
            db.execute(change.values(may_go_negative=True))

    @property
    def owed(self) -> int:
        with db.system_transaction():
            found = db.get(PointsBalance, (self.member.id, self.currency.id))
        return found.debt if found else 0

    def coupon(self, **offer: Any) -> Coupon:
        return super().coupon(**({"now": datetime.now(UTC)} | offer))

    def scan(self, action: str = "identify", code: str | None = None, **given: Any) -> dict[str, Any]:
        """A scan with a new name, of the member's card unless told otherwise."""
        return {"scan_id": str(uuid.uuid4()), "action": action, "code": code or self.card.code} | given

    def late(self, action: str, code: str | None = None, *, ago: timedelta = timedelta(minutes=9), **given: Any) -> Any:
        """One that the till decided by itself, some time ago."""
        occurred_at = (datetime.now(UTC) - ago).isoformat()
        said = {"decided": "offline", "local_result": "ok", "occurred_at": occurred_at}
        return self.scan(action, code, **(said | given))

    def sale(self, **given: Any) -> dict[str, Any]:
        return sale_body(self.card, **given)

    def burning(self, points: int) -> dict[str, Any]:
        return {"currency_id": str(self.currency.id), "points": points}

    def says(self, scan: dict[str, Any], **options: Any) -> tuple[int, dict[str, Any]]:
        answer = self.speaks.post("/v1/scans", scan, **options)
        return answer.status_code, answer.get_json()

    def brings(self, *scans: dict[str, Any]) -> list[dict[str, Any]]:
        """A batch; what is said of each."""
        answer = self.speaks.post("/v1/scans/batch", {"scans": list(scans)})
        assert answer.status_code == 200, answer.get_json()
        items: list[dict[str, Any]] = answer.get_json()["items"]
        return items

    def results(self, *scans: dict[str, Any]) -> list[tuple[Any, Any]]:
        return [(one["answer"]["result"], one["answer"]["reason"]) for one in self.brings(*scans)]

    def conflicts(self, state: str = "open") -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.admin.get(
            "/v1/console/scan-conflicts", query_string={"state": state}
        ).get_json()["items"]
        return items

    def settles(self, conflict: dict[str, Any], settlement: str, **given: Any) -> Any:
        body = {"settlement": settlement, "words": "Vu avec le magasin."} | given
        return self.admin.post(f"/v1/console/scan-conflicts/{conflict['id']}/settlement", body)
