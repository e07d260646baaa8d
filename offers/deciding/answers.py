"""Answer "I am here, what is there for me?": one statement, a pure ranking, one decision row.

The position lives in memory for the length of the request. It is not stored, not logged, and neither are distances,
because three of them are a position.
"""

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, NoReturn

import psycopg

from app import config
from app.accounts.errors import BrandUnknown
from app.accounts.queries import brand_with_code
from app.consent.decision.verdicts import decide_permission
from app.consent.errors import refusal_for
from app.consent.ledger.uses import use_permission
from app.consent.models import Reason
from app.consent.noes import rest
from app.languages import Language
from app.logs import log
from app.sql import db, hot_statements
from geo.places.models import one_meridian
from offers.deciding import queries
from offers.deciding.decisions import Consideration, Decided, Placement, decide_all
from offers.deciding.errors import FixTooCoarse
from offers.deciding.profiles import TasteRow
from offers.deciding.ranking import MOST_SHOWN, Candidate, Outcome
from offers.deciding.wording import nearby_text

WIDER = 8
ASKER, LANGUAGE, COUNTED, WHOLE, MORE, TASTE, EVENT, STORE, OFFER = range(9)  # the first columns of the statement
OUTCOME, VERSION = (EVENT + Candidate._fields.index(name) for name in ("outcome", "version"))
BRAND = EVENT  # of a row that brings a taste
PURPOSE, TOUCHPOINT = "personalised_offers", "geofence"

MOST_LAT, MOST_LON = 90, 180
RADIUS_M, LEAST_RADIUS_M, FARTHEST_M = 2000, 50, 10_000
"""What a fix may say: the lane and the schema of the route read it here. How inaccurate it may be is a setting."""

COARSE_M = 1000
"""From here on a fix is a part of a town: no distance is said, since it would be one to the middle of a circle."""


class Fix(NamedTuple):
    """Where the phone says it is. Degrees (WGS 84) and metres."""

    lat: float
    lon: float
    accuracy_m: float
    radius_m: int = RADIUS_M
    brand: str | None = None

    @property
    def reach_m(self) -> float:
        """How far to look: an inaccurate fix must not hide a store that may be next door."""
        return self.radius_m + self.accuracy_m

    @property
    def is_coarse(self) -> bool:
        """Whether the phone only says in which part of a town it is."""
        return self.accuracy_m >= COARSE_M


class Question(NamedTuple):
    """Who asks, where, when, in which language (None: that of their wallet); `session_id` is the sign-in that must be
    open still, `generation` how often its refresh token was rotated when the token of this question was made (0 where
    nobody needs to know)."""

    fix: Fix
    member_id: uuid.UUID
    session_id: uuid.UUID
    language: Language | None
    now: datetime
    generation: int = 0


class Answer(NamedTuple):
    """The JSON text of an answer, and the language that it speaks."""

    text: bytes
    language: Language


def answer_nearby(question: Question) -> bytes:
    """The JSON text of the answer, in the running transaction of the member.

    Raises one of the `PermissionMissing` family when nothing allows a search here, `BrandUnknown` for a wrong brand,
    `FixTooCoarse`.
    """
    if question.fix.accuracy_m > config.current().coarsest_fix_m:
        raise FixTooCoarse(most_m=config.current().coarsest_fix_m)
    connection = db.driver_connection()
    rows = [] if rest.rests() else _search_surely(connection, question)
    if not is_allowed(rows):
        refuse_answer(question, covered=bool(rows))
    if is_counted(rows):
        use_counted(question, rows)
    [answer] = conclude_answers(connection, [(question, rows)])
    return answer.text


def _search_surely(connection: psycopg.Connection[Any], question: Question) -> list[hot_statements.Row]:
    """The rows of the one statement; without the index where that gives up."""
    db.fetch("SAVEPOINT search")
    try:
        [rows] = search_offers(connection, [question])
    except psycopg.errors.InternalError_ as error:
        log.warning("nearby_without_index", error=str(error).partition("\n")[0])
        db.fetch("ROLLBACK TO SAVEPOINT search")
        [rows] = search_offers(connection, [question], by_index=False)
    return rows


def search_offers(
    connection: psycopg.Connection[Any], questions: Sequence[Question], *, by_index: bool = True
) -> list[list[hot_statements.Row]]:
    """The rows of the one statement (`queries.NEARBY`) for each question, asked again more widely while places were cut
    off and fewer offers can be shown than an answer holds: at night, the nearest shops may all be closed."""
    places = queries.PLACES_PER_BRAND
    found = _search(connection, questions, places, by_index)
    while short := [n for n, rows in enumerate(found) if _is_short(rows)]:
        places *= WIDER
        again = _search(connection, [questions[n] for n in short], places, by_index)
        for n, rows in zip(short, again, strict=True):
            found[n] = rows
    return found


def _search(
    connection: psycopg.Connection[Any], questions: Sequence[Question], places: int, by_index: bool
) -> list[list[hot_statements.Row]]:
    """The rows for each question: one trip for those who ask of every brand, and one for those who name theirs."""
    found: list[list[hot_statements.Row]] = [[] for _ in questions]
    for statement, names_one in ((queries.NEARBY, False), (queries.NEARBY_OF_BRAND, True)):
        asking = [n for n, question in enumerate(questions) if (question.fix.brand is not None) is names_one]
        if asking:
            asked = _asked([questions[n] for n in asking], places)
            sent = statement if by_index else queries.measure_each(statement)
            for row in hot_statements.ask_statement(connection, sent, asked):
                found[asking[row[ASKER] - 1]].append(row)
    return found


def _is_short(rows: Sequence[hot_statements.Row]) -> bool:
    return _is_cut(rows) and sum(row[OUTCOME] == Outcome.SHOWN for row in rows) < MOST_SHOWN


def _is_cut(rows: Sequence[hot_statements.Row]) -> bool:
    """Whether there are places in reach that were not looked at."""
    return bool(rows and rows[0][MORE])


def _asked(questions: Sequence[Question], places: int) -> list[Any]:
    """The parameters of the statement, for questions that all name a brand or for questions of which none does."""
    asked = [
        [question.now for question in questions],
        [question.member_id for question in questions],
        [question.session_id for question in questions],
        [one_meridian(question.fix.lon) for question in questions],
        [question.fix.lat for question in questions],
        [question.fix.reach_m for question in questions],
        [question.language for question in questions],
        places,
    ]
    codes = [question.fix.brand for question in questions]
    return asked if codes[0] is None else [*asked, codes]


def is_allowed(rows: Sequence[hot_statements.Row]) -> bool:
    """Whether a permission covers this place."""
    return any(map(_covers, rows))


def _covers(row: hot_statements.Row) -> bool:
    """Whether the permission behind this row covers a whole brand, or a store that was found around."""
    return row[WHOLE] or row[STORE] is not None


def is_counted(rows: Sequence[hot_statements.Row]) -> bool:
    """Whether a permission behind these rows is used up by being used."""
    return any(row[COUNTED] and _covers(row) for row in rows)


def conclude_answers(
    connection: psycopg.Connection[Any], asked: Sequence[tuple[Question, Sequence[hot_statements.Row]]]
) -> list[Answer]:
    """Rank the rows of each question, keep the decisions in one commit, and say the answers."""
    decided = decide_all(connection, [_asked_of(question, rows) for question, rows in asked])
    return [_answer(question, rows, one) for (question, rows), one in zip(asked, decided, strict=True)]


def _asked_of(question: Question, rows: Sequence[hot_statements.Row]) -> Consideration:
    return Consideration(
        question.member_id,
        Placement.NEARBY,
        found_offers(rows),
        tastes_in(rows),
        _events(rows),
        question.now,
        is_cut=_is_cut(rows),
        knows_distance=not question.fix.is_coarse,
    )


def _answer(question: Question, rows: Sequence[hot_statements.Row], decided: Decided) -> Answer:
    language: Language = rows[0][LANGUAGE].decode()
    return Answer(nearby_text(decided, language=language, coarse=question.fix.is_coarse), language)


def tastes_in(rows: Sequence[hot_statements.Row]) -> Mapping[bytes, TasteRow]:
    """The tastes that come last in the rows, by brand."""
    found = {}
    for row in reversed(rows):
        if row[STORE] is not None or row[TASTE] is None:
            break
        found[row[BRAND]] = TasteRow(row[VERSION] or 0, row[TASTE])
    return found


def found_offers(rows: Sequence[hot_statements.Row]) -> list[Candidate]:
    """The rows that hold an offer; a permission that found none gives an empty one."""
    return [Candidate._make(row[EVENT:]) for row in rows if row[OFFER] is not None]


def use_counted(question: Question, rows: Sequence[hot_statements.Row]) -> None:
    """Take one use of each counted permission behind this answer, in one order: two answers must not wait in a ring."""
    for event_id in sorted(_events([row for row in rows if row[COUNTED]])):
        use_permission(member_id=question.member_id, event_id=uuid.UUID(event_id.decode()), now=question.now)


def _events(rows: Sequence[hot_statements.Row]) -> list[bytes]:
    """The permission events that cover this place, each once."""
    return list({row[EVENT]: None for row in rows if _covers(row)})


def refuse_answer(question: Question, *, covered: bool) -> NoReturn:
    """Say why nothing was searched: for the brand asked, else for the one the member answered last.

    `covered` means that a permission stands, but for other stores than those around.
    """
    fix, member_id, session_id, _, now, _ = question
    answered = db.all_of(queries.brands_answered(member_id, touchpoint=TOUCHPOINT, purpose=PURPOSE))
    brand_id = answered[0] if answered else None
    if fix.brand is not None:
        asked = db.first(brand_with_code(fix.brand))
        if asked is None:
            raise BrandUnknown
        brand_id = asked.id
    if covered or (answered and brand_id not in answered):
        raise refusal_for(Reason.OUT_OF_SCOPE, purpose=PURPOSE, touchpoint=TOUCHPOINT)
    if brand_id is None:
        raise refusal_for(Reason.NOT_ASKED, purpose=PURPOSE, touchpoint=TOUCHPOINT)
    verdict = decide_permission(
        member_id=member_id,
        brand_id=brand_id,
        purpose=PURPOSE,
        touchpoint=TOUCHPOINT,
        session_id=session_id,
        now=now,
    )
    raise refusal_for(verdict.reason, purpose=PURPOSE, touchpoint=TOUCHPOINT)
