"""The ledger is proved, and whoever changes it behind its back is found out."""

from collections.abc import Sequence
from datetime import timedelta

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, text

from app.cli import main
from app.config import Config
from tests import templates
from tests.factories import NOON
from tests.points.factories import Purse
from wallet.points.returns import Policy

DAY = timedelta(days=1)


@pytest.fixture
def purse() -> Purse:
    """Somebody to whom everything happened."""
    purse = Purse({"may_go_negative": True})
    first = purse.earn(100, lasts="10D")
    second = purse.earn(200, waits="2D", lasts="5D")
    purse.cancel(second.id, points=50)
    spend = purse.spend(70)
    purse.give_back(spend.id, points=20)
    purse.hold(10, ends_at=NOON + DAY)
    purse.capture(purse.hold(30).id, points=25)
    purse.adjust(40)
    purse.adjust(-15)
    purse.settle(NOON + 3 * DAY)
    purse.take_back(first.id, Policy.UNLIMITED, now=NOON + 3 * DAY)
    purse.hold(20, now=NOON + 3 * DAY, ends_at=NOON + 90 * DAY)
    purse.earn(30, waits="on_action", now=NOON + 4 * DAY)
    purse.settle(NOON + 20 * DAY)
    purse.earn(5, now=NOON + 20 * DAY)
    return purse


def test_a_ledger_to_which_everything_happened_holds(purse: Purse) -> None:
    assert purse.faults() == []
    assert len(set(purse.kinds())) >= 12


def test_a_ledger_with_a_debt_holds() -> None:
    purse = Purse({"may_go_negative": True})
    earned = purse.earn(100)
    purse.spend(60)
    purse.take_back(earned.id, Policy.UNLIMITED)
    purse.earn(10)
    assert purse.faults() == []


TAMPERINGS = {
    "an amount": ("UPDATE points_entry SET amount = amount + 1 WHERE {last}", {"chain_broken"}),
    "a reason": ('UPDATE points_entry SET facts = \'{{"why": "else"}}\' WHERE {last}', {"chain_broken"}),
    "a date": ("UPDATE points_entry SET occurred_at = occurred_at - interval '1 day' WHERE {last}", {"chain_broken"}),
    "a hash": ("UPDATE points_entry SET hash = sha256('x') WHERE {last}", {"chain_broken", "head_wrong"}),
    "the last entry": ("DELETE FROM points_entry WHERE {last}", {"head_wrong"}),
    "an entry in between": ("DELETE FROM points_entry WHERE {mine} AND kind = 'hold_captured'", {"sequence_broken"}),
    "an allocation": (
        "DELETE FROM points_allocation WHERE entry_id = (SELECT id FROM points_entry WHERE {mine} AND kind = 'spent')",
        {"allocations_wrong", "chain_broken", "lot_remaining_wrong"},
    ),
    "an allocation's amount": (
        "UPDATE points_allocation SET amount = amount - 1 WHERE entry_id ="
        " (SELECT id FROM points_entry WHERE {mine} AND kind = 'spent')",
        {"allocations_wrong", "chain_broken", "lot_remaining_wrong"},
    ),
    "a lot": ("UPDATE points_lot SET amount = amount + 1 WHERE member_id = :member", {"lot_amount_wrong"}),
    "how long a lot lasts": ("UPDATE points_lot SET lasts = '9Y' WHERE member_id = :member", {"chain_broken"}),
    "what is left of a lot": (
        "UPDATE points_lot_state SET remaining = remaining + 1 WHERE {mine} AND state = 'active'",
        {"lot_remaining_wrong", "lots_are_not_the_balance"},
    ),
    "the state of a lot": (
        "UPDATE points_lot_state SET state = 'active' WHERE {mine} AND state = 'pending'",
        {"lot_state_wrong", "lots_are_not_the_balance"},
    ),
    "a balance": ("UPDATE points_balance SET available = available + 1 WHERE {mine}", {"balance_available_wrong"}),
    "a counter": ("UPDATE points_balance SET totals = '{{}}' WHERE {mine}", {"totals_wrong"}),
    "a hold": ("UPDATE points_hold SET state = 'released' WHERE {mine}", {"holds_wrong"}),
    "a balance as a whole": ("DELETE FROM points_balance WHERE {mine}", {"entries_without_balance"}),
    "the rule of debts": (
        "UPDATE points_currency SET may_go_negative = false WHERE id = :currency",
        {"debt_not_allowed"},
    ),
}
"""What somebody with the owner's rights does behind the ledger's back, and faults that it must show."""

MINE = "member_id = :member AND currency_id = :currency"
LAST = f"{MINE} AND sequence = (SELECT max(sequence) FROM points_entry WHERE {MINE})"


def tamper(settings: Config, purse: Purse, act: str) -> None:
    """As the database's superuser would, past every right and every reference."""
    name = settings.database_url.rsplit("/", 1)[1]
    engine = create_engine(templates.shared_cluster().url("superuser", name.partition("?")[0]))
    with engine.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))  # references do not look
        done = connection.execute(
            text(act.format(mine=MINE, last=LAST)),
            {"member": purse.member.id, "currency": purse.currency.id},
        )
        assert done.rowcount > 0
    engine.dispose()


@pytest.mark.parametrize("what", list(TAMPERINGS))
def test_whoever_changes_it_is_found_out(settings: Config, purse: Purse, what: str) -> None:
    act, expected = TAMPERINGS[what]
    if "debt" in str(expected):
        earned = purse.earn(100, now=NOON + 21 * DAY)
        purse.spend(100, now=NOON + 21 * DAY)
        purse.take_back(earned.id, Policy.UNLIMITED, now=NOON + 21 * DAY)
    tamper(settings, purse, act)
    assert expected <= set(purse.faults())


def run(monkeypatch: pytest.MonkeyPatch, settings: Config, arguments: Sequence[str]) -> tuple[int, str, str]:
    monkeypatch.setattr("app.commands.preparation.connect", lambda: settings)
    result = CliRunner().invoke(main, ["ledger", *arguments])
    return result.exit_code, result.stdout, result.stderr


def test_the_command_proves_a_brands_ledger(monkeypatch: pytest.MonkeyPatch, settings: Config, purse: Purse) -> None:
    code, out, _ = run(monkeypatch, settings, ["verify", "--brand", purse.brand.code])
    assert (code, out.partition(" in ")[0]) == (0, f"The ledger holds. {len(purse.entries())} entries")


def test_the_command_names_the_faults_and_fails(
    monkeypatch: pytest.MonkeyPatch, settings: Config, purse: Purse
) -> None:
    tamper(settings, purse, TAMPERINGS["an amount"][0])
    code, _, err = run(monkeypatch, settings, ["verify", "--brand", purse.brand.code])
    assert code == 1
    assert f"chain_broken: member {purse.member.id}" in err


def test_the_command_knows_only_brands_that_exist(monkeypatch: pytest.MonkeyPatch, settings: Config) -> None:
    code, _, err = run(monkeypatch, settings, ["verify", "--brand", "nowhere"])
    assert (code, err.strip()) == (1, 'Error: There is no brand "nowhere".')


def test_the_command_settles_what_is_due(monkeypatch: pytest.MonkeyPatch, settings: Config) -> None:
    purse = Purse({"lasts": "1D"})
    purse.earn(100)
    code, _, _ = run(monkeypatch, settings, ["settle"])
    assert (code, purse.available) == (0, 0)
