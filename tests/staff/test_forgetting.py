"""What lets people in ends with them, and what was over is forgotten."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.accounts.models import Brand, ConsoleUser, StaffEvent
from app.rights.retention import rules
from app.sql import db
from app.staff import jobs, tickets
from app.staff.models import AuthenticatorApp, Passkey, PasswordTicket, RecoveryCode, SpentChallenge
from app.staff.tickets import TicketKind
from tests.factories import make_console_user, save

NOW = datetime(2026, 5, 18, 10, 0, tzinfo=UTC)


def count(table: Any, user: ConsoleUser) -> int:
    with db.system_transaction():
        return db.execute(select(func.count()).select_from(table).where(table.user_id == user.id)).scalar_one()


def hold_everything(user: ConsoleUser) -> None:
    save(AuthenticatorApp(user_id=user.id, created_at=NOW, confirmed_at=NOW))
    save(RecoveryCode(user_id=user.id, code_hash=user.id.bytes, created_at=NOW))
    key = {"credential_id": user.id.bytes, "public_key": b"k", "sign_count": 0, "name": "Téléphone", "created_at": NOW}
    save(Passkey(user_id=user.id, **key))


def test_what_let_somebody_in_goes_with_their_name(brand: Brand) -> None:
    gone = make_console_user(brand, disabled_at=NOW - timedelta(days=366))
    recent = make_console_user(brand, disabled_at=NOW - timedelta(days=7))
    for user in (gone, recent):
        hold_everything(user)
    with db.system_transaction():
        rules.forget_staff(now=NOW)
    tables = (AuthenticatorApp, RecoveryCode, Passkey)
    assert [count(table, user) for user in (gone, recent) for table in tables] == [0, 0, 0, 1, 1, 1]


def test_links_are_forgotten_thirty_days_after_their_end(brand: Brand) -> None:
    user = make_console_user(brand)
    with db.system_transaction():
        for age in (timedelta(days=31), timedelta(days=29)):
            tickets.issue_ticket(user=user, kind=TicketKind.RESET, now=NOW - age)
    with db.system_transaction():
        assert jobs.forget_tickets(now=NOW) >= 1
    assert count(PasswordTicket, user) == 1


def test_answers_are_forgotten_when_nobody_could_send_them_again(brand: Brand) -> None:
    ends = [NOW, NOW + timedelta(seconds=1)]
    spent = [save(SpentChallenge(challenge_hash=brand.id.bytes + bytes([n]), expires_at=ends[n])) for n in (0, 1)]
    with db.system_transaction():
        jobs.forget_challenges(now=NOW)
        assert [db.get(SpentChallenge, one.challenge_hash) is None for one in spent] == [True, False]


def test_staff_events_are_kept_for_a_year(brand: Brand) -> None:
    user = make_console_user(brand)
    for days in (366, 364):
        event = {"brand_id": brand.id, "user_id": user.id, "by_id": None, "kind": "invited"}
        save(StaffEvent(**event, happened_at=NOW - timedelta(days=days)))
    with db.system_transaction():
        rules.forget_rows(rules.FORGETTING["forget_staff_events"], now=NOW)
    assert count(StaffEvent, user) == 1
