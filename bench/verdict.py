"""What the bench of the till makes of its rounds: ratios, medians, and the table with what was asked for."""

import statistics
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

OVER_LIVEZ = (
    "locator", "locator_unchanged", "cards", "matrix", "scan", "redemption", "quote", "sale", "sale_by_itself", "grant",
)  # fmt: skip
OVER_FASTAPI = ("scan", "redemption", "sale")
OVER_LIMIT = ("scan", "sale")
ORDER = (
    "livez", "livez_flat_out", "scan", "scan_fastapi", "scan_limit", "coupons", "redemption", "redemption_fastapi",
    "undoing", "quote", "sale", "sale_by_itself", "sale_fastapi", "sale_limit", "sale_40", "return", "claim", "grant",
    "withdrawal", "matrix", "cards", "locator", "locator_unchanged",
)  # fmt: skip
"""What is divided by each other is measured next to each other."""
LEAST_OVER_FASTAPI = 0.4
MOST_OVER_SALE = 1.25
"""Of a sale in which an offer applies by itself, a line is weighed and two means pay, over one without all of these."""


class Target(NamedTuple):
    """The most that is asked for: processor time over that of `livez`, and statements."""

    over_livez: float | None
    statements: int | None


TARGETS = {
    "cards": Target(3, None),
    "matrix": Target(6, None),
    "scan": Target(8, 5),
    "redemption": Target(7, 7),
    "quote": Target(8, 7),
    "sale": Target(16, 14),
    "grant": Target(14, 12),
    "erasure_request": Target(None, 25),
}

Round = Mapping[str, Mapping[str, float]]


def in_turn(names: Iterable[str]) -> list[str]:
    """The measures of a round in their order."""
    return sorted(names, key=ORDER.index)


def ratios(rounds: Sequence[Round]) -> dict[str, float]:
    """Each ratio is made within a round; the median of the rounds."""
    each = [_ratios(one) for one in rounds]
    return {name: statistics.median(found[name] for found in each) for name in each[0]}


def _ratios(one: Round) -> dict[str, float]:
    livez = one["livez"]["web_ms"]
    found = {f"{name}_over_livez": one[name]["web_ms"] / livez for name in OVER_LIVEZ}
    found["sale_by_itself_over_sale"] = one["sale_by_itself"]["web_ms"] / one["sale"]["web_ms"]
    found |= {f"{name}_over_fastapi": one[name]["rps"] / one[f"{name}_fastapi"]["rps"] for name in OVER_FASTAPI}
    return found | {f"{name}_over_limit": one[name]["rps"] / one[f"{name}_limit"]["rps"] for name in OVER_LIMIT}


def figures(rounds: Sequence[Round], counted: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Medians of everything that was measured, and what was counted."""
    medians = {name: _medians([one[name] for one in rounds]) for name in rounds[0]}
    return {
        "statements": {name: found["statements"] for name, found in counted.items()},
        "trips": {name: found["trips"] for name, found in counted.items()},
        "pings": {name: found["pings"] for name, found in counted.items()},
        "requests_per_second": {name: found["rps"] for name, found in medians.items()},
        "over_livez_flat_out": {
            name: round(medians[name]["web_ms"] / medians["livez_flat_out"]["web_ms"], 3) for name in OVER_LIVEZ
        },
        "measured": medians,
        "ratios_of_each_round": [{name: round(value, 3) for name, value in _ratios(one).items()} for one in rounds],
    }


def _medians(found: Sequence[Mapping[str, float]]) -> dict[str, float]:
    return {key: round(statistics.median(one[key] for one in found), 3) for key in found[0]}


COLUMNS = ("answers/s", "p50 ms", "p95 ms", "p99 ms", "web ms", "db ms", "/livez", "asked", "stmts", "asked", "trips")


def table(ratios: Mapping[str, float], figures: Mapping[str, Any]) -> str:
    """Everything for a reader, and whether what was asked for is met."""
    measured, statements = figures["measured"], figures["statements"]
    lines = [f"{'':20}" + "".join(f"{name:>11}" for name in COLUMNS)]
    livez = measured["livez"]["web_ms"]
    for name in [*in_turn(measured), "erasure_request"]:
        found, target = measured.get(name, {}), TARGETS.get(name, Target(None, None))
        over = ratios.get(f"{name}_over_livez", found["web_ms"] / livez if found.get("web_ms") else None)
        if name.endswith("_limit"):
            found, over = {**found, "web_ms": None}, None
        said = [found.get(key) for key in ("rps", "p50_ms", "p95_ms", "p99_ms", "web_ms", "database_ms")]
        said += [over, target.over_livez, statements.get(name), target.statements, figures["trips"].get(name)]
        met = _met([(over, target.over_livez), (statements.get(name), target.statements)])
        lines.append(f"{name:20}" + "".join(f"{_said(one):>11}" for one in said) + met)
    for name in (*(f"{name}_over_fastapi" for name in OVER_FASTAPI), *(f"{name}_over_limit" for name in OVER_LIMIT)):
        least = LEAST_OVER_FASTAPI if name.endswith("_fastapi") else None
        met = _met([(least, ratios[name])]) if least is not None else ""
        lines.append(f"{name:25}{ratios[name]:6.2f}" + (f"  asked: at least {least}{met}" if least is not None else ""))
    beside = ratios["sale_by_itself_over_sale"]
    met = _met([(beside, MOST_OVER_SALE)])
    lines.append(f"{'sale_by_itself_over_sale':25}{beside:6.2f}  asked: at most {MOST_OVER_SALE}{met}")
    return "\n".join(lines)


def _met(asked: Sequence[tuple[float | None, float | None]]) -> str:
    known = [value <= most for value, most in asked if value is not None and most is not None]
    return "" if not known else "  met" if all(known) else "  NOT MET"


def _said(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value}" if isinstance(value, int) else f"{value:.0f}" if value >= 100 else f"{value:.2f}"
