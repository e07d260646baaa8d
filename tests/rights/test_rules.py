"""Retention with a clock that stands still: what is over goes, what is not stays; late jobs ring."""

import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import delete, inspect, text

from app import factory
from app.access_log.models import PersonalRead
from app.accounts.models import ConsoleUser
from app.consent.models import PermissionEvent, Suppression
from app.data_map import RETENTION, DataClass
from app.lifetimes import WITH_THE_WALLET, By, With
from app.receipts.models import LeafSalt, Receipt
from app.rights import jobs, personal_tables
from app.rights.erasure import outside_ledger, steps
from app.rights.models import Erasure, RetentionRun, RightsRequest
from app.rights.retention import rules as retention_rules
from app.sql import db
from offers.coupons.models import Coupon
from tests.consent.factories import give, ledger, say_no
from tests.coupons.factories import claim
from tests.factories import make_brand, make_console_user, make_member, make_store, make_terminal, save
from tests.planning.factories import make_offer, publish
from tests.wallet.factories import make_card
from wallet.scanning.models import Scan

NOW = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)

Make = Callable[[datetime], Any]


def coupon(ended_at: datetime) -> Coupon:
    brand = make_brand()
    publish(make_store(brand), now=NOW)
    found = claim(make_member(), make_offer(brand, now=NOW), now=NOW)
    with db.system_transaction():
        db.execute(
            text("UPDATE coupon SET expires_at = :at WHERE member_id = :member AND id = :id"),
            {"at": ended_at, "member": found.member_id, "id": found.id},
        )
    return found


def scan(at: datetime) -> Scan:
    brand = make_brand()
    store = make_store(brand)
    terminal, _ = make_terminal(store)
    card = make_card(make_member(), brand)
    return save(
        Scan(
            member_id=card.member_id,
            brand_id=brand.id,
            store_id=store.id,
            terminal_id=terminal.id,
            kind="card",
            target_id=card.id,
            scanned_at=at,
        )
    )


def read(at: datetime) -> PersonalRead:
    return save(
        PersonalRead(
            member_id=make_member().id, brand_id=make_brand().id, role="admin", data_classes=["scan"], read_at=at
        )
    )


def request(closed_at: datetime) -> RightsRequest:
    return save(
        RightsRequest(
            member_id=uuid.uuid4(),
            kind="access",
            state="answered",
            received_at=closed_at,
            due_at=closed_at,
            closed_at=closed_at,
        )
    )


def opposition(renewed_at: datetime) -> Suppression:
    return save(Suppression(channel="email", address_hash=uuid.uuid4().bytes, since=renewed_at, renewed_at=renewed_at))


def erasure(completed_at: datetime) -> Erasure:
    return save(Erasure(member_id=uuid.uuid4(), cause="member", requested_at=completed_at, completed_at=completed_at))


CASES: list[tuple[DataClass, Callable[..., int], Make]] = [
    (DataClass.COUPON, jobs.forget_coupons, coupon),
    (DataClass.SCAN, jobs.forget_scans, scan),
    (DataClass.READ_LOG, jobs.forget_reads, read),
    (DataClass.RIGHTS_REQUEST, jobs.forget_requests, request),
    (DataClass.OPPOSITION, jobs.forget_oppositions, opposition),
    (DataClass.ERASURE, jobs.forget_erasures, erasure),
]
by_class = pytest.mark.parametrize(("data_class", "job", "make"), CASES, ids=[case[0] for case in CASES])


def run(job: Callable[..., int], *, now: datetime = NOW) -> int:
    with db.system_transaction():
        return job(now=now)


def exists(thing: Any) -> bool:
    with db.system_transaction():
        return db.get(type(thing), inspect(type(thing)).primary_key_from_instance(thing)) is not None


@by_class
def test_what_is_over_goes(data_class: DataClass, job: Callable[..., int], make: Make) -> None:
    thing = make(NOW - retention_rules.kept_for(data_class) - A_MOMENT)
    assert run(job) >= 1
    assert not exists(thing)


@by_class
def test_what_is_not_over_stays(data_class: DataClass, job: Callable[..., int], make: Make) -> None:
    thing = make(NOW - retention_rules.kept_for(data_class) + A_MOMENT)
    run(job)
    assert exists(thing)


@by_class
def test_running_again_does_nothing(data_class: DataClass, job: Callable[..., int], make: Make) -> None:
    make(NOW - retention_rules.kept_for(data_class) - A_MOMENT)
    run(job)
    assert run(job) == 0


def test_an_open_request_is_never_over() -> None:
    open_since = NOW - timedelta(days=4000)
    thing = save(
        RightsRequest(
            member_id=uuid.uuid4(), kind="access", state="received", received_at=open_since, due_at=open_since
        )
    )
    run(jobs.forget_requests)
    assert exists(thing)


def test_a_run_takes_no_more_than_its_batch() -> None:
    for _ in range(3):
        opposition(NOW - timedelta(days=4000))
    with db.system_transaction():
        assert retention_rules.forget_rows(DataClass.OPPOSITION, now=NOW, most=2) == 2


def test_the_code_of_a_coupon_goes_with_it() -> None:
    thing = coupon(NOW - retention_rules.kept_for(DataClass.COUPON) - A_MOMENT)
    with db.system_transaction():
        db.execute(text("UPDATE pass_code SET created_at = '2020-01-01' WHERE target_id = :id"), {"id": thing.id})
    run(jobs.forget_coupons)
    run(jobs.forget_coupons)
    with db.system_transaction():
        left = db.execute(text("SELECT count(*) FROM pass_code WHERE target_id = :id"), {"id": thing.id})
        assert left.scalar_one() == 0


def test_an_erasure_that_is_forgotten_is_forgotten_outside_too() -> None:
    thing = erasure(NOW - retention_rules.kept_for(DataClass.ERASURE) - A_MOMENT)
    outside_ledger.note_erasure(thing.member_id, requested_at=thing.requested_at)
    run(jobs.forget_erasures)
    assert thing.member_id not in {one.member_id for one in outside_ledger.read_notes().known}


def test_staff_who_left_lose_their_name_after_a_year() -> None:
    user = make_console_user(make_brand(), disabled_at=NOW - timedelta(days=366))
    run(jobs.forget_staff)
    with db.system_transaction():
        left = db.get(ConsoleUser, user.id)
    assert left is not None
    assert (left.name, user.email in left.email) == ("", False)


def test_staff_who_left_last_week_keep_it() -> None:
    user = make_console_user(make_brand(), disabled_at=NOW - timedelta(days=7))
    run(jobs.forget_staff)
    with db.system_transaction():
        left = db.get(ConsoleUser, user.id)
    assert left is not None
    assert left.name == user.name


LONG_AGO = datetime(2018, 5, 25, 9, 0, tzinfo=UTC)


@pytest.fixture
def superseded() -> tuple[PermissionEvent, PermissionEvent]:
    """A yes of 2018 and the no that ended it, as far back."""
    member, brand = make_member(), make_brand()
    with db.system_transaction():
        db.execute(text("SELECT 1"))
    give(member, brand, now=NOW)
    say_no(member, brand, now=NOW + A_MOMENT)
    grown_old(member.id)
    first, second = ledger(member)
    return first, second


def grown_old(member_id: uuid.UUID) -> None:
    """Nobody but the owner of the ledger can do this; tests do it with a database whose owner they are."""
    from sqlalchemy import create_engine

    from app import config

    engine = create_engine(config.current().owner_database_url or "")
    with engine.begin() as connection:
        connection.execute(text("SELECT set_config('ici.system', 'on', true)"))
        connection.execute(
            text("UPDATE permission_event SET recorded_at = recorded_at - interval '8 years' WHERE member_id = :m"),
            {"m": member_id},
        )
    engine.dispose()


def test_evidence_goes_five_years_after_its_last_effect(superseded: tuple[PermissionEvent, PermissionEvent]) -> None:
    given, _ = superseded
    run(jobs.forget_permissions, now=datetime.now(UTC))
    with db.system_transaction():
        left = db.get(PermissionEvent, (given.member_id, given.id))
    assert left is not None
    assert left.evidence == {}


def test_the_receipt_and_its_salt_go_with_it(superseded: tuple[PermissionEvent, PermissionEvent]) -> None:
    given, _ = superseded
    run(jobs.forget_permissions, now=datetime.now(UTC))
    with db.system_transaction():
        key = (given.member_id, given.id)
        assert (db.get(Receipt, key), db.get(LeafSalt, key)) == (None, None)


def test_no_receipt_is_made_again_for_what_was_forgotten(superseded: tuple[PermissionEvent, PermissionEvent]) -> None:
    from app.receipts import jobs as receipts

    given, _ = superseded
    run(jobs.forget_permissions, now=datetime.now(UTC))
    receipts.issue_missing(now=datetime.now(UTC))
    with db.system_transaction():
        assert db.get(Receipt, (given.member_id, given.id)) is None


def test_what_still_has_an_effect_keeps_its_evidence() -> None:
    member, brand = make_member(), make_brand()
    give(member, brand, now=NOW)
    grown_old(member.id)
    run(jobs.forget_permissions, now=datetime.now(UTC))
    (event,) = ledger(member)
    assert event.evidence != {}


def test_nobody_can_end_evidence_sooner() -> None:
    with pytest.raises(Exception, match="five years"), db.system_transaction():
        db.execute(text("SELECT * FROM ici_forget_permission_payload(now() - interval '4 years', 10)"))


def test_of_the_erased_nothing_stays_after_five_years() -> None:
    member, brand = make_member(), make_brand()
    give(member, brand, now=NOW)
    with db.system_transaction():
        steps.request_erasure(member_id=member.id, now=NOW)
    jobs.finish_erasures(now=NOW, most=100_000)
    with db.system_transaction():
        db.execute(text("UPDATE erasure SET completed_at = '2018-05-25' WHERE member_id = :m"), {"m": member.id})
    run(jobs.forget_permissions, now=datetime.now(UTC))
    assert ledger(member) == []


def test_every_job_that_keeps_a_promise_exists() -> None:
    assert set(retention_rules.watched_jobs()) <= set(factory.jobs())


def test_every_rule_names_a_column_that_exists() -> None:
    rules = [rule for rules in retention_rules.rules().values() for rule in rules]
    assert [rule for rule in rules if rule.since.column not in rule.table.c] == []


def test_every_class_with_a_rule_has_the_job_that_keeps_it() -> None:
    assert set(retention_rules.rules()) == set(retention_rules.FORGETTING.values())


def test_a_table_whose_rows_go_with_others_points_at_them() -> None:
    ends = {table: table.info["kept"] for table in personal_tables.tables_about_people()}
    alone = [
        table.name
        for table, end in ends.items()
        if isinstance(end, With) and end != WITH_THE_WALLET
        if end.table not in {key.referred_table.name for key in table.foreign_key_constraints}
    ]
    assert alone == []


def test_every_job_that_a_table_names_exists() -> None:
    ends = [table.info["kept"] for table in personal_tables.tables_about_people()]
    assert {end.job for end in ends if isinstance(end, By)} <= set(factory.jobs())


WITHOUT_ROWS = {
    DataClass.ACCOUNTING: "the books of a purchase are the till's",
    DataClass.SIGHTING: "no sighting is stored",
    DataClass.VISIT: "no visit is stored",
    DataClass.REFUSAL: "a refusal is an event of the ledger, and its cell",
    DataClass.CONTACT: "goes with the account",
    DataClass.PUSH_TOKEN: "goes with the phone",
    DataClass.OS_PERMISSION: "the last report of each phone; goes with the phone",
    DataClass.PARENTAL: "ends with childhood, by the job of families",
}


def test_every_class_has_a_job_or_a_reason_not_to() -> None:
    assert set(retention_rules.watched_jobs().values()) | set(WITHOUT_ROWS) == set(DataClass)


def test_every_class_that_a_rule_ends_has_a_time() -> None:
    assert all(retention_rules.kept_for(one) > timedelta() for one in retention_rules.rules())
    assert set(retention_rules.rules()) <= set(RETENTION)


@pytest.fixture
def no_runs() -> None:
    with db.system_transaction():
        db.execute(delete(RetentionRun))


def ran(job: str, at: datetime, *, touched: int = 0) -> None:
    with db.system_transaction():
        retention_rules.note_run(job=job, touched=touched, now=at)


def late(now: datetime) -> list[str]:
    with db.system_transaction():
        return list(retention_rules.late(now=now))


@pytest.mark.usefixtures("no_runs")
def test_a_job_that_ran_is_not_late() -> None:
    for job in retention_rules.watched_jobs():
        ran(job, NOW)
    assert late(NOW + retention_rules.LATE) == []


@pytest.mark.usefixtures("no_runs")
def test_a_job_that_did_not_run_for_two_days_is_late() -> None:
    for job in retention_rules.watched_jobs():
        ran(job, NOW)
    ran("app.rights.forget_scans", NOW + timedelta(days=1))
    assert "app.rights.forget_scans" not in late(NOW + retention_rules.LATE + A_MOMENT)
    assert "app.rights.forget_coupons" in late(NOW + retention_rules.LATE + A_MOMENT)


@pytest.mark.usefixtures("no_runs")
def test_a_job_that_never_comes_to_its_end_is_late() -> None:
    for job in retention_rules.watched_jobs():
        ran(job, NOW)
    ran("app.rights.forget_scans", NOW + retention_rules.LATE, touched=retention_rules.BATCH)
    assert "app.rights.forget_scans" in late(NOW + retention_rules.LATE + A_MOMENT)


@pytest.mark.usefixtures("no_runs")
def test_a_job_that_never_ran_is_late_once_others_have() -> None:
    ran("app.rights.forget_scans", NOW)
    assert late(NOW) == []
    assert "app.rights.forget_coupons" in late(NOW + retention_rules.LATE + A_MOMENT)


@pytest.mark.usefixtures("no_runs")
def test_late_retention_rings_and_keeps_no_traffic_away(anyone: Any) -> None:
    ran("app.rights.forget_scans", NOW - timedelta(days=400))
    answer = anyone.get("/readyz")
    assert answer.status_code == 200
    assert "forget_scans" in answer.get_json()["alarms"]["retention"]


def test_other_jobs_are_not_written_down() -> None:
    ran("app.receipts.seal", NOW)
    with db.system_transaction():
        assert db.get(RetentionRun, ("app.receipts.seal", NOW)) is None


def test_old_runs_are_forgotten() -> None:
    at = NOW - retention_rules.RUNS_KEPT - A_MOMENT
    ran("app.rights.forget_scans", at)
    run(jobs.forget_runs)
    with db.system_transaction():
        assert db.get(RetentionRun, ("app.rights.forget_scans", at)) is None
