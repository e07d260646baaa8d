"""A short way for the one hot request that every phone sends: `app.lanes` says what a lane may do and what not.

Requests that arrive together are answered together: one trip to the database for their searches, one for their
decisions, one commit. A permission that is used up by use is left to Flask.
"""

import re
import uuid
from collections.abc import Sequence
from itertools import compress
from typing import Any

import psycopg
from sqlalchemy.exc import SQLAlchemyError

from app import config, languages
from app.accounts import queries as sign_ins
from app.accounts.models import BRAND_CODE_SHAPE
from app.consent.noes import rest
from app.lanes.lanes import Lane
from app.lanes.plain_requests import PlainRequest
from app.sql import hot_statements
from app.sql.group_commit import Batcher
from offers.deciding.answers import (
    FARTHEST_M,
    LEAST_RADIUS_M,
    MOST_LAT,
    MOST_LON,
    RADIUS_M,
    Answer,
    Fix,
    Question,
    conclude_answers,
    is_allowed,
    is_counted,
    search_offers,
)

PATH = "/v1/nearby-offers"
LARGEST_BODY = 1024
PATIENCE_S = 0.0005
"""How long a group waits for those who were just answered or stood in line."""
BRAND = re.compile(BRAND_CODE_SHAPE)

MOST_SEEN = 100_000

_seen: set[tuple[uuid.UUID, int]] = set()
"""Of which sign-ins and generations this process said already that a token came back; forgotten now and then."""


def make_lane() -> Lane:
    """The short way of `POST /v1/nearby-offers`."""
    together: Batcher[Question, Answer | None] = Batcher(answer_all, patience_s=PATIENCE_S)

    def answer(asked: PlainRequest) -> Answer | None:
        question = _question(asked)
        return None if question is None else together.do(question)

    return Lane(PATH, LARGEST_BODY, answer)


def answer_all(questions: Sequence[Question]) -> list[Answer | None]:
    """The answer to each question, and None for what Flask must do: what is refused, counted, or went wrong."""
    try:
        if rest.rests():
            return [None] * len(questions)
        with hot_statements.kept_connection() as connection:
            found = search_offers(connection, questions)
            plain = [is_allowed(rows) and not is_counted(rows) for rows in found]
            asked = list(compress(zip(questions, found, strict=True), plain))
            answers = iter(conclude_answers(connection, asked) if asked else [])
            see_sign_ins(connection, [question for question, _ in asked])
            return [next(answers) if is_plain else None for is_plain in plain]
    except (psycopg.Error, SQLAlchemyError):
        # Flask asks again on a pooled connection, and says what is wrong if something is.
        return [None] * len(questions)


def see_sign_ins(connection: psycopg.Connection[Any], questions: Sequence[Question]) -> None:
    """Say once of each sign-in that its newest token came back, so that the one before it is over."""
    new = [question for question in questions if (question.session_id, question.generation) not in _seen]
    if not new:
        return
    members, sessions, generations = zip(*[(q.member_id, q.session_id, q.generation) for q in new], strict=True)
    hot_statements.ask_statement(connection, sign_ins.SEE_SIGN_INS, [list(members), list(sessions), list(generations)])
    if len(_seen) > MOST_SEEN:
        _seen.clear()
    _seen.update(zip(sessions, generations, strict=True))


def _question(asked: PlainRequest) -> Question | None:
    fix = _fix(asked.sent)
    if fix is None:
        return None
    accepted = languages.accepted_languages(asked.accept_language)
    language = accepted[0] if len(accepted) == 1 else None
    access = asked.access
    return Question(fix, access.member_id, access.session_id, language, asked.now, access.generation)


def _fix(sent: dict[str, Any]) -> Fix | None:
    """The fix, if every value is what `schemas.FixIn` takes; a test compares both on generated bodies."""
    if not REQUIRED <= sent.keys() <= KNOWN:
        return None
    lat, lon, accuracy_m = sent["lat"], sent["lon"], sent["accuracy_m"]
    radius_m, brand = sent.get("radius_m", RADIUS_M), sent.get("brand")
    if not ({type(lat), type(lon), type(accuracy_m)} <= NUMBERS and type(radius_m) is int):
        return None
    if not (-MOST_LAT <= lat <= MOST_LAT and -MOST_LON <= lon <= MOST_LON):
        return None
    if not (0 < accuracy_m <= config.current().coarsest_fix_m and LEAST_RADIUS_M <= radius_m <= FARTHEST_M):
        return None
    if "brand" in sent and (type(brand) is not str or not BRAND.fullmatch(brand)):
        return None
    return Fix(float(lat), float(lon), float(accuracy_m), radius_m, brand)


REQUIRED = {"lat", "lon", "accuracy_m"}
KNOWN = REQUIRED | {"radius_m", "brand"}
NUMBERS = {int, float}
