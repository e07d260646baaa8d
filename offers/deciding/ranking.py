"""Which of the candidates are shown, in which order. Pure: no database, no clock, and no chance but that of a seed.

Gates come first, in one fixed order (`GATES`), each with a reason; the search itself judges most of them. Then the
order:

* `priority-then-near`: the merchandiser's priority first, then the nearest, then the older offer. For everybody who did
  not allow a brand to choose from what they buy.
* `score`: by factors (`factors`, `scores`), where at least one brand may profile the member and wants to.

In front of a shelf (a zone or a tag that names articles) offers on these articles come first in the plain order, and
get one factor more in the other one. These are policies of their own, so that all other decisions stay what they were.

All are total orders, so the same candidates always give the same answer. A fallback passes every gate too; it is shown
where nothing else is.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple

from app.languages import Text
from offers.deciding.scores import Order, ScoredOffer, order_entries
from offers.planning.models import FALLBACK

PLAIN, SCORE = "priority-then-near/1", "score/1"
SHELF_PLAIN, SHELF_SCORE = "shelf-then-priority/1", "score-at-shelf/1"
"""The policies by which an order is made, the last two in front of a shelf; the number grows with every change of what
one of them means."""

MOST_SHOWN = 20


class Outcome(IntEnum):
    """What became of a candidate. Kept in decisions as its number, which never changes; the statement knows some
    too."""

    SHOWN = 1
    ALREADY_USED = 2
    NOT_STARTED = 3
    ENDED = 4
    STORE_CLOSED = 5
    SOLD_OUT = 6
    OUTRANKED = 7
    NEAREST_CLOSED = 8
    OUTSIDE_SCHEDULE = 9
    NOT_FOR_YOU = 10
    LIMIT_REACHED = 11
    BUDGET_SPENT = 12
    FALLBACK_NOT_NEEDED = 14
    DISMISSED = 15
    UNSEEN = 16
    SHOWN_BEFORE = 17


GATES = (
    *(Outcome.ALREADY_USED, Outcome.NOT_STARTED, Outcome.ENDED, Outcome.OUTSIDE_SCHEDULE),
    *(Outcome.STORE_CLOSED, Outcome.NEAREST_CLOSED, Outcome.SOLD_OUT, Outcome.BUDGET_SPENT, Outcome.DISMISSED),
    *(Outcome.SHOWN_BEFORE, Outcome.NOT_FOR_YOU, Outcome.LIMIT_REACHED),
)
"""The gates behind the permission, in their order: the first that an offer does not pass is the reason that is told."""


EXPLAINED: dict[Outcome, Text] = {
    Outcome.SHOWN: Text(fr="Montrée.", en="Shown."),
    Outcome.ALREADY_USED: Text(
        fr="Vous l'avez déjà utilisée autant de fois que permis.", en="You already used it as often as allowed."
    ),
    Outcome.NOT_STARTED: Text(fr="Elle n'avait pas encore commencé ici.", en="It had not started here yet."),
    Outcome.ENDED: Text(fr="Elle était terminée ici.", en="It was over here."),
    Outcome.STORE_CLOSED: Text(fr="Aucun magasin proche n'était ouvert.", en="No store near you was open."),
    Outcome.SOLD_OUT: Text(fr="Tous les bons étaient distribués.", en="All its coupons were given out."),
    Outcome.OUTRANKED: Text(fr="D'autres offres passaient avant elle.", en="Other offers came before it."),
    Outcome.NEAREST_CLOSED: Text(
        fr="Les magasins les plus proches étaient fermés, et assez d'offres étaient ouvertes sans elle.",
        en="The nearest stores were closed, and enough offers were open without it.",
    ),
    Outcome.OUTSIDE_SCHEDULE: Text(fr="Ce n'était ni son jour ni son heure.", en="It was not its day or hour."),
    Outcome.NOT_FOR_YOU: Text(fr="Elle s'adresse à d'autres membres.", en="It is meant for other members."),
    Outcome.LIMIT_REACHED: Text(
        fr="Elle a été utilisée autant de fois que permis pour cette période.",
        en="It was used as often as allowed in this period.",
    ),
    Outcome.BUDGET_SPENT: Text(fr="Son budget était épuisé.", en="Its budget was spent."),
    Outcome.FALLBACK_NOT_NEEDED: Text(
        fr="Elle n'est montrée que lorsqu'il n'y a rien d'autre.", en="It is shown only when there is nothing else."
    ),
    Outcome.DISMISSED: Text(fr="Vous avez dit « pas cette offre ».", en='You said "not this one".'),
    Outcome.UNSEEN: Text(
        fr="Choisie, mais montrée nulle part : l'application n'était pas à l'écran.",
        en="Chosen, but shown nowhere: the app was not on the screen.",
    ),
    Outcome.SHOWN_BEFORE: Text(
        fr="Vous l'avez déjà vue au même endroit pendant cette visite.",
        en="You already saw it at the same place in this visit.",
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
    ends_at: datetime
    traits: int
    exposures: int
    taken: int
    usual_ppm: int
    popularity_ppm: int


class Ranked(NamedTuple):
    """The candidates to show, best first, and the whole record: (offer, version, store, outcome) of each. `entries` are
    those that passed every gate, in the order of the record; none where the order is the plain one."""

    shown: Sequence[Candidate]
    considered: Sequence[tuple[int, int, int, int]]
    entries: Sequence[ScoredOffer] = ()
    propensities: Sequence[int] = ()


Measure = Callable[[Sequence[Candidate]], Sequence[ScoredOffer]]
"""What speaks for each of these candidates."""


def rank_candidates(
    candidates: Iterable[Candidate],
    *,
    is_cut: bool,
    most: int = MOST_SHOWN,
    measure: Measure | None = None,
    seed: int = 0,
    in_front: Collection[int] = (),
    is_seen: bool = True,
) -> Ranked:
    """Order what passed every gate, keep the best `most`, and say of each candidate what became of it.

    `is_cut` means that only the nearest places were looked at: then no one knows that every store was closed. With
    `measure` the order is that of the scores, by the chance of `seed`. `in_front` are the numbers of the offers on what
    the member stands before: the first in the plain order. Without `is_seen` nobody looks: what is best is `UNSEEN`.
    """
    closed = Outcome.NEAREST_CLOSED if is_cut else Outcome.STORE_CLOSED
    passed: list[Candidate] = []
    stopped: list[Candidate] = []
    for candidate in candidates:
        (passed if candidate.outcome == Outcome.SHOWN else stopped).append(candidate)
    passed.sort(key=_order)
    if in_front:
        passed.sort(key=lambda candidate: candidate.offer_number not in in_front)
    usual = [candidate for candidate in passed if not candidate.traits & FALLBACK]
    spare = [candidate for candidate in passed if candidate.traits & FALLBACK] if usual else []
    passed = usual or passed
    entries: Sequence[ScoredOffer] = ()
    order = Order((), ())
    if measure is not None:
        measured = measure(passed)
        order = order_entries(measured, seed=seed)
        passed = [passed[place] for place in order.places]
        entries = [measured[place] for place in order.places]
    shown = passed[:most]
    best = Outcome.SHOWN if is_seen else Outcome.UNSEEN
    considered = [(c.offer_number, c.version, c.store_number, int(best)) for c in shown]
    considered += [(c.offer_number, c.version, c.store_number, 7) for c in passed[most:]]
    considered += [(c.offer_number, c.version, c.store_number, 14) for c in spare]
    considered += [
        (c.offer_number, c.version, c.store_number, closed if c.outcome == Outcome.STORE_CLOSED else c.outcome)
        for c in stopped
    ]
    return Ranked(shown, considered, entries, order.propensities)


def _order(candidate: Candidate) -> tuple[int, float, int]:
    return -candidate.priority, candidate.metres, candidate.offer_number
