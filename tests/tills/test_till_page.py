"""`docs/till.md` is true: each call that it shows is sent, in its order, and answered as it says."""

import json
import re
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from tests.gift_cards.factories import TEN_EUROS, let_sell
from tests.speaking import Speaker
from tests.tills.factories import RecordingTill, appoint_cashier, fill_cagnotte

PAGE = Path(__file__).parents[2] / "docs" / "till.md"
CALL = re.compile(
    r"^(GET|POST|PUT) (/v1/\S+)\n\n(?:```json\n(.*?)```\n\n)?→ (\d+)\n\n```json\n(.*?)```",
    re.MULTILINE | re.DOTALL,
)


class Example(NamedTuple):
    method: str
    path: str
    body: str | None
    status: int
    answer: str


def examples() -> Iterator[Example]:
    for method, path, body, status, answer in CALL.findall(PAGE.read_text("utf-8")):
        yield Example(method, path, body or None, int(status), answer)


def differences(shown: Any, told: Any, at: str = "") -> Iterator[str]:
    """Where an answer is not as it is shown; it may say more."""
    if shown == "…":
        if told is None:
            yield f"{at}: nothing"
    elif isinstance(shown, dict) and isinstance(told, dict):
        for name, value in shown.items():
            if name in told:
                yield from differences(value, told[name], f"{at}/{name}")
            else:
                yield f"{at}/{name}: missing"
    elif isinstance(shown, list) and isinstance(told, list) and len(shown) == len(told):
        for number, (one, other) in enumerate(zip(shown, told, strict=True)):
            yield from differences(one, other, f"{at}/{number}")
    elif shown != told:
        yield f"{at}: {told!r}, not {shown!r}"


def test_every_example_of_the_page_is_sent_and_answered_as_it_says(till: RecordingTill, anyone: Speaker) -> None:
    made = till.admin.post("/v1/terminals", {"store_id": str(till.store.id), "name": "Caisse 9"}).get_json()
    appoint_cashier(till.store, now=datetime.now(UTC))
    let_sell(till.brand)
    fill_cagnotte(till, 350)
    values = {
        "token": made["pairing_link"].partition("#")[2],
        "card": till.card.code,
        "coupon": till.percent(10).code,
        "currency": str(till.currency.id),
        **{f"scan_{n}": str(uuid.uuid4()) for n in range(1, 6)},
    }

    def fill(text: str) -> str:
        for name, value in (values | {"now": datetime.now(UTC).isoformat()}).items():
            text = text.replace(f"<{name}>", value).replace(f"{{{name}}}", value)
        return text

    speaks, sent = Speaker(anyone.client, None, "fr"), 0
    for one in examples():
        if "<gift_coupon>" in (one.body or ""):
            values["gift_coupon"] = till.coupon(benefit=TEN_EUROS, minimum_minor=10_000).code
        body = one.body and json.loads(fill(one.body))
        answer = speaks.send(one.method, fill(one.path), json=body)
        told = answer.get_json()
        if one.path.endswith("/key") or one.path.endswith("/pairing"):
            speaks = Speaker(anyone.client, told["key"], "fr")
        assert (one.path, answer.status_code) == (one.path, one.status), told
        assert list(differences(json.loads(fill(one.answer)), told)) == [], one.path
        values |= {"/v1/gift-cards": {"gift_card": told.get("code")}, "/v1/sales": {"sale": told.get("id")}}.get(
            one.path, {}
        )
        sent += 1
    assert sent == PAGE.read_text("utf-8").count("\n→ ")
