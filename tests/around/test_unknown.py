"""Whoever asks stays unknown: no account, no decision, nothing kept of where they are; and no copy of all prices."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from app import config
from app.config import Config
from app.sql import db
from tests.around.factories import LAT, LON, Stranger, stocked
from tests.availability.factories import TEA
from tests.factories import make_member, member_token
from tests.speaking import Speaker


@pytest.fixture
def stranger(anyone: Speaker) -> Stranger:
    return Stranger(anyone)


def written() -> dict[str, int]:
    with db.system_transaction():
        return {
            table.name: db.execute(select(func.count()).select_from(table)).scalar_one()
            for table in db.Base.metadata.sorted_tables
            if table.name != "quota_use"
        }


def test_a_question_writes_nothing_but_the_count_of_its_network(stranger: Stranger) -> None:
    stocked(stranger.shop())
    stranger.offer()
    before = written()
    stranger.told(gtin=TEA)
    assert written() == before


def test_a_member_is_answered_like_anybody(stranger: Stranger, anyone: Speaker) -> None:
    stranger.shop()
    stranger.offer()
    unknown = stranger.told() | {"asked_at": None}
    stranger.anyone = anyone.with_token(member_token(make_member(language="fr")))
    assert stranger.told() | {"asked_at": None} == unknown


def test_a_position_is_in_no_log(stranger: Stranger, capfd: pytest.CaptureFixture[str]) -> None:
    stranger.shop()
    for given in ({}, {"lat": str(LAT)}, {"accuracy_m": 30_000}, {"offer_id": str(stranger.brand.id)}):
        stranger.ask(**{"lat": LAT + 0.0012345, "lon": LON} | given)
    said = "".join(capfd.readouterr())
    assert "0012345"[-5:] not in said


def test_a_network_that_copies_everything_is_told_to_wait(stranger: Stranger, settings: Config) -> None:
    config.use_config(replace(settings, around_per_network=2))
    try:
        answers = [stranger.ask() for _ in range(3)]
    finally:
        config.use_config(settings)
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2].get_json()["code"], "Retry-After" in answers[2].headers) == ("asked_too_often", True)


def test_another_network_does_not_wait(stranger: Stranger, settings: Config) -> None:
    config.use_config(replace(settings, around_per_network=1))
    try:
        stranger.ask()
        stranger.anyone.client.environ_base["REMOTE_ADDR"] = "192.0.2.77"
        assert stranger.ask().status_code == 200
    finally:
        config.use_config(settings)
