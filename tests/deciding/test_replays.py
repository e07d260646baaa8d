"""Decisions are made again from what is kept, to the last bit; another policy is estimated, or refused."""

import csv
import json
import math
import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app import clock, config
from app.cli import main
from app.sql import db
from offers.deciding.factors import Factors, Weights, log_millionths
from offers.deciding.replays.estimates import LEAST_SAMPLE, Trial, estimate_uptake
from offers.deciding.replays.replays import Replayed, replay_decisions
from offers.deciding.scores import ScoredOffer, order_entries, propensity_in
from tests.deciding.factories import Shopper, offer_at
from tests.speaking import Speaker


@pytest.fixture
def shopper(anyone: Speaker) -> Shopper:
    shopper = Shopper(anyone)
    for number in range(4):
        offer_at(shopper.brand, priority=[20, 50, 50, 95][number])
    shopper.buys_bread()
    return shopper


def replayed(shopper: Shopper, **given: Any) -> list[Replayed]:
    """The member's own decisions of the last minutes, made again."""
    with db.system_transaction():
        mine = {
            row.id for row in db.execute(text("SELECT id FROM decision WHERE member_id = :m"), {"m": shopper.member.id})
        }
        since, until = clock.now() - timedelta(minutes=5), clock.now() + timedelta(minutes=1)
        return [one for one in replay_decisions(since=since, until=until, **given) if one.decision_id in mine]


def test_decisions_come_out_the_same(shopper: Shopper) -> None:
    shopper.ask()
    shopper.permits_profiling()
    for _ in range(12):
        shopper.ask()
    assert [one.same for one in replayed(shopper)] == [True] * 13


def test_what_was_changed_afterwards_is_found(shopper: Shopper) -> None:
    shopper.permits_profiling()
    answer = shopper.ask()
    with db.system_transaction():
        change = "UPDATE decision SET factors[10] = factors[10] - 2000000 WHERE id = :id"
        db.execute(text(change), {"id": answer.get_json()["decision_id"]})
    [one] = replayed(shopper)
    assert not one.same


def test_other_weights_say_what_would_be_led_otherwise(shopper: Shopper) -> None:
    shopper.permits_profiling()
    for _ in range(10):
        shopper.ask()
    same = replayed(shopper, other=Weights())
    assert not any(one.leads_else or one.ordered_else for one in same)
    for one in same:
        assert all(trial.propensity == trial.propensity_of_other for trial in one.trials)
    bolder = replayed(shopper, other=Weights(affinity=0, discovery=100))
    assert any(one.ordered_else for one in bolder)


def test_a_leader_that_was_claimed_afterwards_is_taken(shopper: Shopper) -> None:
    shopper.permits_profiling()
    first = shopper.ask().get_json()["offers"][0]["offer"]["id"]
    assert shopper.phone.post(f"/v1/offers/{first}/coupons").status_code == 201
    [one] = replayed(shopper, other=Weights())
    assert one.trials[0].taken


def test_the_command_says_whether_all_came_out_the_same(shopper: Shopper, tmp_path: Path) -> None:
    shopper.permits_profiling()
    shopper.ask()
    policy = tmp_path / "bolder.json"
    policy.write_text(json.dumps({"weights": {"affinity": 150}}))
    since = (clock.now() - timedelta(minutes=2)).strftime("%Y-%m-%dT%H:%M")
    command = [sys.executable, "-m", "app.cli", "decisions", "replay", "--since", since, "--policy", str(policy)]
    settings = config.current()
    environment = {
        "ICI_ENV": settings.environment,
        "ICI_DATABASE_URL": settings.database_url,
        "ICI_SECRET": settings.secret,
        "ICI_VAR": str(settings.var),
        "PATH": "/usr/bin:/bin",
    }
    said = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    assert "came out otherwise" in said.stdout, said.stderr
    assert "No estimate of what that would bring" in said.stdout


@pytest.mark.parametrize("content", ["{", '{"weights": {"nothing": 1}}', '{"weights": {"fatigue": 0}}', "[]"])
def test_a_file_without_weights_within_bounds_is_refused(tmp_path: Path, content: str) -> None:
    policy = tmp_path / "wrong.json"
    policy.write_text(content)
    said = CliRunner().invoke(main, ["decisions", "replay", "--since", "2026-01-01", "--policy", str(policy)])
    assert said.exit_code == 1
    assert "Error" in said.output


class Market:
    """A made-up brand whose truth is known: members with tastes, offers with an uptake that grows with affinity."""

    OFFERS = 6

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)

    def entries(self, weights: Weights) -> list[ScoredOffer]:
        return [
            ScoredOffer(
                number,
                Factors(50, log_millionths(self.chance.uniform(0.05, 1)), 0, 0, 20, 0, 1 + number % 2, 49),
                weights,
            )
            for number in range(self.OFFERS)
        ]

    @staticmethod
    def uptake(entry: ScoredOffer) -> float:
        return 0.02 + 0.3 * math.exp(entry.factors.affinity / 1e6) ** 2

    def trials(self, used: Weights, other: Weights, *, count: int) -> Iterator[tuple[Trial, float]]:
        """What one policy did, with the true uptake of the other one's leader."""
        for number in range(count):
            entries = self.entries(used)
            seed = self.chance.getrandbits(64)
            order = order_entries(entries, seed=seed)
            leader = order.places[0]
            weighed = [entry._replace(weights=other) for entry in entries]
            likely = [propensity_in(place, weighed, seed=seed) / 1e6 for place in range(self.OFFERS)]
            truth = sum(share * self.uptake(entry) for share, entry in zip(likely, entries, strict=True))
            taken = self.chance.random() < self.uptake(entries[leader])
            yield Trial(number // 3, order.propensities[0] / 1e6, likely[leader], taken), truth


@pytest.mark.parametrize("other", [Weights(affinity=150), Weights(affinity=20), Weights(discovery=100)])
def test_the_estimate_covers_a_truth_that_is_known(other: Weights) -> None:
    trials, truths = zip(*Market(5).trials(Weights(affinity=40, discovery=60), other, count=4_000), strict=True)
    said = estimate_uptake(trials)
    truth = sum(truths) / len(truths)
    assert said.refused is None
    assert said.least - 0.01 <= truth <= said.most + 0.01
    assert said.sample < said.trials


def test_an_estimate_that_rests_on_too_little_is_refused() -> None:
    """On real logs without a floor an effective sample of two was left of ten thousand."""
    trials = [Trial(n, 0.5, 1e-6, n % 3 == 0) for n in range(5_000)] + [Trial("one", 1e-6, 1.0, taken=True)]
    said = estimate_uptake(trials)
    assert said.sample < LEAST_SAMPLE
    assert said.refused is not None


SAMPLE = find_spec("obp")


@pytest.mark.skipif(SAMPLE is None, reason="no Open Bandit sample here: make setup")
@pytest.mark.parametrize(("log", "items", "sample"), [("all", 80, 340), ("men", 34, 656), ("women", 46, 2)])
def test_real_logs_are_estimated_as_others_did(log: str, items: int, sample: int) -> None:
    """What a uniform policy brings, from the log of another one, against what it did bring; or refused."""
    assert SAMPLE is not None
    [folder] = SAMPLE.submodule_search_locations or ()
    rows = {name: read_log(Path(folder) / f"dataset/obd/{name}/{log}/{log}.csv") for name in ("bts", "random")}
    trials = [Trial(n, propensity, 1 / items, clicked) for n, (propensity, clicked) in enumerate(rows["bts"])]
    truth = sum(clicked for _, clicked in rows["random"]) / len(rows["random"])
    said = estimate_uptake(trials)
    assert said.least <= truth <= said.most
    assert (round(said.sample), said.refused is None) == (sample, sample >= LEAST_SAMPLE)


def read_log(file: Path) -> list[tuple[float, bool]]:
    with file.open(encoding="utf-8") as lines:
        return [(float(row["propensity_score"]), row["click"] == "1") for row in csv.DictReader(lines)]


def test_an_estimate_of_nothing_is_refused() -> None:
    assert estimate_uptake([]).refused is not None


def test_the_same_policy_is_estimated_as_it_was() -> None:
    said = estimate_uptake([Trial(n, 0.4, 0.4, n % 10 == 0) for n in range(1_000)])
    assert (said.was, said.would_be, said.sample) == (0.1, pytest.approx(0.1), pytest.approx(1_000))
