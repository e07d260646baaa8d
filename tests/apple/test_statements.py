"""How often the database is asked for what phones do most."""

import pytest

from app.sql import db
from tests.apple.factories import Phone, make_pass
from tests.tracing import traced

WHOLE = 7
"""Trips of a pass that is told whole, once its programme is known: whose it is, the pass, its facts, what offers put on
it, where it shows itself, its look, and the end."""


def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    send = db._sent

    def sent(*calls: db.Call) -> object:
        told.extend(call.statement for call in calls)
        return send(*calls)

    monkeypatch.setattr(db, "_sent", sent)
    return told


def test_a_list_and_an_unchanged_pass_are_one_question_each(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    held = make_pass()
    phone.register(held)
    phone.changed()
    since = phone.fetch(held).headers["Last-Modified"]
    told = asked(monkeypatch)
    assert (phone.ask(phone.tag).status_code, phone.fetch(held, since).status_code) == (204, 304)
    assert [statement for statement in told if "set_config" not in statement and "issued_pass" in statement] == told[
        1::2
    ]
    assert len(told) == 4


def test_a_wrong_token_asks_nothing(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    held, other = make_pass(), make_pass()
    told = asked(monkeypatch)
    mixed = phone.client.get(
        f"/apple/v1/passes/x/{held.serial}", headers={"Authorization": f"ApplePass {other.serial}"}
    )
    assert (mixed.status_code, told) == (401, [])


def test_a_whole_pass_is_told_in_few_trips(phone: Phone) -> None:
    held = make_pass()
    phone.register(held)
    phone.fetch(held)
    with traced() as traffic:
        assert phone.fetch(held).status_code == 200
    assert traffic.trips == WHOLE
