"""What each kind of terminal may do: an allow-list of doors and of actions, as data in `app/till_profiles.toml`."""

import tomllib
import uuid
from functools import cache
from pathlib import Path
from typing import NamedTuple

from app.errors import CashierAwaited, NotOfThisTerminal

TABLE = Path(__file__).parents[2] / "till_profiles.toml"
ALL = "*"


class TillProfile(NamedTuple):
    """What terminals of one kind may do."""

    name: str
    doors: frozenset[str]
    actions: frozenset[str]
    cashier: frozenset[str]
    cashier_actions: frozenset[str]


@cache
def profiles() -> dict[str, TillProfile]:
    """Every profile by its name; the first is that of a terminal of which nothing else was said."""
    read = tomllib.loads(TABLE.read_text("utf-8"))
    return {
        name: TillProfile(name, *(frozenset(said[part]) for part in TillProfile._fields[1:]))
        for name, said in read.items()
    }


def require_door(profile: str, door: str) -> None:
    """Raise `NotOfThisTerminal` for a door that terminals of this profile do not have, or for a profile that this
    release does not know."""
    known = profiles().get(profile)
    if known is None or (door not in known.doors and ALL not in known.doors):
        raise NotOfThisTerminal(profile=profile)


def require_action(profile: str, action: str) -> None:
    """Raise `NotOfThisTerminal` for an action of a recorded scan that terminals of this profile do not have."""
    known = profiles().get(profile)
    if known is None or action not in known.actions:
        raise NotOfThisTerminal(profile=profile)


def require_cashier(profile: str, action: str, *, cashier_id: uuid.UUID | None) -> None:
    """Raise `CashierAwaited` for an action that wants somebody who has shown a PIN, where nobody has."""
    if cashier_id is None and action in profiles()[profile].cashier_actions:
        raise CashierAwaited


def wants_cashier(profile: str, door: str) -> bool:
    """Whether somebody must have shown a PIN for this door."""
    return door in profiles()[profile].cashier
