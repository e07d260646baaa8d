"""`make bench-relevance`: how well the house orders what households buy and which coupons they use, on public baskets.

NDCG@10 over households, with 95 % intervals (bootstrap), of four orders: what everybody buys (popularity), what the
household bought most often (frequency), the same fading and with popularity (reference), and ours
(`offers.learning.relevance.rank`, the scoring of the house). Paired intervals say by how much ours is better. The split
is the one for tuning: history to week 37, labels from weeks 38 to 45, coupons of campaigns 10 to 13; nothing later is
read. `--origins 21 29` says the same of earlier histories, on which the constants were chosen (docs/relevance.md).
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

import numpy as np

from bench import machine, rankers
from bench.machine import say
from bench.retail_year import Campaign, Lines, read_campaigns, read_lines, week_begins
from offers.learning import decay, next_store, relevance

LABELLED = 8
ORIGIN, CAMPAIGNS = 37, (10, 11, 12, 13)
OTHERS = ("popularity", "frequency", "reference")
TASKS = ("window", "next_basket", "next_basket_of_four_lines")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--origins", nargs="+", type=int, default=[ORIGIN], help="last weeks of histories, to 37")
    parser.add_argument("--campaigns", nargs="+", type=int, default=CAMPAIGNS, help="campaigns of coupons, to 13")
    asked = parser.parse_args()
    if max(asked.origins) > ORIGIN or max(asked.campaigns) > max(CAMPAIGNS):
        parser.error("what is later is not for tuning")
    say("the public baskets are read")
    lines = read_lines()
    found: dict[str, Mapping[str, np.ndarray]] = {}
    for origin in asked.origins:
        ending = "" if len(asked.origins) == 1 else f"_{origin}"
        found |= {f"{name}{ending}": values for name, values in _categories(lines, origin).items()}
    found |= _coupons(lines, read_campaigns(asked.campaigns))
    figures = {name: _figures(values) for name, values in found.items()}
    print(_table(figures))
    stores = _next_store(lines, max(asked.origins))
    print("the store of the next visit: " + ", ".join(f"{name} {share:.1%}" for name, share in stores.items()))
    machine.result(_ratios(figures), {"ndcg_at_10": figures, "next_store": stores, "sizes": vars(asked)})


def _categories(lines: Lines, origin: int) -> Mapping[str, Mapping[str, np.ndarray]]:
    """Which categories a household buys in the eight weeks after a week, and in its first basket of them."""
    on, end = week_begins(origin + 1), week_begins(origin + 1 + LABELLED)
    history, window = lines.before(on), lines.before(end).since(on)
    members, categories = np.unique(history.member), np.unique(lines.category)
    window = window.where(np.isin(window.member, members))
    say(f"categories after week {origin}: {len(members):,} households")
    scores = dict(rankers.of_categories(history, members=members, categories=categories, on=on))
    scores["ours"] = _ranked(history, {one: one for one in categories.tolist()}, members.tolist(), on)
    labels = dict(zip(TASKS, (window, window.first_baskets(), window.first_baskets(least_lines=4)), strict=True))
    return {name: _judged(scores, _hits(some, members, categories)) for name, some in labels.items()}


def _coupons(lines: Lines, campaigns: Sequence[Campaign]) -> Mapping[str, Mapping[str, np.ndarray]]:
    """Which coupons of a campaign a household used, of those who used any."""
    judged: dict[str, list[Mapping[str, np.ndarray]]] = {}
    for one in campaigns:
        say(f"campaign {one.number}: {len(one.coupons)} coupons, {len(one.used)} households used some")
        history = lines.before(one.starts_on)
        scores = dict(rankers.of_coupons(history, one))
        scores["ours"] = _ranked(history, one.coupons, list(one.used), one.starts_on)
        hits = np.array([[float(coupon in used) for coupon in one.coupons] for used in one.used.values()])
        judged.setdefault("coupons_a" if one.kind == "A" else "coupons_bc", []).append(_judged(scores, hits))
    return {
        kind: {name: np.concatenate([one[name] for one in some]) for name in some[0]}
        for kind, some in sorted(judged.items())
    }


def _ranked(history: Lines, candidates: Mapping[Any, Any], members: Iterable[int], on: date) -> np.ndarray:
    return np.array(list(relevance.rank(history._asdict(), candidates, members=members, on=on).values()))


def _hits(lines: Lines, members: np.ndarray, categories: np.ndarray) -> np.ndarray:
    hits = np.zeros((len(members), len(categories)))
    hits[np.searchsorted(members, lines.member), np.searchsorted(categories, lines.category)] = 1
    return hits


def _judged(scores: Mapping[str, np.ndarray], hits: np.ndarray) -> Mapping[str, np.ndarray]:
    some = hits.any(1)
    return {name: rankers.ndcg(values[some], hits[some]) for name, values in scores.items()}


def _figures(values: Mapping[str, np.ndarray]) -> dict[str, Any]:
    """Each order by itself, and by how much ours is better than each of the others, household by household."""
    better = {name: rankers.interval(values["ours"] - values[name]) for name in OTHERS}
    return {
        "households": len(values["ours"]),
        **{name: rankers.interval(values[name]) for name in (*OTHERS, "ours")},
        "ours_less": better,
    }


def _ratios(figures: Mapping[str, Any]) -> dict[str, float]:
    return {
        f"{task}_over_{name}": one["ours"].mean / one[name].mean for task, one in figures.items() for name in OTHERS
    }


def _table(figures: Mapping[str, Any]) -> str:
    lines = [f"{'NDCG@10 [95 %]':28}" + "".join(f"{name:>24}" for name in (*OTHERS, "ours"))]
    for task, one in figures.items():
        lines.append(f"{task:28}" + "".join(f"{_said(one[name]):>24}" for name in (*OTHERS, "ours")))
        lines.append(f"{'  ours less':28}" + "".join(f"{_said(one['ours_less'][name]):>24}" for name in OTHERS))
    return "\n".join(lines)


def _said(found: rankers.Interval) -> str:
    return f"{found.mean:.3f} [{found.low:.3f}, {found.high:.3f}]"


def _next_store(lines: Lines, origin: int) -> dict[str, float]:
    """How often the store of each visit of the labelled weeks is guessed from all visits before it."""
    later = decay.EPOCH - lines.day.min().item()  # weights are whole numbers, and too coarse before that day
    since, until = week_begins(origin + 1), week_begins(origin + 1 + LABELLED)
    faded: dict[int, Counter[int]] = defaultdict(Counter)
    ever: dict[int, Counter[int]] = defaultdict(Counter)
    last: dict[int, int] = {}
    hits: dict[str, list[bool]] = {"decayed": [], "most_visited": [], "last_visited": []}
    _, rows = np.unique(lines.before(until).basket, return_index=True)
    for row in np.sort(rows).tolist():
        member, store, day = int(lines.member[row]), int(lines.store[row]), lines.day[row].item()
        guess = next_store.guess_store(faded[member])
        if day >= since and guess is not None:
            hits["decayed"].append(guess.store == store)
            hits["most_visited"].append(ever[member].most_common(1)[0][0] == store)
            hits["last_visited"].append(last[member] == store)
        faded[member][store] += decay.unit_on(day + later, decay.STORE)
        ever[member][store] += 1
        last[member] = store
    return {name: round(float(np.mean(some)), 4) for name, some in hits.items()}


if __name__ == "__main__":
    main()
