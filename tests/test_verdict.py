"""What `make bench-till` makes of its rounds."""

from typing import Any

from bench import verdict


def a_round(*, web_ms: float, livez_ms: float = 1.0, rps: float = 100.0, fastapi_rps: float = 100.0) -> dict[str, Any]:
    measured = {name: {"web_ms": web_ms, "rps": rps} for name in verdict.ORDER}
    measured |= {f"{name}_fastapi": {"web_ms": 1.0, "rps": fastapi_rps} for name in verdict.OVER_FASTAPI}
    return measured | {"livez": {"web_ms": livez_ms, "rps": rps}}


COUNTED = {name: {"statements": 4, "trips": 7, "pings": 0} for name in (*verdict.TARGETS, "coupons")}


def test_a_ratio_is_the_median_of_those_of_each_round() -> None:
    rounds = [a_round(web_ms=3), a_round(web_ms=8, livez_ms=2), a_round(web_ms=50, livez_ms=10)]
    assert verdict.ratios(rounds)["sale_over_livez"] == 4


def test_the_rate_of_ours_stands_over_that_of_the_stand_in() -> None:
    assert verdict.ratios([a_round(web_ms=1, rps=30, fastapi_rps=60)])["scan_over_fastapi"] == 0.5


def test_a_target_is_met_by_time_and_statements_together() -> None:
    rounds = [a_round(web_ms=4.5)]
    lines = verdict.table(verdict.ratios(rounds), verdict.figures(rounds, COUNTED)).splitlines()
    assert [line.endswith("  met") for line in lines if line.startswith("scan  ")] == [True]
    assert [line.endswith("NOT MET") for line in lines if line.startswith("cards  ")] == [True]
