"""What an access export tells of what is learnt: weights of any length mean nothing to a person, so they are said as
what they are worth on the day on which the profile was last looked at."""

from collections.abc import Mapping, Sequence
from datetime import date

from app.languages import Language
from app.rights.export.collection import Row
from offers.learning import decay
from offers.learning.effects import HALF_LIVES
from offers.learning.models import CountKind

SCORED = {
    "visits": decay.VISIT,
    "spend": decay.SPEND,
    "received": decay.REACTION,
    "redeemed": decay.REACTION,
    "social": decay.VISIT,
}
"""The half-lives of the counts that stand in a profile."""


def speak_rows(tables: Mapping[str, Sequence[Row]], *, language: Language) -> None:
    """Say the counts in the rows of profiles, and of what was counted, as numbers of that day."""
    days = {row["brand_id"]: _day(row) for row in tables.get("profile", ())}
    for row in tables.get("learnt_count", ()):
        half_life = HALF_LIVES.get(CountKind(row["kind"]))
        row["weight"] = (
            int(row["weight"]) if half_life is None else _worth(row["weight"], days[row["brand_id"]], half_life)
        )
    for row in tables.get("profile", ()):
        row |= {name: _worth(row[name], _day(row), half_life) for name, half_life in SCORED.items()}


def _day(profile: Row) -> date:
    return date.fromisoformat((profile["looked_at"] or profile["made_at"])[:10])


def _worth(weight: str, day: date, half_life_days: int) -> float:
    return round(decay.value_at(int(weight), day, half_life_days), 3)
