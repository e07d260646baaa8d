"""Without a permission the plan never executes the search for places."""

import json
import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from app import clock
from app.accounts.models import MemberSession
from app.sql import db
from offers.deciding.queries import AT_STORE, NEARBY
from tests.consent.factories import say_no
from tests.deciding.factories import LAT, LON, Asker, make_shop, offer_at
from tests.factories import make_brand, save
from tests.speaking import Speaker


def searches(asker: Asker) -> list[int]:
    """How often each scan of `place` was executed for this member."""
    now = clock.now()
    session = save(
        MemberSession(
            member_id=asker.member.id,
            generation=0,
            rotated_at=now,
            created_at=now,
            expires_at=now + timedelta(days=1),
        )
    )
    values = [now.isoformat(), asker.member.id, session.id, LON, LAT, 2000, "fr"]
    statement = NEARBY.replace("$8", "12")
    for number, value in enumerate(values, start=1):
        statement = statement.replace(f"${number}", f"'{{{value}}}'")
    with db.transaction():
        db.become(member_id=asker.member.id)
        explain = text("EXPLAIN (ANALYZE, FORMAT JSON) " + statement.replace(":", r"\:"))
        plan = db.execute(explain).scalar_one()
    return list(_loops(plan if isinstance(plan, list) else json.loads(plan)))


def indexes_of(statement: str, *values: object) -> set[str]:
    """The indexes of the plan that a server makes for all questions. The tables of tests have too few rows for any to
    be worth it, so whole tables are not read here unless there is no other way."""
    said = ", ".join("NULL" if value is None else f"'{value}'" for value in values).replace(":", r"\:")
    with db.transaction():
        db.execute(text("SET LOCAL enable_seqscan = off"))
        db.execute(text("SET LOCAL plan_cache_mode = force_generic_plan"))
        db.execute(text("PREPARE asked AS " + statement.replace(":", r"\:")))
        plan = "\n".join(db.execute(text(f"EXPLAIN EXECUTE asked ({said})")).scalars())
        db.execute(text("DEALLOCATE asked"))
    assert "Seq Scan" not in plan, plan
    return set(re.findall(r"(?:using|Bitmap Index Scan on) (\w+)", plan))


def _loops(node: Any) -> Any:
    if isinstance(node, list):
        for child in node:
            yield from _loops(child)
    elif isinstance(node, dict):
        if node.get("Relation Name") == "place":
            yield node["Actual Loops"]
        for child in node.values():
            if isinstance(child, list | dict):
                yield from _loops(child)


@pytest.fixture
def asker(anyone: Speaker) -> Asker:
    return Asker(anyone)


def test_a_permission_lets_the_search_run(asker: Asker) -> None:
    brand = make_brand()
    make_shop(brand)
    offer_at(brand)
    asker.allows(brand)
    assert any(searches(asker))


def test_without_a_permission_no_place_is_searched(asker: Asker) -> None:
    assert not any(searches(asker))


def test_a_withdrawn_permission_searches_no_place(asker: Asker) -> None:
    brand = make_brand()
    asker.allows(brand)
    say_no(asker.member, brand, now=clock.now())
    assert not any(searches(asker))


def test_an_expired_permission_searches_no_place(asker: Asker) -> None:
    brand = make_brand()
    asker.allows(brand, expires_at=clock.now() + timedelta(days=1))
    with db.system_transaction():
        db.execute(
            text("UPDATE permission_state SET expires_at = now() - interval '1 second' WHERE member_id = :member"),
            {"member": asker.member.id},
        )
    assert not any(searches(asker))


def test_a_revoked_sign_in_is_refused_before_anything_is_searched(asker: Asker) -> None:
    asker.allows(make_brand())
    asker.phone.delete("/v1/sessions/current")
    assert asker.ask().status_code == 401


def test_a_foreign_brand_by_name_is_out_of_scope(asker: Asker) -> None:
    asker.allows(make_brand())
    answer = asker.ask(brand=make_brand().code)
    assert (answer.status_code, answer.get_json()["code"]) == (403, "permission_out_of_scope")


def test_a_refusal_comes_with_a_remedy(asker: Asker) -> None:
    answer = asker.ask()
    assert answer.status_code == 403
    assert answer.get_json()["code"] == "permission_not_given"
    assert answer.get_json()["remedy"]


def test_a_refusal_leaves_no_decision(asker: Asker) -> None:
    asker.ask()
    with db.system_transaction():
        found = db.execute(text("SELECT count(*) FROM decision WHERE member_id = :m"), {"m": asker.member.id})
        assert found.scalar_one() == 0


def test_the_offers_of_a_store_are_found_by_the_store(asker: Asker) -> None:
    brand = make_brand()
    shop = make_shop(brand)
    offer_at(brand)
    ids = f"{{{brand.id}}}"
    found = indexes_of(AT_STORE, asker.member.id, clock.now().isoformat(), None, ids, ids, 500, shop.id)
    by_store = {"uq_place_store_id", "pk_offer_place", "pk_live_offer"}
    # Both begin with the member; which of them is taken for whom is the statistics' choice.
    by_member = {"ix_coupon_mine", "uq_coupon_member_id_offer_id_ordinal"}
    assert found >= by_store | {"pk_offer_dismissal"}
    assert found & by_member


def test_somebody_elses_decision_is_unknown(asker: Asker, anyone: Speaker) -> None:
    asker.allows(make_brand())
    decision_id = asker.ask().get_json()["decision_id"]
    assert Asker(anyone).phone.get(f"/v1/decisions/{decision_id}").status_code == 404
    assert uuid.UUID(decision_id)
