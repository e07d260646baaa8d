"""The gates of an offer, one after the other, for one member at one store at one instant. Pure.

Their order is that of `offers.deciding.ranking.GATES`, behind the permission, the offer's own state and its stores; a
test asks what is near the same member and compares. All gates are told, also those behind the first that stops: whoever
plans sees at once everything that stands against an offer.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from app.languages import Language, Moment, Text
from offers.deciding.ranking import Outcome
from offers.planning.audiences.judgement import AudienceReason
from offers.planning.audiences.wording import WORDS
from offers.planning.models import OfferStatus

PERMISSION, STATE, PLACE = "permission", "offer_state", "place"
"""Gates that stand before those of `Outcome`, whose names are the others."""

STOPPED: dict[str, Text] = {
    PERMISSION: Text(
        fr="Le membre ne permet pas à l'enseigne de lui montrer des offres ici.",
        en="The member does not permit the brand to show them offers here.",
    ),
    STATE: Text(fr="L'offre est suspendue ou terminée.", en="The offer is paused or has ended."),
    PLACE: Text(fr="L'offre ne vaut pas dans ce magasin.", en="The offer does not hold at this store."),
    "already_used": Text(
        fr="Le membre l'a déjà utilisée autant de fois que permis ({limit}).",
        en="The member already used it as often as allowed ({limit}).",
    ),
    "not_started": Text(fr="Elle ne commence ici que le {starts}.", en="It starts here only on {starts}."),
    "ended": Text(fr="Elle a pris fin ici le {ends}.", en="It was over here on {ends}."),
    "outside_schedule": Text(
        fr="Ce n'est ni son jour ni son heure ; la prochaine fois : {again}.",
        en="It is not its day or hour; the next time: {again}.",
    ),
    "store_closed": Text(fr="Le magasin est fermé à ce moment.", en="The store is closed then."),
    "sold_out": Text(fr="Tous ses bons sont distribués.", en="All its coupons are given out."),
    "budget_spent": Text(fr="Son budget est épuisé.", en="Its budget is spent."),
    "dismissed": Text(fr="Le membre a dit « pas cette offre ».", en='The member said "not this one".'),
    "limit_reached": Text(
        fr="Le membre l'a utilisée autant de fois que permis dans la période.",
        en="The member used it as often as allowed in the period.",
    ),
}
PASSED: dict[str, Text] = {
    PERMISSION: Text(
        fr="Le membre permet à l'enseigne de lui montrer des offres ici.",
        en="The member permits the brand to show them offers here.",
    ),
    STATE: Text(fr="L'offre est en cours, ou jugée comme si elle l'était.", en="The offer is live, or judged as if."),
    PLACE: Text(fr="Elle vaut dans ce magasin.", en="It holds at this store."),
    "already_used": Text(fr="Le membre peut encore l'utiliser.", en="The member may still use it."),
    "not_started": Text(fr="Elle a commencé.", en="It has started."),
    "ended": Text(fr="Elle n'est pas terminée.", en="It is not over."),
    "outside_schedule": Text(fr="C'est son jour et son heure.", en="It is its day and hour."),
    "store_closed": Text(fr="Le magasin est ouvert.", en="The store is open."),
    "sold_out": Text(fr="Il reste des bons.", en="There are coupons left."),
    "budget_spent": Text(fr="Il reste du budget.", en="There is money left."),
    "dismissed": Text(fr="Le membre ne l'a pas écartée.", en="The member has not dismissed it."),
    "not_for_you": Text(fr="Elle s'adresse à ce membre.", en="It is for this member."),
    "limit_reached": Text(fr="Aucune limite d'utilisation n'est atteinte.", en="No limit on its use is reached."),
}
HOURS_UNKNOWN = Text(
    fr="Les horaires du magasin ne sont pas connus : il passe pour ouvert.",
    en="The store's hours are not known: it counts as open.",
)
NOT_KNOWN = Text(
    fr="Non connu : le membre n'a pas permis que l'on regarde cela.",
    en="Not known: the member has not permitted that this be looked at.",
)
UNKNOWABLE = frozenset({AudienceReason.PROFILING_REFUSED})
"""Reasons that say only that something may not be looked at."""


class JudgedGate(NamedTuple):
    """One gate: passed or not, null where that is not known, and a sentence for whoever plans."""

    code: str
    passed: bool | None
    text: Text
    facts: dict[str, Any]

    def card(self, language: Language) -> dict[str, Any]:
        """The gate as it is read. Shape: `schemas.GateOut`."""
        return {"code": self.code, "passed": self.passed, "text": self.text.say(language, self.facts)}


@dataclass(frozen=True)
class OwnStanding:
    """What is known of the member: how often they used the offer up, whether they hold a coupon of it, whether they
    dismissed it, why it is not for them, whether a limit of a period is reached."""

    used: int
    holds_coupon: bool
    dismissed: bool
    audience: AudienceReason | None
    limit_reached: bool


@dataclass(frozen=True)
class Circumstance:
    """What holds at the store at the instant. `own` is null where nothing of the member may be looked at; `permits`
    says whether they may be shown offers there. `is_open` is null where the hours are not known; `again_at` is when the
    offer fires next, if it ever does."""

    permits: bool
    own: OwnStanding | None
    status: OfferStatus
    is_tried: bool
    """A version that is not live: it is judged as if it were."""
    holds_here: bool
    starts_at: datetime
    ends_at: datetime
    fires: bool
    again_at: datetime | None
    is_open: bool | None
    sold_out: bool
    budget_spent: bool
    member_limit: int
    zone: str
    at: datetime


def pass_gates(found: Circumstance) -> list[JudgedGate]:
    """Every gate in its order."""
    return [*_of_offer(found), *_of_member_uses(found), *_of_time(found), *_of_stock(found), *_of_member(found)]


def is_shown(gates: list[JudgedGate]) -> bool | None:
    """Whether it passes all of them; null where no gate stops it, but not all are known."""
    if any(gate.passed is False for gate in gates):
        return False
    return None if any(gate.passed is None for gate in gates) else True


def _of_offer(found: Circumstance) -> Iterator[JudgedGate]:
    yield _gate(PERMISSION, found.permits)
    yield _gate(STATE, found.is_tried or found.status is OfferStatus.LIVE)
    yield _gate(PLACE, found.holds_here)


def _of_member_uses(found: Circumstance) -> Iterator[JudgedGate]:
    passed = None if found.own is None else found.own.used < found.member_limit
    yield _gate(_name(Outcome.ALREADY_USED), passed, limit=found.member_limit)


def _of_time(found: Circumstance) -> Iterator[JudgedGate]:
    starts, ends = (Moment(at, found.zone, has_year=True) for at in (found.starts_at, found.ends_at))
    again = "—" if found.again_at is None else Moment(found.again_at, found.zone, has_year=True)
    yield _gate(_name(Outcome.NOT_STARTED), found.at >= found.starts_at, starts=starts)
    yield _gate(_name(Outcome.ENDED), found.at < found.ends_at, ends=ends)
    yield _gate(_name(Outcome.OUTSIDE_SCHEDULE), found.fires, again=again)
    closed = _name(Outcome.STORE_CLOSED)
    yield JudgedGate(closed, True, HOURS_UNKNOWN, {}) if found.is_open is None else _gate(closed, found.is_open)


def _of_stock(found: Circumstance) -> Iterator[JudgedGate]:
    held = found.own is not None and found.own.holds_coupon
    yield _gate(_name(Outcome.SOLD_OUT), not found.sold_out or held)
    yield _gate(_name(Outcome.BUDGET_SPENT), not found.budget_spent)


def _of_member(found: Circumstance) -> Iterator[JudgedGate]:
    own = found.own
    # What a member dismissed is kept for showing them offers, and for nothing else.
    yield _gate(_name(Outcome.DISMISSED), None if own is None or not found.permits else not own.dismissed)
    code = _name(Outcome.NOT_FOR_YOU)
    if own is None or own.audience in UNKNOWABLE:
        yield _gate(code, None)
    elif own.audience is None:
        yield _gate(code, True)
    else:
        yield JudgedGate(code, False, WORDS[own.audience].merchandiser, {})
    yield _gate(_name(Outcome.LIMIT_REACHED), None if own is None else not own.limit_reached)


def _gate(code: str, passed: bool | None, **facts: Any) -> JudgedGate:
    text = NOT_KNOWN if passed is None else PASSED[code] if passed else STOPPED[code]
    return JudgedGate(code, passed, text, facts)


def _name(outcome: Outcome) -> str:
    return outcome.name.lower()
