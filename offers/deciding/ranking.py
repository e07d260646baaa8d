"""Which of the candidates are shown, in which order. Pure: no database, no clock, no chance.

Policy `priority-then-near`: the merchandiser's priority first, then the nearest, then the older offer. It is a total
order, so the same candidates always give the same answer.
"""

from collections.abc import Iterable, Sequence
from enum import IntEnum
from typing import NamedTuple

from app.languages import Text

POLICY = "priority-then-near/1"
MOST_SHOWN = 20


class Outcome(IntEnum):
    """What became of a candidate. Kept in decisions as its number; the numbers 1 to 6 are also in the statement."""

    SHOWN = 1
    ALREADY_USED = 2
    NOT_STARTED = 3
    ENDED = 4
    STORE_CLOSED = 5
    SOLD_OUT = 6
    OUTRANKED = 7
    NEAREST_CLOSED = 8


EXPLAINED: dict[Outcome, Text] = {
    Outcome.SHOWN: Text(fr="Montrée.", en="Shown."),
    Outcome.ALREADY_USED: Text(
        fr="Vous l'avez déjà utilisée autant de fois que permis.", en="You already used it as often as allowed."
    ),
    Outcome.NOT_STARTED: Text(fr="Elle n'avait pas encore commencé ici.", en="It had not started here yet."),
    Outcome.ENDED: Text(fr="Elle était terminée ici.", en="It was over here."),
    Outcome.STORE_CLOSED: Text(fr="Aucun magasin proche n'était ouvert.", en="No store near you was open."),
    Outcome.SOLD_OUT: Text(fr="Tous les bons étaient distribués.", en="All its coupons were given out."),
    Outcome.OUTRANKED: Text(
        fr="D'autres offres étaient prioritaires ou plus proches.", en="Other offers came first or were nearer."
    ),
    Outcome.NEAREST_CLOSED: Text(
        fr="Les magasins les plus proches étaient fermés, et assez d'offres étaient ouvertes sans elle.",
        en="The nearest stores were closed, and enough offers were open without it.",
    ),
}


class Candidate(NamedTuple):
    """One offer at its nearest open place, as the statement gives it: texts as bytes. `metres` on the spheroid.

    `open` is None when the hours are unknown.
    """

    event_id: bytes
    store_number: int
    offer_number: int
    version: int
    priority: int
    metres: float
    open: bool | None
    outcome: int
    coupon_code: bytes | None
    place_card: bytes
    offer_card: bytes


class Ranked(NamedTuple):
    """The candidates to show, best first, and the whole record: (offer, version, store, outcome) of each."""

    shown: Sequence[Candidate]
    considered: Sequence[tuple[int, int, int, int]]


def rank_candidates(candidates: Iterable[Candidate], *, is_cut: bool, most: int = MOST_SHOWN) -> Ranked:
    """Order what passed every gate, keep the best `most`, and say of each candidate what became of it.

    `is_cut` means that only the nearest places were looked at: then no one knows that every store was closed.
    """
    closed = Outcome.NEAREST_CLOSED if is_cut else Outcome.STORE_CLOSED
    passed: list[Candidate] = []
    stopped: list[Candidate] = []
    for candidate in candidates:
        (passed if candidate.outcome == Outcome.SHOWN else stopped).append(candidate)
    passed.sort(key=_order)
    shown = passed[:most]
    considered = [(c.offer_number, c.version, c.store_number, 1) for c in shown]
    considered += [(c.offer_number, c.version, c.store_number, 7) for c in passed[most:]]
    considered += [
        (c.offer_number, c.version, c.store_number, closed if c.outcome == Outcome.STORE_CLOSED else c.outcome)
        for c in stopped
    ]
    return Ranked(shown, considered)


def _order(candidate: Candidate) -> tuple[int, float, int]:
    return -candidate.priority, candidate.metres, candidate.offer_number
