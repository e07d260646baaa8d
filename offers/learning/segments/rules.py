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
from offers.learning.tastes.tastes import keys_of
from wallet.purchases.basket import Products

NEW_DAYS, LAPSED_DAYS, LAPSED_RHYTHMS = 30, 30, 3

Rule = Mapping[str, Any]


NEW = f"CAST(:today AS date) - kept.first_visit_on < {NEW_DAYS}"
LAPSED = f"{AWAY_DAYS} >= greatest({LAPSED_DAYS}, {LAPSED_RHYTHMS} * {RHYTHM_DAYS})"

_OF_ASKER = {":today": "asker.today", ":unit": "asker.unit"}


def _of_asker(sql: str) -> str:
    for name, value in _OF_ASKER.items():
        sql = sql.replace(name, value)
    return sql


KNOWN = f"""
SELECT asker.n, known.* FROM (
 SELECT n, ($1::uuid[])[n] AS member_id, ($2::uuid[])[n] AS brand_id, ($4::date[])[n] AS today,
  ($5::numeric[])[n] AS unit
 FROM generate_series(1, cardinality($1::uuid[])) AS n OFFSET 0
) AS asker CROSS JOIN LATERAL (
 SELECT {", ".join(f"({_of_asker(SQL[score])})::numeric AS {score}" for score in Score)}, kept.visit_days,
  {_of_asker(AWAY_DAYS)} AS away_days, {_of_asker(NEW)} AS is_new, {_of_asker(LAPSED)} AS is_lapsed,
  (SELECT json_agg(json_build_array(kind, key, weight))::text FROM learnt_count AS held
   WHERE held.member_id = asker.member_id AND held.brand_id = asker.brand_id
    AND (kind = 'article' AND key = ANY ($6::text[]) OR kind = 'category' AND key = ANY ($7::text[])
     OR kind = 'channel')) AS counts,
  (SELECT json_agg(json_build_array(cut.score, cut.percentile, cut.value))::text
   FROM unnest($8::text[], $9::int[]) AS wanted (score, percentile)
   JOIN score_cut AS cut ON cut.brand_id = asker.brand_id AND cut.score = wanted.score
    AND cut.percentile = wanted.percentile) AS cuts
 FROM profile AS kept WHERE kept.member_id = asker.member_id AND kept.brand_id = asker.brand_id
  AND COALESCE(kept.permitted_until > $3, true)
 OFFSET 0
) AS known
"""  # noqa: S608 (our own names)
"""What rules need of members at brands, for `membership`: which of them, from 1; the scores in the order of `Score`;
days; counts and cuts as JSON. 1 members and 2 brands, side by side, with 4 the day and 5 the weight of a reaction
there; 3 when; 6 articles and 7 categories that are asked for; 8 scores and 9 percentiles, side by side."""

KNOWN_BY_NAME = KNOWN.replace(
    "($1::uuid[])[n] AS member_id", "set_config('ici.member_id', ($1::uuid[])[n]::text, true)::uuid AS member_id"
)
"""The same, naming each member to row-level security before anything of theirs is read."""


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


def products_of(rule: Rule) -> Products:
    """The articles and categories that a rule names."""
    return Products(*(frozenset(rule.get(part) or ()) for part in ("categories", "gtins", "skus")))


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
    products = products_of(rule)
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
    return NEW, {}


def _lapsed(rule: Rule, name: str, today: Any) -> Made:
    return LAPSED, {}


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
