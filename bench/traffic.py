"""What tills and phones of the chain send: endless requests of each kind, spread over members and tills.

What follows something (an undoing, a return, a withdrawal) is about what was answered before, and ends with it.
"""

import json
import random
import time
import uuid
from collections import deque
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from typing import Any

from bench import cast
from bench.cast import Phone, Till, Voucher
from bench.chain import CODE, Sizes, open_superuser
from bench.clients import PATIENCE_S, Ask, Told, drive_clients

CELL = f"/v1/permissions/{CODE}/geofence/personalised_offers"
SCANS = 500
"""Passes that were scanned before, whose coupons are looked at."""
PAID_POINTS = 100
KILO_MINOR = 1990
MEAL_MINOR = 100
"""What titres-restaurant pay of a sale: many sales of one member stay below a day's cap."""
STORES_HEAD = f"GET /v1/brands/{CODE}/stores HTTP/1.1\r\nHost: bench\r\nAccept-Language: fr\r\n".encode()
REST_S = 0.004


class Traffic:
    """The requests, and what has come of them. `spare` is what the stand-in uses up."""

    def __init__(self, server: Any, name: str, sizes: Sizes) -> None:
        buyers = sizes.buyers
        self._keys, self._run = count(), uuid.uuid4().hex[:8]
        self._draw = random.Random(self._run)
        with open_superuser(server, name) as connection:
            *self.tills, self.other_till = cast.tills_of_chain(connection)
            self.offers = cast.offers_to_claim(connection)
            self.brand_id, self.points, self.spare_points = cast.ids_of_chain(connection)
            self.words = cast.words_of_chain(connection)
            everybody = [row[0] for row in connection.execute("SELECT code FROM bench_member ORDER BY n").fetchall()]
            self.cards = everybody[: -sizes.leavers]
            self.phones = cast.phones_of_members(connection, "n < %(some)s", some=buyers)
            self.leavers = cast.phones_of_members(connection, "n >= %(some)s", some=len(self.cards))
            looked_at = cast.usable_vouchers(connection, "k = 0 AND holder < %(buyers)s", buyers)
            redeemed = cast.usable_vouchers(connection, "k = 1 AND holder < %(buyers)s", buyers)
            sold = cast.usable_vouchers(connection, "k > 1 AND holder < %(buyers)s", buyers)
            self.spare = cast.usable_vouchers(connection, "holder >= %(buyers)s", buyers)
        self.looked_at, self.to_redeem, self.to_sell = looked_at, deque(redeemed), deque(sold)
        self.scans: list[tuple[str, Till]] = []
        self.redeemed: deque[Told] = deque()
        self.sold: deque[Told] = deque()
        self.granted: deque[Told] = deque()
        self._priced: deque[dict[str, Any]] = deque()
        self.stores_etag = ""

    def livez(self) -> Iterator[Ask]:
        """A request for next to nothing, one after the other without a rest.

        With a parameter it goes the way of all requests; without one the edge would answer it by itself.
        """
        request = b"GET /livez?application HTTP/1.1\r\nHost: bench\r\n\r\n"
        while True:
            yield Ask(request, 200)

    def rested_livez(self) -> Iterator[Ask]:
        """The same about as often as a till's server is asked something, by one client."""
        for ask in self.livez():
            time.sleep(REST_S)
            yield ask

    def scan(self, *, buyers: bool = False) -> Iterator[Ask]:
        """Any member shows the card at any till."""
        while True:
            till = self._till()
            code = self._phone().code if buyers else self._draw.choice(self.cards)
            yield Ask(self._post("/v1/scans", till.token, {"code": code}), 201, till)

    def coupons(self) -> Iterator[Ask]:
        """The till asks for the coupons of a pass that it has scanned."""
        while True:
            scan_id, till = self._draw.choice(self.scans)
            yield Ask(_get(f"/v1/scans/{scan_id}/coupons", till.token), 200)

    def redemption(self) -> Iterator[Ask]:
        """A coupon is used at a till."""
        while self.to_redeem:
            till, voucher = self._till(), self.to_redeem.popleft()
            yield Ask(self._post(f"/v1/coupons/{voucher.code}/redemptions", till.token, {}), 201, (till, voucher))

    def undoing(self) -> Iterator[Ask]:
        """The same till undoes it, and it can be used again."""
        while self.redeemed:
            (till, voucher), body = self.redeemed.pop()  # the last one first: it can be undone for some minutes only
            redemption_id = json.loads(body)["id"]
            yield Ask(self._post(f"/v1/redemptions/{redemption_id}/undoing", till.token, None), 200)
            self.to_redeem.append(voucher)

    def quote(self) -> Iterator[Ask]:
        """What five articles come to with a coupon and points."""
        while True:
            voucher = self._draw.choice(self.looked_at)
            basket = self._basket(voucher, lines=5, points=self.points)
            yield Ask(self._post("/v1/sales/quotes", self._till().token, basket), 200)

    def sale(self, *, lines: int = 5) -> Iterator[Ask]:
        """Articles are sold; a coupon and points pay a part."""
        while self.to_sell:
            basket = self._basket(self.to_sell.popleft(), lines=lines, points=self.points)
            yield Ask(self._post("/v1/sales", self._till().token, basket), 201)

    def price_sales(self, port: int, many: int) -> None:
        """Ask what so many baskets of `sale_by_itself` come to, as a till does before the customer pays."""
        some = [self.to_sell.popleft() for _ in range(min(many - len(self._priced), len(self.to_sell)))]
        asks = (self._ask_price(self._grocers_basket(voucher)) for voucher in some)
        for basket, body in drive_clients(port, asks, clients=8, seconds=PATIENCE_S, keep=True).told if some else ():
            rest = json.loads(body)["payable_minor"] - MEAL_MINOR
            tenders = [("titre_restaurant", MEAL_MINOR), ("card", rest)]
            paid = [{"kind": kind, "amount_minor": amount} for kind, amount in tenders]
            self._priced.append(basket | {"tenders": paid})

    def sale_by_itself(self) -> Iterator[Ask]:
        """Baskets that were priced before, in the shop where an offer applies by itself besides: as many lines, one of
        them weighed, and two means of payment."""
        while self._priced:
            yield Ask(self._post("/v1/sales", self.other_till.token, self._priced.popleft()), 201)

    def long_sale(self) -> Iterator[Ask]:
        """The same with forty articles."""
        return self.sale(lines=40)

    def returning(self) -> Iterator[Ask]:
        """One article comes back, to any shop."""
        while self.sold:
            sale_id = json.loads(self.sold.popleft().body)["id"]
            body = {"reference": f"R{next(self._keys)}-{self._run}", "lines": [{"position": 2, "quantity": 1}]}
            yield Ask(self._post(f"/v1/sales/{sale_id}/returns", self._till().token, body), 200)

    def claim(self) -> Iterator[Ask]:
        """A member takes one more coupon of an offer."""
        while True:
            path = f"/v1/offers/{self._draw.choice(self.offers)}/coupons"
            yield Ask(self._post(path, self._phone().token, None), 201)

    def grant(self) -> Iterator[Ask]:
        """A member allows a touchpoint for a purpose, which was not allowed before."""
        evidence = {
            "text_sha256": self.words, "locale": "fr", "channel": "app", "screen_id": "bench", "app_version": "1",
            "method": "button", "os_permission": {"location": "while_using", "reported_at": _text(datetime.now(UTC))},
        }  # fmt: skip
        body = {"level": "alert_on_request", "evidence": evidence}
        order = list(self.phones)
        self._draw.shuffle(order)
        for phone in order:
            yield Ask(self._post(CELL, phone.token, body, method="PUT"), 200, phone)

    def withdrawal(self) -> Iterator[Ask]:
        """The same member withdraws it."""
        while self.granted:
            phone = self.granted.popleft().about
            yield Ask(_get(CELL, phone.token, method="DELETE"), 200)

    def matrix(self) -> Iterator[Ask]:
        """A member looks at everything that is allowed."""
        while True:
            yield Ask(_get(f"/v1/permissions?brand={CODE}", self._phone().token), 200)

    def list_of_cards(self) -> Iterator[Ask]:
        """A member looks at the cards of the wallet."""
        while True:
            yield Ask(_get("/v1/cards", self._phone().token), 200)

    def locator(self) -> Iterator[Ask]:
        """Anybody looks where the shops are."""
        while True:
            yield Ask(STORES_HEAD + b"\r\n", 200)

    def locator_unchanged(self) -> Iterator[Ask]:
        """The same by an app that has them already."""
        known = f"If-None-Match: {self.stores_etag}\r\n\r\n".encode()
        while True:
            yield Ask(STORES_HEAD + known, 304)

    def erasure_request(self) -> Iterator[Ask]:
        """A member asks to be erased. There are only a few who do."""
        for phone in self.leavers:
            yield Ask(self._post("/v1/rights-requests", phone.token, {"kind": "erasure"}), 201)

    def spare_scan(self) -> Iterator[Ask]:
        """A scan as the stand-in is sent it."""
        while True:
            till, code = self._till(), self._draw.choice(self.cards)
            yield Ask(self._post("/v1/scans", _trusted(till), {"code": code}), 201)

    def spare_redemption(self) -> Iterator[Ask]:
        """A redemption as the stand-in is sent it, from the end of the list, while sales take from its beginning."""
        for voucher in reversed(self.spare):
            till = self._till()
            yield Ask(self._post(f"/v1/coupons/{voucher.code}/redemptions", _trusted(till), {}), 201)

    def spare_sale(self) -> Iterator[Ask]:
        """A sale as the stand-in is sent it."""
        for voucher in self.spare:
            basket = self._basket(voucher, lines=5, points=self.spare_points)
            yield Ask(self._post("/v1/sales", _trusted(self._till()), basket), 201)

    def _till(self) -> Till:
        return self._draw.choice(self.tills)

    def _phone(self) -> Phone:
        return self._draw.choice(self.phones)

    def _basket(self, voucher: Voucher, *, lines: int, points: str) -> dict[str, Any]:
        """Some articles: a tea, which earns more, and others; prices differ from sale to sale."""
        dearer = self._draw.randrange(300)
        articles = [
            {
                "position": place,
                "quantity": 1 + place % 2,
                "gross_minor": (800 + 90 * place + dearer) * (1 + place % 2),
                "sku": f"A{place * 17 + dearer}",
                "category": "food/tea" if place == 1 else "home/kitchen",
                "tax_bp": 550 if place == 1 else 2000,
                "label": f"Article {place * 17 + dearer}",
            }
            for place in range(1, lines + 1)
        ]
        return {
            "code": voucher.card,
            "terminal": "1",
            "receipt": f"{self._run}-{next(self._keys)}",
            "currency": "EUR",
            "lines": articles,
            "coupons": [voucher.code],
            "points": {"currency_id": points, "points": PAID_POINTS},
        }

    def _grocers_basket(self, voucher: Voucher) -> dict[str, Any]:
        """As many lines as any other basket, the second one weighed."""
        basket = self._basket(voucher, lines=5, points=self.points)
        grams = self._draw.randrange(300, 900)
        weighed = {
            "position": 2,
            "quantity_thousandths": grams,
            "unit": "kg",
            "unit_price_minor": KILO_MINOR,
            "gross_minor": (KILO_MINOR * grams + 500) // 1000,
            "category": "food/fruit",
            "tax_bp": 550,
            "label": f"Article {grams}",
        }
        basket["lines"][1] = {"sku": basket["lines"][1]["sku"]} | weighed
        return basket

    def _ask_price(self, basket: dict[str, Any]) -> Ask:
        return Ask(self._post("/v1/sales/quotes", self.other_till.token, basket), 200, basket)

    def _post(self, path: str, token: str, body: Any, *, method: str = "POST") -> bytes:
        content = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        said = f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
        key = f"Idempotency-Key: {self._run}-{next(self._keys)}\r\n"
        return (_head(method, path, token) + key + said + "\r\n").encode() + content


def _get(path: str, token: str, *, method: str = "GET") -> bytes:
    return (_head(method, path, token) + "\r\n").encode()


def _head(method: str, path: str, token: str) -> str:
    return f"{method} {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\nAccept-Language: fr\r\n"


def _trusted(till: Till) -> str:
    return f"{till.terminal_id}/{till.store_id}"


def _text(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
