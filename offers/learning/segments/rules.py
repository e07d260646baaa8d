"""The closed language of segments: each rule is a condition on one profile, as SQL and its values. Pure.

A segment is whoever fits all of its rules. A rule is a kind and the values of that kind:

* `percentile`: by a score, `above` so many of a hundred members of the brand, `up_to` so many, or both;
* `value`: a frequency, an amount or a company of `at_least`, `at_most` so many visits, minor units or members;
* `bought`, `not_bought`: something, or nothing, of articles and categories, as far as it is remembered;
* `last_visit`: `at_least`, `at_most` so many days ago;
* `new`: a first visit within thirty days; `lapsed`: away for three times their own rhythm, and a month at least;
* `channel`: `above` so many of a hundred purchases by this one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from offers.learning import decay
from offers.learning.models import CountKind
from offers.learning.scores import AWAY_DAYS, HALF_LIVES, RHYTHM_DAYS, SQL, Score
from offers.learning.tastes import keys_of
from wallet.purchases.basket import Products

NEW_DAYS, LAPSED_DAYS, LAPSED_RHYTHMS = 30, 30, 3

Rule = Mapping[str, Any]


class ProfileCondition(NamedTuple):
    """A condition on the profile `kept`, and the values of its names, which begin with those of its rule."""

    sql: str
    values: Mapping[str, Any]


def condition_of(rule: Rule, *, name: str, today: Any) -> ProfileCondition:
    """What a rule asks of a profile on a day. The names of its values begin with `name`. Raises `KeyError` for a kind
    that is none."""
    sql, values = KINDS[rule["kind"]](rule, f":{name}_", today)
    return ProfileCondition(sql, {f"{name}_{key}": value for key, value in values.items()})


def conditions_of(rules: Sequence[Rule], *, name: str, today: Any) -> ProfileCondition:
    """What all rules together ask of a profile."""
    each = [condition_of(rule, name=f"{name}_{place}", today=today) for place, rule in enumerate(rules)]
    values = {key: value for one in each for key, value in one.values.items()}
    return ProfileCondition(" AND ".join(f"({one.sql})" for one in each), values)


Made = tuple[str, dict[str, Any]]


def _percentile(rule: Rule, name: str, today: Any) -> Made:
    score = Score(rule["score"])
    asked = {bound: rule[bound] for bound in ("above", "up_to") if rule.get(bound) is not None}
    signs = {"above": ">", "up_to": "<="}
    sql = " AND ".join(
        f"{SQL[score]} {signs[bound]} (SELECT value FROM score_cut AS cut WHERE cut.brand_id = kept.brand_id"  # noqa: S608
        f" AND cut.score = '{score}' AND cut.percentile = {name}{bound})"
        for bound in asked
    )
    return f"kept.visit_days > 0 AND {sql}", asked


def _value(rule: Rule, name: str, today: Any) -> Made:
    score = Score(rule["score"])
    unit = decay.unit_on(today, HALF_LIVES[score])
    asked = {bound: rule[bound] * unit for bound in ("at_least", "at_most") if rule.get(bound) is not None}
    return _bounds(SQL[score], asked, name), asked


def _bought(rule: Rule, name: str, today: Any) -> Made:
    products = Products(*(frozenset(rule.get(part) or ()) for part in ("categories", "gtins", "skus")))
    sql = (
        "EXISTS (SELECT FROM learnt_count AS held WHERE held.member_id = kept.member_id"
        f" AND held.brand_id = kept.brand_id AND (held.kind = '{CountKind.ARTICLE}' AND held.key = ANY ({name}articles)"
        f" OR held.kind = '{CountKind.CATEGORY}' AND held.key = ANY ({name}categories)))"
    )
    return sql, {"articles": sorted(keys_of(products)), "categories": sorted(products.categories)}


def _not_bought(rule: Rule, name: str, today: Any) -> Made:
    sql, values = _bought(rule, name, today)
    return f"NOT {sql}", values


def _last_visit(rule: Rule, name: str, today: Any) -> Made:
    asked = {bound: rule[bound] for bound in ("at_least", "at_most") if rule.get(bound) is not None}
    return _bounds(AWAY_DAYS, asked, name), asked


def _new(rule: Rule, name: str, today: Any) -> Made:
    return f"CAST(:today AS date) - kept.first_visit_on < {NEW_DAYS}", {}


def _lapsed(rule: Rule, name: str, today: Any) -> Made:
    return f"{AWAY_DAYS} >= greatest({LAPSED_DAYS}, {LAPSED_RHYTHMS} * {RHYTHM_DAYS})", {}


def _channel(rule: Rule, name: str, today: Any) -> Made:
    sql = (
        "EXISTS (SELECT FROM learnt_count AS held WHERE held.member_id = kept.member_id"
        f" AND held.brand_id = kept.brand_id AND held.kind = '{CountKind.CHANNEL}' AND held.key = {name}channel"
        f" AND held.weight * 100 > kept.visits * {name}above)"
    )
    return sql, {"channel": rule["channel"], "above": rule["above"]}


def _bounds(value: str, asked: Mapping[str, Any], name: str) -> str:
    signs = {"at_least": ">=", "at_most": "<="}
    return " AND ".join(f"{value} {signs[bound]} {name}{bound}" for bound in asked)


KINDS: Mapping[str, Callable[[Rule, str, Any], Made]] = {
    "percentile": _percentile,
    "value": _value,
    "bought": _bought,
    "not_bought": _not_bought,
    "last_visit": _last_visit,
    "new": _new,
    "lapsed": _lapsed,
    "channel": _channel,
}
